/* chars.c: the table of byte classes, and what needs utf8proc. */
#include "text/chars.h"

#include <utf8proc.h>

#include "core/core.h"

/* clang-format off */
const uint8_t st_char_class[256] = {
     0,  0,  0,  0,  0,  0,  0,  0,  0,  8,  8,  8,  8,  8,  0,  0, /* 00 */
     0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  8,  8,  8,  8, /* 10 */
     8, 32, 32,  0,  0,  0,  0,  0, 32, 32,  0,  0,  0,  0, 32,  0, /* 20 */
     4,  4,  4,  4,  4,  4,  4,  4,  4,  4, 32,  0,  0,  0,  0, 32, /* 30 */
     0, 66,  2,  2,  2, 66,  2,  2,  2, 66,  2,  2,  2,  2,  2, 66, /* 40 */
     2,  2,  2,  2,  2, 66,  2,  2,  2, 66,  2, 32,  0, 32,  0,  0, /* 50 */
     0, 65,  1,  1,  1, 65,  1,  1,  1, 65,  1,  1,  1,  1,  1, 65, /* 60 */
     1,  1,  1,  1,  1, 65,  1,  1,  1, 65,  1,  0,  0,  0,  0,  0, /* 70 */
    16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, /* 80 */
    16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, /* 90 */
    16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, /* a0 */
    16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, /* b0 */
    16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, /* c0 */
    16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, /* d0 */
    16, 16, 48, 48, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 48, /* e0 */
    16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, /* f0 */
};
/* clang-format on */

unsigned st_char_kind(const unsigned char *s, size_t n, size_t *len) {
  *len = 1;
  if (!n) return 0;
  if (s[0] < 0x80) return st_char_class[s[0]] & (ST_C_ALNUM | ST_C_SPACE);
  *len = st_utf8_length((const char *)s, n);
  if (!*len) {
    *len = 1;
    return 0;
  }
  if (st_space(s, n)) return ST_C_SPACE;
  uint32_t cp = st_utf8_decode((const char *)s, *len);
  switch (utf8proc_category((utf8proc_int32_t)cp)) {
  case UTF8PROC_CATEGORY_LU:
  case UTF8PROC_CATEGORY_LT: return ST_C_UPPER;
  case UTF8PROC_CATEGORY_LL: return ST_C_LOWER;
  case UTF8PROC_CATEGORY_LM:
  case UTF8PROC_CATEGORY_LO:
  case UTF8PROC_CATEGORY_MN:
  case UTF8PROC_CATEGORY_MC: return ST_C_LETTER;
  case UTF8PROC_CATEGORY_ND: return ST_C_DIGIT;
  default: return 0;
  }
}

size_t st_bullet(const unsigned char *s, size_t n) {
  if (!n) return 0;
  if (s[0] == '-' || s[0] == '*' || s[0] == '+') return n > 1 && st_space(s + 1, n - 1) ? 1 : 0;
  if (s[0] == 0xc2) return n > 2 && s[1] == 0xb7 && st_space(s + 2, n - 2) ? 2 : 0; /* U+00B7 */
  if (n < 3 || s[0] != 0xe2) return 0;
  if (s[1] == 0x80) /* U+2022, U+2023; an en or em dash before a space */
    return s[2] == 0xa2 || s[2] == 0xa3 ||
                   ((s[2] == 0x93 || s[2] == 0x94) && st_space(s + 3, n - 3))
               ? 3
               : 0;
  if (s[1] == 0x81)
    return s[2] == 0x83 || s[2] == 0x8c || s[2] == 0x8d ? 3 : 0; /* U+2043 204C 204D */
  if (s[1] == 0x96)
    return s[2] == 0xaa || s[2] == 0xab || s[2] == 0xa0 || s[2] == 0xb6 || s[2] == 0xba ? 3 : 0;
  if (s[1] == 0x97) return s[2] == 0x8f || s[2] == 0xa6 || s[2] == 0x8b ? 3 : 0; /* circles */
  return 0;
}

/* Value of the roman number s[0, n) under 40, or 0. */
static uint32_t roman(const unsigned char *s, size_t n) {
  uint32_t sum = 0, last = 100;
  for (size_t i = 0; i < n; i++) {
    uint32_t v = s[i] == 'i' ? 1 : s[i] == 'v' ? 5 : s[i] == 'x' ? 10 : 0;
    if (!v || n > 6) return 0;
    sum += v > last ? v - 2 * last : v;
    last = v;
  }
  return sum < 40 ? sum : 0;
}

size_t st_list_mark(const unsigned char *s, size_t n, uint32_t *value, uint32_t *style) {
  size_t i = st_bullet(s, n);
  *value = 0;
  *style = 0;
  if (i) {
    while (i < n && st_space(s + i, n - i)) i += st_space(s + i, n - i);
    uint32_t v, t; /* "• 9. The first" */
    size_t more =
        i < n && st_char_class[s[i]] & ST_C_DIGIT ? st_list_mark(s + i, n - i, &v, &t) : 0;
    return i + more;
  }
  if (n > 1 && st_char_class[s[0]] & ST_C_UPPER && s[1] != '.' && s[1] != ')') return 0;
  bool paren = n && s[0] == '(';
  size_t b = i = paren;
  unsigned kind = 0;
  while (i < n && i - b < 4 && (st_char_class[s[i]] & ST_C_DIGIT))
    *value = *value * 10 + s[i++] - '0';
  if (i > b) {
    if (i - b > 3) return 0;
    kind = 1;
  } else {
    while (i < n && i - b < 6 && (st_char_class[s[i]] & ST_C_LETTER)) i++;
    if (i == b) return 0;
    bool upper = (st_char_class[s[b]] & ST_C_UPPER) != 0;
    if (i - b == 1)
      *value = 1u + s[b] - (upper ? 'A' : 'a'), kind = upper ? 3 : 2;
    else if ((*value = roman(s + b, i - b)))
      kind = 4;
    else
      return 0;
  }
  unsigned close = 0;
  if (i < n && s[i] == '.' && !paren) i++, close |= 1;
  if (i < n && s[i] == ')') i++, close |= 2;
  if (!close || (paren && close != 2)) return 0;
  size_t m = i < n ? st_space(s + i, n - i) : 0;
  if (!m) return 0;
  if (kind == 3 && close == 1) return 0; /* "A. Smith": an initial */
  while (i < n && (m = st_space(s + i, n - i))) i += m;
  *style = kind | close << 4 | (paren ? 64 : 0);
  return i;
}
