/* put.h: text and numbers written through a pointer, without checks: the caller has reserved room,
 * and says with each use how much of it is needed. Private to the formats that write a record a
 * sentence. */
#ifndef STANCE_REPORT_PUT_H
#define STANCE_REPORT_PUT_H

#include <math.h>
#include <stdint.h>
#include <string.h>

static inline char *put(char *p, const char *s, size_t n) {
  memcpy(p, s, n);
  return p + n;
}
#define PUT(p, literal) put(p, literal, sizeof(literal) - 1)

/* "00" "01" ... "99": numbers are written two digits at a time. */
static inline char *put_pair(char *p, unsigned n) {
#define ROW(a) a "0" a "1" a "2" a "3" a "4" a "5" a "6" a "7" a "8" a "9"
  static const char pairs[] =
      ROW("0") ROW("1") ROW("2") ROW("3") ROW("4") ROW("5") ROW("6") ROW("7") ROW("8") ROW("9");
#undef ROW
  return put(p, pairs + 2 * n, 2);
}

/* At most 20 bytes. */
static inline char *put_u64(char *p, uint64_t v) {
  char digits[20], *d = digits + sizeof digits;
  for (; v >= 100; v /= 100) put_pair(d -= 2, (unsigned)(v % 100));
  if (v >= 10)
    put_pair(d -= 2, (unsigned)v);
  else
    *--d = (char)('0' + v);
  while (d < digits + sizeof digits) *p++ = *d++;
  return p;
}

/* Four decimals; NaN is null. At most 24 bytes. */
static inline char *put_fixed(char *p, double v) {
  if (isnan(v)) return PUT(p, "null");
  if (fabs(v) > 1e14) v = v < 0 ? -1e14 : 1e14;
  int64_t n = (int64_t)(fabs(v) * 10000 + 0.5);
  if (v < 0 && n) *p++ = '-';
  if (n < 100000)
    *p++ = (char)('0' + n / 10000);
  else
    p = put_u64(p, (uint64_t)n / 10000);
  unsigned rest = (unsigned)(n % 10000);
  *p++ = '.';
  p = put_pair(p, rest / 100);
  return put_pair(p, rest % 100);
}

#endif
