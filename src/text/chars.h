/* chars.h: bytes and characters as segment.c, lines.c, candidate.c and token.c see them.
 *
 * ASCII is decided by a table of 256 bytes; utf8proc is asked only about other letters. All
 * functions look at no more than `n` bytes.
 */
#ifndef STANCE_TEXT_CHARS_H
#define STANCE_TEXT_CHARS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  ST_C_LOWER = 1,
  ST_C_UPPER = 2,
  ST_C_DIGIT = 4,
  ST_C_SPACE = 8,
  ST_C_HIGH = 16, /* a byte over 0x7f */
  ST_C_STOP = 32, /* the segmenter stops to look: marks, quotes, brackets, some lead bytes */
  ST_C_VOWEL = 64,
  ST_C_LETTER = ST_C_LOWER | ST_C_UPPER,
  ST_C_ALNUM = ST_C_LETTER | ST_C_DIGIT
};

extern const uint8_t st_char_class[256];

/* Length of the white space character at s, or 0. No-break, thin and zero-width spaces and the
 * byte order mark count as white space. */
static inline size_t st_space(const unsigned char *s, size_t n) {
  if (!n) return 0;
  if (s[0] < 0x80) return (st_char_class[s[0]] & ST_C_SPACE) != 0;
  if (s[0] == 0xc2) return n >= 2 && (s[1] == 0xa0 || s[1] == 0x85) ? 2 : 0;
  if (n < 3) return 0;
  if (s[0] == 0xe2) { /* U+2000..U+200B, U+2028, U+2029, U+202F; U+205F, U+2060 */
    if (s[1] == 0x80) return s[2] <= 0x8b || s[2] == 0xa8 || s[2] == 0xa9 || s[2] == 0xaf ? 3 : 0;
    return s[1] == 0x81 && (s[2] == 0x9f || s[2] == 0xa0) ? 3 : 0;
  }
  if (s[0] == 0xe1) return s[1] == 0x9a && s[2] == 0x80 ? 3 : 0;
  if (s[0] == 0xe3) return s[1] == 0x80 && s[2] == 0x80 ? 3 : 0;
  if (s[0] == 0xef) return s[1] == 0xbb && s[2] == 0xbf ? 3 : 0;
  return 0;
}

/* Start of the character that ends before s[end]; `from` is the lower bound. */
static inline size_t st_char_back(const unsigned char *s, size_t from, size_t end) {
  size_t i = end - 1;
  while (i > from && (s[i] & 0xc0) == 0x80) i--;
  return i;
}

/* A three-byte character U+2000..U+203F by its last byte: ‘ ’ “ ” … • and so on. */
static inline bool st_is_e280(const unsigned char *s, size_t n, unsigned last) {
  return n >= 3 && s[0] == 0xe2 && s[1] == 0x80 && s[2] == last;
}
enum {
  ST_E280_LEFT_SINGLE = 0x98,
  ST_E280_RIGHT_SINGLE = 0x99,
  ST_E280_LEFT_DOUBLE = 0x9c,
  ST_E280_RIGHT_DOUBLE = 0x9d,
  ST_E280_BULLET = 0xa2,
  ST_E280_ELLIPSIS = 0xa6
};

/* ST_C_LOWER, ST_C_UPPER, ST_C_DIGIT, ST_C_SPACE, ST_C_LETTER (a letter without case) or 0 (a
 * mark or symbol) of the character at s; *len is its length. */
unsigned st_char_kind(const unsigned char *s, size_t n, size_t *len);

/* Length of the list mark at s with the white space after it, or 0: a bullet, "1." "12)" "(3)"
 * "a." "b)" "(c)" "iv)" "1.)". *value: its number or letter's place, 0 for a bullet; *style tells
 * marks of one list from another's. */
size_t st_list_mark(const unsigned char *s, size_t n, uint32_t *value, uint32_t *style);

/* Length of the bullet character at s, or 0; `-`, `*` and `+` are bullets only before a space. */
size_t st_bullet(const unsigned char *s, size_t n);

#endif
