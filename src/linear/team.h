/* team.h: threads that stay, for work that comes in thousands of short rounds. */
#ifndef STANCE_LINEAR_TEAM_H
#define STANCE_LINEAR_TEAM_H

#include "core/core.h"

typedef struct st_team st_team;

/* threads: 0 = all cores. Fewer are started when the system gives none. NULL: out of memory. */
st_team *st_team_new(int threads);
void st_team_free(st_team *t);
int st_team_size(const st_team *t);

/* work(ctx, i) for every i in [0, count), each once, by whoever is free; returns when all is done.
 * One caller at a time. */
void st_team_run(st_team *t, size_t count, st_work_fn work, void *ctx);

#endif
