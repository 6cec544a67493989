/* fuzz_annotations.c: damaged files of annotation tools, diffs, marks and baselines never crash a
 * reader, and what was read can be written in every format.
 *
 * Run without arguments: a fixed number of random changes to the golden files, the same every time.
 * With libFuzzer (-DFUZZER, clang -fsanitize=fuzzer): the usual entry point; the first byte chooses
 * the format. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "data/annotations.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void require(bool condition, const char *what) {
  if (condition) return;
  fprintf(stderr, "fuzz_annotations: %s\n", what);
  abort();
}

static stance_status drop(void *ctx, const char *name, const void *bytes, size_t n,
                          stance_error *err) {
  (void)ctx, (void)err;
  require(st_utf8_invalid(bytes, n) == n, "written text is not UTF-8");
  require(!strchr(name, '/') && name[0] != '.', "a name that leaves its folder");
  return STANCE_OK;
}

static void convert(const st_form *form, const char *bytes, size_t len) {
  stance_annotations *a;
  stance_error e = {0};
  require(stance_annotations_new(&a, &e) == STANCE_OK, "out of memory");
  /* The text that belongs to golden.brat lies beside it as brat.txt. */
  const char *path = strcmp(form->name, "brat") ? "fuzz" : "tests/data/forms/brat.ann";
  st_form_input in = {a, path, bytes, len, NULL, &e};
  stance_status status = form->read(&in);
  require(status == STANCE_OK || (status == e.code && e.message[0]), "an error without words");
  for (size_t f = 0; f < st_form_count; f++) {
    stance_error w = {0};
    status = stance_annotations_write(a, st_forms[f].name, drop, NULL, &w);
    require(status == STANCE_OK || status == STANCE_ERR_FORMAT, "writing failed");
  }
  stance_annotations_free(a);
}

static bool no_remark(void *ctx, uint32_t line, const char *text) {
  (void)ctx;
  require(line && text[0] && !strchr(text, '\n'), "a remark of no or many lines");
  return true;
}

static void check(const char *bytes, size_t len) {
  static const char *names[] = {"advocacy", "speculation"};
  static const st_rules rules = {names, 2, 2};
  st_arena arena = {0};
  st_diff diff = {0};
  st_known known = {0};
  st_marks marks = {0};
  stance_span *spans;
  size_t n;
  (void)st_diff_parse(bytes, len, &arena, &diff, NULL);
  for (size_t i = 0; i < diff.n; i++) {
    require(st_diff_spans(&diff.file[i], bytes, len, &spans, &n), "out of memory");
    for (size_t k = 0; k < n; k++)
      require(spans[k].start <= spans[k].end && spans[k].end <= len, "a span out of range");
    free(spans);
  }
  (void)st_known_baseline(&known, bytes, len, &arena, NULL);
  (void)st_known_ignore(&known, "fuzz", bytes, len, &arena, NULL);
  (void)st_known_find(&known, "a", "advocacy", 1, 1);
  require(st_marks_read(&rules, bytes, len, &arena, &marks, no_remark, NULL, NULL) == STANCE_OK,
          "out of memory");
  for (size_t i = 0; i < marks.n; i++)
    require(marks.items[i].start < marks.items[i].end && marks.items[i].end <= len,
            "a mark out of range");
  free(marks.items);
  free(known.items);
  st_diff_free(&diff);
  st_arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
  if (!len) return 0;
  /* An exact copy, so that reading one byte too far is seen. */
  char *copy = malloc(len);
  require(copy != NULL, "out of memory");
  memcpy(copy, bytes + 1, len - 1);
  const st_form *form = &st_forms[bytes[0] % (st_form_count + 1) % st_form_count];
  if (bytes[0] % (st_form_count + 1) == st_form_count)
    check(copy, len - 1);
  else if (st_utf8_invalid(copy, len - 1) == len - 1 && (len < 2 || !memchr(copy, 0, len - 1)))
    convert(form, copy, len - 1);
  free(copy);
  return 0;
}

#ifndef FUZZER
static uint64_t next_random(uint64_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 7;
  return *state ^= *state << 17;
}

static const char diff[] =
    "--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@\n a\n-b c d\n+b e d\n+f\n\\ No newline\n"
    "<!-- stance off advocacy: x --> <!-- stance on -->\n"
    "{\"doc\":\"a\",\"fp\":\"0000000000000001:1\",\"label\":\"advocacy\"}\n"
    "0000000000000001:2 why\n";

int main(void) {
  static const char marks[] = "\n\t\",:{}[]\\'0 9-\r<>#@_\xc3\xa9";
  uint64_t state = 88172645463325252u;
  for (size_t f = 0; f <= st_form_count; f++) {
    char path[100];
    st_file file = {.data = diff, .len = sizeof diff - 1};
    if (f < st_form_count) {
      snprintf(path, sizeof path, "tests/data/forms/golden.%s", st_forms[f].name);
      require(st_file_open(path, &file, NULL) == STANCE_OK, path);
    }
    for (int round = 0; round < 1000; round++) {
      size_t len = file.len;
      uint8_t *seed = malloc(len + 1);
      require(seed != NULL, "out of memory");
      seed[0] = (uint8_t)f;
      memcpy(seed + 1, file.data, len);
      for (uint64_t k = next_random(&state) % 6; k; k--) {
        size_t at = 1 + next_random(&state) % len;
        switch (next_random(&state) % 3) {
        case 0: seed[at] = (uint8_t)marks[next_random(&state) % (sizeof marks - 1)]; break;
        case 1: seed[at] = seed[1 + next_random(&state) % len]; break;
        default: /* a stretch again, elsewhere */ memmove(seed + at, seed + 1, (len - at) / 2);
        }
      }
      if (next_random(&state) % 4 == 0) len = next_random(&state) % (len + 1);
      LLVMFuzzerTestOneInput(seed, len + 1);
      free(seed);
    }
    if (f < st_form_count) st_file_close(&file);
  }
  return 0;
}
#endif
