/* reader.h: the bytes of a file become blocks of text that know where they stand in the file.
 *
 *     bytes ─▶ gunzip ─▶ format ─▶ charset ─▶ reader ─▶ blocks ─▶ sentences
 *              read_gzip read_guess read_charset read_plain, _md, _html, _docx, _article
 *
 * A stance_text (stance.h) is the text of all blocks in one run of UTF-8, with blank lines between
 * blocks, a table of blocks, and the map: pieces in the order of the text that cover all of it.
 *
 *     source   <p>Rates <b>rose</b> &amp; fell.</p>
 *     text     Rates rose & fell.
 *     pieces   "Rates " verbatim | "rose" verbatim | " " verbatim | "&" stands for &amp; | " fell."
 *
 * A verbatim piece is byte for byte the source's; another stands for a stretch of the source that
 * says the same in another way (an entity, an escape, white space folded to one space), or for
 * nothing at all (the blank line between blocks). Pieces never go back in the source. What no piece
 * covers is markup. No pieces: text and source are the same bytes.
 *
 * Readers work on the source in UTF-8. Where the file is in a charset of one byte a character, its
 * bytes are counted as characters of the source.
 */
#ifndef STANCE_TEXT_READER_H
#define STANCE_TEXT_READER_H

#include "core/core.h"
#include "text/text.h"

/* ---- limits, all of them errors of code TOO_LARGE ---- */

enum {
  ST_MAX_HTML = 8 << 20,       /* bytes of a page */
  ST_MAX_DEPTH = 512,          /* open elements: the parser's time is quadratic in them */
  ST_MAX_MD = 32 << 20,        /* bytes of Markdown */
  ST_MAX_QUOTES = 100,         /* nested block quotes and lists */
  ST_MAX_DOCX_PART = 64 << 20, /* bytes of one part of a .docx, unpacked */
  ST_MAX_RATIO = 1000,         /* unpacked to packed, from ST_RATIO_FROM bytes on */
  ST_RATIO_FROM = 1 << 20,
  ST_MAX_GZIP = 1 << 30 /* bytes unpacked from a .gz read whole */
};

/* ---- read_build.c ---- */

typedef struct st_piece {
  uint32_t text;       /* where it begins in the text; it ends where the next begins */
  uint32_t from, upto; /* bytes of the source */
  bool verbatim;
} st_piece;

/* What stance_text points to; the public part comes first. */
typedef struct st_text {
  stance_text public;
  const char *source; /* the file in UTF-8 */
  size_t source_len;
  bool one_byte;  /* a character of the source is one byte of the file */
  char *owned[2]; /* unpacked bytes, converted source */
  st_file opened; /* by stance_read_file */
  st_buf text, remark, dropped, name, id, title, url, date;
  st_piece *piece; /* [pieces] */
  size_t pieces, pieces_cap;
  stance_block *block; /* [blocks] */
  size_t blocks, blocks_cap;
  char encoding[32], language[16];
  /* while building */
  bool failed; /* out of memory */
  bool inside; /* a block has begun */
  bool space;  /* white space is due before the next character */
  bool page;   /* no-break spaces are white space; soft hyphens and zero-width spaces nothing */
  size_t read; /* end in the source of what was taken last */
} st_text;

/* Begins a block; one that is open is ended first. */
void st_text_begin(st_text *t, stance_part part, uint32_t paragraph);
/* Takes source[from, upto), folding white space to single spaces and dropping it at the block's
 * ends. Nothing may lie before what was taken last: such bytes are left out. */
void st_take(st_text *t, size_t from, size_t upto);
/* Takes `n` bytes of UTF-8 that stand for source[from, upto). */
void st_take_as(st_text *t, const char *bytes, size_t n, size_t from, size_t upto);
/* White space. */
void st_take_space(st_text *t);
/* Ends the block; one without text leaves no trace. Returns whether it had text. */
bool st_text_end(st_text *t);
/* The blocks of a text whose source is its text. */
bool st_text_add(st_text *t, size_t start, size_t end, stance_part part, uint32_t paragraph);

/* Appends "; " and a remark, or a remark alone. */
void st_remark(st_text *t, const char *fmt, ...) ST_PRINTF(2, 3);
/* Sets the public fields; MEMORY when anything failed before. */
stance_status st_text_settle(st_text *t, stance_error *err);

/* Where the character that begins at text offset `at` begins in the source, and where the one that
 * ends there ends. */
size_t st_source_start(const st_text *t, size_t at);
size_t st_source_end(const st_text *t, size_t at);

/* ---- read_place.c: offsets of the source as positions in the file ---- */

typedef struct st_spot {
  size_t at; /* byte of the source */
  size_t cp; /* code points before it */
  uint32_t line, column;
} st_spot;

/* Moves forward to byte `at` of the source. Begin with {0, 0, 1, 1}. */
void st_spot_move(const st_text *t, st_spot *p, size_t at);
static inline size_t st_spot_byte(const st_text *t, const st_spot *p) {
  return t->one_byte ? p->cp : p->at;
}
/* Sentences of all blocks but boilerplate; part[i] is the part of sentence i. */
stance_status st_text_sentences(const st_text *t, st_sentences *out, uint8_t **part,
                                stance_error *err);

/* ---- read_charset.c ---- */

/* Makes t->source of `bytes`. meta: a charset the page itself names, or "". */
stance_status st_charset(st_text *t, const char *bytes, size_t n, const char *encoding,
                         const char *meta, stance_error *err);

/* ---- read_gzip.c ---- */

bool st_is_gzip(const char *bytes, size_t n);
/* Unpacks all members into *out, allocated. */
stance_status st_gunzip(const char *bytes, size_t n, char **out, size_t *len, stance_error *err);

/* ---- read_guess.c ---- */

typedef enum { ST_TXT, ST_MD, ST_HTML, ST_DOCX, ST_ARTICLES, ST_FORMATS } st_format;
/* The first place of the string `what` in s[0, n), or NULL. */
const char *st_find_bytes(const char *s, size_t n, const char *what);
const char *st_format_name(st_format f);
/* False when there is no such format. */
bool st_format_named(const char *name, st_format *out);
/* By content, then name; FORMAT for what is no text and has a name of its own (PDF, old Word). */
stance_status st_guess(const char *bytes, size_t n, const char *name, st_format *out,
                       stance_error *err);
/* Charset named in the first bytes of a page, "" if none. */
void st_meta_charset(const char *bytes, size_t n, char out[32]);
bool st_name_ends(const char *name, const char *end);

/* ---- the readers: fill t from t->source ---- */

stance_status st_read_plain(st_text *t, stance_error *err);
/* The blocks of source[from, upto); first: nothing stands before it. */
stance_status st_read_plain_part(st_text *t, size_t from, size_t upto, bool first,
                                 stance_error *err);
/* A line of its own without an end mark, of at most `most` characters. */
bool st_is_title(const char *s, size_t n, size_t most);
/* "By Nora Quill", "Published 3 June". */
bool st_is_byline(const char *s, size_t n);
stance_status st_read_md(st_text *t, stance_error *err);
stance_status st_read_html(st_text *t, const char *selector, stance_error *err);
/* From the bytes of the archive. */
stance_status st_read_docx(st_text *t, const char *bytes, size_t n, stance_error *err);
/* One row, {"id","title","text" or "raw_text","url","date"}. */
stance_status st_read_article(st_text *t, const char *row, size_t n, stance_error *err);

/* ---- read_entity.c ---- */

/* Decodes the character reference at s[0] = '&' as HTML does. Returns its length, 0 when it is
 * none; writes at most 8 bytes of UTF-8 to out. */
size_t st_entity(const char *s, size_t n, char out[16], size_t *out_len);
size_t st_utf8_encode(uint32_t cp, char out[4]);

#endif
