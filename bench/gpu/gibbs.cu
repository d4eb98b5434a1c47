/* SPDX-License-Identifier: Apache-2.0
 * Block Gibbs sampling of one layer of the denoising thermodynamic model on an NVIDIA GPU: flips per second and joules per
 * flip, for the baseline "same algorithm on a GPU" of `thermospice dtm report`.
 *
 *   P(x_i = +1 | rest) = 1 / (1 + exp(-2 (sum_j J_ij x_j + h_i + w_i x_i^t)))      beta = 1
 *
 * 32 chains share a word, bit b = chain b; a thread updates one spin of 32 chains, a block one spin of many words, a launch
 * one colour. Random bits: Philox4x32-10 addressed by (word, spin, sweep, group of four chains). Layer: side x side torus
 * of degree 12 with rules (0,1) (4,1) (9,10), random weights, 834 spins coupled to clamped inputs.
 *
 * The same run checks the law twice: 4 visible + 1 latent spins against enumeration of all 2^5 states for each of the
 * 16 inputs, and at full size that x_i - tanh(field_i) of the colour updated last has mean zero over the chains.
 * Energy is NVML's (meter.h), of the whole board, idle included.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/philox.h"
#include "meter.h"

enum { DEGREE = 12, CHAINS_PER_WORD = 32, THREADS = 256, N_DATA = 834, MAX_WINDOW = 30 };

#define CUDA_TRY(call) cuda_try((call), #call, __LINE__)
static void cuda_try(cudaError_t error, const char *what, int line)
{
	if (error == cudaSuccess)
		return;
	fprintf(stderr, "gibbs.cu:%d: %s: %s\n", line, what, cudaGetErrorString(error));
	exit(1);
}

/* One layer on both sides. Unused neighbour slots point at spin 0 with weight 0. */
typedef struct layer {
	int n, words;                        /* spins; words of 32 chains */
	int n_color[2], *color[2];           /* spins of each colour */
	int *neighbour;                      /* [n][DEGREE] */
	float *weight, *bias, *input_weight; /* [n][DEGREE], [n], [n] */
	uint32_t *spin, *input;              /* [n][words] */
} layer;

static __device__ philox_counter philox_block(philox_counter c, philox_key k)
{
	for (int round = 0; round < PHILOX_ROUNDS; round++) {
		const uint32_t low0 = PHILOX_M0 * c.v[0], high0 = __umulhi(PHILOX_M0, c.v[0]);
		const uint32_t low1 = PHILOX_M1 * c.v[2], high1 = __umulhi(PHILOX_M1, c.v[2]);
		c = {{high1 ^ c.v[1] ^ k.v[0], low1, high0 ^ c.v[3] ^ k.v[1], low0}};
		k.v[0] += PHILOX_W0;
		k.v[1] += PHILOX_W1;
	}
	return c;
}

/* value with its sign changed where the bit of the spin is 0; `word` holds complemented spins. */
static __device__ float times_spin(float value, uint32_t word, int bit)
{
	return __uint_as_float(__float_as_uint(value) ^ ((word << (31 - bit)) & 0x80000000u));
}

static __global__ void __launch_bounds__(THREADS) update_color(layer a, const int *color, philox_key key, uint32_t sweep)
{
	const int i = color[blockIdx.y], word = (int)(blockIdx.x * THREADS + threadIdx.x);
	if (word >= a.words)
		return;
	const size_t words = (size_t)a.words;
	uint32_t near[DEGREE], out = 0;
	float weight[DEGREE];
#pragma unroll
	for (int d = 0; d < DEGREE; d++) {
		near[d] = ~a.spin[(size_t)a.neighbour[i * DEGREE + d] * words + word];
		weight[d] = a.weight[i * DEGREE + d];
	}
	const uint32_t input = ~a.input[(size_t)i * words + word];
	const float bias = a.bias[i], input_weight = a.input_weight[i];
	for (int group = 0; group < CHAINS_PER_WORD / 4; group++) { /* one block of Philox serves four chains */
		const philox_counter counter = {{(uint32_t)word, (uint32_t)i, sweep, (uint32_t)group}};
		const philox_counter random = philox_block(counter, key);
#pragma unroll
		for (int q = 0; q < 4; q++) {
			const int bit = 4 * group + q;
			float field = bias + times_spin(input_weight, input, bit);
#pragma unroll
			for (int d = 0; d < DEGREE; d++)
				field += times_spin(weight[d], near[d], bit);
			const float p = 1 / (1 + __expf(-2 * field));
			const float u = ((float)(random.v[q] >> 8) + 0.5f) * 0x1p-24f;
			out |= (uint32_t)(u < p) << bit;
		}
	}
	a.spin[(size_t)i * words + word] = out;
}

/* Fair coins into `to`[n][words]. */
static __global__ void toss(uint32_t *to, size_t n, philox_key key, uint32_t draw)
{
	const size_t k = (size_t)blockIdx.x * THREADS + threadIdx.x;
	if (k < n) {
		const philox_counter counter = {{(uint32_t)k, (uint32_t)(k >> 32), draw, 0xffffffffu}};
		to[k] = philox_block(counter, key).v[0];
	}
}

static void toss_all(uint32_t *to, size_t n, philox_key key, uint32_t draw)
{
	toss<<<(unsigned)((n + THREADS - 1) / THREADS), THREADS>>>(to, n, key, draw);
	CUDA_TRY(cudaGetLastError());
}

static void run_sweeps(const layer *device, int n, philox_key key, uint32_t *sweep)
{
	for (int s = 0; s < n; s++, ++*sweep) {
		for (int c = 0; c < 2; c++) {
			const dim3 grid((unsigned)((device->words + THREADS - 1) / THREADS), (unsigned)device->n_color[c]);
			update_color<<<grid, THREADS>>>(*device, device->color[c], key, *sweep);
			CUDA_TRY(cudaGetLastError());
		}
	}
	CUDA_TRY(cudaDeviceSynchronize());
}

/* ---- models, on the host ---- */

static void *zeroed(size_t n, size_t size)
{
	void *block = calloc(n, size);
	if (!block) {
		fprintf(stderr, "out of memory\n");
		exit(1);
	}
	return block;
}

/* Deterministic uniform in (-1, 1). */
static float draw_uniform(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (float)((double)(*state >> 11) * 0x1p-52 - 1);
}

static layer host_layer(int n, int words)
{
	layer a = {};
	a.n = n;
	a.words = words;
	for (int c = 0; c < 2; c++)
		a.color[c] = (int *)zeroed((size_t)n, sizeof(int));
	a.neighbour = (int *)zeroed((size_t)n * DEGREE, sizeof(int));
	a.weight = (float *)zeroed((size_t)n * DEGREE, sizeof(float));
	a.bias = (float *)zeroed((size_t)n, sizeof(float));
	a.input_weight = (float *)zeroed((size_t)n, sizeof(float));
	a.spin = (uint32_t *)zeroed((size_t)n * words, sizeof(uint32_t));
	a.input = (uint32_t *)zeroed((size_t)n * words, sizeof(uint32_t));
	return a;
}

static void join(layer *a, int *used, int i, int j, float weight)
{
	const int ends[2] = {i, j};
	for (int e = 0; e < 2; e++) {
		const int slot = ends[e] * DEGREE + used[ends[e]]++;
		a->neighbour[slot] = ends[1 - e];
		a->weight[slot] = weight;
	}
}

/* side x side torus, colours of a checkerboard, weights uniform in +-0.3, biases in +-0.2, inputs on every sixth spin or so. */
static layer torus_layer(int side, int words)
{
	static const int rule[3][2] = {{0, 1}, {4, 1}, {9, 10}};
	const int n = side * side;
	layer a = host_layer(n, words);
	int *used = (int *)zeroed((size_t)n, sizeof(int));
	uint64_t random = 1;
	for (int i = 0; i < n; i++) {
		const int x = i % side, y = i / side;
		for (int r = 0; r < 3; r++) {
			/* (x+a, y+b) and (x-b, y+a): the other two of the rule are these seen from their far ends */
			const int p = rule[r][0], q = rule[r][1];
			const int j = (y + q) % side * side + (x + p) % side;
			const int k = (y + p) % side * side + (x - q + side) % side;
			join(&a, used, i, j, 0.3f * draw_uniform(&random));
			join(&a, used, i, k, 0.3f * draw_uniform(&random));
		}
		a.bias[i] = 0.2f * draw_uniform(&random);
		const int data = N_DATA < n ? N_DATA : n;
		a.input_weight[i] = (long)(i + 1) * data / n > (long)i * data / n ? 0.6f : 0.0f;
		const int color = (x + y) & 1;
		a.color[color][a.n_color[color]++] = i;
	}
	for (int i = 0; i < n; i++)
		if (used[i] != DEGREE) {
			fprintf(stderr, "spin %d has %d neighbours\n", i, used[i]);
			exit(1);
		}
	free(used);
	return a;
}

enum { N_VISIBLE = 4, N_SMALL = 5, N_INPUT = 1 << N_VISIBLE, N_STATE = 1 << N_SMALL };

/* 4 visible spins joined to 1 latent; chain c has input c mod 16. */
static layer small_layer(int words)
{
	layer a = host_layer(N_SMALL, words);
	int used[N_SMALL] = {0};
	uint64_t random = 7;
	for (int i = 0; i < N_VISIBLE; i++) {
		join(&a, used, i, N_VISIBLE, 0.4f * draw_uniform(&random));
		a.color[0][a.n_color[0]++] = i;
		a.input_weight[i] = 0.4f * draw_uniform(&random);
		uint32_t pattern = 0;
		for (int bit = 0; bit < CHAINS_PER_WORD; bit++)
			pattern |= (uint32_t)(bit >> i & 1) << bit;
		for (int w = 0; w < words; w++)
			a.input[(size_t)i * words + w] = pattern;
	}
	a.color[1][a.n_color[1]++] = N_VISIBLE;
	for (int i = 0; i < N_SMALL; i++)
		a.bias[i] = 0.4f * draw_uniform(&random);
	return a;
}

static void *to_device(const void *host, size_t bytes)
{
	void *device;
	CUDA_TRY(cudaMalloc(&device, bytes));
	CUDA_TRY(cudaMemcpy(device, host, bytes, cudaMemcpyHostToDevice));
	return device;
}

static layer upload(const layer *h)
{
	layer d = *h;
	const size_t n = (size_t)h->n, bits = n * h->words * sizeof(uint32_t);
	for (int c = 0; c < 2; c++)
		d.color[c] = (int *)to_device(h->color[c], n * sizeof(int));
	d.neighbour = (int *)to_device(h->neighbour, n * DEGREE * sizeof(int));
	d.weight = (float *)to_device(h->weight, n * DEGREE * sizeof(float));
	d.bias = (float *)to_device(h->bias, n * sizeof(float));
	d.input_weight = (float *)to_device(h->input_weight, n * sizeof(float));
	d.spin = (uint32_t *)to_device(h->spin, bits);
	d.input = (uint32_t *)to_device(h->input, bits);
	return d;
}

static void download(uint32_t *host, const uint32_t *device, const layer *a)
{
	CUDA_TRY(cudaMemcpy(host, device, (size_t)a->n * a->words * sizeof *host, cudaMemcpyDeviceToHost));
}

static int spin_of(const layer *a, const uint32_t *words, int i, long chain)
{
	return words[(size_t)i * a->words + chain / CHAINS_PER_WORD] >> chain % CHAINS_PER_WORD & 1 ? 1 : -1;
}

/* ---- checks ---- */

typedef struct law_check {
	long samples;
	int cells, skipped; /* (input, state) pairs compared; those expected fewer than 25 times */
	double worst;       /* standard errors */
	double worst_large; /* the check at full size */
	int spins_large;
} law_check;

/* P(state | input), bit i of both is spin i. */
static void enumerate(const layer *a, int input, double p[N_STATE])
{
	double sum = 0;
	for (int s = 0; s < N_STATE; s++) {
		double e = 0;
		for (int i = 0; i < N_SMALL; i++) {
			const int x = s >> i & 1 ? 1 : -1, y = input >> i & 1 ? 1 : -1;
			e += (double)a->bias[i] * x + (double)a->input_weight[i] * x * y;
			if (i < N_VISIBLE)
				e += (double)a->weight[i * DEGREE] * x * (s >> N_VISIBLE & 1 ? 1 : -1);
		}
		p[s] = exp(e);
		sum += p[s];
	}
	for (int s = 0; s < N_STATE; s++)
		p[s] /= sum;
}

static void compare(const layer *a, const long *count, long per_input, law_check *check)
{
	for (int input = 0; input < N_INPUT; input++) {
		double p[N_STATE];
		enumerate(a, input, p);
		for (int s = 0; s < N_STATE; s++) {
			const double expected = p[s] * (double)per_input, se = sqrt(expected * (1 - p[s]));
			const double off = fabs((double)count[input * N_STATE + s] - expected) / se;
			if (expected < 25) {
				check->skipped++;
				continue;
			}
			check->cells++;
			check->worst = off > check->worst ? off : check->worst;
		}
	}
}

/* Independent samples: every round starts all chains from fair coins and keeps only their last state. */
static void check_small(law_check *check)
{
	enum { WORDS = 2048, ROUNDS = 64, SWEEPS = 60 };
	const layer host = small_layer(WORDS), device = upload(&host);
	const long chains = (long)WORDS * CHAINS_PER_WORD;
	const philox_key key = {{2026, 5}};
	static long count[N_INPUT * N_STATE];
	uint32_t sweep = 0;
	for (int round = 0; round < ROUNDS; round++) {
		toss_all(device.spin, (size_t)N_SMALL * WORDS, key, (uint32_t)round);
		run_sweeps(&device, SWEEPS, key, &sweep);
		download(host.spin, device.spin, &host);
		for (long c = 0; c < chains; c++) {
			int state = 0;
			for (int i = 0; i < N_SMALL; i++)
				state |= (spin_of(&host, host.spin, i, c) > 0) << i;
			count[c % N_INPUT * N_STATE + state]++;
		}
	}
	check->samples = chains * ROUNDS;
	compare(&host, count, check->samples / N_INPUT, check);
}

/* Mean over chains of x_i - tanh(field_i) for the colour updated last, in standard errors. */
static void check_large(const layer *host, const layer *device, law_check *check)
{
	const long chains = (long)host->words * CHAINS_PER_WORD, n = chains < 4096 ? chains : 4096;
	download(host->spin, device->spin, host);
	download(host->input, device->input, host);
	for (int k = 0; k < host->n_color[1]; k++) {
		const int i = host->color[1][k];
		double sum = 0, variance = 0;
		for (long c = 0; c < n; c++) {
			double field = host->bias[i] + host->input_weight[i] * (double)spin_of(host, host->input, i, c);
			for (int d = 0; d < DEGREE; d++)
				field += host->weight[i * DEGREE + d] *
				         (double)spin_of(host, host->spin, host->neighbour[i * DEGREE + d], c);
			const double mean = tanh(field);
			sum += spin_of(host, host->spin, i, c) - mean;
			variance += 1 - mean * mean;
		}
		const double off = fabs(sum) / sqrt(variance);
		check->worst_large = off > check->worst_large ? off : check->worst_large;
	}
	check->spins_large = host->n_color[1];
}

/* ---- measurement ---- */

typedef struct settings {
	int side, words, windows;
	double seconds;
	const char *out;
} settings;

typedef struct result {
	char gpu[256], driver[80];
	double idle_w, mean_w, mean_w_se, flips_per_s, j_per_flip, half_width; /* half width: 95 %, relative */
	double seconds;
} result;

/* 97.5 % point of Student's t with n - 1 degrees of freedom, n = 2 ... MAX_WINDOW. */
static double student(int n)
{
	static const double t[MAX_WINDOW - 1] = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
	                                         2.201,  2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
	                                         2.080,  2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045};
	return t[n - 2];
}

static double measure_idle(double seconds)
{
	meter_state m;
	const struct timespec nap = {0, 20000000};
	for (meter_begin(&m); meter_seconds() < m.seconds + seconds; meter_poll(&m))
		nanosleep(&nap, NULL);
	return meter_end(&m);
}

/* Sweeps for at least `seconds`; returns how many. */
static long run_for(const layer *device, double seconds, philox_key key, uint32_t *sweep, meter_state *m)
{
	enum { BATCH = 20 };
	long sweeps = 0;
	for (meter_begin(m); meter_seconds() < m->seconds + seconds; meter_poll(m), sweeps += BATCH)
		run_sweeps(device, BATCH, key, sweep);
	return sweeps;
}

static void measure(const settings *s, const layer *device, result *r)
{
	const philox_key key = {{1, 5}};
	const double flips_per_sweep = (double)device->n * device->words * CHAINS_PER_WORD;
	double per_flip[MAX_WINDOW], sum = 0, square = 0, flips = 0, joules = 0;
	meter_state m;
	uint32_t sweep = 0;
	run_for(device, 5, key, &sweep, &m); /* warm */
	for (int w = 0; w < s->windows; w++) {
		const double done = flips_per_sweep * (double)run_for(device, s->seconds, key, &sweep, &m);
		const double watt = meter_end(&m);
		per_flip[w] = watt * m.seconds / done;
		flips += done;
		joules += watt * m.seconds;
		r->seconds += m.seconds;
		sum += per_flip[w];
	}
	const double mean = sum / s->windows, meter_error = 0.05; /* NVIDIA states 5 % for Fermi and Kepler only: assumed */
	for (int w = 0; w < s->windows; w++)
		square += (per_flip[w] - mean) * (per_flip[w] - mean);
	const double statistical = student(s->windows) * sqrt(square / (s->windows - 1) / s->windows) / mean;
	r->half_width = hypot(statistical, meter_error);
	r->flips_per_s = flips / r->seconds;
	r->mean_w = joules / r->seconds;
	r->j_per_flip = joules / flips;
}

static void write_json(const settings *s, const result *r, const law_check *c, int passed)
{
	char date[32];
	const time_t now = time(NULL);
	int cuda = 0;
	const double flips = 8.0 * 250 * s->side * s->side;
	FILE *to = fopen(s->out, "w");
	if (!to) {
		perror(s->out);
		exit(1);
	}
	CUDA_TRY(cudaRuntimeGetVersion(&cuda));
	strftime(date, sizeof date, "%Y-%m-%d", gmtime(&now));
	fprintf(to, "{\n \"format\": \"thermospice-gpu-gibbs\", \"version\": 1,\n");
	fprintf(to, " \"gpu\": \"%s\", \"driver\": \"%s\", \"cuda\": \"%d.%d\", \"date\": \"%s\",\n", r->gpu, r->driver,
	        cuda / 1000, cuda % 1000 / 10, date);
	fprintf(to, " \"side\": %d, \"degree\": %d, \"chains\": %ld, \"windows\": %d, \"seconds\": %.1f,\n", s->side, DEGREE,
	        (long)s->words * CHAINS_PER_WORD, s->windows, r->seconds);
	fprintf(to, " \"flips_per_s\": %.6g, \"idle_W\": %.5g, \"mean_W\": %.5g,\n", r->flips_per_s, r->idle_w, r->mean_w);
	const double low = 1 - r->half_width, high = 1 + r->half_width;
	fprintf(to, " \"J_per_flip\": {\"value\": %.6g, \"low\": %.6g, \"high\": %.6g, \"kind\": \"measured\",\n",
	        r->j_per_flip, r->j_per_flip * low, r->j_per_flip * high);
	fprintf(to, "  \"source\": \"bench/gpu, board energy by NVML (%s), idle included; 95 %% of %d windows and 5 %% assumed for the meter\"},\n",
	        meter_method(), s->windows);
	fprintf(to, " \"J_per_sample\": {\"value\": %.6g, \"T\": 8, \"K\": 250, \"L\": %d},\n", flips * r->j_per_flip, s->side);
	fprintf(to, " \"check\": {\"passed\": %s, \"limit_se\": %g, \"small_samples\": %ld, \"small_cells\": %d, ",
	        passed ? "true" : "false", 5.0, c->samples, c->cells);
	fprintf(to, "\"small_skipped\": %d, \"small_worst_se\": %.3f, \"large_spins\": %d, \"large_worst_se\": %.3f}\n}\n",
	        c->skipped, c->worst, c->spins_large, c->worst_large);
	fclose(to);
}

static void usage(void)
{
	fprintf(stderr, "usage: gibbs [--side L] [--chains N] [--seconds S] [--windows W] --out FILE.json\n"
	                "  side even, >= 20; chains a multiple of 32; seconds >= 10 for a result to be kept; 2 to %d windows\n",
	        MAX_WINDOW);
	exit(2);
}

static settings parse(int argc, char **argv)
{
	settings s = {70, 2048, 5, 10, NULL};
	for (int i = 1; i + 1 < argc; i += 2) {
		const char *name = argv[i], *value = argv[i + 1];
		if (!strcmp(name, "--side"))
			s.side = atoi(value);
		else if (!strcmp(name, "--chains"))
			s.words = atoi(value) / CHAINS_PER_WORD;
		else if (!strcmp(name, "--seconds"))
			s.seconds = atof(value);
		else if (!strcmp(name, "--windows"))
			s.windows = atoi(value);
		else if (!strcmp(name, "--out"))
			s.out = value;
		else
			usage();
	}
	if (argc % 2 == 0 || !s.out || s.side < 20 || s.side > 360 || s.side % 2 || s.words < 1 || s.words > 1 << 20)
		usage();
	if (s.windows < 2 || s.windows > MAX_WINDOW || !(s.seconds > 0))
		usage();
	return s;
}

int main(int argc, char **argv)
{
	const double limit = 5; /* standard errors; 512 + 2450 comparisons exceed it by chance once in 600 runs */
	const settings s = parse(argc, argv);
	result r = {};
	law_check check = {};
	cudaDeviceProp prop;
	char pci[32];
	CUDA_TRY(cudaSetDevice(0));
	CUDA_TRY(cudaGetDeviceProperties(&prop, 0));
	CUDA_TRY(cudaDeviceGetPCIBusId(pci, sizeof pci, 0));
	snprintf(r.gpu, sizeof r.gpu, "%s", prop.name);
	check_small(&check);
	printf("small model: %d probabilities, %ld samples, worst %.2f standard errors\n", check.cells, check.samples, check.worst);
	const layer host = torus_layer(s.side, s.words), device = upload(&host);
	const philox_key key = {{3, 5}};
	toss_all(device.spin, (size_t)device.n * device.words, key, 1);
	toss_all(device.input, (size_t)device.n * device.words, key, 2);
	uint32_t sweep = 0;
	run_sweeps(&device, 50, key, &sweep);
	check_large(&host, &device, &check);
	printf("layer of %d spins: worst of %d conditional means %.2f standard errors\n", host.n, check.spins_large,
	       check.worst_large);
	const int passed = check.worst < limit && check.worst_large < limit && check.cells > N_INPUT * N_STATE / 2;
	meter_open(pci);
	snprintf(r.driver, sizeof r.driver, "%s", meter_driver());
	r.idle_w = measure_idle(s.seconds);
	measure(&s, &device, &r);
	printf("%s: %.4g flips/s, idle %.1f W, mean %.1f W over %.0f s, %.4g J per flip (+-%.1f %%)\n", r.gpu, r.flips_per_s,
	       r.idle_w, r.mean_w, r.seconds, r.j_per_flip, 100 * r.half_width);
	write_json(&s, &r, &check, passed);
	printf("%s: %s\n", s.out, passed ? "law checked" : "THE LAW IS WRONG");
	return passed ? 0 : 1;
}
