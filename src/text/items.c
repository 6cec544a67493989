/* items.c: lists and credits that stand inside a paragraph. */
#include <string.h>

#include "text/chars.h"
#include "text/scanner.h"

size_t st_inline_mark(const st_scanner *g, size_t i) {
  if (!g->item_style) return 0;
  size_t k = i;
  while (k > g->start && i - k < 4 &&
         (g->s[k - 1] == '.' || g->s[k - 1] == '(' || st_char_class[g->s[k - 1]] & ST_C_ALNUM))
    k--;
  if (k == i || k <= g->start || !(st_char_class[g->s[k - 1]] & ST_C_SPACE)) return 0;
  uint32_t value, style;
  size_t m = st_list_mark(g->s + k, g->stop - k, &value, &style);
  if (!m || style != g->item_style || value != g->item_value + 1 || k + m >= g->stop) return 0;
  size_t len;
  if (g->s[i] == '.' && i + 1 < g->stop && g->s[i + 1] != ')' && /* "2." wants a capital after it */
      !(st_char_kind(g->s + k + m, g->stop - k - m, &len) & ST_C_UPPER))
    return 0;
  return k;
}

size_t st_credit_label(const st_scanner *g, size_t i) {
  static const char *const labels[] = {"Image",    "Photo",      "Photos", "Picture",
                                       "Pictured", "Photograph", "Credit"};
  size_t k = i;
  while (k > g->start && i - k < 12 && st_char_class[g->s[k - 1]] & ST_C_LETTER) k--;
  if (k < g->start + 2 || g->s[k - 1] != ' ' || i + 1 >= g->stop || g->s[i + 1] != ' ') return 0;
  if (!(st_char_class[g->s[k - 2]] & (ST_C_ALNUM | ST_C_HIGH)) && !strchr(".)\"'", g->s[k - 2]))
    return 0;
  for (size_t j = 0; j < sizeof labels / sizeof *labels; j++)
    if (strlen(labels[j]) == i - k && !memcmp(labels[j], g->s + k, i - k)) return k;
  return 0;
}

size_t st_list_after_colon(st_scanner *g, size_t i) {
  size_t j = i, len;
  uint32_t value, style;
  if (j >= g->stop || g->s[j++] != ' ') return i;
  size_t m = st_list_mark(g->s + j, g->stop - j, &value, &style);
  if (!m || !style || value != 1 || j + m >= g->stop) return i;
  if (!(st_char_kind(g->s + j + m, g->stop - j - m, &len) & ST_C_UPPER)) return i;
  g->item_value = value;
  g->item_style = style;
  return j + m;
}
