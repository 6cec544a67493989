/* train.c: training from the caller's side: checks, the start, the choice of solver, the weights.
 *
 *     label, params --problem.c--> problem --start--> w, margins --tron.c | lbfgs.c--> w
 * --expand--> W */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "linear/solver.h"

static stance_status check(const st_matrix *x, size_t classes, const st_train_params *p,
                           const st_weights *init, stance_error *err) {
  if (classes < 2)
    return st_fail(err, STANCE_ERR_DATA, "training needs two labels or more, not %zu", classes);
  if (!(p->C > 0 && p->C < HUGE_VAL))
    return st_fail(err, STANCE_ERR_USAGE, "C must be a positive number, not %g", p->C);
  if (!(p->tolerance >= 0 && p->tolerance < 1))
    return st_fail(err, STANCE_ERR_USAGE, "the tolerance must be in [0, 1), not %g", p->tolerance);
  if (!(p->dense_penalty >= 0 && p->dense_penalty < HUGE_VAL))
    return st_fail(err, STANCE_ERR_USAGE, "the dense penalty must not be negative, but is %g",
                   p->dense_penalty);
  if (init &&
      (init->cols != x->cols || init->dense_cols != x->dense_cols || init->classes != classes))
    return st_fail(err, STANCE_ERR_USAGE, "the starting weights are of another shape");
  if (x->rows >= UINT32_MAX || x->cols >= UINT32_MAX)
    return st_fail(err, STANCE_ERR_TOO_LARGE, "more than 4 billion rows or columns");
  return STANCE_OK;
}

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

/* The point to start from, w = init - prior, and its margins init gives (prior: without init). */
static stance_status start(st_solve *s, const st_weights *init, stance_error *err) {
  st_problem *p = s->p;
  const st_matrix *x = p->x;
  size_t L = p->lanes, K = p->classes, F = x->dense_cols, S = x->cols;
  const float *prior = s->params->prior;
  if (!init && !prior) return STANCE_OK;
  float *m = st_floats(x->rows * K), *zero = st_floats(F * K + K), *no_bias = zero;
  stance_status status = STANCE_OK;
  if (!m || !zero) {
    status = st_fail_memory(err, "starting from given weights");
    goto done;
  }
  const st_weights from_prior = {
      S,      F, K, (float *)(uintptr_t)prior, (float *)(uintptr_t)(prior ? prior + S * K : NULL),
      no_bias};
  st_linear_margins(x, init ? init : &from_prior, st_team_size(p->team), m);
  for (size_t i = 0; i < p->n; i++)
    for (size_t l = 0; l < L; l++) s->margin[i * L + l] = to_lane(p, m + p->row[i] * K, l);
  if (!init) goto done;
  for (size_t j = p->primal ? 0 : S; j <= S + F; j++) {
    const float *w = j < S       ? init->sparse + j * K
                     : j < S + F ? init->dense + (j - S) * K
                                 : init->bias;
    const float *w0 = prior && j < S + F ? prior + j * K : NULL;
    size_t e = p->primal ? j : j - S;
    for (size_t l = 0; l < L; l++)
      s->w.e[e * L + l] = (to_lane(p, w, l) - (w0 ? to_lane(p, w0, l) : 0)) * sqrtf(p->e_metric[e]);
  }
  if (p->primal) goto done;
  /* warm: margins of the sparse parts, init's less the prior's, and the length of the difference */
  p->warm = st_floats(p->n * L);
  if (!p->warm) {
    status = st_fail_memory(err, "starting from given weights");
    goto done;
  }
  for (int turn = 0; turn < (prior ? 2 : 1); turn++) {
    st_weights sparse = {S, F, K, turn ? (float *)(uintptr_t)prior : init->sparse, zero, no_bias};
    st_linear_margins(x, &sparse, st_team_size(p->team), m);
    for (size_t i = 0; i < p->n; i++) {
      float r = p->row_scale[i];
      for (size_t l = 0; l < L; l++) {
        float v = r != 0 ? to_lane(p, m + p->row[i] * K, l) / r : 0;
        p->warm[i * L + l] += turn ? -v : v;
      }
    }
  }
  for (size_t l = 0; l < L; l++) {
    double u2 = 0;
    for (size_t j = 0; j < S; j++) {
      double v = (double)(to_lane(p, init->sparse + j * K, l) -
                          (prior ? to_lane(p, prior + j * K, l) : 0));
      u2 += v * v;
    }
    for (size_t i = 0; i < p->n; i++) s->w.z[i * L + l] = p->warm[i * L + l];
    s->w.a[p->n * L + l] = l < K ? 1 : 0;
    s->w.z[p->n * L + l] = (float)u2;
  }
done:
  free(m);
  free(zero);
  return status;
}

/* ---- weights ---- */

enum { EXPAND_RANGES = 16 };

typedef struct {
  const st_solve *s;
  const st_weights *init;
  st_weights *out;
} expansion;

/* Dual: W_j = W0_j + tau (init - W0)_j + c_j sum of a_i over the column's rows, a range of columns.
 */
static void expand_range(void *ctx, size_t range) {
  const expansion *ex = ctx;
  const st_problem *p = ex->s->p;
  const st_matrix *x = p->x;
  const float *a = ex->s->w.a, *prior = ex->s->params->prior;
  size_t L = p->lanes, K = p->classes, used = L == 1 ? 1 : K;
  size_t begin = x->cols * range / EXPAND_RANGES, end = x->cols * (range + 1) / EXPAND_RANGES;
  float *out = ex->out->sparse;
  for (size_t i = 0; i < p->n; i++) {
    uint64_t e = x->row_start[p->row[i]], stop = x->row_start[p->row[i] + 1], high = stop;
    while (e < high) {
      uint64_t middle = e + (high - e) / 2;
      if (x->col[middle] < begin)
        e = middle + 1;
      else
        high = middle;
    }
    const float *ai = a + i * L;
    if (K == 4)
      for (; e < stop && x->col[e] < end; e++)
        for (size_t l = 0; l < 4; l++) out[x->col[e] * 4 + l] += ai[l];
    else
      for (; e < stop && x->col[e] < end; e++)
        for (size_t l = 0; l < used; l++) out[x->col[e] * K + l] += ai[l];
  }
  const float *tau = p->warm ? a + p->n * L : NULL;
  bool plain = L > 1 && !x->col_scale && !prior && !tau;
  for (size_t j = plain ? end : begin; j < end; j++) {
    float *w = out + j * K, c = x->col_scale ? x->col_scale[j] : 1;
    for (size_t l = 0; l < used; l++) {
      w[l] *= c;
      float w0 = prior ? to_lane(p, prior + j * K, l) : 0;
      if (tau) w[l] += tau[l] * (to_lane(p, ex->init->sparse + j * K, l) - w0);
      w[l] += w0;
    }
    if (L == 1) from_lanes(p, w, w);
  }
}

static stance_status expand(const st_solve *s, const st_weights *init, st_weights *out,
                            stance_error *err) {
  st_problem *p = s->p;
  size_t L = p->lanes, K = p->classes, S = p->x->cols, F = p->x->dense_cols;
  const float *prior = s->params->prior;
  float *lane = st_floats(L);
  *out = (st_weights){S,
                      F,
                      K,
                      st_calloc(S * K, sizeof(float)),
                      st_calloc(F * K, sizeof(float)),
                      st_calloc(K, sizeof(float))};
  if (!lane || !out->sparse || !out->dense || !out->bias) {
    free(lane);
    st_weights_free(out);
    return st_fail_memory(err, "expanding the weights");
  }
  expansion ex = {s, init, out};
  if (!p->primal) st_team_run(p->team, EXPAND_RANGES, expand_range, &ex);
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

stance_status st_linear_train(const st_matrix *x, const int32_t *label, size_t classes,
                              const st_train_params *params, const st_weights *init,
                              st_weights *out, st_train_report *report, stance_error *err) {
  st_train_report own;
  memset(out, 0, sizeof *out);
  if (!report) report = &own;
  memset(report, 0, sizeof *report);
  ST_TRY(check(x, classes, params, init, err));
  st_problem p;
  st_solve s = {.p = &p, .params = params, .report = report};
  stance_status status = st_problem_init(&p, x, label, classes, params, init != NULL, err);
  if (status) goto done;
  s.tolerance = params->tolerance > 0 ? params->tolerance : 1e-3;
  s.max_iterations = params->max_iterations > 0 ? params->max_iterations : 300;
  size_t n = p.rows * p.lanes;
  s.margin = st_floats(n), s.q = st_floats(n), s.curve = st_floats(n);
  s.start_norm2 = st_calloc(3 * p.lanes, sizeof *s.start_norm2);
  if (!st_vec_new(&p, &s.w) || !s.margin || !s.q || !s.curve || !s.start_norm2) {
    status = st_fail_memory(err, "training");
    goto done;
  }
  if (init || params->prior) { /* the yardstick is the gradient at margins 0, whatever the start */
    st_vec g = {0};
    if (st_vec_new(&p, &g))
      st_gradient(&s, &g, 1, s.start_norm2 + p.lanes, s.start_norm2 + 2 * p.lanes, s.start_norm2);
    else
      status = st_fail_memory(err, "training");
    st_vec_free(&g);
    if (!status) status = start(&s, init, err);
  } else {
    for (size_t l = 0; l < p.lanes; l++) s.start_norm2[l] = -1; /* the first gradient */
  }
  if (status) goto done;
  /* Measured (make bench-linear): TRON reaches the same objective sooner, for both losses. */
  status = params->solver == ST_SOLVER_LBFGS ? st_lbfgs(&s, err) : st_tron(&s, err);
  if (status) goto done;
  free(s.margin), s.margin = NULL;
  free(s.q), s.q = NULL;
  free(s.curve), s.curve = NULL;
  st_problem_free_matrix(&p); /* before the weights, which may be as large */
  status = expand(&s, init, out, err);
done:
  st_vec_free(&s.w);
  free(s.margin);
  free(s.q);
  free(s.curve);
  free(s.start_norm2);
  st_problem_free(&p);
  return status;
}
