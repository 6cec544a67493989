/* model.c: what a model file says of itself, and whether it is whole. */
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int show(const stance_model *model, const settings *s) {
  stance_error err;
  output out;
  if (open_output(s->output, &out, &err) != STANCE_OK) return say_error(&err);
  int status = EXIT_DONE;
  if (stance_model_describe(model, !strcmp(s->format, "json"), write_output, &out, &err) !=
      STANCE_OK)
    status = say_error(&err);
  if (close_output(&out, status == EXIT_DONE, &err) != STANCE_OK)
    status = graver(status, say_error(&err));
  return status;
}

int run_model(const settings *s) {
  const char *action = s->operands ? s->operand[0] : "";
  bool verify = !strcmp(action, "verify");
  if ((!verify && strcmp(action, "show")) || s->operands > 2) {
    say("usage: stance model show|verify [FILE]");
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
    status = show(model, s);
  stance_model_free(model);
  free(path);
  return status;
}
