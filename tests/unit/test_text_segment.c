/* test_text_segment.c: sentence boundaries, case by case (tests/unit/text/, cut by hand). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "text/text.h"

static void add_utf8(st_buf *b, unsigned cp) {
  if (cp < 0x80) {
    st_buf_putc(b, (char)cp);
  } else if (cp < 0x800) {
    st_buf_putc(b, (char)(0xc0 | cp >> 6));
    st_buf_putc(b, (char)(0x80 | (cp & 0x3f)));
  } else {
    st_buf_putc(b, (char)(0xe0 | cp >> 12));
    st_buf_putc(b, (char)(0x80 | (cp >> 6 & 0x3f)));
    st_buf_putc(b, (char)(0x80 | (cp & 0x3f)));
  }
}

/* The text of a case, its boundaries left in as bytes 0x01. */
static void read_case(const char *line, size_t n, st_buf *out) {
  for (size_t i = 0; i < n; i++) {
    if (line[i] == '|') {
      st_buf_putc(out, '\x01');
    } else if (line[i] == '\\' && i + 1 < n && strchr("nrtu", line[i + 1])) {
      char kind = line[++i];
      if (kind == 'u') {
        char hex[5] = {0};
        memcpy(hex, line + i + 1, 4);
        add_utf8(out, (unsigned)strtoul(hex, NULL, 16));
        i += 4;
      } else {
        st_buf_putc(out, kind == 'n' ? '\n' : kind == 'r' ? '\r' : '\t');
      }
    } else {
      st_buf_putc(out, line[i]);
    }
  }
}

/* What st_segment makes of the case, in the same form: white space between sentences is left out.
 */
static void show(const char *text, const st_sentences *s, st_buf *out) {
  for (size_t i = 0; i < s->n; i++) {
    if (i) st_buf_puts(out, " | ");
    st_buf_add(out, text + s->items[i].start, s->items[i].end - s->items[i].start);
  }
}

static bool is_space(const char *s, size_t n, size_t *len) {
  static const char *const spaces[] = {" ",      "\n",     "\r",     "\t",
                                       "\u00a0", "\u2009", "\u202f", "\u2003",
                                       "\u200b", "\u3000", "\u2029", "\xef\xbb\xbf"};
  for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++)
    if ((*len = strlen(spaces[i])) <= n && !memcmp(s, spaces[i], *len)) return true;
  return false;
}

/* The expected spans, from the marked text. */
static void expect(const st_buf *marked, st_buf *text, st_sentences *want) {
  size_t start = 0, len;
  st_buf_clear(text);
  for (size_t i = 0; i <= marked->len; i++) {
    if (i < marked->len && marked->data[i] != '\x01') {
      st_buf_putc(text, marked->data[i]);
      continue;
    }
    size_t b = start, e = text->len;
    while (b < e && is_space(text->data + b, e - b, &len)) b += len;
    for (size_t k = 1; k <= 3 && k <= e - b; k++)
      if (is_space(text->data + e - k, k, &len) && len == k) e -= k, k = 0;
    assert_true(st_reserve(&want->items, &want->cap, want->n + 1, sizeof *want->items));
    want->items[want->n++] = (st_sentence){(uint32_t)b, (uint32_t)e, 0, 0};
    start = text->len;
  }
}

static int run_case(const char *path, size_t number, const char *line, size_t n) {
  st_buf marked = {0}, text = {0}, got_text = {0}, want_text = {0};
  st_sentences want = {0}, got = {0};
  stance_error err;
  read_case(line, n, &marked);
  expect(&marked, &text, &want);
  assert_int_equal(st_segment(text.data, text.len, &got, &err), STANCE_OK);
  bool same = got.n == want.n;
  for (size_t i = 0; same && i < got.n; i++)
    same = got.items[i].start == want.items[i].start && got.items[i].end == want.items[i].end;
  if (!same) {
    show(text.data, &want, &want_text);
    show(text.data, &got, &got_text);
    print_message("%s:%zu\n  want %s\n  got  %s\n", path, number, want_text.data, got_text.data);
  }
  st_buf_free(&marked), st_buf_free(&text), st_buf_free(&got_text), st_buf_free(&want_text);
  st_sentences_free(&want), st_sentences_free(&got);
  return same;
}

/* Every line of a file of cases. */
static void run_file(const char *path, size_t at_least) {
  st_file f;
  stance_error err;
  assert_int_equal(st_file_open(path, &f, &err), STANCE_OK);
  size_t cases = 0, right = 0, number = 0;
  for (size_t i = 0, e; i < f.len; i = e + 1) {
    const char *nl = memchr(f.data + i, '\n', f.len - i);
    e = nl ? (size_t)(nl - f.data) : f.len;
    number++;
    bool comment = f.data[i] == '#' && !memchr(f.data + i, '|', e - i);
    if (e == i || comment) continue;
    cases++;
    right += (size_t)run_case(path, number, f.data + i, e - i);
  }
  st_file_close(&f);
  assert_int_equal(right, cases);
  assert_true(cases >= at_least);
}

static void test_marks(void **state) {
  (void)state, run_file("tests/unit/text/marks.txt", 100);
}
static void test_words(void **state) {
  (void)state, run_file("tests/unit/text/words.txt", 75);
}
static void test_quotes(void **state) {
  (void)state, run_file("tests/unit/text/quotes.txt", 90);
}
static void test_lines(void **state) {
  (void)state, run_file("tests/unit/text/lines.txt", 30);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_marks), cmocka_unit_test(test_words),
                                     cmocka_unit_test(test_quotes), cmocka_unit_test(test_lines)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
