/* solver.h: the inside of training: the problem as the solvers see it, and their vectors.
 *
 * Lanes. The K weights of a column lie side by side, padded to L = 1, 4 or a multiple of 8 lanes,
 * so that one SIMD operation serves all classes. Two classes need one lane: w = W1 - W0 (softmax)
 * or w = W1 = -W0 (SVM). The SVM's lanes are K independent problems solved in step; the softmax's
 * are one problem ("joint": its dot products add up over lanes).
 *
 * Rows for columns. The gradient of the loss is X^T G, and iterates that start at 0 never leave the
 * span of the rows (representer theorem; for solvers in the primal: Chapelle 2007, "Training a
 * support vector machine in the primal", section 3). So a vector v = X^T a is kept as the pair
 *     a[n][L],  z[n][L] = X v = K a,  K = X X^T,        <u, v> = u.a . v.z
 * and no solver array is as long as the columns. One product K q per step reads the matrix once,
 * column by column: t = sum_i q_i over the column's rows, then z_i += t for the same rows, whose
 * 16- or 32-bit numbers are still in the first-level cache. Columns with one row are a diagonal
 * ("self"). What is not regularised like the rest (dense columns, bias) has explicit coordinates
 * e[m][L]: vector = (a, z, e), <u, v> = u.a . v.z + u.e . v.e.
 * With more rows than columns ("primal") the sparse columns are explicit too, a and z are empty,
 * and the caller's matrix is read in place: margins by rows, gradient by ranges of columns. (K
 * would be singular then, and single precision would end sooner.) Row scales are folded into a and
 * z (a_i holds r_i a_i, z_i holds z_i / r_i).
 *
 * Explicit columns are scaled by 1/m_j, m_j^2 = 0.99 penalty_j + 0.01 diag(H at 0)_j (the mixed
 * diagonal preconditioner of Hsia, Chiang & Lin 2018, eq. 23, kept fixed: a change of variable).
 *
 * Order of sums. z is summed over a fixed number of column parts, dots over fixed blocks of rows,
 * columns in row order; threads only choose who does which part. Hence the same bits with any
 * number. */
#ifndef STANCE_LINEAR_SOLVER_H
#define STANCE_LINEAR_SOLVER_H

#include "linear/linear.h"
#include "linear/team.h"

enum {
  ROW_BLOCK = 512,     /* rows in one piece of work */
  COL_BLOCK = 4096,    /* explicit columns in one piece of work */
  MAX_PARTS = 8,       /* column parts of the product K q */
  RUNS = 16,           /* columns with 2 .. RUNS - 1 rows are sorted into runs of equal length */
  NARROW_ROWS = 65536, /* up to so many, row numbers take 16 bits */
  SUMS = 4             /* sums a piece can return, each [lanes] */
};

/* A range of columns of the transposed matrix, about as many entries as the L2 cache holds. */
typedef struct st_tile {
  uint64_t first;       /* its entries in idx: runs of columns with 2, 3, .. rows, then long ones */
  uint64_t first_scale; /* its columns in column_scale2 */
  uint64_t first_long;  /* its long columns' lengths in long_rows */
  uint32_t run[RUNS];   /* number of columns with that many rows */
  uint32_t longs;
} st_tile;

typedef struct st_problem {
  const st_matrix *x;
  st_team *team;
  size_t classes, lanes;
  bool joint; /* softmax: all lanes are one problem */
  st_loss loss;

  size_t n;         /* rows in use */
  size_t rows;      /* n, or n + 1: see warm */
  uint32_t *row;    /* [n] their number in x */
  int32_t *y;       /* [rows] class */
  float *cost;      /* [rows] C * weights */
  float *row_scale; /* [rows] */

  bool primal;
  size_t e, sparse_e; /* explicit columns: sparse (primal), dense, bias */
  float *e_scale;     /* [e] column scale / m */
  float *e_penalty;   /* [e] penalty / m^2; bias 0 */
  float *e_metric;    /* [e] m^2 */

  /* dual: the transposed matrix */
  void *idx; /* row numbers, uint16_t or (wide) uint32_t */
  bool wide;
  uint32_t *long_rows;
  float *column_scale2; /* NULL: 1 */
  st_tile *tile;
  size_t tiles, parts, part_tile[MAX_PARTS + 1];
  float *self;   /* [rows] sum of squared scales of the columns that only this row has */
  float *z_part; /* [parts][rows][lanes] */

  /* dual, warm start: weights u that are no sum of rows are one more row without a loss; it has
   * a = 1 at the start and X u as its column of K. */
  float *warm; /* [n][lanes] (X u)_i / r_i, or NULL */

  uint64_t
      *split; /* primal: [n][column ranges - 1] where a row's entries of the next range begin */
  size_t ranges;

  float *t_e;    /* [e][lanes] X_E^T q, unscaled; also the scaled direction before that */
  float *e_part; /* [row blocks][dense + 2][lanes] sums over a block's rows: dense, bias, warm */
  double *sums;  /* [pieces][SUMS][lanes] */
} st_problem;

typedef struct st_vec {
  float *a, *z, *e;
} st_vec;

static inline size_t st_row_blocks(const st_problem *p) {
  return (p->rows + ROW_BLOCK - 1) / ROW_BLOCK;
}
static inline size_t st_col_blocks(const st_problem *p) {
  return (p->e + COL_BLOCK - 1) / COL_BLOCK;
}

/* 64-byte aligned, zeroed; NULL when memory is short. Freed with free(). */
float *st_floats(size_t n);

/* ---- problem.c ---- */
stance_status st_problem_init(st_problem *p, const st_matrix *x, const int32_t *label,
                              size_t classes, const st_train_params *params, bool warm,
                              stance_error *err);
void st_problem_free(st_problem *p);
void st_problem_free_matrix(st_problem *p); /* the transposed matrix only */

/* ---- product.c ---- */

/* t_e and (dual) z_part from q [rows][lanes] (scaled by row) and e_part. */
void st_adjoint(st_problem *p, const float *q);
/* m[i] = X_E u for rows [from, to); u = t_e as st_vec's e times e_scale. */
void st_forward(const st_problem *p, size_t from, size_t to, const float *u, float *m);
/* Writes block's sums over rows [from, to) of dense * q and warm * q; q unscaled [to -
 * from][lanes]. */
void st_explicit_sums(const st_problem *p, size_t block, size_t from, size_t to, const float *q);

/* ---- rows.c: rows [from, to); sums go to [lanes] ---- */

typedef struct st_residual {
  const float *alpha, *q, *d_margin; /* q scaled by row */
  float *step_margin;
  const st_vec *d, *step, *r;
} st_residual;

/* step += alpha d, r -= alpha (d + X^T q); rr = <r, r>. Primal: margins only. */
void st_rows_residual(const st_problem *p, size_t from, size_t to, const st_residual *r,
                      double *rr);
/* d = r + beta d, m += scale d.z; dd = <d, d> */
void st_rows_direction(const st_problem *p, size_t from, size_t to, const float *beta,
                       const st_vec *r, const st_vec *d, float *m, double *dd);
/* g = sign (w + X^T q); ww = <w, w>, gg = <g, g> */
void st_rows_gradient(const st_problem *p, size_t from, size_t to, const st_vec *w, const float *q,
                      float sign, const st_vec *g, double *ww, double *gg);
/* The block's explicit sums of q, qm = q . m (m may be NULL), then q scaled by row. */
void st_rows_scale(const st_problem *p, size_t block, size_t from, size_t to, const float *m,
                   float *q, double *qm);

/* ---- loss.c ---- */

/* At margins m, rows [from, to): q gets the gradient by margin, curve what st_curvature needs,
 * loss[lanes] the sum (lane 0 when joint). */
void st_loss_rows(const st_problem *p, size_t from, size_t to, const float *m, float *q,
                  float *curve, double *loss);
/* loss at m + t step less loss at m, and its first and second derivative by t; each [lanes]. */
void st_loss_change(const st_problem *p, size_t from, size_t to, const float *m, const float *step,
                    const float *t, double *change, double *d1, double *d2);
/* q = D m, the Hessian by margin times m. */
void st_curvature(const st_problem *p, size_t from, size_t to, const float *curve, const float *m,
                  float *q);

/* ---- tron.c, lbfgs.c ---- */

/* The state both solvers share: the point, its margins, the gradient there. */
typedef struct st_solve {
  st_problem *p;
  const st_train_params *params;
  double tolerance;
  int max_iterations;
  st_vec w;
  float *margin;       /* [rows][lanes] at w */
  float *q, *curve;    /* [rows][lanes] */
  double *start_norm2; /* [lanes] squared norm of the gradient at W = 0 */
  float *warm_a;       /* dual, warm start: [n][lanes] a0 of start.c */
  st_train_report *report;
} st_solve;

stance_status st_tron(st_solve *s, stance_error *err);
stance_status st_lbfgs(st_solve *s, stance_error *err);

/* ---- start.c ---- */

/* Sets w and margin from the caller's weights (prior and, when not NULL, init). */
stance_status st_start(st_solve *s, const st_weights *init, stance_error *err);
/* The caller's weights from w. Changes w. */
stance_status st_expand(st_solve *s, const st_weights *init, st_weights *out, stance_error *err);

/* ---- gradient.c ---- */

/* loss, q and curve at the margins, then g = sign * (gradient at w). Fills, each [lanes]: the
 * objective, |g|^2 in solver coordinates, |g|^2 in the weights' own. */
void st_gradient(st_solve *s, st_vec *g, float sign, double *objective, double *norm2,
                 double *true_norm2);
/* Adds up p->sums[piece][which] over pieces in order; joint: every lane gets the total. */
void st_collect(const st_problem *p, size_t pieces, size_t which, double *out);
bool st_vec_new(const st_problem *p, st_vec *v);
void st_vec_free(st_vec *v);

#endif
