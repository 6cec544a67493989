/* label.c: the sentences of one block are scored, decided and explained. */
#include "engine/engine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "text/reader.h"

/* Code points of the file before byte `at` of the unit's text, which may also lie before the unit:
 * where a character begins there, or with `end` where one ends. one_byte: so are all characters
 * from the unit's beginning to there, and need no counting. */
static size_t code_points(const st_unit *u, bool one_byte, size_t at, bool end) {
  const char *s = u->text;
  size_t from = u->start;
  if (u->doc) {
    s = u->doc->source;
    from = st_source_start(u->doc, from);
    at = end ? st_source_end(u->doc, at) : st_source_start(u->doc, at);
  }
  if (at < from) return u->cp_start - st_utf8_count(s + at, from - at);
  return u->cp_start + (one_byte ? at - from : st_utf8_count(s + from, at - from));
}

static stance_status add_evidence(const stance_model *m, const stance_options *o,
                                  const st_head *head, int label, const st_unit *u, bool one_byte,
                                  const st_scored *scored, st_work *w, st_results *out,
                                  size_t *count, stance_error *err) {
  size_t most = o->max_evidence > 0 ? (size_t)o->max_evidence : 0;
  *count = 0;
  if (!most || !head) return STANCE_OK;
  if (!st_reserve(&out->evidence, &out->evidence_cap, out->n_evidence + most,
                  sizeof *out->evidence))
    return st_fail_memory(err, "finding evidence");
  stance_evidence *e = out->evidence + out->n_evidence;
  ST_TRY(st_explain(m, head, label, scored, w, most, e, count, err));
  for (size_t i = 0; i < *count; i++) {
    e[i].cp_start = code_points(u, one_byte, e[i].start, false);
    e[i].cp_end = code_points(u, one_byte, e[i].end, true);
  }
  out->n_evidence += *count;
  return STANCE_OK;
}

static stance_status label_one(const stance_model *m, const stance_options *o, const st_unit *u,
                               const st_scored *scored, const float *margins, st_work *w,
                               st_results *out, stance_error *err) {
  const st_head *head = &m->head[0];
  float *scores = out->scores + out->n * head->labels;
  stance_sentence s = {.start = u->start,
                       .end = u->end,
                       .cp_start = u->cp_start,
                       .cp_end = code_points(u, false, u->end, true),
                       .file_start = u->doc ? u->file_start : u->start,
                       .file_end = u->doc ? u->file_end : u->end,
                       .part = (stance_part)u->part,
                       .line = u->line,
                       .column = u->column,
                       .paragraph = u->paragraph,
                       .quoted = scored->scope.quoted >= 7,
                       .sensationalism = NAN};
  size_t first = u->doc ? st_source_start(u->doc, u->start) : u->start;
  size_t last = u->doc ? st_source_end(u->doc, u->end) : u->end;
  bool one_byte = s.cp_end - s.cp_start == last - first;
  st_probabilities(head, margins + head->first, scores);
  if (!scored->words) {
    s.label = s.best = STANCE_NO_LABEL;
  } else {
    s.label = s.best = st_choose(head, o->among, scores);
    s.confidence = s.best < 0 ? 0 : scores[s.best];
    if (s.confidence < o->min_confidence) s.label = STANCE_UNSURE;
    if (scored->source_start < scored->source_end) {
      s.source_start = scored->source_start;
      s.source_end = scored->source_end;
      s.source_cp_start = code_points(u, one_byte, s.source_start, false);
      s.source_cp_end = code_points(u, one_byte, s.source_end, true);
    }
  }
  ST_TRY(add_evidence(m, o, head, s.best, u, one_byte, scored, w, out, &s.n_evidence, err));
  int loud = -1;
  const st_head *sensational = st_sensational_head(m, &loud);
  if (sensational && scored->words) {
    float probability[ST_MAX_LABELS];
    st_probabilities(sensational, margins + sensational->first, probability);
    s.sensationalism = probability[loud];
    if (s.sensationalism >= 0.5f)
      ST_TRY(add_evidence(m, o, sensational, loud, u, one_byte, scored, w, out, &s.n_loud, err));
  }
  out->sentence[out->n++] = s;
  return STANCE_OK;
}

stance_status st_label_block(const stance_model *m, const stance_options *o, const st_unit *units,
                             size_t n, st_work *w, st_results *out, stance_error *err) {
  st_scored scored[ST_BLOCK];
  st_work_clear(w);
  if (!st_reserve(&w->margins, &w->margins_cap, n * m->columns, sizeof *w->margins) ||
      !st_reserve(&out->sentence, &out->cap, out->n + n, sizeof *out->sentence) ||
      !st_reserve(&out->scores, &out->scores_cap, (out->n + n) * m->head[0].labels,
                  sizeof *out->scores))
    return st_fail_memory(err, "labelling");
  ST_TRY(st_score_block(m, units, n, o->max_evidence > 0, w, scored, w->margins, err));
  for (size_t i = 0; i < n; i++)
    ST_TRY(label_one(m, o, &units[i], &scored[i], w->margins + i * m->columns, w, out, err));
  return STANCE_OK;
}

void st_results_settle(const stance_model *m, st_results *r) {
  const stance_evidence *e = r->evidence;
  for (size_t i = 0; i < r->n; i++) {
    stance_sentence *s = &r->sentence[i];
    s->scores = r->scores + i * m->head[0].labels;
    s->evidence = s->n_evidence ? e : NULL;
    if (s->n_evidence) e += s->n_evidence;
    s->loud = s->n_loud ? e : NULL;
    if (s->n_loud) e += s->n_loud;
  }
}

void st_results_free(st_results *r) {
  free(r->sentence);
  free(r->scores);
  free(r->evidence);
  memset(r, 0, sizeof *r);
}
