/* config.c: settings from files: "name = value" lines, the names those of the long options.
 *
 *     built in  <  $XDG_CONFIG_HOME/stance/config  <  stance.conf  <  $STANCE_MODEL  <  options
 *
 * stance.conf is looked for beside the first input and upwards, to the top of its repository. */
#include "cli/cli.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a file must not set: it would act without being asked, or means one run only. */
static const char *const not_in_files[] = {
    "help",       "version",    "config", "print-config", "man", "output", "text",
    "stdin-path", "files-from", "null",   "diff",         "to",  "from",   NULL};
/* Files named in a file lie beside it. */
static const char *const paths[] = {"model", "baseline", "cues", NULL};

static bool among(const char *const *list, const char *name) {
  for (; *list; list++)
    if (!strcmp(*list, name)) return true;
  return false;
}

/* Memory that lives as long as the settings. */
static char *keep(settings *s, char *p) {
  const char **grown = p ? realloc(s->kept.item, (s->kept.n + 1) * sizeof *grown) : NULL;
  if (!grown) {
    free(p);
    say("out of memory");
    return NULL;
  }
  s->kept.item = grown;
  s->kept.item[s->kept.n++] = p;
  return p;
}

static char *joined(const char *folder, size_t n, const char *name) {
  char *p = malloc(n + strlen(name) + 1);
  if (!p) return NULL;
  memcpy(p, folder, n);
  strcpy(p + n, name);
  return p;
}

/* The value as the option wants it: without quotation marks, a path beside the file. */
static char *value_of(settings *s, const option_spec *o, const char *file, char *value) {
  size_t n = strlen(value);
  if (n > 1 && (*value == '"' || *value == '\'') && value[n - 1] == *value) {
    value[n - 1] = 0;
    value++;
  }
  const char *slash = strrchr(file, '/');
  bool beside = among(paths, o->name) && *value != '/' && slash && strcmp(value, "none");
  return keep(s, beside ? joined(file, (size_t)(slash - file) + 1, value) : strdup(value));
}

static int bad_name(const char *file, int line, const char *name) {
  const char *names[128];
  size_t n = 0;
  for (size_t i = 0; i < option_count && n < 128; i++)
    if (!among(not_in_files, option_table[i].name)) names[n++] = option_table[i].name;
  const char *near = stance_nearest(name, names, n);
  if (among(not_in_files, name))
    say("%s:%d: '%s' cannot be set in a file", file, line, name);
  else if (near)
    say("%s:%d: no setting '%s' (did you mean '%s'?)", file, line, name, near);
  else
    say("%s:%d: no setting '%s'; see 'stance help'", file, line, name);
  return EXIT_USAGE;
}

static char *trimmed(char *p) {
  while (*p == ' ' || *p == '\t') p++;
  size_t n = strlen(p);
  while (n && (p[n - 1] == ' ' || p[n - 1] == '\t' || p[n - 1] == '\r')) p[--n] = 0;
  return p;
}

static int set_line(settings *s, const command_spec *command, const char *file, int number,
                    char *line) {
  line = trimmed(line);
  if (!*line || *line == '#') return EXIT_DONE;
  char *equal = strchr(line, '=');
  if (!equal) {
    say("%s:%d: expected NAME = VALUE", file, number);
    return EXIT_USAGE;
  }
  *equal = 0;
  const char *name = trimmed(line);
  const option_spec *o = find_option(name);
  if (!o || among(not_in_files, name)) return bad_name(file, number, name);
  if (!(o->commands & command->bit)) return EXIT_DONE; /* another command's */
  char *value = value_of(s, o, file, trimmed(equal + 1));
  if (!value) return EXIT_INTERNAL;
  bool flag = o->type == OPT_FLAG || o->type == OPT_COUNT || o->type == OPT_SET;
  if (flag && !strcmp(value, "false")) return EXIT_DONE;
  if (flag && strcmp(value, "true")) {
    say("%s:%d: '%s' is true or false, not '%s'", file, number, name, value);
    return EXIT_USAGE;
  }
  const char *before = origin_of(s, o);
  if (o->type == OPT_LIST && before && strncmp(before, file, strlen(file))) forget_list(s, o);
  int status = set_option(s, o, value);
  if (status) {
    say("that stands in %s:%d", file, number);
    return status;
  }
  char *where = malloc(strlen(file) + 16);
  if (where) sprintf(where, "%s:%d", file, number);
  if (!keep(s, where)) return EXIT_INTERNAL;
  set_origin(s, o, where);
  return EXIT_DONE;
}

static int read_config(settings *s, const command_spec *command, const char *file) {
  stance_error err;
  text_input in;
  char *path = keep(s, strdup(file));
  if (!path) return EXIT_INTERNAL;
  if (read_input(path, NULL, &in, &err) != STANCE_OK) {
    say_error(&err);
    return EXIT_USAGE; /* one that is named, or is there and cannot be read */
  }
  if (s->verbose || s->print_config) say("settings from %s", path);
  int status = EXIT_DONE, number = 1;
  char *text = keep(s, joined(in.bytes, in.len, ""));
  free(in.bytes);
  if (!text) return EXIT_INTERNAL;
  for (char *line = text; line && !status; number++) {
    char *end = strchr(line, '\n');
    if (end) *end++ = 0;
    status = set_line(s, command, path, number, line);
    line = end;
  }
  return status;
}

/* stance.conf in the folder of the input, or above it up to the one that holds ".git". NULL: none.
 */
static char *project_config(const char *first) {
  char folder[PATH_MAX], path[PATH_MAX + 16];
  const char *slash = first ? strrchr(first, '/') : NULL;
  char *start = slash ? joined(first, (size_t)(slash - first) + 1, "") : strdup(".");
  bool known = start && realpath(start, folder);
  free(start);
  while (known) {
    const char *base = strcmp(folder, "/") ? folder : "";
    snprintf(path, sizeof path, "%s/stance.conf", base);
    if (access(path, F_OK) == 0) return strdup(path);
    snprintf(path, sizeof path, "%s/.git", base);
    char *up = strrchr(folder, '/');
    if (!*base || access(path, F_OK) == 0 || !up) return NULL;
    up[up == folder] = 0;
  }
  return NULL;
}

static char *user_config(void) {
  const char *home = getenv("XDG_CONFIG_HOME");
  const char *rest = "/stance/config";
  if (!home || *home != '/') {
    home = getenv("HOME");
    rest = "/.config/stance/config";
  }
  char *path = home && *home ? joined(home, strlen(home), rest) : NULL;
  if (path && access(path, F_OK) == 0) return path;
  free(path);
  return NULL;
}

int read_configs(settings *s, const settings *given, const command_spec *command) {
  const char *named = given->config ? given->config : getenv("STANCE_CONFIG");
  s->verbose = given->verbose;
  s->print_config = given->print_config;
  int status = EXIT_DONE;
  if (named && *named) {
    if (strcmp(named, "none")) status = read_config(s, command, named);
  } else {
    const char *first = given->operands && !is_stdin(given->operand[0]) ? given->operand[0] : NULL;
    if (given->stdin_path) first = given->stdin_path;
    char *files[2] = {user_config(), project_config(first)};
    for (int i = 0; i < 2 && !status; i++)
      if (files[i]) status = read_config(s, command, files[i]);
    free(files[0]);
    free(files[1]);
  }
  s->verbose = 0; /* the options are read once more, onto this */
  s->print_config = false;
  const char *variable = getenv("STANCE_MODEL");
  if (!status && variable && *variable && (command->bit & find_option("model")->commands)) {
    s->model = variable;
    set_origin(s, find_option("model"), "STANCE_MODEL");
  }
  return status;
}

/* ---- --print-config ---- */

static void print_value(const option_spec *o, const settings *s) {
  const void *member = (const char *)s + o->offset;
  switch (o->type) {
  case OPT_FLAG: fputs(*(const bool *)member ? "true" : "false", stdout); break;
  case OPT_INT:
  case OPT_COUNT: printf("%d", *(const int *)member); break;
  case OPT_REAL: printf("%g", *(const double *)member); break;
  case OPT_FLOAT: printf("%g", (double)*(const float *)member); break;
  case OPT_SIZE: printf("%zu", *(const size_t *)member); break;
  default: fputs(*(const char *const *)member, stdout);
  }
}

static bool is_given(const option_spec *o, const settings *s) {
  const void *member = (const char *)s + o->offset;
  if (o->type == OPT_INT) return *(const int *)member >= o->min;
  if (o->type == OPT_REAL) return *(const double *)member >= o->min;
  if (o->type == OPT_CHOICE || o->type == OPT_STRING) return *(const char *const *)member != NULL;
  return true;
}

int print_config(const settings *s, const command_spec *command) {
  for (size_t i = 0; i < option_count; i++) {
    const option_spec *o = &option_table[i];
    const char *origin = origin_of(s, o);
    if (!(o->commands & command->bit) || o->type == OPT_SET) continue;
    if (among(not_in_files, o->name) &&
        (!origin || o->type == OPT_FLAG || !strcmp(o->name, "config")))
      continue;
    if (o->type == OPT_LIST) {
      const string_list *list = (const void *)((const char *)s + o->offset);
      for (size_t k = 0; k < list->n; k++)
        printf("%s = %s    # %s\n", o->name, list->item[k], origin ? origin : "built in");
    } else if (is_given(o, s)) {
      printf("%s = ", o->name);
      print_value(o, s);
      printf("    # %s\n", origin ? origin : "built in");
    }
  }
  return EXIT_DONE;
}
