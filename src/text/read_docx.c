/* read_docx.c: Word files: paragraphs of word/document.xml and word/footnotes.xml.
 *
 *     word/styles.xml    id of a style ─▶ its name, which Word does not translate ─▶ part
 *     w:p ─▶ block       w:ins in, w:del and w:moveFrom out; a deleted paragraph mark joins two
 *     footnotes          after the body, a block a paragraph
 *
 * Text is made here, so positions count in it. Document types and entities are refused: no Word
 * file has any, and they are how small files become huge. */
#include "text/reader.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

#include "text/read_zip.h"

enum { NESTED = 8, STYLES = 4096 }; /* text boxes inside paragraphs; styles kept */

typedef struct {
  char id[64];
  stance_part part;
} style;

typedef struct {
  size_t start; /* in the text under way */
  stance_part part;
  bool joined; /* the mark at its end was deleted */
} paragraph;

typedef struct docx {
  st_text *t;
  XML_Parser parser;
  style *styles;
  size_t n_styles, styles_cap;
  st_buf run;             /* text of the open paragraphs, one after the other */
  paragraph open[NESTED]; /* [depth] */
  size_t depth, deeper;
  size_t skip;       /* open elements whose content is left out */
  size_t properties; /* open w:pPr */
  bool in_text, hidden, refused;
  uint32_t number; /* of the next paragraph */
  char style_id[64];
  stance_error *err;
  stance_status status;
} docx;

/* "http://...wordprocessingml/2006/main|p" -> "p"; NULL for elements of other languages. */
static const char *word(const char *name) {
  const char *bar = strrchr(name, '|');
  if (!bar) return NULL;
  return strstr(name, "wordprocessingml") && strstr(name, "wordprocessingml") < bar ? bar + 1
                                                                                    : NULL;
}

static const char *attribute(const char **atts, const char *name) {
  for (; *atts; atts += 2) {
    const char *local = word(atts[0]);
    if (local && !strcmp(local, name)) return atts[1];
  }
  return NULL;
}

static stance_part part_named(const char *name) {
  static const struct {
    const char *word;
    stance_part part;
  } known[] = {
      {"subtitle", STANCE_LEAD},    {"title", STANCE_HEADLINE},  {"headline", STANCE_HEADLINE},
      {"heading", STANCE_HEADING},  {"caption", STANCE_CAPTION}, {"quot", STANCE_QUOTE},
      {"block text", STANCE_QUOTE}, {"list", STANCE_LIST},       {"standfirst", STANCE_LEAD},
      {"lead", STANCE_LEAD},        {"byline", STANCE_BYLINE},   {"author", STANCE_BYLINE}};
  char low[64];
  size_t n = 0;
  for (; name[n] && n < sizeof low - 1; n++)
    low[n] = name[n] >= 'A' && name[n] <= 'Z' ? (char)(name[n] + 32) : name[n];
  low[n] = 0;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strstr(low, known[i].word)) return known[i].part;
  return STANCE_BODY;
}

static stance_part part_of_style(const docx *d, const char *id) {
  for (size_t i = 0; i < d->n_styles; i++)
    if (!strcmp(d->styles[i].id, id)) return d->styles[i].part;
  return part_named(id);
}

static void stop(docx *d, stance_status status) {
  if (d->status == STANCE_OK) d->status = status;
  XML_StopParser(d->parser, XML_FALSE);
}

static void XMLCALL doctype(void *ctx, const XML_Char *name, const XML_Char *system,
                            const XML_Char *public, int internal) {
  (void)name;
  (void)system;
  (void)public;
  (void)internal;
  docx *d = ctx;
  stop(d, st_fail(d->err, STANCE_ERR_FORMAT,
                  "the Word file declares a document type, which none needs: not read"));
}

/* ---- styles ---- */

static void XMLCALL style_start(void *ctx, const XML_Char *full, const XML_Char **atts) {
  docx *d = ctx;
  const char *name = word(full), *value;
  if (!name) return;
  if (!strcmp(name, "style")) {
    value = attribute(atts, "styleId");
    snprintf(d->style_id, sizeof d->style_id, "%s", value ? value : "");
  } else if (!strcmp(name, "name") && d->style_id[0] && (value = attribute(atts, "val")) &&
             d->n_styles < STYLES) {
    if (!st_reserve(&d->styles, &d->styles_cap, d->n_styles + 1, sizeof *d->styles)) {
      stop(d, st_fail_memory(d->err, "reading a Word file"));
      return;
    }
    style *s = &d->styles[d->n_styles++];
    memcpy(s->id, d->style_id, sizeof s->id);
    s->part = part_named(value);
    d->style_id[0] = 0;
  }
}

static void XMLCALL style_end(void *ctx, const XML_Char *full) {
  (void)ctx;
  (void)full;
}

/* ---- paragraphs ---- */

static bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/* One line of a paragraph becomes a block. */
static void add_block(docx *d, const char *s, size_t n, stance_part part) {
  st_text *t = d->t;
  while (n && is_space(s[0])) s++, n--;
  while (n && is_space(s[n - 1])) n--;
  if (!n) return;
  if (t->text.len) st_buf_puts(&t->text, "\n\n");
  size_t start = t->text.len;
  st_buf_add(&t->text, s, n);
  if (t->text.failed || t->text.len > INT32_MAX)
    t->failed = true;
  else
    st_text_add(t, start, t->text.len, part, d->number);
}

/* A line break of its own ends a block, unless the sentence plainly goes on. */
static void add_paragraph(docx *d, const char *s, size_t n, stance_part part) {
  size_t from = 0;
  for (size_t i = 0; i < n; i++) {
    if (s[i] != '\n' || (i + 1 < n && s[i + 1] >= 'a' && s[i + 1] <= 'z')) continue;
    add_block(d, s + from, i - from, part);
    from = i + 1;
  }
  add_block(d, s + from, n - from, part);
  d->number++;
}

static void paragraph_start(docx *d) {
  if (d->depth == NESTED) {
    d->deeper++;
    return;
  }
  paragraph *p = &d->open[d->depth];
  /* After a deleted paragraph mark the text goes on where it was. */
  bool joined = !d->depth && p->joined;
  if (!joined) *p = (paragraph){.start = d->run.len, .part = STANCE_BODY};
  p->joined = false;
  d->depth++;
}

static void paragraph_end(docx *d) {
  if (d->deeper) {
    d->deeper--;
    return;
  }
  if (!d->depth) return;
  paragraph *p = &d->open[--d->depth];
  if (p->joined && !d->depth) return;
  if (d->run.data) add_paragraph(d, d->run.data + p->start, d->run.len - p->start, p->part);
  d->run.len = p->start;
}

static void put(docx *d, const char *s, size_t n) {
  if (d->depth && !d->skip && !d->hidden) st_buf_add(&d->run, s, n);
}

static bool left_out(const char *name) {
  static const char *const names[] = {"del", "moveFrom", "pPrChange", "rPrChange", "sectPrChange"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (!strcmp(name, names[i])) return true;
  return false;
}

static void XMLCALL body_start(void *ctx, const XML_Char *full, const XML_Char **atts) {
  docx *d = ctx;
  const char *name = word(full), *value;
  if (!name) {
    if (strstr(full, "markup-compatibility") && strstr(full, "|Fallback")) d->skip++;
    return;
  }
  if (left_out(name)) {
    if (d->properties && !d->skip && d->depth && !strcmp(name, "del"))
      d->open[d->depth - 1].joined = true;
    d->skip++;
  } else if (d->skip) {
    if (!strcmp(name, "p")) paragraph_start(d);
  } else if (!strcmp(name, "p")) {
    paragraph_start(d);
  } else if (!strcmp(name, "pPr")) {
    d->properties++;
  } else if (!strcmp(name, "pStyle") && d->depth && (value = attribute(atts, "val"))) {
    d->open[d->depth - 1].part = part_of_style(d, value);
  } else if (!strcmp(name, "numPr") && d->depth) {
    if (d->open[d->depth - 1].part == STANCE_BODY) d->open[d->depth - 1].part = STANCE_LIST;
  } else if (!strcmp(name, "r")) {
    d->hidden = false;
  } else if (!strcmp(name, "vanish") && !d->properties) {
    value = attribute(atts, "val");
    d->hidden = !value || (strcmp(value, "0") && strcmp(value, "false"));
  } else if (!strcmp(name, "t")) {
    d->in_text = true;
  } else if (!strcmp(name, "tab") && !d->properties) {
    put(d, "\t", 1);
  } else if ((!strcmp(name, "br") || !strcmp(name, "cr")) && !d->properties) {
    put(d, "\n", 1);
  } else if (!strcmp(name, "noBreakHyphen")) {
    put(d, "\xe2\x80\x91", 3);
  }
}

static void XMLCALL body_end(void *ctx, const XML_Char *full) {
  docx *d = ctx;
  const char *name = word(full);
  if (!name) {
    if (strstr(full, "markup-compatibility") && strstr(full, "|Fallback")) d->skip--;
    return;
  }
  if (left_out(name))
    d->skip--;
  else if (!strcmp(name, "p"))
    paragraph_end(d);
  else if (!strcmp(name, "pPr") && !d->skip && d->properties)
    d->properties--;
  else if (!strcmp(name, "t"))
    d->in_text = false;
  else if (!strcmp(name, "r"))
    d->hidden = false;
}

static void XMLCALL characters(void *ctx, const XML_Char *s, int n) {
  docx *d = ctx;
  if (d->in_text) put(d, s, (size_t)n);
}

/* ---- parts of the archive ---- */

static stance_status feed(void *ctx, const char *bytes, size_t n, stance_error *err) {
  docx *d = ctx;
  if (XML_Parse(d->parser, bytes, (int)n, XML_FALSE) == XML_STATUS_ERROR) {
    if (d->status != STANCE_OK) return d->status;
    return st_fail(err, STANCE_ERR_FORMAT, "the Word file is damaged: line %lu of its XML: %s",
                   (unsigned long)XML_GetCurrentLineNumber(d->parser),
                   XML_ErrorString(XML_GetErrorCode(d->parser)));
  }
  if (d->t->failed || d->run.failed) return st_fail_memory(err, "reading a Word file");
  return STANCE_OK;
}

static stance_status parse(docx *d, st_zip *z, const char *part, XML_StartElementHandler start,
                           XML_EndElementHandler end, XML_CharacterDataHandler text,
                           stance_error *err) {
  d->parser = XML_ParserCreateNS(NULL, '|');
  if (!d->parser) return st_fail_memory(err, "reading a Word file");
  XML_SetUserData(d->parser, d);
  XML_SetElementHandler(d->parser, start, end);
  XML_SetCharacterDataHandler(d->parser, text);
  XML_SetStartDoctypeDeclHandler(d->parser, doctype);
  d->depth = d->deeper = d->skip = d->properties = 0;
  d->in_text = d->hidden = false;
  stance_status status = st_zip_read(z, part, ST_MAX_DOCX_PART, feed, d, err);
  if (status == STANCE_OK && XML_Parse(d->parser, "", 0, XML_TRUE) == XML_STATUS_ERROR)
    status = st_fail(err, STANCE_ERR_FORMAT, "the Word file is damaged: %s: %s", part,
                     XML_ErrorString(XML_GetErrorCode(d->parser)));
  XML_ParserFree(d->parser);
  return status;
}

/* Without a title, a heading that comes first is it. */
static void find_headline(st_text *t) {
  for (size_t i = 0; i < t->blocks; i++)
    if (t->block[i].part == STANCE_HEADLINE) return;
  for (size_t i = 0; i < t->blocks && i < 3; i++) {
    if (t->block[i].part == STANCE_BYLINE) continue;
    if (t->block[i].part == STANCE_HEADING) t->block[i].part = STANCE_HEADLINE;
    return;
  }
}

static stance_status read_parts(docx *d, st_zip *z, stance_error *err) {
  if (!st_zip_has(z, "word/document.xml"))
    return st_fail(err, STANCE_ERR_FORMAT, "%s",
                   st_zip_has(z, "content.xml")
                       ? "this is an OpenDocument file; save it as .docx or run: libreoffice "
                         "--headless --convert-to docx FILE"
                       : "this is a zip archive, but not a Word file; unpack it first");
  if (st_zip_has(z, "word/styles.xml"))
    ST_TRY(parse(d, z, "word/styles.xml", style_start, style_end, NULL, err));
  ST_TRY(parse(d, z, "word/document.xml", body_start, body_end, characters, err));
  if (d->open[0].joined && d->run.len)
    add_paragraph(d, d->run.data, d->run.len, d->open[0].part), d->run.len = 0;
  d->open[0].joined = false;
  if (st_zip_has(z, "word/footnotes.xml"))
    ST_TRY(parse(d, z, "word/footnotes.xml", body_start, body_end, characters, err));
  if (st_zip_has(z, "word/comments.xml")) st_buf_puts(&d->t->dropped, "comments of reviewers");
  find_headline(d->t);
  return STANCE_OK;
}

stance_status st_read_docx(st_text *t, const char *bytes, size_t n, stance_error *err) {
  docx d = {.t = t, .err = err};
  st_zip *z = NULL;
  snprintf(t->encoding, sizeof t->encoding, "UTF-8");
  t->public.in_file = false;
  stance_status status = st_zip_open(bytes, n, &z, err);
  if (status == STANCE_OK) status = read_parts(&d, z, err);
  st_zip_free(z);
  st_buf_free(&d.run);
  free(d.styles);
  t->source = t->text.data ? t->text.data : "";
  t->source_len = t->text.len;
  return status;
}
