/* token_parts.c: words with marks inside, numbers, addresses, marks and symbols, byte by byte. */
#include <string.h>

#include "text/chars.h"
#include "text/token.h"
#include "text/words.h"

static unsigned class_at(const st_reader *r, size_t i) {
  return i < r->end ? st_char_class[r->s[i]] : ST_C_SPACE;
}
static bool alnum_at(const st_reader *r, size_t i) {
  return (class_at(r, i) & (ST_C_ALNUM | ST_C_HIGH)) != 0;
}

/* Length of a letter (or mark on one) beyond ASCII at s[i], its kind added to *seen; 0 for all
 * else. */
size_t st_high_letter(const st_reader *r, size_t i, unsigned *seen) {
  size_t len;
  unsigned kind = st_char_kind(r->s + i, r->end - i, &len);
  if (!(kind & (ST_C_ALNUM))) return 0;
  *seen |= kind == ST_C_LETTER ? ST_C_HIGH : kind | ST_C_HIGH;
  return len;
}

/* A word in lower case, at most eight bytes, as a number: the cases of a switch. */
#define PACK2(a, b) ((uint64_t)(a) | (uint64_t)(b) << 8)
#define PACK4(a, b, c, d) (PACK2(a, b) | PACK2(c, d) << 16)
#define PACK8(a, b, c, d, e, f, g, h) (PACK4(a, b, c, d) | PACK4(e, f, g, h) << 32)

static uint64_t pack(const unsigned char *s, size_t n) {
  uint64_t w = 0;
  if (n > 8) return 0;
  for (size_t i = 0; i < n; i++) w |= (uint64_t)(s[i] | 0x20) << 8 * i;
  return w;
}

/* Prefixes that keep their hyphen: anti-war, re-elect, e-mail. */
static bool is_prefix(const unsigned char *s, size_t n) {
  switch (pack(s, n)) {
  case 'e':
  case PACK2('r', 'e'):
  case PACK2('c', 'o'):
  case PACK2('e', 'x'):
  case PACK4('n', 'o', 'n', 0):
  case PACK4('m', 'i', 'd', 0):
  case PACK4('p', 'r', 'e', 0):
  case PACK4('p', 'r', 'o', 0):
  case PACK4('s', 'u', 'b', 0):
  case PACK4('n', 'e', 'o', 0):
  case PACK4('p', 'a', 'n', 0):
  case PACK4('a', 'n', 't', 'i'):
  case PACK4('p', 'o', 's', 't'):
  case PACK4('o', 'v', 'e', 'r'):
  case PACK4('s', 'e', 'm', 'i'):
  case PACK8('m', 'u', 'l', 't', 'i', 0, 0, 0):
  case PACK8('m', 'i', 'c', 'r', 'o', 0, 0, 0):
  case PACK8('c', 'r', 'o', 's', 's', 0, 0, 0):
  case PACK8('i', 'n', 't', 'r', 'a', 0, 0, 0):
  case PACK8('i', 'n', 't', 'e', 'r', 0, 0, 0):
  case PACK8('u', 'l', 't', 'r', 'a', 0, 0, 0):
  case PACK8('c', 'o', 'u', 'n', 't', 'e', 'r', 0): return true;
  default: return false;
  }
}

/* Letters that stand apart after a number: 6 pm, 40 k. */
static bool is_unit(const unsigned char *s, size_t n) {
  switch (pack(s, n)) {
  case 'm':
  case 'k':
  case 'b':
  case PACK2('a', 'm'):
  case PACK2('p', 'm'):
  case PACK2('b', 'n'):
  case PACK2('m', 'n'):
  case PACK2('m', 'm'):
  case PACK2('c', 'm'):
  case PACK2('k', 'm'):
  case PACK2('k', 'g'):
  case PACK2('f', 't'):
  case PACK2('h', 'z'): return true;
  default: return false;
  }
}

/* Does the full stop at s[i] belong to the word before it: an abbreviation, an initial? */
static bool keeps_stop(const st_reader *r, size_t i) {
  const unsigned char *s = r->s;
  size_t n = i - r->start, j = i + 1;
  if (alnum_at(r, j) && !(class_at(r, j) & ST_C_HIGH)) return false;
  while (j < r->end && !(class_at(r, j) & (ST_C_ALNUM | ST_C_HIGH | ST_C_SPACE))) j++;
  bool last = j >= r->end; /* nothing but marks after it */
  if (n == 1) return !last && (class_at(r, r->start) & ST_C_UPPER);
  if (n >= 3 && s[r->start + 1] == '.' && s[i - 2] == '.') return true; /* U.S a.m D.C */
  switch (st_word_abbr(s + r->start, n)) {
  case ST_ABBR_NONE:
  case ST_ABBR_BRAND:
  case ST_ABBR_UNIT:
  case ST_ABBR_NEVER:
  case ST_ABBR_MONTH_WORD:
  case ST_ABBR_STATE_WORD: return !last && st_word_abbr(s + r->start, n) == ST_ABBR_NEVER;
  case ST_ABBR_REF:
  case ST_ABBR_REF_WORD: return !last && class_at(r, i + 2) & ST_C_DIGIT;
  default: return true;
  }
}

/* Does the hyphen at s[i] stay inside the token? */
static bool keeps_hyphen(const st_reader *r, size_t i) {
  const unsigned char *s = r->s;
  if (!alnum_at(r, i + 1)) return false;
  if (!(st_char_class[s[i - 1]] & ST_C_DIGIT)) return is_prefix(s + r->start, i - r->start);
  size_t left = 1, right = 0; /* 555-0100 and 11-20-2000 are one, 1990-1995 and 4-2 are three */
  while (left < 5 && i - left > r->start && st_char_class[s[i - left - 1]] & ST_C_DIGIT) left++;
  while (right < 5 && class_at(r, i + 1 + right) & ST_C_DIGIT) right++;
  if (!right) return false;
  bool third =
      i + 1 + right < r->end && s[i + 1 + right] == '-' && class_at(r, i + 2 + right) & ST_C_DIGIT;
  bool second = i - left > r->start && s[i - left - 1] == '-';
  return third || second || (left == 3 && right >= 3);
}

/* End of an address that goes on from s[i]: all up to white space, without marks at its end. */
static size_t address_end(const st_reader *r, size_t i) {
  while (i < r->end && !st_space(r->s + i, r->end - i) && r->s[i] != '"' && r->s[i] != '<' &&
         r->s[i] != '>') {
    if (st_is_e280(r->s + i, r->end - i, ST_E280_RIGHT_DOUBLE)) break;
    i++;
  }
  while (i > r->start + 1 && r->s[i - 1] < 0x80 && strchr(".,;:!?)]}'*", r->s[i - 1])) i--;
  return i;
}

/* st_read_word() but for www. */
static size_t read_parts(st_reader *r, size_t i, uint8_t *kind, unsigned *seen) {
  const unsigned char *s = r->s;
  bool digit_first = st_char_class[s[r->start]] & ST_C_DIGIT;
  *kind = digit_first ? ST_TOKEN_NUMBER : ST_TOKEN_WORD;
  for (;;) {
    while (i < r->end && st_char_class[s[i]] & ST_C_ALNUM) {
      if (digit_first && !(*seen & ST_C_LETTER) && st_char_class[s[i]] & ST_C_LETTER) {
        size_t j = i;
        while (class_at(r, j) & ST_C_LETTER) j++;
        if (is_unit(s + i, j - i) && !(class_at(r, j) & ST_C_DIGIT)) return i;
      }
      *seen |= st_char_class[s[i++]];
    }
    if (i >= r->end) return i;
    unsigned before = i > r->start ? st_char_class[s[i - 1]] : 0, after = class_at(r, i + 1);
    switch (s[i]) {
    case '\'':
      if (after & (ST_C_ALNUM | ST_C_HIGH)) break;
      if ((s[i - 1] | 0x20) == 's' && !r->single_open && (after & ST_C_SPACE)) i++; /* members' */
      return i;
    case '.':
      if (after & ST_C_ALNUM && before & (ST_C_ALNUM | ST_C_HIGH)) break;
      return keeps_stop(r, i) ? i + 1 : i;
    case ',':
    case '/':
      if (before & ST_C_DIGIT && after & ST_C_DIGIT) break;
      return i;
    case ':':
      if (before & ST_C_DIGIT && after & ST_C_DIGIT) break;
      if (i + 2 < r->end && s[i + 1] == '/' && s[i + 2] == '/') {
        *kind = ST_TOKEN_URL;
        return address_end(r, i + 2);
      }
      return i;
    case '@':
      if (!(after & ST_C_ALNUM)) return i;
      *kind = ST_TOKEN_URL;
      return address_end(r, i);
    case '-':
      if (keeps_hyphen(r, i)) break;
      return i;
    case '_':
      if (after & ST_C_ALNUM) break;
      return i;
    case '&': /* AT&T, Q&A */
      if (before & after & ST_C_UPPER && i - r->start <= 3) break;
      return i;
    default: {
      if (!(st_char_class[s[i]] & ST_C_HIGH)) return i;
      bool apostrophe = st_is_e280(s + i, r->end - i, ST_E280_RIGHT_SINGLE);
      if (apostrophe && class_at(r, i + 3) & ST_C_ALNUM) {
        *seen |= ST_C_HIGH;
        i += 3;
        continue;
      }
      size_t len = st_high_letter(r, i, seen);
      if (!len) return i;
      i += len;
      continue;
    }
    }
    i++; /* the mark stays inside */
  }
}

/* An address by its beginning, www.x. */
static bool is_www(const st_reader *r, size_t end) {
  return end - r->start > 4 && (r->s[r->start] | 0x20) == 'w' && r->s[r->start + 3] == '.' &&
         (r->s[r->start + 1] | 0x20) == 'w' && (r->s[r->start + 2] | 0x20) == 'w';
}

size_t st_read_word(st_reader *r, size_t i, uint8_t *kind, unsigned *seen) {
  size_t end = read_parts(r, i, kind, seen);
  if (!is_www(r, end)) return end;
  *kind = ST_TOKEN_URL;
  return address_end(r, end);
}

/* A word that begins with an apostrophe: 'em, '90s. */
static bool elided(const st_reader *r, size_t i) {
  if (class_at(r, i) & ST_C_DIGIT) return class_at(r, i + 1) & ST_C_DIGIT;
  size_t n = 0;
  while (n < 8 && class_at(r, i + n) & ST_C_LETTER) n++;
  switch (pack(r->s + i, n)) {
  case PACK2('e', 'm'):
  case PACK4('t', 'i', 'l', 0):
  case PACK4('t', 'i', 's', 0):
  case PACK8('c', 'a', 'u', 's', 'e', 0, 0, 0):
  case PACK4('t', 'w', 'a', 's'): return true;
  default: return false;
  }
}

/* Reads the mark at r->start, no letter; returns its end. */
size_t st_read_mark(st_reader *r, bool space_before, uint8_t *kind, unsigned *seen) {
  const unsigned char *s = r->s;
  size_t i = r->start, left = r->end - i;
  unsigned after = class_at(r, i + 1);
  *kind = ST_TOKEN_PUNCT;
  switch (s[i]) {
  case '"': {
    unsigned char b = space_before ? ' ' : s[i - 1]; /* not the first, or space_before is set */
    bool opens =
        (space_before || b == '(' || b == '[' || b == '-' || b == '/') && !(after & ST_C_SPACE);
    *kind = opens ? ST_TOKEN_OPEN_QUOTE : ST_TOKEN_CLOSE_QUOTE;
    return i + 1;
  }
  case '\'':
  case '`':
    if (space_before && s[i] == '\'' && elided(r, i + 1)) return st_read_word(r, i + 1, kind, seen);
    if (left > 1 && s[i + 1] == s[i]) {
      *kind = s[i] == '`' || (space_before && !(class_at(r, i + 2) & ST_C_SPACE))
                  ? ST_TOKEN_OPEN_QUOTE
                  : ST_TOKEN_CLOSE_QUOTE;
      return i + 2;
    }
    r->single_open = space_before && !(after & ST_C_SPACE);
    *kind = r->single_open || s[i] == '`' ? ST_TOKEN_OPEN_QUOTE : ST_TOKEN_CLOSE_QUOTE;
    return i + 1;
  case '.':
  case '!':
  case '?':
    if (s[i] == '.' && space_before && after & ST_C_DIGIT) { /* .45 */
      i = st_read_word(r, i + 1, kind, seen);
      *kind = ST_TOKEN_NUMBER;
      return i;
    }
    while (i < r->end && (s[i] == '.' || s[i] == '!' || s[i] == '?')) i++;
    return i;
  case '[':
    if (left >= 5 && !memcmp(s + i, "[...]", 5)) return i + 5;
    return i + 1;
  case '#':
  case '@':
    if (space_before && after & (ST_C_LETTER | ST_C_HIGH)) {
      size_t end = st_read_word(r, i + 1, kind, seen);
      if (s[i] == '@') *kind = ST_TOKEN_URL;
      return end;
    }
    return i + 1;
  case ':':
  case ';':
  case '=': { /* :) ;-) =( */
    size_t j = i + 1 + (left > 1 && s[i + 1] == '-');
    if (space_before && j < r->end && strchr(")(DP", s[j]) && s[j] &&
        class_at(r, j + 1) & ST_C_SPACE)
      return j + 1;
    break;
  }
  default: break;
  }
  if (strchr("-=*_~<>", s[i]))
    while (++i < r->end && s[i] == s[r->start]) {
    }
  else
    i++;
  return i;
}

/* The character beyond ASCII at r->start, no letter; with what joins it (emoji). */
size_t st_read_symbol(const st_reader *r, uint8_t *kind) {
  const unsigned char *s = r->s;
  size_t i = r->start, len;
  *kind = ST_TOKEN_PUNCT;
  if (s[i] == 0xe2 && r->end - i >= 3 && s[i + 1] == 0x80) {
    unsigned char c = s[i + 2];
    if (c == ST_E280_LEFT_SINGLE || c == ST_E280_LEFT_DOUBLE || c == 0x9e)
      *kind = ST_TOKEN_OPEN_QUOTE;
    if (c == ST_E280_RIGHT_SINGLE || c == ST_E280_RIGHT_DOUBLE) *kind = ST_TOKEN_CLOSE_QUOTE;
  } else if (s[i] == 0xc2 && r->end - i >= 2) {
    if (s[i + 1] == 0xab) *kind = ST_TOKEN_OPEN_QUOTE;
    if (s[i + 1] == 0xbb) *kind = ST_TOKEN_CLOSE_QUOTE;
  }
  len = st_utf8_length((const char *)s + i, r->end - i);
  i += len ? len : 1;
  for (;;) { /* variation selectors, zero-width joiner and what it joins */
    size_t left = r->end - i;
    if (left >= 3 && s[i] == 0xef && s[i + 1] == 0xb8 && (s[i + 2] & 0xf0) == 0x80)
      i += 3;
    else if (left >= 4 && st_is_e280(s + i, left, 0x8d) && s[i + 3] >= 0xe2) {
      i += 3;
      len = st_utf8_length((const char *)s + i, r->end - i);
      i += len ? len : 1;
    } else
      return i;
  }
}

uint8_t st_case_flags(const st_reader *r, size_t end, unsigned seen) {
  const unsigned char *s = r->s;
  unsigned flags = 0, capitals = 0;
  unsigned first = st_char_class[s[r->start]];
  size_t len;
  if (first & ST_C_HIGH) first = st_char_kind(s + r->start, end - r->start, &len);
  if (first & ST_C_UPPER) flags |= ST_CASE_UPPER_FIRST;
  if (seen & ST_C_UPPER && !(seen & ST_C_LOWER)) {
    for (size_t i = r->start; i < end && capitals < 2; i++)
      capitals += (st_char_class[s[i]] & (ST_C_UPPER | ST_C_HIGH)) && (s[i] & 0xc0) != 0x80;
    if (capitals > 1) flags |= ST_CASE_UPPER_ALL;
  }
  if (seen & ST_C_HIGH) flags |= ST_CASE_NON_ASCII;
  return (uint8_t)flags;
}
