/* stack.c: layout of the section "stack", the second pass over a document (see engine/stack.c): for
 * each head the temperature of the first pass, then weights [features][labels], then bias [labels]. */
#include "model/model.h"

size_t st_stack_features(size_t labels) {
  return 2 * labels + 2 * ST_STACK_REACH * (labels + 1) + labels + 1 + labels + labels * labels;
}

size_t st_stack_size(size_t labels) {
  return 1 + (st_stack_features(labels) + 1) * labels;
}

const float *st_stack_of(const stance_model *m, size_t head) {
  const float *s = m->stack;
  for (size_t h = 0; s && h < head; h++) s += st_stack_size(m->head[h].labels);
  return s;
}
