/* lbfgs.c: limited-memory BFGS in compact form (Byrd, Nocedal & Schnabel 1994, "Representations of
 * quasi-Newton matrices and their use in limited memory methods", equation 3.1 and section 4):
 *
 *     H g = gamma g + S R^-T [(D + gamma Y'Y) R^-1 S'g - gamma Y'g] - gamma Y R^-1 S'g
 *
 * with S, Y the last M steps and gradient changes, R the upper triangle of S'Y, D its diagonal. All
 * the work on long vectors is two pairs of matrix-vector products (CBLAS sgemv) an iteration; the
 * rest is M by M. S'y and Y'y of a new pair are differences of the S'g and Y'g needed anyway.
 *
 * The line search knows the margins along the line, so that it never reads the matrix: Newton on
 * one variable, inside a bracket. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "linear/solver.h"

enum { M = 10, SLOTS = M + 1, CHUNK = 8192 }; /* one slot more: the pair in the making */

/* A vector in one piece for BLAS: [a | e | z]; a stored pair's dot product with another v is its
 * [a | e] times v's [z | e]. */
typedef struct {
  st_solve *s;
  size_t rows, cols, len; /* floats in a (and z), in e, in all */
  float *S, *Y;           /* [SLOTS][len] */
  st_vec g, direction;
  float *direction_margin;
  float *t;                  /* [lanes] step length, the same in every lane */
  float *coefficient;        /* [2 SLOTS] of S and Y in the direction */
  double gamma, *chunk_sums; /* [chunks][2 SLOTS] */
  size_t have, slot;         /* slots ever used, slot of the pair in the making */
} lbfgs;

static size_t chunks_of(size_t n) {
  return (n + CHUNK - 1) / CHUNK;
}

/* Piece -> a range of floats in v (one of a, e, z) and where it begins in a stored vector. */
static size_t chunk_place(const lbfgs *b, size_t piece, size_t *from, size_t *n, size_t *at) {
  size_t na = chunks_of(b->rows), ne = chunks_of(b->cols), len = b->rows, kind = 0;
  *at = 0;
  if (piece >= na) piece -= na, kind = 1, len = b->cols, *at = b->rows;
  if (kind == 1 && piece >= ne) piece -= ne, kind = 2, len = b->rows, *at = b->rows + b->cols;
  *from = piece * CHUNK;
  *n = len - *from < CHUNK ? len - *from : CHUNK;
  *at += *from;
  return kind;
}

/* S'g and Y'g over one chunk: [a | e] of the pairs with [z | e] of g. */
static void products_chunk(void *ctx, size_t piece) {
  const lbfgs *b = ctx;
  size_t from, n, at;
  const float *g = chunk_place(b, piece, &from, &n, &at) ? b->g.e : b->g.z;
  float out[2 * SLOTS];
  st_sgemv(false, b->have, n, 1, b->S + at, b->len, g + from, 0, out);
  st_sgemv(false, b->have, n, 1, b->Y + at, b->len, g + from, 0, out + SLOTS);
  double *to = b->chunk_sums + piece * 2 * SLOTS;
  for (size_t k = 0; k < b->have; k++)
    to[k] = (double)out[k], to[SLOTS + k] = (double)out[SLOTS + k];
}

/* direction = -(gamma g + S c + Y d) over one chunk */
static void combine_chunk(void *ctx, size_t piece) {
  const lbfgs *b = ctx;
  size_t from, n, at, kind = chunk_place(b, piece, &from, &n, &at);
  const float *g = kind == 0 ? b->g.a : kind == 1 ? b->g.e : b->g.z;
  float *p = kind == 0 ? b->direction.a : kind == 1 ? b->direction.e : b->direction.z;
  g += from, p += from;
  float gamma = (float)b->gamma;
  for (size_t k = 0; k < n; k++) p[k] = -gamma * g[k];
  if (!b->have) return;
  st_sgemv(true, b->have, n, -1, b->S + at, b->len, b->coefficient, 1, p);
  st_sgemv(true, b->have, n, -1, b->Y + at, b->len, b->coefficient + SLOTS, 1, p);
}

/* The new pair: s = t p, and y = g - old g, whose old value waits in the slot of Y. */
static void pair_chunk(void *ctx, size_t piece) {
  const lbfgs *b = ctx;
  size_t from, n, at, kind = chunk_place(b, piece, &from, &n, &at);
  const float *g = (kind == 0 ? b->g.a : kind == 1 ? b->g.e : b->g.z) + from;
  const float *p = (kind == 0   ? b->direction.a
                    : kind == 1 ? b->direction.e
                                : b->direction.z) +
                   from;
  float *s = b->S + b->slot * b->len + at, *y = b->Y + b->slot * b->len + at, t = b->t[0];
  for (size_t k = 0; k < n; k++) s[k] = t * p[k], y[k] = g[k] - y[k];
}

static void save_gradient(void *ctx, size_t piece) {
  const lbfgs *b = ctx;
  size_t from, n, at, kind = chunk_place(b, piece, &from, &n, &at);
  const float *g = kind == 0 ? b->g.a : kind == 1 ? b->g.e : b->g.z;
  memcpy(b->Y + b->slot * b->len + at, g + from, n * sizeof *g);
}

/* y'y and s'y of the pair in the slot. */
static void pair_products(const lbfgs *b, double *yy, double *sy) {
  const float *s = b->S + b->slot * b->len, *y = b->Y + b->slot * b->len,
              *yz = y + b->rows + b->cols;
  double u = 0, v = 0;
  for (size_t k = 0; k < b->rows; k++) u += (double)(y[k] * yz[k]), v += (double)(s[k] * yz[k]);
  for (size_t k = b->rows; k < b->rows + b->cols; k++)
    u += (double)(y[k] * y[k]), v += (double)(s[k] * y[k]);
  *yy = u, *sy = v;
}

static void scale_direction(void *ctx, size_t c) {
  const lbfgs *b = ctx;
  st_problem *p = b->s->p;
  size_t L = p->lanes, from = c * COL_BLOCK, to = from + COL_BLOCK < p->e ? from + COL_BLOCK : p->e;
  for (size_t j = from; j < to; j++)
    for (size_t l = 0; l < L; l++) p->t_e[j * L + l] = p->e_scale[j] * b->direction.e[j * L + l];
}

static void direction_margins(void *ctx, size_t c) {
  const lbfgs *b = ctx;
  st_problem *p = b->s->p;
  size_t L = p->lanes, from = c * ROW_BLOCK,
         to = from + ROW_BLOCK < p->rows ? from + ROW_BLOCK : p->rows;
  st_forward(p, from, to, p->t_e, b->direction_margin);
  if (p->primal) return;
  for (size_t i = from; i < to; i++)
    for (size_t l = 0; l < L; l++)
      b->direction_margin[i * L + l] += p->row_scale[i] * b->direction.z[i * L + l];
}

/* Sums 0: <w, p>_penalty, 1: <p, p>_penalty, 2: <g, p> */
static void line_products(void *ctx, size_t c) {
  const lbfgs *b = ctx;
  st_problem *p = b->s->p;
  const st_vec *w = &b->s->w, *d = &b->direction;
  size_t L = p->lanes, blocks = st_row_blocks(p);
  double *sum = p->sums + c * SUMS * L;
  memset(sum, 0, SUMS * L * sizeof *sum);
  if (c >= blocks) {
    size_t from = (c - blocks) * COL_BLOCK, to = from + COL_BLOCK < p->e ? from + COL_BLOCK : p->e;
    for (size_t j = from; j < to; j++)
      for (size_t l = 0; l < L; l++) {
        float v = d->e[j * L + l];
        sum[l] += (double)(p->e_penalty[j] * w->e[j * L + l] * v);
        sum[L + l] += (double)(p->e_penalty[j] * v * v);
        sum[2 * L + l] += (double)(b->g.e[j * L + l] * v);
      }
    return;
  }
  if (p->primal) return;
  size_t from = c * ROW_BLOCK, to = from + ROW_BLOCK < p->rows ? from + ROW_BLOCK : p->rows;
  for (size_t i = from; i < to; i++)
    for (size_t l = 0; l < L; l++) {
      float z = d->z[i * L + l];
      sum[l] += (double)(w->a[i * L + l] * z);
      sum[L + l] += (double)(d->a[i * L + l] * z);
      sum[2 * L + l] += (double)(b->g.a[i * L + l] * z);
    }
}

static void loss_along(void *ctx, size_t c) {
  const lbfgs *b = ctx;
  st_problem *p = b->s->p;
  size_t L = p->lanes, from = c * ROW_BLOCK,
         to = from + ROW_BLOCK < p->rows ? from + ROW_BLOCK : p->rows;
  double *sum = p->sums + c * SUMS * L;
  st_loss_change(p, from, to, b->s->margin, b->direction_margin, b->t, sum, sum + L, sum + 2 * L);
}

static void move_piece(void *ctx, size_t c) {
  const lbfgs *b = ctx;
  st_problem *p = b->s->p;
  size_t L = p->lanes, blocks = st_row_blocks(p);
  float t = b->t[0];
  st_vec *w = &b->s->w;
  if (c >= blocks) {
    size_t from = (c - blocks) * COL_BLOCK, to = from + COL_BLOCK < p->e ? from + COL_BLOCK : p->e;
    for (size_t k = from * L; k < to * L; k++) w->e[k] += t * b->direction.e[k];
    return;
  }
  size_t from = c * ROW_BLOCK, to = from + ROW_BLOCK < p->rows ? from + ROW_BLOCK : p->rows;
  for (size_t k = from * L; k < to * L; k++) {
    b->s->margin[k] += t * b->direction_margin[k];
    if (p->primal) continue;
    w->a[k] += t * b->direction.a[k];
    w->z[k] += t * b->direction.z[k];
  }
}

static double total(const st_problem *p, size_t pieces, size_t which, double *lanes) {
  st_collect(p, pieces, which, lanes);
  if (p->joint) return lanes[0];
  double sum = 0;
  for (size_t l = 0; l < p->lanes; l++) sum += lanes[l];
  return sum;
}

/* A step length with sufficient decrease and a slope of at most 0.3 times the first; 0 if none. */
static double line_search(lbfgs *b, double *lanes) {
  st_problem *p = b->s->p;
  size_t rows = st_row_blocks(p), cols = st_col_blocks(p);
  st_team_run(p->team, cols, scale_direction, b);
  st_team_run(p->team, rows, direction_margins, b);
  st_team_run(p->team, rows + cols, line_products, b);
  double wp = total(p, rows + cols, 0, lanes), pp = total(p, rows + cols, 1, lanes);
  double slope = total(p, rows + cols, 2, lanes);
  if (!(slope < 0)) return 0;
  double low = 0, high = INFINITY, t = 1;
  for (int i = 0; i < 40; i++) {
    for (size_t l = 0; l < p->lanes; l++) b->t[l] = (float)t;
    t = (double)b->t[0];
    st_team_run(p->team, rows, loss_along, b);
    double change = total(p, rows, 0, lanes) + t * (wp + t * pp / 2);
    double d1 = total(p, rows, 1, lanes) + wp + t * pp, d2 = total(p, rows, 2, lanes) + pp;
    if (change <= 1e-4 * t * slope && fabs(d1) <= -0.3 * slope) return t;
    if (d1 > 0 || !(change <= 1e-4 * t * slope))
      high = t;
    else
      low = t;
    double next = t - d1 / d2;
    if (!(next > low && next < high)) next = isinf(high) ? 4 * t : (low + high) / 2;
    if (high - low < 1e-7 * high) break;
    t = next;
  }
  for (size_t l = 0; l < p->lanes; l++) b->t[l] = (float)low;
  return low;
}

typedef struct { /* chronological: 0 is the oldest pair */
  size_t n;
  double sy[M][M], yy[M][M]; /* s_i'y_j, y_i'y_j */
} history;

/* coefficient and gamma of the direction from S'g and Y'g, both chronological */
static void solve_compact(const history *h, double gamma, const double *sg, const double *yg,
                          double *c, double *d) {
  double u[M], v[M];
  size_t n = h->n;
  for (size_t i = n; i-- > 0;) { /* u = R^-1 S'g */
    u[i] = sg[i];
    for (size_t j = i + 1; j < n; j++) u[i] -= h->sy[i][j] * u[j];
    u[i] /= h->sy[i][i];
  }
  for (size_t i = 0; i < n; i++) { /* v = (D + gamma Y'Y) u - gamma Y'g */
    v[i] = h->sy[i][i] * u[i] - gamma * yg[i];
    for (size_t j = 0; j < n; j++) v[i] += gamma * h->yy[i][j] * u[j];
  }
  for (size_t i = 0; i < n; i++) { /* c = R^-T v, d = -gamma u */
    c[i] = v[i];
    for (size_t j = 0; j < i; j++) c[i] -= h->sy[j][i] * c[j];
    c[i] /= h->sy[i][i];
    d[i] = -gamma * u[i];
  }
}

stance_status st_lbfgs(st_solve *s, stance_error *err) {
  st_problem *p = s->p;
  size_t L = p->lanes, rows = p->primal ? 0 : p->rows * L, cols = p->e * L, len = 2 * rows + cols;
  lbfgs b = {.s = s, .rows = rows, .cols = cols, .len = len, .gamma = 1};
  history h = {0};
  st_train_report *report = s->report;
  stance_status status = STANCE_OK;
  size_t chunks = 2 * chunks_of(rows) + chunks_of(cols),
         dot_chunks = chunks_of(rows) + chunks_of(cols);
  size_t pieces = st_row_blocks(p) + st_col_blocks(p);
  double *lanes = st_calloc(3 * L, sizeof *lanes);
  b.S = st_floats(SLOTS * len), b.Y = st_floats(SLOTS * len);
  b.direction_margin = st_floats(p->rows * L);
  b.t = st_floats(L), b.coefficient = st_floats(2 * SLOTS);
  b.chunk_sums = st_calloc(chunks * 2 * SLOTS, sizeof *b.chunk_sums);
  bool ok = st_vec_new(p, &b.g);
  ok &= st_vec_new(p, &b.direction);
  if (!ok || !lanes || !b.S || !b.Y || !b.direction_margin || !b.t || !b.coefficient ||
      !b.chunk_sums) {
    status = st_fail_memory(err, "training");
    goto done;
  }
  if (len > INT32_MAX) {
    status =
        st_fail(err, STANCE_ERR_TOO_LARGE, "too many columns for L-BFGS; use the Newton solver");
    goto done;
  }
  double sg[M], yg[M], old_sg[M], old_yg[M], c[M], d[M], start2 = 0;
  for (size_t l = 0; l < L; l++) start2 += s->start_norm2[l];
  if (p->joint) start2 = s->start_norm2[0];
  size_t ring[M]; /* chronological -> slot */
  for (int it = 0;; it++) {
    double *f = lanes, *g2 = lanes + L, *own = lanes + 2 * L, objective = 0, norm2 = 0;
    st_gradient(s, &b.g, 1, f, g2, own);
    for (size_t l = 0; l < (p->joint ? 1 : L); l++) objective += f[l], norm2 += own[l];
    if (start2 < 0) start2 = norm2;
    report->objective = objective, report->gradient_norm = sqrt(norm2), report->iterations = it;
    report->start_norm = sqrt(start2);
    report->converged = norm2 <= s->tolerance * s->tolerance * start2;
    if (it && s->params->progress &&
        !s->params->progress(s->params->progress_ctx, it, objective, report->gradient_norm))
      report->interrupted = true;
    if (report->converged || report->interrupted || it >= s->max_iterations) break;
    double yy = 0, sy = 0;
    if (it) { /* the pair of the last step: slot holds the old gradient in Y */
      st_team_run(p->team, chunks, pair_chunk, &b);
      pair_products(&b, &yy, &sy);
      if (!(sy > 1e-10 * yy)) sy = 0; /* no curvature along it: leave it out */
    }
    bool added = it && sy > 0;
    if (added) {
      size_t next = h.n + 1;
      if (h.n == M) { /* forget the oldest */
        next = ring[0];
        for (size_t i = 1; i < M; i++) {
          ring[i - 1] = ring[i];
          old_sg[i - 1] = old_sg[i], old_yg[i - 1] = old_yg[i];
          for (size_t j = 1; j < M; j++)
            h.sy[i - 1][j - 1] = h.sy[i][j], h.yy[i - 1][j - 1] = h.yy[i][j];
        }
        h.n--;
      }
      ring[h.n++] = b.slot;
      if (b.have <= b.slot) b.have = b.slot + 1;
      b.slot = next;
      b.gamma = sy / yy;
    }
    if (h.n) {
      st_team_run(p->team, dot_chunks, products_chunk, &b);
      for (size_t i = 0; i < h.n; i++) {
        sg[i] = yg[i] = 0;
        for (size_t k = 0; k < dot_chunks; k++)
          sg[i] += b.chunk_sums[k * 2 * SLOTS + ring[i]],
              yg[i] += b.chunk_sums[k * 2 * SLOTS + SLOTS + ring[i]];
      }
      if (added) {
        size_t new = h.n - 1;
        for (size_t i = 0; i < new; i++) {
          h.sy[i][new] = sg[i] - old_sg[i];
          h.yy[i][new] = h.yy[new][i] = yg[i] - old_yg[i];
        }
        h.sy[new][new] = sy, h.yy[new][new] = yy;
      }
      solve_compact(&h, b.gamma, sg, yg, c, d);
      memset(b.coefficient, 0, 2 * SLOTS * sizeof(float));
      for (size_t i = 0; i < h.n; i++)
        b.coefficient[ring[i]] = (float)c[i], b.coefficient[SLOTS + ring[i]] = (float)d[i];
      memcpy(old_sg, sg, sizeof sg), memcpy(old_yg, yg, sizeof yg);
    }
    st_team_run(p->team, chunks, combine_chunk, &b);
    double step = line_search(&b, lanes);
    if (!(step > 0)) {
      if (!h.n) break; /* not even downhill: the limit of the arithmetic */
      h.n = b.have = b.slot = 0, b.gamma = 1;
      st_team_run(p->team, chunks, combine_chunk, &b);
      step = line_search(&b, lanes);
      if (!(step > 0)) break;
    }
    st_team_run(p->team, chunks, save_gradient, &b);
    st_team_run(p->team, pieces, move_piece, &b);
  }
done:
  st_vec_free(&b.g);
  st_vec_free(&b.direction);
  free(b.S);
  free(b.Y);
  free(b.direction_margin);
  free(b.t);
  free(b.coefficient);
  free(b.chunk_sums);
  free(lanes);
  return status;
}
