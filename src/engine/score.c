/* score.c: one sentence becomes the margins of every label.
 *
 * The hot loop: a feature's bucket is tested in the bitmap of active buckets, most unknown n-grams
 * stop there; the rest find their row by a count of bits, are taken once (features are binary), and
 * their few weights are added up. int8 weights are summed as integers, exactly, in any order. */
#include "engine/engine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void st_work_clear(st_work *w) {
  w->n_word = w->n_active = 0;
}

void st_work_free(st_work *w) {
  st_tokens_free(&w->tokens);
  st_words_free(&w->words);
  st_features_free(&w->features);
  free(w->met);
  free(w->word);
  free(w->active);
  free(w->word_sum);
  free(w->part_sum);
  free(w->token_weight);
  free(w->span);
  free(w->margins);
  free(w->stack);
  memset(w, 0, sizeof *w);
}

stance_status st_sentence_features(const st_recipe *recipe, const st_lexicon *lex, const char *text,
                                   uint32_t start, uint32_t end, const st_context *context,
                                   st_work *w, st_scope *scope, stance_error *err) {
  w->tokens.n = 0;
  ST_TRY(st_tokenize(text, start, end, &w->tokens, err));
  ST_TRY(st_words_make(lex, text, w->tokens.items, w->tokens.n, &w->words, err));
  st_scope_find(lex, &w->words, context->quotation == ST_QUOTATION_SURE, scope);
  return st_extract(recipe, lex, text, &w->words, scope, context, &w->features, err);
}

enum { AHEAD = 12 }; /* features looked ahead for, so that memory answers in time */

/* met[mask + 1] is a hash table of the buckets met in this sentence, a few kilobytes that stay in
 * the nearest cache, unlike a bit for every row. An entry is a bucket plus `turn`, a multiple of
 * 2^ST_MAX_BITS that grows from sentence to sentence: what is less is of an earlier one and counts
 * as empty. Enters a bucket; false when it was there. */
static inline bool first_met(uint32_t *met, size_t mask, uint32_t turn, uint32_t bucket) {
  size_t at = bucket & mask;
  for (; met[at] >= turn; at = (at + 1) & mask)
    if (met[at] == (turn | bucket)) return false;
  met[at] = turn | bucket;
  return true;
}

/* Rows of the buckets that the model knows, each once, since features are binary, with the origin
 * of the first feature of its kind; returns how many. With st_slot and the table of buckets met,
 * labelling lines is 1.07 times as fast as with a bitmap, ranks and a bit for every row. */
ST_FAST static size_t find_rows(const st_slot *slot, const uint32_t *bucket,
                                const st_origin *origin, size_t n, uint32_t *met, size_t mask,
                                uint32_t turn, const char *weights, size_t row_size,
                                st_active *active) {
  size_t found = 0;
  for (size_t i = 0; i < n; i++) {
    if (i + AHEAD < n) __builtin_prefetch(&slot[bucket[i + AHEAD] >> 5]);
    uint32_t b = bucket[i];
    if (!first_met(met, mask, turn, b)) continue;
    st_slot s = slot[b >> 5];
    uint32_t upto = s.bits << (~b & 31), known = upto >> 31; /* its bit, and those below it */
    uint32_t row = s.rank + (uint32_t)__builtin_popcount(upto) - known;
    __builtin_prefetch(weights + row * row_size);
    active[found] = (st_active){row, origin[i]}; /* no branch: who is known is hard to foretell */
    found += known;
  }
  return found;
}

/* A table of buckets for n features, all empty for the present turn; returns its mask, 0: no
 * memory. */
static size_t next_turn(st_work *w, size_t n) {
  size_t size = 256, old = w->met_cap;
  while (size < 8 * n) size *= 2;
  if (!st_reserve(&w->met, &w->met_cap, size, sizeof *w->met)) return 0;
  if (w->met_cap > old) memset(w->met + old, 0, (w->met_cap - old) * sizeof *w->met);
  w->turn += (uint32_t)1 << ST_MAX_BITS;
  if (!w->turn) { /* round: 255 sentences have passed */
    memset(w->met, 0, w->met_cap * sizeof *w->met);
    w->turn = (uint32_t)1 << ST_MAX_BITS;
  }
  return size - 1;
}

/* Active features of the present sentence, each once, appended to w->active. */
static stance_status find_active(const stance_model *m, st_work *w, stance_error *err) {
  const st_features *f = &w->features;
  size_t mask = next_turn(w, f->n);
  if (!mask || !st_reserve(&w->active, &w->active_cap, w->n_active + f->n + 1, sizeof *w->active))
    return st_fail_memory(err, "scoring");
  w->n_active += find_rows(m->slot, f->bucket, f->origin, f->n, w->met, mask, w->turn, m->weights,
                           m->columns * (m->weight_type == ST_WEIGHT_I8 ? 1 : sizeof(float)),
                           w->active + w->n_active);
  return STANCE_OK;
}

/* A row of at most eight weights; lanes beyond it are unspecified. Bytes become 16-bit integers as
 * the high halves of lanes, shifted down: of a conversion from eight bytes GCC makes fifty
 * instructions. */
typedef int8_t bytes16 __attribute__((vector_size(16)));
typedef uint64_t halves __attribute__((vector_size(16)));
typedef int32_t sums8 __attribute__((vector_size(32)));

static inline st_lanes read_row(const int8_t *weights, size_t columns, size_t rows, uint32_t row) {
  uint64_t x = 0;
  /* The last rows' neighbours may lie outside the weights. */
  if (row + ST_NARROW < rows)
    memcpy(&x, weights + row * columns, ST_NARROW);
  else
    memcpy(&x, weights + row * columns, columns);
  bytes16 b = (bytes16)(halves){x, 0};
  bytes16 high = __builtin_shufflevector(b, b, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
  return (st_lanes)high >> 8;
}

enum { FLUSH = 128 }; /* so many rows, each counted twice, fit in 16 bits: 128 x 2 x -128 */

/* Rows of at most eight columns are summed as integers, exactly: all of them, and for evidence
 * those of each word's features, by_word[words][8]: a feature counts for its first word and for its
 * last. In one pass for both, where evidence had its own, a text is labelled 1.14 times as fast. */
static void sum_narrow(const int8_t *weights, size_t columns, size_t rows, const st_active *active,
                       size_t n, size_t words, st_lanes *part, int32_t *by_word, int32_t *sum) {
  sums8 total = {0};
  for (size_t i = 0; i < n;) {
    st_lanes all = {0};
    if (words) memset(part, 0, words * sizeof *part);
    for (size_t end = n - i < FLUSH ? n : i + FLUSH; i < end; i++) {
      st_lanes row = read_row(weights, columns, rows, active[i].row);
      st_origin o = active[i].origin;
      all += row;
      if (!st_has_words(o, words)) continue;
      part[o.first] += row;
      part[o.last] += row;
    }
    total += __builtin_convertvector(all, sums8);
    for (size_t k = 0; k < words; k++) {
      sums8 at;
      memcpy(&at, by_word + k * ST_NARROW, sizeof at);
      at += __builtin_convertvector(part[k], sums8);
      memcpy(by_word + k * ST_NARROW, &at, sizeof at);
    }
  }
  memcpy(sum, &total, sizeof total);
}

static void sum_i8(const stance_model *m, const st_active *active, size_t n, int32_t *sum) {
  const int8_t *weights = m->weights;
  size_t columns = m->columns;
  for (size_t i = 0; i < n; i++) {
    const int8_t *row = weights + active[i].row * columns;
    for (size_t c = 0; c < columns; c++) sum[c] += row[c];
  }
}

static void sum_f32(const stance_model *m, const st_active *active, size_t n, float *sum) {
  const float *weights = m->weights;
  size_t columns = m->columns;
  for (size_t i = 0; i < n; i++) {
    const float *row = weights + active[i].row * columns;
    for (size_t c = 0; c < columns; c++) sum[c] += row[c];
  }
}

/* The words, and room for what their features weigh, are kept for evidence. */
static stance_status keep_words(const stance_model *m, st_work *w, stance_error *err) {
  size_t words = w->words.n;
  if (!st_reserve(&w->word, &w->word_cap, w->n_word + words, sizeof *w->word) ||
      (st_is_narrow(m) &&
       (!st_reserve(&w->word_sum, &w->word_sum_cap, (w->n_word + words) * ST_NARROW,
                    sizeof *w->word_sum) ||
        !st_reserve(&w->part_sum, &w->part_sum_cap, words, sizeof *w->part_sum))))
    return st_fail_memory(err, "scoring");
  if (words) memcpy(w->word + w->n_word, w->words.items, words * sizeof *w->word);
  if (words && st_is_narrow(m))
    memset(w->word_sum + w->n_word * ST_NARROW, 0, words * ST_NARROW * sizeof *w->word_sum);
  w->n_word += words;
  return STANCE_OK;
}

stance_status st_score_sentence(const stance_model *m, const char *text, uint32_t start, uint32_t end,
                       const st_context *context, bool keep, st_work *w, st_scored *out,
                       float *margins, stance_error *err) {
  *out = (st_scored){.first_word = w->n_word, .first_active = w->n_active};
  ST_TRY(st_sentence_features(&m->recipe, m->lex, text, start, end, context, w, &out->scope, err));
  ST_TRY(find_active(m, w, err));
  out->words = w->words.n;
  if (out->scope.source_first < out->scope.source_last) {
    out->source_start = w->words.items[out->scope.source_first].start;
    out->source_end = w->words.items[out->scope.source_last - 1].end;
  }
  out->actives = w->n_active - out->first_active;
  out->norm = out->actives ? 1.0f / sqrtf((float)out->actives) : 0.0f;
  if (keep) ST_TRY(keep_words(m, w, err));
  const st_active *active = w->active + out->first_active;
  if (m->weight_type == ST_WEIGHT_I8) {
    int32_t sum[ST_MAX_COLUMNS];
    if (st_is_narrow(m)) {
      int32_t *by_word = keep ? w->word_sum + out->first_word * ST_NARROW : NULL;
      sum_narrow(m->weights, m->columns, m->rows, active, out->actives, keep ? out->words : 0,
                 w->part_sum, by_word, sum);
    } else {
      memset(sum, 0, sizeof sum);
      sum_i8(m, active, out->actives, sum);
    }
    for (size_t c = 0; c < m->columns; c++)
      margins[c] = m->bias[c] + out->norm * (m->scale[c] * (float)sum[c]);
  } else {
    float sum[ST_MAX_COLUMNS] = {0};
    sum_f32(m, active, out->actives, sum);
    for (size_t c = 0; c < m->columns; c++) margins[c] = m->bias[c] + out->norm * sum[c];
  }
  if (!keep || st_is_narrow(m)) w->n_active = out->first_active;
  return STANCE_OK;
}

/* Of a text, a quotation ends with its paragraph at the latest. */
typedef struct {
  const st_unit *units;
  size_t i, n;
} units_ahead;

static st_next unit_ahead(const void *ctx, size_t k) {
  const units_ahead *a = ctx;
  if (a->i + k >= a->n) return (st_next){0};
  const st_unit *u = &a->units[a->i], *next = u + k;
  if (!u->row && next->paragraph != u->paragraph) return (st_next){0};
  return (st_next){next->text, next->start, next->end};
}

stance_status st_score_block(const stance_model *m, const st_unit *units, size_t n, bool keep,
                             st_work *w, st_scored *scored, float *margins, stance_error *err) {
  st_carry carry = {0};
  for (units_ahead at = {units, 0, n}; at.i < n; at.i++) {
    const st_unit *u = &units[at.i];
    st_context context = {
        .quotation = st_carry_state(&carry), .flags = u->flags, .index = u->index};
    ST_TRY(st_score_sentence(m, u->text, u->start, u->end, &context, keep, w, &scored[at.i],
                             margins + at.i * m->columns, err));
    ST_TRY(st_carry_next(&carry, &scored[at.i].scope, unit_ahead, &at, &w->tokens, err));
  }
  if (m->stack) ST_TRY(st_stack_apply(m, margins, n, w, err));
  return STANCE_OK;
}
