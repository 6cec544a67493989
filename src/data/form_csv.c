/* form_csv.c: tables with a header. CSV as RFC 4180 has it (quotes doubled, line ends inside
 * quotes); TSV as everywhere in stance: a tab always separates. */
#include <stdlib.h>
#include <string.h>

#include "data/annotations.h"

/* ---- reading ---- */

typedef struct {
  const char *p, *end;
  char separator; /* of TSV no quoting */
  uint64_t line;  /* where the record began */
  uint64_t at;    /* where we are */
} table;

/* Reads one field into b; *last says that the record ends with it. False: a quote is not closed. */
static bool next_field(table *t, st_buf *b, bool *last) {
  bool quoted = t->separator == ',' && t->p < t->end && *t->p == '"';
  st_buf_clear(b);
  if (quoted) {
    for (t->p++;; t->p++) {
      if (t->p == t->end) return false;
      if (*t->p == '"' && (t->p + 1 == t->end || t->p[1] != '"')) break;
      if (*t->p == '"') t->p++;
      t->at += *t->p == '\n';
      st_buf_putc(b, *t->p);
    }
    t->p++;
  }
  while (t->p < t->end && *t->p != t->separator && *t->p != '\n') st_buf_putc(b, *t->p++);
  *last = t->p == t->end || *t->p == '\n';
  if (*last && b->len && b->data[b->len - 1] == '\r' && !quoted) b->len--;
  if (t->p < t->end) t->at += *t->p++ == '\n';
  return true;
}

/* The record's fields as an array of strings; NULL at the end or with *wrong set. */
static json_t *next_record(table *t, st_buf *scratch, const char **wrong) {
  *wrong = NULL;
  while (t->p < t->end && (*t->p == '\n' || *t->p == '\r')) t->at += *t->p++ == '\n';
  if (t->p >= t->end) return NULL;
  json_t *fields = json_array();
  bool last = false;
  t->line = t->at;
  while (fields && !last && !*wrong) {
    if (!next_field(t, scratch, &last))
      *wrong = "a quotation mark is not closed";
    else if (scratch->failed ||
             json_array_append_new(fields,
                                   json_stringn(scratch->data ? scratch->data : "", scratch->len)))
      *wrong = "";
  }
  if (fields && !*wrong) return fields;
  if (!fields) *wrong = "";
  json_decref(fields);
  return NULL;
}

/* Numbers of the columns that hold numbers. */
static json_t *typed(const char *key, const json_t *field) {
  static const char numbers[] =
      "start end line col para byte_start byte_end confidence sensationalism weight";
  json_t *number = st_is_word_of(numbers, key)
                       ? st_exact_number(json_string_value(field), json_string_length(field))
                       : NULL;
  return number ? number : json_incref((json_t *)field);
}

static stance_status add_record(st_form_input *in, const json_t *header, const json_t *fields,
                                uint64_t line, size_t text, size_t label) {
  size_t i;
  json_t *name;
  if (json_array_size(fields) != json_array_size(header))
    return st_form_fail(in, line, "row has %zu columns, the header has %zu",
                        json_array_size(fields), json_array_size(header));
  const json_t *t = json_array_get(fields, text), *l = json_array_get(fields, label);
  if (!json_string_length(t)) return st_form_fail(in, line, "row has no text");
  json_t *item = st_new_item(json_string_value(t), json_string_length(t),
                             l && json_string_length(l) ? json_string_value(l) : NULL);
  bool ok = item != NULL;
  json_array_foreach (header, i, name) {
    const json_t *field = json_array_get(fields, i);
    const char *key = json_string_value(name);
    if (ok && i != text && i != label && json_string_length(field) && !json_object_get(item, key))
      ok = st_set(item, key, typed(key, field));
  }
  if (ok && st_add_item(in->a, item)) return STANCE_OK;
  return st_form_memory(in->err);
}

static size_t column(const json_t *header, const char *name) {
  size_t i;
  json_t *v;
  json_array_foreach (header, i, v)
    if (!strcmp(json_string_value(v), name)) return i;
  return SIZE_MAX;
}

static stance_status read_table(st_form_input *in, char separator) {
  size_t bom = st_bom(in->bytes, in->len);
  table t = {in->bytes + bom, in->bytes + in->len, separator, 1, 1};
  st_buf scratch = {0};
  const char *wrong;
  const stance_convert_options *o = in->options;
  json_t *header = next_record(&t, &scratch, &wrong), *fields;
  size_t text = column(header, o && o->text_column ? o->text_column : "text");
  size_t label = column(header, o && o->label_column ? o->label_column : "label");
  if (label == SIZE_MAX && !(o && o->label_column)) label = column(header, "stance");
  stance_status status = STANCE_OK;
  if (header && text == SIZE_MAX)
    status = st_form_fail(in, 1, "no column '%.100s' in the header",
                          o && o->text_column ? o->text_column : "text");
  else if (header && label == SIZE_MAX)
    status = st_form_fail(in, 1, "no column '%.100s' in the header",
                          o && o->label_column ? o->label_column : "label");
  while (header && status == STANCE_OK && (fields = next_record(&t, &scratch, &wrong))) {
    status = add_record(in, header, fields, t.line, text, label);
    json_decref(fields);
  }
  if (status == STANCE_OK && wrong)
    status = *wrong ? st_form_fail(in, t.line, "%s", wrong) : st_form_memory(in->err);
  json_decref(header);
  st_buf_free(&scratch);
  return status;
}

stance_status st_csv_read(st_form_input *in) {
  return read_table(in, ',');
}

stance_status st_tsv_read(st_form_input *in) {
  return read_table(in, '\t');
}

/* ---- writing ---- */

static const char *const columns[] = {"doc", "id", "text", "label", "confidence", "sensationalism"};
enum { COLUMNS = sizeof columns / sizeof *columns };

static void put_csv(st_buf *b, const char *s, size_t n) {
  bool quote = n && (memchr(s, '"', n) || memchr(s, ',', n) || memchr(s, '\n', n) ||
                     memchr(s, '\r', n) || s[0] == ' ' || s[n - 1] == ' ');
  if (quote) st_buf_putc(b, '"');
  for (size_t i = 0; i < n; i++) {
    if (s[i] == '"') st_buf_putc(b, '"');
    st_buf_putc(b, s[i]);
  }
  if (quote) st_buf_putc(b, '"');
}

/* Returns whether something had to be changed. */
static bool put_tsv(st_buf *b, const char *s, size_t n) {
  bool changed = false;
  for (size_t i = 0; i < n; i++) {
    bool bad = s[i] == '\t' || s[i] == '\n' || s[i] == '\r';
    st_buf_putc(b, bad ? ' ' : s[i]);
    changed = changed || bad;
  }
  return changed;
}

static stance_status write_table(st_form_output *out, char separator) {
  const char *end = separator == ',' ? "\r\n" : "\n"; /* RFC 4180, 2.1 */
  st_buf b = {0}, field = {0};
  size_t i, changed = 0;
  json_t *item;
  for (size_t k = 0; k < COLUMNS; k++)
    st_buf_printf(&b, "%s%s", columns[k], k + 1 < COLUMNS ? (char[]){separator, 0} : end);
  json_array_foreach (out->a->items, i, item) {
    for (size_t k = 0; k < COLUMNS; k++) {
      const json_t *v = json_object_get(item, columns[k]);
      st_buf_clear(&field);
      if (json_is_string(v))
        st_buf_add(&field, json_string_value(v), json_string_length(v));
      else if (v && !json_is_null(v))
        st_json_write(&field, v);
      if (separator == ',')
        put_csv(&b, field.data ? field.data : "", field.len);
      else
        changed += put_tsv(&b, field.data ? field.data : "", field.len);
      st_buf_puts(&b, k + 1 < COLUMNS ? (char[]){separator, 0} : end);
    }
  }
  b.failed = b.failed || field.failed;
  if (changed && !st_form_remark(out->a, "tabs and line ends of %zu fields became spaces", changed))
    b.failed = true;
  st_buf_free(&field);
  return st_form_put(out, "", &b);
}

stance_status st_csv_write(st_form_output *out) {
  return write_table(out, ',');
}

stance_status st_tsv_write(st_form_output *out) {
  return write_table(out, '\t');
}
