/* read_charset.c: a file's bytes become UTF-8, or the reason why not.
 *
 *     BOM ─▶ --encoding ─▶ well-formed UTF-8 ─▶ what the page names ─▶ windows-1252, said
 *
 * A charset of one byte a character is turned by a table of 256, and positions still count in the
 * file. One of several bytes goes through iconv whole, and positions count in the text made of it.
 */
#include "text/reader.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct table {
  char bytes[256][4];
  uint8_t len[256]; /* 0: the byte means nothing */
} table;

/* False when the charset has characters of several bytes. */
static bool read_table(iconv_t cd, table *t) {
  for (int b = 0; b < 256; b++) {
    char in = (char)b, *from = &in, *to = t->bytes[b];
    size_t left = 1, room = 4;
    iconv(cd, NULL, NULL, NULL, NULL);
    t->len[b] = 0;
    if (iconv(cd, &from, &left, &to, &room) == (size_t)-1) {
      if (errno != EILSEQ) return false;
      continue;
    }
    t->len[b] = (uint8_t)(4 - room);
    if (!t->len[b]) return false;
  }
  return true;
}

static uint64_t line_of(const char *s, size_t at) {
  uint64_t line = 1;
  for (size_t i = 0; i < at; i++) line += s[i] == '\n';
  return line;
}

static stance_status by_table(st_text *t, const char *bytes, size_t n, const table *map,
                              const char *name, stance_error *err) {
  size_t len = 0;
  for (size_t i = 0; i < n; i++) {
    uint8_t k = map->len[(unsigned char)bytes[i]];
    if (!k) {
      st_fail(err, STANCE_ERR_ENCODING,
              "byte %zu (0x%02x) means nothing in %s: choose another --encoding", i,
              (unsigned)(unsigned char)bytes[i], name);
      return st_error_at(err, STANCE_ERR_ENCODING, NULL, line_of(bytes, i), i);
    }
    len += k;
  }
  if (len > INT32_MAX) return st_fail(err, STANCE_ERR_TOO_LARGE, "a text of more than 2 GiB");
  char *out = malloc(len + 1);
  if (!out) return st_fail_memory(err, "converting a text");
  size_t at = 0;
  for (size_t i = 0; i < n; i++) {
    unsigned char c = (unsigned char)bytes[i];
    memcpy(out + at, map->bytes[c], map->len[c]);
    at += map->len[c];
  }
  out[at] = 0;
  t->owned[1] = out;
  t->source = out;
  t->source_len = len;
  t->one_byte = true;
  return STANCE_OK;
}

static stance_status by_iconv(st_text *t, iconv_t cd, const char *bytes, size_t n, const char *name,
                              stance_error *err) {
  st_buf out = {0};
  char *from = (char *)(uintptr_t)bytes; /* iconv does not write there */
  size_t left = n;
  iconv(cd, NULL, NULL, NULL, NULL);
  while (left) {
    char chunk[4096], *to = chunk;
    size_t room = sizeof chunk;
    size_t done = iconv(cd, &from, &left, &to, &room);
    st_buf_add(&out, chunk, sizeof chunk - room);
    if (done != (size_t)-1 || errno == E2BIG) {
      if (out.len <= INT32_MAX) continue;
      st_buf_free(&out);
      return st_fail(err, STANCE_ERR_TOO_LARGE, "a text of more than 2 GiB");
    }
    st_buf_free(&out);
    return st_fail(err, STANCE_ERR_ENCODING, "not valid %s at byte %zu", name, n - left);
  }
  if (out.failed || !st_buf_reserve(&out, 1)) {
    st_buf_free(&out);
    return st_fail_memory(err, "converting a text");
  }
  t->owned[1] = out.data;
  t->source = out.data;
  t->source_len = out.len;
  t->public.in_file = false;
  return STANCE_OK;
}

/* latin1 as the web means it, and as files that claim it are written. */
static const char *canonical(const char *name) {
  static const char *const latin[] = {"latin1",     "latin-1", "iso-8859-1",   "iso8859-1",
                                      "iso_8859-1", "ascii",   "us-ascii",     "cp1252",
                                      "ansi",       "1252",    "windows-1252", "x-cp1252"};
  for (size_t i = 0; i < sizeof latin / sizeof *latin; i++)
    if (!strcasecmp(name, latin[i])) return "windows-1252";
  if (!strcasecmp(name, "utf8") || !strcasecmp(name, "utf-8")) return "UTF-8";
  return name;
}

static stance_status convert(st_text *t, const char *bytes, size_t n, const char *given,
                             stance_error *err) {
  const char *name = canonical(given);
  snprintf(t->encoding, sizeof t->encoding, "%s", name);
  if (!strcmp(name, "UTF-8")) {
    ST_TRY(st_utf8_check(bytes, n, err));
    t->source = bytes;
    t->source_len = n;
    return STANCE_OK;
  }
  iconv_t cd = strlen(name) < sizeof t->encoding ? iconv_open("UTF-8", name) : (iconv_t)-1;
  if (cd == (iconv_t)-1)
    return st_fail(err, STANCE_ERR_USAGE,
                   "unknown encoding '%s'; names such as UTF-8, windows-1252, ISO-8859-2 and "
                   "UTF-16 are known (see iconv -l)",
                   given);
  table map;
  stance_status status = read_table(cd, &map) ? by_table(t, bytes, n, &map, name, err)
                                              : by_iconv(t, cd, bytes, n, name, err);
  iconv_close(cd);
  if (status != STANCE_OK) return status;
  const char *nul = t->source_len ? memchr(t->source, 0, t->source_len) : NULL;
  return nul ? st_fail(err, STANCE_ERR_BINARY, "not a text: NUL character in %s", name) : STANCE_OK;
}

/* A letter of windows-1252 beyond ASCII. */
static bool letter(unsigned char c) {
  return (c >= 0xc0 && c != 0xd7 && c != 0xf7) || c == 0x8a || c == 0x8c || c == 0x8e ||
         c == 0x9a || c == 0x9c || c == 0x9e || c == 0x9f || (c | 32) - 'a' + 0u < 26u;
}

/* Does s read as windows-1252? Not when a byte means nothing there, when as many characters are
 * good UTF-8 (then that is damaged), or when letters stand alone, as in bytes that are no text. */
static bool is_windows_1252(const char *s, size_t n) {
  size_t good = 0, bad = 0, alone = 0;
  for (size_t i = 0, k; i < n; i += k) {
    unsigned char c = (unsigned char)s[i];
    k = st_utf8_length(s + i, n - i);
    good += k > 1;
    if (k) continue;
    k = 1;
    bad++;
    if (c == 0x81 || c == 0x8d || c == 0x8f || c == 0x90 || c == 0x9d) return false;
    bool beside =
        (i && letter((unsigned char)s[i - 1])) || (i + 1 < n && letter((unsigned char)s[i + 1]));
    alone += letter(c) && !beside && c != 0xe0 && c != 0xc0; /* the word "a" with a grave accent */
  }
  return good < bad && bad <= n / 3 + 2 && 10 * alone <= bad;
}

stance_status st_charset(st_text *t, const char *bytes, size_t n, const char *encoding,
                         const char *meta, stance_error *err) {
  if (n > INT32_MAX)
    return st_fail(err, STANCE_ERR_TOO_LARGE,
                   "text of %zu bytes; at most 2 GiB can be read at once", n);
  if (encoding && *encoding && strcmp(encoding, "auto")) return convert(t, bytes, n, encoding, err);
  const unsigned char *u = (const unsigned char *)bytes;
  if (n >= 2 && ((u[0] == 0xff && u[1] == 0xfe) || (u[0] == 0xfe && u[1] == 0xff)))
    return convert(t, bytes, n, "UTF-16", err);
  if (n && memchr(bytes, 0, n)) return st_utf8_check(bytes, n, err);
  size_t first = st_utf8_invalid(bytes, n);
  if (first == n) return convert(t, bytes, n, "UTF-8", err);
  if (*meta && strcasecmp(meta, "utf-8") && strcasecmp(meta, "utf8")) {
    stance_error unknown;
    stance_status status = convert(t, bytes, n, meta, &unknown);
    if (status == STANCE_OK || status == STANCE_ERR_MEMORY) return status;
  }
  if (!is_windows_1252(bytes, n)) return st_utf8_check(bytes, n, err);
  uint64_t line = line_of(bytes, first);
  st_remark(t, "not valid UTF-8 at byte %zu; read as windows-1252 (use --encoding to choose)",
            first);
  t->public.remark_line = (uint32_t)line;
  return convert(t, bytes, n, "windows-1252", err);
}
