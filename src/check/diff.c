/* diff.c: a unified diff (git diff, diff -u) becomes the bytes of each new file that it touches.
 * Where lines replace lines, the part that both begin with and the part that both end with were not
 * touched: in a file of a paragraph a line, one sentence is. */
#include "check/check.h"

#include <stdlib.h>
#include <string.h>

#include "data/fields.h"

/* Lines of a hunk between two lines of context. */
typedef struct {
  st_buf minus, plus;
  size_t first, count; /* of the new lines */
} run;

typedef struct {
  st_diff *out;
  st_arena *arena;
  bool old_prefix; /* the "---" line had "a/" or was /dev/null */
  size_t old_left, new_left, line;
  run run;
} parser;

static bool end_run(parser *p) {
  run *r = &p->run;
  bool ok = !r->minus.failed && !r->plus.failed;
  if (ok && (r->minus.len || r->plus.len)) {
    st_diff_file *f = &p->out->file[p->out->n - 1];
    st_touched t = {.first = r->first, .count = r->count};
    size_t least = r->minus.len < r->plus.len ? r->minus.len : r->plus.len;
    while (t.skip < least && r->minus.data[t.skip] == r->plus.data[t.skip]) t.skip++;
    while (t.keep < least - t.skip &&
           r->minus.data[r->minus.len - 1 - t.keep] == r->plus.data[r->plus.len - 1 - t.keep])
      t.keep++;
    ok = st_reserve(&f->run, &f->cap, f->n + 1, sizeof *f->run);
    if (ok) f->run[f->n++] = t;
  }
  st_buf_clear(&r->minus);
  st_buf_clear(&r->plus);
  r->count = 0;
  return ok;
}

static bool hunk_line(parser *p, st_slice line) {
  char kind = line.len ? line.s[0] : ' ';
  st_slice rest = line.len ? (st_slice){line.s + 1, line.len - 1} : line;
  if (kind == '\\') return true; /* "\ No newline at end of file" */
  if (kind == '-' || kind == '+') {
    st_buf *b = kind == '-' ? &p->run.minus : &p->run.plus;
    if (!p->run.minus.len && !p->run.plus.len) p->run.first = p->line;
    st_buf_add(b, rest.s, rest.len);
    st_buf_putc(b, '\n');
    p->run.count += kind == '+';
  }
  bool ok = kind == '-' || kind == '+' || end_run(p);
  if (kind != '+' && p->old_left) p->old_left--;
  if (kind != '-' && p->new_left) p->new_left--;
  if (kind != '-') p->line++;
  if (!p->old_left && !p->new_left) ok = end_run(p) && ok;
  return ok;
}

static size_t number(const char **p, const char *end) {
  size_t n = 0;
  while (*p < end && **p >= '0' && **p <= '9' && n < SIZE_MAX / 20)
    n = n * 10 + (size_t)(*(*p)++ - '0');
  return n;
}

/* "@@ -12,3 +14,5 @@ ..." */
static bool hunk_header(parser *p, st_slice line) {
  const char *s = line.s, *end = line.s + line.len;
  if (line.len < 4 || memcmp(s, "@@ -", 4)) return false;
  s += 4;
  number(&s, end);
  p->old_left = p->new_left = 1;
  if (s < end && *s == ',') s++, p->old_left = number(&s, end);
  if (end - s < 3 || s[0] != ' ' || s[1] != '+') return false;
  s += 2;
  p->line = number(&s, end);
  if (s < end && *s == ',') s++, p->new_left = number(&s, end);
  if (!p->new_left) p->line++; /* "+7,0" stands behind line 7 */
  return true;
}

/* Undoes git's quoting: "na\303\257ve\".txt". */
static st_slice unquote(st_slice s, char *scratch) {
  if (s.len < 2 || s.s[0] != '"' || s.s[s.len - 1] != '"') return s;
  static const char names[] = "abtnvfr", bytes[] = "\a\b\t\n\v\f\r";
  size_t n = 0;
  for (size_t i = 1; i + 1 < s.len; i++) {
    char c = s.s[i];
    if (c == '\\' && i + 2 < s.len) {
      c = s.s[++i];
      const char *at = strchr(names, c);
      if (c >= '0' && c <= '3' && i + 3 < s.len) {
        c = (char)((c - '0') << 6 | (s.s[i + 1] - '0') << 3 | (s.s[i + 2] - '0'));
        i += 2;
      } else if (c && at)
        c = bytes[at - names];
    }
    scratch[n++] = c;
  }
  return (st_slice){scratch, n};
}

static bool one_letter_folder(st_slice s) {
  return s.len > 2 && s.s[1] == '/' && s.s[0] >= 'a' && s.s[0] <= 'z';
}

/* A "--- " or "+++ " line, without these four. False when memory is short. */
static bool file_line(parser *p, st_slice s, bool new_file) {
  char *scratch = malloc(s.len + 1);
  if (!scratch) return false;
  const char *tab = s.len ? memchr(s.s, '\t', s.len) : NULL;
  if (tab) s.len = (size_t)(tab - s.s);
  s = unquote(s, scratch);
  bool ok = true, none = st_slice_is(s, "/dev/null");
  if (!new_file)
    p->old_prefix = none || one_letter_folder(s);
  else if (!none) {
    if (p->old_prefix && one_letter_folder(s)) s = (st_slice){s.s + 2, s.len - 2};
    const char *path = st_arena_copy(p->arena, s.s, s.len);
    ok = path && st_reserve(&p->out->file, &p->out->cap, p->out->n + 1, sizeof *p->out->file);
    if (ok) p->out->file[p->out->n++] = (st_diff_file){.path = path};
  }
  free(scratch);
  return ok;
}

stance_status st_diff_parse(const char *diff, size_t len, st_arena *arena, st_diff *out,
                            stance_error *err) {
  parser p = {.out = out, .arena = arena};
  const char *at = diff, *end = diff + len;
  st_slice line;
  bool ok = true, any = false, gone = false; /* gone: the hunks are of a file that was deleted */
  uint64_t n = 0;
  stance_status status = STANCE_OK;
  while (ok && status == STANCE_OK && at < end) {
    const char *nl = memchr(at, '\n', (size_t)(end - at));
    line = (st_slice){at, (size_t)((nl ? nl : end) - at)};
    at = nl ? nl + 1 : end;
    n++;
    if (p.old_left || p.new_left) {
      if (gone) {
        p.old_left -= p.old_left && line.len && line.s[0] != '\\';
        continue;
      }
      ok = hunk_line(&p, line);
    } else if (line.len > 4 && !memcmp(line.s, "--- ", 4))
      ok = file_line(&p, (st_slice){line.s + 4, line.len - 4}, false);
    else if (line.len > 4 && !memcmp(line.s, "+++ ", 4)) {
      size_t before = out->n;
      ok = file_line(&p, (st_slice){line.s + 4, line.len - 4}, true);
      any = true;
      gone = out->n == before;
    } else if (line.len > 2 && !memcmp(line.s, "@@ ", 3) &&
               (!hunk_header(&p, line) || (!gone && !out->n))) {
      st_fail(err, STANCE_ERR_FORMAT, "not a unified diff: a hunk without lines or file");
      status = st_error_at(err, STANCE_ERR_FORMAT, NULL, n, 0);
    }
    any = any || (line.len > 5 && !memcmp(line.s, "diff ", 5));
  }
  if (ok && out->n) ok = end_run(&p);
  st_buf_free(&p.run.minus);
  st_buf_free(&p.run.plus);
  if (!ok) return st_fail_memory(err, "reading a diff");
  if (status == STANCE_OK && len && !any)
    return st_fail(err, STANCE_ERR_FORMAT, "not a unified diff: make one with 'git diff'");
  return status;
}

void st_diff_free(st_diff *d) {
  for (size_t i = 0; i < d->n; i++) free(d->file[i].run);
  free(d->file);
  *d = (st_diff){0};
}

static bool ends_in(const char *path, const char *tail) {
  size_t n = strlen(path), k = strlen(tail);
  return n >= k && !strcmp(path + n - k, tail) && (n == k || path[n - k - 1] == '/');
}

const st_diff_file *st_diff_find(const st_diff *d, const char *path) {
  path = st_plain_path(path);
  for (size_t i = 0; i < d->n; i++)
    if (!strcmp(d->file[i].path, path)) return &d->file[i];
  for (size_t i = 0; i < d->n; i++)
    if (ends_in(d->file[i].path, path) || ends_in(path, d->file[i].path)) return &d->file[i];
  return NULL;
}

static bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Where something was taken out of a line, the words beside the gap were touched. */
static void widen(const char *file, size_t len, stance_span *s) {
  while (s->start > 0 && !is_space(file[s->start - 1])) s->start--;
  while (s->end < len && !is_space(file[s->end])) s->end++;
}

bool st_diff_spans(const st_diff_file *f, const char *file, size_t len, stance_span **spans,
                   size_t *n) {
  *spans = st_calloc(f->n, sizeof **spans);
  *n = 0;
  if (!*spans) return false;
  size_t line = 1, at = 0;
  for (size_t i = 0; i < f->n; i++) {
    const st_touched *t = &f->run[i];
    stance_span s = {0};
    for (; line < t->first && at < len; at++) line += file[at] == '\n';
    s.start = at;
    for (; line < t->first + t->count && at < len; at++) line += file[at] == '\n';
    s.end = at;
    size_t whole = s.end - s.start;
    if (t->count && t->skip + t->keep <= whole) {
      s.start += t->skip;
      s.end -= t->keep;
      if (s.start == s.end) widen(file, len, &s);
    }
    (*spans)[(*n)++] = s;
  }
  return true;
}
