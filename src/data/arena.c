/* arena.c: memory handed out in blocks that never move. */
#include "data/data.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK = 1 << 16 };

struct st_arena_block {
  struct st_arena_block *next;
  size_t used, size;
  char bytes[];
};

char *st_arena_take(st_arena *a, size_t n) {
  struct st_arena_block *b = a->block;
  if (!b || b->size - b->used < n) {
    size_t size = n > BLOCK ? n : BLOCK;
    if (size > SIZE_MAX - sizeof *b) return NULL;
    b = malloc(sizeof *b + size);
    if (!b) return NULL;
    *b = (struct st_arena_block){.next = a->block, .size = size};
    a->block = b;
  }
  char *p = b->bytes + b->used;
  b->used += n;
  return p;
}

char *st_arena_copy(st_arena *a, const char *s, size_t n) {
  char *p = n < SIZE_MAX ? st_arena_take(a, n + 1) : NULL;
  if (!p) return NULL;
  if (n) memcpy(p, s, n);
  p[n] = 0;
  return p;
}

void st_arena_clear(st_arena *a) {
  struct st_arena_block *keep = NULL;
  for (struct st_arena_block *b = a->block, *next; b; b = next) {
    next = b->next;
    if (!keep || b->size > keep->size) {
      free(keep);
      keep = b;
    } else
      free(b);
  }
  if (keep) {
    keep->next = NULL;
    keep->used = 0;
  }
  a->block = keep;
}

void st_arena_free(st_arena *a) {
  for (struct st_arena_block *b = a->block, *next; b; b = next) {
    next = b->next;
    free(b);
  }
  a->block = NULL;
}
