/* record.c: one record a row, in input order, for rows read by stance_filter.
 *
 *     jsonl
 * {"id":..,"text":..,"label":..,"confidence":..,"scores":{..},"sensationalism":..,"evidence":[..],"loud":[..]}
 *     tsv    id, label, confidence, sensationalism, text, error
 *     text   SPEC 0.88 ~ 0.71  The move [could] mean [devastating consequences].
 *
 * A row without text has the label null (TSV: empty); a bad row also says why in "error". */
#include "report/report.h"

#include <math.h>
#include <string.h>

#include "report/put.h"

bool st_record_format_named(const char *name, st_record_format *out) {
  static const char *const names[] = {"text", "jsonl", "tsv"};
  for (int i = 0; i < 3; i++)
    if (!strcmp(name, names[i])) {
      *out = (st_record_format)i;
      return true;
    }
  return false;
}

void st_record_header(st_buf *out, st_record_format format) {
  if (format == ST_RECORD_TSV)
    st_buf_puts(out, "id\tlabel\tconfidence\tsensationalism\ttext\terror\n");
}

static void write_jsonl(st_buf *out, const st_style *style, const st_record *r) {
  st_buf_puts(out, "{\"id\":");
  if (r->id_len)
    st_json_string(out, r->id, r->id_len);
  else
    st_buf_puts(out, "null");
  st_buf_puts(out, ",\"text\":");
  st_json_string(out, r->text, r->text_len);
  st_buf_putc(out, ',');
  if (r->sentence) {
    st_json_label(out, style, r->sentence);
    st_buf_puts(out, ",\"evidence\":");
    st_json_spans(out, r->text, r->sentence->evidence, r->sentence->n_evidence);
    st_buf_puts(out, ",\"loud\":");
    st_json_spans(out, r->text, r->sentence->loud, r->sentence->n_loud);
  } else
    st_buf_puts(out, "\"label\":null,\"confidence\":null,\"scores\":null,\"sensationalism\":null,"
                     "\"evidence\":[],\"loud\":[]");
  if (r->error && *r->error) {
    st_buf_puts(out, ",\"error\":");
    st_buf_json(out, r->error, strlen(r->error));
  }
  st_buf_puts(out, "}\n");
}

/* Nonzero when one of eight bytes is below ' '. */
static uint64_t has_control(uint64_t x) {
  const uint64_t ones = 0x0101010101010101u;
  return (x - ones * ' ') & ~x & ones * 0x80;
}

/* Text that must not hold a tab or a line end: they become blanks. */
static char *put_cell(char *p, const char *s, size_t n) {
  char *end = n ? put(p, s, n) : p;
  while (p < end) {
    uint64_t x;
    if (end - p >= 8 && (memcpy(&x, p, 8), !has_control(x)))
      p += 8;
    else if (*p == '\t' || *p == '\n' || *p == '\r')
      *p++ = ' ';
    else
      p++;
  }
  return end;
}

static void write_tsv(st_buf *out, const st_style *style, const st_record *r) {
  const stance_sentence *s = r->sentence;
  const char *label = s && s->label >= 0               ? style->label[s->label].name
                      : s && s->label == STANCE_UNSURE ? "unsure"
                                                       : "";
  const char *error = r->error ? r->error : "";
  size_t label_len = strlen(label), error_len = strlen(error);
  if (!st_buf_reserve(out, r->id_len + label_len + r->text_len + error_len + 64)) return;
  char *p = out->data + out->len;
  p = put_cell(p, r->id, r->id_len);
  *p++ = '\t';
  p = put_cell(p, label, label_len);
  *p++ = '\t';
  if (s && s->label != STANCE_NO_LABEL) p = put_fixed(p, (double)s->confidence);
  *p++ = '\t';
  if (s && !isnan(s->sensationalism)) p = put_fixed(p, (double)s->sensationalism);
  *p++ = '\t';
  p = put_cell(p, r->text, r->text_len);
  *p++ = '\t';
  p = put_cell(p, error, error_len);
  *p++ = '\n';
  st_buf_end(out, p);
}

static void write_text(st_buf *out, const st_style *style, const st_record *r) {
  const stance_sentence *s = r->sentence;
  if (r->id_len) {
    st_text_plain(out, r->id, r->id_len);
    st_buf_puts(out, "  ");
  }
  if (!s || s->label == STANCE_NO_LABEL) {
    st_buf_puts(out, r->error && *r->error ? "error: " : "-");
    if (r->error) st_text_plain(out, r->error, strlen(r->error));
    if (s) { /* no words in it */
      st_buf_puts(out, "  ");
      st_text_plain(out, r->text, r->text_len);
    }
    st_buf_putc(out, '\n');
    return;
  }
  st_buf_puts(out, s->label >= 0 ? style->label[s->label].tag : "?   ");
  st_buf_putc(out, ' ');
  st_buf_fixed(out, (double)s->confidence, 2);
  st_buf_putc(out, ' ');
  st_buf_putc(out, s->label >= 0 ? style->label[s->label].mark : ' ');
  if (!isnan(s->sensationalism)) {
    st_buf_putc(out, ' ');
    st_buf_fixed(out, (double)s->sensationalism, 2);
  }
  st_buf_puts(out, "  ");
  st_style one_line = *style;
  one_line.width = 0;
  st_text_marked(out, &one_line, r->text, s, 0);
  st_buf_putc(out, '\n');
}

void st_record_write(st_buf *out, st_record_format format, const st_style *style,
                     const st_record *r) {
  if (format == ST_RECORD_JSONL)
    write_jsonl(out, style, r);
  else if (format == ST_RECORD_TSV)
    write_tsv(out, style, r);
  else
    write_text(out, style, r);
}
