/* scope.c: who speaks where in a sentence.
 *
 * Three passes over the words, each linear: quotation marks; the reporting word that has the best
 * claim to be the main one, with its source (before it, or after it as in ", said the minister");
 * and the zone of every word: inside quotation marks, of the source, inside what the source
 * reports, or free in the author's voice. */
#include "features/features.h"

enum {
  REACH = 14, /* words looked at for a source on either side of a reporting word */
  LEAD = 4    /* words that may stand before the noun of a source: "the acting prime minister" */
};

/* Inside quotation marks from where to where. A closing mark that nothing opened means that the
 * sentence began inside (badly cut text); an opening mark left open reaches the end. */
static void mark_quotations(st_words *w, bool open, st_scope *out) {
  bool inside = open;
  if (!open)
    for (size_t i = 0; i < w->n; i++) {
      if (w->items[i].kind == ST_TOKEN_OPEN_QUOTE) break;
      if (w->items[i].kind == ST_TOKEN_CLOSE_QUOTE) {
        inside = true;
        break;
      }
    }
  out->open_before = inside;
  size_t words = 0, quoted = 0;
  for (size_t i = 0; i < w->n; i++) {
    st_word *t = &w->items[i];
    if (t->kind == ST_TOKEN_OPEN_QUOTE) inside = true;
    t->zone = inside ? ST_ZONE_QUOTE : ST_ZONE_FREE;
    if (t->kind == ST_TOKEN_CLOSE_QUOTE) inside = false;
    if (t->kind == ST_TOKEN_WORD) {
      words++;
      quoted += t->zone == ST_ZONE_QUOTE;
    }
  }
  out->open_after = inside;
  out->quoted = (uint8_t)(words ? (quoted * 8 + words - 1) / words : 0);
}

static bool is_comma(const st_word *t) {
  return t->symbol == ST_SYM_COMMA || t->symbol == ST_SYM_CLOSE || t->symbol == ST_SYM_COLON;
}

/* What kind of source a word names; ST_SOURCE_NONE if it names none. */
static uint8_t kind_of(const st_roles *r, const st_word *t) {
  if (t->classes & r->crowd) return ST_SOURCE_CROWD;
  if (t->classes & r->first) return ST_SOURCE_FIRST;
  if (t->classes & r->person) return ST_SOURCE_ROLE;
  if (t->classes & r->document) return ST_SOURCE_DOCUMENT;
  if (t->classes & r->body) return ST_SOURCE_BODY;
  if (t->symbol == ST_SYM_NAME) return ST_SOURCE_NAME;
  if (t->classes & r->pronoun) return ST_SOURCE_PRONOUN;
  return ST_SOURCE_NONE;
}

/* Searches from `from` towards `to` (either direction, exclusive) for the nearest source; a run of
 * names or a described role keeps the strongest kind of its words. */
static uint8_t find_source(const st_roles *r, const st_words *w, size_t from, int step,
                           size_t reach, bool crosses_comma, uint32_t *first, uint32_t *last) {
  uint8_t best = ST_SOURCE_NONE;
  size_t gap = 0;
  bool comma = false;
  for (size_t k = 0, i = from; k < reach && i < w->n; k++, i += (size_t)step) {
    const st_word *t = &w->items[i];
    if (t->zone == ST_ZONE_QUOTE) break;
    if (is_comma(t)) {
      if (best != ST_SOURCE_NONE || !crosses_comma || comma) break;
      comma = true;
      continue;
    }
    uint8_t kind = kind_of(r, t);
    if (kind == ST_SOURCE_NONE) {
      if (best != ST_SOURCE_NONE && ++gap > 2) break;
      continue;
    }
    if (best == ST_SOURCE_NONE) *first = *last = (uint32_t)i;
    if (kind == ST_SOURCE_CROWD || (kind > best && best != ST_SOURCE_CROWD)) best = kind;
    if (i < *first) *first = (uint32_t)i;
    if (i > *last) *last = (uint32_t)i;
    gap = 0;
    if (i == 0 && step < 0) break;
  }
  if (best != ST_SOURCE_NONE) ++*last;
  return best;
}

/* Whether a comma stands before the phrase of word i: ", the acting minister said" with i at the
 * minister. */
static bool follows_comma(const st_words *w, size_t i) {
  for (size_t k = 0; k <= LEAD && i > 0; k++) {
    const st_word *t = &w->items[--i];
    if (is_comma(t)) return true;
    if (t->kind != ST_TOKEN_WORD || t->zone == ST_ZONE_QUOTE) return false;
  }
  return false;
}

typedef struct {
  size_t verb;
  uint8_t source, place;
  uint32_t first, last;
  int claim; /* how good the claim to be the main report is; 0: none */
} candidate;

static candidate judge(const st_roles *r, const st_words *w, size_t verb) {
  const st_word *v = &w->items[verb];
  candidate c = {.verb = verb};
  size_t after = verb + v->phrase;
  bool attribution = (v->classes & r->attribution) != 0;
  bool comma_before = verb > 0 && is_comma(&w->items[verb - 1]);
  if (attribution) {
    c.source = find_source(r, w, after, 1, REACH, false, &c.first, &c.last);
    c.place = verb <= 1 ? 1 : 2;
    c.claim = c.source ? 6 : 3;
    return c;
  }
  uint32_t first = 0, last = 0;
  uint8_t behind = ST_SOURCE_NONE;
  if (comma_before) behind = find_source(r, w, after, 1, 6, false, &first, &last);
  if (verb > 0 && !comma_before)
    c.source = find_source(r, w, verb - 1, -1, REACH, true, &c.first, &c.last);
  if (comma_before && behind == ST_SOURCE_NONE && verb > 1)
    c.source = find_source(r, w, verb - 2, -1, REACH, false, &c.first, &c.last);
  if (behind != ST_SOURCE_NONE) {
    c.source = behind;
    c.first = first;
    c.last = last;
    c.place = after + 8 < w->n && is_comma(&w->items[last < w->n ? last : w->n - 1]) ? 3 : 2;
  } else if (c.source != ST_SOURCE_NONE) {
    bool content_before = c.first >= LEAD && follows_comma(w, c.first);
    bool content_after = after + 3 < w->n;
    c.place = content_before ? (content_after && is_comma(&w->items[after]) ? 3 : 2) : 1;
  }
  if (c.source == ST_SOURCE_NONE) return c;
  c.claim = v->classes & r->say          ? 8
            : v->classes & r->speech_act ? 6
            : v->classes & r->think      ? 4
                                         : 3;
  c.claim += c.place >= 2;
  return c;
}

static void mark_zone(st_words *w, size_t from, size_t to, uint8_t zone) {
  for (size_t i = from; i < to && i < w->n; i++)
    if (w->items[i].zone != ST_ZONE_QUOTE) w->items[i].zone = zone;
}

void st_scope_find(const st_lexicon *lex, st_words *w, bool open_before, st_scope *out) {
  *out = (st_scope){0};
  mark_quotations(w, open_before, out);
  if (!lex) return;
  const st_roles *r = st_lexicon_roles(lex);
  candidate best = {0};
  for (size_t i = 0; i < w->n; i++) {
    const st_word *t = &w->items[i];
    if (t->zone == ST_ZONE_QUOTE || !(t->classes & (r->report | r->attribution))) continue;
    candidate c = judge(r, w, i);
    if (c.claim > best.claim) best = c;
  }
  if (!best.claim) return;
  size_t after = best.verb + w->items[best.verb].phrase;
  uint64_t classes = w->items[best.verb].classes & (r->report | r->attribution);
  out->report = (uint8_t)(1 + __builtin_ctzll(classes));
  out->source = best.source;
  out->place = best.place;
  out->verb = (uint32_t)best.verb;
  out->source_first = best.first;
  out->source_last = best.last;
  size_t low = best.verb, high = after;
  if (best.first < best.last) {
    if (best.first < low) low = best.first;
    if (best.last > high) high = best.last;
  }
  if (best.place == 1) mark_zone(w, high, w->n, ST_ZONE_REPORT);
  if (best.place >= 2) mark_zone(w, 0, low, ST_ZONE_REPORT);
  if (best.place == 3) mark_zone(w, high, w->n, ST_ZONE_REPORT);
  mark_zone(w, low, high, ST_ZONE_SOURCE);
}
