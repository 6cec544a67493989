/* read_html.h: how a page becomes blocks.
 *
 *     bytes ─▶ guard ─▶ gumbo's tree ─▶ walk ─▶ units, runs ─▶ blocks of st_text ─▶ parts
 *              read_html_guard.c        read_html.c                                read_html_pick.c
 *
 * Everything that can be seen on the page becomes a block first, in the order of the source; then
 * the article among the blocks is found, and the rest is marked as boilerplate, with the reason.
 *
 *     read_html_trim.c   what inside the article is none of it
 *     read_html_words.c  what an element's name, class and id say of it
 *     read_html_data.c   JSON-LD: the article as the page describes it to machines
 *     read_html_rules.c  what a block's own words say of it
 *     read_select.c      --selector
 */
#ifndef STANCE_TEXT_READ_HTML_H
#define STANCE_TEXT_READ_HTML_H

#include <gumbo.h>

#include "text/reader.h"

#define ST_NONE UINT32_MAX

/* What an element is called to be. */
typedef enum st_role {
  ST_ROLE_NONE,
  ST_ROLE_HIDDEN, /* never seen */
  ST_ROLE_BOILERPLATE,
  ST_ROLE_HEADLINE,
  ST_ROLE_LEAD,
  ST_ROLE_BYLINE,
  ST_ROLE_CAPTION,
  ST_ROLE_QUOTE,
  ST_ROLE_ARTICLE /* holds the article's text */
} st_role;

/* A block-level element, or one whose class makes it one. Parents come before children. */
typedef struct st_node {
  const GumboNode *element;
  uint32_t parent; /* ST_NONE at the top */
  const char *why; /* boilerplate by name; NULL: no */
  st_role role;
  bool chosen;      /* matched by --selector */
  uint32_t prose;   /* characters of running text in it */
  bool holds_title; /* the headline stands in it */
  /* of the element or of one above it */
  const char *named; /* the nearest why */
  uint32_t list;     /* the outermost list, or ST_NONE */
  GumboTag heading;  /* GUMBO_TAG_H1..H6, or GUMBO_TAG_LAST */
  bool quote, caption, byline, lead, headline, item, picked;
  bool inside; /* of the article's container */
} st_node;

/* A run of text that is one block unless the source interrupts it. */
typedef struct st_unit {
  uint32_t node;
  uint32_t paragraph; /* units of one paragraph are lines of it (<br>) */
} st_unit;

/* A text node. */
typedef struct st_run {
  uint32_t from, upto; /* bytes of the source */
  uint32_t unit;
  bool link;
} st_run;

/* What is known of block i of the text beside stance_block. */
typedef struct st_seen {
  uint32_t node;
  uint32_t chars, linked; /* characters, those inside links */
  uint32_t prose;         /* chars, if it is running text */
} st_seen;

typedef struct st_page {
  st_text *t;
  st_node *node;
  size_t nodes, nodes_cap;
  st_unit *unit;
  size_t units, units_cap;
  st_run *run;
  size_t runs, runs_cap;
  st_seen *seen; /* [t->blocks] */
  size_t seen_cap;
  char title[512];          /* og:title, JSON-LD headline or <title>; folded, "" if none */
  const GumboNode *data[8]; /* scripts of JSON-LD */
  size_t datas;
  bool selecting; /* a selector was given */
} st_page;

/* ---- read_html_guard.c ---- */

/* Depth of open elements, size; TOO_LARGE. One pass. */
stance_status st_html_guard(const char *s, size_t n, stance_error *err);

/* All memory of one tree; freed at once. */
typedef struct st_tree {
  GumboOutput *output;
  struct st_tree_chunk *chunk;
  size_t total, limit;
  void *jump; /* jmp_buf * */
} st_tree;
stance_status st_tree_parse(st_tree *tree, const char *s, size_t n, stance_error *err);
void st_tree_free(st_tree *tree);

/* ---- read_html_words.c ---- */

bool st_is_block(const GumboElement *e);
/* Never text: scripts, forms' fields, drawings. */
bool st_is_skipped(const GumboElement *e);
/* The role of an element; of boilerplate *why says which. */
st_role st_role_of(const GumboElement *e, const char **why);
const char *st_attribute(const GumboElement *e, const char *name); /* "" if none */

/* ---- read_html_data.c ---- */

/* Words of the article as JSON-LD has it: hashes of four words in a row. */
typedef struct st_shingles {
  uint64_t *slot; /* [slots], 0: free */
  size_t slots, count;
} st_shingles;

typedef struct st_data {
  char headline[512]; /* folded */
  const char *script; /* bytes of the source that hold the body's JSON string, without quotes */
  size_t script_len;
  st_shingles body;
} st_data;
bool st_data_read(const st_page *p, st_data *out); /* false: out of memory */
void st_data_free(st_data *d);
/* Share of the words of s that stand in the body in this order, 0..1; -1 for fewer than four. */
double st_data_share(const st_data *d, const char *s, size_t n);
/* Blocks of the body's string itself. */
void st_data_blocks(st_page *p, const st_data *d);
/* Letters and digits of s in lower case, others as one space; at most room - 1 bytes. */
size_t st_fold(const char *s, size_t n, char *out, size_t room);

/* ---- read_html_rules.c ---- */

/* Why a block cannot be the article's by its own words; NULL: it may be. */
const char *st_words_why(const char *s, size_t n, bool linked, bool heading);
bool st_is_prose(const char *s, size_t n);

/* ---- read_html_pick.c ---- */

/* Sets part and why of every block. */
stance_status st_pick(st_page *p, stance_error *err);

/* ---- read_select.c ---- */

typedef struct st_selector st_selector;
/* USAGE when it cannot be read. */
stance_status st_selector_parse(const char *s, st_selector **out, stance_error *err);
bool st_selector_match(const st_selector *s, const GumboNode *element);
void st_selector_free(st_selector *s);

#endif
