/* gate.c: the conditions of --fail-on: [PART:]SUBJECT[OPERATOR NUMBER[%]]. */
#include "check/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/fields.h"

static const char *const parts[] = {"body",    "headline", "lead", "heading",
                                    "caption", "quote",    "list", "byline"};
enum { PARTS = sizeof parts / sizeof *parts };

/* ", " between the names; "; the nearest" at the front when there is one. */
static stance_status no_such(stance_error *err, const char *what, const char *thing, st_slice word,
                             const char *const *names, size_t n) {
  char all[300] = "", given[64];
  snprintf(given, sizeof given, "%.*s", (int)(word.len < 60 ? word.len : 60), word.s);
  for (size_t i = 0, at = 0; i < n && at < sizeof all; i++)
    at += (size_t)snprintf(all + at, sizeof all - at, "%s%s", i ? ", " : "", names[i]);
  const char *near = stance_nearest(given, names, n);
  if (near)
    return st_fail(err, STANCE_ERR_USAGE, "%.100s: no %s '%s' (did you mean '%s'?); there are: %s",
                   what, thing, given, near, all);
  return st_fail(err, STANCE_ERR_USAGE, "%.100s: no %s '%s'; there are: %s", what, thing, given,
                 all);
}

stance_status st_rules_parse(const st_rules *rules, const char *what, const char *list, size_t len,
                             uint64_t *bits, stance_error *err) {
  st_slice rest = {list, len};
  while (rest.s) {
    const char *comma = rest.len ? memchr(rest.s, ',', rest.len) : NULL;
    size_t n = comma ? (size_t)(comma - rest.s) : rest.len;
    st_slice word = st_trim((st_slice){rest.s, n});
    size_t k = 0;
    while (k < rules->n && !st_slice_is(word, rules->name[k])) k++;
    if (k == rules->n) return no_such(err, what, "label", word, rules->name, rules->n);
    *bits |= (uint64_t)1 << k;
    rest = comma ? (st_slice){comma + 1, rest.len - n - 1} : (st_slice){NULL, 0};
  }
  return STANCE_OK;
}

bool st_rule_holds(const st_rules *rules, size_t rule, const stance_sentence *s) {
  if (rule < rules->labels) return s->label == (int)rule;
  return (double)s->sensationalism * 100 >= ST_SENSATIONAL_FROM; /* false for NaN */
}

static stance_status parse_where(st_slice word, st_gate *g, stance_error *err) {
  static const char *const names[] = {"body", "headline", "lead",   "heading", "caption", "quote",
                                      "list", "byline",   "quoted", "own",     "article"};
  static const st_where where[] = {ST_QUOTED, ST_OWN, ST_ARTICLE};
  size_t n = sizeof names / sizeof *names;
  for (size_t i = 0; i < n; i++) {
    if (!st_slice_is(word, names[i])) continue;
    g->where = i < PARTS ? ST_PART : where[i - PARTS];
    g->part = (int)i;
    return STANCE_OK;
  }
  return no_such(err, g->text, "part", word, names, n);
}

/* The number and its "%". */
static stance_status parse_number(st_slice s, st_gate *g, stance_error *err) {
  s = st_trim(s);
  g->share = s.len && s.s[s.len - 1] == '%';
  if (g->share) s = st_trim((st_slice){s.s, s.len - 1});
  if (!st_parse_number(s, &g->value))
    return st_fail(err, STANCE_ERR_USAGE,
                   "%.100s: expected a number after the operator, such as "
                   "0.7 or 20%%",
                   g->text);
  if (g->value < 0 || g->value > (g->share ? 100 : 1))
    return st_fail(err, STANCE_ERR_USAGE,
                   g->share ? "%.100s: a share is from 0%% to 100%%"
                            : "%.100s: a probability is from 0 to 1 (a share ends with %%)",
                   g->text);
  return STANCE_OK;
}

static stance_status parse_subject(const st_rules *rules, st_slice word, st_gate *g,
                                   stance_error *err) {
  g->rule = SIZE_MAX;
  if (st_slice_is(word, "sensationalism")) {
    if (rules->n == rules->labels)
      return st_fail(err, STANCE_ERR_USAGE, "%.100s: this model does not judge sensationalism",
                     g->text);
    if (g->compare == ST_IS || g->share)
      return st_fail(err, STANCE_ERR_USAGE,
                     "%.100s: sensationalism is compared with a number, as "
                     "in sensationalism>=0.7",
                     g->text);
    return STANCE_OK;
  }
  if (g->where == ST_ARTICLE)
    return st_fail(err, STANCE_ERR_USAGE,
                   "%.100s: 'article:' goes with sensationalism; for shares write %.*s>20%%",
                   g->text, (int)(word.len < 40 ? word.len : 40), word.s);
  uint64_t bit = 0;
  if (memchr(word.s, ',', word.len))
    return st_fail(err, STANCE_ERR_USAGE, "%.100s: one label for each --fail-on", g->text);
  ST_TRY(st_rules_parse(rules, g->text, word.s, word.len, &bit, err));
  for (g->rule = 0; !(bit & 1); bit >>= 1) g->rule++;
  return STANCE_OK;
}

stance_status st_gate_parse(const st_rules *rules, const char *text, st_gate *out,
                            stance_error *err) {
  *out = (st_gate){.text = text, .compare = ST_IS};
  st_slice s = st_trim((st_slice){text, strlen(text)});
  const char *colon = s.len ? memchr(s.s, ':', s.len) : NULL;
  if (colon) {
    size_t n = (size_t)(colon - s.s);
    ST_TRY(parse_where(st_trim((st_slice){s.s, n}), out, err));
    s = (st_slice){colon + 1, s.len - n - 1};
  }
  size_t at = 0;
  while (at < s.len && s.s[at] != '<' && s.s[at] != '>') at++;
  st_slice subject = st_trim((st_slice){s.s, at});
  if (at < s.len) {
    bool equal = at + 1 < s.len && s.s[at + 1] == '=';
    out->compare = s.s[at] == '>' ? (equal ? ST_FROM : ST_OVER) : equal ? ST_UPTO : ST_UNDER;
    at += equal ? 2 : 1;
    ST_TRY(parse_number((st_slice){s.s + at, s.len - at}, out, err));
  }
  return parse_subject(rules, subject, out, err);
}

bool st_gate_compare(const st_gate *g, double value) {
  switch (g->compare) {
  case ST_OVER: return value > g->value;
  case ST_FROM: return value >= g->value;
  case ST_UNDER: return value < g->value;
  case ST_UPTO: return value <= g->value;
  default: return false;
  }
}

bool st_gate_covers(const st_gate *g, const stance_sentence *s) {
  switch (g->where) {
  case ST_QUOTED: return s->quoted;
  case ST_OWN: return !s->quoted;
  case ST_PART: return !strcmp(parts[g->part], stance_part_name(s->part));
  default: return true;
  }
}

bool st_gate_sentence(const st_gate *g, const st_rules *rules, const stance_sentence *s) {
  if (g->share || g->where == ST_ARTICLE) return false;
  /* Compared as they are shown, so that >=0.7 holds for what is printed as 0.70. */
  double loud = round((double)s->sensationalism * 100) / 100;
  if (g->rule == SIZE_MAX) return st_gate_compare(g, loud);
  if (!st_rule_holds(rules, g->rule, s)) return false;
  if (g->compare == ST_IS) return true;
  return st_gate_compare(g,
                         g->rule < rules->labels ? round((double)s->confidence * 100) / 100 : loud);
}
