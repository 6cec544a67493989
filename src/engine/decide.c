/* decide.c: margins become probabilities and a label. */
#include "engine/engine.h"

#include <math.h>
#include <string.h>

void st_probabilities(const st_head *head, const float *margins, float *probability) {
  float top = -INFINITY, sum = 0;
  if (head->link == ST_LINK_PLATT) {
    for (size_t k = 0; k < head->labels; k++) {
      probability[k] = 1 / (1 + expf(head->platt_a[k] * margins[k] + head->platt_b[k]));
      sum += probability[k];
    }
  } else {
    for (size_t k = 0; k < head->labels; k++)
      if (margins[k] > top) top = margins[k];
    for (size_t k = 0; k < head->labels; k++) {
      probability[k] = expf((margins[k] - top) / head->temperature);
      sum += probability[k];
    }
  }
  for (size_t k = 0; k < head->labels; k++)
    probability[k] = sum > 0 ? probability[k] / sum : 1.0f / (float)head->labels;
}

int st_choose(const st_head *head, uint64_t among, float *probability) {
  int best = -1;
  float best_score = 0, sum = 0;
  for (size_t k = 0; k < head->labels; k++) {
    if (among && !(among >> k & 1)) {
      probability[k] = 0;
      continue;
    }
    float score = logf(probability[k] + 1e-20f) + head->offset[k];
    if (best < 0 || score > best_score) best = (int)k, best_score = score;
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
