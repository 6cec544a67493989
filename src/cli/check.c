/* check.c: texts are judged by conditions; findings go to editors, code hosts and pipelines. */
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  const settings *s;
  stance_model *model;
  stance_options options;
  stance_report_options report;
  stance_check *check;
  output out;
  bool findings;    /* the format is written at the end, of all documents */
  size_t documents; /* reported so far */
  char **folder;    /* [folders]: whose .stance-ignore was looked for */
  size_t folders;
} job;

bool is_findings_format(const char *format) {
  const char *const *names = stance_check_formats();
  for (; *names; names++)
    if (!strcmp(format, *names)) return true;
  return false;
}

/* "dir/.stance-ignore" for "dir/story.txt". */
char *ignore_file(const char *path) {
  static const char name[] = ".stance-ignore";
  const char *slash = is_stdin(path) ? NULL : strrchr(path, '/');
  size_t n = slash ? (size_t)(slash - path) + 1 : 0;
  char *file = malloc(n + sizeof name);
  if (!file) return NULL;
  memcpy(file, path, n);
  memcpy(file + n, name, sizeof name);
  return file;
}

static int read_ignore(job *j, const char *path) {
  char *file = ignore_file(path);
  char **grown = file ? realloc(j->folder, (j->folders + 1) * sizeof *grown) : NULL;
  if (!grown) {
    free(file);
    say("out of memory");
    return EXIT_INTERNAL;
  }
  j->folder = grown;
  for (size_t i = j->folders; i-- > 0;) /* neighbours mostly share a folder */
    if (!strcmp(j->folder[i], file)) {
      free(file);
      return EXIT_DONE;
    }
  j->folder[j->folders++] = file;
  if (access(file, F_OK) != 0) return EXIT_DONE;
  stance_error err;
  text_input in;
  if (read_input(file, NULL, &in, &err) != STANCE_OK) return say_error(&err);
  int status = EXIT_DONE;
  if (stance_check_ignore(j->check, file, in.bytes, in.len, &err) != STANCE_OK) {
    say_error(&err);
    status = EXIT_USAGE; /* silenced or not: nobody knows what was meant */
  }
  free(in.bytes);
  return status;
}

/* An input that failed: said, and kept for the formats that tell it. */
static int failed(job *j, const stance_error *err) {
  int status = say_error(err);
  if (stance_check_failure(j->check, err) != STANCE_OK) status = EXIT_INTERNAL;
  return status;
}

static int check_text(job *j, const stance_text *t, bool *stop) {
  stance_error err;
  stance_document *d = NULL;
  tell_reading(j->s, t);
  if (stance_classify_text(j->model, &j->options, t, &d, &err) != STANCE_OK) return failed(j, &err);
  stance_status status = stance_check_document(j->check, d, &err);
  if (status == STANCE_OK && !j->findings) {
    status = stance_report_document(j->model, &j->report, d, j->documents++, write_output, &j->out,
                                    &err);
    *stop = status != STANCE_OK;
  }
  stance_document_free(d);
  return status == STANCE_OK ? EXIT_DONE : say_error(&err);
}

static int check_bytes(job *j, const char *name, const char *bytes, size_t len,
                       const stance_text_options *o, bool *stop) {
  stance_error err;
  stance_text *t = NULL;
  if (stance_read_text(name, bytes, len, o, &t, &err) != STANCE_OK) return failed(j, &err);
  int status = check_text(j, t, stop);
  stance_text_free(t);
  return status;
}

static int check_string(job *j, const char *s, bool *stop) {
  static const stance_text_options plain = {.format = "txt", .encoding = "UTF-8"};
  return check_bytes(j, "text", s, strlen(s), &plain, stop);
}

static int check_file(job *j, const inputs *in, const char *path, bool *stop) {
  const char *name = is_stdin(path) && j->s->stdin_path ? j->s->stdin_path : path;
  int status = read_ignore(j, name);
  if (status) return status;
  stance_error err;
  stance_text_options o = text_options(j->s);
  if (is_stdin(path)) {
    text_input bytes, head = {(char *)in->head, in->head_len};
    if (read_stdin(j->s, &head, &bytes, &err) != STANCE_OK) return failed(j, &err);
    status = check_bytes(j, j->s->stdin_path ? name : "standard input", bytes.bytes, bytes.len, &o,
                         stop);
    free(bytes.bytes);
    return status;
  }
  stance_text *t = NULL;
  if (stance_read_file(path, NULL, &o, &t, &err) != STANCE_OK) return failed(j, &err);
  status = check_text(j, t, stop);
  stance_text_free(t);
  return status;
}

/* Articles of a stream, each a document. */
static int check_articles(job *j, const inputs *in, const char *path, bool *stop) {
  stance_error err;
  articles_input a;
  text_input head = {(char *)in->head, in->head_len};
  if (open_articles(j->s, path, &head, &a, &err) != STANCE_OK) return failed(j, &err);
  int status = EXIT_DONE;
  for (bool more = true; more && !*stop;) {
    stance_text *t = NULL;
    if (next_article(&a, &t, &more, &err) != STANCE_OK)
      status = graver(status, failed(j, &err));
    else if (t)
      status = graver(status, check_text(j, t, stop));
    stance_text_free(t);
  }
  close_articles(&a);
  return status;
}

static int check_all(job *j, const inputs *in) {
  const settings *s = j->s;
  stance_error err;
  bool stop = false;
  int status = EXIT_DONE;
  if (!j->findings &&
      stance_report_begin(j->model, &j->report, write_output, &j->out, &err) != STANCE_OK)
    return say_error(&err);
  if (s->text) status = check_string(j, s->text, &stop);
  for (size_t i = 0; i < in->n && !stop; i++)
    status = graver(status, in->item[i].kind == INPUT_ARTICLES
                                ? check_articles(j, in, in->item[i].path, &stop)
                                : check_file(j, in, in->item[i].path, &stop));
  if (stop) return status;
  stance_status written =
      j->findings
          ? stance_check_write(j->check, s->format, write_output, &j->out, &err)
          : stance_report_end(j->model, &j->report, j->documents, write_output, &j->out, &err);
  return written == STANCE_OK ? status : graver(status, say_error(&err));
}

static int with_output(job *j, const inputs *in) {
  stance_error err;
  if (open_output(j->s->output, &j->out, &err) != STANCE_OK) return say_error(&err);
  j->report = (stance_report_options){.format = j->s->format,
                                      .color = use_color(j->s->color, j->out.fd),
                                      .width = terminal_width(j->out.fd)};
  int status = check_all(j, in);
  if (close_output(&j->out, status != EXIT_INTERNAL, &err) != STANCE_OK)
    status = graver(status, say_error(&err));
  return status;
}

/* --diff and --baseline; both are configuration, so a bad one is wrong usage. */
static int read_side_file(job *j, const char *path, bool diff) {
  stance_error err;
  text_input in;
  if (read_input(path, NULL, &in, &err) != STANCE_OK) {
    say_error(&err);
    return EXIT_USAGE;
  }
  stance_status status = diff ? stance_check_diff(j->check, in.bytes, in.len, &err)
                              : stance_check_baseline(j->check, in.bytes, in.len, &err);
  free(in.bytes);
  if (status == STANCE_OK) return EXIT_DONE;
  snprintf(err.file, sizeof err.file, "%s", is_stdin(path) ? "standard input" : path);
  int code = say_error(&err);
  return code == EXIT_INTERNAL ? code : EXIT_USAGE;
}

/* Without operands a diff says itself what to look at. The list is freed by the caller. */
static char **diff_paths(const job *j, int *n) {
  while (stance_check_diff_path(j->check, (size_t)*n)) ++*n;
  char **paths = calloc((size_t)*n + 1, sizeof *paths);
  for (int i = 0; paths && i < *n; i++)
    paths[i] = (char *)stance_check_diff_path(j->check, (size_t)i); /* only ever read */
  return paths;
}

static void tell(job *j) {
  const char *text;
  if (j->s->quiet) return;
  for (size_t i = 0; (text = stance_check_remark(j->check, i)); i++) say("%s", text);
  for (size_t i = 0; (text = stance_check_met(j->check, i)); i++) say("%s", text);
}

/* Rows have no findings: they are refused before anything is written. */
static int with_inputs(job *j, const settings *s) {
  inputs *in = calloc(1, sizeof *in);
  if (!in) {
    say("out of memory");
    return EXIT_INTERNAL;
  }
  int status = gather_inputs(s, in);
  bool rows = false;
  for (size_t i = 0; i < in->n && !rows; i++) {
    rows = in->item[i].kind == INPUT_ROWS;
    if (rows) say("findings are made of texts, and '%s' has rows", in->item[i].path);
  }
  status = graver(status, rows ? EXIT_USAGE : with_output(j, in));
  free_inputs(in);
  free(in);
  return status;
}

static int judge(job *j, settings *s) {
  char **paths = NULL;
  int status = EXIT_DONE;
  if (s->among) status = parse_among(j->model, s->among, &j->options.among);
  if (!status && s->baseline) status = read_side_file(j, s->baseline, false);
  if (!status && s->diff) status = read_side_file(j, s->diff, true);
  if (status) return status;
  if (s->diff && !s->operands && !s->text && !s->files_from) {
    s->operand = paths = diff_paths(j, &s->operands);
    if (!paths) {
      say("out of memory");
      return EXIT_INTERNAL;
    }
  }
  status = with_inputs(j, s);
  tell(j);
  if (stance_check_met(j->check, 0)) status = graver(status, EXIT_GATE);
  free(paths);
  return status;
}

static int check_usage(const settings *s) {
  int from_stdin = (s->diff && is_stdin(s->diff)) + (s->baseline && is_stdin(s->baseline));
  from_stdin += s->files_from && is_stdin(s->files_from);
  for (int i = 0; i < s->operands; i++) from_stdin += is_stdin(s->operand[i]);
  if (from_stdin > 1)
    say("standard input can be read once only");
  else if (s->text && (s->operands || s->files_from))
    say("--text and files exclude each other");
  else if (!strcmp(s->input_format, "lines") || !strcmp(s->input_format, "tsv"))
    say("findings are made of texts, not of rows (--input-format %s)", s->input_format);
  else if (!strcmp(s->format, "tsv"))
    say("--format tsv is for rows; check writes line, sarif, github, gitlab, rdjsonl, text, json, "
        "jsonl");
  else
    return EXIT_DONE;
  return EXIT_USAGE;
}

int run_check(const settings *given) {
  settings s = *given;
  char *standard_input[] = {"-", NULL};
  int status = check_usage(&s);
  if (status) return status;
  if (!s.text && !s.operands && !s.diff && !s.files_from) {
    if (isatty(STDIN_FILENO)) {
      help_short();
      return EXIT_USAGE;
    }
    s.operand = standard_input;
    s.operands = 1;
  }
  job j = {.s = &s,
           .model = open_model(&s),
           .options = s.classify,
           .findings = is_findings_format(s.format)};
  if (!j.model) return EXIT_USAGE;
  stance_check_options options = {.fail_on = s.fail_on.item,
                                  .n_fail_on = s.fail_on.n,
                                  .only = s.only,
                                  .columns = s.columns,
                                  .tell_unused = s.verbose > 0};
  stance_error err;
  if (stance_check_new(j.model, &options, &j.check, &err) == STANCE_OK)
    status = judge(&j, &s);
  else
    status = say_error(&err);
  stance_check_free(j.check);
  for (size_t i = 0; i < j.folders; i++) free(j.folder[i]);
  free(j.folder);
  stance_model_free(j.model);
  return status;
}
