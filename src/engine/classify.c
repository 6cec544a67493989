/* classify.c: a text is cut into sentences and each is labelled, a block to a thread. */
#include "engine/engine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The document as the caller sees it comes first, so that its address is ours too. */
typedef struct {
  stance_document public;
  char *name;
  st_results *block; /* [blocks] */
  size_t blocks;
  stance_sentence *sentence; /* [n_sentences]: those of all blocks */
} document;

typedef struct {
  const stance_model *m;
  const stance_options *o;
  const st_unit *units;
  size_t n;
  st_results *block;
  struct outcome {
    stance_status status;
    stance_error error;
  } *outcome; /* [blocks] */
} job;

static void label_block(void *ctx, size_t i) {
  const job *j = ctx;
  size_t first = i * ST_BLOCK, n = j->n - first < ST_BLOCK ? j->n - first : ST_BLOCK;
  st_work w = {0};
  j->outcome[i].status =
      st_label_block(j->m, j->o, j->units + first, n, &w, &j->block[i], &j->outcome[i].error);
  st_results_settle(j->m, &j->block[i]);
  st_work_free(&w);
}

/* Units with line, column and code points, counted in one pass over the text. */
static void place(const char *text, const st_sentences *s, st_unit *units) {
  size_t at = 0, cp = 0;
  uint32_t line = 1, column = 1;
  for (size_t i = 0; i < s->n; i++) {
    for (; at < s->items[i].start; at++) {
      unsigned char c = (unsigned char)text[at];
      if ((c & 0xc0) == 0x80) continue;
      cp++;
      if (c == '\n') line++, column = 1;
      else column++;
    }
    units[i] = (st_unit){.text = text,
                         .start = s->items[i].start,
                         .end = s->items[i].end,
                         .index = (uint32_t)i,
                         .flags = s->items[i].flags,
                         .line = line,
                         .column = column,
                         .paragraph = s->items[i].paragraph,
                         .cp_start = cp};
  }
}

static stance_status gather(document *d, stance_error *err) {
  size_t n = 0;
  for (size_t i = 0; i < d->blocks; i++) n += d->block[i].n;
  d->sentence = st_realloc_array(NULL, n, sizeof *d->sentence);
  if (!d->sentence) return st_fail_memory(err, "labelling");
  double sum = 0;
  size_t at = 0, counted = 0;
  for (size_t i = 0; i < d->blocks; i++)
    for (size_t k = 0; k < d->block[i].n; k++) {
      const stance_sentence *s = &d->block[i].sentence[k];
      d->sentence[at++] = *s;
      if (isnan(s->sensationalism)) continue;
      sum += (double)s->sensationalism;
      counted++;
    }
  d->public.sentences = d->sentence;
  d->public.n_sentences = n;
  d->public.sensationalism = counted ? (float)(sum / (double)counted) : NAN;
  return STANCE_OK;
}

static stance_status label_all(document *d, const stance_model *m, const stance_options *o,
                               const st_sentences *sentences, stance_error *err) {
  size_t n = sentences->n;
  st_unit *units = st_realloc_array(NULL, n, sizeof *units);
  d->blocks = (n + ST_BLOCK - 1) / ST_BLOCK;
  d->block = st_calloc(d->blocks, sizeof *d->block);
  struct outcome *outcome = st_calloc(d->blocks, sizeof *outcome);
  stance_status status = units && d->block && outcome ? STANCE_OK : st_fail_memory(err, "labelling");
  if (!d->block) d->blocks = 0;
  if (status == STANCE_OK) {
    place(d->public.text, sentences, units);
    job j = {m, o, units, n, d->block, outcome};
    st_parallel(d->blocks, o->threads, label_block, &j);
    for (size_t i = 0; status == STANCE_OK && i < d->blocks; i++)
      if ((status = outcome[i].status) != STANCE_OK && err) *err = outcome[i].error;
  }
  if (status == STANCE_OK) status = gather(d, err);
  free(units);
  free(outcome);
  return status;
}

/* A text is UTF-8 without NUL, of at most 2 GiB. */
static stance_status check_text(const char *text, size_t len, stance_error *err) {
  if (len > INT32_MAX)
    return st_fail(err, STANCE_ERR_TOO_LARGE, "text of %zu bytes; at most 2 GiB can be read at once", len);
  return st_utf8_check(text, len, err);
}

stance_status stance_classify(const stance_model *m, const stance_options *options, const char *name,
                              const char *text, size_t len, stance_document **out, stance_error *err) {
  *out = NULL;
  ST_TRY(check_text(text, len, err));
  document *d = calloc(1, sizeof *d);
  st_sentences sentences = {0};
  stance_status status = d && (d->name = strdup(name)) ? STANCE_OK : st_fail_memory(err, "labelling");
  if (status == STANCE_OK) {
    d->public.name = d->name;
    d->public.text = text;
    d->public.text_len = len;
    status = st_segment(text, len, &sentences, err);
  }
  if (status == STANCE_OK) status = label_all(d, m, options, &sentences, err);
  st_sentences_free(&sentences);
  if (status == STANCE_OK) *out = &d->public;
  else if (d) stance_document_free(&d->public);
  return status;
}

void stance_document_free(stance_document *public) {
  if (!public) return;
  document *d = (document *)public;
  for (size_t i = 0; i < d->blocks; i++) st_results_free(&d->block[i]);
  free(d->block);
  free(d->sentence);
  free(d->name);
  free(d);
}
