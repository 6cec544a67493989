/* metrics.c: how good predictions are: per label, macro, calibration, coverage, intervals. */
#include "linear/linear.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BINS = 15 };
static const double coverage[5] = {1.0, 0.9, 0.8, 0.7, 0.5};

void st_scores_free(st_scores *s) {
  if (!s) return;
  free(s->label);
  free(s->confusion);
  memset(s, 0, sizeof *s);
}

/* Macro-F1 and accuracy of a confusion matrix [gold][predicted]. A class that is neither in the
 * gold labels nor predicted has F1 0 and counts, so that the figure means the same for every set.
 */
static void summary(const uint64_t *confusion, size_t classes, double *macro_f1, double *accuracy) {
  double sum = 0;
  uint64_t right = 0, all = 0;
  for (size_t k = 0; k < classes; k++) {
    uint64_t gold = 0, said = 0, hit = confusion[k * classes + k];
    for (size_t j = 0; j < classes; j++)
      gold += confusion[k * classes + j], said += confusion[j * classes + k];
    if (gold + said) sum += 2 * (double)hit / (double)(gold + said);
    right += hit, all += gold;
  }
  *macro_f1 = sum / (double)classes;
  *accuracy = all ? (double)right / (double)all : 0;
}

typedef struct {
  float confidence;
  uint32_t right;
  uint64_t row;
} ranked;

static int by_confidence(const void *a, const void *b) {
  const ranked *x = a, *y = b;
  if (x->confidence != y->confidence) return x->confidence < y->confidence ? 1 : -1;
  return (x->row > y->row) - (x->row < y->row);
}

typedef struct {
  int32_t group;
  uint64_t row;
} member;

static int by_group(const void *a, const void *b) {
  const member *x = a, *y = b;
  if (x->group != y->group) return x->group < y->group ? -1 : 1;
  return (x->row > y->row) - (x->row < y->row);
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* splitmix64 (Steele, Lea & Flood 2014): one fixed sequence. */
static uint64_t next_random(uint64_t *state) {
  uint64_t z = *state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/* The 2.5 % and 97.5 % quantiles of n sorted values. */
static void interval(double *v, size_t n, double *low, double *high) {
  qsort(v, n, sizeof *v, by_value);
  size_t cut = (size_t)(0.025 * (double)n);
  *low = v[cut], *high = v[n - 1 - cut];
}

/* Percentile bootstrap (Efron & Tibshirani 1993, ch. 13) that draws whole groups. */
static stance_status bootstrap(const int32_t *predicted, const int32_t *label, const int32_t *group,
                               size_t rows, size_t classes, size_t resamples, st_scores *out,
                               stance_error *err) {
  member *m = st_calloc(rows, sizeof *m);
  size_t *start = st_calloc(rows + 1, sizeof *start), n = 0, groups = 0;
  uint64_t *confusion = st_calloc(classes * classes, sizeof *confusion);
  double *f1 = st_calloc(resamples, sizeof *f1), *accuracy = st_calloc(resamples, sizeof *accuracy);
  stance_status status = STANCE_OK;
  if (!m || !start || !confusion || !f1 || !accuracy) {
    status = st_fail_memory(err, "scoring");
    goto done;
  }
  for (size_t i = 0; i < rows; i++)
    if (label[i] >= 0) m[n++] = (member){group ? group[i] : 0, i};
  if (group) qsort(m, n, sizeof *m, by_group);
  for (size_t i = 0; i < n; i++)
    if (i == 0 || !group || m[i].group != m[i - 1].group) start[groups++] = i;
  start[groups] = n;
  uint64_t state = 20180214;
  for (size_t r = 0; r < resamples; r++) {
    memset(confusion, 0, classes * classes * sizeof *confusion);
    for (size_t t = 0; t < groups; t++) {
      size_t g = (size_t)(((next_random(&state) >> 32) * (uint64_t)groups) >> 32);
      for (size_t i = start[g]; i < start[g + 1]; i++)
        confusion[(size_t)label[m[i].row] * classes + (size_t)predicted[m[i].row]]++;
    }
    summary(confusion, classes, &f1[r], &accuracy[r]);
  }
  interval(f1, resamples, &out->macro_f1_low, &out->macro_f1_high);
  interval(accuracy, resamples, &out->accuracy_low, &out->accuracy_high);
done:
  free(m);
  free(start);
  free(confusion);
  free(f1);
  free(accuracy);
  return status;
}

/* Reliability bins, expected calibration error (Naeini, Cooper & Hauskrecht 2015), log loss, and
 * accuracy on the most confident part. Confidence is the probability of the predicted label. */
static stance_status confidence(const float *probability, const int32_t *predicted,
                                const int32_t *label, size_t rows, size_t classes, st_scores *out,
                                stance_error *err) {
  ranked *r = st_calloc(rows, sizeof *r);
  if (!r) return st_fail_memory(err, "scoring");
  size_t n = 0;
  double loss = 0;
  for (size_t i = 0; i < rows; i++) {
    if (label[i] < 0) continue;
    const float *p = probability + i * classes;
    float conf = p[predicted[i]];
    bool right = predicted[i] == label[i];
    double own = (double)p[label[i]];
    loss -= log(own > 1e-15 ? own : 1e-15);
    int b = (int)(conf * BINS);
    b = b < 0 ? 0 : b >= BINS ? BINS - 1 : b;
    out->bin[b].rows++;
    out->bin[b].confidence += (double)conf;
    out->bin[b].accuracy += right;
    r[n++] = (ranked){conf, right, i};
  }
  for (int b = 0; b < BINS; b++) {
    if (!out->bin[b].rows) continue;
    out->ece += fabs(out->bin[b].accuracy - out->bin[b].confidence) / (double)n;
    out->bin[b].confidence /= (double)out->bin[b].rows;
    out->bin[b].accuracy /= (double)out->bin[b].rows;
  }
  out->log_loss = n ? loss / (double)n : 0;
  qsort(r, n, sizeof *r, by_confidence);
  for (size_t c = 0; c < 5; c++) {
    size_t take = (size_t)ceil(coverage[c] * (double)n - 1e-9), right = 0;
    for (size_t i = 0; i < take; i++) right += r[i].right;
    out->coverage_accuracy[c] = take ? (double)right / (double)take : 0;
  }
  free(r);
  return STANCE_OK;
}

stance_status st_score(const float *probability, const int32_t *predicted, const int32_t *label,
                       const int32_t *group, size_t rows, size_t classes, int resamples,
                       st_scores *out, stance_error *err) {
  memset(out, 0, sizeof *out);
  out->classes = classes;
  out->label = st_calloc(classes, sizeof *out->label);
  out->confusion = st_calloc(classes * classes, sizeof *out->confusion);
  stance_status status = STANCE_OK;
  if (!out->label || !out->confusion) {
    status = st_fail_memory(err, "scoring");
    goto fail;
  }
  for (size_t i = 0; i < rows; i++)
    if (label[i] >= 0)
      out->rows++, out->confusion[(size_t)label[i] * classes + (size_t)predicted[i]]++;
  summary(out->confusion, classes, &out->macro_f1, &out->accuracy);
  for (size_t k = 0; k < classes; k++) {
    st_class_score *s = &out->label[k];
    for (size_t j = 0; j < classes; j++)
      s->support += out->confusion[k * classes + j],
          s->predicted += out->confusion[j * classes + k];
    s->correct = out->confusion[k * classes + k];
    s->precision = s->predicted ? (double)s->correct / (double)s->predicted : 0;
    s->recall = s->support ? (double)s->correct / (double)s->support : 0;
    if (s->support + s->predicted)
      s->f1 = 2 * (double)s->correct / (double)(s->support + s->predicted);
  }
  if (probability) status = confidence(probability, predicted, label, rows, classes, out, err);
  if (status == STANCE_OK && resamples > 0 && out->rows)
    status = bootstrap(predicted, label, group, rows, classes, (size_t)resamples, out, err);
  if (status == STANCE_OK) return status;
fail:
  st_scores_free(out);
  return status;
}

typedef struct {
  float score;
  int32_t positive;
} scored;

static int by_score(const void *a, const void *b) {
  float x = ((const scored *)a)->score, y = ((const scored *)b)->score;
  return (x > y) - (x < y);
}

double st_auc(const float *score, const int32_t *positive, size_t rows) {
  scored *s = st_calloc(rows, sizeof *s);
  if (!s) return NAN;
  size_t n = 0;
  for (size_t i = 0; i < rows; i++)
    if (positive[i] >= 0) s[n++] = (scored){score[i], positive[i] == 1};
  qsort(s, n, sizeof *s, by_score);
  /* Mann-Whitney: for every positive, the negatives below it, ties at half. */
  double wins = 0, below = 0, positives = 0;
  for (size_t i = 0; i < n;) {
    double pos = 0, neg = 0;
    size_t j = i;
    for (; j < n && s[j].score == s[i].score; j++) pos += s[j].positive, neg += !s[j].positive;
    wins += pos * (below + neg / 2);
    below += neg, positives += pos;
    i = j;
  }
  free(s);
  return positives > 0 && below > 0 ? wins / (positives * below) : NAN;
}
