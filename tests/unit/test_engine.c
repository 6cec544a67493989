/* test_engine.c: offsets, evidence and scores of labelled texts; training that gives the same bytes
 * whatever the threads; the second pass; streams of rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"

/* ---- rows and models ---- */

enum { SMALL = 300, MANY = 1100 };

static const char *const labels[] = {"attributed", "speculation", "advocacy", "unattributed"};
static const char *const before[][5] = {
    {"The clerk said that", "According to the port,", "A report found that",
     "Anna Berg told us that", "\"We know,\" said Berg, that"},
    {"Perhaps", "It is likely that", "Some fear that", "If nothing changes,", "It may be that"},
    {"It is time that", "We must see to it that", "Surely", "The town ought to demand that",
     "For shame!"},
    {"In 1998", "Every Monday", "On the north bank", "For 40 years", "Since then"}};
static const char *const what[] = {"the bridge", "the school", "the ferry",  "the old mill",
                                   "the market", "the canal",  "the library"};
static const char *const then[][4] = {
    {"closed", "was sold", "had two doors", "lost water"},
    {"could close", "might be sold", "would fail", "may open"},
    {"must close", "should be saved", "has to open", "needs money"},
    {"closed", "has two doors", "stands on piles", "opens at nine"}};

/* A sentence of our own parts, always the same for a number. */
static size_t put_sentence(st_buf *b, size_t i) {
  size_t k = (i * 7 + i / 5) % 4;
  st_buf_printf(b, "%s %s %s%s", before[k][i % 5], what[i % 7], then[k][i / 3 % 4],
                i % 11 == 0 ? "!" : ".");
  return k;
}

static stance_dataset *make_rows(size_t rows) {
  stance_dataset *data = NULL;
  st_buf b = {0};
  st_buf_puts(&b, "id\tstance\tsensational\ttext\n");
  for (size_t i = 0; i < rows; i++) {
    st_buf text = {0};
    size_t k = put_sentence(&text, i);
    st_buf_printf(&b, "d%zu#%zu\t%s\t%d\t%s\n", i / 9, i % 9, labels[k], i % 11 == 0, text.data);
    st_buf_free(&text);
  }
  assert_int_equal(stance_dataset_new(&data, NULL), STANCE_OK);
  assert_int_equal(st_load(data, "rows.tsv", b.data, b.len, NULL, NULL), STANCE_OK);
  assert_true(st_dataset_settle(data, data->rows));
  st_buf_free(&b);
  return data;
}

static stance_model *train(const stance_dataset *data, const char *loss, const char *features,
                           bool cues, int folds, bool quantize, int threads) {
  stance_train_options o;
  stance_error e = {0};
  stance_model *m = NULL;
  stance_train_options_default(&o);
  o.loss = loss;
  o.features = features;
  o.cues = cues ? "datasets/cues" : NULL;
  o.folds = folds;
  o.quantize = quantize;
  o.threads = threads;
  o.bits = 14;
  o.tolerance = 0.05;
  if (stance_train(data, &o, &m, NULL, &e) != STANCE_OK) fail_msg("%s", e.message);
  return m;
}

static stance_model *tiny, *tiny_floats, *with_stack;
static stance_dataset *tiny_rows;

static int setup(void **state) {
  (void)state;
  if (stance_dataset_new(&tiny_rows, NULL) != STANCE_OK ||
      stance_dataset_read(tiny_rows, "tests/data/tiny.tsv", NULL, NULL) != STANCE_OK)
    return -1;
  tiny = train(tiny_rows, "logistic", NULL, true, 3, true, 1);
  tiny_floats = train(tiny_rows, "logistic", NULL, true, 3, false, 1);
  stance_dataset *data = make_rows(MANY);
  with_stack = train(data, "logistic", "word=1-2,scope,context", true, 2, true, 1);
  stance_dataset_free(data);
  return with_stack->stack ? 0 : -1;
}

static int teardown(void **state) {
  (void)state;
  stance_model_free(tiny);
  stance_model_free(tiny_floats);
  stance_model_free(with_stack);
  stance_dataset_free(tiny_rows);
  return 0;
}

/* ---- places ---- */

static size_t characters(const char *s, size_t from, size_t to) {
  size_t n = 0;
  for (size_t i = from; i < to; i++) n += ((unsigned char)s[i] & 0xc0) != 0x80;
  return n;
}

/* What must hold of every labelled text, counted anew from its bytes. */
static void check_document(const stance_model *m, const stance_options *o,
                           const stance_document *d) {
  size_t last = 0;
  for (size_t i = 0; i < d->n_sentences; i++) {
    const stance_sentence *s = &d->sentences[i];
    assert_true(s->start >= last && s->start < s->end && s->end <= d->text_len);
    last = s->end;
    assert_int_equal(s->cp_start, characters(d->text, 0, s->start));
    assert_int_equal(s->cp_end, characters(d->text, 0, s->end));
    size_t line = 1, begin = 0;
    for (size_t k = 0; k < s->start; k++)
      if (d->text[k] == '\n') line++, begin = k + 1;
    assert_int_equal(s->line, line);
    assert_int_equal(s->column, 1 + characters(d->text, begin, s->start));
    float sum = 0;
    for (size_t k = 0; k < stance_model_labels(m, 0); k++) {
      assert_true(s->scores[k] >= 0 && s->scores[k] <= 1);
      sum += s->scores[k];
      if (s->best >= 0) assert_true(s->scores[k] <= s->scores[s->best]);
    }
    assert_true(fabsf(sum - 1) < 1e-5f);
    if (s->best >= 0) assert_true(s->confidence == s->scores[s->best]);
    if (o->among && s->best >= 0) assert_true(o->among >> s->best & 1);
    assert_true(s->n_evidence <= (size_t)o->max_evidence);
    for (size_t k = 0; k < s->n_evidence; k++) {
      const stance_evidence *e = &s->evidence[k];
      assert_true(e->start >= s->start && e->start < e->end && e->end <= s->end);
      assert_int_equal(e->cp_start, characters(d->text, 0, e->start));
      assert_int_equal(e->cp_end, characters(d->text, 0, e->end));
      assert_true(e->weight > 0 && e->kind && *e->kind);
      if (k) assert_true(e->weight <= e[-1].weight);
    }
    assert_true(s->source_start <= s->source_end);
    if (s->source_start < s->source_end)
      assert_true(s->source_start >= s->start && s->source_end <= s->end);
  }
}

static const struct {
  const char *text;
  const char *sentences[5];
} places[] = {
    {"One could go. She said no.", {"One could go.", "She said no."}},
    {"\xef\xbb\xbf"
     "A mark stands first.\nIt must go.",
     {"A mark stands first.", "It must go."}},
    {"First line.\r\n\r\nSecond \xf0\x9f\x98\x80 line might come.\r\nThird.\r\n",
     {"First line.", "Second \xf0\x9f\x98\x80 line might come.", "Third."}},
    {"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x92 They said so. Cafe\xcc\x81 may open.",
     {"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x92 They said so.", "Cafe\xcc\x81 may open."}},
    {"\n\n\t  Deep in.  \n", {"Deep in."}},
    {"\xe2\x80\x9cWe must act,\xe2\x80\x9d said Zo\xc3\xab \xc3\x85"
     "berg.\n\n\xe6\x9d\xb1\xe4\xba\xac is large.",
     {"\xe2\x80\x9cWe must act,\xe2\x80\x9d said Zo\xc3\xab \xc3\x85"
      "berg.",
      "\xe6\x9d\xb1\xe4\xba\xac is large."}},
    {"", {NULL}},
    {" \n \xc2\xa0 \r\n", {NULL}}};

static void test_places(void **state) {
  (void)state;
  stance_options o;
  stance_options_default(&o);
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    const char *text = places[i].text;
    size_t len = strlen(text), n = 0;
    char *exact = malloc(len ? len : 1);
    memcpy(exact, text, len);
    stance_document *d = NULL;
    stance_error e = {0};
    if (stance_classify(tiny, &o, "a.txt", exact, len, &d, &e) != STANCE_OK)
      fail_msg("%s", e.message);
    check_document(tiny, &o, d);
    while (n < 5 && places[i].sentences[n]) n++;
    assert_int_equal(d->n_sentences, n);
    for (size_t k = 0; k < n; k++) {
      const stance_sentence *s = &d->sentences[k];
      assert_int_equal(s->end - s->start, strlen(places[i].sentences[k]));
      assert_memory_equal(d->text + s->start, places[i].sentences[k], s->end - s->start);
    }
    if (!n) assert_true(isnan(d->sensationalism));
    stance_document_free(d);
    free(exact);
  }
  stance_document_free(NULL);
}

static void test_refused(void **state) {
  (void)state;
  stance_options o;
  stance_options_default(&o);
  stance_document *d = NULL;
  stance_error e;
  assert_int_equal(stance_classify(tiny, &o, "a", "One.\nTwo \0.\n", 12, &d, &e),
                   STANCE_ERR_BINARY);
  assert_int_equal(e.byte, 9);
  assert_int_equal(e.line, 2);
  assert_int_equal(stance_classify(tiny, &o, "a", "One.\n\nTwo \xe9.", 12, &d, &e),
                   STANCE_ERR_ENCODING);
  assert_int_equal(e.byte, 10);
  assert_int_equal(e.line, 3);
  assert_null(d);
}

/* ---- choices ---- */

static stance_document *label_rows(const stance_model *m, const stance_options *o, st_buf *text) {
  st_buf_clear(text);
  for (size_t i = 0; i < tiny_rows->rows; i++)
    st_buf_printf(text, "%s\n\n", tiny_rows->row[i].text);
  stance_document *d = NULL;
  assert_int_equal(stance_classify(m, o, "rows", text->data, text->len, &d, NULL), STANCE_OK);
  check_document(m, o, d);
  return d;
}

static void test_options(void **state) {
  (void)state;
  st_buf text = {0}, other = {0};
  stance_options o, plain;
  stance_options_default(&o);
  stance_options_default(&plain);
  stance_document *whole = label_rows(tiny, &plain, &text);
  assert_in_range(whole->n_sentences, 60, 70);
  size_t known = 0;
  for (size_t i = 0; i < whole->n_sentences; i++) known += whole->sentences[i].n_evidence > 0;
  assert_true(known * 10 > whole->n_sentences * 9);

  for (uint64_t among = 1; among < 16; among++) {
    o.among = among;
    stance_document *d = label_rows(tiny, &o, &other);
    for (size_t i = 0; i < d->n_sentences; i++) {
      const stance_sentence *s = &d->sentences[i], *w = &whole->sentences[i];
      float sum = 0;
      for (int k = 0; k < 4; k++) sum += among >> k & 1 ? w->scores[k] : 0;
      for (int k = 0; k < 4; k++)
        assert_true(fabsf(s->scores[k] - (among >> k & 1 ? w->scores[k] / sum : 0)) < 1e-5f);
      assert_true(s->sensationalism == w->sensationalism);
    }
    stance_document_free(d);
  }
  o = plain;
  for (size_t i = 0; i < whole->n_sentences; i++)
    o.min_confidence += whole->sentences[i].confidence / (float)whole->n_sentences;
  stance_document *d = label_rows(tiny, &o, &other);
  size_t unsure = 0;
  for (size_t i = 0; i < d->n_sentences; i++) {
    const stance_sentence *s = &d->sentences[i];
    assert_int_equal(s->best, whole->sentences[i].best);
    assert_int_equal(s->label, s->confidence < o.min_confidence ? STANCE_UNSURE : s->best);
    unsure += s->label == STANCE_UNSURE;
  }
  assert_true(unsure > 0 && unsure < d->n_sentences);
  stance_document_free(d);

  for (o = plain, o.max_evidence = 0; o.max_evidence < 5; o.max_evidence++) {
    d = label_rows(tiny, &o, &other);
    for (size_t i = 0; i < d->n_sentences; i++) {
      const stance_sentence *s = &d->sentences[i], *w = &whole->sentences[i];
      size_t most = (size_t)o.max_evidence < w->n_evidence ? (size_t)o.max_evidence : w->n_evidence;
      assert_int_equal(s->n_evidence, most);
      for (size_t k = 0; k < most; k++)
        assert_int_equal(s->evidence[k].start, w->evidence[k].start);
    }
    stance_document_free(d);
  }
  for (o = plain, o.threads = 1; o.threads < 5; o.threads += 3) {
    d = label_rows(tiny, &o, &other);
    for (size_t i = 0; i < d->n_sentences; i++)
      assert_memory_equal(d->sentences[i].scores, whole->sentences[i].scores, 4 * sizeof(float));
    stance_document_free(d);
  }
  stance_document_free(whole);
  st_buf_free(&text);
  st_buf_free(&other);
}

static void test_quantised(void **state) {
  (void)state;
  st_buf a = {0}, b = {0};
  stance_options o;
  stance_options_default(&o);
  stance_document *x = label_rows(tiny, &o, &a), *y = label_rows(tiny_floats, &o, &b);
  assert_int_equal(tiny->weight_type, ST_WEIGHT_I8);
  assert_int_equal(tiny_floats->weight_type, ST_WEIGHT_F32);
  size_t same = 0;
  for (size_t i = 0; i < x->n_sentences; i++) {
    same += x->sentences[i].label == y->sentences[i].label;
    for (size_t k = 0; k < 4; k++)
      assert_true(fabsf(x->sentences[i].scores[k] - y->sentences[i].scores[k]) < 0.05f);
  }
  assert_true(same + 1 >= x->n_sentences);
  stance_document_free(x);
  stance_document_free(y);
  st_buf_free(&a);
  st_buf_free(&b);
}

/* ---- evidence by hand ---- */

/* With single words as the only features, a word's part in the margin of a label is norm * weight,
 * counted where the word first stands, and what is shown is its distance from the other labels'
 * mean. Bias and parts add up to the margins that the scores come from. */
static void test_evidence(void **state) {
  (void)state;
  stance_model *m = train(tiny_rows, "logistic", "word=1", false, 3, false, 1);
  static const char s[] = "The minister said the ferry could close, and the town must act now.";
  stance_options o;
  stance_options_default(&o);
  o.max_evidence = 50;
  stance_document *d = NULL;
  assert_int_equal(stance_classify(m, &o, "a", s, sizeof s - 1, &d, NULL), STANCE_OK);
  assert_int_equal(d->n_sentences, 1);
  const stance_sentence *sentence = &d->sentences[0];
  assert_true(sentence->n_evidence > 0);

  st_tokens t = {0};
  assert_int_equal(st_tokenize(s, 0, sizeof s - 1, &t, NULL), STANCE_OK);
  int64_t row[40];
  size_t n = 0;
  assert_true(t.n < 40);
  for (size_t i = 0; i < t.n; i++) {
    row[i] = st_model_row(
        m, st_word_bucket(&m->recipe,
                          st_word_hash(s + t.items[i].start, t.items[i].end - t.items[i].start)));
    for (size_t k = 0; k < i; k++)
      if (row[k] == row[i]) row[i] = -1;
    n += row[i] >= 0;
  }
  float norm = 1 / sqrtf((float)n), margin[ST_MAX_COLUMNS], probability[ST_MAX_LABELS];
  for (size_t c = 0; c < 4; c++) {
    margin[c] = m->bias[c];
    for (size_t i = 0; i < t.n; i++)
      if (row[i] >= 0) margin[c] += norm * st_model_weight(m, (size_t)row[i], c);
  }
  st_probabilities(&m->head[0], margin, probability);
  for (size_t c = 0; c < 4; c++) assert_true(fabsf(probability[c] - sentence->scores[c]) < 1e-5f);

  float top = 0, part[40];
  for (size_t i = 0; i < t.n; i++) {
    part[i] = 0;
    if (row[i] < 0 || t.items[i].kind == ST_TOKEN_PUNCT) continue;
    for (size_t c = 0; c < 4; c++)
      part[i] +=
          norm * st_model_weight(m, (size_t)row[i], c) * ((int)c == sentence->best ? 1 : -1 / 3.0f);
    if (part[i] > top) top = part[i];
  }
  size_t shown = 0;
  for (size_t k = 0; k < sentence->n_evidence; k++) {
    const stance_evidence *e = &sentence->evidence[k];
    float sum = 0;
    for (size_t i = 0; i < t.n; i++)
      if (t.items[i].start >= e->start && t.items[i].end <= e->end) sum += part[i], shown++;
    assert_true(fabsf(sum - e->weight) < 1e-5f);
  }
  size_t expected = 0;
  for (size_t i = 0; i < t.n; i++) expected += part[i] > 0 && part[i] >= 0.2f * top;
  assert_int_equal(shown, expected);
  st_tokens_free(&t);
  stance_document_free(d);
  stance_model_free(m);
}

/* ---- training ---- */

static void test_same_bytes(void **state) {
  (void)state;
  static const int threads[] = {1, 1, 2, 4};
  for (int kind = 0; kind < 4; kind++) {
    const char *loss = kind & 1 ? "svm" : "logistic";
    stance_dataset *data = make_rows(kind & 2 ? MANY : SMALL);
    st_buf first = {0};
    for (size_t i = 0; i < 4; i++) {
      stance_model *m = train(data, loss, "word=1-2,char=3-4", false, 2, kind == 2, threads[i]);
      assert_int_equal(m->stack != NULL, (kind & 2) != 0);
      st_buf b = {0};
      assert_int_equal(st_model_write(m, &b, NULL), STANCE_OK);
      if (i) {
        assert_int_equal(b.len, first.len);
        assert_memory_equal(b.data, first.data, b.len);
        st_buf_free(&b);
      } else
        first = b;
      stance_model_free(m);
    }
    st_buf_free(&first);
    stance_dataset_free(data);
  }
}

/* ---- the second pass ---- */

static void check_floats(const float *got, const float *expected, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (!(fabsf(got[i] - expected[i]) < 1e-6f))
      fail_msg("feature %zu is %g, not %g", i, (double)got[i], (double)expected[i]);
}

static void test_stack(void **state) {
  (void)state;
  assert_int_equal(st_stack_features(2), 25);
  assert_int_equal(st_stack_size(2), 1 + 26 * 2);
  /* Two sentences, two labels: probabilities 1/2, 1/2 and 3/4, 1/4; a stride of three. */
  const float margins[] = {0, 0, 9, 1.0986123f, 0, 9};
  static const float expected[2][25] = {
      {0, 0, 0.5f, 0.5f,  0,     0, 1,      0,      0,      1,      0.75f,  0.25f, 0,
       0, 0, 1,    0.75f, 0.25f, 0, 0.075f, 0.025f, 0.375f, 0.125f, 0.375f, 0.125f},
      {1.0986123f, 0, 0.75f, 0.25f, 0,    0, 1,     0.5f,  0.5f,   0,      0,      0,     1,
       0,          0, 1,     0.5f,  0.5f, 0, 0.05f, 0.05f, 0.375f, 0.375f, 0.125f, 0.125f}};
  float probability[4], features[50];
  st_stack_make(margins, 3, 2, 2, 1, probability, features);
  check_floats(features, expected[0], 25);
  check_floats(features + 25, expected[1], 25);
  /* One sentence is alone; temperature 1/2 makes 9/10 of 3/4 (odds 3 become 9). */
  st_stack_make(margins + 3, 3, 1, 2, 0.5f, probability, features);
  static const float alone[25] = {1.0986123f, 0, 0.9f, 0.1f, 0, 0, 1, 0, 0, 1, 0, 0, 1,
                                  0,          0, 1,    0,    0, 1, 0, 0, 0, 0, 0, 0};
  check_floats(features, alone, 25);

  /* A model that copies the next sentence's first probability, plus a bias. */
  stance_model m = {.heads = 1, .columns = 2};
  m.head[0].labels = 2;
  float stack[1 + 26 * 2] = {1};
  stack[1 + 10 * 2] = 4;        /* feature 10, label 0 */
  stack[1 + 25 * 2 + 1] = 0.5f; /* bias of label 1 */
  m.stack = stack;
  st_work w = {0};
  float two[] = {0, 0, 1.0986123f, 0};
  assert_int_equal(st_stack_apply(&m, two, 2, &w, NULL), STANCE_OK);
  static const float after[] = {3, 0.5f, 0, 0.5f};
  check_floats(two, after, 4);
  st_work_free(&w);
}

/* ---- streams of rows ---- */

typedef struct {
  const char *bytes;
  size_t len, at, step;
} source;

static stance_status read_step(void *ctx, void *buf, size_t n, size_t *got, stance_error *err) {
  (void)err;
  source *s = ctx;
  *got = s->len - s->at;
  if (*got > n) *got = n;
  if (*got > s->step) *got = s->step;
  memcpy(buf, s->bytes + s->at, *got);
  s->at += *got;
  return STANCE_OK;
}

static stance_status write_all(void *ctx, const void *bytes, size_t n, stance_error *err) {
  (void)err;
  st_buf_add(ctx, bytes, n);
  return STANCE_OK;
}

static st_buf run_filter(const char *input, const char *bytes, size_t len, size_t step, int threads,
                         uint64_t *bad) {
  st_buf out = {0};
  source in = {bytes, len, 0, step};
  stance_options o;
  stance_options_default(&o);
  o.threads = threads;
  o.max_evidence = 2;
  stance_filter_options f = {.input = input, .name = "rows", .format = "jsonl"};
  stance_error e = {0};
  if (stance_filter(with_stack, &o, &f, read_step, &in, write_all, &out, bad, &e) != STANCE_OK)
    fail_msg("%s", e.message);
  assert_false(out.failed);
  return out;
}

static size_t count(const st_buf *b, const char *part) {
  size_t n = 0;
  for (const char *p = b->data; p && (p = strstr(p, part)); p++) n++;
  return n;
}

/* Rows wide enough that a batch of one thread (1 MiB) holds some hundred: documents of ten, some
 * rows without id, one of 700 that runs over batches and blocks, empty and bad rows. */
static void test_filter(void **state) {
  (void)state;
  enum { ROWS = 2400 };
  st_buf in = {0};
  char *filler = malloc(1025);
  memset(filler, 'f', 1024);
  filler[1024] = 0;
  st_buf_puts(&in, "id\tnote\ttext\n");
  size_t empty = 0, bad_in = 0;
  for (size_t i = 0; i < ROWS; i++) {
    if (i >= 700 && i < 1400)
      st_buf_printf(&in, "long#%zu\t", i);
    else if (i % 97 == 0)
      st_buf_puts(&in, "\t");
    else
      st_buf_printf(&in, "d%zu#%zu\t", i / 10, i % 10);
    st_buf_printf(&in, "%s\t", filler);
    if (i % 101 == 3)
      empty++;
    else if (i % 103 == 5)
      st_buf_puts(&in, "caf\xe9"), bad_in++;
    else
      put_sentence(&in, i);
    st_buf_puts(&in, i % 50 ? "\n" : "\r\n");
  }
  in.len--; /* the last line has no end */
  uint64_t bad = 0, other_bad = 0;
  st_buf whole = run_filter("tsv", in.data, in.len, SIZE_MAX, 4, &bad);
  assert_int_equal(bad, bad_in);
  assert_int_equal(count(&whole, "\n"), ROWS);
  assert_int_equal(count(&whole, "\"error\":"), bad_in);
  assert_true(empty > 10 && bad_in > 10);
  static const struct {
    size_t step;
    int threads;
  } runs[] = {{SIZE_MAX, 1}, {1, 1}, {4099, 1}, {65536, 2}, {777777, 3}};
  for (size_t r = 0; r < sizeof runs / sizeof *runs; r++) {
    st_buf out = run_filter("tsv", in.data, in.len, runs[r].step, runs[r].threads, &other_bad);
    assert_int_equal(other_bad, bad);
    assert_int_equal(out.len, whole.len);
    assert_memory_equal(out.data, whole.data, whole.len);
    st_buf_free(&out);
  }
  /* Lines and JSON: a record for every line, the empty and the bad too. */
  st_buf lines = {0};
  for (size_t i = 0; i < 200; i++) put_sentence(&lines, i), st_buf_putc(&lines, '\n');
  st_buf_puts(&lines, "\n\n"); /* two empty rows */
  st_buf out = run_filter("lines", lines.data, lines.len, 100, 2, &bad);
  assert_int_equal(count(&out, "\n"), 202);
  assert_int_equal(bad, 0);
  st_buf_free(&out);
  st_buf_clear(&lines);
  st_buf_puts(&lines, "{\"text\":\"It may rain.\",\"id\":\"a#0\"}\n{\"text\":3}\nnot json\n\n"
                      "{\"text\":\"She said so.\",\"id\":\"a#1\"}");
  out = run_filter("jsonl", lines.data, lines.len, 3, 1, &bad);
  assert_int_equal(count(&out, "\n"), 5);
  assert_true(bad >= 2);
  assert_int_equal(count(&out, "a#1"), 1);
  st_buf_free(&out);
  out = run_filter("lines", "", 0, 1, 1, &bad);
  assert_int_equal(out.len, 0);
  st_buf_free(&out);
  st_buf_free(&whole);
  st_buf_free(&lines);
  st_buf_free(&in);
  free(filler);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_places),   cmocka_unit_test(test_refused),
      cmocka_unit_test(test_options),  cmocka_unit_test(test_quantised),
      cmocka_unit_test(test_evidence), cmocka_unit_test(test_same_bytes),
      cmocka_unit_test(test_stack),    cmocka_unit_test(test_filter),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
