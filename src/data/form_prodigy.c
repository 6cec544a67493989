/* form_prodigy.c: Prodigy's JSONL: one label and an answer, a choice of several, or spans. Its
 * hashes ride along untouched, so that Prodigy knows its own examples again. */
#include <string.h>

#include "data/annotations.h"

/* Keys that Prodigy reads at the top; others go into "meta", which it shows. */
#define PRODIGY                                                                                    \
  "text label answer options accept spans tokens id _input_hash _task_hash _session_id "           \
  "_annotator_id _timestamp _view_id"

/* "accept":["speculation"] of a choice; else "label". */
static stance_status label_of(st_form_input *in, const json_t *row, uint64_t line, char *scratch,
                              const char **label) {
  const json_t *value = json_object_get(row, "label"), *accept = json_object_get(row, "accept");
  if (json_array_size(accept) > 1)
    return st_form_fail(in, line, "\"accept\" lists more than one label");
  if (json_array_size(accept)) value = json_array_get(accept, 0);
  *label = NULL;
  if (!value || json_is_null(value)) return STANCE_OK;
  *label = st_label_of(in, value, line, scratch);
  return *label ? STANCE_OK : STANCE_ERR_FORMAT;
}

/* "score" is Prodigy's name for confidence. */
static bool rename_score(json_t *item) {
  json_t *score = json_object_get(item, "score");
  if (!json_is_number(score) || json_object_get(item, "confidence")) return true;
  return json_object_set(item, "confidence", score) == 0 && json_object_del(item, "score") == 0;
}

static stance_status spans_row(st_form_input *in, const json_t *row, const char *text,
                               uint64_t line) {
  char name[64];
  const char *answer = st_string(row, "answer"), *given = st_string(row, "doc");
  snprintf(name, sizeof name, "%llu", (unsigned long long)line);
  json_t *document = json_object(), *span;
  size_t i;
  if (!document || !st_set(document, "text", json_string(text)) ||
      !st_copy_rest(document, row, "text spans tokens answer doc")) {
    json_decref(document);
    return st_form_memory(in->err);
  }
  if (!given) given = st_string(document, "doc");
  if (given) snprintf(name, sizeof name, "%.60s", given);
  const char *doc = st_add_document(in->a, name, document);
  if (!doc) return st_form_memory(in->err);
  json_array_foreach (json_object_get(row, "spans"), i, span) {
    char scratch[256];
    const char *label = st_label_of(in, json_object_get(span, "label"), line, scratch);
    if (!label) return STANCE_ERR_FORMAT;
    json_t *item = st_span_item(in, line, doc, text, strlen(text),
                                json_integer_value(json_object_get(span, "start")),
                                json_integer_value(json_object_get(span, "end")), label);
    if (!item) return in->err ? in->err->code : STANCE_ERR_FORMAT;
    if ((answer && !st_set(item, "answer", json_string(answer))) || !st_add_item(in->a, item))
      return st_form_memory(in->err);
  }
  return STANCE_OK;
}

static stance_status prodigy_row(st_form_input *in, json_t *row, uint64_t line) {
  const char *text = st_string(row, "text"), *label;
  char scratch[256];
  if (!text) return st_form_fail(in, line, "row has no \"text\"");
  ST_TRY(label_of(in, row, line, scratch, &label));
  if (!label && json_array_size(json_object_get(row, "spans")))
    return spans_row(in, row, text, line);
  json_t *item = st_new_item(text, strlen(text), label);
  if (item && st_copy_rest(item, row, "text label options accept spans tokens") &&
      rename_score(item) && st_add_item(in->a, item))
    return STANCE_OK;
  return st_form_memory(in->err);
}

stance_status st_prodigy_read(st_form_input *in) {
  return st_each_row(in, prodigy_row);
}

static void put_member(st_buf *b, const char *key, const json_t *value, const char *before) {
  st_buf_puts(b, before);
  st_buf_json(b, key, strlen(key));
  st_buf_putc(b, ':');
  st_json_write(b, value);
}

stance_status st_prodigy_write(st_form_output *out) {
  st_buf b = {0};
  size_t i;
  json_t *item, *value;
  const char *key;
  json_array_foreach (out->a->items, i, item) {
    const char *in_meta = ",\"meta\":{";
    const json_t *label = json_object_get(item, "label"), *answer = json_object_get(item, "answer");
    put_member(&b, "text", json_object_get(item, "text"), "{");
    if (json_is_string(label)) put_member(&b, "label", label, ",");
    if (answer)
      put_member(&b, "answer", answer, ",");
    else if (json_is_string(label))
      st_buf_puts(&b, ",\"answer\":\"accept\"");
    json_object_foreach (item, key, value)
      if (st_is_word_of(PRODIGY, key) && !st_is_word_of("text label answer", key))
        put_member(&b, key, value, ",");
    json_object_foreach (item, key, value)
      if (!st_is_word_of(PRODIGY, key)) {
        put_member(&b, strcmp(key, "confidence") ? key : "score", value, in_meta);
        in_meta = ",";
      }
    st_buf_puts(&b, strcmp(in_meta, ",") ? "}\n" : "}}\n");
  }
  return st_form_put(out, "", &b);
}

stance_status st_prodigy_write_spans(st_form_output *out) {
  st_whole *wholes;
  size_t n;
  st_buf b = {0};
  stance_status status = st_wholes(out, false, &wholes, &n);
  for (size_t k = 0; k < n && status == STANCE_OK; k++) {
    const st_whole *w = &wholes[k];
    st_buf_puts(&b, "{\"text\":");
    st_buf_json(&b, w->text.data, w->text.len);
    st_buf_puts(&b, ",\"spans\":[");
    for (size_t i = 0; i < w->n; i++) {
      st_buf_printf(&b, "%s{\"start\":%zu,\"end\":%zu,\"label\":", i ? "," : "", w->start[i],
                    w->end[i]);
      st_json_write(&b, json_object_get(w->item[i], "label"));
      st_buf_putc(&b, '}');
    }
    st_buf_puts(&b, "],\"answer\":\"accept\",\"meta\":{\"doc\":");
    st_buf_json(&b, w->name, strlen(w->name));
    st_buf_puts(&b, "}}\n");
  }
  st_wholes_free(wholes, n);
  if (status == STANCE_OK) return st_form_put(out, "", &b);
  st_buf_free(&b);
  return status;
}
