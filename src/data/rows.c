/* rows.c: one line of a stream becomes a text and an id, or says why it cannot. */
#include "data/data.h"

#include <stdlib.h>
#include <string.h>

#include "data/fields.h"

bool st_row_format_named(const char *name, st_row_format *out) {
  static const struct {
    const char *name;
    st_row_format format;
  } names[] = {{"lines", ST_ROWS_LINES}, {"tsv", ST_ROWS_TSV}, {"jsonl", ST_ROWS_JSONL}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (!strcmp(name, names[i].name)) {
      *out = names[i].format;
      return true;
    }
  return false;
}

static stance_status read_header(st_row_reader *r, st_slice header, stance_error *err) {
  for (st_slice field; st_next_field(&header, &field); r->fields++) {
    field = st_trim(field);
    if (r->text_field == SIZE_MAX && st_slice_is(field, r->text_key)) r->text_field = r->fields;
    if (r->id_field == SIZE_MAX && st_slice_is(field, "id")) r->id_field = r->fields;
  }
  if (r->text_field != SIZE_MAX) return STANCE_OK;
  st_fail(err, STANCE_ERR_FORMAT, "no column '%.100s' in the header", r->text_key);
  return st_error_at(err, STANCE_ERR_FORMAT, NULL, 1, 0);
}

stance_status st_row_reader_init(st_row_reader *r, st_row_format format, const char *text_column,
                                 const char *header, size_t header_len, stance_error *err) {
  *r = (st_row_reader){.format = format, .text_field = SIZE_MAX, .id_field = SIZE_MAX};
  r->text_key = strdup(text_column ? text_column : "text");
  if (!r->text_key) return st_fail_memory(err, "reading rows");
  if (format != ST_ROWS_TSV) return STANCE_OK;
  size_t bom = st_bom(header, header_len);
  const char *p = header + bom;
  st_slice line = {"", 0};
  st_next_line(&p, header + header_len, &line);
  stance_status status = read_header(r, line, err);
  if (status != STANCE_OK) st_row_reader_free(r);
  return status;
}

void st_row_reader_free(st_row_reader *r) {
  free(r->text_key);
  *r = (st_row_reader){0};
}

/* What makes any line unfit, whatever its format. */
static bool well_formed(st_slice line, char error[160]) {
  size_t bad = st_utf8_invalid(line.s, line.len);
  const char *nul = line.len ? memchr(line.s, 0, line.len) : NULL;
  if (nul)
    snprintf(error, 160, "holds a NUL byte at byte %zu of the line", (size_t)(nul - line.s));
  else if (bad < line.len)
    snprintf(error, 160, "not valid UTF-8 at byte %zu of the line", bad);
  return !nul && bad == line.len;
}

static void parse_tsv(const st_row_reader *r, st_slice line, st_row_view *out) {
  size_t n = 0;
  st_slice text = {"", 0};
  for (st_slice rest = line, field; st_next_field(&rest, &field); n++) {
    if (n == r->text_field) text = field;
    if (n == r->id_field) out->id = field.s, out->id_len = field.len;
  }
  if (n != r->fields)
    snprintf(out->error, sizeof out->error, "row has %zu columns, the header has %zu", n,
             r->fields);
  else
    out->text = text.s, out->text_len = text.len;
}

static bool copy(st_arena *arena, st_slice s, const char **out, size_t *out_len) {
  if (!s.len) return true;
  *out = st_arena_copy(arena, s.s, s.len);
  *out_len = s.len;
  return *out != NULL;
}

static bool parse_json(const st_row_reader *r, st_slice line, st_arena *arena, st_row_view *out) {
  size_t column = 0, byte = 0;
  char message[160], scratch[32];
  json_t *row = st_json_object(line, message, &column, &byte);
  if (!row) {
    snprintf(out->error, sizeof out->error, "column %zu: %.130s", column, message);
    return true;
  }
  st_slice id, text = {"", 0};
  const json_t *value = json_object_get(row, r->text_key);
  if (!st_json_scalar(json_object_get(row, "id"), scratch, &id)) id.len = 0;
  if (!value)
    snprintf(out->error, sizeof out->error, "row has no \"%.100s\"", r->text_key);
  else if (!json_is_string(value))
    snprintf(out->error, sizeof out->error, "\"%.100s\" is not a string", r->text_key);
  else
    text = (st_slice){json_string_value(value), json_string_length(value)};
  bool ok =
      copy(arena, id, &out->id, &out->id_len) && copy(arena, text, &out->text, &out->text_len);
  json_decref(row);
  return ok;
}

bool st_row_parse(const st_row_reader *r, const char *line, size_t len, st_arena *arena,
                  st_row_view *out) {
  *out = (st_row_view){.text = "", .id = ""};
  st_slice s = {line, len};
  if (s.len && s.s[s.len - 1] == '\r') s.len--;
  size_t bom = st_bom(s.s, s.len);
  s.s += bom;
  s.len -= bom;
  if (!well_formed(s, out->error)) return true;
  if (r->format == ST_ROWS_JSONL) return s.len ? parse_json(r, s, arena, out) : true;
  if (r->format == ST_ROWS_TSV)
    parse_tsv(r, s, out);
  else
    out->text = s.s, out->text_len = s.len;
  return true;
}

size_t st_row_document(const char *id, size_t len, int32_t *index) {
  *index = 0;
  size_t hash = len;
  while (hash > 0 && id[hash - 1] != '#') hash--;
  if (hash == 0 || hash == len || len - hash > 9) return len;
  int32_t n = 0;
  for (size_t i = hash; i < len; i++) {
    if (id[i] < '0' || id[i] > '9') return len;
    n = n * 10 + (id[i] - '0');
  }
  *index = n;
  return hash - 1;
}
