/* evaluation.c: what a comparison with given labels came to, as tables and as JSON. */
#include "report/report.h"

#include <math.h>
#include <string.h>

enum { BINS = 15, COVERAGES = 5 };
static const int coverage_percent[COVERAGES] = {100, 90, 80, 70, 50};

/* ---- tables ---- */

static int columns(const char *s) {
  int n = 0;
  for (; *s; s++) n += ((unsigned char)*s & 0xc0) != 0x80;
  return n;
}

static void left(st_buf *out, const char *s, int width) {
  st_buf_puts(out, s);
  for (int n = columns(s); n < width; n++) st_buf_putc(out, ' ');
}

static void right(st_buf *out, const char *s, int width) {
  for (int n = columns(s); n < width; n++) st_buf_putc(out, ' ');
  st_buf_puts(out, s);
}

static void right_fixed(st_buf *out, double v, int digits, int width) {
  st_buf cell = {0};
  if (isnan(v))
    st_buf_putc(&cell, '-');
  else
    st_buf_fixed(&cell, v, digits);
  if (cell.failed)
    out->failed = true;
  else
    right(out, cell.data, width);
  st_buf_free(&cell);
}

static void right_u64(st_buf *out, uint64_t v, int width) {
  char digits[24];
  snprintf(digits, sizeof digits, "%llu", (unsigned long long)v);
  right(out, digits, width);
}

static void figure(st_buf *out, const char *name, double v, double low, double high) {
  left(out, name, 20);
  right_fixed(out, v, 4, 8);
  if (high > low) {
    st_buf_puts(out, "   95 % interval ");
    st_buf_fixed(out, low, 4);
    st_buf_puts(out, " to ");
    st_buf_fixed(out, high, 4);
  }
  st_buf_putc(out, '\n');
}

static int label_width(const st_evaluation_head *h) {
  int width = 8;
  for (size_t k = 0; k < h->scores->classes; k++)
    if (columns(h->labels[k]) > width) width = columns(h->labels[k]);
  return width + 2;
}

static void label_table(st_buf *out, const st_evaluation_head *h, int width) {
  const st_scores *s = h->scores;
  left(out, "label", width);
  st_buf_puts(out, "precision    recall        F1   support\n");
  for (size_t k = 0; k < s->classes; k++) {
    left(out, h->labels[k], width);
    right_fixed(out, s->label[k].precision, 4, 9);
    right_fixed(out, s->label[k].recall, 4, 10);
    right_fixed(out, s->label[k].f1, 4, 10);
    right_u64(out, s->label[k].support, 10);
    st_buf_putc(out, '\n');
  }
}

static void confusion_table(st_buf *out, const st_evaluation_head *h, int width) {
  const st_scores *s = h->scores;
  left(out, "given \\ found", width < 14 ? 14 : width);
  for (size_t k = 0; k < s->classes; k++) right(out, h->labels[k], columns(h->labels[k]) + 2);
  st_buf_putc(out, '\n');
  for (size_t g = 0; g < s->classes; g++) {
    left(out, h->labels[g], width < 14 ? 14 : width);
    for (size_t k = 0; k < s->classes; k++)
      right_u64(out, s->confusion[g * s->classes + k], columns(h->labels[k]) + 2);
    st_buf_putc(out, '\n');
  }
}

static void reliability_table(st_buf *out, const st_scores *s) {
  st_buf_puts(out, "confidence         rows      mean     right\n");
  for (int b = 0; b < BINS; b++) {
    if (!s->bin[b].rows) continue;
    st_buf_fixed(out, (double)b / BINS, 2);
    st_buf_puts(out, " to ");
    st_buf_fixed(out, (double)(b + 1) / BINS, 2);
    right_u64(out, s->bin[b].rows, 11);
    right_fixed(out, s->bin[b].confidence, 4, 10);
    right_fixed(out, s->bin[b].accuracy, 4, 10);
    st_buf_putc(out, '\n');
  }
}

static void text_head(st_buf *out, const st_evaluation_head *h) {
  const st_scores *s = h->scores;
  int width = label_width(h);
  st_buf_puts(out, h->name);
  st_buf_puts(out, ": ");
  st_buf_u64(out, s->rows);
  st_buf_puts(out, " rows\n\n");
  label_table(out, h, width);
  st_buf_putc(out, '\n');
  figure(out, "macro-F1", s->macro_f1, s->macro_f1_low, s->macro_f1_high);
  figure(out, "accuracy", s->accuracy, s->accuracy_low, s->accuracy_high);
  figure(out, "log loss", s->log_loss, 0, 0);
  figure(out, "calibration error", s->ece, 0, 0);
  if (!isnan(h->auc)) figure(out, "area under ROC", h->auc, 0, 0);
  st_buf_putc(out, '\n');
  confusion_table(out, h, width);
  st_buf_putc(out, '\n');
  reliability_table(out, s);
  st_buf_puts(out, "\naccuracy on the surest");
  for (int c = 0; c < COVERAGES; c++) {
    st_buf_printf(out, "%s %d %%: ", c ? "," : "", coverage_percent[c]);
    st_buf_fixed(out, s->coverage_accuracy[c], 4);
  }
  st_buf_putc(out, '\n');
  if (!(h->min_confidence > 0)) return;
  st_buf_puts(out, "confidence of ");
  st_buf_fixed(out, h->min_confidence, 2);
  st_buf_puts(out, " or more: ");
  st_buf_u64(out, h->sure);
  st_buf_puts(out, " rows (");
  st_buf_fixed(out, s->rows ? 100.0 * (double)h->sure / (double)s->rows : 0, 1);
  st_buf_puts(out, " %), accuracy ");
  st_buf_fixed(out, h->sure_accuracy, 4);
  st_buf_puts(out, ", macro-F1 ");
  st_buf_fixed(out, h->sure_macro_f1, 4);
  st_buf_puts(out, "; the others are unsure\n");
}

/* ---- JSON ---- */

static void key(st_buf *out, const char *name, double v) {
  st_buf_printf(out, ",\"%s\":", name);
  st_buf_fixed(out, v, 6);
}

static void interval(st_buf *out, const char *name, double low, double high) {
  st_buf_printf(out, ",\"%s_95\":[", name);
  st_buf_fixed(out, low, 6);
  st_buf_putc(out, ',');
  st_buf_fixed(out, high, 6);
  st_buf_putc(out, ']');
}

static void json_tables(st_buf *out, const st_evaluation_head *h) {
  const st_scores *s = h->scores;
  st_buf_puts(out, ",\"labels\":[");
  for (size_t k = 0; k < s->classes; k++) {
    st_buf_puts(out, k ? ",{\"label\":" : "{\"label\":");
    st_buf_json(out, h->labels[k], strlen(h->labels[k]));
    key(out, "precision", s->label[k].precision);
    key(out, "recall", s->label[k].recall);
    key(out, "f1", s->label[k].f1);
    st_buf_puts(out, ",\"support\":");
    st_buf_u64(out, s->label[k].support);
    st_buf_puts(out, ",\"predicted\":");
    st_buf_u64(out, s->label[k].predicted);
    st_buf_putc(out, '}');
  }
  st_buf_puts(out, "],\"confusion\":[");
  for (size_t g = 0; g < s->classes; g++) {
    st_buf_puts(out, g ? ",[" : "[");
    for (size_t k = 0; k < s->classes; k++) {
      if (k) st_buf_putc(out, ',');
      st_buf_u64(out, s->confusion[g * s->classes + k]);
    }
    st_buf_putc(out, ']');
  }
  st_buf_puts(out, "],\"reliability\":[");
  for (int b = 0; b < BINS; b++) {
    st_buf_puts(out, b ? ",{\"from\":" : "{\"from\":");
    st_buf_fixed(out, (double)b / BINS, 4);
    key(out, "to", (double)(b + 1) / BINS);
    st_buf_puts(out, ",\"rows\":");
    st_buf_u64(out, s->bin[b].rows);
    key(out, "confidence", s->bin[b].confidence);
    key(out, "accuracy", s->bin[b].accuracy);
    st_buf_putc(out, '}');
  }
  st_buf_puts(out, "],\"coverage\":[");
  for (int c = 0; c < COVERAGES; c++) {
    st_buf_printf(out, "%s{\"percent\":%d", c ? "," : "", coverage_percent[c]);
    key(out, "accuracy", s->coverage_accuracy[c]);
    st_buf_putc(out, '}');
  }
  st_buf_puts(out, "]}");
}

static void json_head(st_buf *out, const st_evaluation_head *h) {
  const st_scores *s = h->scores;
  st_buf_puts(out, "{\"head\":");
  st_buf_json(out, h->name, strlen(h->name));
  st_buf_puts(out, ",\"rows\":");
  st_buf_u64(out, s->rows);
  key(out, "macro_f1", s->macro_f1);
  interval(out, "macro_f1", s->macro_f1_low, s->macro_f1_high);
  key(out, "accuracy", s->accuracy);
  interval(out, "accuracy", s->accuracy_low, s->accuracy_high);
  key(out, "log_loss", s->log_loss);
  key(out, "ece", s->ece);
  key(out, "auc", h->auc);
  if (h->min_confidence > 0) {
    st_buf_puts(out, ",\"sure\":{\"rows\":");
    st_buf_u64(out, h->sure);
    key(out, "min_confidence", h->min_confidence);
    key(out, "accuracy", h->sure_accuracy);
    key(out, "macro_f1", h->sure_macro_f1);
    st_buf_putc(out, '}');
  }
  json_tables(out, h);
}

void st_evaluation_report(st_buf *out, bool json, const char *model,
                          const st_evaluation_head *heads, size_t n) {
  if (json) {
    st_buf_puts(out, "{\"schema\":\"stance-eval/1\",\"model\":");
    st_buf_json(out, model, strlen(model));
    st_buf_puts(out, ",\"heads\":[");
  }
  for (size_t i = 0; i < n; i++) {
    if (i) st_buf_putc(out, json ? ',' : '\n');
    if (json)
      json_head(out, &heads[i]);
    else
      text_head(out, &heads[i]);
  }
  if (json) st_buf_puts(out, "]}\n");
}
