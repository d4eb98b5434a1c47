/* SPDX-License-Identifier: Apache-2.0
 * Loading decks and closing up (see session.h), and the parsing of option values all commands share.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include "base/alloc.h"
#include "base/number.h"
#include "cli/session.h"

ts_status cli_session_begin(cli_session *session)
{
	*session = (cli_session){.sources = src_map_create()};
	if (session->sources)
		session->diag = diag_create(session->sources);
	return session->diag ? TS_OK : TS_NOMEM;
}

static ts_status read_deck(cli_session *s, const char *deck, int *file)
{
	const ts_status status = src_load(s->sources, deck, SRC_NOWHERE, file);
	if (status == TS_IO) {
		diag_add(s->diag, E0101, SRC_NOWHERE, "cannot read '%s': %s", deck, strerror(errno));
		return TS_IO;
	}
	return status;
}

ts_status cli_session_load(cli_session *s, const char *deck, const cli_sets *sets, cli_stage stage)
{
	int file = 0;
	TS_TRY(read_deck(s, deck, &file));
	const ts_status parsed = net_parse(s->sources, file, s->diag, &s->deck);
	if (!s->deck || stage == CLI_DECK)
		return parsed;
	/* also after mistakes in single cards, to report those of the other cards with them */
	if (sets)
		s->options = (elab_options){.set = sets->set, .n_set = sets->n};
	TS_TRY(elab_build(s->deck, s->sources, &s->options, s->diag, &s->circuit));
	TS_TRY(parsed);
	return stage == CLI_CIRCUIT ? TS_OK : mna_compile(s->circuit, s->diag, &s->system);
}

int cli_session_end(cli_session *s, ts_status status)
{
	if (s->diag) {
		const int has_error = diag_count(s->diag, DIAG_ERROR) > 0;
		if (status == TS_NOMEM)
			diag_add(s->diag, E0999, SRC_NOWHERE, "out of memory");
		else if (status != TS_OK && status != TS_STOPPED && !has_error)
			diag_add(s->diag, E0999, SRC_NOWHERE, "failed without a message (%s)", ts_status_name(status));
		diag_print(s->diag, stderr);
	}
	mna_destroy(s->system);
	elab_destroy(s->circuit);
	net_deck_destroy(s->deck);
	diag_destroy(s->diag);
	src_map_destroy(s->sources);
	*s = (cli_session){0};
	return ts_status_exit(status);
}

ts_status cli_session_output(cli_session *s, const char *path, const char *command, uint64_t seed, out_file **file)
{
	const int n = src_count(s->sources);
	const char **text = alloc_array(2 * (size_t)n, sizeof *text);
	if (!text)
		return TS_NOMEM;
	for (int i = 0; i < n; i++) {
		size_t size;
		text[i] = src_text(s->sources, i + 1, &size);
		text[n + i] = src_path(s->sources, i + 1);
	}
	const out_provenance provenance = {.command = command,
	                                   .format = "thermospice-result",
	                                   .seed = seed,
	                                   .n_text = n,
	                                   .text_name = text + n,
	                                   .text = text};
	const ts_status status = out_create(path, &provenance, s->diag, file);
	alloc_free(text);
	return status;
}

double cli_number(const char *text, const char *option, struct argp_state *state)
{
	double value = 0;
	size_t used = 0;
	if (number_parse(text, strlen(text), &value, &used) != NUMBER_OK || text[used])
		argp_error(state, "%s: '%s' is not a number [E0701]", option, text);
	return value;
}

int cli_sets_add(cli_sets *sets, const char *text, struct argp_state *state)
{
	const char *equals = strchr(text, '=');
	const size_t n = equals ? (size_t)(equals - text) : 0;
	if (n == 0 || n >= CLI_SET_NAME || sets->n >= CLI_MAX_SET) {
		argp_error(state, "--set wants NAME=VALUE (at most %d of them), not '%s' [E0701]", CLI_MAX_SET, text);
		return 0;
	}
	char *name = sets->name[sets->n];
	for (size_t i = 0; i < n; i++)
		name[i] = (char)tolower((unsigned char)text[i]);
	name[n] = 0;
	sets->set[sets->n] = (elab_override){name, cli_number(equals + 1, "--set", state)};
	sets->n++;
	return 1;
}

void cli_output_name(const char *deck, const char *ending, char *out, size_t size)
{
	const char *slash = strrchr(deck, '/'), *base = slash ? slash + 1 : deck, *dot = strrchr(base, '.');
	const size_t n = dot && dot > base ? (size_t)(dot - base) : strlen(base);
	snprintf(out, size, "%.*s%s", (int)n, base, ending);
}

void cli_command_line(int argc, char **argv, char *out, size_t size)
{
	size_t used = 0;
	out[0] = 0;
	for (int i = 0; i < argc && used < size; i++)
		used += (size_t)snprintf(out + used, size - used, "%s%s", i ? " " : "", argv[i]);
}

void cli_unsupported(struct argp_state *state, const char *option, const char *instead)
{
	argp_error(state, "%s is not in this version: %s [E0702]", option, instead);
}
