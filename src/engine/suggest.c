/* suggest.c: which sentences would teach most.
 *
 *   score(x) = uncertainty(x) * density(x)          Settles and Craven 2008, information density
 *   uncertainty = 1 - (p1 - p2)                     the margin between the two best labels
 *   density = 1/N sum over the pool of cos(x, x_u) = x . centroid   for x of length 1
 *
 * x is the bag of a sentence's lower-case words weighted by their rarity, so the sum over the whole
 * pool costs no more than one pass. What shares half of its words with a better one is left out. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "core/core.h"

enum { BUCKETS = 1 << 18, LONGEST = 64 };

/* One sentence: its distinct words' buckets, ascending. */
typedef struct {
  size_t first, words; /* in pool.bucket */
  stance_suggestion s;
} candidate;

typedef struct {
  candidate *item; /* [n] */
  size_t n, cap;
  uint32_t *bucket; /* [words] */
  size_t words, words_cap;
  float *rarity;    /* [BUCKETS]: log(N / sentences with it) */
  double *centroid; /* [BUCKETS] */
} pool;

static int by_number(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

/* The bucket of a word in lower case; letters beyond ASCII are kept as they are. */
static uint32_t bucket_of(const char *word, size_t n) {
  char folded[LONGEST];
  if (n > LONGEST) n = LONGEST;
  for (size_t i = 0; i < n; i++)
    folded[i] = (char)(word[i] >= 'A' && word[i] <= 'Z' ? word[i] + 32 : word[i]);
  return (uint32_t)(XXH3_64bits(folded, n) & (BUCKETS - 1));
}

static stance_status add(pool *p, const stance_document *d, size_t document, size_t sentence,
                         const float *scores, size_t labels, stance_error *err) {
  const stance_sentence *s = &d->sentences[sentence];
  stance_span *token = NULL;
  size_t n = 0;
  ST_TRY(stance_segment(d->text + s->start, s->end - s->start, true, &token, &n, err));
  bool ok = st_reserve(&p->bucket, &p->words_cap, p->words + n, sizeof *p->bucket) &&
            st_reserve(&p->item, &p->cap, p->n + 1, sizeof *p->item);
  size_t first = p->words, words = 0;
  for (size_t i = 0; ok && i < n; i++) {
    const char *word = d->text + s->start + token[i].start;
    unsigned char c = (unsigned char)*word;
    if (c < 0x80 && !(c >= '0' && c <= '9') && !((c | 32) >= 'a' && (c | 32) <= 'z')) continue;
    p->bucket[first + words++] = bucket_of(word, token[i].end - token[i].start);
  }
  stance_free(token);
  if (!ok) return st_fail_memory(err, "gathering sentences");
  if (!words) return STANCE_OK;
  uint32_t *b = p->bucket + first;
  qsort(b, words, sizeof *b, by_number);
  size_t distinct = 0;
  for (size_t i = 0; i < words; i++)
    if (!i || b[i] != b[i - 1]) b[distinct++] = b[i];
  p->words += distinct;
  float best = 0, second = 0;
  for (size_t k = 0; k < labels; k++)
    if (scores[k] > best)
      second = best, best = scores[k];
    else if (scores[k] > second)
      second = scores[k];
  p->item[p->n++] = (candidate){first, distinct, {document, sentence, 0, 1 - (best - second), 0}};
  return STANCE_OK;
}

static double length_of(const pool *p, const candidate *c) {
  double sum = 0;
  for (size_t i = 0; i < c->words; i++) {
    double r = (double)p->rarity[p->bucket[c->first + i]];
    sum += r * r;
  }
  return sum > 0 ? sqrt(sum) : 1;
}

static void weigh(pool *p) {
  for (size_t i = 0; i < p->words; i++) p->rarity[p->bucket[i]] += 1;
  for (size_t b = 0; b < BUCKETS; b++)
    if (p->rarity[b] > 0) p->rarity[b] = logf((1 + (float)p->n) / p->rarity[b]);
  for (size_t k = 0; k < p->n; k++) {
    double length = length_of(p, &p->item[k]);
    for (size_t i = 0; i < p->item[k].words; i++) {
      uint32_t b = p->bucket[p->item[k].first + i];
      p->centroid[b] += (double)p->rarity[b] / length / (double)p->n;
    }
  }
  float largest = 0;
  for (size_t k = 0; k < p->n; k++) {
    candidate *c = &p->item[k];
    double dot = 0, length = length_of(p, c);
    for (size_t i = 0; i < c->words; i++) {
      uint32_t b = p->bucket[c->first + i];
      dot += (double)p->rarity[b] / length * p->centroid[b];
    }
    c->s.density = (float)dot;
    if (c->s.density > largest) largest = c->s.density;
  }
  for (size_t k = 0; k < p->n; k++) {
    stance_suggestion *s = &p->item[k].s;
    if (largest > 0) s->density /= largest;
    s->score = s->uncertainty * s->density;
  }
}

static int by_score(const void *a, const void *b) {
  const stance_suggestion *x = &((const candidate *)a)->s, *y = &((const candidate *)b)->s;
  if (x->score != y->score) return x->score > y->score ? -1 : 1;
  if (x->document != y->document) return x->document < y->document ? -1 : 1;
  return x->sentence < y->sentence ? -1 : x->sentence > y->sentence;
}

/* Half of the words of both together (Jaccard). */
static bool alike(const pool *p, const candidate *a, const candidate *b) {
  const uint32_t *x = p->bucket + a->first, *y = p->bucket + b->first;
  size_t i = 0, j = 0, both = 0;
  while (i < a->words && j < b->words)
    if (x[i] == y[j])
      both++, i++, j++;
    else if (x[i] < y[j])
      i++;
    else
      j++;
  return 2 * both >= a->words + b->words - both;
}

/* Moves the chosen to the front. */
static size_t choose(pool *p, size_t most) {
  size_t chosen = 0;
  if (p->n) qsort(p->item, p->n, sizeof *p->item, by_score);
  for (size_t k = 0; k < p->n && chosen < most; k++) {
    size_t i = 0;
    while (i < chosen && !alike(p, &p->item[i], &p->item[k])) i++;
    if (i == chosen) p->item[chosen++] = p->item[k];
  }
  return chosen;
}

stance_status stance_suggest(const stance_model *model, const stance_document *const *documents,
                             size_t n, size_t most, stance_suggestion **out, size_t *count,
                             stance_error *err) {
  pool p = {.rarity = st_calloc(BUCKETS, sizeof *p.rarity),
            .centroid = st_calloc(BUCKETS, sizeof *p.centroid)};
  *out = NULL;
  *count = 0;
  stance_status status =
      p.rarity && p.centroid ? STANCE_OK : st_fail_memory(err, "gathering sentences");
  for (size_t d = 0; d < n; d++)
    for (size_t i = 0; status == STANCE_OK && i < documents[d]->n_sentences; i++)
      if (documents[d]->sentences[i].best >= 0)
        status = add(&p, documents[d], d, i, documents[d]->sentences[i].scores,
                     stance_model_labels(model, 0), err);
  if (status == STANCE_OK) {
    weigh(&p);
    size_t chosen = choose(&p, most);
    *out = st_calloc(chosen, sizeof **out);
    for (size_t i = 0; *out && i < chosen; i++) (*out)[i] = p.item[i].s;
    *count = *out ? chosen : 0;
    if (!*out) status = st_fail_memory(err, "gathering sentences");
  }
  free(p.item);
  free(p.bucket);
  free(p.rarity);
  free(p.centroid);
  return status;
}
