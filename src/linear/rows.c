/* rows.c: the solvers' passes over rows, for each number of lanes. */
#include <string.h>

#include "linear/solver.h"

typedef float v1;
typedef float v4 __attribute__((vector_size(16), may_alias));
typedef float v8 __attribute__((vector_size(32), may_alias));
typedef double d1;
typedef double d4 __attribute__((vector_size(32)));
typedef double d8 __attribute__((vector_size(64)));

#define W 1
#define V v1
#define D d1
#define TO_D(v) ((double)(v))
#define NAME(x) x##_1
#include "linear/rows_lanes.h"
#undef W
#undef V
#undef D
#undef TO_D
#undef NAME
#define W 4
#define V v4
#define D d4
#define TO_D(v) __builtin_convertvector(v, d4)
#define NAME(x) x##_4
#include "linear/rows_lanes.h"
#undef W
#undef V
#undef D
#undef TO_D
#undef NAME
#define W 8
#define V v8
#define D d8
#define TO_D(v) __builtin_convertvector(v, d8)
#define NAME(x) x##_8
#include "linear/rows_lanes.h"

void st_rows_residual(const st_problem *p, size_t from, size_t to, const st_residual *r,
                      double *rr) {
  if (p->lanes == 1)
    residual_1(p, from, to, r, rr);
  else if (p->lanes == 4)
    residual_4(p, from, to, r, rr);
  else
    residual_8(p, from, to, r, rr);
}

void st_rows_direction(const st_problem *p, size_t from, size_t to, const float *beta,
                       const st_vec *r, const st_vec *d, float *m, double *dd) {
  if (p->lanes == 1)
    direction_1(p, from, to, beta, r, d, m, dd);
  else if (p->lanes == 4)
    direction_4(p, from, to, beta, r, d, m, dd);
  else
    direction_8(p, from, to, beta, r, d, m, dd);
}

void st_rows_gradient(const st_problem *p, size_t from, size_t to, const st_vec *w, const float *q,
                      float sign, const st_vec *g, double *ww, double *gg) {
  if (p->lanes == 1)
    gradient_1(p, from, to, w, q, sign, g, ww, gg);
  else if (p->lanes == 4)
    gradient_4(p, from, to, w, q, sign, g, ww, gg);
  else
    gradient_8(p, from, to, w, q, sign, g, ww, gg);
}

void st_rows_scale(const st_problem *p, size_t block, size_t from, size_t to, const float *m,
                   float *q, double *qm) {
  size_t L = p->lanes, F = p->x->dense_cols;
  st_explicit_sums(p, block, from, to, q + from * L);
  float *bias = p->e_part + (block * (F + 2) + F) * L;
  if (L == 1)
    scale_1(p, from, to, m, q, qm, bias);
  else if (L == 4)
    scale_4(p, from, to, m, q, qm, bias);
  else
    scale_8(p, from, to, m, q, qm, bias);
}
