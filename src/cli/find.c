/* find.c: the model and the lexicons that came with stance. Beside the program or installed,
 * never in the current folder: what a command does must not depend on where it is run. */
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

/* The folder of the running program, into which `rest` is put; NULL when it cannot be known. */
static char *beside_program(const char *rest) {
  char exe[4096];
  ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
  if (n <= 0) return NULL;
  exe[n] = 0;
  char *slash = strrchr(exe, '/');
  if (!slash) return NULL;
  *slash = 0;
  size_t len = strlen(exe) + strlen(rest) + 2;
  char *path = malloc(len);
  if (path) snprintf(path, len, "%s/%s", exe, rest);
  return path;
}

static char *first_of(const char *const *places) {
  for (; *places; places++) {
    char *path = beside_program(*places);
    if (path && access(path, R_OK) == 0) return path;
    free(path);
  }
  return NULL;
}

char *default_model(void) {
  static const char *const places[] = {"models/news.stance", "../share/stance/news.stance", NULL};
  const char *variable = getenv("STANCE_MODEL");
  if (variable && *variable) return strdup(variable);
  char *found = first_of(places);
  if (found) return found;
  char *one = beside_program(places[0]), *two = beside_program(places[1]);
  say("no model: there is neither '%s' nor '%s'; give one with -m or STANCE_MODEL",
      one ? one : places[0], two ? two : places[1]);
  free(one);
  free(two);
  return NULL;
}

char *default_cues(void) {
  static const char *const places[] = {"datasets/cues", "../share/stance/cues", NULL};
  return first_of(places);
}

stance_model *open_model(const settings *s) {
  char *path = s->model ? strdup(s->model) : default_model();
  if (!path) return NULL;
  stance_model *model = NULL;
  stance_error err;
  if (stance_model_open(path, &model, &err) != STANCE_OK)
    say_error(&err);
  else if (s->verbose)
    say("model %s: %s", path, stance_model_name(model));
  free(path);
  return model;
}
