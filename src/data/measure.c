/* measure.c: Cohen's kappa and Krippendorff's alpha for names, with bootstrap intervals.
 *
 * alpha = 1 - Do / De over the pairable values (Krippendorff, Computing Krippendorff's
 * Alpha-Reliability, 2011, section C):
 *     Do = 1/n sum_u sum_c n_uc (m_u - n_uc) / (m_u - 1)      De = sum_c n_c (n - n_c) / (n (n -
 * 1)) kappa = (p - e) / (1 - e), e from each annotator's own shares (Cohen, 1960), mean over pairs.
 * Intervals: percentiles of 1,000 resamples of the units (Efron); the generator's seed is fixed, so
 * that the same files give the same figures. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/agree.h"

enum { RESAMPLES = 1000 };

/* splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t next_random(uint64_t *state) {
  uint64_t z = *state += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

/* Room for one measuring: k categories. */
typedef struct {
  size_t k;
  double *total;  /* [k] pairable values */
  double *unit;   /* [k] values of one unit */
  double *margin; /* [2][k] of a pair */
} scratch;

/* The category of a value: itself, or with a label 1 for it and 0 for the rest. */
static int category(int value, int label) {
  return value == ST_NOT_GIVEN || label < 0 ? value : value == label;
}

static double alpha_of(const stance_agreement *g, int label, const uint32_t *pick, scratch *s) {
  double disagree = 0, n = 0, expected = 0;
  memset(s->total, 0, s->k * sizeof *s->total);
  for (size_t i = 0; i < g->units; i++) {
    const int *value = g->value + (size_t)pick[i] * g->raters;
    double m = 0, pairs = 0;
    memset(s->unit, 0, s->k * sizeof *s->unit);
    for (size_t r = 0; r < g->raters; r++)
      if (value[r] != ST_NOT_GIVEN) s->unit[category(value[r], label)]++, m++;
    for (size_t c = 0; c < s->k; c++) {
      pairs += s->unit[c] * (m - s->unit[c]);
      s->total[c] += s->unit[c];
    }
    disagree += pairs / (m - 1);
    n += m;
  }
  for (size_t c = 0; c < s->k; c++) expected += s->total[c] * (n - s->total[c]);
  return expected > 0 ? 1 - (disagree / n) / (expected / (n * (n - 1))) : NAN;
}

/* Agreement and kappa of two annotators; NaN where they share no unit, or all labels are one. */
static void pair_of(const stance_agreement *g, int label, const uint32_t *pick, size_t a, size_t b,
                    scratch *s, double *agreement, double *kappa) {
  double n = 0, same = 0, chance = 0;
  memset(s->margin, 0, 2 * s->k * sizeof *s->margin);
  for (size_t i = 0; i < g->units; i++) {
    const int *value = g->value + (size_t)pick[i] * g->raters;
    if (value[a] == ST_NOT_GIVEN || value[b] == ST_NOT_GIVEN) continue;
    int x = category(value[a], label), y = category(value[b], label);
    n++;
    same += x == y;
    s->margin[x]++;
    s->margin[s->k + (size_t)y]++;
  }
  for (size_t c = 0; c < s->k; c++) chance += s->margin[c] * s->margin[s->k + c] / (n * n);
  *agreement = n > 0 ? same / n : NAN;
  *kappa = n > 0 && chance < 1 ? (same / n - chance) / (1 - chance) : NAN;
}

static void measure(const stance_agreement *g, int label, const uint32_t *pick, scratch *s,
                    double out[3]) {
  double sum[2] = {0, 0}, n[2] = {0, 0};
  for (size_t a = 0; a < g->raters; a++)
    for (size_t b = a + 1; b < g->raters; b++) {
      double v[2];
      pair_of(g, label, pick, a, b, s, &v[0], &v[1]);
      for (int k = 0; k < 2; k++)
        if (!isnan(v[k])) sum[k] += v[k], n[k]++;
    }
  out[0] = n[0] > 0 ? sum[0] / n[0] : NAN;
  out[1] = n[1] > 0 ? sum[1] / n[1] : NAN;
  out[2] = alpha_of(g, label, pick, s);
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static st_measure interval(double value, double *sample, size_t n) {
  if (!n) return (st_measure){value, NAN, NAN};
  qsort(sample, n, sizeof *sample, ascending);
  return (st_measure){value, sample[n * 25 / 1000], sample[(n * 975 - 1) / 1000]};
}

st_measures st_measure_units(const stance_agreement *g, int label) {
  st_measures out = {{NAN, NAN, NAN}, {NAN, NAN, NAN}, {NAN, NAN, NAN}};
  scratch s = {.k = label < 0 ? g->labels : 2};
  uint32_t *pick = st_calloc(g->units, sizeof *pick);
  double *sample = st_calloc(3 * RESAMPLES, sizeof *sample), value[3], v[3];
  s.total = st_calloc(s.k, sizeof *s.total);
  s.unit = st_calloc(s.k, sizeof *s.unit);
  s.margin = st_calloc(2 * s.k, sizeof *s.margin);
  size_t count[3] = {0, 0, 0};
  uint64_t state = 20260101;
  if (pick && sample && s.total && s.unit && s.margin) {
    for (size_t i = 0; i < g->units; i++) pick[i] = (uint32_t)i;
    measure(g, label, pick, &s, value);
    for (size_t t = 0; t < RESAMPLES; t++) {
      for (size_t i = 0; i < g->units; i++) pick[i] = (uint32_t)(next_random(&state) % g->units);
      measure(g, label, pick, &s, v);
      for (size_t k = 0; k < 3; k++)
        if (!isnan(v[k])) sample[k * RESAMPLES + count[k]++] = v[k];
    }
    out.agreement = interval(value[0], sample, count[0]);
    out.kappa = interval(value[1], sample + RESAMPLES, count[1]);
    out.alpha = interval(value[2], sample + 2 * RESAMPLES, count[2]);
  }
  free(pick);
  free(sample);
  free(s.total);
  free(s.unit);
  free(s.margin);
  return out;
}
