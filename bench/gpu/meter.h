/* SPDX-License-Identifier: Apache-2.0
 * Energy of the GPU this program runs on, from NVML, loaded at run time so that building needs no NVML header:
 * the board's energy counter where it has one (Volta and later), else the mean of its power readings. Reads only.
 */
#ifndef METER_H
#define METER_H
#ifdef __cplusplus
extern "C" {
#endif

typedef struct meter_state { double seconds, joules, power_sum; int n_power; } meter_state;

/* pci_id as cudaDeviceGetPCIBusId gives it. Ends the program with a message when NVML cannot be used. */
void meter_open(const char *pci_id);
const char *meter_driver(void);
/* "energy counter" or "power readings" */
const char *meter_method(void);
double meter_seconds(void); /* monotonic */
void meter_begin(meter_state *m);
/* Call often between begin and end: each call at least 50 ms after the last takes a power reading. */
void meter_poll(meter_state *m);
/* Mean power since begin in W; seconds holds the duration. */
double meter_end(meter_state *m);
#ifdef __cplusplus
}
#endif
#endif
