/* pager.c: text for a terminal goes through a pager, which ends at once when all fits (less -F). */
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int open_pager(const settings *s, pid_t *child) {
  const char *pager = getenv("PAGER"), *term = getenv("TERM");
  if (!pager) pager = "less";
  if (s->no_pager || strcmp(s->format, "text") || !isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO) ||
      !*pager || !strcmp(pager, "cat") || !term || !strcmp(term, "dumb"))
    return -1;
  int ends[2];
  if (pipe(ends) != 0) return -1;
  *child = fork();
  if (*child == 0) {
    setenv("LESS", "FRX", 0);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    close(ends[1]);
    execl("/bin/sh", "sh", "-c", pager, (char *)NULL);
    _exit(127);
  }
  close(ends[0]);
  if (*child < 0) {
    close(ends[1]);
    return -1;
  }
  fcntl(ends[1], F_SETFD, FD_CLOEXEC);
  signal(SIGPIPE, SIG_IGN); /* q in the pager ends the writing, as an error of a closed pipe */
  return ends[1];
}

void close_pager(int fd, pid_t child) {
  close(fd);
  signal(SIGINT, SIG_IGN); /* Ctrl-C is the pager's */
  while (waitpid(child, NULL, 0) < 0 && errno == EINTR) continue;
  signal(SIGINT, SIG_DFL);
}
