/* sarif.c: SARIF 2.1.0 (OASIS), the form that code hosts take findings in. One run; a rule for each
 * label; silenced findings are there with their suppression, inputs that failed are notifications.
 * Columns are code points (columnKind), byte offsets stand beside them. */
#include "report/findings.h"

#include <math.h>
#include <string.h>

static void put_text(st_buf *out, const char *key, const char *text) {
  st_buf_printf(out, "\"%s\":{\"text\":", key);
  st_buf_json(out, text, strlen(text));
  st_buf_putc(out, '}');
}

static const struct {
  const char *rule, *summary, *help, *level;
} known[] = {
    {"attributed", "A named or described source answers for the sentence.",
     "Nothing to do: the reader can see who says so.", "note"},
    {"speculation", "Nobody answers for it yet: possible, expected, or unverified.",
     "Say who expects it and on what grounds, or leave it out.", "warning"},
    {"advocacy", "The author takes a side: demands, judges, or praises.",
     "Give it to a source, mark the text as opinion, or put it neutrally.", "warning"},
    {"unattributed", "Stated as fact, and no source is named.",
     "Name the source where a reader could doubt it.", "note"},
    {"sensational", "The wording is made to excite.", "Say what happened in plain words.",
     "warning"},
};

static void put_rule(st_buf *out, const char *rule) {
  size_t k = 0, n = sizeof known / sizeof *known;
  while (k < n && strcmp(known[k].rule, rule)) k++;
  st_buf_puts(out, "{\"id\":");
  st_finding_rule_id(out, rule);
  st_buf_putc(out, ',');
  put_text(out, "shortDescription", k < n ? known[k].summary : rule);
  st_buf_putc(out, ',');
  put_text(out, "help",
           k < n ? known[k].help : "A label of this model: see what it was trained on.");
  st_buf_printf(out, ",\"defaultConfiguration\":{\"level\":\"%s\"}}",
                k < n ? known[k].level : "warning");
}

/* A path as a relative or absolute reference of RFC 3986: what is not unreserved is escaped. */
static void put_uri(st_buf *out, const char *path) {
  if (path[0] == '/') st_buf_puts(out, "file://");
  for (const char *p = path; *p; p++) {
    unsigned char c = (unsigned char)*p;
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 strchr("/-._~", c);
    if (plain)
      st_buf_putc(out, *p);
    else
      st_buf_printf(out, "%%%02X", c);
  }
}

static void put_region(st_buf *out, const st_finding *f) {
  const st_place *a = &f->start, *b = &f->end;
  if (f->whole) {
    st_buf_puts(out, "\"region\":{\"startLine\":1}");
    return;
  }
  st_buf_printf(out,
                "\"region\":{\"startLine\":%u,\"startColumn\":%u,\"endLine\":%u,\"endColumn\":%u,"
                "\"charOffset\":%zu,\"charLength\":%zu,\"byteOffset\":%zu,\"byteLength\":%zu,"
                "\"snippet\":{\"text\":",
                a->line, a->column, b->line, b->column, a->cp, b->cp - a->cp, a->byte,
                b->byte - a->byte);
  st_buf_json(out, f->text, f->text_len);
  st_buf_puts(out, "}}");
}

static void put_result(st_buf *out, const st_findings *all, const st_finding *f, st_buf *scratch) {
  st_buf_clear(scratch);
  st_finding_message(scratch, f, true);
  st_buf_puts(out, "{\"ruleId\":");
  st_finding_rule_id(out, f->rule);
  st_buf_printf(out, ",\"ruleIndex\":%zu,\"level\":\"%s\"", st_finding_rule(all, f->rule),
                st_level_name(f->level));
  if (!f->whole) {
    st_buf_puts(out, ",\"rank\":");
    st_buf_fixed(out, (double)f->score * 100, 2);
  }
  st_buf_putc(out, ',');
  put_text(out, "message", scratch->data ? scratch->data : "");
  st_buf_puts(out, ",\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":\"");
  put_uri(out, f->path);
  st_buf_puts(out, "\"},");
  put_region(out, f);
  st_buf_puts(out, "}}],\"partialFingerprints\":{\"stanceSentence/v1\":\"");
  st_finding_fingerprint(out, f);
  st_buf_puts(out, "\"}");
  if (f->silence != ST_SPOKEN) {
    st_buf_printf(out, ",\"suppressions\":[{\"kind\":\"%s\",\"justification\":",
                  f->silence == ST_IN_SOURCE ? "inSource" : "external");
    st_buf_json(out, f->reason, strlen(f->reason));
    st_buf_puts(out, "}]");
  }
  if (!f->whole) {
    st_buf_puts(out, ",\"properties\":{\"confidence\":");
    st_buf_fixed(out, (double)f->score, 4);
    st_buf_puts(out, ",\"sensationalism\":");
    st_buf_fixed(out, (double)f->sensationalism, 4);
    st_buf_putc(out, '}');
  }
  st_buf_putc(out, '}');
}

static void put_invocation(st_buf *out, const st_findings *all) {
  st_buf_printf(out, "{\"executionSuccessful\":%s,\"toolExecutionNotifications\":[",
                all->n_failures ? "false" : "true");
  for (size_t i = 0; i < all->n_failures; i++) {
    const stance_error *e = &all->failures[i];
    st_buf_puts(out, i ? ",{\"level\":\"error\"," : "{\"level\":\"error\",");
    put_text(out, "message", e->message);
    if (e->file[0]) {
      st_buf_puts(out, ",\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":\"");
      put_uri(out, e->file);
      st_buf_puts(out, "\"}");
      if (e->line)
        st_buf_printf(out, ",\"region\":{\"startLine\":%llu}", (unsigned long long)e->line);
      st_buf_puts(out, "}}]");
    }
    st_buf_putc(out, '}');
  }
  st_buf_puts(out, "]}");
}

void st_findings_sarif(st_buf *out, const st_findings *all) {
  st_buf scratch = {0};
  st_buf_puts(out, "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\","
                   "\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"stance\","
                   "\"semanticVersion\":\"" STANCE_VERSION "\",\"rules\":[");
  for (size_t i = 0; i < all->n_rules; i++) {
    if (i) st_buf_putc(out, ',');
    put_rule(out, all->rules[i]);
  }
  st_buf_puts(out, "]}},\"columnKind\":\"unicodeCodePoints\",\"invocations\":[");
  put_invocation(out, all);
  st_buf_puts(out, "],\"results\":[");
  for (size_t i = 0; i < all->n; i++) {
    st_buf_puts(out, i ? ",\n" : "\n");
    put_result(out, all, &all->items[i], &scratch);
  }
  st_buf_puts(out, "]}]}\n");
  out->failed = out->failed || scratch.failed;
  st_buf_free(&scratch);
}
