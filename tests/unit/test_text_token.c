/* test_text_token.c: tokens, their kinds and flags. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "text/text.h"

/* The tokens of a text, a blank between them, or with `kinds` the letters of kinds and flags:
 * w word, n number, p mark, o and c quotes, u address; ^ capital first, A all capitals,
 * x beyond ASCII, _ white space before. */
static void show(const char *text, bool kinds, st_buf *out) {
  st_tokens t = {0};
  st_buf_clear(out);
  assert_int_equal(st_tokenize(text, 0, (uint32_t)strlen(text), &t, NULL), STANCE_OK);
  for (size_t i = 0; i < t.n; i++) {
    const st_token *k = &t.items[i];
    if (i) st_buf_putc(out, ' ');
    if (kinds) {
      st_buf_putc(out, "wnpocu"[k->kind]);
      if (k->flags & ST_CASE_UPPER_FIRST) st_buf_putc(out, '^');
      if (k->flags & ST_CASE_UPPER_ALL) st_buf_putc(out, 'A');
      if (k->flags & ST_CASE_NON_ASCII) st_buf_putc(out, 'x');
      if (k->flags & ST_CASE_SPACE_BEFORE) st_buf_putc(out, '_');
    } else {
      st_buf_add(out, text + k->start, k->end - k->start);
    }
  }
  st_tokens_free(&t);
}

static const char *const words[][2] = {
    {"The mayor resigned.", "The mayor resigned ."},
    {"Nobody, it seems, knew; or cared.", "Nobody , it seems , knew ; or cared ."},
    {"I don't, she can't, it's Ann's.", "I don't , she can't , it's Ann's ."},
    {"I don’t, she can’t, it’s Ann’s.", "I don’t , she can’t , it’s Ann’s ."},
    {"the girls' team", "the girls' team"},
    {"He said 'no news' twice.", "He said ' no news ' twice ."},
    {"rock 'em and '90s hits", "rock 'em and '90s hits"},
    {"\"Go,\" he said.", "\" Go , \" he said ."},
    {"“Go,” he said.", "“ Go , ” he said ."},
    {"the U.S. Senate", "the U.S. Senate"},
    {"He left the U.S.", "He left the U.S."},
    {"Mr. Cole of Holt Inc. spoke.", "Mr. Cole of Holt Inc. spoke ."},
    {"J. Cole and plan B.", "J. Cole and plan B ."},
    {"nuts, figs, etc.", "nuts , figs , etc."},
    {"at 7 a.m. and 7pm", "at 7 a.m. and 7 pm"},
    {"the well-known anti-war e-mail", "the well - known anti-war e-mail"},
    {"a 10-year plan, 1990-1995, 4-2", "a 10 - year plan , 1990 - 1995 , 4 - 2"},
    {"call 555-0100 or 555-555-0100", "call 555-0100 or 555-555-0100"},
    {"$3.50, 1,200 and 12%", "$ 3.50 , 1,200 and 12 %"},
    {"at 22:30 on 9/11", "at 22:30 on 9/11"},
    {"the 20th and the 1960s", "the 20th and the 1960s"},
    {"$6.1m and 40k", "$ 6.1 m and 40 k"},
    {"and/or", "and / or"},
    {"AT&T and R&D, salt & oil", "AT&T and R&D , salt & oil"},
    {"What?! No... Yes!!", "What ?! No ... Yes !!"},
    {"it -- or so -- was", "it -- or so -- was"},
    {"it—or so—was", "it — or so — was"},
    {"see http://example.org/a?b=1.", "see http://example.org/a?b=1 ."},
    {"(www.example.com/a), b@example.com.", "( www.example.com/a ) , b@example.com ."},
    {"#vote with @annlee today", "#vote with @annlee today"},
    {"[...] and [1]", "[...] and [ 1 ]"},
    {"Élan, naïve, Ångström", "Élan , naïve , Ångström"},
    {"fun :) but sad ;-)", "fun :) but sad ;-)"},
    {"IE6 and Cloud9 on 4chan", "IE6 and Cloud9 on 4chan"},
    {"a.b.c notes.txt", "a.b.c notes.txt"},
    {"antidisestablishmentarianism is long", "antidisestablishmentarianism is long"},
    {"internationalists, all", "internationalists , all"},
    {"one\u00a0two\u2009three", "one two three"},
    {"so 😀 good 👍🏽", "so 😀 good 👍 🏽"},
    {"«Да», сказал он.", "« Да » , сказал он ."},
    {"x", "x"},
    {".", "."},
    {"  ", ""},
    {"", ""},
};

static const char *const kinds[][2] = {
    {"The NATO aide, ÉCOLE", "w^_ w^A_ w_ p w^Ax_"},
    {"I am A 12 B2", "w^_ w_ w^_ n_ w^_"},
    {"\"No,\" she said.", "o_ w^ p c w_ w_ p"},
    {"She said \"no\".", "w^_ w_ o_ w c p"},
    {"“No,” ‘no’", "ox_ w^ p cx ox_ w cx"},
    {"(\"no\")", "p_ o w c p"},
    {"a@b.org http://x.y/z www.a.com @ann #vote", "u_ u_ u_ u_ w_"},
    {"U.S. McRae eBay", "w^A_ w^_ w_"},
    {"naïve Ünal", "wx_ w^x_"},
    {"MORE THAN SIXTEENCHARACTERS", "w^A_ w^A_ w^A_"},
};

static void test_words(void **state) {
  (void)state;
  st_buf b = {0};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    show(words[i][0], false, &b);
    assert_string_equal(b.data ? b.data : "", words[i][1]);
  }
  st_buf_free(&b);
}

static void test_kinds(void **state) {
  (void)state;
  st_buf b = {0};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    show(kinds[i][0], true, &b);
    assert_string_equal(b.data, kinds[i][1]);
  }
  st_buf_free(&b);
}

/* The same tokens wherever the sentence stands: the sixteen-byte steps end in other places. */
static void test_ranges(void **state) {
  (void)state;
  static const char text[] =
      "Then the mayor, who'd been ill, resigned at 7 p.m. in the U.S. Senate.";
  st_tokens whole = {0}, part = {0};
  assert_int_equal(st_tokenize(text, 0, sizeof text - 1, &whole, NULL), STANCE_OK);
  for (size_t i = 0; i < whole.n; i++) {
    part.n = 0;
    assert_int_equal(st_tokenize(text, whole.items[i].start, sizeof text - 1, &part, NULL),
                     STANCE_OK);
    assert_int_equal(part.n, whole.n - i);
    for (size_t k = 0; k < part.n; k++) {
      assert_int_equal(part.items[k].start, whole.items[i + k].start);
      assert_int_equal(part.items[k].end, whole.items[i + k].end);
      assert_int_equal(part.items[k].kind, whole.items[i + k].kind);
      if (k) assert_int_equal(part.items[k].flags, whole.items[i + k].flags);
    }
  }
  st_tokens_free(&whole);
  st_tokens_free(&part);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_words), cmocka_unit_test(test_kinds),
                                     cmocka_unit_test(test_ranges)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
