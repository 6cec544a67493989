/* stance.h: the public interface of libstance, and all that the command line knows of it.
 *
 * stance reads a text and says of every sentence who answers for it. The engine under it is
 * general: any labelled sentences, any label set, one or more heads (independent label columns).
 *
 * Rules that hold for every function:
 *   - Functions that can fail return a stance_status and fill *err (which may be NULL).
 *   - Nothing prints, exits or aborts; there is no global state; different objects may be used
 *     from different threads, and one stance_model may be shared by any number of threads.
 *   - X_free accepts NULL. Strings returned belong to the object they came from.
 *   - Offsets are half-open; bytes unless the name says `cp` (code points).
 *
 *     stance_model *m = NULL;  stance_document *d = NULL;  stance_error e;
 *     stance_options o;  stance_options_default(&o);
 *     if (stance_model_open("news.stance", &m, &e) == STANCE_OK &&
 *         stance_classify(m, &o, "a.txt", text, len, &d, &e) == STANCE_OK)
 *       for (size_t i = 0; i < d->n_sentences; i++)
 *         puts(stance_model_label(m, 0, d->sentences[i].label));
 *     stance_document_free(d);  stance_model_free(m);
 */
#ifndef STANCE_H
#define STANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define STANCE_VERSION "0.1.0"

#if defined(__GNUC__)
#define STANCE_API __attribute__((visibility("default")))
#else
#define STANCE_API
#endif

/* ---- errors ---- */

/* One code for each cause; the values are part of the interface and never change. */
typedef enum stance_status {
  STANCE_OK = 0,
  STANCE_ERR_USAGE = 1,        /* an option or argument makes no sense */
  STANCE_ERR_MEMORY = 2,       /* out of memory */
  STANCE_ERR_OPEN = 3,         /* a file is missing, unreadable, or a folder */
  STANCE_ERR_READ = 4,         /* reading failed */
  STANCE_ERR_WRITE = 5,        /* writing failed */
  STANCE_ERR_PIPE = 6,         /* the reader of our output went away */
  STANCE_ERR_ENCODING = 7,     /* not UTF-8 */
  STANCE_ERR_BINARY = 8,       /* NUL bytes: not a text */
  STANCE_ERR_FORMAT = 9,       /* a row or a file is not of the format it should be */
  STANCE_ERR_DATA = 10,        /* nothing to learn from: no rows, one label only */
  STANCE_ERR_NOT_A_MODEL = 11, /* no magic number */
  STANCE_ERR_VERSION = 12,     /* a model of another format version */
  STANCE_ERR_TRUNCATED = 13,   /* a model shorter than it says */
  STANCE_ERR_CHECKSUM = 14,    /* a damaged model */
  STANCE_ERR_MODEL = 15,       /* a model whose parts contradict each other */
  STANCE_ERR_TOO_LARGE = 16,   /* beyond a documented limit */
  STANCE_ERR_INTERRUPTED = 17, /* a callback asked to stop */
  STANCE_ERR_INTERNAL = 18     /* a bug of ours */
} stance_status;

typedef struct stance_error {
  stance_status code;
  char file[256];    /* the file concerned, or "" */
  uint64_t line;     /* from 1; 0 = not known */
  uint64_t column;   /* code points of the line, from 1; 0 = not known */
  uint64_t byte;     /* offset in the file, from 0; meaningful where the message says so */
  char message[512]; /* one sentence, lower case, no newline: what, where, what to do */
} stance_error;

/* Receives output. Returns STANCE_OK, or a code that ends the work (fill *err then). */
typedef stance_status (*stance_write_fn)(void *ctx, const void *bytes, size_t n, stance_error *err);

/* Reads up to n bytes into buf; *got = 0 means the end. */
typedef stance_status (*stance_read_fn)(void *ctx, void *buf, size_t n, size_t *got,
                                        stance_error *err);

/* Which of the candidates somebody who mistyped `word` most likely meant; NULL when none is near. */
STANCE_API const char *stance_nearest(const char *word, const char *const *candidates, size_t n);

/* ---- models ---- */

typedef struct stance_model stance_model;

/* Maps and verifies a model file. */
STANCE_API stance_status stance_model_open(const char *path, stance_model **out, stance_error *err);
STANCE_API void stance_model_free(stance_model *model);
/* Writes to a temporary file beside path and renames it. */
STANCE_API stance_status stance_model_save(const stance_model *model, const char *path,
                                           stance_error *err);

STANCE_API size_t stance_model_heads(const stance_model *model);
STANCE_API const char *stance_model_head(const stance_model *model, size_t head);
STANCE_API size_t stance_model_labels(const stance_model *model, size_t head);
/* Labels are in the order of the file; NULL when out of range. */
STANCE_API const char *stance_model_label(const stance_model *model, size_t head, int label);
/* "news 3f9a12c0": the name given in training and a hash of the weights. */
STANCE_API const char *stance_model_name(const stance_model *model);
/* Everything the file says of itself (labels, features, lexicons, data fingerprints, figures) as
 * text or, with json, as one JSON object. */
STANCE_API stance_status stance_model_describe(const stance_model *model, bool json,
                                               stance_write_fn write, void *ctx, stance_error *err);

/* ---- documents of any format ---- */

/* What a block is in its document. Boilerplate (navigation, cookie banners, related links,
 * comments, mail headers) is kept apart, and no sentences are made of it. */
typedef enum stance_part {
  STANCE_BODY = 0,
  STANCE_HEADLINE = 1,
  STANCE_LEAD = 2,
  STANCE_HEADING = 3,
  STANCE_CAPTION = 4,
  STANCE_QUOTE = 5,
  STANCE_LIST = 6,
  STANCE_BYLINE = 7,
  STANCE_BOILERPLATE = 8
} stance_part;
STANCE_API const char *stance_part_name(stance_part part); /* "body", "headline", ... */

typedef struct stance_block {
  size_t start, end; /* bytes of the text */
  stance_part part;
  uint32_t paragraph; /* from 0; the lines of one paragraph share its number */
  const char *why;    /* of boilerplate: "navigation", "comments", ...; else NULL */
} stance_block;

typedef struct stance_text {
  const char *name, *format; /* format: "txt", "md", "html", "docx", "jsonl" */
  const char *encoding;      /* "UTF-8", "windows-1252", ... */
  const char *language;      /* "" where not stated */
  const char *text;          /* UTF-8; white space and more stands between the blocks */
  size_t text_len;
  const char *file; /* the bytes as given (unpacked, of a .gz): what positions count in */
  size_t file_len;
  bool in_file; /* false (Word files, rows, charsets of several bytes): positions count in text */
  const stance_block *blocks; /* in order */
  size_t n_blocks;
  const char *id, *title, *url, *date; /* of an article of JSONL, "" if none */
  const char *remark;  /* guesses worth telling, one line, "" if none: "not valid UTF-8 at byte 12;
                          read as windows-1252 (use --encoding to choose)" */
  uint32_t remark_line; /* 0: none */
  const char *dropped; /* boilerplate by kind: "navigation 12, cookie banner 1"; "" if none */
} stance_text;

typedef struct stance_text_options {
  const char *format;   /* "auto" or NULL: by content, then by name */
  const char *encoding; /* "auto" or NULL, else a name that iconv knows */
  const char *selector; /* CSS selector of the article in a page: tag, .class, #id, [attr=value],
                           descendants, children, lists; NULL: find the article */
} stance_text_options;

/* Reads a document. name is for messages and for guessing the format. bytes are not copied: they
 * must outlive the text. A .gz is unpacked first. Errors: FORMAT, ENCODING, BINARY, TOO_LARGE,
 * USAGE (an unknown format or encoding, a selector that is none), MEMORY. */
STANCE_API stance_status stance_read_text(const char *name, const char *bytes, size_t len,
                                          const stance_text_options *options, stance_text **out,
                                          stance_error *err);
/* The same of a file ("-": standard input), which the text then owns. name: what it is called in
 * messages and guessed by, NULL: its path. */
STANCE_API stance_status stance_read_file(const char *path, const char *name,
                                          const stance_text_options *options, stance_text **out,
                                          stance_error *err);
/* How many bytes of a document that begins so are read at most: what is longer is TOO_LARGE, so that
 * a stream need not be read further. */
STANCE_API size_t stance_read_limit(const char *name, const char *head, size_t n,
                                    const stance_text_options *options);
STANCE_API void stance_text_free(stance_text *text);

/* Where text[start, end) stands in the file: the smallest stretch that holds it. The stretch
 * decodes to the text (charset, entities, escapes undone, white space folded) once the markup
 * inside it is taken out, and is the same bytes where there is nothing to undo. */
typedef struct stance_place {
  size_t start, end;       /* bytes */
  size_t cp_start, cp_end; /* code points */
  uint32_t line, column;   /* of the start, from 1 */
} stance_place;
STANCE_API stance_status stance_text_place(const stance_text *text, size_t start, size_t end,
                                           stance_place *out, stance_error *err);

/* A stream of articles, one JSON object a line: {"id","title","text" (or "raw_text"),"url","date"}.
 * Memory does not grow with the stream; a stream that begins as a .gz is unpacked. */
typedef struct stance_articles stance_articles;
STANCE_API stance_status stance_articles_open(stance_read_fn read, void *ctx, const char *name,
                                              stance_articles **out, stance_error *err);
/* The next article; *out is NULL at the end. FORMAT and ENCODING (with the line) are of this row
 * only: the next call goes on after it. */
STANCE_API stance_status stance_articles_next(stance_articles *a, stance_text **out,
                                              stance_error *err);
STANCE_API void stance_articles_free(stance_articles *a);

/* What rows of JSON that begin with these bytes (perhaps packed as .gz) are: articles have a title,
 * a url, a date, a "raw_text", or a text of several lines; else each row is a sentence. */
typedef enum stance_json_kind {
  STANCE_NOT_JSON = 0,
  STANCE_JSON_SENTENCES = 1,
  STANCE_JSON_ARTICLES = 2
} stance_json_kind;
STANCE_API stance_json_kind stance_json_rows(const char *bytes, size_t n);

/* The n heaviest features of a label (of every label: NULL) for and against it, by name where the model
 * was trained with a dictionary: "label<TAB>weight<TAB>feature", the weight being the feature's for the
 * label less the mean of the others. Errors: USAGE for an unknown label. */
STANCE_API stance_status stance_model_top(const stance_model *model, const char *label, size_t n,
                                          stance_write_fn write, void *ctx, stance_error *err);

/* ---- classifying ---- */

typedef struct stance_options {
  int threads;          /* 0: all cores */
  uint64_t among;       /* bit i: label i of the first head may be chosen; 0: all */
  float min_confidence; /* below it the label is STANCE_UNSURE; 0: never */
  int max_evidence;     /* spans per sentence and head; default 6, 0: none */
} stance_options;

STANCE_API void stance_options_default(stance_options *options);

enum { STANCE_NO_LABEL = -1, STANCE_UNSURE = -2 }; /* an empty row; too close to call */

typedef struct stance_evidence {
  size_t start, end;       /* bytes of the document's text */
  size_t cp_start, cp_end; /* code points of the file as given */
  float weight;            /* contribution to the winning label's log-odds against the other labels'
                              mean: the model's own weights, bias and context left out */
  const char
      *kind; /* the cue class ("modal", "say", ...), "quote", or "word"; owned by the model */
} stance_evidence;

typedef struct stance_sentence {
  size_t start, end;           /* bytes of the document's text */
  size_t file_start, file_end; /* bytes of the file as given, where text and file differ */
  size_t cp_start, cp_end;     /* code points of the file */
  uint32_t line, column;       /* of the start in the file, from 1; column in code points */
  uint32_t paragraph;          /* from 0 */
  stance_part part;
  bool quoted;          /* is quoted speech, or stands inside an open quotation */
  int label;            /* of the first head; STANCE_NO_LABEL, STANCE_UNSURE */
  int best;             /* the most probable label, also where label is STANCE_UNSURE */
  float confidence;     /* probability of best */
  const float *scores;  /* [labels of the first head], sum 1 */
  float sensationalism; /* probability that head "sensational" says 1; NaN without that head */
  size_t source_start, source_end;       /* bytes of the nearest source's name, equal if none */
  size_t source_cp_start, source_cp_end; /* code points of the file */
  const stance_evidence *evidence;       /* largest weight first */
  size_t n_evidence;
  const stance_evidence *loud; /* evidence of sensationalism, largest first */
  size_t n_loud;
  const char *suppressed; /* why stance_check_document() silenced it, the check's; NULL: it did not */
} stance_sentence;

typedef struct stance_document {
  const char *name;   /* as given */
  const char *format; /* "txt", "md", "html", "docx", "jsonl" */
  const char *text;   /* the caller's bytes, not copied: they must outlive the document; of
                         stance_classify_text the text of the stance_text */
  size_t text_len;
  const char *file; /* what positions count in and a checksum is of */
  size_t file_len;
  bool in_file;         /* false: positions count in text, which json and jsonl then include */
  const char *language; /* "" where not stated */
  const stance_sentence *sentences;
  size_t n_sentences;
  float sensationalism; /* mean over the sentences; NaN if none */
} stance_document;

/* Cuts the text into sentences and labels each. Errors: ENCODING and BINARY (with byte and line),
 * TOO_LARGE (over 2 GiB), MEMORY. An empty text gives a document of no sentences. */
STANCE_API stance_status stance_classify(const stance_model *model, const stance_options *options,
                                         const char *name, const char *text, size_t len,
                                         stance_document **out, stance_error *err);
/* The same of a document of any format, boilerplate left out; text must outlive the document. */
STANCE_API stance_status stance_classify_text(const stance_model *model,
                                              const stance_options *options,
                                              const stance_text *text, stance_document **out,
                                              stance_error *err);
STANCE_API void stance_document_free(stance_document *document);

/* ---- reports ---- */

typedef struct stance_report_options {
  const char *format; /* one of stance_report_formats() */
  bool color;         /* SGR sequences (format text) */
  int width;          /* columns to wrap at (format text); 0: do not wrap */
  bool article;       /* format text: the article as it reads, tags in the margin; else a list */
  bool explain;       /* format text: what each word adds, and every label's probability */
} stance_report_options;

/* Names of the formats, NULL-terminated: "text", "json", "jsonl", ... */
STANCE_API const char *const *stance_report_formats(void);
/* A report is begun, takes documents in order, and is ended: json needs the frame. */
STANCE_API stance_status stance_report_begin(const stance_model *model,
                                             const stance_report_options *options,
                                             stance_write_fn write, void *ctx, stance_error *err);
STANCE_API stance_status stance_report_document(const stance_model *model,
                                                const stance_report_options *options,
                                                const stance_document *document, size_t index,
                                                stance_write_fn write, void *ctx,
                                                stance_error *err);
STANCE_API stance_status stance_report_end(const stance_model *model,
                                           const stance_report_options *options, size_t documents,
                                           stance_write_fn write, void *ctx, stance_error *err);

/* ---- checking: what fails a build ---- */

typedef enum stance_level { STANCE_NOTE = 1, STANCE_WARNING = 2, STANCE_ERROR = 3 } stance_level;

typedef struct stance_check_options {
  /* Conditions of which one is enough: [PART:]LABEL, [PART:]LABEL>=0.8 (a sentence of that label and
   * that sure), [PART:]LABEL>20% (the share of a document's sentences), [PART:]sensationalism>=0.7,
   * article:sensationalism>0.3 (the mean), [PART:]sensational. PART: headline, lead, body, heading,
   * caption, quote, list, byline; quoted (speech), own (not quoted). Operators: > >= < <=. */
  const char *const *fail_on;
  size_t n_fail_on;
  const char *only;    /* "speculation,sensational": find these; NULL: all labels but attributed */
  const char *columns; /* of format line: "chars", "bytes", "utf16"; NULL: "chars" */
  bool tell_unused;    /* remark on lines of .stance-ignore that silenced nothing: for a check of
                          everything they were written for */
} stance_check_options;

/* Documents go in one by one, conditions are judged, findings are gathered and written at the end.
 * The model must outlive the check. Errors of _new: USAGE (a condition or label that is none). */
typedef struct stance_check stance_check;
STANCE_API stance_status stance_check_new(const stance_model *model,
                                          const stance_check_options *options, stance_check **out,
                                          stance_error *err);
STANCE_API void stance_check_free(stance_check *check);
/* A unified diff: only sentences it touches count from now on. */
STANCE_API stance_status stance_check_diff(stance_check *check, const char *diff, size_t len,
                                           stance_error *err);
/* The files that the diff leaves in place; NULL past the last. */
STANCE_API const char *stance_check_diff_path(const stance_check *check, size_t i);
/* An earlier report (json or jsonl): what it holds is known and silenced. */
STANCE_API stance_status stance_check_baseline(stance_check *check, const char *bytes, size_t len,
                                               stance_error *err);
/* A .stance-ignore: lines of "FINGERPRINT reason", of "#" remarks. name: for messages. */
STANCE_API stance_status stance_check_ignore(stance_check *check, const char *name,
                                             const char *bytes, size_t len, stance_error *err);
/* Judges a document and sets `suppressed` of its sentences. In Markdown and HTML (by its name's end)
 * it obeys <!-- stance ignore: reason --> (the next block) and <!-- stance off LABEL,...: reason -->
 * up to <!-- stance on -->. */
STANCE_API stance_status stance_check_document(stance_check *check, stance_document *document,
                                               stance_error *err);
/* An input that failed, to be told in formats that can. */
STANCE_API stance_status stance_check_failure(stance_check *check, const stance_error *failure);
/* Conditions met ("a.txt: speculation>20%: 34 % of 47 sentences") and remarks (marks without a
 * reason, marks that silence nothing); NULL past the last. Remarks are complete after the last
 * document. */
STANCE_API const char *stance_check_met(const stance_check *check, size_t i);
STANCE_API const char *stance_check_remark(stance_check *check, size_t i);
/* What was found so far, for programs that show it themselves (editors). */
typedef struct stance_position {
  uint32_t line, column;               /* from 1; column in code points */
  uint32_t column_byte, column_utf16; /* the same column in bytes and UTF-16 units */
} stance_position;
typedef struct stance_finding {
  const char *rule; /* a label, or "sensational" */
  stance_level level;
  size_t sentence; /* of its document; SIZE_MAX: the document as a whole */
  stance_position start, end;
  const char *suppressed; /* why it is silenced; NULL: it is not */
  char fingerprint[32];   /* "fp" of the report */
  char message[400];      /* "reads as speculation (0.88): could; no source" */
} stance_finding;
/* False past the last. Pointers belong to the check. */
STANCE_API bool stance_check_finding(const stance_check *check, size_t i, stance_finding *out);
/* Names of the formats of findings, NULL-terminated: "line", "sarif", ... */
STANCE_API const char *const *stance_check_formats(void);
STANCE_API stance_status stance_check_write(const stance_check *check, const char *format,
                                            stance_write_fn write, void *ctx, stance_error *err);

/* ---- rows in, records out ---- */

typedef struct stance_filter_options {
  const char *input;  /* "lines", "tsv", "jsonl" */
  const char *name;   /* of the input, for messages */
  const char *text;   /* column or key that holds the text; NULL: "text" */
  const char *format; /* "text", "jsonl" or "tsv" */
  bool color;         /* format text */
} stance_filter_options;

/* Labels each row of a stream and writes one record for every row, in input order. Memory is
 * bounded by options->threads, not by the stream. Consecutive rows whose ids share the part before
 * '#' give each other context. A bad row (invalid UTF-8, malformed JSON, no text) yields a record
 * with an "error" and *bad_rows is increased; work goes on. */
STANCE_API stance_status stance_filter(const stance_model *model, const stance_options *options,
                                       const stance_filter_options *filter, stance_read_fn read,
                                       void *read_ctx, stance_write_fn write, void *write_ctx,
                                       uint64_t *bad_rows, stance_error *err);

/* ---- sentences and tokens ---- */

typedef struct stance_span {
  size_t start, end;       /* bytes */
  size_t cp_start, cp_end; /* code points */
} stance_span;

/* Sentences (or, with tokens, word tokens) of a text; *out is freed with stance_free(). */
STANCE_API stance_status stance_segment(const char *text, size_t len, bool tokens,
                                        stance_span **out, size_t *n, stance_error *err);
STANCE_API void stance_free(void *memory);

/* ---- labelled rows ---- */

typedef struct stance_dataset stance_dataset;

typedef struct stance_read_options {
  const char *format;       /* "tsv", "jsonl", "fasttext"; NULL: by name, then by content */
  const char *text_column;  /* NULL: "text" */
  const char *label_column; /* NULL: "stance" and "sensational" where present, else "label" */
  double weight;            /* multiplies the rows' weights; 0: 1 */
} stance_read_options;

STANCE_API stance_status stance_dataset_new(stance_dataset **out, stance_error *err);
/* Appends the rows of a file ("-": standard input). Columns used where present: id (of the form
 * document#index), or else doc with sent or index; weight. JSONL may hold corrections ("type":
 * "correction", with doc and id). A row without text or label is an error with its line. */
STANCE_API stance_status stance_dataset_read(stance_dataset *data, const char *path,
                                             const stance_read_options *options, stance_error *err);
STANCE_API size_t stance_dataset_rows(const stance_dataset *data);
STANCE_API void stance_dataset_free(stance_dataset *data);

/* ---- annotations: the formats of other tools ---- */

/* Labelled sentences with all that their files say of them. Formats: see stance-formats(5). */
typedef struct stance_annotations stance_annotations;

typedef struct stance_convert_options {
  const char *from;         /* NULL: by name, then by content */
  const char *text_column;  /* csv, tsv; NULL: "text" */
  const char *label_column; /* NULL: "label", else "stance" */
  const char *label_map;    /* "1=advocacy,2=...": what numbers stand for that are used as labels */
} stance_convert_options;

/* Receives a file; name is "" where the format has one only. */
typedef stance_status (*stance_file_fn)(void *ctx, const char *name, const void *bytes, size_t n,
                                        stance_error *err);

STANCE_API const char *const *stance_convert_formats(void); /* NULL-terminated */
STANCE_API bool stance_convert_several(const char *format); /* written as several files */
STANCE_API stance_status stance_annotations_new(stance_annotations **out, stance_error *err);
STANCE_API void stance_annotations_free(stance_annotations *annotations);
/* Appends the rows of a file ("-": standard input). */
STANCE_API stance_status stance_annotations_read(stance_annotations *annotations, const char *path,
                                                 const stance_convert_options *options,
                                                 stance_error *err);
STANCE_API size_t stance_annotations_count(const stance_annotations *annotations);
STANCE_API stance_status stance_annotations_write(stance_annotations *annotations, const char *to,
                                                  stance_file_fn write, void *ctx,
                                                  stance_error *err);
/* What was read with reserve or could not be written, a sentence each; NULL past the last. */
STANCE_API const char *stance_annotations_remark(const stance_annotations *annotations, size_t i);

/* ---- agreement ---- */

/* How far annotators agree: each file is one annotator's work. Sentences are brought together by
 * their ids, or where these do not meet, by their text; a later row of an id replaces an earlier one
 * (so a correction counts). Measures: agreement (mean over pairs), Cohen's kappa (mean over pairs),
 * Krippendorff's alpha for names, each with a 95 % interval of 1,000 resamples of the sentences. */
typedef struct stance_agreement stance_agreement;
/* names: what to call the annotators; both arrays are [n], n >= 2. Errors: DATA (nothing in
 * common). */
STANCE_API stance_status stance_agree(const stance_annotations *const *annotations,
                                      const char *const *names, size_t n, stance_agreement **out,
                                      stance_error *err);
STANCE_API void stance_agreement_free(stance_agreement *agreement);
/* NaN where all labels are one. */
STANCE_API double stance_agreement_alpha(const stance_agreement *agreement);
/* A table and the list of differences for people, or one JSON object. */
STANCE_API stance_status stance_agreement_write(const stance_agreement *agreement, bool json,
                                                stance_write_fn write, void *ctx,
                                                stance_error *err);

/* ---- training ---- */

/* Called now and then; return false to stop at the end of the current step. */
typedef struct stance_progress {
  const char *stage; /* "reading", "features", "training stance", "calibrating", ... */
  uint64_t done, total;
  double objective, gradient; /* NaN where they mean nothing */
} stance_progress;
typedef bool (*stance_progress_fn)(void *ctx, const stance_progress *progress);

typedef struct stance_train_options {
  const char *name;         /* stored in the model; NULL: "model" */
  int threads;              /* 0: all cores; the model does not depend on it */
  const char *features;     /* NULL: the default recipe; else see src/features/features.h */
  const char *cues;         /* folder of lexicons (one class a .txt); NULL: no cue features */
  int bits;                 /* 2^bits buckets, 10..24 */
  int min_count;            /* drop features seen in fewer rows */
  const char *loss;         /* "logistic" or "svm" */
  double C;                 /* min over w of |w|^2/2 + C * sum of weighted losses (liblinear's C) */
  const char *class_weight; /* NULL, "balanced", "sqrt" (its square root), or "label=w,..." */
  double nb;                /* smoothing of naive-Bayes feature scales (1 is usual); 0: none */
  double nb_prior;          /* how far the penalty is centred on naive Bayes' weights; 0: not */
  double tolerance;         /* stop when |gradient| <= tolerance * |gradient at 0| */
  int max_iterations;
  int folds;                /* for calibration and --folds figures; 0: no calibration */
  bool isolated;            /* no second pass over neighbouring rows, also where rows form documents */
  const char *vectors;      /* word vectors in word2vec's text format, folded into the weights; NULL: none */
  bool quantize;            /* 8-bit weights */
  bool dictionary;          /* keep which n-grams each bucket stood for, for stance_model_top(); not
                               with max_size */
  size_t max_size;          /* bytes of the model file at most (8-bit weights, light ones dropped); 0: any */
  stance_write_fn figures;  /* receives tables of the held-out folds; NULL: nobody */
  void *figures_ctx;
  stance_progress_fn progress;
  void *progress_ctx;
} stance_train_options;

STANCE_API void stance_train_options_default(stance_train_options *options);
/* *out is in memory, ready to classify with and to save. A warning (such as: it did not converge)
 * is left in warning (of size at least 256) when not NULL. */
STANCE_API stance_status stance_train(const stance_dataset *data,
                                      const stance_train_options *options, stance_model **out,
                                      char *warning, stance_error *err);

/* Learns on from a model: the first old_rows rows of the data are what it had learnt from (0: not at
 * hand), the others are new or corrected. Features, lexicons and labels are the old model's; of the
 * options C, nb, class_weight, tolerance, max_iterations, folds, quantize, max_size, figures and
 * progress count. Figures of both kinds of rows before and after go to options->figures. */
STANCE_API stance_status stance_update(const stance_model *old, const stance_dataset *data,
                                       size_t old_rows, const stance_train_options *options,
                                       stance_model **out, char *warning, stance_error *err);

/* What stance_tune() chose: the members of stance_train_options of the same names. class_weight is
 * a constant or the caller's. */
typedef struct stance_tuning {
  const char *loss, *class_weight;
  char features[200];
  double C, nb, nb_prior;
  double macro_f1, deviation; /* cross-validated: mean over folds, standard deviation */
} stance_tuning;

/* Searches losses, C, naive-Bayes scaling, class weights and n-gram orders by cross-validation over
 * documents, starting from *options (loss, C, nb are searched whatever they say), and tells
 * options->figures what was tried. The choice does not depend on the number of threads. */
STANCE_API stance_status stance_tune(const stance_dataset *data,
                                     const stance_train_options *options, stance_tuning *out,
                                     stance_error *err);
/* Puts the choice into *options, which then points into *tuning. */
STANCE_API void stance_tuning_use(const stance_tuning *tuning, stance_train_options *options);

/* ---- evaluating ---- */

typedef struct stance_evaluation stance_evaluation;

/* Labels every row (documents kept together) and compares. Labels of the data that the model does
 * not know are an error naming them. */
STANCE_API stance_status stance_evaluate(const stance_model *model, const stance_options *options,
                                         const stance_dataset *data, stance_evaluation **out,
                                         stance_error *err);
/* macro-F1 of the head, 0..1. */
STANCE_API double stance_evaluation_macro_f1(const stance_evaluation *evaluation, size_t head);
STANCE_API stance_status stance_evaluation_write(const stance_evaluation *evaluation, bool json,
                                                 stance_write_fn write, void *ctx,
                                                 stance_error *err);
STANCE_API void stance_evaluation_free(stance_evaluation *evaluation);
/* What sets two models apart: labels, features, sizes, the n largest changes of weight and, with data
 * (may be NULL), the share of its rows that get another label. */
STANCE_API stance_status stance_model_diff(const stance_model *a, const stance_model *b,
                                           const stance_dataset *data, size_t n,
                                           stance_write_fn write, void *ctx, stance_error *err);
/* The rows whose label in the first head differs from the given one, as TSV, the surest first: given ->
 * found, confidence, id, evidence, text. Rows below options->min_confidence are left out. *count (may be
 * NULL): how many. */
STANCE_API stance_status stance_mistakes(const stance_model *model, const stance_options *options,
                                         const stance_dataset *data, stance_write_fn write, void *ctx,
                                         size_t *count, stance_error *err);

/* ---- reviewing ---- */

/* Documents, the corrections somebody makes of their labels, and the file that keeps them: JSONL,
 * one object a line, only ever appended to, and on the disk before a call returns. Corrections of
 * an earlier review are found again by the fingerprints of their sentences. */
typedef struct stance_review stance_review;

typedef struct stance_review_options {
  stance_options classify;
  stance_text_options read;
  const char *corrections; /* NULL: "corrections.jsonl" */
} stance_review_options;

typedef struct stance_correction {
  int label;         /* of the first head; STANCE_NO_LABEL: none given (yet) */
  const char *state; /* "confirmed", "changed", "skipped", "noted" */
  const char *reason, *annotator;
  const char *at; /* "2026-11-22T01:36:53Z"; set by the review */
} stance_correction;

/* Errors: those of reading documents; of the file of corrections OPEN, WRITE, FORMAT (a line that
 * is not JSON, with its number), USAGE (another review has it open). model and options must outlive
 * the review. */
STANCE_API stance_status stance_review_open(const stance_model *model,
                                            const stance_review_options *options,
                                            const char *const *paths, size_t n, stance_review **out,
                                            stance_error *err);
STANCE_API size_t stance_review_documents(const stance_review *review);
STANCE_API const stance_document *stance_review_document(const stance_review *review, size_t i);
/* False when there is none. The strings live until the next call with the review. */
STANCE_API bool stance_review_get(const stance_review *review, size_t document, size_t sentence,
                                  stance_correction *out);
/* On the disk when it returns OK. correction NULL: takes back what was said. */
STANCE_API stance_status stance_review_set(stance_review *review, size_t document, size_t sentence,
                                           const stance_correction *correction, stance_error *err);
/* Corrections of these documents whose sentence is gone, as a line each; NULL after the last. */
STANCE_API const char *stance_review_lost(const stance_review *review, size_t i);
/* Serves the page of format html on 127.0.0.1 (port 0: any) from a thread of its own, and reads
 * changed files anew. *url, owned by the review, opens the page once. USAGE: built without it, or
 * libmicrohttpd is missing. */
STANCE_API stance_status stance_review_serve(stance_review *review, int port, const char **url,
                                             stance_error *err);
/* Stops serving, and rewrites the file without what was taken back or said anew. */
STANCE_API stance_status stance_review_close(stance_review *review, stance_error *err);

/* ---- what to label next ---- */

typedef struct stance_suggestion {
  size_t document, sentence;
  float score;       /* uncertainty * density */
  float uncertainty; /* 1 - (probability of the best label - of the second), 0..1 */
  float density;     /* mean similarity to all sentences, as a part of the largest, 0..1 */
} stance_suggestion;

/* The sentences of n labelled documents whose labels would teach most: those the model is unsure
 * of and that are like many others, no two nearly the same. At most `most`, best first; *out is
 * freed with stance_free(). */
STANCE_API stance_status stance_suggest(const stance_model *model,
                                        const stance_document *const *documents, size_t n,
                                        size_t most, stance_suggestion **out, size_t *count,
                                        stance_error *err);

#ifdef __cplusplus
}
#endif

#endif
