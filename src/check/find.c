/* find.c: one document's findings: each sentence is judged by the rules and the conditions, and
 * those that a mark, a baseline or the diff silences say why. */
#include "check/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What is known of the document while its sentences go by. */
typedef struct {
  stance_check *c;
  stance_document *d;
  const char *path;
  const char *file; /* the bytes that positions count in */
  size_t file_len;
  st_marks marks;
  stance_span *touched; /* [n_touched]; only with a diff */
  size_t n_touched;
  st_occurrences seen;
  st_buf scratch, detail;
  st_place place;
  struct tally {
    size_t covered, hits;
  } * tally; /* [gates] */
} finder;

static bool comment_remark(void *ctx, uint32_t line, const char *text) {
  finder *f = ctx;
  char remark[700];
  snprintf(remark, sizeof remark, "%.200s:%u: %s", f->path, line, text);
  return st_check_remark(f->c, remark);
}

/* The sentence is (part of) a comment that is a mark: no sentence at all. */
static bool is_mark(const finder *f, const stance_sentence *s) {
  for (size_t i = 0; i < f->marks.n; i++)
    if (s->file_start >= f->marks.items[i].start && s->file_start < f->marks.items[i].end)
      return true;
  return false;
}

/* The block that an ignore mark speaks of: the paragraph of the first sentence behind it. */
static bool in_next_block(const finder *f, const st_mark *m, const stance_sentence *s) {
  const stance_document *d = f->d;
  size_t low = 0, high = d->n_sentences;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    if (d->sentences[mid].file_start < m->end)
      low = mid + 1;
    else
      high = mid;
  }
  while (low < d->n_sentences && is_mark(f, &d->sentences[low])) low++;
  return low < d->n_sentences && s->file_start >= d->sentences[low].file_start &&
         s->paragraph == d->sentences[low].paragraph;
}

static st_mark *mark_over(const finder *f, const stance_sentence *s, size_t rule) {
  for (size_t i = 0; i < f->marks.n; i++) {
    st_mark *m = &f->marks.items[i];
    if (m->kind == ST_MARK_ON || !(m->rules >> rule & 1) || s->file_start < m->end) continue;
    if (m->kind == ST_MARK_OFF ? s->file_start < m->until : in_next_block(f, m, s)) return m;
  }
  return NULL;
}

static bool is_touched(const finder *f, const stance_sentence *s) {
  if (!f->c->has_diff) return true;
  for (size_t i = 0; i < f->n_touched; i++)
    if (s->file_start < f->touched[i].end && s->file_end > f->touched[i].start)
      return true;
    else if (f->touched[i].start == f->touched[i].end && s->file_start < f->touched[i].start &&
             s->file_end > f->touched[i].start)
      return true;
  return false;
}

/* Words of evidence, once each, white space folded. */
static void put_words(st_buf *out, const char *text, const stance_evidence *e, size_t n) {
  for (size_t i = 0, shown = 0; i < n && shown < 4; i++) {
    if (!(e[i].weight > 0)) continue;
    if (shown++) st_buf_puts(out, ", ");
    st_text_plain(out, text + e[i].start, e[i].end - e[i].start);
  }
}

/* rule: what the sentence is found under. Of a sentence that is merely unattributed no word is to
 * blame. */
static const char *make_detail(finder *f, const stance_sentence *s, size_t rule) {
  const char *text = f->d->text;
  st_buf *b = &f->detail;
  st_buf_clear(b);
  if (rule >= f->c->rules.labels)
    put_words(b, text, s->loud, s->n_loud);
  else {
    if (strcmp(f->c->rules.name[rule], "unattributed"))
      put_words(b, text, s->evidence, s->n_evidence);
    if (b->len) st_buf_puts(b, "; ");
    if (s->source_start == s->source_end)
      st_buf_puts(b, "no source");
    else {
      st_buf_puts(b, "source: ");
      st_text_plain(b, text + s->source_start, s->source_end - s->source_start);
    }
  }
  return b->failed ? NULL : st_arena_copy(&f->c->arena, b->data ? b->data : "", b->len);
}

static const char *shown_as(const stance_check *c, size_t rule) {
  return rule < c->rules.labels ? c->style.label[rule].shown : c->rules.name[rule];
}

static stance_level usual_level(const char *rule) {
  return !strcmp(rule, "unattributed") || !strcmp(rule, "attributed") ? STANCE_NOTE
                                                                      : STANCE_WARNING;
}

/* Why this rule is silent for the sentence, if it is. found: it would be a finding otherwise. */
static bool silence(finder *f, const stance_sentence *s, size_t rule, bool found, st_finding *out) {
  const char *name = f->c->rules.name[rule];
  st_mark *mark = mark_over(f, s, rule);
  if (mark) {
    mark->used = mark->used || found;
    out->silence = ST_IN_SOURCE;
    out->reason = mark->reason;
    return true;
  }
  st_known_sentence *known = st_known_find(&f->c->known, f->path, name, out->fp, out->nth);
  if (!known) return false;
  known->used = known->used || found;
  out->silence = ST_EXTERNAL;
  out->reason = known->reason ? known->reason : "in the baseline";
  return true;
}

/* Bits of the rules the sentence is found under, and of those that meet a condition. */
static uint64_t judge(const finder *f, const stance_sentence *s, uint64_t *met) {
  const stance_check *c = f->c;
  uint64_t found = 0;
  for (size_t r = 0; r < c->rules.n; r++)
    if ((c->only >> r & 1) && st_rule_holds(&c->rules, r, s)) found |= (uint64_t)1 << r;
  for (size_t g = 0; g < c->gates; g++) {
    const st_gate *gate = &c->gate[g];
    if (!st_gate_covers(gate, s) || !st_gate_sentence(gate, &c->rules, s)) continue;
    *met |= (uint64_t)1 << (gate->rule == SIZE_MAX ? c->rules.n - 1 : gate->rule);
  }
  return found | *met;
}

/* Counts the sentence for every condition. spoken: bits of the rules that are not silenced. */
static void count(finder *f, const stance_sentence *s, uint64_t spoken, bool touched) {
  const stance_check *c = f->c;
  for (size_t g = 0; g < c->gates; g++) {
    const st_gate *gate = &c->gate[g];
    if (!st_gate_covers(gate, s)) continue;
    f->tally[g].covered++;
    size_t rule = gate->rule == SIZE_MAX ? c->rules.n - 1 : gate->rule;
    if (!(spoken >> rule & 1)) continue;
    f->tally[g].hits += gate->share ? st_rule_holds(&c->rules, gate->rule, s)
                                    : touched && st_gate_sentence(gate, &c->rules, s);
  }
}

static stance_status judge_sentence(finder *f, stance_sentence *s, stance_error *err) {
  stance_check *c = f->c;
  st_finding base = {.path = f->path,
                     .sentence = (size_t)(s - f->d->sentences),
                     .text = f->d->text + s->start,
                     .text_len = s->end - s->start,
                     .sensationalism = s->sensationalism};
  base.fp = st_fingerprint(base.text, base.text_len, &f->scratch);
  base.nth = st_occurrence(&f->seen, base.fp);
  s->suppressed = NULL;
  if (s->label == STANCE_NO_LABEL || is_mark(f, s)) return STANCE_OK;
  if (s->file_start < f->place.byte) f->place = ST_PLACE_START; /* a page may be read out of order */
  st_place_move(&f->place, f->file, s->file_start);
  base.start = base.end = f->place;
  base.text = f->file + s->file_start;
  base.text_len = s->file_end - s->file_start;
  st_place_move(&base.end, f->file, s->file_end);

  uint64_t met = 0, found = judge(f, s, &met), spoken = ~(uint64_t)0;
  bool touched = is_touched(f, s);
  for (size_t r = 0; r < c->rules.n; r++) {
    bool holds = st_rule_holds(&c->rules, r, s);
    if (!(found >> r & 1) && !holds) continue;
    st_finding finding = base;
    if (silence(f, s, r, found >> r & 1, &finding)) spoken &= ~((uint64_t)1 << r);
    if (holds && r < c->rules.labels && finding.silence) s->suppressed = finding.reason;
    if (!touched || !(found >> r & 1)) continue;
    finding.rule = c->rules.name[r];
    finding.shown = shown_as(c, r);
    finding.level = met >> r & 1 ? STANCE_ERROR : usual_level(finding.rule);
    finding.score = r < c->rules.labels ? s->confidence : s->sensationalism;
    finding.detail = make_detail(f, s, r);
    if (!finding.detail || !st_check_add(c, &finding)) return st_fail_memory(err, "checking");
  }
  if (!touched && !s->suppressed) s->suppressed = "not touched by the diff";
  count(f, s, spoken, touched);
  return STANCE_OK;
}

/* The condition is met by the document as a whole: one more finding, at its first line. */
static bool add_whole(finder *f, const st_gate *g, const char *detail) {
  stance_check *c = f->c;
  size_t rule = g->rule == SIZE_MAX ? c->rules.n - 1 : g->rule;
  st_buf_clear(&f->scratch);
  st_buf_printf(&f->scratch, "%s\n%s", f->path, g->text);
  st_finding finding = {.rule = c->rules.name[rule],
                        .shown = shown_as(c, rule),
                        .level = STANCE_ERROR,
                        .path = f->path,
                        .start = ST_PLACE_START,
                        .end = ST_PLACE_START,
                        .text = "",
                        .whole = true,
                        .sentence = SIZE_MAX,
                        .score = 1,
                        .sensationalism = f->d->sensationalism,
                        .fp = st_fingerprint(f->scratch.data, f->scratch.len, &f->detail),
                        .nth = 1};
  finding.detail = st_arena_copy(&c->arena, detail, strlen(detail));
  return finding.detail && !f->scratch.failed && st_check_add(c, &finding);
}

static stance_status judge_whole(finder *f, stance_error *err) {
  stance_check *c = f->c;
  for (size_t g = 0; g < c->gates; g++) {
    const st_gate *gate = &c->gate[g];
    const struct tally *t = &f->tally[g];
    double share = t->covered ? 100 * (double)t->hits / (double)t->covered : 0;
    double loud = round((double)f->d->sensationalism * 100) / 100;
    char text[600], value[80];
    bool met, whole = gate->share || gate->where == ST_ARTICLE;
    if (gate->share) {
      met = t->covered && st_gate_compare(gate, share);
      snprintf(value, sizeof value, "%.1f %% of %zu sentences", share, t->covered);
    } else if (whole) {
      met = st_gate_compare(gate, loud);
      snprintf(value, sizeof value, "it is %.2f", loud);
    } else {
      met = t->hits > 0;
      snprintf(value, sizeof value, "%zu %s", t->hits, t->hits == 1 ? "sentence" : "sentences");
    }
    if (!met) continue;
    snprintf(text, sizeof text, "%.200s: %.200s: %s", f->path, gate->text, value);
    if (!st_check_met(c, text)) return st_fail_memory(err, "checking");
    snprintf(text, sizeof text, "the limit %.200s is passed: %s", gate->text, value);
    if (whole && !add_whole(f, gate, text)) return st_fail_memory(err, "checking");
  }
  return STANCE_OK;
}

static stance_status unused_marks(finder *f, stance_error *err) {
  for (size_t i = 0; i < f->marks.n; i++) {
    const st_mark *m = &f->marks.items[i];
    if (!m->used && !comment_remark(f, m->line, "this mark silences nothing"))
      return st_fail_memory(err, "checking");
  }
  return STANCE_OK;
}

static stance_status prepare(finder *f, stance_error *err) {
  stance_check *c = f->c;
  f->path = st_arena_copy(&c->arena, f->d->name, strlen(f->d->name));
  f->tally = st_calloc(c->gates, sizeof *f->tally);
  if (!f->path || !f->tally || !st_occurrences_init(&f->seen, f->d->n_sentences))
    return st_fail_memory(err, "checking");
  if (c->has_diff) {
    const st_diff_file *file = st_diff_find(&c->diff, f->path);
    if (file && !st_diff_spans(file, f->file, f->file_len, &f->touched, &f->n_touched))
      return st_fail_memory(err, "checking");
  }
  if (!st_has_marks(f->d->format)) return STANCE_OK;
  return st_marks_read(&c->rules, f->file, f->file_len, &c->arena, &f->marks, comment_remark, f,
                       err);
}

stance_status st_find(stance_check *c, stance_document *d, stance_error *err) {
  finder f = {.c = c,
              .d = d,
              .file = d->in_file ? d->file : d->text,
              .file_len = d->in_file ? d->file_len : d->text_len,
              .place = ST_PLACE_START};
  stance_status status = prepare(&f, err);
  /* The sentences are the document's own, which the caller handed over to be marked. */
  stance_sentence *sentence = (stance_sentence *)d->sentences;
  bool any = false;
  for (size_t i = 0; i < d->n_sentences && status == STANCE_OK; i++) {
    any = any || is_touched(&f, &sentence[i]);
    status = judge_sentence(&f, &sentence[i], err);
  }
  if (status == STANCE_OK && any) status = judge_whole(&f, err);
  if (status == STANCE_OK && !c->has_diff) status = unused_marks(&f, err);
  if (status == STANCE_OK && f.scratch.failed) status = st_fail_memory(err, "checking");
  free(f.marks.items);
  free(f.touched);
  free(f.tally);
  st_occurrences_free(&f.seen);
  st_buf_free(&f.scratch);
  st_buf_free(&f.detail);
  return status;
}
