/* transposed_lanes.h: the product K q over the transposed matrix, for one number of lanes and one
 * type of row numbers at a time. Included by product.c for each width W (V: a vector of W floats)
 * and index type I; TNAME(x) names. L is the number of lanes in the arrays, a multiple of W; the
 * constant W where they are equal. */

/* `columns` columns of c rows each, one after the other in idx: t = sum of q over the column's
 * rows, then z += t for them. With c a constant the compiler unrolls. Returns the end of the
 * entries. */
static inline __attribute__((always_inline)) const I *TNAME(run)(const I *idx, size_t columns,
                                                                 size_t c, const float *scale2,
                                                                 const float *q, float *z,
                                                                 size_t L) {
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

static inline __attribute__((always_inline)) void TNAME(tile)(const st_problem *p, const st_tile *t,
                                                              const float *q, float *z, size_t L) {
  const I *idx = (const I *)p->idx + t->first;
  const float *scale2 = p->column_scale2 ? p->column_scale2 + t->first_scale : NULL;
  for (size_t c = 2; c < RUNS; c++) {
    size_t columns = t->run[c];
    switch (c) {
    case 2: idx = TNAME(run)(idx, columns, 2, scale2, q, z, L); break;
    case 3: idx = TNAME(run)(idx, columns, 3, scale2, q, z, L); break;
    case 4: idx = TNAME(run)(idx, columns, 4, scale2, q, z, L); break;
    case 5: idx = TNAME(run)(idx, columns, 5, scale2, q, z, L); break;
    case 6: idx = TNAME(run)(idx, columns, 6, scale2, q, z, L); break;
    default: idx = TNAME(run)(idx, columns, c, scale2, q, z, L); break;
    }
    if (scale2) scale2 += columns;
  }
  const uint32_t *rows = p->long_rows + t->first_long;
  for (size_t k = 0; k < t->longs; k++)
    idx = TNAME(run)(idx, 1, rows[k], scale2 ? scale2 + k : NULL, q, z, L);
}

static void TNAME(part)(const st_problem *p, size_t part, const float *q, float *z) {
  for (size_t l = 0; l < p->lanes; l += W)
    for (size_t t = p->part_tile[part]; t < p->part_tile[part + 1]; t++) {
      if (p->lanes == W)
        TNAME(tile)(p, &p->tile[t], q, z, W);
      else
        TNAME(tile)(p, &p->tile[t], q + l, z + l, p->lanes);
    }
}
