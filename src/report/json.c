/* json.c: formats json and jsonl.
 *
 *     jsonl   {"type":"doc",...}\n {"type":"sentence",...}\n ...
 *     json    {"schema":"stance/1","documents":[{...,"sentences":[{...},...]},...]}
 *
 * A sentence's record is several times as long as the sentence, so this is the hot end of the
 * program: room is reserved once a record, and then written through a pointer without checks. */
#include "report/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/put.h"

#define ONES 0x0101010101010101u
#define HIGH 0x8080808080808080u

/* A nonzero high bit for (at least the first) byte of x that is below 0x20, '"' or '\\'. */
static uint64_t needs_escape(uint64_t x) {
  uint64_t quote = x ^ ONES * '"', slash = x ^ ONES * '\\';
  return (((x - ONES * 0x20) & ~x) | ((quote - ONES) & ~quote) | ((slash - ONES) & ~slash)) & HIGH;
}

static char *put_escape(char *p, unsigned char c) {
  static const char hex[] = "0123456789abcdef";
  *p++ = '\\';
  switch (c) {
  case '\n': *p++ = 'n'; break;
  case '\t': *p++ = 't'; break;
  case '\r': *p++ = 'r'; break;
  case '"':
  case '\\': *p++ = (char)c; break;
  default:
    p = PUT(p, "u00");
    *p++ = hex[c >> 4];
    *p++ = hex[c & 15];
  }
  return p;
}

/* The n bytes at s, 1 to 7, as the low bytes of a number, blanks above them. */
static uint64_t load_short(const char *s, size_t n) {
  uint64_t blanks = ONES * ' ' << 8 * n;
  if (n >= 4) {
    uint32_t low, high;
    memcpy(&low, s, 4);
    memcpy(&high, s + n - 4, 4);
    return low | (uint64_t)high << (n - 4) * 8 | blanks;
  }
  const unsigned char *c = (const unsigned char *)s;
  return c[0] | (uint64_t)c[n / 2] << n / 2 * 8 | (uint64_t)c[n - 1] << (n - 1) * 8 | blanks;
}

/* Eight bytes at a time while there is nothing to escape. Needs room for 6 n + 10 bytes. */
static char *put_string(char *p, const char *s, size_t n) {
  *p++ = '"';
  while (n) {
    size_t step = n < 8 ? n : 8;
    uint64_t x;
    if (step == 8)
      memcpy(&x, s, 8);
    else
      x = load_short(s, n);
    if (!needs_escape(x)) {
      memcpy(p, &x, 8);
      p += step;
    } else {
      for (size_t i = 0; i < step; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c < 0x20 || c == '"' || c == '\\')
          p = put_escape(p, c);
        else
          *p++ = (char)c;
      }
    }
    s += step;
    n -= step;
  }
  *p++ = '"';
  return p;
}

static size_t string_room(size_t n) {
  return 6 * n + 10;
}

static char *put_spans(char *p, const char *text, const stance_evidence *e, size_t n) {
  *p++ = '[';
  for (size_t i = 0; i < n; i++, e++) {
    if (i) *p++ = ',';
    p = PUT(p, "{\"start\":");
    p = put_u64(p, e->cp_start);
    p = PUT(p, ",\"end\":");
    p = put_u64(p, e->cp_end);
    p = PUT(p, ",\"text\":");
    p = put_string(p, text + e->start, e->end - e->start);
    p = PUT(p, ",\"kind\":");
    p = put_string(p, e->kind, strlen(e->kind));
    p = PUT(p, ",\"weight\":");
    p = put_fixed(p, (double)e->weight);
    *p++ = '}';
  }
  *p++ = ']';
  return p;
}

static size_t spans_room(const stance_evidence *e, size_t n) {
  size_t room = 2;
  for (size_t i = 0; i < n; i++, e++)
    room += 160 + string_room(e->end - e->start) + string_room(strlen(e->kind));
  return room;
}

/* "label":...,"confidence":...,"scores":{...},"sensationalism":... ("best" where unsure). */
static char *put_label(char *p, const st_style *style, const stance_sentence *s) {
  p = PUT(p, "\"label\":");
  if (s->label >= 0)
    p = put(p, style->label[s->label].key, style->label[s->label].value_len);
  else if (s->label == STANCE_UNSURE)
    p = PUT(p, "\"unsure\"");
  else
    p = PUT(p, "null");
  if (s->label == STANCE_UNSURE && s->best >= 0) {
    p = PUT(p, ",\"best\":");
    p = put(p, style->label[s->best].key, style->label[s->best].value_len);
  }
  p = PUT(p, ",\"confidence\":");
  p = put_fixed(p, s->label == STANCE_NO_LABEL ? (double)NAN : (double)s->confidence);
  p = PUT(p, ",\"scores\":");
  if (s->scores && s->label != STANCE_NO_LABEL) {
    *p++ = '{';
    for (size_t k = 0; k < style->labels; k++) {
      if (k) *p++ = ',';
      p = put(p, style->label[k].key, style->label[k].key_len);
      p = put_fixed(p, (double)s->scores[k]);
    }
    *p++ = '}';
  } else
    p = PUT(p, "null");
  p = PUT(p, ",\"sensationalism\":");
  return put_fixed(p, (double)s->sensationalism);
}

static size_t label_room(const st_style *style) {
  size_t room = 200, longest = 0;
  for (size_t k = 0; k < style->labels; k++) {
    room += style->label[k].key_len + 32;
    if (style->label[k].key_len > longest) longest = style->label[k].key_len;
  }
  return room + 2 * longest;
}

void st_json_string(st_buf *out, const char *s, size_t n) {
  if (st_buf_reserve(out, string_room(n))) st_buf_end(out, put_string(out->data + out->len, s, n));
}

void st_json_label(st_buf *out, const st_style *style, const stance_sentence *s) {
  if (st_buf_reserve(out, label_room(style)))
    st_buf_end(out, put_label(out->data + out->len, style, s));
}

void st_json_spans(st_buf *out, const char *text, const stance_evidence *e, size_t n) {
  if (st_buf_reserve(out, spans_room(e, n)))
    st_buf_end(out, put_spans(out->data + out->len, text, e, n));
}

/* ---- documents ---- */

/* The source's name and where it stands: {"start":..,"end":..,"text":".."}. */
static char *put_source(char *p, const char *text, const stance_sentence *s) {
  if (s->source_start == s->source_end) return PUT(p, "null");
  p = PUT(p, "{\"start\":");
  p = put_u64(p, s->source_cp_start);
  p = PUT(p, ",\"end\":");
  p = put_u64(p, s->source_cp_end);
  p = PUT(p, ",\"text\":");
  p = put_string(p, text + s->source_start, s->source_end - s->source_start);
  *p++ = '}';
  return p;
}

static char *put_hex64(char *p, uint64_t v) {
  static const char hex[] = "0123456789abcdef";
  for (int shift = 60; shift >= 0; shift -= 4) *p++ = hex[v >> shift & 15];
  return p;
}

typedef struct {
  const st_style *style;
  const stance_document *d;
  const char *name; /* the document's name in JSON */
  size_t name_len, label_room;
  bool lines;
} writer;

static void write_sentence(st_buf *out, const writer *w, size_t i, uint64_t fp, uint32_t nth) {
  const stance_sentence *s = &w->d->sentences[i];
  const char *text = w->d->text;
  size_t room = 600 + w->name_len + w->label_room + string_room(s->end - s->start) +
                string_room(s->source_end - s->source_start) +
                spans_room(s->evidence, s->n_evidence) + spans_room(s->loud, s->n_loud) +
                string_room(s->suppressed ? strlen(s->suppressed) : 0);
  if (!st_buf_reserve(out, room)) return;
  char *p = out->data + out->len;
  if (w->lines) {
    p = PUT(p, "{\"type\":\"sentence\",\"doc\":");
    p = put(p, w->name, w->name_len);
    p = PUT(p, ",\"id\":\"s");
  } else
    p = PUT(p, "{\"id\":\"s");
  p = put_u64(p, i + 1);
  p = PUT(p, "\",\"fp\":\"");
  p = put_hex64(p, fp);
  *p++ = ':';
  p = put_u64(p, nth);
  p = PUT(p, "\",\"part\":\"");
  const char *part = stance_part_name(s->part);
  p = put(p, part, strlen(part));
  p = PUT(p, "\",\"para\":");
  p = put_u64(p, (uint64_t)s->paragraph + 1);
  p = PUT(p, ",\"text\":");
  p = put_string(p, text + s->start, s->end - s->start);
  p = PUT(p, ",\"start\":");
  p = put_u64(p, s->cp_start);
  p = PUT(p, ",\"end\":");
  p = put_u64(p, s->cp_end);
  p = PUT(p, ",\"byte_start\":");
  p = put_u64(p, s->file_start);
  p = PUT(p, ",\"byte_end\":");
  p = put_u64(p, s->file_end);
  p = PUT(p, ",\"line\":");
  p = put_u64(p, s->line);
  p = PUT(p, ",\"col\":");
  p = put_u64(p, s->column);
  *p++ = ',';
  p = put_label(p, w->style, s);
  p = s->quoted ? PUT(p, ",\"quoted\":true,\"source\":") : PUT(p, ",\"quoted\":false,\"source\":");
  p = put_source(p, text, s);
  p = PUT(p, ",\"evidence\":");
  p = put_spans(p, text, s->evidence, s->n_evidence);
  p = PUT(p, ",\"loud\":");
  p = put_spans(p, text, s->loud, s->n_loud);
  p = PUT(p, ",\"suppressed\":");
  p = s->suppressed ? put_string(p, s->suppressed, strlen(s->suppressed)) : PUT(p, "null");
  *p++ = '}';
  st_buf_end(out, p);
}

/* The document's own fields, without the closing brace. */
static void write_header(st_buf *out, const writer *w) {
  const stance_document *d = w->d;
  char sha[65];
  st_sha256_hex(d->file, d->file_len, sha);
  if (w->lines)
    st_buf_puts(out, "{\"type\":\"doc\",\"schema\":\"stance/1\",\"doc\":");
  else
    st_buf_puts(out, "{\"doc\":");
  st_buf_add(out, w->name, w->name_len);
  st_buf_puts(out, ",\"sha256\":\"");
  st_buf_puts(out, sha);
  st_buf_puts(out, "\",\"model\":");
  st_buf_json(out, w->style->model, strlen(w->style->model));
  st_buf_puts(out, ",\"format\":");
  st_buf_json(out, d->format ? d->format : "txt", strlen(d->format ? d->format : "txt"));
  if (d->language && d->language[0]) {
    st_buf_puts(out, ",\"lang\":");
    st_buf_json(out, d->language, strlen(d->language));
  }
  if (w->lines) {
    st_buf_puts(out, ",\"sentences\":");
    st_buf_u64(out, d->n_sentences);
  }
  /* One pass for all labels: the sentences of a long text lie in far memory. */
  uint64_t count[64] = {0}, unsure = 0;
  for (size_t i = 0; i < d->n_sentences; i++) {
    int label = d->sentences[i].label;
    if (label >= 0 && label < 64) count[label]++;
    unsure += label == STANCE_UNSURE;
  }
  st_buf_puts(out, ",\"summary\":{");
  for (size_t k = 0; k < w->style->labels; k++) {
    if (k) st_buf_putc(out, ',');
    st_buf_add(out, w->style->label[k].key, w->style->label[k].key_len);
    st_buf_u64(out, k < 64 ? count[k] : st_count_label(d, (int)k));
  }
  if (unsure) {
    st_buf_puts(out, ",\"unsure\":");
    st_buf_u64(out, unsure);
  }
  st_buf_puts(out, "},\"sensationalism\":");
  st_buf_fixed(out, (double)d->sensationalism, 4);
  if (d->in_file) return;
  st_buf_puts(out, ",\"text\":");
  st_json_string(out, d->text, d->text_len);
}

stance_status st_json_document(st_sink *sink, const st_style *style, const stance_document *d,
                               bool lines) {
  st_buf name = {0}, scratch = {0};
  st_occurrences seen = {0};
  st_buf_json(&name, d->name ? d->name : "", d->name ? strlen(d->name) : 0);
  stance_status status = STANCE_OK;
  if (name.failed || !st_occurrences_init(&seen, d->n_sentences)) {
    status = st_fail_memory(sink->err, "writing a report");
    goto done;
  }
  writer w = {style, d, name.data, name.len, label_room(style), lines};
  st_buf *out = &sink->buf;
  write_header(out, &w);
  st_buf_puts(out, lines ? "}\n" : ",\"sentences\":[");
  for (size_t i = 0; i < d->n_sentences && status == STANCE_OK; i++) {
    const stance_sentence *s = &d->sentences[i];
    uint64_t fp = st_fingerprint(d->text + s->start, s->end - s->start, &scratch);
    if (i && !lines) st_buf_putc(out, ',');
    if (!lines) st_buf_putc(out, '\n');
    write_sentence(out, &w, i, fp, st_occurrence(&seen, fp));
    if (lines) st_buf_putc(out, '\n');
    status = st_sink_flush(sink, 1 << 17);
  }
  if (!lines) st_buf_puts(out, "]}");
  if (scratch.failed) status = st_fail_memory(sink->err, "writing a report");
done:
  st_occurrences_free(&seen);
  st_buf_free(&name);
  st_buf_free(&scratch);
  return status;
}
