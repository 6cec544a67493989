/* driver.h: lets a fuzzer run without libFuzzer.
 *
 *     static const char *const fuzz_dictionary[] = {"piece", ..., NULL};
 *     #include "driver.h"
 *     int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { ... }
 *
 * Built with -DLIBFUZZER -fsanitize=fuzzer nothing is added, otherwise a main():
 *
 *     fuzz_NAME [-s SECONDS | -n COUNT] [FILE ...]
 *
 * Each FILE is run as it is and then changed at random (bytes changed, dropped, doubled, parts
 * moved, pieces of `fuzz_dictionary` put in); without files the pieces alone make the input. The
 * sequence is the same on every run. Default: 20000 inputs. Exit status 3: a file is missing.
 */
#ifndef STANCE_FUZZ_DRIVER_H
#define STANCE_FUZZ_DRIVER_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Stops the program where libFuzzer should see it; the library itself never aborts. */
#define FUZZ_CHECK(condition)                                                                      \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                              \
      abort();                                                                                     \
    }                                                                                              \
  } while (0)

#ifndef LIBFUZZER

enum { FUZZ_MAX = 1 << 16 };

static uint64_t fuzz_state = 0x2545f4914f6cdd1du;

static size_t fuzz_random(size_t below) { /* xorshift64* */
  fuzz_state ^= fuzz_state >> 12;
  fuzz_state ^= fuzz_state << 25;
  fuzz_state ^= fuzz_state >> 27;
  return below ? (size_t)((fuzz_state * 0x2545f4914f6cdd1du >> 33) % below) : 0;
}

static size_t fuzz_insert(uint8_t *d, size_t n, const char *piece, size_t len) {
  if (n + len > FUZZ_MAX) return n;
  size_t at = fuzz_random(n + 1);
  memmove(d + at + len, d + at, n - at);
  memcpy(d + at, piece, len);
  return n + len;
}

static size_t fuzz_mutate(uint8_t *d, size_t n) {
  size_t pieces = 0, times = 1 + fuzz_random(12);
  while (fuzz_dictionary[pieces]) pieces++;
  for (; times; times--) {
    size_t at = fuzz_random(n), len = 1 + fuzz_random(16);
    if (at + len > n) len = n - at;
    switch (fuzz_random(6)) {
    case 0:
      if (n) d[at] = (uint8_t)fuzz_random(256);
      break;
    case 1: /* drop */
      memmove(d + at, d + at + len, n - at - len);
      n -= len;
      break;
    case 2: /* double */
      if (n + len <= FUZZ_MAX) {
        memmove(d + at + len, d + at, n - at);
        n += len;
      }
      break;
    case 3: { /* swap two parts */
      size_t to = fuzz_random(n - len + 1);
      for (size_t i = 0; i < len; i++) {
        uint8_t t = d[at + i];
        d[at + i] = d[to + i];
        d[to + i] = t;
      }
      break;
    }
    default: {
      const char *piece = fuzz_dictionary[fuzz_random(pieces)];
      n = fuzz_insert(d, n, piece, strlen(piece));
      break;
    }
    }
  }
  return n;
}

/* So many pieces of the dictionary, one after the other. */
static size_t fuzz_pieces(uint8_t *d, size_t count) {
  size_t pieces = 0, n = 0;
  while (fuzz_dictionary[pieces]) pieces++;
  for (; count; count--) {
    const char *piece = fuzz_dictionary[fuzz_random(pieces)];
    size_t len = strlen(piece);
    if (n + len > FUZZ_MAX) break;
    memcpy(d + n, piece, len);
    n += len;
  }
  return n;
}

/* An exact copy on the heap, so that the sanitizers see a read beyond its end. */
static void fuzz_run(const uint8_t *d, size_t n) {
  uint8_t *copy = malloc(n ? n : 1);
  if (!copy) return;
  if (n) memcpy(copy, d, n);
  LLVMFuzzerTestOneInput(copy, n);
  free(copy);
}

int main(int argc, char **argv) {
  static uint8_t seed[FUZZ_MAX], d[FUZZ_MAX];
  double seconds = 0;
  size_t count = 20000, done = 0;
  int first = 1;
  if (argc > 2 && !strcmp(argv[1], "-s"))
    seconds = atof(argv[2]), first = 3;
  else if (argc > 2 && !strcmp(argv[1], "-n"))
    count = strtoull(argv[2], NULL, 10), first = 3;
  time_t end = time(NULL) + (time_t)seconds;
  for (int k = first; k < argc; k++) { /* each seed as it is */
    FILE *f = fopen(argv[k], "rb");
    if (!f) {
      fprintf(stderr, "%s: cannot open %s\n", argv[0], argv[k]);
      return 3;
    }
    size_t n = fread(seed, 1, sizeof seed, f);
    fclose(f);
    fuzz_run(seed, n);
  }
  for (int k = first;; k = k + 1 < argc ? k + 1 : first) {
    if (seconds > 0 ? time(NULL) >= end : done >= count) break;
    size_t n = 0;
    FILE *f = k < argc ? fopen(argv[k], "rb") : NULL;
    if (f) {
      n = fread(seed, 1, sizeof seed, f);
      fclose(f);
    }
    if (!n) n = fuzz_pieces(seed, fuzz_random(400));
    for (int i = 0; i < 50; i++, done++) {
      size_t start = fuzz_random(n), len = fuzz_random(n - start < 4096 ? n - start + 1 : 4096);
      memcpy(d, seed + start, len);
      fuzz_run(d, fuzz_mutate(d, len));
    }
  }
  printf("%zu inputs, nothing found\n", done);
  return 0;
}
#endif

#endif
