/* test_core.c: buffers, numbers and JSON strings, UTF-8, replacing a file, threads; and every
 * allocation of a buffer failing once. Linked with --wrap, see Makefile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <locale.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/core.h"
#include "failing.h"

/* ---- buffers ---- */

static void check_fixed(double v, int digits, const char *expected) {
  st_buf b = {0};
  st_buf_fixed(&b, v, digits);
  assert_false(b.failed);
  assert_string_equal(b.data, expected);
  st_buf_free(&b);
}

static void test_fixed(void **state) {
  (void)state;
  /* Where the system has such a locale, a decimal comma must not come through. */
  static const char *const locales[] = {"C", "de_DE.UTF-8", "fr_FR.UTF-8", "hi_IN.UTF-8"};
  for (size_t i = 0; i < sizeof locales / sizeof *locales; i++) {
    if (!setlocale(LC_ALL, locales[i])) continue;
    check_fixed(0, 0, "0");
    check_fixed(0.5, 0, "1");
    check_fixed(1234567.891, 2, "1234567.89");
    check_fixed(0.1, 9, "0.100000000");
    check_fixed(0.995, 1, "1.0");
    check_fixed(-0.25, 2, "-0.25");
    check_fixed(-0.0001, 2, "0.00"); /* no minus zero */
    check_fixed(-0.0, 3, "0.000");
    check_fixed(NAN, 4, "null");
    check_fixed(1e-300, 3, "0.000");
    check_fixed(1e300, 0, "1000000000000000000"); /* held at the largest it can write */
    check_fixed(INFINITY, 0, "1000000000000000000");
    check_fixed(-INFINITY, 0, "-1000000000000000000");
  }
  setlocale(LC_ALL, "C");
}

static void test_append(void **state) {
  (void)state;
  st_buf b = {0};
  st_buf_u64(&b, 0);
  st_buf_putc(&b, ' ');
  st_buf_u64(&b, UINT64_MAX);
  st_buf_printf(&b, " %s-%03d", "x", 7);
  st_buf_add(&b, NULL, 0);
  assert_string_equal(b.data, "0 18446744073709551615 x-007");
  assert_int_equal(b.len, strlen(b.data));
  st_buf_clear(&b);
  assert_string_equal(b.data, "");
  for (int i = 0; i < 5000; i++) st_buf_puts(&b, "abc");
  assert_int_equal(b.len, 15000);
  assert_false(st_buf_reserve(&b, SIZE_MAX - 3));
  st_buf_puts(&b, "no more");
  assert_true(b.failed);
  assert_int_equal(b.len, 15000);
  st_buf_clear(&b);
  assert_false(b.failed);
  st_buf_free(&b);
  st_buf_free(&b);
}

static void test_json(void **state) {
  (void)state;
#define IN(s) s, sizeof s - 1
  static const struct {
    const char *in;
    size_t n;
    const char *out;
  } rows[] = {{IN(""), "\"\""},
              {IN("plain"), "\"plain\""},
              {IN("a\"b\\c/d"), "\"a\\\"b\\\\c/d\""},
              {IN("\n\r\t\b\f"), "\"\\n\\r\\t\\u0008\\u000c\""},
              {IN("nul\0here"), "\"nul\\u0000here\""},
              {IN("\x1f\x7f"), "\"\\u001f\\u007f\""},
              {IN("caf\xc3\xa9 \xf0\x9f\x98\x80"), "\"caf\xc3\xa9 \xf0\x9f\x98\x80\""},
              {IN("\xff"), "\"\xef\xbf\xbd\""},
              {IN("a\xc3"), "\"a\xef\xbf\xbd\""},
              {IN("a\xc3z"), "\"a\xef\xbf\xbdz\""},
              {IN("\xed\xa0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""}, /* a surrogate */
              {IN("\xf0\x9f\x98"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""}};
#undef IN
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    st_buf b = {0};
    st_buf_json(&b, rows[i].in, rows[i].n);
    assert_string_equal(b.data, rows[i].out);
    assert_int_equal(st_utf8_invalid(b.data, b.len), b.len);
    st_buf_free(&b);
  }
}

/* The n-th allocation fails, for every n: nothing is written beyond the memory, `failed` sticks. */
static void test_memory(void **state) {
  (void)state;
  int n = 0;
  for (bool whole = false; !whole; n++) {
    st_buf b = {0};
    atomic_store(&countdown, n);
    for (int i = 0; i < 200; i++) {
      st_buf_json(&b, "say \"so\"\n", 9);
      st_buf_fixed(&b, i / 7.0, 3);
      st_buf_printf(&b, "%d of %d;", i, 200);
    }
    whole = !b.failed;
    bool was_hit = atomic_exchange(&countdown, -1) < 0;
    assert_int_equal(whole, !was_hit);
    size_t len = b.len;
    st_buf_puts(&b, "!");
    assert_int_equal(b.len, whole ? len + 1 : len);
    if (b.cap) assert_int_equal(b.data[b.len], 0);
    st_buf_free(&b);
  }
  assert_true(n > 5);

  int *items = NULL;
  size_t cap = 0;
  assert_true(st_reserve(&items, &cap, 3, sizeof *items));
  int *before = items;
  size_t cap_before = cap;
  atomic_store(&countdown, 0);
  assert_false(st_reserve(&items, &cap, 1000, sizeof *items));
  atomic_store(&countdown, -1);
  assert_ptr_equal(items, before);
  assert_int_equal(cap, cap_before);
  assert_false(st_reserve(&items, &cap, SIZE_MAX / 2, sizeof *items)); /* the product overflows */
  free(items);
  assert_null(st_realloc_array(NULL, SIZE_MAX / 4, 8));
  void *p = st_calloc(0, 8);
  assert_non_null(p);
  free(p);

  stance_error e;
  assert_int_equal(st_fail_memory(&e, "testing"), STANCE_ERR_MEMORY);
  assert_string_equal(e.message, "out of memory while testing");
  assert_int_equal(st_fail_memory(NULL, "testing"), STANCE_ERR_MEMORY);
}

/* ---- errors ---- */

static void test_error(void **state) {
  (void)state;
  stance_error e;
  memset(&e, 0x55, sizeof e);
  char name[1000];
  memset(name, 'n', sizeof name - 1);
  name[sizeof name - 1] = 0;
  assert_int_equal(st_fail(&e, STANCE_ERR_FORMAT, "row %d of '%s'", 3, name), STANCE_ERR_FORMAT);
  assert_int_equal(e.line + e.byte + e.column, 0);
  assert_int_equal(strlen(e.message), sizeof e.message - 1); /* cut, and terminated */
  assert_int_equal(st_error_at(&e, STANCE_ERR_FORMAT, name, 3, 14), STANCE_ERR_FORMAT);
  assert_int_equal(strlen(e.file), sizeof e.file - 1);
  assert_int_equal(e.line, 3);
  assert_int_equal(st_error_at(NULL, STANCE_ERR_DATA, "x", 1, 1), STANCE_ERR_DATA);
}

/* ---- UTF-8 ---- */

static void test_utf8(void **state) {
  (void)state;
  static const struct {
    const char *bytes;
    size_t n, bad; /* bad: offset of the first byte that is not well-formed, n if none */
  } rows[] = {{"", 0, 0},
              {"abcdefghij", 10, 10},
              {"\x7f\xc2\x80\xdf\xbf", 5, 5},
              {"\xe0\xa0\x80\xef\xbf\xbf", 6, 6},
              {"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", 8, 8},
              {"\xed\x9f\xbf\xee\x80\x80", 6, 6}, /* on either side of the surrogates */
              {"\x80", 1, 0},
              {"a\xbf", 2, 1},
              {"\xc0\x80", 2, 0},         /* overlong NUL */
              {"\xc1\xbf", 2, 0},         /* overlong */
              {"\xe0\x9f\xbf", 3, 0},     /* overlong */
              {"\xf0\x8f\xbf\xbf", 4, 0}, /* overlong */
              {"\xed\xa0\x80", 3, 0},     /* first surrogate */
              {"\xed\xbf\xbf", 3, 0},     /* last surrogate */
              {"\xf4\x90\x80\x80", 4, 0}, /* U+110000 */
              {"\xf5\x80\x80\x80", 4, 0},
              {"\xfe", 1, 0},
              {"\xff\xff", 2, 0},
              {"ab\xc3", 3, 2}, /* cut */
              {"ab\xe2\x82", 4, 2},
              {"ab\xf0\x9f\x98", 5, 2},
              {"ab\xc3(", 4, 2},
              {"ab\xe2(\xa1", 5, 2},
              {"ab\xe2\x82(", 5, 2},
              {"ab\xf0\x9f\x98(", 6, 2},
              {"\xfc\x84\x80\x80\x80\x80", 6, 0}, /* six bytes, as before RFC 3629 */
              {"12345678\x80", 9, 8},             /* after the fast lane of eight */
              {"1234567\xc3\xa9"
               "0123456\xe9",
               17, 16}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char *exact = malloc(rows[i].n ? rows[i].n : 1); /* a read beyond is seen by the sanitizer */
    memcpy(exact, rows[i].bytes, rows[i].n);
    assert_int_equal(st_utf8_invalid(exact, rows[i].n), rows[i].bad);
    assert_int_equal(st_utf8_check(exact, rows[i].n, NULL),
                     rows[i].bad == rows[i].n ? STANCE_OK : STANCE_ERR_ENCODING);
    free(exact);
  }
  /* Every code point there is, encoded by hand. */
  for (uint32_t c = 0; c <= 0x110000; c++) {
    char s[4];
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    if (n == 1)
      s[0] = (char)c;
    else {
      static const unsigned lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
      for (size_t k = n; k-- > 1;) s[k] = (char)(0x80 | (c >> 6 * (n - 1 - k) & 0x3f));
      s[0] = (char)(lead[n] | c >> 6 * (n - 1));
    }
    bool valid = c < 0x110000 && !(c >= 0xd800 && c < 0xe000);
    size_t len = st_utf8_length(s, n);
    if (len != (valid ? n : 0)) fail_msg("U+%04X: length %zu", (unsigned)c, len);
    if (valid && st_utf8_decode(s, n) != c) fail_msg("U+%04X is decoded otherwise", (unsigned)c);
    if (valid && n > 1 && st_utf8_length(s, n - 1)) fail_msg("U+%04X cut", (unsigned)c);
  }
}

static void test_utf8_check(void **state) {
  (void)state;
  stance_error e;
  assert_int_equal(st_utf8_check("one\ntwo\n\xe9", 9, &e), STANCE_ERR_ENCODING);
  assert_int_equal(e.line, 3);
  assert_int_equal(e.byte, 8);
  assert_non_null(strstr(e.message, "byte 8"));
  assert_int_equal(st_utf8_check("one\nt\0o", 7, &e), STANCE_ERR_BINARY);
  assert_int_equal(e.line, 2);
  assert_int_equal(e.byte, 5);
  /* what comes first decides */
  assert_int_equal(st_utf8_check("\xe9\0", 2, &e), STANCE_ERR_ENCODING);
  assert_int_equal(st_utf8_check("\0\xe9", 2, &e), STANCE_ERR_BINARY);
  assert_int_equal(st_utf8_check("", 0, &e), STANCE_OK);
}

/* ---- files ---- */

static char folder[] = "/tmp/stance-core-XXXXXX";

static char *path_of(const char *name) {
  static char path[4][200];
  static int next;
  char *p = path[next++ % 4];
  snprintf(p, sizeof path[0], "%s/%s", folder, name);
  return p;
}

static void holds(const char *path, const char *expected) {
  st_file f;
  stance_error e;
  assert_int_equal(st_file_open(path, &f, &e), STANCE_OK);
  assert_int_equal(f.len, strlen(expected));
  if (f.len) assert_memory_equal(f.data, expected, f.len);
  st_file_close(&f);
  st_file_close(&f);
}

static void test_open(void **state) {
  (void)state;
  st_file f;
  stance_error e;
  assert_int_equal(st_file_open(path_of("nothing"), &f, &e), STANCE_ERR_OPEN);
  assert_non_null(strstr(e.message, "nothing"));
  assert_int_equal(st_file_open(folder, &f, &e), STANCE_ERR_OPEN);
  assert_non_null(strstr(e.message, "folder"));
  assert_int_equal(st_file_replace(path_of("empty"), "", 0, &e), STANCE_OK);
  holds(path_of("empty"), "");
  assert_int_equal(st_file_open("/dev/null", &f, &e), STANCE_OK);
  assert_int_equal(f.len, 0);
  st_file_close(&f);
}

static void test_replace(void **state) {
  (void)state;
  stance_error e;
  struct stat sb;
  mode_t mask = umask(027);
  assert_int_equal(st_file_replace(path_of("a"), "one", 3, &e), STANCE_OK);
  assert_int_equal(stat(path_of("a"), &sb), 0);
  assert_int_equal(sb.st_mode & 0777, 0640); /* as the umask says */
  umask(mask);
  assert_int_equal(chmod(path_of("a"), 0604), 0);
  assert_int_equal(st_file_replace(path_of("a"), "two", 3, &e), STANCE_OK);
  assert_int_equal(stat(path_of("a"), &sb), 0);
  assert_int_equal(sb.st_mode & 0777, 0604); /* as the old file's */
  holds(path_of("a"), "two");

  assert_int_equal(symlink("a", path_of("link")), 0);
  assert_int_equal(st_file_replace(path_of("link"), "three", 5, &e), STANCE_OK);
  assert_int_equal(lstat(path_of("link"), &sb), 0);
  assert_true(S_ISLNK(sb.st_mode));
  holds(path_of("a"), "three");

  assert_int_equal(st_file_replace(folder, "x", 1, &e), STANCE_ERR_WRITE);
  assert_int_equal(st_file_replace(path_of("no/such/folder"), "x", 1, &e), STANCE_ERR_WRITE);
  assert_int_equal(st_file_replace("/dev/full", "x", 1, &e), STANCE_ERR_WRITE);
  assert_int_equal(st_file_replace("/dev/null", "x", 1, &e), STANCE_OK);
}

static size_t files_left(void) {
  char command[300], line[32] = "";
  snprintf(command, sizeof command, "ls -A '%s' | wc -l", folder);
  FILE *p = popen(command, "r");
  assert_non_null(p);
  assert_non_null(fgets(line, sizeof line, p));
  pclose(p);
  return strtoul(line, NULL, 10);
}

/* A write that fails half-way (here: the largest size a file may have is reached) keeps the old
 * file and leaves no temporary one behind. */
static void test_replace_fails(void **state) {
  (void)state;
  stance_error e;
  assert_int_equal(st_file_replace(path_of("kept"), "old", 3, &e), STANCE_OK);
  size_t before = files_left();
  struct rlimit limit, low;
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
  low = limit;
  low.rlim_cur = 4096;
  void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
  size_t n = 100000;
  char *big = calloc(n, 1);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
  stance_status status = st_file_replace(path_of("kept"), big, n, &e);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
  signal(SIGXFSZ, handler);
  assert_int_equal(status, STANCE_ERR_WRITE);
  assert_non_null(strstr(e.message, "kept"));
  holds(path_of("kept"), "old");
  assert_int_equal(files_left(), before);

  atomic_store(&countdown, 0); /* no memory for the temporary name */
  status = st_file_replace(path_of("kept"), "new", 3, &e);
  atomic_store(&countdown, -1);
  assert_int_equal(status, STANCE_ERR_MEMORY);
  holds(path_of("kept"), "old");
  assert_int_equal(files_left(), before);
  free(big);
}

static void test_pipe(void **state) {
  (void)state;
  int end[2];
  stance_error e;
  assert_int_equal(pipe(end), 0);
  void (*handler)(int) = signal(SIGPIPE, SIG_IGN);
  close(end[0]);
  assert_int_equal(st_write_all(end[1], "x", 1, "a pipe", &e), STANCE_ERR_PIPE);
  close(end[1]);
  signal(SIGPIPE, handler);
}

static int make_folder(void **state) {
  (void)state;
  return mkdtemp(folder) ? 0 : -1;
}

static int drop_folder(void **state) {
  (void)state;
  static const char *const names[] = {"a", "link", "kept", "empty"};
  for (size_t i = 0; i < 4; i++) unlink(path_of(names[i]));
  return rmdir(folder);
}

/* ---- threads ---- */

enum { PIECES = 5000 };

static void count_piece(void *ctx, size_t i) {
  unsigned char *times = ctx;
  times[i]++;
}

static void test_parallel(void **state) {
  (void)state;
  static const int threads[] = {0, 1, 2, 4, 7, 1000, -3};
  for (size_t t = 0; t < sizeof threads / sizeof *threads; t++)
    for (size_t count = 0; count <= PIECES; count = count * 3 + 1) {
      unsigned char *times = calloc(PIECES + 1, 1);
      st_parallel(count, threads[t], count_piece, times);
      for (size_t i = 0; i <= PIECES; i++) assert_int_equal(times[i], i < count);
      free(times);
    }
  assert_in_range(st_cores(), 1, 256);
}

static void test_nearest(void **state) {
  (void)state;
  static const char *const names[] = {"format", "features", "folds", "jobs"};
  assert_string_equal(stance_nearest("fromat", names, 4), "format");
  assert_string_equal(stance_nearest("feat", names, 4), "features");
  assert_string_equal(stance_nearest("fold", names, 4), "folds");
  assert_null(stance_nearest("zebra", names, 4));
  assert_null(stance_nearest("format", names, 0));
  char word[3000];
  memset(word, 'f', sizeof word - 1);
  word[sizeof word - 1] = 0;
  (void)stance_nearest(word, names, 4);
  assert_null(stance_nearest("", names, 0));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_fixed),      cmocka_unit_test(test_append),
      cmocka_unit_test(test_json),       cmocka_unit_test(test_memory),
      cmocka_unit_test(test_error),      cmocka_unit_test(test_utf8),
      cmocka_unit_test(test_utf8_check), cmocka_unit_test(test_open),
      cmocka_unit_test(test_replace),    cmocka_unit_test(test_replace_fails),
      cmocka_unit_test(test_pipe),       cmocka_unit_test(test_parallel),
      cmocka_unit_test(test_nearest),
  };
  return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
