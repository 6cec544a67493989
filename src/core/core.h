/* core.h: what every room stands on: errors, memory, byte buffers, files, threads.
 *
 * Nothing here prints or exits. A function that can fail returns a stance_status and fills the
 * caller's stance_error (declared in stance.h; a NULL error is allowed everywhere).
 *
 *     error.c   fill an error           buffer.c  growing byte strings, number formatting
 *     memory.c  checked growth          file.c    map, read, write a temporary file and rename it
 *     suggest.c the nearest of some names
 *     thread.c  fixed partition of work over threads      utf8.c  well-formed UTF-8
 *     blas.c    OpenBLAS's product of matrix and vector
 */
#ifndef STANCE_CORE_H
#define STANCE_CORE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "stance.h"

#if defined(__GNUC__)
#define ST_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define ST_PRINTF(fmt, args)
#endif

/* For the hottest loops: compiled twice, for processors with AVX2 and for all others, and chosen when
 * the program starts. Only where both give the same bits: integers, and floats without contraction. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                             \
    !defined(__SANITIZE_ADDRESS__)
#define ST_FAST __attribute__((target_clones("avx2", "default")))
#else
#define ST_FAST
#endif

/* ---- error.c ---- */

/* Fills *err (if not NULL) with the code and the formatted sentence, clears the position, and
 * returns the code, so that a failing function can end with `return st_fail(err, ...)`. */
stance_status st_fail(stance_error *err, stance_status code, const char *fmt, ...) ST_PRINTF(3, 4);

/* Out of memory while doing `what`. */
stance_status st_fail_memory(stance_error *err, const char *what);

/* Adds a position to an error already filled. line and byte: 0 = not known; both count from 1 and
 * from 0 respectively. Returns err->code. A NULL err is ignored (returns `code`). */
stance_status st_error_at(stance_error *err, stance_status code, const char *file, uint64_t line,
                          uint64_t byte);

/* Forward a failure. */
#define ST_TRY(expr)                                                                               \
  do {                                                                                             \
    stance_status st_try_status_ = (expr);                                                         \
    if (st_try_status_ != STANCE_OK) return st_try_status_;                                        \
  } while (0)

/* ---- memory.c ---- */

/* realloc() of count × size bytes; NULL when the product overflows or memory is short. */
void *st_realloc_array(void *old, size_t count, size_t size);

/* calloc() that survives count = 0 (never returns NULL for want of size). */
void *st_calloc(size_t count, size_t size);

/* Makes *items (of element size `size`) hold at least `need` elements, growing by half. Returns
 * false, leaving *items and *cap as they were, when memory is short. */
bool st_reserve(void *items, size_t *cap, size_t need, size_t size);

/* ---- buffer.c ---- */

/* A growing byte string. `failed` sticks: after memory ran out every append is ignored, and the
 * owner checks once at the end. data is always NUL-terminated when cap > 0. Zero-initialise. */
typedef struct st_buf {
  char *data;
  size_t len, cap;
  bool failed;
} st_buf;

void st_buf_free(st_buf *b);
void st_buf_clear(st_buf *b); /* len = 0, keeps the memory */
bool st_buf_reserve(st_buf *b, size_t more);
/* The end after writing into reserved room. */
void st_buf_end(st_buf *b, const char *end);
void st_buf_add(st_buf *b, const void *bytes, size_t n);
void st_buf_puts(st_buf *b, const char *s);
void st_buf_putc(st_buf *b, char c);
void st_buf_printf(st_buf *b, const char *fmt, ...) ST_PRINTF(2, 3);
void st_buf_u64(st_buf *b, uint64_t v);
/* Fixed point with `digits` (0..9) decimals, in any locale with a dot; NaN writes "null". */
void st_buf_fixed(st_buf *b, double v, int digits);
/* A JSON string with its quotes; valid UTF-8 is passed through, control characters, quotes and
 * backslashes are escaped, invalid bytes become U+FFFD. */
void st_buf_json(st_buf *b, const char *s, size_t n);

/* ---- utf8.c ---- */

/* Length (1..4) of the well-formed UTF-8 sequence that begins at s, or 0 if there is none. */
size_t st_utf8_length(const char *s, size_t n);

/* The code point of a sequence whose length st_utf8_length() gave. */
uint32_t st_utf8_decode(const char *s, size_t len);

/* Offset of the first byte that does not begin a well-formed sequence; n when all is well. */
size_t st_utf8_invalid(const char *s, size_t n);

/* Characters of s[0, n): bytes that do not continue one. */
size_t st_utf8_count(const char *s, size_t n);

/* Whether these bytes are a text: BINARY for a NUL byte, ENCODING for anything that is not UTF-8,
 * with line and byte. */
stance_status st_utf8_check(const char *s, size_t n, stance_error *err);

/* ---- file.c ---- */

/* The bytes of a file: mapped where it is a regular file, else read. data is not terminated. */
typedef struct st_file {
  const char *data;
  size_t len;
  bool mapped;
} st_file;

/* Opens path ("-" = standard input) whole. Errors: STANCE_ERR_OPEN (missing, no permission, a
 * folder), STANCE_ERR_READ. */
stance_status st_file_open(const char *path, st_file *out, stance_error *err);
void st_file_close(st_file *f);

/* Writes all of buf to fd, over short writes and EINTR. */
stance_status st_write_all(int fd, const void *buf, size_t n, const char *name, stance_error *err);

/* Replaces path by the n bytes: temporary file beside it, fsync, rename. A path that is not a
 * regular file (such as /dev/stdout or a FIFO) is written in place. The old file is untouched
 * when anything fails. */
stance_status st_file_replace(const char *path, const void *buf, size_t n, stance_error *err);

/* ---- thread.c ---- */

/* Calls work(ctx, i) for every i in [0, count), on up to `threads` threads (0 = all cores). The
 * partition into i is the caller's and does not depend on the number of threads, so whoever writes
 * only to what belongs to i gets the same result with any number. Falls back to fewer threads when
 * the system gives none. */
typedef void (*st_work_fn)(void *ctx, size_t i);
void st_parallel(size_t count, int threads, st_work_fn work, void *ctx);
int st_cores(void);

/* ---- blas.c ---- */

/* y = alpha A x + beta y, or with A transposed, by OpenBLAS; A has m rows of n, lda apart. */
void st_sgemv(bool transposed, size_t m, size_t n, float alpha, const float *A, size_t lda,
              const float *x, float beta, float *y);

#endif
