/* update.c: learning on from a model, with new or corrected rows.
 *
 *     without old rows   min 1/2 |W - W_old|^2 + C loss(new rows)
 *     with old rows      min 1/2 |W|^2 + C loss(old and new rows), started at W_old; calibrated anew
 *
 * Without, the old weights are the centre of the penalty, so that what the new rows say nothing about
 * stays as it is.
 *
 * The bias is not penalised, and a handful of corrections would carry it off: where there are no
 * old rows, ANCHOR empty rows stand in for them, with labels in the proportion that the old bias
 * stands for.
 *
 * Features, lexicons, labels and the second pass are the old model's; 8-bit weights are taken as
 * the numbers they stand for. Features that only the new rows have begin at weight 0. Figures
 * before and after are written for both kinds of rows: of the new rows "after" is by held-out
 * folds. */
#include "engine/training.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  FEW = 10,   /* fewer new rows than this are not split into folds */
  ENOUGH = 200, /* new rows from which the calibration is fitted anew without old ones */
  ANCHOR = 20 /* times the rows: so many hold the bias */
};

typedef struct {
  const stance_model *old;
  const stance_dataset *data;
  size_t n_old; /* the first so many rows are old ones */
  const stance_train_options *o;
  stance_model *model;
  uint32_t *wanted;
  st_prepared prepared;
  st_matrix matrix;    /* the prepared one, and an empty row for each possible label */
  uint64_t *row_start; /* [rows + ST_MAX_LABELS + 1] */
  float *row_scale;
  uint8_t *fold;
  int folds;                   /* 0: none */
  float *before;               /* [rows][columns] margins of the old model */
  float *unseen;               /* [rows][columns] margins of rows left out, after the second pass */
  float *after;                /* [rows][columns] margins of the new model */
  int32_t *gold[ST_MAX_HEADS]; /* [rows + ST_MAX_LABELS], NULL: the data say nothing of this head */
  float *row_weight;           /* likewise */
  bool stopped;
} updating;

static bool progress(void *ctx, int iteration, double objective, double gradient) {
  updating *u = ctx;
  if (!u->o->progress) return true;
  stance_progress p = {"updating", (uint64_t)iteration, (uint64_t)u->o->max_iterations, objective,
                       gradient};
  if (!u->o->progress(u->o->progress_ctx, &p)) u->stopped = true;
  return !u->stopped;
}

/* Everything but the weights. */
static stance_status copy_model(updating *u, stance_error *err) {
  const stance_model *old = u->old;
  stance_model *m = u->model;
  m->recipe = old->recipe;
  if (old->lex) {
    size_t n;
    const char *text = st_lexicon_text(old->lex, &n);
    ST_TRY(st_lexicon_parse(text, n, &m->lex, err));
  }
  bool ok = true;
  for (size_t h = 0; h < old->heads; h++) {
    st_head *head = &m->head[m->heads++];
    *head = old->head[h];
    ok = (head->name = strdup(old->head[h].name)) && ok;
    for (size_t k = 0; k < head->labels; k++)
      ok = (head->label[k] = strdup(old->head[h].label[k])) && ok;
  }
  m->columns = old->columns;
  memcpy(m->bias, old->bias, sizeof m->bias);
  for (size_t c = 0; c < m->columns; c++) m->scale[c] = 1;
  if (old->stack) {
    float *stack = m->owned[2] = st_realloc_array(NULL, old->stack_len, sizeof *stack);
    if (!stack) return st_fail_memory(err, "updating");
    memcpy(stack, old->stack, old->stack_len * sizeof *stack);
    m->stack = stack;
    m->stack_len = old->stack_len;
  }
  st_buf_add(&m->info, old->info.data, old->info.len);
  return ok && !m->info.failed ? STANCE_OK : st_fail_memory(err, "updating");
}

/* Gold labels in the model's numbering. */
static stance_status read_labels(updating *u, stance_error *err) {
  const stance_dataset *data = u->data;
  bool any = false;
  for (size_t h = 0; h < u->old->heads; h++) {
    const st_data_head *d = st_matching_head(u->old, h, data);
    if (!d) continue;
    any = true;
    u->gold[h] = st_realloc_array(NULL, data->rows + ST_MAX_LABELS, sizeof *u->gold[h]);
    if (!u->gold[h]) return st_fail_memory(err, "updating");
    ST_TRY(st_translate_labels(&u->old->head[h], d, data->rows, u->gold[h], err));
    for (size_t k = 0; k < ST_MAX_LABELS; k++)
      u->gold[h][data->rows + k] = !u->n_old && k < u->old->head[h].labels ? (int32_t)k : -1;
  }
  if (!any)
    return st_fail(err, STANCE_ERR_DATA, "the data has no label column '%s'", u->old->head[0].name);
  u->row_weight = st_calloc(data->rows + ST_MAX_LABELS, sizeof *u->row_weight);
  if (!u->row_weight) return st_fail_memory(err, "updating");
  for (size_t i = 0; i < data->rows; i++) u->row_weight[i] = data->row[i].weight;
  return STANCE_OK;
}

/* A column for every bucket of the old model and for the new rows' own. */
static stance_status prepare(updating *u, stance_error *err) {
  const stance_model *old = u->old;
  u->wanted = st_realloc_array(NULL, old->rows, sizeof *u->wanted);
  if (!u->wanted) return st_fail_memory(err, "updating");
  size_t n = 0;
  for (size_t w = 0; w < (size_t)1 << old->recipe.bits >> 6; w++)
    for (uint64_t bits = old->active[w]; bits; bits &= bits - 1)
      u->wanted[n++] = (uint32_t)(w << 6) + (uint32_t)__builtin_ctzll(bits);
  ST_TRY(st_prepare(u->data, &old->recipe, old->lex, (uint32_t)u->o->min_count, u->wanted, n,
                    u->o->threads, &u->prepared, err));
  size_t rows = u->data->rows, all = rows + ST_MAX_LABELS;
  u->row_start = st_realloc_array(NULL, all + 1, sizeof *u->row_start);
  u->row_scale = st_calloc(all, sizeof *u->row_scale);
  if (!u->row_start || !u->row_scale) return st_fail_memory(err, "updating");
  for (size_t i = 0; i <= all; i++) u->row_start[i] = u->prepared.row_start[i < rows ? i : rows];
  memcpy(u->row_scale, u->prepared.row_scale, rows * sizeof *u->row_scale);
  u->matrix = u->prepared.matrix;
  u->matrix.rows = all;
  u->matrix.row_start = u->row_start;
  u->matrix.row_scale = u->row_scale;
  return STANCE_OK;
}

/* Weights of the empty rows of a head: for them alone the old bias is the answer. The softmax's is
 * the logarithm of the labels' shares; a squared hinge's is 2 share - 1, and shift[k] what is left.
 */
static void weigh_anchors(updating *u, const st_head *head, const float *class_weight,
                          float *shift) {
  const float *bias = u->old->bias + head->first;
  float share[ST_MAX_LABELS], sum = 0;
  if (head->loss) {
    for (size_t k = 0; k < head->labels; k++) sum += share[k] = fmaxf(1e-3f, (1 + bias[k]) / 2);
    for (size_t k = 0; k < head->labels; k++) share[k] /= sum;
  } else {
    st_softmax(bias, head->labels, 1, share);
  }
  for (size_t k = 0; k < head->labels; k++) {
    u->row_weight[u->data->rows + k] =
        fmaxf(ANCHOR * (float)u->data->rows * share[k] / class_weight[k], 1e-6f);
    shift[k] = head->loss ? bias[k] - (2 * share[k] - 1) : 0;
  }
}

static stance_status make_folds(updating *u, stance_error *err) {
  size_t rows = u->data->rows;
  if (!u->o->folds || rows < FEW) return STANCE_OK;
  int32_t *group = st_realloc_array(NULL, rows, sizeof *group);
  u->fold = st_calloc(rows, 1);
  for (size_t i = 0; group && i < rows; i++) group[i] = u->data->row[i].doc;
  u->folds = u->o->folds;
  stance_status status = group && u->fold ? st_folds(group, rows, u->folds, 1, u->fold, err)
                                          : st_fail_memory(err, "updating");
  free(group);
  return status;
}

/* The old weights of one head over the new columns. */
static stance_status old_weights(const updating *u, const st_head *head, st_weights *w,
                                 stance_error *err) {
  size_t cols = u->prepared.matrix.cols;
  *w = (st_weights){.cols = cols, .classes = head->labels};
  w->sparse = st_calloc(cols * head->labels, sizeof *w->sparse);
  w->bias = st_calloc(head->labels, sizeof *w->bias);
  if (!w->sparse || !w->bias) return st_fail_memory(err, "updating");
  for (size_t j = 0; j < cols; j++) {
    int64_t row = st_model_row(u->old, u->prepared.bucket[j]);
    for (size_t k = 0; row >= 0 && k < head->labels; k++)
      w->sparse[j * head->labels + k] = st_model_weight(u->old, (size_t)row, head->first + k);
  }
  memcpy(w->bias, u->old->bias + head->first, head->labels * sizeof *w->bias);
  return STANCE_OK;
}

/* Rows that the old model had learnt from, by its own account. */
static double rows_learnt(const stance_model *m) {
  double sum = 0;
  for (const char *p = m->info.data, *end = p + m->info.len; p && p < end;) {
    const char *stop = memchr(p, '\n', (size_t)(end - p));
    if (!stop) stop = end;
    if (stop - p > 5 && !memcmp(p, "data\t", 5))
      for (const char *q = stop; --q > p;)
        if (q[0] == ':' && q[1] == ' ') {
          double n = strtod(q + 2, NULL);
          if (n > 0) sum += n;
          break;
        }
    p = stop + 1;
  }
  return sum;
}

/* scale[j] = 1 / sqrt(lambda_j), where lambda is the diagonal of the old problem's Hessian
 * (Laplace), lambda_j = 1 + C * sum over the old rows of x_ij^2 v_i,    v_i = mean of p (1 - p),
 * guessed from the new rows, times old rows per new row. A feature's first row does not count: what
 * only one new row has was probably rare before. */
static stance_status weigh_columns(const updating *u, const st_head *head, float *scale,
                                   stance_error *err) {
  const st_matrix *x = &u->prepared.matrix;
  uint32_t *count = st_calloc(x->cols, sizeof *count);
  if (!count) return st_fail_memory(err, "updating");
  memset(scale, 0, x->cols * sizeof *scale);
  for (size_t i = 0; i < x->rows; i++) {
    float p[ST_MAX_LABELS], v = 0, r = x->row_scale[i];
    st_probabilities(head, u->before + i * u->old->columns + head->first, p);
    for (size_t k = 0; k < head->labels; k++) v += p[k] * (1 - p[k]) / (float)head->labels;
    for (uint64_t e = x->row_start[i]; e < x->row_start[i + 1]; e++) {
      scale[x->col[e]] += r * r * v;
      count[x->col[e]]++;
    }
  }
  double ratio = rows_learnt(u->old) / (double)x->rows * u->o->C;
  for (size_t j = 0; j < x->cols; j++) {
    double known = count[j] ? (double)(count[j] - 1) / count[j] : 0;
    scale[j] = (float)(1 / sqrt(1 + ratio * known * (double)scale[j]));
  }
  free(count);
  return STANCE_OK;
}

static void multiply(float *weights, const float *scale, size_t cols, size_t labels, bool inverse) {
  for (size_t j = 0; j < cols; j++)
    for (size_t k = 0; k < labels; k++)
      weights[j * labels + k] =
          inverse ? weights[j * labels + k] / scale[j] : weights[j * labels + k] * scale[j];
}

/* Trains without each fold in turn and keeps that fold's margins in u->unseen. */
static stance_status leave_out(updating *u, size_t h, const st_fit_params *params,
                               const st_weights *start, const float *shift, stance_error *err) {
  const st_head *head = &u->old->head[h];
  size_t rows = u->data->rows, labels = head->labels, anchored = u->matrix.rows;
  int32_t *part = st_realloc_array(NULL, anchored, sizeof *part);
  float *all = st_realloc_array(NULL, anchored * labels, sizeof *all);
  stance_status status = part && all ? STANCE_OK : st_fail_memory(err, "updating");
  for (int f = 0; status == STANCE_OK && f < u->folds && !u->stopped; f++) {
    st_weights w = {0};
    st_train_report report;
    for (size_t i = 0; i < anchored; i++)
      part[i] = i < rows && u->fold[i] == f ? -1 : u->gold[h][i];
    status = st_fit(&u->matrix, part, labels, params, start, &w, &report, err);
    if (status != STANCE_OK) break;
    for (size_t k = 0; k < labels; k++) w.bias[k] += shift[k];
    st_linear_margins(&u->matrix, &w, part, u->o->threads, all);
    for (size_t i = 0; status == STANCE_OK && i < rows; i++)
      if (u->fold[i] == f)
        memcpy(u->unseen + i * u->old->columns + head->first, all + i * labels,
               labels * sizeof *all);
    st_weights_free(&w);
  }
  free(part);
  free(all);
  return status;
}

static stance_status learn_head(updating *u, size_t h, float *weights, char *warning,
                                stance_error *err) {
  st_head *head = &u->model->head[h];
  size_t labels = head->labels, columns = u->old->columns, cols = u->prepared.matrix.cols;
  st_weights start = {0}, w = {0};
  st_train_report report = {0};
  float class_weight[ST_MAX_LABELS], shift[ST_MAX_LABELS] = {0};
  stance_status status = old_weights(u, head, &start, err);
  const st_data_head *d = st_matching_head(u->old, h, u->data);
  for (size_t k = 0; k < labels; k++) class_weight[k] = 1;
  if (status == STANCE_OK && d && d->labels == labels)
    status = st_class_weights(d, u->data->rows, u->o->class_weight, class_weight, err);
  float *scale = NULL;
  if (status == STANCE_OK && !u->n_old && u->gold[h]) {
    weigh_anchors(u, head, class_weight, shift);
    scale = st_realloc_array(NULL, cols, sizeof *scale);
    status = scale ? weigh_columns(u, head, scale, err) : st_fail_memory(err, "updating");
    if (status == STANCE_OK) multiply(start.sparse, scale, cols, labels, true);
    u->matrix.col_scale = scale;
  }
  st_fit_params params = {.solver = {.loss = head->loss ? ST_LOSS_SVM : ST_LOSS_LOGISTIC,
                                     .C = u->o->C,
                                     .class_weight = class_weight,
                                     .row_weight = u->row_weight,
                                     .prior = u->n_old ? NULL : start.sparse,
                                     .tolerance = u->o->tolerance / (u->n_old ? 1 : ANCHOR),
                                     .max_iterations = u->o->max_iterations,
                                     .threads = u->o->threads,
                                     .progress = progress,
                                     .progress_ctx = u},
                          .nb = u->n_old ? (float)u->o->nb : 0,
                          .nb_prior = u->n_old ? (float)u->o->nb_prior : 0};
  if (status == STANCE_OK && u->gold[h]) {
    status = st_fit(&u->matrix, u->gold[h], labels, &params, &start, &w, &report, err);
    if (status == STANCE_OK && !report.converged && !report.interrupted && warning)
      snprintf(warning, 256,
               "'%s' did not converge in %d iterations: use --max-iterations or a smaller -C",
               head->name, report.iterations);
    if (status == STANCE_OK && u->folds) status = leave_out(u, h, &params, &start, shift, err);
    for (size_t k = 0; status == STANCE_OK && k < labels; k++) w.bias[k] += shift[k];
  }
  const st_weights *result = u->gold[h] ? &w : &start;
  if (status == STANCE_OK && scale) multiply(w.sparse, scale, cols, labels, false);
  u->matrix.col_scale = NULL;
  free(scale);
  for (size_t j = 0; status == STANCE_OK && j < cols; j++)
    memcpy(weights + j * columns + head->first, result->sparse + j * labels,
           labels * sizeof *weights);
  if (status == STANCE_OK)
    memcpy(u->model->bias + head->first, result->bias, labels * sizeof *result->bias);
  st_weights_free(&start);
  st_weights_free(&w);
  return status;
}

/* u->unseen through the second pass, then, where old rows are there, calibration to it. */
static stance_status calibrate(updating *u, stance_error *err) {
  size_t rows = u->data->rows, columns = u->old->columns;
  st_work work = {0};
  stance_status status = STANCE_OK;
  for (size_t i = 0, end; u->model->stack && status == STANCE_OK && i < rows; i = end) {
    end = st_block_end(u->data, i);
    status = st_stack_apply(u->model, u->unseen + i * columns, end - i, &work, err);
  }
  st_work_free(&work);
  for (size_t h = 0; status == STANCE_OK && (u->n_old || rows >= ENOUGH) && h < u->old->heads; h++) {
    st_head *head = &u->model->head[h];
    if (!u->gold[h]) continue;
    float *probability = NULL,
          *margins = st_realloc_array(NULL, rows * head->labels, sizeof *margins);
    st_head_data d = {.labels = head->labels,
                      .gold = u->gold[h],
                      .row_weight = u->row_weight,
                      .margins = margins};
    if (!margins) status = st_fail_memory(err, "updating");
    for (size_t i = 0; margins && i < rows; i++)
      memcpy(margins + i * head->labels, u->unseen + i * columns + head->first,
             head->labels * sizeof *margins);
    if (status == STANCE_OK) status = st_calibrate(head, &d, rows, &probability, err);
    free(margins);
    free(probability);
  }
  return status;
}

/* Macro-F1 (over labels that occur) and accuracy of margins on rows [from, to). */
static size_t figures(const updating *u, const st_head *head, const int32_t *gold,
                      const float *margins, size_t from, size_t to, double *f1, double *accuracy) {
  size_t given[ST_MAX_LABELS] = {0}, found[ST_MAX_LABELS] = {0}, right[ST_MAX_LABELS] = {0}, n = 0,
         all = 0, present = 0;
  float p[ST_MAX_LABELS];
  for (size_t i = from; i < to; i++) {
    if (gold[i] < 0) continue;
    st_probabilities(head, margins + i * u->old->columns + head->first, p);
    size_t k = (size_t)st_choose(head, 0, p);
    n++;
    given[gold[i]]++;
    found[k]++;
    right[k] += k == (size_t)gold[i];
  }
  *f1 = 0;
  for (size_t k = 0; k < head->labels; k++) {
    all += right[k];
    if (!given[k] && !found[k]) continue;
    *f1 += 2.0 * (double)right[k] / (double)(given[k] + found[k]);
    present++;
  }
  *f1 = present ? *f1 / (double)present : (double)NAN;
  *accuracy = n ? (double)all / (double)n : (double)NAN;
  return n;
}

static void put_figure(st_buf *b, double v) {
  st_buf_puts(b, "   ");
  if (isnan(v))
    st_buf_puts(b, "     -");
  else
    st_buf_fixed(b, v, 4);
}

static stance_status report(updating *u, char *warning, stance_error *err) {
  st_buf b = {0};
  st_buf_printf(&b, "update of %s: %zu new rows, %zu old rows\n\n", u->old->name,
                u->data->rows - u->n_old, u->n_old);
  st_buf_puts(&b, "                               macro-F1           accuracy\n"
                  "                       rows    before    after    before    after\n");
  for (size_t h = 0; h < u->old->heads; h++) {
    if (!u->gold[h]) continue;
    for (int fresh = 1; fresh >= 0; fresh--) {
      size_t from = fresh ? u->n_old : 0, to = fresh ? u->data->rows : u->n_old;
      double f1[2] = {0}, accuracy[2];
      const float *after = fresh ? u->folds ? u->unseen : NULL : u->after;
      size_t n =
          figures(u, &u->old->head[h], u->gold[h], u->before, from, to, &f1[0], &accuracy[0]);
      f1[1] = accuracy[1] = (double)NAN;
      if (!n) continue;
      if (after && !u->stopped)
        figures(u, &u->model->head[h], u->gold[h], after, from, to, &f1[1], &accuracy[1]);
      st_buf_printf(&b, "%-12.40s %s rows  %6zu", u->old->head[h].name, fresh ? "new" : "old", n);
      put_figure(&b, f1[0]);
      put_figure(&b, f1[1]);
      put_figure(&b, accuracy[0]);
      put_figure(&b, accuracy[1]);
      st_buf_putc(&b, '\n');
      if (!fresh && f1[1] < f1[0] - 0.005 && warning && !*warning)
        snprintf(warning, 256, "the old rows' macro-F1 of '%s' fell from %.4f to %.4f",
                 u->old->head[h].name, f1[0], f1[1]);
    }
  }
  st_buf_puts(&b, u->folds ? "\nnew rows, after: by models that had not seen them\n"
                           : "\nnew rows, after: too few rows, or no folds, to say\n");
  if (!u->n_old)
    st_buf_puts(&b, "no old rows were given: what the model may have forgotten was not measured\n");
  stance_status status = b.failed ? st_fail_memory(err, "updating") : STANCE_OK;
  if (status == STANCE_OK && u->o->figures)
    status = u->o->figures(u->o->figures_ctx, b.data, b.len, err);
  st_buf_free(&b);
  return status;
}

static void describe(updating *u) {
  char text[512];
  snprintf(text, sizeof text, "from %.200s with %zu new and %zu old rows, C %g", u->old->name,
           u->data->rows - u->n_old, u->n_old, u->o->C);
  st_model_set_info(u->model, "update", text);
  for (size_t i = 0; i < u->data->sources; i++) {
    const st_data_source *s = &u->data->source[i];
    snprintf(text, sizeof text, "%.200s: %llu rows, %llu bytes, xxh3 %016llx", s->name,
             (unsigned long long)s->rows, (unsigned long long)s->bytes,
             (unsigned long long)s->hash);
    st_model_set_info(u->model, "data", text);
  }
}

static stance_status fill(updating *u, char *warning, stance_error *err) {
  stance_model *m = u->model;
  size_t rows = u->data->rows, columns = u->old->columns,
         words = (size_t)1 << u->old->recipe.bits >> 6;
  ST_TRY(copy_model(u, err));
  ST_TRY(read_labels(u, err));
  ST_TRY(prepare(u, err));
  ST_TRY(make_folds(u, err));
  size_t cols = u->prepared.matrix.cols;
  uint64_t *active = m->owned[0] = st_calloc(words, sizeof *active);
  float *weights = m->owned[1] = st_calloc(cols * columns, sizeof *weights);
  u->before = st_calloc(rows * columns, sizeof *u->before);
  u->unseen = st_calloc(rows * columns, sizeof *u->unseen);
  u->after = st_calloc(rows * columns, sizeof *u->after);
  if (!active || !weights || !u->before || !u->unseen || !u->after)
    return st_fail_memory(err, "updating");
  for (size_t j = 0; j < cols; j++)
    active[u->prepared.bucket[j] >> 6] |= (uint64_t)1 << (u->prepared.bucket[j] & 63);
  m->active = active;
  m->weights = weights;
  ST_TRY(st_score_rows(u->old, u->data, u->o->threads, u->before, err));
  for (size_t h = 0; h < m->heads; h++) ST_TRY(learn_head(u, h, weights, warning, err));
  if (u->folds && !u->stopped) ST_TRY(calibrate(u, err));
  describe(u);
  ST_TRY(st_model_finish(m, err));
  if (u->old->weight_type == ST_WEIGHT_I8 || u->o->quantize || u->o->max_size)
    ST_TRY(st_compress(m, u->o->max_size, u->n_old ? &u->prepared : NULL, err));
  ST_TRY(st_score_rows(m, u->data, u->o->threads, u->after, err));
  return report(u, warning, err);
}

stance_status stance_update(const stance_model *old, const stance_dataset *data, size_t old_rows,
                            const stance_train_options *options, stance_model **out, char *warning,
                            stance_error *err) {
  *out = NULL;
  if (warning) *warning = 0;
  if (!(options->C > 0) || options->min_count < 1 || options->folds == 1 || options->folds < 0 ||
      options->folds > 255)
    return st_fail(err, STANCE_ERR_USAGE,
                   "C must be above 0, min-count 1 or more, folds 0 or from 2 to 255");
  if (old_rows >= data->rows) return st_fail(err, STANCE_ERR_DATA, "no new rows to learn from");
  updating u = {.old = old, .data = data, .n_old = old_rows, .o = options, .model = st_model_new()};
  stance_status status = u.model ? fill(&u, warning, err) : st_fail_memory(err, "updating");
  st_prepared_free(&u.prepared);
  for (size_t h = 0; h < ST_MAX_HEADS; h++) free(u.gold[h]);
  free(u.wanted);
  free(u.row_start);
  free(u.row_scale);
  free(u.fold);
  free(u.before);
  free(u.unseen);
  free(u.after);
  free(u.row_weight);
  if (status != STANCE_OK)
    stance_model_free(u.model);
  else
    *out = u.model;
  return status;
}
