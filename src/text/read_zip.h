/* read_zip.h: parts of a zip archive in memory, unpacked in steps and within limits. */
#ifndef STANCE_TEXT_READ_ZIP_H
#define STANCE_TEXT_READ_ZIP_H

#include "core/core.h"

typedef struct st_zip st_zip;

/* Receives unpacked bytes; a code other than OK ends the work. */
typedef stance_status (*st_zip_fn)(void *ctx, const char *bytes, size_t n, stance_error *err);

/* bytes must outlive the archive. FORMAT when this is no zip archive. */
stance_status st_zip_open(const char *bytes, size_t n, st_zip **out, stance_error *err);
bool st_zip_has(st_zip *z, const char *part);
/* Hands on the part's bytes. TOO_LARGE over `most` bytes or over the ratio of reader.h. */
stance_status st_zip_read(st_zip *z, const char *part, size_t most, st_zip_fn fn, void *ctx,
                          stance_error *err);
void st_zip_free(st_zip *z);

#endif
