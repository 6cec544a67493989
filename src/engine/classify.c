/* classify.c: a text is cut into sentences and each is labelled, a block to a thread. */
#include "engine/engine.h"

#include <math.h>
#include <stdatomic.h>
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
  size_t n, blocks;
  atomic_size_t next;        /* block nobody has taken yet */
  stance_sentence *sentence; /* [n]: the document's */
  st_results *block;
  struct outcome {
    stance_status status;
    stance_error error;
  } * outcome; /* [blocks] */
} job;

/* The sentences are written where the document has them. */
static void label_block(const job *j, size_t i, st_work *w) {
  size_t first = i * ST_BLOCK, n = j->n - first < ST_BLOCK ? j->n - first : ST_BLOCK;
  st_results *r = &j->block[i];
  r->sentence = j->sentence + first;
  r->cap = n;
  j->outcome[i].status =
      st_label_block(j->m, j->o, j->units + first, n, w, r, &j->outcome[i].error);
  st_results_settle(j->m, r);
  r->sentence = NULL;
  r->cap = 0;
}

/* One thread's share: working memory is made once for all its blocks. */
static void label_blocks(void *ctx, size_t worker) {
  job *j = ctx;
  (void)worker;
  st_work w = {0};
  for (size_t i; (i = atomic_fetch_add(&j->next, 1)) < j->blocks;) label_block(j, i, &w);
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

static void sum_up(document *d, size_t n) {
  double sum = 0;
  size_t counted = 0;
  for (size_t i = 0; i < n; i++) {
    if (isnan(d->sentence[i].sensationalism)) continue;
    sum += (double)d->sentence[i].sensationalism;
    counted++;
  }
  d->public.sentences = d->sentence;
  d->public.n_sentences = n;
  d->public.sensationalism = counted ? (float)(sum / (double)counted) : NAN;
}

static stance_status label_all(document *d, const stance_model *m, const stance_options *o,
                               const st_text *t, const st_sentences *sentences, const uint8_t *part,
                               stance_error *err) {
  size_t n = sentences->n;
  st_unit *units = st_realloc_array(NULL, n, sizeof *units);
  d->blocks = (n + ST_BLOCK - 1) / ST_BLOCK;
  d->block = st_calloc(d->blocks, sizeof *d->block);
  d->sentence = st_realloc_array(NULL, n, sizeof *d->sentence);
  struct outcome *outcome = st_calloc(d->blocks, sizeof *outcome);
  bool room = units && d->block && d->sentence && outcome;
  stance_status status = room ? STANCE_OK : st_fail_memory(err, "labelling");
  if (!d->block) d->blocks = 0;
  if (status == STANCE_OK) {
    place(t, sentences, part, units);
    job j = {.m = m,
             .o = o,
             .units = units,
             .n = n,
             .blocks = d->blocks,
             .sentence = d->sentence,
             .block = d->block,
             .outcome = outcome};
    size_t workers = o->threads > 0 ? (size_t)o->threads : (size_t)st_cores();
    st_parallel(workers < d->blocks ? workers : d->blocks, o->threads, label_blocks, &j);
    for (size_t i = 0; status == STANCE_OK && i < d->blocks; i++)
      if ((status = outcome[i].status) != STANCE_OK && err) *err = outcome[i].error;
  }
  if (status == STANCE_OK) sum_up(d, n);
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
