/* start.c: between the caller's weights W [column][class] and the solvers' vectors: the point to
 * start from, and the weights at the end.
 *
 * Dual. Given weights u = init - prior are not a sum of rows in general. They are taken apart,
 *     u = X^T a0 + rest,   a0 = c G(init),
 * with G the loss's gradient by margin and c the best multiple: at an optimum u = -X^T G, so that a
 * start from an earlier optimum of the same rows (another C, say) leaves next to no rest. What is
 * left becomes the extra row of the problem (solver.h, "warm"), with the coefficient tau = 1. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "linear/solver.h"

/* Lane l of one column's K weights: see "Lanes" in solver.h. */
static float to_lane(const st_problem *p, const float *w, size_t l) {
  if (p->lanes > 1) return l < p->classes ? w[l] : 0;
  return p->loss == ST_LOSS_SVM ? (w[1] - w[0]) / 2 : w[1] - w[0];
}

static void from_lanes(const st_problem *p, const float *lane, float *w) {
  if (p->lanes > 1) {
    memcpy(w, lane, p->classes * sizeof *w);
    return;
  }
  w[1] = p->loss == ST_LOSS_SVM ? lane[0] : lane[0] / 2;
  w[0] = -w[1];
}

enum { EXPAND_RANGES = 16 };

typedef struct {
  const st_problem *p;
  const float *a;
  float *out;
} expansion;

/* out_j = c_j times the sum of a_i over the column's rows, for a range of columns; in class order.
 */
static void expand_range(void *ctx, size_t range) {
  const expansion *ex = ctx;
  const st_problem *p = ex->p;
  const st_matrix *x = p->x;
  size_t L = p->lanes, K = p->classes, used = L == 1 ? 1 : K;
  size_t begin = x->cols * range / EXPAND_RANGES, end = x->cols * (range + 1) / EXPAND_RANGES;
  float *out = ex->out;
  for (size_t i = 0; i < p->n; i++) {
    uint64_t e = x->row_start[p->row[i]], stop = x->row_start[p->row[i] + 1], high = stop;
    while (e < high) {
      uint64_t middle = e + (high - e) / 2;
      if (x->col[middle] < begin)
        e = middle + 1;
      else
        high = middle;
    }
    const float *ai = ex->a + i * L;
    if (K == 4)
      for (; e < stop && x->col[e] < end; e++)
        for (size_t l = 0; l < 4; l++) out[x->col[e] * 4 + l] += ai[l];
    else
      for (; e < stop && x->col[e] < end; e++)
        for (size_t l = 0; l < used; l++) out[x->col[e] * K + l] += ai[l];
  }
  if (L > 1 && !x->col_scale) return;
  for (size_t j = begin; j < end; j++) {
    float *w = out + j * K, c = x->col_scale ? x->col_scale[j] : 1;
    for (size_t l = 0; l < used; l++) w[l] *= c;
    if (L == 1) from_lanes(p, w, w);
  }
}

/* The weights [cols][classes] of X^T a; NULL when memory is short. */
static float *weights_of(const st_problem *p, const float *a) {
  expansion ex = {p, a, st_calloc(p->x->cols * p->classes, sizeof(float))};
  if (ex.out) st_team_run(p->team, EXPAND_RANGES, expand_range, &ex);
  return ex.out;
}

/* Dual: see above. s->margin and s->w.e are set; m [x.rows][classes] is room to work in. */
static stance_status take_apart(st_solve *s, const st_weights *init, float *m, stance_error *err) {
  st_problem *p = s->p;
  const st_matrix *x = p->x;
  size_t L = p->lanes, K = p->classes, S = x->cols;
  const float *prior = s->params->prior;
  st_vec g = {0};
  float *rest = NULL, *warm = st_floats(p->n * L), *zero = st_floats(x->dense_cols * K + K);
  double *sum = st_calloc(5 * L, sizeof *sum), *ug = sum ? sum + 3 * L : NULL,
         *u2 = sum ? sum + 4 * L : NULL;
  stance_status status = STANCE_OK;
  s->warm_a = st_floats(p->n * L);
  if (!st_vec_new(p, &g) || !warm || !zero || !sum || !s->warm_a) goto memory;
  st_gradient(s, &g, 1, sum, sum + L, sum + 2 * L); /* w.a is 0 yet: g is X^T G and margins of it */
  rest = weights_of(p, g.a);
  if (!rest) goto memory;
  double all_ug = 0, all_gg = 0;
  double *g2 = sum;
  memset(sum, 0, 5 * L * sizeof *sum);
  for (size_t j = 0; j < S; j++)
    for (size_t l = 0; l < L; l++) {
      double u = (double)(to_lane(p, init->sparse + j * K, l) -
                          (prior ? to_lane(p, prior + j * K, l) : 0));
      double v = (double)to_lane(p, rest + j * K, l);
      ug[l] += u * v, g2[l] += v * v, u2[l] += u * u;
    }
  for (size_t l = 0; l < L; l++) all_ug += ug[l], all_gg += g2[l];
  float *c = st_floats(L);
  if (!c) goto memory;
  double rest2 = 0, all2 = 0;
  for (size_t l = 0; l < L; l++) {
    double by = p->joint ? all_gg : g2[l], v = by > 0 ? (p->joint ? all_ug : ug[l]) / by : 0;
    c[l] = v < 0 ? (float)v : 0; /* only towards the optimum */
  }
  memset(sum, 0, L * sizeof *sum); /* from here: |rest|^2 */
  for (size_t j = 0; j < S; j++) {
    float lane[1], *r = rest + j * K;
    for (size_t l = 0; l < L && (L == 1 || l < K); l++) {
      float u = to_lane(p, init->sparse + j * K, l) - (prior ? to_lane(p, prior + j * K, l) : 0);
      float v = u - c[l] * to_lane(p, r, l);
      sum[l] += (double)v * (double)v;
      if (L > 1)
        r[l] = v;
      else
        lane[0] = v;
    }
    if (L == 1) from_lanes(p, lane, r);
  }
  for (size_t l = 0; l < L; l++) rest2 += sum[l], all2 += u2[l];
  bool keep = rest2 > 1e-10 * all2; /* else the rows say it all */
  const st_weights w = {S, x->dense_cols, K, rest, zero, zero};
  st_linear_margins(x, &w, NULL, st_team_size(p->team), m);
  for (size_t l = 0; l < L; l++) s->w.z[p->n * L + l] = keep ? (float)sum[l] : 0;
  for (size_t i = 0; i < p->n; i++)
    for (size_t l = 0; l < L; l++) {
      size_t t = i * L + l;
      float r = p->row_scale[i];
      warm[t] = keep && r != 0 ? to_lane(p, m + p->row[i] * K, l) / r : 0;
      s->warm_a[t] = s->w.a[t] = c[l] * g.a[t];
      s->w.z[t] = c[l] * g.z[t] + warm[t];
      s->w.z[p->n * L + l] += s->w.a[t] * warm[t];
    }
  for (size_t l = 0; l < L; l++) s->w.a[p->n * L + l] = keep && (L == 1 || l < K) ? 1 : 0;
  free(c);
  p->warm = warm, warm = NULL;
  goto done;
memory:
  status = st_fail_memory(err, "starting from given weights");
done:
  st_vec_free(&g);
  free(rest);
  free(warm);
  free(zero);
  free(sum);
  return status;
}

stance_status st_start(st_solve *s, const st_weights *init, stance_error *err) {
  st_problem *p = s->p;
  const st_matrix *x = p->x;
  size_t L = p->lanes, K = p->classes, F = x->dense_cols, S = x->cols;
  const float *prior = s->params->prior;
  float *m = st_floats(x->rows * K), *zero = st_floats(K);
  stance_status status = STANCE_OK;
  if (!m || !zero) {
    status = st_fail_memory(err, "starting from given weights");
    goto done;
  }
  float *w0 = (float *)(uintptr_t)prior; /* read only */
  const st_weights from_prior = {S, F, K, w0, w0 ? w0 + S * K : NULL, zero};
  st_linear_margins(x, init ? init : &from_prior, NULL, st_team_size(p->team), m);
  for (size_t i = 0; i < p->n; i++)
    for (size_t l = 0; l < L; l++) s->margin[i * L + l] = to_lane(p, m + p->row[i] * K, l);
  if (!init) goto done;
  for (size_t j = p->primal ? 0 : S; j <= S + F; j++) {
    const float *w = j < S       ? init->sparse + j * K
                     : j < S + F ? init->dense + (j - S) * K
                                 : init->bias;
    const float *old = prior && j < S + F ? prior + j * K : NULL;
    size_t e = p->primal ? j : j - S;
    for (size_t l = 0; l < L; l++)
      s->w.e[e * L + l] =
          (to_lane(p, w, l) - (old ? to_lane(p, old, l) : 0)) * sqrtf(p->e_metric[e]);
  }
  if (!p->primal) status = take_apart(s, init, m, err);
done:
  free(m);
  free(zero);
  return status;
}

/* W = W0 + tau (init - W0 - X^T a0) + X^T a for the sparse columns, W0 + e / m for the explicit. */
stance_status st_expand(st_solve *s, const st_weights *init, st_weights *out, stance_error *err) {
  st_problem *p = s->p;
  size_t L = p->lanes, K = p->classes, S = p->x->cols, F = p->x->dense_cols;
  const float *prior = s->params->prior, *tau = p->warm ? s->w.a + p->n * L : NULL;
  float *lane = st_floats(L);
  if (tau)
    for (size_t t = 0; t < p->n * L; t++) s->w.a[t] -= tau[t % L] * s->warm_a[t];
  *out = (st_weights){S,
                      F,
                      K,
                      p->primal ? st_calloc(S * K, sizeof(float)) : weights_of(p, s->w.a),
                      st_calloc(F * K, sizeof(float)),
                      st_calloc(K, sizeof(float))};
  if (!lane || !out->sparse || !out->dense || !out->bias) {
    free(lane);
    st_weights_free(out);
    return st_fail_memory(err, "expanding the weights");
  }
  for (size_t j = 0; !p->primal && (prior || tau) && j < S; j++)
    for (size_t k = 0; k < K; k++) {
      float t = tau ? tau[L == 1 ? 0 : k] : 0, w0 = prior ? prior[j * K + k] : 0;
      out->sparse[j * K + k] += (1 - t) * w0 + (tau ? t * init->sparse[j * K + k] : 0);
    }
  for (size_t j = p->primal ? 0 : S; j <= S + F; j++) {
    float *w = j < S ? out->sparse + j * K : j < S + F ? out->dense + (j - S) * K : out->bias;
    size_t e = p->primal ? j : j - S;
    float m = sqrtf(p->e_metric[e]);
    for (size_t l = 0; l < L; l++)
      lane[l] = s->w.e[e * L + l] / m + (prior && j < S + F ? to_lane(p, prior + j * K, l) : 0);
    from_lanes(p, lane, w);
  }
  free(lane);
  return STANCE_OK;
}
