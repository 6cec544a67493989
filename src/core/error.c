/* error.c: filling a stance_error. */
#include "core/core.h"

#include <string.h>

stance_status st_fail(stance_error *err, stance_status code, const char *fmt, ...) {
  if (err) {
    memset(err, 0, sizeof *err);
    err->code = code;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(err->message, sizeof err->message, fmt, ap);
    va_end(ap);
  }
  return code;
}

stance_status st_fail_memory(stance_error *err, const char *what) {
  return st_fail(err, STANCE_ERR_MEMORY, "out of memory while %s", what);
}

stance_status st_error_at(stance_error *err, stance_status code, const char *file, uint64_t line,
                          uint64_t byte) {
  if (!err) return code;
  if (file) snprintf(err->file, sizeof err->file, "%s", file);
  err->line = line;
  err->byte = byte;
  return err->code;
}
