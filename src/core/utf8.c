/* utf8.c: well-formed UTF-8 (RFC 3629), the one definition that every room uses. */
#include "core/core.h"

#include <string.h>

size_t st_utf8_length(const char *bytes, size_t n) {
  const unsigned char *s = (const unsigned char *)bytes;
  if (!n) return 0;
  unsigned c = s[0];
  if (c < 0x80) return 1;
  size_t len = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
  if (c < 0xc2 || c > 0xf4 || len > n) return 0;
  for (size_t i = 1; i < len; i++)
    if ((s[i] & 0xc0) != 0x80) return 0;
  if ((c == 0xe0 && s[1] < 0xa0) || (c == 0xed && s[1] > 0x9f) || (c == 0xf0 && s[1] < 0x90) ||
      (c == 0xf4 && s[1] > 0x8f))
    return 0;
  return len;
}

uint32_t st_utf8_decode(const char *bytes, size_t len) {
  const unsigned char *s = (const unsigned char *)bytes;
  switch (len) {
  case 1: return s[0];
  case 2: return (s[0] & 0x1fu) << 6 | (s[1] & 0x3fu);
  case 3: return (s[0] & 0x0fu) << 12 | (s[1] & 0x3fu) << 6 | (s[2] & 0x3fu);
  default:
    return (s[0] & 0x07u) << 18 | (s[1] & 0x3fu) << 12 | (s[2] & 0x3fu) << 6 | (s[3] & 0x3fu);
  }
}

size_t st_utf8_invalid(const char *s, size_t n) {
  size_t i = 0;
  while (i < n) {
    uint64_t word;
    if (n - i >= 8 && (__builtin_memcpy(&word, s + i, 8), !(word & 0x8080808080808080u))) {
      i += 8;
      continue;
    }
    size_t len = st_utf8_length(s + i, n - i);
    if (!len) return i;
    i += len;
  }
  return n;
}

size_t st_utf8_count(const char *s, size_t n) {
  const uint64_t ones = 0x0101010101010101u;
  size_t count = n;
  for (; n >= 8; s += 8, n -= 8) {
    uint64_t x;
    memcpy(&x, s, 8);
    uint64_t goes_on = x >> 7 & ~x >> 6 & ones; /* 10xxxxxx */
    count -= goes_on * ones >> 56;
  }
  for (; n; s++, n--) count -= ((unsigned char)*s & 0xc0) == 0x80;
  return count;
}

stance_status st_utf8_check(const char *s, size_t n, stance_error *err) {
  const char *nul = n ? memchr(s, 0, n) : NULL;
  size_t bad = st_utf8_invalid(s, nul ? (size_t)(nul - s) : n);
  if (bad == n) return STANCE_OK;
  stance_status code = STANCE_ERR_BINARY;
  if (nul && s + bad == nul)
    st_fail(err, code, "not a text: NUL byte at byte %zu", bad);
  else
    code = st_fail(
        err, STANCE_ERR_ENCODING,
        "not valid UTF-8 at byte %zu; convert it, for example: iconv -f WINDOWS-1252 -t UTF-8",
        bad);
  uint64_t line = 1;
  for (size_t i = 0; i < bad; i++) line += s[i] == '\n';
  return st_error_at(err, code, NULL, line, bad);
}
