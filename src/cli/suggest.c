/* suggest.c: which sentences of a pool of texts to label next. */
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  const settings *s;
  stance_model *model;
  stance_options options;
  stance_text **text;         /* [n] */
  stance_document **document; /* [n] */
  size_t n, cap;
} pool;

/* Takes over the text. */
static stance_status add_text(pool *p, stance_text *t, stance_error *err) {
  if (p->n == p->cap) {
    size_t cap = p->cap ? 2 * p->cap : 64;
    stance_text **texts = realloc(p->text, cap * sizeof *texts);
    if (texts) p->text = texts;
    stance_document **documents = realloc(p->document, cap * sizeof *documents);
    if (documents) p->document = documents;
    if (!texts || !documents) {
      stance_text_free(t);
      *err = (stance_error){.code = STANCE_ERR_MEMORY, .message = "out of memory"};
      return err->code;
    }
    p->cap = cap;
  }
  p->text[p->n] = t;
  stance_status status = stance_classify_text(p->model, &p->options, t, &p->document[p->n], err);
  if (status == STANCE_OK)
    p->n++;
  else
    stance_text_free(t);
  return status;
}

static int add_path(pool *p, const char *path) {
  stance_error err;
  stance_text *t = NULL;
  stance_text_options o = text_options(p->s);
  if (stance_read_file(path, NULL, &o, &t, &err) != STANCE_OK) return say_error(&err);
  tell_reading(p->s, t);
  return add_text(p, t, &err) == STANCE_OK ? EXIT_DONE : say_error(&err);
}

static int add_articles(pool *p, const char *path, const text_input *head) {
  stance_error err;
  articles_input a;
  if (open_articles(p->s, path, head, &a, &err) != STANCE_OK) return say_error(&err);
  int status = EXIT_DONE;
  for (bool more = true; more;) {
    stance_text *t = NULL;
    if (next_article(&a, &t, &more, &err) != STANCE_OK || (t && add_text(p, t, &err) != STANCE_OK))
      status = graver(status, say_error(&err));
  }
  close_articles(&a);
  return status;
}

static int gather(pool *p, const inputs *in) {
  int status = EXIT_DONE;
  text_input head = {(char *)in->head, in->head_len};
  for (size_t i = 0; i < in->n; i++) {
    const input *file = &in->item[i];
    if (file->kind == INPUT_ROWS) {
      say("%s: a pool is of texts, not of rows; try --input-format txt", file->path);
      status = graver(status, EXIT_USAGE);
    } else
      status = graver(status, file->kind == INPUT_ARTICLES ? add_articles(p, file->path, &head)
                                                           : add_path(p, file->path));
  }
  return status;
}

static void put_text(FILE *out, const char *s, size_t n) {
  for (size_t i = 0; i < n; i++)
    fputc((unsigned char)s[i] < 0x20 || s[i] == 0x7f ? ' ' : s[i], out);
}

static void put_json(FILE *out, const char *s, size_t n) {
  fputc('"', out);
  for (size_t i = 0; i < n; i++) {
    unsigned char c = (unsigned char)s[i];
    if (c == '"' || c == '\\')
      fprintf(out, "\\%c", c);
    else if (c < 0x20)
      fprintf(out, "\\u%04x", c);
    else
      fputc(c, out);
  }
  fputc('"', out);
}

static void put(const pool *p, FILE *out, const stance_suggestion *g, bool json) {
  const stance_document *d = p->document[g->document];
  const stance_sentence *s = &d->sentences[g->sentence];
  const char *label = stance_model_label(p->model, 0, s->best), *text = d->text + s->start;
  if (json) {
    fputs("{\"doc\":", out);
    put_json(out, d->name, strlen(d->name));
    fprintf(out, ",\"id\":\"s%zu\",\"line\":%u,\"text\":", g->sentence + 1, s->line);
    put_json(out, text, s->end - s->start);
    fputs(",\"predicted\":", out);
    put_json(out, label, strlen(label));
    fprintf(out,
            ",\"confidence\":%.4f,\"score\":%.4f,\"uncertainty\":%.4f,\"density\":%.4f,"
            "\"label\":\"\"}\n",
            (double)s->confidence, (double)g->score, (double)g->uncertainty, (double)g->density);
    return;
  }
  fprintf(out, "%.2f  ", (double)g->score);
  put_text(out, d->name, strlen(d->name));
  fprintf(out, ":%u  %s %.2f  ", s->line, label, (double)s->confidence);
  put_text(out, text, s->end - s->start);
  fputc('\n', out);
}

static int write_all(const pool *p, const stance_suggestion *g, size_t n) {
  stance_error err;
  output out;
  char *bytes = NULL;
  size_t len = 0;
  FILE *memory = open_memstream(&bytes, &len);
  bool json = !strcmp(p->s->format, "jsonl");
  for (size_t i = 0; memory && i < n; i++) put(p, memory, &g[i], json);
  if (!memory || fclose(memory) != 0) {
    say("out of memory");
    free(bytes);
    return EXIT_INTERNAL;
  }
  int status = EXIT_DONE;
  if (open_output(p->s->output, &out, &err) != STANCE_OK)
    status = say_error(&err);
  else {
    if (write_output(&out, bytes, len, &err) != STANCE_OK) status = say_error(&err);
    if (close_output(&out, !status, &err) != STANCE_OK) status = graver(status, say_error(&err));
  }
  free(bytes);
  return status;
}

static int suggest(pool *p, const inputs *in) {
  int status = gather(p, in);
  stance_suggestion *g = NULL;
  size_t n = 0;
  stance_error err;
  if (stance_suggest(p->model, (const stance_document *const *)p->document, p->n,
                     (size_t)p->s->count, &g, &n, &err) != STANCE_OK)
    status = graver(status, say_error(&err));
  else
    status = graver(status, write_all(p, g, n));
  stance_free(g);
  for (size_t i = 0; i < p->n; i++) {
    stance_document_free(p->document[i]);
    stance_text_free(p->text[i]);
  }
  free(p->document);
  free(p->text);
  return status;
}

int run_suggest(const settings *s) {
  if (!s->operands && !s->files_from) {
    say("suggest needs a pool of texts: stance suggest articles/*.txt");
    return EXIT_USAGE;
  }
  if (strcmp(s->format, "text") && strcmp(s->format, "jsonl")) {
    say("suggest writes --format text or jsonl");
    return EXIT_USAGE;
  }
  inputs in;
  int status = gather_inputs(s, &in);
  pool p = {.s = s, .model = open_model(s), .options = s->classify};
  if (!p.model)
    status = EXIT_USAGE;
  else if (!s->among ||
           !(status = graver(status, parse_among(p.model, s->among, &p.options.among))))
    status = graver(status, suggest(&p, &in));
  stance_model_free(p.model);
  free_inputs(&in);
  return status;
}
