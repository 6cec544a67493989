/* filter.c: a stream of rows in, a record for each out, in order.
 *
 * The stream is taken in batches of whole lines. A batch is parsed in pieces (in parallel), its rows
 * are grouped into blocks, the blocks are labelled and written to buffers in pieces (in parallel),
 * and the buffers go out in order. Rows of a document that may go on in the next batch are held
 * back, at most one block, and parsed again with it: the result does not depend on the batches. */
#include "data/data.h"
#include "engine/engine.h"
#include "report/report.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 1 << 20, PARSE_BYTES = 1 << 16, LABEL_ROWS = 512 };

typedef struct {
  const char *line; /* where the row's line begins */
  st_row_view view;
  int32_t index;
  size_t document; /* length of the id's document part; 0: stands alone */
} row;

/* Lines parsed together. */
typedef struct {
  const char *begin, *end;
  row *rows;
  size_t n, cap;
  st_arena arena;
  bool failed;
} parsed;

/* Rows labelled together: whole blocks. */
typedef struct {
  size_t first, end;
  st_buf out;
  uint64_t bad;
  stance_status status;
  stance_error error;
} labelled;

typedef struct {
  const stance_model *m;
  const stance_options *o;
  st_row_reader reader;
  st_record_format format;
  st_style style;
  st_buf in; /* bytes not yet done */
  bool end;  /* of the stream */
  bool header_done;
  parsed *pieces; /* [n_pieces]; arenas live as long as the rows */
  size_t n_pieces, pieces_cap;
  row **rows; /* [n_rows] of the batch */
  size_t n_rows, rows_cap;
  labelled *tasks;
  size_t n_tasks, tasks_cap;
  atomic_size_t next; /* task nobody has taken yet */
} filter;

static void parse_piece(void *ctx, size_t i) {
  filter *f = ctx;
  parsed *p = &f->pieces[i];
  for (const char *at = p->begin; at < p->end && !p->failed;) {
    const char *stop = memchr(at, '\n', (size_t)(p->end - at));
    if (!stop) stop = p->end;
    if (!st_reserve(&p->rows, &p->cap, p->n + 1, sizeof *p->rows)) {
      p->failed = true;
      return;
    }
    row *r = &p->rows[p->n++];
    *r = (row){.line = at};
    p->failed = !st_row_parse(&f->reader, at, (size_t)(stop - at), &p->arena, &r->view);
    if (r->view.text_len > INT32_MAX) {
      r->view.text_len = 0;
      snprintf(r->view.error, sizeof r->view.error, "row of more than 2 GiB");
    }
    r->document = r->view.id_len ? st_row_document(r->view.id, r->view.id_len, &r->index) : 0;
    at = stop + 1;
  }
}

static bool follows(const row *a, const row *b) {
  return a->document && a->document == b->document && b->index == a->index + 1 &&
         !memcmp(a->view.id, b->view.id, a->document);
}

static size_t block_end(const filter *f, size_t first) {
  size_t i = first + 1;
  while (i < f->n_rows && i - first < ST_BLOCK && follows(f->rows[i - 1], f->rows[i])) i++;
  return i;
}

/* Labels the rows of one block and writes their records. */
static stance_status label_block(filter *f, labelled *t, size_t first, size_t end,
                                 const st_unit *units, st_work *w, st_results *results) {
  results->n = results->n_evidence = 0;
  ST_TRY(st_label_block(f->m, f->o, units, end - first, w, results, &t->error));
  st_results_settle(f->m, results);
  for (size_t i = first; i < end; i++) {
    const st_row_view *v = &f->rows[i]->view;
    st_record record = {.id = v->id,
                        .text = v->text,
                        .id_len = v->id_len,
                        .text_len = v->text_len,
                        .sentence = v->error[0] || !v->text_len ? NULL : &results->sentence[i - first],
                        .error = v->error};
    t->bad += v->error[0] != 0;
    st_record_write(&t->out, f->format, &f->style, &record);
  }
  return t->out.failed ? st_fail_memory(&t->error, "writing records") : STANCE_OK;
}

static void label_task(filter *f, labelled *t, st_work *w, st_results *results) {
  st_unit *units = st_calloc(t->end - t->first, sizeof *units);
  if (!units) t->status = st_fail_memory(&t->error, "labelling rows");
  for (size_t i = t->first; t->status == STANCE_OK && i < t->end; i++) {
    const row *r = f->rows[i];
    units[i - t->first] = (st_unit){.text = r->view.text,
                                    .end = (uint32_t)r->view.text_len,
                                    .index = r->index > 0 ? (uint32_t)r->index : 0,
                                    .row = true,
                                    .line = 1,
                                    .column = 1};
  }
  for (size_t i = t->first; t->status == STANCE_OK && i < t->end;) {
    size_t end = block_end(f, i);
    t->status = label_block(f, t, i, end, units + (i - t->first), w, results);
    i = end;
  }
  free(units);
}

/* One thread's share: working memory is made once for all its tasks. */
static void label_tasks(void *ctx, size_t worker) {
  filter *f = ctx;
  (void)worker;
  st_work w = {0};
  st_results results = {0};
  for (size_t k; (k = atomic_fetch_add(&f->next, 1)) < f->n_tasks;)
    label_task(f, &f->tasks[k], &w, &results);
  st_results_free(&results);
  st_work_free(&w);
}

/* Fills f->in up to a batch, or to the end of the stream. */
static stance_status fill(filter *f, size_t want, stance_read_fn read, void *ctx, stance_error *err) {
  while (!f->end && f->in.len < want) {
    if (!st_buf_reserve(&f->in, want - f->in.len)) return st_fail_memory(err, "reading rows");
    size_t got = 0;
    ST_TRY(read(ctx, f->in.data + f->in.len, want - f->in.len, &got, err));
    f->in.len += got;
    f->end = got == 0;
  }
  return STANCE_OK;
}

/* Cuts whole lines of the batch into pieces and parses them. */
static stance_status parse(filter *f, const char *begin, const char *end, stance_error *err) {
  f->n_pieces = f->n_rows = 0;
  for (const char *at = begin; at < end;) {
    const char *stop = end;
    if (end - at > PARSE_BYTES) {
      stop = memchr(at + PARSE_BYTES, '\n', (size_t)(end - at) - PARSE_BYTES);
      stop = stop ? stop + 1 : end;
    }
    if (f->n_pieces == f->pieces_cap) {
      size_t old = f->pieces_cap;
      if (!st_reserve(&f->pieces, &f->pieces_cap, f->n_pieces + 1, sizeof *f->pieces))
        return st_fail_memory(err, "reading rows");
      memset(f->pieces + old, 0, (f->pieces_cap - old) * sizeof *f->pieces);
    }
    parsed *p = &f->pieces[f->n_pieces++];
    p->begin = at;
    p->end = stop;
    p->n = 0;
    p->failed = false;
    st_arena_clear(&p->arena);
    at = stop;
  }
  st_parallel(f->n_pieces, f->o->threads, parse_piece, f);
  for (size_t k = 0; k < f->n_pieces; k++) {
    parsed *p = &f->pieces[k];
    if (p->failed || !st_reserve(&f->rows, &f->rows_cap, f->n_rows + p->n, sizeof(row *)))
      return st_fail_memory(err, "reading rows");
    for (size_t i = 0; i < p->n; i++) f->rows[f->n_rows++] = &p->rows[i];
  }
  return STANCE_OK;
}

/* Groups the rows into tasks of whole blocks. Returns the rows that can be done now. */
static stance_status plan(filter *f, size_t *ready, stance_error *err) {
  *ready = f->n_rows;
  f->n_tasks = 0;
  for (size_t i = 0; i < f->n_rows;) {
    size_t first = i, last = i;
    while (i < f->n_rows && i - first < LABEL_ROWS) {
      last = i;
      i = block_end(f, i);
    }
    bool open = !f->end && i == f->n_rows && f->rows[last]->document && i - last < ST_BLOCK;
    if (open) i = *ready = last; /* the last block may go on */
    if (i > first) {
      if (f->n_tasks == f->tasks_cap) {
        size_t old = f->tasks_cap;
        if (!st_reserve(&f->tasks, &f->tasks_cap, f->n_tasks + 1, sizeof *f->tasks))
          return st_fail_memory(err, "labelling rows");
        memset(f->tasks + old, 0, (f->tasks_cap - old) * sizeof *f->tasks);
      }
      labelled *t = &f->tasks[f->n_tasks++];
      st_buf_clear(&t->out);
      t->first = first;
      t->end = i;
      t->bad = 0;
      t->status = STANCE_OK;
    }
    if (open) break;
  }
  return STANCE_OK;
}

static stance_status run_batch(filter *f, size_t *want, const stance_filter_options *options,
                               stance_write_fn write, void *ctx, uint64_t *bad_rows,
                               stance_error *err) {
  const char *begin = f->in.data, *end = begin + f->in.len;
  if (!f->end) {
    while (end > begin && end[-1] != '\n') end--;
    if (end == begin) { /* one line longer than the batch */
      *want *= 2;
      return STANCE_OK;
    }
  }
  if (!f->header_done) {
    bool tsv = f->reader.format == ST_ROWS_TSV;
    const char *stop = memchr(begin, '\n', (size_t)(end - begin));
    if (!stop) stop = end;
    ST_TRY(st_row_reader_init(&f->reader, f->reader.format, options->text, begin, (size_t)(stop - begin), err));
    if (tsv) begin = stop < end ? stop + 1 : end;
    f->header_done = true;
  }
  ST_TRY(parse(f, begin, end, err));
  size_t ready = 0;
  ST_TRY(plan(f, &ready, err));
  size_t workers = f->o->threads > 0 ? (size_t)f->o->threads : (size_t)st_cores();
  atomic_store(&f->next, 0);
  st_parallel(workers < f->n_tasks ? workers : f->n_tasks, f->o->threads, label_tasks, f);
  for (size_t k = 0; k < f->n_tasks; k++) {
    labelled *t = &f->tasks[k];
    if (t->status != STANCE_OK) {
      if (err) *err = t->error;
      return t->status;
    }
    *bad_rows += t->bad;
    if (t->out.len) ST_TRY(write(ctx, t->out.data, t->out.len, err));
  }
  const char *done = ready < f->n_rows ? f->rows[ready]->line : end;
  size_t left = f->in.len - (size_t)(done - f->in.data);
  if (!f->n_tasks && left == f->in.len) *want *= 2; /* one block longer than the batch */
  memmove(f->in.data, done, left);
  f->in.len = left;
  return STANCE_OK;
}

stance_status stance_filter(const stance_model *m, const stance_options *options,
                            const stance_filter_options *o, stance_read_fn read, void *read_ctx,
                            stance_write_fn write, void *write_ctx, uint64_t *bad_rows,
                            stance_error *err) {
  filter f = {.m = m, .o = options};
  uint64_t bad = 0;
  if (!st_row_format_named(o->input, &f.reader.format))
    return st_fail(err, STANCE_ERR_USAGE, "unknown input format '%s' for rows; known are lines, tsv, jsonl", o->input);
  if (!st_record_format_named(o->format, &f.format))
    return st_fail(err, STANCE_ERR_USAGE, "format '%s' cannot hold rows; known are text, jsonl, tsv", o->format);
  stance_status status = st_style_of(&f.style, m, o->color, 0, err);
  if (status == STANCE_OK) {
    st_buf header = {0};
    st_record_header(&header, f.format);
    if (header.failed) status = st_fail_memory(err, "writing records");
    else if (header.len) status = write(write_ctx, header.data, header.len, err);
    st_buf_free(&header);
  }
  int threads = options->threads > 0 ? options->threads : st_cores();
  size_t want = (size_t)BATCH * (size_t)threads;
  while (status == STANCE_OK) {
    status = fill(&f, want, read, read_ctx, err);
    if (status != STANCE_OK || (f.end && !f.in.len)) break;
    status = run_batch(&f, &want, o, write, write_ctx, &bad, err);
  }
  if (bad_rows) *bad_rows = bad;
  if (f.header_done) st_row_reader_free(&f.reader);
  for (size_t k = 0; k < f.pieces_cap; k++) {
    st_arena_free(&f.pieces[k].arena);
    free(f.pieces[k].rows);
  }
  for (size_t k = 0; k < f.tasks_cap; k++) st_buf_free(&f.tasks[k].out);
  free(f.pieces);
  free(f.rows);
  free(f.tasks);
  st_buf_free(&f.in);
  st_style_free(&f.style);
  return status;
}
