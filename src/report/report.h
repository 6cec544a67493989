/* report.h: labelled documents, rows and evaluations become bytes.
 *
 *     report.c       the public functions, the table of formats     style.c    labels as shown
 *     text.c         format text: a block a sentence                sha256.c   of the text as given
 *     json.c         formats json and jsonl                         fingerprint.c  of a sentence
 *     record.c       one record a row, for stance_filter            put.h      numbers, unchecked
 *     evaluation.c   tables and JSON of st_scores
 *
 *     stance_document ─▶ st_style + format ─▶ st_buf ─▶ the caller's write function
 *
 * Everything appends to an st_buf; who owns it looks at `failed` once at the end.
 */
#ifndef STANCE_REPORT_H
#define STANCE_REPORT_H

#include "core/core.h"
#include "linear/linear.h"

/* ---- style.c ---- */

/* A label as the formats write it. */
typedef struct st_label_style {
  const char *name;          /* the caller's */
  const char *shown;         /* "attributed fact" for attributed, else the name */
  char tag[5];               /* "ATTR"; else the first four letters in capitals */
  char mark;                 /* '~' speculation, '!' advocacy, else ' ' */
  char *key;                 /* "attributed": in JSON, owned */
  size_t key_len, value_len; /* with the colon, without it */
} st_label_style;

/* Made once for a report or a stream; read-only after that, so threads share it. */
typedef struct st_style {
  size_t labels;
  st_label_style *label; /* [labels], owned */
  const char *model;     /* the model's name, the caller's */
  bool color;
  int width;             /* 0: do not wrap */
  bool article, explain; /* of format text; see stance_report_options */
} st_style;

/* labels and model must outlive the style. False when memory is short. */
bool st_style_init(st_style *s, const char *const *labels, size_t n, const char *model, bool color,
                   int width);
void st_style_free(st_style *s);
/* Style of the first head of a model. */
stance_status st_style_of(st_style *s, const stance_model *model, bool color, int width,
                          stance_error *err);

/* Sentences of the document with that label (or STANCE_UNSURE). */
uint64_t st_count_label(const stance_document *d, int label);

/* ---- record.c: rows ---- */

typedef enum st_record_format { ST_RECORD_TEXT, ST_RECORD_JSONL, ST_RECORD_TSV } st_record_format;

/* False when there is no such format. Names: "text", "jsonl", "tsv". */
bool st_record_format_named(const char *name, st_record_format *out);

typedef struct st_record {
  const char *id, *text; /* valid UTF-8; id may be empty */
  size_t id_len, text_len;
  const stance_sentence *sentence; /* offsets count from text; NULL: an empty row or a bad one */
  const char *error;               /* NULL or "": none */
} st_record;

/* What stands before the first record (TSV: the header). */
void st_record_header(st_buf *out, st_record_format format);
/* One line, with its '\n'. */
void st_record_write(st_buf *out, st_record_format format, const st_style *style,
                     const st_record *r);

/* ---- json.c, text.c: documents ---- */

/* Called with the bytes so far whenever some have gathered; see st_sink_flush. */
typedef struct st_sink {
  st_buf buf;
  stance_write_fn write;
  void *ctx;
  stance_error *err;
} st_sink;

/* Hands on what has gathered if it is more than `keep` bytes. */
stance_status st_sink_flush(st_sink *sink, size_t keep);

stance_status st_json_document(st_sink *sink, const st_style *style, const stance_document *d,
                               bool lines);
stance_status st_text_document(st_sink *sink, const st_style *style, const stance_document *d);
/* The line that spells the tags out, after the last document. */
void st_text_legend(st_buf *out, const st_style *style);

/* The text with its evidence marked, one line however many the text has. Control characters are
 * shown as U+FFFD, so that a text cannot drive the terminal. indent: columns of the lines after the
 * first when style->width wraps. */
void st_text_marked(st_buf *out, const st_style *style, const char *text, const stance_sentence *s,
                    int indent);
/* Text with line ends and tabs as spaces, other control characters as U+FFFD. */
void st_text_plain(st_buf *out, const char *s, size_t n);

/* JSON parts that documents and records share. `text` is what the offsets count from. */
void st_json_string(st_buf *out, const char *s, size_t n); /* s must be valid UTF-8 */
void st_json_label(st_buf *out, const st_style *style, const stance_sentence *s);
void st_json_spans(st_buf *out, const char *text, const stance_evidence *e, size_t n);

/* ---- sha256.c, fingerprint.c ---- */

void st_sha256_hex(const void *bytes, size_t n, char out[65]);

/* XXH3-64 of the sentence case-folded, in NFC, with white space folded to single spaces: the same
 * for a sentence that was only re-wrapped or moved. scratch is overwritten. */
uint64_t st_fingerprint(const char *s, size_t n, st_buf *scratch);

/* How often each fingerprint was seen in a document: open addressing, count 0 = free. */
typedef struct st_occurrences {
  uint64_t *fp;
  uint32_t *count;
  size_t slots;
} st_occurrences;

/* Room for n sentences. False when memory is short; free it all the same. */
bool st_occurrences_init(st_occurrences *o, size_t n);
/* 1 for the first of its kind, 2 for the second, ... */
uint32_t st_occurrence(st_occurrences *o, uint64_t fp);
void st_occurrences_free(st_occurrences *o);

/* ---- evaluation.c ---- */

typedef struct st_evaluation_head {
  const char *name;          /* "stance" */
  const char *const *labels; /* [scores->classes] */
  const st_scores *scores;
  double auc; /* of label 1 for a head of two; NaN: none */
  double min_confidence; /* rows below it are unsure; 0: none is */
  uint64_t sure;         /* rows that are not */
  double sure_accuracy, sure_macro_f1; /* of these */
} st_evaluation_head;

/* Tables for people, or with json one object and a newline. model: its name. */
void st_evaluation_report(st_buf *out, bool json, const char *model,
                          const st_evaluation_head *heads, size_t n);

#endif
