/* calibrate.c: from margins to probabilities and decisions, fitted on held-out rows.
 *
 *     margins --temperature--> probabilities --offsets--> label      (softmax)
 *     margin  --Platt--------> probability                           (SVM)
 *
 * Rows with a negative label (or positive flag) are left out. All sums are doubles in row order. */
#include "linear/linear.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* First and second derivative, by s = 1/T, of the log loss sum_i log sum_k exp(s (m_ik - m_iy)).
 * It is convex in s: d1 = sum_i E[d], d2 = sum_i Var[d], with d_k = m_ik - m_iy. */
static void temperature_slope(const float *margins, const int32_t *label, size_t rows,
                              size_t classes, double s, double *d1, double *d2) {
  double first = 0, second = 0;
  for (size_t i = 0; i < rows; i++) {
    if (label[i] < 0) continue;
    const float *m = margins + i * classes;
    double y = (double)m[label[i]], top = (double)m[0];
    for (size_t k = 1; k < classes; k++) top = fmax(top, (double)m[k]);
    double z = 0, e1 = 0, e2 = 0;
    for (size_t k = 0; k < classes; k++) {
      double p = exp(s * ((double)m[k] - top)), d = (double)m[k] - y;
      z += p, e1 += p * d, e2 += p * d * d;
    }
    e1 /= z, e2 /= z;
    first += e1, second += e2 - e1 * e1;
  }
  *d1 = first, *d2 = second;
}

float st_fit_temperature(const float *margins, const int32_t *label, size_t rows, size_t classes) {
  /* The derivative rises with s, so its zero lies in a bracket: Newton steps, halving when one
   * leaves it. Without a zero (all rows right, or no better than chance) an end is the answer. */
  const double lowest = 1e-2, highest = 1e2;
  double low = lowest, high = highest, s = 1, d1, d2;
  for (int i = 0; i < 100; i++) {
    temperature_slope(margins, label, rows, classes, s, &d1, &d2);
    if (d1 == 0 && d2 == 0) break;
    if (d1 > 0)
      high = s;
    else
      low = s;
    double next = d2 > 0 ? s - d1 / d2 : -1;
    if (!(next > low && next < high)) next = sqrt(low * high);
    if (fabs(next - s) <= 1e-9 * s) break;
    s = next;
  }
  return (float)(1 / s);
}

/* Negative log likelihood of soft targets t under p = 1 / (1 + exp(f)), without overflow. */
static double platt_loss(const float *margin, const int32_t *positive, size_t rows, double hi,
                         double lo, double a, double b) {
  double sum = 0;
  for (size_t i = 0; i < rows; i++) {
    if (positive[i] < 0) continue;
    double f = a * (double)margin[i] + b, t = positive[i] ? hi : lo;
    sum += f >= 0 ? t * f + log1p(exp(-f)) : (t - 1) * f + log1p(exp(f));
  }
  return sum;
}

void st_fit_platt(const float *margin, const int32_t *positive, size_t rows, float *out_a,
                  float *out_b) {
  size_t np = 0, nn = 0;
  for (size_t i = 0; i < rows; i++) np += positive[i] > 0, nn += positive[i] == 0;
  double hi = ((double)np + 1) / ((double)np + 2), lo = 1 / ((double)nn + 2);
  double a = 0, b = log(((double)nn + 1) / ((double)np + 1));
  double loss = platt_loss(margin, positive, rows, hi, lo, a, b);
  for (int it = 0; it < 100; it++) {
    double h11 = 1e-12, h22 = 1e-12, h21 = 0, g1 = 0, g2 = 0;
    for (size_t i = 0; i < rows; i++) {
      if (positive[i] < 0) continue;
      double m = (double)margin[i], f = a * m + b, e = exp(-fabs(f));
      double p = f >= 0 ? e / (1 + e) : 1 / (1 + e), d2 = p * (1 - p),
             d1 = (positive[i] ? hi : lo) - p;
      h11 += m * m * d2, h22 += d2, h21 += m * d2;
      g1 += m * d1, g2 += d1;
    }
    if (fabs(g1) < 1e-7 && fabs(g2) < 1e-7) break;
    double det = h11 * h22 - h21 * h21;
    double da = -(h22 * g1 - h21 * g2) / det, db = -(-h21 * g1 + h11 * g2) / det;
    double slope = g1 * da + g2 * db, step = 1;
    for (; step >= 1e-10; step /= 2) {
      double next = platt_loss(margin, positive, rows, hi, lo, a + step * da, b + step * db);
      if (next < loss + 1e-4 * step * slope) {
        a += step * da, b += step * db, loss = next;
        break;
      }
    }
    if (step < 1e-10) break;
  }
  *out_a = (float)a, *out_b = (float)b;
}

/* ---- offsets ---- */

/* One row seen from class k: it is predicted k when offset[k] exceeds `at` (best other score less
 * its own); otherwise it is predicted `other`. */
typedef struct {
  double at;
  int32_t other, gold;
} crossing;

static int by_place(const void *a, const void *b) {
  double x = ((const crossing *)a)->at, y = ((const crossing *)b)->at;
  return (x > y) - (x < y);
}

static double macro_f1(const int64_t *hit, const int64_t *said, const int64_t *gold,
                       size_t classes) {
  double sum = 0;
  size_t seen = 0;
  for (size_t k = 0; k < classes; k++) {
    if (gold[k] + said[k] > 0) sum += 2 * (double)hit[k] / (double)(gold[k] + said[k]);
    seen += gold[k] > 0;
  }
  return seen ? sum / (double)classes : 0;
}

/* The best offset of class k, the others held: sort the crossings, sweep from -inf upwards, moving
 * one row at a time from its other class to k, and keep the middle of the best interval. */
static double best_offset(crossing *c, size_t n, size_t k, size_t classes, double now, int64_t *hit,
                          int64_t *said, const int64_t *gold, double *score) {
  qsort(c, n, sizeof *c, by_place);
  memset(hit, 0, classes * sizeof *hit);
  memset(said, 0, classes * sizeof *said);
  for (size_t i = 0; i < n; i++) said[c[i].other]++, hit[c[i].other] += c[i].other == c[i].gold;
  double best = *score, offset = now;
  for (size_t i = 0; i < n;) {
    double at = c[i].at;
    for (; i < n && c[i].at <= at; i++) {
      said[c[i].other]--, hit[c[i].other] -= c[i].other == c[i].gold;
      said[k]++, hit[k] += (size_t)c[i].gold == k;
    }
    double f = macro_f1(hit, said, gold, classes);
    double middle = i < n ? (at + c[i].at) / 2 : at + 1;
    if (f > best + 1e-12 && middle > at) best = f, offset = middle;
  }
  *score = best;
  return offset;
}

void st_fit_offsets(const float *probability, const int32_t *label, size_t rows, size_t classes,
                    float *offsets) {
  memset(offsets, 0, classes * sizeof *offsets);
  crossing *c = st_calloc(rows, sizeof *c);
  double *logp = st_calloc(rows * classes, sizeof *logp), *o = st_calloc(classes, sizeof *o);
  int64_t *count = st_calloc(3 * classes, sizeof *count);
  if (!c || !logp || !o || !count) goto done; /* without memory: no offsets */
  int64_t *hit = count, *said = hit + classes, *gold = said + classes;
  size_t n = 0;
  for (size_t i = 0; i < rows; i++) {
    if (label[i] < 0) continue;
    for (size_t k = 0; k < classes; k++) {
      double p = (double)probability[i * classes + k];
      logp[n * classes + k] = log(p > 1e-30 ? p : 1e-30);
    }
    gold[label[i]]++;
    c[n].gold = label[i]; /* kept in row order until the first sort; refilled each time below */
    n++;
  }
  double score = -1;
  for (int round = 0; round < 20; round++) {
    double before = score;
    for (size_t k = 0; k < classes; k++) {
      size_t row = 0;
      for (size_t i = 0; i < rows; i++) {
        if (label[i] < 0) continue;
        const double *lp = logp + row * classes;
        double best = -INFINITY;
        int32_t other = 0;
        for (size_t j = 0; j < classes; j++)
          if (j != k && lp[j] + o[j] > best) best = lp[j] + o[j], other = (int32_t)j;
        c[row++] = (crossing){best - lp[k], other, label[i]};
      }
      if (score < 0) { /* the score at offsets 0, the one to beat */
        memset(hit, 0, classes * sizeof *hit);
        memset(said, 0, classes * sizeof *said);
        for (size_t i = 0; i < n; i++) {
          size_t t = c[i].at < o[k] ? k : (size_t)c[i].other;
          said[t]++, hit[t] += (size_t)c[i].gold == t;
        }
        before = score = macro_f1(hit, said, gold, classes);
      }
      o[k] = best_offset(c, n, k, classes, o[k], hit, said, gold, &score);
    }
    if (score <= before + 1e-12 && round > 0) break;
  }
  for (size_t k = 0; k < classes; k++) offsets[k] = (float)(o[k] - o[0]);
done:
  free(c);
  free(logp);
  free(o);
  free(count);
}
