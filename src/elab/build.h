/* SPDX-License-Identifier: Apache-2.0
 * What the parts of the elaborator share while a circuit is being built. Private to this folder.
 *
 * The deck is expanded depth first. A body is a list of cards with its own .model and .subckt definitions (the deck or
 * one .subckt, made once); a frame is one expansion of a body (the deck or one X element) and lives on the C stack.
 * Models and subcircuits are looked up where they stand (lexically), parameters in the instance that asks.
 *
 * Errors: a function that returns TS_NETLIST has reported; loops over cards go on to the next card, so five mistakes
 * give five messages. Any other failure ends the elaboration.
 */
#ifndef ELAB_BUILD_H
#define ELAB_BUILD_H
#include "base/arena.h"
#include "base/map.h"
#include "dev/program.h"
#include "elab/circuit.h"
#include "elab/manual.h"
#include "elab/scope.h"

enum {
	ELAB_KEEP_DEFAULT = -1, /* sim_request.keep without KEEP=, until all cards are read */
	ELAB_REFUSED = -2,           /* in instance_map: an element that was reported */
	ELAB_MAX_INSTANCE = 2000000, /* instances and subcircuit expansions together */
	ELAB_MAX_NESTING = 64,
	ELAB_MAX_ERRORS = 100 /* give up expanding after so many */
};

/* Growing array of items of one size; items move when it grows. */
typedef struct elab_list {
	void *item;
	int n, room;
} elab_list;
/* A zeroed item at the end, NULL when memory is exhausted. */
void *elab_list_add(elab_list *list, size_t size);
/* Copy into an arena and release the list. NULL when memory is exhausted. */
void *elab_list_keep(elab_list *list, size_t size, arena *a);

/* Limits of one bin, from its card; NULL where not given. */
enum { ELAB_LMIN, ELAB_LMAX, ELAB_WMIN, ELAB_WMAX, ELAB_N_LIMIT };
typedef struct elab_bin {
	int card; /* index into elab_body.card */
	int next; /* bin of the same model that is defined before this one, -1: none */
	int is_read;
	const net_param *limit[ELAB_N_LIMIT];
} elab_bin;

typedef struct elab_body {
	const net_card *card; /* the cards of this body */
	int n_card;
	const net_card *subckt; /* the .subckt card, NULL for the deck */
	name_map *model;        /* name -> index into card */
	name_map *sub;          /* name -> index into child */
	name_map *binned;       /* "nch" of nch.1, nch.2, ... -> index into bin, of the last one; NULL: no bins */
	elab_list bin;          /* elab_bin */
	const net_card **full;  /* [n_card] model cards of which the deck has the head, read; NULL: none yet */
	unsigned char *used;    /* [n_card] 1: a .model card that an element names */
	struct elab_body *child;
	int n_child;
	int n_param;              /* parameters defined by the .subckt card and the .param cards inside */
	struct elab_body *parent; /* body around the .subckt card */
	double size;              /* elements and X elements in one expansion, once state is ELAB_DONE */
	elab_state state;
	int broken; /* an expansion of it has been reported as wrong: further ones would repeat the messages */
} elab_body;

/* A .model card evaluated in one frame. */
typedef struct elab_model {
	const net_card *card;
	const dev_type *type;
	double *param; /* [type->n_param], fallbacks filled in */
	double polarity;
	elab_state state;
} elab_model;

typedef struct elab_frame {
	elab_body *body;
	struct elab_frame *caller;  /* frame of the X element, NULL for the deck */
	struct elab_frame *lexical; /* frame in which the subcircuit is defined, NULL for the deck */
	elab_scope scope;
	const char *prefix;        /* "", "x1.x2." */
	const diag_origin *origin; /* NULL for the deck */
	double m;                  /* product of the m= of the X elements around */
	const int *port;           /* node numbers of the .subckt ports */
	elab_model *model;         /* one per card of the body, made when first needed */
	int depth;
} elab_frame;

typedef struct elab_builder {
	elab_circuit *circuit;
	arena *arena; /* the circuit's */
	const net_deck *deck;
	const src_map *sources;
	diag_list *diag;
	int errors_before;
	elab_eval eval;
	elab_body top;
	elab_frame frame; /* the deck's */
	elab_options options;
	name_map *node_map, *instance_map, *expansion_map, *global_map, *save_map;
	elab_list node, instance, expansion; /* expansion: src_span of each X element */
	elab_list control; /* elab_control */
	elab_list request, save, print, pbit, expect, initial, nodeset;
	elab_list measure, four, watch; /* elab_measure, elab_four, elab_save */
	elab_list step_axis, table; /* elab_axis of .step, elab_table of .data */
	int save_all;        /* .save all */
	int has_save;        /* a .save card */
	int incomplete;      /* a subcircuit could not be expanded: names inside it are unknown */
	double scale;        /* .options scale=: of the lengths on M lines */
	double tnom;         /* Celsius; NAN where .options tnom= is not given */
	double celsius, itl, nfreqs, save_currents; /* other .options, before they go into the circuit */
	double tstep, tstop; /* of the first .tran or .trannoise: defaults of waveforms; NAN: none */
} elab_builder;

/* body.c: definitions */
ts_status elab_body_index(elab_builder *b, elab_body *body, int depth);
void elab_body_free(elab_body *body);
/* Does any device answer to this type of model card? */
int elab_is_model_type(const char *type);
/* After the expansion: warn of .model cards of a type no device has, which no element names. */
void elab_body_unused(elab_builder *b, const elab_body *body);
/* Refuse a deck whose expansion would not fit, before it is expanded. */
ts_status elab_body_limit(elab_builder *b);
elab_body *elab_find_subckt(elab_frame *frame, const char *name, elab_frame **defined_in);
const net_card *elab_find_model(elab_frame *frame, const char *name, elab_frame **defined_in, int *index);
/* Card i of a body with all its parameters; NULL after a message (*status TS_NETLIST; there is one for each card). */
const net_card *elab_full_card(elab_builder *b, elab_body *body, int i, ts_status *status);
/* The model card of that name in this body, -1 if none. */
int elab_own_model(const elab_body *body, const char *name);

/* condition.c: .if .elseif .else .endif around elements */
enum { ELAB_MAX_CONDITION = 32 };
typedef struct elab_condition {
	int n;                                    /* open .if cards */
	unsigned char branch[ELAB_MAX_CONDITION]; /* of each, outermost first: see condition.c */
} elab_condition;
/* Are they paired in this body, with nothing but elements between? Messages, TS_NETLIST. */
ts_status elab_condition_check(elab_builder *b, const elab_body *body);
/* Before each card of a frame, in order. *skip: there is nothing more to do with it. */
ts_status elab_condition_step(elab_builder *b, const elab_frame *frame, const net_card *card, elab_condition *state,
                              int *skip);

/* bin.c: model cards nch.1, nch.2, ... with lmin= lmax= wmin= wmax= are bins of nch */
ts_status elab_bin_add(elab_body *body, int card);
struct elab_bind;
/* The bin of `word` in frame that fits bind->card, as an index into frame->body->card; -1: no bins of that name there.
 */
ts_status elab_bin_choose(const struct elab_bind *bind, const elab_frame *frame, const net_word *word, int *card);
/* lmin, lmax, wmin or wmax? */
int elab_bin_is_limit(const char *name);

/* flatten.c: X elements and nodes */
ts_status elab_flatten(elab_builder *b, elab_frame *frame);
/* Node number of a name as seen from a frame; made when new. */
ts_status elab_node_number(elab_builder *b, const elab_frame *frame, const char *name, src_span span, int *node);
/* Full name of something in a frame, in the circuit's arena. */
const char *elab_full_name(elab_builder *b, const elab_frame *frame, const char *name);

/* bind.c: element -> instance */
typedef struct elab_bind {
	elab_builder *b;
	elab_frame *frame;
	const net_card *card;
	const dev_type *type;
	const dev_shape *shape;
	const elab_model *model;
	double *param; /* the instance's, in the circuit's arena */
	int *node;
	int n_node;
	int *control;
	const void *aux;
	double temperature, dtemp; /* K */
	int noisy, host;
	double m;
} elab_bind;
ts_status elab_bind_element(elab_builder *b, elab_frame *frame, const net_card *card);
/* Set a parameter by name after a range check. where: place of the value. */
ts_status elab_bind_set(elab_bind *bind, const char *name, double value, src_span where);
/* What .options scale= makes of a length (once) or area (twice) on an M line: a factor for the parameter, else 1. */
double elab_bind_scale(const elab_bind *bind, const char *name);
/* The parameter that the first free word of an element of this letter sets, "dc" of V and I; NULL: none. */
const char *elab_value_name(char letter);
/* Evaluate a word of the card. */
ts_status elab_bind_word(elab_bind *bind, const net_word *word, double *value);
/* temperature in Celsius -> K; what is below absolute zero is refused and *kelvin stays. */
ts_status elab_kelvin(elab_builder *b, const diag_origin *origin, src_span where, double celsius, double *kelvin);
/* A parameter's value and where it stands. */
typedef struct elab_given {
	const dev_param *param;
	double value;
	src_span where;
} elab_given;
/* Range check against the device table. */
ts_status elab_check_range(elab_builder *b, const diag_origin *origin, elab_given given);
/* Message for a parameter the device does not have. on_model: where it was given. */
ts_status elab_no_param(elab_bind *bind, const net_param *param, int on_model);
/* refuse.c: what other simulators have and this version has not */
void elab_refuse_element(elab_builder *b, const elab_frame *frame, const net_card *card);
/* Forms of E, F, G and H that are not read. */
ts_status elab_refuse_controlled(const elab_bind *bind);
/* 1 and a warning for a word after the nodes and the model that has no effect. */
int elab_ignores_word(const elab_bind *bind, const net_word *word);
/* control.c: a .control block, with the card for each of its commands. */
ts_status elab_refuse_control(elab_builder *b, const net_card *card);
/* card.c: is there a card of that name, ".tran"? */
int elab_is_card(const char *name);
/* A name=value pair. *ignored: a warning was given, the value has no effect. */
ts_status elab_refuse_param(const elab_bind *bind, const net_param *param, int *ignored);
/* linked.c: an element that another one names on its line, to be found when all are known. */
typedef struct elab_control {
	const char *name;
	const dev_type *type; /* of the element that names it */
	src_span span;
	const diag_origin *origin;
	double *param; /* of the element that names it */
	int *slot;     /* gets the instance number */
} elab_control;
/* The words of the card from `first` on that name elements; *next: the word after them. */
ts_status elab_bind_controls(elab_bind *bind, int first, int *next);
/* Control i of n: the element of that name in bind->frame. */
ts_status elab_bind_control(elab_bind *bind, int i, int n, const char *name, src_span span);
/* After the expansion: find them all, and complete the coupled inductors. */
ts_status elab_find_controls(elab_builder *b);
/* model.c: the model card a word of bind->card names, evaluated in the frame where it stands; sets model and type. */
ts_status elab_model_get(elab_bind *bind, const net_word *word);
/* Index of a parameter of a card by its name or another one that simulators give it, -1 if there is none. */
int elab_model_param(const dev_type *type, const char *name);
/* Value of a parameter that nobody gives, with .options tnom=. */
double elab_fallback(const elab_builder *b, const dev_param *param);
/* passive.c: R, C and L elements, which may name a model card. */
ts_status elab_bind_passive(elab_bind *bind);
/* The same without the value that the card may give. */
ts_status elab_bind_passive_line(elab_bind *bind);
/* trap.c: a Y element, after the transistor it belongs to has been added. */
ts_status elab_bind_trap(elab_bind *bind);
/* wave.c: words of a V or I element after its nodes. */
ts_status elab_bind_source(elab_bind *bind, int first);
/* pwlfile.c: the corners in the file of file= or pwlfile=. */
ts_status elab_read_corners(const elab_bind *bind, const net_param *param, const dev_table **table);
/* When its parameters are known too: does r= lie among the corners of pwl? */
ts_status elab_check_source(const elab_bind *bind);
/* resistance.c: the expression that the resistance of an R element is, where it is not a number, else NULL. */
const net_expr *elab_find_resistance(const net_card *card);
ts_status elab_bind_resistance(elab_bind *bind, const net_expr *expr);
/* behave.c: expression of a B, E, G or R element -> shape and program; adds the control nodes. */
ts_status elab_bind_behaviour(elab_bind *bind, const net_expr *expr, int voltage);
/* The same for an expression of the voltage between bind->node[0] and [1] alone (dev/capacitor_q.h). */
ts_status elab_compile_across(elab_bind *bind, const net_expr *expr, const dev_program **program);
/* controlled.c: E, F, G and H elements that need an expression; given: that of value=, or NULL. *done: it was one. */
int elab_is_controlled(const net_card *card);
ts_status elab_bind_controlled(elab_bind *bind, const net_param *given, int *done);
/* charge.c: the q= or c= of a C element that makes it nonlinear, NULL if it has none. */
const net_param *elab_find_charge(const net_card *card);
ts_status elab_bind_charge(elab_bind *bind, const net_param *expr);
/* bind.c, for charge.c: the nodes of the card's first words; all parameters but one. */
ts_status elab_bind_start(elab_bind *bind, int n_node);
ts_status elab_bind_params(elab_bind *bind, const net_param *skip);
/* bind.c, for trap.c: room for the parameters, from the model or the fallbacks. */
ts_status elab_bind_fallbacks(elab_bind *bind);

/* Their parts of the manual: entry i, 0 where there is none. Waveforms; cards that are read; those that are not, elements
 * likewise; commands of .control; options. */
int elab_waveform_entry(int i, elab_entry *entry);
int elab_refused_waveform(int i, elab_entry *entry);
int elab_read_card(elab_chapter chapter, int i, elab_entry *entry);
int elab_refused_card(int i, elab_entry *entry);
int elab_refused_element(int i, elab_entry *entry);
int elab_control_advice(int i, elab_entry *entry);
int elab_option_entry(int i, elab_entry *entry);
/* setup.c: every option's default */
void elab_default_options(elab_builder *b);
/* A note with the forms of the element's letter. */
void elab_note_forms(elab_builder *b, const net_card *card);
/* setup.c: .temp .options .global and the waveforms' defaults, before the expansion */
ts_status elab_setup_cards(elab_builder *b);
/* card.c: all other dot cards, after the expansion */
ts_status elab_other_cards(elab_builder *b);
/* request.c: analyses */
ts_status elab_card_op(elab_builder *b, const net_card *card);
ts_status elab_card_dc(elab_builder *b, const net_card *card);
ts_status elab_card_tran(elab_builder *b, const net_card *card);
ts_status elab_card_trannoise(elab_builder *b, const net_card *card);
/* Can start, stop, step be walked? */
ts_status elab_check_sweep(elab_builder *b, src_span span, const double range[3]);
/* A request of a kind with every default, and its entry under the next free name; for the files beside. */
sim_request elab_request_default(const net_card *card, sim_kind kind);
ts_status elab_request_add(elab_builder *b, sim_request request);
/* sweep.c. The axis in the words of the card from *at on, *at: the word behind it; that of its DATA=. */
ts_status elab_read_axis(elab_builder *b, const net_card *card, int *at, elab_axis *axis);
ts_status elab_read_data(elab_builder *b, const net_card *card, elab_axis *axis);
typedef struct elab_table { /* a .data card, read */
	const net_card *card;
	ts_status status;
	elab_axis axis;
} elab_table;
ts_status elab_card_data(elab_builder *b, const net_card *card);
int elab_same_target(const elab_target *a, const elab_target *b);
/* step.c. All points of n axes, the first innermost. */
ts_status elab_axis_product(elab_builder *b, const elab_axis *axis, int n, elab_steps *steps);
ts_status elab_card_step(elab_builder *b, const net_card *card);
/* After the cards: the points of the deck. */
ts_status elab_make_steps(elab_builder *b);
/* SWEEP and what follows it leave the words of the card (a copy of the reader's). */
ts_status elab_read_sweep(elab_builder *b, net_card *card, elab_steps *sweep);
/* Before anything else: the cards of the deck after options.alter blocks become those of the top body. */
ts_status elab_apply_alter(elab_builder *b);
/* vary.c. Changes to parameters, the temperature, an element that is bound, before the m= around it, a model card that
 * is evaluated; and whether all that should change are there. */
ts_status elab_apply_params(elab_builder *b);
ts_status elab_apply_temperature(elab_builder *b);
ts_status elab_apply_device(elab_bind *bind);
ts_status elab_apply_model(elab_bind *bind, const elab_model *model);
/* The first instance so far that uses a model card of this name, -1 if none. */
int elab_find_user(const elab_builder *b, const char *model);
ts_status elab_check_changes(elab_builder *b);
/* The name of a result of this point: "tran1" or "tran1@2". NULL: memory is exhausted. */
const char *elab_step_name(elab_builder *b, const char *name);
/* small_signal.c */
ts_status elab_card_ac(elab_builder *b, const net_card *card);
ts_status elab_card_noise(elab_builder *b, const net_card *card);
ts_status elab_card_tf(elab_builder *b, const net_card *card);
ts_status elab_card_sens(elab_builder *b, const net_card *card);
/* books.c: TUR= FT= GYRATION= WORK= of a .trannoise whose ENERGY= is known */
ts_status elab_read_books(elab_builder *b, const net_card *card, sim_request *r);
/* claim.c: what is asked of the results */
ts_status elab_card_pbit(elab_builder *b, const net_card *card);
ts_status elab_card_ic(elab_builder *b, const net_card *card);
ts_status elab_card_nodeset(elab_builder *b, const net_card *card);
/* After the cards: warn of ic= on C and L where no analysis has uic. */
ts_status elab_check_initial(elab_builder *b);
ts_status elab_card_expect(elab_builder *b, const net_card *card);

/* measure.c */
ts_status elab_card_measure(elab_builder *b, const net_card *card);
ts_status elab_card_four(elab_builder *b, const net_card *card);
/* Is there a measure of that name? */
int elab_has_measure(const elab_builder *b, const char *name);
/* After all cards: store what measures need, which includes the trajectories of ensembles. */
ts_status elab_measures_end(elab_builder *b);
/* measured.c: the expression of a measure as elab_measure has it; its probes are added to b->watch. */
ts_status elab_measured(elab_builder *b, sim_kind kind, const net_expr *expr, const net_expr **out);
/* signal.c: signals to store */
ts_status elab_card_save(elab_builder *b, const net_card *card);
ts_status elab_card_print(elab_builder *b, const net_card *card);
/* After the cards: report signals that an analysis they were asked of cannot have. */
ts_status elab_check_signals(elab_builder *b);
/* What .options savecurrents adds. */
ts_status elab_save_currents(elab_builder *b);
/* formula.c: expr with its user functions written out and what does not move folded into numbers, in the arena. The
 * probes in it are those of expr. */
ts_status elab_formula_fold(elab_builder *b, const net_expr *expr, const net_expr **out);

/* field.c: fields of dot cards, all in the deck's scope */
/* Numbers of the card's words from `first` on: between low and high of them; form is what a message shows. */
typedef struct elab_numbers {
	int first, low, high;
	double *out;
	const char *form;
} elab_numbers;
ts_status elab_field_numbers(elab_builder *b, const net_card *card, const elab_numbers *numbers);
ts_status elab_field_word(elab_builder *b, const net_card *card, const net_word *word, double *value);
/* The pieces of a value such as "0 1m 10u" or "list(0,1,2)", evaluated. *value in the circuit's arena. */
ts_status elab_field_list(elab_builder *b, const net_param *param, int *n, const double **value);
/* The names in a value such as "v1,v2". */
ts_status elab_field_names(elab_builder *b, const net_param *param, int *n, const char ***name);
/* Report any parameter of the card that is not in the space-separated list. */
ts_status elab_field_known(elab_builder *b, const net_card *card, const char *known);
/* The last parameter of that name, NULL if absent. */
const net_param *elab_field_find(const net_card *card, const char *name);
/* Value of a parameter if it is there, within [low, high]; otherwise *value stays. */
typedef struct elab_quantity {
	const char *name;
	double low, high;
	int whole;
} elab_quantity;
ts_status elab_field_value(elab_builder *b, const net_card *card, elab_quantity quantity, double *value);
/* Index of the parameter's word in a table that ends with NULL; *index stays when the parameter is absent. */
typedef struct elab_choice {
	const char *name;
	const char *const *table;
} elab_choice;
ts_status elab_field_choice(elab_builder *b, const net_card *card, elab_choice choice, int *index);
/* The word after the '='. */
const char *elab_field_text(const net_param *param);
/* An existing node; message when absent. */
ts_status elab_field_node(elab_builder *b, const char *name, src_span span, int *node);
/* An existing instance whose device answers to one of the letters (NULL: any); message when absent. */
typedef struct elab_named {
	const char *name, *what, *letters;
	src_span span;
} elab_named;
ts_status elab_field_instance(elab_builder *b, elab_named want, int *instance);
ts_status elab_field_probe(elab_builder *b, const net_expr *expr, src_span span, elab_probe *probe);
/* The probes in a value such as "v(a),v(b,c)". */
ts_status elab_field_probes(elab_builder *b, const net_param *param, int *n, const elab_probe **probe);
/* NAME=on|off|1|0; *value stays when the parameter is absent. */
ts_status elab_field_switch(elab_builder *b, const net_card *card, const char *name, int *value);

static inline int elab_fatal(ts_status status)
{
	return status != TS_OK && status != TS_NETLIST;
}
#endif
