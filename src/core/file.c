/* file.c: reading a file whole, and replacing one without ever losing the old. */
#include "core/core.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static stance_status read_stream(int fd, const char *name, st_file *out, stance_error *err) {
  char *data = NULL;
  size_t len = 0, cap = 0;
  for (;;) {
    if (!st_reserve(&data, &cap, len + 65536, 1)) {
      free(data);
      return st_fail_memory(err, "reading a file");
    }
    ssize_t n = read(fd, data + len, cap - len);
    if (n > 0) len += (size_t)n;
    else if (n == 0) break;
    else if (errno != EINTR) {
      int e = errno;
      free(data);
      return st_fail(err, STANCE_ERR_READ, "cannot read '%s': %s", name, strerror(e));
    }
  }
  out->data = data;
  out->len = len;
  return STANCE_OK;
}

stance_status st_file_open(const char *path, st_file *out, stance_error *err) {
  memset(out, 0, sizeof *out);
  if (!strcmp(path, "-")) return read_stream(STDIN_FILENO, "standard input", out, err);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return st_fail(err, STANCE_ERR_OPEN, "cannot open '%s': %s", path, strerror(errno));
  struct stat sb;
  stance_status status = STANCE_OK;
  if (fstat(fd, &sb) != 0)
    status = st_fail(err, STANCE_ERR_OPEN, "cannot open '%s': %s", path, strerror(errno));
  else if (S_ISDIR(sb.st_mode))
    status = st_fail(err, STANCE_ERR_OPEN, "cannot read '%s': it is a folder", path);
  else if (S_ISREG(sb.st_mode) && sb.st_size > 0) {
    void *p = mmap(NULL, (size_t)sb.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED) status = read_stream(fd, path, out, err);
    else *out = (st_file){p, (size_t)sb.st_size, true};
  } else
    status = read_stream(fd, path, out, err);
  close(fd);
  return status;
}

void st_file_close(st_file *f) {
  if (!f->data) return;
  /* The casts drop const: the memory is ours to give back. */
  if (f->mapped) munmap((void *)(uintptr_t)f->data, f->len);
  else free((void *)(uintptr_t)f->data);
  memset(f, 0, sizeof *f);
}

stance_status st_write_all(int fd, const void *buf, size_t n, const char *name, stance_error *err) {
  const char *p = buf;
  while (n) {
    ssize_t k = write(fd, p, n);
    if (k < 0) {
      if (errno == EINTR) continue;
      stance_status code = errno == EPIPE ? STANCE_ERR_PIPE : STANCE_ERR_WRITE;
      return st_fail(err, code, "cannot write '%s': %s", name, strerror(errno));
    }
    p += k;
    n -= (size_t)k;
  }
  return STANCE_OK;
}

stance_status st_file_replace(const char *path, const void *buf, size_t n, stance_error *err) {
  struct stat sb;
  bool exists = stat(path, &sb) == 0;
  if (exists && S_ISDIR(sb.st_mode))
    return st_fail(err, STANCE_ERR_WRITE, "cannot write '%s': it is a folder", path);
  if (exists && !S_ISREG(sb.st_mode)) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return st_fail(err, STANCE_ERR_WRITE, "cannot write '%s': %s", path, strerror(errno));
    stance_status status = st_write_all(fd, buf, n, path, err);
    if (close(fd) != 0 && status == STANCE_OK)
      status = st_fail(err, STANCE_ERR_WRITE, "cannot write '%s': %s", path, strerror(errno));
    return status;
  }
  /* A link stays a link (/dev/stdout is one): what it points to is replaced. */
  char *target = exists ? realpath(path, NULL) : strdup(path);
  size_t len = target ? strlen(target) : 0;
  char *tmp = target ? malloc(len + sizeof ".XXXXXX.tmp") : NULL;
  if (!tmp) {
    free(target);
    return st_fail_memory(err, "writing a file");
  }
  memcpy(tmp, target, len);
  memcpy(tmp + len, ".XXXXXX.tmp", sizeof ".XXXXXX.tmp");
  int fd = mkstemps(tmp, 4);
  if (fd < 0) {
    int e = errno;
    free(tmp);
    free(target);
    return st_fail(err, STANCE_ERR_WRITE, "cannot write '%s': %s", path, strerror(e));
  }
  mode_t mask = umask(0);
  umask(mask);
  stance_status status = st_write_all(fd, buf, n, path, err);
  if (status == STANCE_OK && (fchmod(fd, exists ? sb.st_mode & 0777 : 0666 & ~mask) != 0 || fsync(fd) != 0))
    status = st_fail(err, STANCE_ERR_WRITE, "cannot write '%s': %s", path, strerror(errno));
  if (close(fd) != 0 && status == STANCE_OK)
    status = st_fail(err, STANCE_ERR_WRITE, "cannot write '%s': %s", path, strerror(errno));
  if (status == STANCE_OK && rename(tmp, target) != 0)
    status = st_fail(err, STANCE_ERR_WRITE, "cannot write '%s': %s", path, strerror(errno));
  if (status != STANCE_OK) unlink(tmp);
  free(tmp);
  free(target);
  return status;
}
