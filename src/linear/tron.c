/* tron.c: truncated Newton: conjugate gradients on the Newton system (Lin, Weng & Keerthi 2008,
 * "Trust region Newton method for large-scale logistic regression"), in the coordinates of
 * solver.h, with the preconditioner of Hsia, Chiang & Lin 2018. Where those keep the step inside a
 * trust region, this searches along it (Keerthi & DeCoste 2005 for the SVM; Galli & Lin 2021
 * compare the two): here the margins along a step are known, so a search costs no pass over the
 * matrix, and it needed fewer.
 *
 * For the SVM the K problems run in step, each lane with its own step lengths and end; for the
 * softmax all lanes share one. One CG step reads the matrix once: with d and its margins known,
 *     q = D (X d),   <d, H d> = <d, d>_penalty + q . X d,   H d = penalty d + X^T q.
 * Changes of the objective are summed as differences by row, so that they stay exact near the
 * optimum. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "linear/solver.h"

typedef struct {
  st_solve *s;
  st_vec step, r, d;
  float *step_margin, *d_margin;
  float *alpha, *beta; /* [lanes] */
} newton;

static void piece_range(const st_problem *p, size_t b, size_t *from, size_t *to) {
  *from = b * ROW_BLOCK;
  *to = *from + ROW_BLOCK < p->rows ? *from + ROW_BLOCK : p->rows;
}

/* d = r + beta d on explicit columns, and t_e = scaled d for the margins; sums 0: <d, d>_penalty */
static void direction_cols(void *ctx, size_t b) {
  const newton *t = ctx;
  st_problem *p = t->s->p;
  size_t L = p->lanes, from = b * COL_BLOCK, to = from + COL_BLOCK < p->e ? from + COL_BLOCK : p->e;
  double *dd = p->sums + (st_row_blocks(p) + b) * SUMS * L;
  memset(dd, 0, SUMS * L * sizeof *dd);
  for (size_t j = from; j < to; j++)
    for (size_t l = 0; l < L; l++) {
      size_t k = j * L + l;
      float d = t->r.e[k] + t->beta[l] * t->d.e[k];
      t->d.e[k] = d;
      p->t_e[k] = p->e_scale[j] * d;
      dd[l] += (double)(p->e_penalty[j] * d * d);
    }
}

/* The same on rows, the margins of d, q = D X d; sums 0: <d, d>, 1: q . X d */
static void direction_rows(void *ctx, size_t b) {
  const newton *t = ctx;
  st_problem *p = t->s->p;
  size_t L = p->lanes, from, to;
  piece_range(p, b, &from, &to);
  double *dd = p->sums + b * SUMS * L, *qm = dd + L;
  memset(dd, 0, SUMS * L * sizeof *dd);
  st_forward(p, from, to, p->t_e, t->d_margin);
  if (!p->primal) st_rows_direction(p, from, to, t->beta, &t->r, &t->d, t->d_margin, dd);
  st_curvature(p, from, to, t->s->curve, t->d_margin, t->s->q + from * L);
  st_rows_scale(p, b, from, to, t->d_margin, t->s->q, qm);
}

/* step += alpha d; r -= alpha H d; sums 0: <r, r>, 1 in the weights' own metric */
static void residual_piece(void *ctx, size_t b) {
  const newton *t = ctx;
  st_problem *p = t->s->p;
  size_t L = p->lanes, blocks = st_row_blocks(p);
  double *rr = p->sums + b * SUMS * L, *own = rr + L;
  memset(rr, 0, SUMS * L * sizeof *rr);
  if (b >= blocks) {
    size_t from = (b - blocks) * COL_BLOCK, to = from + COL_BLOCK < p->e ? from + COL_BLOCK : p->e;
    for (size_t j = from; j < to; j++)
      for (size_t l = 0; l < L; l++) {
        size_t k = j * L + l;
        float d = t->d.e[k], h = p->e_penalty[j] * d + p->e_scale[j] * p->t_e[k];
        t->step.e[k] += t->alpha[l] * d;
        float r = t->r.e[k] -= t->alpha[l] * h;
        rr[l] += (double)(r * r);
        own[l] += (double)(p->e_metric[j] * r * r);
      }
    return;
  }
  size_t from, to;
  piece_range(p, b, &from, &to);
  st_residual job = {t->alpha, t->s->q, t->d_margin, t->step_margin, &t->d, &t->step, &t->r};
  st_rows_residual(p, from, to, &job, rr);
  for (size_t l = 0; l < L; l++) own[l] = rr[l];
}

/* Sums 0: <w, step>, 1: <step, step>, both with the penalty */
static void norms_piece(void *ctx, size_t b) {
  const newton *t = ctx;
  st_problem *p = t->s->p;
  size_t L = p->lanes, blocks = st_row_blocks(p);
  double *ws = p->sums + b * SUMS * L, *ss = ws + L;
  memset(ws, 0, SUMS * L * sizeof *ws);
  const st_vec *w = &t->s->w, *s = &t->step;
  if (b >= blocks) {
    size_t from = (b - blocks) * COL_BLOCK, to = from + COL_BLOCK < p->e ? from + COL_BLOCK : p->e;
    for (size_t j = from; j < to; j++)
      for (size_t l = 0; l < L; l++) {
        float v = p->e_penalty[j] * s->e[j * L + l];
        ws[l] += (double)(v * w->e[j * L + l]), ss[l] += (double)(v * s->e[j * L + l]);
      }
    return;
  }
  size_t from, to;
  piece_range(p, b, &from, &to);
  if (!p->primal)
    for (size_t i = from; i < to; i++)
      for (size_t l = 0; l < L; l++) {
        float a = s->a[i * L + l];
        ws[l] += (double)(a * w->z[i * L + l]), ss[l] += (double)(a * s->z[i * L + l]);
      }
}

/* Sums 0: loss at w + alpha step less loss at w, 1 and 2: its derivatives by alpha */
static void loss_piece(void *ctx, size_t b) {
  const newton *t = ctx;
  st_problem *p = t->s->p;
  size_t L = p->lanes, from, to;
  piece_range(p, b, &from, &to);
  double *sum = p->sums + b * SUMS * L;
  st_loss_change(p, from, to, t->s->margin, t->step_margin, t->alpha, sum, sum + L, sum + 2 * L);
}

/* w += alpha step */
static void move_piece(void *ctx, size_t b) {
  const newton *t = ctx;
  st_problem *p = t->s->p;
  size_t L = p->lanes, blocks = st_row_blocks(p), from, to;
  st_vec *w = &t->s->w;
  if (b >= blocks) {
    from = (b - blocks) * COL_BLOCK, to = from + COL_BLOCK < p->e ? from + COL_BLOCK : p->e;
    for (size_t k = from * L; k < to * L; k++) w->e[k] += t->alpha[k % L] * t->step.e[k];
    return;
  }
  piece_range(p, b, &from, &to);
  for (size_t k = from * L; k < to * L; k++) {
    t->s->margin[k] += t->alpha[k % L] * t->step_margin[k];
    if (p->primal) continue;
    w->a[k] += t->alpha[k % L] * t->step.a[k];
    w->z[k] += t->alpha[k % L] * t->step.z[k];
  }
}

typedef struct {
  double rr;        /* <r, r> */
  double goal2;     /* CG ends when |r|^2 in the weights' metric is at most goal2 */
  double slope0;    /* of the objective along the step, at its foot */
  double low, high; /* line search: bracket */
  double f, true_g2, start2;
  bool solved, stuck, done;
} lane;

enum { MAX_CG = 250, MAX_SEARCH = 30 };
static const double FORCING = 0.1; /* |residual| of the Newton system against |gradient| */

/* alpha or beta of lanes beyond the k steered ones: the first's when joint, else 0 (padding). */
static void spread(const st_problem *p, float *v, size_t k) {
  for (size_t l = k; l < p->lanes; l++) v[l] = p->joint ? v[0] : 0;
}

/* Fills t->step by conjugate gradients from r = -gradient. `k` lanes are steered (1 when joint). */
static void conjugate_gradients(newton *t, lane *lanes, size_t k, double *sum) {
  st_problem *p = t->s->p;
  size_t L = p->lanes, rows = st_row_blocks(p), cols = st_col_blocks(p);
  for (size_t l = 0; l < L; l++) t->beta[l] = 0;
  for (int it = 0; it < MAX_CG; it++) {
    st_team_run(p->team, cols, direction_cols, t);
    st_team_run(p->team, rows, direction_rows, t);
    double *dd = sum, *qm = sum + L, *rr = sum, *own = sum + L;
    st_collect(p, rows + cols, 0, dd);
    st_collect(p, rows, 1, qm);
    for (size_t l = 0; l < k; l++) {
      lane *a = &lanes[l];
      double curve = dd[l] + qm[l];
      if (!(curve > 0)) a->done = true; /* nothing left but rounding */
      t->alpha[l] = a->done ? 0 : (float)(a->rr / curve);
      a->slope0 -=
          (double)t->alpha[l] * a->rr; /* g'd = -<r, r>: r is orthogonal to earlier steps */
    }
    spread(p, t->alpha, k);
    st_adjoint(p, t->s->q);
    st_team_run(p->team, rows + cols, residual_piece, t);
    st_collect(p, rows + cols, 0, rr);
    st_collect(p, rows + cols, 1, own);
    bool all = true;
    for (size_t l = 0; l < k; l++) {
      lane *a = &lanes[l];
      if (own[l] <= a->goal2 || !(rr[l] > 0)) a->done = true;
      t->beta[l] = a->done ? 0 : (float)(rr[l] / a->rr);
      a->rr = rr[l];
      all &= a->done;
    }
    spread(p, t->beta, k);
    if (all) return;
  }
}

/* Along the step every lane looks for a point of sufficient decrease where the slope has fallen to
 * a third: Newton's method on one variable, within a bracket. It reads margins only, no matrix.
 * Then w moves. Returns false when no lane could move. */
static bool line_search(newton *t, lane *lanes, size_t k, double *sum) {
  st_problem *p = t->s->p;
  size_t L = p->lanes, rows = st_row_blocks(p), pieces = rows + st_col_blocks(p);
  double *ws = sum, *ss = sum + L, *change = sum + 2 * L, *d1 = sum + 3 * L, *d2 = sum + 4 * L;
  st_team_run(p->team, pieces, norms_piece, t);
  st_collect(p, pieces, 0, ws);
  st_collect(p, pieces, 1, ss);
  for (size_t l = 0; l < k; l++) {
    lanes[l].done = lanes[l].solved;
    lanes[l].low = 0, lanes[l].high = INFINITY;
    t->alpha[l] = lanes[l].solved ? 0 : 1;
  }
  for (int i = 0; i < MAX_SEARCH; i++) {
    spread(p, t->alpha, k);
    st_team_run(p->team, rows, loss_piece, t);
    st_collect(p, rows, 0, change);
    st_collect(p, rows, 1, d1);
    st_collect(p, rows, 2, d2);
    bool all = true;
    for (size_t l = 0; l < k; l++) {
      lane *a = &lanes[l];
      if (a->done) continue;
      double x = (double)t->alpha[l], f = change[l] + x * (ws[l] + x * ss[l] / 2);
      double slope = d1[l] + ws[l] + x * ss[l], curve = d2[l] + ss[l], slope0 = a->slope0;
      bool enough = f <= 1e-4 * x * slope0;
      if (enough && fabs(slope) <= -slope0 / 3) {
        a->done = true, a->low = x;
        continue;
      }
      if (enough && slope < 0)
        a->low = x;
      else
        a->high = x;
      double next = x - slope / curve;
      if (!(next > a->low && next < a->high))
        next = isinf(a->high) ? 2 * x : (a->low + a->high) / 2;
      if (next > 100 || a->high - a->low < 1e-6) {
        a->done = true, t->alpha[l] = (float)a->low;
        continue;
      }
      t->alpha[l] = (float)next;
      all = false;
    }
    if (all) break;
  }
  bool moved = false;
  for (size_t l = 0; l < k; l++) {
    lane *a = &lanes[l];
    if (!a->done) t->alpha[l] = (float)a->low;
    if (!a->solved && t->alpha[l] == 0)
      a->solved = a->stuck = true; /* the limit of the arithmetic */
    moved |= t->alpha[l] > 0;
  }
  spread(p, t->alpha, k);
  if (moved) st_team_run(p->team, pieces, move_piece, t);
  return moved;
}

stance_status st_tron(st_solve *s, stance_error *err) {
  st_problem *p = s->p;
  size_t L = p->lanes, k = p->joint || L == 1 ? 1 : p->classes, n = p->rows * L;
  newton t = {.s = s};
  double *sum = st_calloc(5 * L, sizeof *sum);
  lane *lanes = st_calloc(L, sizeof *lanes);
  t.alpha = st_floats(L), t.beta = st_floats(L);
  t.step_margin = st_floats(n), t.d_margin = st_floats(n);
  stance_status status = STANCE_OK;
  st_train_report *report = s->report;
  bool ok = st_vec_new(p, &t.step);
  ok &= st_vec_new(p, &t.r);
  ok &= st_vec_new(p, &t.d);
  if (!ok || !sum || !lanes || !t.alpha || !t.beta || !t.step_margin || !t.d_margin) {
    status = st_fail_memory(err, "training");
    goto done;
  }
  for (size_t l = 0; l < k; l++) lanes[l].start2 = s->start_norm2[l];
  for (int it = 0;; it++) {
    double *f = sum, *g2 = sum + L, *true_g2 = sum + 2 * L;
    st_gradient(s, &t.r, -1, f, g2, true_g2);
    bool all = true;
    double total = 0, norm2 = 0, start2 = 0;
    report->converged = true;
    for (size_t l = 0; l < k; l++) {
      lane *a = &lanes[l];
      a->f = f[l], a->true_g2 = true_g2[l];
      if (a->start2 < 0) a->start2 = a->true_g2; /* the start is W = 0 */
      double goal2 = s->tolerance * s->tolerance * a->start2;
      a->solved = a->stuck || a->true_g2 <= goal2;
      report->converged &= a->true_g2 <= goal2;
      all &= a->solved;
      /* Solve the Newton system to a fraction, but no closer than the end asks for. */
      a->goal2 = fmax(FORCING * FORCING * a->true_g2, 0.25 * goal2);
      a->rr = g2[l], a->slope0 = 0;
      a->done = a->solved;
      total += a->f, norm2 += a->true_g2, start2 += a->start2;
    }
    report->objective = total, report->gradient_norm = sqrt(norm2), report->iterations = it;
    report->start_norm = sqrt(start2);
    if (it && s->params->progress &&
        !s->params->progress(s->params->progress_ctx, it, total, report->gradient_norm))
      report->interrupted = true;
    if (all || report->interrupted || it >= s->max_iterations) break;
    memset(t.step_margin, 0, n * sizeof *t.step_margin);
    if (!p->primal) memset(t.step.a, 0, n * sizeof(float)), memset(t.step.z, 0, n * sizeof(float));
    memset(t.step.e, 0, p->e * L * sizeof(float));
    conjugate_gradients(&t, lanes, k, sum);
    line_search(&t, lanes, k, sum);
  }
done:
  st_vec_free(&t.step);
  st_vec_free(&t.r);
  st_vec_free(&t.d);
  free(t.step_margin);
  free(t.d_margin);
  free(t.alpha);
  free(t.beta);
  free(sum);
  free(lanes);
  return status;
}
