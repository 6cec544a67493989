/* test_model.c: the model file: written, read, cut, changed, foreign, and made up with checksums
 * that are right and contents that contradict each other. Linked with --wrap, see Makefile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xxhash.h>

#include "engine/engine.h"
#include "model/layout.h"
#include "failing.h"

/* ---- models to damage ---- */

enum { PLAIN, FLOATS, CUES, STACK, LARGE, MODELS };

static stance_model *model[MODELS];
static st_buf file[MODELS];

/* Rows of tiny.tsv, so often that there is a second pass. */
static void read_rows(stance_dataset *data, int times) {
  stance_error e = {0};
  if (stance_dataset_read(data, "tests/data/tiny.tsv", NULL, &e) != STANCE_OK)
    fail_msg("%s", e.message);
  st_buf b = {0};
  size_t rows = data->rows;
  st_buf_puts(&b, "id\tstance\tsensational\ttext\n");
  for (int k = 1; k < times; k++)
    for (size_t i = 0; i < rows; i++) {
      const st_data_row *r = &data->row[i];
      st_buf_printf(&b, "%d%s\t%s\t%s\t%s\n", k, r->id, data->head[0].label[data->head[0].gold[i]],
                    data->head[1].label[data->head[1].gold[i]], r->text);
    }
  if (times > 1) {
    assert_int_equal(st_load(data, "more.tsv", b.data, b.len, NULL, NULL), STANCE_OK);
    assert_true(st_dataset_settle(data, data->rows));
  }
  st_buf_free(&b);
}

static int setup(void **state) {
  (void)state;
  for (int k = 0; k < MODELS; k++) {
    stance_dataset *data = NULL;
    stance_train_options o;
    stance_error e = {0};
    stance_train_options_default(&o);
    o.name = "tiny";
    o.bits = k == LARGE ? 16 : 10;
    o.folds = k == STACK ? 2 : 0;
    o.threads = 1;
    o.tolerance = 0.05;
    o.features = k == LARGE ? NULL : k == CUES ? "word=1,skeleton=2,pairs" : "word=1,shape";
    o.cues = k == CUES || k == LARGE ? "datasets/cues" : NULL;
    o.quantize = k != FLOATS;
    if (stance_dataset_new(&data, &e) != STANCE_OK) return -1;
    read_rows(data, k == STACK ? 1000 / 60 + 2 : 1);
    stance_status status = stance_train(data, &o, &model[k], NULL, &e);
    stance_dataset_free(data);
    if (status != STANCE_OK || st_model_write(model[k], &file[k], &e) != STANCE_OK) {
      print_error("%s\n", e.message);
      return -1;
    }
  }
  return model[STACK]->stack ? 0 : -1;
}

static int teardown(void **state) {
  (void)state;
  for (int k = 0; k < MODELS; k++) {
    stance_model_free(model[k]);
    st_buf_free(&file[k]);
  }
  return 0;
}

/* Opens a copy of exactly these bytes, so that the sanitizer sees a read beyond them. */
static stance_status open_bytes(const void *bytes, size_t n, stance_model **out, stance_error *e) {
  char *copy = malloc(n ? n : 1);
  assert_non_null(copy);
  if (n) memcpy(copy, bytes, n);
  st_file f = {copy, n, false};
  memset(e, 0, sizeof *e);
  stance_status status = st_model_read(&f, out, e);
  if (status == STANCE_OK) {
    assert_non_null(*out);
    assert_null(f.data); /* taken over */
  } else {
    assert_null(*out);
    assert_int_equal(e->code, status);
    assert_true(e->message[0] && !strchr(e->message, '\n'));
    free(copy);
  }
  return status;
}

static stance_status open_and_drop(const void *bytes, size_t n, stance_error *e) {
  stance_model *m = NULL;
  stance_status status = open_bytes(bytes, n, &m, e);
  stance_model_free(m);
  return status;
}

/* xorshift64* (Vigna 2016) */
static uint64_t next_random(uint64_t *state) {
  *state ^= *state >> 12;
  *state ^= *state << 25;
  *state ^= *state >> 27;
  return *state * 0x2545f4914f6cdd1du;
}

/* ---- round trip ---- */

static void test_round_trip(void **state) {
  (void)state;
  for (int k = 0; k < MODELS; k++) {
    stance_model *m = NULL;
    stance_error e;
    st_buf again = {0};
    if (open_bytes(file[k].data, file[k].len, &m, &e) != STANCE_OK) fail_msg("%s", e.message);
    assert_int_equal(st_model_write(m, &again, &e), STANCE_OK);
    assert_int_equal(again.len, file[k].len);
    assert_memory_equal(again.data, file[k].data, again.len);
    assert_string_equal(stance_model_name(m), stance_model_name(model[k]));
    assert_true(!strncmp(stance_model_name(m), "tiny ", 5));
    assert_int_equal(stance_model_heads(m), 2);
    assert_string_equal(stance_model_head(m, 0), "stance");
    assert_string_equal(stance_model_head(m, 1), "sensational");
    assert_null(stance_model_head(m, 2));
    assert_int_equal(stance_model_labels(m, 0), 4);
    assert_string_equal(stance_model_label(m, 0, 0), "advocacy");
    assert_null(stance_model_label(m, 0, 4));
    assert_null(stance_model_label(m, 0, -1));
    assert_int_equal(m->rows, model[k]->rows);
    for (size_t i = 0; i < m->rows; i++)
      for (size_t c = 0; c < m->columns; c++)
        assert_true(st_model_weight(m, i, c) == st_model_weight(model[k], i, c));
    size_t n;
    assert_null(st_model_info(m, "nam", &n)); /* a key's beginning is not the key */
    assert_non_null(st_model_info(m, "name", &n));
    assert_int_equal(n, 4);
    st_buf_free(&again);
    stance_model_free(m);
  }
}

static void test_save(void **state) {
  (void)state;
  char path[] = "/tmp/stance-model-XXXXXX";
  int fd = mkstemp(path);
  assert_true(fd >= 0);
  close(fd);
  stance_model *m = NULL;
  stance_error e;
  assert_int_equal(stance_model_open(path, &m, &e), STANCE_ERR_NOT_A_MODEL); /* still empty */
  assert_string_equal(e.file, path);
  assert_int_equal(stance_model_save(model[CUES], path, &e), STANCE_OK);
  assert_int_equal(stance_model_open(path, &m, &e), STANCE_OK);
  st_buf again = {0};
  assert_int_equal(st_model_write(m, &again, &e), STANCE_OK);
  assert_memory_equal(again.data, file[CUES].data, again.len);
  /* A model may be saved over the file it is mapped from. */
  assert_int_equal(stance_model_save(m, path, &e), STANCE_OK);
  stance_model_free(m);
  assert_int_equal(stance_model_open(path, &m, &e), STANCE_OK);
  stance_model_free(m);
  st_buf_free(&again);
  assert_int_equal(stance_model_save(model[CUES], "/dev/full", &e), STANCE_ERR_WRITE);
  unlink(path);
  assert_int_equal(stance_model_open(path, &m, &e), STANCE_ERR_OPEN);
  assert_int_equal(stance_model_open("/tmp", &m, &e), STANCE_ERR_OPEN);
  assert_null(m);
  stance_model_free(NULL);
}

/* ---- cut and changed ---- */

static void test_cut(void **state) {
  (void)state;
  for (int k = 0; k < LARGE; k++)
    for (size_t n = 0; n < file[k].len; n += n < 8192 ? 1 : 61) {
      stance_error e;
      stance_status status = open_and_drop(file[k].data, n, &e);
      if (status != (n ? STANCE_ERR_TRUNCATED : STANCE_ERR_NOT_A_MODEL))
        fail_msg("cut to %zu bytes: %d %s", n, status, e.message);
      assert_non_null(strstr(e.message, n ? "truncated model" : "magic number"));
    }
  stance_error e;
  st_buf longer = {0};
  st_buf_add(&longer, file[PLAIN].data, file[PLAIN].len);
  st_buf_putc(&longer, 0);
  assert_int_equal(open_and_drop(longer.data, longer.len, &e), STANCE_ERR_CHECKSUM);
  st_buf_free(&longer);
}

static uint64_t get(const st_buf *b, size_t at, size_t n) {
  uint64_t v = 0;
  for (size_t i = n; i-- > 0;) v = v << 8 | (unsigned char)b->data[at + i];
  return v;
}

/* Where section `name` stands. */
static size_t section(const st_buf *b, const char *name, size_t *len) {
  size_t count = (size_t)get(b, 12, 4);
  for (size_t i = 0; i < count; i++) {
    size_t entry = ST_HEADER + i * ST_ENTRY;
    if (strncmp(b->data + entry, name, 8)) continue;
    if (len) *len = (size_t)get(b, entry + 16, 8);
    return (size_t)get(b, entry + 8, 8);
  }
  fail_msg("no section %s", name);
  return 0;
}

/* What a change of the byte at `at` must be called. */
static void check_flip(const st_buf *b, size_t at, unsigned char change) {
  stance_error e;
  b->data[at] = (char)((unsigned char)b->data[at] ^ change);
  stance_status status = open_and_drop(b->data, b->len, &e);
  b->data[at] = (char)((unsigned char)b->data[at] ^ change);
  stance_status expected = at < 8    ? STANCE_ERR_NOT_A_MODEL
                           : at < 12 ? STANCE_ERR_VERSION
                                     : STANCE_ERR_CHECKSUM;
  bool size = at >= 16 && at < 24 && status == STANCE_ERR_TRUNCATED;
  if (status != expected && !size)
    fail_msg("byte %zu changed by %02x: %d %s", at, change, status, e.message);
  size_t count = (size_t)get(b, 12, 4), end = ST_HEADER + count * ST_ENTRY;
  if (at < end) return;
  for (size_t i = 0; i < count; i++) {
    size_t entry = ST_HEADER + i * ST_ENTRY;
    if (at < get(b, entry + 8, 8) + get(b, entry + 16, 8)) {
      if (!strstr(e.message, b->data + entry) && strncmp(b->data + entry, "features", 8))
        fail_msg("byte %zu: '%s' does not name the section", at, e.message);
      break;
    }
  }
}

static void test_flip(void **state) {
  (void)state;
  uint64_t random = 7;
  for (int k = 0; k < MODELS; k++) {
    size_t weights = section(&file[k], "weights", NULL);
    for (size_t at = 0; at < file[k].len; at++) {
      /* every byte of the small models, of the others up to the table's end and a sample */
      if (k != PLAIN && at > 4096 && at != weights &&
          next_random(&random) % (file[k].len / 400 + 1))
        continue;
      check_flip(&file[k], at, (unsigned char)(1u << next_random(&random) % 8));
      if (k == PLAIN) check_flip(&file[k], at, 0xff);
    }
    check_flip(&file[k], file[k].len - 1, 1);
  }
}

static void test_foreign(void **state) {
  (void)state;
  static const struct {
    const char *bytes;
    size_t n;
  } rows[] = {{"\x7f"
               "ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0>\0\1\0\0\0",
               24},
              {"\x1f\x8b\x08\0\0\0\0\0\0\3", 10},
              {"PK\3\4\x14\0\0\0\x08\0", 10},
              {"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16},
              {"\xba\x16\x4f\x2f\x0c\0\0\0", 8}, /* fastText */
              {"{\"label\": 1}\n", 13},
              {"solver_type L2R_LR\nnr_class 4\n", 30},
              {"id\tstance\ttext\n", 15},
              {"\x89STNC\n\x1a", 7}, /* \r\n became \n */
              {"\x89STNC\r\n\x9a", 8},
              {"\0", 1}};
  stance_error e;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    assert_int_equal(open_and_drop(rows[i].bytes, rows[i].n, &e), STANCE_ERR_NOT_A_MODEL);
  uint64_t random = 11;
  for (int i = 0; i < 2000; i++) {
    unsigned char bytes[300];
    size_t n = next_random(&random) % sizeof bytes;
    for (size_t k = 0; k < n; k++) bytes[k] = (unsigned char)next_random(&random);
    assert_int_equal(open_and_drop(bytes, n, &e), STANCE_ERR_NOT_A_MODEL);
    size_t known = 8 + next_random(&random) % 24; /* the beginning is right, the rest is not */
    if (n < known) continue;
    memcpy(bytes, file[PLAIN].data, known);
    assert_int_not_equal(open_and_drop(bytes, n, &e), STANCE_OK);
  }
}

/* ---- made up ---- */

static void put(st_buf *b, size_t at, size_t n, uint64_t v) {
  for (size_t i = 0; i < n; i++) b->data[at + i] = (char)(v >> 8 * i);
}

/* Makes every checksum right that the table's sizes allow. */
static void mend(st_buf *b) {
  size_t count = (size_t)get(b, 12, 4);
  if (ST_HEADER + count * ST_ENTRY > b->len) return;
  for (size_t i = 0; i < count; i++) {
    size_t entry = ST_HEADER + i * ST_ENTRY;
    uint64_t at = get(b, entry + 8, 8), len = get(b, entry + 16, 8);
    if (at <= b->len && len <= b->len - at)
      put(b, entry + 24, 8, XXH3_64bits(b->data + at, (size_t)len));
  }
  XXH3_state_t sum;
  XXH3_64bits_reset(&sum);
  XXH3_64bits_update(&sum, b->data, 24);
  XXH3_64bits_update(&sum, b->data + ST_HEADER, count * ST_ENTRY);
  put(b, 24, 8, XXH3_64bits_digest(&sum));
}

/* A file of the sections of `from`, `name` replaced by n bytes (NULL: left out). */
static st_buf replaced(const st_buf *from, const char *name, const void *bytes, size_t n) {
  st_buf b = {0}, body = {0};
  size_t count = (size_t)get(from, 12, 4), kept = 0;
  st_buf table = {0};
  for (size_t i = 0; i < count; i++) {
    size_t entry = ST_HEADER + i * ST_ENTRY;
    kept += bytes || strncmp(from->data + entry, name, 8);
  }
  size_t start = ST_HEADER + kept * ST_ENTRY;
  for (size_t i = 0; i < count; i++) {
    size_t entry = ST_HEADER + i * ST_ENTRY, len = (size_t)get(from, entry + 16, 8);
    const char *data = from->data + get(from, entry + 8, 8);
    if (!strncmp(from->data + entry, name, 8)) {
      if (!bytes) continue;
      data = bytes, len = n;
    }
    while ((start + body.len) % ST_ALIGN) st_buf_putc(&body, 0);
    st_buf_add(&table, from->data + entry, 8);
    st_buf_add(&table, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 24);
    put(&table, table.len - 24, 8, start + body.len);
    put(&table, table.len - 16, 8, len);
    st_buf_add(&body, data, len);
  }
  st_buf_add(&b, from->data, ST_HEADER);
  st_buf_add(&b, table.data, table.len);
  st_buf_add(&b, body.data, body.len);
  put(&b, 12, 4, kept);
  put(&b, 16, 8, b.len);
  mend(&b);
  st_buf_free(&table);
  st_buf_free(&body);
  return b;
}

static void refused_as(st_buf *b, stance_status code, const char *what, int line) {
  stance_error e;
  stance_status status = open_and_drop(b->data, b->len, &e);
  if (status != code || !strstr(e.message, what))
    fail_msg("case of line %d: %d '%s', not %d '%s'", line, status, e.message, code, what);
  st_buf_free(b);
}

/* The section with n bytes at an offset changed to v, the checksums right: refused, named `what`.
 */
static void poke(int k, const char *name, size_t offset, size_t n, uint64_t v, const char *what,
                 int line) {
  st_buf b = {0};
  size_t len, at = section(&file[k], name, &len);
  st_buf_add(&b, file[k].data, file[k].len);
  assert_true(offset + n <= len);
  put(&b, at + offset, n, v);
  mend(&b);
  refused_as(&b, STANCE_ERR_MODEL, what, line);
}
#define POKE(k, name, offset, n, v) poke(k, name, offset, n, v, name, __LINE__)
#define REPLACE(k, name, bytes, n, what)                                                           \
  do {                                                                                             \
    st_buf replaced_ = replaced(&file[k], name, bytes, n);                                         \
    refused_as(&replaced_, STANCE_ERR_MODEL, what, __LINE__);                                      \
  } while (0)

enum { QUIET_NAN = 0x7fc00000, INFINITE = 0x7f800000, HUGE_FLOAT = 0x7f000000 };

static void test_sections(void **state) {
  (void)state;
  st_buf same = replaced(&file[STACK], "none", "", 0); /* the helper itself makes good files */
  assert_int_equal(same.len, file[STACK].len);
  assert_memory_equal(same.data, file[STACK].data, same.len);
  st_buf_free(&same);
  static const char *const needed[] = {"info", "features", "heads", "active", "weights"};
  for (size_t i = 0; i < 5; i++) {
    REPLACE(PLAIN, needed[i], NULL, 0, needed[i]);
    REPLACE(PLAIN, needed[i], "", 0, needed[i]);
  }
}

static void test_cut_sections(void **state) {
  (void)state;
  static const char *const names[] = {"features", "heads", "active", "weights", "stack"};
  for (size_t i = 0; i < 5; i++) {
    size_t len, at = section(&file[STACK], names[i], &len);
    for (size_t n = 1; n < len; n += n < 600 || n + 10 > len ? 1 : 97)
      REPLACE(STACK, names[i], file[STACK].data + at, n, "damaged model");
    st_buf longer = {0};
    st_buf_add(&longer, file[STACK].data + at, len);
    for (int more = 0; more < 9; more++) {
      st_buf_putc(&longer, 0);
      REPLACE(STACK, names[i], longer.data, longer.len, names[i]);
    }
    st_buf_free(&longer);
  }
}

static void test_table(void **state) {
  (void)state;
  const st_buf *good = &file[PLAIN];
  size_t count = (size_t)get(good, 12, 4), last = ST_HEADER + (count - 1) * ST_ENTRY;
  static const struct {
    size_t entry, offset, n;
    uint64_t v;
  } pokes[] = {{0, 0, 1, 'I'},      /* a section of no known name */
               {0, 0, 8, 0},        /* of none */
               {1, 8, 8, 0},        /* on top of the header */
               {1, 8, 8, 1u << 30}, /* beyond the file */
               {1, 8, 8, UINT64_MAX},
               {1, 16, 8, UINT64_MAX}, /* longer than the file */
               {1, 16, 8, UINT64_MAX - 200},
               {0, 16, 8, 1}, /* shorter: the next is not where it should be */
               {2, 16, 8, 1u << 20}};
  for (size_t i = 0; i < sizeof pokes / sizeof *pokes; i++) {
    st_buf b = {0};
    st_buf_add(&b, good->data, good->len);
    put(&b, ST_HEADER + pokes[i].entry * ST_ENTRY + pokes[i].offset, pokes[i].n, pokes[i].v);
    mend(&b);
    stance_error e;
    stance_status status = open_and_drop(b.data, b.len, &e);
    if (status != STANCE_ERR_MODEL && status != STANCE_ERR_CHECKSUM)
      fail_msg("%zu: %s", i, e.message);
    st_buf_free(&b);
  }
  st_buf b = {0}; /* the same section twice; sections in another order */
  st_buf_add(&b, good->data, good->len);
  memcpy(b.data + ST_HEADER + ST_ENTRY, b.data + ST_HEADER, 8);
  mend(&b);
  refused_as(&b, STANCE_ERR_MODEL, "section table, entry 2", __LINE__);
  st_buf_add(&b, good->data, good->len);
  memcpy(b.data + ST_HEADER, "active\0\0", 8);
  mend(&b);
  refused_as(&b, STANCE_ERR_MODEL, "section table, entry 2", __LINE__);
  st_buf_add(&b, good->data, good->len); /* the last section does not reach the file's end */
  put(&b, last + 16, 8, get(&b, last + 16, 8) - 1);
  mend(&b);
  refused_as(&b, STANCE_ERR_MODEL, "after the last section", __LINE__);
  st_buf_add(&b, good->data, good->len);
  put(&b, 12, 4, UINT32_MAX);
  refused_as(&b, STANCE_ERR_CHECKSUM, "sizes", __LINE__);
  st_buf_add(&b, good->data, ST_HEADER); /* no sections at all */
  put(&b, 12, 4, 0);
  put(&b, 16, 8, ST_HEADER);
  mend(&b);
  refused_as(&b, STANCE_ERR_MODEL, "info", __LINE__);
  for (uint64_t version = 0; version < 5; version++) {
    if (version == ST_FORMAT_VERSION) continue;
    st_buf_add(&b, good->data, good->len);
    put(&b, 8, 4, version);
    mend(&b);
    refused_as(&b, STANCE_ERR_VERSION, "version", __LINE__);
  }
}

static void test_contents(void **state) {
  (void)state;
  POKE(PLAIN, "features", 0, 1, 9); /* bits */
  POKE(PLAIN, "features", 0, 1, 25);
  POKE(PLAIN, "features", 0, 1, 255);
  POKE(PLAIN, "features", 1, 1, 3);                      /* word_min over word_max */
  poke(PLAIN, "features", 0, 1, 11, "active", __LINE__); /* a bitmap of another size */
  size_t len, at = section(&file[PLAIN], "active", &len);
  POKE(PLAIN, "active", 0, 1, (unsigned char)file[PLAIN].data[at] ^ 1u); /* one row more or less */
  POKE(PLAIN, "active", 0, 8, 0);
  POKE(PLAIN, "weights", 0, 4, 2); /* type */
  POKE(PLAIN, "weights", 0, 4, 0); /* floats, of which there would be four times the bytes */
  POKE(PLAIN, "weights", 4, 4, 5); /* columns */
  POKE(PLAIN, "weights", 4, 4, UINT32_MAX);
  POKE(PLAIN, "weights", 8, 8, model[PLAIN]->rows + 1);
  POKE(PLAIN, "weights", 8, 8, UINT64_MAX);
  POKE(PLAIN, "weights", 8, 8, (uint64_t)1 << 62);
  size_t columns = model[PLAIN]->columns;
  static const uint64_t bad[] = {QUIET_NAN, INFINITE, (uint64_t)1 << 31 | INFINITE, HUGE_FLOAT};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    POKE(PLAIN, "weights", 16, 4, bad[i]);                   /* first scale */
    POKE(PLAIN, "weights", 16 + 8 * columns - 4, 4, bad[i]); /* last bias */
    POKE(FLOATS, "weights", 16 + 8 * columns, 4, bad[i]);    /* first weight */
    section(&file[FLOATS], "weights", &len);
    POKE(FLOATS, "weights", len - 4, 4, bad[i]); /* last weight */
    POKE(STACK, "stack", 0, 4, bad[i]);
    section(&file[STACK], "stack", &len);
    POKE(STACK, "stack", len - 4, 4, bad[i]);
  }
  POKE(STACK, "stack", 0, 4, 0); /* a temperature that margins are divided by */
  POKE(STACK, "stack", 0, 4, 0xbf800000u);
}

/* A head of so many labels, as the file has it. */
static void put_head(st_buf *b, const char *name, unsigned labels) {
  st_buf number = {0};
  st_buf_add(&number, "\0\0\0\0", 4);
#define NUMBER(v) (put(&number, 0, 4, (v)), st_buf_add(b, number.data, 4))
  NUMBER(strlen(name));
  st_buf_puts(b, name);
  NUMBER(labels);
  NUMBER(0u);
  NUMBER(0u);
  NUMBER(0x3f800000u);
  for (unsigned k = 0; k < labels; k++) {
    NUMBER(2u);
    st_buf_putc(b, (char)('a' + k / 26));
    st_buf_putc(b, (char)('a' + k % 26));
    for (int i = 0; i < 3; i++) NUMBER(0u);
  }
#undef NUMBER
  st_buf_free(&number);
}

static void test_heads(void **state) {
  (void)state;
  /* u32 heads, u32 6 "stance", u32 labels, loss, link, f32 temperature, u32 8 "advocacy" ... */
  POKE(PLAIN, "heads", 0, 4, 0);
  POKE(PLAIN, "heads", 0, 4, 1); /* the second is left over */
  POKE(PLAIN, "heads", 0, 4, 3);
  POKE(PLAIN, "heads", 0, 4, ST_MAX_HEADS + 1);
  POKE(PLAIN, "heads", 4, 4, 0);
  POKE(PLAIN, "heads", 4, 4, 201);
  POKE(PLAIN, "heads", 4, 4, UINT32_MAX);
  POKE(PLAIN, "heads", 8, 1, '\n');
  POKE(PLAIN, "heads", 8, 1, 0xff);
  POKE(PLAIN, "heads", 8, 1, 0);
  POKE(PLAIN, "heads", 14, 4, 1); /* labels */
  POKE(PLAIN, "heads", 14, 4, 3);
  POKE(PLAIN, "heads", 14, 4, ST_MAX_LABELS + 1);
  POKE(PLAIN, "heads", 14, 4, UINT32_MAX);
  POKE(PLAIN, "heads", 18, 4, 2); /* loss */
  POKE(PLAIN, "heads", 22, 4, 2); /* link */
  static const uint64_t bad[] = {QUIET_NAN, INFINITE, 0, 0xbf800000u, 1};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) POKE(PLAIN, "heads", 26, 4, bad[i]);
  for (size_t i = 0; i < 3; i++)
    POKE(PLAIN, "heads", 42 + 4 * i, 4, QUIET_NAN); /* sigmoid, offset */

  /* more columns than there may be: three heads of 64 labels */
  st_buf b = {0};
  st_buf_add(&b, "\3\0\0\0", 4);
  for (int i = 0; i < 3; i++) put_head(&b, "many", 64);
  REPLACE(PLAIN, "heads", b.data, b.len, "heads");
  st_buf_clear(&b);
  st_buf_add(&b, "\1\0\0\0", 4);
  put_head(&b, "six", 6); /* as many columns: the weights fit, the model is another */
  st_buf other = replaced(&file[PLAIN], "heads", b.data, b.len);
  stance_error e;
  assert_int_equal(open_and_drop(other.data, other.len, &e), STANCE_OK);
  st_buf_free(&other);
  other = replaced(&file[STACK], "heads", b.data, b.len);
  refused_as(&other, STANCE_ERR_MODEL, "stack", __LINE__);
  st_buf_free(&b);
}

static void test_texts(void **state) {
  (void)state;
  REPLACE(CUES, "cues", "[a\xff]\nb\n", 7, "cues");
  REPLACE(CUES, "cues", "no class\n", 9, "cues");
  st_buf b = {0};
  for (int i = 0; i <= ST_MAX_CLASSES; i++) st_buf_printf(&b, "[c%d]\n", i);
  REPLACE(CUES, "cues", b.data, b.len, "cues");
  st_buf_clear(&b);
  st_buf_puts(&b, "[a]\n");
  for (int i = 0; i <= ST_MAX_PHRASE; i++) st_buf_puts(&b, "word ");
  REPLACE(CUES, "cues", b.data, b.len, "cues");
  st_buf_free(&b);
  REPLACE(PLAIN, "info", "name\t\xe9\n", 7, "info");
  REPLACE(PLAIN, "info", "name\t\x1b[2J\n", 10, "info"); /* would reach somebody's terminal */
  REPLACE(PLAIN, "info", "name\t\0\n", 7, "info");
  /* lines without a tab, without a newline at the end, without a name */
  st_buf odd = replaced(&file[PLAIN], "info", "nothing\n\n\t\nwhat\tever", 20);
  stance_model *m = NULL;
  stance_error e;
  assert_int_equal(open_bytes(odd.data, odd.len, &m, &e), STANCE_OK);
  assert_true(!strncmp(stance_model_name(m), "model ", 6));
  size_t n;
  assert_non_null(st_model_info(m, "what", &n));
  assert_int_equal(n, 4);
  stance_model_free(m);
  st_buf_free(&odd);
}

/* What is trained and saved opens again: odd names are made fit for the file, or refused. */
static void test_odd_names(void **state) {
  (void)state;
  stance_train_options o;
  stance_error e = {0};
  stance_train_options_default(&o);
  o.bits = 10, o.folds = 0, o.min_count = 1, o.name = "caf\xe9\t\x1b[2J\x7f";
  static const char *const rows[] = {"label\ttext\na\tgood day\nb\tbad day\n",
                                     "label\ttext\na\x01\tgood day\nb\tbad day\n"};
  for (int k = 0; k < 2; k++) {
    stance_dataset *data = NULL;
    stance_model *m = NULL, *again = NULL;
    assert_int_equal(stance_dataset_new(&data, &e), STANCE_OK);
    assert_int_equal(st_load(data, "b\xe9.tsv", rows[k], strlen(rows[k]), NULL, &e), STANCE_OK);
    assert_true(st_dataset_settle(data, data->rows));
    assert_int_equal(stance_train(data, &o, &m, NULL, &e), k ? STANCE_ERR_DATA : STANCE_OK);
    if (!k) {
      st_buf b = {0};
      assert_true(!strncmp(stance_model_name(m), "caf?  [2J  ", 11));
      assert_int_equal(st_model_write(m, &b, &e), STANCE_OK);
      if (open_bytes(b.data, b.len, &again, &e) != STANCE_OK) fail_msg("%s", e.message);
      st_buf_free(&b);
    }
    stance_model_free(m);
    stance_model_free(again);
    stance_dataset_free(data);
  }
}

/* Any byte of any section changed, checksums right: refused as MODEL, or a model that labels. */
static void test_any_content(void **state) {
  (void)state;
  static const char text[] =
      "\"It could fail,\" critics said. Anna Berg must act now! The pier is 400 metres long.";
  stance_options o;
  stance_options_default(&o);
  o.threads = 1;
  uint64_t random = 23;
  for (int round = 0; round < 1500; round++) {
    int k = (int)(next_random(&random) % LARGE);
    st_buf b = {0};
    st_buf_add(&b, file[k].data, file[k].len);
    for (uint64_t times = 1 + next_random(&random) % 3; times; times--) {
      size_t part = (size_t)(next_random(&random) % get(&b, 12, 4)), len;
      char name[9] = {0};
      memcpy(name, b.data + ST_HEADER + part * ST_ENTRY, 8);
      size_t at = section(&b, name, &len), within = (size_t)(next_random(&random) % len);
      if (next_random(&random) & 1 && within > 100) within %= 100;
      b.data[at + within] = (char)next_random(&random);
    }
    mend(&b);
    stance_model *m = NULL;
    stance_error e;
    stance_status status = open_bytes(b.data, b.len, &m, &e);
    st_buf_free(&b);
    if (status != STANCE_OK) {
      assert_int_equal(status, STANCE_ERR_MODEL);
      continue;
    }
    stance_document *d = NULL;
    assert_int_equal(stance_classify(m, &o, "a", text, sizeof text - 1, &d, &e), STANCE_OK);
    assert_int_equal(d->n_sentences, 3);
    for (size_t i = 0; i < d->n_sentences; i++) {
      float sum = 0;
      for (size_t c = 0; c < m->head[0].labels; c++) sum += d->sentences[i].scores[c];
      if (!(fabsf(sum - 1) < 1e-4f)) fail_msg("round %d: scores sum to %g", round, (double)sum);
    }
    stance_document_free(d);
    stance_model_free(m);
  }
}

/* ---- out of memory ---- */

static void test_memory(void **state) {
  (void)state;
  static const int kinds[] = {PLAIN, CUES, STACK};
  for (size_t i = 0; i < 3; i++) {
    st_buf *b = &file[kinds[i]];
    char *copy = malloc(b->len);
    memcpy(copy, b->data, b->len);
    stance_status status = STANCE_ERR_MEMORY;
    for (int n = 0; status != STANCE_OK; n += n < 60 ? 1 : 37) {
      st_file f = {copy, b->len, false};
      stance_model *m = NULL;
      stance_error e;
      atomic_store(&countdown, n);
      status = st_model_read(&f, &m, &e);
      bool hit = atomic_exchange(&countdown, -1) < 0;
      assert_int_equal(status, hit ? STANCE_ERR_MEMORY : STANCE_OK);
      assert_ptr_equal(f.data, hit ? copy : NULL);
      stance_model_free(m);
    }
    status = STANCE_ERR_MEMORY;
    for (int n = 0; status != STANCE_OK; n++) {
      st_buf out = {0};
      stance_error e;
      atomic_store(&countdown, n);
      status = st_model_write(model[kinds[i]], &out, &e);
      bool hit = atomic_exchange(&countdown, -1) < 0;
      assert_int_equal(status, hit ? STANCE_ERR_MEMORY : STANCE_OK);
      st_buf_free(&out);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_round_trip),   cmocka_unit_test(test_save),
      cmocka_unit_test(test_cut),          cmocka_unit_test(test_flip),
      cmocka_unit_test(test_foreign),      cmocka_unit_test(test_sections),
      cmocka_unit_test(test_cut_sections), cmocka_unit_test(test_table),
      cmocka_unit_test(test_contents),     cmocka_unit_test(test_heads),
      cmocka_unit_test(test_texts),        cmocka_unit_test(test_odd_names),
      cmocka_unit_test(test_any_content),  cmocka_unit_test(test_memory),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
