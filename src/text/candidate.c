/* candidate.c: describing a place where a sentence may end, and deciding.
 *
 * The rules are the certain cases (what they rest on is said at each); everything else is a linear
 * model: the sum of one weight for each field below, trained by tools/segment-train.py.
 */
#include "text/candidate.h"

#include <string.h>

#include "text/chars.h"
#include "text/weights.h"
#include "text/words.h"

/* Kinds of the word before the mark: ST_ABBR_*, then: */
enum {
  W_LOWER = ST_ABBR_KINDS,
  W_CAPITAL,
  W_CAPITALS, /* two or more, all capitals */
  W_MIXED,
  W_NUMBER,
  W_ALNUM,
  W_LETTER,  /* one small letter */
  W_INITIAL, /* one capital */
  W_I,       /* the pronoun, or the initial I. */
  W_ACRONYM, /* U.S */
  W_URL,     /* address, or name with inner dots */
  W_CLOSED,  /* a closing quote or bracket */
  W_SPACE,   /* white space: the mark stands alone */
  W_NOVOWEL, /* Hldgs */
  W_OTHER,
  W_KINDS
};

/* Case of the word after the mark. */
enum {
  N_LOWER,
  N_CAPITAL,
  N_CAPITALS,
  N_INITIAL, /* J. */
  N_SINGLE,  /* one capital: A, I */
  N_DIGIT,
  N_CURRENCY,
  N_CAMEL, /* iPhone */
  N_URL,   /* address, @handle, #tag */
  N_DASH,
  N_BULLET,
  N_MARK, /* , ; : ) and the like */
  N_UNCASED,
  N_OTHER,
  N_CASES
};

enum { O_NONE, O_DOUBLE, O_SINGLE, O_BRACKET, O_KINDS };                  /* opens the next word */
enum { A_NONE, A_LOWER, A_CAPITAL, A_DIGIT, A_MARK, A_SAY, A_KINDS };     /* the word after next */
enum { B_NONE, B_LOWER, B_CAPITAL, B_DIGIT, B_MARK, B_INITIAL, B_KINDS }; /* the word before */
enum { G_SPACE, G_SPACES, G_NEWLINE, G_NONE, G_KINDS };                   /* the gap */
enum { C_NONE, C_DOUBLE, C_SINGLE, C_BRACKET, C_KINDS };                  /* the closers */
enum { R_NONE, R_OPENER, R_COMMON, R_NAME, R_KINDS }; /* the next word, roughly */
enum { LENGTHS = 6, WORD_LENGTHS = 9, SLOPPY = 4 };

/* Fields: where each begins in st_segment_weights. */
enum {
  F_MARK = 0,
  F_WORD_CASE = F_MARK + ST_MARK_KINDS * C_KINDS,
  F_WORD_NEXT = F_WORD_CASE + W_KINDS * N_CASES,
  F_MARK_CASE = F_WORD_NEXT + W_KINDS * ST_NEXT_KINDS,
  F_CLOSER_CASE = F_MARK_CASE + ST_MARK_KINDS * N_CASES * O_KINDS,
  F_GAP = F_CLOSER_CASE + ST_MARK_KINDS * C_KINDS * N_CASES,
  F_SLOPPY = F_GAP + G_KINDS * ST_MARK_KINDS * N_CASES,
  F_INSIDE = F_SLOPPY + SLOPPY * 2 * N_CASES * ST_MARK_KINDS,
  F_LENGTH = F_INSIDE + 4 * C_KINDS * N_CASES,
  F_AFTER = F_LENGTH + LENGTHS * W_KINDS,
  F_AFTER_CLOSER = F_AFTER + A_KINDS * W_KINDS,
  F_BEFORE = F_AFTER_CLOSER + A_KINDS * C_KINDS * ST_MARK_KINDS,
  F_WORD_LENGTH = F_BEFORE + B_KINDS * W_KINDS,
  F_NEXT_CLOSER = F_WORD_LENGTH + WORD_LENGTHS * W_KINDS,
  F_NEXT_MARK = F_NEXT_CLOSER + ST_NEXT_KINDS * C_KINDS * O_KINDS,
  F_BEFORE_NEXT = F_NEXT_MARK + ST_NEXT_KINDS * ST_MARK_KINDS,
  F_MARK_WORD = F_BEFORE_NEXT + W_KINDS * B_KINDS * R_KINDS,
  F_END = F_MARK_WORD + ST_MARK_KINDS * W_KINDS * R_KINDS
};
_Static_assert((int)F_END == (int)ST_SEGMENT_WEIGHTS,
               "weights.c is of other features: make train-segment");

enum { REACH = 64 }; /* bytes looked back or ahead at most, so that all is linear */

typedef struct place {
  size_t word, chunk;     /* starts of the word, and of all up to white space */
  int kind, before;       /* W_*, B_* */
  size_t first, last;     /* the next word, after what opens it */
  int ncase, opens, next; /* N_*, O_*, ST_NEXT_* */
  int after;              /* A_* */
} place;

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
  size_t lo = c->mark - c->sentence > REACH ? c->mark - REACH : c->sentence, i = c->mark, word = 0;
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
  while (i < stop && i - b < REACH) {
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

/* The word after the next; A_SAY when a reporting verb ends a run of capitals (Mr. Smith said). */
static int look_after(const st_document_state *d, const st_candidate *c, const place *p) {
  const unsigned char *s = d->s;
  size_t i = p->last;
  int result = A_NONE;
  for (int k = 0; k < 5; k++) {
    if (i < c->stop && s[i] == '.') i++;
    while (i < c->stop && s[i] <= ' ' && i - p->last < REACH) i++;
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

/* How often do sentences of this document begin in lower case? 0 never .. 3 often. Looks at no
 * more than its first 64 KiB, once. */
static int look_sloppy(st_document_state *d) {
  if (d->sloppy >= 0) return d->sloppy;
  const unsigned char *s = d->s;
  size_t n = d->n < 65536 ? d->n : 65536;
  unsigned lower = 0, all = 0;
  for (size_t i = 4; i + 3 < n; i++) { /* full stops after words that are no abbreviations */
    if (s[i] != '.') continue;
    if (!(st_char_class[s[i - 1]] & st_char_class[s[i - 2]] & st_char_class[s[i - 3]] & ST_C_LOWER))
      continue;
    size_t j = i + 1, k = i - 3;
    while (j + 1 < n && s[j] == ' ') j++;
    if (j == i + 1 || !(st_char_class[s[j]] & ST_C_LETTER)) continue;
    while (k > 0 && i - k < 8 && st_char_class[s[k - 1]] & ST_C_LETTER) k--;
    if (st_word_abbr(s + k, i - k)) continue;
    all++;
    lower += (st_char_class[s[j]] & ST_C_LOWER) != 0;
  }
  double share = (double)lower / (all + 2);
  return d->sloppy = share < 0.05 ? 0 : share < 0.2 ? 1 : share < 0.5 ? 2 : 3;
}

static bool is_strong(int next) {
  return next == ST_NEXT_PRON || next == ST_NEXT_DET || next == ST_NEXT_POSS ||
         next == ST_NEXT_CONJ || next == ST_NEXT_AUX || next == ST_NEXT_PREP ||
         next == ST_NEXT_ADV || next == ST_NEXT_QUANT;
}

/* No white space: "ended.They", "over.”She", "no.[1] The" written together. */
static bool glued_ends(const st_document_state *d, const st_candidate *c, const place *p) {
  const unsigned char *s = d->s;
  size_t after = p->first + 1;
  bool capital = p->ncase == N_CAPITAL && after < c->stop;
  if (p->kind == W_URL || !capital || p->opens == O_BRACKET) return false;
  if (c->closers & ST_CLOSE_BRACKET && s[c->end - 1] != ']') return false;
  if (p->kind < ST_ABBR_KINDS || p->kind == W_INITIAL || p->kind == W_ACRONYM ||
      p->kind == W_LETTER)
    return false;
  /* the rest of the chunk must be no address: example.Com/x */
  for (size_t i = p->first; i < c->stop && i - p->first < REACH && s[i] > ' '; i++)
    if (s[i] == '@' || s[i] == '/' || s[i] == '_') return false;
  return p->kind == W_LOWER || p->kind == W_NUMBER || p->kind == W_CLOSED ||
         p->kind == W_CAPITALS || c->closers ||
         (p->kind == W_CAPITAL && (p->next || st_word_abbr(s + p->first, p->last - p->first)));
}

static unsigned next_abbr(const st_document_state *d, const place *p) {
  return st_word_abbr(d->s + p->first, p->last - p->first);
}

/* Words that are abbreviations only in company: "Boston, Mass.", "Sun. 5". */
static void settle_kind(const st_document_state *d, const st_candidate *c, place *p) {
  bool number = p->ncase == N_DIGIT;
  size_t n = c->mark - p->word;
  switch (p->kind) {
  case ST_ABBR_STATE_WORD: /* "Boston, Mass.", "Wash. Gov. Lee" */
    p->kind = p->before == B_MARK || next_abbr(d, p) == ST_ABBR_TITLE
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

static bool is_short_form(int kind) {
  return kind == W_INITIAL || kind == W_I || kind == W_ACRONYM ||
         (kind < ST_ABBR_KINDS && kind != ST_ABBR_REF && kind != ST_ABBR_BRAND);
}

/* 1 ends, 0 does not, -1 ask the model. */
static int decide_by_rule(st_document_state *d, const st_candidate *c, const place *p) {
  bool plain = c->kind == ST_MARK_DOT && !c->closers;
  if (p->ncase == N_MARK) return 0;
  bool dots = c->kind == ST_MARK_ELLIPSIS || c->kind == ST_MARK_DOTS4;
  bool begins = p->kind == W_SPACE || (p->kind == W_CLOSED && c->mark - p->chunk <= 3);
  if (dots && begins && !c->closers && (c->next == c->end || p->ncase == N_LOWER))
    return 0; /* "...And that was it", he called it "... a mess" */
  if (c->closers & ST_CLOSE_DOUBLE && p->opens == O_DOUBLE && !c->quoted && p->ncase != N_LOWER &&
      c->next > c->end)
    return 1;                                                  /* "You can't!" "I can!" */
  if (p->ncase == N_LOWER && p->next == ST_NEXT_SAY) return 0; /* Who knows? asked Mr. Lee */
  if (p->ncase == N_DASH && p->after == A_LOWER) return 0;     /* "and -- behold! -- it was" */
  if (plain && p->kind == W_LOWER && p->ncase == N_CAPITAL && !p->opens && !c->bracket) return 1;
  if (plain) {
    switch (p->kind) {
    case ST_ABBR_TITLE: /* 1,356 seen in news before a capital, none an end */
    case ST_ABBR_NEVER: return 0;
    case ST_ABBR_MONTH:
    case ST_ABBR_REF:
      if (p->ncase == N_DIGIT || p->ncase == N_LOWER) return 0;
      break;
    case ST_ABBR_UNIT: /* 5 ft. 6 in., 30 deg. F. */
      if (p->ncase == N_DIGIT || p->ncase == N_INITIAL) return 0;
      break;
    case ST_ABBR_SAINT:
    case ST_ABBR_STREET: /* Main St. N.W. */
      if (p->ncase == N_INITIAL && strchr("NSEW", d->s[p->first])) return 0;
      break;
    case ST_ABBR_ORG: /* Bros. Inc., Co. Ltd. */
      if (next_abbr(d, p) == ST_ABBR_ORG) return 0;
      if (p->ncase == N_LOWER) return 0;
      break;
    default:
      if (p->ncase == N_LOWER &&
          (p->kind < ST_ABBR_KINDS || p->kind == W_ACRONYM || p->kind == W_INITIAL))
        return 0;
      break;
    }
  }
  if (p->kind == ST_ABBR_BRAND && c->kind == ST_MARK_EXCLAMATION && !c->closers)
    return p->ncase != N_LOWER && is_strong(p->next);
  bool question =
      c->kind == ST_MARK_QUESTION || c->kind == ST_MARK_EXCLAMATION || c->kind == ST_MARK_BOTH;
  bool quoted = c->closers & (ST_CLOSE_DOUBLE | ST_CLOSE_SINGLE);
  if (p->ncase == N_LOWER && (!question || quoted) && look_sloppy(d) == 0) return 0;
  /* "[...]" is no end of what stands around it */
  if (c->closers & ST_CLOSE_BRACKET && c->mark > c->sentence && d->s[c->mark - 1] == '[' &&
      (c->closers != ST_CLOSE_BRACKET || p->opens))
    return 0;
  /* an abbreviation or initial is no sentence of its own */
  if (plain && p->word == c->sentence && is_short_form(p->kind)) return 0;
  return -1;
}

static void add(st_feature_list *f, int id) {
  f->id[f->n++] = (uint16_t)id;
}

static void describe(st_document_state *d, const st_candidate *c, const place *p,
                     st_feature_list *f) {
  const unsigned char *s = d->s;
  int w = p->kind, m = c->kind, nc = p->ncase, o = p->opens, x = p->next;
  int cl = c->closers & ST_CLOSE_DOUBLE    ? C_DOUBLE
           : c->closers & ST_CLOSE_SINGLE  ? C_SINGLE
           : c->closers & ST_CLOSE_BRACKET ? C_BRACKET
                                           : C_NONE;
  int gap = c->next == c->end                          ? G_NONE
            : c->newline                               ? G_NEWLINE
            : c->next - c->end > 1 && s[c->end] == ' ' ? G_SPACES
                                                       : G_SPACE;
  size_t len = c->mark - c->sentence, letters = c->mark - p->word;
  int length = len < 4 ? 0 : len < 8 ? 1 : len < 16 ? 2 : len < 32 ? 3 : len < 64 ? 4 : 5;
  int rough = is_strong(x) ? R_OPENER : x == ST_NEXT_COMMON ? R_COMMON : x ? R_NAME : R_NONE;
  size_t one;
  bool low = st_char_kind(s + c->block, d->n - c->block, &one) == ST_C_LOWER;
  int sloppy = nc == N_LOWER ? look_sloppy(d) : 0;
  f->n = 0;
  add(f, F_MARK + m * C_KINDS + cl);
  add(f, F_WORD_CASE + w * N_CASES + nc);
  add(f, F_WORD_NEXT + w * ST_NEXT_KINDS + x);
  add(f, F_MARK_CASE + (m * N_CASES + nc) * O_KINDS + o);
  add(f, F_CLOSER_CASE + (m * C_KINDS + cl) * N_CASES + nc);
  add(f, F_GAP + (gap * ST_MARK_KINDS + m) * N_CASES + nc);
  add(f, F_SLOPPY + ((sloppy * 2 + low) * N_CASES + nc) * ST_MARK_KINDS + m);
  add(f, F_INSIDE + ((c->quoted * 2 + c->bracket) * C_KINDS + cl) * N_CASES + nc);
  add(f, F_LENGTH + length * W_KINDS + w);
  add(f, F_AFTER + p->after * W_KINDS + w);
  add(f, F_AFTER_CLOSER + (p->after * C_KINDS + cl) * ST_MARK_KINDS + m);
  add(f, F_BEFORE + p->before * W_KINDS + w);
  add(f, F_WORD_LENGTH + (int)(letters < WORD_LENGTHS ? letters : WORD_LENGTHS - 1) * W_KINDS + w);
  add(f, F_NEXT_CLOSER + (x * C_KINDS + cl) * O_KINDS + o);
  add(f, F_NEXT_MARK + x * ST_MARK_KINDS + m);
  add(f, F_BEFORE_NEXT + (w * B_KINDS + p->before) * R_KINDS + rough);
  add(f, F_MARK_WORD + (m * W_KINDS + w) * R_KINDS + rough);
}

bool st_candidate_ends(st_document_state *d, const st_candidate *c, st_feature_list *features) {
  place p;
  if (features) features->n = 0;
  look_back(d, c, &p);
  look_ahead(d, c, &p);
  settle_kind(d, c, &p);
  if (c->next == c->end && p.ncase != N_UNCASED && c->kind != ST_MARK_ELLIPSIS &&
      c->kind != ST_MARK_DOTS4)
    return glued_ends(d, c, &p);
  int rule = decide_by_rule(d, c, &p);
  if (rule >= 0) return rule;
  if (p.ncase != N_DASH) p.after = look_after(d, c, &p);
  st_feature_list local, *f = features ? features : &local;
  describe(d, c, &p, f);
  int32_t sum = 0;
  for (int i = 0; i < f->n; i++) sum += st_segment_weights[f->id[i]];
  return sum > 0;
}
