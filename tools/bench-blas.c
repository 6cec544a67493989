/* bench-blas.c: each product the learner could give to BLAS, by BLAS and by the plain loop, on the
 * shapes of training with news: which one the library uses, and why. usage: bench-blas [ROUNDS] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cblas.h>

enum { M = 10, LANES = 4, ROWS = 20000, CHUNK = 8192, BLOCK = 512 };

typedef float v4 __attribute__((vector_size(16), may_alias));

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_double(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static float *numbers(size_t n) {
  float *v = aligned_alloc(64, (n * sizeof *v + 63) / 64 * 64);
  if (!v) exit(1);
  for (size_t i = 0; i < n; i++) v[i] = (float)((i * 2654435761u >> 8) % 1000) / 1000 - 0.5f;
  return v;
}

static float *S, *x, *y, *Z, *U, *Q;
static size_t len, F;

/* L-BFGS: M dot products with one vector, by chunks */
static void dots_blas(void) {
  float out[M];
  for (size_t c = 0; c < len; c += CHUNK) {
    size_t n = len - c < CHUNK ? len - c : CHUNK;
    cblas_sgemv(CblasRowMajor, CblasNoTrans, M, (int)n, 1, S + c, (int)len, x + c, 1, 0, out, 1);
    y[0] += out[0];
  }
}
static void dots_plain(void) {
  for (size_t c = 0; c < len; c += CHUNK) {
    size_t n = len - c < CHUNK ? len - c : CHUNK;
    for (size_t m = 0; m < M; m++) {
      v4 t0 = {0}, t1 = {0};
      const float *s = S + m * len + c;
      size_t k = 0;
      for (; k + 8 <= n; k += 8) {
        t0 += *(const v4 *)(s + k) * *(const v4 *)(x + c + k);
        t1 += *(const v4 *)(s + k + 4) * *(const v4 *)(x + c + k + 4);
      }
      float sum = 0;
      for (; k < n; k++) sum += s[k] * x[c + k];
      t0 += t1;
      y[m] += sum + t0[0] + t0[1] + t0[2] + t0[3];
    }
  }
}
static float weight[M] = {.1f, -.2f, .3f, -.4f, .5f, -.6f, .7f, -.8f, .9f, -1};
static void sum_blas(void) {
  for (size_t c = 0; c < len; c += CHUNK) {
    size_t n = len - c < CHUNK ? len - c : CHUNK;
    cblas_sgemv(CblasRowMajor, CblasTrans, M, (int)n, 1, S + c, (int)len, weight, 1, 0, y + c, 1);
  }
}
static void sum_plain(void) {
  for (size_t c = 0; c < len; c += CHUNK) {
    size_t n = len - c < CHUNK ? len - c : CHUNK;
    memset(y + c, 0, n * sizeof *y);
    for (size_t m = 0; m < M; m++)
      for (size_t k = c; k < c + n; k++) y[k] += weight[m] * S[m * len + k];
  }
}

/* The dense block: margins Z U and gradient Z'Q, by blocks of rows */
static void forward_blas(void) {
  for (size_t i = 0; i < ROWS; i += BLOCK) {
    int n = (int)(ROWS - i < BLOCK ? ROWS - i : BLOCK);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, LANES, (int)F, 1, Z + i * F, (int)F,
                U, LANES, 0, y + i * LANES, LANES);
  }
}
static void forward_plain(void) {
  for (size_t i = 0; i < ROWS; i++) {
    const float *z = Z + i * F;
    v4 t0 = {0}, t1 = {0}, t2 = {0}, t3 = {0};
    size_t f = 0;
    for (; f + 4 <= F; f += 4) {
      t0 += z[f] * *(const v4 *)(U + f * 4);
      t1 += z[f + 1] * *(const v4 *)(U + f * 4 + 4);
      t2 += z[f + 2] * *(const v4 *)(U + f * 4 + 8);
      t3 += z[f + 3] * *(const v4 *)(U + f * 4 + 12);
    }
    for (; f < F; f++) t0 += z[f] * *(const v4 *)(U + f * 4);
    *(v4 *)(y + i * 4) = (t0 + t1) + (t2 + t3);
  }
}
static void backward_blas(void) {
  for (size_t i = 0; i < ROWS; i += BLOCK) {
    int n = (int)(ROWS - i < BLOCK ? ROWS - i : BLOCK);
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)F, LANES, n, 1, Z + i * F, (int)F,
                Q + i * LANES, LANES, 0, y, LANES);
  }
}
static void backward_plain(void) {
  for (size_t i = 0; i < ROWS; i += BLOCK) {
    memset(y, 0, F * LANES * sizeof *y);
    for (size_t r = i; r < i + BLOCK && r < ROWS; r += 4) { /* ROWS is a multiple of 4 */
      const float *a = Z + r * F, *b = a + F, *c = b + F, *d = c + F;
      const v4 *q = (const v4 *)(Q + r * 4);
      for (size_t f = 0; f < F; f++)
        *(v4 *)(y + f * 4) += (a[f] * q[0] + b[f] * q[1]) + (c[f] * q[2] + d[f] * q[3]);
    }
  }
}

static void compare(const char *what, int rounds, void (*blas)(void), void (*plain)(void),
                    const char *used) {
  double a[99], b[99];
  for (int r = 0; r < rounds; r++) { /* alternately */
    double t0 = now();
    blas();
    double t1 = now();
    plain();
    a[r] = t1 - t0, b[r] = now() - t1;
  }
  qsort(a, (size_t)rounds, sizeof *a, by_double);
  qsort(b, (size_t)rounds, sizeof *b, by_double);
  double u = a[rounds / 2] * 1e3, v = b[rounds / 2] * 1e3;
  printf("%-44s %8.3f ms %8.3f ms %6.2f   %s\n", what, u, v, v / u, used);
}

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 25;
  if (rounds < 1 || rounds > 99) rounds = 25;
  openblas_set_num_threads(1);
  len = 2 * ROWS * LANES;
  S = numbers(M * len), x = numbers(len), y = numbers(len), Q = numbers(ROWS * LANES);
  Z = numbers(ROWS * 300), U = numbers(300 * LANES);
  printf("%-44s %11s %11s %6s   %s\n", "", "BLAS", "loop", "ratio", "used");
  compare("L-BFGS, S'g: 10 x 160000, sgemv", rounds, dots_blas, dots_plain, "BLAS");
  compare("L-BFGS, S'c: 10 x 160000, sgemv", rounds, sum_blas, sum_plain, "BLAS");
  F = 100;
  compare("dense block, Z U: 20000 x 100 x 4, sgemm", rounds, forward_blas, forward_plain, "loop");
  compare("dense block, Z'Q: 20000 x 100 x 4, sgemm", rounds, backward_blas, backward_plain,
          "loop");
  F = 300;
  compare("dense block, Z U: 20000 x 300 x 4, sgemm", rounds, forward_blas, forward_plain, "loop");
  compare("dense block, Z'Q: 20000 x 300 x 4, sgemm", rounds, backward_blas, backward_plain,
          "loop");
  free(S), free(x), free(y), free(Z), free(U), free(Q);
  return 0;
}
