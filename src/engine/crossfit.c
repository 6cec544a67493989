/* crossfit.c: what is fitted to rows that the weights had not seen: the second pass and calibration. */
#include "engine/training.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The second pass is small and its features are few: a strong penalty, chosen by cross-validation
 * over documents. */
static const double stack_C = 0.05;

stance_status st_crossfit(const stance_dataset *data, const st_matrix *x, const uint8_t *fold,
                          int folds, const st_fit_params *params, const bool *stopped,
                          st_head_data *d, stance_error *err) {
  size_t rows = data->rows, labels = d->labels;
  int32_t *part = st_realloc_array(NULL, rows, sizeof *part);
  float *all = st_realloc_array(NULL, rows * labels, sizeof *all);
  stance_status status = part && all ? STANCE_OK : st_fail_memory(err, "cross-validating");
  st_weights w = {0};
  /* Every fold starts from nothing: the weights of another fold have seen this one's rows, and a
   * solver that stops early would remember them. */
  for (int f = 0; status == STANCE_OK && f < folds && !*stopped; f++) {
    for (size_t i = 0; i < rows; i++) part[i] = fold[i] == f ? -1 : d->gold[i];
    st_train_report report;
    status = st_fit(x, part, labels, params, NULL, &w, &report, err);
    if (status != STANCE_OK) break;
    st_linear_margins(x, &w, part, params->solver.threads, all);
    for (size_t i = 0; i < rows; i++)
      if (fold[i] == f) memcpy(d->margins + i * labels, all + i * labels, labels * sizeof *all);
    st_weights_free(&w);
  }
  free(part);
  free(all);
  return status;
}

/* Means to 0 and deviations to 1; returns them, for the weights to take over. */
static void standardise(float *x, size_t rows, size_t cols, float *mean, float *deviation) {
  for (size_t j = 0; j < cols; j++) {
    double sum = 0, square = 0;
    for (size_t i = 0; i < rows; i++) sum += (double)x[i * cols + j];
    double mu = sum / (double)rows;
    for (size_t i = 0; i < rows; i++) {
      double v = (double)x[i * cols + j] - mu;
      square += v * v;
    }
    mean[j] = (float)mu;
    deviation[j] = (float)(sqrt(square / (double)rows) + 1e-6);
    for (size_t i = 0; i < rows; i++) x[i * cols + j] = (x[i * cols + j] - mean[j]) / deviation[j];
  }
}

static stance_status fit_stack(const float *features, const uint8_t *fold, int folds, size_t rows,
                               size_t count, int threads, st_head_data *d, st_weights *final,
                               stance_error *err) {
  uint64_t *empty = st_calloc(rows + 1, sizeof *empty);
  int32_t *part = st_realloc_array(NULL, rows, sizeof *part);
  float *all = st_realloc_array(NULL, rows * d->labels, sizeof *all);
  stance_status status = empty && part && all ? STANCE_OK : st_fail_memory(err, "training the second pass");
  st_matrix x = {.rows = rows, .row_start = empty, .dense_cols = count, .dense = features};
  st_train_params params = {.loss = ST_LOSS_LOGISTIC,
                            .C = stack_C,
                            .row_weight = d->row_weight,
                            .tolerance = 1e-4,
                            .max_iterations = 500,
                            .threads = threads};
  for (int f = 0; status == STANCE_OK && f <= folds; f++) {
    for (size_t i = 0; i < rows; i++) part[i] = fold[i] == f ? -1 : d->gold[i];
    st_weights w = {0};
    st_train_report report;
    status = st_linear_train(&x, part, d->labels, &params, NULL, &w, &report, err);
    if (status != STANCE_OK) break;
    if (f == folds) { /* no row is left out: this one is kept */
      *final = w;
      break;
    }
    st_linear_margins(&x, &w, part, threads, all);
    for (size_t i = 0; i < rows; i++)
      if (fold[i] == f)
        memcpy(d->margins + i * d->labels, all + i * d->labels, d->labels * sizeof *all);
    st_weights_free(&w);
  }
  free(empty);
  free(part);
  free(all);
  return status;
}

stance_status st_crossfit_stack(const stance_dataset *data, const uint8_t *fold, int folds,
                                int threads, st_head_data *d, float *stack, stance_error *err) {
  size_t rows = data->rows, labels = d->labels, count = st_stack_features(labels);
  float *features = st_realloc_array(NULL, rows * count, sizeof *features);
  float *probability = st_realloc_array(NULL, ST_BLOCK * labels, sizeof *probability);
  float *mean = st_realloc_array(NULL, count, sizeof *mean);
  float *deviation = st_realloc_array(NULL, count, sizeof *deviation);
  st_weights w = {0};
  stance_status status = features && probability && mean && deviation
                             ? STANCE_OK
                             : st_fail_memory(err, "training the second pass");
  if (status == STANCE_OK) {
    stack[0] = st_fit_temperature(d->margins, d->gold, rows, labels);
    for (size_t i = 0, end; i < rows; i = end) {
      end = st_block_end(data, i);
      st_stack_make(d->margins + i * labels, labels, end - i, labels, stack[0], probability,
                    features + i * count);
    }
    standardise(features, rows, count, mean, deviation);
    status = fit_stack(features, fold, folds, rows, count, threads, d, &w, err);
  }
  if (status == STANCE_OK) {
    float *weights = stack + 1, *bias = weights + count * labels;
    memcpy(bias, w.bias, labels * sizeof *bias);
    for (size_t j = 0; j < count; j++)
      for (size_t k = 0; k < labels; k++) {
        weights[j * labels + k] = w.dense[j * labels + k] / deviation[j];
        bias[k] -= weights[j * labels + k] * mean[j];
      }
  }
  st_weights_free(&w);
  free(features);
  free(probability);
  free(mean);
  free(deviation);
  return status;
}

static stance_status fit_platt(st_head *head, const st_head_data *d, const int32_t *gold, size_t rows,
                               stance_error *err) {
  float *margin = st_realloc_array(NULL, rows, sizeof *margin);
  int32_t *positive = st_realloc_array(NULL, rows, sizeof *positive);
  for (size_t k = 0; margin && positive && k < d->labels; k++) {
    size_t n = 0;
    for (size_t i = 0; i < rows; i++)
      if (gold[i] >= 0) {
        margin[n] = d->margins[i * d->labels + k];
        positive[n++] = gold[i] == (int32_t)k;
      }
    st_fit_platt(margin, positive, n, &head->platt_a[k], &head->platt_b[k]);
  }
  bool ok = margin && positive;
  free(margin);
  free(positive);
  return ok ? STANCE_OK : st_fail_memory(err, "calibrating");
}

/* Offsets for macro-F1, then a second temperature over all, which keeps every choice and makes the
 * chosen label's probability honest again. */
static void fit_offsets(st_head *head, const st_head_data *d, const int32_t *gold, size_t rows, float *p) {
  size_t labels = d->labels;
  for (size_t i = 0; i < rows; i++) st_probabilities(head, d->margins + i * labels, p + i * labels);
  st_fit_offsets(p, gold, rows, labels, head->offset);
  for (size_t i = 0; i < rows; i++) {
    st_probabilities(head, d->margins + i * labels, p + i * labels);
    for (size_t k = 0; k < labels; k++) p[i * labels + k] = logf(p[i * labels + k] + 1e-20f);
  }
  float t = st_fit_temperature(p, gold, rows, labels);
  head->temperature *= t;
  for (size_t k = 0; k < labels; k++) head->offset[k] /= t;
  for (size_t i = 0; i < rows; i++) st_probabilities(head, d->margins + i * labels, p + i * labels);
}

stance_status st_calibrate(st_head *head, const st_head_data *d, size_t rows, float **probability,
                           stance_error *err) {
  int32_t *gold = st_realloc_array(NULL, rows, sizeof *gold);
  float *p = *probability = st_realloc_array(NULL, rows * d->labels, sizeof *p);
  if (!gold || !p) {
    free(gold);
    return st_fail_memory(err, "calibrating");
  }
  size_t full = 0;
  for (size_t i = 0; i < rows; i++) full += d->gold[i] >= 0 && d->row_weight[i] >= 1;
  for (size_t i = 0; i < rows; i++) gold[i] = !full || d->row_weight[i] >= 1 ? d->gold[i] : -1;
  stance_status status = STANCE_OK;
  head->temperature = 1;
  memset(head->offset, 0, sizeof head->offset);
  if (head->link == ST_LINK_PLATT) status = fit_platt(head, d, gold, rows, err);
  else head->temperature = st_fit_temperature(d->margins, gold, rows, d->labels);
  if (status == STANCE_OK) fit_offsets(head, d, gold, rows, p);
  free(gold);
  return status;
}
