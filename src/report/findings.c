/* findings.c: places, messages, and the table of formats of findings. */
#include "report/findings.h"

#include <string.h>

void st_place_move(st_place *p, const char *text, size_t to) {
  for (; p->byte < to; p->byte++) {
    unsigned char c = (unsigned char)text[p->byte];
    if (c == '\n') {
      p->cp++;
      p->line++;
      p->column = p->column_byte = p->column_utf16 = 1;
      continue;
    }
    p->column_byte++;
    if ((c & 0xc0) == 0x80) continue;
    p->cp++;
    p->column++;
    p->column_utf16 += c >= 0xf0 ? 2 : 1; /* beyond U+FFFF: a surrogate pair */
  }
}

const char *st_level_name(stance_level level) {
  return level == STANCE_ERROR ? "error" : level == STANCE_WARNING ? "warning" : "note";
}

void st_finding_fingerprint(st_buf *out, const st_finding *f) {
  st_buf_printf(out, "%016llx:%u", (unsigned long long)f->fp, f->nth);
}

void st_finding_rule_id(st_buf *out, const char *rule) {
  st_buf id = {0};
  st_buf_printf(&id, "stance/%s", rule);
  st_buf_json(out, id.data ? id.data : "", id.len);
  out->failed = out->failed || id.failed;
  st_buf_free(&id);
}

size_t st_finding_rule(const st_findings *all, const char *rule) {
  size_t i = 0;
  while (i < all->n_rules && strcmp(all->rules[i], rule)) i++;
  return i;
}

void st_finding_message(st_buf *out, const st_finding *f, bool score) {
  if (f->whole) {
    st_buf_puts(out, f->detail);
    return;
  }
  st_buf_printf(out, "reads as %s", f->shown);
  if (score) {
    st_buf_puts(out, " (");
    st_buf_fixed(out, (double)f->score, 2);
    st_buf_putc(out, ')');
  }
  if (*f->detail) st_buf_printf(out, ": %s", f->detail);
}

const char *const st_findings_formats[] = {"line", "sarif", "github", "gitlab", "rdjsonl", NULL};

stance_status st_findings_write(const st_findings *f, const char *format, stance_write_fn write,
                                void *ctx, stance_error *err) {
  st_buf out = {0};
  bool ok = true;
  if (!strcmp(format, "line"))
    st_findings_line(&out, f);
  else if (!strcmp(format, "sarif"))
    st_findings_sarif(&out, f);
  else if (!strcmp(format, "github"))
    ok = st_findings_github(&out, f);
  else if (!strcmp(format, "gitlab"))
    st_findings_gitlab(&out, f);
  else if (!strcmp(format, "rdjsonl"))
    st_findings_rdjsonl(&out, f);
  else
    return st_fail(err, STANCE_ERR_USAGE,
                   "no format '%.60s' for findings; there are line, sarif, github, gitlab, rdjsonl",
                   format);
  stance_status status = STANCE_OK;
  if (!ok || out.failed)
    status = st_fail_memory(err, "writing findings");
  else if (out.len)
    status = write(ctx, out.data, out.len, err);
  st_buf_free(&out);
  return status;
}
