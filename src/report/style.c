/* style.c: how labels are shown. Any label set works; the four of the news model have names, tags
 * and marks of their own. */
#include "report/report.h"

#include <stdlib.h>
#include <string.h>

static const struct {
  const char *name, *shown, *tag;
  char mark;
} known[] = {
    {"attributed", "attributed fact", "ATTR", ' '},
    {"speculation", "speculation", "SPEC", '~'},
    {"advocacy", "advocacy", "ADVO", '!'},
    {"unattributed", "unattributed", "UNAT", ' '},
};

/* The first four ASCII letters or digits in capitals, "?" when there are none. */
static void make_tag(const char *name, char tag[5]) {
  size_t n = 0;
  for (; *name && n < 4; name++) {
    char c = *name;
    if (c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
    if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) tag[n++] = c;
  }
  if (!n) tag[n++] = '?';
  while (n < 4) tag[n++] = ' ';
  tag[4] = 0;
}

static bool init_label(st_label_style *l, const char *name) {
  *l = (st_label_style){.name = name, .shown = name, .mark = ' '};
  make_tag(name, l->tag);
  for (size_t k = 0; k < sizeof known / sizeof *known; k++)
    if (!strcmp(name, known[k].name)) {
      l->shown = known[k].shown;
      l->mark = known[k].mark;
      memcpy(l->tag, known[k].tag, sizeof l->tag);
    }
  st_buf json = {0};
  st_buf_json(&json, name, strlen(name));
  l->value_len = json.len;
  st_buf_putc(&json, ':');
  l->key_len = json.len;
  if (json.failed) {
    st_buf_free(&json);
    return false;
  }
  l->key = json.data;
  return true;
}

bool st_style_init(st_style *s, const char *const *labels, size_t n, const char *model, bool color,
                   int width) {
  *s = (st_style){.model = model, .color = color, .width = width};
  s->label = st_calloc(n, sizeof *s->label);
  if (!s->label) return false;
  for (; s->labels < n; s->labels++)
    if (!init_label(&s->label[s->labels], labels[s->labels])) {
      st_style_free(s);
      return false;
    }
  return true;
}

void st_style_free(st_style *s) {
  for (size_t i = 0; i < s->labels; i++) free(s->label[i].key);
  free(s->label);
  *s = (st_style){0};
}

stance_status st_style_of(st_style *s, const stance_model *model, bool color, int width,
                          stance_error *err) {
  size_t n = stance_model_labels(model, 0);
  const char **labels = st_calloc(n, sizeof *labels);
  if (!labels) return st_fail_memory(err, "preparing a report");
  for (size_t i = 0; i < n; i++) labels[i] = stance_model_label(model, 0, (int)i);
  bool ok = st_style_init(s, labels, n, stance_model_name(model), color, width);
  free(labels);
  return ok ? STANCE_OK : st_fail_memory(err, "preparing a report");
}

uint64_t st_count_label(const stance_document *d, int label) {
  uint64_t n = 0;
  for (size_t i = 0; i < d->n_sentences; i++) n += d->sentences[i].label == label;
  return n;
}
