/* annotations.c: the formats' table, reading and writing by it, and what all formats share. */
#include "data/annotations.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define POSITION "doc start end"

const st_form st_forms[] = {
    {"stance", st_native_read, st_native_write, NULL, false},
    {"simple", st_simple_read, st_simple_write, NULL, false},
    {"doccano", st_doccano_read, st_doccano_write, NULL, false},
    {"doccano-spans", st_doccano_read, st_doccano_write_spans, "text label " POSITION, false},
    {"prodigy", st_prodigy_read, st_prodigy_write, NULL, false},
    {"prodigy-spans", st_prodigy_read, st_prodigy_write_spans, "text label " POSITION, false},
    {"label-studio", st_label_studio_read, st_label_studio_write, NULL, false},
    {"label-studio-spans", st_label_studio_read, st_label_studio_write_spans,
     "text label id confidence " POSITION, false},
    {"csv", st_csv_read, st_csv_write, "doc id text label confidence sensationalism", false},
    {"tsv", st_tsv_read, st_tsv_write, "doc id text label confidence sensationalism", false},
    {"fasttext", st_fasttext_read, st_fasttext_write, "text label", false},
    {"conll", st_conll_read, st_conll_write, "text label doc", false},
    {"brat", st_brat_read, st_brat_write, "text label confidence reason " POSITION, true},
    {"spacy", st_spacy_read, st_spacy_write, "text label scores", false},
    {"cas", st_cas_read, st_cas_write, "text label " POSITION, true},
};
const size_t st_form_count = sizeof st_forms / sizeof *st_forms;

const char *const *stance_convert_formats(void) {
  static const char *const names[] = {
      "stance",  "simple",        "doccano",      "doccano-spans",
      "prodigy", "prodigy-spans", "label-studio", "label-studio-spans",
      "csv",     "tsv",           "fasttext",     "conll",
      "brat",    "spacy",         "cas",          NULL};
  return names;
}

bool stance_convert_several(const char *format) {
  for (size_t i = 0; i < st_form_count; i++)
    if (!strcmp(format, st_forms[i].name)) return st_forms[i].several;
  return false;
}

stance_status st_form_memory(stance_error *err) {
  return st_fail_memory(err, "converting");
}

stance_status st_form_fail(st_form_input *in, uint64_t line, const char *fmt, ...) {
  char message[400];
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(message, sizeof message, fmt, ap);
  va_end(ap);
  st_fail(in->err, STANCE_ERR_FORMAT, "%s", message);
  return st_error_at(in->err, STANCE_ERR_FORMAT, NULL, line, 0);
}

/* ---- documents and items ---- */

const char *st_add_document(st_annotations *a, const char *name, json_t *document) {
  if (!document) return NULL;
  char unique[300];
  snprintf(unique, sizeof unique, "%.250s", name);
  for (unsigned k = 2; json_object_get(a->documents, unique); k++)
    snprintf(unique, sizeof unique, "%.250s-%u", name, k);
  if (!st_set(document, "doc", json_string(unique))) {
    json_decref(document);
    return NULL;
  }
  if (json_object_set_new(a->documents, unique, document)) return NULL;
  return st_string(document, "doc");
}

bool st_add_item(st_annotations *a, json_t *item) {
  return item && json_array_append_new(a->items, item) == 0;
}

bool st_set(json_t *object, const char *key, json_t *value) {
  return value && json_object_set_new(object, key, value) == 0;
}

json_t *st_new_item(const char *text, size_t len, const char *label) {
  json_t *item = json_object();
  if (item && st_set(item, "text", json_stringn(text, len)) &&
      (!label || st_set(item, "label", json_string(label))))
    return item;
  json_decref(item);
  return NULL;
}

json_t *st_span_item(st_form_input *in, uint64_t line, const char *doc, const char *text,
                     size_t len, long long start, long long end, const char *label) {
  size_t a = start < 0 ? SIZE_MAX : st_byte_of_cp(text, len, (size_t)start);
  size_t b = end < start ? SIZE_MAX : st_byte_of_cp(text, len, (size_t)end);
  if (a == SIZE_MAX || b == SIZE_MAX || a == b) {
    st_form_fail(in, line, "no text at %lld to %lld: the text has %zu characters", start, end,
                 st_count_cp(text, len));
    return NULL;
  }
  json_t *item = st_new_item(text + a, b - a, label);
  if (item && st_set(item, "doc", json_string(doc)) && st_set(item, "start", json_integer(start)) &&
      st_set(item, "end", json_integer(end)))
    return item;
  json_decref(item);
  st_form_memory(in->err);
  return NULL;
}

bool st_is_word_of(const char *words, const char *key) {
  size_t n = strlen(key);
  for (const char *w = words; *w; w += strspn(w, " ")) {
    size_t len = strcspn(w, " ");
    if (len == n && !memcmp(w, key, n)) return true;
    w += len;
  }
  return false;
}

const char *st_string(const json_t *object, const char *key) {
  return json_string_value(json_object_get(object, key));
}

bool st_copy_rest(json_t *to, const json_t *from, const char *except) {
  const char *key;
  json_t *value;
  bool ok = true;
  json_object_foreach ((json_t *)from, key, value) {
    if (st_is_word_of(except, key)) continue;
    if (!strcmp(key, "meta") && json_is_object(value))
      ok = st_copy_rest(to, value, "text label") && ok;
    else if (!json_object_get(to, key))
      ok = json_object_set(to, key, value) == 0 && ok;
  }
  return ok;
}

json_t *st_rest(const json_t *item, const char *except, bool *ok) {
  json_t *rest = json_object();
  *ok = rest != NULL;
  const char *key;
  json_t *value;
  json_object_foreach ((json_t *)item, key, value)
    if (*ok && !st_is_word_of(except, key)) *ok = json_object_set(rest, key, value) == 0;
  if (*ok && json_object_size(rest)) return rest;
  json_decref(rest);
  return NULL;
}

json_t *st_labels_of(const st_annotations *a) {
  json_t *labels = json_array(), *seen = json_object(), *item;
  size_t i;
  bool ok = labels && seen;
  json_array_foreach (a->items, i, item) {
    const char *label = st_string(item, "label");
    if (!ok || !label || json_object_get(seen, label)) continue;
    ok = st_set(seen, label, json_true()) && !json_array_append_new(labels, json_string(label));
  }
  json_decref(seen);
  if (ok) return labels;
  json_decref(labels);
  return NULL;
}

json_t *st_exact_number(const char *s, size_t len) {
  double v;
  json_t *number = st_parse_number((st_slice){s, len}, &v)
                       ? json_loadb(s, len, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL)
                       : NULL;
  if (json_is_number(number)) return number;
  json_decref(number);
  return NULL;
}

/* ---- reading ---- */

stance_status st_each_row(st_form_input *in, st_row_fn fn) {
  const char *p = in->bytes + st_bom(in->bytes, in->len), *end = in->bytes + in->len;
  st_slice line;
  for (uint64_t n = 1; st_next_line(&p, end, &line); n++) {
    if (!st_trim(line).len) continue;
    char message[160];
    size_t column = 0, byte = 0;
    json_t *row = st_json_object(line, message, &column, &byte);
    if (!row) {
      st_form_fail(in, n, "%s", message);
      if (in->err) in->err->column = column;
      return STANCE_ERR_FORMAT;
    }
    stance_status status = fn(in, row, n);
    json_decref(row);
    ST_TRY(status);
  }
  return STANCE_OK;
}

const char *st_label_of(st_form_input *in, const json_t *value, uint64_t line, char *scratch) {
  if (json_is_string(value)) return json_string_value(value);
  const char *map = in->options && in->options->label_map ? in->options->label_map : "";
  char number[32];
  st_slice s;
  if (!value || !st_json_scalar(value, number, &s) || !s.len) {
    st_form_fail(in, line, "a label must be a string or a number");
    return NULL;
  }
  for (const char *p = map; *p;) {
    size_t n = strcspn(p, ",");
    if (n > s.len + 1 && n - s.len < 256 && !memcmp(p, s.s, s.len) && p[s.len] == '=') {
      memcpy(scratch, p + s.len + 1, n - s.len - 1);
      scratch[n - s.len - 1] = 0;
      return scratch;
    }
    p += n + (p[n] == ',');
  }
  st_form_fail(in, line,
               "label %.*s is a number: say what it stands for with a label map, as in "
               "%.*s=advocacy",
               (int)s.len, s.s, (int)s.len, s.s);
  return NULL;
}

static bool ends_with(const char *name, const char *end) {
  size_t n = strlen(name), k = strlen(end);
  return n >= k && !strcasecmp(name + n - k, end);
}

static bool holds(const char *bytes, size_t len, const char *word) {
  size_t n = strlen(word);
  for (size_t i = 0; i + n <= len; i++)
    if (!memcmp(bytes + i, word, n)) return true;
  return false;
}

/* By the name, then by the first row. */
static const char *detect(const char *path, const char *bytes, size_t len) {
  if (ends_with(path, ".csv")) return "csv";
  if (ends_with(path, ".tsv")) return "tsv";
  if (ends_with(path, ".ann")) return "brat";
  if (ends_with(path, ".conll") || ends_with(path, ".iob")) return "conll";
  st_slice line = {"", 0};
  const char *p = bytes + st_bom(bytes, len), *end = bytes + len;
  while (st_next_line(&p, end, &line) && !st_trim(line).len) continue;
  line = st_trim(line);
  if (line.len >= 9 && !memcmp(line.s, "__label__", 9)) return "fasttext";
  if (line.len && line.s[0] == '[') return "label-studio";
  json_t *row = json_loadb(line.s, line.len, 0, NULL);
  const char *found = NULL;
  if (!row && line.len && line.s[0] == '{')
    found = holds(bytes, len, "%FEATURE_STRUCTURES") ? "cas" : NULL;
  else if (json_object_get(row, "%FEATURE_STRUCTURES"))
    found = "cas";
  else if (json_object_get(row, "type") && json_object_get(row, "doc") &&
           !json_is_array(json_object_get(row, "label")) && !json_object_get(row, "answer"))
    found = "stance";
  else if (json_object_get(row, "cats"))
    found = "spacy";
  else if (json_object_get(row, "answer") || json_object_get(row, "spans") ||
           json_object_get(row, "_task_hash"))
    found = "prodigy";
  else if (json_is_array(json_object_get(row, "label")) || json_object_get(row, "annotations"))
    found = "doccano";
  else if (json_object_get(row, "text"))
    found = "simple";
  else if (holds(line.s, line.len, "text"))
    found = holds(line.s, line.len, "\t") ? "tsv" : holds(line.s, line.len, ",") ? "csv" : NULL;
  json_decref(row);
  return found;
}

static const st_form *form_named(const char *name, stance_error *err) {
  for (size_t i = 0; i < st_form_count; i++)
    if (!strcmp(name, st_forms[i].name)) return &st_forms[i];
  char all[300] = "";
  for (size_t i = 0, at = 0; i < st_form_count && at < sizeof all; i++)
    at += (size_t)snprintf(all + at, sizeof all - at, "%s%s", i ? ", " : "", st_forms[i].name);
  const char *near = stance_nearest(name, stance_convert_formats(), st_form_count);
  st_fail(err, STANCE_ERR_USAGE,
          near ? "no format '%.60s' (did you mean '%s'?)" : "no format '%.60s'; there are: %s",
          name, near ? near : all);
  return NULL;
}

stance_status stance_annotations_new(stance_annotations **out, stance_error *err) {
  st_annotations *a = *out = st_calloc(1, sizeof *a);
  if (a) {
    a->documents = json_object();
    a->items = json_array();
    a->remarks = json_array();
    a->lost = json_object();
  }
  if (a && a->documents && a->items && a->remarks && a->lost) return STANCE_OK;
  stance_annotations_free(a);
  *out = NULL;
  return st_form_memory(err);
}

void stance_annotations_free(stance_annotations *a) {
  if (!a) return;
  json_decref(a->documents);
  json_decref(a->items);
  json_decref(a->remarks);
  json_decref(a->lost);
  free(a);
}

size_t stance_annotations_count(const stance_annotations *a) {
  return json_array_size(a->items);
}

stance_status stance_annotations_read(stance_annotations *a, const char *path,
                                      const stance_convert_options *options, stance_error *err) {
  st_file file;
  ST_TRY(st_file_open(path, &file, err));
  const char *bytes = file.data ? file.data : "";
  stance_status status = st_utf8_check(bytes, file.len, err);
  const char *name = options ? options->from : NULL;
  size_t before = json_array_size(a->items);
  if (status == STANCE_OK && !name && !(name = detect(path, bytes, file.len)))
    status = st_fail(err, STANCE_ERR_FORMAT, "cannot tell the format: say it with 'from'");
  if (status == STANCE_OK) {
    const st_form *form = form_named(name, err);
    st_form_input in = {a, path, bytes, file.len, options, err};
    status = form ? form->read(&in) : STANCE_ERR_USAGE;
  }
  if (status == STANCE_OK && json_array_size(a->items) == before)
    status = st_fail(err, STANCE_ERR_DATA, "no labelled rows in it (read as %s)", name);
  if (status != STANCE_OK && err && !err->file[0])
    snprintf(err->file, sizeof err->file, "%s", strcmp(path, "-") ? path : "standard input");
  st_file_close(&file);
  return status;
}

/* ---- writing ---- */

bool st_form_remark(st_annotations *a, const char *fmt, ...) {
  char text[600];
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(text, sizeof text, fmt, ap);
  va_end(ap);
  size_t i;
  json_t *said;
  json_array_foreach (a->remarks, i, said)
    if (!strcmp(json_string_value(said), text)) return true;
  return json_array_append_new(a->remarks, json_string(text)) == 0;
}

bool st_lose(st_annotations *a, const char *key) {
  return st_set(a->lost, key, json_integer(json_integer_value(json_object_get(a->lost, key)) + 1));
}

bool st_has_label(st_form_output *out, const json_t *item) {
  const char *answer = st_string(item, "answer");
  if (st_string(item, "label") && !(answer && strcmp(answer, "accept"))) return true;
  (void)st_lose(out->a, "row without a label");
  return false;
}

stance_status st_form_put(st_form_output *out, const char *name, st_buf *buf) {
  stance_status status =
      buf->failed ? st_form_memory(out->err)
                  : out->write(out->ctx, name, buf->data ? buf->data : "", buf->len, out->err);
  st_buf_free(buf);
  return status;
}

/* Positions that others make again out of text and document. */
#define DERIVED "type fp byte_start byte_end line col para part predicted model schema"

static bool count_lost(st_annotations *a, const st_form *form) {
  size_t i;
  json_t *item, *value, *document;
  const char *key;
  bool ok = true;
  json_array_foreach (a->items, i, item)
    json_object_foreach (item, key, value)
      if (form->holds && !json_is_null(value) && !st_is_word_of(form->holds, key))
        ok = st_lose(a, st_is_word_of(DERIVED, key) ? "place and kind" : key) && ok;
  json_object_foreach (a->documents, key, document)
    if (strcmp(form->name, "stance") && json_object_get(document, "sha256"))
      ok = st_lose(a, "record of a document") && ok;
  return ok;
}

static bool tell_lost(st_annotations *a, const st_form *form) {
  if (!json_object_size(a->lost)) return true;
  st_buf text = {0};
  const char *key, *between = "";
  json_t *n;
  json_object_foreach (a->lost, key, n) {
    st_buf_printf(&text, "%s%s (%lld)", between, key, (long long)json_integer_value(n));
    between = ", ";
  }
  bool ok = !text.failed && st_form_remark(a, "%s has no room for: %s", form->name, text.data);
  st_buf_free(&text);
  return ok;
}

stance_status stance_annotations_write(stance_annotations *a, const char *to, stance_file_fn write,
                                       void *ctx, stance_error *err) {
  const st_form *form = form_named(to, err);
  if (!form) return STANCE_ERR_USAGE;
  json_object_clear(a->lost);
  st_form_output out = {a, write, ctx, err};
  if (!count_lost(a, form)) return st_form_memory(err);
  ST_TRY(form->write(&out));
  return tell_lost(a, form) ? STANCE_OK : st_form_memory(err);
}

const char *stance_annotations_remark(const stance_annotations *a, size_t i) {
  return json_string_value(json_array_get(a->remarks, i));
}
