/* stack.c: the second pass over a block: a sentence's label, given its neighbours' and the document's.
 *
 * A stacked generalisation (Wolpert 1992): the first pass's margins of rows that their weights had
 * not seen are the features of a small softmax regression. For a head of K labels, with margins m_i,
 * probabilities p_i = softmax(m_i / T) and D_i the mean of the block's other probabilities, they are
 *
 *     m_i, p_i, (p_{i+d}, missing) for d in -2, -1, 1, 2,  D_i, alone,  D_i min(n, 20) / 20,  p_i x D_i
 */
#include "engine/engine.h"

#include <stdlib.h>
#include <string.h>

enum { FULL = 20 }; /* sentences from which a document's profile counts in full */

void st_stack_make(const float *margins, size_t stride, size_t n, size_t labels, float temperature,
                   float *probability, float *features) {
  float sum[ST_MAX_LABELS] = {0};
  for (size_t i = 0; i < n; i++) {
    st_softmax(margins + i * stride, labels, temperature, probability + i * labels);
    for (size_t k = 0; k < labels; k++) sum[k] += probability[i * labels + k];
  }
  float share = (float)(n < FULL ? n : FULL) / FULL;
  for (size_t i = 0; i < n; i++) {
    float *f = features + i * st_stack_features(labels);
    const float *own = probability + i * labels;
    for (size_t k = 0; k < labels; k++) *f++ = margins[i * stride + k];
    for (size_t k = 0; k < labels; k++) *f++ = own[k];
    for (int d = -ST_STACK_REACH; d <= ST_STACK_REACH; d++) {
      if (!d) continue;
      bool there = d < 0 ? i >= (size_t)-d : i + (size_t)d < n;
      const float *p = there ? own + d * (ptrdiff_t)labels : NULL;
      for (size_t k = 0; k < labels; k++) *f++ = there ? p[k] : 0;
      *f++ = there ? 0 : 1;
    }
    float rest[ST_MAX_LABELS];
    for (size_t k = 0; k < labels; k++) rest[k] = n > 1 ? (sum[k] - own[k]) / (float)(n - 1) : 0;
    for (size_t k = 0; k < labels; k++) *f++ = rest[k];
    *f++ = n == 1;
    for (size_t k = 0; k < labels; k++) *f++ = rest[k] * share;
    for (size_t a = 0; a < labels; a++)
      for (size_t b = 0; b < labels; b++) *f++ = own[a] * rest[b];
  }
}

/* sum[labels] += features[count] x weights[count][labels], in this order whatever the compiler
 * does. Inlined for the numbers of labels that the shipped model has, so that a row is one vector.
 */
static inline __attribute__((always_inline)) void
add_product(const float *features, size_t count, const float *weights, size_t labels, float *sum) {
  for (size_t j = 0; j < count; j++)
    for (size_t k = 0; k < labels; k++) sum[k] += features[j] * weights[j * labels + k];
}

static void add_features(const float *features, size_t count, const float *weights, size_t labels,
                         float *sum) {
  if (labels == 4) {
    float four[4];
    memcpy(four, sum, sizeof four);
    add_product(features, count, weights, 4, four);
    memcpy(sum, four, sizeof four);
  } else if (labels == 2) {
    float two[2];
    memcpy(two, sum, sizeof two);
    add_product(features, count, weights, 2, two);
    memcpy(sum, two, sizeof two);
  } else {
    add_product(features, count, weights, labels, sum);
  }
}

/* A block of one sentence, as most rows are: all but its own margins and probabilities, "missing"
 * and "alone" is 0 and adds nothing. Takes 8 % off labelling lines. */
static void add_alone(const float *margins, const float *probability, const float *weights,
                      size_t labels, float *sum) {
  const float one = 1;
  add_features(margins, labels, weights, labels, sum);
  add_features(probability, labels, weights + labels * labels, labels, sum);
  const float *missing = weights + 3 * labels * labels;
  for (int i = 0; i < 2 * ST_STACK_REACH + 1; i++) { /* the fifth is "alone", after D */
    add_features(&one, 1, missing, labels, sum);
    missing += (labels + 1) * labels;
  }
}

stance_status st_stack_apply(const stance_model *m, float *margins, size_t n, st_work *w,
                             stance_error *err) {
  for (size_t h = 0; h < m->heads; h++) {
    size_t labels = m->head[h].labels, count = st_stack_features(labels), first = m->head[h].first;
    const float *stack = st_stack_of(m, h), *weights = stack + 1, *bias = weights + count * labels;
    if (!st_reserve(&w->stack, &w->stack_cap, n * (count + labels), sizeof *w->stack))
      return st_fail_memory(err, "labelling");
    float *features = w->stack, *probability = w->stack + n * count;
    if (n == 1)
      st_softmax(margins + first, labels, stack[0], probability);
    else
      st_stack_make(margins + first, m->columns, n, labels, stack[0], probability, features);
    for (size_t i = 0; i < n; i++) {
      float sum[ST_MAX_LABELS];
      memcpy(sum, bias, labels * sizeof *sum);
      if (n == 1)
        add_alone(margins + first, probability, weights, labels, sum);
      else
        add_features(features + i * count, count, weights, labels, sum);
      memcpy(margins + i * m->columns + first, sum, labels * sizeof *sum);
    }
  }
  return STANCE_OK;
}
