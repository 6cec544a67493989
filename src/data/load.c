/* load.c: files of labelled rows in TSV, JSONL and fastText's form. Every failure says the line,
 * and where it can the column. */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "data/fields.h"

/* Where we are in the file, for errors. */
typedef struct {
  stance_dataset *data;
  const char *bytes;
  const char *text_column;  /* never NULL */
  const char *label_column; /* NULL: the default */
  float weight;             /* of the file's rows, times their own; 0: 1 */
  uint64_t line;            /* of `at` */
  st_slice at;              /* the line being read */
  stance_error *err;
} loader;

static const char *const default_head[2] = {"stance", "sensational"};
enum { MAX_LABEL = 200 };

/* Adds the place to the error just filled. column: from 1, 0 = not known. */
static stance_status at_column(loader *l, stance_status code, size_t column, size_t byte) {
  st_error_at(l->err, code, NULL, l->line, (uint64_t)(l->at.s - l->bytes) + byte);
  if (l->err) l->err->column = column;
  return code;
}

static stance_status at_line(loader *l, stance_status code) {
  return at_column(l, code, 0, 0);
}

/* The column, in code points from 1, of a slice inside the line. */
static size_t column_of(const loader *l, st_slice s) {
  size_t column = 1;
  for (const char *p = l->at.s; p < s.s; p++) column += ((unsigned char)*p & 0xc0) != 0x80;
  return column;
}

static stance_status add(loader *l, st_data_input *row, st_slice text) {
  text = st_trim(text);
  row->text = text.s;
  row->text_len = text.len;
  if (l->weight > 0) row->weight *= l->weight;
  if (!text.len)
    return at_line(l, st_fail(l->err, STANCE_ERR_FORMAT, "row has no text ('%.100s' is empty)",
                              l->text_column));
  if (text.len > INT32_MAX)
    return at_line(l, st_fail(l->err, STANCE_ERR_TOO_LARGE, "text is over 2 GiB"));
  bool any = false;
  for (size_t k = 0; k < row->labels; k++) {
    st_slice label = st_trim((st_slice){row->label[k] ? row->label[k] : "", row->label_len[k]});
    row->label[k] = label.s;
    row->label_len[k] = label.len;
    any = any || label.len;
    if (label.len > MAX_LABEL)
      return at_line(l, st_fail(l->err, STANCE_ERR_FORMAT,
                                "label is longer than %d bytes; is '%.100s' the right column?",
                                MAX_LABEL, row->head[k]));
  }
  if (!any)
    return at_line(l, st_fail(l->err, STANCE_ERR_FORMAT, "row has no label ('%.100s' is empty)",
                              row->head[0]));
  if (st_dataset_add(l->data, row)) return STANCE_OK;
  for (size_t h = 0; h < l->data->heads; h++)
    if (l->data->head[h].labels == INT16_MAX)
      return at_line(l, st_fail(l->err, STANCE_ERR_TOO_LARGE,
                                "more than %d labels; is '%.100s' the right column?", INT16_MAX,
                                l->data->head[h].name));
  return st_fail_memory(l->err, "reading rows");
}

static stance_status set_weight(loader *l, st_data_input *row, double weight, size_t column) {
  if (!(weight > 0 && weight <= 1e6))
    return at_column(
        l, st_fail(l->err, STANCE_ERR_FORMAT, "weight must be a number above 0, at most 1e6"),
        column, 0);
  row->weight = (float)weight;
  return STANCE_OK;
}

/* The id "document#place" of a row that gives the two apart; place may begin with a letter ("s3").
 */
static stance_status join_id(loader *l, st_data_input *row, st_slice doc, st_slice place) {
  doc = st_trim(doc);
  place = st_trim(place);
  if (place.len && (place.s[0] < '0' || place.s[0] > '9')) place.s++, place.len--;
  if (!doc.len) return STANCE_OK;
  char *id = st_arena_take(&l->data->arena, doc.len + place.len + 1);
  if (!id) return st_fail_memory(l->err, "reading rows");
  memcpy(id, doc.s, doc.len);
  id[doc.len] = '#';
  memcpy(id + doc.len + 1, place.s, place.len);
  row->id = id;
  row->id_len = doc.len + (place.len ? place.len + 1 : 0);
  return STANCE_OK;
}

/* ---- TSV ---- */

typedef struct {
  size_t fields, text, id, doc, place, weight, label[2]; /* columns, SIZE_MAX = not there */
  size_t labels;
  const char *head[2];
} tsv_columns;

static size_t find_column(st_slice header, const char *name) {
  size_t n = 0;
  for (st_slice field; st_next_field(&header, &field); n++)
    if (st_slice_is(st_trim(field), name)) return n;
  return SIZE_MAX;
}

static stance_status tsv_header(loader *l, tsv_columns *c) {
  st_slice h = l->at;
  *c = (tsv_columns){.fields = st_count_fields(h),
                     .text = find_column(h, l->text_column),
                     .id = find_column(h, "id"),
                     .doc = find_column(h, "doc"),
                     .place = find_column(h, "sent"),
                     .weight = find_column(h, "weight")};
  if (c->place == SIZE_MAX) c->place = find_column(h, "index");
  for (size_t k = 0; k < 2 && !l->label_column; k++) {
    size_t at = find_column(h, default_head[k]);
    if (at == SIZE_MAX) continue;
    c->head[c->labels] = default_head[k];
    c->label[c->labels++] = at;
  }
  if (!c->labels) {
    c->head[0] = l->label_column ? l->label_column : "label";
    c->label[0] = find_column(h, c->head[0]);
    if (c->label[0] != SIZE_MAX) c->labels = 1;
  }
  const char *missing = c->text == SIZE_MAX ? l->text_column : c->labels ? NULL : c->head[0];
  if (!missing) return STANCE_OK;
  int shown = h.len < 120 ? (int)h.len : 120;
  st_fail(l->err, STANCE_ERR_FORMAT, "no column '%.100s' in the header: %.*s", missing, shown, h.s);
  for (char *p = l->err ? l->err->message : NULL; p && *p; p++)
    if (*p == '\t') *p = ' ';
  return at_line(l, STANCE_ERR_FORMAT);
}

static stance_status tsv_row(loader *l, const tsv_columns *c) {
  st_data_input row = {
      .id = "", .weight = 1, .labels = c->labels, .head = {c->head[0], c->head[1]}};
  st_slice text = {"", 0}, doc = {"", 0}, place = {"", 0};
  size_t n = 0;
  for (st_slice rest = l->at, field; st_next_field(&rest, &field); n++) {
    if (n == c->text) text = field;
    if (n == c->id) row.id = field.s, row.id_len = field.len;
    if (n == c->doc) doc = field;
    if (n == c->place) place = field;
    for (size_t k = 0; k < c->labels; k++)
      if (n == c->label[k]) row.label[k] = field.s, row.label_len[k] = field.len;
    st_slice value = st_trim(field);
    if (n != c->weight || !value.len) continue;
    double weight = NAN;
    if (!st_parse_number(value, &weight)) weight = NAN;
    ST_TRY(set_weight(l, &row, weight, column_of(l, field)));
  }
  if (n != c->fields)
    return at_line(l, st_fail(l->err, STANCE_ERR_FORMAT, "row has %zu columns, the header has %zu",
                              n, c->fields));
  if (c->id == SIZE_MAX) ST_TRY(join_id(l, &row, doc, place));
  return add(l, &row, text);
}

/* ---- JSONL ---- */

/* A label: a scalar, or a list of one. */
static stance_status json_label(loader *l, const json_t *value, const char *key, char scratch[32],
                                st_slice *out) {
  if (json_is_array(value) && json_array_size(value) > 1)
    return at_line(l,
                   st_fail(l->err, STANCE_ERR_FORMAT, "\"%.100s\" lists more than one label", key));
  if (json_is_array(value)) value = json_array_get(value, 0);
  if (st_json_scalar(value, scratch, out)) return STANCE_OK;
  return at_line(l, st_fail(l->err, STANCE_ERR_FORMAT,
                            "\"%.100s\" must be a string, or a list of one string", key));
}

/* What our own reports write: of "type" correction, a labelled row; doc, a heading, left out;
 * sentence, a prediction, which nobody should learn from unawares. */
static stance_status record_type(loader *l, const json_t *object, bool *correction, bool *skip) {
  const char *type = json_string_value(json_object_get(object, "type"));
  *correction = type && !strcmp(type, "correction");
  *skip = type && !strcmp(type, "doc") && !json_object_get(object, l->text_column);
  /* Skipped, noted or taken back in a review. */
  if (*correction && json_is_null(json_object_get(object, "label"))) *skip = true;
  if (type && !strcmp(type, "sentence") && json_object_get(object, "confidence"))
    return at_line(l, st_fail(l->err, STANCE_ERR_FORMAT,
                              "a model's prediction (\"type\":\"sentence\"), not a correction"));
  return STANCE_OK;
}

static stance_status json_fields(loader *l, const json_t *object) {
  char scratch[3][32];
  bool correction, skip;
  ST_TRY(record_type(l, object, &correction, &skip));
  if (skip) return STANCE_OK;
  st_data_input row = {.id = "", .weight = 1};
  for (size_t k = 0; k < 2 && !l->label_column; k++)
    if (json_object_get(object, default_head[k])) row.head[row.labels++] = default_head[k];
  if (!row.labels) row.head[row.labels++] = l->label_column ? l->label_column : "label";
  for (size_t k = 0; k < row.labels; k++) {
    st_slice label;
    ST_TRY(json_label(l, json_object_get(object, row.head[k]), row.head[k], scratch[k], &label));
    row.label[k] = label.s;
    row.label_len[k] = label.len;
  }
  const json_t *weight = json_object_get(object, "weight");
  if (weight && !json_is_null(weight))
    ST_TRY(set_weight(l, &row, json_is_number(weight) ? json_number_value(weight) : NAN, 0));
  st_slice id;
  if (!st_json_scalar(json_object_get(object, "id"), scratch[2], &id))
    return at_line(l,
                   st_fail(l->err, STANCE_ERR_FORMAT, "\"id\" must be a string or a whole number"));
  row.id = id.s;
  row.id_len = id.len;
  const json_t *doc = json_object_get(object, "doc");
  if (json_is_string(doc) && (correction || !id.len))
    ST_TRY(join_id(l, &row, (st_slice){json_string_value(doc), json_string_length(doc)}, id));
  const json_t *text = json_object_get(object, l->text_column);
  if (!text)
    return at_line(l, st_fail(l->err, STANCE_ERR_FORMAT, "row has no \"%.100s\"", l->text_column));
  if (!json_is_string(text))
    return at_line(
        l, st_fail(l->err, STANCE_ERR_FORMAT, "\"%.100s\" is not a string", l->text_column));
  return add(l, &row, (st_slice){json_string_value(text), json_string_length(text)});
}

static stance_status json_row(loader *l) {
  char message[160];
  size_t column = 0, byte = 0;
  json_t *object = st_json_object(l->at, message, &column, &byte);
  if (!object) return at_column(l, st_fail(l->err, STANCE_ERR_FORMAT, "%s", message), column, byte);
  stance_status status = json_fields(l, object);
  json_decref(object);
  return status;
}

/* ---- fastText ---- */

static const char label_mark[] = "__label__";

static bool has_mark(st_slice s) {
  return s.len >= sizeof label_mark - 1 && !memcmp(s.s, label_mark, sizeof label_mark - 1);
}

static stance_status fasttext_row(loader *l) {
  st_slice s = st_trim(l->at);
  const char *head = l->label_column ? l->label_column : "label";
  st_data_input row = {.id = "", .weight = 1, .labels = 1, .head = {head, NULL}};
  if (!has_mark(s))
    return at_line(
        l, st_fail(l->err, STANCE_ERR_FORMAT, "row has no label: it must begin with __label__"));
  s.s += sizeof label_mark - 1;
  s.len -= sizeof label_mark - 1;
  size_t n = 0;
  while (n < s.len && s.s[n] != ' ' && s.s[n] != '\t') n++;
  row.label[0] = s.s;
  row.label_len[0] = n;
  st_slice text = st_trim((st_slice){s.s + n, s.len - n});
  if (has_mark(text))
    return at_column(l, st_fail(l->err, STANCE_ERR_FORMAT, "row has more than one label"),
                     column_of(l, text), (size_t)(text.s - l->at.s));
  return add(l, &row, text);
}

/* ---- files ---- */

typedef enum { TSV, JSONL, FASTTEXT, UNKNOWN } format;

static bool ends_with(const char *name, const char *end) {
  size_t n = strlen(name), k = strlen(end);
  return n >= k && !strcasecmp(name + n - k, end);
}

static format detect(const char *name, st_slice first) {
  if (ends_with(name, ".tsv")) return TSV;
  if (ends_with(name, ".jsonl") || ends_with(name, ".ndjson")) return JSONL;
  first = st_trim(first);
  if (first.len && first.s[0] == '{') return JSONL;
  if (has_mark(first)) return FASTTEXT;
  return first.len && memchr(first.s, '\t', first.len) ? TSV : UNKNOWN;
}

static stance_status named_format(const char *name, format *out, stance_error *err) {
  static const char *const names[] = {"tsv", "jsonl", "fasttext"};
  for (int i = 0; i < 3; i++)
    if (!strcmp(name, names[i])) {
      *out = (format)i;
      return STANCE_OK;
    }
  return st_fail(err, STANCE_ERR_USAGE,
                 "no format '%.60s' for labelled rows; there are tsv, jsonl, fasttext", name);
}

stance_status st_load(stance_dataset *data, const char *name, const char *bytes, size_t len,
                      const stance_read_options *options, stance_error *err) {
  static const stance_read_options none = {0};
  if (!options) options = &none;
  ST_TRY(st_utf8_check(bytes, len, err)); /* so that no reader has to think of it again */
  loader l = {.data = data,
              .bytes = bytes,
              .err = err,
              .label_column = options->label_column,
              .weight = (float)options->weight,
              .text_column = options->text_column ? options->text_column : "text"};
  const char *p = bytes + st_bom(bytes, len), *end = bytes + len;
  size_t rows = data->rows;
  format f = UNKNOWN;
  if (options->format) ST_TRY(named_format(options->format, &f, err));
  tsv_columns columns;
  bool begun = false;
  while (st_next_line(&p, end, &l.at)) {
    l.line++;
    if (!st_trim(l.at).len) continue;
    if (!begun && f == UNKNOWN && (f = detect(name, l.at)) == UNKNOWN)
      return at_line(&l, st_fail(err, STANCE_ERR_FORMAT,
                                 "neither TSV with a header, nor JSONL, nor __label__ rows"));
    if (f == TSV && !begun)
      ST_TRY(tsv_header(&l, &columns));
    else
      ST_TRY(f == TSV ? tsv_row(&l, &columns) : f == JSONL ? json_row(&l) : fasttext_row(&l));
    begun = true;
  }
  if (data->rows == rows) return st_fail(err, STANCE_ERR_DATA, "no rows: nothing to learn from");
  return STANCE_OK;
}
