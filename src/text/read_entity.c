/* read_entity.c: character references (&amp; &#8217; &#x2014;), as HTML decodes them.
 *
 * The common names are in a table; gumbo knows the other two thousand and is asked one at a time.
 * https://html.spec.whatwg.org/multipage/parsing.html#character-reference-state */
#include "text/reader.h"

#include <gumbo.h>
#include <string.h>

size_t st_utf8_encode(uint32_t c, char out[4]) {
  if (c < 0x80) {
    out[0] = (char)c;
    return 1;
  }
  if (c < 0x800) {
    out[0] = (char)(0xc0 | c >> 6);
    out[1] = (char)(0x80 | (c & 63));
    return 2;
  }
  if (c < 0x10000) {
    out[0] = (char)(0xe0 | c >> 12);
    out[1] = (char)(0x80 | (c >> 6 & 63));
    out[2] = (char)(0x80 | (c & 63));
    return 3;
  }
  out[0] = (char)(0xf0 | c >> 18);
  out[1] = (char)(0x80 | (c >> 12 & 63));
  out[2] = (char)(0x80 | (c >> 6 & 63));
  out[3] = (char)(0x80 | (c & 63));
  return 4;
}

static bool is_alnum(char c) {
  return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

static size_t numeric(const char *s, size_t n, char *out, size_t *out_len) {
  /* Numbers 0x80 to 0x9f mean windows-1252. */
  static const uint16_t old[32] = {0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                   0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d,   0x017d, 0x8f,
                                   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                   0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178};
  bool hex = n > 2 && (s[2] == 'x' || s[2] == 'X');
  size_t first = hex ? 3 : 2, i = first;
  uint32_t c = 0;
  for (; i < n; i++) {
    char d = s[i];
    uint32_t v;
    if (d >= '0' && d <= '9')
      v = (uint32_t)(d - '0');
    else if (hex && (d | 32) >= 'a' && (d | 32) <= 'f')
      v = (uint32_t)((d | 32) - 'a' + 10);
    else
      break;
    c = c * (hex ? 16 : 10) + v;
    if (c > 0x10ffff) c = 0x110000;
  }
  if (i == first) return 0;
  if (i < n && s[i] == ';') i++;
  if (c >= 0x80 && c < 0xa0) c = old[c - 0x80];
  if (!c || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) c = 0xfffd;
  *out_len = st_utf8_encode(c, out);
  return i;
}

/* Asks gumbo: the text of a page that is only this reference. `len` bytes of s are the name with
 * its semicolon, if any; without one, a shorter name may be known. */
static size_t ask(const char *s, size_t len, char *out, size_t *out_len) {
  GumboOptions options = kGumboDefaultOptions;
  options.max_errors = 0;
  GumboOutput *page = gumbo_parse_with_options(&options, s, len);
  const GumboNode *node = page->root;
  while (node->type == GUMBO_NODE_ELEMENT && node->v.element.children.length)
    node = node->v.element.children.data[node->v.element.children.length - 1];
  size_t used = 0;
  bool text = node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE;
  const char *t = text ? node->v.text.text : "&";
  size_t n = strlen(t), rest = 0;
  if (n && (n != len || memcmp(t, s, n))) {
    size_t one = st_utf8_length(t, n);
    /* What was not part of the name stands at the end unchanged. */
    while (rest < len - 2 && rest + one < n && t[n - 1 - rest] == s[len - 1 - rest]) rest++;
    if (n - rest <= 8) {
      memcpy(out, t, n - rest);
      *out_len = n - rest;
      used = len - rest;
    }
  }
  gumbo_destroy_output(&options, page);
  return used;
}

size_t st_entity(const char *s, size_t n, char out[16], size_t *out_len) {
  static const struct {
    const char *name, *utf8;
  } common[] = {
      {"amp", "&"},         {"nbsp", "\u00a0"},  {"quot", "\""},       {"lt", "<"},
      {"gt", ">"},          {"apos", "'"},       {"rsquo", "\u2019"},  {"lsquo", "\u2018"},
      {"ldquo", "\u201c"},  {"rdquo", "\u201d"}, {"mdash", "\u2014"},  {"ndash", "\u2013"},
      {"hellip", "\u2026"}, {"shy", "\u00ad"},   {"eacute", "\u00e9"}, {"pound", "\u00a3"},
      {"euro", "\u20ac"},   {"copy", "\u00a9"},  {"bull", "\u2022"},   {"middot", "\u00b7"}};
  if (n < 3 || s[0] != '&') return 0;
  if (s[1] == '#') return numeric(s, n, out, out_len);
  size_t len = 1;
  while (len < n && len < 40 && is_alnum(s[len])) len++;
  if (len < 3) return 0;
  if (len < n && s[len] == ';')
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
      if (strlen(common[i].name) == len - 1 && !memcmp(common[i].name, s + 1, len - 1)) {
        *out_len = strlen(common[i].utf8);
        memcpy(out, common[i].utf8, *out_len);
        return len + 1;
      }
  if (len < n && s[len] == ';') return ask(s, len + 1, out, out_len);
  /* No semicolon: only names of old, the longest of which has six letters. */
  return ask(s, len < 8 ? len : 8, out, out_len);
}
