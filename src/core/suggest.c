/* suggest.c: what somebody who mistyped a name most likely meant. */
#include "core/core.h"

#include <string.h>

enum { LONGEST = 64 };

static size_t min3(size_t a, size_t b, size_t c) {
  size_t m = a < b ? a : b;
  return m < c ? m : c;
}

/* Edits to turn a into b: insert, delete, replace, swap neighbours (optimal string alignment). */
static size_t distance(const char *a, const char *b) {
  size_t n = strlen(a), m = strlen(b);
  if (n > LONGEST || m > LONGEST) return SIZE_MAX;
  size_t d[3][LONGEST + 1];
  for (size_t j = 0; j <= m; j++) d[0][j] = j;
  for (size_t i = 1; i <= n; i++) {
    size_t *row = d[i % 3], *up = d[(i - 1) % 3], *up2 = d[(i + 1) % 3];
    row[0] = i;
    for (size_t j = 1; j <= m; j++) {
      row[j] = min3(up[j] + 1, row[j - 1] + 1, up[j - 1] + (a[i - 1] != b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && up2[j - 2] + 1 < row[j])
        row[j] = up2[j - 2] + 1;
    }
  }
  return d[n % 3][m];
}

const char *stance_nearest(const char *word, const char *const *candidates, size_t n) {
  const char *best = NULL;
  size_t best_distance = strlen(word) / 3 + 1; /* more edits than that and it is another word */
  for (size_t i = 0; i < n; i++) {
    size_t d = distance(word, candidates[i]);
    if (strlen(word) > 2 && !strncmp(word, candidates[i], strlen(word))) d = 0; /* cut short */
    if (d > best_distance || (best && d == best_distance)) continue;
    best = candidates[i];
    best_distance = d;
  }
  return best;
}
