/* check.c: the public functions: documents go in, findings and met conditions are kept. */
#include "check/check.h"

#include <stdlib.h>
#include <string.h>

const char *const *stance_check_formats(void) {
  return st_findings_formats;
}

/* The labels of the first head and, where the model has that head, "sensational". */
static bool init_rules(stance_check *c) {
  st_rules *r = &c->rules;
  size_t labels = stance_model_labels(c->model, 0);
  if (labels > 63) labels = 63;
  r->name = st_calloc(labels + 1, sizeof *r->name);
  if (!r->name) return false;
  for (; r->n < labels; r->n++) r->name[r->n] = stance_model_label(c->model, 0, (int)r->n);
  r->labels = labels;
  for (size_t h = 0; h < stance_model_heads(c->model); h++)
    if (!strcmp(stance_model_head(c->model, h), ST_SENSATIONAL)) r->name[r->n++] = ST_SENSATIONAL;
  return true;
}

static stance_status set_options(stance_check *c, const stance_check_options *o,
                                 stance_error *err) {
  if (o && o->only)
    ST_TRY(st_rules_parse(&c->rules, "only", o->only, strlen(o->only), &c->only, err));
  else
    for (size_t r = 0; r < c->rules.n; r++)
      if (strcmp(c->rules.name[r], "attributed")) c->only |= (uint64_t)1 << r;
  c->tell_unused = o && o->tell_unused;
  c->columns = o && o->columns ? o->columns : "chars";
  c->gate = st_calloc(o ? o->n_fail_on : 0, sizeof *c->gate);
  if (!c->gate) return st_fail_memory(err, "checking");
  for (size_t i = 0; o && i < o->n_fail_on; i++) {
    const char *text = st_arena_copy(&c->arena, o->fail_on[i], strlen(o->fail_on[i]));
    if (!text) return st_fail_memory(err, "checking");
    ST_TRY(st_gate_parse(&c->rules, text, &c->gate[i], err));
    c->gates++;
  }
  return STANCE_OK;
}

stance_status stance_check_new(const stance_model *model, const stance_check_options *options,
                               stance_check **out, stance_error *err) {
  *out = NULL;
  stance_check *c = st_calloc(1, sizeof *c);
  if (!c) return st_fail_memory(err, "checking");
  c->model = model;
  stance_status status = st_style_of(&c->style, model, false, 0, err);
  if (status == STANCE_OK && !init_rules(c)) status = st_fail_memory(err, "checking");
  if (status == STANCE_OK) status = set_options(c, options, err);
  if (status == STANCE_OK)
    *out = c;
  else
    stance_check_free(c);
  return status;
}

void stance_check_free(stance_check *c) {
  if (!c) return;
  free(c->rules.name);
  free(c->gate);
  free(c->known.items);
  free(c->finding);
  free(c->failure);
  free(c->met);
  free(c->remark);
  st_diff_free(&c->diff);
  st_style_free(&c->style);
  st_arena_free(&c->arena);
  free(c);
}

stance_status stance_check_diff(stance_check *c, const char *diff, size_t len, stance_error *err) {
  c->has_diff = true;
  return st_diff_parse(diff, len, &c->arena, &c->diff, err);
}

const char *stance_check_diff_path(const stance_check *c, size_t i) {
  return i < c->diff.n ? c->diff.file[i].path : NULL;
}

stance_status stance_check_baseline(stance_check *c, const char *bytes, size_t len,
                                    stance_error *err) {
  return st_known_baseline(&c->known, bytes, len, &c->arena, err);
}

stance_status stance_check_ignore(stance_check *c, const char *name, const char *bytes, size_t len,
                                  stance_error *err) {
  return st_known_ignore(&c->known, name, bytes, len, &c->arena, err);
}

stance_status stance_check_document(stance_check *c, stance_document *d, stance_error *err) {
  return st_find(c, d, err);
}

stance_status stance_check_failure(stance_check *c, const stance_error *failure) {
  if (!st_reserve(&c->failure, &c->failures_cap, c->failures + 1, sizeof *c->failure))
    return STANCE_ERR_MEMORY;
  c->failure[c->failures++] = *failure;
  return STANCE_OK;
}

bool st_check_add(stance_check *c, const st_finding *f) {
  if (!st_reserve(&c->finding, &c->findings_cap, c->findings + 1, sizeof *c->finding)) return false;
  /* The document may be gone when the findings are written. */
  st_finding copy = *f;
  copy.text = st_arena_copy(&c->arena, f->text, f->text_len);
  if (!copy.text) return false;
  c->finding[c->findings++] = copy;
  return true;
}

static stance_position position(const st_place *p) {
  return (stance_position){p->line, p->column, p->column_byte, p->column_utf16};
}

bool stance_check_finding(const stance_check *c, size_t i, stance_finding *out) {
  if (i >= c->findings) return false;
  const st_finding *f = &c->finding[i];
  st_buf message = {0};
  *out = (stance_finding){.rule = f->rule,
                          .level = f->level,
                          .sentence = f->sentence,
                          .start = position(&f->start),
                          .end = position(&f->end),
                          .suppressed = f->silence == ST_SPOKEN ? NULL : f->reason};
  snprintf(out->fingerprint, sizeof out->fingerprint, "%016llx:%u", (unsigned long long)f->fp,
           f->nth);
  st_finding_message(&message, f, true);
  size_t n = message.len < sizeof out->message ? message.len : sizeof out->message - 1;
  while (n < message.len && n && ((unsigned char)message.data[n] & 0xc0) == 0x80) n--;
  if (n) memcpy(out->message, message.data, n);
  st_buf_free(&message);
  return true;
}

static bool keep(stance_check *c, const char ***list, size_t *n, size_t *cap, const char *text) {
  const char *copy = st_arena_copy(&c->arena, text, strlen(text));
  if (!copy || !st_reserve(list, cap, *n + 1, sizeof **list)) return false;
  (*list)[(*n)++] = copy;
  return true;
}

bool st_check_met(stance_check *c, const char *text) {
  return keep(c, &c->met, &c->n_met, &c->met_cap, text);
}

bool st_check_remark(stance_check *c, const char *text) {
  return keep(c, &c->remark, &c->n_remark, &c->remark_cap, text);
}

const char *stance_check_met(const stance_check *c, size_t i) {
  return i < c->n_met ? c->met[i] : NULL;
}

const char *stance_check_remark(stance_check *c, size_t i) {
  if (c->tell_unused)
    for (size_t k = 0; k < c->known.n; k++) {
      const st_known_sentence *s = &c->known.items[k];
      char text[400];
      if (s->used || !s->reason) continue;
      snprintf(text, sizeof text, "%.200s:%u: this entry silences nothing", s->file, s->line);
      st_check_remark(c, text);
    }
  c->tell_unused = false;
  return i < c->n_remark ? c->remark[i] : NULL;
}

stance_status stance_check_write(const stance_check *c, const char *format, stance_write_fn write,
                                 void *ctx, stance_error *err) {
  st_findings all = {.items = c->finding,
                     .n = c->findings,
                     .failures = c->failure,
                     .n_failures = c->failures,
                     .rules = c->rules.name,
                     .n_rules = c->rules.n,
                     .columns = c->columns};
  return st_findings_write(&all, format, write, ctx, err);
}
