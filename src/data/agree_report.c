/* agree_report.c: measures and differences, as a table for people or one JSON object. */
#include <math.h>
#include <string.h>

#include "data/agree.h"

static bool differs(const stance_agreement *g, size_t unit) {
  int first = ST_NOT_GIVEN;
  for (size_t r = 0; r < g->raters; r++) {
    int v = g->value[unit * g->raters + r];
    if (v == ST_NOT_GIVEN) continue;
    if (first != ST_NOT_GIVEN && v != first) return true;
    first = v;
  }
  return false;
}

static size_t count_differences(const stance_agreement *g) {
  size_t n = 0;
  for (size_t u = 0; u < g->units; u++) n += differs(g, u);
  return n;
}

static size_t count_label(const stance_agreement *g, size_t rater, size_t label) {
  size_t n = 0;
  for (size_t u = 0; u < g->units; u++) n += g->value[u * g->raters + rater] == (int)label;
  return n;
}

static const char *label_at(const stance_agreement *g, size_t unit, size_t rater) {
  int v = g->value[unit * g->raters + rater];
  return v == ST_NOT_GIVEN ? NULL : g->label[v];
}

/* ---- text ---- */

static void put_number(st_buf *b, double v) {
  if (isnan(v))
    st_buf_puts(b, "    -");
  else {
    if (v >= 0) st_buf_putc(b, ' ');
    st_buf_fixed(b, v, 2);
  }
}

static void put_measure(st_buf *b, const char *name, const st_measure *m) {
  st_buf_printf(b, "%-22s", name);
  put_number(b, m->value);
  st_buf_puts(b, "  [");
  put_number(b, m->low);
  st_buf_putc(b, ',');
  put_number(b, m->high);
  st_buf_puts(b, " ]\n");
}

/* One line, whatever the text has. */
static void put_line(st_buf *b, const char *s) {
  for (; *s; s++) st_buf_putc(b, (unsigned char)*s < 0x20 || *s == 0x7f ? ' ' : *s);
}

static void put_labels(st_buf *b, const stance_agreement *g) {
  st_buf_printf(b, "\n%-22s", "label");
  for (size_t r = 0; r < g->raters; r++) st_buf_printf(b, " %8zu", r + 1);
  st_buf_puts(b, "   alpha  [ 95 % ]\n");
  for (size_t l = 0; l < g->labels; l++) {
    st_buf_printf(b, "%-22.60s", g->label[l]);
    for (size_t r = 0; r < g->raters; r++) st_buf_printf(b, " %8zu", count_label(g, r, l));
    st_buf_puts(b, "   ");
    put_number(b, g->one[l].alpha.value);
    st_buf_puts(b, "  [");
    put_number(b, g->one[l].alpha.low);
    st_buf_putc(b, ',');
    put_number(b, g->one[l].alpha.high);
    st_buf_puts(b, " ]\n");
  }
}

static void put_differences(st_buf *b, const stance_agreement *g) {
  size_t n = count_differences(g);
  st_buf_printf(b, n ? "\n%zu of %zu sentences differ:\n" : "\nNo sentence differs.\n", n,
                g->units);
  for (size_t u = 0; u < g->units; u++) {
    if (!differs(g, u)) continue;
    st_buf_puts(b, "  ");
    for (size_t r = 0; r < g->raters; r++) {
      const char *label = label_at(g, u, r);
      if (r) st_buf_puts(b, " | ");
      put_line(b, label ? label : "-");
    }
    st_buf_puts(b, "\t");
    put_line(b, g->where[u]);
    st_buf_puts(b, "\t");
    put_line(b, g->text[u]);
    st_buf_putc(b, '\n');
  }
}

static void put_text(st_buf *b, const stance_agreement *g) {
  st_buf_printf(b, "%zu annotators, %zu sentences in common, matched by %s\n", g->raters, g->units,
                g->by_id ? "id" : "text");
  for (size_t r = 0; r < g->raters; r++) {
    st_buf_printf(b, "%3zu  ", r + 1);
    put_line(b, g->rater[r]);
    if (g->alone[r]) st_buf_printf(b, " (%zu more that nobody else has)", g->alone[r]);
    st_buf_putc(b, '\n');
  }
  st_buf_putc(b, '\n');
  put_measure(b, "agreement", &g->all.agreement);
  put_measure(b, "Cohen's kappa", &g->all.kappa);
  put_measure(b, "Krippendorff's alpha", &g->all.alpha);
  put_labels(b, g);
  put_differences(b, g);
}

/* ---- JSON ---- */

static void json_measure(st_buf *b, const char *name, const st_measure *m) {
  st_buf_printf(b, ",\"%s\":{\"value\":", name);
  st_buf_fixed(b, m->value, 4);
  st_buf_puts(b, ",\"low\":");
  st_buf_fixed(b, m->low, 4);
  st_buf_puts(b, ",\"high\":");
  st_buf_fixed(b, m->high, 4);
  st_buf_putc(b, '}');
}

static void json_string_or_null(st_buf *b, const char *s) {
  if (s)
    st_buf_json(b, s, strlen(s));
  else
    st_buf_puts(b, "null");
}

static void json_labels(st_buf *b, const stance_agreement *g) {
  st_buf_puts(b, ",\"labels\":{");
  for (size_t l = 0; l < g->labels; l++) {
    if (l) st_buf_putc(b, ',');
    json_string_or_null(b, g->label[l]);
    st_buf_puts(b, ":{\"counts\":[");
    for (size_t r = 0; r < g->raters; r++)
      st_buf_printf(b, r ? ",%zu" : "%zu", count_label(g, r, l));
    st_buf_putc(b, ']');
    json_measure(b, "agreement", &g->one[l].agreement);
    json_measure(b, "kappa", &g->one[l].kappa);
    json_measure(b, "alpha", &g->one[l].alpha);
    st_buf_putc(b, '}');
  }
  st_buf_putc(b, '}');
}

static void put_json(st_buf *b, const stance_agreement *g) {
  st_buf_puts(b, "{\"schema\":\"stance-agreement/1\",\"annotators\":[");
  for (size_t r = 0; r < g->raters; r++) {
    if (r) st_buf_putc(b, ',');
    json_string_or_null(b, g->rater[r]);
  }
  st_buf_printf(b, "],\"sentences\":%zu,\"matched_by\":\"%s\"", g->units, g->by_id ? "id" : "text");
  json_measure(b, "agreement", &g->all.agreement);
  json_measure(b, "kappa", &g->all.kappa);
  json_measure(b, "alpha", &g->all.alpha);
  json_labels(b, g);
  st_buf_puts(b, ",\"differences\":[");
  const char *between = "";
  for (size_t u = 0; u < g->units; u++) {
    if (!differs(g, u)) continue;
    st_buf_printf(b, "%s\n{\"where\":", between);
    json_string_or_null(b, g->where[u]);
    st_buf_puts(b, ",\"text\":");
    json_string_or_null(b, g->text[u]);
    st_buf_puts(b, ",\"labels\":[");
    for (size_t r = 0; r < g->raters; r++) {
      if (r) st_buf_putc(b, ',');
      json_string_or_null(b, label_at(g, u, r));
    }
    st_buf_puts(b, "]}");
    between = ",";
  }
  st_buf_puts(b, "]}\n");
}

stance_status stance_agreement_write(const stance_agreement *g, bool json, stance_write_fn write,
                                     void *ctx, stance_error *err) {
  st_buf b = {0};
  if (json)
    put_json(&b, g);
  else
    put_text(&b, g);
  stance_status status = b.failed ? st_fail_memory(err, "writing") : write(ctx, b.data, b.len, err);
  st_buf_free(&b);
  return status;
}
