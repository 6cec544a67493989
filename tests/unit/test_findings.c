/* test_findings.c: the formats of findings against golden files in tests/data/findings. With
 * STANCE_UPDATE set the files are written instead. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "report/findings.h"

/* Two lines; an emoji (4 bytes, 2 UTF-16 units) and a quotation mark before the second sentence. */
static const char text[] = "It could rain.\n\xf0\x9f\x98\x80\" We must\r\nstop it: 5%, now.";

static st_place at(size_t byte) {
  st_place p = ST_PLACE_START;
  st_place_move(&p, text, byte);
  return p;
}

static void test_places(void **state) {
  (void)state;
  st_place p = at(21);
  assert_int_equal(p.line, 2);
  assert_int_equal(p.column, 4);
  assert_int_equal(p.column_byte, 7);
  assert_int_equal(p.column_utf16, 5);
  assert_int_equal(p.cp, 18);
  p = at(30);
  assert_int_equal(p.line, 3);
  assert_int_equal(p.column, 1);
}

static const char *const rules[] = {"advocacy", "speculation", "sen\"sational"};
static stance_error failure = {STANCE_ERR_ENCODING, "b\"ad.txt", 3, 0, 0, "not valid UTF-8"};

static st_findings example(st_finding f[5]) {
  f[0] = (st_finding){.rule = "speculation",
                      .shown = "speculation",
                      .level = STANCE_WARNING,
                      .path = "dir/a, b:1.txt",
                      .start = at(0),
                      .end = at(14),
                      .text = text,
                      .text_len = 14,
                      .detail = "could; no source",
                      .score = 0.875f,
                      .sensationalism = 0.25f,
                      .fp = 0x9f2c,
                      .nth = 1};
  f[1] = f[0];
  f[1].rule = f[1].shown = "advocacy";
  f[1].level = STANCE_ERROR;
  f[1].start = at(21);
  f[1].end = at(sizeof text - 1);
  f[1].text = text + 21;
  f[1].text_len = sizeof text - 22;
  f[1].detail = "must, 5%; source: \xc3\x89mile \"E\"";
  f[1].nth = 2;
  f[2] = f[0];
  f[2].silence = ST_IN_SOURCE;
  f[2].reason = "the \"board\"";
  f[3] = f[0];
  f[3].rule = f[3].shown = rules[2];
  f[3].level = STANCE_NOTE;
  f[3].detail = "";
  f[3].sensationalism = NAN;
  f[4] = f[0];
  f[4].whole = true;
  f[4].level = STANCE_ERROR;
  f[4].end = f[4].start;
  f[4].detail = "the limit speculation>10% is passed: 50.0 % of 2 sentences";
  return (st_findings){f, 5, &failure, 1, rules, 3, "chars"};
}

static stance_status collect(void *ctx, const void *bytes, size_t n, stance_error *err) {
  (void)err;
  st_buf_add(ctx, bytes, n);
  return STANCE_OK;
}

static st_buf written(const st_findings *all, const char *format) {
  st_buf got = {0};
  stance_error err;
  assert_int_equal(st_findings_write(all, format, collect, &got, &err), STANCE_OK);
  return got;
}

static void test_golden(void **state) {
  (void)state;
  st_finding f[5];
  st_findings all = example(f);
  for (const char *const *format = st_findings_formats; *format; format++) {
    char path[100];
    snprintf(path, sizeof path, "tests/data/findings/%s.txt", *format);
    st_buf got = written(&all, *format);
    if (getenv("STANCE_UPDATE"))
      assert_int_equal(st_file_replace(path, got.data, got.len, NULL), STANCE_OK);
    st_file golden;
    assert_int_equal(st_file_open(path, &golden, NULL), STANCE_OK);
    assert_int_equal(golden.len, got.len);
    assert_memory_equal(golden.data, got.data, got.len);
    st_file_close(&golden);
    st_buf_free(&got);
  }
}

static void test_json_is_json(void **state) {
  (void)state;
  st_finding f[5];
  st_findings all = example(f);
  static const char *const formats[] = {"sarif", "gitlab"};
  for (size_t i = 0; i < 2; i++)
    for (size_t n = 0; n <= 5; n += 5) {
      all.n = n;
      st_buf got = written(&all, formats[i]);
      json_t *json = json_loadb(got.data, got.len, JSON_REJECT_DUPLICATES, NULL);
      assert_non_null(json);
      json_decref(json);
      st_buf_free(&got);
    }
}

static void test_columns(void **state) {
  (void)state;
  st_finding f[5];
  st_findings all = example(f);
  static const char *const unit[] = {"chars", "bytes", "utf16"};
  static const char *const begin[] = {"x:2:4: ", "x:2:7: ", "x:2:5: "};
  all.items = &f[1];
  all.n = 1;
  f[1].path = "x";
  for (size_t i = 0; i < 3; i++) {
    all.columns = unit[i];
    st_buf got = written(&all, "line");
    assert_memory_equal(got.data, begin[i], 7);
    st_buf_free(&got);
  }
}

static void test_no_format(void **state) {
  (void)state;
  st_findings none = {0};
  stance_error err;
  assert_int_equal(st_findings_write(&none, "xml", collect, NULL, &err), STANCE_ERR_USAGE);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_places), cmocka_unit_test(test_golden),
                                     cmocka_unit_test(test_json_is_json),
                                     cmocka_unit_test(test_columns),
                                     cmocka_unit_test(test_no_format)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
