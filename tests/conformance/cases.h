/* SPDX-License-Identifier: Apache-2.0
 * How to instantiate each device: the only place of the suite that names devices. A recipe is a list of parameters, and
 * for behavioural sources and nonlinear capacitors a program in reverse Polish words. A device without a recipe runs
 * with its fallbacks (the geometric middle of the range where a parameter must be given), so that a new device is
 * tested unasked. Devices whose model cards come in two polarities are run in both.
 *
 *   for (int i = 0; conf_open(&c, i, temperature); i++) ...
 */
#ifndef TESTS_CONFORMANCE_CASES_H
#define TESTS_CONFORMANCE_CASES_H
#include <stdlib.h>
#include "conformance/conformance.h"

typedef struct conf_recipe {
	const char *device, *label, *params;
	const char *program; /* behavioural sources, c1, c2 ... are the controls; capacitors, v is the voltage across */
	unsigned trait;
} conf_recipe;

/* Every function and operator once; kinks of abs, min, max, uramp and the selection make it continuous only. */
#define CONF_EVERY_WORD                                                                                                \
	"c1 c2 * tanh c3 sin + c2 cos c1 atan * - c1 c1 * 1 + sqrt + c2 c2 * 1 + ln + c3 c3 * 2 + log10 - c1 abs + "   \
	"c1 c2 min + c2 c3 max - c1 0.1 * exp + c2 sinh c3 cosh * 0.01 * + c1 uramp + c3 3 pow 0.1 * + "               \
	"c1 2 pwr 0.1 * + c2 0 gt c2 c2 * c2 neg select + c1 c1 * 1 + 1.5 pow + c3 c2 c2 * 2 + / + "                   \
	"c1 0.05 * tan + c1 tanh asin + c2 tanh acos - c3 asinh + c1 c1 * 1.5 + acosh + c2 tanh 0.9 * atanh + "         \
	"time 1e6 * cos *"

static const conf_recipe conf_recipes[] = {
    {"resistor", "", "r=1e3", NULL, 0},
    {"resistor", "tc", "r=2e7 tc1=1e-3 tc2=2e-6 m=3", NULL, 0},
    {"resistor", "tce", "r=2e3 tce=0.5 scale=2 tnom=20", NULL, 0},
    {"resistor_b", "fallbacks", "", "c1 c2 - abs 1 + 1e3 *", CONF_KINKED},
    {"resistor_b", "controlled", "m=2 tc1=1e-3", "1e3 c1 c2 - 2 * tanh c3 c2 - cos 0.5 * + 2 + *", 0},
    {"resistor_b", "grounded", "scale=3", "1e5 c1 c1 * 1 + c3 exp + time 1e6 * cos 0.5 * + *", CONF_GROUNDED},
    {"capacitor", "", "c=1e-12 m=2", NULL, 0},
    {"capacitor", "warm", "c=1e-12 tc1=1e-3 tc2=1e-6 scale=2", NULL, 0},
    {"capacitor_q", "cubic", "m=2", "1e-15 v * 1 v 0.5 / 2 pow + *", 0},
    {"capacitor_q", "mos", "", "1e-15 v 0.2 v 0.3 - 0.1 / exp 1 + ln * + *", 0},
    {"capacitor_q", "every word", "",
     "1e-15 v 20 * v sinh 0.1 * + v 0.2 * tanh + v atan + v v * 1 + sqrt + v v * 2 + ln + v abs + v v 0.3 - max + "
     "v 0 gt v v 2 * select + v sin + v 2 pwr + *",
     CONF_KINKED},
    {"capacitor_c", "cubic", "m=2", "1e-15 1 3 v 0.5 / 2 pow * + *", 0},
    {"capacitor_c", "step", "", "1e-12 2 v 0.4 + 0.6 / tanh + *", 0},
    {"capacitor_c", "bell", "m=0.5", "2e-15 v v * 1 + / 1e-16 +", 0},
    {"inductor", "", "l=1e-6 m=2", NULL, 0},
    {"inductor", "warm", "l=1e-6 tc1=1e-3 tc2=1e-6 scale=2", NULL, 0},
    {"vsource", "dc", "dc=1.5 scale=0.5", NULL, 0},
    {"vsource", "pulse", "wave=1 v1=-0.2 v2=1.8 td=1e-7 tr=2e-7 tf=3e-7 pw=5e-7 per=1.3e-6", NULL, 0},
    {"vsource", "sin", "wave=2 vo=0.5 va=0.3 freq=1e6 td=5e-7 theta=2e5 phase=30", NULL, 0},
    {"vsource", "exp", "wave=3 v1=0.1 v2=1 td1=1e-7 tau1=3e-7 td2=2e-6 tau2=5e-7", NULL, 0},
    {"vsource", "pwl", "wave=4", NULL, 0},
    {"vsource", "sffm", "wave=5 vo=0.1 va=0.5 fc=2e6 mdi=1.5 fs=3e5 phasec=20 phases=70", NULL, 0},
    {"vsource", "am", "wave=6 vo=0.1 va=0.5 fc=2e6 mf=3e5 td=1e-7", NULL, 0},
    {"isource", "dc", "dc=1e-6 m=2", NULL, 0},
    {"isource", "am", "wave=6 vo=0.1 va=1e-6 fc=2e6 mf=3e5 td=1e-7", NULL, 0},
    {"isource", "pulse", "wave=1 v1=0 v2=1e-6 td=1e-7 per=1e-6 pw=4e-7", NULL, 0},
    {"isource", "sin", "wave=2 va=1e-6 freq=3e6 theta=1e5", NULL, 0},
    {"isource", "exp", "wave=3 v2=1e-6 tau1=3e-7 td2=2e-6 tau2=5e-7", NULL, 0},
    {"isource", "pwl", "wave=4", NULL, 0},
    {"vccs", "", "gm=1e-3 m=2", NULL, 0},
    {"vcvs", "", "gain=-7.5", NULL, 0},
    {"cccs", "", "gain=-2.5 m=3", NULL, 0},
    {"ccvs", "", "r=47", NULL, 0},
    {"mutual", "", "k=-0.7 mean=2e-6", NULL, CONF_SHARE},
    {"bsource_i", "difference", "m=2", "c1 c2 - 3 * tanh 1e-3 * time 1e6 * cos * c3 c1 - 2 pow 1e-4 * +", 0},
    {"bsource_v", "difference", "scale=2", "c1 c2 - 3 * tanh c2 c3 - exp +", 0},
    {"bsource_i", "every word", "scale=1e-3", CONF_EVERY_WORD, CONF_GROUNDED | CONF_KINKED},
    {"bsource_v", "every word", "", CONF_EVERY_WORD, CONF_GROUNDED | CONF_KINKED},
    {"switch_v", "", "vt=0.3 vh=-0.4 ron=100 roff=1e6 m=2", NULL, 0},
    {"switch_v", "inverted", "vt=-0.1 vh=-1 ron=1e5 roff=10", NULL, 0},
    {"switch_v", "off", "vt=0.3 vh=0.4 ron=100 roff=1e6 m=2", NULL, 0},
    {"switch_v", "on", "vt=0.3 vh=0 ron=100 roff=1e6 m=2 on=1", NULL, 0},
    {"switch_i", "off", "it=0.1 ih=0.5 ron=1e3 roff=1e5", NULL, 0},
    {"switch_i", "on", "it=0.1 ih=0.5 ron=1e3 roff=1e5 on=1", NULL, 0},
    {"switch_i", "", "it=0.1 ih=-0.5 ron=1e3 roff=1e5", NULL, 0},
    {"diode", "", "", NULL, 0},
    {"diode", "n=1.7", "is=1e-9 n=1.7 cjo=2e-12 vj=0.8 mj=0.35 tt=5e-9 area=2 m=3", NULL, 0},
    {"diode", "xti", "is=1e-12 n=1.05 cjo=1e-12 fc=0.3 tnom=50 eg=0.69 xti=2", NULL, 0},
    {"diode", "rs", "is=1e-12 rs=50 area=2 m=3 cjo=1e-12 trs1=1e-3", NULL, 0},
    {"diode", "bv", "is=1e-13 bv=1.5 ibv=1e-6 nbv=1.3 jsw=1e-14 pj=2 cjsw=1e-12", NULL, 0},
    {"diode", "flicker", "is=1e-12 kf=1e-16 af=1.2", NULL, 0},
    {"diode", "bv flicker", "is=1e-13 bv=1 kf=1e-16", NULL, 0},
    {"diode", "rs bv", "is=1e-12 n=1.2 rs=10 bv=2 ibv=1e-5 cjo=1e-12 tt=1e-9", NULL, 0},
    {"diode", "rs flicker", "is=1e-12 rs=100 kf=1e-16 af=1.5", NULL, 0},
    {"diode", "rs bv flicker", "is=1e-12 rs=100 bv=40 kf=1e-16", NULL, 0},
    {"diode", "knee", "is=1e-9 n=1.3 ikf=1e-6 cjo=1e-12 tt=1e-9", NULL, 0},
    {"diode", "recombination", "is=1e-13 isr=1e-9 nr=1.8 vj=0.7 m=0.4 area=2", NULL, 0},
    {"diode", "all currents", "is=1e-11 isr=1e-9 ikf=1e-5 ikr=1e-6 bv=1.5 ibv=1e-5 rs=20 kf=1e-16 tt=1e-9",
     NULL, 0},
    {"diode", "linear in T", "is=1e-13 cjo=1e-12 cjsw=1e-12 pj=2 tlevc=1 cta=1e-3 tpb=1e-3 bv=2 tlev=1 tcv=1e-4 tm1=1e-4", NULL,
     0},
    {"mosfet_subvt", "", "", NULL, 0},
    {"mosfet_subvt", "n=1.4", "i0=3e-7 vth=0.4 n=1.4 w=4e-6 l=1e-6 cgs=1e-15 cgd=2e-15 cgb=3e-16 cdb=1e-15 csb=4e-15",
     NULL, 0},
    {"mosfet_ekv", "10u/10u", "e0=8.8e7", NULL, CONF_CHARGE | CONF_NARROW},
    {"mosfet_ekv", "short",
     "cox=3.45e-3 xj=1.5e-7 vto=0.6 gamma=0.71 phi=0.97 kp=1.5e-4 e0=8.8e7 ucrit=4.5e6 lambda=0.23 weta=0.05 leta=0.28 "
     "q0=2.8e-4 lk=5e-7 dl=-5e-8 dw=-2e-8 tnom=27 w=1e-6 l=5e-7 m=2 cgso=1.5e-10 cgdo=2e-10 cgbo=4e-10 cj=5e-4 "
     "cjsw=3e-10 mj=0.4 ad=1e-12 as=2e-12 pd=4e-6 ps=6e-6",
     NULL, CONF_CHARGE | CONF_NARROW},
    {"mosfet_ekv", "rsh", "cox=3.45e-3 vto=0.4 e0=0 theta=0.05 rsh=500 hdif=1e-6 w=2e-6 l=1e-6 ns=2 np=3", NULL,
     CONF_CHARGE},
    {"mosfet_ekv", "flicker", "cox=3.45e-3 vto=0.5 kf=1e-27 af=1.2 w=2e-6 l=1e-6", NULL, CONF_CHARGE},
    {"mosfet_level1", "", "", NULL, CONF_NARROW | CONF_KINKED},
    {"mosfet_level1", "oxide",
     "vto=0.6 gamma=0.4 phi=0.65 lambda=0.03 tox=2e-8 w=1e-5 l=2e-6 ld=1e-7 cgso=2e-10 cgdo=2e-10 "
     "cgbo=1e-10 kf=1e-26 af=1.1 m=2",
     NULL, CONF_CHARGE | CONF_NARROW | CONF_KINKED},
    {"mosfet_level1", "nsub",
     "tox=5e-8 nsub=1e16 nss=1e10 tpg=0 uo=500 w=1e-5 l=2e-6 js=1e-4 ad=1e-11 as=2e-11 pd=2e-5 ps=2e-5 "
     "cj=1e-4 cjsw=1e-10 mjsw=0.3",
     NULL, CONF_CHARGE | CONF_NARROW | CONF_KINKED},
    {"mosfet_level1", "rd", "vto=0.5 kp=1e-4 rd=300 cbd=1e-14 cbs=2e-14 mj=0.4 tnom=40", NULL,
     CONF_NARROW | CONF_KINKED},
    {"mosfet_level1", "rs", "vto=0.5 gamma=0.3 rs=300 lambda=0.1 tox=3e-8 w=1e-5 l=1e-6 cbd=1e-12", NULL,
     CONF_CHARGE | CONF_NARROW | CONF_KINKED},
    {"mosfet_level1", "rsh", "vto=0.5 gamma=0.3 rsh=2e3 nrd=2 nrs=3 kf=1e-26 cbd=1e-14 m=3", NULL,
     CONF_NARROW | CONF_KINKED},
    {"rtn_trap", "", "tauc=1e-3 taue=4e-3", NULL, 0},
    {"rtn_trap", "deep", "tauc=1e-6 taue=3e-5 v0=0.4 eta=0.35 theta=0.6 dvth=2e-3", NULL, 0},
    {"mosfet_ekv", "impact", "cox=3.45e-3 vto=0.5 iba=2e8 ibb=3e8 ibn=0.6 w=5e-6 l=6e-7", NULL, CONF_CHARGE},
};
enum { CONF_RECIPES = sizeof conf_recipes / sizeof *conf_recipes };

/* Words of programs, by opcode from DEV_OP_TIME on. */
static const char *const conf_words[] = {
    [DEV_OP_TIME] = "time", [DEV_OP_ADD] = "+",       [DEV_OP_SUB] = "-",         [DEV_OP_MUL] = "*",
    [DEV_OP_DIV] = "/",     [DEV_OP_POW] = "pow",     [DEV_OP_NEG] = "neg",       [DEV_OP_NOT] = "not",
    [DEV_OP_EQ] = "eq",     [DEV_OP_NE] = "ne",       [DEV_OP_LT] = "lt",         [DEV_OP_LE] = "le",
    [DEV_OP_GT] = "gt",     [DEV_OP_GE] = "ge",       [DEV_OP_AND] = "and",       [DEV_OP_OR] = "or",
    [DEV_OP_ABS] = "abs",   [DEV_OP_SQRT] = "sqrt",   [DEV_OP_SELECT] = "select", [DEV_OP_EXP] = "exp",
    [DEV_OP_LN] = "ln",     [DEV_OP_LOG10] = "log10", [DEV_OP_SIN] = "sin",       [DEV_OP_COS] = "cos",
    [DEV_OP_TAN] = "tan",   [DEV_OP_ATAN] = "atan",   [DEV_OP_SINH] = "sinh",     [DEV_OP_COSH] = "cosh",
    [DEV_OP_TANH] = "tanh", [DEV_OP_MIN] = "min",     [DEV_OP_MAX] = "max",       [DEV_OP_SGN] = "sgn",
    [DEV_OP_U] = "u",       [DEV_OP_URAMP] = "uramp", [DEV_OP_PWR] = "pwr",
    [DEV_OP_ASIN] = "asin", [DEV_OP_ACOS] = "acos",   [DEV_OP_ASINH] = "asinh",   [DEV_OP_ACOSH] = "acosh",
    [DEV_OP_ATANH] = "atanh", [DEV_OP_FLOOR] = "floor", [DEV_OP_CEIL] = "ceil",   [DEV_OP_INT] = "int",
    [DEV_OP_NINT] = "nint",
};

static inline dev_op conf_assemble_word(const char *word)
{
	if (strcmp(word, "v") == 0)
		return (dev_op){DEV_OP_PORT, DEV_CAPACITOR_Q_ACROSS, 0};
	if (word[0] == 'c' && word[1] >= '1' && word[1] <= '9' && !word[2])
		return (dev_op){DEV_OP_PORT, DEV_BSOURCE_CONTROL + word[1] - '1', 0};
	for (int code = DEV_OP_TIME; code < (int)(sizeof conf_words / sizeof *conf_words); code++)
		if (conf_words[code] && strcmp(conf_words[code], word) == 0)
			return (dev_op){(dev_opcode)code, 0, 0};
	return (dev_op){DEV_OP_CONST, 0, strtod(word, NULL)};
}
/* The returned program lives in static storage until the next call. */
static inline const dev_program *conf_assemble(const char *text)
{
	static dev_op op[256];
	static dev_program program;
	char word[32];
	int used = 0;
	program = (dev_program){0, op};
	for (; program.n < 256 && sscanf(text, " %31s%n", word, &used) == 1; text += used)
		op[program.n++] = conf_assemble_word(word);
	return &program;
}

static inline void conf_fallbacks(conf_case *c)
{
	for (int i = 0; i < c->type->n_param; i++) {
		const dev_param *param = &c->type->param[i];
		c->param[i] = param->fallback;
		if (isnan(param->fallback))
			c->param[i] =
			    param->low > 0 ? sqrt(param->low * param->high) : 0.5 * (param->low + param->high) + 1;
	}
}
static inline void conf_apply(conf_case *c, const char *text)
{
	char name[32];
	double value;
	int used = 0;
	for (; sscanf(text, " %31[^=]=%lf%n", name, &value, &used) == 2; text += used) {
		const int i = dev_param_index(c->type, name);
		if (CONF_CHECK(i >= 0, c->name, "recipe names a parameter '%s' that the device lacks", name))
			c->param[i] = value;
	}
}
/* Constants of every lane; NULL or the parameter that derive refuses. */
static inline const char *conf_derive(conf_case *c)
{
	double k[CONF_CONSTS] = {0};
	const char *bad = c->type->derive(c->param, c->polarity, c->temperature, k);
	for (int i = 0; i < c->type->n_const; i++)
		for (int j = 0; j < LANES; j++)
			c->k[i * LANES + j] = k[i];
	return bad;
}

/* Recipe and polarity of the i-th case; NULL past the end. A device without a recipe gets one with its fallbacks. */
static inline const conf_recipe *conf_find(int i, double *polarity)
{
	static conf_recipe bare;
	for (int d = 0; d < DEV_N_TYPE; d++) {
		const dev_type *type = dev_registry[d];
		const int polarities = type->model && strchr(type->model, ' ') ? 2 : 1;
		int met = 0;
		for (int r = 0; r <= CONF_RECIPES; r++) {
			const int fits = r < CONF_RECIPES ? strcmp(conf_recipes[r].device, type->name) == 0 : met == 0;
			if (fits && i < polarities) {
				*polarity = polarities == 2 ? 1 - 2 * i : 0;
				bare = (conf_recipe){type->name, "fallbacks", "", "c1 c2 - 2 *", 0};
				return r < CONF_RECIPES ? &conf_recipes[r] : &bare;
			}
			met += fits;
			i -= fits ? polarities : 0;
		}
	}
	return NULL;
}

/* Open the i-th case at a temperature; 0 past the last one. Aux data lives until the next call. */
static inline int conf_open(conf_case *c, int i, double temperature)
{
	static const double x[] = {0, 4e-7, 5e-7, 2e-6, 3e-6}, y[] = {0, 1, -0.5, -0.5, 0.25};
	static const dev_table table = {5, x, y};
	double polarity = 0;
	const conf_recipe *recipe = conf_find(i, &polarity);
	if (!recipe)
		return 0;
	memset(c, 0, sizeof *c);
	c->type = dev_find(recipe->device);
	c->polarity = polarity;
	c->temperature = temperature;
	c->trait = recipe->trait;
	snprintf(c->name, sizeof c->name, "%s %s%s", recipe->device, recipe->label,
	         c->polarity > 0 ? " n" : (c->polarity < 0 ? " p" : ""));
	c->shape = c->type->shape;
	c->aux = &table;
	if (!c->shape && c->type->letter[0] == 'c') {
		c->aux = conf_assemble(recipe->program);
		c->shape = &dev_capacitor_q_shape;
	} else if (!c->shape && c->type->letter[0] == 'r') {
		c->aux = conf_assemble(recipe->program);
		dev_resistor_b_shape(3, 0, c->port, c->stamp, &c->own_shape);
		c->shape = &c->own_shape;
	} else if (!c->shape) {
		c->aux = conf_assemble(recipe->program ? recipe->program : "c1 c2 - 2 *");
		dev_bsource_shape(3, 0, strcmp(c->type->name, "bsource_v") == 0, c->port, c->stamp, &c->own_shape);
		c->shape = &c->own_shape;
	}
	conf_fallbacks(c);
	conf_apply(c, recipe->params);
	const int threshold = dev_param_index(c->type, "vto");
	if (threshold >= 0 && c->polarity < 0)
		c->param[threshold] = -c->param[threshold]; /* SPICE cards of pmos have a negative one */
	if (c->type->choose)
		c->shape = c->type->choose(c->param);
	const char *bad = conf_derive(c);
	CONF_CHECK(!bad, c->name, "derive at %g K refuses '%s'", temperature, bad ? bad : "");
	return 1;
}
#endif
