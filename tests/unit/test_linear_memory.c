/* test_linear_memory.c: every allocation of the linear room fails once: the error is returned,
 * nothing leaks (the sanitizer build sees to that), and the next try works. Linked with --wrap, see
 * Makefile. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "linear/linear.h"
#include "failing.h"

enum { ROWS = 40, COLS = 50, K = 3 }; /* columns from 12 on are empty */
static uint64_t row_start[ROWS + 1];
static uint32_t col[ROWS * 4];
static int32_t label[ROWS];
static float dense[ROWS * 2], col_scale[COLS], prior[(COLS + 2) * K];
static st_matrix x = {.rows = ROWS,
                      .cols = COLS,
                      .row_start = row_start,
                      .col = col,
                      .col_scale = col_scale,
                      .dense_cols = 2,
                      .dense = dense};

static int setup(void **state) {
  (void)state;
  for (size_t i = 0; i < ROWS; i++) {
    label[i] = (int32_t)(i % K);
    for (size_t t = 0; t < 4; t++) col[i * 4 + t] = (uint32_t)(t * 3 + (i * 7 + t) % 3);
    row_start[i + 1] = (i + 1) * 4;
    dense[2 * i] = (float)(i % 5), dense[2 * i + 1] = (float)(i % 2);
  }
  for (size_t j = 0; j < COLS; j++) col_scale[j] = 1 + (float)j / COLS;
  return 0;
}

static void test_train(void **state) {
  (void)state;
  st_weights whole, init;
  st_train_params p = {.C = 1, .threads = 1};
  assert_int_equal(st_linear_train(&x, label, K, &p, NULL, &init, NULL, NULL), STANCE_OK);
  for (size_t t = 0; t < COLS * K; t++) init.sparse[t] += (float)(t % 3) / 10;
  for (int variant = 0; variant < 8; variant++) {
    x.cols = variant & 4 ? 12 : COLS; /* primal, dual */
    init.cols = x.cols;
    p.solver = variant & 1 ? ST_SOLVER_LBFGS : ST_SOLVER_TRON;
    p.prior = variant & 2 ? prior : NULL;
    assert_int_equal(st_linear_train(&x, label, K, &p, &init, &whole, NULL, NULL), STANCE_OK);
    int failures = 0;
    for (int k = 0;; k++) {
      st_weights w;
      stance_error e = {0};
      atomic_store(&countdown, k);
      stance_status status = st_linear_train(&x, label, K, &p, &init, &w, NULL, &e);
      bool reached = atomic_load(&countdown) < 0;
      atomic_store(&countdown, -1);
      if (status == STANCE_OK) { /* not reached, or done without */
        assert_memory_equal(w.sparse, whole.sparse, x.cols * K * sizeof(float));
        st_weights_free(&w);
        if (!reached) break;
      } else {
        assert_int_equal(status, STANCE_ERR_MEMORY);
        assert_int_equal(e.code, STANCE_ERR_MEMORY);
        assert_null(w.sparse);
        failures++;
      }
    }
    assert_true(failures > 25);
    st_weights_free(&whole);
  }
  st_weights_free(&init);
  x.cols = COLS;
}

static void test_rest(void **state) {
  (void)state;
  float probability[ROWS * K], scale[COLS];
  int32_t predicted[ROWS];
  uint8_t fold[ROWS];
  for (size_t i = 0; i < ROWS * K; i++) probability[i] = 1.0f / K;
  for (size_t i = 0; i < ROWS; i++) predicted[i] = (int32_t)(i % 2);
  for (int k = 0, done = 0; done < 3; k++) {
    st_scores s;
    done = 0;
    for (int f = 0; f < 3; f++) {
      atomic_store(&countdown, k);
      stance_status status =
          f == 0   ? st_score(probability, predicted, label, label, ROWS, K, 10, &s, NULL)
          : f == 1 ? st_nb_scale(&x, label, K, 1, scale, NULL)
                   : st_folds(label, ROWS, 3, 1, fold, NULL);
      atomic_store(&countdown, -1);
      assert_true(status == STANCE_OK || status == STANCE_ERR_MEMORY);
      done += status == STANCE_OK;
      if (f == 0) st_scores_free(&s);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_train), cmocka_unit_test(test_rest)};
  return cmocka_run_group_tests(tests, setup, NULL);
}
