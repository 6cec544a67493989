/* desk.c: documents under review, and which correction belongs to which sentence.
 *
 * A correction is of a document of the same name or the same bytes, and of the sentence with its
 * fingerprint; where equal sentences changed in number, of one with the same words. What finds no
 * sentence is lost: kept in the file, and told. */
#include "review/review.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static const char *string_of(const json_t *object, const char *key) {
  const char *s = json_string_value(json_object_get(object, key));
  return s ? s : "";
}

int st_label_number(const stance_model *m, const char *name) {
  for (size_t k = 0; k < stance_model_labels(m, 0); k++)
    if (!strcmp(stance_model_label(m, 0, (int)k), name)) return (int)k;
  return STANCE_NO_LABEL;
}

/* ---- documents ---- */

static void free_document(st_desk_document *doc) {
  stance_document_free(doc->d);
  stance_text_free(doc->text);
  free(doc->fp);
  free(doc->said);
  free(doc->path);
  *doc = (st_desk_document){0};
}

static stance_status fingerprints(st_desk_document *doc, stance_error *err) {
  size_t n = doc->d->n_sentences;
  st_buf scratch = {0};
  st_occurrences seen = {0};
  doc->fp = st_calloc(n, sizeof *doc->fp);
  doc->said = st_calloc(n, sizeof *doc->said);
  bool ok = st_occurrences_init(&seen, n) && doc->fp && doc->said;
  for (size_t i = 0; ok && i < n; i++) {
    const stance_sentence *s = &doc->d->sentences[i];
    uint64_t fp = st_fingerprint(doc->d->text + s->start, s->end - s->start, &scratch);
    snprintf(doc->fp[i], sizeof doc->fp[i], "%016llx:%u", (unsigned long long)fp,
             st_occurrence(&seen, fp));
    ok = !scratch.failed;
  }
  st_occurrences_free(&seen);
  st_buf_free(&scratch);
  return ok ? STANCE_OK : st_fail_memory(err, "reading a document");
}

static stance_status read_document(const stance_review *r, const char *path, st_desk_document *out,
                                   stance_error *err) {
  *out = (st_desk_document){.path = strdup(path)};
  stance_status status = out->path ? STANCE_OK : st_fail_memory(err, "reading a document");
  struct stat sb;
  if (status == STANCE_OK && stat(path, &sb) == 0) {
    out->device = sb.st_dev;
    out->inode = sb.st_ino;
    out->size = sb.st_size;
    out->changed = sb.st_mtim;
  }
  if (status == STANCE_OK)
    status = stance_read_file(path, NULL, &r->options->read, &out->text, err);
  if (status == STANCE_OK)
    status = stance_classify_text(r->model, &r->options->classify, out->text, &out->d, err);
  if (status == STANCE_OK) status = fingerprints(out, err);
  if (status == STANCE_OK)
    st_sha256_hex(out->d->file, out->d->file_len, out->sha);
  else
    free_document(out);
  return status;
}

/* ---- which correction belongs to which sentence ---- */

static bool lose(stance_review *r, const json_t *c) {
  st_buf line = {0};
  st_text_plain(&line, string_of(c, "text"), strlen(string_of(c, "text")));
  st_buf_puts(&line, " (");
  st_buf_puts(&line, string_of(c, "label"));
  st_buf_putc(&line, ')');
  char **grown = line.failed ? NULL : st_realloc_array(r->lost, r->n_lost + 1, sizeof *grown);
  if (!grown) {
    st_buf_free(&line);
    return false;
  }
  r->lost = grown;
  r->lost[r->n_lost++] = line.data;
  return true;
}

/* The sentence the fingerprint names; else the first of the same words that nothing was said of;
 * else their number. */
static size_t find_sentence(const st_desk_document *doc, const char *fp, bool exact) {
  size_t n = doc->d->n_sentences, words = strcspn(fp, ":") + 1;
  for (size_t i = 0; i < n; i++)
    if (exact ? !strcmp(doc->fp[i], fp) : !strncmp(doc->fp[i], fp, words) && !doc->said[i])
      return i;
  return n;
}

/* last: fingerprint to the last correction of it. */
static bool attach(stance_review *r, st_desk_document *doc, const json_t *last) {
  memset(doc->said, 0, doc->d->n_sentences * sizeof *doc->said);
  const char *fp;
  json_t *c;
  for (int exact = 1; exact >= 0; exact--)
    json_object_foreach ((json_t *)last, fp, c) {
      if (!strcmp(string_of(c, "state"), "withdrawn")) continue;
      size_t i = find_sentence(doc, fp, true), n = doc->d->n_sentences;
      if (!exact && i < n) continue; /* found in the first round */
      if (!exact) i = find_sentence(doc, fp, false);
      if (i < n)
        doc->said[i] = c;
      else if (!exact && !json_is_null(json_object_get(c, "label")) && !lose(r, c))
        return false;
    }
  return true;
}

static stance_status attach_all(stance_review *r, stance_error *err) {
  for (size_t i = 0; i < r->n_lost; i++) free(r->lost[i]);
  r->n_lost = 0;
  bool ok = true;
  for (size_t k = 0; k < r->docs && ok; k++) {
    st_desk_document *doc = &r->doc[k];
    json_t *last = json_object();
    ok = last != NULL;
    for (size_t i = 0; ok && i < json_array_size(r->store.all); i++) {
      json_t *c = json_array_get(r->store.all, i);
      const char *fp = string_of(c, "fp");
      if (strcmp(string_of(c, "type"), "correction") || !*fp) continue;
      if (strcmp(string_of(c, "doc"), doc->d->name) && strcmp(string_of(c, "sha256"), doc->sha))
        continue;
      if (json_object_get(last, fp)) r->store.dirty = true;
      ok = json_object_set(last, fp, c) == 0;
    }
    ok = ok && attach(r, doc, last);
    json_decref(last);
  }
  return ok ? STANCE_OK : st_fail_memory(err, "reading corrections");
}

/* ---- the review ---- */

stance_status stance_review_open(const stance_model *model, const stance_review_options *options,
                                 const char *const *paths, size_t n, stance_review **out,
                                 stance_error *err) {
  *out = NULL;
  stance_review *r = calloc(1, sizeof *r);
  if (!r) return st_fail_memory(err, "opening a review");
  r->model = model;
  r->options = options;
  r->store.fd = -1;
  r->doc = st_calloc(n, sizeof *r->doc);
  stance_status status = r->doc ? STANCE_OK : st_fail_memory(err, "opening a review");
  for (; status == STANCE_OK && r->docs < n; r->docs += status == STANCE_OK)
    status = read_document(r, paths[r->docs], &r->doc[r->docs], err);
  const char *file = options->corrections ? options->corrections : "corrections.jsonl";
  if (status == STANCE_OK) status = st_store_open(file, &r->store, err);
  if (status == STANCE_OK) status = attach_all(r, err);
  if (status == STANCE_OK)
    *out = r;
  else {
    r->store.dirty = false;
    stance_review_close(r, NULL);
  }
  return status;
}

static bool same_file(const st_desk_document *doc) {
  struct stat sb;
  return stat(doc->path, &sb) != 0 ||
         (sb.st_dev == doc->device && sb.st_ino == doc->inode && sb.st_size == doc->size &&
          sb.st_mtim.tv_sec == doc->changed.tv_sec && sb.st_mtim.tv_nsec == doc->changed.tv_nsec);
}

stance_status st_desk_refresh(stance_review *r, stance_error *err) {
  bool any = false;
  for (size_t i = 0; i < r->docs; i++) {
    st_desk_document fresh;
    if (same_file(&r->doc[i]) || read_document(r, r->doc[i].path, &fresh, err) != STANCE_OK)
      continue;
    free_document(&r->doc[i]);
    r->doc[i] = fresh;
    any = true;
  }
  return any ? attach_all(r, err) : STANCE_OK;
}

size_t stance_review_documents(const stance_review *review) {
  return review->docs;
}

const stance_document *stance_review_document(const stance_review *review, size_t i) {
  return i < review->docs ? review->doc[i].d : NULL;
}

const char *stance_review_lost(const stance_review *review, size_t i) {
  return i < review->n_lost ? review->lost[i] : NULL;
}

bool stance_review_get(const stance_review *review, size_t document, size_t sentence,
                       stance_correction *out) {
  if (document >= review->docs || sentence >= review->doc[document].d->n_sentences) return false;
  const json_t *c = review->doc[document].said[sentence];
  if (!c) return false;
  const char *label = json_string_value(json_object_get(c, "label"));
  const char *state = string_of(c, "state");
  int number = label ? st_label_number(review->model, label) : STANCE_NO_LABEL;
  if (!*state) /* exported by the static page, which writes none */
    state = !strcmp(string_of(c, "predicted"), label ? label : "") ? "confirmed" : "changed";
  *out = (stance_correction){.label = number,
                             .state = state,
                             .reason = string_of(c, "reason"),
                             .annotator = string_of(c, "annotator"),
                             .at = string_of(c, "at")};
  return true;
}

static void now(char out[32]) {
  struct tm tm;
  time_t t = time(NULL);
  gmtime_r(&t, &tm);
  strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/* One record of §"correction" in the manual of formats. */
static json_t *record(const stance_review *r, const st_desk_document *doc, size_t i,
                      const stance_correction *said, const char *cid) {
  const stance_sentence *s = &doc->d->sentences[i];
  char id[32], at[32];
  snprintf(id, sizeof id, "s%zu", i + 1);
  now(at);
  const char *label = said ? stance_model_label(r->model, 0, said->label) : NULL;
  const char *predicted = s->label >= 0 ? stance_model_label(r->model, 0, s->label) : "unsure";
  json_t *o = json_pack("{ss,ss,ss,ss,ss,ss,ss%,ss,ss,sf,ss?,ss,ss,ss,ss}", "type", "correction",
                        "schema", "stance-correction/1", "doc", doc->d->name, "sha256", doc->sha,
                        "id", id, "fp", doc->fp[i], "text", doc->d->text + s->start,
                        s->end - s->start, "model", stance_model_name(r->model), "predicted",
                        predicted, "confidence", (double)s->confidence, "label", label, "reason",
                        said && said->reason ? said->reason : "", "annotator",
                        said && said->annotator ? said->annotator : "", "at", at, "state",
                        said ? said->state : "withdrawn");
  if (o && *cid) json_object_set_new(o, "cid", json_string(cid));
  return o;
}

stance_status st_desk_say(stance_review *r, size_t document, size_t sentence,
                          const stance_correction *said, const char *cid, stance_error *err) {
  if (document >= r->docs || sentence >= r->doc[document].d->n_sentences)
    return st_fail(err, STANCE_ERR_USAGE, "no such sentence");
  if (*cid && json_object_get(r->store.cids, cid)) return STANCE_OK; /* said before, and kept */
  st_desk_document *doc = &r->doc[document];
  json_t *o = record(r, doc, sentence, said, cid);
  if (!o) return st_fail_memory(err, "writing a correction");
  ST_TRY(st_store_append(&r->store, o, err));
  if (doc->said[sentence] || !said) r->store.dirty = true;
  doc->said[sentence] = said ? o : NULL;
  return STANCE_OK;
}

stance_status stance_review_set(stance_review *review, size_t document, size_t sentence,
                                const stance_correction *correction, stance_error *err) {
  return st_desk_say(review, document, sentence, correction, "", err);
}

stance_status stance_review_close(stance_review *review, stance_error *err) {
  if (!review) return STANCE_OK;
  st_server_stop(review->server);
  stance_status status = STANCE_OK;
  if (review->store.fd >= 0) status = st_store_compact(&review->store, err);
  st_store_close(&review->store);
  for (size_t i = 0; i < review->docs; i++) free_document(&review->doc[i]);
  for (size_t i = 0; i < review->n_lost; i++) free(review->lost[i]);
  free(review->lost);
  free(review->doc);
  free(review);
  return status;
}
