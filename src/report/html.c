/* html.c: format html, one self-contained page: the article as it reads, a label on every sentence.
 *
 *     page/page.html   the frame, with @MARKS@ that are filled in here; @TEXT@ is where articles go
 *     page/page.css    looks; classes .l0, .l1, ... of the labels' colours are added here
 *     page/page.js     filters, keys, corrections; without it the page still reads
 *
 * The three come as byte arrays in page.h, made by the Makefile. A strict content policy (hashes of
 * the one style and the one script, nothing else) keeps the page from reaching anywhere.
 *
 *     <span class="s l2" id=d1s3 data-f=FINGERPRINT:1 data-c="P P P P" data-l=71>
 *       <span class=t>SPEC</span><span class=h>speculation, 0.88: </span>It <b>could<i>
 * (modal)</i></b> rain. <span class=w>why</span></span>
 */
#include "report/html.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "page.h"

/* Colours as computed for contrast (text 9.6:1 on every tint, lines 3.2:1 on the page) and distance
 * under the three kinds of colour blindness; a label set of other names takes them in turn. */
static const struct {
  const char *name, *line, *tint, *dark_line, *dark_tint, *style;
} palette[] = {
    {"attributed", "#0a2f7e", "#d7e9ff", "#72abef", "#12304f", "solid"},
    {"speculation", "#b98716", "#f6c87a", "#face11", "#4a3c00", "dashed"},
    {"advocacy", "#b4265a", "#f19ed9", "#ff5cae", "#55123a", "double"},
    {"unattributed", "#111", "#fff", "#fefefe", "#161616", "dotted"},
};
enum { COLOURS = sizeof palette / sizeof *palette };

/* The label's colours and its line style. */
static void look(const st_style *style, size_t label, size_t *colour, size_t *line) {
  for (size_t p = 0; p < COLOURS; p++)
    if (!strcmp(style->label[label].name, palette[p].name)) {
      *colour = *line = p;
      return;
    }
  *colour = label % COLOURS;
  *line = (label + label / COLOURS) % COLOURS;
}

/* ---- text into HTML ---- */

void st_html_text(st_buf *out, const char *s, size_t n) {
  for (size_t i = 0, run = 0; i <= n; i++) {
    const char *as = NULL;
    if (i < n) switch (s[i]) {
      case '&': as = "&amp;"; break;
      case '<': as = "&lt;"; break;
      case '>': as = "&gt;"; break;
      case '"': as = "&quot;"; break;
      case '\r': as = "&#13;"; break; /* a bare one would be read as a line end */
      default: continue;
      }
    st_buf_add(out, s + run, i - run);
    if (as) st_buf_puts(out, as);
    run = i + 1;
  }
}

static void text_of(st_buf *out, const char *s) {
  st_html_text(out, s ? s : "", s ? strlen(s) : 0);
}

/* ---- the frame ---- */

/* 'sha256-...' of the bytes, for the content policy. */
static void policy_hash(st_buf *out, const void *bytes, size_t n) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  char hex[65];
  unsigned char raw[33] = {0}; /* a multiple of three */
  st_sha256_hex(bytes, n, hex);
  for (int i = 0; i < 64; i++)
    raw[i / 2] =
        (unsigned char)(raw[i / 2] << 4 | (hex[i] <= '9' ? hex[i] - '0' : hex[i] - 'a' + 10));
  st_buf_puts(out, "'sha256-");
  for (int i = 0; i < 33; i += 3) {
    unsigned v = (unsigned)raw[i] << 16 | (unsigned)raw[i + 1] << 8 | raw[i + 2];
    char four[4] = {digits[v >> 18], digits[v >> 12 & 63], digits[v >> 6 & 63],
                    i == 30 ? '=' : digits[v & 63]}; /* 32 bytes: the last group has two */
    st_buf_add(out, four, 4);
  }
  st_buf_putc(out, '\'');
}

static void style_sheet(st_buf *out, const st_style *style) {
  size_t c, l;
  st_buf_add(out, page_css, sizeof page_css);
  for (size_t k = 0; k < style->labels; k++) {
    look(style, k, &c, &l);
    st_buf_printf(out, ".l%zu{--l:%s;--t:%s;--s:%s}\n", k, palette[c].line, palette[c].tint,
                  palette[l].style);
  }
  st_buf_puts(out, "@media screen and (prefers-color-scheme:dark){\n");
  for (size_t k = 0; k < style->labels; k++) {
    look(style, k, &c, &l);
    st_buf_printf(out, ".l%zu{--l:%s;--t:%s}\n", k, palette[c].dark_line, palette[c].dark_tint);
  }
  st_buf_puts(out, "}\n");
}

/* Each label's fill of the bar, told apart in grey: filled, stripes, crosses, dots. */
static void patterns(st_buf *out, const st_style *style) {
  static const char *const fill[COLOURS] = {
      "<rect class=ps width=8 height=8 />", "<path class=pl d=\"M-2 2l4-4M0 8l8-8M6 10l4-4\"/>",
      "<path class=pl d=\"M0 0l8 8M0 8l8-8\"/>", "<circle class=ps cx=4 cy=4 r=1.4 />"};
  for (size_t k = 0; k < style->labels; k++) {
    size_t c, l;
    look(style, k, &c, &l);
    st_buf_printf(out,
                  "<pattern id=p%zu class=l%zu width=8 height=8 patternUnits=userSpaceOnUse><rect "
                  "class=pt width=8 height=8 />%s</pattern>",
                  k, k, fill[l]);
  }
}

static void choices(st_buf *out, const st_style *style, bool legend) {
  for (size_t k = 0; k < style->labels; k++) {
    const st_label_style *l = &style->label[k];
    st_buf_puts(out, legend ? "\n<label><input type=checkbox checked value=\""
                            : "\n<label><input type=radio name=label value=\"");
    text_of(out, l->name);
    st_buf_puts(out, "\" data-shown=\"");
    text_of(out, l->shown);
    st_buf_puts(out, "\">");
    if (!legend && k < 9) st_buf_printf(out, "<kbd>%zu</kbd>", k + 1);
    st_buf_printf(out, "<span class=\"t l%zu\">%s</span><span>", k, l->tag);
    text_of(out, l->shown);
    st_buf_puts(out, "</span><span class=n></span></label>");
  }
}

/* The frame from *at up to @TEXT@ or its end, marks filled in. */
static void frame(st_buf *out, const st_style *style, bool review, size_t *at) {
  st_buf sheet = {0};
  style_sheet(&sheet, style);
  const char *html = (const char *)page_html;
  size_t n = sizeof page_html, i = *at;
  for (size_t run = i; i <= n; i++) {
    if (i < n && html[i] != '@') continue;
    st_buf_add(out, html + run, i - run);
    if (i == n) break;
    const char *name = html + i + 1, *end = memchr(name, '@', n - i - 1);
    if (!end) end = html + n - 1; /* never: every mark is closed */
    size_t len = (size_t)(end - name);
    i += len + 1;
    run = i + 1;
#define IS(mark) (len == sizeof(mark) - 1 && !memcmp(name, mark, len))
    if (IS("TEXT")) {
      i++;
      break;
    }
    if (IS("CSP")) {
      st_buf_puts(out, "default-src 'none'; style-src ");
      policy_hash(out, sheet.data ? sheet.data : "", sheet.len);
      st_buf_puts(out, "; script-src ");
      policy_hash(out, page_js, sizeof page_js);
      st_buf_puts(out, review ? "; img-src data:; connect-src 'self'" : "; img-src data:");
      st_buf_puts(out, "; base-uri 'none'; form-action 'none'");
    } else if (IS("STYLE"))
      st_buf_add(out, sheet.data ? sheet.data : "", sheet.len);
    else if (IS("SCRIPT"))
      st_buf_add(out, page_js, sizeof page_js);
    else if (IS("MODEL"))
      text_of(out, style->model);
    else if (IS("VERSION"))
      st_buf_puts(out, STANCE_VERSION);
    else if (IS("REVIEW"))
      st_buf_puts(out, review ? " data-review" : "");
    else if (IS("PATTERNS"))
      patterns(out, style);
    else if (IS("LEGEND") || IS("CHOICES"))
      choices(out, style, IS("LEGEND"));
    else if (IS("LAST"))
      st_buf_u64(out, style->labels < 9 ? style->labels : 9);
#undef IS
  }
  *at = i;
  out->failed = out->failed || sheet.failed;
  st_buf_free(&sheet);
}

void st_html_begin(st_buf *out, const st_style *style, bool review) {
  size_t at = 0;
  frame(out, style, review, &at);
}

void st_html_end(st_buf *out, const st_style *style) {
  static const char mark[] = "@TEXT@";
  size_t at = 0;
  while (memcmp(page_html + at, mark, sizeof mark - 1) != 0) at++; /* the frame has one */
  at += sizeof mark - 1;
  frame(out, style, false, &at);
}

/* ---- sentences ---- */

/* A stretch of the sentence that is shown as evidence. */
typedef struct {
  size_t start, end;
  const char *kind;
  bool loud; /* of sensationalism only */
} stretch;

static int by_start(const void *a, const void *b) {
  const stretch *x = a, *y = b;
  if (x->start != y->start) return x->start < y->start ? -1 : 1;
  return x->loud - y->loud;
}

static void marked(st_buf *out, const char *text, const stance_sentence *s) {
  size_t n = s->n_evidence + s->n_loud, at = s->start;
  stretch *spans = st_calloc(n, sizeof *spans);
  if (!spans) {
    out->failed = true;
    return;
  }
  for (size_t i = 0; i < n; i++) {
    bool loud = i >= s->n_evidence;
    const stance_evidence *e = loud ? &s->loud[i - s->n_evidence] : &s->evidence[i];
    spans[i] = (stretch){e->start, e->end, e->kind, loud};
  }
  qsort(spans, n, sizeof *spans, by_start);
  for (size_t i = 0; i < n;) {
    stretch e = spans[i];
    for (i++; i < n && spans[i].start < e.end; i++) { /* overlapping ones become one */
      if (spans[i].end > e.end) e.end = spans[i].end;
      if (e.loud && !spans[i].loud) e.loud = false, e.kind = spans[i].kind;
    }
    if (e.start < at) e.start = at;
    if (e.end > s->end) e.end = s->end;
    if (e.end <= e.start) continue;
    st_html_text(out, text + at, e.start - at);
    st_buf_puts(out, e.loud ? "<b class=x>" : "<b>");
    st_html_text(out, text + e.start, e.end - e.start);
    st_buf_puts(out, "<i> (");
    text_of(out, e.kind);
    st_buf_puts(out, ")</i></b>");
    at = e.end;
  }
  st_html_text(out, text + at, s->end - at);
  free(spans);
}

/* Label and confidence, the words that decided, the source, the sensationalism. */
static void why(st_buf *out, const st_style *style, const char *text, const stance_sentence *s) {
  static const char dot[] = " \xc2\xb7 ";
  if (s->label == STANCE_UNSURE) st_buf_puts(out, "unsure, perhaps ");
  text_of(out, style->label[s->best].shown);
  st_buf_putc(out, ' ');
  st_buf_fixed(out, (double)s->confidence, 2);
  for (size_t i = 0; i < s->n_evidence + s->n_loud; i++) {
    bool loud = i >= s->n_evidence, again = false;
    const stance_evidence *e = loud ? &s->loud[i - s->n_evidence] : &s->evidence[i];
    for (size_t k = 0; loud && k < s->n_evidence; k++)
      again = again || (s->evidence[k].start == e->start && s->evidence[k].end == e->end);
    if (again) continue;
    st_buf_puts(out, dot);
    st_html_text(out, text + e->start, e->end - e->start);
    st_buf_puts(out, " (");
    text_of(out, e->kind);
    st_buf_puts(out, loud ? ", loud)" : ")");
  }
  st_buf_puts(out, dot);
  if (s->source_start == s->source_end)
    st_buf_puts(out, "no source named");
  else {
    st_buf_puts(out, "source: ");
    st_html_text(out, text + s->source_start, s->source_end - s->source_start);
  }
  if (s->quoted) st_buf_puts(out, " \xc2\xb7 in quotation");
  if (isnan(s->sensationalism)) return;
  st_buf_puts(out, " \xc2\xb7 sensationalism ");
  st_buf_fixed(out, (double)s->sensationalism, 2);
}

/* A number without its dot: 0.8812 as 8812. */
static void scaled(st_buf *out, float v, float by) {
  st_buf_u64(out, isnan(v) || v < 0 ? 0 : (uint64_t)(v * by + 0.5f));
}

static void sentence(st_buf *out, const st_style *style, const stance_document *d, size_t article,
                     size_t i, uint64_t fp, uint32_t nth) {
  const stance_sentence *s = &d->sentences[i];
  if (s->best < 0) { /* nothing to judge: a line of dashes */
    st_html_text(out, d->text + s->start, s->end - s->start);
    return;
  }
  bool unsure = s->label < 0;
  if (unsure)
    st_buf_puts(out, "<span class=\"s u\"");
  else
    st_buf_printf(out, "<span class=\"s l%d\"", s->label);
  st_buf_printf(out, " id=d%zus%zu data-f=%016llx:%u data-c=\"", article + 1, i + 1,
                (unsigned long long)fp, nth);
  for (size_t k = 0; k < style->labels; k++) {
    if (k) st_buf_putc(out, ' ');
    scaled(out, s->scores[k], 10000);
  }
  st_buf_putc(out, '"');
  if (!isnan(s->sensationalism)) {
    st_buf_puts(out, " data-l=");
    scaled(out, s->sensationalism, 10000);
  }
  if (unsure) st_buf_puts(out, " data-u");
  st_buf_printf(out, "><span class=t aria-hidden=true>%s</span><span class=h>",
                unsure ? "?" : style->label[s->label].tag);
  text_of(out, unsure ? "unsure" : style->label[s->label].shown);
  st_buf_puts(out, ", ");
  st_buf_fixed(out, (double)s->confidence, 2);
  st_buf_puts(out, ": </span>");
  marked(out, d->text, s);
  st_buf_puts(out, "<span class=w>");
  why(out, style, d->text, s);
  st_buf_puts(out, "</span></span>");
}

/* ---- articles ---- */

/* What a part of the article is put into. A list's items share one <ul>. */
static const struct {
  const char *open, *close;
} element[] = {
    [STANCE_BODY] = {"<p class=p dir=auto>", "</p>"},
    [STANCE_HEADLINE] = {"<h3 class=\"p top\" dir=auto>", "</h3>"},
    [STANCE_LEAD] = {"<p class=\"p lead\" dir=auto>", "</p>"},
    [STANCE_HEADING] = {"<h3 class=p dir=auto>", "</h3>"},
    [STANCE_CAPTION] = {"<p class=\"p cap\" dir=auto><span class=what>caption</span>", "</p>"},
    [STANCE_QUOTE] = {"<blockquote class=p dir=auto><p>", "</p></blockquote>"},
    [STANCE_LIST] = {"<li dir=auto>", "</li>"},
    [STANCE_BYLINE] = {"<p class=\"p by\" dir=auto><span class=what>by-line</span>", "</p>"},
};
enum { ELEMENTS = sizeof element / sizeof *element };

static size_t part_of(const stance_sentence *s) {
  size_t part = (size_t)s->part;
  return part < ELEMENTS ? part : STANCE_BODY;
}

/* Mean sensationalism of the document's sentences of the part; NaN if there are none. */
static float loudness(const stance_document *d, stance_part part) {
  double sum = 0;
  size_t n = 0;
  for (size_t i = 0; i < d->n_sentences; i++)
    if (d->sentences[i].part == part && !isnan(d->sentences[i].sensationalism)) {
      sum += (double)d->sentences[i].sensationalism;
      n++;
    }
  return n ? (float)(sum / (double)n) : NAN;
}

static void put_loudness(st_buf *out, const char *what, float v, bool *any) {
  static const char *const word[] = {"calm", "mostly calm", "mixed", "loud", "very loud"};
  if (isnan(v)) return;
  st_buf_puts(out, *any ? ", " : "<p class=sum>Sensationalism: ");
  st_buf_puts(out, what);
  st_buf_puts(out, " <b>");
  st_buf_fixed(out, (double)v, 2);
  int w = (int)(v * 5);
  st_buf_printf(out, "</b> (%s)", word[w < 0 ? 0 : w > 4 ? 4 : w]);
  *any = true;
}

/* "speculation 13 (22 %)" for every label; on the page, where it is the legend of a print, with
 * tags. */
static void counts(st_buf *out, const st_style *style, const stance_document *d, bool page) {
  for (size_t k = 0; k <= style->labels; k++) {
    bool unsure = k == style->labels;
    uint64_t n = st_count_label(d, unsure ? STANCE_UNSURE : (int)k);
    if (unsure && !n) break;
    if (k) st_buf_puts(out, ", ");
    if (page && !unsure)
      st_buf_printf(out, "<span class=\"t l%zu\">%s</span>", k, style->label[k].tag);
    text_of(out, unsure ? "unsure" : style->label[k].shown);
    st_buf_puts(out, page ? " <b>" : " ");
    st_buf_u64(out, n);
    st_buf_puts(out, page ? "</b> (" : " (");
    st_buf_fixed(out, 100.0 * (double)n / (double)d->n_sentences, 0);
    st_buf_puts(out, " %)");
  }
}

/* One bar of all labels, 1000 units wide. */
static void bar(st_buf *out, const st_style *style, const stance_document *d) {
  st_buf_puts(out, "<svg class=bar role=img viewBox=\"0 0 1000 22\" preserveAspectRatio=none "
                   "aria-label=\"Of the sentences: ");
  counts(out, style, d, false);
  st_buf_puts(out, "\">");
  double x = 0;
  for (size_t k = 0; k < style->labels; k++) {
    double w = 1000.0 * (double)st_count_label(d, (int)k) / (double)d->n_sentences;
    if (w > 0) {
      st_buf_puts(out, "<rect height=22 x=");
      st_buf_fixed(out, x, 1);
      st_buf_puts(out, " width=");
      st_buf_fixed(out, w, 1);
      st_buf_printf(out, " fill=url(#p%zu) />", k);
    }
    x += w;
  }
  st_buf_puts(out, "</svg>");
}

static void head(st_buf *out, const st_style *style, const stance_document *d, size_t index) {
  char sha[65];
  st_sha256_hex(d->file, d->file_len, sha);
  st_buf_printf(out, "<article id=d%zu data-n=%zu data-sha=%s data-doc=\"", index + 1,
                d->n_sentences, sha);
  text_of(out, d->name);
  st_buf_putc(out, '"');
  if (d->language && d->language[0]) {
    st_buf_puts(out, " lang=\"");
    text_of(out, d->language);
    st_buf_putc(out, '"');
  }
  st_buf_puts(out, "><header><h2>");
  text_of(out, d->name);
  st_buf_printf(out, "</h2><p class=meta>%zu sentence%s \xc2\xb7 model ", d->n_sentences,
                d->n_sentences == 1 ? "" : "s");
  text_of(out, style->model);
  st_buf_puts(out, "</p>");
  if (d->n_sentences) {
    bar(out, style, d);
    st_buf_puts(out, "<p class=sum>");
    counts(out, style, d, true);
    st_buf_puts(out, "</p>");
    bool any = false;
    put_loudness(out, "headline", loudness(d, STANCE_HEADLINE), &any);
    put_loudness(out, "lead", loudness(d, STANCE_LEAD), &any);
    put_loudness(out, "article", d->sensationalism, &any);
    if (any) st_buf_puts(out, "</p>");
  }
  st_buf_puts(out, "</header>\n");
}

stance_status st_html_document(st_sink *sink, const st_style *style, const stance_document *d,
                               size_t index) {
  st_buf *out = &sink->buf, scratch = {0};
  st_occurrences seen = {0};
  if (!st_occurrences_init(&seen, d->n_sentences)) {
    st_occurrences_free(&seen);
    return st_fail_memory(sink->err, "writing a report");
  }
  head(out, style, d, index);
  stance_status status = STANCE_OK;
  const stance_sentence *before = NULL;
  for (size_t i = 0; i < d->n_sentences && status == STANCE_OK; i++) {
    const stance_sentence *s = &d->sentences[i];
    size_t part = part_of(s), last = before ? part_of(before) : ELEMENTS;
    if (before && part == last && s->paragraph == before->paragraph)
      st_buf_putc(out, ' ');
    else {
      if (before) st_buf_puts(out, element[last].close);
      if (last == STANCE_LIST && part != STANCE_LIST) st_buf_puts(out, "</ul>");
      if (before) st_buf_putc(out, '\n');
      if (part == STANCE_LIST && last != STANCE_LIST) st_buf_puts(out, "<ul class=p>");
      st_buf_puts(out, element[part].open);
    }
    uint64_t fp = st_fingerprint(d->text + s->start, s->end - s->start, &scratch);
    sentence(out, style, d, index, i, fp, st_occurrence(&seen, fp));
    before = s;
    status = st_sink_flush(sink, 1 << 17);
  }
  if (before) st_buf_puts(out, element[part_of(before)].close);
  if (before && part_of(before) == STANCE_LIST) st_buf_puts(out, "</ul>");
  st_buf_puts(out, "</article>\n");
  if (status == STANCE_OK && scratch.failed) status = st_fail_memory(sink->err, "writing a report");
  st_occurrences_free(&seen);
  st_buf_free(&scratch);
  return status;
}
