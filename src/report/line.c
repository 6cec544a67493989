/* line.c: format line, one finding a line, as vim, Emacs, ALE and efm-langserver read compilers:
 *
 *     story.txt:3:1: warning: reads as speculation: could; no source [speculation 0.88]
 */
#include "report/findings.h"

#include <string.h>

/* A message on one line that cannot drive a terminal. */
static void put_safe(st_buf *out, const char *s) {
  for (; *s; s++) st_buf_putc(out, (unsigned char)*s < 0x20 || *s == 0x7f ? ' ' : *s);
}

static uint32_t column_in(const st_place *p, const char *unit) {
  if (!strcmp(unit, "bytes")) return p->column_byte;
  return strcmp(unit, "utf16") ? p->column : p->column_utf16;
}

void st_findings_line(st_buf *out, const st_findings *all) {
  st_buf message = {0};
  for (size_t i = 0; i < all->n; i++) {
    const st_finding *f = &all->items[i];
    if (f->silence != ST_SPOKEN) continue;
    st_buf_clear(&message);
    st_finding_message(&message, f, false);
    put_safe(out, f->path);
    st_buf_printf(out, ":%u:%u: %s: ", f->start.line, column_in(&f->start, all->columns),
                  st_level_name(f->level));
    put_safe(out, message.data ? message.data : "");
    st_buf_printf(out, " [%s", f->rule);
    if (!f->whole) {
      st_buf_putc(out, ' ');
      st_buf_fixed(out, (double)f->score, 2);
    }
    st_buf_puts(out, "]\n");
  }
  out->failed = out->failed || message.failed;
  st_buf_free(&message);
}
