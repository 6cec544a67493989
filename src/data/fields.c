/* fields.c: lines, columns and JSON values. */
#include "data/fields.h"

#include <math.h>
#include <string.h>

bool st_next_line(const char **p, const char *end, st_slice *line) {
  if (*p == end) return false;
  const char *nl = memchr(*p, '\n', (size_t)(end - *p));
  const char *stop = nl ? nl : end;
  *line = (st_slice){*p, (size_t)(stop - *p)};
  if (line->len && line->s[line->len - 1] == '\r') line->len--;
  *p = nl ? nl + 1 : end;
  return true;
}

size_t st_bom(const char *s, size_t len) {
  return len >= 3 && !memcmp(s, "\xef\xbb\xbf", 3) ? 3 : 0;
}

static bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

st_slice st_trim(st_slice s) {
  while (s.len && is_space(s.s[0])) s.s++, s.len--;
  while (s.len && is_space(s.s[s.len - 1])) s.len--;
  return s;
}

bool st_next_field(st_slice *rest, st_slice *field) {
  if (!rest->s) return false;
  const char *tab = rest->len ? memchr(rest->s, '\t', rest->len) : NULL;
  if (!tab) {
    *field = *rest;
    *rest = (st_slice){NULL, 0};
    return true;
  }
  size_t n = (size_t)(tab - rest->s);
  *field = (st_slice){rest->s, n};
  rest->s += n + 1;
  rest->len -= n + 1;
  return true;
}

size_t st_count_fields(st_slice line) {
  size_t n = 1;
  for (size_t i = 0; i < line.len; i++) n += line.s[i] == '\t';
  return n;
}

bool st_slice_is(st_slice s, const char *word) {
  return s.len == strlen(word) && !memcmp(s.s, word, s.len);
}

json_t *st_json_object(st_slice line, char error[160], size_t *column, size_t *byte) {
  json_error_t e;
  json_t *row = json_loadb(line.s, line.len, JSON_REJECT_DUPLICATES, &e);
  if (row && json_is_object(row)) return row;
  *column = row || e.column < 1 ? 1 : (size_t)e.column;
  *byte = row || e.position < 1 ? 0 : (size_t)e.position - 1;
  if (row)
    snprintf(error, 160, "expected a JSON object, such as {\"text\":\"...\"}");
  else if (json_error_code(&e) == json_error_null_character)
    snprintf(error, 160, "holds a NUL character (\\u0000)");
  else
    snprintf(error, 160, "not JSON: %.140s", e.text);
  json_decref(row);
  return NULL;
}

bool st_json_scalar(const json_t *value, char scratch[32], st_slice *out) {
  *out = (st_slice){"", 0};
  if (!value || json_is_null(value)) return true;
  if (json_is_string(value)) {
    *out = (st_slice){json_string_value(value), json_string_length(value)};
    return true;
  }
  long long n;
  if (json_is_integer(value))
    n = json_integer_value(value);
  else if (json_is_boolean(value))
    n = json_is_true(value);
  else if (json_is_real(value) && json_real_value(value) == floor(json_real_value(value)) &&
           fabs(json_real_value(value)) < 1e15)
    n = (long long)json_real_value(value);
  else
    return false;
  int len = snprintf(scratch, 32, "%lld", n);
  *out = (st_slice){scratch, (size_t)len};
  return true;
}

bool st_parse_number(st_slice s, double *out) {
  size_t i = 0, digits = 0;
  double value = 0;
  int exponent = 0;
  bool negative = i < s.len && s.s[i] == '-';
  if (i < s.len && (s.s[i] == '-' || s.s[i] == '+')) i++;
  for (; i < s.len && s.s[i] >= '0' && s.s[i] <= '9'; i++, digits++)
    value = value * 10 + (s.s[i] - '0');
  if (i < s.len && s.s[i] == '.')
    for (i++; i < s.len && s.s[i] >= '0' && s.s[i] <= '9'; i++, digits++, exponent--)
      value = value * 10 + (s.s[i] - '0');
  if (!digits || digits > 300) return false;
  if (i < s.len && (s.s[i] == 'e' || s.s[i] == 'E')) {
    int e = 0;
    bool down = ++i < s.len && s.s[i] == '-';
    if (i < s.len && (s.s[i] == '-' || s.s[i] == '+')) i++;
    size_t first = i;
    for (; i < s.len && s.s[i] >= '0' && s.s[i] <= '9' && e < 1000; i++)
      e = e * 10 + (s.s[i] - '0');
    if (i == first) return false;
    exponent += down ? -e : e;
  }
  if (i != s.len) return false;
  *out = (negative ? -value : value) * pow(10, exponent);
  return isfinite(*out);
}
