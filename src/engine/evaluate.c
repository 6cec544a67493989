/* evaluate.c: a model's labels against the labels of a dataset. */
#include "engine/engine.h"
#include "report/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 512, RESAMPLES = 1000 };

struct stance_evaluation {
  char *model; /* its name */
  size_t heads;
  struct {
    char *name;
    char *label[ST_MAX_LABELS];
    st_scores scores;
    double auc; /* of label 1 against label 0 where there are two labels; else NaN */
    double min_confidence, sure_accuracy, sure_macro_f1; /* as in st_evaluation_head */
    uint64_t sure;
  } head[ST_MAX_HEADS];
};

typedef struct {
  const stance_model *m;
  const stance_dataset *data;
  float *margins; /* [rows][columns] */
  stance_status status;
  stance_error error;
  size_t first, end;
} piece;

static void score_piece(void *ctx, size_t index) {
  piece *p = (piece *)ctx + index;
  size_t n = p->end - p->first;
  st_work w = {0};
  st_unit *units = st_calloc(n, sizeof *units);
  st_scored *scored = st_calloc(n, sizeof *scored);
  p->status = units && scored ? STANCE_OK : st_fail_memory(&p->error, "evaluating");
  for (size_t i = 0; p->status == STANCE_OK && i < n; i++) {
    const st_data_row *r = &p->data->row[p->first + i];
    units[i] = (st_unit){.text = r->text,
                         .end = r->text_len,
                         .index = r->index > 0 ? (uint32_t)r->index : 0,
                         .row = true};
  }
  for (size_t i = p->first, end; p->status == STANCE_OK && i < p->end; i = end) {
    end = st_block_end(p->data, i);
    p->status = st_score_block(p->m, units + (i - p->first), end - i, false, &w, scored,
                               p->margins + i * p->m->columns, &p->error);
  }
  st_work_free(&w);
  free(units);
  free(scored);
}

stance_status st_score_rows(const stance_model *m, const stance_dataset *data, int threads,
                            float *margins, stance_error *err) {
  piece *pieces = st_calloc(data->rows / PIECE + 1, sizeof *pieces);
  if (!pieces) return st_fail_memory(err, "evaluating");
  size_t n = 0;
  for (size_t i = 0; i < data->rows;) {
    size_t end = i;
    while (end < data->rows && end - i < PIECE) end = st_block_end(data, end);
    pieces[n++] = (piece){.m = m, .data = data, .margins = margins, .first = i, .end = end};
    i = end;
  }
  st_parallel(n, threads, score_piece, pieces);
  stance_status status = STANCE_OK;
  for (size_t k = 0; status == STANCE_OK && k < n; k++)
    if ((status = pieces[k].status) != STANCE_OK && err) *err = pieces[k].error;
  free(pieces);
  return status;
}

stance_status st_translate_labels(const st_head *head, const st_data_head *d, size_t rows, int32_t *gold,
                                  stance_error *err) {
  int32_t to[ST_MAX_LABELS];
  for (size_t k = 0; k < d->labels; k++) {
    size_t j = 0;
    while (j < head->labels && strcmp(head->label[j], d->label[k])) j++;
    if (j == head->labels)
      return st_fail(err, STANCE_ERR_DATA, "the data has the %s '%s', which the model does not know",
                     head->name, d->label[k]);
    if (k < ST_MAX_LABELS) to[k] = (int32_t)j;
  }
  for (size_t i = 0; i < rows; i++) gold[i] = d->gold[i] < 0 ? -1 : to[d->gold[i]];
  return STANCE_OK;
}

const st_data_head *st_matching_head(const stance_model *m, size_t h, const stance_dataset *data) {
  for (size_t d = 0; d < data->heads; d++)
    if (!strcmp(m->head[h].name, data->head[d].name)) return &data->head[d];
  bool one = data->heads == 1 && (m->heads == 1 || !strcmp(data->head[0].name, "label"));
  return !h && one ? &data->head[0] : NULL;
}

/* The figures of the rows that are sure enough. gold of the others becomes -1. */
static stance_status score_sure(const stance_options *o, const float *probability, const int32_t *predicted,
                                int32_t *gold, size_t rows, size_t labels, stance_evaluation *e, size_t h,
                                stance_error *err) {
  uint64_t sure = 0;
  for (size_t i = 0; i < rows; i++) {
    if (probability[i * labels + (size_t)predicted[i]] < o->min_confidence) gold[i] = -1;
    sure += gold[i] >= 0;
  }
  e->head[h].min_confidence = (double)o->min_confidence;
  e->head[h].sure = sure;
  e->head[h].sure_accuracy = e->head[h].sure_macro_f1 = (double)NAN;
  if (!sure) return STANCE_OK;
  st_scores scores = {0};
  ST_TRY(st_score(probability, predicted, gold, NULL, rows, labels, 0, &scores, err));
  e->head[h].sure_accuracy = scores.accuracy;
  e->head[h].sure_macro_f1 = scores.macro_f1;
  st_scores_free(&scores);
  return STANCE_OK;
}

static stance_status score_head(const stance_model *m, const stance_options *o,
                                const stance_dataset *data, const st_head *head,
                                const st_data_head *d, const float *margins,
                                stance_evaluation *e, stance_error *err) {
  size_t rows = data->rows, labels = head->labels;
  float *probability = st_realloc_array(NULL, rows * labels, sizeof *probability);
  float *score = st_realloc_array(NULL, rows, sizeof *score);
  int32_t *gold = st_realloc_array(NULL, rows, sizeof *gold);
  int32_t *predicted = st_realloc_array(NULL, rows, sizeof *predicted);
  int32_t *group = st_realloc_array(NULL, rows, sizeof *group);
  stance_status status = probability && score && gold && predicted && group
                             ? st_translate_labels(head, d, rows, gold, err)
                             : st_fail_memory(err, "evaluating");
  size_t kept = 0;
  for (size_t i = 0; status == STANCE_OK && i < rows; i++) {
    float *p = probability + kept * labels;
    st_probabilities(head, margins + i * m->columns + head->first, p);
    uint64_t among = head->first ? 0 : o->among;
    if (gold[i] < 0 || (among && !(among >> gold[i] & 1))) continue;
    predicted[kept] = st_choose(head, among, p);
    gold[kept] = gold[i];
    group[kept] = data->row[i].doc;
    score[kept++] = p[labels - 1];
  }
  if (status == STANCE_OK && !kept)
    status = st_fail(err, STANCE_ERR_DATA, "no row has a label of '%s'", head->name);
  if (status == STANCE_OK) {
    size_t h = e->heads++;
    e->head[h].name = strdup(head->name);
    bool ok = e->head[h].name != NULL;
    for (size_t k = 0; k < labels; k++)
      ok = (e->head[h].label[k] = strdup(head->label[k])) && ok;
    status = ok ? st_score(probability, predicted, gold, group, kept, labels, RESAMPLES,
                           &e->head[h].scores, err)
                : st_fail_memory(err, "evaluating");
    e->head[h].auc = labels == 2 ? st_auc(score, gold, kept) : (double)NAN;
    if (status == STANCE_OK && o->min_confidence > 0 && !head->first)
      status = score_sure(o, probability, predicted, gold, kept, labels, e, h, err);
  }
  free(probability);
  free(score);
  free(gold);
  free(predicted);
  free(group);
  return status;
}

stance_status stance_evaluate(const stance_model *m, const stance_options *options,
                              const stance_dataset *data, stance_evaluation **out,
                              stance_error *err) {
  *out = NULL;
  if (!data->rows) return st_fail(err, STANCE_ERR_DATA, "no rows to evaluate on");
  stance_evaluation *e = calloc(1, sizeof *e);
  float *margins = st_realloc_array(NULL, data->rows * m->columns, sizeof *margins);
  if (e) e->model = strdup(m->name);
  stance_status status = e && e->model && margins ? st_score_rows(m, data, options->threads, margins, err)
                                      : st_fail_memory(err, "evaluating");
  for (size_t h = 0; status == STANCE_OK && h < m->heads; h++) {
    const st_data_head *d = st_matching_head(m, h, data);
    if (d) status = score_head(m, options, data, &m->head[h], d, margins, e, err);
  }
  if (status == STANCE_OK && !e->heads)
    status = st_fail(err, STANCE_ERR_DATA, "the data has no label column '%s'", m->head[0].name);
  free(margins);
  if (status != STANCE_OK) stance_evaluation_free(e);
  else *out = e;
  return status;
}

double stance_evaluation_macro_f1(const stance_evaluation *e, size_t head) {
  return head < e->heads ? e->head[head].scores.macro_f1 : (double)NAN;
}

stance_status stance_evaluation_write(const stance_evaluation *e, bool json, stance_write_fn write,
                                      void *ctx, stance_error *err) {
  st_evaluation_head head[ST_MAX_HEADS];
  for (size_t h = 0; h < e->heads; h++)
    head[h] = (st_evaluation_head){e->head[h].name, (const char *const *)e->head[h].label,
                                   &e->head[h].scores, e->head[h].auc, e->head[h].min_confidence,
                                   e->head[h].sure, e->head[h].sure_accuracy, e->head[h].sure_macro_f1};
  st_buf b = {0};
  st_evaluation_report(&b, json, e->model, head, e->heads);
  stance_status status = b.failed ? st_fail_memory(err, "evaluating") : write(ctx, b.data, b.len, err);
  st_buf_free(&b);
  return status;
}

void stance_evaluation_free(stance_evaluation *e) {
  if (!e) return;
  for (size_t h = 0; h < e->heads; h++) {
    free(e->head[h].name);
    for (size_t k = 0; k < ST_MAX_LABELS; k++) free(e->head[h].label[k]);
    st_scores_free(&e->head[h].scores);
  }
  free(e->model);
  free(e);
}
