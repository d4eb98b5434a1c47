/* SPDX-License-Identifier: Apache-2.0
 * Elements to instances: device, nodes, parameters and their defaults, temperatures, waveforms, and the programs of
 * B, E and G sources, which are run through the device's own kernel and compared with C.
 */
#include <math.h>

#include "base/lane.h"
#include "base/phys.h"
#include "deck.h"
#include "dev/bsource.h"

#define TOL_EXPRESSION 1e-14
/* the kernels' elementary functions against libm */
#define TOL_KERNEL 1e-12

static void test_passive(void)
{
	t_section("R C L and their temperatures");
	test_deck d = deck_good(".temp 27\n"
	                        "R1 A b 4.7k temp=77 dtemp=10 tc1=1m noisy=0\n"
	                        "r2 a b r=2meg\nc1 a b 1p\nl1 a b 1n m=2\nr3 a b 1 dtemp=-5\n");
	const elab_instance *r1 = deck_instance(&d, "r1");
	T_STR(r1->type->name, "resistor");
	T_REL(deck_param(&d, "r1", "r"), 4700.0, TOL_EXPRESSION);
	T_REL(deck_param(&d, "r1", "tc1"), 1e-3, TOL_EXPRESSION);
	T_REL(r1->temperature, 360.15, TOL_EXPRESSION);
	T_INT(r1->noisy, 0);
	T_INT(deck_instance(&d, "r2")->noisy, 1);
	T_REL(deck_instance(&d, "r2")->temperature, 300.15, TOL_EXPRESSION);
	T_REL(deck_instance(&d, "r3")->temperature, 295.15, TOL_EXPRESSION);
	T_REL(deck_param(&d, "r2", "r"), 2e6, TOL_EXPRESSION);
	T_STR(deck_instance(&d, "c1")->type->name, "capacitor");
	T_REL(deck_param(&d, "c1", "c"), 1e-12, TOL_EXPRESSION);
	T_REL(deck_param(&d, "l1", "m"), 2.0, TOL_EXPRESSION);
	T_STR(deck_node(&d, "r1", 0), "a");
	T_INT(d.circuit->n_node, 3);
	deck_end(&d);
}

static void test_passive_models(void)
{
	t_section("R C L with model cards: geometry, and what the line takes from the card");
	test_deck d =
	    deck_good(".options tnom=20\n.param rp=5\n"
	              ".model rm r rsh=100 short=0.2u narrow=0.1u defw=2u tc1=1m tnom=25\n"
	              ".model rn res r='rp' tce=2\n"
	              ".model cm c cj=1m cjsw=1n short=0.2u narrow=0.1u tc1=2m\n"
	              ".model ct cap thick=10n di=7\n.model lm l ind=3u\n.model rp d\n"
	              "r1 a 0 rm l=10u w=3u\nr2 a 0 rm l=10u tc1=3m\nr3 a 0 rn scale=2\nr4 a 0 4k rm tc=5m 6u\n"
	              "r5 a 0 rp\nr6 a 0 rm 7\nc1 a 0 cm l=10u w=3u\nc2 a 0 ct l=4u w=5u\nc3 a 0 1p cm\nl1 a 0 lm\n");
	T_REL(deck_param(&d, "r1", "r"), 100 * 9.6 / 2.8, TOL_EXPRESSION);
	T_REL(deck_param(&d, "r2", "r"), 100 * 9.6 / 1.8, TOL_EXPRESSION);
	T_REL(deck_param(&d, "r1", "tc1"), 1e-3, 0);
	T_REL(deck_param(&d, "r2", "tc1"), 3e-3, 0);
	T_REL(deck_param(&d, "r3", "r"), 5, 0);
	T_REL(deck_param(&d, "r3", "tce"), 2, 0);
	T_REL(deck_param(&d, "r4", "r"), 4e3, 0);
	T_REL(deck_param(&d, "r4", "tc1"), 5e-3, 0);
	T_REL(deck_param(&d, "r4", "tc2"), 6e-6, 0);
	T_REL(deck_param(&d, "r1", "tnom"), 25, 0);
	T_REL(deck_param(&d, "r5", "tnom"), 20, 0);
	T_REL(deck_param(&d, "r5", "r"), 5, 0); /* a parameter, though a diode's model has its name */
	T_REL(deck_param(&d, "r6", "r"), 7, 0);
	T_REL(deck_param(&d, "c1", "c"), 1e-3 * 9.8e-6 * 2.9e-6 + 2e-9 * 12.7e-6, TOL_EXPRESSION);
	T_REL(deck_param(&d, "c2", "c"), 7 * PHYS_EPS0 / 10e-9 * 20e-12, TOL_EXPRESSION);
	T_REL(deck_param(&d, "c3", "c"), 1e-12, 0);
	T_REL(deck_param(&d, "c3", "tc1"), 2e-3, 0);
	T_REL(deck_param(&d, "l1", "l"), 3e-6, 0);
	deck_end(&d);
}

static void test_models(void)
{
	t_section("D and M with model cards");
	test_deck d = deck_good(".options tnom=25\n"
	                        ".model dm d is='2*3f' n=1.5\n"
	                        ".model nch nmos level=subvt i0=2n vth=0.1\n"
	                        ".model pch pmos level=subvt\n"
	                        "d1 a 0 dm 4\nd2 a 0 dm m=3\n"
	                        "m1 d g s b nch w=2u l=1u temp=0\nm2 d g s b pch\n");
	const elab_instance *d1 = deck_instance(&d, "d1"), *m1 = deck_instance(&d, "m1");
	T_STR(d1->type->name, "diode");
	T_STR(d1->model, "dm");
	T_REL(deck_param(&d, "d1", "is"), 6e-15, TOL_EXPRESSION);
	T_REL(deck_param(&d, "d1", "area"), 4.0, TOL_EXPRESSION);
	T_REL(deck_param(&d, "d2", "area"), 1.0, TOL_EXPRESSION);
	T_REL(deck_param(&d, "d2", "m"), 3.0, TOL_EXPRESSION);
	T_REL(deck_param(&d, "d1", "tnom"), 25.0, TOL_EXPRESSION);
	T_STR(m1->type->name, "mosfet_subvt");
	T_INT(m1->n_node, 4);
	T_STR(deck_node(&d, "m1", 3), "b");
	T_REL(m1->polarity, 1.0, TOL_EXPRESSION);
	T_REL(deck_instance(&d, "m2")->polarity, -1.0, TOL_EXPRESSION);
	T_REL(m1->temperature, 273.15, TOL_EXPRESSION);
	T_REL(deck_param(&d, "m1", "i0"), 2e-9, TOL_EXPRESSION);
	T_REL(deck_param(&d, "m2", "i0"), 1e-9, TOL_EXPRESSION);
	deck_end(&d);
}

static void test_waves(void)
{
	t_section("V and I");
	test_deck d = deck_good(".param hi=2\n"
	                        "v1 a 0 5\nv2 b 0 dc 3 ac 1 0\nv3 c 0 pulse(0 'hi' 1u 2u 3u 4u 10u)\n"
	                        "i1 d 0 sin(1 2 3k 1m 4 90) dc 7\nv4 e 0 pulse 0 1\nv5 f 0 exp (0 1 1u 2u 3u 4u)\n"
	                        "v6 g 0 pwl(0 0 1u 'hi' 2u -1)\nv7 h 0 sin(0 1)\nv8 i 0\nv9 j 0 pulse(0 1 0 0 0 0 0)\n"
	                        "i2 d 0 ac\ni3 d 0 ac 'hi' -90 dc 1m\n"
	                        ".tran 1n 4u\n");
	T_REL(deck_param(&d, "v1", "dc"), 5.0, TOL_EXPRESSION);
	T_REL(deck_param(&d, "v1", "wave"), (double)DEV_WAVE_DC, TOL_EXPRESSION);
	T_REL(deck_param(&d, "v2", "dc"), 3.0, TOL_EXPRESSION);
	T_REL(deck_param(&d, "v2", "acmag"), 1.0, TOL_EXPRESSION);
	T_REL(deck_param(&d, "v1", "acmag"), 0.0, TOL_EXPRESSION);
	T_REL(deck_param(&d, "i2", "acmag"), 1.0, TOL_EXPRESSION);
	T_REL(deck_param(&d, "i3", "acmag"), 2.0, TOL_EXPRESSION);
	T_REL(deck_param(&d, "i3", "acphase"), -90.0, TOL_EXPRESSION);
	T_REL(deck_param(&d, "i3", "dc"), 1e-3, TOL_EXPRESSION);
	static const char *const field[] = {"v1", "v2", "td", "tr", "tf", "pw", "per"};
	static const double pulse[] = {0, 2, 1e-6, 2e-6, 3e-6, 4e-6, 10e-6};
	for (int i = 0; i < 7; i++)
		T_REL(deck_param(&d, "v3", field[i]), pulse[i], TOL_EXPRESSION);
	T_INT(deck_param(&d, "v3", "wave"), DEV_WAVE_PULSE);
	T_INT(deck_param(&d, "i1", "wave"), DEV_WAVE_SIN);
	T_REL(deck_param(&d, "i1", "freq"), 3e3, TOL_EXPRESSION);
	T_REL(deck_param(&d, "i1", "phase"), 90.0, TOL_EXPRESSION);
	T_REL(deck_param(&d, "i1", "dc"), 7.0, TOL_EXPRESSION);
	T_INT(deck_param(&d, "v5", "wave"), DEV_WAVE_EXP);
	T_REL(deck_param(&d, "v5", "tau2"), 4e-6, TOL_EXPRESSION);
	t_section("defaults from the first transient; zero is a default too");
	static const char *const same[] = {"v4", "v9"};
	for (int i = 0; i < 2; i++) {
		T_REL(deck_param(&d, same[i], "tr"), 1e-9, TOL_EXPRESSION);
		T_REL(deck_param(&d, same[i], "tf"), 1e-9, TOL_EXPRESSION);
		T_REL(deck_param(&d, same[i], "pw"), 4e-6, TOL_EXPRESSION);
		T_REL(deck_param(&d, same[i], "per"), 4e-6, TOL_EXPRESSION);
	}
	T_REL(deck_param(&d, "v7", "freq"), 250e3, TOL_EXPRESSION);
	T_REL(deck_param(&d, "v8", "dc"), 0.0, TOL_EXPRESSION);
	const dev_table *table = deck_instance(&d, "v6")->aux;
	T_INT(table->n, 3);
	T_REL(table->y[1], 2.0, TOL_EXPRESSION);
	T_REL(table->x[2], 2e-6, TOL_EXPRESSION);
	deck_end(&d);
}

static void test_controlled(void)
{
	t_section("E and G");
	test_deck d = deck_good("r1 c 0 1\nr2 d 0 1\n"
	                        "e1 a 0 c d 10\ng1 b 0 c d 2m\ne2 e 0 value={2*v(c,d)}\ng2 f 0 cur='v(c)**2'\n"
	                        "e3 g 0 vol='1+temper'\n");
	T_STR(deck_instance(&d, "e1")->type->name, "vcvs");
	T_REL(deck_param(&d, "e1", "gain"), 10.0, TOL_EXPRESSION);
	T_STR(deck_node(&d, "e1", 3), "d");
	T_STR(deck_instance(&d, "g1")->type->name, "vccs");
	T_REL(deck_param(&d, "g1", "gm"), 2e-3, TOL_EXPRESSION);
	T_STR(deck_instance(&d, "e2")->type->name, "bsource_v");
	T_STR(deck_instance(&d, "g2")->type->name, "bsource_i");
	T_INT(deck_instance(&d, "e2")->n_node, 4);
	T_STR(deck_node(&d, "e2", 2), "c");
	T_STR(deck_node(&d, "e2", 3), "d");
	T_INT(deck_instance(&d, "e3")->n_node, 2);
	deck_end(&d);

	t_section("HSPICE's words for the kinds, pairs in brackets");
	d = deck_good("v1 c d 1\nr2 d 0 1\n"
	              "e1 a 0 vcvs c d 10\ng1 b 0 VCCS (c,d) 2m m=2\nf1 e 0 cccs v1 3\nh1 f 0 ccvs v1 4\n"
	              "e2 g 0 (c d) 5\nr3 e 0 1\n");
	T_REL(deck_param(&d, "e1", "gain"), 10.0, TOL_EXPRESSION);
	T_STR(deck_node(&d, "e1", 2), "c");
	T_REL(deck_param(&d, "g1", "gm"), 2e-3, TOL_EXPRESSION);
	T_STR(deck_node(&d, "g1", 3), "d");
	T_REL(deck_param(&d, "f1", "gain"), 3.0, TOL_EXPRESSION);
	T_REL(deck_param(&d, "h1", "r"), 4.0, TOL_EXPRESSION);
	T_REL(deck_param(&d, "e2", "gain"), 5.0, TOL_EXPRESSION);
	T_STR(deck_node(&d, "e2", 2), "c");
	T_STR(deck_node(&d, "e2", 3), "d");
	deck_end(&d);
	deck_bad("e1 a 0 (c) 2\nr1 c 0 1\n", "2:1", "E0304", "gain");
}

enum { MAX_PORT = DEV_BSOURCE_MAX_PORT };

/* Current of a B source with i=, all lanes at the same inputs. */
static double run_program(const elab_instance *b, const double *node_v, double time)
{
	static _Alignas(64) double v[MAX_PORT][LANES], f[MAX_PORT][LANES], k[8][LANES], t[LANES];
	double constants[8];
	b->type->derive(b->param, 0, b->temperature, constants);
	for (int l = 0; l < LANES; l++) {
		t[l] = time;
		for (int p = 0; p < b->n_node; p++)
			v[p][l] = node_v[b->node[p]];
		for (int i = 0; i < b->type->n_const; i++)
			k[i][l] = constants[i];
	}
	const dev_in in = {.v = v[0], .k = k[0], .t = t, .aux = b->aux, .shape = b->shape, .want = DEV_F};
	dev_out out = {.f = f[0]};
	dev_kernel(b->type)(&in, &out);
	return f[0][LANES - 1];
}

typedef struct program_case {
	const char *text;
	double want; /* at v(a) = A, v(b) = B, time = T, p = 3 */
} program_case;
#define A 0.7
#define B (-0.3)
#define T 0.25

static void test_programs(void)
{
	t_section("programs");
	const program_case table[] = {
	    {"v(a)", A},
	    {"v(a,b)", A - B},
	    {"v(a)-v(b)*2/p", A - B * 2 / 3},
	    {"-v(a)**2", -(A * A)},
	    {"v(b)**2", B * B},
	    {"2**v(a)", exp2(A)},
	    {"time*4+v(0)", 1.0},
	    {"v(a) > v(b) ? v(a) : 5", A},
	    {"v(a) <= v(b) ? v(a) : 5+v(b)", 5 + B},
	    {"(v(a)>0 && v(b)>0) + 2*(v(a)>0 || v(b)>0) + 4*(!(v(b)>0))", 6.0},
	    {"(v(a)==v(a)) + 2*(v(a)!=v(a)) + 4*(v(b)<v(a)) + 8*(v(b)>=v(a))", 5.0},
	    {"exp(v(a))", exp(A)},
	    {"ln(v(a))+log(v(a))", 2 * log(A)},
	    {"log10(v(a))", log10(A)},
	    {"sqrt(v(a))*abs(v(b))", sqrt(A) * 0.3},
	    {"sin(v(a))+cos(v(a))+tan(v(a))", sin(A) + cos(A) + tan(A)},
	    {"atan(v(b))", atan(B)},
	    {"sinh(v(a))+cosh(v(b))+tanh(v(b))", sinh(A) + cosh(B) + tanh(B)},
	    {"min(v(a),v(b))+10*max(v(a),v(b),2)", B + 20},
	    {"pow(v(a),3)+pwr(v(b),2)", A * A * A - B * B},
	    {"sgn(v(b))+10*u(v(a))+100*uramp(v(b))", 9.0},
	    {"limit(v(a),0,0.5)+limit(v(b),0.5,0)", 0.5},
	    {"ternary_fcn(v(b)>0,1,v(a))", A},
	    {"table(v(a),-1,7,1,11)", 9 + 2 * A},
	    {"table(v(a)+5,-1,7,1,11,2,0)", 0},
	    {"table(v(a)-5,-1,7,1,11,2,0)", 7},
	    {"p*2 + 0*v(a)", 6.0},
	    {"max(p,1)", 3.0},
	    {"exp(v(a)/(kboltz*(temper+273.15)/qelec)/1000)",
	     exp(A / (1.380649e-23 * 300.15 / 1.602176634e-19) / 1000)},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		char text[512];
		snprintf(text, sizeof text, ".param p=3\nr1 a 0 1\nr2 b 0 1\nb1 c 0 i='%s'\n", table[i].text);
		test_deck d = deck_good(text);
		double node_v[8] = {0};
		node_v[elab_find_node(d.circuit, "a")] = A;
		node_v[elab_find_node(d.circuit, "b")] = B;
		const double got = run_program(deck_instance(&d, "b1"), node_v, T);
		t_abs(got, table[i].want, TOL_KERNEL * (1 + fabs(table[i].want)), table[i].text, __FILE__, __LINE__);
		deck_end(&d);
	}
}

static void test_program_shape(void)
{
	t_section("control nodes");
	test_deck d = deck_good("r1 a 0 1\nr2 b 0 1\nb1 a b i='v(a)+v(b)+v(a,b)+v(0)' m=2\nb2 c 0 v='v(c)*v(b)'\n"
	                        ".subckt s p\nb1 p 0 i='v(p)-v(q)'\nr1 q 0 1\n.ends\nx1 a s\n"
	                        "b3 d 0 i='v(x1.q)'\n");
	const elab_instance *b1 = deck_instance(&d, "b1");
	T_INT(b1->n_node, 4);
	T_INT(b1->shape->n_port, 4);
	T_STR(deck_node(&d, "b1", 2), "a");
	T_STR(deck_node(&d, "b1", 3), "b");
	T_REL(deck_param(&d, "b1", "m"), 2.0, TOL_EXPRESSION);
	T_INT(deck_instance(&d, "b2")->shape->n_port, 5);
	T_STR(deck_node(&d, "x1.b1", 2), "a");
	T_STR(deck_node(&d, "x1.b1", 3), "x1.q");
	T_STR(deck_node(&d, "b3", 2), "x1.q");
	deck_end(&d);
	deck_bad("b1 a 0 i='v(c1)+v(c2)+v(c3)+v(c4)+v(c5)+v(c6)+v(c7)+v(c8)+v(c9)+v(c10)'\n", "2:65", "E0311",
	         "split it");
	char deep[1024] = "b1 a 0 i='";
	for (int i = 0; i < DEV_PROGRAM_STACK + 4; i++)
		strcat(deep, "v(a)*(");
	strcat(deep, "v(a)");
	for (int i = 0; i < DEV_PROGRAM_STACK + 4; i++)
		strcat(deep, ")");
	strcat(deep, "'\n");
	deck_bad(deep, "2:11", "E0311", "nested");
}

/* Charge at the first node and its slope, of a nonlinear capacitor at (va, vb). */
static void run_charge(const elab_instance *c, double va, double vb, double *q, double *slope)
{
	static _Alignas(64) double v[2][LANES], f[2][LANES], charge[2][LANES], stamp[4][LANES], k[1][LANES], t[LANES];
	double constant;
	c->type->derive(c->param, 0, c->temperature, &constant);
	for (int l = 0; l < LANES; l++) {
		v[0][l] = va;
		v[1][l] = vb;
		k[0][l] = constant;
	}
	const dev_in in = {.v = v[0], .k = k[0], .t = t, .aux = c->aux, .shape = c->shape, .want = DEV_Q | DEV_C};
	dev_out out = {.f = f[0], .q = charge[0], .c = stamp[0]};
	dev_kernel(c->type)(&in, &out);
	*q = charge[0][LANES - 1];
	*slope = stamp[0][LANES - 1];
}

static void test_charges(void)
{
	t_section("charges of capacitors, c1 a b with v(a) = A, v(b) = B and c1 a 0: closed forms");
	const double v = A - B, th = tanh(v / 0.3);
	const struct {
		const char *card, *type;
		double q, slope;
	} table[] = {
	    {"c1 a b q='2f*v(a,b)*(1+v(a,b)**2/p)'", "capacitor_q", 2e-15 * v * (1 + v * v / 3), 2e-15 * (1 + v * v)},
	    {"c1 a b q='-2f*v(b,a)**3' m=p", "capacitor_q", 6e-15 * v * v * v, 18e-15 * v * v},
	    {"c1 a b q='1f*(v(a,b)+v(a,a)+v(0))'", "capacitor_q", 1e-15 * v, 1e-15},
	    {"c1 a 0 q='1f*sinh(v(a))'", "capacitor_q", 1e-15 * sinh(A), 1e-15 * cosh(A)},
	    {"c1 a 0 q='1f*sinh(v(a,0)/p)'", "capacitor_q", 1e-15 * sinh(A / 3), 1e-15 / 3 * cosh(A / 3)},
	    {"c1 0 b q='-1f*exp(v(b))'", "capacitor_q", -1e-15 * exp(B), 1e-15 * exp(B)},
	    {"c1 a b c='1f*(2+tanh(v(a,b)/0.3))'", "capacitor_c", 1e-15 * (2 * v + 0.3 * log(cosh(v / 0.3))),
	     1e-15 * (2 + th)},
	    {"c1 0 b c='1f/(1+v(b)**2)' m=2", "capacitor_c", 2e-15 * atan(-B), 2e-15 / (1 + B * B)},
	    {"c1 a 0 c='1f*(1+v(a)**9)'", "capacitor_c", 1e-15 * (A + pow(A, 10) / 10), 1e-15 * (1 + pow(A, 9))},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		char text[256];
		snprintf(text, sizeof text, ".param p=3\nr1 a b 1\nr2 b 0 1\n%s\n", table[i].card);
		test_deck d = deck_good(text);
		const elab_instance *c = deck_instance(&d, "c1");
		double q, slope;
		run_charge(c, strcmp(deck_node(&d, "c1", 0), "0") ? A : 0, strcmp(deck_node(&d, "c1", 1), "0") ? B : 0,
		           &q, &slope);
		T_STR(c->type->name, table[i].type);
		t_abs(q, table[i].q, TOL_KERNEL * 1e-15, table[i].card, __FILE__, __LINE__);
		t_abs(slope, table[i].slope, TOL_KERNEL * 1e-15, table[i].card, __FILE__, __LINE__);
		deck_end(&d);
	}
	test_deck d = deck_good(".param k=2\nc0 a 0 c='k*1p'\nr0 a 0 1\n.subckt s p n\nc1 p n q='k*v(p,n)**3'\n.ends\n"
	                        "x1 a 0 s m=3\nx2 0 a s\n");
	T_STR(deck_instance(&d, "c0")->type->name, "capacitor");
	T_REL(deck_param(&d, "c0", "c"), 2e-12, TOL_EXPRESSION);
	T_REL(deck_param(&d, "x1.c1", "m"), 3.0, TOL_EXPRESSION);
	T_STR(deck_node(&d, "x2.c1", 1), "a");
	deck_end(&d);
}

int main(void)
{
	test_passive();
	test_passive_models();
	test_models();
	test_waves();
	test_controlled();
	test_programs();
	test_program_shape();
	test_charges();
	return t_done();
}
