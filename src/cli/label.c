/* label.c: the review in a terminal: one sentence at a time, least sure first, with the page's
 * keys. Every decision is on the disk before the next sentence is shown; a later run goes on from
 * there. */
#include "cli/cli.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

typedef struct {
  size_t document, sentence;
} place;

typedef struct {
  place at;
  bool said; /* what was said before; its strings are owned */
  int label;
  char *state, *reason;
} change;

typedef struct {
  const settings *s;
  const stance_model *model;
  stance_review *review;
  place *order; /* [n]: least sure first */
  size_t n, at;
  change *past; /* [changes], for undo */
  size_t changes;
  const char *who;
  char remark[256];
} desk;

/* ---- the terminal ---- */

static struct termios cooked;
static volatile sig_atomic_t ended_by;

static void on_signal(int sig) {
  ended_by = sig;
}

static void raw_terminal(bool raw) {
  struct termios t = cooked;
  if (raw) {
    t.c_lflag &= (tcflag_t) ~(ICANON | ECHO);
    t.c_cc[VMIN] = 1;
    t.c_cc[VTIME] = 0;
    t.c_cc[VSUSP] = _POSIX_VDISABLE; /* Ctrl-Z is undo, as on the page */
  }
  tcsetattr(STDIN_FILENO, TCSADRAIN, &t);
}

enum { KEY_UP = 256, KEY_DOWN, KEY_NONE, KEY_END };

static int read_key(void) {
  unsigned char c[8];
  ssize_t n = read(STDIN_FILENO, c, sizeof c);
  if (n <= 0 || ended_by) return KEY_END;
  if (c[0] != 27) return c[0];
  if (n >= 3 && (c[1] == '[' || c[1] == 'O'))
    return c[2] == 'A' ? KEY_UP : c[2] == 'B' ? KEY_DOWN : KEY_NONE;
  return KEY_NONE;
}

/* A line typed by hand, "" for none. */
static void read_line(const char *prompt, char *out, int room) {
  raw_terminal(false);
  printf("%s", prompt);
  fflush(stdout);
  int n = 0;
  char c;
  while (read(STDIN_FILENO, &c, 1) == 1 && c != '\n')
    if (n + 1 < room) out[n++] = c;
  out[n] = 0;
  raw_terminal(true);
}

/* ---- what is shown ---- */

/* The report begins with a line of figures and an empty one, which one sentence does not need. */
typedef struct {
  int newlines;
} skip;

static stance_status print(void *ctx, const void *bytes, size_t n, stance_error *err) {
  (void)err;
  skip *k = ctx;
  const char *s = bytes;
  while (n && k->newlines < 2) k->newlines += *s++ == '\n', n--;
  fwrite(s, 1, n, stdout);
  return STANCE_OK;
}

static void show_sentence(const desk *k, place p, bool explain) {
  const stance_document *d = stance_review_document(k->review, p.document);
  stance_document one = *d;
  stance_sentence sentence = d->sentences[p.sentence];
  stance_correction c;
  if (stance_review_get(k->review, p.document, p.sentence, &c) && c.label >= 0)
    sentence.label = c.label; /* its tag; the reasons stay those of the model */
  one.sentences = &sentence;
  one.n_sentences = 1;
  stance_report_options o = {.format = "text",
                             .color = use_color(k->s->color, STDOUT_FILENO),
                             .width = terminal_width(STDOUT_FILENO),
                             .article = true,
                             .explain = explain};
  skip begin = {0};
  stance_report_document(k->model, &o, &one, 0, print, &begin, NULL);
}

static bool is_reviewed(const desk *k, place p) {
  stance_correction c;
  return stance_review_get(k->review, p.document, p.sentence, &c) && c.label >= 0;
}

static size_t reviewed(const desk *k) {
  size_t n = 0;
  for (size_t i = 0; i < k->n; i++) n += is_reviewed(k, k->order[i]);
  return n;
}

static void show(const desk *k) {
  place p = k->order[k->at];
  const stance_document *d = stance_review_document(k->review, p.document);
  stance_correction c;
  bool said = stance_review_get(k->review, p.document, p.sentence, &c);
  printf("\033[H\033[2J%s:%u   sentence %zu   %zu of %zu reviewed%s%s\n\n", d->name,
         d->sentences[p.sentence].line, p.sentence + 1, reviewed(k), k->n, said ? "   " : "",
         said ? c.state : "");
  place beside = p;
  if (p.sentence > 0) beside.sentence--, show_sentence(k, beside, false), putchar('\n');
  show_sentence(k, p, true);
  if (said && *c.reason) printf("        reason: %s\n", c.reason);
  putchar('\n');
  beside.sentence = p.sentence + 1;
  if (beside.sentence < d->n_sentences) show_sentence(k, beside, false);
  putchar('\n');
  for (size_t i = 0; i < stance_model_labels(k->model, 0) && i < 9; i++)
    printf("%zu %s   ", i + 1, stance_model_label(k->model, 0, (int)i));
  printf(
      "\nEnter confirm   j k next, previous   n least sure   u undo   f skip   r reason   / search"
      "   q quit\n");
  if (*k->remark) printf("\n%s\n", k->remark);
  fflush(stdout);
}

/* ---- decisions ---- */

static bool remember(desk *k, place p) {
  change *grown = realloc(k->past, (k->changes + 1) * sizeof *grown);
  if (!grown) return false;
  k->past = grown;
  stance_correction c;
  change *h = &grown[k->changes];
  *h = (change){.at = p, .said = stance_review_get(k->review, p.document, p.sentence, &c)};
  if (h->said) {
    h->label = c.label;
    h->state = strdup(c.state);
    h->reason = strdup(c.reason);
    if (!h->state || !h->reason) return false;
  }
  k->changes++;
  return true;
}

static bool decide(desk *k, int label, const char *state, const char *reason) {
  place p = k->order[k->at];
  stance_correction c, old = {.reason = ""};
  stance_error err = {.message = "out of memory"};
  if (!reason && stance_review_get(k->review, p.document, p.sentence, &old)) reason = old.reason;
  char *copy = strdup(reason ? reason : "");
  c = (stance_correction){.label = label, .state = state, .reason = copy, .annotator = k->who};
  bool ok = copy && remember(k, p) &&
            stance_review_set(k->review, p.document, p.sentence, &c, &err) == STANCE_OK;
  if (!ok) snprintf(k->remark, sizeof k->remark, "not kept: %.200s", err.message);
  free(copy);
  return ok;
}

/* The next that nothing was decided of, from `from` on; k->n if there is none. */
static size_t next_open(const desk *k, size_t from) {
  for (size_t i = 0; i < k->n; i++) {
    size_t at = (from + i) % k->n;
    stance_correction c;
    if (!stance_review_get(k->review, k->order[at].document, k->order[at].sentence, &c)) return at;
  }
  for (size_t i = 0; i < k->n; i++) /* then what was skipped */
    if (!is_reviewed(k, k->order[i]) && i != k->at) return i;
  return k->n;
}

static void advance(desk *k) {
  size_t next = next_open(k, k->at + 1);
  if (next < k->n)
    k->at = next;
  else
    snprintf(k->remark, sizeof k->remark, "All is reviewed. q ends.");
}

static void label_as(desk *k, int label) {
  place p = k->order[k->at];
  int predicted = stance_review_document(k->review, p.document)->sentences[p.sentence].label;
  if (decide(k, label, label == predicted ? "confirmed" : "changed", NULL)) advance(k);
}

static void confirm(desk *k) {
  place p = k->order[k->at];
  stance_correction c;
  int label = stance_review_document(k->review, p.document)->sentences[p.sentence].label;
  if (stance_review_get(k->review, p.document, p.sentence, &c) && c.label >= 0) label = c.label;
  if (label >= 0)
    label_as(k, label);
  else
    snprintf(k->remark, sizeof k->remark, "Unsure: choose a label.");
}

static void undo(desk *k) {
  if (!k->changes) {
    snprintf(k->remark, sizeof k->remark, "Nothing to undo.");
    return;
  }
  change h = k->past[--k->changes];
  stance_correction c = {
      .label = h.label, .state = h.state, .reason = h.reason, .annotator = k->who};
  stance_error err;
  if (stance_review_set(k->review, h.at.document, h.at.sentence, h.said ? &c : NULL, &err) !=
      STANCE_OK)
    snprintf(k->remark, sizeof k->remark, "not kept: %.200s", err.message);
  free(h.state);
  free(h.reason);
  for (size_t i = 0; i < k->n; i++)
    if (k->order[i].document == h.at.document && k->order[i].sentence == h.at.sentence) k->at = i;
}

static void give_reason(desk *k) {
  place p = k->order[k->at];
  stance_correction c;
  char line[1000];
  read_line("\nReason: ", line, sizeof line);
  bool said = stance_review_get(k->review, p.document, p.sentence, &c);
  if (*line) decide(k, said ? c.label : STANCE_NO_LABEL, said ? c.state : "noted", line);
}

static void search(desk *k) {
  char line[200];
  read_line("\nSearch: ", line, sizeof line);
  size_t len = strlen(line);
  for (size_t i = 1; len && i <= k->n; i++) {
    size_t at = (k->at + i) % k->n;
    const stance_document *d = stance_review_document(k->review, k->order[at].document);
    const stance_sentence *s = &d->sentences[k->order[at].sentence];
    for (size_t b = s->start; b + len <= s->end; b++)
      if (!memcmp(d->text + b, line, len)) {
        k->at = at;
        return;
      }
  }
  if (len) snprintf(k->remark, sizeof k->remark, "not found: %s", line);
}

static bool act(desk *k, int key) {
  k->remark[0] = 0;
  if (key >= '1' && key <= '9' && key - '1' < (int)stance_model_labels(k->model, 0)) {
    label_as(k, key - '1');
    return true;
  }
  switch (key) {
  case 'q':
  case KEY_END: return false;
  case '\r':
  case '\n': confirm(k); break;
  case 'j':
  case KEY_DOWN: k->at += k->at + 1 < k->n; break;
  case 'k':
  case KEY_UP: k->at -= k->at > 0; break;
  case 'n': {
    size_t next = next_open(k, 0);
    if (next < k->n) k->at = next;
    break;
  }
  case 'u':
  case 26: undo(k); break;
  case 'f':
    if (decide(k, STANCE_NO_LABEL, "skipped", NULL)) advance(k);
    break;
  case 'r': give_reason(k); break;
  case '/': search(k); break;
  default: break;
  }
  return true;
}

/* ---- the whole ---- */

static const stance_sentence *sentence_at(const desk *k, place p) {
  return &stance_review_document(k->review, p.document)->sentences[p.sentence];
}

/* Heap sort: qsort has no room for the desk, whose sentences are compared. */
static bool before(const desk *k, place a, place b) {
  float x = sentence_at(k, a)->confidence, y = sentence_at(k, b)->confidence;
  if (x != y) return x < y;
  return a.document != b.document ? a.document < b.document : a.sentence < b.sentence;
}

static void sift(desk *k, size_t root, size_t n) {
  for (size_t child; (child = 2 * root + 1) < n; root = child) {
    if (child + 1 < n && before(k, k->order[child], k->order[child + 1])) child++;
    if (!before(k, k->order[root], k->order[child])) return;
    place t = k->order[root];
    k->order[root] = k->order[child];
    k->order[child] = t;
  }
}

static bool make_order(desk *k) {
  size_t all = 0;
  for (size_t i = 0; i < stance_review_documents(k->review); i++)
    all += stance_review_document(k->review, i)->n_sentences;
  k->order = calloc(all + 1, sizeof *k->order);
  if (!k->order) return false;
  for (size_t i = 0; i < stance_review_documents(k->review); i++)
    for (size_t s = 0; s < stance_review_document(k->review, i)->n_sentences; s++)
      if (sentence_at(k, (place){i, s})->best >= 0) k->order[k->n++] = (place){i, s};
  for (size_t i = k->n / 2; i-- > 0;) sift(k, i, k->n);
  for (size_t i = k->n; i-- > 1;) {
    place t = k->order[0];
    k->order[0] = k->order[i];
    k->order[i] = t;
    sift(k, 0, i);
  }
  return true;
}

static void work(desk *k) {
  struct sigaction sa = {.sa_handler = on_signal};
  sigemptyset(&sa.sa_mask);
  sigaction(SIGINT, &sa, NULL);
  sigaction(SIGTERM, &sa, NULL);
  sigaction(SIGHUP, &sa, NULL);
  tcgetattr(STDIN_FILENO, &cooked);
  raw_terminal(true);
  fputs("\033[?1049h", stdout);
  size_t first = next_open(k, 0);
  if (first < k->n) k->at = first;
  do show(k);
  while (act(k, read_key()));
  fputs("\033[?1049l", stdout);
  fflush(stdout);
  raw_terminal(false);
  printf("%zu of %zu sentences reviewed; corrections are in %s\n", reviewed(k), k->n,
         k->s->output ? k->s->output : "corrections.jsonl");
}

static int label_all(desk *k) {
  if (!make_order(k)) {
    say("out of memory");
    return EXIT_INTERNAL;
  }
  tell_lost(k->s, k->review);
  if (k->n)
    work(k);
  else
    say("there is no sentence to label");
  for (size_t i = 0; i < k->changes; i++) {
    free(k->past[i].state);
    free(k->past[i].reason);
  }
  free(k->past);
  free(k->order);
  return EXIT_DONE;
}

int run_label(const settings *s) {
  if (!s->operands && !s->files_from) {
    say("label needs a file: stance label story.txt");
    return EXIT_USAGE;
  }
  if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
    say("label needs a terminal; 'stance review' opens a page, 'stance classify' writes a report");
    return EXIT_USAGE;
  }
  stance_model *model = open_model(s);
  if (!model) return EXIT_USAGE;
  stance_review_options options;
  stance_error err;
  const char *user = getenv("USER");
  desk k = {.s = s, .model = model, .who = s->annotator ? s->annotator : user ? user : ""};
  int status = open_review(s, model, &options, &k.review);
  if (!status) status = label_all(&k);
  if (stance_review_close(k.review, &err) != STANCE_OK) status = graver(status, say_error(&err));
  stance_model_free(model);
  if (ended_by) { /* as whoever sent it expects */
    signal(ended_by, SIG_DFL);
    raise(ended_by);
  }
  return status;
}
