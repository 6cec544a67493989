/* read.c: a document of any format: unpacked, guessed, decoded and given to its reader. */
#include "text/reader.h"

#include <stdlib.h>
#include <string.h>

const char *stance_part_name(stance_part part) {
  static const char *const names[] = {"body",  "headline", "lead",   "heading",    "caption",
                                      "quote", "list",     "byline", "boilerplate"};
  return (size_t)part < sizeof names / sizeof *names ? names[part] : "body";
}

/* A row of articles is read alone: a file that holds several is for stance_articles_open. */
static stance_status read_rows(st_text *t, const char *bytes, size_t n, stance_error *err) {
  while (n && (bytes[n - 1] == '\n' || bytes[n - 1] == '\r' || bytes[n - 1] == ' ')) n--;
  return st_read_article(t, bytes, n, err);
}

static stance_status read_as(st_text *t, st_format format, const char *bytes, size_t n,
                             const stance_text_options *o, stance_error *err) {
  if (o->selector && format != ST_HTML)
    return st_fail(err, STANCE_ERR_USAGE, "a selector is for html, and this is %s",
                   st_format_name(format));
  t->public.in_file = true;
  if (format == ST_DOCX) return st_read_docx(t, bytes, n, err);
  if (format == ST_ARTICLES) return read_rows(t, bytes, n, err);
  char meta[32] = "";
  if (format == ST_HTML) {
    if (n > ST_MAX_HTML)
      return st_fail(err, STANCE_ERR_TOO_LARGE, "a page of %zu bytes; at most %d MiB are read", n,
                     ST_MAX_HTML >> 20);
    st_meta_charset(bytes, n, meta);
  }
  ST_TRY(st_charset(t, bytes, n, o->encoding, meta, err));
  if (format == ST_HTML) return st_read_html(t, o->selector, err);
  return format == ST_MD ? st_read_md(t, err) : st_read_plain(t, err);
}

/* The file's name without ".gz". */
static void inner_name(const char *name, char *out, size_t room) {
  snprintf(out, room, "%s", name);
  size_t n = strlen(out);
  if (n > 3 && st_name_ends(out, ".gz")) out[n - 3] = 0;
}

static stance_status read_bytes(st_text *t, const char *bytes, size_t n,
                                const stance_text_options *o, stance_error *err) {
  char name[512];
  inner_name(t->name.data ? t->name.data : "", name, sizeof name);
  if (st_is_gzip(bytes, n)) {
    char *out;
    size_t len;
    ST_TRY(st_gunzip(bytes, n, &out, &len, err));
    t->owned[0] = out;
    bytes = out;
    n = len;
  }
  t->public.file = bytes;
  t->public.file_len = n;
  st_format format = ST_TXT;
  if (!o->format || !strcmp(o->format, "auto"))
    ST_TRY(st_guess(bytes, n, name, &format, err));
  else if (!st_format_named(o->format, &format))
    return st_fail(err, STANCE_ERR_USAGE, "unknown format '%s'; one of: txt, md, html, docx, jsonl",
                   o->format);
  t->public.format = st_format_name(format);
  ST_TRY(read_as(t, format, bytes, n, o, err));
  ST_TRY(st_text_settle(t, err));
  if (t->public.in_file) return STANCE_OK;
  if (format != ST_DOCX) { /* what positions count in */
    t->public.file = t->public.text;
    t->public.file_len = t->public.text_len;
  }
  return STANCE_OK;
}

size_t stance_read_limit(const char *name, const char *head, size_t n,
                         const stance_text_options *o) {
  st_format format = ST_TXT;
  if (st_is_gzip(head, n)) return INT32_MAX;
  if (!o || !o->format || !strcmp(o->format, "auto")) {
    if (st_guess(head, n, name, &format, NULL) != STANCE_OK) return n;
  } else if (!st_format_named(o->format, &format)) {
    return n;
  }
  return format == ST_HTML ? ST_MAX_HTML : format == ST_MD ? ST_MAX_MD : INT32_MAX;
}

static stance_status read_owned(st_text *t, const char *bytes, size_t n,
                                const stance_text_options *options, stance_text **out,
                                stance_error *err) {
  static const stance_text_options none = {0};
  stance_status status = read_bytes(t, bytes ? bytes : "", n, options ? options : &none, err);
  if (status == STANCE_OK) {
    *out = &t->public;
    return status;
  }
  if (err && !err->file[0] && t->name.data)
    snprintf(err->file, sizeof err->file, "%s", t->name.data);
  stance_text_free(&t->public);
  return status;
}

stance_status stance_read_text(const char *name, const char *bytes, size_t n,
                               const stance_text_options *options, stance_text **out,
                               stance_error *err) {
  *out = NULL;
  st_text *t = calloc(1, sizeof *t);
  if (!t) return st_fail_memory(err, "reading a document");
  st_buf_puts(&t->name, name);
  return read_owned(t, bytes, n, options, out, err);
}

stance_status stance_read_file(const char *path, const char *name,
                               const stance_text_options *options, stance_text **out,
                               stance_error *err) {
  *out = NULL;
  st_text *t = calloc(1, sizeof *t);
  if (!t) return st_fail_memory(err, "reading a document");
  stance_status status = st_file_open(path, &t->opened, err);
  if (status != STANCE_OK) {
    stance_text_free(&t->public);
    return status;
  }
  st_buf_puts(&t->name, name ? name : strcmp(path, "-") ? path : "standard input");
  return read_owned(t, t->opened.data, t->opened.len, options, out, err);
}
