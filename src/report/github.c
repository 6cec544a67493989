/* github.c: annotations of a GitHub workflow. GitHub shows ten of each level in a step, so the
 * surest come first, and the last line says how many there are in all. Its `endColumn` counts only
 * when start and end are on one line. */
#include "report/findings.h"

#include <stdlib.h>
#include <string.h>

/* `%`, CR and LF everywhere; `:` and `,` also in properties (GitHub's toolkit, command.ts). */
static void put_escaped(st_buf *out, const char *s, bool property) {
  for (; *s; s++) {
    if (*s == '%' || *s == '\r' || *s == '\n' || (property && (*s == ':' || *s == ',')))
      st_buf_printf(out, "%%%02X", (unsigned)(unsigned char)*s);
    else
      st_buf_putc(out, *s);
  }
}

/* Errors before warnings before notes, then the surest, then the order of the text. */
static int by_rank(const void *x, const void *y) {
  const st_finding *a = *(const st_finding *const *)x, *b = *(const st_finding *const *)y;
  if (a->level != b->level) return a->level > b->level ? -1 : 1;
  if (a->whole != b->whole) return a->whole ? -1 : 1;
  if (a->score > b->score || a->score < b->score) return a->score > b->score ? -1 : 1;
  return a < b ? -1 : a > b;
}

static void put_finding(st_buf *out, const st_finding *f, st_buf *message) {
  st_buf_clear(message);
  st_finding_message(message, f, true);
  st_buf_printf(out, "::%s file=", f->level == STANCE_NOTE ? "notice" : st_level_name(f->level));
  put_escaped(out, f->path, true);
  st_buf_printf(out, ",line=%u,endLine=%u,col=%u", f->start.line, f->end.line, f->start.column);
  if (f->start.line == f->end.line) st_buf_printf(out, ",endColumn=%u", f->end.column);
  st_buf_puts(out, ",title=stance%3A ");
  put_escaped(out, f->rule, true);
  st_buf_puts(out, "::");
  put_escaped(out, message->data ? message->data : "", false);
  st_buf_putc(out, '\n');
}

bool st_findings_github(st_buf *out, const st_findings *all) {
  const st_finding **order = st_calloc(all->n, sizeof *order);
  if (!order) return false;
  st_buf message = {0};
  size_t n = 0, count[STANCE_ERROR + 1] = {0};
  for (size_t i = 0; i < all->n; i++)
    if (all->items[i].silence == ST_SPOKEN) order[n++] = &all->items[i];
  qsort(order, n, sizeof *order, by_rank);
  for (size_t i = 0; i < n; i++) {
    put_finding(out, order[i], &message);
    count[order[i]->level]++;
  }
  if (n)
    st_buf_printf(out,
                  "::notice title=stance::findings: %zu (errors %zu, warnings %zu, notes %zu); "
                  "GitHub shows ten of each\n",
                  n, count[STANCE_ERROR], count[STANCE_WARNING], count[STANCE_NOTE]);
  bool ok = !message.failed;
  st_buf_free(&message);
  free(order);
  return ok;
}
