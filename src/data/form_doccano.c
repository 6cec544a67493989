/* form_doccano.c: doccano's JSONL: labels of texts, spans of articles, and the older export whose
 * "annotations" name labels by number. */
#include <string.h>

#include "data/annotations.h"

/* The document of a row with spans; its name, NULL when memory is short. */
static const char *add_article(st_form_input *in, const json_t *row, const char *text,
                               uint64_t line, const char *except) {
  char name[64], scratch[32];
  st_slice id;
  if (st_string(row, "doc"))
    snprintf(name, sizeof name, "%.60s", st_string(row, "doc"));
  else if (st_json_scalar(json_object_get(row, "id"), scratch, &id) && id.len)
    snprintf(name, sizeof name, "%.*s", (int)(id.len < 60 ? id.len : 60), id.s);
  else
    snprintf(name, sizeof name, "%llu", (unsigned long long)line);
  json_t *document = json_object();
  if (document && st_set(document, "text", json_string(text)) &&
      st_copy_rest(document, row, except))
    return st_add_document(in->a, name, document);
  json_decref(document);
  return NULL;
}

static stance_status add_span(st_form_input *in, const char *doc, const char *text, uint64_t line,
                              const json_t *start, const json_t *end, const json_t *label) {
  char scratch[256];
  const char *name = st_label_of(in, label, line, scratch);
  if (!name) return STANCE_ERR_FORMAT;
  if (!json_is_integer(start) || !json_is_integer(end))
    return st_form_fail(in, line, "a span needs whole numbers for its start and end");
  json_t *item = st_span_item(in, line, doc, text, strlen(text), json_integer_value(start),
                              json_integer_value(end), name);
  if (!item) return in->err ? in->err->code : STANCE_ERR_FORMAT;
  return st_add_item(in->a, item) ? STANCE_OK : st_form_memory(in->err);
}

static stance_status spans_row(st_form_input *in, const json_t *row, const json_t *spans,
                               const char *text, uint64_t line) {
  const char *doc = add_article(in, row, text, line, "text label annotations doc");
  size_t i;
  json_t *span;
  if (!doc) return st_form_memory(in->err);
  json_array_foreach (spans, i, span) {
    if (json_is_array(span))
      ST_TRY(add_span(in, doc, text, line, json_array_get(span, 0), json_array_get(span, 1),
                      json_array_get(span, 2)));
    else
      ST_TRY(add_span(in, doc, text, line, json_object_get(span, "start_offset"),
                      json_object_get(span, "end_offset"), json_object_get(span, "label")));
  }
  return STANCE_OK;
}

static stance_status doccano_row(st_form_input *in, json_t *row, uint64_t line) {
  const char *text = st_string(row, "text");
  if (!text) text = st_string(row, "data"); /* of older exports */
  if (!text) return st_form_fail(in, line, "row has no \"text\"");
  const json_t *label = json_object_get(row, "label"), *old = json_object_get(row, "annotations");
  const json_t *first = json_array_get(label ? label : old, 0);
  if (json_is_array(first) || json_object_get(first, "start_offset"))
    return spans_row(in, row, label ? label : old, text, line);
  if (json_is_object(first)) first = json_object_get(first, "label");
  if (label && !json_is_array(label)) first = label;
  if (json_array_size(label) > 1)
    return st_form_fail(in, line, "\"label\" lists more than one label");
  char scratch[256];
  const char *name = NULL;
  if (first && !json_is_null(first) && !(name = st_label_of(in, first, line, scratch)))
    return STANCE_ERR_FORMAT;
  json_t *item = st_new_item(text, strlen(text), name);
  if (item && st_copy_rest(item, row, "text data label annotations") && st_add_item(in->a, item))
    return STANCE_OK;
  return st_form_memory(in->err);
}

stance_status st_doccano_read(st_form_input *in) {
  return st_each_row(in, doccano_row);
}

/* doccano takes keys it does not know as the text's metadata. */
stance_status st_doccano_write(st_form_output *out) {
  st_buf b = {0};
  size_t i;
  json_t *item, *value;
  const char *key;
  json_array_foreach (out->a->items, i, item) {
    st_buf_puts(&b, "{\"text\":");
    st_json_write(&b, json_object_get(item, "text"));
    st_buf_puts(&b, ",\"label\":[");
    if (st_string(item, "label")) st_json_write(&b, json_object_get(item, "label"));
    st_buf_putc(&b, ']');
    json_object_foreach (item, key, value) {
      if (st_is_word_of("text label", key)) continue;
      st_buf_putc(&b, ',');
      st_buf_json(&b, key, strlen(key));
      st_buf_putc(&b, ':');
      st_json_write(&b, value);
    }
    st_buf_puts(&b, "}\n");
  }
  return st_form_put(out, "", &b);
}

stance_status st_doccano_write_spans(st_form_output *out) {
  st_whole *wholes;
  size_t n;
  st_buf b = {0};
  stance_status status = st_wholes(out, false, &wholes, &n);
  for (size_t k = 0; k < n && status == STANCE_OK; k++) {
    const st_whole *w = &wholes[k];
    st_buf_puts(&b, "{\"doc\":");
    st_buf_json(&b, w->name, strlen(w->name));
    st_buf_puts(&b, ",\"text\":");
    st_buf_json(&b, w->text.data, w->text.len);
    st_buf_puts(&b, ",\"label\":[");
    for (size_t i = 0; i < w->n; i++) {
      st_buf_printf(&b, "%s[%zu,%zu,", i ? "," : "", w->start[i], w->end[i]);
      st_json_write(&b, json_object_get(w->item[i], "label"));
      st_buf_putc(&b, ']');
    }
    st_buf_puts(&b, "]}\n");
  }
  st_wholes_free(wholes, n);
  if (status == STANCE_OK) return st_form_put(out, "", &b);
  st_buf_free(&b);
  return status;
}
