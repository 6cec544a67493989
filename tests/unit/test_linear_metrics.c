/* test_linear_metrics.c: scores, calibration, offsets, folds, naive-Bayes scales: against tables
 * worked out by hand and against brute force. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "linear/linear.h"

static void near(double a, double b, double tolerance) {
  if (!(fabs(a - b) <= tolerance)) fail_msg("%.9g is not %.9g (within %g)", a, b, tolerance);
}

static uint64_t seed = 1;
static double uniform(void) {
  seed = seed * 6364136223846793005u + 1442695040888963407u;
  return (double)(seed >> 11) / 9007199254740992.0;
}

/* gold \ said   0  1  2
 *          0    2  1  0
 *          1    0  3  0
 *          2    1  0  1   */
static void test_scores(void **state) {
  (void)state;
  const int32_t gold[] = {0, 0, 0, 1, 1, 1, 2, 2, -1}, said[] = {0, 0, 1, 1, 1, 1, 0, 2, 0};
  float p[9 * 3];
  for (int i = 0; i < 9; i++)
    for (int k = 0; k < 3; k++) p[i * 3 + k] = k == said[i] ? 0.8f : 0.1f;
  st_scores s;
  assert_int_equal(st_score(p, said, gold, NULL, 9, 3, 200, &s, NULL), STANCE_OK);
  assert_int_equal(s.rows, 8);
  assert_int_equal(s.confusion[0 * 3 + 1], 1);
  assert_int_equal(s.confusion[2 * 3 + 0], 1);
  near(s.label[0].precision, 2.0 / 3, 1e-12), near(s.label[0].recall, 2.0 / 3, 1e-12);
  near(s.label[1].precision, 3.0 / 4, 1e-12), near(s.label[1].recall, 1, 1e-12);
  near(s.label[2].precision, 1, 1e-12), near(s.label[2].recall, 0.5, 1e-12);
  near(s.label[1].f1, 6.0 / 7, 1e-12);
  near(s.macro_f1, (2.0 / 3 + 6.0 / 7 + 2.0 / 3) / 3, 1e-12);
  near(s.accuracy, 0.75, 1e-12);
  near(s.log_loss, -(6 * log(0.8) + 2 * log(0.1)) / 8, 1e-6);
  near(s.ece, 0.05, 1e-6);
  assert_int_equal(s.bin[12].rows, 8); /* 0.8 lies in [12/15, 13/15) */
  near(s.bin[12].accuracy, 0.75, 1e-12);
  near(s.coverage_accuracy[0], 0.75, 1e-12);
  near(s.coverage_accuracy[4], 0.75, 1e-12); /* rows 0..3: equal confidence keeps row order */
  assert_true(s.accuracy_low < s.accuracy && s.accuracy < s.accuracy_high);
  assert_true(s.macro_f1_low < s.macro_f1 && s.macro_f1 < s.macro_f1_high);
  double low = s.accuracy_low;
  st_scores_free(&s);
  const int32_t group[] = {7, 7, 7, -3, -3, -3, 9, 9, 9}; /* the same interval every time */
  assert_int_equal(st_score(p, said, gold, NULL, 9, 3, 200, &s, NULL), STANCE_OK);
  near(s.accuracy_low, low, 0);
  st_scores_free(&s);
  assert_int_equal(st_score(p, said, gold, group, 9, 3, 200, &s, NULL), STANCE_OK);
  near(s.accuracy_low, 0.5, 1e-12); /* all three draws are the group 9: 1 of 2 right */
  near(s.accuracy_high, 1, 1e-12);
  st_scores_free(&s);
}

static void test_auc(void **state) {
  (void)state;
  const float score[] = {0.1f, 0.4f, 0.35f, 0.8f, 0.4f};
  const int32_t positive[] = {0, 0, 1, 1, 1};
  near(st_auc(score, positive, 5), (1 + 2 + 1.5) / 6, 1e-12);
}

static double log_loss(const float *m, const int32_t *y, size_t rows, size_t k, double t) {
  double sum = 0;
  for (size_t i = 0; i < rows; i++) {
    double z = 0;
    for (size_t c = 0; c < k; c++) z += exp((double)m[i * k + c] / t);
    sum += log(z) - (double)m[i * k + (size_t)y[i]] / t;
  }
  return sum;
}

enum { ROWS = 200, K = 3 };

static void random_margins(float *m, int32_t *y, double sharp) {
  for (int i = 0; i < ROWS; i++) {
    double best = -1e9;
    for (int k = 0; k < K; k++) {
      double v = uniform() * 2 - 1, noisy = v - log(-log(uniform() + 1e-12)) / 2;
      m[i * K + k] = (float)(sharp * v);
      if (noisy > best) best = noisy, y[i] = k;
    }
  }
}

static void test_temperature(void **state) {
  (void)state;
  float m[ROWS * K];
  int32_t y[ROWS];
  random_margins(m, y, 9);
  double t = (double)st_fit_temperature(m, y, ROWS, K), best = log_loss(m, y, ROWS, K, t);
  for (double other = 0.1; other < 50; other *= 1.01)
    assert_true(log_loss(m, y, ROWS, K, other) >= best - 1e-5 * best);
  assert_true(t > 1); /* margins were made too sharp */
}

static void test_platt(void **state) {
  (void)state;
  float m[ROWS], a, b;
  int32_t y[ROWS];
  double np = 0;
  for (int i = 0; i < ROWS; i++) {
    m[i] = (float)(uniform() * 6 - 3);
    y[i] = uniform() < 1 / (1 + exp(-(2 * (double)m[i] + 0.5)));
    np += y[i];
  }
  st_fit_platt(m, y, ROWS, &a, &b);
  double g1 = 0, g2 = 0, hi = (np + 1) / (np + 2), lo = 1 / (ROWS - np + 2); /* zero gradient */
  for (int i = 0; i < ROWS; i++) {
    double p = 1 / (1 + exp((double)a * (double)m[i] + (double)b)), d = (y[i] ? hi : lo) - p;
    g1 += d * (double)m[i], g2 += d;
  }
  near(g1, 0, 1e-3), near(g2, 0, 1e-3);
  near((double)a, -2, 0.7);
}

static double offset_f1(const float *p, const int32_t *y, const double *o, int32_t *said) {
  for (int i = 0; i < ROWS; i++) {
    said[i] = 0;
    for (int k = 1; k < K; k++)
      if (log((double)p[i * K + k]) + o[k] > log((double)p[i * K + said[i]]) + o[said[i]])
        said[i] = k;
  }
  st_scores s;
  assert_int_equal(st_score(p, said, y, NULL, ROWS, K, 0, &s, NULL), STANCE_OK);
  double f = s.macro_f1;
  st_scores_free(&s);
  return f;
}

static void test_offsets(void **state) {
  (void)state;
  float m[ROWS * K], p[ROWS * K], fitted[K];
  int32_t y[ROWS], said[ROWS];
  random_margins(m, y, 1.5);
  for (int i = 0; i < ROWS; i++) {
    m[i * K] += 1.0f; /* a prior that over-predicts class 0 */
    st_softmax(m + i * K, K, 1, p + i * K);
  }
  st_fit_offsets(p, y, ROWS, K, fitted);
  near((double)fitted[0], 0, 0);
  double zero[K] = {0}, got[K] = {0, (double)fitted[1], (double)fitted[2]}, best = 0;
  double start = offset_f1(p, y, zero, said), f = offset_f1(p, y, got, said);
  for (double a = -2; a < 3; a += 0.05)
    for (double b = -2; b < 3; b += 0.05) {
      double o[K] = {0, a, b}, g = offset_f1(p, y, o, said);
      if (g > best) best = g;
    }
  assert_true(f > start);
  assert_true(f >= best - 0.02); /* coordinate ascent: near the grid's best */
}

static void test_folds(void **state) {
  (void)state;
  enum { N = 1000 };
  int32_t g[N], g2[N];
  uint8_t fold[N], fold2[N];
  for (int i = 0; i < N; i++) g[i] = (int32_t)(uniform() * uniform() * 90) - 20;
  assert_int_equal(st_folds(g, N, 5, 42, fold, NULL), STANCE_OK);
  int load[5] = {0};
  for (int i = 0; i < N; i++) {
    load[fold[i]]++;
    for (int j = 0; j < i; j++)
      if (g[i] == g[j]) assert_int_equal(fold[i], fold[j]);
  }
  for (int f = 0; f < 5; f++) assert_in_range(load[f], 180, 220);
  for (int i = 0; i < N; i++) g2[i] = g[N - 1 - i]; /* order of rows does not matter */
  assert_int_equal(st_folds(g2, N, 5, 42, fold2, NULL), STANCE_OK);
  for (int i = 0; i < N; i++) assert_int_equal(fold2[i], fold[N - 1 - i]);
  assert_int_equal(st_folds(g, N, 5, 43, fold2, NULL), STANCE_OK);
  assert_memory_not_equal(fold, fold2, N);
  assert_int_equal(st_folds(NULL, N, 10, 1, fold, NULL), STANCE_OK);
  assert_int_equal(st_folds(g, N, 1, 1, fold, NULL), STANCE_ERR_USAGE);
  assert_int_equal(st_folds(g, 0, 2, 1, fold, NULL), STANCE_OK);
}

/* Two classes: |r| of the paper. Column 0 in both rows of class 0, column 1 in one of each. */
static void test_nb(void **state) {
  (void)state;
  const uint64_t start[] = {0, 2, 3, 4, 4};
  const uint32_t col[] = {0, 1, 0, 1};
  const st_matrix x = {.rows = 4, .cols = 2, .row_start = start, .col = col};
  const int32_t y[] = {0, 0, 1, -1};
  float r[2];
  assert_int_equal(st_nb_scale(&x, y, 2, 1, r, NULL), STANCE_OK);
  near((double)r[0], fabs(log((3.0 / 5) / (1.0 / 3))), 1e-6);
  near((double)r[1], fabs(log((2.0 / 5) / (2.0 / 3))), 1e-6);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_scores),      cmocka_unit_test(test_auc),
      cmocka_unit_test(test_temperature), cmocka_unit_test(test_platt),
      cmocka_unit_test(test_offsets),     cmocka_unit_test(test_folds),
      cmocka_unit_test(test_nb),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
