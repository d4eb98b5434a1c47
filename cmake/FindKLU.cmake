# KLU::KLU from SuiteSparse. Debian 12 ships 5.12, which has neither a CMake config nor a .pc file.
find_path(KLU_INCLUDE_DIR klu.h PATH_SUFFIXES suitesparse)
set(_klu_libs)
foreach(lib klu btf amd colamd suitesparseconfig)
  find_library(KLU_${lib}_LIBRARY ${lib})
  list(APPEND _klu_libs ${KLU_${lib}_LIBRARY})
endforeach()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(KLU REQUIRED_VARS KLU_INCLUDE_DIR KLU_klu_LIBRARY KLU_btf_LIBRARY
  KLU_amd_LIBRARY KLU_colamd_LIBRARY KLU_suitesparseconfig_LIBRARY)
if(KLU_FOUND AND NOT TARGET KLU::KLU)
  add_library(KLU::KLU INTERFACE IMPORTED)
  set_target_properties(KLU::KLU PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${KLU_INCLUDE_DIR}" INTERFACE_LINK_LIBRARIES "${_klu_libs}")
endif()
