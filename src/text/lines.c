/* lines.c: hard-wrapped text and one paragraph a line told apart. */
#include "text/lines.h"

#include <string.h>

#include "text/chars.h"

enum {
  LONGEST = 160, /* columns; longer lines are not wrapped ones */
  ENOUGH = 4096  /* newlines between lines after which the survey has seen enough */
};

typedef struct line {
  size_t start, end; /* without white space at the ends */
  size_t next;       /* after the newline */
  uint32_t indent, columns, first_word;
  unsigned first; /* kind of the first letter, quotes and brackets passed over */
  bool blank, mark;
} line;

/* Code points of s[0, n); LONGEST + 1 for all that is longer. */
static uint32_t columns(const unsigned char *s, size_t n) {
  if (n > 4 * LONGEST) return LONGEST + 1;
  size_t more = 0, i = 0; /* bytes 10xxxxxx */
  for (; i + 8 <= n; i += 8) {
    uint64_t w;
    memcpy(&w, s + i, 8);
    if (!(w & 0x8080808080808080u)) continue;
    more += ((w >> 7 & ~w >> 6 & 0x0101010101010101u) * 0x0101010101010101u) >> 56;
  }
  for (; i < n; i++) more += (s[i] & 0xc0) == 0x80;
  return n - more > LONGEST ? LONGEST + 1 : (uint32_t)(n - more);
}

bool st_end_mark(const unsigned char *s, size_t start, size_t end) {
  for (int k = 0; k < 4 && end > start; k++) {
    size_t i = st_char_back(s, start, end);
    if (s[i] == '.' || s[i] == '!' || s[i] == '?') return true;
    if (st_is_e280(s + i, end - i, ST_E280_ELLIPSIS)) return true;
    bool closer = s[i] == '"' || s[i] == '\'' || s[i] == ')' || s[i] == ']' || s[i] == '*' ||
                  s[i] == '_' || st_is_e280(s + i, end - i, ST_E280_RIGHT_DOUBLE) ||
                  st_is_e280(s + i, end - i, ST_E280_RIGHT_SINGLE);
    if (!closer) return false;
    end = i;
  }
  return false;
}

static void read_line(const unsigned char *s, size_t n, size_t at, unsigned char newline, line *l) {
  const unsigned char *nl = memchr(s + at, newline, n - at);
  size_t end = nl ? (size_t)(nl - s) : n, m;
  l->next = nl ? end + 1 : n;
  l->start = at;
  l->indent = 0;
  while (l->start < end && (m = st_space(s + l->start, end - l->start))) {
    l->indent += s[l->start] == '\t' ? 8 : 1;
    l->start += m;
  }
  l->blank = l->start == end;
  if (l->blank) return;
  while (end > l->start) {
    size_t i = st_char_back(s, l->start, end);
    if (!st_space(s + i, end - i)) break;
    end = i;
  }
  l->end = end;
}

/* The rest of what is known of a line; only asked for lines beside a single newline. */
static void look_at(const unsigned char *s, line *l) {
  size_t i = l->start, len;
  l->columns = columns(s + i, l->end - i);
  l->mark = st_end_mark(s, i, l->end) || s[l->end - 1] == ':';
  size_t word = i;
  while (word < l->end && word - i < 48 && s[word] > ' ') word++;
  l->first_word = columns(s + i, word - i);
  l->first = 0;
  for (int k = 0; k < 4 && i < l->end; k++, i += len) {
    l->first = st_char_kind(s + i, l->end - i, &len);
    if (l->first) break;
  }
}

void st_layout_survey(const unsigned char *s, size_t n, st_layout *layout) {
  uint32_t lengths[LONGEST + 2] = {0}, sums[LONGEST + 64] = {0};
  uint32_t pairs = 0, lines = 0, lower = 0, open = 0;
  *layout = (st_layout){.newline = '\n'};
  if (!memchr(s, '\n', n) && memchr(s, '\r', n)) layout->newline = '\r';
  line a = {.blank = true}, b;
  for (size_t at = 0; at < n && pairs < ENOUGH; at = b.next, a = b) {
    read_line(s, n, at, layout->newline, &b);
    if (b.blank) continue;
    look_at(s, &b);
    if (a.blank) continue;
    pairs++;
    lower += b.first == ST_C_LOWER;
    open += !a.mark;
    if (a.first_word < a.columns) lengths[a.columns]++, lines++; /* a long address tells nothing */
    sums[a.columns + 1 + b.first_word]++;
  }
  layout->pairs = pairs;
  layout->longs = lengths[LONGEST + 1];
  if (pairs < 3 || lengths[LONGEST + 1] > pairs / 8) return;
  uint32_t seen = 0, full = 0;
  for (layout->margin = 0; layout->margin <= LONGEST; layout->margin++) {
    seen += lengths[layout->margin];
    if (seen >= lines - (lines + 4) / 8) break; /* the longest may hold an address */
  }
  for (size_t i = layout->margin + 1; i < sizeof sums / sizeof *sums; i++) full += sums[i];
  /* Shares of 1: lines that were full, newlines without an end mark before, lower case after. */
  double share_full = (double)full / pairs, share_open = (double)open / pairs,
         share_lower = (double)lower / pairs;
  layout->wrapped = layout->margin >= 30 && share_open >= 0.4 &&
                    ((share_lower >= 0.2 && share_full >= 0.4) || share_full >= 0.8);
}

/* Does the newline between lines a and b only wrap? */
static bool wraps(const st_layout *layout, const unsigned char *s, size_t n, size_t block,
                  const line *a, const line *b) {
  uint32_t value, style;
  bool item = st_list_mark(s + b->start, b->end - b->start, &value, &style) > 0;
  bool full = a->columns + 1 + b->first_word > layout->margin - layout->margin / 6;
  if (layout->wrapped) {
    if (b->indent > a->indent + 1) return false;
    if (item && (!full || (a->mark && st_bullet(s + b->start, n - b->start)))) return false;
    return full || (b->first == ST_C_LOWER && !a->mark);
  }
  /* One paragraph a line, or too few lines to tell: a sentence broken by mistake. */
  if (b->first != ST_C_LOWER || a->mark || item || layout->pairs > 8) return false;
  line c = *b;
  while (c.next < n) { /* where the run of lines ends there must be an end mark */
    line d;
    read_line(s, n, c.next, layout->newline, &d);
    if (d.blank) break;
    c = d;
  }
  size_t len;
  if (a->columns > 50 && a->columns <= LONGEST) return true;
  bool capital = st_char_kind(s + block, n - block, &len) == ST_C_UPPER && !layout->longs;
  return (capital || a->columns > 40) && st_end_mark(s, c.start, c.end);
}

size_t st_layout_block(const st_layout *layout, const unsigned char *s, size_t n, size_t start,
                       size_t *next) {
  line a, b;
  read_line(s, n, start, layout->newline, &a);
  if (a.blank) {
    *next = a.next;
    return start;
  }
  size_t block = a.start;
  for (size_t i = start; i > 0 && start - i < 40 && (s[i - 1] == ' ' || s[i - 1] == '\t'); i--)
    a.indent += s[i - 1] == '\t' ? 8 : 1;
  bool known = false;
  for (;; a = b, known = true) {
    *next = a.next;
    if (a.next >= n) return a.end;
    read_line(s, n, a.next, layout->newline, &b);
    if (b.blank) return a.end;
    if (!known) look_at(s, &a);
    look_at(s, &b);
    if (!wraps(layout, s, n, block, &a, &b)) return a.end;
  }
}
