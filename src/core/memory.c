/* memory.c: checked growth of arrays. */
#include "core/core.h"

#include <stdlib.h>
#include <string.h>

void *st_realloc_array(void *old, size_t count, size_t size) {
  if (size && count > SIZE_MAX / size) return NULL;
  size_t n = count * size;
  return realloc(old, n ? n : 1);
}

void *st_calloc(size_t count, size_t size) {
  if (!count || !size) return calloc(1, 1);
  return calloc(count, size);
}

bool st_reserve(void *items, size_t *cap, size_t need, size_t size) {
  if (need <= *cap) return true;
  size_t grown = *cap + *cap / 2 + 16;
  if (grown < need) grown = need;
  void *old;
  memcpy(&old, items, sizeof old);
  void *p = st_realloc_array(old, grown, size);
  if (!p) return false;
  memcpy(items, &p, sizeof p);
  *cap = grown;
  return true;
}
