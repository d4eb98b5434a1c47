/* SPDX-License-Identifier: Apache-2.0
 * NVML by dlopen (see meter.h). The prototypes are those of NVML's documentation.
 */
#include "meter.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef void *nvml_device;
static int (*nvml_init)(void);
static int (*nvml_device_by_pci)(const char *, nvml_device *);
static int (*nvml_power)(nvml_device, unsigned *);            /* mW */
static int (*nvml_energy)(nvml_device, unsigned long long *); /* mJ since the driver was loaded */
static int (*nvml_driver)(char *, unsigned);
static nvml_device device;
static int has_counter;
static double last_poll;

static void *symbol(void *library, const char *name)
{
	void *found = dlsym(library, name);
	if (!found) {
		fprintf(stderr, "NVML has no %s\n", name);
		exit(1);
	}
	return found;
}

void meter_open(const char *pci_id)
{
	void *library = dlopen("libnvidia-ml.so.1", RTLD_NOW);
	if (!library) {
		fprintf(stderr, "cannot load NVML: %s\n", dlerror());
		exit(1);
	}
	*(void **)&nvml_init = symbol(library, "nvmlInit_v2");
	*(void **)&nvml_device_by_pci = symbol(library, "nvmlDeviceGetHandleByPciBusId_v2");
	*(void **)&nvml_power = symbol(library, "nvmlDeviceGetPowerUsage");
	*(void **)&nvml_energy = symbol(library, "nvmlDeviceGetTotalEnergyConsumption");
	*(void **)&nvml_driver = symbol(library, "nvmlSystemGetDriverVersion");
	unsigned milliwatt;
	unsigned long long millijoule;
	if (nvml_init() || nvml_device_by_pci(pci_id, &device) || nvml_power(device, &milliwatt)) {
		fprintf(stderr, "NVML gives no power for device %s\n", pci_id);
		exit(1);
	}
	has_counter = nvml_energy(device, &millijoule) == 0;
}

const char *meter_driver(void)
{
	static char text[80] = "unknown";
	nvml_driver(text, sizeof text);
	return text;
}

const char *meter_method(void)
{
	return has_counter ? "energy counter" : "power readings";
}

double meter_seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double counter(void)
{
	unsigned long long millijoule = 0;
	if (has_counter && nvml_energy(device, &millijoule)) {
		fprintf(stderr, "NVML's energy counter failed\n");
		exit(1);
	}
	return 1e-3 * (double)millijoule;
}

void meter_begin(meter_state *m)
{
	*m = (meter_state){.seconds = meter_seconds(), .joules = counter()};
	last_poll = 0;
	meter_poll(m);
}

void meter_poll(meter_state *m)
{
	const double now = meter_seconds();
	unsigned milliwatt;
	if (now - last_poll < 0.05 || nvml_power(device, &milliwatt))
		return;
	last_poll = now;
	m->power_sum += 1e-3 * milliwatt;
	m->n_power++;
}

double meter_end(meter_state *m)
{
	meter_poll(m);
	m->seconds = meter_seconds() - m->seconds;
	m->joules = counter() - m->joules;
	if (has_counter)
		return m->joules / m->seconds;
	return m->n_power ? m->power_sum / m->n_power : 0;
}
