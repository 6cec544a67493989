/* json_out.c: JSON values as bytes. Not json_dumps(): that writes 0.9915 as 0.99150000000000005. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/annotations.h"

/* The shortest of 15, 16 or 17 digits that reads back as the same number, with a dot. */
static void put_real(st_buf *out, double v) {
  char digits[40];
  for (int n = 15; n <= 17; n++) {
    snprintf(digits, sizeof digits, "%.*g", n, v);
    if (strtod(digits, NULL) == v) break;
  }
  for (char *p = digits; *p; p++)
    if (*p == ',') *p = '.'; /* a locale's */
  st_buf_puts(out, digits);
  if (!strpbrk(digits, ".eE")) st_buf_puts(out, ".0");
}

void st_json_write(st_buf *out, const json_t *value) {
  const char *key;
  json_t *v;
  size_t i;
  const char *between = "";
  switch (json_typeof(value)) {
  case JSON_NULL: st_buf_puts(out, "null"); break;
  case JSON_TRUE: st_buf_puts(out, "true"); break;
  case JSON_FALSE: st_buf_puts(out, "false"); break;
  case JSON_INTEGER: st_buf_printf(out, "%lld", (long long)json_integer_value(value)); break;
  case JSON_REAL: put_real(out, json_real_value(value)); break;
  case JSON_STRING: st_buf_json(out, json_string_value(value), json_string_length(value)); break;
  case JSON_ARRAY:
    st_buf_putc(out, '[');
    json_array_foreach (value, i, v) {
      st_buf_puts(out, between);
      st_json_write(out, v);
      between = ",";
    }
    st_buf_putc(out, ']');
    break;
  case JSON_OBJECT:
    st_buf_putc(out, '{');
    json_object_foreach ((json_t *)value, key, v) {
      st_buf_puts(out, between);
      st_buf_json(out, key, strlen(key));
      st_buf_putc(out, ':');
      st_json_write(out, v);
      between = ",";
    }
    st_buf_putc(out, '}');
    break;
  }
}
