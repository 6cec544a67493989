/* api.c: stance_segment(), the sentences or tokens of a text with code points. */
#include "text/text.h"

#include <stdlib.h>

typedef struct counter {
  const char *text;
  size_t byte, cp;
} counter;

/* Code points before byte `to`; calls come with growing `to`. */
static size_t code_point(counter *c, size_t to) {
  size_t n = 0;
  for (size_t i = c->byte; i < to; i++) n += (c->text[i] & 0xc0) != 0x80;
  c->byte = to;
  return c->cp += n;
}

stance_status stance_segment(const char *text, size_t len, bool tokens, stance_span **out,
                             size_t *n, stance_error *err) {
  *out = NULL;
  *n = 0;
  if (len > INT32_MAX) return st_fail(err, STANCE_ERR_TOO_LARGE, "text over 2 GiB");
  ST_TRY(st_utf8_check(text, len, err));
  st_sentences sentences = {0};
  st_tokens words = {0};
  stance_status status = st_segment(text, len, &sentences, err);
  for (size_t i = 0; tokens && status == STANCE_OK && i < sentences.n; i++)
    status = st_tokenize(text, sentences.items[i].start, sentences.items[i].end, &words, err);
  if (status == STANCE_OK) {
    size_t count = tokens ? words.n : sentences.n;
    stance_span *spans = st_calloc(count, sizeof *spans);
    if (!spans) status = st_fail_memory(err, "listing spans");
    counter c = {text, 0, 0};
    for (size_t i = 0; spans && i < count; i++) {
      spans[i].start = tokens ? words.items[i].start : sentences.items[i].start;
      spans[i].end = tokens ? words.items[i].end : sentences.items[i].end;
      spans[i].cp_start = code_point(&c, spans[i].start);
      spans[i].cp_end = code_point(&c, spans[i].end);
    }
    *out = spans;
    *n = spans ? count : 0;
  }
  st_sentences_free(&sentences);
  st_tokens_free(&words);
  return status;
}

void stance_free(void *memory) {
  free(memory);
}
