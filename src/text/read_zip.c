/* read_zip.c: minizip over bytes in memory. */
#include "text/read_zip.h"

#include <stdlib.h>
#include <string.h>
#include <unzip.h>

#include "text/reader.h"

struct st_zip {
  const char *bytes;
  size_t n, at;
  unzFile file;
};

/* minizip's file functions: `opaque` is the archive, which is also the stream. */
static voidpf ZCALLBACK open_it(voidpf opaque, const void *name, int mode) {
  (void)name;
  (void)mode;
  ((st_zip *)opaque)->at = 0;
  return opaque;
}

static uLong ZCALLBACK read_it(voidpf opaque, voidpf stream, void *buf, uLong size) {
  (void)opaque;
  st_zip *z = stream;
  size_t left = z->n - z->at, k = size < left ? size : left;
  memcpy(buf, z->bytes + z->at, k);
  z->at += k;
  return k;
}

static uLong ZCALLBACK write_it(voidpf opaque, voidpf stream, const void *buf, uLong size) {
  (void)opaque;
  (void)stream;
  (void)buf;
  (void)size;
  return 0;
}

static ZPOS64_T ZCALLBACK tell_it(voidpf opaque, voidpf stream) {
  (void)opaque;
  return ((st_zip *)stream)->at;
}

static long ZCALLBACK seek_it(voidpf opaque, voidpf stream, ZPOS64_T offset, int origin) {
  (void)opaque;
  st_zip *z = stream;
  size_t base = origin == ZLIB_FILEFUNC_SEEK_CUR   ? z->at
                : origin == ZLIB_FILEFUNC_SEEK_END ? z->n
                                                   : 0;
  if (offset > z->n - base) return -1;
  z->at = base + (size_t)offset;
  return 0;
}

static int ZCALLBACK nothing(voidpf opaque, voidpf stream) {
  (void)opaque;
  (void)stream;
  return 0;
}

stance_status st_zip_open(const char *bytes, size_t n, st_zip **out, stance_error *err) {
  st_zip *z = calloc(1, sizeof *z);
  *out = NULL;
  if (!z) return st_fail_memory(err, "reading an archive");
  z->bytes = bytes;
  z->n = n;
  zlib_filefunc64_def io = {open_it, read_it, write_it, tell_it, seek_it, nothing, nothing, z};
  z->file = unzOpen2_64("", &io);
  if (!z->file) {
    free(z);
    return st_fail(err, STANCE_ERR_FORMAT, "not a Word file: no zip archive, or a damaged one");
  }
  *out = z;
  return STANCE_OK;
}

void st_zip_free(st_zip *z) {
  if (!z) return;
  unzClose(z->file);
  free(z);
}

bool st_zip_has(st_zip *z, const char *part) {
  return unzLocateFile(z->file, part, 1) == UNZ_OK;
}

static stance_status read_part(st_zip *z, const char *part, size_t most, st_zip_fn fn, void *ctx,
                               stance_error *err) {
  char chunk[16384];
  size_t total = 0;
  for (;;) {
    int k = unzReadCurrentFile(z->file, chunk, sizeof chunk);
    if (k < 0) return st_fail(err, STANCE_ERR_FORMAT, "%s in the Word file is damaged", part);
    if (!k) return STANCE_OK;
    total += (size_t)k;
    if (total > most)
      return st_fail(err, STANCE_ERR_TOO_LARGE, "%s unpacks to more than %zu MiB", part,
                     most >> 20);
    if (total > ST_RATIO_FROM && total / ST_MAX_RATIO > z->n)
      return st_fail(err, STANCE_ERR_TOO_LARGE, "%s unpacks to more than %d times the file's size",
                     part, ST_MAX_RATIO);
    ST_TRY(fn(ctx, chunk, (size_t)k, err));
  }
}

stance_status st_zip_read(st_zip *z, const char *part, size_t most, st_zip_fn fn, void *ctx,
                          stance_error *err) {
  unz_file_info64 info;
  if (!st_zip_has(z, part) ||
      unzGetCurrentFileInfo64(z->file, &info, NULL, 0, NULL, 0, NULL, 0) != UNZ_OK)
    return st_fail(err, STANCE_ERR_FORMAT, "no %s in the Word file", part);
  if (info.flag & 1)
    return st_fail(err, STANCE_ERR_FORMAT, "the Word file is locked with a password");
  if (unzOpenCurrentFile(z->file) != UNZ_OK)
    return st_fail(err, STANCE_ERR_FORMAT, "%s in the Word file is damaged", part);
  stance_status status = read_part(z, part, most, fn, ctx, err);
  int closed = unzCloseCurrentFile(z->file);
  if (status == STANCE_OK && closed == UNZ_CRCERROR)
    return st_fail(err, STANCE_ERR_FORMAT, "%s in the Word file is damaged: wrong checksum", part);
  return status;
}
