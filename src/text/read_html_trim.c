/* read_html_trim.c: the article's blocks are looked at once more, in their order: what among them
 * is none of it, and which is the lead. */
#include "text/lines.h"
#include "text/read_html_pick.h"

/* A list most of whose items are links is no part of the article. */
static void drop_link_lists(st_pick_state *k) {
  st_page *p = k->p;
  for (size_t i = k->first; i <= k->last;) {
    uint32_t list = st_node_of(k, i)->list;
    if (list == ST_NONE || p->t->block[i].part == STANCE_BOILERPLATE) {
      i++;
      continue;
    }
    size_t end = i, chars = 0, linked = 0;
    for (; end <= k->last && st_node_of(k, end)->list == list; end++) {
      chars += p->seen[end].chars;
      linked += p->seen[end].linked;
    }
    for (; i < end; i++)
      if (10 * linked > 6 * chars && p->t->block[i].part != STANCE_CAPTION)
        st_set_part(k, i, STANCE_BOILERPLATE, "related links");
  }
}

/* What follows a heading such as "Related stories" or "Comments" belongs to it: up to the next
 * heading, or up to running text where the heading only announces links. */
static void drop_sections(st_pick_state *k) {
  st_page *p = k->p;
  const char *why = NULL;
  const st_node *text_node = NULL; /* of the last running text before the section */
  for (size_t i = k->first; i <= k->last; i++) {
    stance_block *b = &p->t->block[i];
    size_t n;
    const char *s = st_text_of(k, i, &n);
    const st_node *node = st_node_of(k, i);
    bool heading = node->heading != GUMBO_TAG_LAST ||
                   (n < 60 && !st_is_prose(s, n) && st_tag_of(node) != GUMBO_TAG_LI);
    const char *own = heading ? st_words_why(s, n, p->seen[i].linked > 0, true) : NULL;
    if (own) {
      why = own;
      st_set_part(k, i, STANCE_BOILERPLATE, own);
      continue;
    }
    if (!why && p->seen[i].prose && b->part == STANCE_BODY) text_node = node;
    if (!why) continue;
    bool comments = !strcmp(why, "comments");
    bool text = st_is_prose(s, n) && !st_mostly_links(&p->seen[i]) && !node->item && n > 100;
    text = text || (b->part == STANCE_BODY && text_node && st_same_name(node, text_node) &&
                    st_attribute(&node->element->v.element, "class")[0] &&
                    st_end_mark((const unsigned char *)s, 0, n));
    if (comments ? k->guided && p->seen[i].prose
                 : text || (b->part == STANCE_HEADING && !st_mostly_links(&p->seen[i])))
      why = NULL;
    else
      st_set_part(k, i, STANCE_BOILERPLATE, why);
  }
}

/* Behind the last block that the page's data has, what is called otherwise than all those before is
 * no article: comments without a name. (The data may hold only the beginning.) */
static void drop_unguided(st_pick_state *k) {
  st_page *p = k->p;
  size_t last = k->last + 1;
  if (!k->guided) return;
  for (size_t i = k->first; i <= k->last; i++)
    if (p->seen[i].prose) last = i;
  for (size_t i = last + 1; i <= k->last; i++) {
    bool known = false;
    for (size_t j = last, steps = 0; !known && steps < 64 && j >= k->first && j <= last;
         j--, steps++)
      known = p->seen[j].prose && st_same_name(st_node_of(k, i), st_node_of(k, j));
    if (!known && p->t->block[i].part != STANCE_BOILERPLATE)
      st_set_part(k, i, STANCE_BOILERPLATE, "outside the article");
  }
}

/* Headings after which nothing of the article comes. */
static void drop_loose_headings(st_pick_state *k) {
  st_page *p = k->p;
  bool text = false;
  for (size_t i = k->last + 1; i-- > k->first;) {
    stance_block *b = &p->t->block[i];
    if (b->part == STANCE_HEADING && !text) st_set_part(k, i, STANCE_BOILERPLATE, "furniture");
    if (b->part != STANCE_BOILERPLATE && b->part != STANCE_HEADING && b->part != STANCE_CAPTION &&
        b->part != STANCE_BYLINE)
      text = true;
  }
}

/* The block whose name most of the running text has, where it has a class; SIZE_MAX: there is none.
 */
static size_t usual_name(const st_pick_state *k) {
  const st_page *p = k->p;
  uint64_t all = 0;
  size_t best = SIZE_MAX;
  for (size_t i = k->first; i <= k->last; i++)
    if (p->t->block[i].part == STANCE_BODY) {
      all += p->seen[i].prose;
      if (best == SIZE_MAX || p->seen[i].prose > p->seen[best].prose) best = i;
    }
  if (best == SIZE_MAX || !st_attribute(&st_node_of(k, best)->element->v.element, "class")[0])
    return SIZE_MAX;
  uint64_t usual = 0;
  for (size_t i = k->first; i <= k->last; i++)
    if (p->t->block[i].part == STANCE_BODY && st_same_name(st_node_of(k, best), st_node_of(k, i)))
      usual += p->seen[i].prose;
  return 10 * usual >= 7 * all ? best : SIZE_MAX;
}

/* Where running text has a class of its own, text of another class behind its end is none of it,
 * and text of another class before its beginning is the lead. */
static void trim_by_name(st_pick_state *k) {
  st_page *p = k->p;
  size_t usual = usual_name(k), first = SIZE_MAX, last = 0;
  if (usual == SIZE_MAX) return;
  for (size_t i = k->first; i <= k->last; i++)
    if (p->t->block[i].part == STANCE_BODY &&
        st_same_name(st_node_of(k, usual), st_node_of(k, i))) {
      if (first == SIZE_MAX) first = i;
      last = i;
    }
  for (size_t i = last + 1; i <= k->last; i++)
    if (p->t->block[i].part == STANCE_BODY &&
        st_attribute(&st_node_of(k, i)->element->v.element, "class")[0] && p->seen[i].chars < 200)
      st_set_part(k, i, STANCE_BOILERPLATE, "outside the article");
  size_t title = k->title == SIZE_MAX ? k->last : k->title;
  for (size_t i = title + 1; i < first && i < title + 4; i++)
    if (p->t->block[i].part == STANCE_BODY && p->seen[i].prose && p->seen[i].chars < 400) {
      p->t->block[i].part = STANCE_LEAD;
      return;
    }
}

/* The first block under the headline, set off by its name or its element, is the lead. */
static void find_lead(st_pick_state *k) {
  st_page *p = k->p;
  if (k->title == SIZE_MAX) return;
  for (size_t i = k->title + 1; i < p->t->blocks && i < k->title + 4; i++) {
    stance_block *b = &p->t->block[i];
    if (b->part == STANCE_LEAD) return;
    if (b->part == STANCE_BODY) return;
    size_t n;
    const char *s = st_text_of(k, i, &n);
    if (b->part == STANCE_HEADING && i == k->title + 1 && st_is_prose(s, n)) b->part = STANCE_LEAD;
  }
}

void st_trim_article(st_pick_state *k) {
  st_page *p = k->p;
  bool titled = k->title != SIZE_MAX;
  size_t from = k->first;
  if (titled && k->title < from) k->first = k->title + 1;
  drop_link_lists(k);
  k->first = from;
  drop_sections(k);
  drop_unguided(k);
  if (titled) p->t->block[k->title].part = STANCE_HEADLINE, p->t->block[k->title].why = NULL;
  trim_by_name(k);
  drop_loose_headings(k);
  find_lead(k);
}
