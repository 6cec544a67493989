/* words.h: the closed word lists of the text room: abbreviations by kind, and words that open
 * sentences or go on with them. The tables are made by tools/segment-train.py.
 *
 * A word's key is its lower-case bytes: the first eight packed little-endian, longer words folded
 * by a multiplicative hash. Tables hold 32 bits of it: a word that is not listed is taken for a
 * listed one about once in a million.
 */
#ifndef STANCE_TEXT_WORDS_H
#define STANCE_TEXT_WORDS_H

#include <stddef.h>
#include <stdint.h>

/* Kinds of words before a full stop. */
enum {
  ST_ABBR_NONE,
  ST_ABBR_TITLE,      /* Mr Sen Gen: never ends */
  ST_ABBR_ORG,        /* Inc Corp Co */
  ST_ABBR_MONTH,      /* Jan Feb, Thu */
  ST_ABBR_MONTH_WORD, /* Mar Sun: also words */
  ST_ABBR_STATE,      /* Calif N.Y */
  ST_ABBR_STATE_WORD, /* Mass Ill: also words */
  ST_ABBR_REF,        /* Vol p Fig: before numbers */
  ST_ABBR_REF_WORD,   /* no fig in lower case */
  ST_ABBR_PLACE,      /* Mt Ft */
  ST_ABBR_SAINT,      /* St: saint or street */
  ST_ABBR_STREET,     /* Ave Blvd */
  ST_ABBR_NEVER,      /* vs e.g */
  ST_ABBR_ETC,        /* etc al */
  ST_ABBR_AMPM,
  ST_ABBR_SUFFIX, /* Jr Sr */
  ST_ABBR_DEGREE, /* Ph.D */
  ST_ABBR_UNIT,   /* ft lb */
  ST_ABBR_OTHER,
  ST_ABBR_BRAND, /* Yahoo! */
  ST_ABBR_KINDS
};

/* Kinds of words after a full stop. */
enum {
  ST_NEXT_NONE,
  ST_NEXT_PRON,
  ST_NEXT_I,
  ST_NEXT_DET,
  ST_NEXT_POSS,
  ST_NEXT_CONJ,
  ST_NEXT_ADV,
  ST_NEXT_PREP,
  ST_NEXT_QUANT,
  ST_NEXT_AUX,
  ST_NEXT_MONTH,
  ST_NEXT_ZONE,
  ST_NEXT_ORGWORD,
  ST_NEXT_SAY,
  ST_NEXT_JOB,    /* Chairman, Analyst: a person's name follows */
  ST_NEXT_COMMON, /* seen in lower case in running text */
  ST_NEXT_KINDS
};

/* The entry of a table: kind | ST_WORD_CAPITAL or ST_WORD_LOWER. */
enum { ST_WORD_KIND = 0x3f, ST_WORD_CAPITAL = 0x40, ST_WORD_LOWER = 0x80 };

uint32_t st_word_print(const unsigned char *s, size_t n);

/* ST_ABBR_* of the word s[0, n) before its last full stop, case minded. */
unsigned st_word_abbr(const unsigned char *s, size_t n);

/* ST_NEXT_* of a word, any case. */
unsigned st_word_next(const unsigned char *s, size_t n);

/* The tables: open addressing, a power of two of 32-bit fingerprints of keys; 0 is empty. */
typedef struct st_word_table {
  const uint32_t *prints;
  const uint8_t *kinds;
  uint32_t mask;
} st_word_table;
extern const st_word_table st_abbr_table, st_next_table;

#endif
