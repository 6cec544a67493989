/* agree.c: the sentences that several annotators labelled are brought together. */
#include "data/agree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Units under way: a table of key -> {"text", "where", "values": [rater]}. */
typedef struct {
  json_t *units, *labels; /* labels: name -> anything */
  size_t raters;
  bool by_id;
} join;

/* What names the sentence: document and id, or its text with white space folded. False: no name. */
static bool key_of(const json_t *item, bool by_id, st_buf *key) {
  st_buf_clear(key);
  if (by_id) {
    char scratch[32];
    st_slice id;
    const char *doc = st_string(item, "doc");
    if (!st_json_scalar(json_object_get(item, "id"), scratch, &id) || !id.len) return false;
    if (doc) st_buf_printf(key, "%s ", doc);
    st_buf_add(key, id.s, id.len);
    return !key->failed;
  }
  bool space = false;
  const char *text = st_string(item, "text");
  for (; text && *text; text++) {
    bool white = *text == ' ' || (*text >= '\t' && *text <= '\r');
    if (!white && space && key->len) st_buf_putc(key, ' ');
    if (!white) st_buf_putc(key, *text);
    space = white;
  }
  return key->len && !key->failed;
}

static const char *label_of(const json_t *item) {
  const char *answer = st_string(item, "answer");
  return answer && strcmp(answer, "accept") ? NULL : st_string(item, "label");
}

/* The second, third ... sentence of one text is a unit of its own. */
static void number_key(json_t *seen, st_buf *key) {
  json_int_t n = json_integer_value(json_object_get(seen, key->data)) + 1;
  if (json_object_set_new(seen, key->data, json_integer(n))) key->failed = true;
  if (n > 1) st_buf_printf(key, "\n%lld", (long long)n);
}

static json_t *new_unit(const json_t *item, size_t raters) {
  char scratch[32], where[300];
  st_slice id = {"", 0};
  const char *doc = st_string(item, "doc");
  if (!st_json_scalar(json_object_get(item, "id"), scratch, &id)) id.len = 0;
  snprintf(where, sizeof where, "%.200s%s%.*s", doc ? doc : "", doc && id.len ? " " : "",
           (int)(id.len < 80 ? id.len : 80), id.s);
  json_t *unit = json_object(), *values = json_array();
  bool ok = unit && values && json_object_set(unit, "text", json_object_get(item, "text")) == 0 &&
            st_set(unit, "where", json_string(where));
  for (size_t r = 0; r < raters && ok; r++) ok = json_array_append_new(values, json_null()) == 0;
  if (ok && json_object_set(unit, "values", values) == 0) {
    json_decref(values);
    return unit;
  }
  json_decref(values);
  json_decref(unit);
  return NULL;
}

static bool add_rater(join *j, const st_annotations *a, size_t r) {
  st_buf key = {0};
  json_t *seen = json_object(), *item;
  size_t i;
  bool ok = seen != NULL;
  json_array_foreach (a->items, i, item) {
    const char *label = label_of(item);
    if (!ok || !label || !key_of(item, j->by_id, &key)) continue;
    if (!j->by_id) number_key(seen, &key);
    if (key.failed) break;
    json_t *unit = json_object_get(j->units, key.data);
    if (!unit) {
      unit = new_unit(item, j->raters);
      ok = unit && json_object_set_new(j->units, key.data, unit) == 0;
    }
    ok = ok && st_set(j->labels, label, json_true()) &&
         json_array_set_new(json_object_get(unit, "values"), r, json_string(label)) == 0;
  }
  ok = ok && !key.failed;
  json_decref(seen);
  st_buf_free(&key);
  return ok;
}

static size_t given(const json_t *unit) {
  size_t n = 0, i;
  json_t *v;
  json_array_foreach (json_object_get(unit, "values"), i, v) n += json_is_string(v);
  return n;
}

static size_t shared_units(const join *j) {
  size_t n = 0;
  const char *key;
  json_t *unit;
  json_object_foreach (j->units, key, unit) n += given(unit) > 1;
  return n;
}

static bool join_all(join *j, const stance_annotations *const *a, size_t n, bool by_id) {
  json_decref(j->units);
  json_decref(j->labels);
  *j = (join){.units = json_object(), .labels = json_object(), .raters = n, .by_id = by_id};
  bool ok = j->units && j->labels;
  for (size_t r = 0; r < n && ok; r++) ok = add_rater(j, a[r], r);
  return ok;
}

static int by_bytes(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static int label_number(const stance_agreement *g, const json_t *value) {
  const char *name = json_string_value(value);
  if (!name) return ST_NOT_GIVEN;
  char *const *found = bsearch(&name, g->label, g->labels, sizeof *g->label, by_bytes);
  return (int)(found - g->label);
}

static char *copy(const char *s) {
  return strdup(s ? s : "");
}

/* The table becomes arrays: units with two values or more. */
static bool settle(stance_agreement *g, const join *j, const char *const *names) {
  const char *key;
  json_t *unit, *value;
  size_t i, n = shared_units(j);
  g->by_id = j->by_id;
  g->raters = j->raters;
  g->rater = st_calloc(g->raters, sizeof *g->rater);
  g->alone = st_calloc(g->raters, sizeof *g->alone);
  g->label = st_calloc(json_object_size(j->labels), sizeof *g->label);
  g->one = st_calloc(json_object_size(j->labels), sizeof *g->one);
  g->value = st_calloc(n * g->raters, sizeof *g->value);
  g->text = st_calloc(n, sizeof *g->text);
  g->where = st_calloc(n, sizeof *g->where);
  if (!g->rater || !g->alone || !g->label || !g->one || !g->value || !g->text || !g->where)
    return false;
  for (size_t r = 0; r < g->raters; r++)
    if (!(g->rater[r] = copy(names[r]))) return false;
  json_object_foreach (j->labels, key, value)
    if (!(g->label[g->labels++] = copy(key))) return false;
  qsort(g->label, g->labels, sizeof *g->label, by_bytes);
  json_object_foreach (j->units, key, unit) {
    const json_t *values = json_object_get(unit, "values");
    bool kept = given(unit) > 1;
    json_array_foreach (values, i, value) {
      if (kept)
        g->value[g->units * g->raters + i] = label_number(g, value);
      else
        g->alone[i] += json_is_string(value);
    }
    if (!kept) continue;
    g->text[g->units] = copy(st_string(unit, "text"));
    g->where[g->units] = copy(st_string(unit, "where"));
    if (!g->text[g->units] || !g->where[g->units++]) return false;
  }
  return true;
}

stance_status stance_agree(const stance_annotations *const *annotations, const char *const *names,
                           size_t n, stance_agreement **out, stance_error *err) {
  *out = NULL;
  if (n < 2) return st_fail(err, STANCE_ERR_USAGE, "agreement needs two annotators or more");
  join j = {0};
  size_t least = json_array_size(annotations[0]->items);
  for (size_t r = 1; r < n; r++)
    if (json_array_size(annotations[r]->items) < least)
      least = json_array_size(annotations[r]->items);
  stance_agreement *g = st_calloc(1, sizeof *g);
  /* Ids of files from different tools may mean nothing to each other. */
  bool ok = g && join_all(&j, annotations, n, true);
  if (ok && shared_units(&j) * 2 < least) ok = join_all(&j, annotations, n, false);
  stance_status status = STANCE_OK;
  if (!ok)
    status = st_fail_memory(err, "comparing");
  else if (!shared_units(&j))
    status = st_fail(err, STANCE_ERR_DATA,
                     "no sentence with a label is in two of the files: neither "
                     "ids nor texts meet");
  else if (!settle(g, &j, names))
    status = st_fail_memory(err, "comparing");
  json_decref(j.units);
  json_decref(j.labels);
  if (status != STANCE_OK) {
    stance_agreement_free(g);
    return status;
  }
  g->all = st_measure_units(g, -1);
  for (size_t l = 0; l < g->labels; l++) g->one[l] = st_measure_units(g, (int)l);
  *out = g;
  return STANCE_OK;
}

static void free_strings(char **s, size_t n) {
  for (size_t i = 0; s && i < n; i++) free(s[i]);
  free(s);
}

void stance_agreement_free(stance_agreement *g) {
  if (!g) return;
  free_strings(g->rater, g->raters);
  free_strings(g->label, g->labels);
  free_strings(g->text, g->units);
  free_strings(g->where, g->units);
  free(g->alone);
  free(g->value);
  free(g->one);
  free(g);
}

double stance_agreement_alpha(const stance_agreement *g) {
  return g->all.alpha.value;
}
