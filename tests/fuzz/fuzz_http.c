/* fuzz_http.c: whatever is asked of the review server: no crash, a status of its own, nothing kept
 * that was not a correction of a sentence there.
 *
 * The input is lines: method, path, host, origin, cookie, content type, X-Stance, token, and the
 * rest is the body; an empty line is a header that was not sent, "=" the right one. */
#include <stddef.h>

static const char *const fuzz_dictionary[] = {
    "GET\n/\n=\n=\n=\n=\n=\n\n",
    "POST\n/corrections\n=\n=\n=\n=\n=\n\n",
    "/state\n",
    "=\n",
    "\n",
    "{\"sha256\":\"",
    "\",\"doc\":\"",
    "\",\"fp\":\"",
    "\",\"cid\":\"c1\",\"state\":\"changed\",\"label\":\"advocacy\"}",
    "\"state\":\"withdrawn\",\"label\":null",
    "null",
    "\\u0000",
    "{}",
    "[",
    "\"reason\":\"",
    NULL};
#include "driver.h"

#include <unistd.h>

#include "review/review.h"

static stance_model *model;
static stance_review *review;
static stance_review_options options;
static char folder[] = "/tmp/stance-fuzz-XXXXXX", path[64], kept[64];

static void start(void) {
  stance_error e;
  stance_dataset *rows = NULL;
  stance_train_options train;
  stance_train_options_default(&train);
  train.bits = 10;
  train.folds = 0;
  FUZZ_CHECK(stance_dataset_new(&rows, &e) == STANCE_OK &&
             stance_dataset_read(rows, "tests/data/tiny.tsv", NULL, &e) == STANCE_OK &&
             stance_train(rows, &train, &model, NULL, &e) == STANCE_OK);
  stance_dataset_free(rows);
  FUZZ_CHECK(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/a.txt", folder);
  snprintf(kept, sizeof kept, "%s/kept.jsonl", folder);
  static const char text[] = "It could rain.\n\nWe must act now.\n";
  FUZZ_CHECK(st_file_replace(path, text, sizeof text - 1, &e) == STANCE_OK);
  stance_options_default(&options.classify);
  options.corrections = kept;
  const char *paths[] = {path};
  FUZZ_CHECK(stance_review_open(model, &options, paths, 1, &review, &e) == STANCE_OK);
}

/* The next line; "=" is the right answer, an empty one NULL. */
static char *line(char **at, char *right) {
  char *s = *at, *end = strchr(s, '\n');
  *at = end ? end + 1 : s + strlen(s);
  if (end) *end = 0;
  return !strcmp(s, "=") ? right : *s ? s : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (!review) start();
  st_gate gate = {.host = "127.0.0.1:4321", .token = "t0", .session = "s0"};
  char *text = malloc(size + 1), *at = text;
  FUZZ_CHECK(text);
  if (size) memcpy(text, data, size);
  text[size] = 0;
  st_request q = {.method = line(&at, "GET"), .path = line(&at, "/")};
  q.host = line(&at, gate.host);
  q.origin = line(&at, "http://127.0.0.1:4321");
  q.cookie = line(&at, "stance_4321=s0");
  q.type = line(&at, "application/json");
  q.mark = line(&at, "review");
  q.token = line(&at, "t0");
  q.body = at;
  q.body_len = size - (size_t)(at - text);
  if (!q.method) q.method = "";
  if (!q.path) q.path = "";
  size_t before = json_array_size(review->store.all);
  st_response a;
  st_review_answer(review, &gate, &q, &a);
  FUZZ_CHECK(a.status >= 200 && a.status < 600 && a.type && !a.body.failed);
  FUZZ_CHECK(json_array_size(review->store.all) <= before + (a.status == 200));
  FUZZ_CHECK(!a.enter || a.status == 303);
  st_buf_free(&a.body);
  free(text);
  return 0;
}

__attribute__((destructor)) static void finish(void) {
  if (!review) return;
  stance_review_close(review, NULL);
  stance_model_free(model);
  unlink(path);
  unlink(kept);
  rmdir(folder);
}
