/* loss.c: the losses, row by row, at given margins: value, gradient, curvature.
 *
 *     softmax   c (log sum_k exp m_k - m_y)       G = c (p - 1_y)    D = c (diag p - p p')
 *     logistic  c log(1 + exp(-s m)), one lane    G = -c s (1 - p)   D = c p (1 - p)
 *     SVM       c max(0, 1 - s_k m_k)^2 per lane  G = -2 c s_k v     D = 2 c [v > 0]
 *
 * Each row's c is C times its weights. Sums are doubles, in row order. */
#include <math.h>
#include <string.h>

#include "linear/solver.h"

/* The sign of lane l for class y: one lane stands for class 1 against class 0. */
static inline float sign_of(const st_problem *p, int32_t y, size_t l) {
  return p->lanes == 1 ? (y ? 1.0f : -1.0f) : ((size_t)y == l ? 1.0f : -1.0f);
}

/* exp(m - max) into e[classes]; returns log sum exp m - m_y. */
static double softmax_row(const float *m, size_t classes, int32_t y, float *e, float *total) {
  float top = m[0], sum = 0;
  for (size_t k = 1; k < classes; k++) top = m[k] > top ? m[k] : top;
  for (size_t k = 0; k < classes; k++) sum += e[k] = expf(m[k] - top);
  *total = sum;
  return (double)(top - m[y]) + log((double)sum);
}

static double logistic(double v) { /* log(1 + exp(v)) */
  return v > 0 ? v + log1p(exp(-v)) : log1p(exp(v));
}

void st_loss_rows(const st_problem *p, size_t from, size_t to, const float *m, float *q,
                  float *curve, double *loss) {
  size_t L = p->lanes, K = p->classes;
  memset(loss, 0, L * sizeof *loss);
  for (size_t i = from; i < to; i++) {
    const float *mi = m + i * L;
    float *qi = q + (i - from) * L, *di = curve + i * L, c = p->cost[i];
    int32_t y = p->y[i];
    if (p->loss == ST_LOSS_SVM) {
      size_t used = L == 1 ? 1 : K;
      for (size_t l = 0; l < used; l++) {
        float s = sign_of(p, y, l), v = 1 - s * mi[l];
        bool on = v > 0;
        loss[l] += on ? (double)(c * v * v) : 0;
        qi[l] = on ? -2 * c * s * v : 0;
        di[l] = on ? 2 * c : 0;
      }
      for (size_t l = used; l < L; l++) qi[l] = di[l] = 0;
    } else if (p->joint) {
      float total;
      loss[0] += (double)c * softmax_row(mi, K, y, di, &total);
      for (size_t k = 0; k < K; k++) {
        di[k] /= total;
        qi[k] = c * (di[k] - ((size_t)y == k ? 1.0f : 0.0f));
      }
      for (size_t l = K; l < L; l++) qi[l] = di[l] = 0;
    } else {
      double s = (double)sign_of(p, y, 0), v = -s * (double)*mi, pr = 1 / (1 + exp(-v));
      loss[0] += (double)c * logistic(v);
      *qi = (float)(-(double)c * s * pr);
      *di = (float)((double)c * pr * (1 - pr));
    }
  }
}

void st_loss_change(const st_problem *p, size_t from, size_t to, const float *m, const float *step,
                    const float *t, double *change, double *d1, double *d2) {
  size_t L = p->lanes, K = p->classes;
  for (size_t l = 0; l < L; l++) change[l] = d1[l] = d2[l] = 0;
  for (size_t i = from; i < to; i++) {
    const float *mi = m + i * L, *si = step + i * L;
    double c = (double)p->cost[i];
    int32_t y = p->y[i];
    if (p->loss == ST_LOSS_SVM) {
      for (size_t l = 0; l < (L == 1 ? 1 : K); l++) {
        double s = (double)sign_of(p, y, l), b = (double)si[l], v = 1 - s * (double)mi[l];
        double v1 = v - s * (double)t[l] * b;
        if (v > 0) change[l] -= c * v * v;
        if (v1 > 0) change[l] += c * v1 * v1, d1[l] -= 2 * c * s * v1 * b, d2[l] += 2 * c * b * b;
      }
    } else if (p->joint) {
      /* log sum exp(m + t step) - log sum exp(m) - t step_y */
      double top = -INFINITY, top1 = -INFINITY, z = 0, z1 = 0, e1 = 0, e2 = 0, by = (double)si[y];
      for (size_t k = 0; k < K; k++) {
        top = fmax(top, (double)mi[k]);
        top1 = fmax(top1, (double)mi[k] + (double)t[k] * (double)si[k]);
      }
      for (size_t k = 0; k < K; k++) {
        double b = (double)si[k];
        z += (double)expf((float)((double)mi[k] - top));
        double w = (double)expf((float)((double)mi[k] + (double)t[k] * b - top1));
        z1 += w, e1 += w * b, e2 += w * b * b;
      }
      e1 /= z1, e2 /= z1;
      change[0] += c * (top1 - top + log(z1 / z) - (double)t[0] * by);
      d1[0] += c * (e1 - by), d2[0] += c * (e2 - e1 * e1);
    } else {
      double s = (double)sign_of(p, y, 0), b = (double)*si, v = -s * (double)*mi;
      double v1 = v - s * (double)*t * b, pr = 1 / (1 + exp(-v1));
      change[0] += c * (logistic(v1) - logistic(v));
      d1[0] -= c * s * b * pr, d2[0] += c * b * b * pr * (1 - pr);
    }
  }
}

void st_curvature(const st_problem *p, size_t from, size_t to, const float *curve, const float *m,
                  float *q) {
  size_t L = p->lanes;
  if (!p->joint) {
    for (size_t t = from * L; t < to * L; t++) q[t - from * L] = curve[t] * m[t];
    return;
  }
  for (size_t i = from; i < to; i++) {
    const float *pi = curve + i * L, *mi = m + i * L;
    float *qi = q + (i - from) * L, mean = 0, c = p->cost[i];
    if (L == 4) { /* the common case, written so that it becomes one register */
      mean = (pi[0] * mi[0] + pi[1] * mi[1]) + (pi[2] * mi[2] + pi[3] * mi[3]);
      for (size_t l = 0; l < 4; l++) qi[l] = c * pi[l] * (mi[l] - mean);
      continue;
    }
    for (size_t l = 0; l < L; l++) mean += pi[l] * mi[l];
    for (size_t l = 0; l < L; l++) qi[l] = c * pi[l] * (mi[l] - mean);
  }
}
