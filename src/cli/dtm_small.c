/* SPDX-License-Identifier: Apache-2.0
 * thermospice dtm train | evaluate | sample: the small model of dtm/small.h from the command line.
 */
#include "cli/dtm_small.h"
#include <argp.h>
#include <math.h>
#include <string.h>
#include "cli/session.h"
#include "cli/table.h"
#include "base/alloc.h"
#include "dtm/layer.h"
#include "dtm/quality.h"

enum {
	KEY_JSON = 256,
	KEY_LATENT,
	KEY_LAYERS,
	KEY_RATE,
	KEY_LEARNING,
	KEY_STEPS,
	KEY_PATTERNS,
	KEY_CELL,
	KEY_CLOCK,
	KEY_FIELD,
	KEY_COUNT,
	KEY_SEED
};
enum { MAX_PATTERN = 64 };

typedef struct small_job {
	const char *path, *cell;
	int json, sweeps;
	long count;
	uint64_t seed;
	double clock, reach;
	dtm_small_options model;
	uint32_t pattern[MAX_PATTERN];
} small_job;

static long whole(const char *text, const char *option, long highest, struct argp_state *state)
{
	const double value = cli_number(text, option, state);
	if (!(value >= 0 && value <= (double)highest) || value != floor(value))
		argp_error(state, "%s: a whole number from 0 to %ld [E0701]", option, highest);
	return (long)value;
}

/* "0000,0010": one binary number per pattern, its last digit is spin 0. */
static void read_patterns(small_job *job, const char *text, struct argp_state *state)
{
	job->model.n_pattern = 0;
	job->model.n_visible = (int)strcspn(text, ",");
	job->model.pattern = job->pattern;
	while (*text) {
		const size_t n = strcspn(text, ",");
		if (n != (size_t)job->model.n_visible || n > DTM_SMALL_MAX_SPIN || strspn(text, "01") != n ||
		    job->model.n_pattern == MAX_PATTERN)
			argp_error(state, "--patterns: up to %d words of 0 and 1, all equally long, at most %d [E0701]",
			           MAX_PATTERN, DTM_SMALL_MAX_SPIN);
		uint32_t word = 0;
		for (size_t i = 0; i < n; i++)
			word |= (uint32_t)(text[i] == '1') << (n - 1 - i);
		job->pattern[job->model.n_pattern++] = word;
		text += n + (text[n] == ',');
	}
}

static error_t parse_model(int key, char *arg, struct argp_state *state)
{
	small_job *job = state->input;
	switch (key) {
	case KEY_JSON:
		job->json = 1;
		return 0;
	case KEY_LATENT:
		job->model.n_latent = (int)whole(arg, "--latent", DTM_SMALL_MAX_SPIN, state);
		return 0;
	case KEY_LAYERS:
		job->model.n_layer = (int)whole(arg, "--layers", 64, state);
		return 0;
	case KEY_RATE:
		job->model.rate = cli_number(arg, "--rate", state);
		return 0;
	case KEY_LEARNING:
		job->model.learning_rate = cli_number(arg, "--learning-rate", state);
		return 0;
	case KEY_STEPS:
		job->model.n_step = whole(arg, "--steps", 1000000, state);
		return 0;
	case KEY_PATTERNS:
		read_patterns(job, arg, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	small_job *job = state->input;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = job;
		return 0;
	case KEY_CELL:
		job->cell = arg;
		return 0;
	case KEY_CLOCK:
		job->clock = cli_number(arg, "--clock", state);
		if (!(job->clock > 0))
			argp_error(state, "--clock is positive [E0701]");
		return 0;
	case KEY_FIELD:
		job->reach = cli_number(arg, "--field", state);
		if (!(job->reach > 0))
			argp_error(state, "--field is positive [E0701]");
		return 0;
	case KEY_COUNT:
		job->count = whole(arg, "--count", 100000000, state);
		return 0;
	case KEY_SEED:
		job->seed = (uint64_t)whole(arg, "--seed", 1L << 53, state);
		return 0;
	case 'k':
		job->sweeps = (int)whole(arg, "--sweeps", 1000000, state);
		return 0;
	case ARGP_KEY_ARG:
		if (job->path)
			argp_error(state, "one cell at a time [E0701]");
		job->path = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse_train(int key, char *arg, struct argp_state *state)
{
	(void)arg;
	if (key == ARGP_KEY_INIT)
		state->child_inputs[0] = state->input;
	return key == ARGP_KEY_INIT ? 0 : ARGP_ERR_UNKNOWN;
}

static const struct argp_option model_options[] = {
    {"latent", KEY_LATENT, "N", 0, "latent spins per layer (1)", 0},
    {"layers", KEY_LAYERS, "T", 0, "denoising layers (4)", 0},
    {"rate", KEY_RATE, "X", 0, "noising rate (0.9)", 0},
    {"learning-rate", KEY_LEARNING, "X", 0, "of the exact gradient descent (0.5)", 0},
    {"steps", KEY_STEPS, "N", 0, "gradient steps (1000)", 0},
    {"patterns", KEY_PATTERNS, "LIST", 0, "the data, last digit spin 0 (0000,0010,0100,1000)", 0},
    {"json", KEY_JSON, NULL, 0, "print as JSON", 0},
    {0}};
static const struct argp model_parser = {.options = model_options, .parser = parse_model};
static const struct argp_child with_model[] = {{&model_parser, 0, NULL, 0}, {0}};

static small_job small_default(void)
{
	return (small_job){
	    .model = dtm_quality_model(), .sweeps = 250, .clock = 3, .reach = 8, .count = 10000, .seed = 1};
}

/* A table is printed whole or not at all. */
static int finish(const small_job *job, cli_session *session, ts_status status, cli_table *table)
{
	if (status == TS_OK && table->failed)
		status = TS_NOMEM;
	cli_table_end(table, status == TS_OK ? stdout : NULL, job->json);
	return cli_session_end(session, status);
}

static ts_status divergence(const dtm_small_options *options, diag_list *diag, double *kl)
{
	dtm_small *model;
	TS_TRY(dtm_small_train(options, diag, &model));
	*kl = dtm_small_kl(model);
	dtm_small_destroy(model);
	return TS_OK;
}

/* Training is deterministic, so each row is a run of its own; the last row costs as much as all before it. */
static ts_status train(const small_job *job, diag_list *diag, cli_table *table)
{
	dtm_small_options options = job->model;
	for (long n = 0;; n = n ? 2 * n : 1) {
		double kl = 0;
		options.n_step = n < job->model.n_step ? n : job->model.n_step;
		TS_TRY(divergence(&options, diag, &kl));
		cli_table_number(table, (double)options.n_step);
		cli_table_number(table, kl);
		if (options.n_step == job->model.n_step)
			return TS_OK;
	}
}

int cli_dtm_train(int argc, char **argv)
{
	static const struct argp parser = {
	    NULL,
	    parse_train,
	    "",
	    "Trains the small model by its exact gradient and prints KL(data || model) in nats "
	    "against steps."
	    "\v"
	    "Example:\n"
	    "  thermospice dtm train --latent 2 --layers 4 --steps 5000",
	    with_model,
	    NULL,
	    NULL};
	static const char *const column[] = {"steps", "KL", NULL};
	small_job job = small_default();
	cli_session session;
	cli_table table;
	argp_parse(&parser, argc, argv, 0, NULL, &job);
	cli_table_begin(&table, "KL(data || model), nats, exact conditionals", column);
	ts_status status = cli_session_begin(&session);
	if (status == TS_OK)
		status = train(&job, session.diag, &table);
	return finish(&job, &session, status, &table);
}

static ts_status evaluate_rows(const small_job *job, const dtm_small *model, const extract_cell *cell, cli_table *table)
{
	const double memory = exp(-job->clock);
	const dtm_cell_spin spin = {cell, job->reach};
	for (int k = 1;; k *= 2) {
		double ideal, real = (double)NAN;
		const int sweeps = k < job->sweeps ? k : job->sweeps;
		const dtm_sampler p_bits = {dtm_ideal_response, NULL, sweeps, 0};
		const dtm_sampler cells = {dtm_cell_response, &spin, sweeps, memory};
		TS_TRY(dtm_small_kl_sampled(model, &p_bits, &ideal));
		if (cell)
			TS_TRY(dtm_small_kl_sampled(model, &cells, &real));
		cli_table_number(table, sweeps);
		cli_table_number(table, ideal);
		cli_table_number(table, real);
		if (sweeps == job->sweeps)
			break;
	}
	cli_table_text(table, "exact");
	cli_table_number(table, dtm_small_kl(model));
	cli_table_number(table, (double)NAN);
	return TS_OK;
}

static ts_status evaluate(const small_job *job, diag_list *diag, cli_table *table)
{
	static extract_cell cell; /* too large for the stack */
	dtm_small *model;
	if (job->path)
		TS_TRY(cli_dtm_cell(job->path, job->cell, diag, &cell));
	TS_TRY(dtm_small_train(&job->model, diag, &model));
	const ts_status status = evaluate_rows(job, model, job->path ? &cell : NULL, table);
	dtm_small_destroy(model);
	return status;
}

int cli_dtm_evaluate(int argc, char **argv)
{
	static const struct argp_option options[] = {
	    {"sweeps", 'k', "K", 0, "up to how many Gibbs sweeps per layer (250)", 0},
	    {"clock", KEY_CLOCK, "X", 0, "one colour's clock period in relaxation times of the cell (3)", 0},
	    {"field", KEY_FIELD, "A", 0, "largest field the cell's bias network gives (8)", 0},
	    {"cell", KEY_CELL, "NAME", 0, "which .pbit, when the file holds several", 0},
	    {0}};
	static const struct argp parser = {
	    options,
	    parse,
	    "[CELL.h5]",
	    "Trains the small model and prints KL(data || samples) in nats against sweeps, the "
	    "law of the samples enumerated: with ideal p-bits, and with a cell's measured "
	    "curve and memory."
	    "\v"
	    "Example:\n"
	    "  thermospice dtm evaluate cell.h5 --sweeps 64 --clock 1",
	    with_model,
	    NULL,
	    NULL};
	static const char *const column[] = {"sweeps", "ideal p-bits", "this cell", NULL};
	small_job job = small_default();
	cli_session session;
	cli_table table;
	argp_parse(&parser, argc, argv, 0, NULL, &job);
	cli_table_begin(&table, "KL(data || samples), nats", column);
	ts_status status = cli_session_begin(&session);
	if (status == TS_OK && job.sweeps < 1) {
		diag_add(session.diag, E0701, SRC_NOWHERE, "--sweeps is at least 1");
		status = TS_USAGE;
	}
	if (status == TS_OK)
		status = evaluate(&job, session.diag, &table);
	return finish(&job, &session, status, &table);
}

/* How often each pattern came up, and how often the data have it. */
static void count_patterns(const small_job *job, const uint32_t *drawn, cli_table *table)
{
	for (uint32_t word = 0; word < 1u << job->model.n_visible; word++) {
		long n = 0;
		int data = 0;
		for (long i = 0; i < job->count; i++)
			n += drawn[i] == word;
		for (int k = 0; k < job->model.n_pattern; k++)
			data += job->model.pattern[k] == word;
		char text[DTM_SMALL_MAX_SPIN + 1];
		const double p = (double)n / (double)job->count;
		cli_table_text(table, "%s", dtm_pattern_text(word, job->model.n_visible, text));
		cli_table_number(table, (double)n);
		cli_table_number(table, p);
		cli_table_number(table, sqrt(p * (1 - p) / (double)job->count));
		cli_table_number(table, (double)data / job->model.n_pattern);
	}
}

static ts_status sample(const small_job *job, diag_list *diag, cli_table *table)
{
	static extract_cell cell; /* too large for the stack */
	dtm_small *model = NULL;
	if (job->path)
		TS_TRY(cli_dtm_cell(job->path, job->cell, diag, &cell));
	const dtm_sampler ideal = {dtm_ideal_response, NULL, job->sweeps, 0};
	const dtm_cell_spin spin = {&cell, job->reach};
	const dtm_sampler real = {dtm_cell_response, &spin, job->sweeps, exp(-job->clock)};
	uint32_t *drawn = alloc_array((size_t)job->count, sizeof *drawn);
	ts_status status = drawn ? dtm_small_train(&job->model, diag, &model) : TS_NOMEM;
	if (status == TS_OK)
		status = dtm_small_sample(model, job->path ? &real : &ideal, job->seed, job->count, drawn);
	if (status == TS_OK)
		count_patterns(job, drawn, table);
	dtm_small_destroy(model);
	alloc_free(drawn);
	return status;
}

int cli_dtm_sample(int argc, char **argv)
{
	static const struct argp_option options[] = {
	    {"sweeps", 'k', "K", 0, "Gibbs sweeps per layer (250)", 0},
	    {"clock", KEY_CLOCK, "X", 0, "one colour's clock period in relaxation times of the cell (3)", 0},
	    {"field", KEY_FIELD, "A", 0, "largest field the cell's bias network gives (8)", 0},
	    {"count", KEY_COUNT, "N", 0, "samples (10000)", 0},
	    {"seed", KEY_SEED, "N", 0, "of the random bits (1)", 0},
	    {"cell", KEY_CELL, "NAME", 0, "which .pbit, when the file holds several", 0},
	    {0}};
	static const struct argp parser = {
	    options,
	    parse,
	    "[CELL.h5]",
	    "Trains the small model and draws from it by two-colour block Gibbs sampling: with a cell's measured curve "
	    "and memory, or with ideal p-bits when no cell is named."
	    "\v"
	    "Example:\n"
	    "  thermospice dtm sample cell.h5 --count 100000 --sweeps 64",
	    with_model,
	    NULL,
	    NULL};
	static const char *const column[] = {"pattern", "count", "share", "std.err.", "data", NULL};
	small_job job = small_default();
	cli_session session;
	cli_table table;
	argp_parse(&parser, argc, argv, 0, NULL, &job);
	cli_table_begin(&table, job.path ? "drawn with this cell" : "drawn with ideal p-bits", column);
	ts_status status = cli_session_begin(&session);
	if (status == TS_OK && (job.count < 1 || job.sweeps < 1)) {
		diag_add(session.diag, E0701, SRC_NOWHERE, "--count and --sweeps are at least 1");
		status = TS_USAGE;
	}
	if (status == TS_OK)
		status = sample(&job, session.diag, &table);
	return finish(&job, &session, status, &table);
}
