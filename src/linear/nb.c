/* nb.c: naive-Bayes log-count ratios as column scales (Wang & Manning 2012, "Baselines and
 * Bigrams", section 2.3). */
#include "linear/linear.h"

#include <math.h>
#include <stdlib.h>

stance_status st_nb_scale(const st_matrix *x, const int32_t *label, size_t classes, float alpha,
                          float *col_scale, stance_error *err) {
  if (!(alpha > 0)) return st_fail(err, STANCE_ERR_USAGE, "the smoothing must be positive");
  uint32_t *count = st_calloc(x->cols * classes, sizeof *count); /* rows of class k with column j */
  double *total = st_calloc(2 * classes, sizeof *total);
  if (!count || !total) {
    free(count);
    free(total);
    return st_fail_memory(err, "counting for naive Bayes");
  }
  double *rest = total + classes, all = 0;
  for (size_t i = 0; i < x->rows; i++) {
    if (label[i] < 0) continue;
    for (uint64_t e = x->row_start[i]; e < x->row_start[i + 1]; e++)
      count[x->col[e] * classes + (size_t)label[i]]++;
  }
  for (size_t j = 0; j < x->cols; j++)
    for (size_t k = 0; k < classes; k++) total[k] += (double)count[j * classes + k];
  double smooth = (double)alpha * (double)x->cols;
  for (size_t k = 0; k < classes; k++) all += total[k];
  for (size_t k = 0; k < classes; k++)
    rest[k] = log(all - total[k] + smooth), total[k] = log(total[k] + smooth);
  for (size_t j = 0; j < x->cols; j++) {
    const uint32_t *c = count + j * classes;
    double sum = 0, best = 0;
    for (size_t k = 0; k < classes; k++) sum += (double)c[k];
    for (size_t k = 0; k < classes; k++) {
      double p = log((double)alpha + (double)c[k]) - total[k];
      double q = log((double)alpha + sum - (double)c[k]) - rest[k];
      best = fmax(best, fabs(p - q));
    }
    col_scale[j] = (float)best;
  }
  free(count);
  free(total);
  return STANCE_OK;
}
