/* decide.c: margins become probabilities and a label. */
#include "engine/engine.h"

#include <math.h>
#include <string.h>

/* p_k = softmax(z_k / T + offset_k), where z is the margin or, for a one-vs-rest SVM, the logarithm of
 * Platt's sigmoids normalised over the labels (their normaliser drops out of the softmax). */
void st_probabilities(const st_head *head, const float *margins, float *probability) {
  float top = -INFINITY, sum = 0;
  for (size_t k = 0; k < head->labels; k++) {
    float z = margins[k];
    /* log of 1 / (1 + exp(u)), without overflow */
    if (head->link == ST_LINK_PLATT) {
      float u = fminf(head->platt_a[k] * margins[k] + head->platt_b[k], 1e30f);
      z = u > 0 ? -u - log1pf(expf(-u)) : -log1pf(expf(u));
    }
    probability[k] = z / head->temperature + head->offset[k];
    if (probability[k] > top) top = probability[k];
  }
  for (size_t k = 0; k < head->labels; k++) sum += probability[k] = expf(probability[k] - top);
  for (size_t k = 0; k < head->labels; k++) probability[k] /= sum;
}

int st_choose(const st_head *head, uint64_t among, float *probability) {
  int best = -1;
  float sum = 0;
  for (size_t k = 0; k < head->labels; k++) {
    if (among && !(among >> k & 1)) {
      probability[k] = 0;
      continue;
    }
    if (best < 0 || probability[k] > probability[best]) best = (int)k;
    sum += probability[k];
  }
  for (size_t k = 0; among && k < head->labels; k++) {
    if (sum > 0) probability[k] /= sum;
    else if (among >> k & 1) probability[k] = 1.0f / (float)__builtin_popcountll(among);
  }
  return best;
}

const st_head *st_sensational_head(const stance_model *m, int *label) {
  for (size_t h = 0; h < m->heads; h++) {
    if (strcmp(m->head[h].name, "sensational")) continue;
    for (size_t k = 0; k < m->head[h].labels; k++)
      if (!strcmp(m->head[h].label[k], "1")) {
        *label = (int)k;
        return &m->head[h];
      }
  }
  return NULL;
}
