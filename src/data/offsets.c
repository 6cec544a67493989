/* offsets.c: the units that tools count text in, and articles put together from sentences. */
#include <stdlib.h>
#include <string.h>

#include "data/annotations.h"

static bool begins(char c) {
  return ((unsigned char)c & 0xc0) != 0x80;
}

size_t st_count_cp(const char *text, size_t len) {
  size_t n = 0;
  for (size_t i = 0; i < len; i++) n += begins(text[i]);
  return n;
}

size_t st_count_utf16(const char *text, size_t len) {
  size_t n = 0;
  for (size_t i = 0; i < len; i++)
    n += begins(text[i]) ? (size_t)1 + ((unsigned char)text[i] >= 0xf0) : 0;
  return n;
}

size_t st_byte_of_cp(const char *text, size_t len, size_t cp) {
  for (size_t i = 0; i < len; i++)
    if (begins(text[i]) && cp-- == 0) return i;
  return cp == 0 ? len : SIZE_MAX;
}

size_t st_cp_of_utf16(const char *text, size_t len, size_t unit) {
  size_t cp = 0, at = 0;
  for (size_t i = 0; i < len; i++) {
    if (!begins(text[i])) continue;
    if (at >= unit) break;
    at += (unsigned char)text[i] >= 0xf0 ? 2 : 1;
    cp++;
  }
  return at == unit ? cp : SIZE_MAX;
}

/* ---- whole articles ---- */

static bool number(const json_t *item, const char *key, size_t *out) {
  const json_t *v = json_object_get(item, key);
  if (!json_is_integer(v) || json_integer_value(v) < 0) return false;
  *out = (size_t)json_integer_value(v);
  return true;
}

/* "story" of "story#3"; the whole id where there is no number; the document's name before all. */
static const char *group_of(const json_t *item, char *scratch, size_t size) {
  const char *doc = st_string(item, "doc"), *id = st_string(item, "id");
  if (doc) return doc;
  int32_t index;
  size_t n = id ? st_row_document(id, strlen(id), &index) : 0;
  if (!id || n == strlen(id) || n >= size) return "text";
  memcpy(scratch, id, n);
  scratch[n] = 0;
  return scratch;
}

/* Line ends of a stretch as the text is to have them. */
static void put_text(st_buf *b, const char *s, size_t n, bool lines) {
  for (size_t i = 0; i < n; i++) st_buf_putc(b, lines && s[i] == '\r' ? ' ' : s[i]);
}

/* White space up to the code point; false when the text is already beyond it. */
static bool pad_to(st_buf *b, size_t *cp, size_t to, bool line) {
  if (*cp > to) return false;
  for (; *cp < to; ++*cp) st_buf_putc(b, line && *cp + 1 == to ? '\n' : ' ');
  return true;
}

/* Places the items of w, whose document has its text, or not. */
static bool place(st_whole *w, const json_t *document, bool lines, bool *made) {
  const char *text = st_string(document, "text");
  bool at_offsets = true;
  size_t cp = 0, line_before = 0;
  for (size_t i = 0; i < w->n; i++)
    at_offsets = at_offsets && number(w->item[i], "start", &w->start[i]) &&
                 number(w->item[i], "end", &w->end[i]);
  if (text && at_offsets) {
    put_text(&w->text, text, strlen(text), lines);
    cp = st_count_cp(text, strlen(text));
    for (size_t i = 0; i < w->n; i++)
      if (w->start[i] > w->end[i] || w->end[i] > cp) return false;
    return true;
  }
  for (size_t i = 0; i < w->n; i++) {
    const char *sentence = st_string(w->item[i], "text");
    size_t length = strlen(sentence), n = st_count_cp(sentence, length), line = 0;
    bool next_line = number(w->item[i], "line", &line) && line_before && line > line_before;
    if (at_offsets && w->end[i] == w->start[i] + n) {
      *made = true;
      if (!pad_to(&w->text, &cp, w->start[i], next_line)) return false;
    } else {
      if (at_offsets && i) return false; /* sentences and offsets contradict each other */
      at_offsets = false;
      if (i) pad_to(&w->text, &cp, cp + 1, true);
    }
    w->start[i] = cp;
    put_text(&w->text, sentence, length, lines);
    cp += n;
    w->end[i] = cp;
    line_before = line;
  }
  if (w->n) st_buf_putc(&w->text, '\n');
  return true;
}

static bool add(st_whole *w, json_t *item, size_t *cap) {
  size_t a = *cap, b = *cap;
  if (!st_reserve(&w->item, cap, w->n + 1, sizeof(json_t *)) ||
      !st_reserve(&w->start, &a, w->n + 1, sizeof *w->start) ||
      !st_reserve(&w->end, &b, w->n + 1, sizeof *w->end))
    return false;
  w->item[w->n++] = item;
  return true;
}

void st_wholes_free(st_whole *wholes, size_t n) {
  for (size_t i = 0; i < n; i++) {
    st_buf_free(&wholes[i].text);
    free(wholes[i].item);
    free(wholes[i].start);
    free(wholes[i].end);
  }
  free(wholes);
}

/* Number of the whole of that name, which is added when it is new; SIZE_MAX: no memory. */
static size_t whole_named(st_annotations *a, json_t *numbers, const char *name, st_whole **wholes,
                          size_t *n, size_t *cap) {
  const json_t *known = json_object_get(numbers, name);
  if (known) return (size_t)json_integer_value(known);
  if (!st_reserve(wholes, cap, *n + 1, sizeof **wholes) ||
      json_object_set_new(numbers, name, json_integer((json_int_t)*n)))
    return SIZE_MAX;
  (*wholes)[*n] = (st_whole){.name = json_object_iter_key(json_object_iter_at(numbers, name))};
  (void)a;
  return (*n)++;
}

stance_status st_wholes(st_form_output *out, bool lines, st_whole **wholes, size_t *n) {
  st_annotations *a = out->a;
  *wholes = NULL;
  *n = 0;
  size_t cap = 0, i, *caps = st_calloc(json_array_size(a->items) + 1, sizeof *caps);
  json_t *numbers = json_object(), *item;
  bool ok = caps && numbers, made = false;
  char scratch[512];
  json_array_foreach (a->items, i, item) {
    if (!ok) break;
    if (!st_has_label(out, item)) continue;
    size_t k = whole_named(a, numbers, group_of(item, scratch, sizeof scratch), wholes, n, &cap);
    ok = k != SIZE_MAX && add(&(*wholes)[k], item, &caps[k]);
  }
  stance_status status = ok ? STANCE_OK : st_form_memory(out->err);
  for (size_t k = 0; k < *n && status == STANCE_OK; k++) {
    st_whole *w = &(*wholes)[k];
    const json_t *document = json_object_get(a->documents, w->name);
    if (!place(w, document, lines, &made))
      status = st_fail(out->err, STANCE_ERR_FORMAT,
                       "'%.200s': the sentences do not lie where their offsets say", w->name);
    else if (w->text.failed)
      status = st_form_memory(out->err);
  }
  if (made && status == STANCE_OK &&
      !st_form_remark(
          a, "what stands between the sentences was not in the input: it is white space now"))
    status = st_form_memory(out->err);
  /* The names must outlive `numbers`. */
  for (size_t k = 0; k < *n && status == STANCE_OK; k++) {
    const char *name = (*wholes)[k].name;
    if (!json_object_get(a->documents, name) && !st_add_document(a, name, json_object()))
      status = st_form_memory(out->err);
    else
      (*wholes)[k].name = json_object_iter_key(json_object_iter_at(a->documents, name));
  }
  free(caps);
  json_decref(numbers);
  return status;
}
