/* options.c: defaults of the public option structs. */
#include "engine/engine.h"

void stance_options_default(stance_options *o) {
  *o = (stance_options){.max_evidence = 6};
}

void stance_train_options_default(stance_train_options *o) {
  *o = (stance_train_options){.bits = 20,
                              .min_count = 2,
                              .loss = "logistic",
                              .C = 1,
                              .tolerance = 1e-3,
                              .max_iterations = 300,
                              .folds = 5};
}
