/* segment.c: sentence boundaries.
 *
 *     newlines (lines.c) -> blocks, one paragraph each
 *     block: scan for end marks, quotes, brackets, list marks
 *     end mark + what closes after it = a candidate (candidate.c) -> boundary or not
 *
 * Quotations and brackets are followed within a block only. Every loop moves forward over the text
 * or looks a bounded way back, so the time is linear whatever the text.
 */
#include "text/segment.h"

#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "text/chars.h"
#include "text/lines.h"
#include "text/words.h"

typedef struct segmenter {
  const unsigned char *s;
  size_t n;
  st_sentences *out;
  st_document_state doc;
  st_trace_fn trace;
  void *ctx;
  size_t block, stop; /* the block */
  size_t start;       /* of the sentence so far */
  uint32_t paragraph;
  uint32_t item_value, item_style; /* the last mark of an inline list; style 0: none */
  uint32_t depth;                  /* open brackets */
  bool open;                       /* a double quotation is open */
  bool open_at_start;              /* was it where the sentence began? */
  bool item;                       /* the sentence begins with a list mark */
  bool failed;
} segmenter;

void st_sentences_free(st_sentences *s) {
  free(s->items);
  *s = (st_sentences){0};
}

static size_t skip_space(const segmenter *g, size_t i) {
  size_t m;
  while (i < g->stop && (m = st_space(g->s + i, g->stop - i))) i += m;
  return i;
}

/* Ends the sentence so far before `end`. */
static void emit(segmenter *g, size_t end) {
  while (end > g->start) {
    size_t k = st_char_back(g->s, g->start, end);
    if (!st_space(g->s + k, end - k)) break;
    end = k;
  }
  if (end <= g->start) return;
  uint8_t flags = 0;
  if (g->open_at_start) flags |= ST_SENT_OPEN_BEFORE;
  if (g->open) flags |= ST_SENT_OPEN_AFTER;
  if (g->item) flags |= ST_SENT_ITEM;
  if (g->start == g->block && end == g->stop && !st_end_mark(g->s, g->start, end))
    flags |= ST_SENT_LINE;
  if (!st_reserve(&g->out->items, &g->out->cap, g->out->n + 1, sizeof *g->out->items)) {
    g->failed = true;
    return;
  }
  g->out->items[g->out->n++] =
      (st_sentence){(uint32_t)g->start, (uint32_t)end, g->paragraph, flags};
}

/* Begins a sentence at i; returns where to scan on, after a list mark. */
static size_t begin(segmenter *g, size_t i) {
  g->start = i;
  g->open_at_start = g->open;
  g->item = false;
  uint32_t value, style;
  size_t m = st_list_mark(g->s + i, g->stop - i, &value, &style);
  if (!m || i + m >= g->stop) return i;
  bool next = g->item_style && style == g->item_style && value == g->item_value + 1;
  bool bullet = !style && (g->s[i] >= 0x80 || i == g->block);
  if (i != g->block && !next && !bullet) return i;
  g->item = true;
  if (style) g->item_value = value, g->item_style = style;
  return i + m;
}

static size_t split(segmenter *g, size_t end, size_t next) {
  emit(g, end);
  return begin(g, next);
}

/* Does a list mark that goes on with the block's list end at s[i], a '.' or ')'? Its start, or 0.
 */
static size_t inline_mark(const segmenter *g, size_t i) {
  if (!g->item_style) return 0;
  size_t k = i;
  while (k > g->start && i - k < 4 &&
         (g->s[k - 1] == '.' || g->s[k - 1] == '(' || st_char_class[g->s[k - 1]] & ST_C_ALNUM))
    k--;
  if (k == i || k <= g->start || !(st_char_class[g->s[k - 1]] & ST_C_SPACE)) return 0;
  uint32_t value, style;
  size_t m = st_list_mark(g->s + k, g->stop - k, &value, &style);
  if (!m || style != g->item_style || value != g->item_value + 1 || k + m >= g->stop) return 0;
  size_t len;
  if (g->s[i] == '.' && i + 1 < g->stop && g->s[i + 1] != ')' && /* "2." wants a capital after it */
      !(st_char_kind(g->s + k + m, g->stop - k - m, &len) & ST_C_UPPER))
    return 0;
  return k;
}

/* A straight quotation mark opens or closes by its neighbours, and by what is open. */
static void straight_quote(segmenter *g, size_t i) {
  bool before = i == g->block || st_char_class[g->s[i - 1]] & ST_C_SPACE || g->s[i - 1] == '(' ||
                g->s[i - 1] == '[' || g->s[i - 1] == '-' || g->s[i - 1] == 0x94 ||
                (i >= 2 && st_space(g->s + i - 2, 2) == 2);
  bool after = i + 1 >= g->stop || st_char_class[g->s[i + 1]] & ST_C_SPACE;
  if (before && after)
    g->open = !g->open;
  else if (before)
    g->open = true;
  else if (g->open || !(st_char_class[g->s[i - 1]] & ST_C_DIGIT))
    g->open = false; /* not 5'9" */
}

/* Reads end marks at i (also spaced ones, ". . ."), counting what they are. */
typedef struct marks {
  unsigned dots, ellipses, questions, exclamations, spaces, wide;
} marks;

static size_t read_marks(const segmenter *g, size_t i, marks *k) {
  const unsigned char *s = g->s;
  for (;;) {
    size_t left = g->stop - i;
    if (!left) return i;
    if (s[i] == '.')
      k->dots++, i++;
    else if (s[i] == '?')
      k->questions++, i++;
    else if (s[i] == '!')
      k->exclamations++, i++;
    else if (st_is_e280(s + i, left, ST_E280_ELLIPSIS))
      k->ellipses++, i += 3;
    else if (left >= 3 && ((s[i] == 0xe3 && s[i + 1] == 0x80 && s[i + 2] == 0x82) ||
                           (s[i] == 0xef && s[i + 1] == 0xbc &&
                            (s[i + 2] == 0x81 || s[i + 2] == 0x9f || s[i + 2] == 0x8e))))
      k->wide++, i += 3; /* 。！？． */
    else if (left >= 2 && s[i] == ' ' && s[i + 1] == '.' && k->dots &&
             (left == 2 || !(st_char_class[s[i + 2]] & ST_C_ALNUM)))
      k->spaces++, i++;
    else if (left >= 3 && s[i] == 0xc2 && s[i + 1] == 0xa0 && s[i + 2] == '.' && k->dots)
      k->spaces++, i += 2;
    else
      return i;
  }
}

static uint8_t kind_of(const marks *k) {
  if (k->questions) return k->exclamations ? ST_MARK_BOTH : ST_MARK_QUESTION;
  if (k->exclamations) return ST_MARK_EXCLAMATION;
  if (k->spaces) return k->dots == 3 ? ST_MARK_SPACED3 : ST_MARK_SPACED4;
  if (k->ellipses) return k->dots ? ST_MARK_DOTS4 : ST_MARK_ELLIPSIS;
  return k->dots == 1 ? ST_MARK_DOT : k->dots == 3 ? ST_MARK_ELLIPSIS : ST_MARK_DOTS4;
}

/* Length of "[12]" or "[a]" at s, a footnote's mark, or 0. */
static size_t footnote(const unsigned char *s, size_t n) {
  size_t i = 1;
  while (i < n && i < 4 && st_char_class[s[i]] & ST_C_DIGIT) i++;
  if (i == 1 && i < n && st_char_class[s[i]] & ST_C_LOWER) i++;
  return i > 1 && i < n && s[i] == ']' ? i + 1 : 0;
}

/* Reads what closes after the marks: quotes, brackets, footnote marks, Markdown's stars. */
static size_t read_closers(segmenter *g, size_t i, uint8_t *closers) {
  const unsigned char *s = g->s;
  for (;;) {
    size_t left = g->stop - i, m;
    if (!left) return i;
    bool last = left == 1 || !(st_char_class[s[i + 1]] & ST_C_ALNUM);
    if (s[i] == '"') {
      g->open = false;
      *closers |= ST_CLOSE_DOUBLE, i++;
    } else if (s[i] == '\'' && last) {
      bool two = left > 1 && s[i + 1] == '\'';
      *closers |= two ? ST_CLOSE_DOUBLE : ST_CLOSE_SINGLE, i += two ? 2 : 1;
    } else if (st_is_e280(s + i, left, ST_E280_RIGHT_DOUBLE)) {
      g->open = false;
      *closers |= ST_CLOSE_DOUBLE, i += 3;
    } else if (st_is_e280(s + i, left, ST_E280_RIGHT_SINGLE)) {
      *closers |= ST_CLOSE_SINGLE, i += 3;
    } else if (left >= 2 && s[i] == 0xc2 && s[i + 1] == 0xbb) {
      *closers |= ST_CLOSE_DOUBLE, i += 2; /* » */
    } else if (s[i] == ')' || s[i] == ']' || s[i] == '}') {
      if (g->depth && s[i] != '}') g->depth--;
      *closers |= ST_CLOSE_BRACKET, i++;
    } else if (s[i] == '[' && (m = footnote(s + i, left))) {
      *closers |= ST_CLOSE_OTHER, i += m;
    } else if ((s[i] == '*' || s[i] == '_') && last) {
      *closers |= ST_CLOSE_OTHER, i++;
    } else if (left >= 2 && s[i] == 0xc2 &&
               (s[i + 1] == 0xb9 || s[i + 1] == 0xb2 || s[i + 1] == 0xb3)) {
      *closers |= ST_CLOSE_OTHER, i += 2; /* ¹ ² ³ */
    } else if (left >= 2 && s[i] == ' ' &&
               ((s[i + 1] == '"' && g->open) || (s[i + 1] == ')' && g->depth)) &&
               (left == 2 || st_char_class[s[i + 2]] & ST_C_SPACE)) {
      i++; /* `. "` with the quotation's end set apart */
    } else if (left >= 4 && s[i] == ' ' && s[i + 1] == '[' && s[g->start] != '[' &&
               st_char_class[s[i + 2]] & ST_C_DIGIT && (m = footnote(s + i + 1, left - 1))) {
      *closers |= ST_CLOSE_OTHER, i += 1 + m; /* "fell. [1] The": belongs to what it follows */
    } else {
      return i;
    }
  }
}

/* The common case, decided as st_candidate_ends() would: a full stop after a word in lower case
 * that is no abbreviation, and a blank and a capitalised word after it. */
static bool plainly_ends(const segmenter *g, size_t i) {
  const unsigned char *s = g->s;
  if (s[i] != '.' || g->trace || g->depth || i + 3 >= g->stop || s[i + 1] != ' ') return false;
  if (!(st_char_class[s[i + 2]] & ST_C_UPPER) || !(st_char_class[s[i + 3]] & ST_C_LOWER))
    return false;
  size_t n = 0; /* letters before it; no abbreviation has nine */
  while (n < 9 && i - n > g->start && st_char_class[s[i - n - 1]] & ST_C_LOWER) n++;
  if (n == 9) return true;
  return n > 1 && i - n > g->start && s[i - n - 1] == ' ' && !st_word_abbr(s + i - n, n);
}

/* The end mark at i: splits or not; returns where to scan on. */
static size_t at_mark(segmenter *g, size_t i) {
  if (plainly_ends(g, i)) return split(g, i + 1, i + 2);
  marks k = {0};
  st_candidate c = {.block = g->block, .sentence = g->start, .mark = i, .stop = g->stop};
  size_t end = read_marks(g, i, &k), first = end;
  for (;;) { /* `?".` and `.)?` */
    size_t e = read_closers(g, end, &c.closers);
    marks more = {0};
    if (e == end) break;
    end = e;
    e = read_marks(g, end, &more);
    if (e == end) break;
    k = more;
    end = e;
  }
  c.kind = kind_of(&k);
  c.end = end;
  c.next = skip_space(g, end);
  if (c.next >= g->stop) return g->stop;
  for (size_t j = end; j < c.next && !c.newline; j++) c.newline = g->s[j] == '\n';
  c.quoted = g->open;
  c.bracket = g->depth > 0;
  if (k.wide) return split(g, end, c.next);
  /* "compounds. . . . The": a full stop, then the marks of something left out. */
  bool omitted = k.dots == 4 && k.spaces == 3 && first == end && end - i == 7 && i > g->start &&
                 st_char_class[g->s[i - 1]] & ST_C_LETTER;
  size_t len;
  if (omitted && st_char_kind(g->s + c.next, g->stop - c.next, &len) & ST_C_UPPER) {
    split(g, i + 1, i + 2);
    return end;
  }
  st_feature_list features;
  bool ends = st_candidate_ends(&g->doc, &c, g->trace ? &features : NULL);
  if (g->trace) ends = g->trace(g->ctx, &c, &features, ends);
  return ends ? split(g, end, c.next) : end;
}

/* A colon at i: does the label of a picture's credit end here, after a caption without a stop
 * ("The mill in 1910 Photo: Nora Quill")? The label's start, or 0. */
static size_t credit_label(const segmenter *g, size_t i) {
  static const char *const labels[] = {"Image",    "Photo",      "Photos", "Picture",
                                       "Pictured", "Photograph", "Credit"};
  size_t k = i;
  while (k > g->start && i - k < 12 && st_char_class[g->s[k - 1]] & ST_C_LETTER) k--;
  if (k < g->start + 2 || g->s[k - 1] != ' ' || i + 1 >= g->stop || g->s[i + 1] != ' ') return 0;
  if (!(st_char_class[g->s[k - 2]] & (ST_C_ALNUM | ST_C_HIGH)) && !strchr(".)\"'", g->s[k - 2]))
    return 0;
  for (size_t j = 0; j < sizeof labels / sizeof *labels; j++)
    if (strlen(labels[j]) == i - k && !memcmp(labels[j], g->s + k, i - k)) return k;
  return 0;
}

/* After a colon at s[i - 1]: does an inline list begin, "the rules: 1. No running"? Returns where
 * to scan on. */
static size_t list_after_colon(segmenter *g, size_t i) {
  size_t j = i, len;
  uint32_t value, style;
  if (j >= g->stop || g->s[j++] != ' ') return i;
  size_t m = st_list_mark(g->s + j, g->stop - j, &value, &style);
  if (!m || !style || value != 1 || j + m >= g->stop) return i;
  if (!(st_char_kind(g->s + j + m, g->stop - j - m, &len) & ST_C_UPPER)) return i;
  g->item_value = value;
  g->item_style = style;
  return j + m;
}

/* Other characters that begin with E2, E3 or EF. */
static size_t at_high(segmenter *g, size_t i) {
  const unsigned char *s = g->s;
  size_t left = g->stop - i;
  if (left < 3) return i + 1;
  if (s[i] == 0xe2 && s[i + 1] == 0x80) {
    switch (s[i + 2]) {
    case ST_E280_LEFT_DOUBLE: g->open = true; break;
    case ST_E280_RIGHT_DOUBLE: g->open = false; break;
    case ST_E280_ELLIPSIS: return at_mark(g, i);
    case 0xa8: /* line and paragraph separators */
    case 0xa9: return split(g, i, skip_space(g, i));
    default: break;
    }
  }
  if ((s[i] == 0xe3 && s[i + 1] == 0x80 && s[i + 2] == 0x82) ||
      (s[i] == 0xef && s[i + 1] == 0xbc &&
       (s[i + 2] == 0x81 || s[i + 2] == 0x9f || s[i + 2] == 0x8e)))
    return at_mark(g, i);
  bool dash = s[i] == 0xe2 && s[i + 1] == 0x80 && s[i + 2] < 0xa0;
  if (i > g->start && !dash && st_char_class[s[i - 1]] & ST_C_SPACE && st_bullet(s + i, left))
    return split(g, i, i);
  return i + 3;
}

/* The full stop at i is followed by a digit: a number goes on, or notes are numbered ("the road.11
 * 12 The mayor"). Splits after these; returns where to scan on. */
static size_t note_numbers(segmenter *g, size_t i) {
  const unsigned char *s = g->s;
  size_t j = i + 1, digits = 0;
  for (size_t k = 1; k <= 4; k++) /* after a word in lower case only */
    if (i < g->start + k || !(st_char_class[s[i - k]] & ST_C_LOWER)) return i + 1;
  for (; j < g->stop && j - i < 16; j++) {
    if (st_char_class[s[j]] & ST_C_DIGIT)
      digits++;
    else if (s[j] == ' ' || s[j] == ',')
      digits = 0;
    else
      break;
    if (digits > 3) return i + 1;
  }
  if (j >= g->stop || s[j - 1] != ' ' || !(st_char_class[s[j]] & ST_C_UPPER)) return i + 1;
  return split(g, j - 1, j);
}

/* The next byte from s[i] on at which the scan stops to look, or g->stop. */
static inline size_t next_stop(const segmenter *g, size_t i) {
  const unsigned char *s = g->s;
#ifdef __SSE2__
  for (; i + 16 <= g->stop; i += 16) {
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(s + i)), hit;
    hit = _mm_cmpeq_epi8(_mm_and_si128(v, _mm_set1_epi8((char)0xfe)), _mm_set1_epi8('('));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, _mm_set1_epi8('.')));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, _mm_set1_epi8('!')));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, _mm_set1_epi8('"')));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, _mm_set1_epi8('?')));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, _mm_set1_epi8(':')));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, _mm_set1_epi8('[')));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, _mm_set1_epi8(']')));
    unsigned mask = (unsigned)_mm_movemask_epi8(_mm_or_si128(hit, v)); /* and bytes over 0x7f */
    for (; mask; mask &= mask - 1) {
      size_t k = i + (unsigned)__builtin_ctz(mask);
      if (st_char_class[s[k]] & ST_C_STOP) return k;
    }
  }
#endif
  while (i < g->stop && !(st_char_class[s[i]] & ST_C_STOP)) i++;
  return i;
}

static void scan_block(segmenter *g) {
  const unsigned char *s = g->s;
  size_t i = begin(g, g->block), k;
  while ((i = next_stop(g, i)) < g->stop) {
    switch (s[i]) {
    case '.':
      if (i + 1 < g->stop && st_char_class[s[i + 1]] & (ST_C_LOWER | ST_C_DIGIT)) {
        i = st_char_class[s[i + 1]] & ST_C_DIGIT ? note_numbers(g, i) : i + 1; /* 3.14, a.com */
        break;
      }
      if ((k = inline_mark(g, i))) {
        i = split(g, k, k);
        break;
      }
      /* fall through */
    case '!':
    case '?': i = at_mark(g, i); break;
    case '"': straight_quote(g, i++); break;
    case ':':
      if ((k = credit_label(g, i))) split(g, k, k);
      i = list_after_colon(g, i + 1);
      break;
    case '(':
    case '[': g->depth++, i++; break;
    case ']':
    case ')':
      if (s[i] == ')' && (k = inline_mark(g, i))) {
        i = split(g, k, k);
        break;
      }
      if (g->depth) g->depth--;
      i++;
      break;
    default: i = at_high(g, i); break;
    }
  }
  emit(g, g->stop);
}

/* A quotation's reach ends with its paragraph, but for one that goes on: the next paragraph begins
 * with an opening mark of its own. Returns whether it does. */
static bool carry_quotation(segmenter *g, size_t first, size_t next) {
  bool goes_on = g->open && next < g->n &&
                 (g->s[next] == '"' || st_is_e280(g->s + next, g->n - next, ST_E280_LEFT_DOUBLE));
  if (g->out->n > first && !goes_on)
    g->out->items[g->out->n - 1].flags &= (uint8_t)~ST_SENT_OPEN_AFTER;
  return goes_on;
}

stance_status st_segment_traced(const char *text, size_t len, st_sentences *out, st_trace_fn trace,
                                void *ctx, stance_error *err) {
  if (len > INT32_MAX) return st_fail(err, STANCE_ERR_TOO_LARGE, "a text of more than 2 GiB");
  const unsigned char *s = (const unsigned char *)text;
  segmenter g = {.s = s, .n = len, .out = out, .trace = trace, .ctx = ctx};
  g.doc = (st_document_state){s, len, -1};
  st_layout layout;
  if (len) st_layout_survey(s, len, &layout);
  size_t first = out->n, next;
  bool any = false;
  for (size_t at = 0; at < len && !g.failed; at = next) {
    size_t m;
    while (at < len && (m = st_space(s + at, len - at))) at += m;
    if (at >= len) break;
    bool goes_on = any && carry_quotation(&g, first, at);
    g.stop = st_layout_block(&layout, s, len, at, &next);
    g.block = at;
    g.depth = 0;
    g.item_style = 0;
    g.open = goes_on;
    size_t before = out->n;
    g.paragraph = any ? g.paragraph + 1 : 0;
    scan_block(&g);
    any = any || out->n > before;
  }
  if (any) carry_quotation(&g, first, len);
  return g.failed ? st_fail_memory(err, "sentences") : STANCE_OK;
}

stance_status st_segment(const char *text, size_t len, st_sentences *out, stance_error *err) {
  return st_segment_traced(text, len, out, NULL, NULL, err);
}
