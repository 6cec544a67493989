/* check.h: what fails a build: conditions, ignore marks, diffs, baselines.
 *
 *     gate.c      conditions of --fail-on        mark.c   <!-- stance ignore: why -->
 *     diff.c      which bytes a diff touches     known.c  baselines and .stance-ignore
 *     check.c     documents in, findings out     find.c   one document's findings
 *
 *     document ─▶ silenced? touched? ─▶ gates ─▶ st_finding ─▶ src/report/findings.h
 *
 * Offsets here are bytes of the file.
 */
#ifndef STANCE_CHECK_H
#define STANCE_CHECK_H

#include "data/data.h"
#include "report/findings.h"
#include "report/report.h"

/* What may be found besides the labels of the first head. Rules are numbered: the labels, then this
 * one if the model has the head. */
#define ST_SENSATIONAL "sensational"
enum { ST_SENSATIONAL_FROM = 50 }; /* per cent: from here on a sentence is called sensational */

typedef struct st_rules {
  const char **name; /* [n], the model's strings */
  size_t n;          /* at most 64 */
  size_t labels;     /* of them labels of the first head */
} st_rules;

/* The rule of that name in a comma list; the bits are added. False with a USAGE error that lists
 * the rules; `what` begins the message. */
stance_status st_rules_parse(const st_rules *rules, const char *what, const char *list, size_t len,
                             uint64_t *bits, stance_error *err);
bool st_rule_holds(const st_rules *rules, size_t rule, const stance_sentence *s);

/* ---- gate.c ---- */

typedef enum { ST_ANY, ST_QUOTED, ST_OWN, ST_ARTICLE, ST_PART } st_where;
typedef enum { ST_IS, ST_OVER, ST_FROM, ST_UNDER, ST_UPTO } st_compare;

typedef struct st_gate {
  const char *text; /* as given */
  st_where where;
  int part;    /* ST_PART: number of the part */
  size_t rule; /* SIZE_MAX: the sensationalism score itself */
  st_compare compare;
  bool share; /* of the document, in per cent */
  double value;
} st_gate;

stance_status st_gate_parse(const st_rules *rules, const char *text, st_gate *out,
                            stance_error *err);
bool st_gate_compare(const st_gate *g, double value);
/* Whether the sentence is of the gate's kind of place. */
bool st_gate_covers(const st_gate *g, const stance_sentence *s);
/* Whether this sentence alone meets the gate (never for one of shares or of the article). */
bool st_gate_sentence(const st_gate *g, const st_rules *rules, const stance_sentence *s);

/* ---- mark.c ---- */

typedef struct st_mark {
  size_t start, end; /* of the comment */
  uint32_t line;
  enum { ST_MARK_IGNORE, ST_MARK_OFF, ST_MARK_ON } kind;
  uint64_t rules;     /* bits; all for a mark without labels */
  const char *reason; /* in the arena; NULL: none was given, or it is an ON */
  size_t until;       /* OFF: where it ends */
  bool used;
} st_mark;

typedef struct st_marks {
  st_mark *items;
  size_t n, cap;
} st_marks;

/* All marks of a Markdown or HTML file. What is wrong with them goes to remark(ctx, line, text). */
typedef bool (*st_remark_fn)(void *ctx, uint32_t line, const char *text);
stance_status st_marks_read(const st_rules *rules, const char *file, size_t len, st_arena *arena,
                            st_marks *out, st_remark_fn remark, void *ctx, stance_error *err);
bool st_has_marks(const char *format);

/* ---- diff.c ---- */

typedef struct st_touched {
  size_t first, count; /* lines of the new file, from 1; 0 lines: something was taken out before */
  /* Columns (bytes, from 0) of the change where one run of lines replaces another: it begins at
   * `skip` of the first line, and `keep` bytes at the end of the last are as they were. */
  size_t skip, keep;
} st_touched;

typedef struct st_diff_file {
  const char *path;
  st_touched *run;
  size_t n, cap;
} st_diff_file;

typedef struct st_diff {
  st_diff_file *file;
  size_t n, cap;
} st_diff;

stance_status st_diff_parse(const char *diff, size_t len, st_arena *arena, st_diff *out,
                            stance_error *err);
void st_diff_free(st_diff *d);
/* The file of that path, which may be longer or shorter at its front; NULL: not in the diff. */
const st_diff_file *st_diff_find(const st_diff *d, const char *path);
/* The touched bytes of the file: spans[n] in order, to be freed. False when memory is short. */
bool st_diff_spans(const st_diff_file *f, const char *file, size_t len, stance_span **spans,
                   size_t *n);

/* ---- known.c ---- */

typedef struct st_known_sentence {
  uint64_t fp;
  uint32_t nth;       /* 0: all of them */
  const char *path;   /* NULL: any document */
  const char *label;  /* NULL: any */
  const char *reason; /* NULL: from a baseline */
  const char *file;   /* the .stance-ignore it stands in, and its line */
  uint32_t line;
  bool used;
} st_known_sentence;

typedef struct st_known {
  st_known_sentence *items;
  size_t n, cap;
  bool sorted;
} st_known;

stance_status st_known_baseline(st_known *k, const char *bytes, size_t len, st_arena *arena,
                                stance_error *err);
stance_status st_known_ignore(st_known *k, const char *name, const char *bytes, size_t len,
                              st_arena *arena, stance_error *err);
/* The entry that silences the sentence under that rule; NULL: none. */
st_known_sentence *st_known_find(st_known *k, const char *path, const char *rule, uint64_t fp,
                                 uint32_t nth);
/* Without "./" at the front. */
const char *st_plain_path(const char *path);

/* ---- check.c ---- */

struct stance_check {
  const stance_model *model;
  st_rules rules;
  uint64_t only; /* bits of rules */
  st_gate *gate; /* [gates] */
  size_t gates;
  const char *columns;
  st_arena arena;
  st_style style;
  st_diff diff;
  bool has_diff;
  st_known known;
  st_finding *finding;
  size_t findings, findings_cap;
  stance_error *failure;
  size_t failures, failures_cap;
  const char **met, **remark;
  size_t n_met, met_cap, n_remark, remark_cap;
  bool tell_unused;
};

bool st_check_add(stance_check *c, const st_finding *f);
bool st_check_met(stance_check *c, const char *text);
bool st_check_remark(stance_check *c, const char *text);

/* ---- find.c ---- */

stance_status st_find(stance_check *c, stance_document *d, stance_error *err);

#endif
