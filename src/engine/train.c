/* train.c: a dataset becomes a model: features, a solver for each head, calibration. */
#include "engine/engine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

typedef struct {
  const stance_dataset *data;
  const stance_train_options *o;
  st_prepared prepared;
  stance_model *model;
  char *warning; /* [256] or NULL */
  bool stopped;  /* the progress callback said stop */
  const char *stage;
} training;

enum { WARNING_SIZE = 256 };

static bool tell(training *t, const char *stage, uint64_t done, uint64_t total, double objective,
                 double gradient) {
  if (!t->o->progress) return true;
  stance_progress p = {stage, done, total, objective, gradient};
  if (!t->o->progress(t->o->progress_ctx, &p)) t->stopped = true;
  return !t->stopped;
}

static bool solver_progress(void *ctx, int iteration, double objective, double gradient) {
  training *t = ctx;
  return tell(t, t->stage, (uint64_t)iteration, (uint64_t)t->o->max_iterations, objective, gradient);
}

static stance_status check(const stance_dataset *data, const stance_train_options *o,
                           stance_error *err) {
  if (!(o->C > 0) || !isfinite(o->C))
    return st_fail(err, STANCE_ERR_USAGE, "C must be a number above 0");
  if (o->bits < ST_MIN_BITS || o->bits > ST_MAX_BITS)
    return st_fail(err, STANCE_ERR_USAGE, "bits must be from %d to %d", ST_MIN_BITS, ST_MAX_BITS);
  if (!(o->tolerance > 0)) return st_fail(err, STANCE_ERR_USAGE, "tolerance must be above 0");
  if (o->max_iterations < 1) return st_fail(err, STANCE_ERR_USAGE, "max-iterations must be 1 or more");
  if (o->folds < 0 || o->folds == 1 || o->folds > 255)
    return st_fail(err, STANCE_ERR_USAGE, "folds must be 0 or from 2 to 255");
  if (o->min_count < 1) return st_fail(err, STANCE_ERR_USAGE, "min-count must be 1 or more");
  if (strcmp(o->loss, "logistic") && strcmp(o->loss, "svm"))
    return st_fail(err, STANCE_ERR_USAGE, "unknown loss '%s'; known are logistic, svm", o->loss);
  if (!data->rows) return st_fail(err, STANCE_ERR_DATA, "no rows to learn from");
  if (data->heads > ST_MAX_HEADS)
    return st_fail(err, STANCE_ERR_TOO_LARGE, "%zu label columns; at most %d", data->heads, ST_MAX_HEADS);
  size_t columns = 0;
  for (size_t h = 0; h < data->heads; h++) {
    const st_data_head *d = &data->head[h];
    if (d->labels < 2)
      return st_fail(err, STANCE_ERR_DATA, "every row has the same %s, '%s': nothing to learn; need two labels or more",
                     d->name, d->labels ? d->label[0] : "");
    if (d->labels > ST_MAX_LABELS)
      return st_fail(err, STANCE_ERR_TOO_LARGE, "%zu labels of '%s'; at most %d", d->labels, d->name, ST_MAX_LABELS);
    columns += d->labels;
  }
  if (columns > ST_MAX_COLUMNS)
    return st_fail(err, STANCE_ERR_TOO_LARGE, "%zu labels in all; at most %d", columns, ST_MAX_COLUMNS);
  return STANCE_OK;
}

/* "balanced": rows / (labels * rows of the label), as scikit-learn; or "label=w,label=w". */
static stance_status class_weights(const st_data_head *d, size_t rows, const char *text,
                                   float *weight, stance_error *err) {
  for (size_t k = 0; k < d->labels; k++) weight[k] = 1;
  if (!text) return STANCE_OK;
  if (!strcmp(text, "balanced")) {
    size_t count[ST_MAX_LABELS] = {0}, all = 0;
    for (size_t i = 0; i < rows; i++)
      if (d->gold[i] >= 0) count[d->gold[i]]++, all++;
    for (size_t k = 0; k < d->labels; k++)
      weight[k] = (float)all / ((float)d->labels * (float)(count[k] ? count[k] : 1));
    return STANCE_OK;
  }
  for (const char *p = text; *p;) {
    size_t n = strcspn(p, ",");
    const char *eq = memchr(p, '=', n);
    size_t len = eq ? (size_t)(eq - p) : n, k = 0;
    while (k < d->labels && (strlen(d->label[k]) != len || memcmp(d->label[k], p, len))) k++;
    char *end = NULL;
    double v = eq ? strtod(eq + 1, &end) : 0;
    if (!eq || end != p + n || !(v > 0) || !isfinite(v))
      return st_fail(err, STANCE_ERR_USAGE, "class weight '%.*s' is not of the form label=number", (int)n, p);
    if (k < d->labels) weight[k] = (float)v; /* else it is of another head: checked by the caller */
    p += n + (p[n] == ',');
  }
  return STANCE_OK;
}

/* Every label named in --class-weight must be of some head. */
static stance_status check_weight_names(const stance_dataset *data, const char *text, stance_error *err) {
  if (!text || !strcmp(text, "balanced")) return STANCE_OK;
  for (const char *p = text; *p;) {
    size_t n = strcspn(p, ","), len = strcspn(p, "=,");
    bool known = false;
    for (size_t h = 0; h < data->heads; h++)
      for (size_t k = 0; k < data->head[h].labels; k++)
        known |= strlen(data->head[h].label[k]) == len && !memcmp(data->head[h].label[k], p, len);
    if (!known)
      return st_fail(err, STANCE_ERR_USAGE, "class weight for '%.*s', which is no label of the data", (int)len, p);
    p += n + (p[n] == ',');
  }
  return STANCE_OK;
}

/* Calibration on margins of rows that the weights had not seen. */
static stance_status calibrate(st_head *head, const float *margins, const int32_t *gold, size_t rows,
                               stance_error *err) {
  size_t labels = head->labels;
  head->temperature = 1;
  if (head->loss) {
    float *one = st_realloc_array(NULL, rows, sizeof *one);
    int32_t *positive = st_realloc_array(NULL, rows, sizeof *positive);
    size_t n = 0;
    for (size_t k = 0; one && positive && k < labels; k++) {
      n = 0;
      for (size_t i = 0; i < rows; i++)
        if (gold[i] >= 0) one[n] = margins[i * labels + k], positive[n++] = gold[i] == (int32_t)k;
      st_fit_platt(one, positive, n, &head->platt_a[k], &head->platt_b[k]);
    }
    bool ok = one && positive;
    free(one);
    free(positive);
    if (!ok) return st_fail_memory(err, "calibrating");
  } else {
    head->temperature = st_fit_temperature(margins, gold, rows, labels);
  }
  float *probability = st_realloc_array(NULL, rows * labels, sizeof *probability);
  if (!probability) return st_fail_memory(err, "calibrating");
  for (size_t i = 0; i < rows; i++)
    st_probabilities(head, margins + i * labels, probability + i * labels);
  st_fit_offsets(probability, gold, rows, labels, head->offset);
  free(probability);
  return STANCE_OK;
}

/* Margins of every row by weights that did not see its document. */
static stance_status cross_margins(training *t, const st_train_params *params, const int32_t *gold,
                                   size_t labels, float *margins, stance_error *err) {
  size_t rows = t->data->rows;
  uint8_t *fold = st_calloc(rows, 1);
  int32_t *group = st_realloc_array(NULL, rows, sizeof *group), *part = st_realloc_array(NULL, rows, sizeof *part);
  float *all = st_realloc_array(NULL, rows * labels, sizeof *all);
  stance_status status = fold && group && part && all ? STANCE_OK : st_fail_memory(err, "calibrating");
  for (size_t i = 0; status == STANCE_OK && i < rows; i++) group[i] = t->data->row[i].doc;
  if (status == STANCE_OK) status = st_folds(group, rows, t->o->folds, 1, fold, err);
  for (int f = 0; status == STANCE_OK && f < t->o->folds && !t->stopped; f++) {
    for (size_t i = 0; i < rows; i++) part[i] = fold[i] == f ? -1 : gold[i];
    st_weights w = {0};
    st_train_report report;
    status = st_linear_train(&t->prepared.matrix, part, labels, params, NULL, &w, &report, err);
    if (status != STANCE_OK) break;
    st_linear_margins(&t->prepared.matrix, &w, t->o->threads, all);
    for (size_t i = 0; i < rows; i++)
      if (fold[i] == f) memcpy(margins + i * labels, all + i * labels, labels * sizeof *all);
    st_weights_free(&w);
  }
  free(fold);
  free(group);
  free(part);
  free(all);
  return status;
}

static stance_status train_head(training *t, size_t h, float *weights, stance_error *err) {
  const st_data_head *d = &t->data->head[h];
  st_head *head = &t->model->head[h];
  size_t rows = t->data->rows, labels = d->labels, columns = t->model->columns;
  float class_weight[ST_MAX_LABELS];
  ST_TRY(class_weights(d, rows, t->o->class_weight, class_weight, err));
  int32_t *gold = st_realloc_array(NULL, rows, sizeof *gold);
  float *row_weight = st_realloc_array(NULL, rows, sizeof *row_weight);
  float *margins = st_calloc(rows * labels, sizeof *margins);
  st_weights w = {0};
  stance_status status = gold && row_weight && margins ? STANCE_OK : st_fail_memory(err, "training");
  if (status == STANCE_OK) {
    for (size_t i = 0; i < rows; i++) gold[i] = d->gold[i], row_weight[i] = t->data->row[i].weight;
    st_train_params params = {.loss = head->loss ? ST_LOSS_SVM : ST_LOSS_LOGISTIC,
                              .C = t->o->C,
                              .class_weight = class_weight,
                              .row_weight = row_weight,
                              .tolerance = t->o->tolerance,
                              .max_iterations = t->o->max_iterations,
                              .threads = t->o->threads,
                              .progress = solver_progress,
                              .progress_ctx = t};
    st_train_report report = {0};
    status = st_linear_train(&t->prepared.matrix, gold, labels, &params, NULL, &w, &report, err);
    if (status == STANCE_OK && !report.converged && !report.interrupted && t->warning)
      snprintf(t->warning, WARNING_SIZE,
               "'%s' did not converge in %d iterations (gradient at %.1e of its start): use --max-iterations or a smaller -C",
               d->name, report.iterations, report.gradient_norm / (report.start_norm > 0 ? report.start_norm : 1));
    if (status == STANCE_OK && t->o->folds && !t->stopped) {
      status = cross_margins(t, &params, gold, labels, margins, err);
      if (status == STANCE_OK && !t->stopped) status = calibrate(head, margins, gold, rows, err);
    }
  }
  if (status == STANCE_OK) {
    for (size_t j = 0; j < t->prepared.matrix.cols; j++)
      memcpy(weights + j * columns + head->first, w.sparse + j * labels, labels * sizeof *weights);
    memcpy(t->model->bias + head->first, w.bias, labels * sizeof *w.bias);
  }
  st_weights_free(&w);
  free(gold);
  free(row_weight);
  free(margins);
  return status;
}

/* Heads and labels of the data, in the model. */
static stance_status name_heads(training *t, stance_error *err) {
  stance_model *m = t->model;
  for (size_t h = 0; h < t->data->heads; h++) {
    const st_data_head *d = &t->data->head[h];
    st_head *head = &m->head[m->heads++];
    head->name = strdup(d->name);
    head->first = m->columns;
    head->loss = !strcmp(t->o->loss, "svm");
    head->temperature = 1;
    if (!head->name) return st_fail_memory(err, "training");
    for (; head->labels < d->labels; head->labels++) {
      head->platt_a[head->labels] = -1;
      if (!(head->label[head->labels] = strdup(d->label[head->labels])))
        return st_fail_memory(err, "training");
    }
    m->columns += d->labels;
  }
  for (size_t c = 0; c < m->columns; c++) m->scale[c] = 1;
  return STANCE_OK;
}

static void describe(training *t) {
  stance_model *m = t->model;
  char text[512];
  st_model_set_info(m, "name", t->o->name ? t->o->name : "model");
  st_model_set_info(m, "made by", "stance " STANCE_VERSION);
  snprintf(text, sizeof text, "%s", utf8proc_unicode_version());
  st_model_set_info(m, "unicode", text);
  snprintf(text, sizeof text, "%s loss, C %g, class weight %s, min count %d", t->o->loss, t->o->C,
           t->o->class_weight ? t->o->class_weight : "1", t->o->min_count);
  st_model_set_info(m, "training", text);
  for (size_t i = 0; i < t->data->sources; i++) {
    const st_data_source *s = &t->data->source[i];
    snprintf(text, sizeof text, "%.200s: %llu rows, %llu bytes, xxh3 %016llx", s->name,
             (unsigned long long)s->rows, (unsigned long long)s->bytes, (unsigned long long)s->hash);
    st_model_set_info(m, "data", text);
  }
}

static stance_status fill(training *t, stance_error *err) {
  stance_model *m = t->model;
  st_recipe_default(&m->recipe, t->o->cues != NULL);
  m->recipe.bits = (uint8_t)t->o->bits;
  if (t->o->features) ST_TRY(st_recipe_parse(&m->recipe, t->o->features, err));
  if (t->o->cues) ST_TRY(st_lexicon_read(t->o->cues, &m->lex, err));
  ST_TRY(name_heads(t, err));
  tell(t, "features", 0, t->data->rows, NAN, NAN);
  ST_TRY(st_prepare(t->data, &m->recipe, m->lex, (uint32_t)t->o->min_count, t->o->threads, &t->prepared, err));
  size_t cols = t->prepared.matrix.cols, words = (size_t)1 << m->recipe.bits >> 6;
  uint64_t *active = m->owned[0] = st_calloc(words, sizeof *active);
  float *weights = m->owned[1] = st_calloc(cols * m->columns, sizeof *weights);
  if (!active || !weights) return st_fail_memory(err, "training");
  for (size_t j = 0; j < cols; j++)
    active[t->prepared.bucket[j] >> 6] |= (uint64_t)1 << (t->prepared.bucket[j] & 63);
  m->active = active;
  m->weights = weights;
  for (size_t h = 0; h < m->heads && !(t->stopped && h); h++) {
    t->stage = m->head[h].name;
    ST_TRY(train_head(t, h, weights, err));
  }
  describe(t);
  return st_model_finish(m, err);
}

stance_status stance_train(const stance_dataset *data, const stance_train_options *options,
                           stance_model **out, char *warning, stance_error *err) {
  *out = NULL;
  if (warning) *warning = 0;
  ST_TRY(check(data, options, err));
  ST_TRY(check_weight_names(data, options->class_weight, err));
  training t = {.data = data, .o = options, .warning = warning, .model = st_model_new()};
  stance_status status = t.model ? fill(&t, err) : st_fail_memory(err, "training");
  st_prepared_free(&t.prepared);
  if (status != STANCE_OK) stance_model_free(t.model);
  else *out = t.model;
  return status;
}
