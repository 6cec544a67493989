/* bench-icu.c: ICU's sentence breaks of standard input, one sentence a line, for bench-segment. */
#include <stdio.h>
#include <stdlib.h>

#include <unicode/ubrk.h>
#include <unicode/utext.h>

int main(void) {
  size_t n = 0, cap = 1 << 20;
  char *s = malloc(cap);
  for (size_t got; s && (got = fread(s + n, 1, cap - n, stdin)) > 0; n += got)
    if (n + got == cap) s = realloc(s, cap *= 2);
  UErrorCode error = U_ZERO_ERROR;
  UText *text = s ? utext_openUTF8(NULL, s, (int64_t)n, &error) : NULL;
  UBreakIterator *it = ubrk_open(UBRK_SENTENCE, "en", NULL, 0, &error);
  if (text) ubrk_setUText(it, text, &error);
  if (!text || U_FAILURE(error)) return 3;
  for (int32_t a = ubrk_first(it), b; (b = ubrk_next(it)) != UBRK_DONE; a = b) {
    for (int32_t i = a; i < b; i++) putchar_unlocked(s[i] == '\n' ? ' ' : s[i]);
    putchar_unlocked('\n');
  }
  ubrk_close(it);
  utext_close(text);
  free(s);
  return 0;
}
