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

/* Active features of the present sentence, each once, appended to w->active. */
static stance_status find_active(const stance_model *m, st_work *w, stance_error *err) {
  size_t need = m->rows / 64 + 1;
  if (w->seen_len < need) {
    free(w->seen);
    w->seen = st_calloc(need, sizeof *w->seen);
    w->seen_len = w->seen ? need : 0;
    if (!w->seen) return st_fail_memory(err, "scoring");
  }
  if (!st_reserve(&w->active, &w->active_cap, w->n_active + w->features.n, sizeof *w->active))
    return st_fail_memory(err, "scoring");
  size_t first = w->n_active;
  for (size_t i = 0; i < w->features.n; i++) {
    int64_t row = st_model_row(m, w->features.bucket[i]);
    if (row < 0) continue;
    uint64_t bit = (uint64_t)1 << (row & 63);
    if (w->seen[row >> 6] & bit) continue;
    w->seen[row >> 6] |= bit;
    w->active[w->n_active++] = (st_active){(uint32_t)row, w->features.origin[i]};
  }
  for (size_t i = first; i < w->n_active; i++) w->seen[w->active[i].row >> 6] = 0;
  return STANCE_OK;
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
