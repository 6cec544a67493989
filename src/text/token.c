/* token.c: word tokens of a sentence. */
#include "text/text.h"

#include <stdlib.h>

enum {
  SPACE = 1,
  LOWER = 2,
  UPPER = 4,
  DIGIT = 8,
  HIGH = 16,
  ALNUM = LOWER | UPPER | DIGIT | HIGH
};

static unsigned class_of(unsigned char c) {
  if (c >= 0x80) return HIGH;
  if (c >= 'a' && c <= 'z') return LOWER;
  if (c >= 'A' && c <= 'Z') return UPPER;
  if (c >= '0' && c <= '9') return DIGIT;
  return c <= ' ' ? SPACE : 0;
}

void st_tokens_free(st_tokens *t) {
  free(t->items);
  *t = (st_tokens){0};
}

/* Length of a white space character, or of a non-ASCII mark of punctuation (U+2010..U+206F). */
static uint32_t high_space(const unsigned char *s, uint32_t n) {
  if (n >= 2 && s[0] == 0xc2 && s[1] == 0xa0) return 2;
  if (n >= 3 && s[0] == 0xe2 && s[1] == 0x80 &&
      (s[2] <= 0x8f || s[2] == 0xa8 || s[2] == 0xa9 || s[2] == 0xaf))
    return 3;
  if (n >= 3 && s[0] == 0xe2 && s[1] == 0x81 && (s[2] == 0x9f || s[2] == 0xa0)) return 3;
  if (n >= 3 && s[0] == 0xe3 && s[1] == 0x80 && s[2] == 0x80) return 3;
  if (n >= 3 && s[0] == 0xef && s[1] == 0xbb && s[2] == 0xbf) return 3;
  return 0;
}

static uint32_t high_punct(const unsigned char *s, uint32_t n) {
  if (n >= 2 && s[0] == 0xc2 && s[1] < 0xc0) return 2;
  if (n >= 3 && s[0] == 0xe2 && (s[1] == 0x80 || s[1] == 0x81)) return 3;
  return 0;
}

stance_status st_tokenize(const char *text, uint32_t start, uint32_t end, st_tokens *out,
                          stance_error *err) {
  const unsigned char *s = (const unsigned char *)text;
  bool space = true;
  uint32_t i = start;
  while (i < end) {
    unsigned c = class_of(s[i]);
    uint32_t m;
    if (c == SPACE || (c == HIGH && (m = high_space(s + i, end - i)))) {
      i += c == SPACE ? 1 : m;
      space = true;
      continue;
    }
    uint32_t b = i;
    uint8_t kind = ST_TOKEN_PUNCT, flags = space ? ST_CASE_SPACE_BEFORE : 0;
    space = false;
    if ((c & ALNUM) && !(c == HIGH && high_punct(s + i, end - i))) {
      kind = c == DIGIT ? ST_TOKEN_NUMBER : ST_TOKEN_WORD;
      if (c == UPPER) flags |= ST_CASE_UPPER_FIRST;
      unsigned seen = 0;
      while (i < end) {
        c = class_of(s[i]);
        if (c == HIGH) {
          if (high_space(s + i, end - i)) break;
          m = high_punct(s + i, end - i);
          bool apostrophe = m == 3 && s[i + 1] == 0x80 && s[i + 2] == 0x99;
          if (m && !(apostrophe && i + 3 < end && (class_of(s[i + 3]) & ALNUM))) break;
          seen |= HIGH;
          i += m ? m : 1;
        } else if (c & ALNUM) {
          seen |= c;
          i++;
        } else if ((s[i] == '\'' || s[i] == '.' || s[i] == ',') && i + 1 < end &&
                   (class_of(s[i + 1]) & ALNUM) && (s[i] != ',' || class_of(s[i + 1]) == DIGIT)) {
          i++;
        } else {
          break;
        }
      }
      if ((seen & (UPPER | LOWER)) == UPPER && i - b > 1) flags |= ST_CASE_UPPER_ALL;
      if (seen & HIGH) flags |= ST_CASE_NON_ASCII;
    } else if (c == HIGH) {
      i += m = high_punct(s + i, end - i);
      flags |= ST_CASE_NON_ASCII;
      if (m == 3 && s[b + 1] == 0x80) {
        if (s[b + 2] == 0x98 || s[b + 2] == 0x9c) kind = ST_TOKEN_OPEN_QUOTE;
        if (s[b + 2] == 0x99 || s[b + 2] == 0x9d) kind = ST_TOKEN_CLOSE_QUOTE;
      }
    } else if (s[i] == '"') {
      i++;
      kind = (flags & ST_CASE_SPACE_BEFORE) && i < end && class_of(s[i]) != SPACE
                 ? ST_TOKEN_OPEN_QUOTE
                 : ST_TOKEN_CLOSE_QUOTE;
    } else {
      while (++i < end && s[i] == s[b] &&
             (s[i] == '.' || s[i] == '-' || s[i] == '!' || s[i] == '?')) {
      }
    }
    if (!st_reserve(&out->items, &out->cap, out->n + 1, sizeof *out->items))
      return st_fail_memory(err, "tokens");
    out->items[out->n++] = (st_token){b, i, kind, flags};
  }
  return STANCE_OK;
}
