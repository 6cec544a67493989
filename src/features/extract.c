/* extract.c: words, classes and scope become hashed features, one function a namespace. */
#include "features/features.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_WORDS = 4096, SKELETON_MAX = 512 };

/* Seeds that keep the namespaces apart; any distinct odd constants would do. */
enum {
  NS_WORD = 0x101,
  NS_CHAR = 0x203,
  NS_FIRST = 0x305,
  NS_LAST = 0x407,
  NS_SHAPE = 0x509,
  NS_SKELETON = 0x60b,
  NS_PAIR = 0x70d,
  NS_ZONE_CLASS = 0x80f,
  NS_ZONE_WORD = 0x911,
  NS_REPORT = 0xa13,
  NS_CONTEXT = 0xb15,
  NS_FREE = 0xc17,
  NS_SYNTAX = 0xd19
};

uint32_t st_word_bucket(const st_recipe *r, uint64_t hash) {
  return (uint32_t)(st_mix(NS_WORD, hash) >> (64u - r->bits));
}

/* Where features go; room for them is there. */
typedef struct {
  uint32_t *bucket;
  st_origin *origin;
  size_t n;
  unsigned shift; /* 64 - bits */
} sink;

static inline void put(sink *s, uint64_t hash, size_t first, size_t last) {
  s->bucket[s->n] = (uint32_t)(hash >> s->shift);
  s->origin[s->n++] = (st_origin){(uint16_t)first, (uint16_t)last};
}

static void put_free(sink *s, uint64_t hash) {
  put(s, hash, 1, 0);
}

/* Makes room for more features. */
static bool reserve(sink *s, st_features *f, size_t more) {
  if (!st_reserve(&f->bucket, &f->cap, s->n + more, sizeof *f->bucket) ||
      !st_reserve(&f->origin, &f->origin_cap, s->n + more, sizeof *f->origin))
    return false;
  s->bucket = f->bucket;
  s->origin = f->origin;
  return true;
}

static void word_ngrams(sink *s, const st_words *w, size_t n, unsigned low, unsigned high) {
  for (size_t i = 0; i < n; i++) {
    uint64_t h = NS_WORD;
    for (unsigned k = 1; k <= high && i + k <= n; k++) {
      h = st_mix(h, w->items[i + k - 1].hash);
      if (k >= low) put(s, h, i, i + k - 1);
    }
  }
}

/* Character n-grams of the folded word between two boundary marks; bytes, not code points. */
static void char_ngrams(sink *s, const char *text, const st_words *w, size_t i, unsigned low,
                        unsigned high) {
  unsigned char c[68];
  const st_word *t = &w->items[i];
  size_t n = t->end - t->start < 64 ? t->end - t->start : 64, len = 0;
  c[len++] = '<';
  for (size_t k = 0; k < n; k++) {
    unsigned char b = (unsigned char)text[t->start + k];
    c[len++] = (unsigned char)(b >= 'A' && b <= 'Z' ? b + 32 : b >= '0' && b <= '9' ? '0' : b);
  }
  c[len++] = '>';
  for (size_t a = 0; a < len; a++) {
    uint64_t h = NS_CHAR;
    for (unsigned k = 1; k <= high && a + k <= len; k++) {
      h = st_mix(h, c[a + k - 1]);
      if (k >= low) put(s, h, i, i);
    }
  }
}

static void positions(sink *s, const st_words *w, size_t n, unsigned count) {
  uint64_t first = NS_FIRST, last = NS_LAST;
  for (size_t i = 0; i < count && i < n; i++) {
    put(s, st_mix(NS_FIRST + i, w->items[i].hash), i, i);
    put(s, st_mix(NS_LAST + i, w->items[n - 1 - i].hash), n - 1 - i, n - 1 - i);
    first = st_mix(first, w->items[i].hash);
    last = st_mix(last, w->items[n - 1 - i].hash);
    if (i) {
      put(s, first, 0, i);
      put(s, last, n - 1 - i, n - 1);
    }
  }
}

static unsigned log_bucket(size_t n) {
  return n < 6 ? (unsigned)n : n < 9 ? 6 : n < 13 ? 7 : n < 19 ? 8 : n < 27 ? 9 : n < 38 ? 10 : 11;
}

static void shape(sink *s, const st_words *w, size_t n, const st_context *context) {
  unsigned names = 0, capitals = 0, numbers = 0, quotes = 0, commas = 0, questions = 0, bangs = 0;
  for (size_t i = 0; i < n; i++) {
    const st_word *t = &w->items[i];
    names += t->symbol == ST_SYM_NAME;
    capitals += t->kind == ST_TOKEN_WORD && (t->flags & ST_CASE_UPPER_ALL);
    numbers += t->kind == ST_TOKEN_NUMBER;
    quotes += t->kind == ST_TOKEN_OPEN_QUOTE || t->kind == ST_TOKEN_CLOSE_QUOTE;
    commas += t->symbol == ST_SYM_COMMA;
    questions += t->symbol == ST_SYM_QUERY;
    bangs += t->symbol == ST_SYM_BANG;
  }
  uint8_t end = n ? w->items[n - 1].symbol : ST_SYM_NONE;
  if (n && w->items[n - 1].kind == ST_TOKEN_WORD) end = 0;
  uint8_t before_end = n > 1 ? w->items[n - 2].symbol : ST_SYM_NONE;
  unsigned length = log_bucket(n);
#define PUT(code, v) put_free(s, st_mix(NS_SHAPE + (code), v))
  PUT(0x1000, length);
  PUT(0x2000, names > 6 ? 6 : names);
  PUT(0x3000, numbers > 4 ? 4 : numbers);
  PUT(0x4000, quotes > 4 ? 4 : quotes);
  PUT(0x5000, end);
  PUT(0x6000, (uint64_t)end << 8 | before_end);
  PUT(0x7000, commas > 5 ? 5 : commas);
  PUT(0x8000, (uint64_t)end << 8 | length);
  PUT(0x9000, capitals * 4 > n ? 3 : capitals > 2 ? 2 : capitals > 0);
  PUT(0xa000, (uint64_t)(questions > 0) << 4 | (bangs > 1 ? 2 : bangs));
  PUT(0xb000, context->flags & (ST_SENT_LINE | ST_SENT_ITEM));
#undef PUT
}

/* A sentence as a row of symbols between two boundary marks, and the word each comes from. */
typedef struct {
  uint64_t value[SKELETON_MAX + 2];
  uint16_t place[SKELETON_MAX + 2];
  size_t n;
} symbols;

enum { BEGIN = 1, END = 2, FIRST_SYMBOL = 3 };

static inline void add_symbol(symbols *y, uint64_t value, size_t place) {
  y->value[y->n] = value;
  y->place[y->n++] = (uint16_t)place;
}

/* n-grams of symbols; a boundary mark alone is none. */
static void symbol_ngrams(sink *s, const symbols *y, uint64_t seed, unsigned low, unsigned high) {
  for (size_t a = 0; a < y->n; a++) {
    uint64_t h = seed;
    for (unsigned k = 1; k <= high && a + k <= y->n; k++) {
      h = st_mix(h, y->value[a + k - 1]);
      if (k >= low && (k > 1 || (a > 0 && a + 1 < y->n)))
        put(s, h, y->place[a], y->place[a + k - 1]);
    }
  }
}

/* The skeleton: cue classes, names and marks in their order, the rest dropped. */
static void skeleton(sink *s, const st_words *w, size_t n, unsigned longest) {
  symbols y;
  y.n = 0;
  add_symbol(&y, BEGIN, 0);
  for (size_t i = 0; i < n && y.n <= SKELETON_MAX; i++) {
    const st_word *t = &w->items[i];
    if (t->inside || t->symbol == ST_SYM_NONE) continue;
    uint64_t v = t->symbol == ST_SYM_SELF ? t->hash : (uint64_t)t->symbol + FIRST_SYMBOL;
    if (t->symbol == ST_SYM_NAME && y.value[y.n - 1] == v) continue;
    add_symbol(&y, v, i);
  }
  add_symbol(&y, END, n ? n - 1 : 0);
  symbol_ngrams(s, &y, NS_SKELETON, 1, longest);
}

/* What the last letters of a word of more than four say of its part of speech. */
static uint64_t ending(const char *end) {
  enum { OTHER = 0x200, PAST, PARTICIPLE, ADVERB, PLURAL, NOUN, ADJECTIVE };
  static const struct {
    char letters[5];
    uint16_t kind;
  } endings[] = {{"tion", NOUN},      {"ment", NOUN}, {"ness", NOUN},     {"able", ADJECTIVE},
                 {"ing", PARTICIPLE}, {"ity", NOUN},  {"ive", ADJECTIVE}, {"ous", ADJECTIVE},
                 {"ful", ADJECTIVE},  {"ed", PAST},   {"ly", ADVERB},     {"al", ADJECTIVE},
                 {"ic", ADJECTIVE},   {"s", PLURAL}};
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
    size_t n = strlen(endings[i].letters);
    if (!memcmp(end - n, endings[i].letters, n)) return endings[i].kind;
  }
  return OTHER;
}

/* The syntax: short words as they are, cue words by class; others, those that stand for
 * themselves too, by their ending. */
static void syntax(sink *s, const char *text, const st_words *w, size_t n, unsigned low,
                   unsigned high) {
  enum { SHORT = 4 };
  symbols y;
  y.n = 0;
  add_symbol(&y, BEGIN, 0);
  for (size_t i = 0; i < n && y.n <= SKELETON_MAX; i++) {
    const st_word *t = &w->items[i];
    uint64_t v = (uint64_t)t->symbol + FIRST_SYMBOL;
    if (t->symbol == ST_SYM_NAME) {
      if (y.value[y.n - 1] == v) continue;
    } else if (t->kind == ST_TOKEN_WORD && t->end - t->start <= SHORT)
      v = t->hash;
    else if (t->kind == ST_TOKEN_WORD && t->symbol >= ST_MAX_CLASSES)
      v = ending(text + t->end);
    else if (t->kind != ST_TOKEN_WORD && t->kind != ST_TOKEN_NUMBER)
      v = t->hash;
    add_symbol(&y, v, i);
  }
  add_symbol(&y, END, n ? n - 1 : 0);
  symbol_ngrams(s, &y, NS_SYNTAX, low, high);
}

/* Which classes occur, and which before which: by first occurrence. */
static void pairs(sink *s, const st_words *w, size_t n) {
  uint8_t class_of[ST_MAX_CLASSES];
  uint16_t place[ST_MAX_CLASSES];
  size_t count = 0;
  uint64_t seen = 0;
  for (size_t i = 0; i < n; i++)
    for (uint64_t m = w->items[i].classes & ~seen; m; m &= m - 1) {
      class_of[count] = (uint8_t)__builtin_ctzll(m);
      place[count++] = (uint16_t)i;
      seen |= m & -m;
    }
  for (size_t a = 0; a < count; a++)
    for (size_t b = a; b < count; b++)
      put(s, st_mix(NS_PAIR, (uint64_t)class_of[a] << 8 | class_of[b]), place[a], place[b]);
}

static void scope_features(sink *s, const st_words *w, size_t n, const st_scope *c) {
  uint64_t report = c->report, source = c->source, place = c->place;
  size_t v = c->verb < n ? c->verb : 0;
  uint64_t verb = report ? w->items[v].hash : 0;
#define PUT(code, x) put(s, st_mix(NS_REPORT + (code), x), report ? v : 1, report ? v : 0)
  PUT(0x1000, report);
  PUT(0x2000, source);
  PUT(0x3000, place << 8 | report);
  PUT(0x4000, source << 8 | report);
  PUT(0x5000, source << 16 | place << 8 | report);
  PUT(0x6000, source << 8 | place);
  if (report) {
    PUT(0x7000, st_mix(verb, place));
    PUT(0x8000, st_mix(verb, source));
    if (c->source_first < c->source_last && c->source_first > 0 && c->source_first <= n)
      PUT(0x9000, st_mix(w->items[c->source_first - 1].hash, place));
  }
  PUT(0xa000, c->quoted);
  PUT(0xb000, (uint64_t)c->quoted << 8 | report);
  PUT(0xc000, (uint64_t)c->open_before << 1 | c->open_after);
#undef PUT
  uint64_t first_free = 0, last_free = 0;
  size_t first_at = 0, last_at = 0;
  for (size_t i = 0; i < n; i++) {
    const st_word *t = &w->items[i];
    for (uint64_t m = t->classes; m; m &= m - 1)
      put(s, st_mix(NS_ZONE_CLASS, (uint64_t)__builtin_ctzll(m) << 4 | t->zone), i, i);
    if (t->kind == ST_TOKEN_WORD && t->zone != ST_ZONE_SOURCE)
      put(s, st_mix(st_mix(NS_ZONE_WORD, t->zone), t->hash), i, i);
    if (t->classes && t->zone == ST_ZONE_FREE) {
      if (!first_free) first_free = t->symbol + 1u, first_at = i;
      last_free = t->symbol + 1u, last_at = i;
    }
  }
  put(s, st_mix(NS_FREE, first_free), first_at, first_at);
  put(s, st_mix(NS_FREE, first_free << 16 | last_free << 8 | place), first_at, last_at);
}

static void context_features(sink *s, const st_context *c) {
  unsigned at = c->index < 3 ? c->index : c->index < 6 ? 3 : c->index < 20 ? 4 : 5;
  put_free(s, st_mix(NS_CONTEXT, c->quotation));
  put_free(s, st_mix(NS_CONTEXT + 0x1000, at));
}

stance_status st_extract(const st_recipe *r, const st_lexicon *lex, const char *text,
                         const st_words *words, const st_scope *scope, const st_context *context,
                         st_features *out, stance_error *err) {
  size_t n = words->n < MAX_WORDS ? words->n : MAX_WORDS;
  sink s = {.shift = 64u - r->bits};
  out->n = 0;
  size_t classes = lex ? st_lexicon_classes(lex) : 0;
  size_t most = n * (r->word_max + 2u + 2u * r->position) + 64 + 4u * r->position +
                (SKELETON_MAX + 2) * ((size_t)r->skeleton + r->syntax_max) +
                classes * (classes + 1) / 2;
  if (!reserve(&s, out, most)) return st_fail_memory(err, "making features");
  if (r->word_max) word_ngrams(&s, words, n, r->word_min, r->word_max);
  if (r->position) positions(&s, words, n, r->position);
  if (r->shape) shape(&s, words, n, context);
  if (r->context) context_features(&s, context);
  if (r->skeleton) skeleton(&s, words, n, r->skeleton);
  if (r->syntax_max) syntax(&s, text, words, n, r->syntax_min, r->syntax_max);
  if (r->pairs) pairs(&s, words, n);
  if (r->scope) { /* room for every class at every word: counting them costs more */
    if (!reserve(&s, out, n * (classes + 1) + 16)) return st_fail_memory(err, "making features");
    scope_features(&s, words, n, scope);
  }
  if (r->char_max)
    for (size_t i = 0; i < n; i++) {
      if (words->items[i].kind != ST_TOKEN_WORD) continue;
      if (!reserve(&s, out, 66u * (r->char_max - r->char_min + 1u)))
        return st_fail_memory(err, "making features");
      char_ngrams(&s, text, words, i, r->char_min, r->char_max);
    }
  out->n = s.n;
  return STANCE_OK;
}

void st_features_free(st_features *f) {
  free(f->bucket);
  free(f->origin);
  memset(f, 0, sizeof *f);
}
