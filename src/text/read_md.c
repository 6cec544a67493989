/* read_md.c: Markdown by md4c, whose callbacks point into the source.
 *
 * Skipped: front matter, code blocks, HTML, link targets, footnote marks. A picture's description
 * is a caption. A list item is one block up to its first paragraph's end; later paragraphs and
 * nested items are blocks of their own. */
#include "text/reader.h"

#include <md4c.h>
#include <string.h>

typedef struct md {
  st_text *t;
  size_t base; /* where the parsed part begins in the source */
  uint32_t paragraph;
  uint32_t quotes, items; /* open block quotes, list items */
  uint32_t code, image;   /* open code blocks or HTML, pictures */
  uint32_t heading;       /* level, 0: none */
  bool titled;            /* the headline has been seen */
  bool too_deep;
  bool row; /* inside a table */
} md;

static stance_part part_of(const md *m) {
  if (m->quotes) return STANCE_QUOTE;
  if (m->items || m->row) return STANCE_LIST;
  return STANCE_BODY;
}

static void begin(md *m, stance_part part) {
  st_text_begin(m->t, part, m->paragraph);
}

static void end(md *m) {
  if (st_text_end(m->t)) m->paragraph++;
}

static int enter_block(MD_BLOCKTYPE type, void *detail, void *ctx) {
  md *m = ctx;
  switch (type) {
  case MD_BLOCK_QUOTE:
    end(m);
    m->quotes++;
    break;
  case MD_BLOCK_LI:
    end(m);
    m->items++;
    begin(m, part_of(m));
    break;
  case MD_BLOCK_H:
    end(m);
    m->heading = ((MD_BLOCK_H_DETAIL *)detail)->level;
    if (m->quotes)
      begin(m, STANCE_QUOTE);
    else
      begin(m, !m->titled && m->heading == 1 ? STANCE_HEADLINE : STANCE_HEADING);
    m->titled = m->titled || m->heading == 1;
    break;
  case MD_BLOCK_P:
  case MD_BLOCK_TH:
  case MD_BLOCK_TD:
    if (m->t->inside && m->t->text.len == m->t->block[m->t->blocks].start) break; /* of the item */
    end(m);
    begin(m, part_of(m));
    break;
  case MD_BLOCK_TABLE: m->row = true; break;
  case MD_BLOCK_CODE:
  case MD_BLOCK_HTML: m->code++; break;
  default: break;
  }
  if (m->quotes + m->items > ST_MAX_QUOTES) {
    m->too_deep = true;
    return 1;
  }
  return 0;
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *ctx) {
  (void)detail;
  md *m = ctx;
  switch (type) {
  case MD_BLOCK_QUOTE:
    end(m);
    m->quotes--;
    break;
  case MD_BLOCK_LI:
    end(m);
    m->items--;
    break;
  case MD_BLOCK_TABLE:
    end(m);
    m->row = false;
    break;
  case MD_BLOCK_H:
    m->heading = 0;
    end(m);
    break;
  case MD_BLOCK_P:
  case MD_BLOCK_TH:
  case MD_BLOCK_TD: end(m); break;
  case MD_BLOCK_CODE:
  case MD_BLOCK_HTML: m->code--; break;
  default: break;
  }
  return 0;
}

/* A picture inside a paragraph cuts it in two: its description is a caption. */
static int enter_span(MD_SPANTYPE type, void *detail, void *ctx) {
  (void)detail;
  md *m = ctx;
  if (type != MD_SPAN_IMG || m->image++) return 0;
  end(m);
  begin(m, STANCE_CAPTION);
  return 0;
}

static int leave_span(MD_SPANTYPE type, void *detail, void *ctx) {
  (void)detail;
  md *m = ctx;
  if (type != MD_SPAN_IMG || --m->image) return 0;
  end(m);
  begin(m, part_of(m));
  return 0;
}

/* Takes source bytes, footnote marks "[^1]" and "[^1]:" left out. */
static void take(md *m, size_t from, size_t upto) {
  const char *s = m->t->source;
  for (size_t i = from; i + 3 < upto; i++) {
    if (s[i] != '[' || s[i + 1] != '^') continue;
    size_t k = i + 2;
    while (k < upto && k - i < 34 && s[k] > ' ' && s[k] != ']') k++;
    if (k >= upto || s[k] != ']' || k == i + 2) continue;
    st_take(m->t, from, i);
    from = k + 1 < upto && s[k + 1] == ':' ? k + 2 : k + 1;
    i = k;
  }
  if (from < upto) st_take(m->t, from, upto);
}

static int text(MD_TEXTTYPE type, const MD_CHAR *s, MD_SIZE size, void *ctx) {
  md *m = ctx;
  st_text *t = m->t;
  if (m->code) return 0;
  const char *first = t->source + m->base;
  bool ours = s >= first && s + size <= t->source + t->source_len;
  size_t from = ours ? (size_t)(s - t->source) : t->read;
  switch (type) {
  case MD_TEXT_BR:
  case MD_TEXT_SOFTBR: st_take_space(t); break;
  case MD_TEXT_HTML: {
    bool br = size > 3 && s[0] == '<' && (s[1] | 32) == 'b' && (s[2] | 32) == 'r';
    if (br) st_take_space(t);
    break;
  }
  case MD_TEXT_NULLCHAR: break;
  case MD_TEXT_ENTITY: {
    char out[16];
    size_t len;
    if (ours && st_entity(s, size, out, &len) == size)
      st_take_as(t, out, len, from, from + size);
    else if (ours)
      st_take(t, from, from + size);
    break;
  }
  default:
    if (ours)
      take(m, from, from + size);
    else
      st_take_space(t); /* a newline inside code */
  }
  return t->failed ? 1 : 0;
}

/* End of the front matter ("---" or "+++" lines at the very top), or 0. */
static size_t front_matter(const char *s, size_t n) {
  size_t at = n >= 3 && !memcmp(s, "\xef\xbb\xbf", 3) ? 3 : 0;
  if (n - at < 4 || (memcmp(s + at, "---", 3) && memcmp(s + at, "+++", 3))) return 0;
  const char *mark = s + at;
  bool first = true;
  while (at < n) {
    const char *nl = memchr(s + at, '\n', n - at);
    size_t stop = nl ? (size_t)(nl - s) : n, len = stop - at;
    if (len && s[at + len - 1] == '\r') len--;
    while (len > 3 && (s[at + len - 1] == ' ' || s[at + len - 1] == '\t')) len--;
    bool fence = len == 3 && !memcmp(s + at, mark, 3);
    bool dots = !first && len == 3 && *mark == '-' && !memcmp(s + at, "...", 3);
    if (first && !fence) return 0;
    if (!first && (fence || dots)) return nl ? stop + 1 : n;
    if (first && nl && stop + 1 < n && (s[stop + 1] == '\n' || s[stop + 1] == '\r')) return 0;
    first = false;
    if (!nl) break;
    at = stop + 1;
  }
  return 0;
}

/* Without a heading of level 1 the first block is the headline if it looks like one. */
static void find_headline(md *m) {
  st_text *t = m->t;
  for (size_t i = 0; i < t->blocks && i < 5; i++) {
    stance_block *b = &t->block[i];
    const char *s = t->text.data + b->start;
    size_t n = b->end - b->start;
    if (b->part == STANCE_BODY && st_is_byline(s, n)) b->part = STANCE_BYLINE;
  }
  if (m->titled || t->blocks < 2) return;
  stance_block *b = &t->block[0];
  bool title =
      b->part == STANCE_HEADING ||
      (b->part == STANCE_BODY && st_is_title(t->text.data + b->start, b->end - b->start, 160));
  if (title) b->part = STANCE_HEADLINE;
}

stance_status st_read_md(st_text *t, stance_error *err) {
  if (t->source_len > ST_MAX_MD)
    return st_fail(err, STANCE_ERR_TOO_LARGE, "Markdown of %zu bytes; at most %d MiB are read",
                   t->source_len, ST_MAX_MD >> 20);
  md m = {.t = t};
  m.base = front_matter(t->source, t->source_len);
  if (m.base)
    st_buf_puts(&t->dropped, "front matter 1");
  else if (t->source_len >= 3 && !memcmp(t->source, "\xef\xbb\xbf", 3))
    m.base = 3;
  t->read = m.base;
  MD_PARSER parser = {.flags = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS |
                               MD_FLAG_NOINDENTEDCODEBLOCKS,
                      .enter_block = enter_block,
                      .leave_block = leave_block,
                      .enter_span = enter_span,
                      .leave_span = leave_span,
                      .text = text};
  int code = md_parse(t->source + m.base, (MD_SIZE)(t->source_len - m.base), &parser, &m);
  st_text_end(t);
  if (m.too_deep)
    return st_fail(err, STANCE_ERR_TOO_LARGE, "block quotes and lists nested more than %d deep",
                   ST_MAX_QUOTES);
  if (code || t->failed) return st_fail_memory(err, "reading Markdown");
  find_headline(&m);
  return STANCE_OK;
}
