/* candidate.c: may a sentence end here? Rules, then the model.
 *
 * The rules are the certain cases (what they rest on is said at each); everything else is a linear
 * model: the sum of one weight for each field below, trained by tools/segment-train.py.
 */
#include "text/candidate.h"

#include <string.h>

#include "text/chars.h"
#include "text/place.h"
#include "text/weights.h"

enum { G_SPACE, G_SPACES, G_NEWLINE, G_NONE, G_KINDS }; /* the gap */

enum { C_NONE, C_DOUBLE, C_SINGLE, C_BRACKET, C_KINDS }; /* the closers */

enum { R_NONE, R_OPENER, R_COMMON, R_NAME, R_KINDS }; /* the next word, roughly */

enum { LENGTHS = 6, WORD_LENGTHS = 9, SLOPPY = 5 };

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

/* How often do sentences of this document begin in lower case? 0 never, 1 too little seen to tell,
 * 2 .. 4 ever more often. Looks at no more than its first 64 KiB, once. */
static int look_sloppy(st_document_state *d) {
  if (d->sloppy >= 0) return d->sloppy;
  const unsigned char *s = d->s;
  size_t n = d->n < 65536 ? d->n : 65536;
  unsigned lower = 0, all = 0;
  bool small = false;                  /* the pronoun in lower case: typed in haste */
  for (size_t i = 4; i + 3 < n; i++) { /* full stops after words that are no abbreviations */
    if (s[i] == 'i' && s[i - 1] == ' ' && (s[i + 1] == ' ' || s[i + 1] == '\'')) small = true;
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
  if (share < 0.05) return d->sloppy = all < 3 || small ? 1 : 0;
  return d->sloppy = share < 0.2 ? 2 : share < 0.5 ? 3 : 4;
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
  for (size_t i = p->first; i < c->stop && i - p->first < ST_REACH && s[i] > ' '; i++)
    if (s[i] == '@' || s[i] == '/' || s[i] == '_') return false;
  return p->kind == W_LOWER || p->kind == W_NUMBER || p->kind == W_CLOSED ||
         p->kind == W_CAPITALS || c->closers ||
         (p->kind == W_CAPITAL && (p->next || st_word_abbr(s + p->first, p->last - p->first)));
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
      if (st_next_abbr(d, p) == ST_ABBR_ORG) return 0;
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
  if (p->ncase == N_LOWER && look_sloppy(d) <= (!question || quoted)) return 0;
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
  st_look_around(d, c, &p);
  if (c->next == c->end && p.ncase != N_UNCASED && c->kind != ST_MARK_ELLIPSIS &&
      c->kind != ST_MARK_DOTS4)
    return glued_ends(d, c, &p);
  int rule = decide_by_rule(d, c, &p);
  if (rule >= 0) return rule;
  if (p.ncase != N_DASH) p.after = st_look_after(d, c, &p);
  st_feature_list local, *f = features ? features : &local;
  describe(d, c, &p, f);
  int32_t sum = 0;
  for (int i = 0; i < f->n; i++) sum += st_segment_weights[f->id[i]];
  return sum > 0;
}
