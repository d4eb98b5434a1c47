/* SPDX-License-Identifier: Apache-2.0
 * Every diagnostic of the elaborator with its place: one mistake, one message, at the line and column of its cause.
 * Decks start at line 2; line 1 is the title.
 */
#include "deck.h"

typedef struct bad_deck {
	const char *text, *place, *code, *word;
} bad_deck;

static void check_table(const char *title, const bad_deck *table, size_t n)
{
	t_section("%s", title);
	for (size_t i = 0; i < n; i++)
		deck_bad(table[i].text, table[i].place, table[i].code, table[i].word);
}
#define CHECK(table, title) check_table(title, table, sizeof(table) / sizeof *(table))

static const bad_deck models[] = {
    {"m1 d g 0 0 nosuch\n", "2:12", "E0301", "nosuch"},
    {".model nch nmos level=subvt\nm1 d g 0 0 nhc\n", "3:12", "E0301", "did you mean 'nch'"},
    {".model nch nmos level=999\nm1 d g 0 0 nch\n", "2:8", "E0302", "level=999"},
    {".model dm d\nm1 d g 0 0 dm\n", "2:8", "E0302", "type d"},
    {".model dm d ix=1\nd1 a 0 dm\n", "2:13", "E0303", "'ix'"},
    {".model dm d area=1\nd1 a 0 dm\n", "2:13", "E0303", "element's line"},
    {".model dm d\nd1 a 0 dm is=1f\n", "3:11", "E0303", ".model card"},
    {".model dm d n=0.5\nd1 a 0 dm\n", "2:15", "E0305", "n = 0.5"},
    {".model dm d\n.model dm d\nd1 a 0 dm\n", "3:8", "E0312", "'dm'"},
};

#define BINS                                                                                                           \
	".model nch.1 nmos level=subvt lmin=1u lmax=2u wmin=1u wmax=9u\n"                                              \
	".model nch.2 nmos level=subvt lmin=2u lmax=3u wmin=1u wmax=9u\n"
static const bad_deck bins[] = {
    {BINS "m1 d g 0 0 nch l=4u w=2u\n", "4:12", "E0316", "nch.2: L from 2e-06 to 3e-06"},
    {BINS "m1 d g 0 0 nch l=1u w=0.5u\n", "4:12", "E0316", "W/nf = 5e-07 m"},
    {BINS "m1 d g 0 0 nch l=1u w=8u nf=16\n", "4:12", "E0316", "W/nf = 5e-07 m"},
    {BINS "m1 d g 0 0 nch l=1u\n", "4:1", "E0304", "l= and w="},
    {BINS "m1 d g 0 0 nch l='lx' w=1u\n", "4:19", "E0310", "lx"},
    {BINS ".option scale=1u\nm1 d g 0 0 nch l=1u w=2u\n", "5:12", "E0316", "L = 1e-12 m"},
    {BINS "m1 d g 0 0 nch.3 l=1u w=2u\n", "4:12", "E0301", "did you mean"},
    {".model nch.1 nmos level=subvt lmin=lx\nm1 d g 0 0 nch l=1u w=2u\n", "2:36", "E0310", "lx"},
};

static const bad_deck elements[] = {
    {"r1 a 0 1k colour=3\n", "2:11", "E0303", "colour"},
    {"r1 a 0\n", "2:1", "E0304", "'r1'"},
    {"c1 a 0\n", "2:1", "E0304", "'c1'"},
    {"g1 a 0 b 0\nr1 b 0 1\n", "2:1", "E0304", "'g1'"},
    {"b1 a 0\n", "2:1", "E0304", "'b1'"},
    {"r1 a 0 -5\n", "2:8", "E0305", "-5"},
    {"r1 a 0 1k temp=-300\n", "2:16", "E0305", "absolute zero"},
    {"r1 a 0 1k noisy=2\n", "2:17", "E0305", "noisy"},
    {"r1 a 0 1k m=-1\n", "2:13", "E0305", "m = -1"},
    {"r1 a 0 1k tc1=-1 temp=127\n", "2:15", "E0305", "tc1"},
    {"r1 a\n", "2:1", "E0307", "2 nodes"},
    {".model nch nmos level=subvt\nm1 a b nch\n", "3:1", "E0307", "4 nodes"},
    {"r1 a 0 '1/rx'\n", "2:11", "E0310", "'rx'"},
    {".param rload=1\nr1 a 0 'rlaod'\n", "3:9", "E0310", "did you mean 'rload'"},
    {"l1 a 0 'time'\n", "2:9", "E0310", "time"},
    {"l1 a 0 'v(a)'\n", "2:9", "E0311", "B, E and G"},
    {"r1 a 0 1k\nr1 a 0 2k\n", "3:1", "E0312", "'r1'"},
    {"r1 a 0 1k 2k\n", "2:11", "E0315", "2k"},
    {"v1 a 0 1 2\n", "2:10", "E0315", "'2'"},
    {"v1 a 0 pulse(1)\n", "2:8", "E0315", "pulse"},
    {"v1 a 0 pwl(0 1 2)\n", "2:8", "E0315", "pairs"},
    {"v1 a 0 pwl(0 1 -1 2)\n", "2:16", "E0305", "decrease"},
    {"v1 a 0 pulse(0 1) sin(0 1)\n", "2:19", "E0315", "two waveforms"},
    {"v1 a 0 dc\n", "2:8", "E0304", "dc"},
    {"v1 a 0 1 td=3\n", "2:10", "E0303", "td"},
    {"b1 a 0 i='v(b)' v(b)\nr1 b 0 1\n", "2:17", "E0315", "does not belong"},
    {"b1 a 0 i='gain*v(b)'\nr1 b 0 1\n", "2:11", "E0310", "gain"},
    {"b1 a 0 i='foo(v(b))'\nr1 b 0 1\n", "2:11", "E0310", "foo"},
    {"b1 a 0 i='exp(v(b),2)'\nr1 b 0 1\n", "2:11", "E0315", "exp()"},
    {"c1 a b q='v(a)'\nr1 a b 1\n", "2:11", "E0315", "v(a,b)"},
    {"c1 a 0 1p c='v(a)'\n", "2:8", "E0315", "one of"},
    {"c1 a 0 q='1p'\n", "2:10", "E0315", "use c="},
    {"f1 a 0 v1\nv1 b 0 1\n", "2:1", "E0304", "gain"},
    {"f1 a 0\n", "2:1", "E0307", "voltage source"},
    {"f1 a 0 v2 2\nv1 a 0 1\n", "2:8", "E0314", "did you mean 'v1'"},
    {"h1 a 0 r1 2\nr1 a 0 1\n", "2:8", "E0314", "not a voltage source"},
    {"e1 b 0 a 0 2\nf1 a 0 e1 2\nr1 a b 1\n", "3:8", "E0314", "not a voltage source"},
    {".subckt s x\nf1 x 0 v1 2\nr1 x 0 1\n.ends\nv1 a 0 1\nx1 a s\n", "3:8", "E0314", "x1.v1"},
    {"k1 l1 0.5\nl1 a 0 1\n", "2:1", "E0304", "coupling"},
    {"k1 l1\nl1 a 0 1\n", "2:1", "E0307", "two inductors"},
    {"k1 l1 l2 1.1\nl1 a 0 1\nl2 a 0 1\n", "2:10", "E0305", "outside [-1, 1]"},
    {"k1 l1 l1 0.1\nl1 a 0 1\n", "2:7", "E0315", "itself"},
    {"k1 l1 l2 0.1\nk2 l2 l1 0.1\nl1 a 0 1\nl2 a 0 1\n", "3:7", "E0315", "twice"},
    {"k1 l1 r1 0.1\nl1 a 0 1\nr1 a 0 1\n", "2:7", "E0314", "not an inductor"},
    {"k1 l1 l2 0.9\nk2 l2 l3 0.9\nk3 l3 l1 -0.9\nl1 a 0 1\nl2 a 0 1\nl3 a 0 1\n", "4:4", "E0305", "negative energy"},
    {"e1 a 0 poly(0) b 0 1\nr1 a b 1\n", "2:8", "E0315", "whole number"},
    {"e1 a 0 poly(2) b 0 c\nr1 a b 1\n", "2:8", "E0315", "pairs of nodes"},
    {"e1 a 0 poly(1) b 0\nr1 a b 1\n", "2:8", "E0315", "no coefficients"},
    {"f1 a 0 poly(2) v1\nv1 a 0 1\n", "2:8", "E0315", "V sources"},
    {"h1 a 0 poly(1) v2 0 1\nv1 a 0 1\n", "2:16", "E0314", "v1"},
    {"f1 a 0 poly(1) (a,0) 0 1\nv1 a 0 1\n", "2:17", "E0314", "'a'"},
    {"g1 a 0 table {v(b)} = (0,0) (0,1)\nr1 a b 1\n", "2:30", "E0315", "increase"},
    {"g1 a 0 table {v(b)} = (0,0) (1)\nr1 a b 1\n", "2:30", "E0315", "pairs"},
    {"g1 a 0 table {v(b)}\nr1 a b 1\n", "2:8", "E0315", "no pairs"},
    {"e1 a 0 pwl(2) b 0 0,0 1,1\nr1 a b 1\n", "2:8", "E0315", "pwl(1)"},
    {"e1 a 0 pwl(1) b 0 0,0 1\nr1 a b 1\n", "2:23", "E0315", "pairs"},
    {"e1 a 0 b 0 2 3 max=1\nr1 a b 1\n", "2:14", "E0315", "'3'"},
    {"g1 a 0 b 0 max=1\nr1 a b 1\n", "2:1", "E0304", "four nodes and a number"},
    {"f1 a 0 v2 1 max=1\nv1 a 0 1\n", "2:8", "E0314", "v1"},
    {"e1 a 0 b 0 2 max=1 colour=3\nr1 a b 1\n", "2:20", "E0303", "colour"},
    {"e1 a 0 b 0 table=(0,0,1)\nr1 a b 1\n", "2:23", "E0315", "pairs"},
    {".model sm sw\nw1 a 0 v1 sm\nv1 a 0 1\n", "2:8", "E0302", "csw"},
    {".model sm csw\nw1 a 0 v2 sm\nv1 a 0 1\n", "3:8", "E0314", "v1"},
    {"w1 a 0 v1\nv1 a 0 1\n", "2:1", "E0307", "model"},
    {".subckt s x y\nc1 x y q='v(x,z)'\nr1 z 0 1\n.ends\nx1 a 0 s\nr1 a 0 1\n", "3:11", "E0315", "v(x,y)"},
};

static const bad_deck refused[] = {
    {"q1 c b e npn\n", "2:1", "E0311", "bipolar"},
    {"t1 a 0 b 0 z0=50 td=1n\n", "2:1", "E0311", "ladder"},
    {"j1 d g s jm\n", "2:1", "E0311", "M element"},
    {"e1 a 0 delay b 0 td=1n\n", "2:8", "E0311", "delay form"},
    {"r1 a 0 r='v(b)' 2\nr2 a b 1\n", "2:11", "E0315", "one value"},
    {"r1 a 0 'v(b)*1k' ac=2\nr2 a b 1\n", "2:9", "E0315", "ac="},
    {"r1 a 0 r='1+i(r2)'\nr2 a b 1\n", "2:13", "E0314", "'r2' is not an element with"},
    {"g1 a 0 vccap b 0 1n\n", "2:8", "E0311", "vccap form"},
    {"g1 a 0 b 0 laplace={1/(1+s)}\n", "2:12", "E0311", "laplace form"},
    {"g1 a 0 laplace {v(b)} = {1/(1+time)}\n", "2:8", "E0311", "laplace form"},
    {"g1 a 0 freq {v(b)} = (0,0,0) (1,1,1)\n", "2:8", "E0311", "freq form"},
    {".model rm r rsh=1\nr1 a 0 rm\n", "3:1", "E0304", "needs a value r"},
    {".model rm r rsh=1 short=2u\nr1 a 0 rm l=3u\n", "3:1", "E0305", "r = "},
    {".model cm c cj=1 rsh=2\nc1 a 0 cm l=1u\n", "2:18", "E0303", "rsh"},
    {".model dm d\nr1 a 0 dm\n", "2:8", "E0302", "type d"},
    {".model rm r r=1\nr1 a 0 rm 1 2\n", "3:13", "E0315", "'2'"},
    {".model rm r r=1\nr1 a 0 rm rm\n", "3:11", "E0315", "'rm'"},
    {"c1 a 0 q='v(a)*time'\n", "2:16", "E0311", "depends on time"},
    {"c1 a 0 c='i(v1)'\nv1 a 0 1\n", "2:11", "E0311", "no energy"},
    {"b1 a 0 i='i(v1)'\nr1 a b 1\n", "2:11", "E0314", "branch current"},
    {"b1 a 0 i='i(r1)'\nr1 a b 1\n", "2:11", "E0314", "'r1' is not an element with"},
    {"b1 a 0 v='v(b)%2'\nr1 b 0 1\n", "2:11", "E0311", "operator"},
    {"v1 a 0 trnoise(1 2 3)\n", "2:8", "E0311", ".trannoise"},
    {"v1 a 0 am(1 2 3 4 5 6)\n", "2:21", "E0311", "sixth"},
    {"v1 a 0 am(1)\n", "2:8", "E0315", "am wants 2 to 7"},
    {"v1 a 0 pwl(0 1 1 2) r=1\n", "2:1", "E0305", "last corner"},
    {"v1 a 0 pwl(0 1 1 2 s=1)\n", "2:20", "E0315", "r= and td="},
    {"v1 a 0 sin(0 1) r=1\n", "2:17", "E0303", "r only"},
    {"v1 a 0 pat(1 0 0 1n 1n 5n b1010)\n", "2:8", "E0311", "pwl()"},
    {"v1 a 0 pat (1 0 0 1n 1n 5n b1010)\n", "2:8", "E0311", "pwl()"},
    {"r1 a 0 1\n.pz a 0 b 0 vol pz\n", "3:1", "E0311", ".ac"},
    {"r1 a 0 1\n.ac dec 10 1 1meg\n", "3:1", "E0304", "`ac` value"},
    {"v1 a 0 ac 1\nr1 a 0 1\n.ac dec 10 1\n", "4:1", "E0315", "FSTART"},
    {"v1 a 0 ac 1\nr1 a 0 1\n.ac sin 10 1 10\n", "4:5", "E0315", "dec oct lin"},
    {"v1 a 0 ac 1\nr1 a 0 1\n.ac dec 0 1 10\n", "4:9", "E0305", "points"},
    {"v1 a 0 ac 1\nr1 a 0 1\n.ac dec 10 0 10\n", "4:12", "E0305", "FSTART"},
    {"v1 a 0 ac 1\nr1 a 0 1\n.ac oct 10 10 1\n", "4:15", "E0305", "FSTOP"},
    {"v1 a 0 ac 1\nr1 a 0 1\n.ac dec 2meg 1 1g\n", "4:9", "E0305", "too many"},
    {"v1 a 0 ac 'x'\nr1 a 0 1\n.op\n", "2:12", "E0310", "x"},
    {"v1 a 0 1\nr1 a 0 1\n.noise v(a) v1\n", "4:1", "E0315", "FSTART"},
    {"v1 a 0 1\nr1 a 0 1\n.noise v(b) v1 dec 1 1 10\n", "4:8", "E0314", "b"},
    {"v1 a 0 1\nr1 a 0 1\n.noise v(a) r1 dec 1 1 10\n", "4:13", "E0314", "r1"},
    {"v1 a 0 1\nr1 a 0 1\n.noise v(a) v1 dec 1 1 10 noise=hk\n", "4:33", "E0315", "shifted card"},
    {"v1 a 0 1\nr1 a 0 1\n.tf v(a)\n", "4:1", "E0315", "SOURCE"},
    {"v1 a 0 1\nr1 a 0 1\n.tf v(a) i1\n", "4:10", "E0314", "i1"},
    {"r1 a 0 1\n.fft v(a)\n", "3:1", "E0311", ".four"},
    {"r1 a 0 1\n.step param x 1 2 1\n", "3:13", "E0314", "'x'"},
    {".param rload=1\nr1 a 0 1\n.step rlod 1 2 1\n", "4:7", "E0314", "did you mean"},
    {"r1 a 0 1\n.step r1 1 2 -1\n", "3:1", "E0305", "never arrives"},
    {"r1 a 0 1\n.step dec r1 0 2 1\n", "3:1", "E0305", "0 < START"},
    {"r1 a 0 1\n.step r1 lin 0 1 2\n", "3:1", "E0305", "whole number"},
    {"r1 a 0 1\n.step r1 list\n", "3:10", "E0315", "values of the list"},
    {"r1 a 0 1\n.step r1 poi 3 1 2\n", "3:14", "E0315", "values of the list"},
    {"r1 a 0 1\n.step r1 1 2 1 more\n", "3:16", "E0315", "does not belong"},
    {"r1 a 0 1\n.step r1 -1 2 1\n", "3:7", "E0305", "outside"},
    {"r1 a 0 1\n.step @r1[q] 1 2 1\n", "3:7", "E0303", "no parameter 'q'"},
    {"r1 a 0 1\n.step @r1 1 2 1\n", "3:7", "E0315", "@ELEMENT[PARAMETER]"},
    {"r1 a 0 1\nr2 a 0 1\n.step r1 1 2 1\n.step r1 1 2 1\n", "5:7", "E0312", "moved twice"},
    {"r1 a 0 1\n.step temp 1 2 1\n.tran 1n 1u sweep temp 1 2 1\n", "4:19", "E0312", "moved twice"},
    {"r1 a 0 1\n.step r1 1 1meg 0.2\n", "3:7", "E0305", "at most"},
    {"r1 a 0 1\n.step data=d\n", "3:12", "E0314", "'d'"},
    {"r1 a 0 1\n.data d r1 temp\n+ 1 2\n+ 3\n.enddata\n.step data=d\n", "3:1", "E0315", "3 numbers"},
    {"r1 a 0 1\n.data d x\n1\n2\n.enddata\n", "3:9", "E0314", "'x'"},
    {"r1 a 0 1\n.data d r1\n1\n.enddata\n.data d r1\n2\n.enddata\n", "6:7", "E0312", "two tables"},
    {"r1 a 0 1\n.tran 1n 1u data=d\n", "3:1", "E0315", "behind SWEEP"},
    {"r1 a 0 1\n.op\n.expect op@x v(a) value=0\n", "4:9", "E0315", "number of a step"},
    {"r1 a 0 1\n.jump 1n 1u noise=hk\n", "3:19", "E0315", "use .trannoise"},
    {"r1 a 0 1\n.frobnicate\n", "3:1", "E0311", ".frobnicate"},
    {"r1 a 0 1\n.trannois 1n 1u\n", "3:1", "E0311", "did you mean '.trannoise'"},
    {"r1 a 0 1\n.trannoise 1n 1u types=pink\n", "3:24", "E0311", "flicker and rtn"},
    {"r1 a 0 1\nv1 a 0 1\n.dc temp 0 100 1 temp 1 2 1\n", "4:18", "E0312", "both sweeps"},
    {"r1 a 0 1\nv1 a 0 1\n.dc v1 0 1 1e-4 temp 0 1 1e-4\n", "4:1", "E0305", "too many"},
    {"m1 a b 0 0 n\n.model n nmos level=subvt i0=1n\n.dc m1 0 1 1\n", "4:5", "E0315", "@m1["},
    {".subckt s a\nr1 a 0 1\n.ic v(a)=1\n.ends\nx1 p s\nx2 p s\n", "4:1", "E0311", "top level"},
};

static const bad_deck subcircuits[] = {
    {"x1 a 0 nowhere\n", "2:8", "E0306", "nowhere"},
    {".subckt half a b\nr1 a b 1\n.ends\nx1 a 0 haff\n", "5:8", "E0306", "did you mean 'half'"},
    {".subckt half a b\nr1 a b 1\n.ends\nx1 a 0 0 half\n", "5:1", "E0307", "3 nodes"},
    {".subckt half a b\nr1 a b 1\n.ends\nx1 a 0 half w=2\n", "5:13", "E0303", "'w'"},
    {".subckt half a 0\nr1 a 0 1\n.ends\nx1 a 0 half\n", "2:16", "E0307", "ground"},
    {".subckt half a a\nr1 a 0 1\n.ends\nx1 a 0 half\n", "2:16", "E0312", "'a'"},
    {".subckt half a\nr1 a 0 1\n.ends\n.subckt half a\nr1 a 0 1\n.ends\nx1 a half\n", "5:9", "E0312", "'half'"},
    {".subckt half a\nr1 a 0 1\n.ends\nx1 a half\nx1 a half\n", "6:1", "E0312", "'x1'"},
    {".subckt loop a\nx1 a loop\n.ends\nx1 a loop\n", "3:1", "E0308", "itself"},
    {".subckt p a\nx1 a q\n.ends\n.subckt q a\nx1 a p\n.ends\nx1 a p\n", "6:1", "E0308", "'p'"},
    {"x1\n", "2:1", "E0315", "'x1'"},
};

static const bad_deck cards[] = {
    {"r1 a 0 1\n.save v(b)\n", "3:7", "E0314", "'b'"},
    {"r1 a 0 1\n.save i(v1)\n", "3:7", "E0314", "'v1'"},
    {"r1 a 0 1\n.save ib(r1)\n", "3:7", "E0315", "has no quantity 'ib'"},
    {"r1 a 0 1\n.save @r1[gm]\n", "3:7", "E0315", "has no quantity 'gm'"},
    {"r1 a 0 1\n.save @r2[i]\n", "3:7", "E0314", "did you mean 'r1'"},
    {"r1 a 0 1\n.save 2+3\n", "3:7", "E0315", "v(node)"},
    {"r1 a 0 1\n.save '2*sinus(v(a))'\n", "3:10", "E0310", "sinus"},
    {"r1 a 0 1\n.save 'pow(v(a))'\n", "3:8", "E0202", "2 arguments"},
    {"r1 a 0 1\n.save 'v(a)*time'\n", "3:13", "E0311", "axis"},
    {"r1 a 0 1\n.print v(a)\n", "3:8", "E0315", "analysis"},
    {"r1 a 0 1\n.print tran @r1\n", "3:13", "E0315", "@r1"},
    {"v1 a 0 1\nr1 a 0 1\n.trannoise 1n 1u\n.print trannoise i(r1)\n", "5:18", "E0311", "0 V"},
    {"v1 a 0 ac 1\nr1 a 0 1\n.ac dec 1 1 10\n.print ac p(r1)\n", "5:11", "E0311", "linear"},
    {"r1 a 0 1\n.nodeset v(b)=1\n", "3:10", "E0314", "'b'"},
    {"r1 a 0 1\n.nodeset i(r1)=1\n", "3:10", "E0315", "v(node)"},
    {"r1 a 0 1\n.ic v(b)=1\n", "3:5", "E0314", "'b'"},
    {"r1 a 0 1\n.ic v(0)=1\n", "3:5", "E0305", "ground"},
    {"r1 a 0 1\n.tran 1n\n", "3:1", "E0315", "TSTOP"},
    {"r1 a 0 1\n.tran 0 1u\n", "3:7", "E0305", "TSTEP"},
    {"r1 a 0 1\n.tran 1n 1u 2u\n", "3:13", "E0305", "TSTART"},
    {"r1 a 0 1\n.tran 1n 1u colour=1\n", "3:13", "E0303", "colour"},
    {"r1 a 0 1\n.dc v1 0 1 0.1\n", "3:5", "E0314", "'v1'"},
    {"r1 a 0 1\n.dc rx 0 1 0.1\n", "3:5", "E0314", "'rx'"},
    {"v1 a 0 1\n.dc v1 0 1\n", "3:1", "E0315", "START"},
    {"v1 a 0 1\n.dc v1 0 1 -0.1\n", "3:1", "E0305", "never"},
    {"v1 a 0 1\n.dc v1 0 1 0.1 v1 0 1 0.1\n", "3:16", "E0312", "'v1'"},
    {"r1 a 0 1\n.trannoise 1n 1u samples=0\n", "3:26", "E0305", "samples"},
    {"r1 a 0 1\n.trannoise 1n 1u samples=1.5\n", "3:26", "E0305", "whole"},
    {"r1 a 0 1\n.trannoise 1n 1u noise=loud\n", "3:24", "E0315", "shifted"},
    {"r1 a 0 1\n.trannoise 1n 1u method=rk4\n", "3:25", "E0315", "heun"},
    {"r1 a 0 1\n.trannoise 1n 1u psd=100\n", "3:22", "E0305", "power of two"},
    {"r1 a 0 1\n.trannoise 1n 1u psd=4\n", "3:22", "E0305", "from 8"},
    {"r1 a 0 1\n.trannoise 1n 1u psd=1e6\n", "3:22", "E0305", "psd"},
    {"r1 a 0 1\n.trannoise 1n 1u acf=maybe\n", "3:22", "E0315", "on"},
    {"v1 a 0 1\n.pbit cell out=v(a) core=1,0\n", "3:26", "E0305", "LOW below HIGH"},
    {"v1 a 0 1\n.pbit cell out=v(a) core=1\n", "3:26", "E0315", "two voltages"},
    {"r1 a 0 1\n.pbit cell\n", "3:1", "E0304", "OUT="},
    {"r1 a 0 1\n.pbit cell out=v(b)\n", "3:16", "E0314", "'b'"},
    {"r1 a 0 1\n.pbit cell out=v(a) bias=v1 sweep=list(0,1)\n", "3:26", "E0314", "'v1'"},
    {"v1 a 0 1\n.pbit cell out=v(a) bias=v1\n", "3:21", "E0304", "SWEEP="},
    {"v1 a 0 1\n.pbit cell out=v(a) bias=v1 sweep=list(1,0)\n", "3:35", "E0305", "increase"},
    {"v1 a 0 1\n.pbit cell out=v(a) supply=v1,v2\n", "3:28", "E0314", "'v2'"},
    {"v1 a 0 1\n.pbit cell out=v(a) clock=1n\n", "3:21", "E0311", "CLOCK"},
    {"v1 a 0 1\n.pbit c out=v(a)\n.pbit c out=v(a)\n", "4:7", "E0312", "'c'"},
    {"r1 a 0 1\n.expect tran v(a) value=1\n", "3:9", "E0314", "tran"},
    {"r1 a 0 1\n.op\n.expect op v(a)\n", "4:1", "E0304", "value="},
    {"r1 a 0 1\n.op\n.expect op\n", "4:1", "E0315", "QUANTITY"},
    {"r1 a 0 1\n.options reltol=2\n", "3:17", "E0305", "reltol"},
    {"r1 a 0 1\n.op now\n", "3:5", "E0315", ".op"},
    {"r1 a 0 1\n.temp -400\n", "3:7", "E0305", "absolute zero"},
};

/* Mistakes in different cards do not hide each other, and none of them makes a second message. */
static void test_five(void)
{
	t_section("five mistakes give five messages");
	test_deck d = deck_of("r1 a 0\n"
	                      "m1 a a 0 0 nomodel\n"
	                      ".frobnicate\n"
	                      "r3 b 0 'undefined_name'\n"
	                      "q1 c b e x\n"
	                      "v1 a 0 1\n.op\n.save v(b) v(c)\n.ic v(e)=1\n");
	T_INT(d.status, TS_NETLIST);
	T_INT(diag_count(d.diag, DIAG_WARNING), 5);
	static const char *const place[] = {":2:1:", ":3:12:", ":4:1:", ":5:9:", ":6:1:"};
	for (int i = 0; i < 5; i++)
		deck_show_unless(T_TRUE(strstr(d.messages, place[i]) != NULL), place[i], &d);
	deck_end(&d);
}

static void test_warnings(void)
{
	t_section("warnings do not stop anything");
	test_deck d = deck_of("r1 a 0 1\nc1 a 0 1p ic=1\n.options frob=1\n.width in=80\n");
	T_INT(d.status, TS_OK);
	T_INT(diag_count(d.diag, DIAG_WARNING), 3);
	T_TRUE(strstr(d.messages, "t.cir:3:1: warning") != NULL);
	T_TRUE(strstr(d.messages, "t.cir:4:10: warning") != NULL);
	T_TRUE(strstr(d.messages, "t.cir:5:1: warning") != NULL);
	T_TRUE(strstr(d.messages, "file") != NULL);
	deck_show_unless(diag_count(d.diag, DIAG_WARNING) == 3, "", &d);
	deck_end(&d);
}

static void test_unused_models(void)
{
	t_section("a model of a foreign type has a place even when nothing names it");
	test_deck d = deck_of("r1 a 0 1\n.model qx npn bf=100\n.model dm d\n.model nch nmos level=subvt\n"
	                      ".subckt s a\nr1 a 0 1\n.model jx njf\n.ends\nx1 a s\nx2 a s\n");
	T_INT(d.status, TS_OK);
	T_INT(diag_count(d.diag, DIAG_WARNING), 2);
	T_TRUE(strstr(d.messages, "t.cir:3:8: warning: model 'qx'") && strstr(d.messages, "W0303"));
	T_TRUE(strstr(d.messages, "t.cir:8:8: warning: model 'jx'") != NULL);
	deck_show_unless(diag_count(d.diag, DIAG_WARNING) == 2, "", &d);
	deck_end(&d);
	d = deck_of("q1 c b e qx\n.model qx npn\nr1 c 0 1\n"); /* an error names the element already */
	T_INT(diag_count(d.diag, DIAG_WARNING), 1);
	deck_end(&d);
}

/* 2^22 instances in 30 lines must be refused, not expanded. */
static void test_explosion(void)
{
	t_section("explosion");
	char text[2048] = ".subckt s0 a\nr1 a 0 1\nr2 a 0 1\n.ends\n";
	size_t used = strlen(text);
	for (int i = 1; i <= 22; i++)
		used += (size_t)snprintf(text + used, sizeof text - used, ".subckt s%d a\nx1 a s%d\nx2 a s%d\n.ends\n",
		                         i, i - 1, i - 1);
	snprintf(text + used, sizeof text - used, "x1 a s22\n");
	test_deck d = deck_of(text);
	T_INT(d.status, TS_NETLIST);
	T_TRUE(diag_has(d.diag, E0313));
	T_INT(diag_count(d.diag, DIAG_ERROR), 1);
	deck_end(&d);
}

int main(void)
{
	CHECK(models, "models");
	CHECK(bins, "bins");
	CHECK(elements, "elements");
	CHECK(refused, "not in this version");
	CHECK(subcircuits, "subcircuits");
	CHECK(cards, "cards");
	test_five();
	test_warnings();
	test_unused_models();
	test_explosion();
	return t_done();
}
