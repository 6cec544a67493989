/* team.c: a team of threads and the barrier between its rounds.
 *
 * A solver's step takes about a millisecond and has several rounds, too short for pthread_create.
 * Waiting spins for some microseconds and then sleeps, so that a busy machine is not made busier.
 */
#include "linear/team.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { MAX_HELPERS = 63, SPINS = 1000 };

struct st_team {
  pthread_mutex_t lock;
  pthread_cond_t wake, done;
  atomic_uint round;  /* raised when there is work */
  atomic_size_t next; /* the piece to take */
  atomic_int busy;    /* helpers that have not finished the round */
  bool quit;
  st_work_fn work;
  void *ctx;
  size_t count;
  int helpers;
  pthread_t id[MAX_HELPERS];
};

static void breathe(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#endif
}

static void take_pieces(st_team *t) {
  for (size_t i; (i = atomic_fetch_add(&t->next, 1)) < t->count;) t->work(t->ctx, i);
}

static void *help(void *arg) {
  st_team *t = arg;
  for (unsigned seen = 0;; seen++) {
    for (int s = 0; s < SPINS && atomic_load(&t->round) == seen; s++) breathe();
    if (atomic_load(&t->round) == seen) {
      pthread_mutex_lock(&t->lock);
      while (atomic_load(&t->round) == seen) pthread_cond_wait(&t->wake, &t->lock);
      pthread_mutex_unlock(&t->lock);
    }
    if (t->quit) return NULL;
    take_pieces(t);
    if (atomic_fetch_sub(&t->busy, 1) == 1) {
      pthread_mutex_lock(&t->lock);
      pthread_cond_signal(&t->done);
      pthread_mutex_unlock(&t->lock);
    }
  }
}

static void start_round(st_team *t) {
  pthread_mutex_lock(&t->lock);
  atomic_fetch_add(&t->round, 1);
  pthread_cond_broadcast(&t->wake);
  pthread_mutex_unlock(&t->lock);
}

st_team *st_team_new(int threads) {
  st_team *t = calloc(1, sizeof *t);
  if (!t) return NULL;
  if (threads <= 0) threads = st_cores();
  if (threads > MAX_HELPERS + 1) threads = MAX_HELPERS + 1;
  pthread_mutex_init(&t->lock, NULL);
  pthread_cond_init(&t->wake, NULL);
  pthread_cond_init(&t->done, NULL);
  while (t->helpers < threads - 1 && pthread_create(&t->id[t->helpers], NULL, help, t) == 0)
    t->helpers++;
  return t;
}

void st_team_free(st_team *t) {
  if (!t) return;
  t->quit = true; /* seen through the round that follows */
  start_round(t);
  for (int i = 0; i < t->helpers; i++) pthread_join(t->id[i], NULL);
  pthread_cond_destroy(&t->wake);
  pthread_cond_destroy(&t->done);
  pthread_mutex_destroy(&t->lock);
  free(t);
}

int st_team_size(const st_team *t) {
  return t->helpers + 1;
}

void st_team_run(st_team *t, size_t count, st_work_fn work, void *ctx) {
  if (!t->helpers || count < 2) {
    for (size_t i = 0; i < count; i++) work(ctx, i);
    return;
  }
  t->work = work, t->ctx = ctx, t->count = count;
  atomic_store(&t->next, 0);
  atomic_store(&t->busy, t->helpers);
  start_round(t);
  take_pieces(t);
  for (int s = 0; s < SPINS && atomic_load(&t->busy); s++) breathe();
  if (atomic_load(&t->busy)) {
    pthread_mutex_lock(&t->lock);
    while (atomic_load(&t->busy)) pthread_cond_wait(&t->done, &t->lock);
    pthread_mutex_unlock(&t->lock);
  }
}
