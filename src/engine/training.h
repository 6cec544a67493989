/* training.h: what the files of the trainer share.
 *
 *     train.c     the order of things        crossfit.c  margins of unseen rows, second pass,
 *     options.c   defaults and checks                    calibration
 *     vectors.c   word vectors as a dense block, folded into the word features' weights
 *     compress.c  fewer and smaller weights            fit.c   one training of one head
 *     dictionary.c  which n-grams a bucket stood for
 *     tune.c      the search for settings              update.c  learning on from a model
 *
 *     dataset ─▶ prepare ─▶ [vectors] ─▶ crossfit ─▶ calibration, second pass ─┐
 *                                └─────▶ all rows ─▶ weights ─▶ [compress] ─▶ model
 */
#ifndef STANCE_ENGINE_TRAINING_H
#define STANCE_ENGINE_TRAINING_H

#include "engine/engine.h"

/* ---- vectors.c ---- */

/* Word vectors (word2vec's text format) joined to the word features: a row's dense features are
 * scale * row_scale * sum of the vectors of its words, a linear map of its sparse features, so that
 * after training the dense weights fold into the sparse ones and the model pays nothing for them. */
typedef struct st_vectors {
  size_t words, size;
  uint32_t *bucket; /* [words], ascending, each once: of the word's 1-gram feature */
  float *value;     /* [words][size]: centred, of unit length, times scale */
  uint32_t *row_of; /* [columns of the matrix]: word + 1, or 0 */
  float *dense;     /* [rows][size] */
} st_vectors;

/* Errors: OPEN, READ, FORMAT (with the line), MEMORY. The recipe must have word 1-grams (USAGE). */
stance_status st_vectors_read(const char *path, const st_recipe *recipe, st_vectors *out,
                              stance_error *err);
/* Makes the dense block and hangs it on the matrix. */
stance_status st_vectors_join(st_vectors *v, st_prepared *p, stance_error *err);
/* Adds the folded dense weights to the sparse ones, w->sparse[cols][classes]. */
void st_vectors_fold(const st_vectors *v, size_t cols, st_weights *w);
void st_vectors_free(st_vectors *v);

/* ---- fit.c ---- */

typedef struct st_fit_params {
  st_train_params solver; /* prior is set by st_fit when nb_prior > 0 */
  float nb;               /* smoothing of naive-Bayes column scales; 0: none */
  float nb_prior;         /* the penalty's centre in naive Bayes' log-ratios; 0: at 0 */
} st_fit_params;

/* As st_linear_train; the weights are those of the unscaled features, also in init. */
stance_status st_fit(const st_matrix *x, const int32_t *label, size_t classes, const st_fit_params *f,
                     const st_weights *init, st_weights *out, st_train_report *report,
                     stance_error *err);

/* ---- train.c ---- */

/* Checks everything that is wrong with options and data before any work. */
stance_status st_train_check(const stance_dataset *data, const stance_train_options *o,
                             stance_error *err);
/* Weights of the labels: all 1, "balanced" (rows / (labels * rows of the label), as scikit-learn),
 * "sqrt" (its square root) or "label=w,...". */
stance_status st_class_weights(const st_data_head *d, size_t rows, const char *text, float *weight,
                               stance_error *err);

/* ---- crossfit.c ---- */

/* One head's training set. */
typedef struct st_head_data {
  size_t labels;
  int32_t *gold;     /* [rows], -1: none */
  float *row_weight; /* [rows] */
  float *margins;    /* [rows][labels]: of rows the weights had not seen, after st_crossfit() */
} st_head_data;

/* Trains once a fold (whole documents) and fills d->margins. Stops early, margins incomplete, when
 * *stopped becomes true. */
stance_status st_crossfit(const stance_dataset *data, const st_matrix *x, const uint8_t *fold,
                          int folds, const st_fit_params *params, const bool *stopped,
                          st_head_data *d, stance_error *err);

/* Trains the second pass on d->margins into stack[st_stack_size(labels)], and replaces d->margins by
 * its margins of unseen rows (the same folds). */
stance_status st_crossfit_stack(const stance_dataset *data, const uint8_t *fold, int folds,
                                int threads, st_head_data *d, float *stack, stance_error *err);

/* Fits link, temperature or sigmoids, and offsets to d->margins of the rows of weight 1 or more (all,
 * if none has): lighter rows are further from what the model will meet. Leaves probabilities in
 * *probability [rows][labels] (the caller frees). */
stance_status st_calibrate(st_head *head, const st_head_data *d, size_t rows, float **probability,
                           stance_error *err);

/* ---- dictionary.c ---- */

/* Fills m->words: what each active bucket stood for in the data. */
stance_status st_dictionary_make(stance_model *m, const stance_dataset *data, stance_error *err);

/* ---- compress.c ---- */

/* Makes weights 8-bit integers, one scale a column, and drops the lightest features until the file is
 * at most max_size bytes (0: no limit); rows, all that were trained on, say how much smaller
 * that makes a margin's divisor (NULL: only some are at hand, and it is left alone). Errors: USAGE when nothing would be left, MEMORY. */
stance_status st_compress(stance_model *m, size_t max_size, const st_prepared *rows, stance_error *err);

#endif
