/* SPDX-License-Identifier: Apache-2.0
 * .trannoise: an ensemble of stochastic transients, at every bias of the .pbit that wraps it (see noise_run.h for grid
 * and random numbers, docs/numerics.md for the scheme, docs/format-h5.md for what is written). Trajectories that leave
 * the realm of numbers are named in an error and their results are NaN; the others are written all the same, as are the
 * finished ones when the run is interrupted.
 */
#include <math.h>
#include <omp.h>
#include "base/alloc.h"
#include "base/progress.h"
#include "base/stop.h"
#include "sim/noise_run.h"

static const double COARSE = 3; /* h lambda above which the step is called coarse */

static long tiles_per_bias(const noise_run *run)
{
	return (run->samples + LANES - 1) / LANES;
}

static ts_status worse(ts_status a, ts_status b)
{
	return a == TS_OK || (a == TS_STOPPED && b != TS_OK) ? b : a;
}

static ts_status run_tiles(noise_run *run)
{
	const long together = noise_tiles_together(run->samples); /* divides per_bias; jobs beyond the samples are empty */
	const long per_bias = (tiles_per_bias(run) + together - 1) / together * together;
	const long n_job = per_bias * (long)run->n_bias;
	/* NOLINTNEXTLINE(clang-analyzer-deadcode.DeadStores): read by the pragma */
	const int most = run->options->n_thread > 0 ? run->options->n_thread : omp_get_max_threads();
	ts_status all = TS_OK;
#pragma omp parallel num_threads(n_job < most ? (int)n_job : most)
	{
		noise_worker *w = NULL;
		ts_status mine = noise_worker_create(run, &w);
#pragma omp for schedule(dynamic, together)
		for (long job = 0; job < n_job; job++)
			if (mine == TS_OK && job % per_bias * LANES < run->samples)
				mine = noise_worker_tile(w, (size_t)(job / per_bias), job % per_bias * LANES);
		noise_worker_destroy(w);
#pragma omp critical(noise_status)
		all = worse(all, mine);
	}
	return all;
}

static ts_status report(const noise_run *run)
{
	const noise_results *r = &run->results;
	const double z = r->worst_rate * run->grid.h;
	if (z > COARSE && !sde_plan_is_exact(run->plan))
		diag_add(run->diag, W0501, run->request->span,
		         "the step of %.3g s is %.2g times the shortest relaxation time met (%.3g s)", run->grid.h, z,
		         1 / r->worst_rate);
	if (r->n_failure == 0)
		return TS_OK;
	diag_add(run->diag, E0531, run->request->span, "%d of %zu trajectories left the realm of numbers", r->n_failure,
	         r->n_row);
	for (int i = 0; i < r->n_failure && i < NOISE_FAILURES; i++) {
		const noise_failure *f = &r->failure[i];
		diag_note(run->diag, SRC_NOWHERE, "trajectory %ld at bias %g: '%s' at t = %.6g s", f->sample,
		          run->bias[f->bias], run->system->name[f->unknown], f->time);
	}
	return TS_NUMERIC;
}

static ts_status simulate(noise_run *run, out_file *file)
{
	TS_TRY(noise_setup(run));
	TS_TRY(noise_pilot(run));
	TS_TRY(noise_results_create(run));
	TS_TRY(noise_books_create(run));
	TS_TRY(noise_coarse_create(run));
	const double tiles = (double)tiles_per_bias(run) + 0.5 * (double)run->coarse.n_tile;
	const double work = (double)run->grid.last * tiles * (double)run->n_bias;
	run->bar = run->options->progress ? progress_create(run->request->name, work) : NULL;
	const ts_status ended = run_tiles(run);
	progress_destroy(run->bar);
	if (ended != TS_OK && ended != TS_STOPPED)
		return ended;
	TS_TRY(noise_write(run, file, ended));
	TS_TRY(report(run));
	return ended;
}

ts_status sim_trannoise(const mna_system *system, const sim_request *request, const sim_options *options,
                        out_file *file, diag_list *diag)
{
	noise_run run = {.system = system,
	                 .request = request,
	                 .options = options,
	                 .diag = diag,
	                 .pbit = options->pbit,
	                 .samples = options->samples > 0 ? options->samples : request->samples,
	                 .seed = options->has_seed ? options->seed : request->seed};
	const ts_status status = simulate(&run, file);
	if (status == TS_NOMEM)
		diag_add(diag, E0999, request->span, "memory is exhausted in .trannoise");
	noise_results_destroy(&run.results);
	noise_reduced_destroy(&run.reduced);
	noise_books_destroy(&run.books);
	noise_coarse_destroy(&run.coarse);
	sde_plan_destroy(run.plan);
	sim_signals_destroy(&run.signals);
	alloc_free(run.choice.jumps);
	alloc_free(run.choice.able);
	alloc_free(run.charge_of);
	alloc_free(run.low);
	alloc_free(run.bias);
	alloc_free(run.x0);
	alloc_free(run.state0);
	sim_latches_destroy(&run.latches);
	return status;
}
