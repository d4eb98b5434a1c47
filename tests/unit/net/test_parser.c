/* SPDX-License-Identifier: Apache-2.0
 * Netlist text to tree: lines, words, values, models, subcircuits, with the places of everything; and mistakes, each
 * with its code and place. What reads from files is in test_include.c.
 */
#include "deck.h"

static const net_param *param_of(const net_card *card, const char *name)
{
	static const net_param none = {.name = "none", .text = ""};
	for (int i = 0; i < card->n_param; i++)
		if (strcmp(card->param[i].name, name) == 0)
			return &card->param[i];
	t_section("parameter '%s' is missing", name);
	T_TRUE(0);
	return &none;
}

static const net_card *card_of(const test_deck *d, int i)
{
	static const net_card none = {.name = "none"};
	return T_TRUE(d->deck && i < d->deck->n_card) ? &d->deck->card[i] : &none;
}

/* The dump of `text` behind a title, without title and .end, is `want`. */
static void check_dump(const char *text, const char *want)
{
	char deck[4096];
	t_section("%s", text);
	snprintf(deck, sizeof deck, "t\n%s\n", text);
	test_deck d = deck_text(deck);
	T_STR(d.said, "");
	if (d.deck) {
		static deck_dump dump;
		deck_write(d.deck, &dump);
		char *end = strstr(dump.text, ".end\n");
		if (end)
			*end = '\0';
		T_STR(strncmp(dump.text, "t\n", 2) == 0 ? dump.text + 2 : dump.text, want);
	}
	deck_free(&d);
}

/* The deck (behind a title) gives messages that begin with the lines of `want`, in order. */
static void check_says(const char *text, const char *const *want, int n)
{
	char deck[4096];
	t_section("%s", text);
	snprintf(deck, sizeof deck, "t\n%s\n", text);
	test_deck d = deck_text(deck);
	const char *at = d.said;
	for (int i = 0; i < n; i++) {
		const char *found = strstr(at, want[i]);
		if (!T_TRUE(found != NULL))
			printf("wanted %s in:\n%s\n", want[i], d.said);
		at = found ? found + 1 : at;
	}
	T_INT(diag_count(d.diag, DIAG_ERROR), n);
	T_INT(d.status, TS_NETLIST);
	deck_free(&d);
}

static void check_mistake(const char *text, const char *place, const char *code)
{
	char want[64], deck[4096];
	check_says(text, &place, 1);
	snprintf(want, sizeof want, "[%s]", code);
	snprintf(deck, sizeof deck, "t\n%s\n", text);
	test_deck d = deck_text(deck);
	if (!T_TRUE(strstr(d.said, want) != NULL))
		printf("wanted %s in:\n%s\n", want, d.said);
	deck_free(&d);
}

static void test_lines(void)
{
	check_dump("* one\nr1 a b 1k ; end\n  $ two\n\n+ m=2 $ end\n; three\n+ temp=3\nC1 a 0 1p$not",
	           "r1 a b 1k m=2 temp=3\nc1 a 0 1p$not\n");
	check_dump("r1 a b\n+1k\n+\n+m=\n+2", "r1 a b 1k m=2\n");
	check_dump("\tR1\ta b 1k\r\n+ m=2\r\n", "r1 a b 1k m=2\n");
	check_dump("R1 A B 1K\n.OP\n.END\nthis is not read", "r1 a b 1k\n.op\n");
	check_dump("b1 a 0 file=\"a ; $ b\" ; c", "b1 a 0 file=\"a ; $ b\"\n");
	check_dump("x1 a b c\n.model m1 d", "x1 a b c\n.model m1 d\n");
	test_deck d = deck_text("  A Title; with $ all\r\nr1 a 0 1");
	T_STR(d.deck ? d.deck->title : "", "A Title; with $ all");
	deck_free(&d);
	d = deck_text("r1 a 0 1\nr2 a 0 1");
	T_INT(d.deck ? d.deck->n_card : -1, 1);
	deck_free(&d);
}

static void test_values(void)
{
	check_dump("b1 a 0 v=v(a)*2 + 3 m=2", "b1 a 0 v=v(a)*2 + 3 m=2\n");
	check_dump("b1 a 0 i = 'v(a, b)*2' m = {1 + 1}", "b1 a 0 i='v(a, b)*2' m={1 + 1}\n");
	check_dump("m1 d g s b nch w=2u l=1u", "m1 d g s b nch w=2u l=1u\n");
	check_dump("r1 a b '2*x' m=1,temp=2", "r1 a b '2*x' m=1 temp=2\n");
	check_dump(".param a=1 b='a+1',c = a + 2", ".param a=1 b='a+1' c=a + 2\n");
	check_dump(".param a=x -y", ".param a=x -y\n");
	check_dump(".expect op v(a,b) value=2*u + 1 rel=1e-3", ".expect op v(a,b) value=2*u + 1 rel=1e-3\n");
	check_dump(".expect trannoise mean(v(a)) value=0 sigma=4", ".expect trannoise mean(v(a)) value=0 sigma=4\n");
	check_dump(".pbit c out=v(a) sweep=0 -1 -0.1 supply=v1,v2 threshold=auto",
	           ".pbit c out=v(a) sweep=\"0 -1 -0.1\" supply=\"v1,v2\" threshold=auto\n");
	check_dump(".options file=\"A b; c\" x=1", ".options file=\"A b; c\" x=1\n");
	check_dump(".ic v(Out)=0.5 v(x1.a) = 1", ".ic v(out)=0.5 v(x1.a)=1\n");
	check_dump("x1 a b sub params: w=2", "x1 a b sub w=2\n");
	check_dump("v1 a 0 dc 1 pulse (0 1,1n 1n) ac 1", "v1 a 0 dc 1 pulse(0 1 1n 1n) ac 1\n");
	check_dump("v1 a 0 PWL(0 0 '2*t' {max(a, b)})", "v1 a 0 pwl(0 0 '2*t' {max(a, b)})\n");
	check_dump("e1 a 0 poly(1) b 0 1 2", "e1 a 0 poly(1) b 0 1 2\n");
}

static void test_kinds(void)
{
	test_deck d = deck_text("t\nv1 a 0 sin(0 1 'f')\n.pbit c sweep=list('-u' 0,u) out=\"v(a) \"\n.tran 1n 2u uic\n"
	                        "r1 a 0 1k temp=27\n.save v(a) V(A,B) i(V1)\n");
	const net_card *v = card_of(&d, 0), *pbit = card_of(&d, 1), *tran = card_of(&d, 2), *r = card_of(&d, 3);
	T_INT(v->kind, NET_ELEMENT);
	T_INT(v->n_word, 3);
	T_STR(v->word[2].text, "sin");
	T_TRUE(!v->word[2].expr);
	T_INT(v->word[2].n_arg, 3);
	T_INT(v->word[2].arg[2].expr->kind, NET_NAME);
	T_INT(v->word[1].expr->kind, NET_NUMBER);
	T_INT(pbit->kind, NET_DOT);
	T_STR(pbit->name, ".pbit");
	const net_param *sweep = param_of(pbit, "sweep"), *out = param_of(pbit, "out");
	T_INT(sweep->value ? (int)sweep->value->kind : -1, NET_CALL);
	T_STR(sweep->value ? sweep->value->name : "", "list");
	T_INT(sweep->value ? sweep->value->n_arg : -1, 3);
	T_STR(sweep->text, "list('-u' 0,u)");
	T_TRUE(!out->value);
	T_STR(out->text, "v(a) ");
	T_INT(tran->n_word, 3);
	T_REL(tran->word[1].expr->number, 2e-6, 0);
	T_REL(param_of(r, "temp")->value->number, 27, 0);
	const net_card *save = card_of(&d, 4);
	T_INT(save->n_word, 3);
	T_STR(save->word[1].text, "v(a,b)");
	T_INT(save->word[1].expr->kind, NET_PROBE);
	T_STR(save->word[2].expr->node[0], "v1");
	deck_free(&d);
}

static void test_models(void)
{
	const char *want = ".model nch nmos level=subvt i0=1n\n";
	check_dump(".model NCH nmos level=subvt i0=1n", want);
	check_dump(".model nch nmos(level=subvt i0=1n)", want);
	check_dump(".model nch nmos (\n+ level = subvt, i0 = 1n\n+ )", want);
	check_dump(".model nch nmos ()", ".model nch nmos\n");
	check_dump(".model d1 d(is=(1+2)*max(1,2) n=1)", ".model d1 d is=(1+2)*max(1,2) n=1\n");
	test_deck d = deck_text("t\n.model nch nmos(level=ekv vto='2*u')\n");
	const net_card *m = card_of(&d, 0);
	T_INT(m->kind, NET_MODEL);
	T_STR(m->name, "nch");
	T_STR(m->type, "nmos");
	T_INT(m->n_word, 0);
	T_INT(m->n_param, 2);
	T_STR(deck_place(&d, m->name_span), "2:8+3");
	T_STR(deck_place(&d, m->param[1].span), "2:27+3");
	T_STR(deck_place(&d, m->param[1].value_span), "2:31+5");
	deck_free(&d);
}

static void test_subckts(void)
{
	check_dump(
	    ".subckt inv in out params: w=1 cl='w*2'\n.param p=1\n.subckt deep a\nr1 a 0 1\n.ends deep\nx1 in deep\n"
	    ".ends\nx1 a b inv w=2",
	    ".subckt inv in out w=1 cl='w*2'\n.param p=1\n.subckt deep a\nr1 a 0 1\n.ends deep\nx1 in deep\n"
	    ".ends inv\nx1 a b inv w=2\n");
	check_dump(".SUBCKT A b\n.ENDS A", ".subckt a b\n.ends a\n");
	test_deck d = deck_text("t\n.subckt inv in out w=1\nr1 in out 'w'\nc1 out 0 1p\n.ends inv\nr2 a 0 1\n");
	const net_card *s = card_of(&d, 0);
	T_INT(d.deck->n_card, 2);
	T_INT(s->kind, NET_SUBCKT);
	T_STR(s->name, "inv");
	T_INT(s->n_word, 2);
	T_STR(s->word[1].text, "out");
	T_INT(s->n_param, 1);
	T_INT(s->n_body, 2);
	T_STR(s->body[1].name, "c1");
	T_STR(deck_place(&d, s->span), "2:1+22");
	T_STR(deck_place(&d, s->name_span), "2:9+3");
	deck_free(&d);
}

static void test_spans(void)
{
	test_deck d = deck_text("t\n  r1 a  bb 1k ; c\n* c\n+  m = 2*x temp='3 + nn'\nv1 a 0 pulse(0 10\n+ 1n)\n");
	const net_card *r = card_of(&d, 0), *v = card_of(&d, 1);
	T_STR(deck_place(&d, r->span), "2:3+11");
	T_STR(deck_place(&d, r->name_span), "2:3+2");
	T_STR(deck_place(&d, r->word[1].span), "2:9+2");
	T_STR(deck_place(&d, r->word[2].expr->span), "2:12+2");
	T_STR(deck_place(&d, r->param[0].span), "4:4+1");
	T_STR(deck_place(&d, r->param[0].value_span), "4:8+3");
	T_STR(deck_place(&d, r->param[0].value->arg[1]->span), "4:10+1");
	T_STR(deck_place(&d, r->param[1].value_span), "4:17+8");
	T_STR(deck_place(&d, r->param[1].value->arg[1]->span), "4:22+2");
	T_STR(deck_place(&d, v->span), "5:1+17");
	T_STR(deck_place(&d, v->word[2].arg[1].span), "5:16+2");
	T_STR(deck_place(&d, v->word[2].arg[2].span), "6:3+2");
	deck_free(&d);
}

static void test_text_mistakes(void)
{
	check_mistake("", "d:1:1: error: ", "E0103");
	check_mistake("* only\n.end\nr1 a 0 1", "d:1:1: error: ", "E0103");
	check_mistake("r1 a 0 1\001", "d:2:9: error: ", "E0102");
	check_mistake("r1 a 0 \xff", "d:2:8: error: ", "E0102");
	check_mistake("r1 \xc3\xa4 0 \xc3", "d:2:9: error: ", "E0102");
	test_deck d = deck_bytes("t\nr1 a\0 0 1\n", 12);
	T_TRUE(strstr(d.said, "d:2:5: error: ") && strstr(d.said, "[E0102]"));
	T_TRUE(!d.deck);
	deck_free(&d);
	d = deck_bytes("", 0);
	T_TRUE(strstr(d.said, "[E0103]") != NULL);
	deck_free(&d);
}

static void test_card_mistakes(void)
{
	check_mistake("+ r1 a 0 1", "d:2:1: error: ", "E0201");
	check_mistake("= 3", "d:2:1: error: ", "E0201");
	check_mistake("12 a 0 1", "d:2:1: error: ", "E0201");
	check_mistake(". a", "d:2:1: error: ", "E0201");
	check_mistake("r1 a 0 = 3", "d:2:8: error: ", "E0201");
	check_mistake("r1 a 0 m=", "d:2:9: error: ", "E0201");
	check_mistake("m1 a 0 w= l=1", "d:2:9: error: ", "E0201");
	check_mistake(".model x d is= n=1", "d:2:14: error: ", "E0201");
	check_mistake("r1 a 0 1)", "d:2:9: error: ", "E0201");
	check_mistake("r1 a 0 '1+2", "d:2:8: error: ", "E0202");
	check_mistake("r1 a 0 {1+2", "d:2:8: error: ", "E0202");
	check_mistake("r1 a 0 {1+2)", "d:2:12: error: ", "E0202");
	check_mistake("r1 a$,b 1", "d:2:5: error: ", "E0201");
	check_mistake("r1 a b x=c$$ comment", "d:2:11: error: ", "E0201");
	check_mistake("v1 a 0 pulse(0 1", "d:2:13: error: ", "E0202");
	check_mistake("v1 a 0 pulse( )", "d:2:8: error: ", "E0201");
	check_mistake("v1 a 0 pulse(0 1e999)", "d:2:16: error: ", "E0104");
	check_mistake("r1 a 0 '2*+'", "d:2:12: error: ", "E0202");
	check_mistake("r1 a 0 1e999", "d:2:8: error: ", "E0104");
	check_mistake("r1 a 0 1k tc1=1.2.3", "d:2:15: error: ", "E0104");
	check_mistake(".options x=\"a\"b", "d:2:15: error: ", "E0201");
	check_mistake(".param a=1..2", "d:2:10: error: ", "E0104");
	check_mistake(".param a=1 2", "d:2:12: error: ", "E0202");
	check_mistake(".param a=b+ c=2", "d:2:11: error: ", "E0202");
	check_mistake(".param a", "d:2:8: error: ", "E0201");
	check_mistake(".tran 1n '2*'", "d:2:13: error: ", "E0202");
	check_mistake(".ic v(a)=2+", "d:2:11: error: ", "E0202");
	check_mistake(".model x", "d:2:1: error: ", "E0201");
	check_mistake(".model (is=1)", "d:2:8: error: ", "E0201");
	check_mistake(".model x d(is=1", "d:2:11: error: ", "E0202");
	check_mistake(".model x d(is=1) n=1", "d:2:18: error: ", "E0201");
	check_mistake(".model x d is=1)", "d:2:16: error: ", "E0201");
	check_mistake(".model x d off", "d:2:12: error: ", "E0201");
}

static void test_subckt_mistakes(void)
{
	check_mistake(".subckt\n.ends", "d:2:1: error: ", "E0201");
	check_mistake("r1 a 0 1\n.subckt s a\nr1 a 0 1", "d:3:1: error: ", "E0201");
	check_mistake("r1 a 0 1\n.ends", "d:3:1: error: ", "E0201");
	check_mistake(".subckt s a\n.subckt t a\n.ends s\n.ends", "d:4:7: error: ", "E0201");
	check_mistake(".subckt s a w='1+\nr1 a 0 1\n.ends s", "d:2:17: error: ", "E0202");
	const char *const open[] = {"d:2:1: error: ", "d:3:3: error: "};
	check_says(".subckt s a\n  .subckt t a\nr1 a 0 1", open, 2);
	char deep[70 * 16] = "";
	for (int i = 0; i < 70; i++)
		strcat(deep, ".subckt s\n");
	char text[80 * 16];
	snprintf(text, sizeof text, "t\n%s", deep);
	test_deck d = deck_text(text);
	T_TRUE(strstr(d.said, "64 deep") != NULL);
	T_INT(d.status, TS_NETLIST);
	deck_free(&d);
}

static void test_recovery(void)
{
	const char *const five[] = {
	    "d:2:8: error: ", "d:3:9: error: ", "d:5:10: error: ", "d:6:12: error: ", "d:8:1: error: "};
	check_says("r1 a 0 1e999\nr2 a 0 1)\nr3 a 0 1\n.param a=1..2\n.model d d off\nr4 a 0 1\n.ends", five, 5);
	/* cards that are right stay */
	test_deck d = deck_text("t\nr1 a 0 1\nr2 a 0 1)\nr3 a 0 1\n");
	T_INT(d.deck ? d.deck->n_card : -1, 2);
	T_STR(card_of(&d, 1)->name, "r3");
	deck_free(&d);
}

static void test_control(void)
{
	check_dump("r1 a 0 1\n.control\nrun ' { (\nplot v(a)\n.endc\nr2 a 0 1",
	           "r1 a 0 1\n.control\nrun\nplot\n.endc\nr2 a 0 1\n");
	check_dump("r1 a 0 1\n.control\nrun", "r1 a 0 1\n.control\nrun\n.endc\n");
}

int main(void)
{
	test_lines();
	test_values();
	test_kinds();
	test_models();
	test_subckts();
	test_spans();
	test_text_mistakes();
	test_card_mistakes();
	test_subckt_mistakes();
	test_recovery();
	test_control();
	return t_done();
}
