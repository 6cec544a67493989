/* form_label_studio.c: Label Studio's JSON: an array of tasks. Work that somebody reviewed is in
 * "annotations", what a model said in "predictions"; cancelled work is passed over. The task's
 * control names are those of the labelling config in stance-formats(5). */
#include <string.h>

#include "data/annotations.h"

/* start and end of a span in code points: its own units may be UTF-16 (as browsers count), which
 * its text tells. */
static stance_status span_place(st_form_input *in, const char *text, const json_t *value,
                                long long *start, long long *end) {
  const char *said = st_string(value, "text");
  size_t len = strlen(text);
  for (int unit = 0; unit < 2; unit++) {
    long long a = json_integer_value(json_object_get(value, "start"));
    long long b = json_integer_value(json_object_get(value, "end"));
    if (a < 0 || b <= a) break;
    size_t i = unit ? st_cp_of_utf16(text, len, (size_t)a) : (size_t)a;
    size_t j = unit ? st_cp_of_utf16(text, len, (size_t)b) : (size_t)b;
    size_t from = i == SIZE_MAX ? i : st_byte_of_cp(text, len, i);
    size_t to = j == SIZE_MAX ? j : st_byte_of_cp(text, len, j);
    if (from == SIZE_MAX || to == SIZE_MAX) continue;
    if (said && (strlen(said) != to - from || memcmp(said, text + from, to - from))) continue;
    *start = (long long)i;
    *end = (long long)j;
    return STANCE_OK;
  }
  return st_form_fail(in, 0, "a span does not lie where it says: '%.100s'", said ? said : "");
}

/* Keys of the task's data and what it was found in. */
static bool decorate(json_t *item, const json_t *work, bool human) {
  const json_t *score = json_object_get(work, "score");
  if (human)
    return json_object_get(item, "type") || st_set(item, "type", json_string("correction"));
  return !json_is_number(score) || json_object_get(item, "confidence") ||
         json_object_set(item, "confidence", (json_t *)score) == 0;
}

static stance_status read_result(st_form_input *in, const json_t *data, const json_t *work,
                                 const json_t *result, bool human, const char **doc) {
  const char *text = st_string(data, "text"), *type = st_string(result, "type");
  const json_t *value = json_object_get(result, "value");
  bool span = type && !strcmp(type, "labels");
  const char *label =
      json_string_value(json_array_get(json_object_get(value, span ? "labels" : "choices"), 0));
  if (!label) return STANCE_OK; /* of another control */
  json_t *item;
  if (span) {
    long long start = 0, end = 0;
    ST_TRY(span_place(in, text, value, &start, &end));
    if (!*doc) {
      json_t *document = json_object();
      if (document && !st_copy_rest(document, data, "doc")) json_decref(document), document = NULL;
      char name[64];
      snprintf(name, sizeof name, "%.60s",
               st_string(data, "doc") ? st_string(data, "doc") : "article");
      if (!(*doc = st_add_document(in->a, name, document))) return st_form_memory(in->err);
    }
    item = st_span_item(in, 0, *doc, text, strlen(text), start, end, label);
    if (!item) return in->err ? in->err->code : STANCE_ERR_FORMAT;
    if (st_string(result, "id") && !st_set(item, "id", json_string(st_string(result, "id"))))
      return st_form_memory(in->err);
    const json_t *score = json_object_get(result, "score");
    if (json_is_number(score) && json_object_set(item, "confidence", (json_t *)score))
      return st_form_memory(in->err);
  } else {
    item = st_new_item(text, strlen(text), label);
    if (item && !st_copy_rest(item, data, "text")) json_decref(item), item = NULL;
  }
  if (!item || !decorate(item, work, human) || !st_add_item(in->a, item))
    return st_form_memory(in->err);
  return STANCE_OK;
}

static stance_status read_task(st_form_input *in, const json_t *task) {
  const json_t *data = json_object_get(task, "data");
  if (!st_string(data, "text")) return st_form_fail(in, 0, "a task has no \"data\" with \"text\"");
  const char *doc = NULL;
  bool any = false;
  for (int human = 1; human >= 0 && !any; human--) {
    json_t *work, *result;
    size_t i, k;
    json_array_foreach (json_object_get(task, human ? "annotations" : "predictions"), i, work) {
      if (json_is_true(json_object_get(work, "was_cancelled"))) continue;
      json_array_foreach (json_object_get(work, "result"), k, result) {
        ST_TRY(read_result(in, data, work, result, human, &doc));
        any = true;
      }
    }
  }
  if (any) return STANCE_OK;
  json_t *item = st_new_item(st_string(data, "text"), strlen(st_string(data, "text")), NULL);
  if (item && st_copy_rest(item, data, "text") && st_add_item(in->a, item)) return STANCE_OK;
  return st_form_memory(in->err);
}

stance_status st_label_studio_read(st_form_input *in) {
  json_error_t e;
  size_t bom = st_bom(in->bytes, in->len), i;
  json_t *tasks = json_loadb(in->bytes + bom, in->len - bom, JSON_REJECT_DUPLICATES, &e), *task;
  if (!json_is_array(tasks)) {
    bool json = tasks != NULL;
    json_decref(tasks);
    if (json) return st_form_fail(in, 0, "not an array of tasks");
    st_form_fail(in, e.line > 0 ? (uint64_t)e.line : 0, "not JSON: %.140s", e.text);
    if (in->err && e.column > 0) in->err->column = (uint64_t)e.column;
    return STANCE_ERR_FORMAT;
  }
  stance_status status = STANCE_OK;
  json_array_foreach (tasks, i, task) {
    status = read_task(in, task);
    if (status != STANCE_OK) break;
  }
  json_decref(tasks);
  return status;
}

/* Whether a person gave the label. */
static bool by_hand(const json_t *item) {
  const char *type = st_string(item, "type");
  return (type && !strcmp(type, "correction")) || !json_object_get(item, "confidence");
}

static void put_head(st_buf *b, bool human, const json_t *item) {
  const char *model = st_string(item, "model");
  st_buf_printf(b, ",\"%s\":[{", human ? "annotations" : "predictions");
  if (human)
    st_buf_puts(b, "\"was_cancelled\":false,");
  else {
    st_buf_puts(b, "\"model_version\":");
    st_buf_json(b, model ? model : "stance", strlen(model ? model : "stance"));
    st_buf_putc(b, ',');
    if (json_is_number(json_object_get(item, "confidence"))) {
      st_buf_puts(b, "\"score\":");
      st_json_write(b, json_object_get(item, "confidence"));
      st_buf_putc(b, ',');
    }
  }
  st_buf_puts(b, "\"result\":[");
}

stance_status st_label_studio_write(st_form_output *out) {
  st_buf b = {0};
  size_t i;
  json_t *item, *value;
  const char *key;
  st_buf_putc(&b, '[');
  json_array_foreach (out->a->items, i, item) {
    st_buf_puts(&b, i ? ",\n{\"data\":{\"text\":" : "\n{\"data\":{\"text\":");
    st_json_write(&b, json_object_get(item, "text"));
    json_object_foreach (item, key, value) {
      if (st_is_word_of("text label", key)) continue;
      st_buf_putc(&b, ',');
      st_buf_json(&b, key, strlen(key));
      st_buf_putc(&b, ':');
      st_json_write(&b, value);
    }
    st_buf_putc(&b, '}');
    if (st_string(item, "label")) {
      put_head(&b, by_hand(item), item);
      st_buf_printf(&b,
                    "{\"id\":\"s%zu\",\"from_name\":\"stance\",\"to_name\":\"text\",\"type\":"
                    "\"choices\",\"value\":{\"choices\":[",
                    i + 1);
      st_json_write(&b, json_object_get(item, "label"));
      st_buf_puts(&b, "]}}]}]");
    }
    st_buf_putc(&b, '}');
  }
  st_buf_puts(&b, "\n]\n");
  return st_form_put(out, "", &b);
}

static void put_span(st_buf *b, const st_whole *w, size_t i, size_t number) {
  const json_t *score = json_object_get(w->item[i], "confidence");
  size_t from = st_byte_of_cp(w->text.data, w->text.len, w->start[i]);
  size_t to = st_byte_of_cp(w->text.data, w->text.len, w->end[i]);
  st_buf_printf(b,
                "%s{\"id\":\"s%zu\",\"from_name\":\"stance\",\"to_name\":\"text\",\"type\":"
                "\"labels\",",
                i ? "," : "", number);
  if (json_is_number(score)) {
    st_buf_puts(b, "\"score\":");
    st_json_write(b, score);
    st_buf_putc(b, ',');
  }
  st_buf_printf(b, "\"value\":{\"start\":%zu,\"end\":%zu,\"text\":", w->start[i], w->end[i]);
  st_buf_json(b, w->text.data + from, to - from);
  st_buf_puts(b, ",\"labels\":[");
  st_json_write(b, json_object_get(w->item[i], "label"));
  st_buf_puts(b, "]}}");
}

stance_status st_label_studio_write_spans(st_form_output *out) {
  st_whole *wholes;
  size_t n, number = 0;
  st_buf b = {0};
  stance_status status = st_wholes(out, false, &wholes, &n);
  st_buf_putc(&b, '[');
  for (size_t k = 0; k < n && status == STANCE_OK; k++) {
    const st_whole *w = &wholes[k];
    st_buf_puts(&b, k ? ",\n{\"data\":{\"doc\":" : "\n{\"data\":{\"doc\":");
    st_buf_json(&b, w->name, strlen(w->name));
    st_buf_puts(&b, ",\"text\":");
    st_buf_json(&b, w->text.data, w->text.len);
    st_buf_puts(&b, "},\"predictions\":[{\"model_version\":\"stance\",\"result\":[");
    for (size_t i = 0; i < w->n; i++) put_span(&b, w, i, ++number);
    st_buf_puts(&b, "]}]}");
  }
  st_buf_puts(&b, "\n]\n");
  st_wholes_free(wholes, n);
  if (status == STANCE_OK) return st_form_put(out, "", &b);
  st_buf_free(&b);
  return status;
}
