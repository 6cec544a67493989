/* annotations.h: labelled sentences on their way from one tool's format to another's.
 *
 *     annotations.c  read, write, what was lost      offsets.c   code points, UTF-16, whole texts
 *     json_out.c     JSON values as bytes            form_*.c    one file a family of formats
 *
 *     file ─▶ form_X read ─▶ documents + items ─▶ form_Y write ─▶ file(s)
 *
 * Documents and items are JSON objects with the keys of stance's own JSONL (format "stance"), so
 * that what a format knows beyond them rides along as a key of its own:
 *
 *     document  {"doc": name, "text": whole text (where known), ...}
 *     item      {"type": "sentence"|"correction", "doc", "id", "text", "start", "end" (code points
 * of the document), "label", "confidence", ...}; without "label": none was given
 */
#ifndef STANCE_ANNOTATIONS_H
#define STANCE_ANNOTATIONS_H

#include "data/data.h"
#include "data/fields.h"

struct stance_annotations {
  json_t *documents; /* object: name -> document, in order */
  json_t *items;     /* array */
  json_t *remarks;   /* array of strings */
  json_t *lost;      /* object: key -> how many, of the write under way */
};
typedef struct stance_annotations st_annotations;

/* What a reader gets. */
typedef struct st_form_input {
  st_annotations *a;
  const char *path;  /* as given */
  const char *bytes; /* valid UTF-8 */
  size_t len;
  const stance_convert_options *options;
  stance_error *err;
} st_form_input;

/* What a writer gets: where bytes go. name: of the file in formats of several; else "". */
typedef struct st_form_output {
  st_annotations *a;
  stance_file_fn write;
  void *ctx;
  stance_error *err;
} st_form_output;

typedef struct st_form {
  const char *name;
  stance_status (*read)(st_form_input *in); /* NULL: written only */
  stance_status (*write)(st_form_output *out);
  const char *holds; /* "text label id": keys of items that the format has room for; NULL: all */
  bool several;      /* writes several files */
} st_form;

extern const st_form st_forms[];
extern const size_t st_form_count;

stance_status st_native_read(st_form_input *in);
stance_status st_native_write(st_form_output *out);
stance_status st_simple_read(st_form_input *in);
stance_status st_simple_write(st_form_output *out);
stance_status st_spacy_read(st_form_input *in);
stance_status st_spacy_write(st_form_output *out);
stance_status st_doccano_read(st_form_input *in);
stance_status st_doccano_write(st_form_output *out);
stance_status st_doccano_write_spans(st_form_output *out);
stance_status st_prodigy_read(st_form_input *in);
stance_status st_prodigy_write(st_form_output *out);
stance_status st_prodigy_write_spans(st_form_output *out);
stance_status st_label_studio_read(st_form_input *in);
stance_status st_label_studio_write(st_form_output *out);
stance_status st_label_studio_write_spans(st_form_output *out);
stance_status st_csv_read(st_form_input *in);
stance_status st_csv_write(st_form_output *out);
stance_status st_tsv_read(st_form_input *in);
stance_status st_tsv_write(st_form_output *out);
stance_status st_fasttext_read(st_form_input *in);
stance_status st_fasttext_write(st_form_output *out);
stance_status st_conll_read(st_form_input *in);
stance_status st_conll_write(st_form_output *out);
stance_status st_brat_read(st_form_input *in);
stance_status st_brat_write(st_form_output *out);
stance_status st_cas_read(st_form_input *in);
stance_status st_cas_write(st_form_output *out);

/* ---- annotations.c: what readers and writers share ---- */

/* Out of memory; what every failed JSON call comes to. */
stance_status st_form_memory(stance_error *err);
/* A row of the input that is not as it should be. line: from 1, 0 = not known. */
stance_status st_form_fail(st_form_input *in, uint64_t line, const char *fmt, ...) ST_PRINTF(3, 4);
/* Adds a document (takes the reference; NULL fails) whose "doc" is made unique. Its name, or NULL
 * when memory is short. */
const char *st_add_document(st_annotations *a, const char *name, json_t *document);
/* Adds an item (takes the reference; NULL fails). */
bool st_add_item(st_annotations *a, json_t *item);
/* A new item of the text; NULL when memory is short. label may be NULL. */
json_t *st_new_item(const char *text, size_t len, const char *label);
/* The document's stretch of code points as an item; NULL with an error when it has none such. */
json_t *st_span_item(st_form_input *in, uint64_t line, const char *doc, const char *text,
                     size_t len, long long start, long long end, const char *label);
/* Sets key to value (takes the reference). */
bool st_set(json_t *object, const char *key, json_t *value);
/* Copies the keys of `from` that are not in `except` (words) and not yet in `to`; the keys of an
 * object "meta" are taken out of it. */
bool st_copy_rest(json_t *to, const json_t *from, const char *except);
/* The keys of the item that are not in `except`, as an object; NULL where there are none or memory
 * is short (*ok says which). */
json_t *st_rest(const json_t *item, const char *except, bool *ok);
bool st_is_word_of(const char *words, const char *key);
const char *st_string(const json_t *object, const char *key); /* NULL: absent or no string */
/* Each JSON object of JSON lines. */
typedef stance_status (*st_row_fn)(st_form_input *in, json_t *row, uint64_t line);
stance_status st_each_row(st_form_input *in, st_row_fn fn);
/* A label that may be a number to be looked up in options->label_map ("1=advocacy,..."); NULL with
 * an error when it is neither. scratch: of 256 bytes. */
const char *st_label_of(st_form_input *in, const json_t *value, uint64_t line, char *scratch);
/* Remarks are one sentence each. False when memory is short. */
bool st_form_remark(st_annotations *a, const char *fmt, ...) ST_PRINTF(2, 3);
/* One more item whose `key` the format cannot hold. */
bool st_lose(st_annotations *a, const char *key);
/* Whether the item has a label and was not rejected; others are counted as lost. */
bool st_has_label(st_form_output *out, const json_t *item);
/* Hands the buffer on as one file and frees it. */
stance_status st_form_put(st_form_output *out, const char *name, st_buf *buf);
/* The number that the text is, to the last digit; NULL when it is none. */
json_t *st_exact_number(const char *s, size_t len);
/* All labels that items have, in order of first appearance: an array, or NULL. */
json_t *st_labels_of(const st_annotations *a);

/* ---- json_out.c ---- */

/* The value in one line: keys in their order, numbers as short as they read back the same. */
void st_json_write(st_buf *out, const json_t *value);

/* ---- offsets.c ---- */

/* Byte of the code point; SIZE_MAX beyond the end. */
size_t st_byte_of_cp(const char *text, size_t len, size_t cp);
size_t st_count_cp(const char *text, size_t len);
size_t st_count_utf16(const char *text, size_t len);
/* Code point of a UTF-16 offset; SIZE_MAX beyond the end or inside a pair. */
size_t st_cp_of_utf16(const char *text, size_t len, size_t unit);

/* An article put together for formats that mark stretches of it. */
typedef struct st_whole {
  const char *name; /* of the document */
  st_buf text;
  json_t **item; /* [n] borrowed, in order */
  size_t *start; /* [n] code points of text */
  size_t *end;
  size_t n;
} st_whole;

/* All documents with their items. Where the whole text is not known it is made of the sentences:
 * at their offsets, with white space between, or where there are no offsets a line each. wholes[n]
 * is freed with st_wholes_free. lines: the text gets "\n" only at the ends of lines (brat counts
 * "\r\n" as one character): each "\r" becomes a space. */
stance_status st_wholes(st_form_output *out, bool lines, st_whole **wholes, size_t *n);
void st_wholes_free(st_whole *wholes, size_t n);

#endif
