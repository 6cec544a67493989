/* test_review.c: corrections are kept, found again, taken back, compacted; files that are cut short
 * or are something else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "review/review.h"

static stance_model *model;
static char folder[] = "/tmp/stance-review-XXXXXX", text_path[64], kept_path[64];
static stance_review_options options;

static int set_up(void **state) {
  (void)state;
  stance_error e;
  stance_dataset *rows = NULL;
  stance_train_options train;
  stance_train_options_default(&train);
  train.bits = 10, train.folds = 0;
  if (stance_dataset_new(&rows, &e) != STANCE_OK ||
      stance_dataset_read(rows, "tests/data/tiny.tsv", NULL, &e) != STANCE_OK ||
      stance_train(rows, &train, &model, NULL, &e) != STANCE_OK || !mkdtemp(folder))
    return -1;
  stance_dataset_free(rows);
  snprintf(text_path, sizeof text_path, "%s/a.txt", folder);
  snprintf(kept_path, sizeof kept_path, "%s/kept.jsonl", folder);
  stance_options_default(&options.classify);
  options.corrections = kept_path;
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  stance_model_free(model);
  unlink(text_path);
  unlink(kept_path);
  return rmdir(folder);
}

static void put(const char *path, const char *bytes) {
  assert_int_equal(st_file_replace(path, bytes, strlen(bytes), NULL), STANCE_OK);
}

static size_t lines(void) {
  st_file f;
  size_t n = 0;
  assert_int_equal(st_file_open(kept_path, &f, NULL), STANCE_OK);
  for (size_t i = 0; i < f.len; i++) n += f.data[i] == '\n';
  if (f.len) assert_int_equal(f.data[f.len - 1], '\n');
  st_file_close(&f);
  return n;
}

static stance_review *open_one(stance_status want) {
  stance_review *r = NULL;
  stance_error e = {0};
  const char *paths[] = {text_path};
  assert_int_equal(stance_review_open(model, &options, paths, 1, &r, &e), want);
  assert_int_equal(r != NULL, want == STANCE_OK);
  return r;
}

static void test_round_trip(void **state) {
  (void)state;
  unlink(kept_path);
  put(text_path, "It could rain.\n\nIt could rain.\n\nWe \xf0\x9f\x98\x80 must act now.\n");
  stance_review *r = open_one(STANCE_OK);
  stance_correction c = {
      .label = 1, .state = "changed", .reason = "a \"reason\"\n", .annotator = "ed"};
  assert_false(stance_review_get(r, 0, 1, &c));
  for (size_t i = 1; i < 3; i++) assert_int_equal(stance_review_set(r, 0, i, &c, NULL), STANCE_OK);
  assert_int_equal(stance_review_set(r, 0, 9, &c, NULL), STANCE_ERR_USAGE);
  assert_int_equal(lines(), 2);
  open_one(STANCE_ERR_USAGE); /* the lock */
  c.label = STANCE_NO_LABEL, c.state = "skipped";
  assert_int_equal(stance_review_set(r, 0, 2, &c, NULL), STANCE_OK);
  assert_int_equal(stance_review_set(r, 0, 2, NULL, NULL), STANCE_OK);
  assert_int_equal(lines(), 4);
  assert_int_equal(stance_review_close(r, NULL), STANCE_OK);
  assert_int_equal(lines(), 1);
  put(text_path, "We must act now.\n\nIt  could\nrain.\n"); /* one of the two is left */
  r = open_one(STANCE_OK);
  stance_correction got;
  assert_true(stance_review_get(r, 0, 1, &got));
  assert_int_equal(got.label, 1);
  assert_string_equal(got.state, "changed");
  assert_string_equal(got.reason, "a \"reason\"\n");
  assert_null(stance_review_lost(r, 0));
  assert_int_equal(stance_review_close(r, NULL), STANCE_OK);
  put(text_path, "Nothing of it is left.\n");
  r = open_one(STANCE_OK);
  assert_non_null(strstr(stance_review_lost(r, 0), "It could rain. ("));
  assert_int_equal(stance_review_close(r, NULL), STANCE_OK);
  assert_int_equal(lines(), 1);
}

static void test_files(void **state) {
  (void)state;
  put(text_path, "It could rain.\n");
  put(kept_path, "{\"type\":\"correction\",\"doc\":\"b\",\"fp\":\"1:1\"}\n\n{\"type\":\"corr");
  assert_int_equal(stance_review_close(open_one(STANCE_OK), NULL), STANCE_OK);
  assert_int_equal(lines(), 2);
  put(kept_path, "{\"other\":1}\n{\"last\":\"no newline\"}");
  assert_int_equal(stance_review_close(open_one(STANCE_OK), NULL), STANCE_OK);
  assert_int_equal(lines(), 2);
  put(kept_path, "[1]\n");
  open_one(STANCE_ERR_FORMAT);
  put(kept_path, "no json\n");
  open_one(STANCE_ERR_FORMAT);
  put(kept_path, "no json, no newline");
  open_one(STANCE_ERR_FORMAT);
  options.corrections = folder;
  open_one(STANCE_ERR_OPEN);
  options.corrections = "/dev/null";
  open_one(STANCE_ERR_OPEN);
  options.corrections = kept_path;
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_round_trip),
                                     cmocka_unit_test(test_files)};
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
