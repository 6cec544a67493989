/* read_html_guard.c: what keeps a hostile page from eating time and memory.
 *
 * gumbo's time is quadratic in nesting, and a few hundred open formatting elements are copied into
 * every paragraph. So depth is counted before parsing, and the tree's memory comes out of a budget:
 * when it is spent, the parser is left by longjmp and everything is freed at once. */
#include "text/read_html.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Elements that have no end tag, or are ended by the next of their kind: these never nest. */
static bool flat(GumboTag tag) {
  switch (tag) {
  case GUMBO_TAG_AREA:
  case GUMBO_TAG_BASE:
  case GUMBO_TAG_BR:
  case GUMBO_TAG_COL:
  case GUMBO_TAG_EMBED:
  case GUMBO_TAG_HR:
  case GUMBO_TAG_IMG:
  case GUMBO_TAG_INPUT:
  case GUMBO_TAG_LINK:
  case GUMBO_TAG_META:
  case GUMBO_TAG_PARAM:
  case GUMBO_TAG_SOURCE:
  case GUMBO_TAG_TRACK:
  case GUMBO_TAG_WBR:
  case GUMBO_TAG_HTML:
  case GUMBO_TAG_HEAD:
  case GUMBO_TAG_BODY:
  case GUMBO_TAG_P:
  case GUMBO_TAG_LI:
  case GUMBO_TAG_DT:
  case GUMBO_TAG_DD:
  case GUMBO_TAG_OPTION:
  case GUMBO_TAG_TR:
  case GUMBO_TAG_TD:
  case GUMBO_TAG_TH:
  case GUMBO_TAG_TBODY:
  case GUMBO_TAG_THEAD:
  case GUMBO_TAG_TFOOT:
  case GUMBO_TAG_A: return true;
  default: return false;
  }
}

static bool is_letter(char c) {
  return (c | 32) >= 'a' && (c | 32) <= 'z';
}

/* FNV-1a of the name in lower case; unknown elements nest as known ones do. */
static uint32_t name_hash(const char *s, size_t n) {
  uint32_t h = 2166136261u;
  for (size_t i = 0; i < n; i++) {
    char c = s[i] >= 'A' && s[i] <= 'Z' ? (char)(s[i] + 32) : s[i];
    h = (h ^ (unsigned char)c) * 16777619u;
  }
  return h;
}

/* End of the tag at s[i] = '<', after its '>'. */
static size_t tag_end(const char *s, size_t n, size_t i) {
  char quote = 0;
  bool value = false;
  for (; i < n; i++) {
    if (quote) {
      if (s[i] == quote) quote = 0;
    } else if (s[i] == '>') {
      return i + 1;
    } else if (value && (s[i] == '"' || s[i] == '\'')) {
      quote = s[i];
    }
    value = s[i] == '=' || (value && !quote && s[i] == ' ');
  }
  return n;
}

/* After the end tag of a raw text element (script, style, ...) that begins at i. Each search goes
 * on from where the last one ended, so all of them are one pass. */
static size_t raw_end(const char *s, size_t n, size_t i, const char *name, size_t len) {
  for (; i + len + 2 < n; i++) {
    const char *p = memchr(s + i, '<', n - len - 2 - i);
    if (!p) return n;
    i = (size_t)(p - s);
    if (s[i + 1] == '/' && !strncasecmp(s + i + 2, name, len)) return i;
  }
  return n;
}

static size_t comment_end(const char *s, size_t n, size_t i) {
  const char *p = st_find_bytes(s + i + 4, n - i - 4, "-->");
  return p ? (size_t)(p - s) + 3 : n;
}

stance_status st_html_guard(const char *s, size_t n, stance_error *err) {
  uint32_t open[ST_MAX_DEPTH];
  size_t depth = 0;
  for (size_t i = 0; i < n;) {
    const char *p = memchr(s + i, '<', n - i);
    if (!p) break;
    i = (size_t)(p - s);
    if (n - i > 4 && !memcmp(s + i, "<!--", 4)) {
      i = comment_end(s, n, i);
      continue;
    }
    bool end = i + 1 < n && s[i + 1] == '/';
    size_t name = i + 1 + end, k = name;
    if (name >= n || !is_letter(s[name])) {
      i++;
      continue;
    }
    while (k < n && s[k] > ' ' && s[k] != '>' && s[k] != '/') k++;
    GumboTag tag = gumbo_tagn_enum(s + name, (unsigned)(k - name));
    i = tag_end(s, n, k);
    if (flat(tag)) continue;
    uint32_t h = name_hash(s + name, k - name);
    if (end) {
      size_t d = depth;
      while (d && open[d - 1] != h) d--;
      if (d) depth = d - 1;
      continue;
    }
    if (tag == GUMBO_TAG_SCRIPT || tag == GUMBO_TAG_STYLE || tag == GUMBO_TAG_TEXTAREA ||
        tag == GUMBO_TAG_TITLE) {
      i = raw_end(s, n, i, s + name, k - name);
      continue;
    }
    if (depth == ST_MAX_DEPTH)
      return st_fail(err, STANCE_ERR_TOO_LARGE, "tags nested more than %d deep at byte %zu",
                     ST_MAX_DEPTH, i);
    open[depth++] = h;
  }
  return STANCE_OK;
}

/* ---- the tree's memory ---- */

enum { CHUNK = 1 << 20 };

typedef struct st_tree_chunk {
  struct st_tree_chunk *next;
  size_t used, size;
} chunk;

static void *take(void *ctx, size_t n) {
  st_tree *tree = ctx;
  n = (n + 15) & ~(size_t)15;
  chunk *c = tree->chunk;
  if (!c || n > c->size - c->used) {
    size_t size = n > CHUNK / 4 ? n : CHUNK - sizeof *c;
    tree->total += size;
    c = tree->total <= tree->limit ? malloc(sizeof *c + 16 + size) : NULL;
    if (!c) longjmp(*(jmp_buf *)tree->jump, tree->total > tree->limit ? 1 : 2);
    *c = (chunk){NULL, 0, size};
    /* A large one is full at once: it goes behind the one in use. */
    if (tree->chunk && n > CHUNK / 4) {
      c->next = tree->chunk->next;
      tree->chunk->next = c;
    } else {
      c->next = tree->chunk;
      tree->chunk = c;
    }
  }
  char *base = (char *)(c + 1);
  base += (16 - ((uintptr_t)base & 15)) & 15;
  void *p = base + c->used;
  c->used += n;
  return p;
}

static void drop(void *ctx, void *p) {
  (void)ctx;
  (void)p;
}

stance_status st_tree_parse(st_tree *tree, const char *s, size_t n, stance_error *err) {
  jmp_buf jump;
  *tree = (st_tree){.limit = (32u << 20) + 64 * n, .jump = &jump};
  GumboOptions options = kGumboDefaultOptions;
  options.allocator = take;
  options.deallocator = drop;
  options.userdata = tree;
  options.max_errors = 0;
  int code = setjmp(jump);
  if (code == 1)
    return st_fail(err, STANCE_ERR_TOO_LARGE,
                   "the page's tags multiply: more than %zu MiB for %zu bytes", tree->limit >> 20,
                   n);
  if (code) return st_fail_memory(err, "reading a page");
  tree->output = gumbo_parse_with_options(&options, s, n);
  return STANCE_OK;
}

void st_tree_free(st_tree *tree) {
  for (chunk *c = tree->chunk; c;) {
    chunk *next = c->next;
    free(c);
    c = next;
  }
  memset(tree, 0, sizeof *tree);
}
