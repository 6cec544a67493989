/* read_plain.c: plain text: paragraphs a line or hard-wrapped, and wire copy sent by e-mail.
 *
 *     From: desk@wire.example       boilerplate (mail header)
 *     Subject: Pier to open         headline: what follows the name
 *                                   blank lines and newlines by lines.c
 *     By Nora Quill                 byline
 *     The pier will open ...        body, list
 *     What happens next             heading: a line of its own without an end mark
 *     -30-                          boilerplate (end mark)
 *
 * Text and source are the same bytes: blocks only point into them. */
#include "text/reader.h"

#include <string.h>
#include <strings.h>

#include "text/chars.h"
#include "text/lines.h"

static const unsigned char *bytes_of(const st_text *t) {
  return (const unsigned char *)t->source;
}

static bool starts(const char *s, size_t n, const char *with) {
  size_t k = strlen(with);
  return n >= k && !strncasecmp(s, with, k);
}

static void note(st_text *t, size_t start, size_t end, const char *why, uint32_t *paragraph) {
  if (start < end && st_text_add(t, start, end, STANCE_BOILERPLATE, (*paragraph)++))
    t->block[t->blocks - 1].why = why;
}

/* ---- mail headers ---- */

/* Length of a header's name with its colon ("Subject:"), or 0. */
static size_t header_name(const char *s, size_t n) {
  size_t i = 0;
  while (i < n && i < 32 && ((s[i] | 32) >= 'a' ? (s[i] | 32) <= 'z' : s[i] == '-')) i++;
  return i > 1 && i < n && s[i] == ':' && (i + 1 == n || s[i + 1] == ' ' || s[i + 1] == '\t')
             ? i + 1
             : 0;
}

static bool mail_name(const char *s, size_t n) {
  static const char *const known[] = {
      "From:", "To:", "Subject:", "Date:", "Sent:", "Cc:", "Bcc:", "Reply-To:", "Message-ID:"};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (starts(s, n, known[i])) return true;
  return false;
}

static size_t line_end(const st_text *t, size_t at, size_t upto) {
  const char *nl = memchr(t->source + at, '\n', upto - at);
  return nl ? (size_t)(nl - t->source) : upto;
}

static size_t trimmed(const st_text *t, size_t start, size_t end) {
  while (end > start &&
         (t->source[end - 1] == ' ' || (t->source[end - 1] >= '\t' && t->source[end - 1] <= '\r')))
    end--;
  return end;
}

/* End of the mail headers at `from`, or `from` if there are none: two known ones at least. */
static size_t headers_end(const st_text *t, size_t from, size_t upto) {
  size_t at = from, known = 0;
  while (at < upto) {
    size_t end = line_end(t, at, upto), stop = trimmed(t, at, end);
    bool goes_on = at > from && stop > at && (t->source[at] == ' ' || t->source[at] == '\t');
    if (stop == at || (!goes_on && !header_name(t->source + at, stop - at))) break;
    known += !goes_on && mail_name(t->source + at, stop - at);
    at = end < upto ? end + 1 : end;
  }
  return known >= 2 ? at : from;
}

static bool read_headers(st_text *t, size_t from, size_t upto, uint32_t *paragraph) {
  bool subject = false;
  while (from < upto) {
    size_t end = line_end(t, from, upto), next = end < upto ? end + 1 : end;
    while (next < upto && (t->source[next] == ' ' || t->source[next] == '\t')) {
      end = line_end(t, next, upto);
      next = end < upto ? end + 1 : end;
    }
    size_t stop = trimmed(t, from, end), start = from;
    if (starts(t->source + from, stop - from, "Subject:")) {
      start += strlen("Subject:");
      size_t m;
      while (start < stop && (m = st_space(bytes_of(t) + start, stop - start))) start += m;
      if (start < stop) subject = st_text_add(t, start, stop, STANCE_HEADLINE, (*paragraph)++);
    } else {
      note(t, from, stop, "mail header", paragraph);
    }
    from = next;
  }
  return subject;
}

/* ---- what a block is ---- */

static bool end_of_copy(const char *s, size_t n) {
  static const char *const marks[] = {"-30-", "--30--", "- 30 -", "ENDS",   "-ENDS-", "- ends -",
                                      "###",  "# # #",  "-0-",    "(MORE)", "-more-", "(ENDS)"};
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
    if (strlen(marks[i]) == n && !strncasecmp(s, marks[i], n) &&
        (marks[i][0] != 'E' || !memcmp(s, "ENDS", 4)))
      return true;
  return false;
}

static bool byline(const unsigned char *s, size_t n) {
  size_t len;
  return n < 120 && starts((const char *)s, n, "By ") && s[0] == 'B' &&
         st_char_kind(s + 3, n - 3, &len) == ST_C_UPPER && !st_end_mark(s, 0, n);
}

static bool credit(const char *s, size_t n) {
  static const char *const labels[] = {
      "Photo:", "Photos:", "Caption:", "Image:", "Picture:", "Photograph:", "Pictured:"};
  for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
    if (starts(s, n, labels[i])) return true;
  return false;
}

bool st_is_title(const char *text, size_t n, size_t most) {
  const unsigned char *s = (const unsigned char *)text;
  size_t len;
  if (n > 4 * most || memchr(s, '\n', n) || st_end_mark(s, 0, n)) return false;
  size_t characters = 0;
  for (size_t i = 0; i < n; i++) characters += (s[i] & 0xc0) != 0x80;
  unsigned char last = s[n - 1];
  return characters <= most && last != ',' && last != ';' && last != ':' &&
         st_char_kind(s, n, &len) != ST_C_LOWER;
}

static stance_part part_of(const st_text *t, size_t start, size_t end, bool headline, size_t nth,
                           bool last) {
  const unsigned char *s = bytes_of(t) + start;
  size_t n = end - start;
  uint32_t value, style;
  if (nth < 5 && byline(s, n)) return STANCE_BYLINE;
  if (credit((const char *)s, n)) return STANCE_CAPTION;
  if (st_list_mark(s, n, &value, &style)) return STANCE_LIST;
  if (headline && !last && st_is_title((const char *)s, n, 160)) return STANCE_HEADLINE;
  if (!last && st_is_title((const char *)s, n, 80)) return STANCE_HEADING;
  return STANCE_BODY;
}

stance_status st_read_plain_part(st_text *t, size_t from, size_t upto, bool first,
                                 stance_error *err) {
  const unsigned char *s = bytes_of(t);
  uint32_t paragraph = t->blocks ? t->block[t->blocks - 1].paragraph + 1 : 0;
  bool headline = first, signature = false;
  size_t nth = 0, m;
  while (from < upto && (m = st_space(s + from, upto - from))) from += m;
  if (first) {
    size_t end = headers_end(t, from, upto);
    if (end > from && read_headers(t, from, end, &paragraph)) headline = false;
    from = end;
  }
  if (from >= upto) return t->failed ? st_fail_memory(err, "reading a text") : STANCE_OK;
  st_layout layout;
  st_layout_survey(s + from, upto - from, &layout);
  for (size_t at = from, next; at < upto && !t->failed; at = next) {
    while (at < upto && (m = st_space(s + at, upto - at))) at += m;
    if (at >= upto) break;
    size_t end = from + st_layout_block(&layout, s + from, upto - from, at - from, &next);
    next += from;
    if (end - at == 2 && !memcmp(s + at, "--", 2)) signature = upto - at < 2048;
    const char *why = signature                               ? "signature"
                      : end_of_copy(t->source + at, end - at) ? "end mark"
                                                              : NULL;
    if (why) {
      note(t, at, end, why, &paragraph);
      continue;
    }
    bool last = next >= upto;
    stance_part part = part_of(t, at, end, headline, nth++, last);
    headline = headline && part == STANCE_BYLINE;
    st_text_add(t, at, end, part, paragraph++);
  }
  return t->failed ? st_fail_memory(err, "reading a text") : STANCE_OK;
}

stance_status st_read_plain(st_text *t, stance_error *err) {
  return st_read_plain_part(t, 0, t->source_len, true, err);
}
