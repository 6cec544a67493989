/* weights.c: using trained weights: margins of rows, softmax. */
#include "linear/linear.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_PER_PIECE = 512 };

void st_weights_free(st_weights *w) {
  if (!w) return;
  free(w->sparse);
  free(w->dense);
  free(w->bias);
  memset(w, 0, sizeof *w);
}

typedef struct {
  const st_matrix *x;
  const st_weights *w;
  const int32_t *trained;
  float *margins;
} margins_job;

static void margins_piece(void *ctx, size_t piece) {
  const margins_job *job = ctx;
  const st_matrix *x = job->x;
  const st_weights *w = job->w;
  size_t k = w->classes, from = piece * ROWS_PER_PIECE, to = from + ROWS_PER_PIECE;
  if (to > x->rows) to = x->rows;
  for (size_t i = from; i < to; i++) {
    if (job->trained && job->trained[i] >= 0) continue;
    float *m = job->margins + i * k, scale = x->row_scale ? x->row_scale[i] : 1;
    memset(m, 0, k * sizeof *m);
    for (uint64_t e = x->row_start[i]; e < x->row_start[i + 1]; e++) {
      size_t j = x->col[e];
      const float *wj = w->sparse + j * k;
      float v = x->col_scale ? x->col_scale[j] : 1;
      for (size_t c = 0; c < k; c++) m[c] += v * wj[c];
    }
    for (size_t c = 0; c < k; c++) m[c] = m[c] * scale + w->bias[c];
    for (size_t f = 0; f < x->dense_cols; f++) {
      float v = x->dense[i * x->dense_cols + f];
      for (size_t c = 0; c < k; c++) m[c] += v * w->dense[f * k + c];
    }
  }
}

void st_linear_margins(const st_matrix *x, const st_weights *w, const int32_t *trained, int threads,
                       float *margins) {
  margins_job job = {x, w, trained, margins};
  st_parallel((x->rows + ROWS_PER_PIECE - 1) / ROWS_PER_PIECE, threads, margins_piece, &job);
}

void st_softmax(const float *margins, size_t classes, float temperature, float *probability) {
  float top = margins[0], sum = 0;
  for (size_t c = 1; c < classes; c++) top = margins[c] > top ? margins[c] : top;
  for (size_t c = 0; c < classes; c++) {
    float e = expf((margins[c] - top) / temperature);
    sum += e;
    probability[c] = e;
  }
  for (size_t c = 0; c < classes; c++) probability[c] /= sum;
}
