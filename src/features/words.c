/* words.c: tokens become word hashes, cue classes and skeleton symbols. */
#include "features/features.h"

#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>
#include <xxhash.h>

enum { SHORT_WORD = 64 };

/* Lower case, every digit 0: what ASCII bytes become. */
static const unsigned char *fold_table(void) {
#define ROW(a) a, a + 1, a + 2, a + 3, a + 4, a + 5, a + 6, a + 7
  static const unsigned char table[128] = {
      ROW(0x00), ROW(0x08), ROW(0x10), ROW(0x18), ROW(0x20), ROW(0x28),
      '0', '0', '0', '0', '0', '0', '0', '0', '0', '0', 0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f,
      0x40, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
      'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 0x5b, 0x5c, 0x5d, 0x5e, 0x5f,
      ROW(0x60), ROW(0x68), ROW(0x70), ROW(0x78)};
#undef ROW
  return table;
}

/* Typographic quotation marks, apostrophes and dashes are one with the typewriter's. */
static uint32_t fold_code_point(uint32_t c) {
  switch (c) {
  case 0x2018: case 0x2019: case 0x201a: case 0x201b: case 0x2032: return '\'';
  case 0x201c: case 0x201d: case 0x201e: case 0x201f: case 0x00ab: case 0x00bb: case 0x2033: return '"';
  case 0x2010: case 0x2011: case 0x2012: case 0x2013: case 0x2014: case 0x2015: case 0x2212: return '-';
  default: return (uint32_t)utf8proc_tolower((utf8proc_int32_t)c);
  }
}

/* Writes the folded word to out (room for 2 n + 8 bytes) and returns its length. */
static size_t fold(const char *word, size_t n, char *out) {
  const unsigned char *ascii = fold_table();
  size_t len = 0;
  for (size_t i = 0; i < n;) {
    unsigned char c = (unsigned char)word[i];
    if (c < 0x80) {
      out[len++] = (char)ascii[c];
      i++;
      continue;
    }
    size_t k = st_utf8_length(word + i, n - i);
    if (!k) {
      out[len++] = word[i++];
      continue;
    }
    uint32_t cp = fold_code_point(st_utf8_decode(word + i, k));
    if (cp < 0x80) out[len++] = (char)cp;
    else len += (size_t)utf8proc_encode_char((utf8proc_int32_t)cp, (utf8proc_uint8_t *)out + len);
    i += k;
  }
  return len;
}

/* Eight ASCII bytes folded at once: a byte's high bit marks those in a range, since none has it. */
static uint64_t fold_eight(uint64_t x) {
  const uint64_t ones = 0x0101010101010101u, high = 0x80 * ones;
  uint64_t capital = (x + (0x80 - 'A') * ones) & ~(x + (0x80 - 'Z' - 1) * ones) & high;
  uint64_t digit = (x + (0x80 - '0') * ones) & ~(x + (0x80 - '9' - 1) * ones) & high;
  uint64_t digits = (digit - (digit >> 7)) | digit; /* 0xff in every digit's byte */
  return ((x | capital >> 2) & ~digits) | (digits & '0' * ones);
}

/* The n bytes, 1 to 7, of a word as the low bytes of a number, without reading beyond them. */
static uint64_t load_short(const char *s, size_t n) {
  if (n >= 4) {
    uint32_t low, high;
    memcpy(&low, s, 4);
    memcpy(&high, s + n - 4, 4);
    return low | (uint64_t)high << (n - 4) * 8;
  }
  const unsigned char *c = (const unsigned char *)s;
  return c[0] | (uint64_t)c[n / 2] << n / 2 * 8 | (uint64_t)c[n - 1] << (n - 1) * 8;
}

/* Words over SHORT_WORD bytes (addresses, runs of signs) are hashed by their first SHORT_WORD. */
uint64_t st_word_hash(const char *word, size_t n) {
  char folded[2 * SHORT_WORD + 8];
  if (n > SHORT_WORD) n = SHORT_WORD;
  uint64_t any = 0;
  size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    uint64_t x;
    memcpy(&x, word + i, 8);
    any |= x;
    x = fold_eight(x);
    memcpy(folded + i, &x, 8);
  }
  if (i < n) {
    uint64_t x = load_short(word + i, n - i);
    any |= x;
    x = fold_eight(x);
    memcpy(folded + i, &x, 8);
  }
  if (any & 0x8080808080808080u) n = fold(word, n, folded);
  return XXH3_64bits(folded, n);
}

/* The class entry of a word, that of its stem for "minister's". */
static const st_entry *entry_of(const st_lexicon *lex, const char *text, const st_word *w) {
  const st_entry *e = st_lexicon_find(lex, w->hash);
  if (e || w->kind != ST_TOKEN_WORD || w->end - w->start < 4 || text[w->end - 1] != 's') return e;
  const char *end = text + w->end;
  size_t cut = end[-2] == '\'' ? 2 : !memcmp(end - 4, "\xe2\x80\x99", 3) ? 4 : 0;
  if (!cut || w->end - w->start <= cut) return NULL;
  return st_lexicon_find(lex, st_word_hash(text + w->start, w->end - w->start - cut));
}

static uint8_t mark_symbol(const char *text, const st_word *w) {
  if (w->kind == ST_TOKEN_OPEN_QUOTE) return ST_SYM_OPEN;
  if (w->kind == ST_TOKEN_CLOSE_QUOTE) return ST_SYM_CLOSE;
  if (w->kind == ST_TOKEN_NUMBER) return ST_SYM_NUMBER;
  if (w->kind != ST_TOKEN_PUNCT) return ST_SYM_NONE;
  switch (text[w->start]) {
  case ',': return ST_SYM_COMMA;
  case '.': return ST_SYM_STOP;
  case ':': case ';': return ST_SYM_COLON;
  case '?': return ST_SYM_QUERY;
  case '!': return ST_SYM_BANG;
  default: return ST_SYM_NONE;
  }
}

/* The longest phrase that begins at word i; its classes go to the first word. */
static void find_phrase(const st_lexicon *lex, const char *text, st_words *out, size_t i) {
  st_word *w = &out->items[i];
  const st_entry *e = entry_of(lex, text, w);
  if (!e) return;
  const st_entry *best = e->classes ? e : NULL;
  size_t length = 1;
  uint64_t key = e->key;
  for (size_t n = 1; e && e->begins && n < ST_MAX_PHRASE && i + n < out->n; n++) {
    key = st_phrase_key(key, out->items[i + n].hash);
    e = st_lexicon_find(lex, key);
    if (e && e->classes) best = e, length = n + 1;
  }
  if (!best) return;
  w->classes = best->classes;
  w->symbol = best->symbol;
  w->phrase = (uint8_t)length;
  for (size_t n = 1; n < length; n++) out->items[i + n].inside = 1;
}

/* "4 May", "May 2024", "in May": the month, not the modal verb. The first word of a sentence and the
 * capitals of a heading say nothing, so a number or a preposition has to stand beside it. */
static bool is_month(const char *text, const st_word *w, size_t n, size_t i) {
  static const char *const before[] = {"in",   "of",   "since", "until", "by",   "on",  "early",
                                       "late", "last", "next",  "this",  "from", "mid", "till"};
  const st_word *t = &w[i];
  if (t->end - t->start != 3 || memcmp(text + t->start, "May", 3)) return false;
  if (i > 0 && w[i - 1].kind == ST_TOKEN_NUMBER) return true;
  if (i + 1 < n && w[i + 1].kind == ST_TOKEN_NUMBER) return true;
  if (!i) return false;
  size_t len = w[i - 1].end - w[i - 1].start;
  for (size_t k = 0; k < sizeof before / sizeof *before; k++)
    if (strlen(before[k]) == len && !memcmp(text + w[i - 1].start, before[k], len)) return true;
  return false;
}

stance_status st_words_make(const st_lexicon *lex, const char *text, const st_token *tokens,
                            size_t n, st_words *out, stance_error *err) {
  if (!st_reserve(&out->items, &out->cap, n, sizeof *out->items))
    return st_fail_memory(err, "reading words");
  out->n = n;
  for (size_t i = 0; i < n; i++) {
    const st_token *t = &tokens[i];
    out->items[i] = (st_word){.hash = st_word_hash(text + t->start, t->end - t->start),
                              .start = t->start,
                              .end = t->end,
                              .phrase = 1,
                              .kind = t->kind,
                              .flags = t->flags,
                              .symbol = ST_SYM_NONE};
    if (lex) st_lexicon_prefetch(lex, out->items[i].hash);
  }
  for (size_t i = 0; i < n; i++)
    if (is_month(text, out->items, n, i)) out->items[i].hash = st_word_hash("april", 5);
  bool started = false; /* a first word has been seen: its capital says nothing */
  for (size_t i = 0; i < n; i++) {
    st_word *w = &out->items[i];
    bool word = w->kind == ST_TOKEN_WORD;
    if (lex && !w->inside && (word || w->kind == ST_TOKEN_PUNCT || w->kind == ST_TOKEN_NUMBER))
      find_phrase(lex, text, out, i);
    if (w->symbol == ST_SYM_NONE && !w->inside) {
      bool capital = word && (w->flags & ST_CASE_UPPER_FIRST);
      bool next_capital = i + 1 < n && out->items[i + 1].kind == ST_TOKEN_WORD &&
                          (out->items[i + 1].flags & ST_CASE_UPPER_FIRST);
      if (capital && (started || next_capital)) w->symbol = ST_SYM_NAME;
      else w->symbol = mark_symbol(text, w);
    }
    started |= word;
  }
  return STANCE_OK;
}

void st_words_free(st_words *w) {
  free(w->items);
  memset(w, 0, sizeof *w);
}
