/* test_blas.c: products without a library of BLAS: the plain loops of src/core/blas.c. (With it,
 * every test that trains comes by.) */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "core/core.h"

void *__wrap_dlopen(const char *name, int flags);
void *__wrap_dlopen(const char *name, int flags) {
  (void)name, (void)flags;
  return NULL;
}

/* A = 1 2 3   in rows of four, alpha 2
 *     4 5 6                        */
static const float A[] = {1, 2, 3, -1, 4, 5, 6, -1};

static void test_rows(void **state) {
  (void)state;
  const float x[] = {1, 0, -1};
  float y[] = {10, 20};
  st_sgemv(false, 2, 3, 2, A, 4, x, 0.5f, y);
  assert_true(y[0] == 5 - 4 && y[1] == 10 - 4);
}

static void test_columns(void **state) {
  (void)state;
  const float x[] = {1, -1};
  float y[] = {4, 5, 6};
  st_sgemv(true, 2, 3, 2, A, 4, x, 0, y);
  assert_true(y[0] == -6 && y[1] == -6 && y[2] == -6);
  st_sgemv(true, 2, 3, 1, A, 4, x, 1, y);
  assert_true(y[0] == -9 && y[1] == -9 && y[2] == -9);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows), cmocka_unit_test(test_columns)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
