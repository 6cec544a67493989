/* place.c: looking at the words around a candidate. */
#include "text/place.h"

#include <string.h>

#include "text/chars.h"

/* Is the chunk an address: has an @, ://, www., or / inside? */
static bool is_address(const unsigned char *s, size_t b, size_t e) {
  for (size_t i = b; i < e; i++)
    if (s[i] == '@' || (s[i] == '/' && i > b) || (s[i] == ':' && i + 2 < e && s[i + 1] == '/'))
      return true;
  return e - b > 4 && !memcmp(s + b, "www.", 4);
}

/* Kind of the word s[b, e) by its letters alone. */
static int shape(const unsigned char *s, size_t b, size_t e) {
  unsigned all = 0, dots = 0, vowels = 0, letters = 0;
  bool parts = true; /* single letters between dots */
  for (size_t i = b, part = 0; i < e; i++) {
    unsigned c = st_char_class[s[i]];
    all |= c & (ST_C_ALNUM | ST_C_HIGH);
    if (s[i] == '.') {
      dots++;
      part = 0;
      continue;
    }
    if (++part > 1 && s[i] != '\'') parts = false;
    letters += (c & ST_C_LETTER) != 0;
    vowels += (c & ST_C_VOWEL) != 0;
  }
  unsigned first = st_char_class[s[b]];
  if (all & ST_C_HIGH) {
    size_t len;
    unsigned k = st_char_kind(s + b, e - b, &len);
    if (len == e - b && k == ST_C_UPPER) return W_INITIAL;
    return k == ST_C_UPPER ? W_CAPITAL : k == ST_C_LOWER ? W_LOWER : W_OTHER;
  }
  if (dots && letters) return parts && !(all & ST_C_DIGIT) ? W_ACRONYM : W_URL;
  if (all == ST_C_DIGIT) return W_NUMBER;
  if (all & ST_C_DIGIT) return W_ALNUM;
  if (!letters) return W_OTHER;
  if (e - b == 1) return s[b] == 'I' ? W_I : first & ST_C_UPPER ? W_INITIAL : W_LETTER;
  if (all == ST_C_LOWER) return W_LOWER;
  if (!vowels && letters <= 5 && all != ST_C_UPPER) return W_NOVOWEL;
  if (all == ST_C_UPPER) return W_CAPITALS;
  return first & ST_C_UPPER ? W_CAPITAL : W_MIXED;
}

/* Fills in the word that ends before the mark. */
static void look_back(const st_document_state *d, const st_candidate *c, place *p) {
  const unsigned char *s = d->s;
  size_t lo = c->mark - c->sentence > ST_REACH ? c->mark - ST_REACH : c->sentence, i = c->mark,
         word = 0;
  bool broken = false;
  while (i > lo) {
    unsigned char b = s[i - 1];
    if (b <= ' ') break;
    if (b >= 0x80) {
      size_t k = st_char_back(s, lo, i);
      if (st_space(s + k, i - k)) break;
      bool apostrophe = st_is_e280(s + k, i - k, ST_E280_RIGHT_SINGLE);
      if (!broken && i - k == 3 && s[k] == 0xe2 && s[k + 1] == 0x80 && !apostrophe)
        broken = true, word = i;
      i = k;
      continue;
    }
    if (!broken && (b == '-' || b == '/' || b == '(' || b == '[' || b == '"' || b == '*' ||
                    b == '_' || b == ')' || b == ']' || b == '$' || b == '#'))
      broken = true, word = i;
    i--;
  }
  p->chunk = i;
  p->word = broken ? word : i;
  if (p->word < c->mark && s[p->word] == '\'') p->word++;
  size_t n = c->mark - p->word;
  p->before = B_NONE;
  if (!n) {
    p->kind =
        c->mark == c->sentence || st_char_class[s[c->mark - 1]] & ST_C_SPACE ? W_SPACE : W_CLOSED;
    return;
  }
  if (i == lo && lo > c->sentence) { /* longer than we look */
    p->kind = W_URL;
    return;
  }
  unsigned abbr = s[c->mark] == '.' || s[c->mark] == '!' ? st_word_abbr(s + p->word, n) : 0;
  if (abbr && (abbr == ST_ABBR_BRAND) != (s[c->mark] == '!')) abbr = 0;
  if (abbr && (c->kind == ST_MARK_DOT || abbr == ST_ABBR_BRAND))
    p->kind = (int)abbr;
  else if (is_address(s, p->chunk, c->mark))
    p->kind = W_URL;
  else
    p->kind = shape(s, p->word, c->mark);
  /* the word before it */
  if (i <= c->sentence) return;
  size_t k = i;
  while (k > lo && (s[k - 1] <= ' ')) k--;
  if (k <= lo) return;
  unsigned char b = s[k - 1];
  if (b == '.') {
    p->before = B_INITIAL;
  } else if (!(st_char_class[b] & (ST_C_ALNUM | ST_C_HIGH))) {
    p->before = B_MARK;
  } else {
    while (k > lo && s[k - 1] > ' ') k--;
    size_t len;
    unsigned kind = st_char_kind(s + k, c->mark - k, &len);
    p->before = kind & ST_C_UPPER ? B_CAPITAL : kind & ST_C_DIGIT ? B_DIGIT : B_LOWER;
  }
}

/* End of the word at s[i]: letters, digits, apostrophes. */
static size_t word_end(const unsigned char *s, size_t i, size_t stop) {
  size_t b = i;
  while (i < stop && i - b < ST_REACH) {
    if (st_char_class[s[i]] & ST_C_ALNUM || s[i] == '\'')
      i++;
    else if (st_is_e280(s + i, stop - i, ST_E280_RIGHT_SINGLE))
      i += 3;
    else if (s[i] >= 0xc3 && !(s[i] == 0xe2)) {
      size_t len = 1;
      while (i + len < stop && (s[i + len] & 0xc0) == 0x80) len++;
      i += len;
    } else
      break;
  }
  while (i > b + 1 && s[i - 1] == '\'') i--;
  return i;
}

/* Fills in the word that follows. */
static void look_ahead(const st_document_state *d, const st_candidate *c, place *p) {
  const unsigned char *s = d->s;
  size_t i = c->next, stop = c->stop;
  p->opens = O_NONE;
  p->next = ST_NEXT_NONE;
  size_t bullet = st_bullet(s + i, stop - i);
  p->first = p->last = i;
  p->after = A_NONE;
  bool dash = s[i] == '-' || (s[i] == 0xe2 && stop - i > 2 && s[i + 1] == 0x80 && s[i + 2] < 0x98);
  if (dash) { /* what the dash stands before */
    size_t j = i, len;
    while (j < stop && j - i < 8 && (s[j] == '-' || s[j] == ' ' || s[j] >= 0x80)) j++;
    if (j < stop && st_char_kind(s + j, stop - j, &len) == ST_C_LOWER) p->after = A_LOWER;
    p->ncase = N_DASH;
    return;
  }
  if (bullet) {
    p->ncase = N_BULLET;
    return;
  }
  for (int k = 0; k < 6 && i < stop; k++) {
    if (s[i] == '"' || st_is_e280(s + i, stop - i, ST_E280_LEFT_DOUBLE) ||
        (s[i] == 0xc2 && i + 1 < stop && s[i + 1] == 0xab))
      p->opens = O_DOUBLE, i += s[i] == '"' ? 1 : s[i] == 0xc2 ? 2 : 3;
    else if (p->opens && stop - i > 3 && s[i] == '.' && s[i + 1] == '.' && s[i + 2] == '.')
      i += 3;
    else if (p->opens && st_is_e280(s + i, stop - i, ST_E280_ELLIPSIS))
      i += 3;
    else if (stop - i > 1 && s[i] == '`' && s[i + 1] == '`')
      p->opens = O_DOUBLE, i += 2;
    else if (s[i] == '\'' || s[i] == '`' || st_is_e280(s + i, stop - i, ST_E280_LEFT_SINGLE))
      p->opens = p->opens ? p->opens : O_SINGLE, i += s[i] == 0xe2 ? 3 : 1;
    else if (s[i] == '(' || s[i] == '[')
      p->opens = O_BRACKET, i++;
    else if (s[i] == '*' || s[i] == '_' || s[i] == '~')
      i++;
    else if (i + 1 < stop && s[i] == 0xc2 && (s[i + 1] == 0xbf || s[i + 1] == 0xa1))
      i += 2; /* ¿ ¡ */
    else if (p->opens && st_space(s + i, stop - i))
      i += st_space(s + i, stop - i);
    else
      break;
  }
  p->first = p->last = i;
  if (i >= stop) {
    p->ncase = N_OTHER;
    return;
  }
  size_t len;
  unsigned kind = st_char_kind(s + i, stop - i, &len);
  p->last = word_end(s, i, stop);
  size_t n = p->last - i;
  if (kind == ST_C_DIGIT) {
    p->ncase = N_DIGIT;
  } else if (kind == ST_C_LOWER || kind == ST_C_UPPER) {
    size_t more;
    unsigned second = n > len ? st_char_kind(s + i + len, stop - i - len, &more) : 0;
    bool dot = p->last < stop && s[p->last] == '.';
    p->next = (int)st_word_next(s + i, n);
    if (kind == ST_C_LOWER) {
      unsigned third = n > len + 1 ? st_char_class[s[i + len + 1]] : 0;
      p->ncase = second == ST_C_UPPER || (third & ST_C_UPPER) ? N_CAMEL : N_LOWER;
      if (n <= 5 &&
          (!memcmp(s + i, "http", n < 4 ? n : 4) || !memcmp(s + i, "www", n < 3 ? n : 3)) && n >= 3)
        p->ncase = N_URL;
    } else if (n == len || (second & ~(unsigned)ST_C_LETTER) || !second) {
      p->ncase = dot && n == len ? N_INITIAL : N_SINGLE;
    } else {
      p->ncase = second == ST_C_UPPER ? N_CAPITALS : N_CAPITAL;
    }
  } else if (kind == ST_C_LETTER) {
    p->ncase = N_UNCASED;
  } else if (s[i] == '$' || s[i] == '#' || (s[i] == 0xc2 && i + 1 < stop && s[i + 1] == 0xa3) ||
             (s[i] == 0xe2 && i + 2 < stop && s[i + 1] == 0x82)) {
    p->ncase = s[i] == '#' ? N_URL : N_CURRENCY;
  } else if (s[i] == '@') {
    p->ncase = N_URL;
  } else if (strchr(",;:)]}.!?%&/", s[i]) && s[i]) {
    p->ncase = N_MARK;
  } else {
    p->ncase = N_OTHER;
  }
}

int st_look_after(const st_document_state *d, const st_candidate *c, const place *p) {
  const unsigned char *s = d->s;
  size_t i = p->last;
  int result = A_NONE;
  for (int k = 0; k < 5; k++) {
    if (i < c->stop && s[i] == '.') i++;
    while (i < c->stop && s[i] <= ' ' && i - p->last < ST_REACH) i++;
    if (i >= c->stop) return result;
    size_t len, e = word_end(s, i, c->stop);
    unsigned kind = st_char_kind(s + i, c->stop - i, &len);
    int a = kind == ST_C_LOWER   ? A_LOWER
            : kind == ST_C_UPPER ? A_CAPITAL
            : kind == ST_C_DIGIT ? A_DIGIT
                                 : A_MARK;
    if (k == 0) result = a;
    if (a == A_LOWER && st_word_next(s + i, e - i) == ST_NEXT_SAY) return A_SAY;
    if (a != A_CAPITAL || !c->closers) return result;
    i = e;
  }
  return result;
}

unsigned st_next_abbr(const st_document_state *d, const place *p) {
  return st_word_abbr(d->s + p->first, p->last - p->first);
}

static void settle_kind(const st_document_state *d, const st_candidate *c, place *p) {
  bool number = p->ncase == N_DIGIT;
  size_t n = c->mark - p->word;
  switch (p->kind) {
  case ST_ABBR_STATE_WORD: /* "Boston, Mass.", "Wash. Gov. Lee" */
    p->kind = p->before == B_MARK || st_next_abbr(d, p) == ST_ABBR_TITLE
                  ? ST_ABBR_STATE
                  : shape(d->s, p->word, c->mark);
    break;
  case ST_ABBR_MONTH_WORD: p->kind = number ? ST_ABBR_MONTH : shape(d->s, p->word, c->mark); break;
  case ST_ABBR_REF_WORD:
    p->kind = number || p->ncase == N_CURRENCY ? ST_ABBR_REF : shape(d->s, p->word, c->mark);
    break;
  case W_ACRONYM: /* m.p.h */
    if (st_char_class[d->s[p->word]] & ST_C_LOWER)
      p->kind = p->ncase == N_LOWER ? ST_ABBR_ETC : W_LOWER;
    break;
  case ST_ABBR_UNIT:
    if (p->before != B_DIGIT) p->kind = shape(d->s, p->word, c->mark);
    break;
  default: break;
  }
  if (p->kind == ST_ABBR_REF && n == 2 && d->s[p->word] == 'N' && !number &&
      (p->word <= c->sentence + 3 || c->closers))
    p->kind = W_LOWER; /* "No." as an answer */
}

void st_look_around(const st_document_state *d, const st_candidate *c, place *p) {
  look_back(d, c, p);
  look_ahead(d, c, p);
  settle_kind(d, c, p);
}
