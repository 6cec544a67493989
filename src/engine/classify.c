/* classify.c: a text is cut into sentences and each is labelled, a block to a thread. */
#include "engine/engine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "text/reader.h"

/* The document as the caller sees it comes first, so that its address is ours too. */
typedef struct {
  stance_document public;
  stance_text *own;  /* of stance_classify, which reads its text itself */
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
  } * outcome; /* [blocks] */
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

/* Units with their places in the file, counted in one pass over it. */
static void place(const st_text *t, const st_sentences *s, const uint8_t *part, st_unit *units) {
  st_spot at = {0, 0, 1, 1};
  for (size_t i = 0; i < s->n; i++) {
    st_spot_move(t, &at, st_source_start(t, s->items[i].start));
    st_spot end = at;
    size_t upto = st_source_end(t, s->items[i].end);
    if (t->one_byte) st_spot_move(t, &end, upto);
    units[i] = (st_unit){.text = t->public.text,
                         .start = s->items[i].start,
                         .end = s->items[i].end,
                         .index = (uint32_t)i,
                         .flags = s->items[i].flags,
                         .line = at.line,
                         .column = at.column,
                         .paragraph = s->items[i].paragraph,
                         .cp_start = at.cp,
                         .doc = t,
                         .file_start = st_spot_byte(t, &at),
                         .file_end = t->one_byte ? end.cp : upto,
                         .part = part[i]};
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
                               const st_text *t, const st_sentences *sentences, const uint8_t *part,
                               stance_error *err) {
  size_t n = sentences->n;
  st_unit *units = st_realloc_array(NULL, n, sizeof *units);
  d->blocks = (n + ST_BLOCK - 1) / ST_BLOCK;
  d->block = st_calloc(d->blocks, sizeof *d->block);
  struct outcome *outcome = st_calloc(d->blocks, sizeof *outcome);
  stance_status status =
      units && d->block && outcome ? STANCE_OK : st_fail_memory(err, "labelling");
  if (!d->block) d->blocks = 0;
  if (status == STANCE_OK) {
    place(t, sentences, part, units);
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

stance_status stance_classify_text(const stance_model *m, const stance_options *options,
                                   const stance_text *text, stance_document **out,
                                   stance_error *err) {
  *out = NULL;
  const st_text *t = (const st_text *)text;
  document *d = calloc(1, sizeof *d);
  if (!d) return st_fail_memory(err, "labelling");
  d->public = (stance_document){.name = text->name,
                                .format = text->format,
                                .text = text->text,
                                .text_len = text->text_len,
                                .file = text->file,
                                .file_len = text->file_len,
                                .in_file = text->in_file,
                                .language = text->language};
  st_sentences sentences = {0};
  uint8_t *part = NULL;
  stance_status status = st_text_sentences(t, &sentences, &part, err);
  if (status == STANCE_OK) status = label_all(d, m, options, t, &sentences, part, err);
  st_sentences_free(&sentences);
  free(part);
  if (status == STANCE_OK)
    *out = &d->public;
  else
    stance_document_free(&d->public);
  return status;
}

stance_status stance_classify(const stance_model *m, const stance_options *options,
                              const char *name, const char *text, size_t len, stance_document **out,
                              stance_error *err) {
  static const stance_text_options plain = {.format = "txt", .encoding = "UTF-8"};
  stance_text *t = NULL;
  *out = NULL;
  ST_TRY(stance_read_text(name, text, len, &plain, &t, err));
  stance_status status = stance_classify_text(m, options, t, out, err);
  if (status == STANCE_OK)
    ((document *)*out)->own = t;
  else
    stance_text_free(t);
  return status;
}

void stance_document_free(stance_document *public) {
  if (!public) return;
  document *d = (document *)public;
  for (size_t i = 0; i < d->blocks; i++) st_results_free(&d->block[i]);
  free(d->block);
  free(d->sentence);
  stance_text_free(d->own);
  free(d);
}
