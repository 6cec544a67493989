/* form_cas.c: UIMA CAS JSON 0.4, as INCEpTION reads and writes it: one file a document, offsets in
 * UTF-16 units. A sentence's label is the "value" of custom.Stance. */
#include <string.h>

#include "data/annotations.h"

#define SENTENCE "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Sentence"

/* ---- reading ---- */

static stance_status read_structures(st_form_input *in, const json_t *cas, const char *doc,
                                     const char *text) {
  size_t i, len = strlen(text);
  json_t *fs;
  json_array_foreach (json_object_get(cas, "%FEATURE_STRUCTURES"), i, fs) {
    const char *type = st_string(fs, "%TYPE"), *label = st_string(fs, "value");
    if (!type || !strcmp(type, SENTENCE) || !label) continue;
    long long begin = json_integer_value(json_object_get(fs, "begin"));
    long long end = json_integer_value(json_object_get(fs, "end"));
    size_t a = begin < 0 ? SIZE_MAX : st_cp_of_utf16(text, len, (size_t)begin);
    size_t b = end < 0 ? SIZE_MAX : st_cp_of_utf16(text, len, (size_t)end);
    if (a == SIZE_MAX || b == SIZE_MAX)
      return st_form_fail(in, 0, "no text at %lld to %lld", begin, end);
    json_t *item = st_span_item(in, 0, doc, text, len, (long long)a, (long long)b, label);
    if (!item) return in->err ? in->err->code : STANCE_ERR_FORMAT;
    if (!st_add_item(in->a, item)) return st_form_memory(in->err);
  }
  return STANCE_OK;
}

static stance_status read_cas(st_form_input *in, const json_t *cas) {
  const char *text = NULL, *slash = strrchr(in->path, '/');
  size_t i;
  json_t *fs, *document;
  json_array_foreach (json_object_get(cas, "%FEATURE_STRUCTURES"), i, fs)
    if (!text) text = st_string(fs, "sofaString");
  if (!text) return st_form_fail(in, 0, "no \"sofaString\" in \"%%FEATURE_STRUCTURES\"");
  char name[256];
  snprintf(name, sizeof name, "%.250s", slash ? slash + 1 : in->path);
  size_t n = strlen(name);
  if (n > 5 && !strcmp(name + n - 5, ".json")) name[n - 5] = 0;
  document = json_object();
  if (document && !st_set(document, "text", json_string(text)))
    json_decref(document), document = NULL;
  const char *doc = st_add_document(in->a, name, document);
  return doc ? read_structures(in, cas, doc, text) : st_form_memory(in->err);
}

stance_status st_cas_read(st_form_input *in) {
  json_error_t e;
  json_t *cas = json_loadb(in->bytes, in->len, JSON_REJECT_DUPLICATES, &e);
  if (!cas) {
    st_form_fail(in, e.line > 0 ? (uint64_t)e.line : 0, "not JSON: %.140s", e.text);
    if (in->err && e.column > 0) in->err->column = (uint64_t)e.column;
    return STANCE_ERR_FORMAT;
  }
  stance_status status = read_cas(in, cas);
  json_decref(cas);
  return status;
}

/* ---- writing ---- */

static const char head[] =
    "{\"%TYPES\":{\"custom.Stance\":{\"%NAME\":\"custom.Stance\",\"%SUPER_TYPE\":"
    "\"uima.tcas.Annotation\",\"value\":{\"%NAME\":\"value\",\"%RANGE\":\"uima.cas.String\"}}},\n"
    "\"%FEATURE_STRUCTURES\":[\n{\"%ID\":1,\"%TYPE\":\"uima.cas.Sofa\",\"sofaNum\":1,\"sofaID\":"
    "\"_InitialView\",\"mimeType\":\"text\",\"sofaString\":";

static size_t utf16_of(const st_whole *w, size_t cp) {
  return st_count_utf16(w->text.data, st_byte_of_cp(w->text.data, w->text.len, cp));
}

static stance_status write_document(st_form_output *out, const st_whole *w) {
  st_buf b = {0};
  size_t id = 2;
  st_buf_puts(&b, head);
  st_buf_json(&b, w->text.data, w->text.len);
  st_buf_putc(&b, '}');
  for (size_t i = 0; i < w->n; i++) {
    size_t begin = utf16_of(w, w->start[i]), end = utf16_of(w, w->end[i]);
    st_buf_printf(
        &b, ",\n{\"%%ID\":%zu,\"%%TYPE\":\"" SENTENCE "\",\"@sofa\":1,\"begin\":%zu,\"end\":%zu}",
        id, begin, end);
    st_buf_printf(&b,
                  ",\n{\"%%ID\":%zu,\"%%TYPE\":\"custom.Stance\",\"@sofa\":1,\"begin\":%zu,"
                  "\"end\":%zu,\"value\":",
                  id + 1, begin, end);
    st_json_write(&b, json_object_get(w->item[i], "label"));
    st_buf_putc(&b, '}');
    id += 2;
  }
  st_buf_puts(&b, "],\n\"%VIEWS\":{\"_InitialView\":{\"%SOFA\":1,\"%MEMBERS\":[");
  for (size_t k = 2; k < id; k++) st_buf_printf(&b, k > 2 ? ",%zu" : "%zu", k);
  st_buf_puts(&b, "]}}}\n");
  char name[300];
  snprintf(name, sizeof name, "%.250s.json", w->name);
  for (char *p = name; *p; p++)
    if (*p == '/' || (unsigned char)*p < 0x20 || (p == name && *p == '.')) *p = '_';
  return st_form_put(out, name, &b);
}

stance_status st_cas_write(st_form_output *out) {
  st_whole *wholes;
  size_t n;
  stance_status status = st_wholes(out, false, &wholes, &n);
  for (size_t k = 0; k < n && status == STANCE_OK; k++) status = write_document(out, &wholes[k]);
  st_wholes_free(wholes, n);
  return status;
}
