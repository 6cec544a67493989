/* test_report.c: every report format on one small document, with exact output. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "report/report.h"

static const char *const labels[] = {"advocacy", "attributed", "speculation", "unattributed"};

/* An emoji stands before the sentences, so that bytes and code points differ. */
static const char text[] = "\xf0\x9f\x98\x80 It could\nbe \"grim\".\tIt could\nbe \"grim\".";
static const float scores[4] = {0.0123f, 0.1f, 0.88f, 0.0077f};
static const stance_evidence evidence[] = {{8, 13, 5, 10, 1.4242f, "modal"},
                                           {5, 7, 2, 4, 0.25f, "word"}};
static const stance_evidence loud[] = {{18, 22, 15, 19, 0.5f, "loaded"}};

static stance_sentence sentence(int label) {
  return (stance_sentence){.start = 5,
                           .end = 24,
                           .file_start = 5,
                           .file_end = 24,
                           .cp_start = 2,
                           .cp_end = 21,
                           .line = 1,
                           .column = 3,
                           .label = label,
                           .best = 2,
                           .confidence = 0.88f,
                           .scores = scores,
                           .sensationalism = 0.712f,
                           .evidence = evidence,
                           .n_evidence = 2,
                           .loud = loud,
                           .n_loud = 1};
}

static stance_status collect(void *ctx, const void *bytes, size_t n, stance_error *err) {
  (void)err;
  st_buf_add(ctx, bytes, n);
  return STANCE_OK;
}

static stance_status full_disk(void *ctx, const void *bytes, size_t n, stance_error *err) {
  (void)ctx, (void)bytes, (void)n;
  return st_fail(err, STANCE_ERR_WRITE, "disk full");
}

/* One document of two equal sentences in a format, as one string. */
static st_buf document(const char *format, bool color, int width, int label) {
  st_buf got = {0};
  stance_sentence s[2] = {sentence(label), sentence(label)};
  s[1].start = s[1].file_start = 25, s[1].end = s[1].file_end = 44, s[1].cp_start = 22, s[1].cp_end = 41;
  s[1].n_evidence = s[1].n_loud = 0, s[1].paragraph = 1, s[1].quoted = true;
  s[1].source_start = 5, s[1].source_end = 7;
  s[1].source_cp_start = 2, s[1].source_cp_end = 4, s[1].sensationalism = NAN;
  stance_document d = {.name = "a.txt",
                       .text = text,
                       .text_len = sizeof text - 1,
                       .file = text,
                       .file_len = sizeof text - 1,
                       .in_file = true,
                       .sentences = s,
                       .n_sentences = 2,
                       .sensationalism = 0.712f};
  st_style style;
  assert_true(st_style_init(&style, labels, 4, "news 01", color, width));
  st_sink sink = {.write = collect, .ctx = &got};
  stance_status status = !strcmp(format, "text")
                             ? st_text_document(&sink, &style, &d)
                             : st_json_document(&sink, &style, &d, !strcmp(format, "jsonl"));
  assert_int_equal(status, STANCE_OK);
  assert_int_equal(st_sink_flush(&sink, 0), STANCE_OK);
  st_buf_free(&sink.buf);
  st_style_free(&style);
  return got;
}

static void test_jsonl(void **state) {
  (void)state;
  st_buf got = document("jsonl", false, 0, 2);
  static const char want[] =
      "{\"type\":\"doc\",\"schema\":\"stance/1\",\"doc\":\"a.txt\",\"sha256\":"
      "\"72c5cc2b4bda4fd4a9a1a1ddd5ea5e8a7ac4ff0b1fb22d4e3d1aa0ec6bb6d6d4\",\"model\":\"news 01\","
      "\"format\":\"txt\",\"sentences\":2,\"summary\":{\"advocacy\":0,\"attributed\":0,\"speculation\":2,"
      "\"unattributed\":0},\"sensationalism\":0.7120}\n"
      "{\"type\":\"sentence\",\"doc\":\"a.txt\",\"id\":\"s1\",\"fp\":\"0000000000000000:1\","
      "\"part\":\"body\",\"para\":1,\"text\":\"It could\\nbe "
      "\\\"grim\\\".\",\"start\":2,\"end\":21,"
      "\"byte_start\":5,\"byte_end\":24,\"line\":1,\"col\":3,\"label\":\"speculation\","
      "\"confidence\":0.8800,\"scores\":{\"advocacy\":0.0123,\"attributed\":0.1000,"
      "\"speculation\":0.8800,\"unattributed\":0.0077},\"sensationalism\":0.7120,\"quoted\":false,"
      "\"source\":null,\"evidence\":[{\"start\":5,\"end\":10,\"text\":\"could\",\"kind\":\"modal\","
      "\"weight\":1.4242},{\"start\":2,\"end\":4,\"text\":\"It\",\"kind\":\"word\",\"weight\":0."
      "2500}],"
      "\"loud\":[{\"start\":15,\"end\":19,\"text\":\"grim\",\"kind\":\"loaded\",\"weight\":0.5000}]"
      ","
      "\"suppressed\":null}\n";
  /* The hashes are tested by themselves below. */
  char *sha = strstr(got.data, "\"sha256\":\"");
  assert_non_null(sha);
  memcpy(sha + 10, strstr(want, "\"sha256\":\"") + 10, 64);
  for (char *fp = got.data; (fp = strstr(fp, "\"fp\":\"")); fp += 6) memset(fp + 6, '0', 16);
  char *second = strstr(got.data, "\"id\":\"s2\"");
  assert_non_null(second);
  assert_non_null(strstr(second, "\"fp\":\"0000000000000000:2\""));
  assert_non_null(strstr(second, "\"para\":2"));
  assert_non_null(strstr(
      second, "\"sensationalism\":null,\"quoted\":true,"
              "\"source\":{\"start\":2,\"end\":4,\"text\":\"It\"},\"evidence\":[],\"loud\":[]"));
  got.data[strlen(want) < got.len ? strlen(want) : got.len] = 0;
  assert_string_equal(got.data, want);
  st_buf_free(&got);
}

/* json parses, and text[start:end] is the sentence in code points and in bytes. */
static void test_json(void **state) {
  (void)state;
  st_buf got = document("json", false, 0, 2);
  json_t *d = json_loadb(got.data, got.len, JSON_REJECT_DUPLICATES, NULL);
  assert_non_null(d);
  json_t *sentences = json_object_get(d, "sentences");
  assert_int_equal(json_array_size(sentences), 2);
  for (size_t i = 0; i < 2; i++) {
    json_t *s = json_array_get(sentences, i);
    size_t start = (size_t)json_integer_value(json_object_get(s, "byte_start"));
    size_t end = (size_t)json_integer_value(json_object_get(s, "byte_end"));
    const char *t = json_string_value(json_object_get(s, "text"));
    assert_int_equal(strlen(t), end - start);
    assert_memory_equal(t, text + start, end - start);
    assert_int_equal(json_integer_value(json_object_get(s, "start")),
                     start - 3); /* the emoji: 4 bytes */
  }
  json_decref(d);
  st_buf_free(&got);
}

static void test_unsure(void **state) {
  (void)state;
  st_buf got = document("jsonl", false, 0, STANCE_UNSURE);
  assert_non_null(strstr(got.data, "\"unattributed\":0,\"unsure\":2},"));
  assert_non_null(
      strstr(got.data, "\"label\":\"unsure\",\"best\":\"speculation\",\"confidence\":0.8800,"));
  st_buf_free(&got);
  got = document("text", false, 0, STANCE_UNSURE);
  assert_non_null(strstr(got.data, "UNAT 0  unsure 2    sensationalism 0.71\n"));
  assert_non_null(strstr(got.data, "  1 ?    0.88    [It] [could] be \"[grim]\".\n"));
  st_buf_free(&got);
}

static void test_text(void **state) {
  (void)state;
  st_buf got = document("text", false, 0, 2);
  assert_string_equal(
      got.data,
      "a.txt: 2 sentences   ADVO 0  ATTR 0  SPEC 2  UNAT 0    sensationalism 0.71\n"
      "\n"
      "  1 SPEC 0.88 ~  [It] [could] be \"[grim]\".\n"
      "                 could (modal) \xc2\xb7 It (word) \xc2\xb7 grim (loaded, loud) \xc2\xb7 no "
      "source \xc2\xb7 sensationalism 0.71\n"
      "  2 SPEC 0.88 ~  It could be \"grim\".\n"
      "                 source: It\n");
  st_buf_free(&got);
  got = document("text", true, 0, 2);
  assert_non_null(strstr(got.data, "  1 \033[1;33mSPEC\033[0m 0.88 ~  \033[1;4mIt\033[22;24m "
                                   "\033[1;4mcould\033[22;24m be \"\033[1;4mgrim\033[22;24m\".\n"));
  st_buf_free(&got);
}

static void test_wrap(void **state) {
  (void)state;
  st_buf got = document("text", false, 30, 2);
  assert_non_null(strstr(got.data, "~  [It] [could]\n                 be \"[grim]\".\n"));
  st_buf_free(&got);
}

/* A text cannot drive the terminal. */
static void test_control_characters(void **state) {
  (void)state;
  st_buf got = {0};
  static const char s[] = "a\033[2J\x01\x7f\xc2\x9b b\tc\nd";
  st_text_plain(&got, s, sizeof s - 1);
  assert_string_equal(got.data, "a\xef\xbf\xbd[2J\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd b c d");
  st_buf_free(&got);
}

/* Every byte string of every length at every alignment comes back through a JSON parser. */
static void test_json_strings(void **state) {
  (void)state;
  static const char hard[] = "plain text, \"quoted\"\\ \x01\x1f\t\n\r caf\xc3\xa9 \xf0\x9f\x98\x80 "
                             "\x7f/end \"\"\"\"\"\"\"\"\"\"";
  for (size_t start = 0; start < sizeof hard - 1; start++)
    for (size_t n = 0; start + n < sizeof hard; n++) {
      if (st_utf8_invalid(hard + start, n) != n) continue;
      st_buf b = {0};
      st_json_string(&b, hard + start, n);
      json_t *back = json_loadb(b.data, b.len, JSON_DECODE_ANY, NULL);
      assert_non_null(back);
      assert_int_equal(json_string_length(back), n);
      assert_memory_equal(json_string_value(back), hard + start, n);
      json_decref(back);
      st_buf_free(&b);
    }
}

typedef struct {
  st_record_format format;
  st_record record;
  const char *want;
} record_case;

static void test_records(void **state) {
  (void)state;
  st_style style;
  assert_true(st_style_init(&style, labels, 4, "m", false, 0));
  stance_sentence s = sentence(2), unsure = sentence(STANCE_UNSURE);
  size_t len = sizeof text - 1;
  s.n_loud = unsure.n_loud = 0;
  s.n_evidence = unsure.n_evidence = 1;
  const record_case cases[] = {
      {ST_RECORD_TSV,
       {"d#1", text, 3, 24, &s, NULL},
       "d#1\tspeculation\t0.8800\t0.7120\t\xf0\x9f\x98\x80 It could be \"grim\".\t\n"},
      {ST_RECORD_TSV, {"", "", 0, 0, NULL, ""}, "\t\t\t\t\t\n"},
      {ST_RECORD_TSV, {"x", "", 1, 0, NULL, "row has no text"}, "x\t\t\t\t\trow has no text\n"},
      {ST_RECORD_TSV,
       {"", text, 0, 4, &unsure, ""},
       "\tunsure\t0.8800\t0.7120\t\xf0\x9f\x98\x80\t\n"},
      {ST_RECORD_TEXT,
       {"d#1", text, 3, len, &s, NULL},
       "d#1  SPEC 0.88 ~ 0.71  It [could] be \"grim\".\n"},
      {ST_RECORD_TEXT,
       {"", text, 0, len, &unsure, NULL},
       "?    0.88   0.71  It [could] be \"grim\".\n"},
      {ST_RECORD_TEXT, {"", "", 0, 0, NULL, NULL}, "-\n"},
      {ST_RECORD_TEXT, {"", "", 0, 0, NULL, "not valid UTF-8"}, "error: not valid UTF-8\n"},
      {ST_RECORD_JSONL,
       {"7", "", 1, 0, NULL, "no \"text\""},
       "{\"id\":\"7\",\"text\":\"\",\"label\":null,\"confidence\":null,\"scores\":null,"
       "\"sensationalism\":null,\"evidence\":[],\"loud\":[],\"error\":\"no \\\"text\\\"\"}\n"},
      {ST_RECORD_JSONL,
       {"", text, 0, 4, &s, NULL},
       "{\"id\":null,\"text\":\"\xf0\x9f\x98\x80\",\"label\":\"speculation\",\"confidence\":0.8800,"
       "\"scores\":{\"advocacy\":0.0123,\"attributed\":0.1000,\"speculation\":0.8800,"
       "\"unattributed\":0.0077},\"sensationalism\":0.7120,\"evidence\":[{\"start\":5,\"end\":10,"
       "\"text\":\"could\",\"kind\":\"modal\",\"weight\":1.4242}],\"loud\":[]}\n"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    st_buf b = {0};
    st_record_write(&b, cases[i].format, &style, &cases[i].record);
    assert_string_equal(b.data, cases[i].want);
    st_buf_free(&b);
  }
  st_style_free(&style);
}

static void test_tags(void **state) {
  (void)state;
  static const char *const odd[] = {"very good", "\xc3\xa9\xc3\xa9", "x"};
  st_style style;
  assert_true(st_style_init(&style, odd, 3, "m", false, 0));
  assert_string_equal(style.label[0].tag, "VERY");
  assert_string_equal(style.label[1].tag, "?   ");
  assert_string_equal(style.label[2].tag, "X   ");
  st_style_free(&style);
  assert_true(st_style_init(&style, labels, 4, "m", false, 0));
  st_buf b = {0};
  st_text_legend(&b, &style);
  assert_string_equal(b.data,
                      "\nADVO advocacy \xc2\xb7 ATTR attributed fact \xc2\xb7 SPEC speculation "
                      "\xc2\xb7 UNAT unattributed\n");
  st_buf_free(&b);
  st_style_free(&style);
}

/* FIPS 180-4 examples, and the lengths around a block's end (against sha256sum). */
static void test_sha256(void **state) {
  (void)state;
  char hex[65], a[200];
  memset(a, 'a', sizeof a);
  st_sha256_hex("", 0, hex);
  assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  st_sha256_hex("abc", 3, hex);
  assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  st_sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, hex);
  assert_string_equal(hex, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  static const struct {
    size_t n;
    const char *hex;
  } lengths[] = {{55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"},
                 {63, "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34"},
                 {64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"},
                 {119, "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb"}};
  for (size_t i = 0; i < 4; i++) {
    st_sha256_hex(a, lengths[i].n, hex);
    assert_string_equal(hex, lengths[i].hex);
  }
}

static uint64_t fp(const char *s) {
  st_buf scratch = {0};
  uint64_t h = st_fingerprint(s, strlen(s), &scratch);
  st_buf_free(&scratch);
  return h;
}

static void test_fingerprint(void **state) {
  (void)state;
  assert_int_equal(fp("It  could\nRAIN."), fp("it could rain."));
  assert_int_not_equal(fp("it could rain."), fp("it could rain"));
  assert_int_equal(fp("\xe2\x80\x9cIt\xe2\x80\x9d"), fp("\xe2\x80\x9cit\xe2\x80\x9d"));
  /* composed and decomposed, capital and small */
  assert_int_equal(fp("caf\xc3\xa9 now"), fp("CAFE\xcc\x81 now"));
  /* a no-break space folds like a space, on the slow way as on the fast one */
  assert_int_equal(fp("it\xc2\xa0"
                      "could"),
                   fp("it could"));
  assert_int_equal(fp("abc"),
                   0x78af5f94892f3950u); /* XXH3_64bits("abc"), the published algorithm */
}

static void test_errors(void **state) {
  (void)state;
  stance_error e;
  stance_report_options o = {.format = "xml"};
  assert_int_equal(stance_report_begin(NULL, &o, collect, NULL, &e), STANCE_ERR_USAGE);
  assert_string_equal(e.message, "no format 'xml'; there are text, json, jsonl, html");
  o.format = "json";
  assert_int_equal(stance_report_begin(NULL, &o, full_disk, NULL, &e), STANCE_ERR_WRITE);
  /* no documents: still a whole object */
  st_buf b = {0};
  assert_int_equal(stance_report_begin(NULL, &o, collect, &b, &e), STANCE_OK);
  assert_int_equal(stance_report_end(NULL, &o, 0, collect, &b, &e), STANCE_OK);
  assert_string_equal(b.data, "{\"schema\":\"stance/1\",\"documents\":[]}\n");
  st_buf_free(&b);
}

static void test_evaluation(void **state) {
  (void)state;
  static const char *const two[] = {"no", "yes"};
  st_class_score by_label[2] = {{0.75, 0.6, 0.6667, 5, 4, 3}, {0.5, 0.6667, 0.5714, 3, 4, 2}};
  uint64_t confusion[4] = {3, 2, 1, 2};
  st_scores s = {.classes = 2,
                 .rows = 8,
                 .label = by_label,
                 .confusion = confusion,
                 .macro_f1 = 0.619,
                 .accuracy = 0.625,
                 .log_loss = 0.7,
                 .ece = 0.1,
                 .macro_f1_low = 0.5,
                 .macro_f1_high = 0.7,
                 .coverage_accuracy = {0.625, 0.7, 0.8, 0.9, 1}};
  s.bin[14].rows = 8, s.bin[14].confidence = 0.95, s.bin[14].accuracy = 0.625;
  st_evaluation_head h = {.name = "label", .labels = two, .scores = &s, .auc = 0.75};
  st_buf b = {0};
  st_evaluation_report(&b, false, "m", &h, 1);
  assert_string_equal(b.data,
                      "label: 8 rows\n"
                      "\n"
                      "label     precision    recall        F1   support\n"
                      "no           0.7500    0.6000    0.6667         5\n"
                      "yes          0.5000    0.6667    0.5714         3\n"
                      "\n"
                      "macro-F1              0.6190   95 % interval 0.5000 to 0.7000\n"
                      "accuracy              0.6250\n"
                      "log loss              0.7000\n"
                      "calibration error     0.1000\n"
                      "area under ROC        0.7500\n"
                      "\n"
                      "given \\ found   no  yes\n"
                      "no               3    2\n"
                      "yes              1    2\n"
                      "\n"
                      "confidence         rows      mean     right\n"
                      "0.93 to 1.00          8    0.9500    0.6250\n"
                      "\n"
                      "accuracy on the surest 100 %: 0.6250, 90 %: 0.7000, 80 %: 0.8000, 70 %: "
                      "0.9000, 50 %: 1.0000\n");
  st_buf_clear(&b);
  h.auc = NAN;
  st_evaluation_report(&b, true, "m", &h, 1);
  json_t *back = json_loadb(b.data, b.len, JSON_REJECT_DUPLICATES, NULL);
  assert_non_null(back);
  json_t *head = json_array_get(json_object_get(back, "heads"), 0);
  assert_float_equal(json_real_value(json_object_get(head, "macro_f1")), 0.619, 1e-9);
  assert_true(json_is_null(json_object_get(head, "auc")));
  assert_int_equal(json_array_size(json_object_get(head, "reliability")), 15);
  json_decref(back);
  st_buf_free(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_jsonl),        cmocka_unit_test(test_json),
      cmocka_unit_test(test_unsure),       cmocka_unit_test(test_text),
      cmocka_unit_test(test_wrap),         cmocka_unit_test(test_control_characters),
      cmocka_unit_test(test_json_strings), cmocka_unit_test(test_records),
      cmocka_unit_test(test_tags),         cmocka_unit_test(test_sha256),
      cmocka_unit_test(test_fingerprint),  cmocka_unit_test(test_errors),
      cmocka_unit_test(test_evaluation),
  };
  return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
