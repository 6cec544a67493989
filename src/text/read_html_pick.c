/* read_html_pick.c: which of a page's blocks are the article, and what part each is.
 *
 *   1. prose of every block: characters of running text outside links, 0 in what is boilerplate by
 *      name; where JSON-LD has the article's words, 0 in blocks that do not share them
 *   2. the headline: the heading most like the page's title
 *   3. the container: from the top down into the child that holds nearly all prose
 *   4. in the container every block has a part, unless its own words or links say it is none;
 *      between headline and container lead, byline and captions; all else is outside the article
 */
#include "text/read_html_pick.h"

#include <stdlib.h>
#include <string.h>

#include "text/lines.h"

static bool is_heading(GumboTag tag) {
  return tag >= GUMBO_TAG_H1 && tag <= GUMBO_TAG_H6;
}

/* What holds of an element for those in it. Parents come before children. A quotation set apart in
 * an <aside> is no sidebar. */
static void inherit(st_pick_state *k) {
  st_page *p = k->p;
  static const st_node top = {.list = ST_NONE, .heading = GUMBO_TAG_LAST};
  for (size_t i = 0; i < p->nodes; i++) {
    st_node *n = &p->node[i];
    const st_node *up = n->parent == ST_NONE ? &top : &p->node[n->parent];
    GumboTag tag = st_tag_of(n);
    bool quoted = n->role == ST_ROLE_QUOTE || up->quote;
    n->named = n->why ? n->why : up->named;
    if (quoted && n->named && !strcmp(n->named, "sidebar")) n->named = NULL;
    bool list = tag == GUMBO_TAG_UL || tag == GUMBO_TAG_OL;
    n->list = up->list == ST_NONE && list ? (uint32_t)i : up->list;
    n->heading = is_heading(tag) ? tag : up->heading;
    n->quote = up->quote || n->role == ST_ROLE_QUOTE;
    n->caption = up->caption || n->role == ST_ROLE_CAPTION || tag == GUMBO_TAG_FIGURE;
    n->byline = up->byline || n->role == ST_ROLE_BYLINE;
    n->lead = up->lead || n->role == ST_ROLE_LEAD;
    n->headline = up->headline || n->role == ST_ROLE_HEADLINE;
    n->item = up->item || tag == GUMBO_TAG_LI || tag == GUMBO_TAG_DD || tag == GUMBO_TAG_DT;
    n->picked = up->picked || n->chosen;
  }
}

/* ---- 1: prose ---- */

static void add_up(st_pick_state *k) {
  st_page *p = k->p;
  for (size_t i = 0; i < p->nodes; i++) p->node[i].prose = 0;
  for (size_t i = 0; i < p->t->blocks; i++) {
    p->node[p->seen[i].node].prose += p->seen[i].prose;
  }
  for (size_t i = p->nodes; i-- > 0;) {
    uint32_t up = p->node[i].parent;
    if (up == ST_NONE) continue;
    p->node[up].prose += p->node[i].prose;
  }
}

static void measure(st_pick_state *k) {
  st_page *p = k->p;
  for (size_t i = 0; i < p->t->blocks; i++) {
    size_t n;
    const char *s = st_text_of(k, i, &n);
    bool prose = st_is_prose(s, n) && !st_mostly_links(&p->seen[i]);
    uint64_t own = prose ? p->seen[i].chars - p->seen[i].linked : 0;
    /* Short ones count for less: teasers and notices are shorter than paragraphs. */
    p->seen[i].prose = (uint32_t)(own < 160 ? (own * own + 159) / 160 : own);
  }
}

/* A name does not make boilerplate of what is most of the page (a page inside a <form>, class
 * "has-sidebar"), but for comments, which can be longer than the article. */
static void forgive(st_pick_state *k) {
  st_page *p = k->p;
  add_up(k);
  uint32_t total = p->nodes ? p->node[0].prose : 0;
  for (size_t i = 0; i < p->nodes; i++) {
    st_node *n = &p->node[i];
    if (!n->why || !total) continue;
    bool comments = !strcmp(n->why, "comments") || !strcmp(n->why, "cookie banner") ||
                    !strcmp(n->why, "related links");
    if ((!comments || n->holds_title) && 5 * (uint64_t)n->prose > 2 * (uint64_t)total)
      n->why = NULL;
  }
  inherit(k);
  for (size_t i = 0; i < p->t->blocks; i++)
    if (st_node_of(k, i)->named) p->seen[i].prose = 0;
  add_up(k);
}

/* Keeps only blocks that share the words of the page's own data, if most of these are found. */
static void guide(st_pick_state *k) {
  st_page *p = k->p;
  if (!k->data.body.slots) return;
  size_t found = 0;
  double *share = st_calloc(p->t->blocks, sizeof *share);
  if (!share) return; /* goes without */
  for (size_t i = 0; i < p->t->blocks; i++) {
    size_t n;
    const char *s = st_text_of(k, i, &n);
    share[i] = st_data_share(&k->data, s, n);
    if (share[i] >= 0.6) found += (size_t)(share[i] * (double)n);
  }
  /* About six bytes a word. */
  k->guided = found >= 3 * k->data.body.count;
  for (size_t i = 0; k->guided && i < p->t->blocks; i++)
    p->seen[i].prose = share[i] >= 0.6 && !st_node_of(k, i)->named ? p->seen[i].chars : 0;
  if (k->guided) add_up(k);
  free(share);
}

/* ---- 2: the headline ---- */

static int likeness(const st_pick_state *k, size_t i) {
  size_t n;
  const char *s = st_text_of(k, i, &n);
  char w[512];
  size_t len = st_fold(s, n, w, sizeof w);
  if (len < 4) return 0;
  const char *titles[] = {k->p->title, k->data.headline};
  int best = 0;
  for (int t = 0; t < 2; t++) {
    if (!titles[t][0]) continue;
    bool same = strstr(titles[t], w) != NULL || (len > 12 && strstr(w, titles[t]) != NULL);
    int score = same ? 10 + (int)(len < 80 ? len : 80) / 4 : 0;
    if (score > best) best = score;
  }
  return best;
}

static void find_title(st_pick_state *k) {
  st_page *p = k->p;
  int best = 3;
  k->title = SIZE_MAX;
  for (size_t i = 0; i < p->t->blocks; i++) {
    GumboTag tag = st_node_of(k, i)->heading;
    bool called = st_node_of(k, i)->headline;
    if (tag == GUMBO_TAG_LAST && !called) continue;
    size_t n;
    (void)st_text_of(k, i, &n);
    if (n > 400) continue;
    int score = likeness(k, i) +
                (tag == GUMBO_TAG_H1   ? 6
                 : tag == GUMBO_TAG_H2 ? 2
                                       : 0) +
                (called ? 3 : 0) - (st_mostly_links(&p->seen[i]) ? 6 : 0) -
                (st_node_of(k, i)->named ? 8 : 0);
    if (score <= best) continue;
    best = score;
    k->title = i;
  }
  if (k->title == SIZE_MAX) return;
  for (uint32_t u = p->seen[k->title].node; u != ST_NONE; u = p->node[u].parent)
    p->node[u].holds_title = true;
}

/* ---- 3: the container ---- */

static bool leaf(GumboTag tag) {
  return tag == GUMBO_TAG_P || tag == GUMBO_TAG_LI || tag == GUMBO_TAG_BLOCKQUOTE ||
         tag == GUMBO_TAG_FIGURE || tag == GUMBO_TAG_UL || tag == GUMBO_TAG_OL || is_heading(tag);
}

static void find_container(st_pick_state *k) {
  st_page *p = k->p;
  uint32_t at = 0;
  for (;;) {
    uint32_t best = ST_NONE, second = 0;
    for (uint32_t i = at + 1; i < p->nodes; i++) {
      if (p->node[i].parent != ST_NONE && p->node[i].parent < at) break; /* the subtree's end */
      if (p->node[i].parent != at) continue;
      uint32_t most = best == ST_NONE ? 0 : p->node[best].prose;
      if (best != ST_NONE && p->node[i].prose <= most) {
        if (p->node[i].prose > second) second = p->node[i].prose;
        continue;
      }
      second = most;
      best = i;
    }
    if (best == ST_NONE || leaf(st_tag_of(&p->node[best]))) break;
    const st_node *n = &p->node[best];
    uint64_t share = p->node[at].prose ? 100 * (uint64_t)n->prose / p->node[at].prose : 0;
    bool article = (n->role == ST_ROLE_ARTICLE || st_tag_of(n) == GUMBO_TAG_MAIN) &&
                   2 * (uint64_t)second < n->prose; /* not one post of several */
    bool alone = n->holds_title && 4 * (uint64_t)second < n->prose;
    if (share < (article ? 50 : alone ? 65 : k->guided ? 95 : 85)) break;
    at = best;
  }
  k->container = at;
}

/* A sibling of the container with its name and prose goes on with the article. */
static bool goes_on(const st_pick_state *k, const st_node *n) {
  const st_node *c = &k->p->node[k->container];
  return n->parent == c->parent && n->parent != ST_NONE && n->prose > 0 &&
         st_tag_of(n) == st_tag_of(c) && st_tag_of(n) != GUMBO_TAG_ARTICLE &&
         !strcmp(st_attribute(&n->element->v.element, "class"),
                 st_attribute(&c->element->v.element, "class"));
}

static void mark_inside(st_pick_state *k) {
  st_page *p = k->p;
  for (size_t i = 0; i < p->nodes; i++) {
    st_node *n = &p->node[i];
    bool up = n->parent != ST_NONE && p->node[n->parent].inside;
    n->inside = up || i == k->container || goes_on(k, n);
  }
}

static bool in_article(const st_pick_state *k, size_t i) {
  return st_node_of(k, i)->inside;
}

/* ---- 4: parts ---- */

static stance_part part_of(const st_pick_state *k, size_t i) {
  const st_node *node = st_node_of(k, i);
  size_t n;
  const char *s = st_text_of(k, i, &n);
  if (node->quote) return STANCE_QUOTE;
  if (node->caption) return STANCE_CAPTION;
  if (node->heading != GUMBO_TAG_LAST) return STANCE_HEADING;
  if (st_is_byline(s, n) || (node->byline && n < 200)) return STANCE_BYLINE;
  if (node->item) return STANCE_LIST;
  bool high = k->title == SIZE_MAX || i < k->title + 8;
  return node->lead && high && st_is_prose(s, n) ? STANCE_LEAD : STANCE_BODY;
}

/* A short sentence ("It rained.") is text where its element is called like that of running text
 * close by. */
static bool among_prose(const st_pick_state *k, size_t i, const char *s, size_t n) {
  if (!st_end_mark((const unsigned char *)s, 0, n)) return false;
  size_t from = i > 3 ? i - 3 : 0;
  for (size_t j = from; j < i + 4 && j < k->p->t->blocks; j++)
    if (k->p->seen[j].prose && st_same_name(st_node_of(k, i), st_node_of(k, j))) return true;
  return false;
}

/* Why a block of the container is not the article's, or NULL. */
static const char *why_not(const st_pick_state *k, size_t i, stance_part part) {
  const st_seen *seen = &k->p->seen[i];
  size_t n;
  const char *s = st_text_of(k, i, &n);
  const char *named = st_node_of(k, i)->named;
  if (named) return named;
  bool heading = part == STANCE_HEADING;
  const char *why = st_words_why(s, n, seen->linked > 0, heading);
  if (why) return why;
  if (part == STANCE_QUOTE || part == STANCE_CAPTION || part == STANCE_BYLINE) return NULL;
  if (seen->linked + 4 >= seen->chars && n < 200) return "related links";
  if (5 * seen->linked > 4 * seen->chars) return "related links";
  GumboTag tag = st_tag_of(st_node_of(k, i));
  if (heading || part == STANCE_LIST || tag == GUMBO_TAG_P || tag == GUMBO_TAG_PRE) return NULL;
  if ((tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH) && !st_is_prose(s, n)) return "table";
  return st_is_prose(s, n) || (seen->prose && k->guided) || among_prose(k, i, s, n) ? NULL
                                                                                    : "furniture";
}

/* Blocks above the container, below the headline. */
static void between(st_pick_state *k, size_t i) {
  size_t n;
  const char *s = st_text_of(k, i, &n);
  stance_part part = part_of(k, i);
  const char *why = why_not(k, i, part);
  if (!why && part == STANCE_BODY && !st_is_prose(s, n) && !st_node_of(k, i)->lead)
    why = "outside the article";
  if (!why && (part == STANCE_QUOTE || (part == STANCE_LIST && !st_is_prose(s, n))))
    why = "outside the article";
  if (why)
    st_set_part(k, i, STANCE_BOILERPLATE, why);
  else if (part == STANCE_HEADING && i > k->title + 2)
    st_set_part(k, i, STANCE_BOILERPLATE, "outside the article");
  else
    st_set_part(k, i, part == STANCE_BODY || part == STANCE_HEADING ? STANCE_LEAD : part, NULL);
}

static void all_parts(st_pick_state *k) {
  st_page *p = k->p;
  size_t blocks = p->t->blocks;
  k->first = SIZE_MAX;
  for (size_t i = 0; i < blocks; i++)
    if (in_article(k, i)) {
      if (k->first == SIZE_MAX) k->first = i;
      k->last = i;
    }
  if (k->first == SIZE_MAX) return;
  if (k->title != SIZE_MAX && k->title > k->last) k->title = SIZE_MAX;
  bool titled = k->title != SIZE_MAX;
  for (size_t i = 0; i < blocks; i++) {
    if (i == k->title) {
      st_set_part(k, i, STANCE_HEADLINE, NULL);
    } else if (in_article(k, i)) {
      stance_part part = part_of(k, i);
      const char *why = why_not(k, i, part);
      if (!why && titled && i < k->title && part != STANCE_CAPTION && !p->seen[i].prose)
        why = "furniture";
      st_set_part(k, i, why ? STANCE_BOILERPLATE : part, why);
    } else if (titled && i > k->title && i < k->first) {
      between(k, i);
    } else {
      const char *why = st_node_of(k, i)->named;
      st_set_part(k, i, STANCE_BOILERPLATE, why ? why : "outside the article");
    }
  }
  st_trim_article(k);
}

/* With a selector all that it matches is the article. */
static stance_status selected(st_pick_state *k, stance_error *err) {
  st_page *p = k->p;
  bool any = false;
  for (size_t i = 0; i < p->t->blocks; i++) {
    bool chosen = st_node_of(k, i)->picked;
    any = any || chosen;
    if (!chosen) {
      st_set_part(k, i, STANCE_BOILERPLATE, "outside the selector");
      continue;
    }
    stance_part part = part_of(k, i);
    if (i == k->title) part = STANCE_HEADLINE;
    st_set_part(k, i, part, NULL);
  }
  return any ? STANCE_OK
             : st_fail(err, STANCE_ERR_FORMAT, "the selector matches no text of the page");
}

/* "navigation 12, cookie banner 1" */
static void summary(st_text *t) {
  const char *why[32];
  size_t count[32], n = 0;
  for (size_t i = 0; i < t->blocks; i++) {
    if (t->block[i].part != STANCE_BOILERPLATE) continue;
    size_t k = 0;
    while (k < n && strcmp(why[k], t->block[i].why)) k++;
    if (k == sizeof why / sizeof *why) continue;
    if (k == n) why[n] = t->block[i].why, count[n++] = 0;
    count[k]++;
  }
  for (size_t k = 0; k < n; k++)
    st_buf_printf(&t->dropped, "%s%s %zu", k ? ", " : "", why[k], count[k]);
}

/* The page shows less than half of what its data says: the data is the article. */
static bool only_in_data(const st_pick_state *k) {
  if (!k->data.script || k->guided) return false;
  const st_page *p = k->p;
  uint64_t prose = p->nodes ? p->node[0].prose : 0;
  return prose < 3 * k->data.body.count;
}

stance_status st_pick(st_page *p, stance_error *err) {
  st_pick_state k = {.p = p, .title = SIZE_MAX};
  if (!p->nodes) return STANCE_OK;
  if (!st_data_read(p, &k.data)) {
    st_data_free(&k.data);
    return st_fail_memory(err, "reading a page");
  }
  stance_status status = STANCE_OK;
  inherit(&k);
  measure(&k);
  find_title(&k);
  forgive(&k);
  guide(&k);
  if (p->selecting) {
    status = selected(&k, err);
  } else if (only_in_data(&k)) {
    st_remark(p->t, "the article stands only in the page's data (JSON-LD)");
    st_text *t = p->t;
    t->text.len = t->pieces = t->blocks = t->read = 0;
    st_data_blocks(p, &k.data);
  } else {
    find_container(&k);
    mark_inside(&k);
    all_parts(&k);
    if (p->t->blocks && !p->node[0].prose)
      st_remark(p->t, "no article found in the page: choose its part with --selector");
  }
  summary(p->t);
  st_data_free(&k.data);
  if (p->t->failed) return st_fail_memory(err, "reading a page");
  return status;
}
