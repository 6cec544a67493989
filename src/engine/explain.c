/* explain.c: the label's reasons: contributions of features become spans of words. */
#include "engine/engine.h"

#include <string.h>

/* The heaviest `most` of n spans, largest first; of two of one weight the earlier first. */
static size_t take_heaviest(const stance_evidence *span, size_t n, size_t most, stance_evidence *out) {
  size_t count = 0;
  for (size_t i = 0; i < n; i++) {
    size_t at = count < most ? count++ : most;
    if (at == most && span[i].weight <= out[--at].weight) continue;
    for (; at > 0 && out[at - 1].weight < span[i].weight; at--) out[at] = out[at - 1];
    out[at] = span[i];
  }
  return count;
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

/* Each feature's contribution goes in halves to its first and its last word: weight[words]. */
static void share_out(const stance_model *m, const st_head *head, int label, const st_scored *s,
                      const st_work *w, float *weight) {
  float pull[ST_MAX_LABELS];
  pull_of(m, head, label, pull);
  for (size_t k = 0; k < head->labels; k++) pull[k] *= 0.5f * s->norm;
  if (st_is_narrow(m)) { /* the sums are there already */
    for (size_t k = 0; k < head->labels; k++) pull[k] *= m->scale[head->first + k];
    for (size_t i = 0; i < s->words; i++) {
      const int32_t *sum = w->word_sum + (s->first_word + i) * ST_NARROW + head->first;
      float total = 0;
      for (size_t k = 0; k < head->labels; k++) total += pull[k] * (float)sum[k];
      weight[i] = total;
    }
    return;
  }
  const st_active *active = w->active + s->first_active;
  memset(weight, 0, s->words * sizeof *weight);
  for (size_t i = 0; i < s->actives; i++) {
    st_origin o = active[i].origin;
    if (!st_has_words(o, s->words)) continue;
    float half = 0;
    for (size_t k = 0; k < head->labels; k++)
      half += pull[k] * st_model_weight(m, active[i].row, head->first + k);
    weight[o.first] += half;
    weight[o.last] += half;
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
  *count = take_heaviest(w->span, n, most, out);
  return STANCE_OK;
}
