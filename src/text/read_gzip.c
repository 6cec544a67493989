/* read_gzip.c: gzip unpacked whole, with a limit on how much comes out. */
#include "text/reader.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

bool st_is_gzip(const char *bytes, size_t n) {
  return n >= 3 && !memcmp(bytes, "\x1f\x8b\x08", 3);
}

static stance_status unpack(z_stream *z, const char *bytes, size_t n, st_buf *out,
                            stance_error *err) {
  size_t at = 0;
  int code = Z_OK;
  while (at < n || code == Z_OK) {
    if (!z->avail_in && at < n) {
      size_t k = n - at < (1u << 30) ? n - at : 1u << 30;
      z->next_in = (Bytef *)(uintptr_t)(bytes + at); /* zlib does not write there */
      z->avail_in = (uInt)k;
      at += k;
    }
    if (!st_buf_reserve(out, 1 << 16)) return st_fail_memory(err, "unpacking");
    z->next_out = (Bytef *)out->data + out->len;
    z->avail_out = 1 << 16;
    code = inflate(z, Z_NO_FLUSH);
    out->len += (1u << 16) - z->avail_out;
    if (out->len > ST_MAX_GZIP)
      return st_fail(err, STANCE_ERR_TOO_LARGE, "more than %d MiB when unpacked",
                     ST_MAX_GZIP >> 20);
    if (out->len > ST_RATIO_FROM && out->len / ST_MAX_RATIO > n)
      return st_fail(err, STANCE_ERR_TOO_LARGE, "unpacks to more than %d times its size",
                     ST_MAX_RATIO);
    if (code == Z_STREAM_END) {
      if (!z->avail_in && at == n) return STANCE_OK;
      if (z->avail_in && z->next_in[0] != 0x1f) return STANCE_OK; /* padding after the end */
      if (inflateReset(z) != Z_OK) return st_fail_memory(err, "unpacking");
      code = Z_OK;
    } else if (code == Z_BUF_ERROR && !z->avail_in && at == n) {
      return st_fail(err, STANCE_ERR_FORMAT, "the .gz is cut off at its end");
    } else if (code != Z_OK) {
      return st_fail(err, STANCE_ERR_FORMAT, "the .gz is damaged: %s",
                     z->msg ? z->msg : "bad data");
    }
  }
  return STANCE_OK;
}

stance_status st_gunzip(const char *bytes, size_t n, char **out, size_t *len, stance_error *err) {
  z_stream z = {0};
  st_buf b = {0};
  if (inflateInit2(&z, 15 + 16) != Z_OK) return st_fail_memory(err, "unpacking");
  stance_status status = unpack(&z, bytes, n, &b, err);
  inflateEnd(&z);
  if (status == STANCE_OK && !st_buf_reserve(&b, 1)) status = st_fail_memory(err, "unpacking");
  if (status != STANCE_OK) {
    st_buf_free(&b);
    return status;
  }
  *out = b.data;
  *len = b.len;
  return STANCE_OK;
}
