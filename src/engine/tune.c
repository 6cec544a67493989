/* tune.c: the search for settings, by cross-validation over documents.
 *
 *     1  learners   losses x naive-Bayes scaling and prior x two costs, on the features as given
 *     2  features   longer n-grams, none or some of characters, with the best learner
 *     3  detail     the best of these with other costs, priors and class weights
 *
 * The grid is the same for every data set. Of five folds of whole documents the first two rounds
 * look at three, the last at all. Each fold is trained warm from the cost before it; folds (and
 * heads) run side by side. More than SAMPLE rows: whole documents are drawn up to that number. What
 * counts is macro-F1 after calibration, as in the model that will be made, averaged over heads and
 * folds; offsets for macro-F1 are fitted on the folds' margins together, a handful of numbers. */
#include "engine/training.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  FOLDS = 5,
  ROUGH = 3,
  SAMPLE = 20000,
  MOST = 32,
  FEATURES = 5,
  MAX_JOBS = FOLDS * ST_MAX_HEADS
};

static const char *const variants[FEATURES] = {"", "+word=1-3", "+word=1-3,+char=3-6", "-char",
                                               "+char=3-5"};

typedef struct {
  int features; /* index of variants */
  bool svm;
  double C, nb, prior;
  const char *weight; /* class weights, NULL: none */
  int folds;          /* evaluated */
  double mean, deviation;
} setting;

typedef struct {
  stance_status status;
  stance_error error;
  st_weights w;   /* of the setting before, for a warm start */
  float *margins; /* [rows][labels of the head], rows of the fold */
} job;

typedef struct {
  const stance_train_options *o;
  stance_dataset data; /* rows and heads' gold are our own, the rest is the caller's */
  st_recipe given, recipe;
  st_lexicon *lex;
  st_prepared prepared;
  st_vectors vectors;
  int prepared_for; /* features now in `prepared`, -1: none */
  uint8_t *fold;
  int32_t *gold[ST_MAX_HEADS];
  float *row_weight;
  setting tried[MOST];
  size_t n;
  size_t planned;
  job jobs[MAX_JOBS];
  setting last; /* the one that the jobs' weights belong to */
  bool stopped;
} tuner;

static const double HARDLY = 0.0005;

/* At most SAMPLE rows of the data, whole documents. */
static stance_status take_rows(tuner *t, const stance_dataset *data, stance_error *err) {
  size_t n = data->rows;
  int parts = (int)((n + SAMPLE - 1) / SAMPLE);
  if (parts > 255) parts = 255;
  t->data = *data;
  t->data.row = st_realloc_array(NULL, n, sizeof *data->row);
  t->data.head = st_calloc(data->heads, sizeof *data->head);
  int32_t *group = st_realloc_array(NULL, n, sizeof *group);
  uint8_t *part = st_calloc(n, 1);
  bool ok = t->data.row && t->data.head && group && part;
  for (size_t i = 0; ok && i < n; i++) group[i] = data->row[i].doc;
  stance_status status = ok ? STANCE_OK : st_fail_memory(err, "tuning");
  if (status == STANCE_OK && parts > 1) status = st_folds(group, n, parts, 2, part, err);
  t->data.rows = 0;
  for (size_t h = 0; status == STANCE_OK && h < data->heads; h++) {
    t->data.head[h] = data->head[h];
    t->data.head[h].gold = st_realloc_array(NULL, n, sizeof *data->head[h].gold);
    if (!t->data.head[h].gold) status = st_fail_memory(err, "tuning");
  }
  for (size_t i = 0; status == STANCE_OK && i < n; i++) {
    if (part[i]) continue;
    for (size_t h = 0; h < data->heads; h++)
      t->data.head[h].gold[t->data.rows] = data->head[h].gold[i];
    t->data.row[t->data.rows++] = data->row[i];
  }
  free(group);
  free(part);
  return status;
}

static stance_status make_folds(tuner *t, stance_error *err) {
  size_t rows = t->data.rows;
  int32_t *group = st_realloc_array(NULL, rows, sizeof *group);
  t->fold = st_calloc(rows, 1);
  t->row_weight = st_realloc_array(NULL, rows, sizeof *t->row_weight);
  bool ok = group && t->fold && t->row_weight;
  for (size_t h = 0; h < t->data.heads; h++)
    ok = (t->gold[h] = st_realloc_array(NULL, rows, sizeof *t->gold[h])) && ok;
  for (size_t i = 0; ok && i < rows; i++) {
    group[i] = t->data.row[i].doc;
    t->row_weight[i] = t->data.row[i].weight;
    for (size_t h = 0; h < t->data.heads; h++) t->gold[h][i] = t->data.head[h].gold[i];
  }
  stance_status status =
      ok ? st_folds(group, rows, FOLDS, 1, t->fold, err) : st_fail_memory(err, "tuning");
  free(group);
  return status;
}

static void forget_weights(tuner *t) {
  for (size_t j = 0; j < MAX_JOBS; j++) st_weights_free(&t->jobs[j].w);
}

static stance_status set_features(tuner *t, int features, stance_error *err) {
  if (t->prepared_for == features) return STANCE_OK;
  t->prepared_for = -1;
  st_prepared_free(&t->prepared);
  st_vectors_free(&t->vectors);
  t->recipe = t->given;
  if (*variants[features]) ST_TRY(st_recipe_parse(&t->recipe, variants[features], err));
  if (t->o->vectors) ST_TRY(st_vectors_read(t->o->vectors, &t->recipe, &t->vectors, err));
  ST_TRY(st_prepare(&t->data, &t->recipe, t->lex, (uint32_t)t->o->min_count, t->vectors.bucket,
                    t->vectors.words, t->o->threads, &t->prepared, err));
  if (t->o->vectors) ST_TRY(st_vectors_join(&t->vectors, &t->prepared, err));
  t->prepared_for = features;
  return STANCE_OK;
}

/* Trains one head without one fold and keeps that fold's margins. */
static void run_job(void *ctx, size_t index) {
  tuner *t = ctx;
  const setting *s = &t->tried[t->n];
  size_t heads = t->data.heads, h = index % heads, rows = t->data.rows,
         labels = t->data.head[h].labels;
  int fold = (int)(index / heads);
  job *j = &t->jobs[index];
  const st_matrix *x = &t->prepared.matrix;
  int32_t *part = st_realloc_array(NULL, rows, sizeof *part);
  float *all = st_realloc_array(NULL, rows * labels, sizeof *all);
  float class_weight[ST_MAX_LABELS];
  st_weights w = {0};
  st_train_report report;
  j->status = part && all
                  ? st_class_weights(&t->data.head[h], rows, s->weight, class_weight, &j->error)
                  : st_fail_memory(&j->error, "tuning");
  if (j->status == STANCE_OK) {
    for (size_t i = 0; i < rows; i++) part[i] = t->fold[i] == fold ? -1 : t->gold[h][i];
    st_fit_params params = {.solver = {.loss = s->svm ? ST_LOSS_SVM : ST_LOSS_LOGISTIC,
                                       .C = s->C,
                                       .class_weight = class_weight,
                                       .row_weight = t->row_weight,
                                       .tolerance = t->o->tolerance,
                                       .max_iterations = t->o->max_iterations,
                                       .threads = 1},
                            .nb = (float)s->nb,
                            .nb_prior = (float)s->prior};
    j->status =
        st_fit(x, part, labels, &params, j->w.sparse ? &j->w : NULL, &w, &report, &j->error);
  }
  if (j->status == STANCE_OK) {
    st_linear_margins(x, &w, part, 1, all);
    for (size_t i = 0; i < rows; i++)
      if (t->fold[i] == fold)
        memcpy(j->margins + i * labels, all + i * labels, labels * sizeof *all);
    st_weights_free(&j->w);
    j->w = w;
  }
  free(part);
  free(all);
}

/* Macro-F1 of one fold, over the labels it holds. */
static double fold_f1(const tuner *t, size_t h, int fold, const int32_t *gold,
                      const float *probability) {
  size_t labels = t->data.head[h].labels, found[ST_MAX_LABELS] = {0}, given[ST_MAX_LABELS] = {0},
         right[ST_MAX_LABELS] = {0}, present = 0;
  for (size_t i = 0; i < t->data.rows; i++) {
    if (t->fold[i] != fold || gold[i] < 0) continue;
    const float *p = probability + i * labels;
    size_t best = 0;
    for (size_t k = 1; k < labels; k++)
      if (p[k] > p[best]) best = k;
    found[best]++;
    given[gold[i]]++;
    right[best] += best == (size_t)gold[i];
  }
  double sum = 0;
  for (size_t k = 0; k < labels; k++) {
    if (!given[k]) continue;
    sum += 2.0 * (double)right[k] / (double)(found[k] + given[k]);
    present++;
  }
  return present ? sum / (double)present : 0;
}

/* f1[fold] += the head's, after calibration on the folds that were run. */
static stance_status judge_head(tuner *t, size_t h, const setting *s, double *f1,
                                stance_error *err) {
  size_t rows = t->data.rows, labels = t->data.head[h].labels;
  int32_t *gold = st_realloc_array(NULL, rows, sizeof *gold);
  float *margins = st_calloc(rows * labels, sizeof *margins), *probability = NULL;
  st_head head = {
      .labels = labels, .temperature = 1, .link = s->svm ? ST_LINK_PLATT : ST_LINK_SOFTMAX};
  stance_status status = gold && margins ? STANCE_OK : st_fail_memory(err, "tuning");
  bool full = false;
  for (size_t i = 0; i < rows; i++) full |= t->gold[h][i] >= 0 && t->row_weight[i] >= 1;
  for (size_t i = 0; status == STANCE_OK && i < rows; i++) {
    gold[i] = t->fold[i] < s->folds && !(full && t->row_weight[i] < 1) ? t->gold[h][i] : -1;
    size_t index = t->fold[i] * t->data.heads + h;
    if (t->fold[i] < s->folds)
      memcpy(margins + i * labels, t->jobs[index].margins + i * labels, labels * sizeof *margins);
  }
  if (status == STANCE_OK) {
    st_head_data d = {
        .labels = labels, .gold = gold, .row_weight = t->row_weight, .margins = margins};
    status = st_calibrate(&head, &d, rows, &probability, err);
  }
  for (int f = 0; status == STANCE_OK && f < s->folds; f++)
    f1[f] += fold_f1(t, h, f, gold, probability);
  free(gold);
  free(margins);
  free(probability);
  return status;
}

static bool same_path(const setting *a, const setting *b) {
  return a->features == b->features && a->svm == b->svm && a->nb == b->nb && a->prior == b->prior;
}

/* Tries one setting and appends it to the list. */
static stance_status try(tuner *t, setting s, stance_error *err) {
  if (t->stopped || t->n == MOST) return STANCE_OK;
  if (t->o->progress) {
    stance_progress p = {"tuning", t->n, t->planned, (double)NAN, (double)NAN};
    if (!t->o->progress(t->o->progress_ctx, &p) && t->n) {
      t->stopped = true;
      return STANCE_OK;
    }
  }
  ST_TRY(set_features(t, s.features, err));
  if (!t->n || !same_path(&s, &t->last)) forget_weights(t);
  t->tried[t->n] = s;
  size_t jobs = (size_t)s.folds * t->data.heads;
  st_parallel(jobs, t->o->threads, run_job, t);
  for (size_t j = 0; j < jobs; j++)
    if (t->jobs[j].status != STANCE_OK) {
      if (err) *err = t->jobs[j].error;
      return t->jobs[j].status;
    }
  double f1[FOLDS] = {0}, sum = 0, square = 0;
  for (size_t h = 0; h < t->data.heads; h++) ST_TRY(judge_head(t, h, &s, f1, err));
  for (int f = 0; f < s.folds; f++) sum += f1[f] /= (double)t->data.heads;
  s.mean = sum / s.folds;
  for (int f = 0; f < s.folds; f++) square += (f1[f] - s.mean) * (f1[f] - s.mean);
  s.deviation = sqrt(square / (s.folds - 1));
  t->last = t->tried[t->n++] = s;
  return STANCE_OK;
}

/* The best of those tried on so many folds; what is hardly better than an earlier one does not
 * count. */
static setting best(const tuner *t, int folds) {
  const setting *b = NULL;
  for (size_t i = 0; i < t->n; i++)
    if (t->tried[i].folds == folds && (!b || t->tried[i].mean > b->mean + HARDLY)) b = &t->tried[i];
  return b ? *b : t->tried[0];
}

/* The given features and, in round 2, what is changed in them; variants that change nothing are
 * left out. */
static bool changes_features(const tuner *t, int v) {
  bool chars = t->given.char_max > 0;
  st_recipe r = t->given;
  if (v == 2 && !chars) return false;
  return st_recipe_parse(&r, variants[v], NULL) == STANCE_OK &&
         memcmp(&r, &t->given, sizeof r) != 0;
}

static stance_status search(tuner *t, stance_error *err) {
  static const struct {
    bool svm;
    double nb, prior, low, high; /* low: 0 for one cost only */
  } learners[] = {{false, 0, 0, 1, 8},     {false, 1, 0.1, 1, 6},  {false, 1, 0.3, 0, 2},
                  {true, 0, 0, 0, 0.5},    {true, 1, 0, 0.1, 0.5}, {true, 1, 0.1, 0.1, 0.5},
                  {true, 0.1, 0.1, 0, 0.8}};
  const char *given = t->o->class_weight;
  t->planned = 24;
  for (size_t i = 0; i < sizeof learners / sizeof *learners; i++) {
    setting s = {.svm = learners[i].svm,
                 .nb = learners[i].nb,
                 .prior = learners[i].prior,
                 .weight = given,
                 .folds = ROUGH};
    for (int high = learners[i].low > 0 ? 0 : 1; high < 2; high++) {
      s.C = high ? learners[i].high : learners[i].low;
      ST_TRY(try(t, s, err));
    }
  }
  setting b = best(t, ROUGH);
  for (int v = 1; v < FEATURES; v++) {
    b.features = v;
    if (changes_features(t, v)) ST_TRY(try(t, b, err));
  }
  b = best(t, ROUGH);
  b.folds = FOLDS;
  static const double factors[] = {0.4, 1, 2.5};
  double centre = b.C;
  for (int i = 0; i < 3; i++) {
    b.C = centre * factors[i];
    ST_TRY(try(t, b, err));
  }
  b = best(t, FOLDS);
  setting s = b;
  static const double priors[] = {0, 0.05, 0.2, 0.5};
  for (int i = 0; i < 4; i++) {
    s.prior = priors[i];
    if (fabs(s.prior - b.prior) > 0.06) ST_TRY(try(t, s, err));
  }
  s = b = best(t, FOLDS);
  if (!given) {
    s.weight = "sqrt";
    ST_TRY(try(t, s, err));
    s.weight = "balanced";
    ST_TRY(try(t, s, err));
  }
  return STANCE_OK;
}

static void print_features(const tuner *t, int v, st_buf *b) {
  st_recipe r = t->given;
  if (*variants[v]) st_recipe_parse(&r, variants[v], NULL);
  st_recipe_print(&r, b);
}

static void print_table(const tuner *t, const setting *chosen, size_t rows, st_buf *b) {
  st_buf_printf(
      b, "tuning on %zu of %zu rows, %d folds of documents; rows of %d folds are a first look\n\n",
      t->data.rows, rows, FOLDS, ROUGH);
  st_buf_puts(b,
              "loss          C   nb  nb-prior  class-weight  macro-F1   +- sd  folds  features\n");
  for (size_t i = 0; i < t->n; i++) {
    const setting *s = &t->tried[i];
    st_buf_printf(b, "%-8s %6.4g %4.3g %9.3g  %-12.12s  ", s->svm ? "svm" : "logistic", s->C, s->nb,
                  s->prior, s->weight ? s->weight : "1");
    st_buf_puts(b, "  ");
    st_buf_fixed(b, s->mean, 4);
    st_buf_puts(b, "  ");
    st_buf_fixed(b, s->deviation, 4);
    st_buf_printf(b, "  %5d  %s\n", s->folds,
                  *variants[s->features] ? variants[s->features] : "as given");
  }
  st_buf_printf(b, "\nchosen: --loss %s -C %g --nb %g --nb-prior %g%s%s --features ",
                chosen->svm ? "svm" : "logistic", chosen->C, chosen->nb, chosen->prior,
                chosen->weight ? " --class-weight " : "", chosen->weight ? chosen->weight : "");
  print_features(t, chosen->features, b);
  st_buf_puts(b, "\nmacro-F1 ");
  st_buf_fixed(b, chosen->mean, 4);
  st_buf_puts(b, " +- ");
  st_buf_fixed(b, chosen->deviation, 4);
  st_buf_printf(b, " over %d folds%s\n\n", chosen->folds,
                t->stopped ? " (stopped before the end)" : "");
}

static void free_tuner(tuner *t) {
  for (size_t h = 0; h < t->data.heads; h++) {
    if (t->data.head) free(t->data.head[h].gold);
    free(t->gold[h]);
  }
  for (size_t j = 0; j < MAX_JOBS; j++) {
    st_weights_free(&t->jobs[j].w);
    free(t->jobs[j].margins);
  }
  free(t->data.head);
  free(t->data.row);
  st_lexicon_free(t->lex);
  st_prepared_free(&t->prepared);
  st_vectors_free(&t->vectors);
  free(t->fold);
  free(t->row_weight);
  free(t);
}

static stance_status run(tuner *t, const stance_dataset *data, stance_tuning *out,
                         stance_error *err) {
  const stance_train_options *o = t->o;
  ST_TRY(take_rows(t, data, err));
  ST_TRY(make_folds(t, err));
  st_recipe_default(&t->given, o->cues != NULL);
  t->given.bits = (uint8_t)o->bits;
  if (o->features) ST_TRY(st_recipe_parse(&t->given, o->features, err));
  if (o->cues) ST_TRY(st_lexicon_read(o->cues, &t->lex, err));
  for (size_t j = 0; j < FOLDS * t->data.heads; j++) {
    t->jobs[j].margins =
        st_calloc(t->data.rows * t->data.head[j % t->data.heads].labels, sizeof(float));
    if (!t->jobs[j].margins) return st_fail_memory(err, "tuning");
  }
  ST_TRY(search(t, err));
  setting chosen = best(t, FOLDS);
  if (chosen.folds != FOLDS) chosen = best(t, ROUGH);
  out->loss = chosen.svm ? "svm" : "logistic";
  out->C = chosen.C;
  out->nb = chosen.nb;
  out->nb_prior = chosen.prior;
  out->class_weight = chosen.weight;
  out->macro_f1 = chosen.mean;
  out->deviation = chosen.deviation;
  st_buf b = {0};
  print_features(t, chosen.features, &b);
  snprintf(out->features, sizeof out->features, "%s", b.failed ? "" : b.data);
  st_buf_clear(&b);
  print_table(t, &chosen, data->rows, &b);
  stance_status status = b.failed ? st_fail_memory(err, "tuning") : STANCE_OK;
  if (status == STANCE_OK && o->figures) status = o->figures(o->figures_ctx, b.data, b.len, err);
  st_buf_free(&b);
  return status;
}

stance_status stance_tune(const stance_dataset *data, const stance_train_options *options,
                          stance_tuning *out, stance_error *err) {
  *out = (stance_tuning){.loss = options->loss};
  ST_TRY(st_train_check(data, options, err));
  if (data->rows < 2 * FOLDS)
    return st_fail(err, STANCE_ERR_DATA, "too few rows to tune on: %zu", data->rows);
  tuner *t = calloc(1, sizeof *t);
  if (!t) return st_fail_memory(err, "tuning");
  t->o = options;
  t->prepared_for = -1;
  stance_status status = run(t, data, out, err);
  free_tuner(t);
  return status;
}

void stance_tuning_use(const stance_tuning *tuning, stance_train_options *options) {
  options->loss = tuning->loss;
  options->C = tuning->C;
  options->nb = tuning->nb;
  options->nb_prior = tuning->nb_prior;
  options->class_weight = tuning->class_weight;
  options->features = tuning->features;
}
