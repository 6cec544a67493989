/* test_check.c: conditions, marks, diffs, baselines and .stance-ignore, each by a table. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "check/check.h"

static const char *names[] = {"advocacy", "attributed", "speculation", "sensational"};
static const st_rules rules = {names, 4, 3};

/* ---- conditions ---- */

static void test_good_conditions(void **state) {
  (void)state;
  static const struct {
    const char *text;
    st_where where;
    size_t rule;
    st_compare compare;
    bool share;
    double value;
  } table[] = {
      {"advocacy", ST_ANY, 0, ST_IS, false, 0},
      {" speculation > 20 % ", ST_ANY, 2, ST_OVER, true, 20},
      {"attributed<=30%", ST_ANY, 1, ST_UPTO, true, 30},
      {"own:advocacy>=0.9", ST_OWN, 0, ST_FROM, false, 0.9},
      {"sensationalism>=0.7", ST_ANY, SIZE_MAX, ST_FROM, false, 0.7},
      {"article:sensationalism<1", ST_ARTICLE, SIZE_MAX, ST_UNDER, false, 1},
      {"headline:sensational", ST_PART, 3, ST_IS, false, 0},
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    st_gate g;
    assert_int_equal(st_gate_parse(&rules, table[i].text, &g, NULL), STANCE_OK);
    assert_int_equal(g.where, table[i].where);
    assert_true(g.rule == table[i].rule);
    assert_int_equal(g.compare, table[i].compare);
    assert_int_equal(g.share, table[i].share);
    assert_true(fabs(g.value - table[i].value) < 1e-12);
  }
}

static void test_bad_conditions(void **state) {
  (void)state;
  static const char *const table[][2] = {
      {"", ": no label ''; there are: advocacy, attributed, speculation, sensational"},
      {"advocasy", "advocasy: no label 'advocasy' (did you mean 'advocacy'?); there are: advocacy, "
                   "attributed, speculation, sensational"},
      {"heading1:advocacy",
       "heading1:advocacy: no part 'heading1' (did you mean 'heading'?); there "
       "are: body, headline, lead, heading, caption, quote, list, byline, "
       "quoted, own, article"},
      {"advocacy>", "advocacy>: expected a number after the operator, such as 0.7 or 20%"},
      {"advocacy>x%", "advocacy>x%: expected a number after the operator, such as 0.7 or 20%"},
      {"advocacy>20", "advocacy>20: a probability is from 0 to 1 (a share ends with %)"},
      {"advocacy>120%", "advocacy>120%: a share is from 0% to 100%"},
      {"sensationalism", "sensationalism: sensationalism is compared with a number, as in "
                         "sensationalism>=0.7"},
      {"article:advocacy",
       "article:advocacy: 'article:' goes with sensationalism; for shares write "
       "advocacy>20%"},
      {"advocacy,speculation", "advocacy,speculation: one label for each --fail-on"},
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    st_gate g;
    stance_error err;
    assert_int_equal(st_gate_parse(&rules, table[i][0], &g, &err), STANCE_ERR_USAGE);
    assert_string_equal(err.message, table[i][1]);
  }
}

/* ---- marks ---- */

static bool add_remark(void *ctx, uint32_t line, const char *text) {
  st_buf_printf(ctx, "%u %s\n", line, text);
  return true;
}

static void marks_of(const char *text, st_marks *marks, st_arena *arena, st_buf *remarks) {
  *marks = (st_marks){0};
  assert_int_equal(
      st_marks_read(&rules, text, strlen(text), arena, marks, add_remark, remarks, NULL),
      STANCE_OK);
}

static void test_marks(void **state) {
  (void)state;
  st_marks m;
  st_arena arena = {0};
  st_buf remarks = {0};
  marks_of("a\n<!--stance ignore: why: so -->\n<!-- stance off advocacy, sensational:\n x -->\n"
           "b <!-- another comment --> <!-- stance on advocacy -->",
           &m, &arena, &remarks);
  assert_int_equal(remarks.len, 0);
  assert_int_equal(m.n, 3);
  assert_int_equal(m.items[0].kind, ST_MARK_IGNORE);
  assert_int_equal(m.items[0].line, 2);
  assert_string_equal(m.items[0].reason, "why: so");
  assert_true(m.items[0].rules == ~(uint64_t)0);
  assert_int_equal(m.items[1].kind, ST_MARK_OFF);
  assert_true(m.items[1].rules == (1 | 8));
  assert_string_equal(m.items[1].reason, "x");
  assert_true(m.items[1].until == m.items[2].start);
  free(m.items);
  st_buf_clear(&remarks);

  marks_of("<!-- stance ignore -->\n<!-- stance silence: x -->\n<!-- stance off advocasy: x -->\n"
           "<!-- stance on -->\n<!-- stance off:  -->\n<!-- stances -->\n<!-- stance",
           &m, &arena, &remarks);
  assert_string_equal(
      remarks.data,
      "1 this mark is not obeyed: give a reason, as in <!-- stance ignore: why -->\n"
      "2 no mark 'stance silence'; there are ignore, off, on\n"
      "3 this mark is not obeyed: no label 'advocasy' (did you mean 'advocacy'?); there are: "
      "advocacy, attributed, speculation, sensational\n"
      "4 'stance on' without 'stance off' before it\n"
      "5 this mark is not obeyed: give a reason, as in <!-- stance off: why -->\n");
  for (size_t i = 0; i < m.n; i++) assert_true(m.items[i].rules == 0);
  free(m.items);
  st_buf_free(&remarks);
  st_arena_free(&arena);
}

/* ---- diffs ---- */

static void test_diff(void **state) {
  (void)state;
  static const char diff[] = "diff --git a/dir/a.txt b/dir/a.txt\n"
                             "index 1..2 100644\n"
                             "--- a/dir/a.txt\n"
                             "+++ b/dir/a.txt\n"
                             "@@ -1,4 +1,4 @@ heading\n"
                             " one\n"
                             "-two is old here\n"
                             "+two is new here\n"
                             " three\n"
                             "-gone\n"
                             "+++ b/this is a line\n"
                             "@@ -9 +9,2 @@\n"
                             "-x\n"
                             "\\ No newline at end of file\n"
                             "+x\n"
                             "+y\n"
                             "diff --git a/gone.txt b/gone.txt\n"
                             "--- a/gone.txt\n"
                             "+++ /dev/null\n"
                             "@@ -1,2 +0,0 @@\n"
                             "-a\n"
                             "-b\n"
                             "--- \"a/na\\303\\257ve.txt\"\t2026-01-01\n"
                             "+++ \"b/na\\303\\257ve.txt\"\t2026-01-01\n"
                             "@@ -3,2 +2,0 @@\n"
                             "-q\n"
                             "-r\n";
  st_arena arena = {0};
  st_diff d = {0};
  stance_error err;
  assert_int_equal(st_diff_parse(diff, sizeof diff - 1, &arena, &d, &err), STANCE_OK);
  assert_int_equal(d.n, 2);
  assert_string_equal(d.file[0].path, "dir/a.txt");
  assert_string_equal(d.file[1].path, "na\xc3\xafve.txt");
  assert_ptr_equal(st_diff_find(&d, "./dir/a.txt"), &d.file[0]);
  assert_ptr_equal(st_diff_find(&d, "a.txt"), &d.file[0]);
  assert_ptr_equal(st_diff_find(&d, "/home/x/dir/a.txt"), &d.file[0]);
  assert_null(st_diff_find(&d, "r/aa.txt"));

  static const char file[] = "one\ntwo is new here\nthree\n++ b/this is a line\n5\n6\n7\n8\nx\ny\n";
  stance_span *s = NULL;
  size_t n = 0;
  assert_true(st_diff_spans(&d.file[0], file, sizeof file - 1, &s, &n));
  assert_int_equal(n, 3);
  assert_int_equal(s[0].start, 11); /* "new" for "old" */
  assert_int_equal(s[0].end, 14);
  assert_int_equal(s[1].start, 26);
  assert_int_equal(s[2].start, 56);
  assert_int_equal(s[2].end, 58);
  free(s);
  /* Lines taken out: a point between the lines around them. */
  assert_true(st_diff_spans(&d.file[1], "a\nb\nc\n", 6, &s, &n));
  assert_int_equal(n, 1);
  assert_int_equal(s[0].start, 4);
  assert_int_equal(s[0].end, 4);
  free(s);
  st_diff_free(&d);

  /* A word taken out touches the words beside it. */
  static const char inside[] = "--- x.txt\n+++ x.txt\n@@ -1 +1 @@\n-a very big b\n+a big b\n";
  assert_int_equal(st_diff_parse(inside, sizeof inside - 1, &arena, &d, &err), STANCE_OK);
  assert_true(st_diff_spans(&d.file[0], "a big b\n", 8, &s, &n));
  assert_int_equal(s[0].start, 2);
  assert_int_equal(s[0].end, 5);
  free(s);
  st_diff_free(&d);

  assert_int_equal(st_diff_parse("hello\n", 6, &arena, &d, &err), STANCE_ERR_FORMAT);
  assert_string_equal(err.message, "not a unified diff: make one with 'git diff'");
  assert_int_equal(st_diff_parse("@@ -1 +1 @@\n+x\n", 15, &arena, &d, &err), STANCE_ERR_FORMAT);
  assert_int_equal(err.line, 1);
  assert_int_equal(st_diff_parse("", 0, &arena, &d, &err), STANCE_OK);
  st_diff_free(&d);
  st_arena_free(&arena);
}

/* Every beginning and every byte changed: no crash, no endless loop. */
static void test_diff_damaged(void **state) {
  (void)state;
  static const char diff[] =
      "--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@\n a\n-b\n+c\n+d\n\\ No\n"
      "--- \"a/\\3\"\n+++ \"b/\\303\\2\"\n@@ -1 +99999999999999999999999 @@\n+x\n";
  for (size_t n = 0; n < sizeof diff; n++)
    for (int change = 0; change < 3; change++) {
      char *copy = malloc(n + 1);
      assert_non_null(copy);
      memcpy(copy, diff, n);
      if (n && change) copy[n - 1] = change == 1 ? '\n' : '+';
      st_arena arena = {0};
      st_diff d = {0};
      stance_span *s;
      size_t spans;
      (void)st_diff_parse(copy, n, &arena, &d, NULL);
      for (size_t i = 0; i < d.n; i++) {
        assert_true(st_diff_spans(&d.file[i], "a\nc\nd\n", 6, &s, &spans));
        for (size_t k = 0; k < spans; k++) assert_true(s[k].start <= s[k].end && s[k].end <= 6);
        free(s);
      }
      st_diff_free(&d);
      st_arena_free(&arena);
      free(copy);
    }
}

/* ---- known sentences ---- */

static void test_known(void **state) {
  (void)state;
  st_arena arena = {0};
  st_known k = {0};
  stance_error err;
  static const char jsonl[] =
      "{\"type\":\"doc\",\"doc\":\"./a.txt\"}\n"
      "{\"doc\":\"./a.txt\",\"fp\":\"00000000000000aa:2\",\"label\":\"advocacy\","
      "\"sensationalism\":0.9}\n";
  assert_int_equal(st_known_baseline(&k, jsonl, sizeof jsonl - 1, &arena, &err), STANCE_OK);
  assert_int_equal(k.n, 2);
  assert_non_null(st_known_find(&k, "a.txt", "advocacy", 0xaa, 2));
  assert_non_null(st_known_find(&k, "a.txt", "sensational", 0xaa, 2));
  assert_null(st_known_find(&k, "a.txt", "speculation", 0xaa, 2));
  assert_null(st_known_find(&k, "a.txt", "advocacy", 0xaa, 1));
  assert_null(st_known_find(&k, "b.txt", "advocacy", 0xaa, 2));

  static const char json[] = "{\"documents\":[{\"doc\":\"c.txt\",\"sentences\":[{\"fp\":"
                             "\"00000000000000bb:1\",\"label\":\"advocacy\"}]}]}";
  assert_int_equal(st_known_baseline(&k, json, sizeof json - 1, &arena, &err), STANCE_OK);
  assert_non_null(st_known_find(&k, "c.txt", "advocacy", 0xbb, 1));

  static const char ignore[] = "# said by the board\n00000000000000cc quoted by law\n\n"
                               "00000000000000cd:3\tthird time\n";
  assert_int_equal(st_known_ignore(&k, "f", ignore, sizeof ignore - 1, &arena, &err), STANCE_OK);
  assert_string_equal(st_known_find(&k, "any", "any", 0xcc, 7)->reason, "quoted by law");
  assert_null(st_known_find(&k, "any", "any", 0xcd, 1));
  assert_non_null(st_known_find(&k, "any", "any", 0xcd, 3));

  static const char *const bad[] = {"00000000000000cc\n", "xyz why\n", "00000000000000cc:0 why\n",
                                    "00000000000000CC why\n", "00000000000000cc1 why\n"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    assert_int_equal(st_known_ignore(&k, "f", bad[i], strlen(bad[i]), &arena, &err),
                     STANCE_ERR_FORMAT);
    assert_int_equal(err.line, 1);
  }
  assert_int_equal(st_known_baseline(&k, "{}\n[]\n", 6, &arena, &err), STANCE_ERR_FORMAT);
  assert_int_equal(err.line, 2);
  assert_int_equal(st_known_baseline(&k, "{}\n", 3, &arena, &err), STANCE_ERR_FORMAT);
  free(k.items);
  st_arena_free(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_good_conditions), cmocka_unit_test(test_bad_conditions),
      cmocka_unit_test(test_marks),           cmocka_unit_test(test_diff),
      cmocka_unit_test(test_diff_damaged),    cmocka_unit_test(test_known)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
