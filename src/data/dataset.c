/* dataset.c: rows with their labels by head, documents numbered, labels sorted.
 *
 *     row i:  text, id, doc, index, weight        head h:  gold[i] -> label[gold[i]]
 */
#include "data/data.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "data/fields.h"

stance_status stance_dataset_new(stance_dataset **out, stance_error *err) {
  *out = st_calloc(1, sizeof **out);
  return *out ? STANCE_OK : st_fail_memory(err, "making a dataset");
}

static void free_head(st_data_head *h) {
  free(h->label);
  free(h->gold);
  st_index_free(&h->index);
}

void stance_dataset_free(stance_dataset *data) {
  if (!data) return;
  for (size_t h = 0; h < data->heads; h++) free_head(&data->head[h]);
  free(data->head);
  free(data->row);
  free(data->source);
  st_index_free(&data->document);
  st_arena_free(&data->arena);
  free(data);
}

size_t stance_dataset_rows(const stance_dataset *data) {
  return data->rows;
}

static st_data_head *find_head(const stance_dataset *data, const char *name) {
  for (size_t h = 0; h < data->heads; h++)
    if (!strcmp(data->head[h].name, name)) return &data->head[h];
  return NULL;
}

/* The head of that name, made when it is new. Files whose only labels are called "label" join files
 * that call them "stance", in whichever order they come: corrections are of that form. */
static st_data_head *head_named(stance_dataset *data, const char *name) {
  st_data_head *h = find_head(data, name);
  if (h) return h;
  if (!strcmp(name, "label") && (h = find_head(data, "stance"))) return h;
  const char *copy = st_arena_copy(&data->arena, name, strlen(name));
  if (!copy) return NULL;
  if (!strcmp(name, "stance") && (h = find_head(data, "label"))) {
    h->name = copy;
    return h;
  }
  if (!st_reserve(&data->head, &data->heads_cap, data->heads + 1, sizeof *data->head)) return NULL;
  st_data_head fresh = {.name = copy};
  if (!st_reserve(&fresh.gold, &fresh.gold_cap, data->rows + 1, sizeof *fresh.gold)) return NULL;
  for (size_t i = 0; i < data->rows; i++) fresh.gold[i] = -1;
  data->head[data->heads] = fresh;
  return &data->head[data->heads++];
}

/* The label's number in the head; -1 when memory (or the 16-bit numbers) are used up. */
static int label_number(stance_dataset *data, st_data_head *h, const char *label, size_t len) {
  uint32_t n;
  if (h->labels >= INT16_MAX || !st_index_number(&h->index, label, len, (uint32_t)h->labels, &n))
    return -1;
  if (n < h->labels) return (int)n;
  if (!st_reserve(&h->label, &h->labels_cap, h->labels + 1, sizeof *h->label)) return -1;
  h->label[h->labels] = st_arena_copy(&data->arena, label, len);
  return h->label[h->labels] ? (int)h->labels++ : -1;
}

bool st_dataset_add(stance_dataset *data, const st_data_input *in) {
  if (!st_reserve(&data->row, &data->rows_cap, data->rows + 1, sizeof *data->row)) return false;
  st_data_row row = {
      .text_len = (uint32_t)in->text_len, .id_len = (uint32_t)in->id_len, .weight = in->weight};
  row.text = st_arena_copy(&data->arena, in->text, in->text_len);
  row.id = st_arena_copy(&data->arena, in->id, in->id_len);
  if (!row.text || !row.id) return false;

  uint32_t doc = (uint32_t)data->documents;
  size_t doc_len = st_row_document(row.id, row.id_len, &row.index);
  if (row.id_len && !st_index_number(&data->document, row.id, doc_len, doc, &doc)) return false;
  row.doc = (int32_t)doc;

  int number[2] = {-1, -1};
  for (size_t k = 0; k < in->labels; k++) {
    if (!in->label_len[k]) continue;
    st_data_head *h = head_named(data, in->head[k]);
    if (!h || (number[k] = label_number(data, h, in->label[k], in->label_len[k])) < 0) return false;
  }
  for (size_t h = 0; h < data->heads; h++) {
    st_data_head *head = &data->head[h];
    if (!st_reserve(&head->gold, &head->gold_cap, data->rows + 1, sizeof *head->gold)) return false;
    head->gold[data->rows] = -1;
  }
  for (size_t k = 0; k < in->labels; k++)
    if (number[k] >= 0) head_named(data, in->head[k])->gold[data->rows] = (int16_t)number[k];
  if (doc == data->documents) data->documents++;
  data->row[data->rows++] = row;
  return true;
}

typedef struct {
  const char *label;
  int16_t old;
} sortable;

static int by_bytes(const void *a, const void *b) {
  return strcmp(((const sortable *)a)->label, ((const sortable *)b)->label);
}

/* Drops unused labels, sorts the others, renumbers gold. */
static bool settle_head(st_data_head *h, size_t rows) {
  int16_t *number = st_calloc(h->labels, sizeof *number);
  sortable *order = st_calloc(h->labels, sizeof *order);
  bool ok = number && order;
  if (ok) {
    size_t n = 0;
    for (size_t i = 0; i < rows; i++)
      if (h->gold[i] >= 0) number[h->gold[i]] = 1;
    for (size_t l = 0; l < h->labels; l++)
      if (number[l]) order[n++] = (sortable){h->label[l], (int16_t)l};
    qsort(order, n, sizeof *order, by_bytes);
    st_index_free(&h->index);
    h->labels = n;
    for (size_t l = 0; l < n && ok; l++) {
      uint32_t same;
      h->label[l] = order[l].label;
      number[order[l].old] = (int16_t)l;
      ok = st_index_number(&h->index, order[l].label, strlen(order[l].label), (uint32_t)l, &same);
    }
    for (size_t i = 0; i < rows; i++)
      if (h->gold[i] >= 0) h->gold[i] = number[h->gold[i]];
  }
  free(number);
  free(order);
  return ok;
}

bool st_dataset_settle(stance_dataset *data, size_t rows) {
  data->rows = rows;
  size_t kept = 0;
  for (size_t h = 0; h < data->heads; h++) {
    if (!settle_head(&data->head[h], rows)) return false;
    if (!data->head[h].labels)
      free_head(&data->head[h]);
    else
      data->head[kept++] = data->head[h];
  }
  data->heads = kept;
  for (size_t h = 0; h + 1 < kept; h++) {
    if (strcmp(data->head[h].name, "sensational")) continue;
    st_data_head last = data->head[h];
    memmove(&data->head[h], &data->head[h + 1], (kept - h - 1) * sizeof last);
    data->head[kept - 1] = last;
    break;
  }
  return true;
}

static bool add_source(stance_dataset *data, const char *path, const st_file *file, size_t rows) {
  const char *slash = strrchr(path, '/');
  const char *name = slash ? slash + 1 : path;
  if (!st_reserve(&data->source, &data->sources_cap, data->sources + 1, sizeof *data->source))
    return false;
  st_data_source *s = &data->source[data->sources];
  *s = (st_data_source){
      .bytes = file->len, .rows = rows, .hash = XXH3_64bits(file->data, file->len)};
  s->name = st_arena_copy(&data->arena, name, strlen(name));
  if (!s->name) return false;
  data->sources++;
  return true;
}

stance_status stance_dataset_read(stance_dataset *data, const char *path,
                                  const stance_read_options *options, stance_error *err) {
  st_file file;
  stance_status status = st_file_open(path, &file, err);
  if (status != STANCE_OK) return status;
  size_t before = data->rows;
  status = st_load(data, path, file.data ? file.data : "", file.len, options, err);
  if (status != STANCE_OK && err)
    snprintf(err->file, sizeof err->file, "%s", strcmp(path, "-") ? path : "standard input");
  if (!st_dataset_settle(data, status == STANCE_OK ? data->rows : before) && status == STANCE_OK)
    status = st_fail_memory(err, "reading rows");
  if (status == STANCE_OK && !add_source(data, path, &file, data->rows - before))
    status = st_fail_memory(err, "reading rows");
  st_file_close(&file);
  return status;
}
