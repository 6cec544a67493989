/* buffer.c: growing byte strings, and numbers written alike in every locale. */
#include "core/core.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void st_buf_free(st_buf *b) {
  free(b->data);
  memset(b, 0, sizeof *b);
}

void st_buf_clear(st_buf *b) {
  b->len = 0;
  b->failed = false;
  if (b->cap) b->data[0] = 0;
}

bool st_buf_reserve(st_buf *b, size_t more) {
  if (b->failed) return false;
  if (more > SIZE_MAX - b->len - 1 || !st_reserve(&b->data, &b->cap, b->len + more + 1, 1)) {
    b->failed = true;
    return false;
  }
  return true;
}

void st_buf_end(st_buf *b, const char *end) {
  b->len = (size_t)(end - b->data);
  b->data[b->len] = 0;
}

void st_buf_add(st_buf *b, const void *bytes, size_t n) {
  if (!st_buf_reserve(b, n)) return;
  if (n) memcpy(b->data + b->len, bytes, n);
  b->len += n;
  b->data[b->len] = 0;
}

void st_buf_puts(st_buf *b, const char *s) {
  st_buf_add(b, s, strlen(s));
}

void st_buf_putc(st_buf *b, char c) {
  if (!st_buf_reserve(b, 1)) return;
  b->data[b->len++] = c;
  b->data[b->len] = 0;
}

void st_buf_printf(st_buf *b, const char *fmt, ...) {
  va_list ap;
  va_start(ap, fmt);
  int n = vsnprintf(NULL, 0, fmt, ap);
  va_end(ap);
  if (n < 0 || !st_buf_reserve(b, (size_t)n)) {
    b->failed = true;
    return;
  }
  va_start(ap, fmt);
  vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
  va_end(ap);
  b->len += (size_t)n;
}

void st_buf_u64(st_buf *b, uint64_t v) {
  char digits[20];
  size_t n = 0;
  do {
    digits[sizeof digits - ++n] = (char)('0' + v % 10);
    v /= 10;
  } while (v);
  st_buf_add(b, digits + sizeof digits - n, n);
}

void st_buf_fixed(st_buf *b, double v, int digits) {
  if (isnan(v)) {
    st_buf_puts(b, "null");
    return;
  }
  uint64_t unit = 1;
  for (int i = 0; i < digits; i++) unit *= 10;
  double scaled = floor(fabs(v) * (double)unit + 0.5);
  if (scaled > 1e18) scaled = 1e18;
  uint64_t n = (uint64_t)scaled;
  if (v < 0 && n) st_buf_putc(b, '-');
  st_buf_u64(b, n / unit);
  if (!digits) return;
  char frac[16];
  n %= unit;
  for (int i = digits; i-- > 0; n /= 10) frac[i] = (char)('0' + n % 10);
  st_buf_putc(b, '.');
  st_buf_add(b, frac, (size_t)digits);
}

void st_buf_json(st_buf *b, const char *s, size_t n) {
  static const char hex[] = "0123456789abcdef";
  const unsigned char *p = (const unsigned char *)s;
  st_buf_putc(b, '"');
  for (size_t i = 0, run = 0; i <= n;) {
    size_t len = i < n ? st_utf8_length(s + i, n - i) : 0;
    if (len > 1 || (len == 1 && p[i] >= 0x20 && p[i] != '"' && p[i] != '\\' && p[i] != 0x7f)) {
      i += len;
      continue;
    }
    st_buf_add(b, s + run, i - run);
    if (i == n) break;
    unsigned char c = p[i++];
    run = i;
    if (!len) st_buf_puts(b, "\xef\xbf\xbd");
    else if (c == '"' || c == '\\') {
      st_buf_putc(b, '\\');
      st_buf_putc(b, (char)c);
    } else if (c == '\n') st_buf_puts(b, "\\n");
    else if (c == '\t') st_buf_puts(b, "\\t");
    else if (c == '\r') st_buf_puts(b, "\\r");
    else {
      char esc[] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
      st_buf_add(b, esc, sizeof esc);
    }
  }
  st_buf_putc(b, '"');
}
