/* prepare.c: the rows of a dataset become the design matrix.
 *
 * Rows are cut into pieces at the ends of blocks, by the data alone; each piece is read on its
 * own (in any thread), and the pieces are joined in order. */
#include "engine/engine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 512 };

typedef struct {
  size_t first, end;  /* rows */
  uint32_t *bucket;   /* features of all rows, ascending within a row, each once */
  size_t n, cap;
  uint32_t *count;    /* [end - first] features of each row */
  stance_status status;
  stance_error error;
} piece;

typedef struct {
  const stance_dataset *data;
  const st_recipe *recipe;
  const st_lexicon *lex;
  piece *pieces;
} job;

size_t st_block_end(const stance_dataset *data, size_t first) {
  size_t i = first + 1;
  while (i < data->rows && i - first < ST_BLOCK && data->row[i].doc == data->row[i - 1].doc &&
         data->row[i].index == data->row[i - 1].index + 1)
    i++;
  return i;
}

static int ascending(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

/* Row i of a block that ends before row end. */
static stance_status read_row(const job *j, piece *p, size_t i, size_t end, st_carry *carry,
                              st_work *w) {
  const st_data_row *row = &j->data->row[i];
  st_context context = {.quotation = st_carry_state(carry),
                        .index = row->index > 0 ? (uint32_t)row->index : 0};
  st_scope scope;
  ST_TRY(st_sentence_features(j->recipe, j->lex, row->text, 0, row->text_len, &context, w, &scope,
                              &p->error));
  st_rows_ahead ahead = {j->data, i, end};
  ST_TRY(st_carry_next(carry, &scope, st_row_ahead, &ahead, &w->tokens, &p->error));
  size_t n = w->features.n;
  if (!st_reserve(&p->bucket, &p->cap, p->n + n, sizeof *p->bucket))
    return st_fail_memory(&p->error, "making features");
  uint32_t *b = p->bucket + p->n;
  if (n) memcpy(b, w->features.bucket, n * sizeof *b);
  qsort(b, n, sizeof *b, ascending);
  size_t unique = 0;
  for (size_t k = 0; k < n; k++)
    if (!unique || b[k] != b[unique - 1]) b[unique++] = b[k];
  p->n += unique;
  p->count[i - p->first] = (uint32_t)unique;
  return STANCE_OK;
}

static void read_piece(void *ctx, size_t index) {
  const job *j = ctx;
  piece *p = &j->pieces[index];
  st_work w = {0};
  st_carry carry = {0};
  p->count = st_calloc(p->end - p->first, sizeof *p->count);
  if (!p->count) p->status = st_fail_memory(&p->error, "making features");
  for (size_t i = p->first, end = i; p->status == STANCE_OK && i < p->end; i++) {
    if (i == end) {
      end = st_block_end(j->data, i);
      carry = (st_carry){0};
    }
    p->status = read_row(j, p, i, end, &carry, &w);
  }
  st_work_free(&w);
}

/* Pieces of about PIECE rows that do not cut a block. */
static piece *cut(const stance_dataset *data, size_t *count) {
  piece *pieces = st_calloc(data->rows / PIECE + 1, sizeof *pieces);
  size_t n = 0;
  for (size_t i = 0; pieces && i < data->rows;) {
    size_t end = i;
    while (end < data->rows && end - i < PIECE) end = st_block_end(data, end);
    pieces[n++] = (piece){.first = i, .end = end};
    i = end;
  }
  *count = n;
  return pieces;
}

/* Numbers the buckets seen often enough; column_of[bucket] = column + 1, or 0. */
static stance_status number_columns(const piece *pieces, size_t count, const st_recipe *recipe,
                                    uint32_t min_count, const uint32_t *wanted, size_t n_wanted,
                                    uint32_t *column_of, st_prepared *out, stance_error *err) {
  size_t buckets = (size_t)1 << recipe->bits, cols = 0;
  for (size_t k = 0; k < count; k++)
    for (size_t i = 0; i < pieces[k].n; i++) column_of[pieces[k].bucket[i]]++;
  for (size_t i = 0; i < n_wanted; i++)
    if (column_of[wanted[i]] < min_count) column_of[wanted[i]] = min_count;
  for (size_t b = 0; b < buckets; b++) cols += column_of[b] >= min_count;
  out->bucket = st_realloc_array(NULL, cols, sizeof *out->bucket);
  if (!out->bucket) return st_fail_memory(err, "making features");
  cols = 0;
  for (size_t b = 0; b < buckets; b++) {
    bool kept = column_of[b] >= min_count;
    if (kept) out->bucket[cols++] = (uint32_t)b;
    column_of[b] = kept ? (uint32_t)cols : 0;
  }
  out->matrix.cols = cols;
  return STANCE_OK;
}

/* Joins the pieces, giving each piece's memory back as soon as it is copied. */
static stance_status join(piece *pieces, size_t count, const uint32_t *column_of, st_prepared *out,
                          stance_error *err) {
  size_t rows = count ? pieces[count - 1].end : 0, total = 0, at = 0, row = 0;
  for (size_t k = 0; k < count; k++)
    for (size_t i = 0; i < pieces[k].n; i++) total += column_of[pieces[k].bucket[i]] != 0;
  out->row_start = st_realloc_array(NULL, rows + 1, sizeof *out->row_start);
  out->row_scale = st_realloc_array(NULL, rows, sizeof *out->row_scale);
  out->col = st_realloc_array(NULL, total, sizeof *out->col);
  if (!out->row_start || !out->row_scale || !out->col) return st_fail_memory(err, "making features");
  for (size_t k = 0; k < count; k++) {
    piece *p = &pieces[k];
    const uint32_t *b = p->bucket;
    for (size_t r = 0; r < p->end - p->first; r++, row++) {
      out->row_start[row] = at;
      for (uint32_t i = 0; i < p->count[r]; i++) {
        uint32_t column = column_of[*b++];
        if (column) out->col[at++] = column - 1;
      }
      size_t n = at - out->row_start[row];
      out->row_scale[row] = n ? 1.0f / sqrtf((float)n) : 0.0f;
    }
    free(p->bucket);
    p->bucket = NULL;
  }
  out->row_start[rows] = at;
  out->matrix.rows = rows;
  out->matrix.row_start = out->row_start;
  out->matrix.col = out->col;
  out->matrix.row_scale = out->row_scale;
  return STANCE_OK;
}

stance_status st_prepare(const stance_dataset *data, const st_recipe *recipe, const st_lexicon *lex,
                         uint32_t min_count, const uint32_t *wanted, size_t n_wanted, int threads,
                         st_prepared *out, stance_error *err) {
  *out = (st_prepared){0};
  size_t count = 0;
  piece *pieces = cut(data, &count);
  uint32_t *column_of = st_calloc((size_t)1 << recipe->bits, sizeof *column_of);
  stance_status status = STANCE_OK;
  if (!pieces || !column_of) status = st_fail_memory(err, "making features");
  if (status == STANCE_OK) {
    job j = {data, recipe, lex, pieces};
    st_parallel(count, threads, read_piece, &j);
  }
  for (size_t k = 0; status == STANCE_OK && k < count; k++)
    if ((status = pieces[k].status) != STANCE_OK && err) *err = pieces[k].error;
  if (status == STANCE_OK)
    status = number_columns(pieces, count, recipe, min_count, wanted, n_wanted, column_of, out, err);
  if (status == STANCE_OK) status = join(pieces, count, column_of, out, err);
  for (size_t k = 0; pieces && k < count; k++) {
    free(pieces[k].bucket);
    free(pieces[k].count);
  }
  free(pieces);
  free(column_of);
  if (status != STANCE_OK) st_prepared_free(out);
  return status;
}

void st_prepared_free(st_prepared *p) {
  free(p->bucket);
  free(p->row_start);
  free(p->col);
  free(p->row_scale);
  *p = (st_prepared){0};
}
