/* token.h: the tokens that are no plain words: what token.c leaves to word.c. */
#ifndef STANCE_TEXT_TOKEN_H
#define STANCE_TEXT_TOKEN_H

#include "text/text.h"

typedef struct st_reader {
  const unsigned char *s;
  size_t end;
  size_t start;     /* of the token */
  bool single_open; /* a straight single quotation mark is open */
} st_reader;

/* Length of a letter (or mark on one) beyond ASCII at s[i], its kind added to *seen (classes as in
 * chars.h); 0 for all else. */
size_t st_high_letter(const st_reader *r, size_t i, unsigned *seen);

/* Reads the word, number or address at r->start, of which s[r->start, i) are letters already read;
 * returns its end. */
size_t st_read_word(st_reader *r, size_t i, uint8_t *kind, unsigned *seen);

/* Reads the ASCII mark at r->start; returns its end. */
size_t st_read_mark(st_reader *r, bool space_before, uint8_t *kind, unsigned *seen);

/* Reads the character beyond ASCII at r->start, no letter, with what joins it (emoji). */
size_t st_read_symbol(const st_reader *r, uint8_t *kind);

/* ST_CASE_* of s[r->start, end), of which the classes are known. */
uint8_t st_case_flags(const st_reader *r, size_t end, unsigned seen);

#endif
