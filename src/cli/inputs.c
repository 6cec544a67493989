/* inputs.c: which inputs a command reads, and what each is: operands, lists of files, folders. */
#include "cli/cli.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

static bool ends_with(const char *name, const char *end) {
  size_t n = strlen(name), k = strlen(end);
  return n >= k && !strcasecmp(name + n - k, end);
}

/* Length of the name without ".gz". */
static bool has_extension(const char *name, const char *const *list) {
  char bare[512];
  snprintf(bare, sizeof bare, "%s", name);
  if (ends_with(bare, ".gz")) bare[strlen(bare) - 3] = 0;
  for (; *list; list++)
    if (ends_with(bare, *list)) return true;
  return false;
}

static const char *const documents[] = {".txt", ".text", ".md",    ".markdown", ".mkd",
                                        ".htm", ".html", ".xhtml", ".docx",     NULL};
static const char *const json_lines[] = {".jsonl", ".ndjson", NULL};

static int out_of_memory(void) {
  say("out of memory");
  return EXIT_INTERNAL;
}

static int add(inputs *in, const char *path) {
  if (in->n == in->cap) {
    size_t cap = in->cap ? 2 * in->cap : 64;
    input *grown = realloc(in->item, cap * sizeof *grown);
    if (!grown) return out_of_memory();
    in->item = grown;
    in->cap = cap;
  }
  char *copy = strdup(path);
  if (!copy) return out_of_memory();
  in->item[in->n++] = (input){.path = copy, .kind = INPUT_DOCUMENT};
  return EXIT_DONE;
}

/* ---- folders ---- */

static int visible(const struct dirent *d) {
  return d->d_name[0] != '.';
}

static int by_bytes(const struct dirent **a, const struct dirent **b) {
  return strcmp((*a)->d_name, (*b)->d_name);
}

/* All files of the folder that have a name of a format, in the order of their bytes; links to
 * folders are not followed. */
static int walk(inputs *in, const char *folder, int depth, size_t *found) {
  struct dirent **entry = NULL;
  int n = scandir(folder, &entry, visible, by_bytes), status = EXIT_DONE;
  if (n < 0) {
    say("cannot read '%s': %s", folder, strerror(errno));
    return EXIT_IO;
  }
  for (int i = 0; i < n; i++) {
    size_t len = strlen(folder) + strlen(entry[i]->d_name) + 2;
    char *path = malloc(len);
    struct stat link, target;
    if (path) {
      bool slash = folder[strlen(folder) - 1] == '/';
      snprintf(path, len, "%s%s%s", folder, slash ? "" : "/", entry[i]->d_name);
      if (lstat(path, &link) != 0 || stat(path, &target) != 0) {
        /* a link to nothing */
      } else if (S_ISDIR(target.st_mode)) {
        if (S_ISDIR(link.st_mode) && depth < 64)
          status = graver(status, walk(in, path, depth + 1, found));
      } else if (has_extension(path, documents) || has_extension(path, json_lines)) {
        status = graver(status, add(in, path));
        ++*found;
      }
      free(path);
    } else {
      status = out_of_memory();
    }
    free(entry[i]);
  }
  free(entry);
  return status;
}

static int add_operand(inputs *in, const char *path) {
  struct stat sb;
  if (is_stdin(path) || stat(path, &sb) != 0 || !S_ISDIR(sb.st_mode)) return add(in, path);
  size_t found = 0;
  int status = walk(in, path, 0, &found);
  if (found || status) return status;
  say("nothing to read in folder '%s' (files named .txt .md .html .docx .jsonl, or these with .gz)",
      path);
  return EXIT_IO;
}

/* ---- lists of files ---- */

static int add_list(inputs *in, const char *path, bool zero) {
  stance_error err;
  text_input list;
  if (read_input(path, NULL, &list, &err) != STANCE_OK) return say_error(&err);
  int status = EXIT_DONE;
  for (size_t at = 0; at < list.len && status == EXIT_DONE;) {
    const char *end = memchr(list.bytes + at, zero ? 0 : '\n', list.len - at);
    size_t len = end ? (size_t)(end - list.bytes) - at : list.len - at, next = at + len + 1;
    if (!zero && len && list.bytes[at + len - 1] == '\r') len--;
    char *name = strndup(list.bytes + at, len);
    if (!name)
      status = out_of_memory();
    else if (len)
      status = graver(status, add_operand(in, name));
    free(name);
    at = next;
  }
  free(list.bytes);
  return status;
}

/* ---- what each is ---- */

/* The first bytes of an input, to the end of its first line at most. */
static void peek(const char *path, char *head, size_t room, size_t *len) {
  stance_error err;
  stream_input in;
  *len = 0;
  if (open_stream(path, NULL, &in, &err) != STANCE_OK) return;
  for (size_t got = 1; got && *len < room && !memchr(head, '\n', *len); *len += got)
    if (read_stream(&in, head + *len, room - *len, &got, &err) != STANCE_OK) break;
  close_stream(&in);
}

static void find_kind(const settings *s, inputs *in, input *i) {
  const char *name = is_stdin(i->path) ? (s->stdin_path ? s->stdin_path : "") : i->path;
  bool automatic = !strcmp(s->input_format, "auto");
  if (!strcmp(s->input_format, "lines") || !strcmp(s->input_format, "tsv") ||
      (automatic && ends_with(name, ".tsv"))) {
    i->kind = INPUT_ROWS;
    i->rows = automatic ? "tsv" : s->input_format;
    return;
  }
  bool json = !strcmp(s->input_format, "jsonl") || (automatic && has_extension(name, json_lines));
  if (!json && (!automatic || has_extension(name, documents))) return;
  /* By content: rows with a sentence each, articles, or another document. */
  char head[INPUT_HEAD];
  size_t len;
  struct stat sb;
  if (is_stdin(i->path)) {
    if (!in->head_len) peek(i->path, in->head, sizeof in->head, &in->head_len);
    len = in->head_len;
    memcpy(head, in->head, len);
  } else {
    /* What can be read only once is not looked at. */
    bool twice = stat(i->path, &sb) != 0 || S_ISREG(sb.st_mode);
    len = 0;
    if (twice) peek(i->path, head, sizeof head, &len);
  }
  stance_json_kind kind = stance_json_rows(head, len);
  if (!json && kind == STANCE_NOT_JSON) return;
  i->kind = kind == STANCE_JSON_ARTICLES && !s->text_column ? INPUT_ARTICLES : INPUT_ROWS;
  i->rows = "jsonl";
}

int gather_inputs(const settings *s, inputs *in) {
  memset(in, 0, sizeof *in);
  int status = EXIT_DONE;
  for (int i = 0; i < s->operands; i++) status = graver(status, add_operand(in, s->operand[i]));
  if (s->files_from) status = graver(status, add_list(in, s->files_from, s->zero));
  for (size_t i = 0; i < in->n; i++) find_kind(s, in, &in->item[i]);
  return status;
}

void free_inputs(inputs *in) {
  for (size_t i = 0; i < in->n; i++) free(in->item[i].path);
  free(in->item);
  memset(in, 0, sizeof *in);
}

/* ---- reading them ---- */

stance_text_options text_options(const settings *s) {
  bool automatic = !strcmp(s->input_format, "auto");
  return (stance_text_options){.format = automatic ? NULL : s->input_format,
                               .encoding = s->encoding,
                               .selector = s->selector};
}

stance_status read_stdin(const settings *s, const text_input *head, text_input *out,
                         stance_error *err) {
  enum { LOOK = 1 << 16 };
  stance_text_options o = text_options(s);
  const char *name = s->stdin_path ? s->stdin_path : "standard input";
  stream_input in;
  size_t cap = 0, limit = SIZE_MAX;
  bool looked = false;
  *out = (text_input){NULL, 0};
  stance_status status = open_stream("-", head, &in, err);
  for (size_t got = 1; got && status == STANCE_OK && out->len <= limit; out->len += got) {
    if (!looked && out->len >= LOOK) {
      limit = stance_read_limit(name, out->bytes, out->len, &o);
      looked = true;
    }
    if (cap - out->len < LOOK) {
      cap = cap ? 2 * cap : 4 * LOOK;
      char *grown = realloc(out->bytes, cap);
      if (!grown) {
        *err = (stance_error){.code = STANCE_ERR_MEMORY, .message = "out of memory while reading"};
        status = err->code;
        break;
      }
      out->bytes = grown;
    }
    got = 0;
    status = read_stream(&in, out->bytes + out->len, cap - out->len, &got, err);
  }
  if (status == STANCE_OK) return status;
  free(out->bytes);
  *out = (text_input){NULL, 0};
  return status;
}

void tell_reading(const settings *s, const stance_text *t) {
  if (s->quiet) return;
  if (!t->file_len)
    say("%s is empty", t->name);
  else if (t->remark[0] && t->remark_line)
    say("%s:%u: %s", t->name, t->remark_line, t->remark);
  else if (t->remark[0])
    say("%s: %s", t->name, t->remark);
  if (!s->verbose) return;
  say("%s: read as %s, %s%s%s", t->name, t->format, t->encoding,
      t->dropped[0] ? "; left out: " : "", t->dropped);
}

stance_status open_articles(const settings *s, const char *path, const text_input *head,
                            articles_input *a, stance_error *err) {
  a->articles = NULL;
  stance_status status = open_stream(path, head, &a->stream, err);
  if (status != STANCE_OK) return status;
  const char *name = is_stdin(path) && s->stdin_path ? s->stdin_path : a->stream.name;
  status = stance_articles_open(read_stream, &a->stream, name, &a->articles, err);
  if (status != STANCE_OK) close_stream(&a->stream);
  return status;
}

stance_status next_article(articles_input *a, stance_text **out, bool *more, stance_error *err) {
  stance_status status = stance_articles_next(a->articles, out, err);
  *more = status == STANCE_OK ? *out != NULL
                              : status == STANCE_ERR_FORMAT || status == STANCE_ERR_ENCODING;
  return status;
}

void close_articles(articles_input *a) {
  stance_articles_free(a->articles);
  close_stream(&a->stream);
}
