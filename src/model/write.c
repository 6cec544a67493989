/* write.c: a model becomes the bytes of its file. */
#include "model/layout.h"

#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

stance_model *st_model_new(void) {
  return calloc(1, sizeof(stance_model));
}

void stance_model_free(stance_model *m) {
  if (!m) return;
  for (size_t h = 0; h < m->heads; h++) {
    free(m->head[h].name);
    for (size_t k = 0; k < m->head[h].labels; k++) free(m->head[h].label[k]);
  }
  for (size_t i = 0; i < sizeof m->owned / sizeof *m->owned; i++) free(m->owned[i]);
  st_lexicon_free(m->lex);
  st_buf_free(&m->info);
  free(m->slot);
  free(m->name);
  st_file_close(&m->file);
  free(m);
}

const char *st_model_info(const stance_model *m, const char *key, size_t *n) {
  size_t len = strlen(key);
  for (const char *p = m->info.data, *end = p + m->info.len; p && p < end;) {
    const char *stop = memchr(p, '\n', (size_t)(end - p));
    if (!stop) stop = end;
    if ((size_t)(stop - p) > len && !memcmp(p, key, len) && p[len] == '\t') {
      *n = (size_t)(stop - p) - len - 1;
      return p + len + 1;
    }
    p = stop + 1;
  }
  *n = 0;
  return NULL;
}

void st_model_set_info(stance_model *m, const char *key, const char *value) {
  st_buf_puts(&m->info, key);
  st_buf_putc(&m->info, '\t');
  for (size_t n = strlen(value); n;) {
    size_t len = st_utf8_length(value, n), step = len ? len : 1;
    if (!len) st_buf_putc(&m->info, '?');
    else if ((unsigned char)*value < 0x20 || *value == 0x7f) st_buf_putc(&m->info, ' ');
    else st_buf_add(&m->info, value, len);
    value += step;
    n -= step;
  }
  st_buf_putc(&m->info, '\n');
}

/* Returns the number of rows. */
ST_FAST static size_t number_rows(const uint64_t *active, size_t slots, st_slot *slot) {
  size_t rows = 0;
  for (size_t i = 0; i < slots; i++) {
    slot[i] = (st_slot){(uint32_t)(active[i / 2] >> i % 2 * 32), (uint32_t)rows};
    rows += (size_t)__builtin_popcount(slot[i].bits);
  }
  return rows;
}

stance_status st_model_finish(stance_model *m, stance_error *err) {
  size_t slots = (size_t)1 << m->recipe.bits >> 5, rows;
  free(m->slot);
  m->slot = st_realloc_array(NULL, slots, sizeof *m->slot);
  if (!m->slot) return st_fail_memory(err, "opening a model");
  m->rows = rows = number_rows(m->active, slots, m->slot);
  size_t size = m->weight_type == ST_WEIGHT_I8 ? 1 : sizeof(float), n;
  uint64_t hash = XXH3_64bits(m->weights, rows * m->columns * size);
  const char *name = st_model_info(m, "name", &n);
  st_buf full = {0};
  st_buf_add(&full, name ? name : "model", name ? n : 5);
  st_buf_printf(&full, " %08x", (unsigned)(hash >> 32));
  if (full.failed) {
    st_buf_free(&full);
    return st_fail_memory(err, "opening a model");
  }
  free(m->name);
  m->name = full.data;
  return STANCE_OK;
}

static void put_u32(st_buf *b, uint32_t v) {
  unsigned char c[4] = {(unsigned char)v, (unsigned char)(v >> 8), (unsigned char)(v >> 16), (unsigned char)(v >> 24)};
  st_buf_add(b, c, sizeof c);
}

static void put_u64(st_buf *b, uint64_t v) {
  put_u32(b, (uint32_t)v);
  put_u32(b, (uint32_t)(v >> 32));
}

static void put_f32(st_buf *b, float v) {
  uint32_t bits;
  memcpy(&bits, &v, sizeof bits);
  put_u32(b, bits);
}

static void put_string(st_buf *b, const char *s) {
  put_u32(b, (uint32_t)strlen(s));
  st_buf_puts(b, s);
}

static void write_heads(const stance_model *m, st_buf *b) {
  put_u32(b, (uint32_t)m->heads);
  for (size_t h = 0; h < m->heads; h++) {
    const st_head *d = &m->head[h];
    put_string(b, d->name);
    put_u32(b, (uint32_t)d->labels);
    put_u32(b, d->loss);
    put_u32(b, d->link);
    put_f32(b, d->temperature);
    for (size_t k = 0; k < d->labels; k++) {
      put_string(b, d->label[k]);
      put_f32(b, d->platt_a[k]);
      put_f32(b, d->platt_b[k]);
      put_f32(b, d->offset[k]);
    }
  }
}

/* Little-endian hosts only, as the reader's mapping needs: checked when opening. */
static void write_weights(const stance_model *m, st_buf *b) {
  put_u32(b, m->weight_type);
  put_u32(b, (uint32_t)m->columns);
  put_u64(b, m->rows);
  for (size_t c = 0; c < m->columns; c++) put_f32(b, m->scale[c]);
  for (size_t c = 0; c < m->columns; c++) put_f32(b, m->bias[c]);
  size_t size = m->weight_type == ST_WEIGHT_I8 ? 1 : sizeof(float);
  st_buf_add(b, m->weights, m->rows * m->columns * size);
}

stance_status st_model_write(const stance_model *m, st_buf *out, stance_error *err) {
  st_buf part[ST_SECTIONS] = {0};
  size_t n = 0;
  st_buf_add(&part[ST_INFO], m->info.data, m->info.len);
  st_buf_add(&part[ST_FEATURES], &m->recipe, sizeof m->recipe);
  if (m->lex) {
    const char *text = st_lexicon_text(m->lex, &n);
    st_buf_add(&part[ST_CUES], text, n);
  }
  write_heads(m, &part[ST_HEADS]);
  st_buf_add(&part[ST_ACTIVE], m->active, (size_t)1 << m->recipe.bits >> 3);
  write_weights(m, &part[ST_WEIGHTS]);
  if (m->stack) st_buf_add(&part[ST_STACK], m->stack, m->stack_len * sizeof *m->stack);
  if (m->words) st_buf_add(&part[ST_WORDS], m->words, m->words_len);

  size_t base = out->len, count = 0;
  for (size_t i = 0; i < ST_SECTIONS; i++) count += part[i].len > 0;
  uint64_t at = ST_HEADER + ST_ENTRY * count, total;
  st_buf table = {0};
  uint64_t offset[ST_SECTIONS] = {0};
  for (size_t i = 0; i < ST_SECTIONS; i++) {
    if (!part[i].len) continue;
    at = (at + ST_ALIGN - 1) / ST_ALIGN * ST_ALIGN;
    offset[i] = at;
    char name[8] = {0};
    memcpy(name, st_section_names[i], strlen(st_section_names[i]));
    st_buf_add(&table, name, sizeof name);
    put_u64(&table, at);
    put_u64(&table, part[i].len);
    put_u64(&table, part[i].data ? XXH3_64bits(part[i].data, part[i].len) : 0);
    at += part[i].len;
  }
  total = at;
  st_buf_add(out, st_magic, sizeof st_magic);
  put_u32(out, ST_FORMAT_VERSION);
  put_u32(out, (uint32_t)count);
  put_u64(out, total);
  bool failed = table.failed || out->failed;
  if (!failed) {
    XXH3_state_t state;
    XXH3_64bits_reset(&state);
    XXH3_64bits_update(&state, out->data + base, 24);
    XXH3_64bits_update(&state, table.data, table.len);
    put_u64(out, XXH3_64bits_digest(&state));
    st_buf_add(out, table.data, table.len);
  }
  for (size_t i = 0; i < ST_SECTIONS; i++) {
    while (!out->failed && part[i].len && out->len - base < offset[i]) st_buf_putc(out, 0);
    st_buf_add(out, part[i].data, part[i].len);
    failed |= part[i].failed;
    st_buf_free(&part[i]);
  }
  st_buf_free(&table);
  return failed || out->failed ? st_fail_memory(err, "writing a model") : STANCE_OK;
}

stance_status stance_model_save(const stance_model *m, const char *path, stance_error *err) {
  st_buf bytes = {0};
  stance_status status = st_model_write(m, &bytes, err);
  if (status == STANCE_OK) status = st_file_replace(path, bytes.data, bytes.len, err);
  st_buf_free(&bytes);
  return status;
}
