/* fuzz_options.c: random arguments: parsed, or refused with exit code 2 or 3 and one line on
 * standard error. The program's main() gets another name here, so that its parser can be called.
 *
 * An input is arguments that end with NUL or newline. With FUZZ_LOUD in the environment standard
 * error is left alone, so that a report of the sanitizers can be read. */
#define main stance_main
#include "cli/main.c"
#undef main

#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const fuzz_dictionary[] = {"\n",
                                              "\n",
                                              "\n",
                                              "\n--",
                                              "\n-",
                                              "=",
                                              ",",
                                              "-1",
                                              "0",
                                              "1e9",
                                              "nan",
                                              "0.5",
                                              "99999999999999999999",
                                              "0x10",
                                              "2M",
                                              "\n--config=none\n",
                                              "classify\n",
                                              "train\n",
                                              "eval\n",
                                              "segment\n",
                                              "model\n",
                                              "help\n",
                                              "check\n",
                                              "convert\n",
                                              "agree\n",
                                              "\n--\n",
                                              "--format",
                                              "--json",
                                              "-f",
                                              "json",
                                              "html",
                                              "--among",
                                              "--evidence",
                                              "--fail-on",
                                              "speculation>20%",
                                              "-j4",
                                              "--jobs",
                                              "--bits",
                                              "-C",
                                              "--max-size",
                                              "-qv",
                                              "-h",
                                              "--help",
                                              "--version",
                                              "--no-color",
                                              "--color",
                                              "always",
                                              "--min",
                                              "--label-map",
                                              "--print-config",
                                              "--input-format",
                                              "\xff",
                                              "\xc3\xa9",
                                              "%s%n",
                                              NULL};
#include "driver.h"

enum { ARGUMENTS = 60 };

/* Standard error goes to a file without a name, whose text is then looked at. */
static int log_file(void) {
  static int fd = -1;
  if (fd < 0 && !getenv("FUZZ_LOUD")) {
    char path[] = "/tmp/stance-fuzz-XXXXXX";
    fd = mkstemp(path);
    if (fd >= 0) unlink(path);
  }
  return fd;
}

static bool one_line(int log) {
  char text[4096];
  ssize_t n = pread(log, text, sizeof text - 1, 0);
  if (n <= 0) return false;
  text[n] = 0;
  char *newline = strchr(text, '\n');
  return !strncmp(text, "stance: ", 8) && newline && newline == text + n - 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *argv[ARGUMENTS + 2] = {"stance"}, *copy = malloc(size + 1);
  int argc = 1;
  if (!copy) return 0;
  if (size) memcpy(copy, data, size);
  copy[size] = 0;
  for (size_t i = 0, from = 0; i <= size && argc <= ARGUMENTS; i++) {
    if (copy[i] && copy[i] != '\n') continue;
    copy[i] = 0;
    if (i > from) argv[argc++] = copy + from;
    from = i + 1;
  }
  argv[argc] = NULL;
  int log = log_file(), kept = -1;
  if (log >= 0) {
    kept = dup(STDERR_FILENO);
    if (ftruncate(log, 0) || lseek(log, 0, SEEK_SET)) return 0;
    dup2(log, STDERR_FILENO);
  }
  settings s;
  const command_spec *command = NULL;
  settings_default(&s);
  int status = parse_arguments(argc, argv, &s, &command);
  fflush(stderr);
  if (kept >= 0) {
    dup2(kept, STDERR_FILENO);
    close(kept);
  }
  FUZZ_CHECK(status == EXIT_DONE || status == EXIT_USAGE || status == EXIT_IO);
  if (status && log >= 0) FUZZ_CHECK(one_line(log));
  if (!status) {
    FUZZ_CHECK(s.operands >= 0 && s.operands < argc);
    FUZZ_CHECK(s.classify.max_evidence >= 0 && s.classify.max_evidence <= 100);
    FUZZ_CHECK(s.train.bits >= 10 && s.train.bits <= 24 && s.train.C > 0);
    FUZZ_CHECK(s.classify.min_confidence >= 0 && s.classify.min_confidence <= 1);
  }
  settings_free(&s);
  free(copy);
  return 0;
}
