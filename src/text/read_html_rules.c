/* read_html_rules.c: what a block's own words say of it: "Read more: ...", "Advertisement",
 * "12 comments", "By Nora Quill", or running text. */
#include "text/read_html.h"

#include <string.h>

#include "text/chars.h"
#include "text/lines.h"

size_t st_fold(const char *s, size_t n, char *out, size_t room) {
  size_t k = 0;
  bool space = false;
  for (size_t i = 0; i < n && k + 2 < room; i++) {
    unsigned char c = (unsigned char)s[i];
    if (c >= 'A' && c <= 'Z') c += 32;
    bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80;
    /* Quotation marks and dashes (U+2010 to U+203F) differ between a page and its data. */
    if (c == 0xe2 && i + 2 < n && (unsigned char)s[i + 1] == 0x80) letter = false, i += 2;
    if (!letter) {
      space = k > 0;
      continue;
    }
    if (space) out[k++] = ' ';
    space = false;
    out[k++] = (char)c;
  }
  out[k] = 0;
  return k;
}

typedef struct phrase {
  const char *words; /* folded */
  char kind;         /* '=' the whole block, '^' its beginning, 'l' its beginning, with a link,
                        'h' the whole of a heading or its beginning, digits passed over */
  const char *why;
} phrase;

static const phrase phrases[] = {
    {"advertisement", '=', "advertising"},
    {"advertising", '=', "advertising"},
    {"ad", '=', "advertising"},
    {"sponsored", '=', "advertising"},
    {"sponsored content", '=', "advertising"},
    {"advertisement scroll to continue", '=', "advertising"},
    {"article continues below", '^', "advertising"},
    {"article continues after", '^', "advertising"},
    {"story continues below", '^', "advertising"},
    {"story continues after", '^', "advertising"},
    {"continue reading below", '^', "advertising"},
    {"this article contains affiliate links", '^', "advertising"},
    {"read more", 'l', "related links"},
    {"read also", 'l', "related links"},
    {"also read", 'l', "related links"},
    {"read next", 'l', "related links"},
    {"read the full story", 'l', "related links"},
    {"read the full article", 'l', "related links"},
    {"read ", 'L', "related links"},
    {"related", 'l', "related links"},
    {"see also", 'l', "related links"},
    {"see more", 'l', "related links"},
    {"more on ", 'l', "related links"},
    {"more from ", 'l', "related links"},
    {"more ", 'L', "related links"},
    {"watch", 'L', "related links"},
    {"listen", 'L', "related links"},
    {"don t miss", 'l', "related links"},
    {"opinion", 'L', "related links"},
    {"analysis", 'L', "related links"},
    {"explainer", 'L', "related links"},
    {"you may also like", '^', "related links"},
    {"you might also like", '^', "related links"},
    {"sign up", 'l', "newsletter"},
    {"sign up for", '^', "newsletter"},
    {"sign up to", '^', "newsletter"},
    {"subscribe", 'l', "newsletter"},
    {"subscribe to", '^', "newsletter"},
    {"get our ", 'l', "newsletter"},
    {"download our app", '^', "newsletter"},
    {"already a subscriber", '^', "newsletter"},
    {"this article is for subscribers", '^', "newsletter"},
    {"support our journalism", '^', "newsletter"},
    {"support independent", '^', "newsletter"},
    {"follow us", '^', "sharing"},
    {"follow ", 'L', "sharing"},
    {"share this", '^', "sharing"},
    {"share", '=', "sharing"},
    {"like us on", '^', "sharing"},
    {"click here", '^', "related links"},
    {"to comment on this", '^', "comments"},
    {"comments are closed", '^', "comments"},
    {"view comments", '^', "comments"},
    {"log in to comment", '^', "comments"},
    {"all rights reserved", '^', "footer"},
    {"copyright ", '^', "footer"},
    {"min read", '=', "furniture"},
    {"image source", '^', "furniture"},
    {"getty images", '=', "furniture"},
    {"this video can not be played", '^', "furniture"},
    {"our standards", 'l', "furniture"},
    {"from wikinews the free", '^', "furniture"},
    {"from wikipedia the free", '^', "furniture"},
    {"have a news tip", '^', "newsletter"},
    {"got a tip", '^', "newsletter"},
    {"do you have a story", '^', "newsletter"},
    {"comment", 'h', "comments"},
    {"comments", 'h', "comments"},
    {"leave a comment", 'h', "comments"},
    {"leave a reply", 'h', "comments"},
    {"join the conversation", 'h', "comments"},
    {"join the discussion", 'h', "comments"},
    {"have your say", 'h', "comments"},
    {"what do you think", 'h', "comments"},
    {"readers comments", 'h', "comments"},
    {"reader comments", 'h', "comments"},
    {"related", 'h', "related links"},
    {"related stories", 'h', "related links"},
    {"related articles", 'h', "related links"},
    {"related topics", 'h', "related links"},
    {"related content", 'h', "related links"},
    {"related news", 'h', "related links"},
    {"related links", 'h', "related links"},
    {"related coverage", 'h', "related links"},
    {"more from ", 'H', "related links"},
    {"more on this", 'H', "related links"},
    {"more stories", 'H', "related links"},
    {"more news", 'H', "related links"},
    {"more like this", 'H', "related links"},
    {"more in ", 'H', "related links"},
    {"you may ", 'H', "related links"},
    {"you might ", 'H', "related links"},
    {"most read", 'H', "related links"},
    {"most popular", 'H', "related links"},
    {"most viewed", 'H', "related links"},
    {"most shared", 'H', "related links"},
    {"recommended", 'H', "related links"},
    {"trending", 'H', "related links"},
    {"popular ", 'H', "related links"},
    {"read more", 'H', "related links"},
    {"read next", 'H', "related links"},
    {"see also", 'H', "related links"},
    {"also on ", 'H', "related links"},
    {"latest news", 'H', "related links"},
    {"latest stories", 'H', "related links"},
    {"latest from", 'H', "related links"},
    {"latest", 'h', "related links"},
    {"top stories", 'H', "related links"},
    {"top news", 'H', "related links"},
    {"editor s picks", 'H', "related links"},
    {"editors picks", 'H', "related links"},
    {"around the web", 'H', "related links"},
    {"from the web", 'H', "related links"},
    {"up next", 'H', "related links"},
    {"don t miss", 'H', "related links"},
    {"in other news", 'H', "related links"},
    {"elsewhere on ", 'H', "related links"},
    {"sources", 'h', "related links"},
    {"references", 'h', "related links"},
    {"external links", 'h', "related links"},
    {"want more ", 'H', "newsletter"},
    {"about the author", 'h', "furniture"},
    {"about the authors", 'h', "furniture"},
    {"topics", 'h', "furniture"},
    {"tags", 'h', "furniture"},
    {"share this story", 'h', "sharing"},
    {"share this article", 'h', "sharing"},
    {"share this", 'h', "sharing"},
    {"newsletter", 'h', "newsletter"},
    {"sign up", 'H', "newsletter"},
    {"subscribe", 'H', "newsletter"},
    {"get the ", 'H', "newsletter"},
};

const char *st_words_why(const char *s, size_t n, bool linked, bool heading) {
  char w[96];
  size_t len = st_fold(s, n < 160 ? n : 160, w, sizeof w);
  bool short_one = len < 90 && n < 200;
  const char *rest = w; /* "12 comments" */
  while (*rest >= '0' && *rest <= '9') rest++;
  if (*rest == ' ') rest++;
  size_t tail = strlen(rest);
  while (tail && ((rest[tail - 1] >= '0' && rest[tail - 1] <= '9') || rest[tail - 1] == ' '))
    tail--;
  for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) {
    const phrase *p = &phrases[i];
    size_t k = strlen(p->words);
    bool begins = !strncmp(w, p->words, k), hit = false;
    /* A label before a link: "READ: ...", "More: ...". */
    char after = k < n ? s[k] : 0;
    switch (p->kind) {
    case '=': hit = !strcmp(rest, p->words) || !strcmp(w, p->words); break;
    case '^': hit = begins && short_one; break;
    case 'l': hit = begins && linked && n < 300; break;
    case 'L':
      hit = begins && linked && n < 300 && (after == ':' || (k && s[k - 1] == ':') || after == '|');
      break;
    case 'h': hit = heading && tail == k && !strncmp(rest, p->words, k); break;
    case 'H': hit = heading && begins && len < 60; break;
    default: break;
    }
    if (hit) return p->why;
  }
  return NULL;
}

bool st_is_prose(const char *s, size_t n) {
  if (n < 25) return false;
  return n >= 100 || st_end_mark((const unsigned char *)s, 0, n);
}

/* "tuesday april 14 2026", "14 april 2026": nothing but a date; folded. */
static bool is_date(const char *w) {
  static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                       "jul", "aug", "sep", "oct", "nov", "dec"};
  bool month = false, year = false;
  size_t words = 0;
  for (const char *p = w; *p; p += strcspn(p, " "), p += *p == ' ') {
    size_t n = strcspn(p, " ");
    bool known = false;
    for (size_t i = 0; i < 12; i++) known = known || (n <= 9 && !strncmp(p, months[i], 3));
    month = month || known;
    bool digits = strspn(p, "0123456789") == n;
    year = year || (digits && n == 4);
    bool day = n >= 6 && !strncmp(p + n - 3, "day", 3);
    if (!known && !digits && !day) return false;
    words++;
  }
  return month && year && words <= 4;
}

bool st_is_byline(const char *s, size_t n) {
  size_t len;
  if (n > 120 || n < 6) return false;
  if (n > 13 && !memcmp(s, "Reporting by ", 13)) return true;
  bool by = (s[0] == 'B' || s[0] == 'b') && (s[1] == 'y' || s[1] == 'Y') && s[2] == ' ' &&
            st_char_kind((const unsigned char *)s + 3, n - 3, &len) == ST_C_UPPER;
  char w[64];
  st_fold(s, n, w, sizeof w);
  bool date = !strncmp(w, "published", 9) || !strncmp(w, "updated", 7) ||
              !strncmp(w, "posted", 6) || !strncmp(w, "last updated", 12) ||
              !strncmp(w, "first published", 15);
  return is_date(w) || (by && !st_end_mark((const unsigned char *)s, 0, n)) || date;
}
