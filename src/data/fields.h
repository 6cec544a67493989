/* fields.h: small parsers shared by the readers of rows: lines, columns, JSON values. */
#ifndef STANCE_FIELDS_H
#define STANCE_FIELDS_H

#include <jansson.h>

#include "data/data.h"

typedef struct st_slice {
  const char *s;
  size_t len;
} st_slice;

/* The line that begins at *p, without its end of line; *p moves behind it. False at the end. */
bool st_next_line(const char **p, const char *end, st_slice *line);
/* 3 when a byte order mark stands at the start, else 0. */
size_t st_bom(const char *s, size_t len);
/* Without ASCII white space at both ends. */
st_slice st_trim(st_slice s);
/* The text before the next tab of *rest, which moves behind it. False when *rest is used up. */
bool st_next_field(st_slice *rest, st_slice *field);
size_t st_count_fields(st_slice line);
bool st_slice_is(st_slice s, const char *word);

/* Parses one line as a JSON object; NULL with the message in error and its place, from 1 in code
 * points and from 0 in bytes. Duplicate keys are refused. */
json_t *st_json_object(st_slice line, char error[160], size_t *column, size_t *byte);
/* A string, a number without fraction, or true/false (as 1/0), written into scratch where it is not
 * a string. False when it is something else; null and absent give an empty slice and true. */
bool st_json_scalar(const json_t *value, char scratch[32], st_slice *out);

/* A decimal number (digits, dot, exponent), the same in every locale. False when it is anything
 * else. */
bool st_parse_number(st_slice s, double *out);

#endif
