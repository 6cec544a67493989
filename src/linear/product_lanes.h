/* product_lanes.h: the other products with the matrix, for one number of lanes at a time. Included
 * by product.c for each width W, with V a vector of W floats and NAME(x) a name of its own. */

/* Primal: margins of row i of the sparse part, and q into the columns of one range. */
static void NAME(forward)(const st_problem *p, size_t i, const float *u, const float *bias,
                          float *m) {
  const uint32_t *col = p->x->col;
  uint64_t from = p->x->row_start[p->row[i]], to = p->x->row_start[p->row[i] + 1];
  size_t L = p->lanes;
  for (size_t l = 0; l < L; l += W) {
    V t0 = {0}, t1 = {0}, t2 = {0}, t3 = {0};
    uint64_t e = from;
    for (; e + 4 <= to; e += 4) {
      t0 += *(const V *)(u + col[e] * L + l);
      t1 += *(const V *)(u + col[e + 1] * L + l);
      t2 += *(const V *)(u + col[e + 2] * L + l);
      t3 += *(const V *)(u + col[e + 3] * L + l);
    }
    for (; e < to; e++) t0 += *(const V *)(u + col[e] * L + l);
    *(V *)(m + l) = ((t0 + t1) + (t2 + t3)) * p->row_scale[i] + *(const V *)(bias + l);
  }
}

static void NAME(backward)(const st_problem *p, size_t range, const float *q, float *t) {
  const uint32_t *col = p->x->col;
  size_t L = p->lanes, cuts = p->ranges - 1;
  for (size_t l = 0; l < L; l += W)
    for (size_t i = 0; i < p->n; i++) {
      V qi = *(const V *)(q + i * L + l);
      uint64_t e = range ? p->split[i * cuts + range - 1] : p->x->row_start[p->row[i]];
      uint64_t to = range < cuts ? p->split[i * cuts + range] : p->x->row_start[p->row[i] + 1];
      for (; e < to; e++) *(V *)(t + col[e] * L + l) += qi;
    }
}

/* m += x u for one row x of the dense block; t += x' q. */
static inline void NAME(dense_row)(const float *x, size_t F, const float *u, float *m, size_t L) {
  V t0 = *(const V *)m, t1 = {0}, t2 = {0}, t3 = {0};
  size_t f = 0;
  for (; f + 4 <= F; f += 4) {
    t0 += x[f] * *(const V *)(u + f * L);
    t1 += x[f + 1] * *(const V *)(u + (f + 1) * L);
    t2 += x[f + 2] * *(const V *)(u + (f + 2) * L);
    t3 += x[f + 3] * *(const V *)(u + (f + 3) * L);
  }
  for (; f < F; f++) t0 += x[f] * *(const V *)(u + f * L);
  *(V *)m = (t0 + t1) + (t2 + t3);
}

/* Four rows at once, so that t is read and written a quarter as often. */
static inline void NAME(dense_add)(const float *const *x, const float *const *q, size_t rows,
                                   size_t F, float *t, size_t L) {
  if (rows == 4) {
    const float *a = x[0], *b = x[1], *c = x[2], *d = x[3];
    V q0 = *(const V *)q[0], q1 = *(const V *)q[1], q2 = *(const V *)q[2], q3 = *(const V *)q[3];
    for (size_t f = 0; f < F; f++)
      *(V *)(t + f * L) += (a[f] * q0 + b[f] * q1) + (c[f] * q2 + d[f] * q3);
    return;
  }
  for (size_t r = 0; r < rows; r++)
    for (size_t f = 0; f < F; f++) *(V *)(t + f * L) += x[r][f] * *(const V *)q[r];
}
