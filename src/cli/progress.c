/* progress.c: one line on standard error, rewritten; and Ctrl-C. */
#include "cli/cli.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t stop;

/* The second time the default action ends the program. */
static void on_interrupt(int sig) {
  stop = 1;
  signal(sig, SIG_DFL);
}

void catch_interrupt(void) {
  struct sigaction sa = {.sa_handler = on_interrupt};
  sigemptyset(&sa.sa_mask);
  sa.sa_flags = SA_RESTART;
  sigaction(SIGINT, &sa, NULL);
}

bool interrupted(void) {
  return stop;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void progress_begin(progress_line *p, bool quiet) {
  *p = (progress_line){.shown = !quiet && isatty(STDERR_FILENO), .start = now()};
}

bool progress_step(void *ctx, const stance_progress *progress) {
  progress_line *p = ctx;
  double t = now();
  /* Nothing for what is over in half a second; then ten times a second. */
  if (p->shown && t - p->start > 0.5 && t - p->last > 0.1) {
    p->last = t;
    p->dirty = true;
    fprintf(stderr, "\r\033[K%s %llu", progress->stage, (unsigned long long)progress->done);
    if (progress->total) fprintf(stderr, "/%llu", (unsigned long long)progress->total);
    if (!isnan(progress->objective))
      fprintf(stderr, "  objective %.4g  gradient %.2g", progress->objective, progress->gradient);
    fprintf(stderr, "  %.0f s", t - p->start);
    if (isnan(progress->objective) && progress->done && progress->done < progress->total)
      fprintf(stderr, ", about %.0f s left",
              (t - p->start) * (double)(progress->total - progress->done) / (double)progress->done);
    if (stop) fputs("  stopping after this step", stderr);
    fflush(stderr);
  }
  return !stop;
}

void progress_end(progress_line *p) {
  if (p->dirty) fputs("\r\033[K", stderr);
  p->dirty = false;
}
