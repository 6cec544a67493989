/* form_json.c: rows of JSON: stance's own (nothing is lost), {"text","label"}, and spaCy's cats. */
#include <math.h>
#include <string.h>

#include "data/annotations.h"

/* ---- stance ---- */

static stance_status native_row(st_form_input *in, json_t *row, uint64_t line) {
  const char *type = st_string(row, "type"), *doc = st_string(row, "doc");
  if (type && !strcmp(type, "doc")) {
    if (!doc) return st_form_fail(in, line, "a record of a document needs \"doc\"");
    return st_add_document(in->a, doc, json_incref(row)) ? STANCE_OK : st_form_memory(in->err);
  }
  if (!st_string(row, "text")) return st_form_fail(in, line, "row has no \"text\"");
  return st_add_item(in->a, json_incref(row)) ? STANCE_OK : st_form_memory(in->err);
}

stance_status st_native_read(st_form_input *in) {
  return st_each_row(in, native_row);
}

static void put_document(st_buf *b, const char *name, const json_t *document) {
  bool ok;
  json_t *rest = st_rest(document, "type schema doc", &ok);
  st_buf_puts(b, "{\"type\":\"doc\",\"schema\":\"stance/1\",\"doc\":");
  st_buf_json(b, name, strlen(name));
  const char *key;
  json_t *value;
  json_object_foreach (rest, key, value) {
    st_buf_putc(b, ',');
    st_buf_json(b, key, strlen(key));
    st_buf_putc(b, ':');
    st_json_write(b, value);
  }
  st_buf_puts(b, "}\n");
  b->failed = b->failed || !ok;
  json_decref(rest);
}

static void put_item(st_buf *b, json_t *item) {
  const char *type = st_string(item, "type"), *key;
  json_t *value;
  st_buf_puts(b, "{\"type\":");
  st_buf_json(b, type ? type : "sentence", strlen(type ? type : "sentence"));
  json_object_foreach (item, key, value) {
    if (!strcmp(key, "type")) continue;
    st_buf_putc(b, ',');
    st_buf_json(b, key, strlen(key));
    st_buf_putc(b, ':');
    st_json_write(b, value);
  }
  st_buf_puts(b, "}\n");
}

stance_status st_native_write(st_form_output *out) {
  st_buf b = {0};
  size_t i;
  json_t *item, *document, *told = json_object();
  const char *name;
  b.failed = !told;
  json_array_foreach (out->a->items, i, item) {
    const char *doc = st_string(item, "doc");
    document = doc ? json_object_get(out->a->documents, doc) : NULL;
    if (document && told && !json_object_get(told, doc)) {
      put_document(&b, doc, document);
      b.failed = b.failed || !st_set(told, doc, json_true());
    }
    put_item(&b, item);
  }
  json_object_foreach (out->a->documents, name, document)
    if (told && !json_object_get(told, name)) put_document(&b, name, document);
  json_decref(told);
  return st_form_put(out, "", &b);
}

/* ---- simple ---- */

static stance_status simple_row(st_form_input *in, json_t *row, uint64_t line) {
  const char *text = st_string(row, "text");
  char scratch[256];
  if (!text) return st_form_fail(in, line, "row has no \"text\"");
  const json_t *value = json_object_get(row, "label");
  if (!value) value = json_object_get(row, "stance");
  if (json_is_array(value) && json_array_size(value) > 1)
    return st_form_fail(in, line, "\"label\" lists more than one label");
  if (json_is_array(value)) value = json_array_get(value, 0);
  const char *label = NULL;
  if (value && !json_is_null(value) && !(label = st_label_of(in, value, line, scratch)))
    return STANCE_ERR_FORMAT;
  json_t *item = st_new_item(text, strlen(text), label);
  if (item && st_copy_rest(item, row, "text label stance") && st_add_item(in->a, item))
    return STANCE_OK;
  return st_form_memory(in->err);
}

stance_status st_simple_read(st_form_input *in) {
  return st_each_row(in, simple_row);
}

/* The keys of the item that are in `kept`, then, under "meta", the others. */
static bool put_simple(st_buf *b, const json_t *item) {
  static const char *const kept[] = {"id", "text", "label", "weight", "sensational"};
  const char *between = "";
  st_buf_putc(b, '{');
  for (size_t k = 0; k < sizeof kept / sizeof *kept; k++) {
    const json_t *value = json_object_get(item, kept[k]);
    if (!value) continue;
    st_buf_printf(b, "%s\"%s\":", between, kept[k]);
    st_json_write(b, value);
    between = ",";
  }
  bool ok;
  json_t *rest = st_rest(item, "id text label weight sensational", &ok);
  if (rest) {
    st_buf_puts(b, ",\"meta\":");
    st_json_write(b, rest);
    json_decref(rest);
  }
  st_buf_puts(b, "}\n");
  return ok;
}

stance_status st_simple_write(st_form_output *out) {
  st_buf b = {0};
  size_t i;
  json_t *item;
  json_array_foreach (out->a->items, i, item)
    if (!put_simple(&b, item)) b.failed = true;
  return st_form_put(out, "", &b);
}

/* ---- spaCy ---- */

static stance_status spacy_row(st_form_input *in, json_t *row, uint64_t line) {
  const char *text = st_string(row, "text"), *label = NULL, *key;
  json_t *cats = json_object_get(row, "cats"), *value;
  double best = -HUGE_VAL;
  if (!text || !json_is_object(cats))
    return st_form_fail(in, line, "row needs \"text\" and \"cats\"");
  json_object_foreach (cats, key, value) {
    double score = json_is_boolean(value) ? json_is_true(value) : json_number_value(value);
    if (score > best) best = score, label = key;
  }
  json_t *item = st_new_item(text, strlen(text), label);
  if (item && json_object_set(item, "scores", cats) == 0 && st_copy_rest(item, row, "text cats") &&
      st_add_item(in->a, item))
    return STANCE_OK;
  return st_form_memory(in->err);
}

stance_status st_spacy_read(st_form_input *in) {
  return st_each_row(in, spacy_row);
}

stance_status st_spacy_write(st_form_output *out) {
  st_buf b = {0};
  size_t i, k;
  json_t *item, *label, *labels = st_labels_of(out->a);
  if (!labels) return st_form_memory(out->err);
  json_array_foreach (out->a->items, i, item) {
    if (!st_has_label(out, item)) continue;
    const json_t *scores = json_object_get(item, "scores");
    st_buf_puts(&b, "{\"text\":");
    st_json_write(&b, json_object_get(item, "text"));
    st_buf_puts(&b, ",\"cats\":");
    if (json_is_object(scores) && json_object_size(scores))
      st_json_write(&b, scores);
    else
      json_array_foreach (labels, k, label) {
        st_buf_putc(&b, k ? ',' : '{');
        st_json_write(&b, label);
        st_buf_puts(&b, json_equal(label, json_object_get(item, "label")) ? ":1.0" : ":0.0");
        if (k + 1 == json_array_size(labels)) st_buf_putc(&b, '}');
      }
    st_buf_puts(&b, "}\n");
  }
  json_decref(labels);
  return st_form_put(out, "", &b);
}
