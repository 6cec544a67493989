/* nb.c: naive-Bayes log-count ratios as column scales (Wang & Manning 2012, "Baselines and
 * Bigrams", section 2.3). */
#include "linear/linear.h"

#include <math.h>
#include <stdlib.h>

stance_status st_nb_ratios(const st_matrix *x, const int32_t *label, size_t classes, float alpha,
                           float *ratio, stance_error *err) {
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
    double sum = 0;
    for (size_t k = 0; k < classes; k++) sum += (double)c[k];
    for (size_t k = 0; k < classes; k++) {
      double p = log((double)alpha + (double)c[k]) - total[k];
      double q = log((double)alpha + sum - (double)c[k]) - rest[k];
      ratio[j * classes + k] = (float)(p - q);
    }
  }
  free(count);
  free(total);
  return STANCE_OK;
}

void st_nb_largest(const float *ratio, size_t cols, size_t classes, float *col_scale) {
  for (size_t j = 0; j < cols; j++) {
    float best = 0;
    for (size_t k = 0; k < classes; k++) best = fmaxf(best, fabsf(ratio[j * classes + k]));
    col_scale[j] = best;
  }
}

stance_status st_nb_scale(const st_matrix *x, const int32_t *label, size_t classes, float alpha,
                          float *col_scale, stance_error *err) {
  float *ratio = st_realloc_array(NULL, x->cols * classes, sizeof *ratio);
  stance_status status = ratio ? st_nb_ratios(x, label, classes, alpha, ratio, err)
                               : st_fail_memory(err, "counting for naive Bayes");
  if (status == STANCE_OK) st_nb_largest(ratio, x->cols, classes, col_scale);
  free(ratio);
  return status;
}
