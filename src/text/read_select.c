/* read_select.c: --selector: the useful part of CSS selectors.
 *
 *     article.story > p, #main [itemprop=articleBody]
 *     list of chains; a chain of compounds joined by " " or ">"; a compound of tests on one element
 */
#include "text/read_html.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_TESTS = 64 };

typedef enum { JOIN_SAME, JOIN_CHILD, JOIN_WITHIN, JOIN_LIST } join;

typedef struct test {
  enum {
    TEST_ANY,
    TEST_TAG,
    TEST_CLASS,
    TEST_ID,
    TEST_HAS,
    TEST_IS,
    TEST_CONTAINS,
    TEST_BEGINS
  } kind;
  char name[64], value[64];
  join before; /* how it is joined to the last */
} test;

struct st_selector {
  test test[MAX_TESTS];
  size_t n;
};

static bool name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == ':' || (c & 0x80);
}

static const char *read_name(const char *s, char out[64]) {
  size_t k = 0;
  while (name_char(*s) && k < 63) out[k++] = *s++;
  out[k] = 0;
  return k && !name_char(*s) ? s : NULL;
}

/* [name], [name=value], [name*=value], [name^=value]; s is after the bracket. */
static const char *read_attribute(const char *s, test *t) {
  t->kind = TEST_HAS;
  s = read_name(s, t->name);
  if (!s || *s == ']') return s ? s + 1 : NULL;
  t->kind = *s == '*' ? TEST_CONTAINS : *s == '^' ? TEST_BEGINS : TEST_IS;
  s += *s == '*' || *s == '^' || *s == '~';
  if (*s++ != '=') return NULL;
  char quote = *s == '"' || *s == '\'' ? *s++ : 0;
  size_t k = 0;
  while (*s && k < 63 && (quote ? *s != quote : *s != ']')) t->value[k++] = *s++;
  t->value[k] = 0;
  if (quote && *s++ != quote) return NULL;
  return *s == ']' ? s + 1 : NULL;
}

static const char *read_test(const char *s, test *t) {
  switch (*s) {
  case '*': t->kind = TEST_ANY; return s + 1;
  case '.': t->kind = TEST_CLASS; return read_name(s + 1, t->name);
  case '#': t->kind = TEST_ID; return read_name(s + 1, t->name);
  case '[': return read_attribute(s + 1, t);
  default: t->kind = TEST_TAG; return read_name(s, t->name);
  }
}

stance_status st_selector_parse(const char *given, st_selector **out, stance_error *err) {
  st_selector *sel = calloc(1, sizeof *sel);
  *out = NULL;
  if (!sel) return st_fail_memory(err, "reading a selector");
  const char *s = given;
  join how = JOIN_LIST;
  while (*s == ' ') s++;
  while (s && *s && sel->n < MAX_TESTS) {
    test *t = &sel->test[sel->n];
    t->before = how;
    s = read_test(s, t);
    if (!s) break;
    sel->n++;
    how = JOIN_SAME;
    while (*s == ' ' || *s == '>' || *s == ',') {
      if (*s == ',')
        how = JOIN_LIST;
      else if (*s == '>')
        how = JOIN_CHILD;
      else if (how == JOIN_SAME)
        how = JOIN_WITHIN;
      s++;
    }
  }
  if (!s || *s || !sel->n || how == JOIN_LIST || how == JOIN_CHILD) {
    free(sel);
    return st_fail(err, STANCE_ERR_USAGE,
                   "cannot read the selector '%s'; known are: tag, .class, #id, [attr=value], "
                   "'a b', 'a > b' and 'a, b'",
                   given);
  }
  *out = sel;
  return STANCE_OK;
}

void st_selector_free(st_selector *s) {
  free(s);
}

static bool has_class(const char *list, const char *name) {
  size_t n = strlen(name);
  for (const char *p = list; *p;) {
    while (*p == ' ' || (*p >= '\t' && *p <= '\r')) p++;
    size_t k = strcspn(p, " \t\r\n\f");
    if (k == n && !memcmp(p, name, n)) return true;
    p += k;
  }
  return false;
}

static bool is_tag(const GumboElement *e, const char *name) {
  if (e->tag != GUMBO_TAG_UNKNOWN) return !strcasecmp(gumbo_normalized_tagname(e->tag), name);
  size_t n = strlen(name);
  return e->original_tag.length > n + 1 && !strncasecmp(e->original_tag.data + 1, name, n) &&
         !name_char(e->original_tag.data[n + 1]);
}

static bool passes(const test *t, const GumboElement *e) {
  const char *value = st_attribute(e, t->name);
  switch (t->kind) {
  case TEST_ANY: return true;
  case TEST_TAG: return is_tag(e, t->name);
  case TEST_CLASS: return has_class(st_attribute(e, "class"), t->name);
  case TEST_ID: return !strcmp(st_attribute(e, "id"), t->name);
  case TEST_HAS: return gumbo_get_attribute(&e->attributes, t->name) != NULL;
  case TEST_IS: return !strcmp(value, t->value) || has_class(value, t->value);
  case TEST_CONTAINS: return t->value[0] && strstr(value, t->value) != NULL;
  case TEST_BEGINS: return t->value[0] && !strncmp(value, t->value, strlen(t->value));
  default: return false;
  }
}

static const GumboNode *parent(const GumboNode *n) {
  n = n->parent;
  return n && n->type == GUMBO_NODE_ELEMENT ? n : NULL;
}

/* Does the chain test[first, last] match with its end at the element? The nearest ancestor that
 * fits is taken for each descendant step, so the time is linear in the depth. */
static bool chain_matches(const st_selector *s, size_t first, size_t last, const GumboNode *n) {
  for (size_t i = last;;) {
    size_t from = i;
    while (from > first && s->test[from].before == JOIN_SAME) from--;
    bool child = i == last || s->test[i + 1].before == JOIN_CHILD;
    bool fits = false;
    for (; n; n = parent(n)) {
      fits = true;
      for (size_t k = from; k <= i && fits; k++) fits = passes(&s->test[k], &n->v.element);
      if (fits || child) break;
    }
    if (!fits) return false;
    if (from == first) return true;
    n = parent(n);
    i = from - 1;
  }
}

bool st_selector_match(const st_selector *s, const GumboNode *element) {
  for (size_t first = 0; first < s->n;) {
    size_t last = first;
    while (last + 1 < s->n && s->test[last + 1].before != JOIN_LIST) last++;
    if (chain_matches(s, first, last, element)) return true;
    first = last + 1;
  }
  return false;
}
