/* model.c: what a model file says of itself, and whether it is whole. */
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Runs `print` with the output that -o names. */
typedef stance_status (*print_fn)(const void *what, const settings *s, output *out,
                                  stance_error *err);

static int print(print_fn fn, const void *what, const settings *s) {
  stance_error err;
  output out;
  if (open_output(s->output, &out, &err) != STANCE_OK) return say_error(&err);
  int status = EXIT_DONE;
  if (fn(what, s, &out, &err) != STANCE_OK) status = say_error(&err);
  if (close_output(&out, status == EXIT_DONE, &err) != STANCE_OK)
    status = graver(status, say_error(&err));
  return status;
}

static stance_status describe(const void *model, const settings *s, output *out,
                              stance_error *err) {
  return stance_model_describe(model, !strcmp(s->format, "json"), write_output, out, err);
}

static stance_status top(const void *model, const settings *s, output *out, stance_error *err) {
  return stance_model_top(model, s->label, (size_t)s->count, write_output, out, err);
}

typedef struct {
  stance_model *a, *b;
  stance_dataset *rows;
} pair;

static stance_status differ(const void *what, const settings *s, output *out, stance_error *err) {
  const pair *p = what;
  return stance_model_diff(p->a, p->b, p->rows, (size_t)s->count, write_output, out, err);
}

/* model diff A B [ROWS]... */
static int diff(const settings *s) {
  pair p = {0};
  stance_error err;
  stance_read_options read = {.text_column = s->text_column, .label_column = s->label_column};
  bool ok = stance_model_open(s->operand[1], &p.a, &err) == STANCE_OK &&
            stance_model_open(s->operand[2], &p.b, &err) == STANCE_OK &&
            (s->operands == 3 || stance_dataset_new(&p.rows, &err) == STANCE_OK);
  for (int i = 3; ok && i < s->operands; i++)
    ok = stance_dataset_read(p.rows, s->operand[i], &read, &err) == STANCE_OK;
  int status = ok ? print(differ, &p, s) : say_error(&err);
  stance_model_free(p.a);
  stance_model_free(p.b);
  stance_dataset_free(p.rows);
  return status;
}

int run_model(const settings *s) {
  const char *action = s->operands ? s->operand[0] : "";
  bool verify = !strcmp(action, "verify"), heaviest = !strcmp(action, "top");
  if (!strcmp(action, "diff") && s->operands >= 3) return diff(s);
  if ((!verify && !heaviest && strcmp(action, "show")) || s->operands > 2) {
    say("usage: stance model show|verify|top [FILE], or stance model diff A B [ROWS]...");
    return EXIT_USAGE;
  }
  if (strcmp(s->format, "text") && strcmp(s->format, "json")) {
    say("model writes text or json, not %s", s->format);
    return EXIT_USAGE;
  }
  char *path = s->operands == 2 ? strdup(s->operand[1]) : default_model();
  if (!path) return EXIT_USAGE;
  stance_error err;
  stance_model *model = NULL;
  int status = EXIT_DONE;
  if (stance_model_open(path, &model, &err) != STANCE_OK)
    status = say_error(&err);
  else if (verify)
    printf("%s: whole (%s)\n", path, stance_model_name(model));
  else
    status = print(heaviest ? top : describe, model, s);
  stance_model_free(model);
  free(path);
  return status;
}
