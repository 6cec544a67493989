/* mark.c: comments that silence findings, in Markdown and HTML:
 *
 *     <!-- stance ignore: the board asked for this wording -->        the block after it
 *     <!-- stance off advocacy,speculation: opinion column -->        up to
 *     <!-- stance on -->
 */
#include "check/check.h"

#include <string.h>
#include <strings.h>

#include "data/fields.h"

bool st_has_marks(const char *format) {
  return format && (!strcmp(format, "md") || !strcmp(format, "html"));
}

static const char *find(const char *from, const char *end, const char *what) {
  size_t n = strlen(what);
  for (; from + n <= end; from++)
    if (!memcmp(from, what, n)) return from;
  return NULL;
}

static st_slice next_word(st_slice *s) {
  *s = st_trim(*s);
  size_t n = 0;
  while (n < s->len && s->s[n] != ' ' && s->s[n] != '\t' && s->s[n] != '\n' && s->s[n] != ':') n++;
  st_slice word = {s->s, n};
  *s = (st_slice){s->s + n, s->len - n};
  return word;
}

/* What stands between "stance" and the end of the comment. *wrong is set for a mark that cannot be
 * obeyed. */
static stance_status parse(const st_rules *rules, st_slice s, st_arena *arena, st_mark *mark,
                           char wrong[400], stance_error *err) {
  wrong[0] = 0;
  st_slice kind = next_word(&s);
  mark->rules = ~(uint64_t)0;
  if (st_slice_is(kind, "on"))
    mark->kind = ST_MARK_ON;
  else if (st_slice_is(kind, "off"))
    mark->kind = ST_MARK_OFF;
  else if (st_slice_is(kind, "ignore"))
    mark->kind = ST_MARK_IGNORE;
  else {
    snprintf(wrong, 400, "no mark 'stance %.*s'; there are ignore, off, on",
             (int)(kind.len < 40 ? kind.len : 40), kind.s);
    return STANCE_OK;
  }
  const char *colon = s.len ? memchr(s.s, ':', s.len) : NULL;
  st_slice labels = st_trim((st_slice){s.s, colon ? (size_t)(colon - s.s) : s.len});
  if (labels.len) {
    stance_error bad = {0};
    mark->rules = 0;
    if (st_rules_parse(rules, "this mark is not obeyed", labels.s, labels.len, &mark->rules,
                       &bad) != STANCE_OK) {
      snprintf(wrong, 400, "%.399s", bad.message);
      return STANCE_OK;
    }
  }
  if (mark->kind == ST_MARK_ON) return STANCE_OK;
  st_slice reason =
      colon ? st_trim((st_slice){colon + 1, (size_t)(s.s + s.len - colon - 1)}) : (st_slice){"", 0};
  if (!reason.len) {
    snprintf(wrong, 400, "this mark is not obeyed: give a reason, as in <!-- stance %.*s: why -->",
             (int)kind.len, kind.s);
    return STANCE_OK;
  }
  mark->reason = st_arena_copy(arena, reason.s, reason.len);
  return mark->reason ? STANCE_OK : st_fail_memory(err, "reading marks");
}

/* Ends the open OFF marks that this ON covers; false when there is none. */
static bool switch_on(st_marks *marks, const st_mark *on) {
  bool any = false;
  for (size_t i = 0; i < marks->n; i++) {
    st_mark *m = &marks->items[i];
    if (m->kind != ST_MARK_OFF || m->until != SIZE_MAX || !(m->rules & on->rules)) continue;
    m->until = on->start;
    any = true;
  }
  return any;
}

stance_status st_marks_read(const st_rules *rules, const char *file, size_t len, st_arena *arena,
                            st_marks *out, st_remark_fn remark, void *ctx, stance_error *err) {
  const char *end = file + len, *counted = file;
  uint32_t line = 1;
  for (const char *p = file, *a; (a = find(p, end, "<!--"));) {
    const char *z = find(a + 4, end, "-->");
    if (!z) break;
    p = z + 3;
    st_slice body = st_trim((st_slice){a + 4, (size_t)(z - a - 4)});
    st_slice word = next_word(&body);
    if (!st_slice_is(word, "stance")) continue;
    for (; counted < a; counted++) line += *counted == '\n';
    st_mark mark = {
        .start = (size_t)(a - file), .end = (size_t)(p - file), .line = line, .until = SIZE_MAX};
    char wrong[400];
    ST_TRY(parse(rules, body, arena, &mark, wrong, err));
    if (!wrong[0] && mark.kind == ST_MARK_ON) {
      if (!switch_on(out, &mark))
        snprintf(wrong, 400, "'stance on' without 'stance off' before it");
      mark.used = true;
    }
    for (char *w = wrong; *w; w++) /* one line, whatever the mark holds */
      if ((unsigned char)*w < 0x20) *w = ' ';
    if (wrong[0]) {
      if (!remark(ctx, line, wrong)) return st_fail_memory(err, "reading marks");
      mark.rules = 0; /* still there, so that the comment itself is not taken for text */
      mark.used = true;
    }
    if (!st_reserve(&out->items, &out->cap, out->n + 1, sizeof *out->items))
      return st_fail_memory(err, "reading marks");
    out->items[out->n++] = mark;
  }
  return STANCE_OK;
}
