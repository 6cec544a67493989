/* blas.c: OpenBLAS, opened when the first call of a training needs it.
 *
 * Loading it costs 2.3 of the 11 ms that labelling one article took, and 2.6 of 10 MB, and starts threads
 * that wait in a busy loop; products are for training. So the program is not linked with it: these
 * functions have CBLAS's names and hand the calls on. Where there is no such library the plain loops
 * below do the work. */
#include <cblas.h>
#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

#include "core/core.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static __typeof__(&cblas_sgemv) library_sgemv; /* NULL: no library; written once */
static __typeof__(&openblas_set_num_threads) library_set_num_threads;

static void open_library(void) {
  void *library = dlopen("libopenblas.so.0", RTLD_LAZY | RTLD_LOCAL);
  if (!library) library = dlopen("libopenblas.so", RTLD_LAZY | RTLD_LOCAL);
  if (!library) return;
  void *sgemv = dlsym(library, "cblas_sgemv"),
       *threads = dlsym(library, "openblas_set_num_threads");
  /* ISO C has no cast from object to function */
  memcpy(&library_sgemv, &sgemv, sizeof sgemv);
  memcpy(&library_set_num_threads, &threads, sizeof threads);
}

void openblas_set_num_threads(int n) {
  pthread_once(&once, open_library);
  if (library_set_num_threads) library_set_num_threads(n);
}

/* y = alpha op(A) x + beta y, A of m rows and n columns, by rows. */
static void plain_sgemv(bool transposed, size_t m, size_t n, float alpha, const float *A,
                        size_t lda, const float *x, float beta, float *y) {
  for (size_t i = 0; i < (transposed ? n : m); i++) y[i] = beta == 0 ? 0 : beta * y[i];
  for (size_t i = 0; i < m; i++, A += lda) {
    float sum = 0;
    for (size_t j = 0; j < n; j++)
      if (transposed)
        y[j] += alpha * x[i] * A[j];
      else
        sum += A[j] * x[j];
    if (!transposed) y[i] += alpha * sum;
  }
}

/* Only what stance calls: rows of A and no gaps in x and y. */
void cblas_sgemv(enum CBLAS_ORDER order, enum CBLAS_TRANSPOSE trans, blasint m, blasint n,
                 float alpha, const float *A, blasint lda, const float *x, blasint xstep,
                 float beta, float *y, blasint ystep) {
  pthread_once(&once, open_library);
  if (library_sgemv)
    library_sgemv(order, trans, m, n, alpha, A, lda, x, xstep, beta, y, ystep);
  else
    plain_sgemv(trans != CblasNoTrans, (size_t)m, (size_t)n, alpha, A, (size_t)lda, x, beta, y);
}
