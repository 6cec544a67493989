/* findings.h: what stance check found, and the formats that say it to pipelines.
 *
 *     findings.c  place, message          line.c    path:line:col, for editors and people
 *     sarif.c     SARIF 2.1.0             github.c  annotations of a GitHub workflow
 *     gitlab.c    GitLab Code Quality     rdjsonl.c reviewdog's diagnostics
 *
 *     src/check ─▶ st_findings ─▶ st_findings_write ─▶ the caller's write function
 */
#ifndef STANCE_FINDINGS_H
#define STANCE_FINDINGS_H

#include "core/core.h"

/* A place in a file, counted in each of the units that somebody expects. Lines and columns from 1.
 */
typedef struct st_place {
  size_t byte, cp; /* from the beginning of the file */
  uint32_t line;
  uint32_t column, column_byte, column_utf16; /* code points, bytes, UTF-16 units */
} st_place;

/* Moves *p from where it is to byte `to` of the text (not before p->byte). */
void st_place_move(st_place *p, const char *text, size_t to);
#define ST_PLACE_START ((st_place){.line = 1, .column = 1, .column_byte = 1, .column_utf16 = 1})

typedef enum st_silence { ST_SPOKEN, ST_IN_SOURCE, ST_EXTERNAL } st_silence;

/* Strings belong to whoever made the finding. */
typedef struct st_finding {
  const char *rule;  /* a label, or "sensational" */
  const char *shown; /* the label in words: "attributed fact" */
  stance_level level;
  const char *path;
  st_place start, end;
  const char *text; /* of the sentence; not terminated */
  size_t text_len;
  const char *detail;   /* "could, devastating consequences; no source" */
  bool whole;           /* of the file as a whole, not of a sentence: detail is the message */
  float score;          /* confidence of the label, or sensationalism; 0..1 */
  float sensationalism; /* NaN: not known */
  uint64_t fp;          /* of the sentence, and which of its kind in the document */
  uint32_t nth;
  size_t sentence; /* number in its document */
  st_silence silence;
  const char *reason; /* why it is silenced */
} st_finding;

typedef struct st_findings {
  const st_finding *items; /* [n], in order of documents and of sentences */
  size_t n;
  const stance_error *failures; /* [n_failures]: inputs that could not be read */
  size_t n_failures;
  const char *const *rules; /* [n_rules]: everything that may be found */
  size_t n_rules;
  const char *columns; /* format line: "chars", "bytes" or "utf16" */
} st_findings;

/* "reads as speculation (0.88): could; no source", without the number where `score` is false. */
void st_finding_message(st_buf *out, const st_finding *f, bool score);
const char *st_level_name(stance_level level); /* "note", "warning", "error" */
/* "9f2c0d4e11aa0b3c:1" */
void st_finding_fingerprint(st_buf *out, const st_finding *f);
/* "stance/speculation" as a JSON string. */
void st_finding_rule_id(st_buf *out, const char *rule);
/* Position of the rule in f->rules. */
size_t st_finding_rule(const st_findings *all, const char *rule);

void st_findings_line(st_buf *out, const st_findings *f);
void st_findings_sarif(st_buf *out, const st_findings *f);
bool st_findings_github(st_buf *out, const st_findings *f); /* false when memory is short */
void st_findings_gitlab(st_buf *out, const st_findings *f);
void st_findings_rdjsonl(st_buf *out, const st_findings *f);

/* Names of the formats, NULL-terminated. */
extern const char *const st_findings_formats[];
stance_status st_findings_write(const st_findings *f, const char *format, stance_write_fn write,
                                void *ctx, stance_error *err);

#endif
