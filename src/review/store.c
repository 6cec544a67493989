/* store.c: the file of corrections.
 *
 * A line is written by one write() at the end of the file and synced; what a crash may leave is a
 * last line without its newline, which nobody was told is safe. */
#include "review/review.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static stance_status file_error(stance_error *err, stance_status code, const char *what,
                                const char *path) {
  st_fail(err, code, "cannot %s: %s", what, strerror(errno));
  return st_error_at(err, code, path, 0, 0);
}

/* The lock must be on the file that the path names now: a review that ends replaces it. */
static stance_status open_locked(st_store *s, stance_error *err) {
  for (;;) {
    struct stat opened, named;
    s->fd = open(s->path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (s->fd < 0) return file_error(err, STANCE_ERR_OPEN, "open", s->path);
    if (flock(s->fd, LOCK_EX | LOCK_NB) != 0)
      return st_fail(err, STANCE_ERR_USAGE,
                     "'%s' is in use by another review; end that, or give this one another file "
                     "(-o FILE)",
                     s->path);
    if (fstat(s->fd, &opened) != 0) return file_error(err, STANCE_ERR_OPEN, "open", s->path);
    if (!S_ISREG(opened.st_mode))
      return st_fail(err, STANCE_ERR_OPEN, "'%s' is not a regular file", s->path);
    if (stat(s->path, &named) == 0 && named.st_ino == opened.st_ino &&
        named.st_dev == opened.st_dev)
      return STANCE_OK;
    close(s->fd);
  }
}

static const char *string_of(const json_t *object, const char *key) {
  const char *s = json_string_value(json_object_get(object, key));
  return s ? s : "";
}

static bool is_correction(const json_t *object) {
  return !strcmp(string_of(object, "type"), "correction");
}

static stance_status keep(st_store *s, json_t *object, stance_error *err) {
  const char *cid = string_of(object, "cid");
  if (*cid && json_object_set_new(s->cids, cid, json_true()) != 0) {
    json_decref(object);
    return st_fail_memory(err, "reading corrections");
  }
  if (json_array_append_new(s->all, object) != 0) return st_fail_memory(err, "reading corrections");
  return STANCE_OK;
}

static stance_status parse(st_store *s, const char *bytes, size_t n, stance_error *err) {
  uint64_t line = 0;
  for (size_t at = 0; at < n;) {
    const char *end = memchr(bytes + at, '\n', n - at);
    size_t len = end ? (size_t)(end - bytes) - at : n - at;
    line++;
    json_error_t e;
    json_t *object = NULL;
    if (len) object = json_loadb(bytes + at, len, JSON_REJECT_DUPLICATES, &e);
    if (len && !json_is_object(object)) {
      json_decref(object);
      st_fail(err, STANCE_ERR_FORMAT, "not a JSON object: is this a file of corrections?");
      return st_error_at(err, STANCE_ERR_FORMAT, s->path, line, at);
    }
    if (object) ST_TRY(keep(s, object, err));
    at += len + 1;
  }
  return STANCE_OK;
}

static stance_status read_all(st_store *s, stance_error *err) {
  st_file file;
  ST_TRY(st_file_open(s->path, &file, err));
  size_t n = file.len;
  while (n && file.data[n - 1] != '\n') n--;
  bool torn = n < file.len;
  json_t *last = torn ? json_loadb(file.data + n, file.len - n, 0, NULL) : NULL;
  /* Left as it is: what an editor left without its newline, and what was never a correction. */
  bool whole = json_is_object(last) || (torn && file.data[n] != '{');
  json_decref(last);
  stance_status status = parse(s, file.data, whole ? file.len : n, err);
  st_file_close(&file);
  if (status != STANCE_OK || !torn) return status;
  if (whole ? write(s->fd, "\n", 1) != 1 : ftruncate(s->fd, (off_t)n) != 0)
    return file_error(err, STANCE_ERR_WRITE, "write", s->path);
  return STANCE_OK;
}

stance_status st_store_open(const char *path, st_store *out, stance_error *err) {
  *out = (st_store){.path = strdup(path), .fd = -1, .all = json_array(), .cids = json_object()};
  stance_status status = out->path && out->all && out->cids ? open_locked(out, err)
                                                            : st_fail_memory(err, "opening a file");
  if (status == STANCE_OK) status = read_all(out, err);
  if (status != STANCE_OK) st_store_close(out);
  return status;
}

stance_status st_store_append(st_store *s, json_t *object, stance_error *err) {
  char *line = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(4));
  size_t n = line ? strlen(line) : 0;
  struct stat before;
  stance_status status = STANCE_OK;
  if (!line)
    status = st_fail_memory(err, "writing a correction");
  else if (fstat(s->fd, &before) != 0)
    status = file_error(err, STANCE_ERR_WRITE, "write", s->path);
  else {
    line[n] = '\n'; /* in place of the end mark: one write, the line with its newline */
    ssize_t k = write(s->fd, line, n + 1);
    if (k != (ssize_t)n + 1 || fsync(s->fd) != 0) {
      if (k >= 0 && k != (ssize_t)n + 1) errno = ENOSPC;
      status = file_error(err, STANCE_ERR_WRITE, "write", s->path);
      (void)!ftruncate(s->fd, before.st_size);
    }
  }
  free(line);
  if (status == STANCE_OK) return keep(s, object, err);
  json_decref(object);
  return status;
}

/* "sha or name of the document, fingerprint": one sentence. */
static void name_of(const json_t *object, st_buf *out) {
  st_buf_clear(out);
  st_buf_puts(out, string_of(object, "doc"));
  st_buf_putc(out, '\n');
  st_buf_puts(out, string_of(object, "fp"));
}

static stance_status write_kept(st_store *s, const json_t *last, st_buf *name, st_buf *out,
                                stance_error *err) {
  for (size_t i = 0; i < json_array_size(s->all); i++) {
    json_t *object = json_array_get(s->all, i);
    if (is_correction(object)) {
      name_of(object, name);
      json_t *final = name->data ? json_object_get(last, name->data) : NULL;
      if (json_integer_value(final) != (json_int_t)i ||
          !strcmp(string_of(object, "state"), "withdrawn"))
        continue;
    }
    char *line = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(4));
    if (!line) return st_fail_memory(err, "writing corrections");
    st_buf_puts(out, line);
    st_buf_putc(out, '\n');
    free(line);
  }
  if (out->failed || name->failed) return st_fail_memory(err, "writing corrections");
  return st_file_replace(s->path, out->data ? out->data : "", out->len, err);
}

stance_status st_store_compact(st_store *s, stance_error *err) {
  if (!s->dirty) return STANCE_OK;
  json_t *last = json_object(); /* the number of the last correction of each sentence */
  st_buf name = {0}, out = {0};
  stance_status status = STANCE_OK;
  for (size_t i = 0; last && i < json_array_size(s->all); i++) {
    json_t *object = json_array_get(s->all, i);
    if (!is_correction(object)) continue;
    name_of(object, &name);
    if (name.failed || json_object_set_new(last, name.data, json_integer((json_int_t)i)) != 0)
      status = st_fail_memory(err, "writing corrections");
  }
  if (!last) status = st_fail_memory(err, "writing corrections");
  if (status == STANCE_OK) status = write_kept(s, last, &name, &out, err);
  json_decref(last);
  st_buf_free(&name);
  st_buf_free(&out);
  return status;
}

void st_store_close(st_store *s) {
  if (s->fd >= 0) close(s->fd);
  json_decref(s->all);
  json_decref(s->cids);
  free(s->path);
  *s = (st_store){.fd = -1};
}
