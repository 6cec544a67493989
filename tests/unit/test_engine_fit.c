/* test_engine_fit.c: naive-Bayes scaling and prior, and the search for settings. Rows are made up
 * from a few words by a fixed sequence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/training.h"

static const char *const words[] = {"red", "green", "blue", "fast", "slow", "warm", "cold", "old"};

/* Label "b" says "blue" more often, "a" says "red". */
static stance_dataset *make_rows(int n) {
  stance_dataset *data = NULL;
  assert_int_equal(stance_dataset_new(&data, NULL), STANCE_OK);
  st_buf b = {0};
  st_buf_puts(&b, "id\tlabel\ttext\n");
  unsigned state = 7;
  for (int i = 0; i < n; i++) {
    bool second = i % 3 == 0;
    st_buf_printf(&b, "d%d#%d\t%c\t", i / 4, i % 4, second ? 'b' : 'a');
    for (int k = 0; k < 6; k++) {
      state = state * 1103515245u + 12345u;
      st_buf_printf(&b, "%s ", words[state >> 16 & 7]);
    }
    st_buf_printf(&b, "%s\n", (state >> 20 & 3) ? (second ? "blue" : "red") : "old");
  }
  assert_int_equal(st_load(data, "rows.tsv", b.data, b.len, NULL, NULL), STANCE_OK);
  assert_true(st_dataset_settle(data, data->rows));
  st_buf_free(&b);
  return data;
}

/* Folded scales: the weights of the unscaled features give the margins of the scaled problem, and a
 * prior alone (C near 0) gives naive Bayes' ratios. */
static void test_fit(void **state) {
  (void)state;
  stance_dataset *data = make_rows(200);
  st_recipe r;
  st_recipe_default(&r, false);
  r.bits = 12;
  st_prepared p;
  assert_int_equal(st_prepare(data, &r, NULL, 1, NULL, 0, 1, &p, NULL), STANCE_OK);
  size_t rows = data->rows, cols = p.matrix.cols;
  int32_t *gold = malloc(rows * sizeof *gold);
  for (size_t i = 0; i < rows; i++) gold[i] = data->head[0].gold[i];
  float *scale = malloc(cols * sizeof *scale), *ratio = malloc(cols * 2 * sizeof *ratio);
  st_fit_params f = {.solver = {.C = 2, .tolerance = 1e-5, .threads = 1}, .nb = 1};
  st_weights w, direct;
  st_train_report report;
  assert_int_equal(st_fit(&p.matrix, gold, 2, &f, NULL, &w, &report, NULL), STANCE_OK);
  assert_true(report.converged);
  assert_int_equal(st_nb_scale(&p.matrix, gold, 2, 1, scale, NULL), STANCE_OK);
  double norm = 0;
  for (size_t i = 0; i < rows; i++)
    for (uint64_t e = p.row_start[i]; e < p.row_start[i + 1]; e++)
      norm += pow((double)scale[p.col[e]] * (double)p.row_scale[i], 2);
  for (size_t j = 0; j < cols; j++) scale[j] /= (float)sqrt(norm / (double)rows);
  st_matrix x = p.matrix;
  x.col_scale = scale;
  assert_int_equal(st_linear_train(&x, gold, 2, &f.solver, NULL, &direct, &report, NULL),
                   STANCE_OK);
  for (size_t j = 0; j < cols; j++)
    assert_true(fabsf(w.sparse[2 * j] - direct.sparse[2 * j] * scale[j]) < 1e-3f);
  st_weights_free(&w);
  st_weights_free(&direct);

  f.nb_prior = 0.5f;
  f.solver.C = 1e-7;
  assert_int_equal(st_nb_ratios(&p.matrix, gold, 2, 1, ratio, NULL), STANCE_OK);
  assert_int_equal(st_fit(&p.matrix, gold, 2, &f, NULL, &w, &report, NULL), STANCE_OK);
  for (size_t j = 0; j < cols; j++)
    if (fabsf(ratio[2 * j]) > 0.05f)
      assert_true(fabsf(w.sparse[2 * j] - 0.5f * ratio[2 * j]) < 1e-3f);
  st_weights_free(&w);
  free(gold);
  free(scale);
  free(ratio);
  st_prepared_free(&p);
  stance_dataset_free(data);
}

static stance_status collect(void *ctx, const void *bytes, size_t n, stance_error *err) {
  (void)err;
  st_buf_add(ctx, bytes, n);
  return STANCE_OK;
}

static void test_tune(void **state) {
  (void)state;
  stance_dataset *data = make_rows(160);
  stance_train_options o;
  stance_train_options_default(&o);
  o.bits = 12;
  o.features = "word=1-2,char=3-4";
  st_buf table[2] = {{0}, {0}};
  stance_tuning tuning[2];
  for (int i = 0; i < 2; i++) {
    o.threads = i + 1;
    o.figures = collect;
    o.figures_ctx = &table[i];
    assert_int_equal(stance_tune(data, &o, &tuning[i], NULL), STANCE_OK);
  }
  assert_string_equal(table[0].data, table[1].data); /* whatever the threads */
  assert_non_null(strstr(table[0].data, "chosen: --loss "));
  assert_non_null(strstr(table[0].data, "5 folds of documents"));
  assert_true(tuning[0].macro_f1 > 0.7 && tuning[0].macro_f1 <= 1);
  stance_model *m = NULL;
  stance_tuning_use(&tuning[0], &o);
  o.figures = NULL;
  assert_int_equal(stance_train(data, &o, &m, NULL, NULL), STANCE_OK);
  stance_model_free(m);
  stance_error err;
  o.nb = -1;
  assert_int_equal(stance_tune(data, &o, &tuning[0], &err), STANCE_ERR_USAGE);
  assert_string_equal(err.message, "nb and nb-prior must be numbers, 0 or more");
  st_buf_free(&table[0]);
  st_buf_free(&table[1]);
  stance_dataset_free(data);
}

static bool stop_at_once(void *ctx, const stance_progress *progress) {
  (void)progress;
  ++*(int *)ctx;
  return false;
}

/* A stopped search still chooses, from what it has seen. */
static void test_stop(void **state) {
  (void)state;
  stance_dataset *data = make_rows(60);
  stance_train_options o;
  stance_train_options_default(&o);
  int calls = 0;
  o.bits = 12;
  o.progress = stop_at_once;
  o.progress_ctx = &calls;
  stance_tuning tuning;
  assert_int_equal(stance_tune(data, &o, &tuning, NULL), STANCE_OK);
  assert_int_equal(calls, 2);
  assert_string_equal(tuning.loss, "logistic");
  stance_dataset_free(data);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_fit), cmocka_unit_test(test_tune),
                                     cmocka_unit_test(test_stop)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
