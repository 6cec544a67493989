/* features.h: sentences become hashed, binary features, and every feature keeps its span.
 *
 *     lexicon.c   the cue lexicons: words and phrases, one class a file
 *     words.c     tokens become word hashes, cue classes and skeleton symbols
 *     scope.c     who speaks where: quotations, what a source reports, what kind of source it is
 *     extract.c   words, classes and scope become features
 *     recipe.c    which namespaces are on: parsing and printing "word=1-2,skeleton=4,..."
 *
 * A feature is a 64-bit hash, reduced to a bucket by its top `bits` bits. Hashes are XXH3 of the
 * lower-cased word, mixed incrementally for n-grams; no string is ever built.
 */
#ifndef STANCE_FEATURES_H
#define STANCE_FEATURES_H

#include "core/core.h"
#include "text/text.h"

/* ---- recipe.c ---- */

enum { ST_MIN_BITS = 10, ST_MAX_BITS = 24 };

/* The namespaces and their settings, stored in the model byte for byte; 0 switches one off. */
typedef struct st_recipe {
  uint8_t bits;                   /* 2^bits buckets */
  uint8_t word_min, word_max;     /* word n-grams */
  uint8_t char_min, char_max;     /* character n-grams inside words */
  uint8_t position;               /* so many first and last words, with their place */
  uint8_t shape;                  /* length, quotation marks, capitals, end mark */
  uint8_t skeleton;               /* longest n-gram of cue classes */
  uint8_t pairs;                  /* cue classes that occur together */
  uint8_t scope;                  /* cues and words by who speaks, kind and place of the source */
  uint8_t context;                /* open quotation, place in the document */
  uint8_t syntax_min, syntax_max; /* n-grams of short words, cue classes and endings */
  uint8_t reserved[3];
} st_recipe;

/* The default recipe; without lexicons (cues = false) the namespaces that need them are off. */
void st_recipe_default(st_recipe *r, bool cues);

/* Changes *r by a list such as
 * "word=1-2,char=3-5,shape,skeleton=4,syntax=3-3,pairs,scope,context,position"; a list that begins
 * with a sign ("-char,+scope") changes the present one. Errors: USAGE. */
stance_status st_recipe_parse(st_recipe *r, const char *text, stance_error *err);
void st_recipe_print(const st_recipe *r, st_buf *out);
/* False when a value is out of range (a damaged or foreign model). */
bool st_recipe_valid(const st_recipe *r);

/* ---- lexicon.c ---- */

enum { ST_MAX_CLASSES = 64, ST_MAX_PHRASE = 8 };

typedef struct st_lexicon st_lexicon;

/* Reads every *.txt of a folder, in bytewise order of names: the class is the file's name. A line
 * holds the forms of one entry, separated by commas; # begins a comment. */
stance_status st_lexicon_read(const char *folder, st_lexicon **out, stance_error *err);
/* The same from the text form that st_lexicon_text() gives (as stored in a model). */
stance_status st_lexicon_parse(const char *text, size_t n, st_lexicon **out, stance_error *err);
/* All classes and forms: "[class]\nform\nform\n...". Owned by the lexicon. */
const char *st_lexicon_text(const st_lexicon *lex, size_t *n);
size_t st_lexicon_classes(const st_lexicon *lex);
const char *st_lexicon_class(const st_lexicon *lex, size_t i);
/* Index of a class, or -1. */
int st_lexicon_find_class(const st_lexicon *lex, const char *name);
void st_lexicon_free(st_lexicon *lex);

/* The classes that scope.c knows by name, as masks of class bits; 0 where the lexicon has no such
 * file. */
typedef struct st_roles {
  uint64_t say, speech_act, think, find, attribution;     /* who reports, and how */
  uint64_t crowd, person, body, document, pronoun, first; /* kinds of source */
  uint64_t report;                                        /* say | speech_act | think | find */
} st_roles;
const st_roles *st_lexicon_roles(const st_lexicon *lex);

/* What the lexicon says of a word, or of a phrase by its mixed hash. NULL: nothing. */
typedef struct st_entry {
  uint64_t key;     /* 0: empty slot */
  uint64_t classes; /* as bits; 0 for a mere beginning of a phrase */
  uint8_t symbol;   /* class index of the skeleton's symbol */
  uint8_t begins;   /* a phrase goes on from here */
} st_entry;
const st_entry *st_lexicon_find(const st_lexicon *lex, uint64_t hash);
/* Asks the memory for the entry that will be looked up soon. */
void st_lexicon_prefetch(const st_lexicon *lex, uint64_t hash);

/* ---- words.c ---- */

/* Mixing of hashes, for phrases and n-grams alike. */
static inline uint64_t st_mix(uint64_t h, uint64_t next) {
  h = (h ^ next) * 0x9e3779b97f4a7c15u; /* 2^64 / golden ratio (Knuth, TAOCP 3, 6.4) */
  return h ^ (h >> 29);
}

/* Key of a phrase from that of its beginning and the hash of its next word. The 1 keeps apart
 * phrases of one word twice ("more more"), whose plain mix would be 0, the key of an empty slot. */
static inline uint64_t st_phrase_key(uint64_t beginning, uint64_t next) {
  return st_mix(beginning + 1, next);
}

/* Hash of a word as the features see it: lower case, digits as 0, straight quotes. */
uint64_t st_word_hash(const char *word, size_t n);

/* What the features know of one token. */
typedef struct st_word {
  uint64_t hash;
  uint64_t classes; /* cue classes as bits; those of a phrase stand on its first word */
  uint32_t start, end;
  uint8_t phrase; /* words of the longest cue phrase that begins here, at least 1 */
  uint8_t inside; /* stands inside a phrase that began earlier */
  uint8_t kind;   /* ST_TOKEN_* */
  uint8_t flags;  /* ST_CASE_* */
  uint8_t zone;   /* ST_ZONE_*, set by scope.c */
  uint8_t symbol; /* of the skeleton: a class index or ST_SYM_* */
} st_word;

enum { ST_ZONE_FREE, ST_ZONE_REPORT, ST_ZONE_SOURCE, ST_ZONE_QUOTE, ST_ZONES };
enum {
  ST_SYM_NONE = 255,
  ST_SYM_NAME = 254,
  ST_SYM_OPEN = 253,
  ST_SYM_CLOSE = 252,
  ST_SYM_COMMA = 251,
  ST_SYM_NUMBER = 250,
  ST_SYM_STOP = 249,
  ST_SYM_COLON = 248,
  ST_SYM_QUERY = 247,
  ST_SYM_BANG = 246,
  ST_SYM_SELF = 245 /* the word stands for itself */
};

/* Words of a sentence; reused from sentence to sentence. Zero-initialise. */
typedef struct st_words {
  st_word *items; /* [n], owned */
  size_t n, cap;
} st_words;

/* lex may be NULL: no classes then. */
stance_status st_words_make(const st_lexicon *lex, const char *text, const st_token *tokens,
                            size_t n, st_words *out, stance_error *err);
void st_words_free(st_words *w);

/* ---- scope.c ---- */

/* Kinds of source. */
enum {
  ST_SOURCE_NONE,
  ST_SOURCE_CROWD,
  ST_SOURCE_PRONOUN,
  ST_SOURCE_DOCUMENT,
  ST_SOURCE_BODY,
  ST_SOURCE_ROLE,
  ST_SOURCE_NAME,
  ST_SOURCE_FIRST, /* the author: I, we */
  ST_SOURCES
};

typedef struct st_scope {
  uint8_t source; /* ST_SOURCE_* of the main report */
  uint8_t place;  /* of the report: 0 none, 1 before its content, 2 after it, 3 inside it */
  uint8_t report; /* class index + 1 of the reporting word, 0 none */
  uint8_t quoted; /* eighths of the words that stand inside quotation marks */
  bool open_before, open_after;       /* a quotation is open at either end */
  uint32_t source_first, source_last; /* words of the source, half-open; equal when none */
  uint32_t verb;                      /* the reporting word, when report > 0 */
} st_scope;

/* Sets the zone of every word and describes the report. open_before: the sentence begins inside a
 * quotation opened by an earlier one. */
void st_scope_find(const st_lexicon *lex, st_words *words, bool open_before, st_scope *out);

/* ---- extract.c ---- */

/* Whether a sentence begins inside a quotation that an earlier one opened. */
enum { ST_QUOTATION_NONE, ST_QUOTATION_SURE, ST_QUOTATION_UNSURE };

/* What is known of a sentence besides its words. */
typedef struct st_context {
  uint8_t quotation; /* whether it begins inside a quotation: ST_QUOTATION_* */
  uint8_t flags;    /* ST_SENT_LINE, ST_SENT_ITEM */
  uint32_t index;   /* place in the document, from 0 */
} st_context;

/* Where a feature comes from: its first and last word. first > last: not from words. */
typedef struct st_origin {
  uint16_t first, last;
} st_origin;

/* Features of one sentence; a bucket may stand more than once. */
typedef struct st_features {
  uint32_t *bucket;  /* [n], owned */
  st_origin *origin; /* [n], owned */
  size_t n, cap, origin_cap;
} st_features;

/* Replaces *out. Words beyond the first 4,096 of a sentence give no features. Errors: MEMORY. */
stance_status st_extract(const st_recipe *r, const st_lexicon *lex, const char *text,
                         const st_words *words, const st_scope *scope, const st_context *context,
                         st_features *out, stance_error *err);
void st_features_free(st_features *f);
/* The bucket of a word's 1-gram. */
uint32_t st_word_bucket(const st_recipe *r, uint64_t hash);

#endif
