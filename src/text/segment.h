/* segment.h: st_segment() as the training tool sees it: every candidate can be watched and decided
 * otherwise. */
#ifndef STANCE_TEXT_SEGMENT_H
#define STANCE_TEXT_SEGMENT_H

#include "text/candidate.h"
#include "text/text.h"

/* Called at each candidate with what st_candidate_ends() said; returns the decision to follow. */
typedef bool (*st_trace_fn)(void *ctx, const st_candidate *c, const st_feature_list *features,
                            bool ends);

stance_status st_segment_traced(const char *text, size_t len, st_sentences *out, st_trace_fn trace,
                                void *ctx, stance_error *err);

#endif
