/* train.c: labelled rows become a model file. */
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Reads every file, so that all that is wrong is said in one go: first the old rows (*old of them), then
 * the others. */
static int read_rows(stance_dataset *data, const settings *s, size_t *old) {
  stance_read_options options = {.text_column = s->text_column, .label_column = s->label_column};
  int status = EXIT_DONE;
  stance_error err;
  for (size_t i = 0; i < s->with.n; i++)
    if (stance_dataset_read(data, s->with.item[i], &options, &err) != STANCE_OK)
      status = graver(status, say_error(&err));
  *old = stance_dataset_rows(data);
  for (int i = 0; i < s->operands; i++)
    if (stance_dataset_read(data, s->operand[i], &options, &err) != STANCE_OK)
      status = graver(status, say_error(&err));
  options.weight = s->add_weight;
  for (size_t i = 0; i < s->add.n; i++)
    if (stance_dataset_read(data, s->add.item[i], &options, &err) != STANCE_OK)
      status = graver(status, say_error(&err));
  return status;
}

static stance_status write_figures(void *ctx, const void *bytes, size_t n, stance_error *err) {
  (void)ctx;
  (void)err;
  fwrite(bytes, 1, n, stdout); /* errors are seen when standard output is closed */
  return STANCE_OK;
}

/* A new model, with --tune after a search for settings. */
static bool train(const stance_dataset *data, const settings *s, stance_train_options *options,
                  stance_model **model, char *warning, stance_error *err) {
  stance_tuning tuning;
  if (s->tune) {
    stance_train_options search = *options;
    search.figures = write_figures;
    if (stance_tune(data, &search, &tuning, err) != STANCE_OK) return false;
    stance_tuning_use(&tuning, options);
  }
  return stance_train(data, options, model, warning, err) == STANCE_OK;
}

static bool update(const stance_dataset *data, const settings *s, size_t old_rows,
                   stance_train_options *options, stance_model **model, char *warning, stance_error *err) {
  stance_model *old = NULL;
  if (stance_model_open(s->update, &old, err) != STANCE_OK) return false;
  if (!s->quiet) options->figures = write_figures;
  bool ok = stance_update(old, data, old_rows, options, model, warning, err) == STANCE_OK;
  stance_model_free(old);
  return ok;
}

static int learn(const stance_dataset *data, const settings *s, size_t old_rows) {
  stance_train_options options = s->train;
  char *cues = NULL;
  options.threads = s->classify.threads;
  if (options.folds == FOLDS_DEFAULT) options.folds = 5;
  else options.figures = write_figures;
  if (!options.cues && !s->update) {
    options.cues = cues = default_cues();
    if (!cues && !s->quiet)
      say("no lexicons beside the program: training without cues (see --cues)");
  } else if (options.cues && !strcmp(options.cues, "none"))
    options.cues = NULL;
  progress_line line;
  progress_begin(&line, s->quiet);
  options.progress = progress_step;
  options.progress_ctx = &line;
  catch_interrupt();

  stance_error err;
  stance_model *model = NULL;
  char warning[256] = "";
  int status = EXIT_DONE;
  bool ok = s->update ? update(data, s, old_rows, &options, &model, warning, &err)
                      : train(data, s, &options, &model, warning, &err);
  progress_end(&line);
  if (ok && interrupted()) say("stopped before the end: the model is what was learnt so far");
  if (ok && warning[0]) say("warning: %s", warning);
  if (ok) ok = stance_model_save(model, s->output, &err) == STANCE_OK;
  if (!ok)
    status = say_error(&err);
  else if (!s->quiet)
    say("%s: %s, from %zu rows", s->output, stance_model_name(model), stance_dataset_rows(data));
  stance_model_free(model);
  free(cues);
  return status;
}

/* Nobody should wait for a model that then cannot be written. */
static int check_output(const char *path) {
  struct stat sb;
  if (!path || !strcmp(path, "-")) {
    say("train needs -o FILE for the model");
    return EXIT_USAGE;
  }
  output out;
  stance_error err;
  if (stat(path, &sb) == 0 && !S_ISREG(sb.st_mode) && !S_ISDIR(sb.st_mode)) return EXIT_DONE;
  if (open_output(path, &out, &err) != STANCE_OK) return say_error(&err);
  close_output(&out, false, &err);
  return EXIT_DONE;
}

/* What does not go with --update, or only with it. */
static int check_update(const settings *s) {
  const char *problem = NULL;
  if (s->update && (s->train.features || s->train.cues || s->train.vectors || s->tune))
    problem = "--update keeps the model's features: no --features, --cues, --vectors or --tune with it";
  else if (!s->update && s->with.n)
    problem = "--with goes with --update; rows to train on are named without an option";
  if (problem) say("%s", problem);
  return problem ? EXIT_USAGE : EXIT_DONE;
}

int run_train(const settings *s) {
  if (!s->operands && !s->add.n) {
    say("train needs a file of labelled rows; see 'stance help train'");
    return EXIT_USAGE;
  }
  int status = check_update(s);
  if (!status) status = check_output(s->output);
  if (status) return status;
  stance_error err;
  stance_dataset *data = NULL;
  size_t old_rows = 0;
  if (stance_dataset_new(&data, &err) != STANCE_OK) return say_error(&err);
  status = read_rows(data, s, &old_rows);
  if (!status) status = learn(data, s, old_rows);
  stance_dataset_free(data);
  return status;
}
