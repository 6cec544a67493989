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
  free(w->seen);
  free(w->word);
  free(w->active);
  free(w->word_sum);
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
  st_scope_find(lex, &w->words, context->open_before, scope);
  return st_extract(recipe, lex, text, &w->words, scope, context, &w->features, err);
}

enum { AHEAD = 12 }; /* features looked ahead for, so that memory answers in time */

/* Rows of the buckets that the model knows, each once, appended to active; returns how many. */
ST_FAST static size_t collect(const uint64_t *bitmap, const uint32_t *rank, const uint32_t *bucket,
                           const st_origin *origin, size_t n, const char *weights, size_t row_size,
                           uint64_t *seen, st_active *active) {
  size_t found = 0;
  for (size_t i = 0; i < n; i++) {
    uint32_t b = bucket[i];
    if (i + AHEAD < n) __builtin_prefetch(&bitmap[bucket[i + AHEAD] >> 6]);
    uint64_t word = bitmap[b >> 6], bit = (uint64_t)1 << (b & 63);
    if (!(word & bit)) continue;
    uint32_t row = rank[b >> 6] + (uint32_t)__builtin_popcountll(word & (bit - 1));
    uint64_t mark = (uint64_t)1 << (row & 63);
    __builtin_prefetch(weights + row * row_size);
    active[found] = (st_active){row, origin[i]};
    found += !(seen[row >> 6] & mark);
    seen[row >> 6] |= mark;
  }
  for (size_t i = 0; i < found; i++) seen[active[i].row >> 6] = 0;
  return found;
}

/* Active features of the present sentence, each once, appended to w->active. */
static stance_status find_active(const stance_model *m, st_work *w, stance_error *err) {
  size_t need = m->rows / 64 + 1;
  if (w->seen_len < need) {
    free(w->seen);
    w->seen = st_calloc(need, sizeof *w->seen);
    w->seen_len = w->seen ? need : 0;
    if (!w->seen) return st_fail_memory(err, "scoring");
  }
  if (!st_reserve(&w->active, &w->active_cap, w->n_active + w->features.n + 1, sizeof *w->active))
    return st_fail_memory(err, "scoring");
  w->n_active += collect(m->active, m->rank, w->features.bucket, w->features.origin, w->features.n,
                         m->weights, m->columns * (m->weight_type == ST_WEIGHT_I8 ? 1 : sizeof(float)),
                         w->seen, w->active + w->n_active);
  return STANCE_OK;
}

/* Eight columns or fewer are summed eight at a time in 16 bits, which hold 256 rows of 8. */
typedef int8_t lanes8 __attribute__((vector_size(8)));
typedef int16_t lanes16 __attribute__((vector_size(16)));
enum { NARROW = 8, FLUSH = 256 };

ST_FAST static void sum_narrow(const int8_t *weights, size_t columns, size_t rows, const st_active *active,
                       size_t n, int32_t *sum) {
  for (size_t i = 0; i < n;) {
    lanes16 part = {0};
    for (size_t end = n - i < FLUSH ? n : i + FLUSH; i < end; i++) {
      lanes8 row = {0};
      /* The last row's neighbours may lie outside the weights. */
      size_t bytes = active[i].row + NARROW < rows ? NARROW : columns;
      if (bytes == NARROW) memcpy(&row, weights + active[i].row * columns, NARROW);
      else memcpy(&row, weights + active[i].row * columns, columns);
      part += __builtin_convertvector(row, lanes16);
    }
    for (size_t c = 0; c < columns; c++) sum[c] += part[c];
  }
}

static void sum_i8(const stance_model *m, const st_active *active, size_t n, int32_t *sum) {
  const int8_t *weights = m->weights;
  size_t columns = m->columns;
  if (columns <= NARROW) {
    sum_narrow(weights, columns, m->rows, active, n, sum);
    return;
  }
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

stance_status st_score_sentence(const stance_model *m, const char *text, uint32_t start, uint32_t end,
                       const st_context *context, bool keep, st_work *w, st_scored *out,
                       float *margins, stance_error *err) {
  *out = (st_scored){.first_word = w->n_word, .first_active = w->n_active};
  ST_TRY(st_sentence_features(&m->recipe, m->lex, text, start, end, context, w, &out->scope, err));
  ST_TRY(find_active(m, w, err));
  out->actives = w->n_active - out->first_active;
  out->norm = out->actives ? 1.0f / sqrtf((float)out->actives) : 0.0f;
  const st_active *active = w->active + out->first_active;
  if (m->weight_type == ST_WEIGHT_I8) {
    int32_t sum[ST_MAX_COLUMNS] = {0};
    sum_i8(m, active, out->actives, sum);
    for (size_t c = 0; c < m->columns; c++)
      margins[c] = m->bias[c] + out->norm * (m->scale[c] * (float)sum[c]);
  } else {
    float sum[ST_MAX_COLUMNS] = {0};
    sum_f32(m, active, out->actives, sum);
    for (size_t c = 0; c < m->columns; c++) margins[c] = m->bias[c] + out->norm * sum[c];
  }
  if (!keep) {
    w->n_active = out->first_active;
    return STANCE_OK;
  }
  out->words = w->words.n;
  if (!st_reserve(&w->word, &w->word_cap, w->n_word + out->words, sizeof *w->word))
    return st_fail_memory(err, "scoring");
  if (out->words) memcpy(w->word + w->n_word, w->words.items, out->words * sizeof *w->word);
  w->n_word += out->words;
  return STANCE_OK;
}

stance_status st_score_block(const stance_model *m, const st_unit *units, size_t n, bool keep,
                             st_work *w, st_scored *scored, float *margins, stance_error *err) {
  st_carry carry = {0};
  for (size_t i = 0; i < n; i++) {
    const st_unit *u = &units[i];
    st_context context = {.open_before = u->row ? st_carry_open(&carry)
                                                : (u->flags & ST_SENT_OPEN_BEFORE) != 0,
                          .flags = u->flags,
                          .index = u->index};
    ST_TRY(st_score_sentence(m, u->text, u->start, u->end, &context, keep, w, &scored[i],
                             margins + i * m->columns, err));
    st_carry_next(&carry, &scored[i].scope);
  }
  if (m->stack) ST_TRY(st_stack_apply(m, margins, n, w, err));
  return STANCE_OK;
}
