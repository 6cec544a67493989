/* recipe.c: which feature namespaces are on, as a struct and as a line of text. */
#include "features/features.h"

#include <stdlib.h>
#include <string.h>

/* One row a namespace; low and high are offsets in st_recipe, equal where one number says all. */
static const struct {
  const char *name;
  size_t low, high;
  uint8_t default_low, default_high, least, most;
  bool cues; /* needs lexicons, or pays only with them */
} namespaces[] = {
#define AT(field) offsetof(st_recipe, field)
    {"word", AT(word_min), AT(word_max), 1, 2, 1, 5, false},
    {"char", AT(char_min), AT(char_max), 3, 5, 1, 8, false},
    {"position", AT(position), AT(position), 2, 2, 1, 8, false},
    {"shape", AT(shape), AT(shape), 1, 1, 1, 1, false},
    {"skeleton", AT(skeleton), AT(skeleton), 4, 4, 1, 6, true},
    {"syntax", AT(syntax_min), AT(syntax_max), 3, 3, 1, 6, true},
    {"pairs", AT(pairs), AT(pairs), 1, 1, 1, 1, true},
    {"scope", AT(scope), AT(scope), 1, 1, 1, 1, true},
    {"context", AT(context), AT(context), 1, 1, 1, 1, false},
#undef AT
};
enum { NAMESPACES = sizeof namespaces / sizeof *namespaces };

static uint8_t *field(st_recipe *r, size_t offset) {
  return (uint8_t *)r + offset;
}

static unsigned value(const st_recipe *r, size_t offset) {
  return *((const uint8_t *)r + offset);
}

void st_recipe_default(st_recipe *r, bool cues) {
  memset(r, 0, sizeof *r);
  r->bits = 20;
  for (size_t i = 0; i < NAMESPACES; i++) {
    if (namespaces[i].cues && !cues) continue;
    *field(r, namespaces[i].low) = namespaces[i].default_low;
    *field(r, namespaces[i].high) = namespaces[i].default_high;
  }
}

static stance_status unknown(stance_error *err, const char *word, size_t n) {
  st_buf known = {0};
  for (size_t i = 0; i < NAMESPACES; i++)
    st_buf_printf(&known, "%s%s", i ? ", " : "", namespaces[i].name);
  stance_status status =
      st_fail(err, STANCE_ERR_USAGE, "features: '%.*s' is not understood; known are %s", (int)n,
              word, known.failed ? "-" : known.data);
  st_buf_free(&known);
  return status;
}

/* "A" or "A-B". */
static bool parse_range(const char *s, size_t n, unsigned *low, unsigned *high) {
  if (n == 1 && s[0] >= '0' && s[0] <= '9') {
    *low = *high = (unsigned)(s[0] - '0');
    return true;
  }
  if (n != 3 || s[1] != '-' || s[0] < '0' || s[0] > '9' || s[2] < '0' || s[2] > '9') return false;
  *low = (unsigned)(s[0] - '0');
  *high = (unsigned)(s[2] - '0');
  return true;
}

static stance_status parse_word(st_recipe *r, const char *word, size_t n, stance_error *err) {
  bool off = word[0] == '-';
  const char *name = word + (off || word[0] == '+');
  size_t len = n - (size_t)(name - word);
  const char *eq = memchr(name, '=', len);
  size_t name_len = eq ? (size_t)(eq - name) : len, i = 0;
  if (name_len == 4 && !memcmp(name, "none", 4)) return STANCE_OK;
  while (i < NAMESPACES &&
         (strlen(namespaces[i].name) != name_len || memcmp(namespaces[i].name, name, name_len)))
    i++;
  if (i == NAMESPACES) return unknown(err, word, n);
  unsigned low = namespaces[i].default_low, high = namespaces[i].default_high;
  if (off)
    low = high = 0;
  else if (eq) {
    if (!parse_range(eq + 1, len - name_len - 1, &low, &high)) return unknown(err, word, n);
    if (namespaces[i].low == namespaces[i].high) low = high;
    if (low < namespaces[i].least || high < low || high > namespaces[i].most)
      return st_fail(err, STANCE_ERR_USAGE, "features: %s takes numbers from %d to %d, not '%.*s'",
                     namespaces[i].name, namespaces[i].least, namespaces[i].most, (int)n, word);
  }
  *field(r, namespaces[i].low) = (uint8_t)low;
  *field(r, namespaces[i].high) = (uint8_t)high;
  return STANCE_OK;
}

stance_status st_recipe_parse(st_recipe *r, const char *text, stance_error *err) {
  if (*text != '+' && *text != '-') *r = (st_recipe){.bits = r->bits};
  while (*text) {
    size_t n = strcspn(text, ",");
    if (n) ST_TRY(parse_word(r, text, n, err));
    text += n + (text[n] == ',');
  }
  return STANCE_OK;
}

void st_recipe_print(const st_recipe *r, st_buf *out) {
  bool first = true;
  for (size_t i = 0; i < NAMESPACES; i++) {
    unsigned low = value(r, namespaces[i].low), high = value(r, namespaces[i].high);
    if (!high) continue;
    st_buf_printf(out, "%s%s", first ? "" : ",", namespaces[i].name);
    if (namespaces[i].low != namespaces[i].high)
      st_buf_printf(out, "=%u-%u", low, high);
    else if (namespaces[i].most > 1)
      st_buf_printf(out, "=%u", high);
    first = false;
  }
  if (first) st_buf_puts(out, "none");
}

bool st_recipe_valid(const st_recipe *r) {
  if (r->bits < ST_MIN_BITS || r->bits > ST_MAX_BITS) return false;
  for (size_t i = 0; i < sizeof r->reserved; i++) /* features this program does not know */
    if (r->reserved[i]) return false;
  for (size_t i = 0; i < NAMESPACES; i++) {
    unsigned low = value(r, namespaces[i].low), high = value(r, namespaces[i].high);
    if (high > namespaces[i].most || low > high || (high && !low)) return false;
  }
  return true;
}
