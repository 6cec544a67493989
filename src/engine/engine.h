/* engine.h: the rooms joined: what the public functions of stance.h share.
 *
 *     score.c     one sentence: text -> tokens -> words -> scope -> features -> margins
 *     carry.c     whether a quotation runs on into the next sentence
 *     stack.c     margins of a block -> margins that know the neighbours
 *     decide.c    margins -> probabilities and label       explain.c  label -> evidence
 *     label.c     a block of sentences, labelled
 *     classify.c  a text                 filter.c    a stream of rows
 *     prepare.c   a dataset's rows -> the design matrix
 *     train.c     dataset -> model       evaluate.c  model against dataset
 *     mistakes.c  where they differ      inspect.c   heaviest features, two models side by side
 *     suggest.c   what to label next
 */
#ifndef STANCE_ENGINE_H
#define STANCE_ENGINE_H

#include "core/core.h"
#include "data/data.h"
#include "features/features.h"
#include "linear/linear.h"
#include "model/model.h"
#include "text/text.h"

/* ---- score.c ---- */

/* A feature that the model knows: its row of weights and the words it was made of. */
typedef struct st_active {
  uint32_t row;
  st_origin origin;
} st_active;

/* Whether a feature comes from words that are kept. */
static inline bool st_has_words(st_origin o, size_t words) {
  return o.first <= o.last && o.last < words;
}

/* Models of 8-bit weights and at most eight columns are summed eight lanes at a time; of these,
 * word sums are kept for evidence, of all others the active features. */
enum { ST_NARROW = 8 };
typedef int16_t st_lanes __attribute__((vector_size(16)));
static inline bool st_is_narrow(const stance_model *m) {
  return m->weight_type == ST_WEIGHT_I8 && m->columns <= ST_NARROW;
}

/* What one sentence came to. What is kept of it lies in the st_work it was scored with. */
typedef struct st_scored {
  size_t first_word, words;
  size_t first_active, actives;
  float norm; /* value of every feature: 1 / sqrt(actives) */
  st_scope scope;
  uint32_t source_start, source_end; /* bytes of the text; equal when no source is named */
} st_scored;

/* Working memory of one thread: filled sentence after sentence, emptied by st_work_clear().
 * Zero-initialise. */
typedef struct st_work {
  st_tokens tokens;
  st_words words;       /* of the present sentence */
  st_features features; /* of the present sentence */
  uint32_t *met;        /* the buckets of the present sentence, see score.c */
  size_t met_cap;
  uint32_t turn;     /* what marks the present sentence's in met */
  st_word *word;     /* [words] of all sentences since the last clear, where kept */
  int32_t *word_sum; /* [words][ST_NARROW] likewise: the rows of each word's features, summed */
  st_active *active; /* [actives] likewise */
  size_t n_word, word_cap, word_sum_cap, n_active, active_cap;
  st_lanes *part_sum; /* scratch of word_sum */
  size_t part_sum_cap;
  float *token_weight; /* scratch of evidence */
  size_t token_weight_cap;
  stance_evidence *span; /* scratch of evidence */
  float *stack;          /* scratch of the second pass */
  size_t stack_cap;
  float *margins; /* scratch of labelling */
  size_t margins_cap;
  size_t span_cap;
} st_work;

void st_work_clear(st_work *w);
void st_work_free(st_work *w);

/* Words, scope and features of text[start, end) into w->words, *scope, w->features. */
stance_status st_sentence_features(const st_recipe *recipe, const st_lexicon *lex, const char *text,
                                   uint32_t start, uint32_t end, const st_context *context,
                                   st_work *w, st_scope *scope, stance_error *err);

/* Scores a sentence: margins[columns] of all heads. keep: also keep in w what evidence needs. */
stance_status st_score_sentence(const stance_model *m, const char *text, uint32_t start, uint32_t end,
                       const st_context *context, bool keep, st_work *w, st_scored *out,
                       float *margins, stance_error *err);

/* ---- carry.c ---- */

/* How a quotation runs on from one sentence of a block to the next. Zero-initialise for each block. */
typedef struct st_carry {
  uint32_t left; /* sentences ahead that stand inside; 0: none */
  uint8_t state; /* ST_QUOTATION_SURE or ST_QUOTATION_UNSURE while left > 0 */
} st_carry;

/* A sentence that follows: text[start, end). */
typedef struct st_next {
  const char *text;
  uint32_t start, end;
} st_next;

/* Whether the next sentence begins inside a quotation: ST_QUOTATION_*. */
static inline uint8_t st_carry_state(const st_carry *c) {
  return c->left ? c->state : ST_QUOTATION_NONE;
}
/* Goes on behind a sentence of the given scope. next(ctx, k) is the k-th sentence after it, from 1,
 * that a quotation could reach; text NULL: there is none. tokens is scratch. Errors: MEMORY. */
stance_status st_carry_next(st_carry *c, const st_scope *scope, st_next (*next)(const void *ctx, size_t k),
                            const void *ctx, st_tokens *tokens, stance_error *err);

/* The same of a dataset: next = st_row_ahead, ctx a st_rows_ahead of the present row and the end of
 * its block. */
typedef struct st_rows_ahead {
  const stance_dataset *data;
  size_t row, end;
} st_rows_ahead;
st_next st_row_ahead(const void *ctx, size_t k);

/* A document is read in blocks of at most ST_BLOCK sentences, and context does not reach from one
 * block into the next: in training, in evaluation, in a text and in a stream of rows alike. */
enum { ST_BLOCK = 256 };

/* A sentence in its place: of a text, or a row. */
typedef struct st_unit {
  const char *text;    /* the document's or the row's */
  uint32_t start, end; /* bytes of text */
  uint32_t index;      /* place in the document */
  uint8_t flags;       /* ST_SENT_* where the text was cut here; of a row 0 */
  bool row;            /* no paragraphs are known: a quotation may reach any following row */
  uint32_t line, column, paragraph;
  size_t cp_start;             /* code points of the file before it */
  const struct st_text *doc;   /* the document; NULL for a row */
  size_t file_start, file_end; /* bytes of the file */
  uint8_t part;                /* stance_part */
} st_unit;

/* Scores the n units of one block: scored[n], margins[n][columns]. */
stance_status st_score_block(const stance_model *m, const st_unit *units, size_t n, bool keep,
                             st_work *w, st_scored *scored, float *margins, stance_error *err);

/* ---- stack.c ---- */

/* features[n][st_stack_features(labels)] of the n sentences of one block from margins[n] (stride
 * floats apart); probability[n][labels] is scratch. */
void st_stack_make(const float *margins, size_t stride, size_t n, size_t labels, float temperature,
                   float *probability, float *features);
/* Replaces the margins of one block, all heads, by those of the second pass. */
stance_status st_stack_apply(const stance_model *m, float *margins, size_t n, st_work *w,
                             stance_error *err);

/* ---- decide.c ---- */

/* Probabilities of a head from its margins (the head's columns only), calibrated. */
void st_probabilities(const st_head *head, const float *margins, float *probability);
/* The most probable label among those whose bit is set in among (0: all); probability is
 * renormalised over these. */
int st_choose(const st_head *head, uint64_t among, float *probability);

/* ---- explain.c ---- */

/* Evidence for `label` of a head: at most `most` spans of the sentence's words, largest weight
 * first, written to out. Offsets are bytes; cp_* are left 0. Returns the number of spans. */
stance_status st_explain(const stance_model *m, const st_head *head, int label,
                         const st_scored *s, st_work *w, size_t most, stance_evidence *out,
                         size_t *count, stance_error *err);

/* ---- label.c ---- */

/* Sentences labelled so far, of any number of blocks; the pools are one after the other and pointers
 * into them are set by st_results_settle(). Zero-initialise. */
typedef struct st_results {
  stance_sentence *sentence; /* [n] */
  float *scores;             /* [n][labels of the first head] */
  stance_evidence *evidence; /* of sentence 0, loud of sentence 0, evidence of sentence 1, ... */
  size_t n, cap, scores_cap, n_evidence, evidence_cap;
} st_results;

/* Labels the units of one block and appends them. */
stance_status st_label_block(const stance_model *m, const stance_options *o, const st_unit *units,
                             size_t n, st_work *w, st_results *out, stance_error *err);
void st_results_settle(const stance_model *m, st_results *r);
void st_results_free(st_results *r);

/* The head named "sensational" and its label "1"; NULL where the model has none. */
const st_head *st_sensational_head(const stance_model *m, int *label);

/* ---- prepare.c ---- */

/* The design matrix of a dataset: a column for each bucket seen in at least min_count rows. */
typedef struct st_prepared {
  st_matrix matrix;
  uint32_t *bucket; /* [cols], ascending: the bucket of each column */
  uint64_t *row_start; /* [rows + 1] */
  uint32_t *col;       /* [row_start[rows]] */
  float *row_scale;    /* [rows]: 1 / sqrt(features of the row) */
} st_prepared;

/* min_count is at least 1. wanted[n_wanted]: buckets that get a column however rare they are. */
stance_status st_prepare(const stance_dataset *data, const st_recipe *recipe, const st_lexicon *lex,
                         uint32_t min_count, const uint32_t *wanted, size_t n_wanted, int threads,
                         st_prepared *out, stance_error *err);
void st_prepared_free(st_prepared *p);

/* End of the block that begins at row `first`: the rows of one document with consecutive indexes,
 * at most ST_BLOCK. */
size_t st_block_end(const stance_dataset *data, size_t first);

/* ---- evaluate.c ---- */

/* margins[rows][columns] of every row, documents kept together. */
stance_status st_score_rows(const stance_model *m, const stance_dataset *data, int threads,
                            float *margins, stance_error *err);
/* The data's column of a model's head: of the same name; for the first head also the data's only one, if
 * it is called "label" or the model has no other. NULL: none. */
const st_data_head *st_matching_head(const stance_model *m, size_t head, const stance_dataset *data);
/* gold[rows] in the model's numbering of a head's labels. Errors: DATA for a label it does not know. */
stance_status st_translate_labels(const st_head *head, const st_data_head *d, size_t rows, int32_t *gold,
                                  stance_error *err);

#endif
