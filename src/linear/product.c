/* product.c: X times a vector and its transpose: the passes over the matrix, where training spends
 * its time. Plain C on vector types; every machine adds in the same order. */
#include <stdlib.h>
#include <string.h>

#include "linear/solver.h"

typedef float v1; /* one lane needs no vector */
typedef float v4 __attribute__((vector_size(16), may_alias));
typedef float v8 __attribute__((vector_size(32), may_alias));

#define W 1
#define V v1
#define NAME(x) x##_1
#include "linear/product_lanes.h"
#undef W
#undef V
#undef NAME
#define W 4
#define V v4
#define NAME(x) x##_4
#include "linear/product_lanes.h"
#undef W
#undef V
#undef NAME
#define W 8
#define V v8
#define NAME(x) x##_8
#include "linear/product_lanes.h"

typedef struct {
  st_problem *p;
  const float *q;
} adjoint_job;

static void dual_part(void *ctx, size_t part) {
  const adjoint_job *job = ctx;
  const st_problem *p = job->p;
  float *z = p->z_part + part * p->rows * p->lanes;
  memset(z, 0, p->rows * p->lanes * sizeof *z);
  if (p->lanes == 1)
    part_1(p, part, job->q, z);
  else if (p->lanes == 4)
    part_4(p, part, job->q, z);
  else
    part_8(p, part, job->q, z);
}

static void primal_range(void *ctx, size_t range) {
  const adjoint_job *job = ctx;
  const st_problem *p = job->p;
  if (p->lanes == 1)
    backward_1(p, range, job->q, p->t_e);
  else if (p->lanes == 4)
    backward_4(p, range, job->q, p->t_e);
  else
    backward_8(p, range, job->q, p->t_e);
}

void st_adjoint(st_problem *p, const float *q) {
  adjoint_job job = {p, q};
  size_t L = p->lanes, F = p->x->dense_cols, blocks = st_row_blocks(p), width = (F + 2) * L;
  if (p->primal) {
    memset(p->t_e, 0, p->sparse_e * L * sizeof *p->t_e);
    st_team_run(p->team, p->ranges, primal_range, &job);
  } else {
    st_team_run(p->team, p->parts, dual_part, &job);
  }
  float *t = p->t_e + p->sparse_e * L;
  for (size_t k = 0; k < width; k++) { /* dense, bias, warm: blocks in order */
    double sum = 0;
    for (size_t b = 0; b < blocks; b++) sum += (double)p->e_part[b * width + k];
    if (k < (F + 1) * L)
      t[k] = (float)sum;
    else if (p->warm)
      p->z_part[p->n * L + k - (F + 1) * L] = (float)sum;
  }
}

void st_forward(const st_problem *p, size_t from, size_t to, const float *u, float *m) {
  size_t L = p->lanes, F = p->x->dense_cols;
  const float *dense = u + p->sparse_e * L, *bias = dense + F * L;
  for (size_t i = from; i < to; i++) {
    float *mi = m + i * L;
    if (i == p->n) { /* the warm start's row has no margin */
      memset(mi, 0, L * sizeof *mi);
      continue;
    }
    if (!p->primal)
      memset(mi, 0, L * sizeof *mi);
    else if (L == 1)
      forward_1(p, i, u, mi);
    else if (L == 4)
      forward_4(p, i, u, mi);
    else
      forward_8(p, i, u, mi);
    const float *x = F ? p->x->dense + p->row[i] * F : NULL;
    for (size_t f = 0; f < F; f++)
      for (size_t l = 0; l < L; l++) mi[l] += x[f] * dense[f * L + l];
    for (size_t l = 0; l < L; l++) mi[l] += bias[l];
  }
}

void st_explicit_sums(const st_problem *p, size_t block, size_t from, size_t to, const float *q) {
  size_t L = p->lanes, F = p->x->dense_cols;
  float *dense = p->e_part + block * (F + 2) * L, *bias = dense + F * L, *warm = bias + L;
  memset(dense, 0, (F + 2) * L * sizeof *dense);
  for (size_t i = from; i < to && i < p->n; i++) {
    const float *qi = q + (i - from) * L, *x = F ? p->x->dense + p->row[i] * F : NULL;
    for (size_t f = 0; f < F; f++)
      for (size_t l = 0; l < L; l++) dense[f * L + l] += x[f] * qi[l];
    for (size_t l = 0; l < L; l++) bias[l] += qi[l];
    if (p->warm)
      for (size_t l = 0; l < L; l++) warm[l] += p->row_scale[i] * qi[l] * p->warm[i * L + l];
  }
}
