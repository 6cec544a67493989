/* read_html.c: a page's tree is walked once; text nodes become runs of units, and units, in the
 * order of the source, become blocks. */
#include "text/read_html.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { TOO_DEEP = 4 * ST_MAX_DEPTH };
#define NO_UNIT ST_NONE

typedef struct walk {
  st_page *p;
  const st_selector *selector;
  uint32_t unit; /* under way, or NO_UNIT */
  uint32_t paragraph;
  unsigned breaks; /* <br> since the last text */
  bool failed;
} walk;

static void end_unit(walk *w) {
  if (w->unit != NO_UNIT) w->paragraph++;
  w->unit = NO_UNIT;
  w->breaks = 0;
}

static bool new_unit(walk *w, uint32_t node) {
  st_page *p = w->p;
  if (!st_reserve(&p->unit, &p->units_cap, p->units + 1, sizeof *p->unit)) {
    w->failed = true;
    return false;
  }
  w->unit = (uint32_t)p->units;
  p->unit[p->units++] = (st_unit){node, w->paragraph};
  return true;
}

/* One <br> ends a line of its own, unless the sentence plainly goes on; two end the paragraph. */
static void pay_breaks(walk *w, const GumboText *text, uint32_t node) {
  if (!w->breaks || w->unit == NO_UNIT) return;
  const char *s = text->text;
  while (*s == ' ' || (*s >= '\t' && *s <= '\r')) s++;
  bool goes_on = w->breaks == 1 && *s >= 'a' && *s <= 'z';
  if (!*s) return;
  if (w->breaks > 1) w->paragraph++;
  w->breaks = 0;
  if (!goes_on) new_unit(w, node);
}

static void add_text(walk *w, const GumboNode *n, uint32_t node, bool link) {
  st_page *p = w->p;
  const GumboText *text = &n->v.text;
  const char *from = text->original_text.data;
  if (!from || from < p->t->source ||
      from + text->original_text.length > p->t->source + p->t->source_len)
    return;
  bool space = n->type == GUMBO_NODE_WHITESPACE;
  if (space && w->unit == NO_UNIT) return;
  if (!space) pay_breaks(w, text, node);
  if (w->unit == NO_UNIT && !new_unit(w, node)) return;
  if (!st_reserve(&p->run, &p->runs_cap, p->runs + 1, sizeof *p->run)) {
    w->failed = true;
    return;
  }
  uint32_t at = (uint32_t)(from - p->t->source);
  p->run[p->runs++] = (st_run){at, at + (uint32_t)text->original_text.length, w->unit, link};
}

static uint32_t new_node(walk *w, const GumboNode *n, uint32_t parent, st_role role,
                         const char *why) {
  st_page *p = w->p;
  if (!st_reserve(&p->node, &p->nodes_cap, p->nodes + 1, sizeof *p->node)) {
    w->failed = true;
    return ST_NONE;
  }
  bool chosen = w->selector ? st_selector_match(w->selector, n) : false;
  p->node[p->nodes] =
      (st_node){.element = n, .parent = parent, .why = why, .role = role, .chosen = chosen};
  return (uint32_t)p->nodes++;
}

/* An inline element whose class makes it a block: a caption or a credit inside a paragraph. */
static bool stands_apart(const GumboNode *n, st_role role) {
  if (role == ST_ROLE_CAPTION) return true;
  if (role == ST_ROLE_HIDDEN || role == ST_ROLE_NONE) return false;
  if (role == ST_ROLE_BYLINE && n->parent && n->parent->type == GUMBO_NODE_ELEMENT &&
      n->parent->v.element.tag == GUMBO_TAG_LI)
    return true;
  const GumboNode *up = n->parent;
  bool in_text = up && up->type == GUMBO_NODE_ELEMENT &&
                 (up->v.element.tag == GUMBO_TAG_P || !st_is_block(&up->v.element) ||
                  up->v.element.tag == GUMBO_TAG_LI ||
                  (up->v.element.tag >= GUMBO_TAG_H1 && up->v.element.tag <= GUMBO_TAG_H6));
  return !in_text;
}

static void visit(walk *w, const GumboNode *n, uint32_t node, bool link, unsigned depth);

static void visit_children(walk *w, const GumboElement *e, uint32_t node, bool link,
                           unsigned depth) {
  for (unsigned i = 0; i < e->children.length && !w->failed; i++)
    visit(w, e->children.data[i], node, link, depth + 1);
}

static void visit_element(walk *w, const GumboNode *n, uint32_t node, bool link, unsigned depth) {
  const GumboElement *e = &n->v.element;
  st_page *p = w->p;
  if (e->tag == GUMBO_TAG_SCRIPT && p->datas < sizeof p->data / sizeof *p->data &&
      st_find_bytes(st_attribute(e, "type"), strlen(st_attribute(e, "type")), "ld+json"))
    p->data[p->datas++] = n;
  if (st_is_skipped(e) || depth > TOO_DEEP) {
    if (e->tag == GUMBO_TAG_HEAD) /* its scripts count */
      for (unsigned i = 0; i < e->children.length; i++) {
        const GumboNode *c = e->children.data[i];
        if (c->type == GUMBO_NODE_ELEMENT && c->v.element.tag == GUMBO_TAG_SCRIPT)
          visit(w, c, node, link, depth + 1);
      }
    return;
  }
  if (e->tag == GUMBO_TAG_BR) {
    w->breaks++;
    return;
  }
  if (e->tag == GUMBO_TAG_WBR || e->tag == GUMBO_TAG_IMG) return;
  const char *why;
  st_role role = st_role_of(e, &why);
  if (role == ST_ROLE_HIDDEN) return;
  bool own =
      st_is_block(e) || stands_apart(n, role) || (w->selector && st_selector_match(w->selector, n));
  if (!own) {
    visit_children(w, e, node, link || e->tag == GUMBO_TAG_A, depth);
    return;
  }
  end_unit(w);
  uint32_t inner = new_node(w, n, node, role, why);
  if (inner != ST_NONE) visit_children(w, e, inner, link || e->tag == GUMBO_TAG_A, depth);
  end_unit(w);
}

static void visit(walk *w, const GumboNode *n, uint32_t node, bool link, unsigned depth) {
  switch (n->type) {
  case GUMBO_NODE_TEXT:
  case GUMBO_NODE_CDATA:
  case GUMBO_NODE_WHITESPACE: add_text(w, n, node, link); break;
  case GUMBO_NODE_ELEMENT: visit_element(w, n, node, link, depth); break;
  default: break;
  }
}

/* ---- runs become blocks ---- */

static int by_source(const void *a, const void *b) {
  const st_run *x = a, *y = b;
  if (x->from != y->from) return x->from < y->from ? -1 : 1;
  return x->upto < y->upto ? -1 : x->upto > y->upto;
}

/* End of the markup at s[0] = '<', which the parser dropped inside a text. */
static size_t markup(const char *s, size_t n) {
  if (n > 4 && !memcmp(s, "<!--", 4)) {
    const char *end = st_find_bytes(s + 4, n - 4, "-->");
    return end ? (size_t)(end - s) + 3 : n;
  }
  const char *end = memchr(s, '>', n);
  return end ? (size_t)(end - s) + 1 : n;
}

static bool opens_markup(const char *s, size_t n) {
  return n > 1 &&
         (((s[1] | 32) >= 'a' && (s[1] | 32) <= 'z') || s[1] == '/' || s[1] == '!' || s[1] == '?');
}

static void take_run(st_text *t, const st_run *r) {
  const char *s = t->source;
  for (size_t i = r->from; i < r->upto;) {
    size_t left = r->upto - i;
    if (s[i] == '<' && opens_markup(s + i, left)) {
      i += markup(s + i, left);
      continue;
    }
    if (s[i] == '&') {
      char out[16];
      size_t len, k = st_entity(s + i, left, out, &len);
      if (k) {
        st_take_as(t, out, len, i, i + k);
        i += k;
        continue;
      }
    }
    size_t end = i + 1;
    while (end < r->upto && s[end] != '<' && s[end] != '&') end++;
    st_take(t, i, end);
    i = end;
  }
}

static bool note_seen(st_page *p, uint32_t node, uint32_t chars, uint32_t linked) {
  if (!st_reserve(&p->seen, &p->seen_cap, p->t->blocks, sizeof *p->seen)) return false;
  p->seen[p->t->blocks - 1] = (st_seen){node, chars, linked, 0};
  return true;
}

static bool emit(st_page *p) {
  st_text *t = p->t;
  if (p->runs) qsort(p->run, p->runs, sizeof *p->run, by_source);
  for (size_t i = 0; i < p->runs && !t->failed;) {
    uint32_t unit = p->run[i].unit;
    size_t linked = 0;
    st_text_begin(t, STANCE_BODY, p->unit[unit].paragraph);
    for (; i < p->runs && p->run[i].unit == unit; i++) {
      size_t before = t->text.len;
      take_run(t, &p->run[i]);
      if (p->run[i].link) linked += t->text.len - before;
    }
    size_t first = t->failed ? 0 : t->block[t->blocks].start;
    if (!st_text_end(t)) continue;
    size_t chars = t->text.len - first;
    if (!note_seen(p, p->unit[unit].node, (uint32_t)chars,
                   (uint32_t)(linked < chars ? linked : chars)))
      return false;
  }
  return !t->failed;
}

/* ---- the head ---- */

static const GumboNode *child(const GumboNode *n, GumboTag tag) {
  for (unsigned i = 0; n && i < n->v.element.children.length; i++) {
    const GumboNode *c = n->v.element.children.data[i];
    if (c->type == GUMBO_NODE_ELEMENT && c->v.element.tag == tag) return c;
  }
  return NULL;
}

static void read_head(st_page *p, const GumboNode *root) {
  const GumboNode *head = child(root, GUMBO_TAG_HEAD);
  snprintf(p->t->language, sizeof p->t->language, "%s", st_attribute(&root->v.element, "lang"));
  if (!head) return;
  for (unsigned i = 0; i < head->v.element.children.length; i++) {
    const GumboNode *c = head->v.element.children.data[i];
    if (c->type != GUMBO_NODE_ELEMENT) continue;
    const GumboElement *e = &c->v.element;
    if (e->tag == GUMBO_TAG_META && !strcasecmp(st_attribute(e, "property"), "og:title")) {
      const char *title = st_attribute(e, "content");
      st_fold(title, strlen(title), p->title, sizeof p->title);
    }
    if (e->tag != GUMBO_TAG_TITLE || p->title[0] || !e->children.length) continue;
    const GumboNode *text = e->children.data[0];
    if (text->type == GUMBO_NODE_TEXT)
      st_fold(text->v.text.text, strlen(text->v.text.text), p->title, sizeof p->title);
  }
}

static stance_status read_tree(st_page *p, const GumboNode *root, const st_selector *selector,
                               stance_error *err) {
  walk w = {.p = p, .selector = selector, .unit = NO_UNIT};
  p->selecting = selector != NULL;
  read_head(p, root);
  visit(&w, root, ST_NONE, false, 0);
  if (w.failed || !emit(p)) return st_fail_memory(err, "reading a page");
  return st_pick(p, err);
}

stance_status st_read_html(st_text *t, const char *selector, stance_error *err) {
  st_selector *s = NULL;
  if (selector) ST_TRY(st_selector_parse(selector, &s, err));
  t->page = true;
  st_tree tree = {0};
  st_page p = {.t = t};
  stance_status status = st_html_guard(t->source, t->source_len, err);
  /* The parser would take a byte order mark for the page's first words. */
  size_t bom = t->source_len >= 3 && !memcmp(t->source, "\xef\xbb\xbf", 3) ? 3 : 0;
  if (status == STANCE_OK) status = st_tree_parse(&tree, t->source + bom, t->source_len - bom, err);
  if (status == STANCE_OK) status = read_tree(&p, tree.output->root, s, err);
  st_tree_free(&tree);
  st_selector_free(s);
  free(p.node);
  free(p.unit);
  free(p.run);
  free(p.seen);
  return status;
}
