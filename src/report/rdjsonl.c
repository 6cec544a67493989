/* rdjsonl.c: reviewdog's diagnostic format, one JSON object a line. Columns are bytes ("column is
 * the byte count in UTF-8", reviewdog's protocol), from 1; the end is exclusive. */
#include "report/findings.h"

#include <string.h>

static void put_position(st_buf *out, const char *name, const st_place *p) {
  st_buf_printf(out, "\"%s\":{\"line\":%u,\"column\":%u}", name, p->line, p->column_byte);
}

void st_findings_rdjsonl(st_buf *out, const st_findings *all) {
  static const char *const severity[] = {
      [STANCE_NOTE] = "INFO", [STANCE_WARNING] = "WARNING", [STANCE_ERROR] = "ERROR"};
  st_buf message = {0};
  for (size_t i = 0; i < all->n; i++) {
    const st_finding *f = &all->items[i];
    if (f->silence != ST_SPOKEN) continue;
    st_buf_clear(&message);
    st_finding_message(&message, f, true);
    st_buf_puts(out, "{\"message\":");
    st_buf_json(out, message.data ? message.data : "", message.len);
    st_buf_puts(out, ",\"location\":{\"path\":");
    st_buf_json(out, f->path, strlen(f->path));
    st_buf_puts(out, ",\"range\":{");
    put_position(out, "start", &f->start);
    st_buf_putc(out, ',');
    put_position(out, "end", &f->end);
    st_buf_printf(out,
                  "}},\"severity\":\"%s\",\"source\":{\"name\":\"stance\"},\"code\":{\"value\":",
                  severity[f->level]);
    st_buf_json(out, f->rule, strlen(f->rule));
    st_buf_puts(out, "}}\n");
  }
  out->failed = out->failed || message.failed;
  st_buf_free(&message);
}
