/* known.c: sentences silenced by name: an earlier report (--baseline) and .stance-ignore. */
#include "check/check.h"

#include <stdlib.h>
#include <string.h>

#include "data/fields.h"

const char *st_plain_path(const char *path) {
  while (path[0] == '.' && path[1] == '/') {
    path += 2;
    while (*path == '/') path++;
  }
  return path;
}

static bool add(st_known *k, const st_known_sentence *s) {
  if (!st_reserve(&k->items, &k->cap, k->n + 1, sizeof *k->items)) return false;
  k->items[k->n++] = *s;
  k->sorted = false;
  return true;
}

/* "9f2c0d4e11aa0b3c:1"; without ":1" every sentence of that wording. */
static bool parse_fingerprint(st_slice s, uint64_t *fp, uint32_t *nth) {
  *fp = *nth = 0;
  if (s.len < 16) return false;
  for (size_t i = 0; i < 16; i++) {
    char c = s.s[i];
    int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) return false;
    *fp = *fp << 4 | (uint64_t)digit;
  }
  if (s.len == 16) return true;
  if (s.s[16] != ':' || s.len < 18 || s.len > 26) return false;
  for (size_t i = 17; i < s.len; i++) {
    if (s.s[i] < '0' || s.s[i] > '9') return false;
    *nth = *nth * 10 + (uint32_t)(s.s[i] - '0');
  }
  return *nth > 0;
}

/* ---- baselines ---- */

static const char *copy_string(st_arena *arena, const json_t *value, const char *otherwise) {
  if (!json_is_string(value)) return otherwise;
  return st_arena_copy(arena, json_string_value(value), json_string_length(value));
}

/* One sentence of a report; other records are passed over. */
static bool add_record(st_known *k, const json_t *record, const char *doc, st_arena *arena) {
  const json_t *fp = json_object_get(record, "fp");
  st_known_sentence s = {0};
  if (!json_is_string(fp) ||
      !parse_fingerprint((st_slice){json_string_value(fp), json_string_length(fp)}, &s.fp, &s.nth))
    return true;
  s.path = copy_string(arena, json_object_get(record, "doc"), doc);
  s.label = copy_string(arena, json_object_get(record, "label"), "");
  if (!s.path || !s.label) return false;
  s.path = st_plain_path(s.path);
  if (!add(k, &s)) return false;
  const json_t *loud = json_object_get(record, "sensationalism");
  if (!json_is_number(loud) || json_number_value(loud) * 100 < ST_SENSATIONAL_FROM) return true;
  s.label = ST_SENSATIONAL;
  return add(k, &s);
}

static bool add_report(st_known *k, const json_t *report, st_arena *arena) {
  size_t i, j;
  json_t *document, *sentence;
  json_array_foreach (json_object_get(report, "documents"), i, document) {
    const char *doc = copy_string(arena, json_object_get(document, "doc"), "");
    if (!doc) return false;
    json_array_foreach (json_object_get(document, "sentences"), j, sentence)
      if (!add_record(k, sentence, doc, arena)) return false;
  }
  return true;
}

stance_status st_known_baseline(st_known *k, const char *bytes, size_t len, st_arena *arena,
                                stance_error *err) {
  size_t before = k->n;
  ST_TRY(st_utf8_check(bytes, len, err));
  json_t *whole = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, NULL);
  bool ok = true, report = json_is_array(json_object_get(whole, "documents"));
  if (report) ok = add_report(k, whole, arena);
  json_decref(whole);
  const char *p = bytes, *end = bytes + len;
  st_slice line;
  for (uint64_t n = 1; !report && ok && st_next_line(&p, end, &line); n++) {
    char message[160];
    size_t column = 0, byte = 0;
    if (!st_trim(line).len) continue;
    json_t *record = st_json_object(line, message, &column, &byte);
    if (!record) {
      st_fail(err, STANCE_ERR_FORMAT, "%s", message);
      st_error_at(err, STANCE_ERR_FORMAT, NULL, n, (uint64_t)(line.s - bytes) + byte);
      if (err) err->column = column;
      return STANCE_ERR_FORMAT;
    }
    ok = add_record(k, record, "", arena);
    json_decref(record);
  }
  if (!ok) return st_fail_memory(err, "reading a baseline");
  if (k->n == before && !report)
    return st_fail(err, STANCE_ERR_FORMAT,
                   "no sentences of a report in it; make one with "
                   "'stance classify -f jsonl -o FILE ...'");
  return STANCE_OK;
}

/* ---- .stance-ignore ---- */

stance_status st_known_ignore(st_known *k, const char *name, const char *bytes, size_t len,
                              st_arena *arena, stance_error *err) {
  ST_TRY(st_utf8_check(bytes, len, err));
  const char *file = st_arena_copy(arena, name, strlen(name));
  const char *p = bytes + st_bom(bytes, len), *end = bytes + len;
  st_slice line;
  for (uint32_t n = 1; file && st_next_line(&p, end, &line); n++) {
    line = st_trim(line);
    if (!line.len || line.s[0] == '#') continue;
    size_t word = 0;
    while (word < line.len && line.s[word] != ' ' && line.s[word] != '\t') word++;
    st_known_sentence s = {.file = file, .line = n};
    st_slice reason = st_trim((st_slice){line.s + word, line.len - word});
    if (!parse_fingerprint((st_slice){line.s, word}, &s.fp, &s.nth) || !reason.len) {
      st_fail(err, STANCE_ERR_FORMAT,
              "expected a sentence's fingerprint (\"fp\" of -f jsonl) and the reason");
      return st_error_at(err, STANCE_ERR_FORMAT, name, n, 0);
    }
    s.reason = st_arena_copy(arena, reason.s, reason.len);
    if (!s.reason || !add(k, &s)) return st_fail_memory(err, "reading .stance-ignore");
  }
  return file ? STANCE_OK : st_fail_memory(err, "reading .stance-ignore");
}

static int by_fingerprint(const void *x, const void *y) {
  const st_known_sentence *a = x, *b = y;
  if (a->fp != b->fp) return a->fp < b->fp ? -1 : 1;
  if (a->line != b->line) return a->line < b->line ? -1 : 1;
  return a->nth < b->nth ? -1 : a->nth > b->nth;
}

st_known_sentence *st_known_find(st_known *k, const char *path, const char *rule, uint64_t fp,
                                 uint32_t nth) {
  if (!k->n) return NULL;
  if (!k->sorted) qsort(k->items, k->n, sizeof *k->items, by_fingerprint);
  k->sorted = true;
  size_t low = 0, high = k->n;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    if (k->items[mid].fp < fp)
      low = mid + 1;
    else
      high = mid;
  }
  path = st_plain_path(path);
  for (; low < k->n && k->items[low].fp == fp; low++) {
    st_known_sentence *s = &k->items[low];
    if ((s->nth && s->nth != nth) || (s->path && strcmp(s->path, path)) ||
        (s->label && strcmp(s->label, rule)))
      continue;
    return s;
  }
  return NULL;
}
