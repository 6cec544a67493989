/* dictionary.c: the optional section "words" of a model: which n-grams each bucket stood for in
 * training.
 *
 *     bucket<TAB>namespace text<TAB>rows[<TAB>namespace text<TAB>rows]...     ascending buckets
 *
 * The features themselves are hashes; their names are found by extracting every namespace alone.
 * Word and character n-grams are named exactly, other features by the words they were made of,
 * once. More than one entry of words or characters in a bucket is a collision. At most NAMES of a
 * bucket are kept, the first seen; the last counts what came after. */
#include "engine/training.h"

#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

enum { NAMES = 4, LONGEST = 80 };

typedef struct {
  uint64_t hash; /* of the name, 0: free */
  char *name;
  uint32_t rows;
} name;

typedef struct {
  const stance_model *m;
  name *names; /* [rows of the model][NAMES] */
  st_work w;
  st_buf text;
} maker;

static const char *const spaces[] = {"word",   "char",  "position", "shape",  "skeleton",
                                     "syntax", "pairs", "scope",    "context"};
enum { WORD, CHAR, SPACES = sizeof spaces / sizeof *spaces };

/* The recipe with one namespace only (of n-grams, of one order only); false where it is off. */
static bool alone(const st_recipe *r, size_t space, unsigned order, st_recipe *out) {
  *out = (st_recipe){.bits = r->bits};
  uint8_t n = (uint8_t)order;
  switch (space) {
  case WORD:
    out->word_min = out->word_max = n;
    return n >= r->word_min && n <= r->word_max && r->word_max;
  case CHAR:
    out->char_min = out->char_max = n;
    return n >= r->char_min && n <= r->char_max && r->char_max;
  case 2: return (out->position = r->position) != 0;
  case 3: return (out->shape = r->shape) != 0;
  case 4: return (out->skeleton = r->skeleton) != 0;
  case 5: out->syntax_min = r->syntax_min; return (out->syntax_max = r->syntax_max) != 0;
  case 6: return (out->pairs = r->pairs) != 0;
  case 7: return (out->scope = r->scope) != 0;
  default: return (out->context = r->context) != 0;
  }
}

static void lower(st_buf *b, const char *s, size_t n) {
  if (n > LONGEST) {
    n = LONGEST;
    while (n && ((unsigned char)s[n] & 0xc0) == 0x80) n--;
  }
  for (size_t i = 0; i < n; i++) {
    char c = s[i];
    st_buf_putc(b, c >= 'A' && c <= 'Z' ? (char)(c + 32) : (unsigned char)c < 0x20 ? ' ' : c);
  }
}

/* "word the minister", "char <min", "skeleton minister said": into k->text. */
static void spell(maker *k, const char *text, size_t space, unsigned order, const st_origin *o,
                  size_t at) {
  const st_words *w = &k->w.words;
  st_buf *b = &k->text;
  st_buf_clear(b);
  st_buf_puts(b, spaces[space]);
  if (o->first > o->last || o->last >= w->n) return;
  const st_word *first = &w->items[o->first], *last = &w->items[o->last];
  st_buf_putc(b, ' ');
  if (space == CHAR) { /* bytes at .. at + order of <word> */
    size_t n = last->end - first->start < 64 ? last->end - first->start : 64, from = at,
           to = at + order;
    if (!from) st_buf_putc(b, '<');
    from = from ? from - 1 : 0;
    bool end = to > n + 1;
    to = to - 1 < n ? to - 1 : n;
    const char *s = text + first->start;
    while (from < to && ((unsigned char)s[from] & 0xc0) == 0x80) from++;
    while (to > from && to < n && ((unsigned char)s[to] & 0xc0) == 0x80) to--;
    lower(b, s + from, to - from);
    if (end) st_buf_putc(b, '>');
  } else if (space == WORD) {
    for (size_t i = o->first; i <= o->last; i++) {
      if (i > o->first) st_buf_putc(b, ' ');
      lower(b, text + w->items[i].start, w->items[i].end - w->items[i].start);
    }
  } else {
    lower(b, text + first->start, first->end - first->start);
    if (o->last > o->first) st_buf_puts(b, o->last > o->first + 1u ? " .. " : " ");
    if (o->last > o->first) lower(b, text + last->start, last->end - last->start);
  }
}

/* What makes two names the same: for words their hashes, in which quotation marks and numbers are
 * one. */
static uint64_t identity(const maker *k, size_t space, const st_origin *o) {
  if (space != WORD || o->first > o->last) return XXH3_64bits(k->text.data, k->text.len) | 1;
  uint64_t h = 0;
  for (size_t i = o->first; i <= o->last && i < k->w.words.n; i++)
    h = st_mix(h, k->w.words.items[i].hash);
  return h | 1;
}

static bool note(maker *k, int64_t row, size_t space, uint64_t hash) {
  name *n = k->names + (size_t)row * NAMES;
  for (size_t i = 0; i < NAMES; i++) {
    /* Other namespaces are named by their first occurrence. */
    bool same = n[i].hash == hash || (n[i].hash && space > CHAR &&
                                      !strncmp(n[i].name, spaces[space], strlen(spaces[space])));
    if (!n[i].hash) {
      n[i].name = malloc(k->text.len + 1);
      if (!n[i].name) return false;
      memcpy(n[i].name, k->text.data, k->text.len + 1);
      n[i].hash = hash;
    } else if (!same && i + 1 < NAMES) {
      continue;
    }
    n[i].rows++;
    return true;
  }
  return true;
}

static stance_status read_row(maker *k, const st_data_row *row, uint8_t quotation, st_scope *scope,
                              stance_error *err) {
  const stance_model *m = k->m;
  st_context context = {.quotation = quotation, .index = row->index > 0 ? (uint32_t)row->index : 0};
  ST_TRY(st_sentence_features(&m->recipe, m->lex, row->text, 0, row->text_len, &context, &k->w,
                              scope, err));
  for (size_t space = 0; space < SPACES; space++)
    for (unsigned order = 1; order <= (space <= CHAR ? 8 : 1); order++) {
      st_recipe one;
      if (!alone(&m->recipe, space, order, &one)) continue;
      ST_TRY(
          st_extract(&one, m->lex, row->text, &k->w.words, scope, &context, &k->w.features, err));
      size_t at = 0;
      for (size_t i = 0; i < k->w.features.n; i++) {
        const st_origin *o = &k->w.features.origin[i];
        at = i && o->first == o[-1].first ? at + 1 : 0;
        int64_t bucket_row = st_model_row(m, k->w.features.bucket[i]);
        if (bucket_row < 0) continue;
        spell(k, row->text, space, order, o, at);
        if (k->text.failed || !note(k, bucket_row, space, identity(k, space, o)))
          return st_fail_memory(err, "making a dictionary");
      }
    }
  return STANCE_OK;
}

static int most_rows(const void *a, const void *b) {
  const name *x = a, *y = b;
  return x->rows != y->rows ? (x->rows > y->rows ? -1 : 1) : 0;
}

static void write_section(maker *k, st_buf *out) {
  size_t row = 0;
  for (size_t w = 0; w < (size_t)1 << k->m->recipe.bits >> 6; w++)
    for (uint64_t bits = k->m->active[w]; bits; bits &= bits - 1, row++) {
      name *n = k->names + row * NAMES;
      if (!n->hash) continue;
      qsort(n, NAMES, sizeof *n, most_rows);
      st_buf_u64(out, (w << 6) + (uint64_t)__builtin_ctzll(bits));
      for (size_t i = 0; i < NAMES && n[i].hash; i++) {
        st_buf_putc(out, '\t');
        st_buf_puts(out, n[i].name);
        st_buf_putc(out, '\t');
        st_buf_u64(out, n[i].rows);
      }
      st_buf_putc(out, '\n');
    }
}

stance_status st_dictionary_make(stance_model *m, const stance_dataset *data, stance_error *err) {
  maker k = {.m = m, .names = st_calloc(m->rows * NAMES, sizeof(name))};
  stance_status status = k.names ? STANCE_OK : st_fail_memory(err, "making a dictionary");
  for (size_t i = 0, end; status == STANCE_OK && i < data->rows; i = end) {
    end = st_block_end(data, i);
    st_carry carry = {0};
    for (size_t r = i; status == STANCE_OK && r < end; r++) {
      st_scope scope;
      status = read_row(&k, &data->row[r], st_carry_state(&carry), &scope, err);
      st_rows_ahead ahead = {data, r, end};
      if (status == STANCE_OK) status = st_carry_next(&carry, &scope, st_row_ahead, &ahead, &k.w.tokens, err);
    }
  }
  st_buf section = {0};
  if (status == STANCE_OK) write_section(&k, &section);
  if (section.failed) status = st_fail_memory(err, "making a dictionary");
  if (status == STANCE_OK && section.len) {
    m->words = m->owned[3] = section.data;
    m->words_len = section.len;
  } else {
    st_buf_free(&section);
  }
  for (size_t i = 0; k.names && i < m->rows * NAMES; i++) free(k.names[i].name);
  free(k.names);
  st_work_free(&k.w);
  st_buf_free(&k.text);
  return status;
}
