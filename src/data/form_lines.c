/* form_lines.c: fastText (a sentence a line) and CoNLL (a token a line). */
#include <stdlib.h>
#include <string.h>

#include "data/annotations.h"
#include "text/text.h"

/* A label as one word: white space becomes '-'. */
static bool put_label(st_form_output *out, st_buf *b, const char *label) {
  bool changed = false;
  for (; *label; label++) {
    bool white = *label == ' ' || (*label >= '\t' && *label <= '\r');
    changed = changed || white;
    st_buf_putc(b, white ? '-' : *label);
  }
  return !changed || st_form_remark(out->a, "white space in labels became '-'");
}

/* ---- fastText ---- */

static const char mark[] = "__label__";
enum { MARK = sizeof mark - 1 };

static bool take_label(st_slice *s, st_slice *label) {
  *s = st_trim(*s);
  if (s->len < MARK || memcmp(s->s, mark, MARK)) return false;
  size_t n = MARK;
  while (n < s->len && s->s[n] != ' ' && s->s[n] != '\t') n++;
  *label = (st_slice){s->s + MARK, n - MARK};
  *s = (st_slice){s->s + n, s->len - n};
  return true;
}

stance_status st_fasttext_read(st_form_input *in) {
  const char *p = in->bytes + st_bom(in->bytes, in->len), *end = in->bytes + in->len;
  st_slice line, label, more;
  for (uint64_t n = 1; st_next_line(&p, end, &line); n++) {
    if (!st_trim(line).len) continue;
    if (!take_label(&line, &label) || !label.len)
      return st_form_fail(in, n, "row has no label: it must begin with __label__");
    while (take_label(&line, &more))
      if (!st_form_remark(in->a, "rows with several labels: the first was taken"))
        return st_form_memory(in->err);
    line = st_trim(line);
    if (!line.len) return st_form_fail(in, n, "row has no text");
    json_t *item = st_new_item(line.s, line.len, NULL);
    if (!item || !st_set(item, "label", json_stringn(label.s, label.len)) ||
        !st_add_item(in->a, item))
      return st_form_memory(in->err);
  }
  return STANCE_OK;
}

stance_status st_fasttext_write(st_form_output *out) {
  st_buf b = {0};
  size_t i, changed = 0;
  json_t *item;
  json_array_foreach (out->a->items, i, item) {
    if (!st_has_label(out, item)) continue;
    st_buf_puts(&b, mark);
    if (!put_label(out, &b, st_string(item, "label"))) b.failed = true;
    st_buf_putc(&b, ' ');
    bool any = false;
    for (const char *p = st_string(item, "text"); *p; p++) {
      any = any || *p == '\n' || *p == '\r';
      st_buf_putc(&b, *p == '\n' || *p == '\r' ? ' ' : *p);
    }
    changed += any;
    st_buf_putc(&b, '\n');
  }
  if (changed && !st_form_remark(out->a, "line ends inside %zu texts became spaces", changed))
    b.failed = true;
  return st_form_put(out, "", &b);
}

/* ---- CoNLL: "token<TAB>B-label", a blank line after a sentence, -DOCSTART- before a document ----
 */

/* A run of one label, gathered. */
typedef struct {
  st_buf text;
  char label[256];
} run;

static stance_status end_run(st_form_input *in, run *r, const char *doc) {
  stance_status status = STANCE_OK;
  if (r->text.len) {
    json_t *item = st_new_item(r->text.data, r->text.len, r->label);
    if (!item || (*doc && !st_set(item, "doc", json_string(doc))) || r->text.failed ||
        !st_add_item(in->a, item))
      status = st_form_memory(in->err);
  }
  st_buf_clear(&r->text);
  return status;
}

static stance_status conll_line(st_form_input *in, st_slice line, uint64_t n, run *r, char *doc) {
  size_t token = 0, tag = line.len;
  while (token < line.len && line.s[token] != ' ' && line.s[token] != '\t') token++;
  while (tag > token && line.s[tag - 1] != ' ' && line.s[tag - 1] != '\t') tag--;
  st_slice label = {line.s + tag, line.len - tag};
  if (!line.len) return end_run(in, r, doc);
  if (token == 10 && !memcmp(line.s, "-DOCSTART-", 10)) {
    unsigned k = *doc ? (unsigned)atoi(doc + 3) + 1 : 1;
    snprintf(doc, 32, "doc%u", k);
    return end_run(in, r, doc);
  }
  if (token == line.len) return st_form_fail(in, n, "expected a token and its tag");
  bool begin = label.len > 2 && !memcmp(label.s, "B-", 2);
  bool inside = label.len > 2 && !memcmp(label.s, "I-", 2);
  if (!begin && !inside) {
    if (label.len == 1 && label.s[0] == 'O') return end_run(in, r, doc);
    return st_form_fail(in, n, "a tag is O, B-label or I-label, not '%.*s'",
                        (int)(label.len < 60 ? label.len : 60), label.s);
  }
  label = (st_slice){label.s + 2, label.len - 2};
  if (label.len >= sizeof r->label) return st_form_fail(in, n, "label is longer than 255 bytes");
  if (begin || !st_slice_is(label, r->label)) ST_TRY(end_run(in, r, doc));
  memcpy(r->label, label.s, label.len);
  r->label[label.len] = 0;
  if (r->text.len) st_buf_putc(&r->text, ' ');
  st_buf_add(&r->text, line.s, token);
  return STANCE_OK;
}

stance_status st_conll_read(st_form_input *in) {
  const char *p = in->bytes + st_bom(in->bytes, in->len), *end = in->bytes + in->len;
  st_slice line;
  run r = {.text = {0}};
  char doc[32] = "";
  stance_status status = STANCE_OK;
  for (uint64_t n = 1; status == STANCE_OK && st_next_line(&p, end, &line); n++)
    status = conll_line(in, st_trim(line), n, &r, doc);
  if (status == STANCE_OK) status = end_run(in, &r, doc);
  st_buf_free(&r.text);
  return status;
}

static stance_status put_tokens(st_form_output *out, st_buf *b, const json_t *item) {
  const char *text = st_string(item, "text"), *label = st_string(item, "label");
  st_tokens tokens = {0};
  ST_TRY(st_tokenize(text, 0, (uint32_t)strlen(text), &tokens, out->err));
  for (size_t k = 0; k < tokens.n; k++) {
    st_buf_add(b, text + tokens.items[k].start, tokens.items[k].end - tokens.items[k].start);
    st_buf_puts(b, k ? "\tI-" : "\tB-");
    if (!put_label(out, b, label)) b->failed = true;
    st_buf_putc(b, '\n');
  }
  st_tokens_free(&tokens);
  st_buf_putc(b, '\n');
  return STANCE_OK;
}

stance_status st_conll_write(st_form_output *out) {
  st_buf b = {0};
  size_t i;
  json_t *item;
  const char *before = NULL;
  stance_status status = STANCE_OK;
  json_array_foreach (out->a->items, i, item) {
    if (status != STANCE_OK) break;
    if (!st_has_label(out, item)) continue;
    const char *doc = st_string(item, "doc");
    if (doc && (!before || strcmp(doc, before))) st_buf_puts(&b, "-DOCSTART-\tO\n\n");
    before = doc;
    status = put_tokens(out, &b, item);
  }
  if (!st_form_remark(out->a, "conll keeps tokens, not the white space between them"))
    b.failed = true;
  if (status == STANCE_OK) return st_form_put(out, "", &b);
  st_buf_free(&b);
  return status;
}
