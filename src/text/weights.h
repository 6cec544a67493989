/* weights.h: the linear model of st_candidate_ends(). weights.c is made by tools/segment-train.py.
 */
#ifndef STANCE_TEXT_WEIGHTS_H
#define STANCE_TEXT_WEIGHTS_H

#include <stdint.h>

enum { ST_SEGMENT_WEIGHTS = 7251 };
extern const int16_t st_segment_weights[ST_SEGMENT_WEIGHTS];

#endif
