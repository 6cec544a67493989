/* fuzz_model.c: bytes that claim to be a model: refused with a message, or a model that labels.
 *
 * The first byte of an input says what is done to the rest before it is opened: 0 nothing, 1 its
 * header is made right (magic, version, length, checksums), so that what stands behind the
 * checksums is reached; then a model of our own in which the input overwrites some bytes, checksums
 * right. Seeds: models, or nothing. */
#include <math.h>
#include <stdint.h>

#include <xxhash.h>

#include "engine/engine.h"
#include "model/layout.h"

static const char *const fuzz_dictionary[] = {"info\0\0\0\0",
                                              "features",
                                              "cues",
                                              "heads",
                                              "active",
                                              "weights",
                                              "stack",
                                              "name\tx\n",
                                              "[say]\nsaid\n",
                                              "[a]",
                                              "stance",
                                              "sensational",
                                              "1",
                                              "\x01",
                                              "\x02\x01",
                                              "\x04\x01\x01\x01",
                                              "\x01\x01\x80\x3f",
                                              "\xff\xff\xff\xff",
                                              "\x80\x7f",
                                              "\xc0\x7f",
                                              "\x40\x01\x01\x01\x01\x01\x01\x01",
                                              NULL};
#include "driver.h"

static uint64_t get(const uint8_t *p, size_t n) {
  uint64_t v = 0;
  while (n-- > 0) v = v << 8 | p[n];
  return v;
}

static void put(uint8_t *p, size_t n, uint64_t v) {
  for (size_t i = 0; i < n; i++) p[i] = (uint8_t)(v >> 8 * i);
}

/* Magic, version, length and every checksum that the table's sizes allow. */
static void make_right(uint8_t *p, size_t n) {
  if (n < ST_HEADER) return;
  memcpy(p, st_magic, sizeof st_magic);
  put(p + 8, 4, ST_FORMAT_VERSION);
  put(p + 16, 8, n);
  uint64_t count = get(p + 12, 4);
  if (count > ST_SECTIONS) put(p + 12, 4, count %= ST_SECTIONS + 1);
  if (ST_HEADER + count * ST_ENTRY > n) return;
  for (size_t i = 0; i < count; i++) {
    uint8_t *e = p + ST_HEADER + i * ST_ENTRY;
    uint64_t at = get(e + 8, 8), len = get(e + 16, 8);
    if (at <= n && len <= n - at) put(e + 24, 8, XXH3_64bits(p + at, (size_t)len));
  }
  XXH3_state_t sum;
  XXH3_64bits_reset(&sum);
  XXH3_64bits_update(&sum, p, 24);
  XXH3_64bits_update(&sum, p + ST_HEADER, (size_t)count * ST_ENTRY);
  put(p + 24, 8, XXH3_64bits_digest(&sum));
}

static void use(const stance_model *m) {
  static const char text[] = "\"So it may,\" she said. If Anna Berg must go, the pier closes!";
  stance_options o;
  stance_document *d = NULL;
  stance_error e = {0};
  st_buf again = {0};
  stance_options_default(&o);
  o.threads = 1;
  FUZZ_CHECK(stance_classify(m, &o, "a", text, sizeof text - 1, &d, &e) == STANCE_OK);
  for (size_t i = 0; i < d->n_sentences; i++) {
    const stance_sentence *s = &d->sentences[i];
    float sum = 0;
    for (size_t k = 0; k < stance_model_labels(m, 0); k++) sum += s->scores[k];
    FUZZ_CHECK(fabsf(sum - 1) < 1e-3f);
    for (size_t k = 0; k < s->n_evidence; k++)
      FUZZ_CHECK(s->evidence[k].start >= s->start && s->evidence[k].end <= s->end);
  }
  stance_document_free(d);
  FUZZ_CHECK(st_model_write(m, &again, &e) == STANCE_OK);
  st_buf_free(&again);
}

static void open_model(const uint8_t *bytes, size_t n) {
  uint8_t *copy = malloc(n ? n : 1);
  if (!copy) return;
  if (n) memcpy(copy, bytes, n);
  st_file f = {(const char *)copy, n, false};
  stance_model *m = NULL;
  stance_error e = {0};
  stance_status status = st_model_read(&f, &m, &e);
  if (status == STANCE_OK) {
    use(m);
    stance_model_free(m);
    return;
  }
  free(copy);
  FUZZ_CHECK(!m && status == e.code && e.message[0] && !strchr(e.message, '\n'));
  FUZZ_CHECK(status >= STANCE_ERR_NOT_A_MODEL && status <= STANCE_ERR_MODEL);
}

/* A small model with cues and a second pass, made by hand; the caller frees. */
static st_buf make_model(void) {
  st_buf out = {0};
  stance_model *m = st_model_new();
  if (!m) return out;
  m->recipe = (st_recipe){.bits = 10, .word_min = 1, .word_max = 1, .skeleton = 2, .scope = 1};
  static const char cues[] = "[modal]\nmay\n[say]\nsaid\n";
  static uint64_t active[16];
  static int8_t weights[16 * 4 * 4];
  static float stack[1000];
  for (int i = 0; i < 16; i++) active[i] = 0x8421u;
  for (int i = 0; i < 16 * 4 * 4; i++) weights[i] = (int8_t)(i * 37);
  bool ok = st_lexicon_parse(cues, sizeof cues - 1, &m->lex, NULL) == STANCE_OK;
  static const char *const names[] = {"stance", "sensational"};
  for (size_t h = 0; h < 2; h++) {
    st_head *d = &m->head[m->heads++];
    d->first = m->columns;
    d->name = strdup(names[h]);
    d->temperature = 1;
    for (; d->labels < 2; d->labels++) {
      char label[2] = {(char)('0' + d->labels), 0};
      d->label[d->labels] = strdup(label);
      ok = ok && d->label[d->labels];
    }
    ok = ok && d->name;
    stack[m->stack_len] = 1;
    m->stack_len += st_stack_size(2);
    m->columns += 2;
  }
  for (size_t c = 0; c < m->columns; c++) m->scale[c] = 0.01f;
  m->active = active;
  m->weights = weights;
  m->weight_type = ST_WEIGHT_I8;
  m->stack = stack;
  st_model_set_info(m, "name", "fuzz");
  if (!ok || st_model_finish(m, NULL) != STANCE_OK || st_model_write(m, &out, NULL) != STANCE_OK)
    st_buf_free(&out);
  stance_model_free(m);
  return out;
}

/* Each four bytes of the input: a place (two bytes), a value, and how often. */
static void overwrite(uint8_t *model, size_t n, const uint8_t *p, size_t size) {
  for (; size >= 4; p += 4, size -= 4) {
    size_t at = (size_t)get(p, 2) % n;
    for (size_t k = 0; k <= p[3] % 5u && at + k < n; k++) model[at + k] = p[2];
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (!size) return 0;
  uint8_t kind = *data++ % 4;
  size--;
  if (kind == 0) {
    open_model(data, size);
    return 0;
  }
  st_buf model = {0};
  if (kind == 1)
    st_buf_add(&model, data, size);
  else
    model = make_model();
  if (!model.data) return 0;
  if (kind > 1) {
    FUZZ_CHECK(model.len > 100);
    size_t most = kind == 2 ? 4 : 16; /* few changes: more models open */
    overwrite((uint8_t *)model.data, model.len, data, size < most ? size : most);
  }
  make_right((uint8_t *)model.data, model.len);
  open_model((uint8_t *)model.data, model.len);
  st_buf_free(&model);
  return 0;
}
