/* thread.c: a fixed list of pieces of work shared out over threads. */
#include "core/core.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { MAX_THREADS = 256 };

typedef struct {
  st_work_fn work;
  void *ctx;
  size_t count;
  atomic_size_t next;
} job;

static void *run(void *arg) {
  job *j = arg;
  for (size_t i; (i = atomic_fetch_add(&j->next, 1)) < j->count;) j->work(j->ctx, i);
  return NULL;
}

int st_cores(void) {
  long n = sysconf(_SC_NPROCESSORS_ONLN);
  return n < 1 ? 1 : n > MAX_THREADS ? MAX_THREADS : (int)n;
}

void st_parallel(size_t count, int threads, st_work_fn work, void *ctx) {
  if (threads <= 0) threads = st_cores();
  if (threads > MAX_THREADS) threads = MAX_THREADS;
  if ((size_t)threads > count) threads = (int)count;
  job j = {.work = work, .ctx = ctx, .count = count};
  atomic_init(&j.next, 0);
  pthread_t ids[MAX_THREADS];
  int started = 0;
  while (started < threads - 1 && pthread_create(&ids[started], NULL, run, &j) == 0) started++;
  run(&j);
  for (int t = 0; t < started; t++) pthread_join(ids[t], NULL);
}
