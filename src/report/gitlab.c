/* gitlab.c: GitLab's Code Quality report, a JSON array. GitLab shows one of those findings that
 * share a fingerprint, so it is made of the rule, the file, and the sentence with its number. */
#include "report/findings.h"

#include <string.h>
#include <xxhash.h>

static void put_fingerprint(st_buf *out, const st_finding *f, st_buf *scratch) {
  st_buf_clear(scratch);
  st_buf_printf(scratch, "%s\n%s\n", f->rule, f->path);
  st_finding_fingerprint(scratch, f);
  uint64_t hash = scratch->failed ? 0 : XXH3_64bits(scratch->data, scratch->len);
  st_buf_printf(out, "%016llx", (unsigned long long)hash);
}

void st_findings_gitlab(st_buf *out, const st_findings *all) {
  static const char *const severity[] = {
      [STANCE_NOTE] = "info", [STANCE_WARNING] = "minor", [STANCE_ERROR] = "major"};
  st_buf scratch = {0};
  const char *between = "";
  st_buf_putc(out, '[');
  for (size_t i = 0; i < all->n; i++) {
    const st_finding *f = &all->items[i];
    if (f->silence != ST_SPOKEN) continue;
    st_buf_clear(&scratch);
    st_finding_message(&scratch, f, true);
    st_buf_printf(out, "%s\n{\"description\":", between);
    st_buf_json(out, scratch.data ? scratch.data : "", scratch.len);
    st_buf_puts(out, ",\"check_name\":");
    st_finding_rule_id(out, f->rule);
    st_buf_puts(out, ",\"fingerprint\":\"");
    put_fingerprint(out, f, &scratch);
    st_buf_printf(out, "\",\"severity\":\"%s\",\"location\":{\"path\":", severity[f->level]);
    st_buf_json(out, f->path, strlen(f->path));
    st_buf_printf(out, ",\"lines\":{\"begin\":%u,\"end\":%u}}}", f->start.line, f->end.line);
    between = ",";
  }
  st_buf_puts(out, "\n]\n");
  out->failed = out->failed || scratch.failed;
  st_buf_free(&scratch);
}
