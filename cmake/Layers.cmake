# THE layer table: who may include whom, and which external libraries a layer may use.
# The build links by it, lint.layers checks the #include lines by it.
set(TS_LAYERS base net dev lin out elab mna sim extract dtm cli)
set(TS_LAYER_base)
set(TS_LAYER_net base)
set(TS_LAYER_dev base)
set(TS_LAYER_lin base)
set(TS_LAYER_out base)
set(TS_LAYER_elab base net dev)
set(TS_LAYER_mna base dev lin elab)
set(TS_LAYER_sim base dev lin out elab mna)
set(TS_LAYER_extract base out)
set(TS_LAYER_dtm base out extract)
set(TS_LAYER_cli base net dev lin out elab mna sim extract dtm)

set(TS_EXTERNAL_base OpenMP::OpenMP_C)
set(TS_EXTERNAL_lin KLU::KLU)
set(TS_EXTERNAL_out hdf5::hdf5)
set(TS_EXTERNAL_sim OpenMP::OpenMP_C SUNDIALS::ida SUNDIALS::cvode SUNDIALS::nvecserial SUNDIALS::sunlinsolklu
    SUNDIALS::sunmatrixsparse KLU::KLU)
set(TS_EXTERNAL_extract GSL::gsl)
set(TS_EXTERNAL_dtm GSL::gsl PkgConfig::JANSSON)
set(TS_EXTERNAL_cli PkgConfig::JANSSON)
