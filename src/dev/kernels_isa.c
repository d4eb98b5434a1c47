/* SPDX-License-Identifier: Apache-2.0
 * All device kernels of one instruction-set level. Compiled once per level (base/isa.h); exports the table
 * dev_kernels_v<level>, indexed by dev_type.kernel. A new device adds its #include here and its line in registry.def.
 */
#include "dev/kernel.h"
#include "dev/bsource_kernel.h"
#include "dev/capacitor_kernel.h"
#include "dev/capacitor_q_kernel.h"
#include "dev/controlled_kernel.h"
#include "dev/current_controlled_kernel.h"
#include "dev/diode_kernel.h"
#include "dev/inductor_kernel.h"
#include "dev/mosfet_ekv_kernel.h"
#include "dev/mosfet_level1_kernel.h"
#include "dev/mosfet_subvt_kernel.h"
#include "dev/mutual_kernel.h"
#include "dev/resistor_b_kernel.h"
#include "dev/resistor_kernel.h"
#include "dev/rtn_trap_kernel.h"
#include "dev/switch_kernel.h"
#include "dev/wave_kernel.h"

dev_kernel_table ISA_NAME(dev_kernels) = {
#define DEV(name) [DEV_KERNEL_##name] = name##_eval,
#include "dev/registry.def"
#undef DEV
};
