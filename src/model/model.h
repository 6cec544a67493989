/* model.h: the model in memory, and its file: written whole, mapped, verified.
 *
 *     write.c     model -> bytes             open.c   bytes -> model, every check before any use
 *     describe.c  what a model says of itself        stack.c  layout of the second pass
 *
 * The file, little-endian:
 *
 *     offset  0  magic 89 53 54 4e 43 0d 0a 1a ("\x89STNC\r\n\x1a": text transfers damage it visibly)
 *             8  u32 format version      12  u32 number of sections
 *            16  u64 length of the file  24  u64 XXH3 of bytes 0..23 and of the section table
 *            32  section table, 32 bytes each: char name[8], u64 offset, u64 length, u64 XXH3
 *                sections follow in the table's order, each at the next multiple of 64, gaps zero
 *
 * Sections: info (lines "key<TAB>value"), features (st_recipe), cues (lexicon text), heads (labels,
 * calibration), active (bitmap of used buckets), weights, and optionally stack (second pass over a
 * document) and words (dictionary for inspection).
 */
#ifndef STANCE_MODEL_H
#define STANCE_MODEL_H

#include "core/core.h"
#include "features/features.h"

enum { ST_FORMAT_VERSION = 3, ST_MAX_HEADS = 8, ST_MAX_LABELS = 64, ST_MAX_COLUMNS = 128 };

/* A head: one label column. Its weights are columns first .. first + labels of every row. */
typedef struct st_head {
  char *name;
  size_t labels, first;
  char *label[ST_MAX_LABELS];
  uint32_t loss;                /* of the first pass: 0 softmax, 1 one-vs-rest SVM */
  uint32_t link;                /* margins to probabilities: ST_LINK_* */
  float temperature;            /* softmax(margin / temperature + offset), see decide.c */
  float offset[ST_MAX_LABELS];  /* chosen for macro-F1 on unseen rows */
  float platt_a[ST_MAX_LABELS]; /* 1 / (1 + exp(a m + b)) instead of the margin m */
  float platt_b[ST_MAX_LABELS];
} st_head;

/* 32 buckets: which have a row, and how many rows come before theirs. Side by side, so that a
 * bucket is looked up by one read. */
typedef struct st_slot {
  uint32_t bits, rank;
} st_slot;

enum { ST_LINK_SOFTMAX = 0, ST_LINK_PLATT = 1 };
enum { ST_WEIGHT_F32 = 0, ST_WEIGHT_I8 = 1 };

struct stance_model {
  st_file file;      /* mapped; empty for a model made in memory */
  st_recipe recipe;
  st_lexicon *lex;   /* NULL: none */
  st_head head[ST_MAX_HEADS];
  size_t heads, columns; /* columns: labels of all heads together */

  const uint64_t *active; /* [2^bits / 64]: a bit for each bucket that has a row */
  st_slot *slot;          /* [2^bits / 32], owned, made when opened: see st_model_row */
  size_t rows;            /* active buckets */
  uint32_t weight_type;   /* ST_WEIGHT_* */
  const void *weights;    /* [rows][columns], float or int8 */
  float scale[ST_MAX_COLUMNS]; /* int8: weight = scale[c] * value */
  float bias[ST_MAX_COLUMNS];

  const float *stack; /* NULL or the second pass, see engine/stack.c */
  size_t stack_len;

  const char *words; /* NULL or the dictionary, see engine/dictionary.c */
  size_t words_len;

  st_buf info;   /* lines "key\tvalue", owned */
  char *name;    /* owned; as stance_model_name() gives it */
  void *owned[4]; /* active, weights, stack, words of a model made in memory */
};

/* Row of a bucket, or -1. */
static inline int64_t st_model_row(const stance_model *m, uint32_t bucket) {
  st_slot s = m->slot[bucket >> 5];
  uint32_t bit = (uint32_t)1 << (bucket & 31);
  if (!(s.bits & bit)) return -1;
  return (int64_t)s.rank + __builtin_popcount(s.bits & (bit - 1));
}

static inline float st_model_weight(const stance_model *m, size_t row, size_t column) {
  size_t at = row * m->columns + column;
  return m->weight_type == ST_WEIGHT_I8 ? m->scale[column] * ((const int8_t *)m->weights)[at]
                                        : ((const float *)m->weights)[at];
}

/* ---- stack.c ---- */

enum { ST_STACK_REACH = 2 }; /* neighbours looked at on either side */

/* Features of the second pass for a head of so many labels, and floats of its part of the section. */
size_t st_stack_features(size_t labels);
size_t st_stack_size(size_t labels);
/* A head's part of the section "stack"; NULL where the model has none. */
const float *st_stack_of(const stance_model *m, size_t head);
/* ---- write.c, open.c ---- */

/* An empty model to be filled; st_model_finish() then makes slots, columns, name. */
stance_model *st_model_new(void);
stance_status st_model_finish(stance_model *m, stance_error *err);
/* Value of an info key, or NULL; the length in *n (not terminated). */
const char *st_model_info(const stance_model *m, const char *key, size_t *n);
/* Appends "key\tvalue\n"; of the value, control characters become blanks, and bytes
 * that are not UTF-8 (of a file's name, say) question marks: the file must open again. */
void st_model_set_info(stance_model *m, const char *key, const char *value);

/* Whether this may be the name of a head or a label: 1 to 200 bytes of UTF-8 without control
 * characters. */
bool st_model_is_word(const char *s, size_t n);
/* The file's bytes. */
stance_status st_model_write(const stance_model *m, st_buf *out, stance_error *err);
/* Takes over the file: its bytes stay mapped while the model lives. Errors: NOT_A_MODEL, VERSION,
 * TRUNCATED, CHECKSUM, MODEL: the message names the check that failed. */
stance_status st_model_read(st_file *file, stance_model **out, stance_error *err);

#endif
