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
#define I uint16_t
#define TNAME(x) x##_1_16
#include "linear/transposed_lanes.h"
#undef I
#undef TNAME
#define I uint32_t
#define TNAME(x) x##_1_32
#include "linear/transposed_lanes.h"
#undef I
#undef TNAME
#undef W
#undef V
#undef NAME
#define W 4
#define V v4
#define NAME(x) x##_4
#include "linear/product_lanes.h"
#define I uint16_t
#define TNAME(x) x##_4_16
#include "linear/transposed_lanes.h"
#undef I
#undef TNAME
#define I uint32_t
#define TNAME(x) x##_4_32
#include "linear/transposed_lanes.h"
#undef I
#undef TNAME
#undef W
#undef V
#undef NAME
#define W 8
#define V v8
#define NAME(x) x##_8
#include "linear/product_lanes.h"
#define I uint16_t
#define TNAME(x) x##_8_16
#include "linear/transposed_lanes.h"
#undef I
#undef TNAME
#define I uint32_t
#define TNAME(x) x##_8_32
#include "linear/transposed_lanes.h"
#undef I
#undef TNAME
#undef W
#undef V
#undef NAME

typedef struct {
  st_problem *p;
  const float *q;
} adjoint_job;

static void dual_part(void *ctx, size_t part) {
  const adjoint_job *job = ctx;
  const st_problem *p = job->p;
  float *z = p->z_part + part * p->rows * p->lanes;
  memset(z, 0, p->rows * p->lanes * sizeof *z);
  if (p->wide) {
    if (p->lanes == 1)
      part_1_32(p, part, job->q, z);
    else if (p->lanes == 4)
      part_4_32(p, part, job->q, z);
    else
      part_8_32(p, part, job->q, z);
  } else {
    if (p->lanes == 1)
      part_1_16(p, part, job->q, z);
    else if (p->lanes == 4)
      part_4_16(p, part, job->q, z);
    else
      part_8_16(p, part, job->q, z);
  }
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

/* The dense block by plain loops: it is tall and thin (F columns, a few lanes), and a row of it is
 * used while it is read. Measured against cblas_sgemm in make bench-linear. */
static void dense_forward(const st_problem *p, size_t from, size_t to, const float *u, float *m) {
  size_t L = p->lanes, F = p->x->dense_cols;
  if (to > p->n) to = p->n;
  for (size_t i = from; i < to; i++) {
    const float *x = p->x->dense + p->row[i] * F;
    if (L == 1)
      dense_row_1(x, F, u, m + i, 1);
    else if (L == 4)
      dense_row_4(x, F, u, m + i * 4, 4);
    else
      for (size_t l = 0; l < L; l += 8) dense_row_8(x, F, u + l, m + i * L + l, L);
  }
}

static void dense_backward(const st_problem *p, size_t from, size_t to, const float *q, float *t) {
  size_t L = p->lanes, F = p->x->dense_cols;
  memset(t, 0, F * L * sizeof *t);
  for (size_t i = from; i < to; i += 4) {
    size_t rows = to - i < 4 ? to - i : 4;
    const float *x[4], *qi[4];
    for (size_t l = 0; l < L; l += 8) {
      for (size_t r = 0; r < rows; r++)
        x[r] = p->x->dense + p->row[i + r] * F, qi[r] = q + (i + r - from) * L + l;
      if (L == 1)
        dense_add_1(x, qi, rows, F, t, 1);
      else if (L == 4)
        dense_add_4(x, qi, rows, F, t, 4);
      else
        dense_add_8(x, qi, rows, F, t + l, L);
    }
  }
}

void st_forward(const st_problem *p, size_t from, size_t to, const float *u, float *m) {
  size_t L = p->lanes, F = p->x->dense_cols;
  const float *dense = u + p->sparse_e * L, *bias = dense + F * L;
  for (size_t i = from; i < to; i++) {
    float *mi = m + i * L;
    if (i == p->n)
      memset(mi, 0, L * sizeof *mi); /* the warm start's row has no margin */
    else if (!p->primal)
      memcpy(mi, bias, L * sizeof *mi);
    else if (L == 1)
      forward_1(p, i, u, bias, mi);
    else if (L == 4)
      forward_4(p, i, u, bias, mi);
    else
      forward_8(p, i, u, bias, mi);
  }
  if (F) dense_forward(p, from, to, dense, m);
}

void st_explicit_sums(const st_problem *p, size_t block, size_t from, size_t to, const float *q) {
  size_t L = p->lanes, F = p->x->dense_cols;
  float *dense = p->e_part + block * (F + 2) * L, *warm = dense + (F + 1) * L;
  if (to > p->n) to = p->n;
  if (F) dense_backward(p, from, to, q, dense);
  memset(warm, 0, L * sizeof *warm);
  if (p->warm)
    for (size_t i = from; i < to; i++)
      for (size_t l = 0; l < L; l++)
        warm[l] += p->row_scale[i] * q[(i - from) * L + l] * p->warm[i * L + l];
}
