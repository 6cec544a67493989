/* segment.c: sentence boundaries. */
#include "text/text.h"

#include <stdlib.h>
#include <string.h>

void st_sentences_free(st_sentences *s) {
  free(s->items);
  *s = (st_sentences){0};
}

/* Length of the white space character at s (a byte order mark counts as one), or 0. */
static size_t space_at(const unsigned char *s, size_t n) {
  if (!n) return 0;
  if (s[0] < 0x80) return s[0] == ' ' || (s[0] >= 9 && s[0] <= 13) || (s[0] >= 28 && s[0] <= 31);
  if (n >= 2 && s[0] == 0xc2 && (s[1] == 0xa0 || s[1] == 0x85)) return 2;
  if (n < 3) return 0;
  if (s[0] == 0xe2 && s[1] == 0x80 &&
      (s[2] <= 0x8b || s[2] == 0xa8 || s[2] == 0xa9 || s[2] == 0xaf))
    return 3;
  if (s[0] == 0xe2 && s[1] == 0x81 && (s[2] == 0x9f || s[2] == 0xa0)) return 3;
  if (s[0] == 0xe1 && s[1] == 0x9a && s[2] == 0x80) return 3;
  if (s[0] == 0xe3 && s[1] == 0x80 && s[2] == 0x80) return 3;
  if (s[0] == 0xef && s[1] == 0xbb && s[2] == 0xbf) return 3;
  return 0;
}

static const char *const abbreviations[] = {
    "Mr",   "Mrs", "Ms",   "Dr",  "Sen", "Rep", "Gov", "Gen", "Lt",   "Col", "Sgt",
    "Capt", "Rev", "St",   "Jr",  "Sr",  "No",  "vs",  "v",   "Jan",  "Feb", "Mar",
    "Apr",  "Aug", "Sept", "Oct", "Nov", "Dec", "Inc", "Co",  "Corp", "Ltd", "Prof",
    "Mt",   "Ft",  "Ave",  "U.S", "U.K", "U.N", "a.m", "p.m", "e.g",  "i.e", "D.C"};

static bool is_abbreviation(const unsigned char *s, size_t from, size_t dot) {
  size_t b = dot;
  while (b > from && dot - b < 8 && s[b - 1] > ' ' && s[b - 1] != '(' && s[b - 1] != '"') b--;
  size_t n = dot - b;
  if (n == 1 && s[b] >= 'A' && s[b] <= 'Z' && s[b] != 'I') return true;
  for (size_t i = 0; i < sizeof abbreviations / sizeof *abbreviations; i++)
    if (strlen(abbreviations[i]) == n && !memcmp(abbreviations[i], s + b, n)) return true;
  return false;
}

typedef struct builder {
  const unsigned char *s;
  st_sentences *out;
  uint32_t paragraph;
  bool open; /* a double quotation mark */
} builder;

static bool add(builder *b, size_t start, size_t end, uint8_t flags) {
  for (size_t m; start < end && (m = space_at(b->s + start, end - start));) start += m;
  for (;;) {
    size_t k = 1;
    while (k < 3 && end - start > k && (b->s[end - k] & 0xc0) == 0x80) k++;
    if (end <= start || !space_at(b->s + end - k, k)) break;
    end -= k;
  }
  if (start >= end) return true;
  if (b->open) flags |= ST_SENT_OPEN_BEFORE;
  for (size_t i = start; i < end; i++) {
    if (b->s[i] == '"') b->open = !b->open;
    if (i + 2 < end && b->s[i] == 0xe2 && b->s[i + 1] == 0x80) {
      if (b->s[i + 2] == 0x9c) b->open = true;
      if (b->s[i + 2] == 0x9d) b->open = false;
    }
  }
  if (b->open) flags |= ST_SENT_OPEN_AFTER;
  if (!st_reserve(&b->out->items, &b->out->cap, b->out->n + 1, sizeof *b->out->items)) return false;
  b->out->items[b->out->n++] = (st_sentence){(uint32_t)start, (uint32_t)end, b->paragraph, flags};
  return true;
}

stance_status st_segment(const char *text, size_t len, st_sentences *out, stance_error *err) {
  if (len > INT32_MAX) return st_fail(err, STANCE_ERR_TOO_LARGE, "text over 2 GiB");
  const unsigned char *s = (const unsigned char *)text;
  builder b = {s, out, 0, false};
  size_t start = 0, i = 0;
  bool ok = true;
  while (i < len && ok) {
    if (s[i] == '\n') {
      size_t j = i, lines = 0;
      while (j < len && space_at(s + j, len - j)) {
        lines += s[j] == '\n';
        j += space_at(s + j, len - j);
      }
      bool lower = j < len && s[j] >= 'a' && s[j] <= 'z';
      if (lines > 1 || !lower) {
        ok = add(&b, start, i, ST_SENT_LINE);
        start = j;
        if (lines > 1) b.paragraph++, b.open = false;
      }
      i = j;
      continue;
    }
    if (s[i] != '.' && s[i] != '!' && s[i] != '?') {
      i++;
      continue;
    }
    size_t dot = i;
    while (i < len && (s[i] == '.' || s[i] == '!' || s[i] == '?')) i++;
    while (i < len) {
      if (s[i] == '"' || s[i] == '\'' || s[i] == ')' || s[i] == ']')
        i++;
      else if (len - i >= 3 && s[i] == 0xe2 && s[i + 1] == 0x80 &&
               (s[i + 2] == 0x9d || s[i + 2] == 0x99))
        i += 3;
      else
        break;
    }
    size_t m = i < len ? space_at(s + i, len - i) : 0;
    if (!m) continue;
    size_t j = i;
    while (j < len && s[j] != '\n' && (m = space_at(s + j, len - j))) j += m;
    if (j < len && s[j] >= 'a' && s[j] <= 'z') continue;
    if (s[dot] == '.' && i == dot + 1 && is_abbreviation(s, start, dot)) continue;
    if (j < len && s[j] == '\n') {
      size_t k = j, lines = 0;
      while (k < len && (m = space_at(s + k, len - k))) lines += s[k] == '\n', k += m;
      ok = add(&b, start, i, 0);
      start = i = k;
      if (lines > 1) b.paragraph++, b.open = false;
      continue;
    }
    ok = add(&b, start, i, 0);
    start = i = j;
  }
  ok = ok && add(&b, start, len, start < len && len && s[len - 1] == '\n' ? ST_SENT_LINE : 0);
  return ok ? STANCE_OK : st_fail_memory(err, "sentences");
}
