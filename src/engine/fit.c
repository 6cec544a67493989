/* fit.c: one training of one head, with naive-Bayes scaling and prior (Wang & Manning 2012).
 *
 * With r_jk = log p_kj / q_kj, the log-count ratio of feature j for label k, and s_j = max_k
 * |r_jk|:
 *
 *     x_ij s_j instead of x_ij          features that tell labels apart cost little to use
 *     min 1/2 |W - W0|^2 + C loss(W)    W0 = c r / s: far from all rows the answer is naive Bayes
 *
 * The paper's interpolation between naive Bayes and SVM is here the centre of the penalty, so that
 * the data decide feature by feature. s is divided by the root mean square of the rows' norms,
 * which keeps C comparable with the unscaled problem's. Scales are multiplied into the weights at
 * the end. */
#include "engine/training.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Root mean square norm of the scaled rows in use. */
static float row_norm(const st_matrix *x, const int32_t *label, const float *scale) {
  double sum = 0;
  size_t n = 0;
  for (size_t i = 0; i < x->rows; i++) {
    if (label[i] < 0) continue;
    double row = 0, r = x->row_scale ? (double)x->row_scale[i] : 1;
    for (uint64_t e = x->row_start[i]; e < x->row_start[i + 1]; e++)
      row += (double)scale[x->col[e]] * (double)scale[x->col[e]];
    sum += row * r * r;
    n++;
  }
  return n && sum > 0 ? (float)sqrt(sum / (double)n) : 1;
}

static void multiply(float *weights, size_t cols, size_t classes, const float *scale,
                     bool inverse) {
  for (size_t j = 0; j < cols; j++) {
    float s = inverse ? (scale[j] > 0 ? 1 / scale[j] : 0) : scale[j];
    for (size_t k = 0; k < classes; k++) weights[j * classes + k] *= s;
  }
}

/* ratio becomes W0 (with room for the dense block), scale becomes s. */
static stance_status scale_columns(const st_matrix *x, const int32_t *label, size_t classes,
                                   const st_fit_params *f, float *ratio, float *scale,
                                   stance_error *err) {
  ST_TRY(st_nb_ratios(x, label, classes, f->nb > 0 ? f->nb : 1, ratio, err));
  if (f->nb > 0) {
    st_nb_largest(ratio, x->cols, classes, scale);
    float norm = row_norm(x, label, scale), least = 1e-3f;
    for (size_t j = 0; j < x->cols; j++) scale[j] = fmaxf(scale[j], least) / norm;
  } else {
    for (size_t j = 0; j < x->cols; j++) scale[j] = 1;
  }
  for (size_t i = 0; i < x->cols * classes; i++) ratio[i] *= f->nb_prior;
  multiply(ratio, x->cols, classes, scale, true);
  memset(ratio + x->cols * classes, 0, x->dense_cols * classes * sizeof *ratio);
  return STANCE_OK;
}

stance_status st_fit(const st_matrix *x, const int32_t *label, size_t classes,
                     const st_fit_params *f, const st_weights *init, st_weights *out,
                     st_train_report *report, stance_error *err) {
  if (!(f->nb > 0) && !(f->nb_prior > 0))
    return st_linear_train(x, label, classes, &f->solver, init, out, report, err);
  size_t cols = x->cols;
  float *scale = st_realloc_array(NULL, cols, sizeof *scale);
  float *ratio = st_realloc_array(NULL, (cols + x->dense_cols) * classes, sizeof *ratio);
  float *start = init ? st_realloc_array(NULL, cols * classes, sizeof *start) : NULL;
  stance_status status = scale && ratio && (!init || start)
                             ? scale_columns(x, label, classes, f, ratio, scale, err)
                             : st_fail_memory(err, "training");
  if (status == STANCE_OK) {
    st_matrix scaled = *x;
    st_train_params params = f->solver;
    st_weights warm = {0};
    scaled.col_scale = scale;
    params.prior = f->nb_prior > 0 ? ratio : NULL;
    if (init) {
      memcpy(start, init->sparse, cols * classes * sizeof *start);
      multiply(start, cols, classes, scale, true);
      warm = *init;
      warm.sparse = start;
    }
    status =
        st_linear_train(&scaled, label, classes, &params, init ? &warm : NULL, out, report, err);
    if (status == STANCE_OK) multiply(out->sparse, cols, classes, scale, false);
  }
  free(scale);
  free(ratio);
  free(start);
  return status;
}
