/* test_data.c: labelled rows from every format, the errors of bad rows, rows of a stream. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "data/data.h"
#include "data/fields.h"

static char folder[] = "/tmp/stance-data-XXXXXX";

static const char *file_of(const char *name, const char *bytes, size_t len) {
  static char path[512];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *f = fopen(path, "wb");
  assert_non_null(f);
  assert_int_equal(fwrite(bytes, 1, len, f), len);
  fclose(f);
  return path;
}

static stance_status read_bytes(stance_dataset *d, const char *name, const char *bytes, size_t len,
                                const char *label_column, stance_error *err) {
  stance_read_options o = {.label_column = label_column};
  return stance_dataset_read(d, file_of(name, bytes, len), &o, err);
}

static stance_status read_string(stance_dataset *d, const char *name, const char *s) {
  stance_error e;
  stance_status status = read_bytes(d, name, s, strlen(s), NULL, &e);
  if (status != STANCE_OK) print_message("%s: %s\n", name, e.message);
  return status;
}

static stance_dataset *fresh(void) {
  stance_dataset *d = NULL;
  assert_int_equal(stance_dataset_new(&d, NULL), STANCE_OK);
  return d;
}

static const char *gold(const stance_dataset *d, size_t head, size_t row) {
  int16_t g = d->head[head].gold[row];
  return g < 0 ? "-" : d->head[head].label[g];
}

static void test_tsv(void **state) {
  (void)state;
  stance_dataset *d = fresh();
  assert_int_equal(read_string(d, "a.tsv",
                               "\xef\xbb\xbfid\tsensational\tstance\tweight\ttext\r\n"
                               "a/b#0\t0\tspeculation\t\tIt could rain.\r\n"
                               "\n"
                               "a/b#1\t1\tadvocacy\t2.5\t  We must go! \n"
                               "c\t\tadvocacy\t1e-1\tcaf\xc3\xa9\n"
                               "\t1\t\t\tno id"),
                   STANCE_OK);
  assert_int_equal(stance_dataset_rows(d), 4);
  assert_int_equal(d->heads, 2);
  assert_string_equal(d->head[0].name, "stance");
  assert_string_equal(d->head[1].name, "sensational");
  assert_int_equal(d->head[0].labels, 2);
  assert_string_equal(d->head[0].label[0], "advocacy");
  assert_string_equal(d->head[0].label[1], "speculation");
  assert_string_equal(gold(d, 0, 0), "speculation");
  assert_string_equal(gold(d, 0, 3), "-");
  assert_string_equal(gold(d, 1, 2), "-");
  assert_string_equal(gold(d, 1, 3), "1");
  assert_string_equal(d->row[1].text, "We must go!");
  assert_float_equal(d->row[1].weight, 2.5f, 0);
  assert_float_equal(d->row[2].weight, 0.1f, 1e-7);
  assert_float_equal(d->row[0].weight, 1.0f, 0);
  assert_int_equal(d->row[0].doc, 0);
  assert_int_equal(d->row[1].doc, 0);
  assert_int_equal(d->row[1].index, 1);
  assert_int_equal(d->row[2].doc, 1);
  assert_int_equal(d->row[3].doc, 2);
  assert_int_equal(d->documents, 3);
  assert_string_equal(d->source[0].name, "a.tsv");
  assert_int_equal(d->source[0].rows, 4);
  stance_dataset_free(d);
}

static void test_jsonl(void **state) {
  (void)state;
  stance_dataset *d = fresh();
  assert_int_equal(
      read_string(
          d, "a.jsonl",
          "{\"text\":\"one\\nline \\ud83d\\ude00\",\"stance\":\"b\",\"sensational\":1,\"id\":7}\n"
          "{\"text\":\"two\",\"stance\":[\"a\"],\"sensational\":\"0\",\"weight\":3,\"extra\":{}}\n"
          "{\"text\":\"three\",\"sensational\":false,\"id\":\"x#4\"}\n"),
      STANCE_OK);
  assert_int_equal(d->heads, 2);
  assert_string_equal(d->row[0].text, "one\nline \xf0\x9f\x98\x80");
  assert_string_equal(d->row[0].id, "7");
  assert_string_equal(gold(d, 0, 1), "a");
  assert_string_equal(gold(d, 1, 0), "1");
  assert_string_equal(gold(d, 1, 2), "0");
  assert_int_equal(d->row[2].index, 4);
  stance_dataset_free(d);
}

/* Labels do not depend on the order of rows; "label" joins "stance" in either order of files. */
static void test_label_order_and_joining(void **state) {
  (void)state;
  static const char tsv[] = "stance\ttext\nz\tone\nb\ttwo\n";
  static const char json[] = "{\"text\":\"three\",\"label\":\"a\"}\n";
  for (int swap = 0; swap < 2; swap++) {
    stance_dataset *d = fresh();
    assert_int_equal(swap ? read_string(d, "b.jsonl", json) : read_string(d, "a.tsv", tsv),
                     STANCE_OK);
    assert_int_equal(swap ? read_string(d, "a.tsv", tsv) : read_string(d, "b.jsonl", json),
                     STANCE_OK);
    assert_int_equal(d->heads, 1);
    assert_string_equal(d->head[0].name, "stance");
    assert_int_equal(d->head[0].labels, 3);
    assert_string_equal(d->head[0].label[0], "a");
    assert_string_equal(d->head[0].label[2], "z");
    assert_string_equal(gold(d, 0, swap ? 0 : 2), "a");
    assert_string_equal(gold(d, 0, swap ? 1 : 0), "z");
    stance_dataset_free(d);
  }
}

/* doc with sent, and corrections of our own reports. */
static void test_documents_and_corrections(void **state) {
  (void)state;
  stance_dataset *d;
  assert_int_equal(stance_dataset_new(&d, NULL), STANCE_OK);
  assert_int_equal(
      read_string(d, "c.tsv", "label\ttext\tdoc\tsent\nx\tone\tA\t0\ny\ttwo\tA\t1\nx\tsix\tB\t7\n"),
      STANCE_OK);
  assert_int_equal(d->documents, 2);
  assert_string_equal(d->row[2].id, "B#7");
  assert_int_equal(d->row[2].index, 7);
  static const char fix[] = "{\"type\":\"doc\",\"doc\":\"A\",\"sentences\":2}\n"
                            "{\"type\":\"correction\",\"doc\":\"A\",\"id\":\"s2\",\"text\":"
                            "\"three\",\"predicted\":\"x\",\"label\":\"y\"}\n";
  stance_read_options o = {.weight = 3};
  assert_int_equal(stance_dataset_read(d, file_of("fix.jsonl", fix, strlen(fix)), &o, NULL),
                   STANCE_OK);
  assert_int_equal(d->rows, 4);
  assert_string_equal(d->row[3].id, "A#2");
  assert_int_equal(d->row[3].doc, d->row[0].doc);
  assert_true(d->row[3].weight == 3);
  assert_string_equal(d->head[0].label[d->head[0].gold[3]], "y");
  static const char guess[] =
      "{\"type\":\"sentence\",\"text\":\"a\",\"label\":\"y\",\"confidence\":0.5}\n";
  stance_error e;
  assert_int_equal(read_bytes(d, "g.jsonl", guess, strlen(guess), NULL, &e), STANCE_ERR_FORMAT);
  assert_string_equal(e.message, "a model's prediction (\"type\":\"sentence\"), not a correction");
  stance_dataset_free(d);
}

static void test_fasttext(void **state) {
  (void)state;
  stance_dataset *d = fresh();
  assert_int_equal(
      read_string(d, "train.txt", "__label__spam buy now\n__label__ham\thello there\r\n"),
      STANCE_OK);
  assert_string_equal(d->head[0].name, "label");
  assert_string_equal(gold(d, 0, 0), "spam");
  assert_string_equal(d->row[1].text, "hello there");
  stance_dataset_free(d);
}

static void test_label_column(void **state) {
  (void)state;
  stance_dataset *d = fresh();
  stance_error e;
  static const char tsv[] = "stance\ttopic\ttext\na\tsport\tone\nb\tart\ttwo\n";
  assert_int_equal(read_bytes(d, "a.tsv", tsv, sizeof tsv - 1, "topic", &e), STANCE_OK);
  assert_int_equal(d->heads, 1);
  assert_string_equal(d->head[0].name, "topic");
  assert_string_equal(gold(d, 0, 1), "art");
  stance_dataset_free(d);
}

typedef struct {
  const char *name, *bytes;
  size_t len;
  stance_status code;
  uint64_t line, column;
  const char *message;
} bad_case;

#define BAD(name, s, code, line, column, message)                                                  \
  { name, s, sizeof s - 1, code, line, column, message }

static const bad_case bad_cases[] = {
    BAD("a.tsv", "", STANCE_ERR_DATA, 0, 0, "no rows: nothing to learn from"),
    BAD("a.tsv", "label\ttext\n", STANCE_ERR_DATA, 0, 0, "no rows: nothing to learn from"),
    BAD("a.tsv", "label\tbody\nx\ty\n", STANCE_ERR_FORMAT, 1, 0,
        "no column 'text' in the header: label body"),
    BAD("a.tsv", "id\ttext\nx\ty\n", STANCE_ERR_FORMAT, 1, 0,
        "no column 'label' in the header: id text"),
    BAD("a.tsv", "label\ttext\nx\tone\n\ttwo\n", STANCE_ERR_FORMAT, 3, 0,
        "row has no label ('label' is empty)"),
    BAD("a.tsv", "label\ttext\nx\t \n", STANCE_ERR_FORMAT, 2, 0,
        "row has no text ('text' is empty)"),
    BAD("a.tsv", "label\ttext\nx\ta\tb\n", STANCE_ERR_FORMAT, 2, 0,
        "row has 3 columns, the header has 2"),
    BAD("a.tsv", "label\tweight\ttext\n\xc3\xa9\t-1\ta\n", STANCE_ERR_FORMAT, 2, 3,
        "weight must be a number above 0, at most 1e6"),
    BAD("a.tsv", "label\ttext\nx\ta\xff\n", STANCE_ERR_ENCODING, 2, 0,
        "not valid UTF-8 at byte 14; convert it, for example: iconv -f WINDOWS-1252 -t UTF-8"),
    BAD("a.tsv", "label\ttext\nx\ta\0b\n", STANCE_ERR_BINARY, 2, 0,
        "not a text: NUL byte at byte 14"),
    BAD("a.jsonl", "{\"text\":\"a\",\"label\":\"x\"}\n{\"text\":\"b\",\"label\":}\n",
        STANCE_ERR_FORMAT, 2, 21, "not JSON: unexpected token near '}'"),
    BAD("a.jsonl", "{\"text\":\"a\",\"label\":[\"x\",\"y\"]}\n", STANCE_ERR_FORMAT, 1, 0,
        "\"label\" lists more than one label"),
    BAD("a.jsonl", "{\"text\":\"a\"}\n", STANCE_ERR_FORMAT, 1, 0,
        "row has no label ('label' is empty)"),
    BAD("a.jsonl", "{\"label\":\"a\"}\n", STANCE_ERR_FORMAT, 1, 0, "row has no \"text\""),
    BAD("a.jsonl", "{\"text\":3,\"label\":\"a\"}\n", STANCE_ERR_FORMAT, 1, 0,
        "\"text\" is not a string"),
    BAD("a.jsonl", "[1]\n", STANCE_ERR_FORMAT, 1, 1,
        "expected a JSON object, such as {\"text\":\"...\"}"),
    BAD("a.jsonl", "{\"text\":\"a\",\"text\":\"b\",\"label\":\"x\"}\n", STANCE_ERR_FORMAT, 1, 18,
        "not JSON: duplicate object key near '\"text\"'"),
    BAD("a.jsonl", "{\"text\":\"a\",\"label\":1.5}\n", STANCE_ERR_FORMAT, 1, 0,
        "\"label\" must be a string, or a list of one string"),
    BAD("a.txt", "hello\nworld\n", STANCE_ERR_FORMAT, 1, 0,
        "neither TSV with a header, nor JSONL, nor __label__ rows"),
    BAD("a.txt", "__label__a one\ntwo\n", STANCE_ERR_FORMAT, 2, 0,
        "row has no label: it must begin with __label__"),
    BAD("a.txt", "__label__a __label__b one\n", STANCE_ERR_FORMAT, 1, 12,
        "row has more than one label"),
    BAD("a.txt", "__label__a \n", STANCE_ERR_FORMAT, 1, 0, "row has no text ('text' is empty)"),
};

/* The message, the line and the column; and the dataset is as it was before. */
static void test_bad_rows(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof bad_cases / sizeof *bad_cases; i++) {
    const bad_case *c = &bad_cases[i];
    stance_dataset *d = fresh();
    assert_int_equal(read_string(d, "good.tsv", "stance\ttext\ngood\tfine\n"), STANCE_OK);
    stance_error e;
    assert_int_equal(read_bytes(d, c->name, c->bytes, c->len, NULL, &e), c->code);
    assert_string_equal(e.message, c->message);
    assert_int_equal(e.line, c->line);
    assert_int_equal(e.column, c->column);
    assert_non_null(strstr(e.file, c->name));
    assert_int_equal(stance_dataset_rows(d), 1);
    assert_int_equal(d->heads, 1);
    assert_int_equal(d->head[0].labels, 1);
    assert_int_equal(d->sources, 1);
    stance_dataset_free(d);
  }
}

static void test_missing_file(void **state) {
  (void)state;
  stance_dataset *d = fresh();
  stance_error e;
  assert_int_equal(stance_dataset_read(d, "/nonexistent/x.tsv", NULL, &e), STANCE_ERR_OPEN);
  assert_string_equal(e.message, "cannot open '/nonexistent/x.tsv': No such file or directory");
  assert_int_equal(stance_dataset_read(d, folder, NULL, &e), STANCE_ERR_OPEN);
  stance_read_options o = {.format = "xml"};
  assert_int_equal(stance_dataset_read(d, file_of("a", "x\ty\n", 4), &o, &e), STANCE_ERR_USAGE);
  stance_dataset_free(d);
}

/* Many documents and rows: the index grows, numbers stay. */
static void test_many(void **state) {
  (void)state;
  st_buf b = {0};
  st_buf_puts(&b, "id\tlabel\ttext\n");
  for (int i = 0; i < 5000; i++)
    st_buf_printf(&b, "doc%d#%d\tl%d\ttext %d\n", i / 3, i % 3, i % 100, i);
  stance_dataset *d = fresh();
  stance_error e;
  assert_int_equal(read_bytes(d, "a.tsv", b.data, b.len, NULL, &e), STANCE_OK);
  assert_int_equal(d->documents, 1667);
  assert_int_equal(d->head[0].labels, 100);
  for (int i = 0; i < 5000; i++) {
    char want[16];
    snprintf(want, sizeof want, "l%d", i % 100);
    assert_string_equal(gold(d, 0, (size_t)i), want);
    assert_int_equal(d->row[i].doc, i / 3);
  }
  st_buf_free(&b);
  stance_dataset_free(d);
}

typedef struct {
  st_row_format format;
  const char *line;
  size_t len;
  const char *text, *id, *error;
} row_case;

#define ROW(format, s, text, id, error)                                                            \
  { format, s, sizeof s - 1, text, id, error }

static const row_case row_cases[] = {
    ROW(ST_ROWS_LINES, "a line\r", "a line", "", ""),
    ROW(ST_ROWS_LINES, "\xef\xbb\xbf", "", "", ""),
    ROW(ST_ROWS_LINES, "a\xc3", "", "", "not valid UTF-8 at byte 1 of the line"),
    ROW(ST_ROWS_LINES, "a\0b", "", "", "holds a NUL byte at byte 1 of the line"),
    ROW(ST_ROWS_TSV, "7#1\tx\tthe text", "the text", "7#1", ""),
    ROW(ST_ROWS_TSV, "7#1\tx\t", "", "7#1", ""),
    ROW(ST_ROWS_TSV, "7#1\tx", "", "7#1", "row has 2 columns, the header has 3"),
    ROW(ST_ROWS_JSONL, "{\"text\":\"a\\tb\",\"id\":\"d#2\"}", "a\tb", "d#2", ""),
    ROW(ST_ROWS_JSONL, "{\"text\":\"\",\"id\":5}", "", "5", ""),
    ROW(ST_ROWS_JSONL, "{\"id\":5}", "", "5", "row has no \"text\""),
    ROW(ST_ROWS_JSONL, "{\"text\":null,\"id\":5}", "", "5", "\"text\" is not a string"),
    ROW(ST_ROWS_JSONL, "{\"text\":\"\\u0000\"}", "", "",
        "column 16: holds a NUL character (\\u0000)"),
    ROW(ST_ROWS_JSONL, "{\"text\":\"\\ud800\"}", "", "",
        "column 16: not JSON: invalid Unicode '\\uD800' near '\"\\ud800\"'"),
    ROW(ST_ROWS_JSONL, "", "", "", ""),
};

static void test_rows(void **state) {
  (void)state;
  st_arena arena = {0};
  for (size_t i = 0; i < sizeof row_cases / sizeof *row_cases; i++) {
    const row_case *c = &row_cases[i];
    st_row_reader r;
    static const char header[] = "\xef\xbb\xbfid\tlabel\ttext\r\n";
    assert_int_equal(st_row_reader_init(&r, c->format, NULL, header, sizeof header - 1, NULL),
                     STANCE_OK);
    st_row_view v;
    assert_true(st_row_parse(&r, c->line, c->len, &arena, &v));
    assert_string_equal(v.error, c->error);
    assert_int_equal(v.text_len, strlen(c->text));
    assert_memory_equal(v.text, c->text, v.text_len);
    assert_int_equal(v.id_len, strlen(c->id));
    assert_memory_equal(v.id, c->id, v.id_len);
    st_row_reader_free(&r);
    st_arena_clear(&arena);
  }
  st_row_reader r;
  stance_error e;
  assert_int_equal(st_row_reader_init(&r, ST_ROWS_TSV, "body", "a\tb", 3, &e), STANCE_ERR_FORMAT);
  assert_string_equal(e.message, "no column 'body' in the header");
  assert_int_equal(e.line, 1);
  st_arena_free(&arena);
}

static void test_ids(void **state) {
  (void)state;
  static const struct {
    const char *id;
    size_t doc;
    int32_t index;
  } cases[] = {{"a#0", 1, 0}, {"a/b#12", 3, 12}, {"a#b#3", 3, 3},
               {"a", 1, 0},   {"a#", 2, 0},      {"a#x", 3, 0},
               {"#4", 0, 4},  {"", 0, 0},        {"a#99999999999", 13, 0}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    int32_t index = -1;
    assert_int_equal(st_row_document(cases[i].id, strlen(cases[i].id), &index), cases[i].doc);
    assert_int_equal(index, cases[i].index);
  }
}

static void test_numbers(void **state) {
  (void)state;
  static const struct {
    const char *s;
    bool ok;
    double value;
  } cases[] = {{"1", true, 1},     {"-2.50", true, -2.5}, {"+.5", true, 0.5},
               {"3e2", true, 300}, {"1E-2", true, 0.01},  {"", false, 0},
               {".", false, 0},    {"1e", false, 0},      {"0x1", false, 0},
               {"nan", false, 0},  {"1 ", false, 0},      {"1e999", false, 0}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    double v = 0;
    assert_int_equal(st_parse_number((st_slice){cases[i].s, strlen(cases[i].s)}, &v), cases[i].ok);
    if (cases[i].ok) assert_float_equal(v, cases[i].value, 1e-12);
  }
}

static int setup(void **state) {
  (void)state;
  return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state) {
  (void)state;
  char command[600];
  snprintf(command, sizeof command, "rm -rf '%s'", folder);
  return system(command);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_tsv),
      cmocka_unit_test(test_jsonl),
      cmocka_unit_test(test_documents_and_corrections),
      cmocka_unit_test(test_fasttext),
      cmocka_unit_test(test_label_order_and_joining),
      cmocka_unit_test(test_label_column),
      cmocka_unit_test(test_bad_rows),
      cmocka_unit_test(test_missing_file),
      cmocka_unit_test(test_many),
      cmocka_unit_test(test_rows),
      cmocka_unit_test(test_ids),
      cmocka_unit_test(test_numbers),
  };
  return cmocka_run_group_tests_name("data", tests, setup, teardown);
}
