/* inspect.c: the heaviest features of a label, and what sets two models apart. */
#include "engine/engine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  float weight; /* ranked by its size or by itself */
  uint32_t bucket;
  size_t column;
} heavy;

typedef struct {
  heavy *item;
  size_t n, most;
  bool by_size;
} ranking;

static float rank_of(const ranking *r, float weight) {
  return r->by_size ? fabsf(weight) : weight;
}

/* Keeps the `most` heaviest, heaviest first; of equals the earlier bucket. */
static void offer(ranking *r, float weight, uint32_t bucket, size_t column) {
  size_t at = r->n < r->most ? r->n++ : r->most;
  float rank = rank_of(r, weight);
  if (at == r->most && (!at || rank <= rank_of(r, r->item[--at].weight))) return;
  for (; at > 0 && rank_of(r, r->item[at - 1].weight) < rank; at--) r->item[at] = r->item[at - 1];
  r->item[at] = (heavy){weight, bucket, column};
}

/* A feature's weight for a label, less the mean of the others'. */
static float lift(const stance_model *m, const st_head *head, size_t row, size_t label) {
  float own = 0, others = 0;
  for (size_t k = 0; k < head->labels; k++) {
    float v = st_model_weight(m, row, head->first + k);
    if (k == label)
      own = v;
    else
      others += v;
  }
  return own - others / (float)(head->labels - 1);
}

/* The line of the dictionary for a bucket; its length in *n, 0 when there is none. Buckets ascend:
 * a binary search over the bytes. */
static const char *find_words(const stance_model *m, uint32_t bucket, size_t *n) {
  size_t low = 0, high = m->words_len;
  *n = 0;
  while (m->words && low < high) {
    size_t mid = low + (high - low) / 2, start = mid;
    while (start > low && m->words[start - 1] != '\n') start--;
    const char *line = m->words + start, *stop = memchr(line, '\n', m->words_len - start);
    size_t len = (size_t)(stop - line);
    unsigned long found = strtoul(line, NULL, 10);
    if (found == bucket) {
      const char *tab = memchr(line, '\t', len);
      if (!tab) return NULL;
      *n = len - (size_t)(tab + 1 - line);
      return tab + 1;
    }
    if (found < bucket)
      low = start + len + 1;
    else
      high = start;
  }
  return NULL;
}

/* "word the minister (12 rows)", then what else fell into the bucket: "; also ...". */
static void put_name(const stance_model *m, uint32_t bucket, st_buf *b) {
  size_t n;
  const char *p = find_words(m, bucket, &n), *end = p + n;
  if (!p) {
    st_buf_printf(b, "bucket %u", (unsigned)bucket);
    return;
  }
  for (bool first = true; p < end; first = false) {
    const char *tab = memchr(p, '\t', (size_t)(end - p));
    if (!tab) break;
    const char *next = memchr(tab + 1, '\t', (size_t)(end - tab - 1));
    if (!next) next = end;
    st_buf_puts(b, first ? "" : "; also ");
    st_buf_add(b, p, (size_t)(tab - p));
    st_buf_puts(b, " (");
    st_buf_add(b, tab + 1, (size_t)(next - tab - 1));
    st_buf_putc(b, ')');
    p = next < end ? next + 1 : end;
  }
}

static void put_signed(st_buf *b, float v) {
  if (v >= 0) st_buf_putc(b, '+');
  st_buf_fixed(b, (double)v, 4);
}

/* Every active bucket with its row, in order: for (...) body. */
#define FOR_BUCKETS(m, bucket, row)                                                                \
  for (size_t word_ = 0, row = 0; word_ < (size_t)1 << (m)->recipe.bits >> 6; word_++)             \
    for (uint64_t bits_ = (m)->active[word_], bucket = 0;                                          \
         bits_ && (bucket = (word_ << 6) + (uint64_t)__builtin_ctzll(bits_), true);                \
         bits_ &= bits_ - 1, row++)

stance_status stance_model_top(const stance_model *m, const char *label, size_t n,
                               stance_write_fn write, void *ctx, stance_error *err) {
  ranking up = {.item = st_calloc(n, sizeof(heavy)), .most = n}, down = up;
  down.item = st_calloc(n, sizeof(heavy));
  st_buf b = {0};
  bool found = false;
  st_buf_puts(&b, "label\tweight\tfeature\n");
  for (size_t h = 0; up.item && down.item && h < m->heads; h++)
    for (size_t k = 0; k < m->head[h].labels; k++) {
      if (label && strcmp(label, m->head[h].label[k])) continue;
      found = true;
      up.n = down.n = 0;
      FOR_BUCKETS(m, bucket, row) {
        float v = lift(m, &m->head[h], row, k);
        if (v > 0)
          offer(&up, v, (uint32_t)bucket, k);
        else
          offer(&down, -v, (uint32_t)bucket, k);
      }
      for (size_t i = 0; i < up.n + down.n; i++) {
        const heavy *x = i < up.n ? &up.item[i] : &down.item[i - up.n];
        if (m->heads > 1) st_buf_printf(&b, "%s: ", m->head[h].name);
        st_buf_printf(&b, "%s\t", m->head[h].label[k]);
        put_signed(&b, i < up.n ? x->weight : -x->weight);
        st_buf_putc(&b, '\t');
        put_name(m, x->bucket, &b);
        st_buf_putc(&b, '\n');
      }
    }
  stance_status status =
      b.failed || !up.item || !down.item ? st_fail_memory(err, "inspecting a model") : STANCE_OK;
  if (status == STANCE_OK && !found)
    status = st_fail(err, STANCE_ERR_USAGE, "the model has no label '%.100s'", label);
  if (status == STANCE_OK) status = write(ctx, b.data, b.len, err);
  free(up.item);
  free(down.item);
  st_buf_free(&b);
  return status;
}

static bool same_labels(const stance_model *a, const stance_model *b) {
  if (a->heads != b->heads) return false;
  for (size_t h = 0; h < a->heads; h++) {
    if (strcmp(a->head[h].name, b->head[h].name) || a->head[h].labels != b->head[h].labels)
      return false;
    for (size_t k = 0; k < a->head[h].labels; k++)
      if (strcmp(a->head[h].label[k], b->head[h].label[k])) return false;
  }
  return true;
}

static void put_model(const stance_model *m, char sign, st_buf *b) {
  st_buf_printf(b, "%c %s: %zu features, %s\n%c   features ", sign, m->name, m->rows,
                m->weight_type == ST_WEIGHT_I8 ? "8-bit" : "32-bit", sign);
  st_recipe_print(&m->recipe, b);
  st_buf_printf(b, ", %u bits\n", (unsigned)m->recipe.bits);
  for (size_t h = 0; h < m->heads; h++) {
    st_buf_printf(b, "%c   %s:", sign, m->head[h].name);
    for (size_t k = 0; k < m->head[h].labels; k++)
      st_buf_printf(b, "%s %s", k ? "," : "", m->head[h].label[k]);
    st_buf_putc(b, '\n');
  }
}

/* The largest changes of weight; a feature that one model lacks weighs 0 there. */
static stance_status put_changes(const stance_model *a, const stance_model *b, size_t n,
                                 st_buf *out, stance_error *err) {
  ranking r = {.item = st_calloc(n, sizeof(heavy)), .most = n, .by_size = true};
  if (!r.item) return st_fail_memory(err, "comparing models");
  size_t shared = 0, gone = 0;
  FOR_BUCKETS(a, bucket, row) {
    int64_t other = st_model_row(b, (uint32_t)bucket);
    if (other < 0)
      gone++;
    else
      shared++;
    for (size_t c = 0; c < a->columns; c++)
      offer(&r, (other < 0 ? 0 : st_model_weight(b, (size_t)other, c)) - st_model_weight(a, row, c),
            (uint32_t)bucket, c);
  }
  FOR_BUCKETS(b, bucket, row) {
    if (st_model_row(a, (uint32_t)bucket) >= 0) continue;
    for (size_t c = 0; c < b->columns; c++)
      offer(&r, st_model_weight(b, row, c), (uint32_t)bucket, c);
  }
  st_buf_printf(out, "shared features %zu, only in the first %zu, only in the second %zu\n", shared,
                gone, b->rows - shared);
  st_buf_puts(out, "largest changes of weight:\n");
  for (size_t i = 0; i < r.n; i++) {
    size_t h = 0, c = r.item[i].column;
    if (r.item[i].weight == 0) break;
    while (h + 1 < a->heads && c >= a->head[h + 1].first) h++;
    st_buf_printf(out, "  %s\t", a->head[h].label[c - a->head[h].first]);
    put_signed(out, r.item[i].weight);
    st_buf_putc(out, '\t');
    put_name(b->words ? b : a, r.item[i].bucket, out);
    st_buf_putc(out, '\n');
  }
  free(r.item);
  return STANCE_OK;
}

/* Share of rows that get another label, by head. */
static stance_status put_labels(const stance_model *a, const stance_model *b,
                                const stance_dataset *data, st_buf *out, stance_error *err) {
  float *x = st_realloc_array(NULL, data->rows * a->columns, sizeof *x);
  float *y = st_realloc_array(NULL, data->rows * b->columns, sizeof *y);
  stance_status status =
      x && y ? st_score_rows(a, data, 0, x, err) : st_fail_memory(err, "comparing models");
  if (status == STANCE_OK) status = st_score_rows(b, data, 0, y, err);
  for (size_t h = 0; status == STANCE_OK && h < a->heads; h++) {
    size_t differ = 0;
    float p[ST_MAX_LABELS];
    for (size_t i = 0; i < data->rows; i++) {
      st_probabilities(&a->head[h], x + i * a->columns + a->head[h].first, p);
      int first = st_choose(&a->head[h], 0, p);
      st_probabilities(&b->head[h], y + i * b->columns + b->head[h].first, p);
      differ += first != st_choose(&b->head[h], 0, p);
    }
    st_buf_printf(out, "%s: %zu of %zu rows get another label (", a->head[h].name, differ,
                  data->rows);
    st_buf_fixed(out, data->rows ? 100.0 * (double)differ / (double)data->rows : 0, 2);
    st_buf_puts(out, " %)\n");
  }
  free(x);
  free(y);
  return status;
}

stance_status stance_model_diff(const stance_model *a, const stance_model *b,
                                const stance_dataset *data, size_t n, stance_write_fn write,
                                void *ctx, stance_error *err) {
  st_buf out = {0};
  stance_status status = STANCE_OK;
  put_model(a, '-', &out);
  put_model(b, '+', &out);
  bool labels = same_labels(a, b), features = !memcmp(&a->recipe, &b->recipe, sizeof a->recipe);
  st_buf_printf(&out, "labels %s, features %s\n", labels ? "the same" : "differ",
                features ? "the same" : "differ");
  if (labels && features) status = put_changes(a, b, n, &out, err);
  if (status == STANCE_OK && labels && data) status = put_labels(a, b, data, &out, err);
  if (status == STANCE_OK)
    status =
        out.failed ? st_fail_memory(err, "comparing models") : write(ctx, out.data, out.len, err);
  st_buf_free(&out);
  return status;
}
