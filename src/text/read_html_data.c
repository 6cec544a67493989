/* read_html_data.c: JSON-LD, the article as a page describes it to machines.
 *
 *     <script type="application/ld+json">{"@type":"NewsArticle","headline":..,"articleBody":..}
 *
 * Where the body also stands in the page, it only says which of the page's blocks are the article:
 * those that share its runs of four words. Where it does not (pages drawn by a script), the string
 * itself is the article, and its escapes are mapped like entities. */
#include "text/read_html.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

enum { WORDS = 4 };

/* ---- four words in a row ---- */

/* Calls add for every four words of s; returns how many words there are. */
static size_t each_four(const char *s, size_t n, bool (*add)(void *, uint64_t), void *ctx) {
  uint64_t last[WORDS] = {0};
  size_t words = 0;
  for (size_t i = 0; i < n;) {
    char w[64];
    while (i < n && (s[i] == ' ' || (s[i] >= '\t' && s[i] <= '\r'))) i++;
    size_t from = i;
    while (i < n && !(s[i] == ' ' || (s[i] >= '\t' && s[i] <= '\r'))) i++;
    size_t k = st_fold(s + from, i - from, w, sizeof w);
    if (!k) continue;
    uint64_t h = XXH3_64bits(w, k);
    memmove(last, last + 1, sizeof last - sizeof *last);
    last[WORDS - 1] = h;
    if (++words < WORDS) continue;
    uint64_t four = XXH3_64bits(last, sizeof last);
    if (!add(ctx, four ? four : 1)) return words;
  }
  return words;
}

static bool find(const st_shingles *s, uint64_t h) {
  if (!s->slots) return false;
  for (size_t i = (size_t)h & (s->slots - 1); s->slot[i]; i = (i + 1) & (s->slots - 1))
    if (s->slot[i] == h) return true;
  return false;
}

static bool insert(void *ctx, uint64_t h) {
  st_shingles *s = ctx;
  if (2 * s->count >= s->slots) return false; /* cannot be: made for all words */
  size_t i = (size_t)h & (s->slots - 1);
  while (s->slot[i] && s->slot[i] != h) i = (i + 1) & (s->slots - 1);
  if (!s->slot[i]) s->count++;
  s->slot[i] = h;
  return true;
}

typedef struct {
  const st_shingles *in;
  size_t found, all;
} counter;

static bool look(void *ctx, uint64_t h) {
  counter *c = ctx;
  c->all++;
  c->found += find(c->in, h);
  return true;
}

double st_data_share(const st_data *d, const char *s, size_t n) {
  counter c = {&d->body, 0, 0};
  each_four(s, n, look, &c);
  return c.all ? (double)c.found / (double)c.all : -1;
}

/* ---- JSON ---- */

/* The object that has an articleBody or else a headline, in lists and graphs too. */
static const json_t *article(const json_t *j, int depth, const char *key) {
  if (depth > 8) return NULL;
  if (json_is_array(j)) {
    for (size_t i = 0; i < json_array_size(j); i++) {
      const json_t *found = article(json_array_get(j, i), depth + 1, key);
      if (found) return found;
    }
    return NULL;
  }
  if (!json_is_object(j)) return NULL;
  if (json_is_string(json_object_get(j, key))) return j;
  const json_t *graph = json_object_get(j, "@graph");
  if (!graph) graph = json_object_get(j, "mainEntity");
  return graph ? article(graph, depth + 1, key) : NULL;
}

static bool make_shingles(st_shingles *s, const char *body, size_t n) {
  size_t words = 1;
  for (size_t i = 0; i < n; i++) words += body[i] == ' ' || body[i] == '\n';
  for (s->slots = 64; s->slots < 4 * words;) s->slots *= 2;
  s->slot = st_calloc(s->slots, sizeof *s->slot);
  if (!s->slot) return false;
  each_four(body, n, insert, s);
  return true;
}

/* The string after "articleBody": in the script: where its bytes stand. */
static void locate(st_data *d, const char *s, size_t n) {
  const char *end = s + n, *key = st_find_bytes(s, n, "\"articleBody\"");
  if (!key) return;
  key += strlen("\"articleBody\"");
  while (key < end && (*key == ' ' || *key == ':' || (*key >= '\t' && *key <= '\r'))) key++;
  if (key >= end || *key != '"') return;
  const char *from = ++key;
  while (key < end && *key != '"') key += *key == '\\' ? 2 : 1;
  if (key >= end) return;
  d->script = from;
  d->script_len = (size_t)(key - from);
}

static bool read_script(const st_page *p, const GumboNode *script, st_data *out) {
  if (!script->v.element.children.length) return true;
  const GumboNode *text = script->v.element.children.data[0];
  if (text->type != GUMBO_NODE_TEXT && text->type != GUMBO_NODE_CDATA) return true;
  const char *s = text->v.text.original_text.data;
  size_t n = text->v.text.original_text.length;
  if (s < p->t->source || s + n > p->t->source + p->t->source_len) return true;
  json_t *j = json_loadb(s, n, JSON_DISABLE_EOF_CHECK, NULL);
  bool ok = true;
  const json_t *a = article(j, 0, "articleBody");
  const json_t *body = a ? json_object_get(a, "articleBody") : NULL;
  if (body && json_string_length(body) >= 200 && !out->body.slots) {
    ok = make_shingles(&out->body, json_string_value(body), json_string_length(body));
    locate(out, s, n);
  }
  if (!a) a = article(j, 0, "headline");
  const json_t *headline = a ? json_object_get(a, "headline") : NULL;
  if (json_is_string(headline) && !out->headline[0])
    st_fold(json_string_value(headline), json_string_length(headline), out->headline,
            sizeof out->headline);
  json_decref(j);
  return ok;
}

bool st_data_read(const st_page *p, st_data *out) {
  memset(out, 0, sizeof *out);
  for (size_t i = 0; i < p->datas; i++)
    if (!read_script(p, p->data[i], out)) return false;
  return true;
}

void st_data_free(st_data *d) {
  free(d->body.slot);
  memset(d, 0, sizeof *d);
}

/* ---- the string itself as the article ---- */

static uint32_t hex4(const char *s) {
  uint32_t v = 0;
  for (int i = 0; i < 4; i++) {
    char c = s[i];
    uint32_t d = c >= '0' && c <= '9' ? (uint32_t)(c - '0') : (uint32_t)((c | 32) - 'a' + 10);
    v = v << 4 | (d & 15);
  }
  return v;
}

/* The escape at s[0] = '\\': its length, and what it stands for. The string is well-formed. */
static size_t unescape(const char *s, size_t n, char out[4], size_t *len) {
  *len = 1;
  if (n < 2) return n;
  switch (s[1]) {
  case 'n': out[0] = '\n'; return 2;
  case 'r': out[0] = '\r'; return 2;
  case 't':
  case 'b':
  case 'f': out[0] = ' '; return 2;
  case 'u': break;
  default: out[0] = s[1]; return 2;
  }
  if (n < 6) return n;
  uint32_t c = hex4(s + 2);
  if (c < 0xd800 || c > 0xdbff || n < 12) {
    *len = st_utf8_encode(c >= 0xd800 && c <= 0xdfff ? 0xfffd : c, out);
    return 6;
  }
  c = 0x10000 + ((c - 0xd800) << 10) + ((hex4(s + 8) - 0xdc00) & 0x3ff);
  *len = st_utf8_encode(c, out);
  return 12;
}

void st_data_blocks(st_page *p, const st_data *d) {
  st_text *t = p->t;
  size_t base = (size_t)(d->script - t->source);
  uint32_t paragraph = 0;
  st_text_begin(t, STANCE_BODY, paragraph);
  for (size_t i = 0; i < d->script_len;) {
    const char *s = d->script + i;
    const char *slash = memchr(s, '\\', d->script_len - i);
    size_t plain = slash ? (size_t)(slash - s) : d->script_len - i;
    if (plain) {
      st_take(t, base + i, base + i + plain);
      i += plain;
      continue;
    }
    char out[4];
    size_t len, k = unescape(s, d->script_len - i, out, &len);
    if (len == 1 && out[0] == '\n') {
      if (st_text_end(t)) paragraph++;
      st_text_begin(t, STANCE_BODY, paragraph);
    } else {
      st_take_as(t, out, len, base + i, base + i + k);
    }
    i += k;
  }
  st_text_end(t);
}
