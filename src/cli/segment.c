/* segment.c: sentences or words of a text, one a line. */
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 1 << 16 };

/* Output gathered to a chunk. */
typedef struct {
  output out;
  char bytes[CHUNK];
  size_t len;
} gatherer;

static stance_status flush(gatherer *g, stance_error *err) {
  size_t n = g->len;
  g->len = 0;
  return write_output(&g->out, g->bytes, n, err);
}

static stance_status put(gatherer *g, const char *s, size_t n, stance_error *err) {
  while (n) {
    size_t part = n < CHUNK - g->len ? n : CHUNK - g->len;
    memcpy(g->bytes + g->len, s, part);
    g->len += part;
    s += part;
    n -= part;
    stance_status status = g->len == CHUNK ? flush(g, err) : STANCE_OK;
    if (status != STANCE_OK) return status;
  }
  return STANCE_OK;
}

static inline bool is_white(char c) {
  return (c == ' ') | ((unsigned char)(c - '\t') < 5);
}

/* The span's text on one line: white space inside it is one space. */
static stance_status put_text(gatherer *g, const char *s, size_t n, stance_error *err) {
  stance_status status = n < CHUNK - g->len ? STANCE_OK : flush(g, err);
  unsigned char runs = 0; /* of more than one white space; loops that compilers vectorise */
  for (size_t i = 1; i < n; i++) runs |= (unsigned char)(is_white(s[i - 1]) & is_white(s[i]));
  if (!runs && n < CHUNK) {
    char *to = g->bytes + g->len;
    for (size_t i = 0; i < n; i++) to[i] = is_white(s[i]) ? ' ' : s[i];
    g->len += n;
  } else {
    for (size_t i = 0; i < n && status == STANCE_OK; i++)
      if (!i || !is_white(s[i]) || !is_white(s[i - 1]))
        status = put(g, is_white(s[i]) ? " " : s + i, 1, err);
  }
  return status == STANCE_OK ? put(g, "\n", 1, err) : status;
}

static stance_status put_span(gatherer *g, const stance_span *span, stance_error *err) {
  char line[64];
  int n = snprintf(line, sizeof line, "%zu\t%zu\n", span->cp_start, span->cp_end);
  return put(g, line, (size_t)n, err);
}

static int segment_file(gatherer *g, const char *path, const settings *s, bool *stop) {
  stance_error err;
  text_input in;
  stance_span *spans = NULL;
  size_t n = 0;
  if (read_input(path, NULL, &in, &err) != STANCE_OK) return say_error(&err);
  int code = EXIT_DONE;
  if (stance_segment(in.bytes, in.len, s->tokens, &spans, &n, &err) != STANCE_OK) {
    if (!err.file[0])
      snprintf(err.file, sizeof err.file, "%s", is_stdin(path) ? "standard input" : path);
    code = say_error(&err);
  } else {
    stance_status status = STANCE_OK;
    for (size_t i = 0; i < n && status == STANCE_OK; i++)
      status = s->spans
                   ? put_span(g, &spans[i], &err)
                   : put_text(g, in.bytes + spans[i].start, spans[i].end - spans[i].start, &err);
    if (status != STANCE_OK) {
      code = say_error(&err);
      *stop = true;
    }
  }
  stance_free(spans);
  free(in.bytes);
  return code;
}

int run_segment(const settings *s) {
  static char *const standard_input[] = {"-"};
  if (!s->operands && isatty(STDIN_FILENO)) {
    help_short();
    return EXIT_USAGE;
  }
  char *const *files = s->operands ? s->operand : standard_input;
  int n = s->operands ? s->operands : 1;
  stance_error err;
  gatherer g = {.len = 0};
  if (open_output(s->output, &g.out, &err) != STANCE_OK) return say_error(&err);
  bool stop = false;
  int status = EXIT_DONE;
  for (int i = 0; i < n && !stop; i++)
    status = graver(status, segment_file(&g, files[i], s, &stop));
  if (!stop && flush(&g, &err) != STANCE_OK) {
    stop = true;
    status = graver(status, say_error(&err));
  }
  if (close_output(&g.out, !stop, &err) != STANCE_OK) status = graver(status, say_error(&err));
  return status;
}
