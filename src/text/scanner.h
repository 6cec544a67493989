/* scanner.h: the state of segment.c's scan, shared with marks.c (end marks and what closes after
 * them) and items.c (lists and credits inside a paragraph). Private to the three.
 */
#ifndef STANCE_TEXT_SCANNER_H
#define STANCE_TEXT_SCANNER_H

#include "text/segment.h"

typedef struct st_scanner {
  const unsigned char *s;
  size_t n;
  st_sentences *out;
  st_document_state doc;
  st_trace_fn trace;
  void *ctx;
  size_t block, stop; /* the block */
  size_t start;       /* of the sentence so far */
  uint32_t paragraph;
  uint32_t item_value, item_style; /* the last mark of an inline list; style 0: none */
  uint32_t depth;                  /* open brackets */
  bool open;                       /* a double quotation is open */
  bool open_at_start;              /* was it where the sentence began? */
  bool item;                       /* the sentence begins with a list mark */
  bool failed;
} st_scanner;

/* ---- marks.c ---- */

/* How many of each end mark stand together. */
typedef struct st_marks {
  unsigned dots, ellipses, questions, exclamations, spaces, wide;
} st_marks;

/* Reads end marks at i (also spaced ones, ". . ."), counting them; returns where they end. */
size_t st_read_marks(const st_scanner *g, size_t i, st_marks *k);
/* ST_MARK_* */
uint8_t st_mark_kind(const st_marks *k);
/* Reads what closes after the marks: quotes, brackets, footnote marks, Markdown's stars. Adds to
 * *closers (ST_CLOSE_*), keeps g->open and g->depth. */
size_t st_read_closers(st_scanner *g, size_t i, uint8_t *closers);

/* ---- items.c ---- */

/* Does a list mark that goes on with the block's list end at s[i], a '.' or ')'? Its start, or 0.
 */
size_t st_inline_mark(const st_scanner *g, size_t i);
/* A colon at i: does the label of a picture's credit end here, after a caption without a stop
 * ("The mill in 1910 Photo: Nora Quill")? The label's start, or 0. */
size_t st_credit_label(const st_scanner *g, size_t i);
/* After a colon at s[i - 1]: does an inline list begin, "the rules: 1. No running"? Returns where
 * to scan on. */
size_t st_list_after_colon(st_scanner *g, size_t i);

#endif
