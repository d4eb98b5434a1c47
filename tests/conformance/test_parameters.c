/* SPDX-License-Identifier: Apache-2.0
 * Tables. Every device: its table agrees with the registry, ports, stamps and noise sources are consistent, and it can
 * be selected by what a netlist writes. Every parameter: a lower-case name unique in its list, a known unit, a text
 * with its source, a fallback inside its range; derive accepts the ends of the range or names a parameter of the
 * device, and gives finite constants; every parameter that is not documented as without effect changes a constant of
 * some case. docs/devices.md has a chapter for every device and lists every source cited.
 */
#include <ctype.h>
#include "conformance/cases.h"

/* "" and these, or several of them joined by " or ". */
static const char *const units[] = {"",    "ohm", "1/K", "1/K^2",   "F",     "V",     "H",      "A",      "V or A",
                                    "s",   "Hz",  "1/s", "deg",     "S",     "V/V",   "A/A",    "C",      "eV",
                                    "m",   "m^2", "F/m", "F/m^2",   "V^0.5", "A/V^2", "V/m",    "1/V",    "C/m^2",
                                    "1/m", "V/K", "V m", "V^0.5 m", "A/m^2", "A/m",   "1/cm^3", "1/cm^2", "cm^2/(V s)"};

static int known_unit(const char *unit)
{
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (strcmp(units[i], unit) == 0)
			return 1;
	return 0;
}
static int lower_case(const char *name)
{
	if (!*name)
		return 0;
	for (; *name; name++)
		if (!islower((unsigned char)*name) && !isdigit((unsigned char)*name) && *name != '_')
			return 0;
	return 1;
}
/* The last "[key]" of a text, without brackets; 0 if there is none. */
static int citation(const char *doc, char key[64])
{
	const char *open = strrchr(doc, '['), *close = strrchr(doc, ']');
	if (!open || !close || close < open + 2 || close[1] || close - open > 60)
		return 0;
	snprintf(key, 64, "%.*s", (int)(close - open - 1), open + 1);
	return 1;
}

static void test_ports(const dev_type *type, const dev_shape *shape)
{
	int internal = 0;
	CONF_CHECK(shape->n_port <= CONF_PORTS && shape->n_stamp <= CONF_STAMPS && shape->n_noise <= CONF_NOISES,
	           type->name, "fits the buffers of conformance.h");
	for (int p = 0; p < shape->n_port; p++) {
		const dev_port *port = &shape->port[p];
		CONF_CHECK(lower_case(port->name), type->name, "port %d has the name '%s'", p, port->name);
		CONF_CHECK(internal <= port->internal, type->name, "port %s comes after an internal one", port->name);
		CONF_CHECK(port->quantity == DEV_CURRENT || p == 0 || !dev_is_control(port - 1), type->name,
		           "node %s comes after a controlling current", port->name);
		internal = port->internal;
		for (int other = 0; other < p; other++)
			CONF_CHECK(strcmp(shape->port[other].name, port->name) != 0, type->name, "two ports named %s",
			           port->name);
	}
}
static void test_stamps(const dev_type *type, const dev_shape *shape)
{
	for (int s = 0; s < shape->n_stamp; s++) {
		const dev_stamp *stamp = &shape->stamp[s];
		CONF_CHECK(stamp->row < shape->n_port && stamp->col < shape->n_port, type->name, "stamp %d: (%d, %d)",
		           s, stamp->row, stamp->col);
		CONF_CHECK(stamp->part && !(stamp->part & ~(DEV_G | DEV_C)), type->name, "stamp %d: part %d", s,
		           stamp->part);
		for (int other = 0; other < s; other++)
			CONF_CHECK(shape->stamp[other].row != stamp->row || shape->stamp[other].col != stamp->col,
			           type->name, "stamps %d and %d are both (%d, %d)", other, s, stamp->row, stamp->col);
	}
	for (int k = 0; k < shape->n_noise; k++) {
		const dev_noise *noise = &shape->noise[k];
		CONF_CHECK(lower_case(noise->name), type->name, "noise source %d has the name '%s'", k, noise->name);
		CONF_CHECK(noise->from < shape->n_port && noise->to < shape->n_port && noise->from != noise->to,
		           type->name, "noise %s from %d to %d", noise->name, noise->from, noise->to);
		CONF_CHECK(shape->port[noise->from].quantity == DEV_VOLTAGE &&
		               shape->port[noise->to].quantity == DEV_VOLTAGE,
		           type->name, "noise %s is not between voltage ports", noise->name);
		CONF_CHECK(!noise->rates || noise->spectrum == DEV_WHITE, type->name, "rates of %s are not white",
		           noise->name);
	}
}

/* A level word of the device, the first of its list. */
static const char *first_word(const char *list, char word[32])
{
	snprintf(word, 32, "%.*s", (int)strcspn(list, " "), list);
	return word;
}
static void test_table(const dev_type *type, int index)
{
	char model[32], level[32];
	CONF_CHECK(type->kernel == index, type->name, "kernel index %d in place %d", type->kernel, index);
	CONF_CHECK(dev_find(type->name) == type, type->name, "dev_find does not find it");
	CONF_CHECK(type->doc && *type->doc, type->name, "has no text");
	CONF_CHECK(type->letter && *type->letter, type->name, "has no element letter");
	CONF_CHECK(type->derive && dev_kernel(type), type->name, "has no derive or kernel");
	CONF_CHECK(type->n_const > 0 && type->n_const <= CONF_CONSTS && type->n_param <= CONF_PARAMS, type->name,
	           "%d constants, %d parameters", type->n_const, type->n_param);
	for (int o = 0; o < type->n_obs; o++)
		CONF_CHECK(lower_case(type->obs[o].name) && type->obs[o].unit, type->name, "observable '%s'",
		           type->obs[o].name);
	if (type->shape) { /* one of a kind: what the netlist writes must lead to it */
		const char *card = type->model ? first_word(type->model, model) : NULL;
		CONF_CHECK(dev_select(type->letter[0], card, first_word(type->level ? type->level : "", level)) == type,
		           type->name, "dev_select(%c, %s, %s) does not select it", type->letter[0],
		           card ? card : "no card", level);
	}
}

static void test_param(const dev_type *type, int i)
{
	const dev_param *param = &type->param[i];
	char key[64];
	CONF_CHECK(lower_case(param->name), type->name, "parameter %d has the name '%s'", i, param->name);
	CONF_CHECK(param->low <= param->high, type->name, "%s: range [%g, %g]", param->name, param->low, param->high);
	CONF_CHECK(isnan(param->fallback) || (param->fallback >= param->low && param->fallback <= param->high),
	           type->name, "%s: fallback %g outside [%g, %g]", param->name, param->fallback, param->low,
	           param->high);
	CONF_CHECK(known_unit(param->unit), type->name, "%s: unit '%s'", param->name, param->unit);
	CONF_CHECK(citation(param->doc, key) || strstr(param->doc, "card"), type->name, "%s: '%s' cites no source",
	           param->name, param->doc);
	CONF_CHECK(dev_param_find(type, param->name, param->on_model) == i, type->name, "%s: twice in one list",
	           param->name);
}

/* derive on the case with parameter i at a value: finite constants, or the name of a parameter of the device. */
static void test_value(const conf_case *c, int i, double value)
{
	static conf_case changed;
	changed = *c;
	changed.param[i] = value;
	const char *bad = conf_derive(&changed), *name = c->type->param[i].name;
	if (bad) {
		CONF_CHECK(dev_param_index(c->type, bad) >= 0, c->name, "%s = %g: derive blames '%s'", name, value,
		           bad);
		return;
	}
	for (int k = 0; k < c->type->n_const; k++)
		CONF_CHECK(isfinite(changed.k[k * LANES]), c->name, "%s = %g: constant %d is %g", name, value, k,
		           changed.k[k * LANES]);
}

/* Does any other value of parameter i change the constants? */
static int has_effect(const conf_case *c, int i)
{
	static conf_case changed;
	const dev_param *param = &c->type->param[i];
	const double value[] = {param->low, param->high, 0.5 * c->param[i], 0.9 * param->low + 0.1 * c->param[i], 1};
	for (size_t n = 0; n < sizeof value / sizeof *value; n++) {
		changed = *c;
		changed.param[i] = value[n];
		const char *bad = value[n] >= param->low && value[n] <= param->high ? conf_derive(&changed) : "";
		if (!bad && memcmp(changed.k, c->k, sizeof c->k) != 0)
			return 1;
	}
	return 0;
}
static int documented_idle(const dev_param *param)
{
	return strstr(param->doc, "ignored") || strstr(param->doc, "no effect") || strstr(param->doc, "only 0");
}

/* All cases of one device. */
static void test_values(const dev_type *type)
{
	static conf_case c;
	static int effect[CONF_PARAMS];
	memset(effect, 0, sizeof effect);
	for (int n = 0; conf_open(&c, n, 330); n++) {
		for (int i = 0; i < type->n_param && c.type == type; i++) {
			test_value(&c, i, type->param[i].low);
			test_value(&c, i, type->param[i].high);
			effect[i] |= has_effect(&c, i);
		}
	}
	for (int i = 0; i < type->n_param; i++)
		CONF_CHECK(effect[i] != documented_idle(&type->param[i]), type->name, "%s: %s, '%s'",
		           type->param[i].name, effect[i] ? "has an effect" : "has no effect", type->param[i].doc);
}

/* docs/devices.md, NUL-terminated; NULL if it cannot be read. */
static const char *read_docs(void)
{
	static char text[1 << 18];
	FILE *file = fopen(TS_TEST_SOURCE_DIR "/docs/devices.md", "r");
	if (!file)
		return NULL;
	text[fread(text, 1, sizeof text - 1, file)] = '\0';
	fclose(file);
	return text;
}
static void test_docs(const dev_type *type, const char *docs)
{
	char text[128], key[64];
	snprintf(text, sizeof text, "`%s`", type->name);
	CONF_CHECK(strstr(docs, text), type->name, "has no chapter in docs/devices.md");
	for (int i = 0; i < type->n_param; i++) {
		snprintf(text, sizeof text, "| `%s` |", type->param[i].name);
		CONF_CHECK(strstr(docs, text), type->name, "%s is not in docs/devices.md", type->param[i].name);
		if (!citation(type->param[i].doc, key))
			continue;
		snprintf(text, sizeof text, "- [%s]", key);
		CONF_CHECK(strstr(docs, text), type->name, "%s: docs/devices.md does not list the source [%s]",
		           type->param[i].name, key);
	}
}

int main(void)
{
	const char *docs = read_docs();
	T_TRUE(docs);
	for (int d = 0; d < DEV_N_TYPE; d++) {
		const dev_type *type = dev_registry[d];
		test_table(type, d);
		if (type->shape) {
			test_ports(type, type->shape);
			test_stamps(type, type->shape);
		}
		for (int i = 0; i < type->n_param; i++)
			test_param(type, i);
		test_values(type);
		if (docs)
			test_docs(type, docs);
	}
	static conf_case c;
	for (int i = 0; conf_open(&c, i, 300); i++) {
		test_ports(c.type, c.shape);
		test_stamps(c.type, c.shape);
	}
	return t_done();
}
