/* io.c: inputs, outputs and messages. */
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- messages ---- */

void say(const char *fmt, ...) {
  char message[1200];
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(message, sizeof message, fmt, ap);
  va_end(ap);
  for (char *p = message; *p; p++) /* a file's name must not drive the terminal */
    if ((unsigned char)*p < 0x20 || *p == 0x7f) *p = '?';
  fprintf(stderr, "stance: %s\n", message);
}

static int exit_code(stance_status code) {
  switch (code) {
  case STANCE_OK: return EXIT_DONE;
  case STANCE_ERR_USAGE: return EXIT_USAGE;
  case STANCE_ERR_MEMORY:
  case STANCE_ERR_INTERNAL: return EXIT_INTERNAL;
  case STANCE_ERR_INTERRUPTED: return 128 + SIGINT;
  default: return EXIT_IO;
  }
}

int say_error(const stance_error *err) {
  if (err->code == STANCE_ERR_PIPE) return EXIT_IO;
  const char *remark =
      err->code == STANCE_ERR_INTERNAL ? " (this is a bug of stance: please report it)" : "";
  if (err->file[0] && err->line && err->column)
    say("%s:%llu:%llu: %s%s", err->file, (unsigned long long)err->line,
        (unsigned long long)err->column, err->message, remark);
  else if (err->file[0] && err->line)
    say("%s:%llu: %s%s", err->file, (unsigned long long)err->line, err->message, remark);
  else if (err->file[0])
    say("%s: %s%s", err->file, err->message, remark);
  else
    say("%s%s", err->message, remark);
  return exit_code(err->code);
}

static stance_status fail(stance_error *err, stance_status code, const char *what, const char *name,
                          const char *why) {
  memset(err, 0, sizeof *err);
  err->code = code;
  bool plain = !strcmp(name, "standard input") || !strcmp(name, "standard output");
  snprintf(err->message, sizeof err->message, plain ? "%s %s: %s" : "%s '%s': %s", what, name, why);
  return code;
}

/* ---- inputs ---- */

bool is_stdin(const char *path) {
  return !strcmp(path, "-");
}

stance_status open_stream(const char *path, const text_input *head, stream_input *out,
                          stance_error *err) {
  *out = (stream_input){.fd = STDIN_FILENO, .name = "standard input"};
  if (head) out->head = *head;
  if (is_stdin(path)) return STANCE_OK;
  *out = (stream_input){.fd = open(path, O_RDONLY | O_CLOEXEC), .name = path};
  struct stat sb;
  if (out->fd < 0) return fail(err, STANCE_ERR_OPEN, "cannot open", path, strerror(errno));
  if (fstat(out->fd, &sb) != 0 || !S_ISDIR(sb.st_mode)) return STANCE_OK;
  close(out->fd);
  return fail(err, STANCE_ERR_OPEN, "cannot read", path, "it is a folder");
}

stance_status read_stream(void *ctx, void *buf, size_t n, size_t *got, stance_error *err) {
  stream_input *in = ctx;
  if (in->head.len) {
    *got = in->head.len < n ? in->head.len : n;
    memcpy(buf, in->head.bytes, *got);
    in->head.bytes += *got;
    in->head.len -= *got;
    return STANCE_OK;
  }
  for (;;) {
    ssize_t k = read(in->fd, buf, n);
    if (k < 0 && errno == EINTR) continue;
    if (k < 0) return fail(err, STANCE_ERR_READ, "cannot read", in->name, strerror(errno));
    *got = (size_t)k;
    return STANCE_OK;
  }
}

void close_stream(stream_input *in) {
  if (in->fd > STDIN_FILENO) close(in->fd);
}

stance_status read_input(const char *path, const text_input *head, text_input *out,
                         stance_error *err) {
  *out = (text_input){NULL, 0};
  stream_input in;
  stance_status status = open_stream(path, head, &in, err);
  if (status != STANCE_OK) return status;
  struct stat sb;
  size_t cap = fstat(in.fd, &sb) == 0 && S_ISREG(sb.st_mode) ? (size_t)sb.st_size + 1 : 65536;
  for (size_t got = 1; got && status == STANCE_OK;) {
    if (!out->bytes || out->len == cap) {
      if (out->bytes) cap *= 2;
      char *grown = realloc(out->bytes, cap);
      if (!grown) {
        status =
            fail(err, STANCE_ERR_MEMORY, "out of memory while reading", in.name, "it is too large");
        break;
      }
      out->bytes = grown;
    }
    status = read_stream(&in, out->bytes + out->len, cap - out->len, &got, err);
    if (status == STANCE_OK) out->len += got;
  }
  close_stream(&in);
  if (status == STANCE_OK) return status;
  free(out->bytes);
  *out = (text_input){NULL, 0};
  return status;
}

/* ---- outputs ---- */

/* What a signal has to remove. Set before the handler is. */
static char *volatile unfinished;

static void remove_and_die(int sig) {
  if (unfinished) unlink(unfinished);
  signal(sig, SIG_DFL);
  raise(sig);
}

stance_status open_output(const char *path, output *out, stance_error *err) {
  *out = (output){.fd = STDOUT_FILENO};
  if (!path || !strcmp(path, "-")) return STANCE_OK;
  out->path = path;
  struct stat sb;
  bool exists = stat(path, &sb) == 0;
  if (exists && S_ISDIR(sb.st_mode))
    return fail(err, STANCE_ERR_WRITE, "cannot write", path, "it is a folder");
  if (exists && !S_ISREG(sb.st_mode)) { /* a device or a pipe: nothing to replace */
    out->fd = open(path, O_WRONLY | O_CLOEXEC);
    return out->fd < 0 ? fail(err, STANCE_ERR_WRITE, "cannot write", path, strerror(errno))
                       : STANCE_OK;
  }
  /* A link stays a link: what it points to is replaced. */
  out->target = exists ? realpath(path, NULL) : strdup(path);
  size_t len = out->target ? strlen(out->target) : 0;
  out->temporary = out->target ? malloc(len + sizeof ".XXXXXX.tmp") : NULL;
  if (!out->temporary) {
    free(out->target);
    return fail(err, STANCE_ERR_MEMORY, "out of memory while writing", path, strerror(ENOMEM));
  }
  snprintf(out->temporary, len + sizeof ".XXXXXX.tmp", "%s.XXXXXX.tmp", out->target);
  out->fd = mkstemps(out->temporary, 4);
  if (out->fd < 0) {
    fail(err, STANCE_ERR_WRITE, "cannot write", path, strerror(errno));
    free(out->temporary);
    free(out->target);
    return STANCE_ERR_WRITE;
  }
  mode_t mask = umask(0);
  umask(mask);
  (void)!fchmod(out->fd, exists ? sb.st_mode & 0777 : 0666 & ~mask);
  unfinished = out->temporary;
  struct sigaction sa = {.sa_handler = remove_and_die};
  sigemptyset(&sa.sa_mask);
  sigaction(SIGINT, &sa, NULL);
  sigaction(SIGTERM, &sa, NULL);
  sigaction(SIGHUP, &sa, NULL);
  return STANCE_OK;
}

stance_status write_output(void *ctx, const void *bytes, size_t n, stance_error *err) {
  const output *out = ctx;
  const char *p = bytes;
  while (n) {
    ssize_t k = write(out->fd, p, n);
    if (k < 0 && errno == EINTR) continue;
    if (k < 0)
      return fail(err, errno == EPIPE ? STANCE_ERR_PIPE : STANCE_ERR_WRITE, "cannot write",
                  out->path ? out->path : "standard output", strerror(errno));
    p += k;
    n -= (size_t)k;
  }
  return STANCE_OK;
}

stance_status close_output(output *out, bool keep, stance_error *err) {
  stance_status status = STANCE_OK;
  const char *name = out->path ? out->path : "standard output";
  if (out->temporary && keep && fsync(out->fd) != 0)
    status = fail(err, STANCE_ERR_WRITE, "cannot write", name, strerror(errno));
  if (out->path && close(out->fd) != 0 && keep && status == STANCE_OK)
    status = fail(err, STANCE_ERR_WRITE, "cannot write", name, strerror(errno));
  if (out->temporary && keep && status == STANCE_OK && rename(out->temporary, out->target) != 0)
    status = fail(err, STANCE_ERR_WRITE, "cannot write", name, strerror(errno));
  if (out->temporary && (!keep || status != STANCE_OK)) unlink(out->temporary);
  unfinished = NULL;
  free(out->temporary);
  free(out->target);
  *out = (output){.fd = -1};
  return status;
}

/* ---- the terminal ---- */

static bool is_set(const char *variable) {
  const char *value = getenv(variable);
  return value && *value;
}

bool use_color(const char *choice, int fd) {
  if (!strcmp(choice, "always")) return true;
  if (!strcmp(choice, "never") || is_set("NO_COLOR")) return false;
  if (is_set("CLICOLOR_FORCE") || is_set("FORCE_COLOR")) return true;
  const char *term = getenv("TERM");
  return isatty(fd) && !(term && !strcmp(term, "dumb"));
}

int terminal_width(int fd) {
  struct winsize size;
  if (!isatty(fd)) return 0;
  return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}
