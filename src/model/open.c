/* open.c: the bytes of a file become a model. Nothing is believed before it is checked, and nothing
 * is allocated by a size that the file's own length does not bear out. */
#include "model/layout.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

typedef struct {
  const unsigned char *data;
  size_t len;
} slice;

static uint32_t get_u32(const unsigned char *p) {
  return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint64_t get_u64(const unsigned char *p) {
  return get_u32(p) | (uint64_t)get_u32(p + 4) << 32;
}

/* A reader over a section; `bad` sticks once something does not fit. */
typedef struct {
  slice in;
  size_t at;
  bool bad;
} cursor;

static const unsigned char *take(cursor *c, size_t n) {
  if (c->bad || n > c->in.len - c->at) {
    c->bad = true;
    return NULL;
  }
  const unsigned char *p = c->in.data + c->at;
  c->at += n;
  return p;
}

static uint32_t take_u32(cursor *c) {
  const unsigned char *p = take(c, 4);
  return p ? get_u32(p) : 0;
}

/* Training comes nowhere near these; within them no sum or quotient that scores are made of
 * overflows, so that probabilities are numbers whatever a file holds. */
static const float largest = 1e9f, coldest = 1e-6f, hottest = 1e6f;

static bool is_weight(float v) {
  return fabsf(v) <= largest; /* false for NaN */
}

static bool is_temperature(float v) {
  return v >= coldest && v <= hottest;
}

/* A finite float, or `bad`. */
static float take_f32(cursor *c) {
  uint32_t bits = take_u32(c);
  float v;
  memcpy(&v, &bits, sizeof v);
  if (!isfinite(v)) c->bad = true;
  return v;
}

static float take_weight(cursor *c) {
  float v = take_f32(c);
  if (!is_weight(v)) c->bad = true;
  return v;
}

bool st_model_is_word(const char *s, size_t n) {
  if (!n || n > 200 || st_utf8_invalid(s, n) != n) return false;
  for (size_t i = 0; i < n; i++)
    if ((unsigned char)s[i] < 0x20) return false;
  return true;
}

/* A name or label; NULL when bad or out of memory. */
static char *take_string(cursor *c) {
  uint32_t n = take_u32(c);
  const unsigned char *p = take(c, n);
  if (!p || !st_model_is_word((const char *)p, n)) {
    c->bad = true;
    return NULL;
  }
  char *s = malloc(n + 1);
  if (!s) return NULL;
  memcpy(s, p, n);
  s[n] = 0;
  return s;
}

static stance_status damaged(stance_error *err, const char *what) {
  return st_fail(err, STANCE_ERR_MODEL, "damaged model: section '%s' contradicts itself", what);
}

/* Header and table: fills part[]. */
static stance_status read_table(const st_file *file, slice part[ST_SECTIONS], stance_error *err) {
  const unsigned char *p = (const unsigned char *)file->data;
  size_t n = file->len;
  size_t known = n < sizeof st_magic ? n : sizeof st_magic;
  if (!n || memcmp(p, st_magic, known))
    return st_fail(err, STANCE_ERR_NOT_A_MODEL, "not a stance model (magic number)");
  if (n < ST_HEADER)
    return st_fail(err, STANCE_ERR_TRUNCATED, "truncated model: %zu bytes, shorter than the header", n);
  uint32_t version = get_u32(p + 8), count = get_u32(p + 12);
  uint64_t total = get_u64(p + 16), sum = get_u64(p + 24);
  if (version != ST_FORMAT_VERSION)
    return st_fail(err, STANCE_ERR_VERSION, "model of format version %u; this program reads version %d",
                   (unsigned)version, ST_FORMAT_VERSION);
  if (total > n)
    return st_fail(err, STANCE_ERR_TRUNCATED, "truncated model: %zu of %llu bytes", n,
                   (unsigned long long)total);
  if (total < n || count > ST_SECTIONS || ST_HEADER + (uint64_t)count * ST_ENTRY > n)
    return st_fail(err, STANCE_ERR_CHECKSUM, "damaged model: the header's sizes do not fit the file");
  XXH3_state_t state;
  XXH3_64bits_reset(&state);
  XXH3_64bits_update(&state, p, 24);
  XXH3_64bits_update(&state, p + ST_HEADER, (size_t)count * ST_ENTRY);
  if (XXH3_64bits_digest(&state) != sum)
    return st_fail(err, STANCE_ERR_CHECKSUM, "damaged model: checksum of the header");
  uint64_t at = ST_HEADER + (uint64_t)count * ST_ENTRY;
  size_t section = 0;
  for (uint32_t i = 0; i < count; i++) {
    const unsigned char *e = p + ST_HEADER + (size_t)i * ST_ENTRY;
    char name[9] = {0};
    memcpy(name, e, 8);
    uint64_t offset = get_u64(e + 8), length = get_u64(e + 16);
    while (section < ST_SECTIONS && strcmp(name, st_section_names[section])) section++;
    uint64_t expected = (at + ST_ALIGN - 1) / ST_ALIGN * ST_ALIGN;
    if (section == ST_SECTIONS || offset != expected || offset > n || length > n - offset)
      return st_fail(err, STANCE_ERR_MODEL, "damaged model: section table, entry %u", (unsigned)i + 1);
    for (; at < offset; at++)
      if (p[at]) return st_fail(err, STANCE_ERR_CHECKSUM, "damaged model: gap before section '%s'", name);
    if (XXH3_64bits(p + offset, (size_t)length) != get_u64(e + 24))
      return st_fail(err, STANCE_ERR_CHECKSUM, "damaged model: checksum of section '%s'", name);
    part[section++] = (slice){p + offset, (size_t)length};
    at = offset + length;
  }
  if (at != n) return st_fail(err, STANCE_ERR_MODEL, "damaged model: bytes after the last section");
  return STANCE_OK;
}

static stance_status read_heads(stance_model *m, slice part, stance_error *err) {
  cursor c = {part, 0, false};
  uint32_t heads = take_u32(&c);
  if (!heads || heads > ST_MAX_HEADS) return damaged(err, "heads");
  for (uint32_t h = 0; h < heads; h++) {
    st_head *d = &m->head[m->heads++];
    d->first = m->columns;
    d->name = take_string(&c);
    uint32_t labels = take_u32(&c);
    d->loss = take_u32(&c);
    d->link = take_u32(&c);
    d->temperature = take_f32(&c);
    if (c.bad || labels < 2 || labels > ST_MAX_LABELS || d->loss > 1 || d->link > 1 ||
        !is_temperature(d->temperature))
      return damaged(err, "heads");
    if (m->columns + labels > ST_MAX_COLUMNS) return damaged(err, "heads");
    for (uint32_t k = 0; k < labels; k++) {
      d->label[k] = take_string(&c);
      d->labels = k + 1;
      d->platt_a[k] = take_f32(&c);
      d->platt_b[k] = take_f32(&c);
      d->offset[k] = take_weight(&c);
      if (c.bad) return damaged(err, "heads");
      if (!d->label[k]) return st_fail_memory(err, "opening a model");
    }
    if (!d->name) return st_fail_memory(err, "opening a model");
    m->columns += labels;
  }
  return c.bad || c.at != c.in.len ? damaged(err, "heads") : STANCE_OK;
}

ST_FAST static uint64_t count_bits(const uint64_t *word, size_t n) {
  uint64_t set = 0;
  for (size_t i = 0; i < n; i++) set += (uint64_t)__builtin_popcountll(word[i]);
  return set;
}

static stance_status read_weights(stance_model *m, slice part, stance_error *err) {
  cursor c = {part, 0, false};
  m->weight_type = take_u32(&c);
  uint32_t columns = take_u32(&c);
  const unsigned char *p = take(&c, 8);
  uint64_t rows = p ? get_u64(p) : 0;
  if (c.bad || m->weight_type > ST_WEIGHT_I8 || columns != m->columns || rows > (uint64_t)1 << m->recipe.bits)
    return damaged(err, "weights");
  for (size_t i = 0; i < columns; i++) m->scale[i] = take_weight(&c);
  for (size_t i = 0; i < columns; i++) m->bias[i] = take_weight(&c);
  size_t size = m->weight_type == ST_WEIGHT_I8 ? 1 : sizeof(float);
  uint64_t bytes = rows * columns * size;
  m->weights = c.bad || bytes != c.in.len - c.at ? NULL : take(&c, (size_t)bytes);
  if (!m->weights && bytes) return damaged(err, "weights");
  if (count_bits(m->active, (size_t)1 << m->recipe.bits >> 6) != rows)
    return damaged(err, "active");
  ST_TRY(st_model_finish(m, err));
  if (m->weight_type == ST_WEIGHT_F32)
    for (uint64_t i = 0; i < rows * columns; i++)
      if (!is_weight(((const float *)m->weights)[i])) return damaged(err, "weights");
  return STANCE_OK;
}

static stance_status read_parts(stance_model *m, slice part[ST_SECTIONS], stance_error *err) {
  for (size_t i = 0; i < ST_SECTIONS; i++)
    if (!part[i].len && i != ST_CUES && i != ST_STACK && i != ST_WORDS)
      return st_fail(err, STANCE_ERR_MODEL, "damaged model: section '%s' is missing", st_section_names[i]);
  if (part[ST_FEATURES].len != sizeof m->recipe) return damaged(err, "features");
  memcpy(&m->recipe, part[ST_FEATURES].data, sizeof m->recipe);
  if (!st_recipe_valid(&m->recipe)) return damaged(err, "features");
  if (part[ST_ACTIVE].len != (size_t)1 << m->recipe.bits >> 3) return damaged(err, "active");
  m->active = (const uint64_t *)(const void *)part[ST_ACTIVE].data;
  if (st_utf8_invalid((const char *)part[ST_INFO].data, part[ST_INFO].len) != part[ST_INFO].len)
    return damaged(err, "info");
  for (size_t i = 0; i < part[ST_INFO].len; i++) { /* it is shown on terminals */
    unsigned char c = part[ST_INFO].data[i];
    if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7f) return damaged(err, "info");
  }
  st_buf_add(&m->info, part[ST_INFO].data, part[ST_INFO].len);
  if (m->info.failed) return st_fail_memory(err, "opening a model");
  if (part[ST_CUES].len) {
    stance_status status = st_lexicon_parse((const char *)part[ST_CUES].data, part[ST_CUES].len, &m->lex, err);
    if (status == STANCE_ERR_MEMORY) return status;
    if (status != STANCE_OK) return damaged(err, "cues");
  }
  m->words = part[ST_WORDS].len ? (const char *)part[ST_WORDS].data : NULL;
  m->words_len = part[ST_WORDS].len;
  if (m->words && (m->words[m->words_len - 1] != '\n' || memchr(m->words, 0, m->words_len) ||
                   st_utf8_invalid(m->words, m->words_len) != m->words_len))
    return damaged(err, "words");
  for (size_t i = 0; i < m->words_len; i++) /* it will be shown on terminals */
    if ((unsigned char)m->words[i] < 0x20 && m->words[i] != '\t' && m->words[i] != '\n')
      return damaged(err, "words");
  ST_TRY(read_heads(m, part[ST_HEADS], err));
  ST_TRY(read_weights(m, part[ST_WEIGHTS], err));
  if (part[ST_STACK].len) {
    if (part[ST_STACK].len % sizeof(float)) return damaged(err, "stack");
    m->stack = (const float *)(const void *)part[ST_STACK].data;
    m->stack_len = part[ST_STACK].len / sizeof(float);
    size_t expected = 0;
    for (size_t h = 0; h < m->heads; h++) expected += st_stack_size(m->head[h].labels);
    if (m->stack_len != expected) return damaged(err, "stack");
    for (size_t i = 0; i < m->stack_len; i++)
      if (!is_weight(m->stack[i])) return damaged(err, "stack");
    for (size_t h = 0; h < m->heads; h++)
      if (!is_temperature(*st_stack_of(m, h))) return damaged(err, "stack");
  }
  return STANCE_OK;
}

stance_status st_model_read(st_file *file, stance_model **out, stance_error *err) {
  *out = NULL;
  const uint16_t one = 1;
  unsigned char low;
  memcpy(&low, &one, 1);
  if (!low) return st_fail(err, STANCE_ERR_MODEL, "models can be opened on little-endian machines only");
  stance_model *m = st_model_new();
  if (!m) return st_fail_memory(err, "opening a model");
  slice part[ST_SECTIONS] = {0};
  stance_status status = read_table(file, part, err);
  if (status == STANCE_OK) status = read_parts(m, part, err);
  if (status != STANCE_OK) {
    stance_model_free(m);
    return status;
  }
  m->file = *file;
  *file = (st_file){0};
  *out = m;
  return STANCE_OK;
}

stance_status stance_model_open(const char *path, stance_model **out, stance_error *err) {
  *out = NULL;
  st_file file;
  ST_TRY(st_file_open(path, &file, err));
  stance_status status = st_model_read(&file, out, err);
  st_file_close(&file);
  if (status != STANCE_OK) st_error_at(err, status, path, 0, 0);
  return status;
}
