/* fuzz_data.c: damaged rows never crash a reader, and what is read is well-formed.
 *
 * Run without arguments: a fixed number of random changes to a few seeds, the same on every run.
 * With libFuzzer (-DFUZZER, clang -fsanitize=fuzzer): the usual entry point. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/data.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void require(bool condition, const char *what) {
  if (condition) return;
  fprintf(stderr, "fuzz_data: %s\n", what);
  abort();
}

static void labelled_rows(const char *format, const char *bytes, size_t len) {
  stance_dataset *d = NULL;
  stance_error e = {0};
  if (stance_dataset_new(&d, &e) != STANCE_OK) return;
  stance_read_options o = {.format = format};
  stance_status status = st_load(d, "fuzz", bytes, len, &o, &e);
  require(status == STANCE_OK || status == e.code, "the status is not the error's code");
  require(status == STANCE_OK || (e.message[0] && !strchr(e.message, '\n')),
          "a message of no or many lines");
  require(st_dataset_settle(d, d->rows), "out of memory");
  for (size_t i = 0; i < d->rows; i++) {
    const st_data_row *r = &d->row[i];
    require(r->text_len && st_utf8_invalid(r->text, r->text_len) == r->text_len,
            "a text is not UTF-8");
    require(r->weight > 0 && r->doc >= 0 && (size_t)r->doc < d->documents, "a row out of range");
  }
  for (size_t h = 0; h < d->heads; h++)
    for (size_t i = 0; i < d->rows; i++)
      require(d->head[h].gold[i] >= -1 && d->head[h].gold[i] < (int)d->head[h].labels,
              "a label out of range");
  stance_dataset_free(d);
}

static void stream(st_row_format format, const char *bytes, size_t len) {
  st_row_reader r;
  st_arena arena = {0};
  const char *end = bytes + len, *nl = len ? memchr(bytes, '\n', len) : NULL;
  if (st_row_reader_init(&r, format, NULL, bytes, nl ? (size_t)(nl - bytes) : len, NULL) !=
      STANCE_OK)
    return;
  for (const char *line = bytes; line < end;) {
    nl = memchr(line, '\n', (size_t)(end - line));
    const char *stop = nl ? nl : end;
    st_row_view v;
    require(st_row_parse(&r, line, (size_t)(stop - line), &arena, &v), "out of memory");
    require(!v.error[0] || !v.text_len, "a bad row with a text");
    require(st_utf8_invalid(v.text, v.text_len) == v.text_len, "a text is not UTF-8");
    require(st_utf8_invalid(v.id, v.id_len) == v.id_len, "an id is not UTF-8");
    int32_t index = -1;
    require(st_row_document(v.id, v.id_len, &index) <= v.id_len && index >= 0,
            "an id out of range");
    line = nl ? nl + 1 : end;
  }
  st_row_reader_free(&r);
  st_arena_free(&arena);
}

/* The first byte chooses the readers. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
  static const char *const formats[] = {"tsv", "jsonl", "fasttext", NULL};
  if (!len) return 0;
  const char *s = (const char *)bytes + 1;
  labelled_rows(formats[bytes[0] % 4], s, len - 1);
  stream((st_row_format)(bytes[0] / 4 % 3), s, len - 1);
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

/* One of: another byte, a cut, a flipped bit. */
static size_t damage(uint8_t *s, size_t len, uint64_t *state) {
  static const char bytes[] = "\t\n\r\"\\{}[]:,#_u0e-.\xc3\xff\xef";
  size_t at = next(state) % len;
  uint64_t kind = next(state) % 3;
  if (kind == 0)
    s[at] = (uint8_t)bytes[next(state) % sizeof bytes];
  else if (kind == 2)
    s[at] ^= (uint8_t)(1u << next(state) % 8);
  return kind == 1 ? at + 1 : len;
}

int main(void) {
  static const char *const seeds[] = {
      "id\tstance\tsensational\tweight\ttext\na#0\tspeculation\t0\t1.5\tIt could "
      "rain.\na#1\tadvocacy\t1\t\tGo!\n",
      "{\"text\":\"It \\u00e9 could\",\"label\":[\"x\"],\"id\":\"d#3\",\"weight\":2}\n"
      "{\"text\":\"b\",\"stance\":\"y\",\"sensational\":1}\n",
      "__label__a one two\n__label__b\tthree\n",
      "\xef\xbb\xbflabel\ttext\r\nx\tcaf\xc3\xa9 \xf0\x9f\x98\x80\r\n"};
  enum { ROUNDS = 20000 };
  uint64_t state = 0x9e3779b97f4a7c15u;
  for (int round = 0; round < ROUNDS; round++) {
    const char *seed = seeds[next(&state) % 4];
    size_t len = strlen(seed);
    uint8_t *input = malloc(len + 1);
    if (!input) return 1;
    input[0] = (uint8_t)next(&state);
    memcpy(input + 1, seed, len);
    for (uint64_t edits = next(&state) % 6; edits; edits--) len = damage(input + 1, len, &state);
    uint8_t *exact = realloc(input, len + 1); /* so that a read past the end is seen */
    if (!exact) return 1;
    LLVMFuzzerTestOneInput(exact, len + 1);
    free(exact);
  }
  printf("fuzz_data: %d inputs\n", ROUNDS);
  return 0;
}
#endif
