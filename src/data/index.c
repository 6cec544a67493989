/* index.c: names to numbers. */
#include "data/data.h"

#include <stdlib.h>
#include <xxhash.h>

static size_t find(const st_index *x, uint64_t hash) {
  size_t i = (size_t)hash & (x->slots - 1);
  while (x->value[i] && x->hash[i] != hash) i = (i + 1) & (x->slots - 1);
  return i;
}

static bool grow(st_index *x) {
  st_index bigger = {.slots = x->slots ? x->slots * 2 : 64, .used = x->used};
  bigger.hash = st_calloc(bigger.slots, sizeof *bigger.hash);
  bigger.value = st_calloc(bigger.slots, sizeof *bigger.value);
  if (!bigger.hash || !bigger.value) {
    st_index_free(&bigger);
    return false;
  }
  for (size_t i = 0; i < x->slots; i++) {
    if (!x->value[i]) continue;
    size_t at = find(&bigger, x->hash[i]);
    bigger.hash[at] = x->hash[i];
    bigger.value[at] = x->value[i];
  }
  st_index_free(x);
  *x = bigger;
  return true;
}

bool st_index_number(st_index *x, const char *name, size_t len, uint32_t next, uint32_t *out) {
  if ((x->used + 1) * 2 > x->slots && !grow(x)) return false;
  uint64_t hash = XXH3_64bits(name, len);
  size_t at = find(x, hash);
  if (!x->value[at]) {
    x->hash[at] = hash;
    x->value[at] = next + 1;
    x->used++;
  }
  *out = x->value[at] - 1;
  return true;
}

void st_index_free(st_index *x) {
  free(x->hash);
  free(x->value);
  *x = (st_index){0};
}
