/* test_readers.c: documents become blocks, and every position holds in the file as given.
 *
 *     tests/data/readers/NAME and NAME.blocks        exact blocks, as tools/blocks prints them
 *     tests/data/readers/pages/NAME.html and .gold   pages in the manner of news sites
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dirent.h>
#include <time.h>
#include <zlib.h>

#include "text/reader.h"

#define FOLDER "tests/data/readers"

static stance_text *read_as(const char *name, const char *bytes, size_t n, const char *format) {
  stance_text_options o = {.format = format};
  stance_text *t = NULL;
  stance_error e;
  if (stance_read_text(name, bytes, n, &o, &t, &e) != STANCE_OK)
    fail_msg("%s: %s", name, e.message);
  return t;
}

static stance_status fails_as(const char *bytes, size_t n, const char *format, stance_error *e) {
  stance_text_options o = {.format = format};
  stance_text *t = NULL;
  stance_status status = stance_read_text("x", bytes, n, &o, &t, e);
  stance_text_free(t);
  assert_int_equal(status, status ? e->code : STANCE_OK);
  return status;
}

/* "headline[Pier opens] body[It could rain.]", boilerplate with its reason. */
static void describe(const stance_text *t, st_buf *out) {
  st_buf_clear(out);
  for (size_t i = 0; i < t->n_blocks; i++) {
    const stance_block *b = &t->blocks[i];
    st_buf_printf(out, "%s%s[%.*s]", i ? " " : "", b->why ? b->why : stance_part_name(b->part),
                  (int)(b->end - b->start), t->text + b->start);
  }
  assert_true(st_buf_reserve(out, 1));
  out->data[out->len] = 0;
}

static void expect(const char *bytes, const char *format, const char *want) {
  stance_text *t = read_as("x", bytes, strlen(bytes), format);
  st_buf got = {0};
  describe(t, &got);
  assert_string_equal(got.data, want);
  st_buf_free(&got);
  stance_text_free(t);
}

/* ---- exact blocks of files ---- */

static void dump(const stance_text *t, st_buf *out) {
  st_buf_printf(out, "# %s %s %s%s%s\n", t->format, t->encoding,
                t->in_file ? "positions in file" : "positions in text",
                t->language[0] ? " lang " : "", t->language);
  if (t->remark[0]) st_buf_printf(out, "# remark: %s\n", t->remark);
  if (t->dropped[0]) st_buf_printf(out, "# dropped: %s\n", t->dropped);
  for (size_t i = 0; i < t->n_blocks; i++) {
    const stance_block *b = &t->blocks[i];
    stance_place p;
    assert_int_equal(stance_text_place(t, b->start, b->end, &p, NULL), STANCE_OK);
    st_buf_printf(out, "%s%s%s\t%u\t%zu-%zu\t", stance_part_name(b->part), b->why ? ":" : "",
                  b->why ? b->why : "", b->paragraph, p.start, p.end);
    for (size_t k = b->start; k < b->end; k++) {
      if (t->text[k] == '\n')
        st_buf_puts(out, "\\n");
      else if (t->text[k] == '\r')
        st_buf_puts(out, "\\r");
      else
        st_buf_putc(out, t->text[k]);
    }
    st_buf_putc(out, '\n');
  }
}

/* Calls fn for every file of a folder whose name ends so. */
static size_t each_file(const char *folder, const char *end, void (*fn)(const char *path)) {
  DIR *d = opendir(folder);
  size_t n = 0;
  assert_non_null(d);
  for (struct dirent *e; (e = readdir(d));) {
    if (!st_name_ends(e->d_name, end)) continue;
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
    fn(path);
    n++;
  }
  closedir(d);
  return n;
}

static void check_blocks(const char *path) {
  char name[512];
  snprintf(name, sizeof name, "%.*s", (int)(strlen(path) - strlen(".blocks")), path);
  stance_error e;
  stance_text *t = NULL;
  st_file want;
  if (stance_read_file(name, NULL, NULL, &t, &e) != STANCE_OK) fail_msg("%s", e.message);
  assert_int_equal(st_file_open(path, &want, &e), STANCE_OK);
  st_buf got = {0};
  dump(t, &got);
  if (got.len != want.len || memcmp(got.data, want.data, want.len))
    fail_msg("%s: the blocks should be\n%.*s\nand are\n%s", name, (int)want.len, want.data,
             got.data);
  st_buf_free(&got);
  st_file_close(&want);
  stance_text_free(t);
}

static void test_files(void **state) {
  (void)state;
  assert_true(each_file(FOLDER, ".blocks", check_blocks) >= 8);
}

/* ---- positions ---- */

/* What stretches of a page or of Markdown say: tags, comments and escapes undone, white space
 * folded. Written apart from the readers, for what the test files hold. */
static void plain_words(const char *s, size_t n, bool html, st_buf *out) {
  static const char *const entities[][2] = {
      {"&amp;", "&"},         {"&lt;", "<"},         {"&gt;", ">"},
      {"&quot;", "\""},       {"&nbsp;", " "},       {"&shy;", ""},
      {"&mdash;", "\u2014"},  {"&rsquo;", "\u2019"}, {"&lsquo;", "\u2018"},
      {"&ldquo;", "\u201c"},  {"&rdquo;", "\u201d"}, {"&eacute;", "\u00e9"},
      {"&hellip;", "\u2026"}, {"&#8217;", "\u2019"}, {"&#8220;", "\u201c"},
      {"&#x201D;", "\u201d"}, {"&#8230;", "\u2026"}, {"&#x1F600;", "\U0001F600"},
      {"&#769;", "\u0301"},   {"&#8211;", "\u2013"}};
  st_buf_clear(out);
  bool space = false;
  for (size_t i = 0; i < n;) {
    if (html && s[i] == '<' && n - i > 1 && s[i + 1] > '@') {
      while (i < n && s[i] != '>') i++;
      i++;
      continue;
    }
    if (html && s[i] == '<' && n - i > 1 && (s[i + 1] == '/' || s[i + 1] == '!')) {
      while (i < n && s[i] != '>') i++;
      i++;
      continue;
    }
    size_t k = 0, e = 0;
    for (; e < sizeof entities / sizeof *entities; e++) {
      k = strlen(entities[e][0]);
      if (n - i >= k && !memcmp(s + i, entities[e][0], k)) break;
    }
    const char *say = s + i;
    size_t len = 1;
    if (s[i] == '&' && e < sizeof entities / sizeof *entities)
      say = entities[e][1], len = strlen(say);
    else
      k = 1;
    i += k;
    if (len == 1 && (*say == ' ' || (*say >= '\t' && *say <= '\r'))) {
      space = true;
      continue;
    }
    if (space && len && out->len) st_buf_putc(out, ' ');
    if (len) space = false;
    st_buf_add(out, say, len);
  }
}

static bool has_markup(const char *s, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (strchr("*_[]()<>&\\`#!|~-\n\r", s[i])) return true;
  return false;
}

static void check_sentence(const stance_text *t, size_t start, size_t end, size_t *last) {
  stance_place p;
  assert_int_equal(stance_text_place(t, start, end, &p, NULL), STANCE_OK);
  const char *s = t->text + start, *file = t->in_file ? t->file : t->text;
  size_t n = end - start, file_len = t->in_file ? t->file_len : t->text_len;
  assert_true(*last <= p.start && p.start < p.end && p.end <= file_len);
  *last = p.end;
  /* code points, line and column, counted anew */
  bool one_byte = t->in_file && !strcmp(t->encoding, "windows-1252");
  size_t cp = 0, line = 1, column = 1;
  for (size_t i = 0; i < p.end; i++) {
    if (i == p.start) {
      assert_int_equal(cp, p.cp_start);
      assert_int_equal(line, p.line);
      assert_int_equal(column, p.column);
    }
    if (!one_byte && (file[i] & 0xc0) == 0x80) continue;
    cp++;
    column = file[i] == '\n' ? 1 : column + 1;
    line += file[i] == '\n';
  }
  assert_int_equal(cp, p.cp_end);
  if (one_byte) {
    assert_int_equal(p.end - p.start, p.cp_end - p.cp_start);
    return;
  }
  const char *cut = file + p.start;
  size_t cut_len = p.end - p.start;
  if (!strcmp(t->format, "html")) {
    st_buf said = {0};
    plain_words(cut, cut_len, true, &said);
    if (said.len != n || memcmp(said.data, s, n))
      fail_msg("%s: [%.*s] stands for [%.*s]", t->name, (int)cut_len, cut, (int)n, s);
    st_buf_free(&said);
  } else if (!strcmp(t->format, "md")) {
    if (!has_markup(cut, cut_len)) assert_memory_equal(cut, s, n);
    for (size_t i = 0, k = 0; i < n; i++) { /* every letter, in order */
      if (!((s[i] | 32) >= 'a' && (s[i] | 32) <= 'z')) continue;
      while (k < cut_len && cut[k] != s[i]) k++;
      if (k++ >= cut_len && (s[i] & 0x80) == 0)
        fail_msg("[%.*s] lacks a letter of [%.*s]", (int)cut_len, cut, (int)n, s);
    }
  } else {
    assert_int_equal(cut_len, n);
    assert_memory_equal(cut, s, n);
  }
}

static void check_positions(const char *path) {
  stance_error e;
  stance_text *t = NULL;
  if (st_name_ends(path, ".blocks") || st_name_ends(path, ".gold")) return;
  if (stance_read_file(path, NULL, NULL, &t, &e) != STANCE_OK) fail_msg("%s", e.message);
  st_sentences sentences = {0};
  uint8_t *part = NULL;
  assert_int_equal(st_text_sentences((const st_text *)t, &sentences, &part, &e), STANCE_OK);
  assert_true(sentences.n > 1);
  size_t last = 0, block = 0;
  for (size_t i = 0; i < sentences.n; i++) {
    const st_sentence *s = &sentences.items[i];
    if (!(st_name_ends(path, "-jsononly.html"))) check_sentence(t, s->start, s->end, &last);
    while (t->blocks[block].end <= s->start) block++;
    assert_true(t->blocks[block].start <= s->start && s->end <= t->blocks[block].end);
    assert_int_equal(part[i], t->blocks[block].part);
    assert_int_not_equal(part[i], STANCE_BOILERPLATE);
    assert_int_equal(s->paragraph, t->blocks[block].paragraph);
  }
  free(part);
  st_sentences_free(&sentences);
  stance_text_free(t);
}

static void test_positions(void **state) {
  (void)state;
  each_file(FOLDER, ".txt", check_positions);
  each_file(FOLDER, ".md", check_positions);
  each_file(FOLDER, ".html", check_positions);
  each_file(FOLDER "/pages", ".html", check_positions);
}

/* JSON escapes map like entities do. */
static void test_positions_in_data(void **state) {
  (void)state;
  st_buf page = {0};
  st_buf_puts(&page, "<html><head><script type=\"application/ld+json\">{\"@type\":\"NewsArticle\","
                     "\"articleBody\":\"It \\u201ccould\\u201d rain \\ud83d\\ude00 today.\\n\\n");
  for (int i = 0; i < 30; i++) st_buf_printf(&page, "Line %d says nothing of note here. ", i);
  st_buf_puts(&page, "\"}</script></head><body><div id=app></div></body></html>");
  stance_text *t = read_as("x", page.data, page.len, "html");
  assert_int_equal(t->n_blocks, 2);
  static const char want[] = "It \u201ccould\u201d rain \U0001F600 today.";
  assert_int_equal(t->blocks[0].end, strlen(want));
  assert_memory_equal(t->text, want, strlen(want));
  stance_place p;
  assert_int_equal(stance_text_place(t, 3, 14, &p, NULL), STANCE_OK);
  assert_memory_equal(page.data + p.start, "\\u201ccould\\u201d", p.end - p.start);
  assert_int_equal(p.end - p.start, 17);
  assert_true(strstr(t->remark, "JSON-LD") != NULL);
  stance_text_free(t);
  st_buf_free(&page);
}

/* ---- pages ---- */

static size_t asked, found, extra;

static void check_page(const char *path) {
  char gold[512];
  snprintf(gold, sizeof gold, "%.*s.gold", (int)(strlen(path) - 5), path);
  stance_error e;
  stance_text *t = NULL;
  st_file want;
  if (stance_read_file(path, NULL, NULL, &t, &e) != STANCE_OK) fail_msg("%s", e.message);
  assert_int_equal(st_file_open(gold, &want, &e), STANCE_OK);
  size_t kept = 0, hits = 0;
  for (size_t i = 0; i < t->n_blocks; i++) {
    const stance_block *b = &t->blocks[i];
    if (b->part == STANCE_BOILERPLATE) continue;
    kept++;
    st_buf line = {0};
    st_buf_printf(&line, "%s\t%.*s\n", stance_part_name(b->part), (int)(b->end - b->start),
                  t->text + b->start);
    hits += st_find_bytes(want.data, want.len, line.data) != NULL;
    st_buf_free(&line);
  }
  for (size_t i = 0; i < want.len; i++) asked += want.data[i] == '\n';
  found += hits;
  extra += kept - hits;
  st_file_close(&want);
  stance_text_free(t);
}

/* Paragraphs with the exact text and part: nine tenths; tools/measure-pages has the figures. */
static void test_pages(void **state) {
  (void)state;
  assert_true(each_file(FOLDER "/pages", ".html", check_page) >= 30);
  if (found * 100 < asked * 95 || extra * 100 > asked * 12)
    fail_msg("%zu of %zu paragraphs found, %zu others", found, asked, extra);
}

static void test_selector(void **state) {
  (void)state;
  static const char page[] =
      "<div id=a><p class='x y'>One sentence is here.</p><div><p>Two is here."
      "</p></div></div><p data-k=v>Three is here.</p>";
  static const char *const cases[][2] = {{"p", "One Two Three"},
                                         {".y", "One"},
                                         {"#a p", "One Two"},
                                         {"#a > p", "One"},
                                         {"div div p", "Two"},
                                         {"[data-k]", "Three"},
                                         {"p[data-k=v], .x", "One Three"},
                                         {"p.x.y", "One"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    stance_text_options o = {.format = "html", .selector = cases[i][0]};
    stance_text *t = NULL;
    assert_int_equal(stance_read_text("x", page, sizeof page - 1, &o, &t, NULL), STANCE_OK);
    char got[64] = "";
    for (size_t b = 0; b < t->n_blocks; b++) {
      if (t->blocks[b].part == STANCE_BOILERPLATE) continue;
      const char *s = t->text + t->blocks[b].start;
      snprintf(got + strlen(got), sizeof got - strlen(got), "%s%.*s", got[0] ? " " : "",
               (int)strcspn(s, " "), s);
    }
    assert_string_equal(got, cases[i][1]);
    stance_text_free(t);
  }
  static const char *const bad[] = {
      "", "p >", "p,", "[a", "p[a=", "p{}", "a:", ".", "> p", "nothing"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    stance_text_options o = {.format = "html", .selector = bad[i]};
    stance_text *t = NULL;
    assert_int_not_equal(stance_read_text("x", page, sizeof page - 1, &o, &t, NULL), STANCE_OK);
  }
}

/* ---- Word files ---- */

typedef struct {
  const char *name, *text;
  size_t len;
} part;

static void le(st_buf *b, uint32_t v, int bytes) {
  for (int i = 0; i < bytes; i++) st_buf_putc(b, (char)(v >> 8 * i));
}

/* A zip archive of deflated parts, written by the format's description (PKWARE APPNOTE 4.3). */
static st_buf zip(const part *parts, size_t n) {
  st_buf out = {0}, central = {0};
  for (size_t i = 0; i < n; i++) {
    size_t len = parts[i].len ? parts[i].len : strlen(parts[i].text);
    uLong bound = compressBound(len) + 64;
    Bytef *packed = malloc(bound);
    assert_non_null(packed);
    z_stream z = {.next_in = (Bytef *)(uintptr_t)parts[i].text,
                  .avail_in = (uInt)len,
                  .next_out = packed,
                  .avail_out = (uInt)bound};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    uint32_t crc = (uint32_t)crc32(0, (const Bytef *)parts[i].text, (uInt)len);
    uint32_t at = (uint32_t)out.len, size = (uint32_t)z.total_out,
             name = (uint32_t)strlen(parts[i].name);
    for (int both = 0; both < 2; both++) {
      st_buf *b = both ? &central : &out;
      st_buf_add(b, both ? "PK\1\2\24\0" : "PK\3\4", both ? 6 : 4);
      le(b, 20, 2), le(b, 0, 2), le(b, 8, 2), le(b, 0, 4), le(b, crc, 4), le(b, size, 4);
      le(b, (uint32_t)len, 4), le(b, name, 2), le(b, 0, 2);
      if (both) le(b, 0, 2), le(b, 0, 2), le(b, 0, 2), le(b, 0, 4), le(b, at, 4);
      st_buf_add(b, parts[i].name, name);
    }
    st_buf_add(&out, packed, size);
    free(packed);
  }
  uint32_t at = (uint32_t)out.len, size = (uint32_t)central.len;
  st_buf_add(&out, central.data, central.len);
  st_buf_add(&out, "PK\5\6", 4);
  le(&out, 0, 4), le(&out, (uint32_t)n, 2), le(&out, (uint32_t)n, 2), le(&out, size, 4),
      le(&out, at, 4);
  le(&out, 0, 2);
  st_buf_free(&central);
  assert_false(out.failed);
  return out;
}

#define W                                                                                          \
  "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" "                      \
  "xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\""
#define DOCUMENT(body)                                                                             \
  "<?xml version=\"1.0\"?><w:document " W "><w:body>" body "</w:body></w:document>"
#define P(style, runs) "<w:p><w:pPr><w:pStyle w:val=\"" style "\"/></w:pPr>" runs "</w:p>"
#define R(text) "<w:r><w:t xml:space=\"preserve\">" text "</w:t></w:r>"

static const char styles[] =
    "<w:styles " W "><w:style w:styleId=\"Titel\"><w:name w:val=\"Title\"/></w:style>"
    "<w:style w:styleId=\"berschrift1\"><w:name w:val=\"heading 1\"/></w:style></w:styles>";
static const char document[] =
    DOCUMENT(P("Titel", R("Pier opens &amp; closes"))
                 P("Subtitle", R("A small port learns.")) "<w:p>" R(
                     "It could ") "<w:del w:id=\"1\"><w:r><w:delText>never </w:delText><w:t>gone "
                                  "</w:t></w:r></w:del>"
                                  "<w:ins w:id=\"2\">" R("soon ") "</w:ins>" R(
                                      "rain.") "<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></"
                                               "w:r>"
                                               "<w:r><w:footnoteReference "
                                               "w:id=\"2\"/></w:r></w:p>" P("berschrift1", R("What "
                                                                                             "nex"
                                                                                             "t")) "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"0\"/></w:numPr></w:pPr>" R(
                                                   "An item.") "</w:p>"
                                                               "<w:p><w:pPr><w:rPr><w:del "
                                                               "w:id=\"3\"/></w:rPr></w:pPr>" R("Jo"
                                                                                                "in"
                                                                                                "ed"
                                                                                                " ") "</w:p><w:p>" R(
                                                                   "paragraph.") "</w:p>"
                                                                                 "<w:p><w:r><w:t>"
                                                                                 "One "
                                                                                 "line</w:t><w:br/"
                                                                                 "><w:t>Another "
                                                                                 "line "
                                                                                 "😀</w:t></w:r></"
                                                                                 "w:p>"
                                                                                 "<w:p><w:r><mc:"
                                                                                 "AlternateContent>"
                                                                                 "<mc:Choice><w:"
                                                                                 "p>" R("In a box.") "</w:p></mc:Choice><mc:Fallback><w:p>" R(
                                                                                     "Again.") "</"
                                                                                               "w:"
                                                                                               "p><"
                                                                                               "/mc"
                                                                                               ":Fa"
                                                                                               "llb"
                                                                                               "ack"
                                                                                               "></"
                                                                                               "mc:"
                                                                                               "Alt"
                                                                                               "ern"
                                                                                               "ate"
                                                                                               "Con"
                                                                                               "ten"
                                                                                               "t><"
                                                                                               "/w:"
                                                                                               "r"
                                                                                               ">" R("Around it.") "</w:p>" P("Quote",
                                                                                                                              R("We must act."))
                                                                                                   P("Caption",
                                                                                                     R("The pier.")) "<w:p/>");
static const char footnotes[] =
    "<w:footnotes " W
    "><w:footnote w:id=\"2\"><w:p>" R("A note.") "</w:p></w:footnote></w:footnotes>";

static void test_docx(void **state) {
  (void)state;
  const part parts[] = {{"word/document.xml", document, 0},
                        {"word/styles.xml", styles, 0},
                        {"word/footnotes.xml", footnotes, 0}};
  st_buf file = zip(parts, 3);
  stance_text *t = read_as("a.docx", file.data, file.len, NULL);
  st_buf got = {0};
  describe(t, &got);
  assert_string_equal(
      got.data,
      "headline[Pier opens & closes] lead[A small port learns.] body[It could soon rain.] "
      "heading[What next] list[An item.] body[Joined paragraph.] body[One line] "
      "body[Another line 😀] body[In a box.] body[Around it.] quote[We must act.] "
      "caption[The pier.] body[A note.]");
  assert_false(t->in_file);
  assert_int_equal(t->blocks[6].paragraph, t->blocks[7].paragraph);
  size_t last = 0;
  for (size_t i = 0; i < t->n_blocks; i++)
    check_sentence(t, t->blocks[i].start, t->blocks[i].end, &last);
  stance_text_free(t);
  st_buf_free(&got);
  /* cut anywhere, and with any byte changed: an error or a text, never a crash */
  stance_error e;
  for (size_t n = 0; n + 3 < file.len; n += 3) {
    char *cut = malloc(n + 1);
    assert_non_null(cut);
    memcpy(cut, file.data, n);
    assert_int_not_equal(fails_as(cut, n, "docx", &e), STANCE_OK);
    free(cut);
  }
  for (size_t i = 0; i < file.len; i++) {
    file.data[i] ^= 0x55;
    fails_as(file.data, file.len, "docx", &e);
    file.data[i] ^= 0x55;
  }
  st_buf_free(&file);
}

static void refuse_docx(const part *parts, size_t n, stance_status code, const char *message) {
  st_buf file = zip(parts, n);
  stance_error e;
  assert_int_equal(fails_as(file.data, file.len, NULL, &e), code);
  if (!strstr(e.message, message)) fail_msg("'%s' should say '%s'", e.message, message);
  st_buf_free(&file);
}

static void test_docx_hostile(void **state) {
  (void)state;
  static const char laughs[] =
      "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\">"
      "<!ENTITY c \"&b;&b;&b;&b;&b;\">]><w:document " W
      "><w:body><w:p><w:r><w:t>&c;</w:t></w:r></w:p>"
      "</w:body></w:document>";
  refuse_docx(&(part){"word/document.xml", laughs, 0}, 1, STANCE_ERR_FORMAT,
              "declares a document type");
  refuse_docx(&(part){"word/document.xml", "<a><b></a>", 0}, 1, STANCE_ERR_FORMAT, "damaged");
  refuse_docx(&(part){"content.xml", "<a/>", 0}, 1, STANCE_ERR_FORMAT, "OpenDocument");
  refuse_docx(&(part){"x", "y", 0}, 1, STANCE_ERR_FORMAT, "not a Word file");
  size_t n = 70u << 20;
  char *spaces = malloc(n);
  assert_non_null(spaces);
  memset(spaces, ' ', n);
  memcpy(spaces, "<a>", 3);
  refuse_docx(&(part){"word/document.xml", spaces, n}, 1, STANCE_ERR_TOO_LARGE,
              "unpacks to more than");
  free(spaces);
}

/* ---- charsets ---- */

static void test_charsets(void **state) {
  (void)state;
  static const struct {
    const char *bytes;
    size_t n;
    const char *encoding, *text, *said;
  } cases[] = {
      {"caf\xe9", 4, NULL, "café", "windows-1252"},
      {"\x93no\x94", 4, NULL, "“no”", "windows-1252"},
      {"caf\xe9", 4, "latin1", "café", "windows-1252"},
      {"caf\xe9", 4, "ISO-8859-2", "café", "ISO-8859-2"},
      {"\xff\xfe"
       "c\0a\0",
       6, NULL, "ca", "UTF-16"},
      {"caf\xc3\xa9", 5, "auto", "café", "UTF-8"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    stance_text_options o = {.format = "txt", .encoding = cases[i].encoding};
    stance_text *t = NULL;
    assert_int_equal(stance_read_text("x", cases[i].bytes, cases[i].n, &o, &t, NULL), STANCE_OK);
    assert_int_equal(t->text_len, strlen(cases[i].text));
    assert_memory_equal(t->text, cases[i].text, t->text_len);
    assert_string_equal(t->encoding, cases[i].said);
    assert_int_equal(t->in_file, strcmp(cases[i].said, "UTF-16") != 0);
    stance_text_free(t);
  }
  stance_error e;
  assert_int_equal(fails_as("\xff\xff\xff\xff", 4, "txt", &e), STANCE_ERR_ENCODING);
  assert_int_equal(fails_as("caf\xc3\xa9 \xe2\x80", 8, "txt", &e),
                   STANCE_ERR_ENCODING); /* damaged */
  assert_int_equal(fails_as("a\x81"
                            "b",
                            3, "txt", &e),
                   STANCE_ERR_ENCODING);
  assert_int_equal(fails_as("a\0b", 3, "txt", &e), STANCE_ERR_BINARY);
  expect("<html><head><meta charset=\"iso-8859-1\"></head><body><p>Caf\xe9 owners said that it "
         "could rain.</p></body></html>",
         NULL, "body[Café owners said that it could rain.]");
}

/* ---- formats ---- */

static void test_guess(void **state) {
  (void)state;
  static const struct {
    const char *bytes, *name, *format;
  } cases[] = {{"It rained.", "a", "txt"},
               {"# A\n\nSee [b](http://c).", "-", "md"},
               {"# A\n\nSee [b](http://c).", "a.txt", "txt"},
               {"Plain.", "a.MD", "md"},
               {"---\ntitle: x\n---\nText.", "-", "md"},
               {"  <!DOCTYPE html><p>x", "a.txt", "html"},
               {"<?xml version=\"1.0\"?>\n<html xmlns=\"x\"><body/></html>", "-", "html"},
               {"<!-- c --><div>x</div>", "-", "html"},
               {"{\"title\":\"a\",\"text\":\"b\"}", "-", "jsonl"},
               {"<3 is no tag", "a.txt", "txt"},
               {"", "a", "txt"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    st_format f;
    assert_int_equal(st_guess(cases[i].bytes, strlen(cases[i].bytes), cases[i].name, &f, NULL),
                     STANCE_OK);
    assert_string_equal(st_format_name(f), cases[i].format);
  }
}

static void test_small(void **state) {
  (void)state;
  expect("", NULL, "");
  expect(" \n\t\n", "txt", "");
  expect("", "html", "");
  expect("<p></p>&nbsp;", "html", "");
  expect("\n\n", "md", "");
  expect("# A\n", "md", "headline[A]");
  expect("a\\", "md", "body[a\\]");
  expect("&#0; &#x110000; &notit; &bogus; &amp", "md",
         "body[\xef\xbf\xbd \xef\xbf\xbd &notit; &bogus; &amp]");
  expect("<p>a &notit; &bogus; &amp b &ThickSpace;c &fjlig; d</p>", "html",
         "body[a \u00acit; &bogus; & b \u205f\u200ac fj d]");
}

static stance_status give(void *ctx, void *buf, size_t n, size_t *got, stance_error *err) {
  (void)err;
  const char **s = ctx;
  *got = strlen(*s) < 7 ? strlen(*s) : 7;
  if (*got > n) *got = n;
  memcpy(buf, *s, *got);
  *s += *got;
  return STANCE_OK;
}

static void test_articles(void **state) {
  (void)state;
  const char *rows = "\xef\xbb\xbf{\"id\":\"a\",\"title\":\"T\\u00e9\",\"text\":\"One.\\n\\nTwo.\","
                     "\"url\":\"u\",\"date\":\"d\"}\r\n\n"
                     "{\"raw_text\":\"Raw.\"}\n[1]\n{\"id\":3,\"title\":\"Only\"}\n{\"text\":\"\"}"
                     "\n{\"text\":\"End.\"}";
  static const char *const want[] = {"x#a headline[Té] body[One.] body[Two.]",
                                     "x#3 body[Raw.]",
                                     "! 4",
                                     "x#3 headline[Only]",
                                     "! 6",
                                     "x#7 body[End.]"};
  stance_articles *a = NULL;
  assert_int_equal(stance_articles_open(give, &rows, "x", &a, NULL), STANCE_OK);
  st_buf got = {0};
  for (size_t i = 0;; i++) {
    stance_text *t = NULL;
    stance_error e;
    char line[200];
    if (stance_articles_next(a, &t, &e) != STANCE_OK) {
      snprintf(line, sizeof line, "! %d", (int)e.line);
    } else if (t) {
      describe(t, &got);
      snprintf(line, sizeof line, "%s %s", t->name, got.data);
      if (!i) assert_string_equal(t->url, "u"), assert_string_equal(t->date, "d");
    } else {
      assert_int_equal(i, sizeof want / sizeof *want);
      break;
    }
    assert_true(i < sizeof want / sizeof *want);
    assert_string_equal(line, want[i]);
    stance_text_free(t);
  }
  st_buf_free(&got);
  stance_articles_free(a);
}

/* ---- hostile ---- */

/* Of the processor, so that a busy machine does not fail the test. */
static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The unit again and again up to n bytes, read within a time that only linear work keeps. */
static void burden(const char *before, const char *unit, size_t n, const char *format) {
  st_buf b = {0};
  st_buf_puts(&b, before);
  while (b.len < n) st_buf_puts(&b, unit);
  double start = seconds();
  stance_error e;
  stance_status status = fails_as(b.data, b.len, format, &e);
  double took = seconds() - start;
  if (took > 20) fail_msg("%s of '%.20s': %.1f s (status %d)", format, unit, took, (int)status);
  st_buf_free(&b);
}

static void test_hostile(void **state) {
  (void)state;
  static const char *const html[] = {
      "<div>",      "<b>",          "<p>",      "<li>",     "<ul><li>", "<table><tr><td>",
      "<a href=x>", "<i id=1><p>x", "</p>",     "<!--",     "&amp;",    "&x",
      "<",          "<script>",     "<td>x",    "<option>", "<svg>",    "<button>",
      "<font><p>",  "x<br>",        "<select>", "<h1>",     "<dd>",     "<x-y>"};
  for (size_t i = 0; i < sizeof html / sizeof *html; i++) burden("", html[i], 1 << 18, "html");
  st_buf many = {0};
  for (int i = 0; i < 400; i++) st_buf_printf(&many, "<b id=%d>", i);
  burden(many.data, "<p>x", 1 << 20, "html"); /* every paragraph copies all open elements */
  st_buf_free(&many);
  static const char *const md[] = {"[",      "*a ", "`",   "> ",       "- ",   "![",  "<",
                                   "_*",     "|",   "a\n", "[a]: b\n", "&",    "\\",  "#",
                                   "1. a\n", "~~",  "**a", "<!--",     "[a](", "[^1]"};
  for (size_t i = 0; i < sizeof md / sizeof *md; i++) burden("", md[i], 1 << 18, "md");
  static const char *const txt[] = {"a ", "\n", "A.\n", "- a\n", "From: a\n", "“", ". "};
  for (size_t i = 0; i < sizeof txt / sizeof *txt; i++) burden("", txt[i], 1 << 20, "txt");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_files),
                                     cmocka_unit_test(test_positions),
                                     cmocka_unit_test(test_positions_in_data),
                                     cmocka_unit_test(test_pages),
                                     cmocka_unit_test(test_selector),
                                     cmocka_unit_test(test_docx),
                                     cmocka_unit_test(test_docx_hostile),
                                     cmocka_unit_test(test_charsets),
                                     cmocka_unit_test(test_guess),
                                     cmocka_unit_test(test_small),
                                     cmocka_unit_test(test_articles),
                                     cmocka_unit_test(test_hostile)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
