/* explain.c: the label's reasons: contributions of features become spans of words. */
#include "engine/engine.h"

#include <stdlib.h>
#include <string.h>

static int by_weight(const void *a, const void *b) {
  const stance_evidence *x = a, *y = b;
  if (x->weight != y->weight) return x->weight > y->weight ? -1 : 1;
  return x->start < y->start ? -1 : x->start > y->start;
}

static const char *kind_of(const stance_model *m, const st_word *w) {
  if (w->kind == ST_TOKEN_OPEN_QUOTE || w->kind == ST_TOKEN_CLOSE_QUOTE) return "quote";
  if (w->symbol == ST_SYM_NAME) return "name";
  if (w->classes && m->lex) {
    size_t c = w->symbol < ST_MAX_CLASSES ? w->symbol : (size_t)__builtin_ctzll(w->classes);
    const char *name = st_lexicon_class(m->lex, c);
    if (name) return name;
  }
  return "word";
}

/* How much a unit of each first-pass margin raises the label's final margin above the mean of the
 * other labels': through the second pass where there is one. */
static void pull_of(const stance_model *m, const st_head *head, int label, float *pull) {
  const float *stack = st_stack_of(m, (size_t)(head - m->head));
  size_t labels = head->labels;
  for (size_t j = 0; j < labels; j++) {
    float own = 0, others = 0;
    for (size_t k = 0; k < labels; k++) {
      float v = stack ? stack[1 + j * labels + k] : j == k ? 1.0f : 0.0f;
      if ((int)k == label) own = v;
      else others += v;
    }
    pull[j] = own - others / (float)(labels - 1);
  }
}

/* Each feature's contribution goes in halves to its first and its last word. */
static void share_out(const stance_model *m, const st_head *head, int label, const st_scored *s,
                      const st_work *w, float *weight) {
  float pull[ST_MAX_LABELS];
  pull_of(m, head, label, pull);
  for (size_t i = 0; i < s->actives; i++) {
    const st_active *a = &w->active[s->first_active + i];
    if (a->origin.first > a->origin.last || a->origin.last >= s->words) continue;
    float sum = 0;
    for (size_t k = 0; k < head->labels; k++)
      sum += pull[k] * st_model_weight(m, a->row, head->first + k);
    weight[a->origin.first] += 0.5f * s->norm * sum;
    weight[a->origin.last] += 0.5f * s->norm * sum;
  }
}

stance_status st_explain(const stance_model *m, const st_head *head, int label,
                         const st_scored *s, st_work *w, size_t most, stance_evidence *out,
                         size_t *count, stance_error *err) {
  *count = 0;
  if (!most || label < 0 || !s->words) return STANCE_OK;
  if (!st_reserve(&w->token_weight, &w->token_weight_cap, s->words, sizeof *w->token_weight) ||
      !st_reserve(&w->span, &w->span_cap, s->words, sizeof *w->span))
    return st_fail_memory(err, "finding evidence");
  float *weight = w->token_weight, top = 0;
  memset(weight, 0, s->words * sizeof *weight);
  share_out(m, head, label, s, w, weight);
  const st_word *word = w->word + s->first_word;
  for (size_t i = 0; i < s->words; i++) {
    if (word[i].kind == ST_TOKEN_PUNCT) weight[i] = 0; /* nobody reads a comma as a reason */
    if (weight[i] > top) top = weight[i];
  }
  /* Neighbours that both count are one span: "so-called experts". */
  float least = 0.2f * top;
  size_t n = 0;
  for (size_t i = 0; i < s->words && top > 0;) {
    if (weight[i] < least || weight[i] <= 0) {
      i++;
      continue;
    }
    stance_evidence e = {.start = word[i].start, .end = word[i].end, .kind = kind_of(m, &word[i])};
    bool quote = word[i].kind == ST_TOKEN_OPEN_QUOTE || word[i].kind == ST_TOKEN_CLOSE_QUOTE;
    float strongest = 0;
    do {
      if (weight[i] > strongest) strongest = weight[i], e.kind = kind_of(m, &word[i]);
      e.weight += weight[i];
      e.end = word[i++].end;
    } while (!quote && i < s->words && weight[i] >= least && weight[i] > 0 &&
             word[i].kind != ST_TOKEN_OPEN_QUOTE && word[i].kind != ST_TOKEN_CLOSE_QUOTE);
    w->span[n++] = e;
  }
  qsort(w->span, n, sizeof *w->span, by_weight);
  *count = n < most ? n : most;
  if (*count) memcpy(out, w->span, *count * sizeof *out);
  return STANCE_OK;
}
