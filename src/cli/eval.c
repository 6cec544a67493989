/* eval.c: a model's labels against given ones. */
#include "cli/cli.h"

#include <string.h>

static int write_evaluation(const stance_evaluation *e, const settings *s) {
  stance_error err;
  output out;
  if (open_output(s->output, &out, &err) != STANCE_OK) return say_error(&err);
  bool json = strcmp(s->format, "json") == 0;
  int status = EXIT_DONE;
  if (stance_evaluation_write(e, json, write_output, &out, &err) != STANCE_OK)
    status = say_error(&err);
  if (close_output(&out, status == EXIT_DONE, &err) != STANCE_OK)
    status = graver(status, say_error(&err));
  return status;
}

static int write_mistakes(const stance_model *model, const stance_options *options,
                          const stance_dataset *data, const settings *s) {
  stance_error err;
  output out;
  if (open_output(s->errors, &out, &err) != STANCE_OK) return say_error(&err);
  int status = EXIT_DONE;
  if (stance_mistakes(model, options, data, write_output, &out, NULL, &err) != STANCE_OK)
    status = say_error(&err);
  if (close_output(&out, status == EXIT_DONE, &err) != STANCE_OK)
    status = graver(status, say_error(&err));
  return status;
}

static int evaluate(const stance_model *model, stance_dataset *data, const settings *s) {
  stance_read_options read = {.text_column = s->text_column, .label_column = s->label_column};
  stance_options options = s->classify;
  stance_evaluation *e = NULL;
  stance_error err;
  int status = EXIT_DONE;
  for (int i = 0; i < s->operands; i++)
    if (stance_dataset_read(data, s->operand[i], &read, &err) != STANCE_OK)
      status = graver(status, say_error(&err));
  if (!status && s->among) status = parse_among(model, s->among, &options.among);
  if (status) return status;
  if (stance_evaluate(model, &options, data, &e, &err) != STANCE_OK) return say_error(&err);
  status = write_evaluation(e, s);
  if (s->errors) status = graver(status, write_mistakes(model, &options, data, s));
  double f1 = stance_evaluation_macro_f1(e, 0);
  if (!status && s->min >= -1 && !(f1 >= s->min)) {
    if (!s->quiet) say("macro-F1 is %.3f, below --min %g", f1, s->min);
    status = EXIT_GATE;
  }
  stance_evaluation_free(e);
  return status;
}

int run_eval(const settings *s) {
  if (!s->operands) {
    say("eval needs a file of labelled rows; see 'stance help eval'");
    return EXIT_USAGE;
  }
  if (strcmp(s->format, "text") && strcmp(s->format, "json")) {
    say("eval writes text or json, not %s", s->format);
    return EXIT_USAGE;
  }
  stance_model *model = open_model(s);
  if (!model) return EXIT_USAGE;
  stance_error err;
  stance_dataset *data = NULL;
  int status = EXIT_DONE;
  if (stance_dataset_new(&data, &err) != STANCE_OK)
    status = say_error(&err);
  else
    status = evaluate(model, data, s);
  stance_dataset_free(data);
  stance_model_free(model);
  return status;
}
