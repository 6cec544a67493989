/* train.c: a first, simple trainer: L-BFGS (Nocedal 1980, two-loop recursion) on all columns. */
#include "linear/linear.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  const st_matrix *x;
  const int32_t *label;
  size_t classes, n; /* n = (cols + dense_cols + 1) * classes */
  const st_train_params *p;
} problem;

static void row_margins(const st_matrix *x, size_t i, size_t k, const double *w, double *m) {
  const double *dense = w + x->cols * k, *bias = dense + x->dense_cols * k;
  double scale = x->row_scale ? (double)x->row_scale[i] : 1;
  memset(m, 0, k * sizeof *m);
  for (uint64_t e = x->row_start[i]; e < x->row_start[i + 1]; e++) {
    size_t j = x->col[e];
    double v = scale * (x->col_scale ? (double)x->col_scale[j] : 1);
    for (size_t c = 0; c < k; c++) m[c] += v * w[j * k + c];
  }
  for (size_t f = 0; f < x->dense_cols; f++)
    for (size_t c = 0; c < k; c++)
      m[c] += (double)x->dense[i * x->dense_cols + f] * dense[f * k + c];
  for (size_t c = 0; c < k; c++) m[c] += bias[c];
}

static double evaluate(const problem *q, const double *w, double *g, double *m) {
  const st_matrix *x = q->x;
  size_t k = q->classes, sparse = x->cols * k, nodes = (x->cols + x->dense_cols) * k;
  double f = 0, penalty = q->p->dense_penalty > 0 ? q->p->dense_penalty : 1;
  memset(g, 0, q->n * sizeof *g);
  for (size_t t = 0; t < nodes; t++) {
    double d = w[t] - (q->p->prior ? (double)q->p->prior[t] : 0), s = t < sparse ? 1 : penalty;
    f += 0.5 * s * d * d;
    g[t] = s * d;
  }
  double *gd = g + sparse, *gb = g + nodes;
  for (size_t i = 0; i < x->rows; i++) {
    if (q->label[i] < 0) continue;
    size_t y = (size_t)q->label[i];
    double c = q->p->C * (q->p->class_weight ? (double)q->p->class_weight[y] : 1) *
               (q->p->row_weight ? (double)q->p->row_weight[i] : 1);
    row_margins(x, i, k, w, m);
    if (q->p->loss == ST_LOSS_LOGISTIC) {
      double top = m[0], sum = 0;
      for (size_t t = 1; t < k; t++) top = fmax(top, m[t]);
      for (size_t t = 0; t < k; t++) sum += exp(m[t] - top);
      f += c * (top + log(sum) - m[y]);
      for (size_t t = 0; t < k; t++) m[t] = c * (exp(m[t] - top) / sum - (t == y));
    } else {
      for (size_t t = 0; t < k; t++) {
        double s = t == y ? 1 : -1, v = 1 - s * m[t];
        f += v > 0 ? c * v * v : 0;
        m[t] = v > 0 ? -2 * c * s * v : 0;
      }
    }
    double scale = x->row_scale ? (double)x->row_scale[i] : 1;
    for (uint64_t e = x->row_start[i]; e < x->row_start[i + 1]; e++) {
      size_t j = x->col[e];
      double v = scale * (x->col_scale ? (double)x->col_scale[j] : 1);
      for (size_t t = 0; t < k; t++) g[j * k + t] += v * m[t];
    }
    for (size_t d = 0; d < x->dense_cols; d++)
      for (size_t t = 0; t < k; t++)
        gd[d * k + t] += (double)x->dense[i * x->dense_cols + d] * m[t];
    for (size_t t = 0; t < k; t++) gb[t] += m[t];
  }
  return f;
}

static double dot(const double *a, const double *b, size_t n) {
  double s = 0;
  for (size_t t = 0; t < n; t++) s += a[t] * b[t];
  return s;
}

enum { M = 10 };

stance_status st_linear_train(const st_matrix *x, const int32_t *label, size_t classes,
                              const st_train_params *params, const st_weights *init,
                              st_weights *out, st_train_report *report, stance_error *err) {
  memset(out, 0, sizeof *out);
  st_train_report own, *r = report ? report : &own;
  memset(r, 0, sizeof *r);
  if (!(params->C > 0) || classes < 2)
    return st_fail(err, STANCE_ERR_USAGE,
                   "C must be positive and there must be two labels or more");
  size_t k = classes, cols = x->cols, d = x->dense_cols, n = (cols + d + 1) * k;
  int first = -1;
  bool two = false;
  for (size_t i = 0; i < x->rows; i++)
    if (label[i] >= 0) {
      if (first < 0) first = label[i];
      two |= label[i] != first;
    }
  if (!two) return st_fail(err, STANCE_ERR_DATA, "fewer than two labels in the training rows");
  problem q = {x, label, k, n, params};
  double *w = st_calloc((6 + 2 * M) * n + k, sizeof *w);
  *out = (st_weights){cols,
                      d,
                      k,
                      st_calloc(cols * k, sizeof(float)),
                      st_calloc(d * k, sizeof(float)),
                      st_calloc(k, sizeof(float))};
  if (!w || !out->sparse || !out->dense || !out->bias) {
    free(w);
    st_weights_free(out);
    return st_fail_memory(err, "training");
  }
  double *g = w + n, *w1 = g + n, *g1 = w1 + n, *dir = g1 + n, *s = dir + n, *y = s + M * n,
         *m = y + M * n, rho[M], a[M];
  double f = evaluate(&q, w, g, m), start = sqrt(dot(g, g, n));
  double tol = params->tolerance > 0 ? params->tolerance : 1e-3;
  int max = params->max_iterations > 0 ? params->max_iterations : 300;
  if (init) {
    for (size_t t = 0; t < cols * k; t++) w[t] = (double)init->sparse[t];
    for (size_t t = 0; t < d * k; t++) w[cols * k + t] = (double)init->dense[t];
    for (size_t t = 0; t < k; t++) w[(cols + d) * k + t] = (double)init->bias[t];
    f = evaluate(&q, w, g, m);
  }
  int have = 0, it = 0;
  double norm = sqrt(dot(g, g, n));
  for (; it < max && !(r->converged = norm <= tol * start); it++) {
    memcpy(dir, g, n * sizeof *g);
    int low = have > M ? have - M : 0;
    for (int h = have - 1; h >= low; h--) {
      a[h % M] = dot(s + (size_t)(h % M) * n, dir, n) * rho[h % M];
      for (size_t t = 0; t < n; t++) dir[t] -= a[h % M] * y[(size_t)(h % M) * n + t];
    }
    double *yl = y + (size_t)((have + M - 1) % M) * n;
    double gamma = have ? 1 / (rho[(have - 1) % M] * dot(yl, yl, n)) : 1 / norm;
    for (size_t t = 0; t < n; t++) dir[t] *= gamma;
    for (int h = low; h < have; h++) {
      double b = dot(y + (size_t)(h % M) * n, dir, n) * rho[h % M];
      for (size_t t = 0; t < n; t++) dir[t] += (a[h % M] - b) * s[(size_t)(h % M) * n + t];
    }
    double slope = -dot(g, dir, n), step = 1, f1;
    for (int tries = 0;; tries++, step /= 2) {
      for (size_t t = 0; t < n; t++) w1[t] = w[t] - step * dir[t];
      f1 = evaluate(&q, w1, g1, m);
      if (f1 <= f + 1e-4 * step * slope || tries == 30) break;
    }
    if (!(f1 < f)) break;
    double *sh = s + (size_t)(have % M) * n, *yh = y + (size_t)(have % M) * n;
    for (size_t t = 0; t < n; t++) sh[t] = w1[t] - w[t], yh[t] = g1[t] - g[t];
    double sy = dot(sh, yh, n);
    if (sy > 0) rho[have % M] = 1 / sy, have++;
    memcpy(w, w1, n * sizeof *w);
    memcpy(g, g1, n * sizeof *g);
    f = f1;
    norm = sqrt(dot(g, g, n));
    if (params->progress && !params->progress(params->progress_ctx, it + 1, f, norm)) {
      r->interrupted = true;
      break;
    }
  }
  r->iterations = it, r->objective = f, r->gradient_norm = norm, r->start_norm = start;
  for (size_t t = 0; t < cols * k; t++) out->sparse[t] = (float)w[t];
  for (size_t t = 0; t < d * k; t++) out->dense[t] = (float)w[cols * k + t];
  for (size_t t = 0; t < k; t++) out->bias[t] = (float)w[(cols + d) * k + t];
  free(w);
  return STANCE_OK;
}
