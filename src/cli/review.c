/* review.c: the page of texts, served to the browser; corrections are kept as they are made. */
#include "cli/cli.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int open_review(const settings *s, const stance_model *model, stance_review_options *options,
                stance_review **out) {
  *out = NULL;
  inputs in;
  int status = gather_inputs(s, &in);
  const char **paths = calloc(in.n + 1, sizeof *paths);
  size_t n = 0;
  for (size_t i = 0; paths && !status && i < in.n; i++) {
    if (in.item[i].kind != INPUT_DOCUMENT || is_stdin(in.item[i].path)) {
      say("a review is of files with one text each, not of %s",
          is_stdin(in.item[i].path) ? "standard input" : in.item[i].path);
      status = EXIT_USAGE;
    }
    paths[n++] = in.item[i].path;
  }
  *options = (stance_review_options){
      .classify = s->classify, .read = text_options(s), .corrections = s->output};
  if (!status && s->among) status = parse_among(model, s->among, &options->classify.among);
  stance_error err;
  if (!status && !paths) {
    say("out of memory");
    status = EXIT_INTERNAL;
  } else if (!status && stance_review_open(model, options, paths, n, out, &err) != STANCE_OK)
    status = say_error(&err);
  free(paths);
  free_inputs(&in);
  return status;
}

void tell_lost(const settings *s, const stance_review *review) {
  const char *line;
  size_t n = 0;
  while (stance_review_lost(review, n)) n++;
  if (!n || s->quiet) return;
  say("%zu earlier %s no sentence here any more; the text was edited:", n,
      n == 1 ? "correction has" : "corrections have");
  for (size_t i = 0; (line = stance_review_lost(review, i)); i++) say("  %s", line);
}

/* $BROWSER or xdg-open, on its own; its messages are nobody's. */
static void open_browser(const char *url) {
  const char *program = getenv("BROWSER");
  if (!program || !*program) program = "xdg-open";
  pid_t child = fork();
  if (child == 0) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; null >= 0 && fd < 3; fd++) dup2(null, fd);
    if (setsid() >= 0 && fork() == 0) execlp(program, program, url, (char *)NULL);
    _exit(0);
  }
  if (child > 0) waitpid(child, NULL, 0);
}

static int serve(const settings *s, stance_review *review) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGHUP);
  sigprocmask(SIG_BLOCK, &ends, NULL); /* the server's thread inherits it */
  stance_error err;
  const char *url = NULL;
  if (stance_review_serve(review, s->port, &url, &err) != STANCE_OK) return say_error(&err);
  printf("%s\n", url);
  fflush(stdout);
  if (!s->quiet)
    say("corrections go to %s; Ctrl-C ends the review",
        s->output ? s->output : "corrections.jsonl");
  if (!s->no_browser) open_browser(url);
  int got;
  sigwait(&ends, &got);
  return EXIT_DONE;
}

int run_review(const settings *s) {
  if (!s->operands && !s->files_from) {
    say("review needs a file: stance review story.txt");
    return EXIT_USAGE;
  }
  stance_model *model = open_model(s);
  if (!model) return EXIT_USAGE;
  stance_review_options options;
  stance_review *review;
  stance_error err;
  int status = open_review(s, model, &options, &review);
  if (!status) {
    tell_lost(s, review);
    status = serve(s, review);
  }
  if (stance_review_close(review, &err) != STANCE_OK) status = graver(status, say_error(&err));
  stance_model_free(model);
  return status;
}
