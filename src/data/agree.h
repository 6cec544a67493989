/* agree.h: units that several annotators labelled, and how far they agree.
 *
 *     agree.c    rows of each file ─▶ units          measure.c  units ─▶ measures
 *     agree_report.c  measures and differences as text and JSON
 */
#ifndef STANCE_AGREE_H
#define STANCE_AGREE_H

#include "data/annotations.h"

enum { ST_NOT_GIVEN = -1 };

typedef struct st_measure {
  double value, low, high; /* NaN: it cannot be told (one label only) */
} st_measure;

typedef struct st_measures {
  st_measure agreement, kappa, alpha;
} st_measures;

struct stance_agreement {
  size_t raters, units, labels;
  char **rater;         /* [raters] */
  char **label;         /* [labels], sorted */
  int *value;           /* [units][raters]: label or ST_NOT_GIVEN; every unit has two or more */
  char **text, **where; /* [units]; where: "doc id", may be "" */
  size_t *alone;        /* [raters]: sentences that no other has */
  bool by_id;
  st_measures all;
  st_measures *one; /* [labels]: this label against the rest */
};

/* Measures over all labels (label = -1), or of one against the rest. */
st_measures st_measure_units(const stance_agreement *g, int label);

#endif
