/* SPDX-License-Identifier: Apache-2.0
 * Files into cards: reads the deck and what it includes, one card at a time, and nests subcircuits. A card with a
 * mistake is reported and left out; reading goes on with the next.
 *
 *   .include FILE        the file's cards stand here; paths are relative to the file that names them
 *   .lib FILE SECTION    of FILE only what stands between .lib SECTION and .endl
 *   .control ... .endc   stays as one card, its body the first words of its lines, for the next stage to refuse
 */
#include "net/parser.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "net/card.h"

/* Files that include one another twice double at every level: what is read in all is bounded, too. */
enum { MAX_DEPTH = 64, MAX_SUBCKT = 64, MAX_FILES = 4096 };
static const size_t max_bytes = (size_t)1 << 29;

typedef struct open_subckt {
	net_card card;
	int mark;   /* of the stack, where its body begins */
	int is_bad; /* its card has a mistake: the body is read and dropped */
} open_subckt;

typedef struct open_file {
	const char *path;
	const char *section; /* NULL: the whole file */
	const struct open_file *from;
	int depth;
	int is_known; /* device and node tell which file it is, whatever its path */
	dev_t device;
	ino_t node;
} open_file;

typedef struct parser {
	src_map *sources;
	diag_list *diag;
	arena *arena;
	net_card_reader card;
	net_stack done; /* net_card */
	open_subckt open[MAX_SUBCKT];
	int n_open;
	int n_file;    /* included so far */
	size_t n_byte; /* in them */
	int n_bad;     /* mistakes */
	int is_broken; /* mistakes that leave pieces out: later stages would report nonsense */
} parser;

static ts_status parse_file(parser *p, int file, const open_file *self);

static void report(parser *p, diag_code code, src_span span, const char *message)
{
	diag_add(p->diag, code, span, "%s", message);
	p->n_bad++;
}

/* Bytes of the UTF-8 character at s, 0 when it is none or a control character. */
static size_t character(const unsigned char *s, size_t n)
{
	if (*s < 0x80)
		return (*s >= 0x20 && *s != 0x7f) || (*s >= '\t' && *s <= '\r') ? 1 : 0;
	const size_t want = *s >= 0xc2 && *s < 0xe0 ? 2 : *s >= 0xe0 && *s < 0xf0 ? 3 : *s >= 0xf0 && *s < 0xf5 ? 4 : 0;
	if (want == 0 || want > n)
		return 0;
	for (size_t i = 1; i < want; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return want;
}

static int check_text(parser *p, int file)
{
	size_t n, step;
	const unsigned char *s = (const unsigned char *)src_text(p->sources, file, &n);
	for (size_t i = 0; i < n; i += step) {
		step = character(s + i, n - i);
		if (step)
			continue;
		diag_add(p->diag, E0102, src_make_span(file, i, 1),
		         "byte 0x%02x at offset %zu: this is not a text file", s[i], i);
		p->n_bad++;
		p->is_broken = 1;
		return 0;
	}
	return 1;
}

static void keep(parser *p, const net_card *card, ts_status *status)
{
	if (net_stack_push(&p->done, card) != TS_OK)
		*status = TS_NOMEM;
}

static ts_status open_body(parser *p, const net_card *card, int is_bad)
{
	if (p->n_open == MAX_SUBCKT) {
		report(p, E0201, card->span, "subcircuits are defined inside one another more than 64 deep");
		p->is_broken = 1;
		return TS_NETLIST;
	}
	p->open[p->n_open++] = (open_subckt){*card, p->done.n, is_bad};
	return TS_OK;
}

/* .ends NAME closes another subcircuit: one without .ends if NAME is open further out, else a slip of the pen, as in
 * libraries that are in use. */
static void other_name(parser *p, const net_card *ends, const open_subckt *closed)
{
	int is_open = 0;
	for (int i = 0; i < p->n_open; i++)
		is_open |= !p->open[i].is_bad && strcmp(p->open[i].card.name, ends->word[0].text) == 0;
	diag_add(p->diag, is_open ? E0201 : W0201, ends->word[0].span, ".ends %s closes subcircuit '%s'",
	         ends->word[0].text, closed->card.name);
	diag_note(p->diag, closed->card.span, "which begins here");
	p->n_bad += is_open;
}

static ts_status close_body(parser *p, const net_card *ends)
{
	ts_status status = TS_OK;
	if (p->n_open == 0) {
		report(p, E0201, ends->span, ".ends without a .subckt");
		return TS_OK;
	}
	open_subckt *s = &p->open[--p->n_open];
	const char *name = ends->n_word ? ends->word[0].text : NULL;
	if (name && !s->is_bad && strcmp(name, s->card.name) != 0)
		other_name(p, ends, s);
	s->card.body = net_stack_take(&p->done, s->mark, p->arena, &s->card.n_body);
	if (!s->card.body)
		return TS_NOMEM;
	if (!s->is_bad)
		keep(p, &s->card, &status);
	return status;
}

static void report_open(parser *p)
{
	for (int i = 0; i < p->n_open; i++) {
		report(p, E0201, p->open[i].card.span, "this .subckt has no .ends");
		p->is_broken = 1;
	}
}

static char *without_quotes(parser *p, const char *text, size_t n)
{
	const int quoted = n >= 2 && (*text == '"' || *text == '\'') && text[n - 1] == *text;
	return arena_strndup(p->arena, text + quoted, n - (quoted ? 2 : 0));
}

static char *resolve(parser *p, const open_file *self, const char *name)
{
	const char *slash = strrchr(self->path, '/');
	if (*name == '/' || !slash)
		return arena_strdup(p->arena, name);
	return arena_printf(p->arena, "%.*s/%s", (int)(slash - self->path), self->path, name);
}

static int same_section(const char *a, const char *b)
{
	return (!a && !b) || (a && b && strcasecmp(a, b) == 0);
}

static open_file describe(const char *path, const char *section, const open_file *from)
{
	struct stat info;
	open_file f = {.path = path, .section = section, .from = from, .depth = from ? from->depth + 1 : 0};
	if (stat(path, &info) == 0) {
		f.is_known = 1;
		f.device = info.st_dev;
		f.node = info.st_ino;
	}
	return f;
}

static int same_file(const open_file *a, const open_file *b)
{
	if (a->is_known && b->is_known)
		return a->device == b->device && a->node == b->node;
	return strcmp(a->path, b->path) == 0;
}

static int is_cycle(const open_file *self)
{
	for (const open_file *f = self->from; f; f = f->from)
		if (same_file(f, self) && same_section(f->section, self->section))
			return 1;
	return 0;
}

static ts_status refuse_file(parser *p, src_span span, const char *what, const char *path)
{
	diag_add(p->diag, E0101, span, "%s '%s'", what, path);
	p->n_bad++;
	p->is_broken = 1;
	return TS_OK;
}

static ts_status load(parser *p, src_span span, const open_file *self)
{
	int file;
	size_t size;
	errno = 0;
	const ts_status status = src_load(p->sources, self->path, span, &file);
	if (status == TS_IO) {
		diag_add(p->diag, E0101, span, "cannot read '%s': %s", self->path, strerror(errno));
		p->n_bad++;
		p->is_broken = 1;
		return TS_OK;
	}
	TS_TRY(status);
	src_text(p->sources, file, &size);
	p->n_file++;
	p->n_byte += size;
	return parse_file(p, file, self);
}

static ts_status include(parser *p, const net_card *card, const open_file *from)
{
	const net_word *word = &card->word[0];
	const char *wanted = card->n_word > 1 ? card->word[1].text : NULL;
	const char *section = wanted ? without_quotes(p, wanted, strlen(wanted)) : NULL;
	char *name = without_quotes(p, word->text, strlen(word->text)), *path = name ? resolve(p, from, name) : NULL;
	if (!path || (wanted && !section))
		return TS_NOMEM;
	const open_file self = describe(path, section, from);
	if (is_cycle(&self))
		return refuse_file(p, word->span, "a file includes itself, directly or through others:", path);
	if (self.depth >= MAX_DEPTH)
		return refuse_file(p, word->span, "files include one another more than 64 deep:", path);
	if (p->n_file >= MAX_FILES || p->n_byte >= max_bytes)
		return refuse_file(p, word->span,
		                   "too many or too long files are included; this one is not read:", path);
	return load(p, word->span, &self);
}

/* A file of numbers that a V or I element names becomes a source file, so that messages can show its lines. */
static ts_status load_data(parser *p, net_card *card, const open_file *from)
{
	int any = 0;
	for (int i = 0; i < card->n_param && card->name && strchr("vi", card->name[0]); i++)
		any |= net_is_file(card->param[i].name);
	if (!any || card->kind != NET_ELEMENT)
		return TS_OK;
	net_param *param = arena_array(p->arena, (size_t)card->n_param, sizeof *param);
	if (!param)
		return TS_NOMEM;
	memcpy(param, card->param, (size_t)card->n_param * sizeof *param);
	card->param = param;
	for (int i = 0; i < card->n_param; i++) {
		if (!net_is_file(param[i].name))
			continue;
		const char *path = resolve(p, from, param[i].text);
		if (!path)
			return TS_NOMEM;
		errno = 0;
		const ts_status status = src_load(p->sources, path, param[i].value_span, &param[i].file);
		if (status == TS_IO)
			return refuse_file(p, param[i].value_span, "cannot read", path);
		TS_TRY(status);
		param[i].text = path; /* names the file wherever the card may stand */
		if (!check_text(p, param[i].file))
			return TS_OK;
	}
	return TS_OK;
}

/* Where in its file reading stands with respect to sections. */
typedef struct section_state {
	int inside;   /* cards count */
	int skipping; /* inside a section that was not asked for */
	int found;
	int control;    /* inside .control */
	net_card block; /* the .control card */
	int mark;       /* of the stack, where its commands begin */
	int n_open;     /* 1 between .lib NAME and .endl */
	src_span open;  /* the .lib NAME card */
} section_state;

static int is_named(const net_card *card, const char *name)
{
	return card->kind == NET_DOT && card->name && strcmp(card->name, name) == 0;
}

static void unclosed_section(parser *p, section_state *s)
{
	if (s->n_open)
		report(p, E0201, s->open,
		       "this section has no .endl; to read a file, write .lib FILE SECTION or .include FILE");
	s->n_open = 0;
}

/* .lib NAME and .endl; 1 when the card was one of them */
static int section_card(parser *p, const net_card *card, const open_file *self, section_state *s)
{
	if (is_named(card, ".endl")) {
		if (!s->n_open)
			report(p, E0201, card->span, ".endl without a .lib SECTION");
		s->n_open = s->skipping = 0;
		s->inside = self->section == NULL;
		return 1;
	}
	if (!is_named(card, ".lib") || card->n_word != 1)
		return 0;
	const int wanted = self->section && strcasecmp(self->section, card->word[0].text) == 0;
	unclosed_section(p, s);
	s->n_open = 1;
	s->open = card->span;
	s->found |= wanted;
	s->inside |= wanted;
	s->skipping = !wanted;
	return 1;
}

static ts_status take_card(parser *p, const net_card *card, const open_file *self)
{
	ts_status status = TS_OK;
	if (is_named(card, ".include") || is_named(card, ".inc") || is_named(card, ".lib")) {
		const int most = is_named(card, ".lib") ? 2 : 1;
		if (card->n_word >= 1 && card->n_word <= most && card->n_param == 0)
			return include(p, card, self);
		report(p, E0201, card->span, most == 2 ? ".lib wants FILE SECTION" : ".include wants one file name");
		return TS_OK;
	}
	if (is_named(card, ".ends") || is_named(card, ".eom"))
		return close_body(p, card);
	if (card->kind == NET_SUBCKT)
		return open_body(p, card, 0);
	keep(p, card, &status);
	return status;
}

static ts_status bad_card(parser *p, const net_card *card)
{
	const net_fault *f = &p->card.fault;
	if (f->code == E0999)
		return TS_NOMEM;
	diag_add(p->diag, f->code, f->span, "%s", f->message);
	p->n_bad++;
	if (card->kind != NET_SUBCKT)
		return TS_OK;
	p->is_broken = 1; /* or each of its instances would be reported */
	return open_body(p, card, 1);
}

static ts_status end_control(parser *p, section_state *s)
{
	ts_status status = TS_OK;
	s->control = 0;
	s->block.body = net_stack_take(&p->done, s->mark, p->arena, &s->block.n_body);
	if (!s->block.body)
		return TS_NOMEM;
	keep(p, &s->block, &status);
	return status;
}

/* A line inside .control: its first word is kept. */
static ts_status control_line(parser *p, const net_text *text, section_state *s)
{
	size_t n = 0;
	while (n < text->n && !net_is_blank(text->text[n]))
		n++;
	const src_span span = net_text_span(text, 0, n);
	const net_card command = {
	    .kind = NET_DOT, .name = arena_lower(p->arena, text->text, n), .span = span, .name_span = span};
	ts_status status = command.name ? TS_OK : TS_NOMEM;
	if (command.name && strcmp(command.name, ".endc") == 0)
		return end_control(p, s);
	if (command.name)
		keep(p, &command, &status);
	return status;
}

/* *over: nothing more is read from this file. */
static ts_status one_card(parser *p, const net_text *text, const open_file *self, section_state *s, int *over)
{
	net_card card;
	if (s->control)
		return control_line(p, text, s);
	if ((!s->inside || s->skipping) && !net_card_begins(text, ".lib") && !net_card_begins(text, ".endl"))
		return TS_OK;
	const int ok = self->from && net_card_begins(text, ".model") ? net_card_read_head(&p->card, text, &card)
	                                                             : net_card_read(&p->card, text, &card);
	if (ok && section_card(p, &card, self, s))
		return TS_OK;
	if (!s->inside || s->skipping)
		return TS_OK;
	if (!ok)
		return bad_card(p, &card);
	if (is_named(&card, ".end")) {
		*over = 1;
		return TS_OK;
	}
	if (!is_named(&card, ".control")) {
		TS_TRY(load_data(p, &card, self));
		return take_card(p, &card, self);
	}
	s->control = 1;
	s->block = card;
	s->mark = p->done.n;
	return TS_OK;
}

static ts_status parse_cards(parser *p, int file, const open_file *self, section_state *s, net_reader *reader)
{
	size_t size, pos = 0;
	const char *source = src_text(p->sources, file, &size);
	const char *newline = self->from ? NULL : memchr(source, '\n', size);
	pos = self->from ? 0 : newline ? (size_t)(newline - source) + 1 : size;
	for (int over = 0; !over;) {
		net_text text = {.file = file};
		TS_TRY(net_reader_next(reader, source, size, &pos, &text));
		if (text.n == 0 && pos >= size)
			return TS_OK;
		if (text.n > 0)
			TS_TRY(one_card(p, &text, self, s, &over));
	}
	return TS_OK;
}

static ts_status parse_file(parser *p, int file, const open_file *self)
{
	section_state s = {.inside = self->section == NULL};
	net_reader reader = {0};
	if (!check_text(p, file))
		return TS_OK;
	ts_status status = parse_cards(p, file, self, &s, &reader);
	net_reader_free(&reader);
	if (status == TS_OK && s.control)
		status = end_control(p, &s);
	if (status == TS_OK)
		unclosed_section(p, &s);
	if (status == TS_OK && self->section && !s.found) {
		diag_add(p->diag, E0101, src_included_at(p->sources, file), "'%s' has no section '%s'", self->path,
		         self->section);
		p->n_bad++;
		p->is_broken = 1;
	}
	return status;
}

static const char *title_of(parser *p, int file)
{
	size_t size, from = 0;
	const char *source = src_text(p->sources, file, &size), *newline = memchr(source, '\n', size);
	size_t end = newline ? (size_t)(newline - source) : size;
	while (end > from && net_is_blank(source[end - 1]))
		end--;
	while (from < end && net_is_blank(source[from]))
		from++;
	return arena_strndup(p->arena, source + from, end - from);
}

static ts_status parse_deck(parser *p, int file, net_deck *deck)
{
	const open_file self = describe(src_path(p->sources, file), NULL, NULL);
	TS_TRY(parse_file(p, file, &self));
	report_open(p);
	deck->title = p->is_broken ? "" : title_of(p, file);
	p->n_open = 0;
	deck->card = net_stack_take(&p->done, 0, p->arena, &deck->n_card);
	if (!deck->title || !deck->card)
		return TS_NOMEM;
	if (deck->n_card == 0 && p->n_bad == 0) {
		report(p, E0103, src_make_span(file, 0, 1),
		       "the netlist is empty: there is no card after the title line");
		p->is_broken = 1;
	}
	return p->n_bad ? TS_NETLIST : TS_OK;
}

ts_status net_parse(src_map *sources, int file, diag_list *diag, net_deck **deck)
{
	parser p = {.sources = sources, .diag = diag, .arena = arena_create()};
	p.done.item = sizeof(net_card);
	*deck = NULL;
	net_deck *d = p.arena ? arena_alloc(p.arena, sizeof *d) : NULL;
	net_card_reader_init(&p.card, p.arena);
	ts_status status = d ? parse_deck(&p, file, d) : TS_NOMEM;
	net_card_reader_free(&p.card);
	net_stack_free(&p.done);
	if (status == TS_NOMEM)
		diag_add(diag, E0999, SRC_NOWHERE, "memory is exhausted while reading the netlist");
	if (d && (status == TS_OK || (status == TS_NETLIST && !p.is_broken))) {
		d->arena = p.arena;
		d->sources = sources;
		*deck = d;
	} else {
		arena_destroy(p.arena);
	}
	return status;
}

void net_deck_destroy(net_deck *deck)
{
	if (deck)
		arena_destroy(deck->arena);
}
