/* vectors.c: word vectors as a dense block of the design matrix, folded away after training.
 *
 * With x a row's binary features (value s_i each), V the vectors of the 1-gram features and U the
 * dense weights, the margin is x W + (x V) U = x (W + V U): the sum is stored, and a word that the
 * labelled rows never held still has a weight, learnt from the words used like it. */
#include "engine/training.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SIZE = 1000 };

/* Root mean square of the dense features: small beside the sparse ones, whose norm is 1. */
static const float rms = 0.06f;

static stance_status bad_line(stance_error *err, const char *path, uint64_t line, const char *what) {
  st_fail(err, STANCE_ERR_FORMAT, "word vectors: %s", what);
  return st_error_at(err, STANCE_ERR_FORMAT, path, line, 0);
}

typedef struct {
  uint32_t bucket, place; /* place: its line, from 0 */
} key;

static int by_bucket(const void *a, const void *b) {
  const key *x = a, *y = b;
  if (x->bucket != y->bucket) return x->bucket < y->bucket ? -1 : 1;
  return x->place < y->place ? -1 : x->place > y->place;
}

/* Sorts the words by bucket; of two words of one bucket the earlier, more frequent one stays. */
static stance_status sort_words(st_vectors *v, key *keys, float *value, stance_error *err) {
  qsort(keys, v->words, sizeof *keys, by_bucket);
  v->bucket = st_realloc_array(NULL, v->words, sizeof *v->bucket);
  v->value = st_realloc_array(NULL, v->words * v->size, sizeof *v->value);
  if (!v->bucket || !v->value) return st_fail_memory(err, "reading word vectors");
  size_t n = 0;
  for (size_t i = 0; i < v->words; i++) {
    if (n && v->bucket[n - 1] == keys[i].bucket) continue;
    v->bucket[n] = keys[i].bucket;
    memcpy(v->value + n * v->size, value + keys[i].place * v->size, v->size * sizeof *value);
    n++;
  }
  v->words = n;
  return STANCE_OK;
}

/* Centred, then of unit length: frequent words would drown the others. */
static void normalise(st_vectors *v) {
  double mean[MAX_SIZE] = {0};
  for (size_t i = 0; i < v->words; i++)
    for (size_t k = 0; k < v->size; k++) mean[k] += (double)v->value[i * v->size + k];
  for (size_t i = 0; i < v->words; i++) {
    float *x = v->value + i * v->size;
    double sum = 0;
    for (size_t k = 0; k < v->size; k++) {
      x[k] -= (float)(mean[k] / (double)v->words);
      sum += (double)x[k] * (double)x[k];
    }
    float norm = sum > 0 ? (float)(1 / sqrt(sum)) : 0;
    for (size_t k = 0; k < v->size; k++) x[k] *= norm;
  }
}

stance_status st_vectors_read(const char *path, const st_recipe *recipe, st_vectors *v,
                              stance_error *err) {
  *v = (st_vectors){0};
  if (recipe->word_min != 1)
    return st_fail(err, STANCE_ERR_USAGE, "word vectors need the feature word=1-N");
  st_file file;
  ST_TRY(st_file_open(path, &file, err));
  st_buf line = {0};
  float *value = NULL;
  key *keys = NULL;
  size_t value_cap = 0, keys_cap = 0;
  uint64_t number = 0;
  stance_status status = STANCE_OK;
  for (size_t at = 0; status == STANCE_OK && at < file.len;) {
    const char *begin = file.data + at, *stop = memchr(begin, '\n', file.len - at);
    size_t len = stop ? (size_t)(stop - begin) : file.len - at;
    at += len + 1;
    st_buf_clear(&line);
    st_buf_add(&line, begin, len); /* terminated, for strtof */
    if (line.failed) status = st_fail_memory(err, "reading word vectors");
    else if (!number++) {
      char *end;
      strtoul(line.data, &end, 10);
      v->size = strtoul(end, NULL, 10);
      if (!v->size || v->size > MAX_SIZE)
        status = bad_line(err, path, number, "the first line must be 'words size', size 1 to 1000");
    } else if (len) {
      char *p = line.data + strcspn(line.data, " "), *end = p;
      if (!st_reserve(&value, &value_cap, (v->words + 1) * v->size, sizeof *value) ||
          !st_reserve(&keys, &keys_cap, v->words + 1, sizeof *keys))
        status = st_fail_memory(err, "reading word vectors");
      for (size_t k = 0; status == STANCE_OK && k < v->size; k++, p = end) {
        float x = strtof(p, &end);
        if (end == p || !isfinite(x)) status = bad_line(err, path, number, "too few numbers");
        else value[v->words * v->size + k] = x;
      }
      if (status != STANCE_OK) break;
      uint64_t hash = st_word_hash(line.data, strcspn(line.data, " "));
      keys[v->words] = (key){st_word_bucket(recipe, hash), (uint32_t)v->words};
      v->words++;
    }
  }
  if (status == STANCE_OK && !v->words) status = bad_line(err, path, number, "no words");
  if (status == STANCE_OK) status = sort_words(v, keys, value, err);
  if (status == STANCE_OK) normalise(v);
  free(value);
  free(keys);
  st_buf_free(&line);
  st_file_close(&file);
  if (status != STANCE_OK) st_vectors_free(v);
  return status;
}

stance_status st_vectors_join(st_vectors *v, st_prepared *p, stance_error *err) {
  size_t rows = p->matrix.rows, cols = p->matrix.cols;
  v->row_of = st_calloc(cols, sizeof *v->row_of);
  v->dense = st_calloc(rows * v->size, sizeof *v->dense);
  if (!v->row_of || !v->dense) return st_fail_memory(err, "reading word vectors");
  for (size_t j = 0, i = 0; j < cols; j++) {
    while (i < v->words && v->bucket[i] < p->bucket[j]) i++;
    if (i < v->words && v->bucket[i] == p->bucket[j]) v->row_of[j] = (uint32_t)i + 1;
  }
  double sum = 0;
  for (size_t r = 0; r < rows; r++) {
    float *z = v->dense + r * v->size;
    for (uint64_t at = p->row_start[r]; at < p->row_start[r + 1]; at++) {
      uint32_t word = v->row_of[p->col[at]];
      if (!word) continue;
      const float *x = v->value + (word - 1) * v->size;
      for (size_t k = 0; k < v->size; k++) z[k] += x[k];
    }
    for (size_t k = 0; k < v->size; k++) {
      z[k] *= p->row_scale[r];
      sum += (double)z[k] * (double)z[k];
    }
  }
  float scale = sum > 0 ? rms / (float)sqrt(sum / (double)(rows * v->size)) : 0;
  for (size_t i = 0; i < rows * v->size; i++) v->dense[i] *= scale;
  for (size_t i = 0; i < v->words * v->size; i++) v->value[i] *= scale;
  p->matrix.dense = v->dense;
  p->matrix.dense_cols = v->size;
  return STANCE_OK;
}

void st_vectors_fold(const st_vectors *v, size_t cols, st_weights *w) {
  for (size_t j = 0; j < cols; j++)
    if (v->row_of[j])
      st_sgemv(true, v->size, w->classes, 1, w->dense, w->classes,
               v->value + (v->row_of[j] - 1) * v->size, 1, w->sparse + j * w->classes);
}

void st_vectors_free(st_vectors *v) {
  free(v->bucket);
  free(v->value);
  free(v->row_of);
  free(v->dense);
  *v = (st_vectors){0};
}
