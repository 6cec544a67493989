/* mistakes.c: the rows that a model labels otherwise than the data do, the surest first.
 *
 *     gold -> found   confidence   id   the words that decided   text */
#include "engine/engine.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
  float confidence;
  size_t row, at, len; /* its line in the buffer */
} mistake;

typedef struct {
  mistake *item;
  size_t n, cap;
  st_buf lines;
} mistakes;

static int surest_first(const void *a, const void *b) {
  const mistake *x = a, *y = b;
  if (x->confidence != y->confidence) return x->confidence > y->confidence ? -1 : 1;
  return x->row < y->row ? -1 : x->row > y->row;
}

static void cell(st_buf *b, const char *s, size_t n) {
  for (size_t i = 0; i < n; i++) st_buf_putc(b, (unsigned char)s[i] < 0x20 ? ' ' : s[i]);
}

static stance_status add(mistakes *list, const st_head *head, const st_data_row *row, size_t number,
                         int gold, const stance_sentence *s, const stance_evidence *e,
                         stance_error *err) {
  if (!st_reserve(&list->item, &list->cap, list->n + 1, sizeof *list->item))
    return st_fail_memory(err, "listing mistakes");
  st_buf *b = &list->lines;
  size_t at = b->len;
  st_buf_printf(b, "%s -> %s\t", head->label[gold], head->label[s->best]);
  st_buf_fixed(b, (double)s->confidence, 4);
  st_buf_putc(b, '\t');
  cell(b, row->id, row->id_len);
  st_buf_putc(b, '\t');
  for (size_t i = 0; i < s->n_evidence; i++) {
    if (i) st_buf_puts(b, " | ");
    cell(b, row->text + e[i].start, e[i].end - e[i].start);
    st_buf_puts(b, " (");
    st_buf_puts(b, e[i].kind);
    st_buf_putc(b, ')');
  }
  st_buf_putc(b, '\t');
  cell(b, row->text, row->text_len);
  st_buf_putc(b, '\n');
  list->item[list->n++] = (mistake){s->confidence, number, at, b->len - at};
  return STANCE_OK;
}

/* Labels one block and keeps its mistakes. */
static stance_status read_block(const stance_model *m, const stance_options *o,
                                const stance_dataset *data, const int32_t *gold, size_t first,
                                size_t end, st_work *w, mistakes *list, stance_error *err) {
  st_unit units[ST_BLOCK];
  st_results results = {0};
  for (size_t i = first; i < end; i++) {
    const st_data_row *r = &data->row[i];
    units[i - first] = (st_unit){.text = r->text,
                                 .end = r->text_len,
                                 .index = r->index > 0 ? (uint32_t)r->index : 0,
                                 .row = true,
                                 .line = 1,
                                 .column = 1};
  }
  stance_status status = st_label_block(m, o, units, end - first, w, &results, err);
  const stance_evidence *e = results.evidence;
  for (size_t i = 0; status == STANCE_OK && i < results.n; i++) {
    const stance_sentence *s = &results.sentence[i];
    int g = gold[first + i];
    bool counted = g >= 0 && s->label >= 0 && (!o->among || o->among >> g & 1);
    if (counted && s->label != g)
      status = add(list, &m->head[0], &data->row[first + i], first + i, g, s, e, err);
    e += s->n_evidence + s->n_loud;
  }
  st_results_free(&results);
  return status;
}

stance_status stance_mistakes(const stance_model *m, const stance_options *options,
                              const stance_dataset *data, stance_write_fn write, void *ctx,
                              size_t *count, stance_error *err) {
  const st_data_head *d = st_matching_head(m, 0, data);
  if (!d)
    return st_fail(err, STANCE_ERR_DATA, "the data has no label column '%s'", m->head[0].name);
  int32_t *gold = st_realloc_array(NULL, data->rows, sizeof *gold);
  mistakes list = {0};
  st_work w = {0};
  stance_status status = gold ? st_translate_labels(&m->head[0], d, data->rows, gold, err)
                              : st_fail_memory(err, "listing mistakes");
  for (size_t i = 0, end; status == STANCE_OK && i < data->rows; i = end) {
    end = st_block_end(data, i);
    status = read_block(m, options, data, gold, i, end, &w, &list, err);
  }
  if (status == STANCE_OK && list.lines.failed) status = st_fail_memory(err, "listing mistakes");
  if (list.n) qsort(list.item, list.n, sizeof *list.item, surest_first);
  static const char header[] = "given -> found\tconfidence\tid\tevidence\ttext\n";
  if (status == STANCE_OK) status = write(ctx, header, sizeof header - 1, err);
  for (size_t i = 0; status == STANCE_OK && i < list.n; i++)
    status = write(ctx, list.lines.data + list.item[i].at, list.item[i].len, err);
  if (count) *count = list.n;
  st_work_free(&w);
  st_buf_free(&list.lines);
  free(list.item);
  free(gold);
  return status;
}
