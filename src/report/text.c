/* text.c: format text, for people: a summary line, then a block a sentence.
 *
 *     article.txt: 7 sentences   ATTR 2  SPEC 2  ADVO 1  UNAT 2    sensationalism 0.24
 *
 *       3 SPEC 0.88 ~  The move [could] mean [devastating consequences].
 *                      could (modal) · devastating consequences (loaded) · no source · ...
 */
#include "report/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* Inside this file a mark's ends are these control characters, which st_text_plain never lets
 * through from a text. */
enum { MARK_ON = 1, MARK_OFF = 2 };

static const char *tag_color(const st_label_style *l) {
  switch (l->tag[0]) {
  case 'A':
    return l->mark == '!' ? "\033[1;35m" : "\033[1;34m"; /* advocacy magenta, attributed blue */
  case 'S': return "\033[1;33m";
  default: return "\033[1m";
  }
}

void st_text_plain(st_buf *out, const char *s, size_t n) {
  for (size_t i = 0, len; i < n; i += len) {
    len = st_utf8_length(s + i, n - i);
    uint32_t c = len ? st_utf8_decode(s + i, len) : 0;
    if (!len) len = 1;
    if (c == '\n' || c == '\t' || c == '\r')
      st_buf_putc(out, ' ');
    else if (c < 0x20 || (c >= 0x7f && c < 0xa0))
      st_buf_puts(out, "\xef\xbf\xbd");
    else
      st_buf_add(out, s + i, len);
  }
}

typedef struct {
  size_t start, end;
} range;

static int by_start(const void *a, const void *b) {
  size_t x = ((const range *)a)->start, y = ((const range *)b)->start;
  return x < y ? -1 : x > y;
}

/* The sentence on one line, with MARK_ON and MARK_OFF around the union of its evidence. */
static void mark(st_buf *out, const char *text, const stance_sentence *s) {
  size_t n = s->n_evidence + s->n_loud;
  range *spans = st_calloc(n, sizeof *spans);
  if (!spans) {
    out->failed = true;
    return;
  }
  for (size_t i = 0; i < n; i++) {
    const stance_evidence *e = i < s->n_evidence ? &s->evidence[i] : &s->loud[i - s->n_evidence];
    spans[i] = (range){e->start, e->end};
  }
  qsort(spans, n, sizeof *spans, by_start);
  size_t at = s->start;
  for (size_t i = 0; i < n;) {
    size_t start = spans[i].start, end = spans[i].end;
    for (i++; i < n && spans[i].start <= end; i++)
      if (spans[i].end > end) end = spans[i].end;
    if (start < at) start = at;
    if (end > s->end) end = s->end;
    if (end <= start) continue;
    st_text_plain(out, text + at, start - at);
    st_buf_putc(out, MARK_ON);
    st_text_plain(out, text + start, end - start);
    st_buf_putc(out, MARK_OFF);
    at = end;
  }
  st_text_plain(out, text + at, s->end - at);
  free(spans);
}

/* Columns of the word at s, which ends at a space; *bytes: its length. A word of more columns than
 * `most` (0: any) is cut between characters: Chinese and Japanese have no spaces. */
static int word_width(const char *s, size_t n, bool color, int most, size_t *bytes) {
  int width = 0;
  size_t i = 0;
  while (i < n && s[i] != ' ') {
    size_t len = st_utf8_length(s + i, n - i);
    if (!len) len = 1;
    uint32_t c = st_utf8_decode(s + i, len);
    int columns = c == MARK_ON || c == MARK_OFF ? !color
                  : c < 0x7f                    ? 1
                                                : utf8proc_charwidth((utf8proc_int32_t)c);
    if (most > 0 && columns && width && width + columns > most) break;
    width += columns;
    i += len;
  }
  *bytes = i;
  return width;
}

static void put_marks(st_buf *out, const st_style *style, const char *s, size_t n, bool *on) {
  for (size_t i = 0; i < n; i++) {
    if (s[i] == MARK_ON)
      st_buf_puts(out, style->color ? "\033[1;4m" : "[");
    else if (s[i] == MARK_OFF)
      st_buf_puts(out, style->color ? "\033[22;24m" : "]");
    else
      st_buf_putc(out, s[i]);
    if (s[i] == MARK_ON || s[i] == MARK_OFF) *on = s[i] == MARK_ON;
  }
}

/* Words of a marked line, wrapped at the style's width; runs of spaces become one. */
static void wrap(st_buf *out, const st_style *style, const char *s, size_t n, int indent) {
  int column = indent;
  bool on = false, first = true;
  for (size_t i = 0; i < n;) {
    size_t bytes, word = i;
    while (i < n && s[i] == ' ') i++;
    bool cut = !first && i == word; /* the rest of a word too long for a line */
    int room = style->width - indent;
    int width =
        word_width(s + i, n - i, style->color, style->width ? room > 1 ? room : 2 : 0, &bytes);
    if (!bytes) break;
    if (cut || (!first && style->width && column + 1 + width > style->width)) {
      if (on && style->color) st_buf_puts(out, "\033[22;24m"); /* no underlined margin */
      st_buf_printf(out, "\n%*s", indent, "");
      if (on && style->color) st_buf_puts(out, "\033[1;4m");
      column = indent;
    } else if (!first) {
      st_buf_putc(out, ' ');
      column++;
    }
    put_marks(out, style, s + i, bytes, &on);
    column += width;
    i += bytes;
    first = false;
  }
}

void st_text_marked(st_buf *out, const st_style *style, const char *text, const stance_sentence *s,
                    int indent) {
  st_buf marked = {0};
  mark(&marked, text, s);
  if (marked.failed)
    out->failed = true;
  else
    wrap(out, style, marked.data ? marked.data : "", marked.len, indent);
  st_buf_free(&marked);
}

/* The words that decided, strongest first, each once; then the source and the sensationalism. */
static void why(st_buf *out, const st_style *style, const char *text, const stance_sentence *s,
                int indent) {
  st_buf line = {0};
  for (size_t i = 0; i < s->n_evidence + s->n_loud; i++) {
    const stance_evidence *e = i < s->n_evidence ? &s->evidence[i] : &s->loud[i - s->n_evidence];
    bool again = false;
    for (size_t k = 0; i >= s->n_evidence && k < s->n_evidence; k++)
      again = again || (s->evidence[k].start == e->start && s->evidence[k].end == e->end);
    if (again) continue;
    st_text_plain(&line, text + e->start, e->end - e->start);
    st_buf_puts(&line, " (");
    st_buf_puts(&line, e->kind);
    if (i >= s->n_evidence) st_buf_puts(&line, ", loud");
    if (style->explain) {
      st_buf_puts(&line, e->weight < 0 ? " " : " +");
      st_buf_fixed(&line, (double)e->weight, 2);
    }
    st_buf_puts(&line, ") \xc2\xb7 ");
  }
  if (s->source_start == s->source_end)
    st_buf_puts(&line, "no source");
  else {
    st_buf_puts(&line, "source: ");
    st_text_plain(&line, text + s->source_start, s->source_end - s->source_start);
  }
  if (!isnan(s->sensationalism)) {
    st_buf_puts(&line, " \xc2\xb7 sensationalism ");
    st_buf_fixed(&line, (double)s->sensationalism, 2);
  }
  if (style->explain && s->best >= 0)
    for (size_t k = 0; k < style->labels; k++) {
      st_buf_puts(&line, k ? " " : " \xc2\xb7 ");
      st_buf_puts(&line, style->label[k].tag);
      st_buf_putc(&line, ' ');
      st_buf_fixed(&line, (double)s->scores[k], 2);
    }
  st_buf_printf(out, "%*s", indent, "");
  if (style->color) st_buf_puts(out, "\033[2m");
  if (line.failed)
    out->failed = true;
  else
    wrap(out, style, line.data, line.len, indent);
  if (style->color) st_buf_puts(out, "\033[0m");
  st_buf_putc(out, '\n');
  st_buf_free(&line);
}

static void summary(st_buf *out, const st_style *style, const stance_document *d) {
  const char *name = d->name ? d->name : "";
  if (style->color) st_buf_puts(out, "\033[1m");
  st_text_plain(out, name, strlen(name));
  if (style->color) st_buf_puts(out, "\033[0m");
  st_buf_puts(out, ": ");
  st_buf_u64(out, d->n_sentences);
  st_buf_puts(out, d->n_sentences == 1 ? " sentence " : " sentences ");
  for (size_t k = 0; k < style->labels; k++) {
    st_buf_puts(out, "  ");
    st_buf_puts(out, style->label[k].tag);
    st_buf_putc(out, ' ');
    st_buf_u64(out, st_count_label(d, (int)k));
  }
  uint64_t unsure = st_count_label(d, STANCE_UNSURE);
  if (unsure) {
    st_buf_puts(out, "  unsure ");
    st_buf_u64(out, unsure);
  }
  if (!isnan(d->sensationalism)) {
    st_buf_puts(out, "    sensationalism ");
    st_buf_fixed(out, (double)d->sensationalism, 2);
  }
  st_buf_putc(out, '\n');
}

/* The tag, "?" where unsure, "-" where there is nothing to judge; four columns. */
static void put_tag(st_buf *out, const st_style *style, const stance_sentence *s) {
  bool color = style->color && s->label >= 0;
  if (color) st_buf_puts(out, tag_color(&style->label[s->best]));
  st_buf_puts(out, s->label >= 0               ? style->label[s->label].tag
                   : s->label == STANCE_UNSURE ? "?   "
                                               : "-   ");
  if (color) st_buf_puts(out, "\033[0m");
}

static char mark_of(const st_style *style, const stance_sentence *s) {
  return s->label >= 0 ? style->label[s->label].mark : ' ';
}

/* "  3 SPEC 0.88 ~  The move ..." and a line of reasons. */
static void list_row(st_buf *out, const st_style *style, const stance_document *d, size_t i,
                     int digits) {
  const stance_sentence *s = &d->sentences[i];
  int indent = digits + (int)strlen(" SPEC 0.88 ~  ");
  st_buf_printf(out, "%*zu ", digits, i + 1);
  put_tag(out, style, s);
  st_buf_putc(out, ' ');
  if (s->best >= 0)
    st_buf_fixed(out, (double)s->confidence, 2);
  else
    st_buf_puts(out, "    ");
  st_buf_putc(out, ' ');
  st_buf_putc(out, mark_of(style, s));
  st_buf_puts(out, "  ");
  st_text_marked(out, style, d->text, s, indent);
  st_buf_putc(out, '\n');
  why(out, style, d->text, s, indent);
}

/* "SPEC ~  The move ...", an empty line between paragraphs, headings and items as such. */
static void article_row(st_buf *out, const st_style *style, const stance_document *d, size_t i) {
  const stance_sentence *s = &d->sentences[i];
  static const char *const before[] = {[STANCE_LIST] = "- ", [STANCE_QUOTE] = "> "};
  bool begins = !i || s->paragraph != d->sentences[i - 1].paragraph;
  size_t part = (size_t)s->part;
  const char *lead = part < sizeof before / sizeof *before && before[part] ? before[part] : "";
  bool item = i && s->part == STANCE_LIST && d->sentences[i - 1].part == STANCE_LIST;
  if (i && begins && !item) st_buf_putc(out, '\n');
  put_tag(out, style, s);
  st_buf_printf(out, " %c  %s", mark_of(style, s), begins ? lead : *lead ? "  " : "");
  bool heading = s->part == STANCE_HEADLINE || s->part == STANCE_HEADING;
  if (heading && style->color) st_buf_puts(out, "\033[1m");
  int indent = (int)(strlen("SPEC ~  ") + strlen(lead));
  st_text_marked(out, style, d->text, s, indent);
  if (heading && style->color) st_buf_puts(out, "\033[0m");
  st_buf_putc(out, '\n');
  if (style->explain) why(out, style, d->text, s, indent);
}

stance_status st_text_document(st_sink *sink, const st_style *style, const stance_document *d) {
  st_buf *out = &sink->buf;
  int digits = 3;
  for (size_t n = d->n_sentences; n > 999; n /= 10) digits++;
  summary(out, style, d);
  if (d->n_sentences) st_buf_putc(out, '\n');
  for (size_t i = 0; i < d->n_sentences; i++) {
    if (style->article)
      article_row(out, style, d, i);
    else
      list_row(out, style, d, i, digits);
    ST_TRY(st_sink_flush(sink, 1 << 17));
  }
  return STANCE_OK;
}

void st_text_legend(st_buf *out, const st_style *style) {
  st_buf_putc(out, '\n');
  for (size_t k = 0; k < style->labels; k++) {
    if (k) st_buf_puts(out, " \xc2\xb7 ");
    st_buf_puts(out, style->label[k].tag);
    st_buf_putc(out, ' ');
    st_buf_puts(out, style->label[k].shown);
  }
  st_buf_putc(out, '\n');
}
