/* words.c: looking words up in the closed lists. */
#include "text/words.h"

#include "text/chars.h"

/* ASCII capitals of a packed word made small: a byte in 'A'..'Z' gets its bit 5. */
static uint64_t lower8(uint64_t w) {
  uint64_t low7 = w & 0x7f7f7f7f7f7f7f7fu;
  uint64_t ge_a = low7 + 0x3f3f3f3f3f3f3f3fu; /* bit 7 where byte >= 'A' */
  uint64_t gt_z = low7 + 0x2525252525252525u; /* bit 7 where byte > 'Z' */
  return w | ((ge_a & ~gt_z & ~w & 0x8080808080808080u) >> 2);
}

static uint64_t load(const unsigned char *s, size_t n) {
  uint64_t w = 0;
  for (size_t i = 0; i < n; i++) w |= (uint64_t)s[i] << 8 * i;
  return lower8(w);
}

uint32_t st_word_print(const unsigned char *s, size_t n) {
  uint64_t h = n;
  for (; n > 8; s += 8, n -= 8) h = (h ^ load(s, 8)) * 0x9e3779b97f4a7c15u, h ^= h >> 29;
  h = (h ^ load(s, n)) * 0x9e3779b97f4a7c15u;
  h ^= h >> 32;
  return (uint32_t)h | 1;
}

/* The kind stored for the word; an entry that asks for another case of the first letter than
 * `refused` allows is passed over, so that "No" and "no" may differ. */
static unsigned find(const st_word_table *t, uint32_t print, unsigned refused) {
  uint32_t i = print >> 1 & t->mask;
  for (; t->prints[i]; i = (i + 1) & t->mask)
    if (t->prints[i] == print && !(t->kinds[i] & refused)) return t->kinds[i] & ST_WORD_KIND;
  return 0;
}

unsigned st_word_abbr(const unsigned char *s, size_t n) {
  if (!n || n > 8) return ST_ABBR_NONE;
  unsigned first = st_char_class[s[0]];
  unsigned refused = first & ST_C_LOWER ? ST_WORD_CAPITAL : first & ST_C_UPPER ? ST_WORD_LOWER : 0;
  return find(&st_abbr_table, st_word_print(s, n), refused);
}

unsigned st_word_next(const unsigned char *s, size_t n) {
  if (!n || n > 32) return ST_NEXT_NONE;
  return find(&st_next_table, st_word_print(s, n), 0);
}
