/* read_guess.c: which format a file has: by what stands in it, then by its name. */
#include "text/reader.h"

#include <string.h>
#include <strings.h>

static const char *const names[ST_FORMATS] = {"txt", "md", "html", "docx", "jsonl"};

const char *st_format_name(st_format f) {
  return f < ST_FORMATS ? names[f] : "txt";
}

bool st_format_named(const char *name, st_format *out) {
  for (int i = 0; i < ST_FORMATS; i++)
    if (!strcmp(name, names[i])) {
      *out = (st_format)i;
      return true;
    }
  return false;
}

bool st_name_ends(const char *name, const char *end) {
  size_t n = strlen(name), k = strlen(end);
  return n >= k && !strcasecmp(name + n - k, end);
}

const char *st_find_bytes(const char *s, size_t n, const char *what) {
  size_t k = strlen(what);
  for (size_t i = 0; i + k <= n; i++) {
    const char *p = memchr(s + i, what[0], n - k - i + 1);
    if (!p) return NULL;
    if (!memcmp(p, what, k)) return p;
    i = (size_t)(p - s);
  }
  return NULL;
}

static bool begins(const char *s, size_t n, const char *with) {
  size_t k = strlen(with);
  return n >= k && !strncasecmp(s, with, k);
}

/* Files of other programs: a message that names the way out. */
static stance_status foreign(const char *s, size_t n, stance_error *err) {
  static const struct {
    const char *magic;
    size_t len;
    const char *what;
  } known[] = {
      {"%PDF-", 5, "a PDF; save its text, for example with pdftotext"},
      {"\xd0\xcf\x11\xe0", 4,
       "an old Word file; save it as .docx or run: libreoffice --headless --convert-to docx FILE"},
      {"{\\rtf", 5,
       "an RTF file; save it as .docx or run: libreoffice --headless --convert-to docx FILE"},
      {"\x89PNG", 4, "a picture"},
      {"\xff\xd8\xff", 3, "a picture"},
      {"GIF8", 4, "a picture"},
      {"\x7f"
       "ELF",
       4, "a program"},
      {"\x28\xb5\x2f\xfd", 4, "packed with zstd; unpack it first"},
      {"BZh9", 4, "packed with bzip2; unpack it first"},
      {"\xfd"
       "7zXZ",
       5, "packed with xz; unpack it first"}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (n >= known[i].len && !memcmp(s, known[i].magic, known[i].len))
      return st_fail(err, STANCE_ERR_FORMAT, "this is %s", known[i].what);
  return STANCE_OK;
}

/* Does a page begin at s? */
static bool is_html(const char *s, size_t n) {
  static const char *const tags[] = {
      "<!doctype html", "<html",  "<head",   "<body",  "<article", "<section",
      "<main",          "<div",   "<p>",     "<p ",    "<h1",      "<h2",
      "<meta",          "<title", "<script", "<table", "<span",    "<header"};
  while (n > 4 && !memcmp(s, "<!--", 4)) {
    const char *end = n > 7 ? st_find_bytes(s + 4, n - 4, "-->") : NULL;
    if (!end) return true;
    n -= (size_t)(end + 3 - s);
    s = end + 3;
    while (n && (*s == ' ' || (*s >= '\t' && *s <= '\r'))) s++, n--;
  }
  for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
    if (begins(s, n, tags[i])) return true;
  return false;
}

/* Kinds of Markdown marks seen in the first lines. */
static int markdown_signs(const char *s, size_t n) {
  bool heading = false, link = false, fence = false, strong = false, quote = false, item = false;
  if (n > 65536) n = 65536;
  for (size_t i = 0; i < n; i++) {
    bool line = !i || s[i - 1] == '\n';
    size_t left = n - i;
    if (line && s[i] == '#') {
      size_t k = 1;
      while (k < 6 && k < left && s[i + k] == '#') k++;
      heading = heading || (k + 1 < left && s[i + k] == ' ' && s[i + k + 1] > ' ');
    }
    if (line && left > 2 && s[i] == '>' && s[i + 1] == ' ') quote = true;
    if (line && left > 2 && (s[i] == '-' || s[i] == '*') && s[i + 1] == ' ') item = true;
    if (line && begins(s + i, left, "```")) fence = true;
    if (left > 3 && s[i] == ']' && s[i + 1] == '(' && s[i + 2] > ' ') link = true;
    if (left > 3 && s[i] == '*' && s[i + 1] == '*' && s[i + 2] > ' ' && s[i + 2] != '*')
      strong = true;
  }
  return 2 * heading + 2 * link + 2 * fence + strong + quote + item;
}

/* A JSON object that has a line of its own. */
static bool is_json(const char *s, size_t n) {
  if (!n || s[0] != '{') return false;
  size_t i = 1;
  while (i < n && (s[i] == ' ' || s[i] == '\t')) i++;
  if (i >= n || s[i] != '"') return false;
  for (i++; i < n && i < 128 && s[i] != '"' && s[i] != '\n'; i++) {
  }
  for (i++; i < n && s[i] == ' '; i++) {
  }
  return i < n && s[i] == ':';
}

static bool front_matter(const char *s, size_t n) {
  const char *end = begins(s, n, "---\n") || begins(s, n, "---\r\n")
                        ? st_find_bytes(s + 3, (n < 16384 ? n : 16384) - 3, "\n---")
                        : NULL;
  return end && memchr(s, ':', (size_t)(end - s));
}

stance_status st_guess(const char *bytes, size_t n, const char *name, st_format *out,
                       stance_error *err) {
  const char *s = bytes;
  *out = ST_TXT;
  if (n >= 4 && !memcmp(s, "PK\3\4", 4)) {
    *out = ST_DOCX;
    return STANCE_OK;
  }
  ST_TRY(foreign(s, n, err));
  if (n >= 3 && !memcmp(s, "\xef\xbb\xbf", 3)) s += 3, n -= 3;
  while (n && (*s == ' ' || (*s >= '\t' && *s <= '\r'))) s++, n--;
  if (n && s[0] == '<') {
    const char *after = s;
    if (begins(s, n, "<?xml") && (after = st_find_bytes(s, n < 1024 ? n : 1024, "?>"))) {
      after += 2;
      while (after < s + n && (*after == ' ' || (*after >= '\t' && *after <= '\r'))) after++;
    }
    if (after && is_html(after, n - (size_t)(after - s))) {
      *out = ST_HTML;
      return STANCE_OK;
    }
    if (begins(s, n, "<?xml"))
      return st_fail(err, STANCE_ERR_FORMAT,
                     "this is XML, but not a page; stance reads txt, md, html, docx and jsonl");
  }
  if (is_json(s, n))
    *out = ST_ARTICLES;
  else if (st_name_ends(name, ".html") || st_name_ends(name, ".htm") ||
           st_name_ends(name, ".xhtml"))
    *out = ST_HTML;
  else if (st_name_ends(name, ".md") || st_name_ends(name, ".markdown") ||
           st_name_ends(name, ".mkd") || front_matter(s, n))
    *out = ST_MD;
  else if (!st_name_ends(name, ".txt") && !st_name_ends(name, ".text") && markdown_signs(s, n) >= 3)
    *out = ST_MD;
  return STANCE_OK;
}

void st_meta_charset(const char *s, size_t n, char out[32]) {
  out[0] = 0;
  if (n > 4096) n = 4096;
  for (size_t i = 0; i + 8 < n; i++) {
    if (s[i] != '<' || !begins(s + i, n - i, "<meta")) continue;
    for (; i < n && s[i] != '>'; i++) {
      if (!begins(s + i, n - i, "charset")) continue;
      i += 7;
      while (i < n && (s[i] == ' ' || s[i] == '=' || s[i] == '"' || s[i] == '\'')) i++;
      size_t k = 0;
      while (i < n && k < 31 && s[i] > ' ' && s[i] != '"' && s[i] != '\'' && s[i] != ';' &&
             s[i] != '>' && s[i] != '/')
        out[k++] = s[i++];
      out[k] = 0;
      return;
    }
  }
}
