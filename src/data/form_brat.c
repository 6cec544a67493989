/* form_brat.c: brat's standoff: a .txt and beside it a .ann of
 *
 *     T1<TAB>speculation 0 45<TAB>Rates could rise ...      offsets in code points, "\n" one each
 *     T2<TAB>advocacy 46 60;61 80<TAB>two lines of text     a span does not cross a line
 *     #1<TAB>AnnotatorNotes T1<TAB>confidence=0.96
 */
#include <stdlib.h>
#include <string.h>

#include "data/annotations.h"

/* ---- reading ---- */

static long long take_number(st_slice *s) {
  long long n = 0;
  size_t i = 0;
  while (i < s->len && i < 15 && s->s[i] >= '0' && s->s[i] <= '9') n = n * 10 + (s->s[i++] - '0');
  *s = (st_slice){s->s + i, s->len - i};
  return i ? n : -1;
}

/* "0 45" or "46 60;61 80": from the first to the last. */
static bool take_span(st_slice s, long long *start, long long *end) {
  *start = take_number(&s);
  while (s.len && *start >= 0) {
    if (s.s[0] != ' ') return false;
    s.s++, s.len--;
    *end = take_number(&s);
    if (!s.len) return *end > *start;
    if (s.s[0] != ';') return false;
    s.s++, s.len--;
    if (take_number(&s) < 0) return false;
  }
  return false;
}

static stance_status read_entity(st_form_input *in, st_slice line, uint64_t n, const char *doc,
                                 const st_buf *text, json_t *by_id) {
  st_slice rest = line, id, what;
  long long start, end = 0;
  if (!st_next_field(&rest, &id) || !st_next_field(&rest, &what))
    return st_form_fail(in, n, "expected T1<TAB>label start end<TAB>text");
  const char *space = memchr(what.s, ' ', what.len);
  size_t k = space ? (size_t)(space - what.s) : 0;
  if (!k || k > 200 || !take_span((st_slice){space + 1, what.len - k - 1}, &start, &end))
    return st_form_fail(in, n, "expected a label, a start and an end");
  char label[256];
  snprintf(label, sizeof label, "%.*s", (int)k, what.s);
  json_t *item =
      st_span_item(in, n, doc, text->data ? text->data : "", text->len, start, end, label);
  if (!item) return in->err ? in->err->code : STANCE_ERR_FORMAT;
  char name[64];
  snprintf(name, sizeof name, "%.*s", (int)(id.len < 60 ? id.len : 60), id.s);
  return st_add_item(in->a, item) && json_object_set(by_id, name, item) == 0
             ? STANCE_OK
             : st_form_memory(in->err);
}

/* "confidence=0.96 reason=because" */
static bool read_note(st_slice note, json_t *item) {
  json_t *v;
  st_slice number = note;
  if (note.len > 11 && !memcmp(note.s, "confidence=", 11)) {
    const char *space = memchr(note.s, ' ', note.len);
    number = (st_slice){note.s + 11, space ? (size_t)(space - note.s) - 11 : note.len - 11};
    if ((v = st_exact_number(number.s, number.len))) {
      if (!st_set(item, "confidence", v)) return false;
      note = space ? (st_slice){space + 1, (size_t)(note.s + note.len - space - 1)}
                   : (st_slice){"", 0};
    }
  }
  if (note.len > 7 && !memcmp(note.s, "reason=", 7)) note.s += 7, note.len -= 7;
  return !note.len || st_set(item, "reason", json_stringn(note.s, note.len));
}

static stance_status read_lines(st_form_input *in, const char *doc, const st_buf *text,
                                json_t *by_id) {
  const char *p = in->bytes, *end = in->bytes + in->len;
  st_slice line;
  for (uint64_t n = 1; st_next_line(&p, end, &line); n++) {
    if (!line.len) continue;
    if (line.s[0] == 'T') {
      ST_TRY(read_entity(in, line, n, doc, text, by_id));
      continue;
    }
    st_slice rest = line, id, what, note;
    if (line.s[0] != '#' || !st_next_field(&rest, &id) || !st_next_field(&rest, &what) ||
        !st_next_field(&rest, &note) || what.len < 16 || memcmp(what.s, "AnnotatorNotes ", 15))
      continue; /* relations and the like are no labels of sentences */
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)(what.len - 15 < 60 ? what.len - 15 : 60),
             what.s + 15);
    json_t *item = json_object_get(by_id, name);
    if (item && !read_note(note, item)) return st_form_memory(in->err);
  }
  return STANCE_OK;
}

/* The .txt as brat counts it: "\r\n" is one character. */
static stance_status read_text(st_form_input *in, const char *path, st_buf *out) {
  st_file file;
  ST_TRY(st_file_open(path, &file, in->err));
  const char *s = file.data ? file.data : "";
  stance_status status = st_utf8_check(s, file.len, in->err);
  if (status != STANCE_OK && in->err) snprintf(in->err->file, sizeof in->err->file, "%.250s", path);
  for (size_t i = 0; i < file.len && status == STANCE_OK; i++)
    if (s[i] != '\r' || i + 1 == file.len || s[i + 1] != '\n') st_buf_putc(out, s[i]);
  st_file_close(&file);
  if (status == STANCE_OK && (!st_buf_reserve(out, 0) || out->failed))
    status = st_form_memory(in->err);
  return status;
}

stance_status st_brat_read(st_form_input *in) {
  size_t n = strlen(in->path);
  char path[4096], name[256];
  if (n < 5 || n >= sizeof path || strcmp(in->path + n - 4, ".ann"))
    return st_fail(in->err, STANCE_ERR_USAGE,
                   "brat: give the .ann file; its .txt is read from beside it");
  snprintf(path, sizeof path, "%.*s.txt", (int)(n - 4), in->path);
  const char *slash = strrchr(path, '/');
  snprintf(name, sizeof name, "%.200s", slash ? slash + 1 : path);
  st_buf text = {0};
  stance_status status = read_text(in, path, &text);
  if (status == STANCE_OK) {
    json_t *document = json_object(), *by_id = json_object();
    const char *doc = NULL;
    if (document && st_set(document, "text", json_stringn(text.data ? text.data : "", text.len)))
      doc = st_add_document(in->a, name, document);
    else
      json_decref(document);
    status = doc && by_id ? read_lines(in, doc, &text, by_id) : st_form_memory(in->err);
    json_decref(by_id);
  }
  st_buf_free(&text);
  return status;
}

/* ---- writing ---- */

/* brat's own rule: [A-Za-z0-9_-]+ */
static bool put_label(st_form_output *out, st_buf *b, const char *label) {
  bool changed = false;
  for (; *label; label++) {
    char c = *label;
    bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                c == '_' || c == '-';
    changed = changed || !good;
    st_buf_putc(b, good ? c : '_');
  }
  return !changed || st_form_remark(out->a, "letters that brat refuses in labels became '_'");
}

/* The stretch as fragments of lines, then its text with a space between them. */
static void put_fragments(st_buf *b, const st_whole *w, size_t i, st_buf *text) {
  size_t at = w->start[i], byte = st_byte_of_cp(w->text.data, w->text.len, at);
  const char *between = " ";
  st_buf_clear(text);
  while (at < w->end[i]) {
    size_t from = at, first = byte;
    while (at < w->end[i] && w->text.data[byte] != '\n') {
      byte += st_utf8_length(w->text.data + byte, w->text.len - byte);
      at++;
    }
    if (at > from) {
      st_buf_printf(b, "%s%zu %zu", between, from, at);
      if (text->len) st_buf_putc(text, ' ');
      st_buf_add(text, w->text.data + first, byte - first);
      between = ";";
    }
    if (at < w->end[i]) at++, byte++;
  }
  st_buf_putc(b, '\t');
  st_buf_add(b, text->data ? text->data : "", text->len);
}

static void put_note(st_buf *b, const json_t *item, size_t number, size_t *notes) {
  const json_t *confidence = json_object_get(item, "confidence");
  const char *reason = st_string(item, "reason");
  if (!json_is_number(confidence) && !(reason && *reason)) return;
  st_buf_printf(b, "#%zu\tAnnotatorNotes T%zu\t", ++*notes, number);
  if (json_is_number(confidence)) {
    st_buf_puts(b, "confidence=");
    st_json_write(b, confidence);
  }
  if (reason && *reason) {
    st_buf_puts(b, json_is_number(confidence) ? " reason=" : "reason=");
    for (; *reason; reason++)
      st_buf_putc(b, *reason == '\t' || *reason == '\n' || *reason == '\r' ? ' ' : *reason);
  }
  st_buf_putc(b, '\n');
}

/* A file's name out of a document's: no folders, no ".txt". */
static void file_name(const char *doc, const char *end, char out[300]) {
  size_t n = strlen(doc);
  if (n > 4 && !strcmp(doc + n - 4, ".txt")) n -= 4;
  if (n > 200) n = 200;
  memcpy(out, doc, n);
  for (size_t i = 0; i < n; i++)
    if (out[i] == '/' || (unsigned char)out[i] < 0x20 || (!i && out[i] == '.')) out[i] = '_';
  snprintf(out + n, 300 - n, "%s", end);
}

static stance_status write_document(st_form_output *out, st_whole *w) {
  st_buf ann = {0}, text = {0};
  char name[300];
  size_t notes = 0;
  for (size_t i = 0; i < w->n; i++) {
    st_buf_printf(&ann, "T%zu\t", i + 1);
    if (!put_label(out, &ann, st_string(w->item[i], "label"))) ann.failed = true;
    put_fragments(&ann, w, i, &text);
    st_buf_putc(&ann, '\n');
    put_note(&ann, w->item[i], i + 1, &notes);
  }
  ann.failed = ann.failed || text.failed;
  st_buf_free(&text);
  file_name(w->name, ".ann", name);
  ST_TRY(st_form_put(out, name, &ann));
  file_name(w->name, ".txt", name);
  return st_form_put(out, name, &w->text);
}

/* The colours of the review page. */
static const char visual[] = "[labels]\n"
                             "[drawing]\n"
                             "SPAN_DEFAULT\tfgColor:black, bgColor:#eeeeee, borderColor:darken\n"
                             "attributed\tfgColor:black, bgColor:#d7e9ff, borderColor:#0a2f7e\n"
                             "speculation\tfgColor:black, bgColor:#f6c87a, borderColor:#b98716\n"
                             "advocacy\tfgColor:black, bgColor:#f19ed9, borderColor:#b4265a\n"
                             "unattributed\tfgColor:black, bgColor:#ffffff, borderColor:#111111\n";

static stance_status write_configuration(st_form_output *out) {
  st_buf b = {0}, colours = {0};
  size_t i;
  json_t *label, *labels = st_labels_of(out->a);
  if (!labels) return st_form_memory(out->err);
  st_buf_puts(&b, "[entities]\n");
  json_array_foreach (labels, i, label) {
    if (!put_label(out, &b, json_string_value(label))) b.failed = true;
    st_buf_putc(&b, '\n');
  }
  json_decref(labels);
  st_buf_puts(&b, "[relations]\n[events]\n[attributes]\n");
  ST_TRY(st_form_put(out, "annotation.conf", &b));
  st_buf_puts(&colours, visual);
  return st_form_put(out, "visual.conf", &colours);
}

stance_status st_brat_write(st_form_output *out) {
  st_whole *wholes;
  size_t n;
  stance_status status = st_wholes(out, true, &wholes, &n);
  for (size_t k = 0; k < n && status == STANCE_OK; k++) status = write_document(out, &wholes[k]);
  st_wholes_free(wholes, n);
  return status == STANCE_OK ? write_configuration(out) : status;
}
