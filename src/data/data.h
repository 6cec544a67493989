/* data.h: labelled rows in memory, and rows of a stream parsed one at a time.
 *
 *     arena.c   memory that never moves         rows.c     one line of a stream -> text, id
 *     fields.c  small parsers that all share    load.c     files of labelled rows, by format
 *     index.c   names -> numbers                dataset.c  rows, heads, labels
 *
 *     file ─▶ lines ─▶ load.c ─▶ dataset.c: struct stance_dataset ─▶ trainer
 *     stream ─▶ lines ─▶ rows.c ─▶ classifier
 *
 * TSV has a header and no quoting: a tab always separates. JSONL is one object a line. fastText
 * is "__label__x the text". A byte order mark and \r\n are tolerated in all of them.
 */
#ifndef STANCE_DATA_H
#define STANCE_DATA_H

#include "core/core.h"

/* ---- arena.c ---- */

/* Bytes that stay where they are until the arena is freed or cleared. Zero-initialise. */
typedef struct st_arena {
  struct st_arena_block *block; /* newest first */
} st_arena;

/* Room for n bytes, not initialised, aligned for characters only; NULL when memory is short. */
char *st_arena_take(st_arena *a, size_t n);
/* A NUL-terminated copy; NULL when memory is short. */
char *st_arena_copy(st_arena *a, const char *s, size_t n);
/* Forgets everything but keeps the largest block, for the next chunk. */
void st_arena_clear(st_arena *a);
void st_arena_free(st_arena *a);

/* ---- index.c ---- */

/* Names to small numbers, open addressing. A name is known by its 64-bit hash alone: two names of
 * one hash (1 in 10^8 for a million names) would share a number. Zero-initialise. */
typedef struct st_index {
  uint64_t *hash;  /* [slots], a power of two */
  uint32_t *value; /* [slots], number + 1; 0 = free */
  size_t slots, used;
} st_index;

/* The number of the name, or `next` after adding it as that. False when memory is short. */
bool st_index_number(st_index *x, const char *name, size_t len, uint32_t next, uint32_t *out);
void st_index_free(st_index *x);

/* ---- rows.c: rows of a stream (stance_filter) ---- */

typedef enum st_row_format { ST_ROWS_LINES, ST_ROWS_TSV, ST_ROWS_JSONL } st_row_format;

/* What a line of the stream looks like. Read-only after init: any number of threads may parse with
 * one reader, each with an arena of its own. */
typedef struct st_row_reader {
  st_row_format format;
  char *text_key;                      /* JSON key of the text, owned */
  size_t fields, text_field, id_field; /* TSV columns; SIZE_MAX: not there */
} st_row_reader;

/* False with a USAGE error when there is no such format. Names: "lines", "tsv", "jsonl". */
bool st_row_format_named(const char *name, st_row_format *out);

/* header: the first line of a TSV (any end of line and byte order mark included is ignored); not
 * used by the other formats, which have none. text_column NULL: "text". Errors: FORMAT (no such
 * column), MEMORY. */
stance_status st_row_reader_init(st_row_reader *r, st_row_format format, const char *text_column,
                                 const char *header, size_t header_len, stance_error *err);
void st_row_reader_free(st_row_reader *r);

/* One row. Slices point into the line, or into the arena where JSON had to be unescaped. */
typedef struct st_row_view {
  const char *text, *id; /* valid UTF-8 without NUL; "" when empty or missing */
  size_t text_len, id_len;
  char error[160]; /* "" = fine; else why the row is bad (text is "" then, id as far as known) */
} st_row_view;

/* Parses one line, given without its '\n' (a '\r' at its end and a byte order mark at its start are
 * dropped). An empty text is not an error. False only when memory is short. */
bool st_row_parse(const st_row_reader *r, const char *line, size_t len, st_arena *arena,
                  st_row_view *out);

/* Splits an id "document#index" at its last '#': the length of the document part and the index.
 * Without '#', or when no number follows it, the whole id is the document and the index 0. */
size_t st_row_document(const char *id, size_t len, int32_t *index);

/* ---- dataset.c ---- */

typedef struct st_data_row {
  const char *text, *id; /* in the dataset's arena, NUL-terminated */
  uint32_t text_len, id_len;
  int32_t
      doc; /* document number, from 0 in order of first appearance; no id: a number of its own */
  int32_t index; /* place in the document */
  float weight;  /* > 0; 1 unless given */
} st_data_row;

/* A column of labels. */
typedef struct st_data_head {
  const char *name;
  const char **label; /* [labels], sorted bytewise: independent of the order of rows */
  size_t labels, labels_cap;
  int16_t *gold; /* [rows], index into label; -1: this row has none here */
  size_t gold_cap;
  st_index index; /* label -> its number */
} st_data_head;

/* A file that was read, for the model's provenance. */
typedef struct st_data_source {
  const char *name; /* without its folders, so that a model does not depend on where it was made */
  uint64_t bytes, rows, hash; /* hash: XXH3-64 of the bytes */
} st_data_source;

/* Between calls of stance_dataset_read every label and every head has a row that uses it. */
struct stance_dataset {
  st_data_row *row; /* [rows] in order of reading */
  size_t rows, rows_cap;
  st_data_head *head; /* [heads] in order of first appearance, "sensational" last */
  size_t heads, heads_cap;
  st_data_source *source; /* [sources] */
  size_t sources, sources_cap;
  size_t documents; /* every row's doc is below it */
  st_index document;
  st_arena arena;
};

/* A row on its way into a dataset. */
typedef struct st_data_input {
  const char *text, *id;
  size_t text_len, id_len;
  float weight;
  size_t labels;        /* 1 or 2 */
  const char *head[2];  /* heads' names */
  const char *label[2]; /* NULL or of length 0: none in this head */
  size_t label_len[2];
} st_data_input;

/* Copies the row in. False when memory is short. */
bool st_dataset_add(struct stance_dataset *data, const st_data_input *row);
/* Keeps the first `rows` rows, drops labels and heads that none of them uses, sorts the rest. */
bool st_dataset_settle(struct stance_dataset *data, size_t rows);

/* ---- load.c ---- */

/* Appends the rows of one file's bytes; on failure some may have been added. The error carries
 * line, column and byte, not the file's name. */
stance_status st_load(struct stance_dataset *data, const char *name, const char *bytes, size_t len,
                      const stance_read_options *options, stance_error *err);

#endif
