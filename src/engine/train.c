/* train.c: a dataset becomes a model: features, a solver for each head, calibration. */
#include "engine/training.h"
#include "report/report.h"

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
  char stage[64];
  uint8_t *fold;      /* [rows] or NULL: no cross-validation */
  float *stack;       /* the model's, or NULL: no second pass */
  st_vectors vectors;
  st_buf figures;     /* tables of the folds */
} training;

enum { WARNING_SIZE = 256, STACK_ROWS = 1000 };

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

/* Every label named in --class-weight must be of some head. */
static stance_status check_weight_names(const stance_dataset *data, const char *text, stance_error *err) {
  if (!text || !strcmp(text, "balanced") || !strcmp(text, "sqrt")) return STANCE_OK;
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

stance_status st_train_check(const stance_dataset *data, const stance_train_options *o,
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
  if (!(o->nb >= 0) || !isfinite(o->nb) || !(o->nb_prior >= 0) || !isfinite(o->nb_prior))
    return st_fail(err, STANCE_ERR_USAGE, "nb and nb-prior must be numbers, 0 or more");
  if (o->dictionary && o->max_size)
    return st_fail(err, STANCE_ERR_USAGE, "a dictionary does not fit into max-size: leave one of them out");
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
      return st_fail(err, STANCE_ERR_TOO_LARGE, "%zu labels of '%s'; at most %d", d->labels,
                     d->name, ST_MAX_LABELS);
    columns += d->labels;
    if (!st_model_is_word(d->name, strlen(d->name)))
      return st_fail(
          err, STANCE_ERR_DATA,
          "label column %zu: a name must be 1 to 200 bytes of UTF-8 without control characters",
          h + 1);
    for (size_t k = 0; k < d->labels; k++)
      if (!st_model_is_word(d->label[k], strlen(d->label[k])))
        return st_fail(
            err, STANCE_ERR_DATA,
            "a label of '%s' holds a control character, or is not of 1 to 200 bytes of UTF-8",
            d->name);
  }
  if (columns > ST_MAX_COLUMNS)
    return st_fail(err, STANCE_ERR_TOO_LARGE, "%zu labels in all; at most %d", columns,
                   ST_MAX_COLUMNS);
  return check_weight_names(data, o->class_weight, err);
}

stance_status st_class_weights(const st_data_head *d, size_t rows, const char *text, float *weight,
                               stance_error *err) {
  for (size_t k = 0; k < d->labels; k++) weight[k] = 1;
  if (!text) return STANCE_OK;
  bool root = !strcmp(text, "sqrt");
  if (root || !strcmp(text, "balanced")) {
    size_t count[ST_MAX_LABELS] = {0}, all = 0;
    for (size_t i = 0; i < rows; i++)
      if (d->gold[i] >= 0) count[d->gold[i]]++, all++;
    for (size_t k = 0; k < d->labels; k++)
      weight[k] = (float)all / ((float)d->labels * (float)(count[k] ? count[k] : 1));
    for (size_t k = 0; root && k < d->labels; k++) weight[k] = sqrtf(weight[k]);
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

/* Cross-validated figures: a line of the model, and a table for whoever asked. Rows of a weight below
 * 1 are trained on but not counted, as in calibration. */
static stance_status report_folds(training *t, size_t h, const st_head_data *d,
                                  const float *probability, stance_error *err) {
  const st_head *head = &t->model->head[h];
  size_t rows = t->data->rows, labels = d->labels, n = 0;
  int32_t *gold = st_realloc_array(NULL, rows, sizeof *gold);
  int32_t *predicted = st_realloc_array(NULL, rows, sizeof *predicted);
  int32_t *group = st_realloc_array(NULL, rows, sizeof *group);
  float *score = st_realloc_array(NULL, rows, sizeof *score);
  st_scores scores = {0};
  stance_status status = gold && predicted && group && score ? STANCE_OK : st_fail_memory(err, "cross-validating");
  bool full = false;
  for (size_t i = 0; i < rows; i++) full |= d->gold[i] >= 0 && d->row_weight[i] >= 1;
  for (size_t i = 0; status == STANCE_OK && i < rows; i++) {
    gold[i] = full && d->row_weight[i] < 1 ? -1 : d->gold[i];
    group[i] = t->data->row[i].doc;
    predicted[i] = 0;
    const float *p = probability + i * labels;
    for (size_t k = 1; k < labels; k++)
      if (p[k] > p[predicted[i]]) predicted[i] = (int32_t)k;
    score[i] = p[labels - 1];
    n += gold[i] >= 0;
  }
  if (status == STANCE_OK)
    status = st_score(probability, predicted, gold, group, rows, labels, 0, &scores, err);
  if (status == STANCE_OK) {
    st_buf b = {0};
    st_buf_printf(&b, "%s: macro-F1 ", head->name);
    st_buf_fixed(&b, scores.macro_f1, 4);
    st_buf_puts(&b, ", accuracy ");
    st_buf_fixed(&b, scores.accuracy, 4);
    st_buf_printf(&b, " over %zu rows in %d folds of documents", n, t->o->folds);
    if (!b.failed) st_model_set_info(t->model, "cross-validation", b.data);
    status = b.failed ? st_fail_memory(err, "cross-validating") : STANCE_OK;
    st_buf_free(&b);
    st_evaluation_head e = {.name = head->name, .labels = (const char *const *)head->label, .scores = &scores, .auc = (double)NAN};
    st_evaluation_report(&t->figures, false, "cross-validation", &e, 1);
  }
  st_scores_free(&scores);
  free(gold);
  free(predicted);
  free(group);
  free(score);
  return status;
}

/* The fold of each row: whole documents. */
static stance_status make_folds(training *t, stance_error *err) {
  size_t rows = t->data->rows;
  int32_t *group = st_realloc_array(NULL, rows, sizeof *group);
  t->fold = st_calloc(rows, 1);
  if (!group || !t->fold) {
    free(group);
    return st_fail_memory(err, "cross-validating");
  }
  for (size_t i = 0; i < rows; i++) group[i] = t->data->row[i].doc;
  stance_status status = st_folds(group, rows, t->o->folds, 1, t->fold, err);
  free(group);
  return status;
}

/* Margins of unseen rows, the second pass, calibration, and their figures. */
static stance_status validate(training *t, size_t h, const st_fit_params *params, st_head_data *d,
                              stance_error *err) {
  st_head *head = &t->model->head[h];
  size_t rows = t->data->rows;
  ST_TRY(st_crossfit(t->data, &t->prepared.matrix, t->fold, t->o->folds, params, &t->stopped, d, err));
  if (t->stopped) return STANCE_OK;
  if (t->stack) {
    float *stack = t->stack;
    for (size_t k = 0; k < h; k++) stack += st_stack_size(t->model->head[k].labels);
    ST_TRY(st_crossfit_stack(t->data, t->fold, t->o->folds, t->o->threads, d, stack, err));
  }
  float *probability = NULL;
  stance_status status = st_calibrate(head, d, rows, &probability, err);
  if (status == STANCE_OK) status = report_folds(t, h, d, probability, err);
  free(probability);
  return status;
}

static stance_status train_head(training *t, size_t h, float *weights, stance_error *err) {
  const st_data_head *data_head = &t->data->head[h];
  st_head *head = &t->model->head[h];
  size_t rows = t->data->rows, labels = head->labels, columns = t->model->columns;
  float class_weight[ST_MAX_LABELS];
  ST_TRY(st_class_weights(data_head, rows, t->o->class_weight, class_weight, err));
  st_head_data d = {.labels = labels,
                    .gold = st_realloc_array(NULL, rows, sizeof *d.gold),
                    .row_weight = st_realloc_array(NULL, rows, sizeof *d.row_weight),
                    .margins = st_calloc(rows * labels, sizeof *d.margins)};
  st_weights w = {0};
  stance_status status = d.gold && d.row_weight && d.margins ? STANCE_OK : st_fail_memory(err, "training");
  for (size_t i = 0; status == STANCE_OK && i < rows; i++) {
    d.gold[i] = data_head->gold[i];
    d.row_weight[i] = t->data->row[i].weight;
  }
  st_fit_params params = {.solver = {.loss = head->loss ? ST_LOSS_SVM : ST_LOSS_LOGISTIC,
                                     .C = t->o->C,
                                     .class_weight = class_weight,
                                     .row_weight = d.row_weight,
                                     .tolerance = t->o->tolerance,
                                     .max_iterations = t->o->max_iterations,
                                     .threads = t->o->threads,
                                     .progress = solver_progress,
                                     .progress_ctx = t},
                          .nb = (float)t->o->nb,
                          .nb_prior = (float)t->o->nb_prior};
  st_train_report report = {0};
  if (status == STANCE_OK) {
    snprintf(t->stage, sizeof t->stage, "training %.40s", head->name);
    status = st_fit(&t->prepared.matrix, d.gold, labels, &params, NULL, &w, &report, err);
  }
  if (status == STANCE_OK && !report.converged && !report.interrupted && t->warning)
    snprintf(t->warning, WARNING_SIZE,
             "'%s' did not converge in %d iterations (gradient at %.1e of its start): use --max-iterations or a smaller -C",
             head->name, report.iterations,
             report.gradient_norm / (report.start_norm > 0 ? report.start_norm : 1));
  if (status == STANCE_OK && t->fold && !t->stopped) {
    snprintf(t->stage, sizeof t->stage, "cross-validating %.40s", head->name);
    status = validate(t, h, &params, &d, err);
  }
  if (status == STANCE_OK) {
    if (t->o->vectors) st_vectors_fold(&t->vectors, t->prepared.matrix.cols, &w);
    for (size_t j = 0; j < t->prepared.matrix.cols; j++)
      memcpy(weights + j * columns + head->first, w.sparse + j * labels, labels * sizeof *weights);
    memcpy(t->model->bias + head->first, w.bias, labels * sizeof *w.bias);
  }
  st_weights_free(&w);
  free(d.gold);
  free(d.row_weight);
  free(d.margins);
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
    head->link = head->loss ? ST_LINK_PLATT : ST_LINK_SOFTMAX;
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
  snprintf(text, sizeof text, "%s loss, C %g, class weight %.300s, naive Bayes %g prior %g, min count %d",
           t->o->loss, t->o->C, t->o->class_weight ? t->o->class_weight : "1", t->o->nb, t->o->nb_prior,
           t->o->min_count);
  st_model_set_info(m, "training", text);
  for (size_t i = 0; i < t->data->sources; i++) {
    const st_data_source *s = &t->data->source[i];
    snprintf(text, sizeof text, "%.200s: %llu rows, %llu bytes, xxh3 %016llx", s->name,
             (unsigned long long)s->rows, (unsigned long long)s->bytes, (unsigned long long)s->hash);
    st_model_set_info(m, "data", text);
  }
}

/* True when there is enough to learn a second pass from: rows in documents (one in five goes on from
 * another), and not only a handful. */
static bool has_documents(const stance_dataset *data) {
  if (data->rows < STACK_ROWS) return false;
  size_t blocks = 0;
  for (size_t i = 0; i < data->rows; i = st_block_end(data, i)) blocks++;
  return (data->rows - blocks) * 5 >= data->rows;
}

static stance_status fill(training *t, stance_error *err) {
  stance_model *m = t->model;
  st_recipe_default(&m->recipe, t->o->cues != NULL);
  m->recipe.bits = (uint8_t)t->o->bits;
  if (t->o->features) ST_TRY(st_recipe_parse(&m->recipe, t->o->features, err));
  if (t->o->cues) ST_TRY(st_lexicon_read(t->o->cues, &m->lex, err));
  if (t->o->vectors) ST_TRY(st_vectors_read(t->o->vectors, &m->recipe, &t->vectors, err));
  ST_TRY(name_heads(t, err));
  tell(t, "features", 0, t->data->rows, NAN, NAN);
  ST_TRY(st_prepare(t->data, &m->recipe, m->lex, (uint32_t)t->o->min_count, t->vectors.bucket,
                    t->vectors.words, t->o->threads, &t->prepared, err));
  if (t->o->vectors) ST_TRY(st_vectors_join(&t->vectors, &t->prepared, err));
  if (t->o->folds) ST_TRY(make_folds(t, err));
  if (t->fold && !t->o->isolated && has_documents(t->data)) {
    for (size_t h = 0; h < m->heads; h++) m->stack_len += st_stack_size(m->head[h].labels);
    t->stack = m->owned[2] = st_calloc(m->stack_len, sizeof *t->stack);
    if (!t->stack) return st_fail_memory(err, "training");
    m->stack = t->stack;
    for (size_t h = 0; h < m->heads; h++) m->head[h].link = ST_LINK_SOFTMAX;
  }
  size_t cols = t->prepared.matrix.cols, words = (size_t)1 << m->recipe.bits >> 6;
  uint64_t *active = m->owned[0] = st_calloc(words, sizeof *active);
  float *weights = m->owned[1] = st_calloc(cols * m->columns, sizeof *weights);
  if (!active || !weights) return st_fail_memory(err, "training");
  for (size_t j = 0; j < cols; j++)
    active[t->prepared.bucket[j] >> 6] |= (uint64_t)1 << (t->prepared.bucket[j] & 63);
  m->active = active;
  m->weights = weights;
  for (size_t h = 0; h < m->heads && !(t->stopped && h); h++) {
    ST_TRY(train_head(t, h, weights, err));
  }
  if (t->stopped && t->stack) { /* the second pass was not reached for every head */
    m->stack = NULL;
    m->stack_len = 0;
  }
  describe(t);
  ST_TRY(st_model_finish(m, err));
  if (t->o->quantize || t->o->max_size) ST_TRY(st_compress(m, t->o->max_size, &t->prepared, err));
  if (t->o->dictionary) ST_TRY(st_dictionary_make(m, t->data, err));
  if (t->figures.failed) return st_fail_memory(err, "cross-validating");
  if (t->o->figures && t->figures.len)
    ST_TRY(t->o->figures(t->o->figures_ctx, t->figures.data, t->figures.len, err));
  return STANCE_OK;
}

stance_status stance_train(const stance_dataset *data, const stance_train_options *options,
                           stance_model **out, char *warning, stance_error *err) {
  *out = NULL;
  if (warning) *warning = 0;
  ST_TRY(st_train_check(data, options, err));
  training t = {.data = data, .o = options, .warning = warning, .model = st_model_new()};
  stance_status status = t.model ? fill(&t, err) : st_fail_memory(err, "training");
  st_prepared_free(&t.prepared);
  st_vectors_free(&t.vectors);
  st_buf_free(&t.figures);
  free(t.fold);
  if (status != STANCE_OK) stance_model_free(t.model);
  else *out = t.model;
  return status;
}
