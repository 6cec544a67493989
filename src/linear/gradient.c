/* gradient.c: objective and gradient at a point, and the vectors' housekeeping. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "linear/solver.h"

bool st_vec_new(const st_problem *p, st_vec *v) {
  size_t rows = p->primal ? 0 : p->rows;
  v->a = st_floats(rows * p->lanes);
  v->z = st_floats(rows * p->lanes);
  v->e = st_floats(p->e * p->lanes);
  return v->a && v->z && v->e;
}

void st_vec_free(st_vec *v) {
  free(v->a);
  free(v->z);
  free(v->e);
  memset(v, 0, sizeof *v);
}

void st_collect(const st_problem *p, size_t pieces, size_t which, double *out) {
  size_t L = p->lanes;
  for (size_t l = 0; l < L; l++) {
    out[l] = 0;
    for (size_t b = 0; b < pieces; b++) out[l] += p->sums[(b * SUMS + which) * L + l];
  }
  if (!p->joint) return;
  double total = 0;
  for (size_t l = 0; l < L; l++) total += out[l];
  for (size_t l = 0; l < L; l++) out[l] = total;
}

typedef struct {
  st_solve *s;
  st_vec *g;
  float sign;
} gradient_job;

static void loss_block(void *ctx, size_t b) {
  const gradient_job *job = ctx;
  st_solve *s = job->s;
  st_problem *p = s->p;
  size_t L = p->lanes, from = b * ROW_BLOCK,
         to = from + ROW_BLOCK < p->rows ? from + ROW_BLOCK : p->rows;
  double *sums = p->sums + b * SUMS * L;
  st_loss_rows(p, from, to, s->margin, s->q + from * L, s->curve, sums);
  st_rows_scale(p, b, from, to, NULL, s->q, sums + L);
}

static void gradient_rows(const gradient_job *job, size_t b) {
  st_solve *s = job->s;
  st_problem *p = s->p;
  size_t L = p->lanes, from = b * ROW_BLOCK,
         to = from + ROW_BLOCK < p->rows ? from + ROW_BLOCK : p->rows;
  double *ww = p->sums + (b * SUMS + 1) * L, *gg = ww + L, *true_gg = gg + L;
  memset(ww, 0, 3 * L * sizeof *ww);
  if (p->primal) return;
  st_rows_gradient(p, from, to, &s->w, s->q, job->sign, job->g, ww, gg);
  for (size_t l = 0; l < L; l++) true_gg[l] = gg[l];
}

static void gradient_cols(const gradient_job *job, size_t b, double *sums) {
  st_solve *s = job->s;
  st_problem *p = s->p;
  size_t L = p->lanes, from = b * COL_BLOCK, to = from + COL_BLOCK < p->e ? from + COL_BLOCK : p->e;
  double *ww = sums + L, *gg = ww + L, *true_gg = gg + L;
  memset(sums, 0, SUMS * L * sizeof *sums);
  for (size_t j = from; j < to; j++)
    for (size_t l = 0; l < L; l++) {
      size_t t = j * L + l;
      float w = s->w.e[t], g = p->e_penalty[j] * w + p->e_scale[j] * p->t_e[t];
      job->g->e[t] = job->sign * g;
      ww[l] += (double)(p->e_penalty[j] * w * w);
      gg[l] += (double)(g * g);
      true_gg[l] += (double)(p->e_metric[j] * g * g);
    }
}

static void gradient_piece(void *ctx, size_t b) {
  const gradient_job *job = ctx;
  st_problem *p = job->s->p;
  size_t rows = st_row_blocks(p);
  if (b < rows)
    gradient_rows(job, b);
  else
    gradient_cols(job, b - rows, p->sums + b * SUMS * p->lanes);
}

void st_gradient(st_solve *s, st_vec *g, float sign, double *objective, double *norm2,
                 double *true_norm2) {
  st_problem *p = s->p;
  gradient_job job = {s, g, sign};
  size_t rows = st_row_blocks(p), pieces = rows + st_col_blocks(p);
  st_team_run(p->team, rows, loss_block, &job);
  st_adjoint(p, s->q);
  st_team_run(p->team, pieces, gradient_piece, &job);
  st_collect(p, pieces, 1, objective);
  for (size_t l = 0; l < p->lanes; l++) {
    double loss = 0;
    for (size_t b = 0; b < rows; b++) loss += p->sums[b * SUMS * p->lanes + (p->joint ? 0 : l)];
    objective[l] = objective[l] / 2 + loss;
  }
  st_collect(p, pieces, 2, norm2);
  st_collect(p, pieces, 3, true_norm2);
}
