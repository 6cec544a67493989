/* candidate.h: may a sentence end here?
 *
 *     ... the Fed. |   The bank ...
 *         ^word  ^mark ^next         st_candidate describes the place,
 *                                    st_candidate_ends() decides: rules where certain, else the
 *                                    sign of a sum of weights over the features of the place.
 */
#ifndef STANCE_TEXT_CANDIDATE_H
#define STANCE_TEXT_CANDIDATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Kinds of end marks. */
enum {
  ST_MARK_DOT,
  ST_MARK_QUESTION,
  ST_MARK_EXCLAMATION,
  ST_MARK_BOTH,     /* ?! !!? */
  ST_MARK_ELLIPSIS, /* three dots or the character */
  ST_MARK_DOTS4,    /* two, or four and more dots */
  ST_MARK_SPACED3,  /* . . . */
  ST_MARK_SPACED4,
  ST_MARK_KINDS
};

/* What closes after the mark, as bits. */
enum { ST_CLOSE_DOUBLE = 1, ST_CLOSE_SINGLE = 2, ST_CLOSE_BRACKET = 4, ST_CLOSE_OTHER = 8 };

typedef struct st_candidate {
  size_t block, sentence; /* starts of the block and of the sentence so far */
  size_t mark;            /* the first end mark */
  size_t end;             /* after marks and closers */
  size_t next;            /* the next character that is not white space */
  size_t stop;            /* the block's end; next < stop */
  uint8_t kind, closers;  /* ST_MARK_*, ST_CLOSE_* bits */
  bool quoted;            /* after the closers, a double quotation is still open */
  bool bracket;           /* after the closers, a bracket is still open */
  bool newline;           /* a newline stands between end and next */
} st_candidate;

/* The document, as far as decisions need it. */
typedef struct st_document_state {
  const unsigned char *s;
  size_t n;
  int sloppy; /* -1: not yet looked at; 0..4: how often sentences begin in lower case */
} st_document_state;

/* Active features: indexes into st_segment_weights. */
enum { ST_FEATURES = 20 };
typedef struct st_feature_list {
  uint16_t id[ST_FEATURES];
  int n;
} st_feature_list;

/* Whether a sentence ends at c->end. features (may be NULL) receives what the model saw, nothing
 * where a rule decided. */
bool st_candidate_ends(st_document_state *d, const st_candidate *c, st_feature_list *features);

#endif
