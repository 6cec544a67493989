/* test_features.c: hashes against fixed vectors, folding, lexicons, recipes, words, scope, and
 * which features a sentence gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "features/features.h"

/* ---- hashes ---- */

static uint64_t hash_of(const char *word) {
  return st_word_hash(word, strlen(word));
}

/* A model is its buckets: these may never change without a new format version. The first two are
 * XXH3's own published values for "" and "a"; st_mix's are worked out by its formula elsewhere. */
static void test_vectors(void **state) {
  (void)state;
  static const struct {
    const char *word;
    uint64_t hash;
  } rows[] = {{"", 0x2d06800538d394c2u},
              {"a", 0xe6c632b61e964e1fu},
              {"said", 0x14c3dd57acec1933u},
              {"could", 0x7c20f315d045fd7eu},
              {"12", 0x96fad2c77824ba99u},
              {"it's", 0x1128e8c602e9b11eu},
              {"caf\xc3\xa9", 0x4c83dbd5f29d367fu},
              {"\xc3\x84rger", 0xfff987bd4097cceau},
              {"Minister", 0xa8dbea92c11ca5b9u},
              {"\"", 0x277b1946ac9655b6u},
              {"-", 0xde2fb8d1c1a20f76u}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    assert_true(hash_of(rows[i].word) == rows[i].hash);
  assert_true(st_mix(0, 0) == 0);
  assert_true(st_mix(0, 1) == 0x9e3779bd8ef1b1deu);
  assert_true(st_mix(0x0123456789abcdefu, 0xfedcba9876543210u) == 0x61c886458ef1b1dfu);
  st_recipe r = {.bits = 20};
  uint32_t bucket = st_word_bucket(&r, hash_of("said"));
  assert_int_equal(bucket, (uint32_t)(st_mix(0x101, hash_of("said")) >> 44));
}

static void test_folding(void **state) {
  (void)state;
  static const char *const same[][2] = {
      {"Said", "said"},
      {"SAID", "said"},
      {"1998", "2026"},
      {"3.5", "9.0"},
      {"A380", "a000"},
      {"isn\xe2\x80\x99t", "isn't"},
      {"\xe2\x80\x9c", "\""},
      {"\xe2\x80\x9d", "\""},
      {"\xc2\xab", "\""},
      {"\xe2\x80\x93", "-"},
      {"\xe2\x80\x94", "-"},
      {"\xc3\x89tat", "\xc3\xa9tat"},                           /* E acute */
      {"\xd0\x9c\xd0\x98\xd0\xa0", "\xd0\xbc\xd0\xb8\xd1\x80"}, /* Cyrillic */
      {"\xc8\xba", "\xe2\xb1\xa5"}, /* whose small letter is a byte longer */
  };
  for (size_t i = 0; i < sizeof same / sizeof *same; i++)
    assert_true(hash_of(same[i][0]) == hash_of(same[i][1]));
  static const char *const differ[][2] = {
      {"said", "says"}, {"12", "123"}, {"resume", "r\xc3\xa9sum\xc3\xa9"},
      {"its", "it's"},  {"@", "`"},    {"[", "{"}};
  for (size_t i = 0; i < sizeof differ / sizeof *differ; i++)
    assert_true(hash_of(differ[i][0]) != hash_of(differ[i][1]));
  /* Only the first 64 bytes of a word count, also where they end inside a character. */
  char a[100], b[100];
  memset(a, 'x', sizeof a);
  memcpy(b, a, sizeof a);
  b[64] = 'y';
  assert_true(st_word_hash(a, 100) == st_word_hash(b, 100));
  b[63] = 'y';
  assert_true(st_word_hash(a, 100) != st_word_hash(b, 100));
  memset(a, 0xc8, 64), a[64] = (char)0xba;
  for (int i = 1; i < 64; i += 2) a[i] = (char)0xba; /* 32 letters that grow when folded */
  (void)st_word_hash(a, 64);
  (void)st_word_hash(a + 1, 63);
}

/* ---- lexicons ---- */

static const char lexicon_text[] = "[attribution]\naccording to\n"
                                   "[crowd]\nsome\ncritics\nsome officials\n"
                                   "[find]\nfound\nshows\n"
                                   "[first_person]\nwe\ni\n"
                                   "[modal]\ncould\ncould have\n"
                                   "[say]\nsaid\nsays\ntold\n"
                                   "[self]\nif\n"
                                   "[source_body]\nministry\n"
                                   "[source_doc]\nreport\n"
                                   "[source_person]\nminister\nofficials\n"
                                   "[third_person]\nhe\nshe\n";

static st_lexicon *parse(const char *text) {
  st_lexicon *lex = NULL;
  stance_error e = {0};
  if (st_lexicon_parse(text, strlen(text), &lex, &e) != STANCE_OK) fail_msg("%s", e.message);
  return lex;
}

static char folder[] = "/tmp/stance-features-XXXXXX";

static const char *put_file(const char *name, const char *bytes, size_t n) {
  static char path[200];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *f = fopen(path, "wb");
  assert_non_null(f);
  assert_int_equal(fwrite(bytes, 1, n, f), n);
  assert_int_equal(fclose(f), 0);
  return path;
}

static void drop_file(const char *name) {
  char path[200];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  unlink(path);
}

static uint64_t classes_of(const st_lexicon *lex, const char *word) {
  const st_entry *e = st_lexicon_find(lex, hash_of(word));
  return e ? e->classes : 0;
}

static void test_lexicon_read(void **state) {
  (void)state;
  static const char modal[] =
      "# modal: what may be\r\ncould, might # and more\n\n  could have ,,\n";
  static const char say[] = "say,says\nsaid";
  put_file("say.txt", say, sizeof say - 1);
  put_file("modal.txt", modal, sizeof modal - 1);
  put_file("notes.md", "[not a lexicon]\n", 16);
  put_file(".hidden.txt", "hidden\n", 7);
  st_lexicon *lex = NULL;
  stance_error e;
  assert_int_equal(st_lexicon_read(folder, &lex, &e), STANCE_OK);
  assert_int_equal(st_lexicon_classes(lex), 2);
  assert_string_equal(st_lexicon_class(lex, 0), "modal"); /* in the order of names */
  assert_string_equal(st_lexicon_class(lex, 1), "say");
  assert_null(st_lexicon_class(lex, 2));
  assert_int_equal(st_lexicon_find_class(lex, "say"), 1);
  assert_int_equal(st_lexicon_find_class(lex, "notes"), -1);
  size_t n;
  const char *text = st_lexicon_text(lex, &n);
  assert_int_equal(n, strlen("[modal]\ncould\nmight\ncould have\n[say]\nsay\nsays\nsaid\n"));
  assert_memory_equal(text, "[modal]\ncould\nmight\ncould have\n[say]\nsay\nsays\nsaid\n", n);
  assert_int_equal(classes_of(lex, "Could"), 1);
  assert_int_equal(classes_of(lex, "said"), 2);
  assert_int_equal(classes_of(lex, "more"), 0);
  assert_int_equal(classes_of(lex, "hidden"), 0);
  assert_true(st_lexicon_find(lex, hash_of("could"))->begins);
  assert_false(st_lexicon_find(lex, hash_of("might"))->begins);

  st_lexicon *again = NULL; /* text -> lexicon -> the same text */
  assert_int_equal(st_lexicon_parse(text, n, &again, &e), STANCE_OK);
  size_t n2;
  const char *text2 = st_lexicon_text(again, &n2);
  assert_int_equal(n, n2);
  assert_memory_equal(text, text2, n);
  st_lexicon_free(again);
  st_lexicon_free(lex);
  st_lexicon_free(NULL);
  drop_file("say.txt"), drop_file("modal.txt"), drop_file("notes.md"), drop_file(".hidden.txt");
}

static void test_lexicon_errors(void **state) {
  (void)state;
  st_lexicon *lex = NULL;
  stance_error e;
  assert_int_equal(st_lexicon_read("/no/such/folder", &lex, &e), STANCE_ERR_OPEN);
  assert_non_null(strstr(e.message, "/no/such/folder"));
  assert_int_equal(st_lexicon_read(folder, &lex, &e), STANCE_ERR_OPEN); /* holds none */
  assert_non_null(strstr(e.message, ".txt"));

  const char *path = put_file("bad.txt", "fine\nb\xe9te\n", 10);
  assert_int_equal(st_lexicon_read(folder, &lex, &e), STANCE_ERR_ENCODING);
  assert_string_equal(e.file, path);
  assert_int_equal(e.byte, 6);
  path = put_file("bad.txt", "fine\n\none two three four five six seven eight nine\n", 51);
  assert_int_equal(st_lexicon_read(folder, &lex, &e), STANCE_ERR_FORMAT);
  assert_string_equal(e.file, path);
  assert_int_equal(e.line, 3);
  assert_non_null(strstr(e.message, "one two"));
  path = put_file("bad.txt", "fine\nso, [x]\n", 13); /* would come back from a model as a class */
  assert_int_equal(st_lexicon_read(folder, &lex, &e), STANCE_ERR_FORMAT);
  assert_int_equal(e.line, 2);
  drop_file("bad.txt");
  put_file("b\xe9te.txt", "fine\n", 5);
  assert_int_equal(st_lexicon_read(folder, &lex, &e), STANCE_ERR_FORMAT);
  drop_file("b\xe9te.txt");
  put_file("mark.txt", "\xef\xbb\xbf# begins with a mark\nfine\n", 29);
  assert_int_equal(st_lexicon_read(folder, &lex, &e), STANCE_OK);
  assert_int_equal(classes_of(lex, "fine"), 1);
  st_lexicon_free(lex);
  lex = NULL;
  drop_file("mark.txt");

  assert_int_equal(st_lexicon_parse("word\n", 5, &lex, &e), STANCE_ERR_FORMAT); /* no class yet */
  st_buf many = {0};
  for (int i = 0; i <= ST_MAX_CLASSES; i++) st_buf_printf(&many, "[c%d]\nw%d\n", i, i);
  assert_int_equal(st_lexicon_parse(many.data, many.len, &lex, &e), STANCE_ERR_TOO_LARGE);
  st_buf_free(&many);
  assert_null(lex);
  assert_int_equal(st_lexicon_parse("", 0, &lex, &e), STANCE_OK); /* nothing is a lexicon too */
  assert_int_equal(st_lexicon_classes(lex), 0);
  assert_null(st_lexicon_find(lex, hash_of("said")));
  st_lexicon_free(lex);
}

/* Many forms: the table grows and still finds each. */
static void test_lexicon_grows(void **state) {
  (void)state;
  st_buf b = {0};
  for (int c = 0; c < ST_MAX_CLASSES; c++) {
    st_buf_printf(&b, "[c%02d]\n", c);
    for (int i = 0; i < 100; i++)
      st_buf_printf(&b, "w%c%c%c\n", 'a' + c % 26, 'a' + i % 26, 'a' + i / 26);
  }
  st_lexicon *lex = parse(b.data);
  assert_int_equal(st_lexicon_classes(lex), ST_MAX_CLASSES);
  /* "waba" stands in classes 0, 26 and 52. */
  assert_true(classes_of(lex, "waba") == (1u | (uint64_t)1 << 26 | (uint64_t)1 << 52));
  assert_true(classes_of(lex, "wlvd") ==
              ((uint64_t)1 << 11 | (uint64_t)1 << 37 | (uint64_t)1 << 63));
  st_lexicon_free(lex);
  st_buf_free(&b);
}

/* ---- recipes ---- */

static void check_recipe(const char *text, const char *expected) {
  st_recipe r;
  stance_error e = {0};
  st_recipe_default(&r, true);
  if (st_recipe_parse(&r, text, &e) != STANCE_OK) fail_msg("%s: %s", text, e.message);
  assert_true(st_recipe_valid(&r));
  assert_int_equal(r.bits, 20);
  st_buf b = {0}, again = {0};
  st_recipe_print(&r, &b);
  assert_string_equal(b.data, expected);
  st_recipe back = {.bits = 20};
  assert_int_equal(st_recipe_parse(&back, b.data, &e), STANCE_OK);
  st_recipe_print(&back, &again);
  assert_string_equal(again.data, expected);
  assert_memory_equal(&r, &back, sizeof r);
  st_buf_free(&b);
  st_buf_free(&again);
}

static void test_recipe(void **state) {
  (void)state;
  static const char all[] = "word=1-2,char=3-5,position=2,shape,skeleton=4,syntax=3-3,pairs,scope,context";
  check_recipe(all, all);
  check_recipe("word", "word=1-2");
  check_recipe("word=3", "word=3-3");
  check_recipe("shape,word=2-3", "word=2-3,shape");
  check_recipe("none", "none");
  check_recipe("", "none");
  check_recipe("-char,+word=1-3", "word=1-3,position=2,shape,skeleton=4,syntax=3-3,pairs,scope,context");
  check_recipe("+skeleton=6,-scope,+syntax=2-4", "word=1-2,char=3-5,position=2,shape,skeleton=6,syntax=2-4,pairs,context");
  static const char *const bad[] = {"words",      "word=",   "word=0",  "word=6",     "word=2-1",
                                    "word=1-9",   "word=a",  "word=12", "skeleton=7", "shape=2",
                                    "char=3-5-6", "word =1", "=",       "-",          "+x"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    st_recipe r;
    stance_error e = {0};
    st_recipe_default(&r, true);
    if (st_recipe_parse(&r, bad[i], &e) != STANCE_ERR_USAGE) fail_msg("'%s' is taken", bad[i]);
    assert_non_null(strstr(e.message, bad[i]));
  }
  st_recipe r;
  st_recipe_default(&r, false);
  assert_int_equal(r.skeleton | r.pairs | r.scope, 0); /* what needs lexicons is off */
  assert_true(st_recipe_valid(&r));
  r.bits = ST_MIN_BITS - 1;
  assert_false(st_recipe_valid(&r));
  r.bits = ST_MAX_BITS + 1;
  assert_false(st_recipe_valid(&r));
  r.bits = 20;
  r.char_min = 6;
  assert_false(st_recipe_valid(&r));
  r.char_min = 0;
  assert_false(st_recipe_valid(&r));
}

/* ---- words and scope ---- */

static st_lexicon *lex;
static st_tokens tokens;
static st_words words;
static st_scope scope;

static void read_sentence(const char *text, bool open) {
  tokens.n = 0;
  assert_int_equal(st_tokenize(text, 0, (uint32_t)strlen(text), &tokens, NULL), STANCE_OK);
  assert_int_equal(st_words_make(lex, text, tokens.items, tokens.n, &words, NULL), STANCE_OK);
  st_scope_find(lex, &words, open, &scope);
}

static const st_word *word_at(const char *text, const char *part) {
  const char *at = strstr(text, part);
  assert_non_null(at);
  for (size_t i = 0; i < words.n; i++)
    if (words.items[i].start == (uint32_t)(at - text)) return &words.items[i];
  fail_msg("no word begins at '%s'", part);
  return NULL;
}

static bool has_class(const st_word *w, const char *name) {
  int c = st_lexicon_find_class(lex, name);
  return c >= 0 && (w->classes >> c & 1);
}

static void test_words(void **state) {
  (void)state;
  const char *s = "Some officials could have gone, critics say.";
  read_sentence(s, false);
  const st_word *some = word_at(s, "Some"), *could = word_at(s, "could");
  assert_true(has_class(some, "crowd"));
  assert_int_equal(some->phrase, 2);
  assert_true(word_at(s, "officials")->inside); /* so it is no source of its own */
  assert_int_equal(word_at(s, "officials")->classes, 0);
  assert_true(has_class(could, "modal"));
  assert_int_equal(could->phrase, 2);
  assert_int_equal(could->symbol, st_lexicon_find_class(lex, "modal"));
  assert_int_equal(word_at(s, "gone")->symbol, ST_SYM_NONE);
  assert_int_equal(word_at(s, ", ")->symbol, ST_SYM_COMMA);
  assert_int_equal(word_at(s, ".")->symbol, ST_SYM_STOP);

  s = "The minister's car, the ministry\xe2\x80\x99s gate and Could Have.";
  read_sentence(s, false);
  /* The possessive mark may be a token of its own: the role is found in both cases. */
  assert_true(has_class(word_at(s, "minister's"), "source_person"));
  assert_true(has_class(word_at(s, "ministry\xe2"), "source_body"));
  assert_true(has_class(word_at(s, "Could"), "modal")); /* whatever the case */
  assert_int_equal(word_at(s, "Could")->phrase, 2);

  s = "If Anna Berg could, Berg would.";
  read_sentence(s, false);
  assert_int_equal(word_at(s, "If")->symbol, ST_SYM_SELF);
  assert_int_equal(word_at(s, "Anna")->symbol, ST_SYM_NAME);
  assert_int_equal(word_at(s, "Berg")->symbol, ST_SYM_NAME);
  s = "Berg left.";
  read_sentence(s, false);
  assert_int_equal(word_at(s, "Berg")->symbol,
                   ST_SYM_NONE); /* the first word's capital says nothing */

  st_lexicon *kept = lex; /* without lexicons there are no classes, and nothing breaks */
  lex = NULL;
  read_sentence("Critics said so.", false);
  for (size_t i = 0; i < words.n; i++) assert_int_equal(words.items[i].classes, 0);
  assert_int_equal(scope.report, 0);
  read_sentence("", false);
  assert_int_equal(words.n, 0);
  lex = kept;
  read_sentence("", false);
}

/* A phrase whose first two words are one and the same. */
static void test_doubled(void **state) {
  (void)state;
  st_lexicon *kept = lex;
  st_buf b = {0};
  st_buf_puts(&b, "[hedge]\nmore more\nso to speak\nless is\n[x]\n");
  for (int i = 0; i < 300; i++) st_buf_printf(&b, "y%c%c\n", 'a' + i / 26, 'a' + i % 26);
  lex = parse(b.data);
  const char *s = "There was more more of it.";
  read_sentence(s, false);
  assert_int_equal(word_at(s, "more")->phrase, 2);
  assert_true(has_class(word_at(s, "more"), "hedge"));
  s = "It went so so, and less less.";
  read_sentence(s, false);
  assert_int_equal(word_at(s, "so")->classes, 0);
  assert_int_equal(word_at(s, "less")->classes, 0);
  st_lexicon_free(lex);
  st_buf_free(&b);
  lex = kept;
}

static int zone(const char *text, const char *part) {
  return word_at(text, part)->zone;
}

static void check_source(const char *text, const char *expected) {
  uint32_t from = 0, to = 0;
  if (scope.source_first < scope.source_last) {
    from = words.items[scope.source_first].start;
    to = words.items[scope.source_last - 1].end;
  }
  assert_int_equal(to - from, strlen(expected));
  assert_memory_equal(text + from, expected, to - from);
}

static const char *report_class(void) {
  return scope.report ? st_lexicon_class(lex, scope.report - 1u) : "";
}

static void test_scope_report(void **state) {
  (void)state;
  const char *s = "The minister said that the bridge would close in the spring.";
  read_sentence(s, false);
  assert_string_equal(report_class(), "say");
  assert_int_equal(scope.source, ST_SOURCE_ROLE);
  assert_int_equal(scope.place, 1);
  check_source(s, "minister");
  assert_int_equal(zone(s, "minister"), ST_ZONE_SOURCE);
  assert_int_equal(zone(s, "said"), ST_ZONE_SOURCE);
  assert_int_equal(zone(s, "bridge"), ST_ZONE_REPORT);

  s = "The bridge would close in the spring, said Anna Berg.";
  read_sentence(s, false);
  assert_int_equal(scope.source, ST_SOURCE_NAME);
  assert_int_equal(scope.place, 2);
  check_source(s, "Anna Berg");
  assert_int_equal(zone(s, "bridge"), ST_ZONE_REPORT);
  assert_int_equal(zone(s, "Berg"), ST_ZONE_SOURCE);

  s = "The bridge would close in the spring, Anna Berg said.";
  read_sentence(s, false);
  assert_int_equal(scope.source, ST_SOURCE_NAME);
  assert_int_equal(scope.place, 2);
  assert_int_equal(zone(s, "bridge"), ST_ZONE_REPORT);

  s = "The bridge would close in the spring, the acting minister said."; /* words before the noun */
  read_sentence(s, false);
  assert_int_equal(scope.source, ST_SOURCE_ROLE);
  assert_int_equal(scope.place, 2);
  assert_int_equal(zone(s, "bridge"), ST_ZONE_REPORT);

  s = "According to the ministry, the bridge will close.";
  read_sentence(s, false);
  assert_string_equal(report_class(), "attribution");
  assert_int_equal(scope.source, ST_SOURCE_BODY);
  assert_int_equal(scope.place, 1);
  assert_int_equal(zone(s, "bridge"), ST_ZONE_REPORT);

  s = "The bridge will close, according to a report.";
  read_sentence(s, false);
  assert_int_equal(scope.source, ST_SOURCE_DOCUMENT);
  assert_int_equal(scope.place, 2);
  assert_int_equal(zone(s, "bridge"), ST_ZONE_REPORT);

  s = "The report found that the bridge was safe.";
  read_sentence(s, false);
  assert_string_equal(report_class(), "find");
  assert_int_equal(scope.source, ST_SOURCE_DOCUMENT);

  s = "She told us that it was safe.";
  read_sentence(s, false);
  assert_int_equal(scope.source, ST_SOURCE_PRONOUN);

  s = "Some officials said the bridge could fall.";
  read_sentence(s, false);
  assert_int_equal(scope.source, ST_SOURCE_CROWD);
  s = "Officials said the bridge could fall.";
  read_sentence(s, false);
  assert_int_equal(scope.source, ST_SOURCE_ROLE);
  s = "Critics said the bridge could fall.";
  read_sentence(s, false);
  assert_int_equal(scope.source, ST_SOURCE_CROWD);

  s = "The bridge is 90 metres long.";
  read_sentence(s, false);
  assert_int_equal(scope.report, 0);
  assert_int_equal(scope.place, 0);
  assert_int_equal(scope.source, ST_SOURCE_NONE);
  assert_int_equal(zone(s, "bridge"), ST_ZONE_FREE);
  check_source(s, "");
}

static void test_scope_quotes(void **state) {
  (void)state;
  const char *s = "\"The bridge is safe,\" the minister said.";
  read_sentence(s, false);
  assert_int_equal(zone(s, "bridge"), ST_ZONE_QUOTE);
  assert_int_equal(zone(s, "minister"), ST_ZONE_SOURCE);
  assert_false(scope.open_before);
  assert_false(scope.open_after);
  assert_in_range(scope.quoted, 4, 7);

  s = "The minister said: \"The bridge is safe.";
  read_sentence(s, false);
  assert_true(scope.open_after);
  s = "Nobody need worry.";
  read_sentence(s, true); /* runs on inside it */
  assert_true(scope.open_before);
  assert_true(scope.open_after);
  assert_int_equal(scope.quoted, 8);
  s = "It will last.\" He left.";
  read_sentence(s, true);
  assert_int_equal(zone(s, "last"), ST_ZONE_QUOTE);
  assert_int_equal(zone(s, "He"), ST_ZONE_FREE);
  assert_false(scope.open_after);
  s = "it will last,\xe2\x80\x9d she said."; /* badly cut: a closing mark that nothing opened */
  read_sentence(s, false);
  assert_true(scope.open_before);
  assert_int_equal(zone(s, "last"), ST_ZONE_QUOTE);
  assert_int_equal(zone(s, "said"), ST_ZONE_SOURCE);

  /* A reporting word inside the quotation reports nothing for the author. */
  s = "\"He said so,\" it read.";
  read_sentence(s, false);
  assert_int_equal(scope.report, 0);
}

/* ---- features ---- */

static st_features features;

static void extract(const st_recipe *r, const char *text) {
  st_context context = {0};
  read_sentence(text, false);
  assert_int_equal(st_extract(r, lex, text, &words, &scope, &context, &features, NULL), STANCE_OK);
  for (size_t i = 0; i < features.n; i++) {
    assert_true(features.bucket[i] < (uint32_t)1 << r->bits);
    st_origin o = features.origin[i];
    if (o.first <= o.last && words.n) assert_true(o.last < words.n);
  }
}

static bool has_feature(uint32_t bucket, size_t first, size_t last) {
  for (size_t i = 0; i < features.n; i++)
    if (features.bucket[i] == bucket && features.origin[i].first == first &&
        features.origin[i].last == last)
      return true;
  return false;
}

static void test_ngrams(void **state) {
  (void)state;
  st_recipe r = {.bits = 20};
  const char *s = "Rain fell again";
  extract(&r, s);
  assert_int_equal(features.n, 0); /* everything is off */
  r.word_min = 1, r.word_max = 2;
  extract(&r, s);
  assert_int_equal(features.n, 3 + 2);
  assert_true(has_feature(st_word_bucket(&r, hash_of("fell")), 1, 1));
  uint64_t pair = st_mix(st_mix(0x101, hash_of("rain")), hash_of("fell"));
  assert_true(has_feature((uint32_t)(pair >> 44), 0, 1));
  r.word_min = 3, r.word_max = 5;
  extract(&r, s);
  assert_int_equal(features.n, 1);
  r.word_min = r.word_max = 0;
  r.char_min = 3, r.char_max = 5;
  extract(&r, s);
  /* <rain> <fell>: 4 + 3 + 2 each; <again>: 5 + 4 + 3 */
  assert_int_equal(features.n, 9 + 9 + 12);
  extract(&r, "12 3 ."); /* of words only */
  assert_int_equal(features.n, 0);
  r.char_min = r.char_max = 0;
  r.position = 1;
  extract(&r, s);
  assert_int_equal(features.n, 2);
  r.position = 2;
  extract(&r, s);
  assert_int_equal(features.n, 2 * 2 + 2);
  r.position = 8; /* more than there are words */
  extract(&r, s);
  assert_int_equal(features.n, 2 * 3 + 2 * 2);
}

/* Words of one ending are one to the syntax, short words and other endings are not. */
static void test_syntax(void **state) {
  (void)state;
  st_recipe r = {.bits = 22, .syntax_min = 3, .syntax_max = 3};
  uint32_t first[8];
  extract(&r, "it was painted badly");
  assert_int_equal(features.n, 4); /* six symbols with the two boundaries */
  memcpy(first, features.bucket, 4 * sizeof *first);
  extract(&r, "it was mended slowly");
  assert_int_equal(features.n, 4);
  assert_memory_equal(first, features.bucket, 4 * sizeof *first);
  extract(&r, "it was golden slowly");
  assert_int_not_equal(first[1], features.bucket[1]);
  extract(&r, "it is mended slowly");
  assert_int_not_equal(first[1], features.bucket[1]);
}

/* Each namespace alone gives features, the next gives others, and all together are their sum. */
static void test_namespaces(void **state) {
  (void)state;
  static const char *const names[] = {"word",     "char",  "position", "shape",
                                      "skeleton", "syntax", "pairs", "scope", "context"};
  const char *s = "According to the ministry, \"it could have been worse\" if Anna Berg said so!";
  size_t sum = 0;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    st_recipe r = {.bits = 22};
    assert_int_equal(st_recipe_parse(&r, names[i], NULL), STANCE_OK);
    extract(&r, s);
    if (!features.n) fail_msg("%s gives nothing", names[i]);
    sum += features.n;
  }
  for (unsigned bits = ST_MIN_BITS; bits <= ST_MAX_BITS; bits++) {
    st_recipe r;
    st_recipe_default(&r, true);
    r.bits = (uint8_t)bits;
    extract(&r, s);
    assert_int_equal(features.n, sum);
    extract(&r, "");
    extract(&r, ".");
  }
}

/* Extremes: the longest n-grams, thousands of words, every word of every class. */
static void test_large(void **state) {
  (void)state;
  st_recipe r;
  st_recipe_default(&r, true);
  r.word_max = 5, r.char_min = 1, r.char_max = 8, r.position = 8, r.skeleton = 6;
  r.syntax_min = 1, r.syntax_max = 6;
  assert_true(st_recipe_valid(&r));
  st_lexicon *kept = lex;
  st_buf b = {0};
  for (int i = 0; i < ST_MAX_CLASSES; i++)
    st_buf_printf(&b, "[k%d]\nsome\nminister\nw%c\n", i, 'a' + i % 26);
  lex = parse(b.data);
  st_buf_clear(&b);
  for (int i = 0; i < 6000; i++)
    st_buf_printf(&b, "%s w%c ", i & 1 ? "some" : "minister", 'a' + i % 26);
  extract(&r, b.data);
  assert_true(words.n > 4096);
  for (size_t i = 0; i < features.n; i++)
    if (features.origin[i].first <= features.origin[i].last)
      assert_true(features.origin[i].last < 4096);
  st_buf_clear(&b);
  for (int i = 0; i < 20000; i++) st_buf_puts(&b, "x");
  extract(&r, b.data);
  st_lexicon_free(lex);
  lex = kept;
  st_buf_free(&b);
}

static int setup(void **state) {
  (void)state;
  lex = parse(lexicon_text);
  return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state) {
  (void)state;
  st_lexicon_free(lex);
  st_tokens_free(&tokens);
  st_words_free(&words);
  st_features_free(&features);
  return rmdir(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_vectors),       cmocka_unit_test(test_folding),
      cmocka_unit_test(test_lexicon_read),  cmocka_unit_test(test_lexicon_errors),
      cmocka_unit_test(test_lexicon_grows), cmocka_unit_test(test_recipe),
      cmocka_unit_test(test_words),         cmocka_unit_test(test_doubled),
      cmocka_unit_test(test_scope_report),  cmocka_unit_test(test_scope_quotes),
      cmocka_unit_test(test_syntax),
      cmocka_unit_test(test_ngrams),        cmocka_unit_test(test_namespaces),
      cmocka_unit_test(test_large),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
