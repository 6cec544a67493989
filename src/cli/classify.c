/* classify.c: texts become reports, rows become records. */
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

typedef struct {
  const settings *s;
  stance_model *model;
  stance_options options;
  stance_report_options report;
  output out;
  size_t documents; /* written so far */
} job;

static bool ends_with(const char *name, const char *end) {
  size_t n = strlen(name), k = strlen(end);
  return n >= k && !strcasecmp(name + n - k, end);
}

/* "txt", "lines", "tsv" or "jsonl". */
static const char *input_format(const settings *s, const char *path) {
  if (strcmp(s->input_format, "auto")) return s->input_format;
  if (ends_with(path, ".tsv")) return "tsv";
  if (ends_with(path, ".jsonl") || ends_with(path, ".ndjson")) return "jsonl";
  return "txt";
}

/* Every input must be able to come out in the format asked for, before anything is written. */
static int check_formats(const settings *s) {
  bool json = !strcmp(s->format, "json"), tsv = !strcmp(s->format, "tsv");
  int inputs = s->text ? 1 : s->operands;
  for (int i = 0; i < inputs; i++) {
    const char *in = s->text ? "txt" : input_format(s, s->operand[i]);
    bool rows = strcmp(in, "txt") != 0;
    if (rows && json)
      say("--format json is for texts; for rows use --format jsonl");
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

static int classify_text(job *j, const char *name, const char *bytes, size_t len, bool *stop) {
  stance_error err;
  stance_document *d = NULL;
  if (!len && !j->s->quiet) say("%s is empty", name);
  if (stance_classify(j->model, &j->options, name, bytes, len, &d, &err) != STANCE_OK) {
    if (!err.file[0] && err.line) snprintf(err.file, sizeof err.file, "%s", name);
    return say_error(&err);
  }
  stance_status status =
      stance_report_document(j->model, &j->report, d, j->documents++, write_output, &j->out, &err);
  stance_document_free(d);
  if (status == STANCE_OK) return EXIT_DONE;
  *stop = true;
  return say_error(&err);
}

static int classify_rows(job *j, const char *path, const char *format, bool *stop) {
  stance_error err;
  stream_input in;
  if (open_stream(path, &in, &err) != STANCE_OK) return say_error(&err);
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

static int classify_file(job *j, const char *path, bool *stop) {
  const char *format = input_format(j->s, path);
  if (strcmp(format, "txt")) return classify_rows(j, path, format, stop);
  stance_error err;
  text_input in;
  if (read_input(path, &in, &err) != STANCE_OK) return say_error(&err);
  int status = classify_text(j, is_stdin(path) ? "standard input" : path, in.bytes, in.len, stop);
  free(in.bytes);
  return status;
}

/* json has a frame around the documents, and text its legend; rows have neither. */
static bool any_text(const settings *s) {
  for (int i = 0; i < s->operands; i++)
    if (!strcmp(input_format(s, s->operand[i]), "txt")) return true;
  return s->text != NULL;
}

static int classify_all(job *j) {
  const settings *s = j->s;
  stance_error err;
  bool frame = any_text(s), stop = false;
  int status = EXIT_DONE;
  if (frame && stance_report_begin(j->model, &j->report, write_output, &j->out, &err) != STANCE_OK)
    return say_error(&err);
  if (s->text) status = classify_text(j, "text", s->text, strlen(s->text), &stop);
  for (int i = 0; i < s->operands && !stop; i++)
    status = graver(status, classify_file(j, s->operand[i], &stop));
  if (frame && !stop &&
      stance_report_end(j->model, &j->report, j->documents, write_output, &j->out, &err) !=
          STANCE_OK)
    status = graver(status, say_error(&err));
  return status;
}

static int with_output(job *j) {
  stance_error err;
  if (open_output(j->s->output, &j->out, &err) != STANCE_OK) return say_error(&err);
  j->report = (stance_report_options){.format = j->s->format,
                                      .color = use_color(j->s->color, j->out.fd),
                                      .width = terminal_width(j->out.fd)};
  int status = classify_all(j);
  if (close_output(&j->out, status != EXIT_INTERNAL, &err) != STANCE_OK)
    status = graver(status, say_error(&err));
  return status;
}

int run_classify(const settings *given) {
  settings s = *given;
  if (is_findings_format(s.format)) return run_check(given);
  char *standard_input[] = {"-", NULL};
  if (s.text && s.operands) {
    say("--text and files exclude each other");
    return EXIT_USAGE;
  }
  if (!s.text && !s.operands) {
    if (isatty(STDIN_FILENO)) {
      help_short();
      return EXIT_USAGE;
    }
    s.operand = standard_input;
    s.operands = 1;
  }
  int status = check_formats(&s);
  if (status) return status;
  job j = {.s = &s, .model = open_model(&s), .options = s.classify};
  if (!j.model) return EXIT_USAGE;
  if (s.among) status = parse_among(j.model, s.among, &j.options.among);
  if (!status) status = with_output(&j);
  stance_model_free(j.model);
  return status;
}
