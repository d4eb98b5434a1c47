/* SPDX-License-Identifier: Apache-2.0
 * `thermospice cards`: the manual of the netlist language from the tables that read it (elab/manual.h) and the device
 * registry, for the terminal or as the tables of docs/netlist.md.
 */
#include <argp.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "cli/cli.h"
#include "dev/dev.h"
#include "elab/manual.h"

enum { KEY_MARKDOWN = 256, WIDTH = 110, INDENT = 6 };

typedef struct cards_job {
	const char *word;
	int markdown;
} cards_job;

static error_t parse(int key, char *arg, struct argp_state *state)
{
	cards_job *job = state->input;
	switch (key) {
	case KEY_MARKDOWN:
		job->markdown = 1;
		return 0;
	case ARGP_KEY_ARG:
		if (job->word)
			argp_error(state, "one word at a time [E0701]");
		job->word = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Text in lines of WIDTH, without the backquotes. */
static void print_wrapped(const char *text)
{
	int column = 0;
	while (*text) {
		const int n = (int)strcspn(text, " ");
		if (column == 0 || column + 1 + n > WIDTH)
			column = printf("%s%*s", column ? "\n" : "", INDENT, "") - (column != 0);
		else
			column += printf(" ");
		for (int i = 0; i < n; i++)
			if (text[i] != '`')
				column += putchar(text[i]) != EOF;
		text += n + (text[n] == ' ');
	}
	putchar('\n');
}

/* In a cell of a table a bar must be masked, in code too. */
static void print_cell(const char *text)
{
	for (; *text; text++)
		printf(*text == '|' ? "\\%c" : "%c", *text);
}

/* Is it the entry's name: its letters up to a blank, bracket or '=', of an element the first one? */
static int matches(elab_chapter chapter, const char *form, const char *word)
{
	const size_t n = chapter == ELAB_MANUAL_ELEMENTS ? 1 : strcspn(form, " (=:");
	return !word || (strlen(word) == n && strncasecmp(form, word, n) == 0);
}

static int print_chapter(elab_chapter chapter, const char *word)
{
	elab_entry entry;
	int n = 0;
	for (int i = 0; elab_manual(chapter, i, &entry); i++) {
		if (!matches(chapter, entry.form, word))
			continue;
		if (n++ == 0)
			printf("%s\n", elab_chapter_title(chapter));
		printf("  %s\n", entry.form);
		print_wrapped(entry.text);
	}
	if (n)
		putchar('\n');
	return n;
}

static void print_markdown(elab_chapter chapter)
{
	elab_entry entry;
	printf("<!-- begin %s -->\n| %s | |\n|---|---|\n", elab_chapter_name(chapter), elab_chapter_title(chapter));
	for (int i = 0; elab_manual(chapter, i, &entry); i++) {
		printf("| `");
		print_cell(entry.form);
		printf("` | ");
		print_cell(entry.text);
		printf(" |\n");
	}
	printf("<!-- end %s -->\n", elab_chapter_name(chapter));
}

/* Parameter names of the card or of the line, separated by blanks. */
static void print_params(const dev_type *d, int on_model)
{
	for (int i = 0; i < d->n_param; i++)
		if (d->param[i].on_model == on_model)
			printf(" %s", d->param[i].name);
}

/* The model types a device answers to and its levels: "nmos pmos, level= 44 ekv". */
static void print_model(const dev_type *d)
{
	if (!d->model)
		return;
	printf("%s", d->model);
	if (d->level && *d->level)
		printf(", level = %s", d->level);
	else if (strcmp(d->letter, "m") == 0)
		printf(", no level or level = 1");
}

static void print_devices_markdown(void)
{
	printf("<!-- begin devices -->\n| device | letter | model card | parameters of the card | of the line |\n"
	       "|---|---|---|---|---|\n");
	for (int i = 0; i < DEV_N_TYPE; i++) {
		const dev_type *d = dev_registry[i];
		printf("| %s | %s | ", d->name, d->letter);
		print_model(d);
		printf(" |");
		print_params(d, 1);
		printf(" |");
		print_params(d, 0);
		printf(" |\n");
	}
	printf("<!-- end devices -->\n");
}

/* The devices of a letter or a model type, with all parameters. */
static int print_devices(const char *word)
{
	int n = 0;
	for (int i = 0; i < DEV_N_TYPE; i++) {
		const dev_type *d = dev_registry[i];
		const char *at = d->model ? strcasestr(d->model, word) : NULL;
		const int is_type =
		    at && (at == d->model || at[-1] == ' ') && (at[strlen(word)] == '\0' || at[strlen(word)] == ' ');
		const int is_letter = strlen(word) == 1 && strchr(d->letter, tolower((unsigned char)*word));
		if (!is_type && !is_letter)
			continue;
		printf("Device %s%s", d->name, d->model ? ", model " : "");
		print_model(d);
		printf("\n  on the line:");
		print_params(d, 0);
		if (d->model)
			printf("\n  on the card:");
		print_params(d, 1);
		printf("\n  units, ranges, meanings: thermospice devices %s\n\n", d->name);
		n++;
	}
	return n;
}

int cli_cards(int argc, char **argv)
{
	static const struct argp_option options[] = {
	    {"markdown", KEY_MARKDOWN, NULL, 0, "the tables of docs/netlist.md", 0}, {0}};
	static const struct argp parser = {
	    options,
	    parse,
	    "[WORD]",
	    "Lists what a deck may say: elements, waveforms, cards, options, and what is "
	    "refused. WORD is a card, a waveform, an option, a model type or an element's "
	    "letter."
	    "\v"
	    "Examples:\n"
	    "  thermospice cards\n"
	    "  thermospice cards .noise\n"
	    "  thermospice cards m\n"
	    "  thermospice cards pulse",
	    NULL,
	    NULL,
	    NULL};
	cards_job job = {0};
	argp_parse(&parser, argc, argv, 0, NULL, &job);
	int n = 0;
	for (int c = 0; c < ELAB_N_CHAPTER; c++) {
		if (job.markdown)
			print_markdown((elab_chapter)c);
		else
			n += print_chapter((elab_chapter)c, job.word);
	}
	if (job.markdown)
		print_devices_markdown();
	else if (job.word)
		n += print_devices(job.word);
	if (n || job.markdown)
		return 0;
	fprintf(stderr, "thermospice cards: error: nothing is called '%s'; `thermospice cards` lists all [E0701]\n",
	        job.word);
	return ts_status_exit(TS_USAGE);
}
