/* text.h: a document's bytes become sentences, and sentences become tokens.
 *
 *     lines.c      what newlines mean: paragraphs, or wrapped lines
 *     segment.c    one pass over each paragraph; marks.c, items.c: end marks, lists inside
 *     place.c      the words around a place where a sentence may end
 *     candidate.c  does it? rules, then the linear model of weights.c
 *     words.c      abbreviations and words that open sentences (words_table.c)
 *     token.c      word tokens; token_parts.c: all that are not plain words
 *     read*.c      documents of every format become blocks: see reader.h
 *     chars.c      classes of bytes and characters      api.c  stance_segment()
 *
 * words_table.c and weights.c are made by tools/segment-train.py (make train-segment).
 *
 * Offsets are bytes of the text given, half-open, always on character boundaries. The text must be
 * well-formed UTF-8 (st_utf8_invalid); at most 2 GiB.
 */
#ifndef STANCE_TEXT_H
#define STANCE_TEXT_H

#include "core/core.h"

/* One sentence. Sentences are in order, do not overlap, have no white space at either end, and
 * together cover everything of the text that is not white space (a byte order mark counts as such).
 */
typedef struct st_sentence {
  uint32_t start, end;
  uint32_t paragraph; /* from 0 */
  uint8_t flags;      /* ST_SENT_* */
} st_sentence;

enum {
  ST_SENT_OPEN_BEFORE = 1, /* begins inside a quotation opened by an earlier sentence */
  ST_SENT_OPEN_AFTER = 2,  /* ends with a quotation still open */
  ST_SENT_LINE = 4,        /* a line of its own without an end mark: heading, caption, by-line */
  ST_SENT_ITEM = 8         /* begins with a list mark */
};

typedef struct st_sentences {
  st_sentence *items; /* [n], owned */
  size_t n, cap;
} st_sentences;

/* Appends the sentences of text to *out. Linear time in len. Errors: MEMORY, TOO_LARGE. */
stance_status st_segment(const char *text, size_t len, st_sentences *out, stance_error *err);
/* The same where paragraphs are known: each span is one, without white space at its ends, and
 * newlines in it only wrap. A sentence's paragraph is the index of its span. */
typedef struct st_span {
  uint32_t start, end;
} st_span;
stance_status st_segment_spans(const char *text, size_t len, const st_span *spans, size_t n,
                               st_sentences *out, stance_error *err);
void st_sentences_free(st_sentences *s);

/* One token: a word, a number, a mark of punctuation. */
typedef struct st_token {
  uint32_t start, end;
  uint8_t kind;  /* ST_TOKEN_* */
  uint8_t flags; /* ST_CASE_* */
} st_token;

enum {
  ST_TOKEN_WORD,
  ST_TOKEN_NUMBER,
  ST_TOKEN_PUNCT,
  ST_TOKEN_OPEN_QUOTE,
  ST_TOKEN_CLOSE_QUOTE,
  ST_TOKEN_URL
};
enum {
  ST_CASE_UPPER_FIRST = 1, /* first letter is a capital */
  ST_CASE_UPPER_ALL = 2,   /* two letters or more, all capitals */
  ST_CASE_NON_ASCII = 4,   /* holds a byte over 0x7f */
  ST_CASE_SPACE_BEFORE = 8 /* white space (or nothing) stands before it */
};

typedef struct st_tokens {
  st_token *items; /* [n], owned */
  size_t n, cap;
} st_tokens;

/* Appends the tokens of text[start, end). A straight double quotation mark is an opening or a
 * closing quote by its neighbours. Linear time. Errors: MEMORY. */
stance_status st_tokenize(const char *text, uint32_t start, uint32_t end, st_tokens *out,
                          stance_error *err);
void st_tokens_free(st_tokens *t);

#endif
