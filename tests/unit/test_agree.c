/* test_agree.c: measures of agreement on published examples. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "data/agree.h"

/* One character a unit; '.' = not given. */
static stance_annotations *annotator(const char *labels) {
  stance_annotations *a;
  assert_int_equal(stance_annotations_new(&a, NULL), STANCE_OK);
  for (int i = 0; labels[i]; i++) {
    char text[20], label[2] = {labels[i], 0};
    if (labels[i] == '.') continue;
    snprintf(text, sizeof text, "unit  %d", i);
    assert_true(st_add_item(a, st_new_item(text, strlen(text), label)));
  }
  return a;
}

static stance_agreement *agreement(const char *const *labels, size_t n) {
  stance_annotations *a[4] = {NULL};
  static const char *const names[] = {"A", "B", "C", "D"};
  stance_agreement *g;
  for (size_t i = 0; i < n; i++) a[i] = annotator(labels[i]);
  assert_int_equal(stance_agree((const stance_annotations *const *)a, names, n, &g, NULL),
                   STANCE_OK);
  for (size_t i = 0; i < n; i++) stance_annotations_free(a[i]);
  return g;
}

/* Krippendorff 2011, section C: four observers, missing values, alpha for names 0.743. */
static void test_alpha(void **state) {
  (void)state;
  static const char *const labels[] = {"123321412...", "1233224125.3", ".3332342251.",
                                       "12332441251."};
  stance_agreement *g = agreement(labels, 4);
  assert_int_equal(g->units, 11); /* the twelfth has one value */
  assert_true(fabs(stance_agreement_alpha(g) - 0.743) < 0.0005);
  assert_true(g->all.alpha.low < 0.743 && g->all.alpha.high > 0.743);
  assert_false(g->by_id);
  stance_agreement_free(g);
}

/* 20 y/y, 5 y/n, 10 n/y, 15 n/n: kappa 0.4, agreement 0.7. */
static void test_kappa(void **state) {
  (void)state;
  char a[51], b[51];
  memset(a, 'y', 25), memset(a + 25, 'n', 25);
  memset(b, 'y', 20), memset(b + 20, 'n', 5), memset(b + 25, 'y', 10), memset(b + 35, 'n', 15);
  a[50] = b[50] = 0;
  const char *const labels[] = {a, b};
  stance_agreement *g = agreement(labels, 2), *again = agreement(labels, 2);
  assert_true(fabs(g->all.kappa.value - 0.4) < 1e-12);
  assert_true(fabs(g->all.agreement.value - 0.7) < 1e-12);
  assert_true(fabs(g->one[0].kappa.value - 0.4) < 1e-12);
  assert_true(g->all.kappa.low == again->all.kappa.low); /* the same every time */
  /* sqrt(p (1 - p) / n) = 0.065: the interval of the agreement is about 0.7 +- 1.96 x 0.065. */
  assert_true(fabs(g->all.agreement.low - 0.573) < 0.03);
  assert_true(fabs(g->all.agreement.high - 0.827) < 0.03);
  stance_agreement_free(g);
  stance_agreement_free(again);
}

static void test_one_label(void **state) {
  (void)state;
  static const char *const labels[] = {"aaa", "aaa"};
  stance_agreement *g = agreement(labels, 2);
  assert_true(isnan(stance_agreement_alpha(g)));
  assert_true(isnan(g->all.kappa.value));
  assert_true(g->all.agreement.value == 1);
  stance_agreement_free(g);
}

static void test_nothing_in_common(void **state) {
  (void)state;
  stance_annotations *a[2] = {annotator("a."), annotator(".a")};
  static const char *const names[] = {"A", "B"};
  stance_agreement *g;
  stance_error err;
  assert_int_equal(stance_agree((const stance_annotations *const *)a, names, 2, &g, &err),
                   STANCE_ERR_DATA);
  assert_null(g);
  assert_int_equal(stance_agree((const stance_annotations *const *)a, names, 1, &g, &err),
                   STANCE_ERR_USAGE);
  stance_annotations_free(a[0]);
  stance_annotations_free(a[1]);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_alpha), cmocka_unit_test(test_kappa),
                                     cmocka_unit_test(test_one_label),
                                     cmocka_unit_test(test_nothing_in_common)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
