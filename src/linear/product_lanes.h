/* product_lanes.h: the products with the matrix for one number of lanes at a time. Included by
 * product.c for each width W, with V a vector of W floats and NAME(x) a name of its own. L is the
 * number of lanes in the arrays, a multiple of W; the constant W where they are equal. */

/* `columns` columns of c rows each, one after the other in idx: t = sum of q over the column's
 * rows, then z += t for them. With c a constant the compiler unrolls. Returns the end of the
 * entries. */
static inline __attribute__((always_inline)) const uint16_t *
NAME(run)(const uint16_t *idx, size_t columns, size_t c, const float *scale2, const float *q,
          float *z, size_t L) {
  for (size_t k = 0; k < columns; k++, idx += c) {
    V t0 = {0}, t1 = {0}, t2 = {0}, t3 = {0};
    size_t e = 0;
    for (; e + 4 <= c; e += 4) {
      t0 += *(const V *)(q + idx[e] * L);
      t1 += *(const V *)(q + idx[e + 1] * L);
      t2 += *(const V *)(q + idx[e + 2] * L);
      t3 += *(const V *)(q + idx[e + 3] * L);
    }
    for (; e < c; e++) t0 += *(const V *)(q + idx[e] * L);
    V t = (t0 + t1) + (t2 + t3);
    if (scale2) t *= scale2[k];
    for (e = 0; e < c; e++) *(V *)(z + idx[e] * L) += t;
  }
  return idx;
}

static inline __attribute__((always_inline)) void NAME(tile)(const st_problem *p, const st_tile *t,
                                                             const float *q, float *z, size_t L) {
  const uint16_t *idx = p->idx + t->first;
  const float *scale2 = p->column_scale2 ? p->column_scale2 + t->first_scale : NULL;
  for (size_t c = 2; c < RUNS; c++) {
    size_t columns = t->run[c];
    switch (c) {
    case 2: idx = NAME(run)(idx, columns, 2, scale2, q, z, L); break;
    case 3: idx = NAME(run)(idx, columns, 3, scale2, q, z, L); break;
    case 4: idx = NAME(run)(idx, columns, 4, scale2, q, z, L); break;
    case 5: idx = NAME(run)(idx, columns, 5, scale2, q, z, L); break;
    case 6: idx = NAME(run)(idx, columns, 6, scale2, q, z, L); break;
    default: idx = NAME(run)(idx, columns, c, scale2, q, z, L); break;
    }
    if (scale2) scale2 += columns;
  }
  const uint32_t *rows = p->long_rows + t->first_long;
  for (size_t k = 0; k < t->longs; k++)
    idx = NAME(run)(idx, 1, rows[k], scale2 ? scale2 + k : NULL, q, z, L);
}

static void NAME(part)(const st_problem *p, size_t part, const float *q, float *z) {
  for (size_t l = 0; l < p->lanes; l += W)
    for (size_t t = p->part_tile[part]; t < p->part_tile[part + 1]; t++) {
      if (p->lanes == W)
        NAME(tile)(p, &p->tile[t], q, z, W);
      else
        NAME(tile)(p, &p->tile[t], q + l, z + l, p->lanes);
    }
}

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
