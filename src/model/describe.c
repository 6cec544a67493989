/* describe.c: what a model says of itself: labels, features, lexicons, data, figures. */
#include "model/model.h"

#include <string.h>

size_t stance_model_heads(const stance_model *m) {
  return m->heads;
}

const char *stance_model_head(const stance_model *m, size_t head) {
  return head < m->heads ? m->head[head].name : NULL;
}

size_t stance_model_labels(const stance_model *m, size_t head) {
  return head < m->heads ? m->head[head].labels : 0;
}

const char *stance_model_label(const stance_model *m, size_t head, int label) {
  if (head >= m->heads || label < 0 || (size_t)label >= m->head[head].labels) return NULL;
  return m->head[head].label[label];
}

const char *stance_model_name(const stance_model *m) {
  return m->name;
}

static void put_text(const stance_model *m, st_buf *b) {
  st_buf_printf(b, "model     %s\nsize      %zu features of 2^%u buckets, %zu columns of %s\n", m->name,
                m->rows, (unsigned)m->recipe.bits, m->columns,
                m->weight_type == ST_WEIGHT_I8 ? "8-bit integers" : "32-bit floats");
  st_buf_puts(b, "features  ");
  st_recipe_print(&m->recipe, b);
  st_buf_putc(b, '\n');
  for (size_t h = 0; h < m->heads; h++) {
    st_buf_printf(b, "head      %s:", m->head[h].name);
    for (size_t k = 0; k < m->head[h].labels; k++)
      st_buf_printf(b, "%s %s", k ? "," : "", m->head[h].label[k]);
    st_buf_puts(b, m->head[h].loss ? " (svm)\n" : " (logistic)\n");
  }
  size_t classes = m->lex ? st_lexicon_classes(m->lex) : 0;
  st_buf_printf(b, "cues      %zu classes", classes);
  for (size_t i = 0; i < classes; i++)
    st_buf_printf(b, "%s%s", i ? " " : ": ", st_lexicon_class(m->lex, i));
  st_buf_putc(b, '\n');
  for (const char *p = m->info.data, *end = p + m->info.len; p < end;) {
    const char *stop = memchr(p, '\n', (size_t)(end - p)), *tab;
    if (!stop) stop = end;
    tab = memchr(p, '\t', (size_t)(stop - p));
    size_t key = tab ? (size_t)(tab - p) : 0;
    st_buf_add(b, p, key);
    st_buf_putc(b, ' ');
    for (size_t pad = key + 1; pad < 10; pad++) st_buf_putc(b, ' ');
    if (tab) st_buf_add(b, tab + 1, (size_t)(stop - tab - 1));
    st_buf_putc(b, '\n');
    p = stop + 1;
  }
}

static void put_strings(st_buf *b, const char *key) {
  st_buf_putc(b, ',');
  st_buf_json(b, key, strlen(key));
  st_buf_puts(b, ":[");
}

static void put_json(const stance_model *m, st_buf *b) {
  st_buf_puts(b, "{\"model\":");
  st_buf_json(b, m->name, strlen(m->name));
  st_buf_printf(b, ",\"rows\":%zu,\"bits\":%u,\"columns\":%zu,\"weights\":\"%s\",\"features\":\"", m->rows,
                (unsigned)m->recipe.bits, m->columns, m->weight_type == ST_WEIGHT_I8 ? "i8" : "f32");
  st_recipe_print(&m->recipe, b);
  st_buf_putc(b, '"');
  put_strings(b, "heads");
  for (size_t h = 0; h < m->heads; h++) {
    st_buf_puts(b, h ? ",{\"name\":" : "{\"name\":");
    st_buf_json(b, m->head[h].name, strlen(m->head[h].name));
    st_buf_printf(b, ",\"loss\":\"%s\"", m->head[h].loss ? "svm" : "logistic");
    put_strings(b, "labels");
    for (size_t k = 0; k < m->head[h].labels; k++) {
      if (k) st_buf_putc(b, ',');
      st_buf_json(b, m->head[h].label[k], strlen(m->head[h].label[k]));
    }
    st_buf_puts(b, "]}");
  }
  st_buf_putc(b, ']');
  put_strings(b, "cues");
  for (size_t i = 0; m->lex && i < st_lexicon_classes(m->lex); i++) {
    const char *name = st_lexicon_class(m->lex, i);
    if (i) st_buf_putc(b, ',');
    st_buf_json(b, name, strlen(name));
  }
  st_buf_putc(b, ']');
  put_strings(b, "info");
  for (const char *p = m->info.data, *end = p + m->info.len; p < end;) {
    const char *stop = memchr(p, '\n', (size_t)(end - p)), *tab;
    if (!stop) stop = end;
    tab = memchr(p, '\t', (size_t)(stop - p));
    if (p != m->info.data) st_buf_putc(b, ',');
    st_buf_putc(b, '[');
    st_buf_json(b, p, tab ? (size_t)(tab - p) : 0);
    st_buf_putc(b, ',');
    st_buf_json(b, tab ? tab + 1 : p, (size_t)(stop - (tab ? tab + 1 : p)));
    st_buf_putc(b, ']');
    p = stop + 1;
  }
  st_buf_puts(b, "]}\n");
}

stance_status stance_model_describe(const stance_model *m, bool json, stance_write_fn write,
                                    void *ctx, stance_error *err) {
  st_buf b = {0};
  if (json) put_json(m, &b);
  else put_text(m, &b);
  stance_status status = b.failed ? st_fail_memory(err, "describing a model")
                                  : write(ctx, b.data, b.len, err);
  st_buf_free(&b);
  return status;
}
