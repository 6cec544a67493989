/* fingerprint.c: a name for a sentence that survives re-wrapping and moving. */
#include "report/report.h"

#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>
#include <xxhash.h>

static bool is_space(uint32_t c) {
  return c == ' ' || (c >= 9 && c <= 13) || c == 0x85 || c == 0xa0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
         c == 0x3000;
}

#define ONES 0x0101010101010101u
#define HIGH 0x8080808080808080u

/* Eight bytes of ASCII that hold no white space but single blanks inside: folded, true. All else is
 * for the long way, byte by byte. */
static bool fold_eight(uint64_t *x) {
  if ((*x & HIGH) || ((*x - ONES * 0x20) & ~*x & HIGH))
    return false; /* beyond ASCII, or below ' ' */
  uint64_t other = *x ^ ONES * ' ', blank = ~(other + ONES * 0x7f) & HIGH;
  if (blank & (blank << 8 | 0x80)) return false;
  uint64_t capital = (*x + ONES * (0x80 - 'A')) & ~(*x + ONES * (0x80 - 'Z' - 1)) & HIGH;
  *x |= capital >> 2;
  return true;
}

/* ASCII, and the dashes, quotation marks and dots U+2010 to U+2027, which neither case folding nor
 * composition touch: nearly every English sentence. False when another character turns up. out has
 * room for n + 8 bytes. */
static bool fold_plain(const char *s, size_t n, char *out, size_t *out_len) {
  size_t k = 0;
  bool space = false;
  for (size_t i = 0; i < n; i++) {
    uint64_t x;
    while (n - i >= 8 && (memcpy(&x, s + i, 8), fold_eight(&x))) {
      if (space) out[k++] = ' ';
      memcpy(out + k, &x, 8);
      i += 8;
      space = s[i - 1] == ' '; /* written when it is known that something follows */
      k += space ? 7 : 8;
    }
    if (i == n) break;
    unsigned char c = (unsigned char)s[i];
    if (c == ' ' || (c >= 9 && c <= 13)) {
      space = k > 0;
      continue;
    }
    if (space) out[k++] = ' ';
    space = false;
    if (c < 0x80) {
      out[k++] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
      continue;
    }
    if (c != 0xe2 || i + 2 >= n || (unsigned char)s[i + 1] != 0x80 ||
        (unsigned char)s[i + 2] < 0x90 || (unsigned char)s[i + 2] > 0xa7)
      return false;
    out[k++] = s[i];
    out[k++] = s[++i];
    out[k++] = s[++i];
  }
  *out_len = k;
  return true;
}

static void fold_any(const char *s, size_t n, st_buf *out) {
  utf8proc_uint8_t *folded = NULL;
  utf8proc_ssize_t len = utf8proc_map((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)n, &folded,
                                      UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
  if (len < 0) { /* no memory: the report fails elsewhere; keep a defined value */
    st_buf_add(out, s, n);
    return;
  }
  const char *p = (const char *)folded;
  bool space = false;
  for (size_t i = 0, k; i < (size_t)len; i += k) {
    k = st_utf8_length(p + i, (size_t)len - i);
    if (!k) k = 1;
    if (is_space(st_utf8_decode(p + i, k))) {
      space = out->len > 0;
      continue;
    }
    if (space) st_buf_putc(out, ' ');
    space = false;
    st_buf_add(out, p + i, k);
  }
  free(folded);
}

uint64_t st_fingerprint(const char *s, size_t n, st_buf *scratch) {
  st_buf_clear(scratch);
  if (!st_buf_reserve(scratch, n + 8)) return 0;
  if (!fold_plain(s, n, scratch->data, &scratch->len)) {
    st_buf_clear(scratch);
    fold_any(s, n, scratch);
  }
  return XXH3_64bits(scratch->data, scratch->len);
}

bool st_occurrences_init(st_occurrences *o, size_t n) {
  for (o->slots = 16; o->slots < 2 * n;) o->slots *= 2;
  o->fp = st_calloc(o->slots, sizeof *o->fp);
  o->count = st_calloc(o->slots, sizeof *o->count);
  return o->fp && o->count;
}

uint32_t st_occurrence(st_occurrences *o, uint64_t fp) {
  size_t i = (size_t)fp & (o->slots - 1);
  while (o->count[i] && o->fp[i] != fp) i = (i + 1) & (o->slots - 1);
  o->fp[i] = fp;
  return ++o->count[i];
}

void st_occurrences_free(st_occurrences *o) {
  free(o->fp);
  free(o->count);
  *o = (st_occurrences){0};
}
