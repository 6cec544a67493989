/* agree.c: how far annotators agree, and where they do not. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

static int write_agreement(const stance_agreement *g, const settings *s) {
  stance_error err;
  output out;
  if (open_output(s->output, &out, &err) != STANCE_OK) return say_error(&err);
  int status = EXIT_DONE;
  if (stance_agreement_write(g, !strcmp(s->format, "json"), write_output, &out, &err) != STANCE_OK)
    status = say_error(&err);
  if (close_output(&out, status == EXIT_DONE, &err) != STANCE_OK)
    status = graver(status, say_error(&err));
  return status;
}

static int compare(const settings *s, stance_annotations **a) {
  stance_error err;
  int status = EXIT_DONE;
  for (int i = 0; i < s->operands; i++) {
    if (stance_annotations_new(&a[i], &err) != STANCE_OK) return say_error(&err);
    status = graver(status, read_annotations(s, s->operand[i], a[i]));
  }
  if (status) return status;
  stance_agreement *g = NULL;
  if (stance_agree((const stance_annotations *const *)a, (const char *const *)s->operand,
                   (size_t)s->operands, &g, &err) != STANCE_OK)
    return say_error(&err);
  status = write_agreement(g, s);
  double alpha = stance_agreement_alpha(g);
  if (!status && s->min >= -1 && !(alpha >= s->min)) {
    if (!s->quiet) say("Krippendorff's alpha is %.3f, below --min %g", alpha, s->min);
    status = EXIT_GATE;
  }
  stance_agreement_free(g);
  return status;
}

int run_agree(const settings *s) {
  if (s->operands < 2) {
    say("agree needs two files or more, one of each annotator");
    return EXIT_USAGE;
  }
  if (strcmp(s->format, "text") && strcmp(s->format, "json")) {
    say("agree writes text or json, not %s", s->format);
    return EXIT_USAGE;
  }
  stance_annotations **a = calloc((size_t)s->operands, sizeof(stance_annotations *));
  if (!a) {
    say("out of memory");
    return EXIT_INTERNAL;
  }
  int status = compare(s, a);
  for (int i = 0; i < s->operands; i++) stance_annotations_free(a[i]);
  free(a);
  return status;
}
