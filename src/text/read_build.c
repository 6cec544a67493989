/* read_build.c: blocks and their map are put together, and looked up. */
#include "text/reader.h"

#include <stdlib.h>
#include <string.h>

static bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Appends bytes to the text; a verbatim piece that goes on where the last one ended is one with
 * it. */
static void add(st_text *t, const char *bytes, size_t n, size_t from, size_t upto, bool verbatim) {
  if (t->failed || !n) return;
  if (t->text.len + n > INT32_MAX || !st_buf_reserve(&t->text, n)) {
    t->failed = true;
    return;
  }
  st_piece *last = t->pieces ? &t->piece[t->pieces - 1] : NULL;
  if (last && verbatim && last->verbatim && last->upto == from) {
    last->upto = (uint32_t)upto;
  } else {
    if (!st_reserve(&t->piece, &t->pieces_cap, t->pieces + 1, sizeof *t->piece)) {
      t->failed = true;
      return;
    }
    t->piece[t->pieces++] =
        (st_piece){(uint32_t)t->text.len, (uint32_t)from, (uint32_t)upto, verbatim};
  }
  st_buf_add(&t->text, bytes, n);
  t->read = upto;
}

/* Writes the space that is due before a character at source byte `next`. */
static void pay_space(st_text *t, size_t next) {
  if (!t->space) return;
  t->space = false;
  if (t->text.len == t->block[t->blocks].start) return;
  bool one = next == t->read + 1 && t->source[t->read] == ' ';
  add(t, " ", 1, t->read, next, one);
}

bool st_text_add(st_text *t, size_t start, size_t end, stance_part part, uint32_t paragraph) {
  if (!st_reserve(&t->block, &t->blocks_cap, t->blocks + 1, sizeof *t->block)) {
    t->failed = true;
    return false;
  }
  t->block[t->blocks++] =
      (stance_block){.start = start, .end = end, .part = part, .paragraph = paragraph};
  return true;
}

/* An open block lies at block[blocks], beyond those that count. */
void st_text_begin(st_text *t, stance_part part, uint32_t paragraph) {
  st_text_end(t);
  if (t->failed || !st_text_add(t, 0, 0, part, paragraph)) return;
  t->blocks--;
  t->block[t->blocks].start = t->text.len;
  t->inside = true;
  t->space = false;
}

/* The blank line between blocks is written before the first character of the later one. */
static void separate(st_text *t) {
  stance_block *b = &t->block[t->blocks];
  if (t->text.len != b->start || !t->blocks || b->start != t->block[t->blocks - 1].end) return;
  add(t, "\n\n", 2, t->read, t->read, false);
  b->start = t->text.len;
}

bool st_text_end(st_text *t) {
  if (!t->inside) return false;
  t->inside = false;
  t->space = false;
  stance_block *b = &t->block[t->blocks];
  if (t->failed || t->text.len == b->start) return false;
  b->end = t->text.len;
  t->blocks++;
  return true;
}

void st_take_space(st_text *t) {
  t->space = true;
}

/* Of a page: length of a no-break space, soft hyphen or zero-width space at s, or 0. */
static size_t special(const char *s, size_t n, bool *space) {
  *space = false;
  if (n >= 2 && s[0] == '\xc2' && (s[1] == '\xa0' || s[1] == '\xad')) {
    *space = s[1] == '\xa0';
    return 2;
  }
  return n >= 3 && !memcmp(s, "\xe2\x80\x8b", 3) ? 3 : 0;
}

void st_take_as(st_text *t, const char *bytes, size_t n, size_t from, size_t upto) {
  if (!t->inside || t->failed || from < t->read || !n) return;
  bool space = n == 1 && is_space(bytes[0]);
  if (space || (t->page && special(bytes, n, &space) == n)) {
    t->space = t->space || space;
    return;
  }
  separate(t);
  pay_space(t, from);
  add(t, bytes, n, from, upto, false);
}

/* End of the run at s[from] that can be taken as it is: single spaces between words stay. */
static size_t run_end(const st_text *t, size_t from, size_t upto) {
  const char *s = t->source;
  size_t end = from;
  bool space;
  for (; end < upto; end++) {
    if (is_space(s[end]) && (s[end] != ' ' || end + 1 >= upto || is_space(s[end + 1]))) break;
    if (t->page && (s[end] == '\xc2' || s[end] == '\xe2') && special(s + end, upto - end, &space)) {
      if (end > from && s[end - 1] == ' ') end--;
      break;
    }
  }
  return end;
}

void st_take(st_text *t, size_t from, size_t upto) {
  if (!t->inside || t->failed) return;
  if (from < t->read) from = t->read;
  while (from < upto) {
    bool space = is_space(t->source[from]);
    size_t m = space ? 1 : t->page ? special(t->source + from, upto - from, &space) : 0;
    if (m) {
      t->space = t->space || space;
      from += m;
      continue;
    }
    size_t end = run_end(t, from, upto);
    separate(t);
    pay_space(t, from);
    add(t, t->source + from, end - from, from, end, true);
    from = end;
  }
}

void st_remark(st_text *t, const char *fmt, ...) {
  char line[400];
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(line, sizeof line, fmt, ap);
  va_end(ap);
  if (t->remark.len) st_buf_puts(&t->remark, "; ");
  st_buf_puts(&t->remark, line);
}

static const char *string(st_buf *b) {
  return b->data ? b->data : "";
}

/* Paragraphs of the article are numbered without gaps; boilerplate has the number of what follows.
 */
static void number(st_text *t) {
  uint32_t next = 0, old = 0;
  bool any = false;
  for (size_t i = 0; i < t->blocks; i++) {
    stance_block *b = &t->block[i];
    bool kept = b->part != STANCE_BOILERPLATE, same = any && kept && b->paragraph == old;
    if (kept) {
      any = true;
      old = b->paragraph;
      if (!same) next++;
    }
    b->paragraph = kept ? next - 1 : next;
  }
}

stance_status st_text_settle(st_text *t, stance_error *err) {
  st_text_end(t);
  st_buf *all[] = {&t->text, &t->remark, &t->dropped, &t->name,
                   &t->id,   &t->title,  &t->url,     &t->date};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (all[i]->failed) t->failed = true;
  if (t->failed) return st_fail_memory(err, "reading a document");
  number(t);
  stance_text *p = &t->public;
  p->name = string(&t->name);
  p->encoding = t->encoding;
  p->language = t->language;
  bool same = !t->pieces && t->text.len == 0;
  p->text = same ? t->source : string(&t->text);
  p->text_len = same ? t->source_len : t->text.len;
  p->blocks = t->block;
  p->n_blocks = t->blocks;
  p->id = string(&t->id);
  p->title = string(&t->title);
  p->url = string(&t->url);
  p->date = string(&t->date);
  p->remark = string(&t->remark);
  p->dropped = string(&t->dropped);
  return STANCE_OK;
}

void stance_text_free(stance_text *public) {
  if (!public) return;
  st_text *t = (st_text *)public;
  st_buf *all[] = {&t->text, &t->remark, &t->dropped, &t->name,
                   &t->id,   &t->title,  &t->url,     &t->date};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) st_buf_free(all[i]);
  for (size_t i = 0; i < sizeof t->owned / sizeof *t->owned; i++) free(t->owned[i]);
  st_file_close(&t->opened);
  free(t->piece);
  free(t->block);
  free(t);
}

/* The piece that holds text byte `at`. */
static const st_piece *piece_of(const st_text *t, size_t at) {
  size_t a = 0, b = t->pieces;
  while (b - a > 1) {
    size_t m = a + (b - a) / 2;
    if (t->piece[m].text <= at)
      a = m;
    else
      b = m;
  }
  return &t->piece[a];
}

size_t st_source_start(const st_text *t, size_t at) {
  if (!t->pieces) return at;
  if (at >= t->text.len) return t->piece[t->pieces - 1].upto;
  const st_piece *p = piece_of(t, at);
  return p->verbatim ? p->from + (at - p->text) : p->from;
}

size_t st_source_end(const st_text *t, size_t at) {
  if (!t->pieces) return at;
  if (!at) return t->piece[0].from;
  const st_piece *p = piece_of(t, at - 1);
  return p->verbatim ? p->from + (at - p->text) : p->upto;
}
