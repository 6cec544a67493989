/* test_text_document.c: flags and paragraphs of sentences, stance_segment(), linear time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "text/text.h"

/* One sign for each sentence: its flags (b: open before, a: open after, L line, I item, - none) and
 * its paragraph. */
static void show(const char *text, st_buf *out) {
  st_sentences s = {0};
  st_buf_clear(out);
  assert_int_equal(st_segment(text, strlen(text), &s, NULL), STANCE_OK);
  for (size_t i = 0; i < s.n; i++) {
    uint8_t f = s.items[i].flags;
    if (i) st_buf_putc(out, ' ');
    st_buf_u64(out, s.items[i].paragraph);
    if (f & ST_SENT_OPEN_BEFORE) st_buf_putc(out, 'b');
    if (f & ST_SENT_OPEN_AFTER) st_buf_putc(out, 'a');
    if (f & ST_SENT_LINE) st_buf_putc(out, 'L');
    if (f & ST_SENT_ITEM) st_buf_putc(out, 'I');
    if (!f) st_buf_putc(out, '-');
  }
  st_sentences_free(&s);
}

static const char *const flags[][2] = {
    /* quotations */
    {"He left. She stayed.", "0- 0-"},
    {"\"It is late. We must go,\" he said. She agreed.", "0a 0b 0-"},
    {"\"It is late. We must go. Now,\" he said.", "0a 0ba 0b"},
    {"“It is late. We must go,” he said.", "0a 0b"},
    {"\"It is late,\" he said. \"We must go. Now.\"", "0- 0a 0b"},
    {"He called it \"a mess\". \"A mess,\" he said.", "0- 0-"},
    {"He is 5'9\" tall. She is 5'10\". They left.", "0- 0- 0-"},
    {"It is \"late. Nobody closed the mark.\n\nHe left. She stayed.", "0a 0b 1- 1-"},
    {"\"It is late. We must go.\n\n\"The road is long. It is dark,\" he said.", "0a 0ba 1ba 1b"},
    {"“It is late.\n\n“The road is long.” He left.", "0a 1b 1-"},
    {"\"It is late.\"\n\n\"The road is long.\"", "0- 1-"},
    {"“It is late. We must go.", "0a 0b"},
    {"(\"It is late. We must go.\") He left.", "0a 0b 0-"},
    /* lines */
    {"Mayor resigns\n\nThe mayor resigned.", "0L 1-"},
    {"Mayor resigns\nThe mayor resigned.\n", "0L 1-"},
    {"By Ann Cole\nThe Courier\n\nThe mayor resigned.", "0L 1L 2-"},
    {"Who pays?\n\nThe county pays.", "0- 1-"},
    {"What we know:\n\nNothing.", "0L 1-"},
    {"He said it was \"over.\"\n\nShe left.", "0- 1-"},
    {"It is over. Or so they\n\nsay", "0- 0- 1L"},
    /* lists */
    {"- bread\n- milk", "0LI 1LI"},
    {"• bread • milk", "0I 0I"},
    {"1. Wash it.\n2. Dry it.", "0I 1I"},
    {"1) Wash it 2) Dry it", "0I 0I"},
    {"(a) Wash it.\n(b) Dry it.", "0I 1I"},
    {"12 people came. 3 left.", "0- 0-"},
    {"J. Cole came. He left.", "0- 0-"},
    {"* Wash it.\n* Dry it.", "0I 1I"},
    {"", ""},
    {" \n\n\t\n", ""},
};

static void test_flags(void **state) {
  (void)state;
  st_buf b = {0};
  for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
    show(flags[i][0], &b);
    if (strcmp(b.data ? b.data : "", flags[i][1])) print_message("%s\n", flags[i][0]);
    assert_string_equal(b.data ? b.data : "", flags[i][1]);
  }
  st_buf_free(&b);
}

static void test_api(void **state) {
  (void)state;
  static const char text[] = "\xef\xbb\xbf"
                             "É 😀 a. B c.\r\n";
  static const stance_span sentences[] = {{3, 13, 1, 7}, {14, 18, 8, 12}};
  static const stance_span tokens[] = {{3, 5, 1, 2},    {6, 10, 3, 4},  {11, 12, 5, 6},
                                       {12, 13, 6, 7},  {14, 15, 8, 9}, {16, 17, 10, 11},
                                       {17, 18, 11, 12}};
  stance_span *s;
  size_t n;
  stance_error err;
  assert_int_equal(stance_segment(text, sizeof text - 1, false, &s, &n, &err), STANCE_OK);
  assert_int_equal(n, 2);
  assert_memory_equal(s, sentences, sizeof sentences);
  stance_free(s);
  assert_int_equal(stance_segment(text, sizeof text - 1, true, &s, &n, &err), STANCE_OK);
  assert_int_equal(n, 7);
  assert_memory_equal(s, tokens, sizeof tokens);
  stance_free(s);
  assert_int_equal(stance_segment("", 0, false, &s, &n, &err), STANCE_OK);
  assert_int_equal(n, 0);
  stance_free(s);
  assert_int_equal(stance_segment("a\nb\xff", 4, false, &s, &n, &err), STANCE_ERR_ENCODING);
  assert_int_equal(err.byte, 3);
  assert_int_equal(err.line, 2);
  assert_null(s);
}

/* Sentences are appended to what the array already holds. */
static void test_append(void **state) {
  (void)state;
  st_sentences s = {0};
  assert_int_equal(st_segment("One.", 4, &s, NULL), STANCE_OK);
  assert_int_equal(st_segment("\"Two. Three", 11, &s, NULL), STANCE_OK);
  assert_int_equal(s.n, 3);
  assert_int_equal(s.items[0].flags, 0);
  assert_int_equal(s.items[1].start, 0);
  assert_int_equal(s.items[1].paragraph, 0);
  st_sentences_free(&s);
}

/* Processor time of sentences and tokens, the least of three runs. */
static double seconds(const char *text, size_t n) {
  double best = 1e9;
  for (int run = 0; run < 3; run++) {
    st_sentences s = {0};
    st_tokens t = {0};
    clock_t begin = clock();
    assert_int_equal(st_segment(text, n, &s, NULL), STANCE_OK);
    for (size_t i = 0; i < s.n; i++)
      assert_int_equal(st_tokenize(text, s.items[i].start, s.items[i].end, &t, NULL), STANCE_OK);
    double spent = (double)(clock() - begin) / CLOCKS_PER_SEC;
    if (spent < best) best = spent;
    st_sentences_free(&s);
    st_tokens_free(&t);
  }
  return best;
}

/* Four times the text takes no more than about four times as long, whatever is repeated. */
static void test_linear(void **state) {
  (void)state;
  static const char *const repeated[] = {"\"",       ".",
                                         "\n",       " ",
                                         "(",        ")",
                                         "[",        "a",
                                         "A",        "1",
                                         ". ",       "\" ",
                                         ".\n",      "a\n",
                                         "\n\n",     ". \" ",
                                         "1. ",      "a) ",
                                         "Mr. ",     "U.S. ",
                                         "A.",       ".A",
                                         "a.b",      "a-",
                                         "3-",       "'",
                                         "' ",       "x'",
                                         "...",      ". . ",
                                         "\u201c",   "\u201d",
                                         "\u2026 ",  "\u00a0",
                                         "\u00c9",   "\u2022 ",
                                         "\t\n",     "\r",
                                         "?\"",      "[1]",
                                         " [1]",     ".[1]",
                                         "a: 1) B ", "- a\n",
                                         "http://",  "a@b",
                                         "Photo: ",  "*",
                                         "a.1 ",     "word ",
                                         "\u200b",   "!) ",
                                         ".) ",      "Q. ",
                                         "a,",       "The U.S. The ",
                                         "a\n b\n",  "said. it was\n"};
  enum { SMALL = 100 * 1000, TIMES = 10 };
  char *text = malloc(SMALL * TIMES);
  assert_non_null(text);
  for (size_t i = 0; i < sizeof repeated / sizeof *repeated; i++) {
    size_t len = strlen(repeated[i]), n = 0;
    for (; n + len <= (size_t)SMALL * TIMES; n += len) memcpy(text + n, repeated[i], len);
    double small = seconds(text, n / len / TIMES * len), large = seconds(text, n);
    if (large > TIMES * 2.5 * (small + 0.002))
      print_message("%s: %g s, %d times as much: %g s\n", repeated[i], small, TIMES, large);
    assert_true(large <= TIMES * 2.5 * (small + 0.002));
  }
  free(text);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_flags), cmocka_unit_test(test_api),
                                     cmocka_unit_test(test_append), cmocka_unit_test(test_linear)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
