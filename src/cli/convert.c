/* convert.c: annotations from one tool's format into another's. */
#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* One file of the result: a file of the folder -o, or -o itself. */
static stance_status put_file(void *ctx, const char *name, const void *bytes, size_t n,
                              stance_error *err) {
  const settings *s = ctx;
  char path[4096];
  bool ok = true;
  if (*name) ok = snprintf(path, sizeof path, "%s/%s", s->output, name) < (int)sizeof path;
  output out;
  stance_status status = open_output(*name && ok ? path : s->output, &out, err);
  if (status != STANCE_OK) return status;
  status = write_output(&out, bytes, n, err);
  stance_status closed = close_output(&out, status == STANCE_OK, err);
  return status == STANCE_OK ? closed : status;
}

static const char *known_format(const char *option, const char *name) {
  const char *const *names = stance_convert_formats();
  char all[400] = "";
  size_t n = 0, at = 0;
  for (; names[n]; n++) {
    if (!strcmp(names[n], name)) return name;
    if (at < sizeof all)
      at += (size_t)snprintf(all + at, sizeof all - at, "%s%s", n ? ", " : "", names[n]);
  }
  const char *near = stance_nearest(name, names, n);
  if (near)
    say("--%s: no format '%s' (did you mean '%s'?)", option, name, near);
  else
    say("--%s: no format '%s'; there are: %s", option, name, all);
  return NULL;
}

int read_annotations(const settings *s, const char *path, stance_annotations *a) {
  stance_convert_options options = {.from = s->from,
                                    .text_column = s->text_column,
                                    .label_column = s->label_column,
                                    .label_map = s->label_map};
  stance_error err;
  if (stance_annotations_read(a, path, &options, &err) == STANCE_OK) return EXIT_DONE;
  return say_error(&err);
}

static int convert(const settings *s, stance_annotations *a) {
  stance_error err;
  int status = EXIT_DONE;
  for (int i = 0; i < s->operands; i++)
    status = graver(status, read_annotations(s, s->operand[i], a));
  if (status && !stance_annotations_count(a)) return status;
  if (stance_convert_several(s->to) && mkdir(s->output, 0777) != 0 && errno != EEXIST) {
    say("cannot make the folder '%s': %s", s->output, strerror(errno));
    return EXIT_IO;
  }
  if (stance_annotations_write(a, s->to, put_file, (void *)s, &err) != STANCE_OK)
    status = graver(status, say_error(&err));
  const char *text;
  for (size_t i = 0; !s->quiet && (text = stance_annotations_remark(a, i)); i++) say("%s", text);
  return status;
}

int run_convert(const settings *s) {
  if (!s->to) {
    say("convert needs --to FORMAT; see 'stance help convert'");
    return EXIT_USAGE;
  }
  if (!known_format("to", s->to) || (s->from && !known_format("from", s->from))) return EXIT_USAGE;
  if (!s->operands) {
    say("convert needs a file; see 'stance help convert'");
    return EXIT_USAGE;
  }
  if (stance_convert_several(s->to) && (!s->output || is_stdin(s->output))) {
    say("--to %s writes several files: name their folder with -o", s->to);
    return EXIT_USAGE;
  }
  stance_annotations *a = NULL;
  stance_error err;
  if (stance_annotations_new(&a, &err) != STANCE_OK) return say_error(&err);
  int status = convert(s, a);
  stance_annotations_free(a);
  return status;
}
