/* token.c: word tokens of a sentence, as Universal Dependencies counts surface tokens of English.
 *
 *     don't  Vance's  members'  |  U.S.  Mr.  etc.  |  3.14  1,200  22:30  9/11  |  anti-war e-mail
 *     all - girl   6 pm   $ 5   ... !! --   a@b.org   http://x.y   #tag   @handle
 *
 * Most words are ASCII letters before a blank: these are read sixteen bytes at a time where SSE2 is
 * at hand, by the table of classes elsewhere. All else goes the long way, byte by byte; utf8proc is
 * asked only about letters beyond ASCII.
 */
#include "text/text.h"

#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "text/chars.h"
#include "text/words.h"

typedef struct reader {
  const unsigned char *s;
  size_t end;
  size_t start;     /* of the token */
  bool single_open; /* a straight single quotation mark is open */
} reader;

void st_tokens_free(st_tokens *t) {
  free(t->items);
  *t = (st_tokens){0};
}

static unsigned class_at(const reader *r, size_t i) {
  return i < r->end ? st_char_class[r->s[i]] : ST_C_SPACE;
}
static bool alnum_at(const reader *r, size_t i) {
  return (class_at(r, i) & (ST_C_ALNUM | ST_C_HIGH)) != 0;
}

/* Length of a letter (or mark on one) beyond ASCII at s[i], its kind added to *seen; 0 for all
 * else. */
static size_t high_letter(const reader *r, size_t i, unsigned *seen) {
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
static bool keeps_stop(const reader *r, size_t i) {
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
static bool keeps_hyphen(const reader *r, size_t i) {
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
static size_t address_end(const reader *r, size_t i) {
  while (i < r->end && !st_space(r->s + i, r->end - i) && r->s[i] != '"' && r->s[i] != '<' &&
         r->s[i] != '>') {
    if (st_is_e280(r->s + i, r->end - i, ST_E280_RIGHT_DOUBLE)) break;
    i++;
  }
  while (i > r->start + 1 && r->s[i - 1] < 0x80 && strchr(".,;:!?)]}'*", r->s[i - 1])) i--;
  return i;
}

/* Reads the word, number or address at r->start, of which s[r->start, i) are letters; returns its
 * end. *seen collects classes. */
static size_t read_word(reader *r, size_t i, uint8_t *kind, unsigned *seen) {
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
      size_t len = high_letter(r, i, seen);
      if (!len) return i;
      i += len;
      continue;
    }
    }
    i++; /* the mark stays inside */
  }
}

/* An address by its beginning: www.x, or a/b after a known ending is not looked for. */
static bool is_www(const reader *r, size_t end) {
  return end - r->start > 4 && (r->s[r->start] | 0x20) == 'w' && r->s[r->start + 3] == '.' &&
         (r->s[r->start + 1] | 0x20) == 'w' && (r->s[r->start + 2] | 0x20) == 'w';
}

/* A word that begins with an apostrophe: 'em, '90s. */
static bool elided(const reader *r, size_t i) {
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
static size_t read_mark(reader *r, bool space_before, uint8_t *kind, unsigned *seen) {
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
    if (space_before && s[i] == '\'' && elided(r, i + 1)) return read_word(r, i + 1, kind, seen);
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
      i = read_word(r, i + 1, kind, seen);
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
      size_t end = read_word(r, i + 1, kind, seen);
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
static size_t read_symbol(const reader *r, uint8_t *kind) {
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

static uint8_t case_flags(const reader *r, size_t end, unsigned seen) {
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

#ifdef __SSE2__
/* Of the sixteen bytes at s, those from `from` on: how many letters come first? Bit i of *upper:
 * the i-th of them is a capital. */
static inline unsigned letters_before(const unsigned char *s, unsigned from, unsigned *upper) {
  __m128i v = _mm_loadu_si128((const __m128i *)(const void *)s);
  __m128i folded = _mm_or_si128(v, _mm_set1_epi8(0x20));
  /* signed compares: bytes over 0x7f are negative, so no letters */
  __m128i letter = _mm_and_si128(_mm_cmpgt_epi8(folded, _mm_set1_epi8('a' - 1)),
                                 _mm_cmplt_epi8(folded, _mm_set1_epi8('z' + 1)));
  __m128i small = _mm_cmpgt_epi8(v, _mm_set1_epi8('Z'));
  unsigned letters = (unsigned)_mm_movemask_epi8(letter) >> from;
  *upper = letters & ~((unsigned)_mm_movemask_epi8(small) >> from);
  return (unsigned)__builtin_ctz(~letters);
}
#else
static inline unsigned letters_before(const unsigned char *s, unsigned from, unsigned *upper) {
  unsigned n = 0;
  s += from;
  for (*upper = 0; n < 16 - from && st_char_class[s[n]] & ST_C_LETTER; n++)
    *upper |= (unsigned)(st_char_class[s[n]] & ST_C_UPPER) >> 1 << n;
  return n;
}
#endif

/* Marks that are tokens of their own, whatever stands beside them. */
static bool is_single(unsigned char c) {
  return c == ',' || c == '(' || c == ')' || c == ']' || c == '%' || c == '$' || c == '/' ||
         c == '&' || c == '+' || c == '{' || c == '}' || c == '|';
}

/* Letters at s[i] and capitals among them as letters_before() gives; near the end of the sentence
 * read from before i, so that nothing beyond it is looked at. */
static inline unsigned letters_at(const reader *r, size_t first, size_t i, unsigned *upper) {
  if (i + 16 <= r->end) return letters_before(r->s + i, 0, upper);
  if (r->end - first < 16) {
    *upper = 0;
    return 0;
  }
  return letters_before(r->s + r->end - 16, (unsigned)(i - (r->end - 16)), upper);
}

stance_status st_tokenize(const char *text, uint32_t start, uint32_t end, st_tokens *out,
                          stance_error *err) {
  reader r = {(const unsigned char *)text, end, start, false};
  const unsigned char *s = r.s;
  size_t i = start, n = out->n;
  uint8_t space = ST_CASE_SPACE_BEFORE;
  while (i < end) {
    if (n + 2 > out->cap && !st_reserve(&out->items, &out->cap, n + 2, sizeof *out->items)) {
      out->n = n;
      return st_fail_memory(err, "tokens");
    }
    st_token *t = out->items + n;
    unsigned upper, seen = 0, length = letters_at(&r, start, i, &upper), c = st_char_class[s[i]];
    size_t stop = i + length, m = 0;
    uint8_t kind = ST_TOKEN_PUNCT;
    r.start = i;
    if (length) {
      unsigned all = (1u << length) - 1u; /* a bit for each letter */
      upper &= all;
      unsigned flags = space | (upper & 1u) * ST_CASE_UPPER_FIRST |
                       (upper == all && length > 1 ? ST_CASE_UPPER_ALL : 0u);
      unsigned char mark = stop + 1 < end ? s[stop] : 0;
      bool blank = mark == ' ' || (mark == ',' && s[stop + 1] == ' ');
      if (blank && length < 16) { /* the common case */
        *t = (st_token){(uint32_t)i, (uint32_t)stop, ST_TOKEN_WORD, (uint8_t)flags};
        n++;
        if (mark == ',') {
          t[1] = (st_token){(uint32_t)stop, (uint32_t)stop + 1, ST_TOKEN_PUNCT, 0};
          n++;
          stop++;
        }
        i = stop + 1;
        space = ST_CASE_SPACE_BEFORE;
        continue;
      }
      seen = (upper ? ST_C_UPPER : 0u) | (upper != all ? ST_C_LOWER : 0u);
    } else if (is_single(s[i])) {
      *t = (st_token){(uint32_t)i, (uint32_t)i + 1, ST_TOKEN_PUNCT, space};
      n++;
      i++;
      space = 0;
      continue;
    } else if ((c & ST_C_SPACE) || (c & ST_C_HIGH && (m = st_space(s + i, end - i)))) {
      i += m ? m : 1;
      space = ST_CASE_SPACE_BEFORE;
      continue;
    }
    if (c & ST_C_ALNUM || (c & ST_C_HIGH && (m = high_letter(&r, i, &seen)))) {
      stop = read_word(&r, stop + m, &kind, &seen);
      if (is_www(&r, stop)) kind = ST_TOKEN_URL, stop = address_end(&r, stop);
    } else if (c & ST_C_HIGH) {
      stop = read_symbol(&r, &kind);
      seen = ST_C_HIGH;
    } else {
      stop = read_mark(&r, space, &kind, &seen);
    }
    uint8_t flags = space | case_flags(&r, stop, seen);
    *t = (st_token){(uint32_t)i, (uint32_t)stop, kind, flags};
    n++;
    i = stop;
    space = 0;
  }
  out->n = n;
  return STANCE_OK;
}
