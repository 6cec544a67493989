/* bench-linear.c: what tools/bench-linear and tools/check-liblinear drive: makes a hashed matrix,
 * writes it for liblinear, trains on it, prints time, objective and memory.
 *
 *     bench-linear DATA GRAMS dump FILE [LABEL]      libsvm format; LABEL: that one against the
 * rest bench-linear DATA GRAMS train OPTION=VALUE...  loss C tolerance threads solver repeat binary
 *     bench-linear DATA GRAMS stats
 *
 * DATA: a TSV with the columns `stance` and `text`, or gen:ROWS for sentences of invented words
 * with Zipf's frequencies. GRAMS: words (word 1-2-grams) or all (word 1-3-grams and character
 * 3-5-grams), hashed to 2^20 columns, binary, rows of length one. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <xxhash.h>

#include "linear/linear.h"

enum { BITS = 20, MAX_CLASSES = 64, MAX_WORDS = 400 };

typedef struct {
  st_matrix x;
  uint64_t *start;
  uint32_t *col;
  float *scale;
  int32_t *label;
  size_t classes, cap_rows, cap_col;
  char names[MAX_CLASSES][64];
} data;

static bool in_word(char ch) {
  unsigned c = (unsigned char)ch;
  return (c | 32) - 'a' < 26u || c - '0' < 10u || c >= 128;
}

static void die(const char *what) {
  fprintf(stderr, "bench-linear: %s\n", what);
  exit(1);
}

static int by_column(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

static void add_gram(data *d, size_t *n, uint64_t hash) {
  if (!st_reserve(&d->col, &d->cap_col, *n + 1, sizeof *d->col)) die("out of memory");
  d->col[(*n)++] = (uint32_t)(hash >> (64 - BITS));
}

static void add_row(data *d, const char *text, size_t len, const char *label, size_t label_len,
                    bool all) {
  size_t k = 0, i = d->x.rows;
  while (k < d->classes &&
         (strlen(d->names[k]) != label_len || memcmp(d->names[k], label, label_len)))
    k++;
  if (k == d->classes) {
    if (k == MAX_CLASSES || label_len > 63) die("too many labels");
    memcpy(d->names[d->classes++], label, label_len);
  }
  if (i + 2 > d->cap_rows) {
    d->cap_rows = d->cap_rows * 2 + 1024;
    d->start = st_realloc_array(d->start, d->cap_rows, sizeof *d->start);
    d->scale = st_realloc_array(d->scale, d->cap_rows, sizeof *d->scale);
    d->label = st_realloc_array(d->label, d->cap_rows, sizeof *d->label);
    if (!d->start || !d->scale || !d->label) die("out of memory");
  }
  size_t from = i ? d->start[i] : 0, n = from, words = 0;
  uint64_t word[MAX_WORDS];
  for (size_t b = 0; b < len && words < MAX_WORDS;) {
    size_t e = b + 1;
    if (in_word(text[b]))
      while (e < len && in_word(text[e])) e++;
    if (text[b] != ' ') {
      char low[256];
      size_t m = e - b < 254 ? e - b : 254;
      for (size_t t = 0; t < m; t++) {
        char ch = text[b + t];
        low[t + 1] = (char)(ch >= 'A' && ch <= 'Z' ? ch | 32 : ch);
      }
      low[0] = low[m + 1] = ' ';
      word[words++] = XXH3_64bits(low + 1, m);
      for (size_t g = 3; all && g <= 5; g++)
        for (size_t t = 0; t + g <= m + 2; t++)
          add_gram(d, &n, XXH3_64bits_withSeed(low + t, g, g));
    }
    b = e;
  }
  for (size_t w = 0; w < words; w++)
    for (size_t g = 1; g <= (all ? 3u : 2u) && w + g <= words; g++)
      add_gram(d, &n, XXH3_64bits_withSeed(word + w, g * sizeof *word, 7));
  qsort(d->col + from, n - from, sizeof *d->col, by_column);
  size_t kept = from;
  for (size_t t = from; t < n; t++)
    if (kept == from || d->col[kept - 1] != d->col[t]) d->col[kept++] = d->col[t];
  d->label[i] = (int32_t)k;
  d->scale[i] = kept > from ? (float)(1 / sqrt((double)(kept - from))) : 1;
  d->start[i] = from, d->start[i + 1] = kept;
  d->x.rows++;
}

static uint64_t state = 1;
static double uniform(void) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (double)(state >> 11) / 9007199254740992.0;
}

/* Words w0, w1, ... with Zipf's frequencies; some words lean to a label. */
static void generate(data *d, size_t rows, bool all) {
  char text[4096], label[2] = "a";
  for (size_t i = 0; i < rows; i++) {
    size_t len = 0, words = 8 + (size_t)(uniform() * 40);
    unsigned k = (unsigned)(uniform() * 4);
    label[0] = (char)('a' + k);
    for (size_t w = 0; w < words; w++) {
      unsigned id = (unsigned)(exp(uniform() * 11.5) - 1);
      if (id % 4 != k && id > 40 && uniform() < 0.3) id = id / 4 * 4 + k;
      len += (size_t)snprintf(text + len, sizeof text - len, "%s%x%c ", id % 3 ? "w" : "re",
                              id * 2654435761u >> 12, 'a' + id % 26);
    }
    add_row(d, text, len, label, 1, all);
  }
}

static void read_tsv(data *d, const char *path, bool all) {
  st_file f;
  stance_error e;
  if (st_file_open(path, &f, &e) != STANCE_OK) die(e.message);
  int stance = -1, text = -1;
  for (const char *p = f.data, *end = f.data + f.len; p < end;) {
    const char *eol = memchr(p, '\n', (size_t)(end - p)), *field[16];
    if (!eol) eol = end;
    int n = 0;
    for (const char *q = p; n < 15; n++) {
      field[n] = q;
      q = memchr(q, '\t', (size_t)(eol - q));
      if (!q) {
        n++;
        break;
      }
      q++;
    }
    field[n] = eol + 1;
#define LENGTH(i) ((size_t)(field[(i) + 1] - 1 - field[i]))
    if (stance < 0) {
      for (int t = 0; t < n; t++) {
        if (LENGTH(t) == 6 && !memcmp(field[t], "stance", 6)) stance = t;
        if (LENGTH(t) == 4 && !memcmp(field[t], "text", 4)) text = t;
      }
      if (stance < 0 || text < 0) die("no columns `stance` and `text`");
    } else if (stance < n && text < n) {
      add_row(d, field[text], LENGTH(text), field[stance], LENGTH(stance), all);
    }
    p = eol + 1;
  }
  st_file_close(&f);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double status_mb(const char *key) {
  FILE *f = fopen("/proc/self/status", "r");
  char line[256];
  double kb = 0;
  while (f && fgets(line, sizeof line, f))
    if (!strncmp(line, key, strlen(key))) kb = atof(line + strlen(key));
  if (f) fclose(f);
  return kb / 1024;
}

static void dump(const data *d, const char *path, const char *label) {
  FILE *f = fopen(path, "w");
  if (!f) die("cannot write the dump");
  for (size_t i = 0; i < d->x.rows; i++) {
    const char *name = d->names[d->label[i]];
    if (label)
      fprintf(f, "%d", strcmp(name, label) ? -1 : 1);
    else
      fprintf(f, "%d", d->label[i]);
    for (uint64_t e = d->start[i]; e < d->start[i + 1]; e++)
      fprintf(f, " %u:%.9g", d->col[e] + 1, (double)d->scale[i]);
    putc('\n', f);
  }
  if (fclose(f)) die("cannot write the dump");
}

static bool show(void *ctx, int iteration, double objective, double norm) {
  (void)ctx;
  fprintf(stderr, "%4d %.9g %.4g\n", iteration, objective, norm);
  return true;
}

static int by_double(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void train(data *d, int argc, char **argv) {
  st_train_params p = {.C = 1, .threads = 1};
  int repeat = 1;
  const char *binary = NULL;
  for (int a = 0; a < argc; a++) {
    char *eq = strchr(argv[a], '=');
    if (!eq) die("expected OPTION=VALUE");
    const char *v = eq + 1;
    *eq = 0;
    if (!strcmp(argv[a], "loss"))
      p.loss = !strcmp(v, "svm") ? ST_LOSS_SVM : ST_LOSS_LOGISTIC;
    else if (!strcmp(argv[a], "C"))
      p.C = atof(v);
    else if (!strcmp(argv[a], "tolerance"))
      p.tolerance = atof(v);
    else if (!strcmp(argv[a], "max"))
      p.max_iterations = atoi(v);
    else if (!strcmp(argv[a], "threads"))
      p.threads = atoi(v);
    else if (!strcmp(argv[a], "repeat"))
      repeat = atoi(v) < 99 ? atoi(v) : 99;
    else if (!strcmp(argv[a], "binary"))
      binary = v;
    else if (!strcmp(argv[a], "verbose"))
      p.progress = show;
    else if (!strcmp(argv[a], "solver"))
      p.solver = !strcmp(v, "tron")    ? ST_SOLVER_TRON
                 : !strcmp(v, "lbfgs") ? ST_SOLVER_LBFGS
                                       : ST_SOLVER_AUTO;
    else
      die("unknown option");
  }
  size_t classes = d->classes;
  if (binary) {
    for (size_t i = 0; i < d->x.rows; i++) d->label[i] = !strcmp(d->names[d->label[i]], binary);
    classes = 2;
  }
  double times[100];
  st_train_report r = {0};
  uint64_t hash = 0;
  double before = status_mb("VmRSS:");
  for (int t = 0; t < repeat; t++) {
    st_weights w;
    stance_error e;
    double from = now();
    if (st_linear_train(&d->x, d->label, classes, &p, NULL, &w, &r, &e) != STANCE_OK)
      die(e.message);
    times[t] = now() - from;
    hash = XXH3_64bits(w.sparse, w.cols * classes * sizeof *w.sparse);
    st_weights_free(&w);
  }
  qsort(times, (size_t)repeat, sizeof *times, by_double);
  printf("seconds=%.4f best=%.4f objective=%.8g gradient=%.3g iterations=%d converged=%d "
         "before_mb=%.1f peak_mb=%.1f "
         "matrix_mb=%.1f weights=%016llx\n",
         times[repeat / 2], times[0], r.objective, r.gradient_norm / r.start_norm, r.iterations,
         r.converged, before, status_mb("VmHWM:"),
         (double)d->start[d->x.rows] * 4 / 1048576 + (double)d->x.rows * 16 / 1048576,
         (unsigned long long)hash);
}

/* Rows, columns in use, nonzeros; and what is left when columns of equal rows are one. */
static void stats(const data *d) {
  size_t cols = d->x.cols, active = 0, once = 0;
  uint32_t *count = st_calloc(cols, sizeof *count);
  if (!count) die("out of memory");
  for (uint64_t e = 0; e < d->start[d->x.rows]; e++) count[d->col[e]]++;
  for (size_t j = 0; j < cols; j++) active += count[j] > 0, once += count[j] == 1;
  printf("rows=%zu classes=%zu columns=%zu once=%zu nonzeros=%llu\n", d->x.rows, d->classes, active,
         once, (unsigned long long)d->start[d->x.rows]);
  free(count);
}

int main(int argc, char **argv) {
  if (argc < 4) die("usage: bench-linear DATA words|all dump|train|stats ...");
  data d = {0};
  bool all = !strcmp(argv[2], "all");
  if (!strncmp(argv[1], "gen:", 4))
    generate(&d, strtoul(argv[1] + 4, NULL, 10), all);
  else
    read_tsv(&d, argv[1], all);
  d.x.cols = (size_t)1 << BITS;
  d.x.row_start = d.start, d.x.col = d.col, d.x.row_scale = d.scale;
  if (!strcmp(argv[3], "dump") && argc > 4)
    dump(&d, argv[4], argc > 5 ? argv[5] : NULL);
  else if (!strcmp(argv[3], "train"))
    train(&d, argc - 4, argv + 4);
  else if (!strcmp(argv[3], "stats"))
    stats(&d);
  else
    die("unknown command");
  free(d.start), free(d.col), free(d.scale), free(d.label);
  return 0;
}
