/* read_html_pick.h: what read_html_pick.c (the article among the blocks) and read_html_trim.c (what
 * inside it is none) share. */
#ifndef STANCE_TEXT_READ_HTML_PICK_H
#define STANCE_TEXT_READ_HTML_PICK_H

#include <string.h>

#include "text/read_html.h"

typedef struct st_pick_state {
  st_page *p;
  st_data data;
  bool guided;        /* JSON-LD says which blocks are the article */
  uint32_t container; /* node */
  size_t title;       /* block of the headline, or SIZE_MAX */
  size_t first, last; /* blocks in the container */
} st_pick_state;

static inline const char *st_text_of(const st_pick_state *k, size_t i, size_t *n) {
  const stance_block *b = &k->p->t->block[i];
  *n = b->end - b->start;
  return k->p->t->text.data + b->start;
}

static inline const st_node *st_node_of(const st_pick_state *k, size_t i) {
  return &k->p->node[k->p->seen[i].node];
}

static inline GumboTag st_tag_of(const st_node *n) {
  return n->element->v.element.tag;
}

static inline bool st_mostly_links(const st_seen *s) {
  return 2 * s->linked > s->chars;
}

static inline void st_set_part(st_pick_state *k, size_t i, stance_part part, const char *why) {
  k->p->t->block[i].part = part;
  k->p->t->block[i].why = why;
}

static inline bool st_same_name(const st_node *a, const st_node *b) {
  return a == b ||
         (st_tag_of(a) == st_tag_of(b) && !strcmp(st_attribute(&a->element->v.element, "class"),
                                                  st_attribute(&b->element->v.element, "class")));
}

/* Looks once more at the blocks of the article in their order: lists of links, sections with a
 * heading such as "Related stories", comments without a name, loose headings; and the lead. */
void st_trim_article(st_pick_state *k);

#endif
