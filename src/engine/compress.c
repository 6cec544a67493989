/* compress.c: a model's weights made smaller: 8-bit integers, and the lightest rows dropped.
 *
 * A row's weight in the ranking is the sum over columns of (w / largest of the column)^2, so that
 * every head counts alike. Two rows of equal weight stay in order of their buckets. */
#include "engine/training.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  float weight;
  uint32_t row;
} ranked;

static int heaviest(const void *a, const void *b) {
  const ranked *x = a, *y = b;
  if (x->weight != y->weight) return x->weight > y->weight ? -1 : 1;
  return x->row < y->row ? -1 : x->row > y->row;
}

/* keep[row]: whether the row is among the `most` heaviest. */
static stance_status rank_rows(const stance_model *m, const float *weights, size_t most, uint8_t *keep,
                               stance_error *err) {
  ranked *list = st_realloc_array(NULL, m->rows, sizeof *list);
  if (!list) return st_fail_memory(err, "compressing");
  for (size_t i = 0; i < m->rows; i++) {
    float sum = 0;
    for (size_t c = 0; c < m->columns; c++) {
      float v = weights[i * m->columns + c] / m->scale[c];
      sum += v * v;
    }
    list[i] = (ranked){sum, (uint32_t)i};
  }
  qsort(list, m->rows, sizeof *list, heaviest);
  for (size_t i = 0; i < m->rows && i < most; i++) keep[list[i].row] = list[i].weight > 0;
  free(list);
  return STANCE_OK;
}

/* Rows that fit: the rest of the file is written once without any. */
static stance_status rows_that_fit(stance_model *m, size_t max_size, size_t *most, stance_error *err) {
  *most = m->rows;
  if (!max_size) return STANCE_OK;
  size_t rows = m->rows;
  st_buf bytes = {0};
  m->rows = 0;
  stance_status status = st_model_write(m, &bytes, err);
  m->rows = rows;
  size_t rest = bytes.len + 64; /* the weights' alignment may cost up to 63 bytes more */
  st_buf_free(&bytes);
  if (status != STANCE_OK) return status;
  if (max_size < rest + m->columns * 100)
    return st_fail(err, STANCE_ERR_USAGE, "max-size %zu is too small: labels, lexicons and the rest take %zu bytes",
                   max_size, rest);
  if (*most > (max_size - rest) / m->columns) *most = (max_size - rest) / m->columns;
  return STANCE_OK;
}

/* A row's sum is divided by the root of how many of its features the model knows; with fewer of them
 * known every margin would grow. The weights are made smaller by as much, on the mean of the rows. */
static void keep_scale(stance_model *m, const uint64_t *active, const st_prepared *p) {
  double sum = 0;
  size_t counted = 0;
  for (size_t i = 0; i < p->matrix.rows; i++) {
    uint64_t all = p->row_start[i + 1] - p->row_start[i], kept = 0;
    for (uint64_t e = p->row_start[i]; e < p->row_start[i + 1]; e++) {
      uint32_t b = p->bucket[p->col[e]];
      kept += active[b >> 6] >> (b & 63) & 1;
    }
    if (!all) continue;
    sum += sqrt((double)kept / (double)all);
    counted++;
  }
  if (counted && sum > 0)
    for (size_t c = 0; c < m->columns; c++) m->scale[c] *= (float)(sum / (double)counted);
}

stance_status st_compress(stance_model *m, size_t max_size, const st_prepared *rows,
                          stance_error *err) {
  const float *weights = m->weights;
  for (size_t c = 0; c < m->columns; c++) {
    float top = 0;
    for (size_t i = 0; i < m->rows; i++) top = fmaxf(top, fabsf(weights[i * m->columns + c]));
    m->scale[c] = top > 0 ? top / 127 : 1;
  }
  size_t most = 0, n = 0;
  ST_TRY(rows_that_fit(m, max_size, &most, err));
  uint8_t *keep = st_calloc(m->rows, 1);
  int8_t *small = st_calloc(most * m->columns, 1);
  size_t words = (size_t)1 << m->recipe.bits >> 6;
  uint64_t *active = st_calloc(words, sizeof *active);
  stance_status status = keep && small && active ? rank_rows(m, weights, most, keep, err)
                                                 : st_fail_memory(err, "compressing");
  size_t row = 0;
  for (size_t w = 0; status == STANCE_OK && w < words; w++)
    for (uint64_t bits = m->active[w]; bits; bits &= bits - 1, row++) {
      if (!keep[row]) continue;
      active[w] |= bits & -bits;
      for (size_t c = 0; c < m->columns; c++)
        small[n * m->columns + c] = (int8_t)lrintf(weights[row * m->columns + c] / m->scale[c]);
      n++;
    }
  free(keep);
  if (status != STANCE_OK) {
    free(small);
    free(active);
    return status;
  }
  if (rows) keep_scale(m, active, rows);
  free(m->owned[0]);
  free(m->owned[1]);
  m->active = m->owned[0] = active;
  m->weights = m->owned[1] = small;
  m->weight_type = ST_WEIGHT_I8;
  return st_model_finish(m, err);
}
