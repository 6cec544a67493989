/* linear.h: linear classifiers over sparse rows. Knows numbers, no text.
 *
 *     matrix   rows, binary and sparse, with scales, and an optional dense block
 *     train    multinomial logistic regression and one-vs-rest squared-hinge SVM, L2
 *     calibrate, metrics
 */
#ifndef STANCE_LINEAR_H
#define STANCE_LINEAR_H

#include "core/core.h"

/* The design matrix, never copied by the solvers. Entry (i, j) of the sparse part is
 *     row_scale[i] * col_scale[j]   where column j is listed in row i, else 0:
 * features are binary, so that a nonzero costs 4 bytes; length normalisation is the row's scale,
 * naive-Bayes and namespace weights are the column's. Columns ascend within a row, without
 * repetition. The bias is not a column. */
typedef struct st_matrix {
  size_t rows, cols;
  const uint64_t *row_start; /* [rows + 1] */
  const uint32_t *col;       /* [row_start[rows]] */
  const float *row_scale;    /* [rows], NULL: 1 */
  const float *col_scale;    /* [cols], NULL: 1 */
  size_t dense_cols;
  const float *dense; /* [rows][dense_cols], NULL when dense_cols is 0 */
} st_matrix;

typedef enum st_loss {
  ST_LOSS_LOGISTIC,
  ST_LOSS_SVM
} st_loss; /* softmax; squared hinge, one-vs-rest */
typedef enum st_solver { ST_SOLVER_AUTO, ST_SOLVER_LBFGS, ST_SOLVER_TRON } st_solver;

/* Called once an iteration; return false to stop after this step (the weights so far are kept). */
typedef bool (*st_linear_progress)(void *ctx, int iteration, double objective,
                                   double gradient_norm);

typedef struct st_train_params {
  st_loss loss;
  st_solver solver;
  double C;                  /* min  1/2 |W - W0|^2 + C * sum_i weight_i * loss_i(W), bias free;
                              * weight_i = class_weight[label_i] * row_weight_i */
  const float *class_weight; /* [classes], NULL: 1 */
  const float *row_weight;   /* [rows], NULL: 1 */
  double
      dense_penalty;  /* the dense block's share of the L2 term is multiplied by this; 0 means 1 */
  const float *prior; /* W0 [cols + dense_cols][classes] in the units of the result, NULL: 0 */
  double tolerance;   /* stop when |g| <= tolerance * |gradient of the losses at W = 0|; 0: 1e-3 */
  int max_iterations; /* 0: 300 */
  int threads;        /* the result does not depend on it */
  st_linear_progress progress;
  void *progress_ctx;
} st_train_params;

/* W: margin of class k for row i is bias[k] + sum_j x_ij W[j][k]. Scales are already applied to x.
 */
typedef struct st_weights {
  size_t cols, dense_cols, classes;
  float *sparse; /* [cols][classes], owned */
  float *dense;  /* [dense_cols][classes], owned */
  float *bias;   /* [classes], owned */
} st_weights;

typedef struct st_train_report {
  int iterations;
  double objective, gradient_norm, start_norm;
  bool converged, interrupted;
} st_train_report;

/* Trains on the rows with label[i] >= 0 (others are left out, at no copy). When init is not NULL
 * it is the starting point (warm start). Deterministic: the same input gives the same bits with any
 * number of threads. Two classes are one vector w, as in liblinear, with which the results agree:
 * min 1/2 |w|^2 + C sum loss(+-m), m = w . x + b; then W[.][1] = -W[.][0] = w / 2 for the softmax
 * (w is the difference of the margins) and w for the SVM (W - W0 in the same sense).
 * For more, row i's hinge terms of all K one-vs-rest problems have its weight.
 * A transposed copy of the rows in use is made for the time of training, 2 bytes a nonzero (4 with
 * more than 65,536 rows), but none when there are more rows than columns.
 * Errors: USAGE (parameters), DATA (fewer than two classes seen), MEMORY. */
stance_status st_linear_train(const st_matrix *x, const int32_t *label, size_t classes,
                              const st_train_params *params, const st_weights *init,
                              st_weights *out, st_train_report *report, stance_error *err);
void st_weights_free(st_weights *w);

/* margins[rows][classes] of all rows, or, where `trained` [rows] is not NULL, of those with a negative
 * label there: the rows that training with these labels left out. The others' are left as they are. */
void st_linear_margins(const st_matrix *x, const st_weights *w, const int32_t *trained, int threads,
                       float *margins);

/* Softmax of margins / temperature, in place-safe. */
void st_softmax(const float *margins, size_t classes, float temperature, float *probability);

/* ---- nb.c ---- */

/* Column scales from naive-Bayes log-count ratios (Wang & Manning 2012), from the rows with
 * label >= 0 and the sparse part's zeros and ones. With p_kj = (alpha + rows of class k that have
 * column j) / (their sum over j), and q_kj the same of all other classes together,
 *     col_scale[j] = max_k |log p_kj / q_kj|.
 * For two classes this is the paper's |r_j|: the sign does not matter to an L2-regularised learner.
 * For more, the scales must serve all classes at once, because x is shared: the largest ratio keeps
 * a column that marks one class only, where a mean would fade it. Multiply by your own scales. */
stance_status st_nb_scale(const st_matrix *x, const int32_t *label, size_t classes, float alpha,
                          float *col_scale, stance_error *err);
/* The ratios themselves, log p_kj / q_kj, and their largest by column as above. */
stance_status st_nb_ratios(const st_matrix *x, const int32_t *label, size_t classes, float alpha,
                           float *ratio /* [cols][classes] */, stance_error *err);
void st_nb_largest(const float *ratio, size_t cols, size_t classes, float *col_scale);

/* ---- folds.c ---- */

/* fold[i] in [0, k), k in 2..255: whole groups (documents) to folds of about equal numbers of rows.
 * Depends on the seed, the group ids and their sizes, not on the order of rows. NULL group: each
 * row its own. */
stance_status st_folds(const int32_t *group, size_t rows, int k, uint64_t seed, uint8_t *fold,
                       stance_error *err);

/* ---- calibrate.c ---- */

/* Temperature T > 0 that minimises the log loss of softmax(margins / T) (Guo et al. 2017, eq. 9).
 */
float st_fit_temperature(const float *margins, const int32_t *label, size_t rows, size_t classes);
/* Platt's sigmoid 1 / (1 + exp(a m + b)) for one margin (Lin, Lin & Weng 2007, algorithm 1). */
void st_fit_platt(const float *margin, const int32_t *positive, size_t rows, float *a, float *b);
/* Per-label offsets, added to the log-probabilities before the argmax, that maximise macro-F1 on
 * these rows by coordinate ascent; offsets[0] stays 0. */
void st_fit_offsets(const float *probability, const int32_t *label, size_t rows, size_t classes,
                    float *offsets);

/* ---- metrics.c ---- */

typedef struct st_class_score {
  double precision, recall, f1;
  uint64_t support, predicted, correct;
} st_class_score;

typedef struct st_scores {
  size_t classes;
  uint64_t rows;
  st_class_score *label; /* [classes], owned */
  uint64_t *confusion;   /* [classes gold][classes predicted], owned */
  double macro_f1, accuracy, log_loss;
  double ece;                         /* 15 equal-width bins of confidence */
  double macro_f1_low, macro_f1_high; /* 95 % bootstrap over groups */
  double accuracy_low, accuracy_high;
  struct st_bin {
    uint64_t rows;
    double confidence, accuracy;
  } bin[15];                   /* reliability table */
  double coverage_accuracy[5]; /* at 100, 90, 80, 70, 50 % coverage */
} st_scores;

/* Scores rows with label >= 0. `predicted` may differ from the argmax of probability. group[i] (the
 * document) is resampled whole; NULL: each row its own. resamples 0: no intervals. The random
 * numbers are a fixed sequence. */
stance_status st_score(const float *probability, const int32_t *predicted, const int32_t *label,
                       const int32_t *group, size_t rows, size_t classes, int resamples,
                       st_scores *out, stance_error *err);
void st_scores_free(st_scores *s);
/* Area under the ROC curve of score for positive (1) against the rest (0); ties count half. */
double st_auc(const float *score, const int32_t *positive, size_t rows);

#endif
