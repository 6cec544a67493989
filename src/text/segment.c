/* segment.c: sentence boundaries.
 *
 *     newlines (lines.c) -> blocks, one paragraph each
 *     block: scan for end marks, quotes, brackets, list marks
 *     end mark + what closes after it = a candidate (candidate.c) -> boundary or not
 *
 * Quotations and brackets are followed within a block only. Every loop moves forward over the text
 * or looks a bounded way back, so the time is linear whatever the text.
 */
#include "text/scanner.h"

#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "text/chars.h"
#include "text/lines.h"
#include "text/words.h"

void st_sentences_free(st_sentences *s) {
  free(s->items);
  *s = (st_sentences){0};
}

static size_t skip_space(const st_scanner *g, size_t i) {
  size_t m;
  while (i < g->stop && (m = st_space(g->s + i, g->stop - i))) i += m;
  return i;
}

/* Ends the sentence so far before `end`. */
static void emit(st_scanner *g, size_t end) {
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
static size_t begin(st_scanner *g, size_t i) {
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

static size_t split(st_scanner *g, size_t end, size_t next) {
  emit(g, end);
  return begin(g, next);
}

/* A straight quotation mark opens or closes by its neighbours, and by what is open. 0x94 is the
 * last byte of an em dash. */
static void straight_quote(st_scanner *g, size_t i) {
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

/* The common case, decided as st_candidate_ends() would: a full stop after a word in lower case
 * that is no abbreviation, and a blank and a capitalised word after it. */
static bool plainly_ends(const st_scanner *g, size_t i) {
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
static size_t at_mark(st_scanner *g, size_t i) {
  if (plainly_ends(g, i)) return split(g, i + 1, i + 2);
  st_marks k = {0};
  st_candidate c = {.block = g->block, .sentence = g->start, .mark = i, .stop = g->stop};
  size_t end = st_read_marks(g, i, &k), first = end;
  for (;;) { /* `?".` and `.)?` */
    size_t e = st_read_closers(g, end, &c.closers);
    st_marks more = {0};
    if (e == end) break;
    end = e;
    e = st_read_marks(g, end, &more);
    if (e == end) break;
    k = more;
    end = e;
  }
  c.kind = st_mark_kind(&k);
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

/* Other characters that begin with E2, E3 or EF. */
static size_t at_high(st_scanner *g, size_t i) {
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
static size_t note_numbers(st_scanner *g, size_t i) {
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
static inline size_t next_stop(const st_scanner *g, size_t i) {
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

static void scan_block(st_scanner *g) {
  const unsigned char *s = g->s;
  size_t i = begin(g, g->block), k;
  while ((i = next_stop(g, i)) < g->stop) {
    switch (s[i]) {
    case '.':
      if (i + 1 < g->stop && st_char_class[s[i + 1]] & (ST_C_LOWER | ST_C_DIGIT)) {
        i = st_char_class[s[i + 1]] & ST_C_DIGIT ? note_numbers(g, i) : i + 1; /* 3.14, a.com */
        break;
      }
      if ((k = st_inline_mark(g, i))) {
        i = split(g, k, k);
        break;
      }
      /* fall through */
    case '!':
    case '?': i = at_mark(g, i); break;
    case '"': straight_quote(g, i++); break;
    case ':':
      if ((k = st_credit_label(g, i))) split(g, k, k);
      i = st_list_after_colon(g, i + 1);
      break;
    case '(':
    case '[': g->depth++, i++; break;
    case ']':
    case ')':
      if (s[i] == ')' && (k = st_inline_mark(g, i))) {
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
static bool carry_quotation(st_scanner *g, size_t first, size_t next) {
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
  st_scanner g = {.s = s, .n = len, .out = out, .trace = trace, .ctx = ctx};
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
  return g.failed ? st_fail_memory(err, "cutting sentences") : STANCE_OK;
}

stance_status st_segment_spans(const char *text, size_t len, const st_span *spans, size_t n,
                               st_sentences *out, stance_error *err) {
  if (len > INT32_MAX) return st_fail(err, STANCE_ERR_TOO_LARGE, "a text of more than 2 GiB");
  const unsigned char *s = (const unsigned char *)text;
  st_scanner g = {.s = s, .n = len, .out = out};
  g.doc = (st_document_state){s, len, -1};
  size_t first = out->n;
  for (size_t i = 0; i < n && !g.failed; i++) {
    g.open = i && carry_quotation(&g, first, spans[i].start);
    g.stop = spans[i].end;
    g.block = spans[i].start;
    g.depth = 0;
    g.item_style = 0;
    g.paragraph = (uint32_t)i;
    scan_block(&g);
  }
  if (n) carry_quotation(&g, first, len);
  return g.failed ? st_fail_memory(err, "sentences") : STANCE_OK;
}

stance_status st_segment(const char *text, size_t len, st_sentences *out, stance_error *err) {
  return st_segment_traced(text, len, out, NULL, NULL, err);
}
