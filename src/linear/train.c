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
    if (!status) status = st_start(&s, init, err);
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
  status = st_expand(&s, init, out, err);
done:
  st_vec_free(&s.w);
  free(s.margin);
  free(s.q);
  free(s.curve);
  free(s.start_norm2);
  free(s.warm_a);
  st_problem_free(&p);
  return status;
}
