/* test_carry.c: how a quotation runs on over the sentences of a block. */
#include "engine/engine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

typedef struct {
  const char *const *text;
  size_t i, n;
} ahead;

static st_next next_of(const void *ctx, size_t k) {
  const ahead *a = ctx;
  if (a->i + k >= a->n) return (st_next){0};
  const char *text = a->text[a->i + k];
  return (st_next){text, 0, (uint32_t)strlen(text)};
}

/* expected has a letter a sentence: n not inside, s surely, u perhaps. */
static void check(const char *const *text, const char *expected) {
  static const st_recipe recipe = {.bits = 20, .word_min = 1, .word_max = 1};
  st_carry carry = {0};
  st_work w = {0};
  for (ahead at = {text, 0, strlen(expected)}; at.i < at.n; at.i++) {
    st_context context = {.quotation = st_carry_state(&carry)};
    st_scope scope;
    char found = "nsu"[context.quotation];
    if (found != expected[at.i]) fail_msg("'%s' is %c, not %c", text[at.i], found, expected[at.i]);
    uint32_t len = (uint32_t)strlen(text[at.i]);
    assert_int_equal(st_sentence_features(&recipe, NULL, text[at.i], 0, len, &context, &w, &scope, NULL), STANCE_OK);
    assert_int_equal(st_carry_next(&carry, &scope, next_of, &at, &w.tokens, NULL), STANCE_OK);
  }
  st_work_free(&w);
}

static void test_carry(void **state) {
  (void)state;
  const char *const closed[] = {"\"The pier is safe.", "It will last.", "It always has,\" he said.", "He left."};
  check(closed, "nssn");
  const char *const opens_again[] = {"\"The pier is safe.", "It will last.", "\"It always has,\" he said.", "He left."};
  check(opens_again, "nunn");
  const char *const stray[] = {"He sat on the 7\" pier.", "\"The pier is safe.", "It will last.", "He left."};
  check(stray, "nnuu");
  const char *const twice[] = {"\"It is safe.", "Nearly,\" he said, \"and dry.", "So there.\"", "He left."};
  check(twice, "nssn");
  const char *const far[] = {"\"One.", "Two.", "Three.", "Four.", "Five.", "Six.", "Seven.", "Eight.", "Nine.", "Ten.\""};
  check(far, "nuuuuuuuun"); /* eight sentences at most */
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_carry)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
