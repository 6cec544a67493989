/* lsp_document.c: diagnostics, hover texts and quick fixes of an open document; corrections. */
#include "cli/lsp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- reading ---- */

static void forget(open_document *d) {
  stance_check_free(d->check);
  stance_document_free(d->document);
  stance_text_free(d->text);
  d->check = NULL;
  d->document = NULL;
  d->text = NULL;
}

void free_document(open_document *d) {
  forget(d);
  free(d->uri);
  free(d->path);
  free(d->bytes);
  json_decref(d->corrected);
  *d = (open_document){.uri = NULL};
}

static stance_status read_ignored(open_document *d, stance_error *err) {
  char *file = ignore_file(d->path);
  text_input in = {NULL, 0};
  stance_status status = STANCE_OK;
  if (file && access(file, F_OK) == 0) {
    status = read_input(file, NULL, &in, err);
    if (status == STANCE_OK) status = stance_check_ignore(d->check, file, in.bytes, in.len, err);
  }
  free(in.bytes);
  free(file);
  return status;
}

void read_document(const desk *k, open_document *d, char problem[600]) {
  stance_error err = {.message = ""};
  stance_text_options o = {.format = d->format, .encoding = "UTF-8"};
  stance_check_options c = {.only = k->s->only};
  forget(d);
  problem[0] = 0;
  stance_options options = k->s->classify;
  if (k->s->among && parse_among(k->model, k->s->among, &options.among))
    snprintf(problem, 600, "--among names a label that the model does not have");
  else if (stance_read_text(d->path, d->bytes, d->len, &o, &d->text, &err) != STANCE_OK ||
           stance_classify_text(k->model, &options, d->text, &d->document, &err) != STANCE_OK ||
           stance_check_new(k->model, &c, &d->check, &err) != STANCE_OK ||
           read_ignored(d, &err) != STANCE_OK ||
           stance_check_document(d->check, d->document, &err) != STANCE_OK) {
    snprintf(problem, 600, "%s", err.message);
    forget(d);
  }
}

/* ---- positions ---- */

static json_t *position_json(const desk *k, const stance_position *p) {
  uint32_t column = k->unit == UTF8 ? p->column_byte : p->column_utf16;
  return json_pack("{s:i,s:i}", "line", (int)p->line - 1, "character", (int)column - 1);
}

static json_t *range_json(const desk *k, const stance_position *start, const stance_position *end) {
  return json_pack("{s:o,s:o}", "start", position_json(k, start), "end", position_json(k, end));
}

/* The byte of the file that a position of the client stands at; beyond a line's end: that end. */
static size_t byte_at(const desk *k, const open_document *d, const json_t *position) {
  json_int_t line = json_integer_value(json_object_get(position, "line"));
  json_int_t column = json_integer_value(json_object_get(position, "character"));
  size_t at = 0;
  for (; line > 0 && at < d->len; at++) line -= d->bytes[at] == '\n';
  while (column > 0 && at < d->len && d->bytes[at] != '\n') {
    unsigned char c = (unsigned char)d->bytes[at++];
    if (k->unit == UTF8)
      column--;
    else if ((c & 0xc0) != 0x80)
      column -= c >= 0xf0 ? 2 : 1;
  }
  while (k->unit == UTF16 && at < d->len && ((unsigned char)d->bytes[at] & 0xc0) == 0x80) at++;
  return at;
}

/* The first sentence that [a, b] touches; the number of sentences when none does. */
static size_t sentence_in(const open_document *d, size_t a, size_t b) {
  size_t i = 0;
  for (; i < d->document->n_sentences; i++)
    if (d->document->sentences[i].file_start <= b && a < d->document->sentences[i].file_end) break;
  return i;
}

/* ---- what the report says of a sentence: its fingerprint and the rest ---- */

static stance_status collect(void *ctx, const void *bytes, size_t n, stance_error *err) {
  (void)err;
  text_input *t = ctx;
  char *grown = realloc(t->bytes, t->len + n + 1);
  if (!grown) return STANCE_ERR_MEMORY;
  t->bytes = grown;
  memcpy(grown + t->len, bytes, n);
  t->len += n;
  grown[t->len] = 0;
  return STANCE_OK;
}

/* Records of the document (line 0) and of its sentence; NULL when memory is short. */
static json_t *record_of(const desk *k, const open_document *d, size_t sentence,
                         json_t **document) {
  stance_report_options o = {.format = "jsonl"};
  text_input t = {NULL, 0};
  json_t *record = NULL;
  *document = NULL;
  if (stance_report_document(k->model, &o, d->document, 0, collect, &t, NULL) == STANCE_OK) {
    char *line = t.bytes;
    for (size_t i = 0; line && i <= sentence + 1; i++) {
      char *end = strchr(line, '\n');
      if (end) *end = 0;
      if (i == 0) *document = json_loads(line, 0, NULL);
      if (i == sentence + 1) record = json_loads(line, 0, NULL);
      line = end ? end + 1 : NULL;
    }
  }
  free(t.bytes);
  if (record && *document) return record;
  json_decref(record);
  json_decref(*document);
  *document = NULL;
  return NULL;
}

/* ---- for the client ---- */

json_t *diagnostics_of(const desk *k, const open_document *d) {
  json_t *list = json_array();
  stance_finding f;
  for (size_t i = 0; d->check && stance_check_finding(d->check, i, &f); i++) {
    if (f.suppressed || json_object_get(d->corrected, f.fingerprint)) continue;
    /* 3: information, 4: hint. An opinion of a program on wording is no error. */
    json_t *one = json_pack("{s:o,s:i,s:s,s:s,s:s}", "range", range_json(k, &f.start, &f.end),
                            "severity", f.level == STANCE_NOTE ? 4 : 3, "code", f.rule, "source",
                            "stance", "message", f.message);
    if (json_array_append_new(list, one)) break;
  }
  return list;
}

/* Text for Markdown: what would be markup is escaped. */
static void put_markdown(text_input *out, const char *s, size_t n) {
  for (size_t i = 0; i < n; i++) {
    if (strchr("\\`*_{}[]<>#|", s[i])) collect(out, "\\", 1, NULL);
    collect(out, s[i] == '\n' || s[i] == '\r' ? " " : &s[i], 1, NULL);
  }
}

static void put_string(text_input *out, const char *s) {
  collect(out, s, strlen(s), NULL);
}

static void put_evidence(text_input *out, const char *text, const stance_evidence *e, size_t n) {
  for (size_t i = 0; i < n; i++) {
    put_string(out, i ? ", **" : "\n\n**");
    put_markdown(out, text + e[i].start, e[i].end - e[i].start);
    put_string(out, "** (");
    put_markdown(out, e[i].kind, strlen(e[i].kind));
    put_string(out, ")");
  }
}

json_t *hover_at(const desk *k, const open_document *d, const json_t *position) {
  if (!d->document) return json_null();
  size_t at = byte_at(k, d, position), i = sentence_in(d, at, at);
  if (i == d->document->n_sentences) return json_null();
  const stance_sentence *s = &d->document->sentences[i];
  const char *label =
      s->label == STANCE_UNSURE ? "unsure" : stance_model_label(k->model, 0, s->label);
  char numbers[120];
  text_input out = {NULL, 0};
  put_markdown(&out, label ? label : "no label", strlen(label ? label : "no label"));
  snprintf(numbers, sizeof numbers, " %.2f · sensationalism %.2f", (double)s->confidence,
           (double)s->sensationalism);
  put_string(&out, numbers);
  put_string(&out, s->quoted ? " · quoted" : "");
  put_evidence(&out, d->document->text, s->evidence, s->n_evidence);
  put_string(&out, "\n\n");
  put_string(&out, s->source_start == s->source_end ? "no source" : "source: ");
  put_markdown(&out, d->document->text + s->source_start, s->source_end - s->source_start);
  if (s->suppressed) {
    put_string(&out, "\n\nsilenced: ");
    put_markdown(&out, s->suppressed, strlen(s->suppressed));
  }
  json_t *hover = json_pack("{s:{s:s,s:s}}", "contents", "kind", "markdown", "value",
                            out.bytes ? out.bytes : "");
  free(out.bytes);
  return hover;
}

json_t *actions_at(const desk *k, const open_document *d, const json_t *range) {
  json_t *list = json_array();
  if (!d->document) return list;
  size_t a = byte_at(k, d, json_object_get(range, "start"));
  size_t b = byte_at(k, d, json_object_get(range, "end"));
  size_t i = sentence_in(d, a, b);
  if (i == d->document->n_sentences) return list;
  for (size_t l = 0; l < stance_model_labels(k->model, 0); l++) {
    const char *label = stance_model_label(k->model, 0, (int)l);
    char title[200];
    if ((int)l == d->document->sentences[i].label) continue;
    snprintf(title, sizeof title, "Mark as %.150s", label);
    json_t *command =
        json_pack("{s:s,s:s,s:[s,I,I,s]}", "title", title, "command", "stance.correct", "arguments",
                  d->uri, d->version, (json_int_t)i, label);
    json_array_append_new(
        list, json_pack("{s:s,s:s,s:o}", "title", title, "kind", "quickfix", "command", command));
  }
  return list;
}

/* ---- corrections ---- */

/* "dir/corrections.jsonl" for "dir/story.txt", or --output. */
static char *corrections_file(const desk *k, const open_document *d) {
  static const char name[] = "corrections.jsonl";
  if (k->s->output) return strdup(k->s->output);
  const char *slash = strrchr(d->path, '/');
  size_t n = slash ? (size_t)(slash - d->path) + 1 : 0;
  char *file = malloc(n + sizeof name);
  if (!file) return NULL;
  memcpy(file, d->path, n);
  memcpy(file + n, name, sizeof name);
  return file;
}

static json_t *correction(const json_t *record, const json_t *document, const char *label) {
  char now[32];
  time_t t = time(NULL);
  struct tm tm;
  const char *user = getenv("USER");
  strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&t, &tm));
  return json_pack("{s:s,s:s,s:O,s:O,s:O,s:O,s:O,s:O,s:O,s:O,s:s,s:s,s:s,s:s}", "type",
                   "correction", "schema", "stance-correction/1", "doc",
                   json_object_get(record, "doc"), "sha256", json_object_get(document, "sha256"),
                   "id", json_object_get(record, "id"), "fp", json_object_get(record, "fp"), "text",
                   json_object_get(record, "text"), "model", json_object_get(document, "model"),
                   "predicted", json_object_get(record, "label"), "confidence",
                   json_object_get(record, "confidence"), "label", label, "reason", "", "annotator",
                   user && *user ? user : "", "at", now);
}

/* One line, on the disk before it is said to be written. */
static bool append(const char *file, const char *line) {
  int fd = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0) return false;
  size_t n = strlen(line);
  bool ok = write(fd, line, n) == (ssize_t)n && fsync(fd) == 0;
  return close(fd) == 0 && ok;
}

void correct(const desk *k, open_document *d, json_int_t sentence, const char *label,
             char problem[600]) {
  json_t *document = NULL, *record = NULL, *line = NULL;
  char *file = corrections_file(k, d), *text = NULL, *row = NULL;
  problem[0] = 0;
  if (d->document && sentence >= 0 && (size_t)sentence < d->document->n_sentences)
    record = record_of(k, d, (size_t)sentence, &document);
  if (record) line = correction(record, document, label);
  if (line) text = json_dumps(line, JSON_COMPACT | JSON_REAL_PRECISION(6));
  if (text && (row = malloc(strlen(text) + 2))) sprintf(row, "%s\n", text);
  if (!record || !row || !file)
    snprintf(problem, 600, "there is no such sentence");
  else if (!append(file, row))
    snprintf(problem, 600, "cannot write '%.400s': %s", file, strerror(errno));
  else
    json_object_set_new(d->corrected, json_string_value(json_object_get(record, "fp")),
                        json_string(label));
  json_decref(record);
  json_decref(document);
  json_decref(line);
  free(text);
  free(row);
  free(file);
}
