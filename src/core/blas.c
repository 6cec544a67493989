/* blas.c: OpenBLAS, opened when the first call of a training needs it.
 *
 * Loading it costs 2.3 of the 11 ms that labelling one article took, and 2.6 of 10 MB, and starts
 * threads that wait in a busy loop; products are for training. So the program is not linked with it.
 * Where there is no such library the plain loops below do the work. */
#include <cblas.h>
#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

#include "core/core.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static __typeof__(&cblas_sgemv) library_sgemv; /* NULL: no library; written once */

static void open_library(void) {
  void *library = dlopen("libopenblas.so.0", RTLD_LAZY | RTLD_LOCAL);
  if (!library) library = dlopen("libopenblas.so", RTLD_LAZY | RTLD_LOCAL);
  if (!library) return;
  void *sgemv = dlsym(library, "cblas_sgemv"),
       *threads = dlsym(library, "openblas_set_num_threads");
  __typeof__(&openblas_set_num_threads) set_num_threads = NULL;
  /* ISO C has no cast from object to function */
  memcpy(&library_sgemv, &sgemv, sizeof sgemv);
  memcpy(&set_num_threads, &threads, sizeof threads);
  if (set_num_threads) set_num_threads(1); /* threads are ours, so that sums keep their order */
}

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

void st_sgemv(bool transposed, size_t m, size_t n, float alpha, const float *A, size_t lda,
              const float *x, float beta, float *y) {
  pthread_once(&once, open_library);
  if (library_sgemv)
    library_sgemv(CblasRowMajor, transposed ? CblasTrans : CblasNoTrans, (blasint)m, (blasint)n,
                  alpha, A, (blasint)lda, x, 1, beta, y, 1);
  else
    plain_sgemv(transposed, m, n, alpha, A, lda, x, beta, y);
}
