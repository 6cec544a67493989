/* test_linear_train.c: training against a slow reference written from the formulas: objective and
 * gradient in double by finite differences, optima, bits that do not depend on threads. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "linear/linear.h"
#include "linear/solver.h"

static uint64_t seed = 7;
static double uniform(void) {
  seed = seed * 6364136223846793005u + 1442695040888963407u;
  return (double)(seed >> 11) / 9007199254740992.0;
}

/* ---- a problem with everything in it ---- */

typedef struct {
  st_matrix x;
  uint64_t *start;
  uint32_t *col;
  float *row_scale, *col_scale, *dense, *class_weight, *row_weight, *prior;
  int32_t *label;
  size_t classes;
} sample;

static float *random_floats(size_t n, double low, double high) {
  float *v = malloc((n + 1) * sizeof *v);
  for (size_t i = 0; i < n; i++) v[i] = (float)(low + (high - low) * uniform());
  return v;
}

/* Common and rare columns, columns with one row, empty ones, an empty row, rows left out. */
static sample make(size_t rows, size_t cols, size_t dense, size_t classes) {
  sample s = {.classes = classes};
  s.start = malloc((rows + 1) * sizeof *s.start);
  s.col = malloc(rows * cols * sizeof *s.col);
  s.label = malloc(rows * sizeof *s.label);
  s.start[0] = 0;
  for (size_t i = 0; i < rows; i++) {
    uint64_t n = s.start[i];
    int32_t y = (int32_t)(uniform() * (double)classes);
    for (size_t j = 0; j < cols && i != 3; j++) {
      double p = j % 7 == 0   ? 0.4
                 : j % 7 == 1 ? 2.0 / (double)rows
                 : j % 7 == 2 ? 0
                              : 5.0 / (double)rows;
      if (j % classes == (size_t)y) p *= 1.7;
      if (uniform() < p) s.col[n++] = (uint32_t)j;
    }
    s.start[i + 1] = n;
    s.label[i] = i % 11 == 5 ? -1 : y;
  }
  s.row_scale = random_floats(rows, 0.3, 1);
  s.col_scale = random_floats(cols, 0, 2);
  s.dense = random_floats(rows * dense, -1, 1);
  s.class_weight = random_floats(classes, 0.5, 2);
  s.row_weight = random_floats(rows, 0, 2);
  s.prior = random_floats((cols + dense) * classes, -0.3, 0.3);
  s.x = (st_matrix){.rows = rows,
                    .cols = cols,
                    .row_start = s.start,
                    .col = s.col,
                    .row_scale = s.row_scale,
                    .col_scale = s.col_scale,
                    .dense_cols = dense,
                    .dense = dense ? s.dense : NULL};
  return s;
}

static void drop(sample *s) {
  free(s->start), free(s->col), free(s->label), free(s->row_scale), free(s->col_scale),
      free(s->dense);
  free(s->class_weight), free(s->row_weight), free(s->prior);
}

static double entry(const st_matrix *x, uint64_t e, size_t i) {
  return (x->row_scale ? (double)x->row_scale[i] : 1) *
         (x->col_scale ? (double)x->col_scale[x->col[e]] : 1);
}

/* ---- the reference: w is [cols + dense + 1][classes] doubles ---- */

static double margin(const sample *s, const double *w, size_t i, size_t k) {
  const st_matrix *x = &s->x;
  size_t K = s->classes;
  double m = w[(x->cols + x->dense_cols) * K + k];
  for (uint64_t e = x->row_start[i]; e < x->row_start[i + 1]; e++)
    m += entry(x, e, i) * w[x->col[e] * K + k];
  for (size_t f = 0; f < x->dense_cols; f++)
    m += (double)x->dense[i * x->dense_cols + f] * w[(x->cols + f) * K + k];
  return m;
}

/* The objective of linear.h; for two classes the one-vector problem, in terms of W1 and W0. */
static double objective(const sample *s, const st_train_params *p, const double *w) {
  size_t K = s->classes, S = s->x.cols, F = s->x.dense_cols;
  double sum = 0, penalty = p->dense_penalty > 0 ? p->dense_penalty : 1;
  for (size_t j = 0; j < S + F; j++) {
    double d[64], square = 0;
    for (size_t k = 0; k < K; k++)
      d[k] = w[j * K + k] - (p->prior ? (double)p->prior[j * K + k] : 0);
    if (K == 2) {
      double v = p->loss == ST_LOSS_SVM ? (d[1] - d[0]) / 2 : d[1] - d[0];
      square = v * v;
    } else {
      for (size_t k = 0; k < K; k++) square += d[k] * d[k];
    }
    sum += 0.5 * (j < S ? 1 : penalty) * square;
  }
  for (size_t i = 0; i < s->x.rows; i++) {
    if (s->label[i] < 0) continue;
    size_t y = (size_t)s->label[i];
    double c = p->C * (p->class_weight ? (double)p->class_weight[y] : 1) *
               (p->row_weight ? (double)p->row_weight[i] : 1);
    double m[64], z = 0;
    for (size_t k = 0; k < K; k++) m[k] = margin(s, w, i, k);
    if (p->loss == ST_LOSS_LOGISTIC) {
      for (size_t k = 0; k < K; k++) z += exp(m[k] - m[y]);
      sum += c * log(z);
    } else if (K == 2) {
      double v = 1 - (m[y] - m[1 - y]) / 2;
      sum += v > 0 ? c * v * v : 0;
    } else {
      for (size_t k = 0; k < K; k++) {
        double v = 1 - (k == y ? m[k] : -m[k]);
        sum += v > 0 ? c * v * v : 0;
      }
    }
  }
  return sum;
}

static double *to_doubles(const st_weights *w) {
  size_t K = w->classes, S = w->cols * K, F = w->dense_cols * K;
  double *v = malloc((S + F + K) * sizeof *v);
  for (size_t t = 0; t < S; t++) v[t] = (double)w->sparse[t];
  for (size_t t = 0; t < F; t++) v[S + t] = (double)w->dense[t];
  for (size_t t = 0; t < K; t++) v[S + F + t] = (double)w->bias[t];
  return v;
}

/* |gradient| by central differences at w. */
static double numeric_norm(const sample *s, const st_train_params *p, double *w) {
  size_t n = (s->x.cols + s->x.dense_cols + 1) * s->classes;
  double sum = 0, h = 1e-4;
  for (size_t t = 0; t < n; t++) {
    double old = w[t];
    w[t] = old + h;
    double up = objective(s, p, w);
    w[t] = old - h;
    double down = objective(s, p, w);
    w[t] = old;
    double g = (up - down) / (2 * h);
    sum += g * g;
  }
  return sqrt(sum);
}

static void assert_near(double a, double b, double tolerance, const char *what) {
  if (!(fabs(a - b) <= tolerance))
    fail_msg("%s: %.9g is not %.9g (within %g)", what, a, b, tolerance);
}

/* Every combination of loss, solver, classes, extras: the reported objective is the reference's,
 * the reference's gradient there is small, and margins agree with the reference's. */
static void check_optimum(size_t rows, size_t cols, size_t classes, size_t dense, st_loss loss,
                          st_solver solver, unsigned extras) {
  sample s = make(rows, cols, dense, classes);
  st_train_params p = {.loss = loss,
                       .solver = solver,
                       .C = 0.7,
                       .tolerance = 1e-4,
                       .max_iterations = 1000,
                       .threads = 2};
  if (extras & 1) p.class_weight = s.class_weight, p.row_weight = s.row_weight;
  if (extras & 2) p.prior = s.prior, p.dense_penalty = 0.3;
  if (extras & 4) s.x.row_scale = s.x.col_scale = NULL;
  st_weights w, again;
  st_train_report r, r2;
  stance_error e;
  assert_int_equal(st_linear_train(&s.x, s.label, classes, &p, NULL, &w, &r, &e), STANCE_OK);
  if (!r.converged)
    fail_msg("%zu classes, loss %d, solver %d, extras %u: %d iterations, %g of %g", classes,
             (int)loss, (int)solver, extras, r.iterations, r.gradient_norm, r.start_norm);
  double *v = to_doubles(&w), f = objective(&s, &p, v);
  assert_near(r.objective, f, 2e-6 * f, "objective");
  double *zero = calloc((cols + dense + 1) * classes, sizeof *zero);
  st_train_params no_prior = p;
  no_prior.prior = NULL;
  double first = numeric_norm(&s, &no_prior, zero), last = numeric_norm(&s, &p, v);
  if (!(last <= 3e-4 * first)) fail_msg("gradient %g of %g at the optimum", last, first);
  float *m = malloc(rows * classes * sizeof *m);
  st_linear_margins(&s.x, &w, NULL, 3, m);
  for (size_t i = 0; i < rows; i++)
    for (size_t k = 0; k < classes; k++)
      assert_near((double)m[i * classes + k], margin(&s, v, i, k), 1e-4, "margin");
  int32_t *trained = malloc(rows * sizeof *trained); /* every third row was left out */
  float *some = calloc(rows * classes, sizeof *some);
  for (size_t i = 0; i < rows; i++) trained[i] = i % 3 ? 0 : -1;
  st_linear_margins(&s.x, &w, trained, 3, some);
  for (size_t t = 0; t < rows * classes; t++)
    assert_true(some[t] == (t / classes % 3 ? 0 : m[t]));
  free(trained), free(some);
  /* Warm start from the optimum ends at once; from random weights at the same objective. */
  assert_int_equal(st_linear_train(&s.x, s.label, classes, &p, &w, &again, &r2, &e), STANCE_OK);
  if (!r2.converged || r2.iterations > 3)
    fail_msg("%zu classes, loss %d, solver %d, extras %u: %d iterations, %g then %g of %g", classes,
             (int)loss, (int)solver, extras, r2.iterations, r.gradient_norm, r2.gradient_norm,
             r2.start_norm);
  assert_near(r2.objective, f, 1e-5 * f, "warm objective");
  st_weights_free(&again);
  for (size_t t = 0; t < cols * classes; t++) w.sparse[t] = (float)(uniform() - 0.5);
  for (size_t t = 0; t < dense * classes; t++) w.dense[t] = (float)(uniform() - 0.5);
  p.tolerance = 5e-4; /* far from the rows' span single precision ends at about 1e-4 */
  assert_int_equal(st_linear_train(&s.x, s.label, classes, &p, &w, &again, &r2, &e), STANCE_OK);
  if (!r2.converged)
    fail_msg("%zu classes, loss %d, solver %d, extras %u: %d iterations, %g of %g", classes,
             (int)loss, (int)solver, extras, r2.iterations, r2.gradient_norm, r2.start_norm);
  /* f(w) - f* <= |g|^2 / 2 mu, mu the smallest penalty (0.3) */
  double gap = r2.gradient_norm * r2.gradient_norm / 0.6 + 1e-5 * f;
  double *v2 = to_doubles(&again);
  assert_near(r2.objective, f, gap, "objective from another start");
  assert_near(objective(&s, &p, v2), f, gap, "the weights' objective from another start");
  st_weights_free(&again), st_weights_free(&w);
  free(v), free(v2), free(zero), free(m);
  drop(&s);
}

static void test_optima(void **state) {
  (void)state;
  const size_t classes[] = {2, 3, 4, 6, 11};
  for (size_t c = 0; c < 5; c++)
    for (unsigned extras = 0; extras < 8; extras++)
      for (int solver = ST_SOLVER_LBFGS; solver <= ST_SOLVER_TRON; solver++)
        for (int loss = 0; loss < 2; loss++)
          check_optimum(80, extras & 2 ? 60 : 160, classes[c], extras & 1 ? 5 : 0, (st_loss)loss,
                        (st_solver)solver, extras);
}

/* ---- the solvers' own functions against finite differences ---- */

typedef struct {
  sample s;
  st_train_params params;
  st_problem p;
  st_solve solve;
  st_vec g;
} inside;

static void open_inside(inside *t, size_t rows, st_loss loss, size_t classes) {
  memset(t, 0, sizeof *t);
  t->s = make(rows, 40, 3, classes);
  t->params = (st_train_params){.loss = loss,
                                .C = 0.8,
                                .class_weight = t->s.class_weight,
                                .row_weight = t->s.row_weight,
                                .threads = 2};
  assert_int_equal(st_problem_init(&t->p, &t->s.x, t->s.label, classes, &t->params, false, NULL),
                   STANCE_OK);
  size_t n = t->p.rows * t->p.lanes;
  t->solve = (st_solve){.p = &t->p,
                        .params = &t->params,
                        .margin = st_floats(n),
                        .q = st_floats(n),
                        .curve = st_floats(n)};
  assert_true(st_vec_new(&t->p, &t->solve.w) && st_vec_new(&t->p, &t->g));
}

static void close_inside(inside *t) {
  st_vec_free(&t->solve.w), st_vec_free(&t->g);
  free(t->solve.margin), free(t->solve.q), free(t->solve.curve);
  st_problem_free(&t->p);
  drop(&t->s);
}

/* Loss, gradient and curvature by margin against differences of the loss. */
static void check_margins(st_loss loss, size_t classes) {
  inside t;
  open_inside(&t, 90, loss, classes);
  size_t n = t.p.rows, L = t.p.lanes, used = L == 1 ? 1 : classes;
  float *step = st_floats(n * L), *dm = st_floats(n * L), *t0 = st_floats(L);
  for (size_t i = 0; i < n * L; i++) {
    bool live = i % L < used;
    t.solve.margin[i] = live ? (float)(2 * uniform() - 1) : 0;
    step[i] = live ? (float)(2 * uniform() - 1) : 0;
  }
  double f[64], change[64], d1[64], d2[64], up[64], down[64], unused[64], unused2[64],
      slope = 0, curve = 0, h = 1e-3;
  st_loss_rows(&t.p, 0, n, t.solve.margin, t.solve.q, t.solve.curve, f);
  st_curvature(&t.p, 0, n, t.solve.curve, step, dm);
  for (size_t i = 0; i < n * L; i++)
    slope += (double)(t.solve.q[i] * step[i]), curve += (double)(dm[i] * step[i]);
  st_loss_change(&t.p, 0, n, t.solve.margin, step, t0, change, d1, d2); /* at 0 */
  double s1 = 0, s2 = 0, numeric1 = 0, numeric2 = 0;
  for (size_t l = 0; l < L; l++) {
    assert_near(change[l], 0, 1e-9, "no change at 0");
    s1 += d1[l], s2 += d2[l], t0[l] = (float)h;
  }
  h = (double)t0[0];
  st_loss_change(&t.p, 0, n, t.solve.margin, step, t0, up, unused, unused2);
  for (size_t l = 0; l < L; l++) t0[l] = -(float)h;
  st_loss_change(&t.p, 0, n, t.solve.margin, step, t0, down, unused, unused2);
  for (size_t l = 0; l < L; l++)
    numeric1 += (up[l] - down[l]) / (2 * h), numeric2 += (up[l] + down[l]) / (h * h);
  assert_near(s1, numeric1, 1e-3 * fabs(numeric1) + 1e-3, "slope");
  assert_near(slope, s1, 1e-4 * fabs(s1) + 1e-4, "gradient by margin");
  assert_near(s2, numeric2, 0.05 * fabs(numeric2), "second derivative");
  assert_near(curve, s2, 1e-4 * fabs(s2), "curvature");
  free(step), free(dm), free(t0);
  close_inside(&t);
}

/* X^T q by st_adjoint against the sum written out, with its image K q; primal and dual alike. */
static void check_adjoint(size_t rows, size_t classes) {
  inside t;
  open_inside(&t, rows, ST_LOSS_SVM, classes);
  st_problem *p = &t.p;
  size_t L = p->lanes, used = L == 1 ? 1 : classes, F = 3;
  float *q = st_floats(p->rows * L), *scaled = st_floats(p->rows * L);
  for (size_t i = 0; i < p->rows; i++)
    for (size_t l = 0; l < used; l++) q[i * L + l] = (float)(2 * uniform() - 1);
  for (size_t b = 0; b < st_row_blocks(p); b++) {
    size_t from = b * ROW_BLOCK, to = from + ROW_BLOCK < p->rows ? from + ROW_BLOCK : p->rows;
    memcpy(scaled + from * L, q + from * L, (to - from) * L * sizeof *q);
    double unused[64];
    st_rows_scale(p, b, from, to, NULL, scaled, unused);
  }
  st_adjoint(p, scaled);
  for (size_t l = 0; l < used; l++) {
    double column[40] = {0}, dense[3] = {0}, bias = 0;
    for (size_t i = 0; i < p->n; i++) {
      size_t in = p->row[i];
      double v = (double)q[i * L + l];
      for (uint64_t e = t.s.start[in]; e < t.s.start[in + 1]; e++)
        column[t.s.col[e]] += entry(&t.s.x, e, in) * v;
      for (size_t f = 0; f < F; f++) dense[f] += (double)t.s.dense[in * F + f] * v;
      bias += v;
    }
    for (size_t f = 0; f < F; f++)
      assert_near((double)p->t_e[(p->sparse_e + f) * L + l], dense[f], 1e-4, "dense");
    assert_near((double)p->t_e[(p->sparse_e + F) * L + l], bias, 1e-4, "bias");
    for (size_t j = 0; j < p->sparse_e; j++)
      assert_near((double)(p->t_e[j * L + l] * t.s.col_scale[j]), column[j], 1e-4, "column");
    for (size_t i = 0; i < p->n && !p->primal; i++) {
      double z = 0, got = (double)(p->self[i] * scaled[i * L + l]);
      for (size_t part = 0; part < p->parts; part++)
        got += (double)p->z_part[(part * p->rows + i) * L + l];
      size_t in = p->row[i];
      for (uint64_t e = t.s.start[in]; e < t.s.start[in + 1]; e++)
        z += entry(&t.s.x, e, in) * column[t.s.col[e]];
      assert_near(got * (double)p->row_scale[i], z, 1e-4, "K q");
    }
  }
  free(q), free(scaled);
  close_inside(&t);
}

static void test_derivatives(void **state) {
  (void)state;
  for (size_t classes = 2; classes < 20; classes += 3) {
    check_margins(ST_LOSS_LOGISTIC, classes);
    check_margins(ST_LOSS_SVM, classes);
    check_adjoint(90, classes); /* primal */
    check_adjoint(40, classes); /* dual */
  }
}

/* More than 65,536 rows are trained in the primal, or, with more columns still (here empty ones),
 * in the dual with wide row numbers; half of the rows, twice as heavy, in the dual with narrow
 * ones. The optimum is the same. */
static void test_primal(void **state) {
  (void)state;
  size_t half = 33000;
  sample s = make(half, 24, 2, 3);
  uint64_t entries = s.start[half];
  uint64_t *start = malloc((2 * half + 1) * sizeof *start);
  uint32_t *col = malloc(2 * entries * sizeof *col);
  int32_t *label = malloc(2 * half * sizeof *label);
  float *scale = malloc(2 * half * sizeof *scale), *dense = malloc(4 * half * sizeof *dense);
  for (int t = 0; t < 2; t++) {
    for (size_t i = 0; i < half; i++)
      start[(size_t)t * half + i] = s.start[i] + (uint64_t)t * entries;
    memcpy(col + (size_t)t * entries, s.col, entries * sizeof *col);
    memcpy(label + (size_t)t * half, s.label, half * sizeof *label);
    memcpy(scale + (size_t)t * half, s.row_scale, half * sizeof *scale);
    memcpy(dense + (size_t)t * 2 * half, s.dense, 2 * half * sizeof *dense);
  }
  start[2 * half] = 2 * entries;
  st_matrix big = s.x;
  big.rows = 2 * half, big.row_start = start, big.col = col, big.row_scale = scale,
  big.dense = dense;
  float *col_scale = calloc(70000, sizeof *col_scale);
  memcpy(col_scale, s.col_scale, 24 * sizeof *col_scale);
  big.col_scale = col_scale;
  for (int variant = 0; variant < 8; variant++) {
    st_train_params p = {.loss = (st_loss)(variant & 1),
                         .solver = variant & 2 ? ST_SOLVER_TRON : ST_SOLVER_LBFGS,
                         .C = 0.01,
                         .tolerance = 1e-4,
                         .threads = 1};
    bool wide = variant & 4;
    big.cols = wide ? 70000 : 24;
    st_weights one, two, few;
    st_train_report r, r2;
    assert_int_equal(st_linear_train(&big, label, 3, &p, NULL, &one, &r, NULL), STANCE_OK);
    p.threads = 3;
    assert_int_equal(st_linear_train(&big, label, 3, &p, NULL, &two, NULL, NULL), STANCE_OK);
    assert_memory_equal(one.sparse, two.sparse, 24 * 3 * sizeof(float));
    assert_memory_equal(one.dense, two.dense, 2 * 3 * sizeof(float));
    p.C = 0.02;
    two.cols = 24; /* the rest are zeros */
    assert_int_equal(st_linear_train(&s.x, s.label, 3, &p, &two, &few, &r2, NULL), STANCE_OK);
    assert_true(r.converged && r2.converged);
    assert_near(r.objective, r2.objective, 1e-5 * r.objective, "all rows and half of them");
    for (size_t t = 0; t < 24 * 3; t++)
      assert_near((double)one.sparse[t], (double)few.sparse[t], 2e-2, "weight");
    st_weights_free(&one), st_weights_free(&two), st_weights_free(&few);
  }
  free(col_scale);
  free(start), free(col), free(label), free(scale), free(dense);
  drop(&s);
}

static void check_same_bits(size_t rows, size_t cols) {
  sample s = make(rows, cols, 3, 4);
  for (int loss = 0; loss < 2; loss++)
    for (int solver = ST_SOLVER_LBFGS; solver <= ST_SOLVER_TRON; solver++) {
      st_train_params p = {
          .loss = (st_loss)loss, .solver = (st_solver)solver, .C = 1, .prior = s.prior};
      st_weights first = {0};
      for (int t = 0; t < 4; t++) {
        p.threads = (int[]){1, 2, 4, 1}[t];
        st_weights w;
        assert_int_equal(st_linear_train(&s.x, s.label, 4, &p, NULL, &w, NULL, NULL), STANCE_OK);
        if (!t) {
          first = w;
          continue;
        }
        assert_memory_equal(first.sparse, w.sparse, cols * 4 * sizeof(float));
        assert_memory_equal(first.dense, w.dense, 3 * 4 * sizeof(float));
        assert_memory_equal(first.bias, w.bias, 4 * sizeof(float));
        st_weights_free(&w);
      }
      st_weights_free(&first);
    }
  drop(&s);
}

static void test_same_bits(void **state) {
  (void)state;
  check_same_bits(3000, 300);  /* primal */
  check_same_bits(1500, 1600); /* dual, several parts */
}

/* Two rows, one column each, no bias to speak of: x = 1 of class 1 and x = 1 in another column of
 * class 0. By symmetry the bias is 0, and w solves w = C / (1 + exp(w)) (logistic),
 * w = 2 C (1 - w) (squared hinge). */
static void test_known(void **state) {
  (void)state;
  const uint64_t start[] = {0, 1, 2};
  const uint32_t col[] = {0, 1};
  const int32_t label[] = {1, 0};
  const st_matrix x = {.rows = 2, .cols = 2, .row_start = start, .col = col};
  for (int solver = ST_SOLVER_LBFGS; solver <= ST_SOLVER_TRON; solver++) {
    st_train_params p = {.C = 3, .tolerance = 1e-6, .solver = (st_solver)solver, .threads = 1};
    st_weights w;
    assert_int_equal(st_linear_train(&x, label, 2, &p, NULL, &w, NULL, NULL), STANCE_OK);
    double v = (double)(w.sparse[1] - w.sparse[0]);
    assert_near(v, 3 / (1 + exp(v)), 1e-5, "logistic");
    assert_near((double)(w.sparse[3] - w.sparse[2]), -v, 1e-5, "mirror");
    assert_near((double)w.bias[1], 0, 1e-6, "bias");
    st_weights_free(&w);
    p.loss = ST_LOSS_SVM;
    assert_int_equal(st_linear_train(&x, label, 2, &p, NULL, &w, NULL, NULL), STANCE_OK);
    assert_near((double)w.sparse[1], 6.0 / 7, 1e-5, "svm");
    assert_near((double)w.sparse[0], -6.0 / 7, 1e-5, "svm");
    st_weights_free(&w);
  }
}

static bool stop_at_two(void *ctx, int iteration, double f, double norm) {
  int *calls = ctx;
  (void)f, (void)norm;
  ++*calls;
  return iteration < 2;
}

static void test_interruption(void **state) {
  (void)state;
  sample s = make(300, 60, 0, 3);
  for (int solver = ST_SOLVER_LBFGS; solver <= ST_SOLVER_TRON; solver++) {
    int calls = 0;
    st_train_params p = {.C = 1,
                         .tolerance = 1e-6,
                         .solver = (st_solver)solver,
                         .progress = stop_at_two,
                         .progress_ctx = &calls};
    st_weights w;
    st_train_report r;
    assert_int_equal(st_linear_train(&s.x, s.label, 3, &p, NULL, &w, &r, NULL), STANCE_OK);
    assert_true(r.interrupted && !r.converged);
    assert_int_equal(r.iterations, 2);
    assert_int_equal(calls, 2);
    double *v = to_doubles(&w);
    assert_near(objective(&s, &p, v), r.objective, 1e-5 * r.objective, "objective when stopped");
    free(v);
    st_weights_free(&w);
  }
  drop(&s);
}

static void test_errors(void **state) {
  (void)state;
  sample s = make(30, 20, 0, 3);
  stance_error e;
  st_weights w;
  st_train_params p = {.C = 1};
  int32_t one[30] = {0};
  assert_int_equal(st_linear_train(&s.x, one, 3, &p, NULL, &w, NULL, &e), STANCE_ERR_DATA);
  assert_string_equal(e.message,
                      "the training rows have one label only: two are needed to learn from");
  for (int i = 0; i < 30; i++) one[i] = -1;
  assert_int_equal(st_linear_train(&s.x, one, 3, &p, NULL, &w, NULL, &e), STANCE_ERR_DATA);
  p.C = 0;
  assert_int_equal(st_linear_train(&s.x, s.label, 3, &p, NULL, &w, NULL, &e), STANCE_ERR_USAGE);
  assert_string_equal(e.message, "C must be a positive number, not 0");
  p.C = NAN;
  assert_int_equal(st_linear_train(&s.x, s.label, 3, &p, NULL, &w, NULL, &e), STANCE_ERR_USAGE);
  p.C = 1, p.tolerance = 2;
  assert_int_equal(st_linear_train(&s.x, s.label, 3, &p, NULL, &w, NULL, &e), STANCE_ERR_USAGE);
  p.tolerance = 0;
  assert_int_equal(st_linear_train(&s.x, s.label, 2, &p, NULL, &w, NULL, &e), STANCE_ERR_USAGE);
  assert_null(w.sparse);
  float bad[30];
  for (int i = 0; i < 30; i++) bad[i] = NAN;
  p.row_weight = bad;
  assert_int_equal(st_linear_train(&s.x, s.label, 3, &p, NULL, &w, NULL, &e), STANCE_ERR_USAGE);
  drop(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_known),        cmocka_unit_test(test_optima),
      cmocka_unit_test(test_derivatives),  cmocka_unit_test(test_primal),
      cmocka_unit_test(test_same_bits),    cmocka_unit_test(test_errors),
      cmocka_unit_test(test_interruption),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
