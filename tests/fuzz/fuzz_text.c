/* fuzz_text.c: sentences and tokens of any bytes.
 *
 * Sentences are in order, inside the text, begin and end on character boundaries and not in white
 * space, and cover all that is not white space; so do the tokens of each sentence. Bytes that are
 * no UTF-8 are an error of stance_segment() and must do no harm to the functions beneath it.
 */
#include <stddef.h>
#include <stdint.h>

static const char *const fuzz_dictionary[] = {". ",
                                              ".",
                                              "? ",
                                              "!",
                                              "...",
                                              ". . .",
                                              "\"",
                                              "'",
                                              "\u201c",
                                              "\u201d",
                                              "\u2018",
                                              "\u2019",
                                              "\u2026",
                                              "\u2022 ",
                                              "\u2014",
                                              "(",
                                              ")",
                                              "[1]",
                                              "[",
                                              "]",
                                              "\n",
                                              "\n\n",
                                              "\r\n",
                                              "\r",
                                              "\t",
                                              " ",
                                              "\u00a0",
                                              "\u2009",
                                              "\u200b",
                                              "\u2029",
                                              "\ufeff",
                                              "Mr. ",
                                              "U.S. ",
                                              "Inc. ",
                                              "No. 2",
                                              "p.m. ",
                                              "Jan. 4",
                                              "J. ",
                                              "1. ",
                                              "2) ",
                                              "(a) ",
                                              "- ",
                                              "* ",
                                              "**",
                                              "Yahoo! ",
                                              "http://a.b/",
                                              "a@b.c",
                                              "The ",
                                              "the ",
                                              "said ",
                                              "3.14",
                                              "the mayor ",
                                              "a council ",
                                              "Roads ",
                                              "he ",
                                              "1,000",
                                              "\xc3",
                                              "\xe2\x80",
                                              "\xff",
                                              "\u3002",
                                              "\U0001f600\u200d",
                                              "Photo: ",
                                              "\u00c9",
                                              NULL};

#include "driver.h"
#include "text/chars.h"
#include "text/text.h"

static size_t space(const char *s, size_t n) {
  return st_space((const unsigned char *)s, n);
}

/* Nothing but white space in [from, to). */
static void check_gap(const char *s, size_t from, size_t to) {
  while (from < to) {
    size_t m = space(s + from, to - from);
    FUZZ_CHECK(m);
    from += m;
  }
}

static void check_edges(const char *s, size_t start, size_t end, size_t len) {
  FUZZ_CHECK(start < end && end <= len);
  FUZZ_CHECK(((unsigned char)s[start] & 0xc0) != 0x80);
  FUZZ_CHECK(end == len || ((unsigned char)s[end] & 0xc0) != 0x80);
  FUZZ_CHECK(!space(s + start, end - start));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const char *s = (const char *)data;
  bool valid = st_utf8_invalid(s, size) == size;
  st_sentences sentences = {0};
  st_tokens tokens = {0};
  FUZZ_CHECK(st_segment(s, size, &sentences, NULL) == STANCE_OK);
  size_t at = 0;
  for (size_t i = 0; i < sentences.n; i++) {
    const st_sentence *x = &sentences.items[i];
    FUZZ_CHECK(x->start >= at && x->start < x->end && x->end <= size);
    FUZZ_CHECK(!i || x->paragraph == x[-1].paragraph || x->paragraph == x[-1].paragraph + 1);
    if (valid) {
      check_gap(s, at, x->start);
      check_edges(s, x->start, x->end, size);
    }
    tokens.n = 0;
    FUZZ_CHECK(st_tokenize(s, x->start, x->end, &tokens, NULL) == STANCE_OK);
    at = x->start;
    for (size_t k = 0; k < tokens.n; k++) {
      const st_token *t = &tokens.items[k];
      FUZZ_CHECK(t->start >= at && t->start < t->end && t->end <= x->end &&
                 t->kind <= ST_TOKEN_URL);
      if (valid) {
        check_gap(s, at, t->start);
        check_edges(s, t->start, t->end, size);
      }
      at = t->end;
    }
    if (valid) check_gap(s, at, x->end);
    at = x->end;
  }
  if (valid) check_gap(s, at, size);
  st_sentences_free(&sentences);
  st_tokens_free(&tokens);

  stance_span *spans;
  size_t n, cp = 0;
  stance_status status = stance_segment(s, size, (size & 1) != 0, &spans, &n, NULL);
  bool binary = size && memchr(s, 0, size);
  FUZZ_CHECK(status == STANCE_OK ? valid && !binary : !valid || binary);
  FUZZ_CHECK(status == STANCE_OK || n == 0);
  for (size_t i = 0; i < n; i++) {
    FUZZ_CHECK(spans[i].cp_start >= cp && spans[i].cp_end > spans[i].cp_start);
    FUZZ_CHECK(spans[i].cp_end - spans[i].cp_start <= spans[i].end - spans[i].start);
    cp = spans[i].cp_end;
  }
  stance_free(spans);
  return 0;
}
