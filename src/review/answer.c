/* answer.c: one request becomes one response. Who may ask is settled first:
 *
 *   Host    must be this server's own: a name that somebody's DNS points here is turned away
 *   Origin  where there is one, too; a request that changes something must have one
 *   cookie  given in exchange for the token of the address that stance printed, which works once
 *   X-Stance, application/json   what no form of a foreign page can send without asking first
 */
#include "review/review.h"

#include <string.h>

#include "report/html.h"

static void plain(st_response *a, int status, const char *text) {
  a->status = status;
  a->type = "text/plain; charset=utf-8";
  st_buf_clear(&a->body);
  st_buf_puts(&a->body, text);
  st_buf_putc(&a->body, '\n');
}

/* In time that does not tell how much of it was right. */
static bool same_secret(const char *a, size_t n, const char *secret) {
  size_t len = strlen(secret);
  unsigned char differ = n != len;
  for (size_t i = 0; i < n; i++) differ |= (unsigned char)(a[i] ^ secret[i < len ? i : 0]);
  return !differ;
}

static bool has_session(const st_gate *gate, const char *cookies) {
  char name[48];
  int n = snprintf(name, sizeof name, "stance_%s=", strchr(gate->host, ':') + 1);
  for (const char *p = cookies; p && *p;) {
    while (*p == ' ' || *p == ';') p++;
    size_t len = strcspn(p, ";");
    if (len > (size_t)n && !strncmp(p, name, (size_t)n) &&
        same_secret(p + n, len - (size_t)n, gate->session))
      return true;
    p += len;
  }
  return false;
}

static bool own_origin(const st_gate *gate, const char *origin) {
  static const char http[] = "http://";
  return !strncmp(origin, http, sizeof http - 1) && !strcmp(origin + sizeof http - 1, gate->host);
}

/* True when the request may go on. */
static bool admit(st_gate *gate, const st_request *q, st_response *a) {
  bool get = !strcmp(q->method, "GET"), post = !strcmp(q->method, "POST");
  if (!q->host || strcmp(q->host, gate->host))
    plain(a, 403, "this server answers to its own address only");
  else if (q->origin && !own_origin(gate, q->origin))
    plain(a, 403, "not from another page");
  else if (!get && !post)
    plain(a, 405, "GET and POST only");
  else if (post && !q->origin)
    plain(a, 403, "a correction must come from the page");
  else if (get && !strcmp(q->path, "/") && q->token) {
    bool good = same_secret(q->token, strlen(q->token), gate->token) && !gate->used;
    if (!good && !has_session(gate, q->cookie))
      plain(a, 403, "this address was used already, or is of an earlier review; see the terminal");
    else {
      if (good) gate->used = true;
      plain(a, 303, "see /");
      a->enter = true;
    }
  } else if (!has_session(gate, q->cookie))
    plain(a, 403, "open the address that stance review printed");
  else
    return true;
  return false;
}

/* ---- the page and its state ---- */

static stance_status append(void *ctx, const void *bytes, size_t n, stance_error *err) {
  st_buf_add(ctx, bytes, n);
  return ((st_buf *)ctx)->failed ? st_fail_memory(err, "writing the page") : STANCE_OK;
}

static void page(stance_review *r, st_response *a) {
  st_style style;
  if (st_style_of(&style, r->model, false, 0, NULL) != STANCE_OK) {
    a->body.failed = true;
    return;
  }
  st_sink sink = {.write = append, .ctx = &a->body};
  st_html_begin(&sink.buf, &style, true);
  stance_status status = STANCE_OK;
  for (size_t i = 0; i < r->docs && status == STANCE_OK; i++)
    status = st_html_document(&sink, &style, r->doc[i].d, i);
  st_html_end(&sink.buf, &style);
  if (status != STANCE_OK || st_sink_flush(&sink, 0) != STANCE_OK) a->body.failed = true;
  st_buf_free(&sink.buf);
  st_style_free(&style);
  a->status = 200;
  a->type = "text/html; charset=utf-8";
}

static void field(st_buf *out, const char *name, const char *value) {
  st_buf_printf(out, ",\"%s\":", name);
  if (value)
    st_buf_json(out, value, strlen(value));
  else
    st_buf_puts(out, "null");
}

static void state(const stance_review *r, st_response *a) {
  st_buf *out = &a->body;
  st_buf_puts(out, "{\"articles\":[");
  for (size_t i = 0; i < r->docs; i++) st_buf_printf(out, "%s\"%s\"", i ? "," : "", r->doc[i].sha);
  st_buf_puts(out, "],\"corrections\":[");
  bool first = true;
  for (size_t i = 0; i < r->docs; i++)
    for (size_t k = 0; k < r->doc[i].d->n_sentences; k++) {
      stance_correction c;
      if (!stance_review_get(r, i, k, &c)) continue;
      st_buf_printf(out, "%s{\"article\":%zu,\"id\":\"s%zu\"", first ? "" : ",", i + 1, k + 1);
      field(out, "label", stance_model_label(r->model, 0, c.label));
      field(out, "state", c.state);
      field(out, "reason", c.reason);
      field(out, "annotator", c.annotator);
      field(out, "at", c.at);
      st_buf_putc(out, '}');
      first = false;
    }
  st_buf_puts(out, "],\"lost\":[");
  const char *line;
  for (size_t i = 0; (line = stance_review_lost(r, i)); i++) {
    if (i) st_buf_putc(out, ',');
    st_buf_json(out, line, strlen(line));
  }
  st_buf_puts(out, "]}\n");
  a->status = 200;
  a->type = "application/json";
}

/* ---- a correction comes in ---- */

/* The value, "" where there is none; NULL when it is no string or too long. */
static const char *text_field(const json_t *o, const char *key, size_t most) {
  const json_t *value = json_object_get(o, key);
  if (!value) return "";
  if (!json_is_string(value) || json_string_length(value) > most) return NULL;
  return json_string_value(value);
}

/* The document by its bytes, else by its name; then the sentence by its fingerprint. */
static bool find(const stance_review *r, const char *sha, const char *name, const char *fp,
                 size_t *document, size_t *sentence) {
  for (int by_name = 0; by_name < 2; by_name++)
    for (size_t i = 0; i < r->docs; i++) {
      if (strcmp(by_name ? r->doc[i].d->name : r->doc[i].sha, by_name ? name : sha)) continue;
      for (size_t k = 0; k < r->doc[i].d->n_sentences; k++)
        if (!strcmp(r->doc[i].fp[k], fp)) {
          *document = i;
          *sentence = k;
          return true;
        }
    }
  return false;
}

static void correct(stance_review *r, const json_t *o, st_response *a) {
  static const char *const states[] = {"confirmed", "changed", "skipped", "noted", "withdrawn"};
  const char *sha = text_field(o, "sha256", 64), *name = text_field(o, "doc", 4096);
  const char *fp = text_field(o, "fp", 31), *cid = text_field(o, "cid", 64);
  const char *reason = text_field(o, "reason", 4000), *who = text_field(o, "annotator", 200);
  const char *given = text_field(o, "state", 16);
  const json_t *label = json_object_get(o, "label");
  if (!sha || !name || !fp || !cid || !*cid || !reason || !who || !given ||
      !(json_is_null(label) || json_is_string(label))) {
    plain(a, 400, "not a correction: a field is missing, too long, or not a string");
    return;
  }
  int number =
      json_is_null(label) ? STANCE_NO_LABEL : st_label_number(r->model, json_string_value(label));
  size_t s = 0, document, sentence;
  while (s < 5 && strcmp(states[s], given)) s++;
  if (s == 5 || (s < 2) != (number >= 0)) {
    plain(a, 400, "not a correction: no such label or state");
    return;
  }
  if (!find(r, sha, name, fp, &document, &sentence)) {
    plain(a, 409, "this sentence is not in the text any more; load the page again");
    return;
  }
  stance_correction c = {.label = number, .state = states[s], .reason = reason, .annotator = who};
  stance_error err;
  if (st_desk_say(r, document, sentence, s == 4 ? NULL : &c, cid, &err) == STANCE_OK)
    plain(a, 200, "kept");
  else
    plain(a, 500, err.message);
}

static void take(stance_review *r, const st_request *q, st_response *a) {
  static const char json[] = "application/json";
  if (!q->mark || !q->type || strncmp(q->type, json, sizeof json - 1)) {
    plain(a, 415, "a correction is application/json with X-Stance");
    return;
  }
  if (q->body_len > ST_MAX_BODY) {
    plain(a, 413, "too long for a correction");
    return;
  }
  json_t *o = json_loadb(q->body ? q->body : "", q->body_len, JSON_REJECT_DUPLICATES, NULL);
  if (json_is_object(o))
    correct(r, o, a);
  else
    plain(a, 400, "not a JSON object");
  json_decref(o);
}

void st_review_answer(stance_review *r, st_gate *gate, const st_request *q, st_response *a) {
  *a = (st_response){0};
  if (!admit(gate, q, a)) return;
  bool get = !strcmp(q->method, "GET");
  if (!get && !strcmp(q->path, "/corrections"))
    take(r, q, a);
  else if (!get)
    plain(a, 404, "nothing here");
  else if (!strcmp(q->path, "/") || (!strcmp(q->path, "/state") && q->mark)) {
    stance_error err;
    if (st_desk_refresh(r, &err) != STANCE_OK)
      plain(a, 500, err.message);
    else if (q->path[1])
      state(r, a);
    else
      page(r, a);
  } else
    plain(a, 404, "nothing here");
  if (!a->body.failed) return;
  st_buf_free(&a->body);
  plain(a, 500, "out of memory");
}
