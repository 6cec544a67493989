/* fuzz_readers.c: damaged documents of every format. Whatever the bytes, a reader ends with an
 * error of one line or with a text whose blocks, sentences and positions hold together.
 *
 * As a program it damages the files of tests/data/readers in the same way on every run (arguments:
 * how many inputs, and a number for other ones); with -DFUZZER and clang's -fsanitize=fuzzer it is
 * a fuzz target. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void require(bool condition, const char *what) {
  if (condition) return;
  fprintf(stderr, "fuzz_readers: %s\n", what);
  abort();
}

static void check_map(const st_text *t) {
  size_t text = 0, source = 0;
  for (size_t i = 0; i < t->pieces; i++) {
    const st_piece *p = &t->piece[i];
    size_t end = i + 1 < t->pieces ? t->piece[i + 1].text : t->text.len;
    require(p->text == text && end > text, "pieces do not cover the text");
    require(p->from >= source && p->upto >= p->from && p->upto <= t->source_len,
            "a piece goes back in the source, or beyond it");
    if (p->verbatim)
      require(p->upto - p->from == end - text &&
                  !memcmp(t->source + p->from, t->text.data + text, end - text),
              "a verbatim piece is not the source's");
    text = end;
    source = p->upto;
  }
  require(text == (t->pieces ? t->text.len : 0), "pieces end before the text");
}

static void check_text(const stance_text *public) {
  const st_text *t = (const st_text *)public;
  const stance_text *p = public;
  require(st_utf8_invalid(p->text, p->text_len) == p->text_len, "the text is not UTF-8");
  require(!strchr(p->remark, '\n'), "a remark of several lines");
  check_map(t);
  size_t last = 0;
  for (size_t i = 0; i < p->n_blocks; i++) {
    const stance_block *b = &p->blocks[i];
    require(b->start >= last && b->start < b->end && b->end <= p->text_len, "blocks out of order");
    require((p->text[b->start] & 0xc0) != 0x80, "a block begins inside a character");
    require((b->part == STANCE_BOILERPLATE) == (b->why != NULL), "boilerplate without a reason");
    last = b->end;
  }
  st_sentences s = {0};
  uint8_t *part = NULL;
  require(st_text_sentences(t, &s, &part, NULL) == STANCE_OK, "out of memory");
  size_t from = 0, block = 0;
  for (size_t i = 0; i < s.n; i++) {
    size_t a = st_source_start(t, s.items[i].start), b = st_source_end(t, s.items[i].end);
    require(a >= from && a < b && b <= t->source_len, "a sentence without a place in the source");
    from = b;
    while (p->blocks[block].end <= s.items[i].start) block++;
    require(p->blocks[block].start <= s.items[i].start && s.items[i].end <= p->blocks[block].end,
            "a sentence crosses blocks");
  }
  free(part);
  st_sentences_free(&s);
}

/* The first byte chooses the format. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
  static const char *const formats[] = {"txt", "md", "html", "docx", "jsonl", "auto"};
  if (!len) return 0;
  stance_text_options o = {.format = formats[bytes[0] % 6],
                           .selector = bytes[0] % 6 == 2 && bytes[0] > 250 ? "div p" : NULL};
  stance_text *t = NULL;
  stance_error e = {0};
  stance_status status = stance_read_text("fuzz", (const char *)bytes + 1, len - 1, &o, &t, &e);
  require(status == STANCE_OK || (status == e.code && e.message[0] && !strchr(e.message, '\n')),
          "an error without a message of one line");
  require((status == STANCE_OK) == (t != NULL), "a text beside an error");
  require(status != STANCE_ERR_INTERNAL && status != STANCE_ERR_MEMORY, "an error of ours");
  if (t) check_text(t);
  stance_text_free(t);
  return 0;
}

#ifndef FUZZER
/* xorshift64* (Vigna 2016, "An experimental exploration of Marsaglia's xorshift generators"). */
static uint64_t next(uint64_t *state) {
  *state ^= *state >> 12;
  *state ^= *state << 25;
  *state ^= *state >> 27;
  return *state * 0x2545f4914f6cdd1du;
}

static const char *const snippets[] = {"<",
                                       ">",
                                       "</p>",
                                       "<p>",
                                       "<br>",
                                       "<br><br>",
                                       "<table>",
                                       "<td>",
                                       "</table>",
                                       "<b>",
                                       "</b>",
                                       "<!--",
                                       "-->",
                                       "&",
                                       "&amp;",
                                       "&#0;",
                                       "&#x1F600;",
                                       "&not",
                                       "\"",
                                       "'",
                                       "<a href=x>",
                                       "</a>",
                                       "<div hidden>",
                                       "</div>",
                                       "<script>",
                                       "</script>",
                                       "<![CDATA[",
                                       "]]>",
                                       "<h1>",
                                       "<ul><li>",
                                       "\n",
                                       "\r\n",
                                       "\n\n",
                                       "> ",
                                       "- ",
                                       "# ",
                                       "```",
                                       "**",
                                       "_",
                                       "[x](y)",
                                       "![x](y)",
                                       "[^1]",
                                       "---\n",
                                       "\\",
                                       "| a |\n|--|\n",
                                       "\xc2\xa0",
                                       "\xc2\xad",
                                       "\xe2\x80\x8b",
                                       "\xef\xbb\xbf",
                                       "\xf0\x9f\x98\x80",
                                       "\xcc\x81",
                                       "\xff",
                                       "<w:p>",
                                       "</w:p>",
                                       "<w:del>",
                                       "<!DOCTYPE x>",
                                       "From: a\n",
                                       "\xe2\x80\x9c"};

/* One of: another byte, a snippet in, a stretch out, a stretch twice. */
static size_t damage(uint8_t *s, size_t len, size_t room, uint64_t *state) {
  size_t at = next(state) % (len + 1), n;
  switch (next(state) % 4) {
  case 0:
    if (at < len) s[at] = (uint8_t)next(state);
    return len;
  case 1: {
    const char *snippet = snippets[next(state) % (sizeof snippets / sizeof *snippets)];
    n = strlen(snippet);
    if (len + n > room) return len;
    memmove(s + at + n, s + at, len - at);
    memcpy(s + at, snippet, n);
    return len + n;
  }
  case 2:
    n = next(state) % 64;
    if (n > len - at) n = len - at;
    memmove(s + at, s + at + n, len - at - n);
    return len - n;
  default:
    n = next(state) % 64;
    if (n > len - at) n = len - at;
    if (len + n > room) return len;
    memmove(s + at + n, s + at, len - at);
    return len + n;
  }
}

enum { ROUNDS = 16000, SEEDS = 128, ROOM = 1 << 16 };

static int by_name(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static size_t list(const char *folder, char *names[SEEDS], size_t n) {
  DIR *d = opendir(folder);
  require(d != NULL, "run it in the project's folder");
  for (struct dirent *e; n < SEEDS && (e = readdir(d));) {
    if (e->d_name[0] == '.' || st_name_ends(e->d_name, ".blocks") ||
        st_name_ends(e->d_name, ".gold") || !strchr(e->d_name, '.'))
      continue;
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
    names[n] = strdup(path);
    require(names[n++] != NULL, "out of memory");
  }
  closedir(d);
  return n;
}

static uint8_t format_byte(const char *name, uint64_t *state) {
  if (next(state) % 8 == 0) return (uint8_t)next(state);
  return st_name_ends(name, ".txt")    ? 0
         : st_name_ends(name, ".md")   ? 1
         : st_name_ends(name, ".docx") ? 3
         : st_name_ends(name, ".html") ? 2
                                       : 4;
}

int main(int argc, char **argv) {
  char *names[SEEDS];
  size_t n = list("tests/data/readers", names, 0);
  n = list("tests/data/readers/pages", names, n);
  qsort(names, n, sizeof *names, by_name);
  long rounds = argc > 1 ? atol(argv[1]) : ROUNDS;
  uint64_t state = 0x9e3779b97f4a7c15u + (argc > 2 ? (uint64_t)atol(argv[2]) : 0);
  for (long round = 0; round < rounds; round++) {
    st_file seed;
    const char *name = names[next(&state) % n];
    if (st_file_open(name, &seed, NULL) != STANCE_OK) return 1;
    size_t len = seed.len < ROOM / 2 ? seed.len : ROOM / 2;
    uint8_t *input = malloc(ROOM + 1);
    if (!input) return 1;
    input[0] = format_byte(name, &state);
    memcpy(input + 1, seed.data, len);
    st_file_close(&seed);
    for (uint64_t edits = next(&state) % 12; edits; edits--)
      len = damage(input + 1, len, ROOM, &state);
    uint8_t *exact = realloc(input, len + 1); /* so that a read past the end is seen */
    if (!exact) return 1;
    LLVMFuzzerTestOneInput(exact, len + 1);
    free(exact);
  }
  for (size_t i = 0; i < n; i++) free(names[i]);
  printf("fuzz_readers: %ld inputs\n", rounds);
  return 0;
}
#endif
