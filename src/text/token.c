/* token.c: word tokens of a sentence, as Universal Dependencies counts surface tokens of English.
 *
 *     don't  Vance's  members'  |  U.S.  Mr.  etc.  |  3.14  1,200  22:30  9/11  |  anti-war e-mail
 *     all - girl   6 pm   $ 5   ... !! --   a@b.org   http://x.y   #tag   @handle
 *
 * Most words are ASCII letters before a blank: these are read sixteen bytes at a time where SSE2 is
 * at hand, by the table of classes elsewhere. All else goes the long way, byte by byte; utf8proc is
 * asked only about letters beyond ASCII.
 */
#include "text/token.h"

#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "text/chars.h"

void st_tokens_free(st_tokens *t) {
  free(t->items);
  *t = (st_tokens){0};
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
static inline unsigned letters_at(const st_reader *r, size_t first, size_t i, unsigned *upper) {
  if (i + 16 <= r->end) return letters_before(r->s + i, 0, upper);
  if (r->end - first < 16) {
    *upper = 0;
    return 0;
  }
  return letters_before(r->s + r->end - 16, (unsigned)(i - (r->end - 16)), upper);
}

stance_status st_tokenize(const char *text, uint32_t start, uint32_t end, st_tokens *out,
                          stance_error *err) {
  st_reader r = {(const unsigned char *)text, end, start, false};
  const unsigned char *s = r.s;
  size_t i = start, n = out->n;
  uint8_t space = ST_CASE_SPACE_BEFORE;
  while (i < end) {
    if (n + 2 > out->cap && !st_reserve(&out->items, &out->cap, n + 2, sizeof *out->items)) {
      out->n = n;
      return st_fail_memory(err, "cutting words");
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
    if (c & ST_C_ALNUM || (c & ST_C_HIGH && (m = st_high_letter(&r, i, &seen)))) {
      stop = st_read_word(&r, stop + m, &kind, &seen);
    } else if (c & ST_C_HIGH) {
      stop = st_read_symbol(&r, &kind);
      seen = ST_C_HIGH;
    } else {
      stop = st_read_mark(&r, space, &kind, &seen);
    }
    uint8_t flags = space | st_case_flags(&r, stop, seen);
    *t = (st_token){(uint32_t)i, (uint32_t)stop, kind, flags};
    n++;
    i = stop;
    space = 0;
  }
  out->n = n;
  return STANCE_OK;
}
