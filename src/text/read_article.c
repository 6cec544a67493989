/* read_article.c: articles as JSON, one object a line, and streams of them.
 *
 *     {"id":"7","title":"Pier opens","text":"...","url":"...","date":"..."}
 *
 * The text is the title, a blank line, and "text" (where that is missing "raw_text"), read as plain
 * text. Positions count in it. */
#include "text/reader.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { ROW_MAX = 64 << 20, CHUNK = 1 << 16 };

static void copy(st_buf *to, const json_t *row, const char *key) {
  const json_t *v = json_object_get(row, key);
  char number[32];
  if (json_is_string(v))
    st_buf_add(to, json_string_value(v), json_string_length(v));
  else if (json_is_integer(v)) {
    snprintf(number, sizeof number, "%lld", (long long)json_integer_value(v));
    st_buf_puts(to, number);
  }
}

static stance_status from_row(st_text *t, const json_t *row, stance_error *err) {
  const char *const names[] = {"text", "raw_text", "body", "content", "articleBody"};
  const json_t *text = NULL;
  for (size_t i = 0; i < sizeof names / sizeof *names && !text; i++) {
    text = json_object_get(row, names[i]);
    if (!json_is_string(text) || !json_string_length(text)) text = NULL;
  }
  copy(&t->title, row, "title");
  if (!t->title.len) copy(&t->title, row, "headline");
  if (!text && !t->title.len)
    return st_fail(err, STANCE_ERR_FORMAT, "the row has no \"text\", \"raw_text\" or \"title\"");
  copy(&t->id, row, "id");
  copy(&t->url, row, "url");
  copy(&t->date, row, "date");
  const json_t *language = json_object_get(row, "language");
  if (json_is_string(language))
    snprintf(t->language, sizeof t->language, "%s", json_string_value(language));
  st_buf all = {0};
  size_t title = 0;
  if (t->title.len && !(text && !strncmp(json_string_value(text), t->title.data, t->title.len))) {
    st_buf_add(&all, t->title.data, t->title.len);
    title = all.len;
    if (text) st_buf_puts(&all, "\n\n");
  }
  size_t begin = all.len;
  if (text) st_buf_add(&all, json_string_value(text), json_string_length(text));
  if (all.failed || !st_buf_reserve(&all, 1)) {
    st_buf_free(&all);
    return st_fail_memory(err, "reading an article");
  }
  t->owned[1] = all.data;
  t->source = all.data;
  t->source_len = all.len;
  while (title && (all.data[title - 1] == ' ' || all.data[title - 1] == '\n')) title--;
  if (title) st_text_add(t, 0, title, STANCE_HEADLINE, 0);
  return st_read_plain_part(t, begin, all.len, !title, err);
}

stance_status st_read_article(st_text *t, const char *row, size_t n, stance_error *err) {
  json_error_t wrong;
  json_t *object = json_loadb(row, n, 0, &wrong);
  snprintf(t->encoding, sizeof t->encoding, "UTF-8");
  t->public.in_file = false;
  if (!object) {
    st_fail(err, STANCE_ERR_FORMAT, "not a JSON object: %s", wrong.text);
    if (err && wrong.column > 0) err->column = (uint64_t)wrong.column;
    return STANCE_ERR_FORMAT;
  }
  stance_status status = json_is_object(object)
                             ? from_row(t, object, err)
                             : st_fail(err, STANCE_ERR_FORMAT, "the row is not a JSON object");
  json_decref(object);
  return status;
}

stance_json_kind stance_json_rows(const char *bytes, size_t n) {
  char head[16384];
  if (st_is_gzip(bytes, n)) {
    z_stream z = {.next_in = (Bytef *)(uintptr_t)bytes,
                  .avail_in = (uInt)(n < CHUNK ? n : CHUNK),
                  .next_out = (Bytef *)head,
                  .avail_out = sizeof head};
    if (inflateInit2(&z, 15 + 16) != Z_OK) return STANCE_NOT_JSON;
    inflate(&z, Z_NO_FLUSH);
    inflateEnd(&z);
    bytes = head;
    n = sizeof head - z.avail_out;
  }
  st_format format;
  if (st_guess(bytes, n, "", &format, NULL) != STANCE_OK || format != ST_ARTICLES)
    return STANCE_NOT_JSON;
  const char *nl = memchr(bytes, '\n', n);
  size_t bom = n >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3) ? 3 : 0;
  size_t len = nl ? (size_t)(nl - bytes) : n;
  json_t *row = json_loadb(bytes + bom, len - bom, 0, NULL);
  if (!row) return nl ? STANCE_JSON_SENTENCES : STANCE_JSON_ARTICLES; /* longer than a sentence */
  static const char *const keys[] = {"title", "headline", "url", "date", "raw_text", "articleBody"};
  const json_t *text = json_object_get(row, "text");
  bool article = json_is_string(text) && strchr(json_string_value(text), '\n');
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
    article = article || json_object_get(row, keys[i]);
  json_decref(row);
  return article ? STANCE_JSON_ARTICLES : STANCE_JSON_SENTENCES;
}

/* ---- streams ---- */

struct stance_articles {
  stance_read_fn read;
  void *ctx;
  char *name;
  st_buf buf;    /* read and not yet given out */
  size_t at;     /* of it, what was given out */
  size_t looked; /* of it, where there is no newline */
  uint64_t line;
  bool end, packed, started;
  z_stream z;
  unsigned char in[CHUNK];
};

stance_status stance_articles_open(stance_read_fn read, void *ctx, const char *name,
                                   stance_articles **out, stance_error *err) {
  stance_articles *a = calloc(1, sizeof *a);
  *out = NULL;
  if (!a || !(a->name = strdup(name))) {
    free(a);
    return st_fail_memory(err, "reading articles");
  }
  a->read = read;
  a->ctx = ctx;
  *out = a;
  return STANCE_OK;
}

void stance_articles_free(stance_articles *a) {
  if (!a) return;
  if (a->packed) inflateEnd(&a->z);
  st_buf_free(&a->buf);
  free(a->name);
  free(a);
}

/* Appends unpacked bytes of what stands in a->in. */
static stance_status unpack(stance_articles *a, stance_error *err) {
  while (a->z.avail_in) {
    if (!st_buf_reserve(&a->buf, CHUNK)) return st_fail_memory(err, "reading articles");
    a->z.next_out = (Bytef *)a->buf.data + a->buf.len;
    a->z.avail_out = CHUNK;
    int code = inflate(&a->z, Z_NO_FLUSH);
    a->buf.len += CHUNK - a->z.avail_out;
    if (code == Z_STREAM_END)
      inflateReset(&a->z);
    else if (code != Z_OK && code != Z_BUF_ERROR) {
      a->end = true;
      return st_fail(err, STANCE_ERR_READ, "%s: the .gz is damaged", a->name);
    }
    if (a->buf.len - a->at > ROW_MAX) break;
  }
  return STANCE_OK;
}

static stance_status more(stance_articles *a, stance_error *err) {
  if (a->at) {
    memmove(a->buf.data, a->buf.data + a->at, a->buf.len - a->at);
    a->buf.len -= a->at;
    a->looked -= a->at;
    a->at = 0;
  }
  if (a->packed && a->z.avail_in) return unpack(a, err);
  size_t got = 0;
  ST_TRY(a->read(a->ctx, a->in, sizeof a->in, &got, err));
  if (!got) a->end = true;
  if (got && !a->started) {
    a->started = true;
    a->packed = st_is_gzip((char *)a->in, got) && inflateInit2(&a->z, 15 + 16) == Z_OK;
  }
  if (a->packed) {
    a->z.next_in = a->in;
    a->z.avail_in = (uInt)got;
    return unpack(a, err);
  }
  st_buf_add(&a->buf, a->in, got);
  return a->buf.failed ? st_fail_memory(err, "reading articles") : STANCE_OK;
}

/* The next line, without its end; *row is NULL when there is none. */
static stance_status next_line(stance_articles *a, const char **row, size_t *n, stance_error *err) {
  *row = NULL;
  for (;;) {
    size_t left = a->buf.len - a->looked;
    const char *nl = left ? memchr(a->buf.data + a->looked, '\n', left) : NULL;
    if (nl || (a->end && a->buf.len > a->at)) {
      *row = a->buf.data + a->at;
      size_t stop = nl ? (size_t)(nl - a->buf.data) : a->buf.len;
      *n = stop - a->at;
      a->at = a->looked = nl ? stop + 1 : stop;
      a->line++;
      return STANCE_OK;
    }
    a->looked = a->buf.len;
    if (a->end) return STANCE_OK;
    if (a->buf.len - a->at > ROW_MAX) {
      a->end = true;
      return st_fail(err, STANCE_ERR_TOO_LARGE, "%s:%llu: a row of more than %d MiB", a->name,
                     (unsigned long long)a->line + 1, ROW_MAX >> 20);
    }
    ST_TRY(more(a, err));
  }
}

static bool blank(const char *s, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (s[i] != ' ' && s[i] != '\t' && s[i] != '\r') return false;
  return true;
}

stance_status stance_articles_next(stance_articles *a, stance_text **out, stance_error *err) {
  const char *row;
  size_t n;
  *out = NULL;
  do {
    ST_TRY(next_line(a, &row, &n, err));
    if (!row) return STANCE_OK;
    if (a->line == 1 && n >= 3 && !memcmp(row, "\xef\xbb\xbf", 3)) row += 3, n -= 3;
  } while (blank(row, n));
  st_text *t = calloc(1, sizeof *t);
  if (!t) return st_fail_memory(err, "reading articles");
  t->public.format = st_format_name(ST_ARTICLES);
  stance_status status = st_read_article(t, row, n, err);
  if (status == STANCE_OK) {
    st_buf_puts(&t->name, a->name);
    st_buf_putc(&t->name, '#');
    if (t->id.len)
      st_buf_add(&t->name, t->id.data, t->id.len);
    else
      st_buf_u64(&t->name, a->line);
    status = st_text_settle(t, err);
  }
  if (status != STANCE_OK) {
    uint64_t column = err ? err->column : 0;
    st_error_at(err, status, a->name, a->line, 0);
    if (err) err->column = column;
    stance_text_free(&t->public);
    return status;
  }
  t->public.file = t->public.text;
  t->public.file_len = t->public.text_len;
  *out = &t->public;
  return STANCE_OK;
}
