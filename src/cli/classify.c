/* classify.c: texts become reports, rows become records. */
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
  output out;
  size_t documents; /* written so far */
} job;

/* Every input must be able to come out in the format asked for, before anything is written. */
static int check_formats(const settings *s, const inputs *in) {
  bool frame = !strcmp(s->format, "json") || !strcmp(s->format, "html"),
       tsv = !strcmp(s->format, "tsv");
  for (size_t i = 0; i < in->n + (s->text != NULL); i++) {
    bool rows = i < in->n && in->item[i].kind == INPUT_ROWS;
    if (rows && frame)
      say("--format %s is for texts; for rows use --format jsonl", s->format);
    else if (!rows && tsv)
      say("--format tsv is for rows (--input-format lines, tsv or jsonl)");
    else
      continue;
    return EXIT_USAGE;
  }
  return EXIT_DONE;
}

int parse_among(const stance_model *model, const char *list, uint64_t *bits) {
  const char *labels[64];
  size_t n = stance_model_labels(model, 0);
  if (n > 64) n = 64;
  for (size_t i = 0; i < n; i++) labels[i] = stance_model_label(model, 0, (int)i);
  for (const char *p = list; *p;) {
    size_t len = strcspn(p, ","), k = 0;
    char word[128];
    snprintf(word, sizeof word, "%.*s", (int)(len < 127 ? len : 127), p);
    while (k < n && strcmp(labels[k], word)) k++;
    if (k == n) {
      const char *near = stance_nearest(word, labels, n);
      char all[512] = "";
      for (size_t i = 0, at = 0; i < n && at < sizeof all; i++)
        at += (size_t)snprintf(all + at, sizeof all - at, "%s%s", i ? ", " : "", labels[i]);
      if (near)
        say("--among: no label '%s' (did you mean '%s'?)", word, near);
      else
        say("--among: no label '%s'; the model has: %s", word, all);
      return EXIT_USAGE;
    }
    *bits |= (uint64_t)1 << k;
    p += len + (p[len] == ',');
  }
  if (!*bits) {
    say("--among needs at least one label");
    return EXIT_USAGE;
  }
  return EXIT_DONE;
}

static int classify_document(job *j, const stance_text *t, bool *stop) {
  stance_error err;
  stance_document *d = NULL;
  tell_reading(j->s, t);
  if (stance_classify_text(j->model, &j->options, t, &d, &err) != STANCE_OK) return say_error(&err);
  stance_status status =
      stance_report_document(j->model, &j->report, d, j->documents++, write_output, &j->out, &err);
  stance_document_free(d);
  if (status == STANCE_OK) return EXIT_DONE;
  *stop = true;
  return say_error(&err);
}

static int classify_bytes(job *j, const char *name, const char *bytes, size_t len,
                          const stance_text_options *o, bool *stop) {
  stance_error err;
  stance_text *t = NULL;
  if (stance_read_text(name, bytes, len, o, &t, &err) != STANCE_OK) return say_error(&err);
  int status = classify_document(j, t, stop);
  stance_text_free(t);
  return status;
}

static int classify_string(job *j, const char *s, bool *stop) {
  static const stance_text_options plain = {.format = "txt", .encoding = "UTF-8"};
  return classify_bytes(j, "text", s, strlen(s), &plain, stop);
}

static int classify_stdin(job *j, const text_input *head, bool *stop) {
  stance_error err;
  text_input in;
  if (read_stdin(j->s, head, &in, &err) != STANCE_OK) return say_error(&err);
  const char *name = j->s->stdin_path ? j->s->stdin_path : "standard input";
  stance_text_options o = text_options(j->s);
  int status = classify_bytes(j, name, in.bytes, in.len, &o, stop);
  free(in.bytes);
  return status;
}

static int classify_path(job *j, const char *path, bool *stop) {
  stance_error err;
  stance_text *t = NULL;
  stance_text_options o = text_options(j->s);
  if (stance_read_file(path, NULL, &o, &t, &err) != STANCE_OK) return say_error(&err);
  int status = classify_document(j, t, stop);
  stance_text_free(t);
  return status;
}

/* A stream of articles, one at a time in memory. A bad row is said, and the next one read. */
static int classify_articles(job *j, const char *path, const text_input *head, bool *stop) {
  stance_error err;
  articles_input a;
  if (open_articles(j->s, path, head, &a, &err) != STANCE_OK) return say_error(&err);
  int status = EXIT_DONE;
  for (bool more = true; more && !*stop;) {
    stance_text *t = NULL;
    if (next_article(&a, &t, &more, &err) != STANCE_OK)
      status = graver(status, say_error(&err));
    else if (t)
      status = graver(status, classify_document(j, t, stop));
    stance_text_free(t);
  }
  close_articles(&a);
  return status;
}

static int classify_rows(job *j, const char *path, const char *format, const text_input *head,
                         bool *stop) {
  stance_error err;
  stream_input in;
  if (open_stream(path, head, &in, &err) != STANCE_OK) return say_error(&err);
  stance_filter_options filter = {.input = format,
                                  .name = in.name,
                                  .text = j->s->text_column,
                                  .format = j->s->format,
                                  .color = j->report.color};
  uint64_t bad = 0;
  stance_status status = stance_filter(j->model, &j->options, &filter, read_stream, &in,
                                       write_output, &j->out, &bad, &err);
  close_stream(&in);
  if (status == STANCE_OK && !bad) return EXIT_DONE;
  if (status == STANCE_OK) {
    say("%s: %llu %s could not be labelled; the output says why", in.name, (unsigned long long)bad,
        bad == 1 ? "row" : "rows");
    return EXIT_IO;
  }
  *stop = status == STANCE_ERR_WRITE || status == STANCE_ERR_PIPE;
  if (!err.file[0] && err.line) snprintf(err.file, sizeof err.file, "%s", in.name);
  return say_error(&err);
}

static int classify_input(job *j, const inputs *all, const input *i, bool *stop) {
  text_input head = {(char *)all->head, all->head_len};
  switch (i->kind) {
  case INPUT_ROWS: return classify_rows(j, i->path, i->rows, &head, stop);
  case INPUT_ARTICLES: return classify_articles(j, i->path, &head, stop);
  default:
    return is_stdin(i->path) ? classify_stdin(j, &head, stop) : classify_path(j, i->path, stop);
  }
}

/* json has a frame around the documents, and text its legend; rows have neither. */
static bool any_document(const settings *s, const inputs *in) {
  for (size_t i = 0; i < in->n; i++)
    if (in->item[i].kind != INPUT_ROWS) return true;
  return s->text != NULL;
}

static int classify_all(job *j, const inputs *in) {
  const settings *s = j->s;
  stance_error err;
  bool frame = any_document(s, in), stop = false;
  int status = EXIT_DONE;
  if (frame && stance_report_begin(j->model, &j->report, write_output, &j->out, &err) != STANCE_OK)
    return say_error(&err);
  if (s->text) status = classify_string(j, s->text, &stop);
  for (size_t i = 0; i < in->n && !stop; i++)
    status = graver(status, classify_input(j, in, &in->item[i], &stop));
  if (frame && !stop &&
      stance_report_end(j->model, &j->report, j->documents, write_output, &j->out, &err) !=
          STANCE_OK)
    status = graver(status, say_error(&err));
  return status;
}

static int with_output(job *j, const inputs *in) {
  stance_error err;
  if (open_output(j->s->output, &j->out, &err) != STANCE_OK) return say_error(&err);
  j->report = (stance_report_options){.format = j->s->format,
                                      .color = use_color(j->s->color, j->out.fd),
                                      .width = terminal_width(j->out.fd),
                                      .article = !strcmp(j->s->view, "article"),
                                      .explain = j->s->explain};
  pid_t child = 0;
  int pager = j->out.path ? -1 : open_pager(j->s, &child), own = j->out.fd;
  if (pager >= 0) j->out.fd = pager;
  int status = classify_all(j, in);
  if (pager >= 0) close_pager(pager, child);
  j->out.fd = own;
  if (close_output(&j->out, status != EXIT_INTERNAL, &err) != STANCE_OK)
    status = graver(status, say_error(&err));
  return status;
}

static int with_model(const settings *s, const inputs *in) {
  int status = check_formats(s, in);
  if (status) return status;
  job j = {.s = s, .model = open_model(s), .options = s->classify};
  if (!j.model) return EXIT_USAGE;
  if (s->among) status = parse_among(j.model, s->among, &j.options.among);
  if (!status) status = with_output(&j, in);
  stance_model_free(j.model);
  return status;
}

int run_classify(const settings *given) {
  settings s = *given;
  if (is_findings_format(s.format)) return run_check(given);
  char *standard_input[] = {"-", NULL};
  if (s.text && (s.operands || s.files_from)) {
    say("--text and files exclude each other");
    return EXIT_USAGE;
  }
  if (s.zero && !s.files_from) {
    say("--null is for --files-from");
    return EXIT_USAGE;
  }
  if (!s.text && !s.operands && !s.files_from) {
    if (isatty(STDIN_FILENO)) {
      help_short();
      return EXIT_USAGE;
    }
    s.operand = standard_input;
    s.operands = 1;
  }
  inputs *in = calloc(1, sizeof *in);
  if (!in) {
    say("out of memory");
    return EXIT_INTERNAL;
  }
  int status = gather_inputs(&s, in);
  status = graver(status, with_model(&s, in));
  free_inputs(in);
  free(in);
  return status;
}
