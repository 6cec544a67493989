/* place.h: the words around a candidate, as rules and model see them. Private to candidate.c. */
#ifndef STANCE_TEXT_PLACE_H
#define STANCE_TEXT_PLACE_H

#include "text/candidate.h"
#include "text/words.h"

/* Kinds of the word before the mark: ST_ABBR_*, then: */
enum {
  W_LOWER = ST_ABBR_KINDS,
  W_CAPITAL,
  W_CAPITALS, /* two or more, all capitals */
  W_MIXED,
  W_NUMBER,
  W_ALNUM,
  W_LETTER,  /* one small letter */
  W_INITIAL, /* one capital */
  W_I,       /* the pronoun, or the initial I. */
  W_ACRONYM, /* U.S */
  W_URL,     /* address, or name with inner dots */
  W_CLOSED,  /* a closing quote or bracket */
  W_SPACE,   /* white space: the mark stands alone */
  W_NOVOWEL, /* Hldgs */
  W_OTHER,
  W_KINDS
};

/* Case of the word after the mark. */
enum {
  N_LOWER,
  N_CAPITAL,
  N_CAPITALS,
  N_INITIAL, /* J. */
  N_SINGLE,  /* one capital: A, I */
  N_DIGIT,
  N_CURRENCY,
  N_CAMEL, /* iPhone */
  N_URL,   /* address, @handle, #tag */
  N_DASH,
  N_BULLET,
  N_MARK, /* , ; : ) and the like */
  N_UNCASED,
  N_OTHER,
  N_CASES
};

enum { O_NONE, O_DOUBLE, O_SINGLE, O_BRACKET, O_KINDS }; /* opens the next word */

enum { A_NONE, A_LOWER, A_CAPITAL, A_DIGIT, A_MARK, A_SAY, A_KINDS }; /* the word after next */

enum { B_NONE, B_LOWER, B_CAPITAL, B_DIGIT, B_MARK, B_INITIAL, B_KINDS }; /* the word before */

enum { ST_REACH = 64 }; /* bytes looked back or ahead at most, so that all is linear */

typedef struct place {
  size_t word, chunk;     /* starts of the word, and of all up to white space */
  int kind, before;       /* W_*, B_* */
  size_t first, last;     /* the next word, after what opens it */
  int ncase, opens, next; /* N_*, O_*, ST_NEXT_* */
  int after;              /* A_* */
} place;

/* Fills in the word before the mark, the next word, and settles what is an abbreviation only in
 * company ("Boston, Mass.", "Sun. 5"). */
void st_look_around(const st_document_state *d, const st_candidate *c, place *p);

/* The word after the next (A_*); A_SAY when a reporting verb ends a run of capitals (Mr. Smith
 * said). */
int st_look_after(const st_document_state *d, const st_candidate *c, const place *p);

/* ST_ABBR_* of the next word. */
unsigned st_next_abbr(const st_document_state *d, const place *p);

#endif
