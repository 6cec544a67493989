/* folds.c: cross-validation folds over whole groups (documents). */
#include "linear/linear.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
  uint64_t order; /* pseudo-random, from the seed and the group's id */
  uint64_t rows;
  int32_t id;
  uint8_t fold;
} group_info;

static int by_id(const void *a, const void *b) {
  int32_t x = ((const group_info *)a)->id, y = ((const group_info *)b)->id;
  return (x > y) - (x < y);
}

/* Large groups first, so that the small ones can level the folds; equals in pseudo-random order. */
static int by_size(const void *a, const void *b) {
  const group_info *x = a, *y = b;
  if (x->rows != y->rows) return x->rows < y->rows ? 1 : -1;
  if (x->order != y->order) return x->order < y->order ? -1 : 1;
  return by_id(a, b);
}

static uint64_t mix(uint64_t z) { /* the finaliser of splitmix64 */
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

stance_status st_folds(const int32_t *group, size_t rows, int k, uint64_t seed, uint8_t *fold,
                       stance_error *err) {
  if (k < 2 || k > 255)
    return st_fail(err, STANCE_ERR_USAGE, "there must be 2 to 255 folds, not %d", k);
  group_info *g = st_calloc(rows, sizeof *g);
  if (!g) return st_fail_memory(err, "dividing documents into folds");
  for (size_t i = 0; i < rows; i++) g[i] = (group_info){.id = group ? group[i] : (int32_t)i};
  qsort(g, rows, sizeof *g, by_id);
  size_t groups = 0;
  for (size_t i = 0; i < rows; i++) {
    if (groups && g[groups - 1].id == g[i].id) {
      g[groups - 1].rows++;
      continue;
    }
    uint64_t id = (uint32_t)g[i].id;
    g[groups++] =
        (group_info){.id = g[i].id, .rows = 1, .order = mix(mix(seed + 0x9e3779b97f4a7c15u) ^ id)};
  }
  qsort(g, groups, sizeof *g, by_size);
  uint64_t load[256] = {0};
  for (size_t t = 0; t < groups; t++) { /* each to the emptiest fold; ties by a turn of the seed */
    int best = 0, turn = (int)(g[t].order % (uint64_t)k);
    for (int f = 1; f < k; f++)
      if (load[(turn + f) % k] < load[(turn + best) % k]) best = f;
    g[t].fold = (uint8_t)((turn + best) % k);
    load[g[t].fold] += g[t].rows;
  }
  qsort(g, groups, sizeof *g, by_id);
  for (size_t i = 0; i < rows; i++) {
    group_info key = {.id = group ? group[i] : (int32_t)i};
    const group_info *found = bsearch(&key, g, groups, sizeof *g, by_id);
    fold[i] = found->fold;
  }
  free(g);
  return STANCE_OK;
}
