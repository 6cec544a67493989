/* problem.c: from the caller's matrix and labels to what the solvers work on. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "linear/solver.h"

enum { TILE_ENTRIES = 1 << 16 }; /* 128 KB of row numbers */
static const uint32_t NO_COLUMN = UINT32_MAX, SINGLE = UINT32_MAX - 1;

float *st_floats(size_t n) {
  if (n > SIZE_MAX / sizeof(float) - 64) return NULL;
  size_t bytes = (n * sizeof(float) + 63) / 64 * 64;
  float *v = aligned_alloc(64, bytes ? bytes : 64);
  if (v) memset(v, 0, bytes);
  return v;
}

void st_problem_free_matrix(st_problem *p) {
  free(p->idx), p->idx = NULL;
  free(p->long_rows), p->long_rows = NULL;
  free(p->column_scale2), p->column_scale2 = NULL;
  free(p->tile), p->tile = NULL;
  free(p->z_part), p->z_part = NULL;
  free(p->split), p->split = NULL;
}

void st_problem_free(st_problem *p) {
  st_problem_free_matrix(p);
  st_team_free(p->team);
  free(p->row);
  free(p->y);
  free(p->cost);
  free(p->row_scale);
  free(p->e_scale);
  free(p->e_penalty);
  free(p->e_metric);
  free(p->self);
  free(p->warm);
  free(p->t_e);
  free(p->e_part);
  free(p->sums);
  memset(p, 0, sizeof *p);
}

/* Which rows are used, their classes and costs. */
static stance_status choose_rows(st_problem *p, const int32_t *label, const st_train_params *params,
                                 bool warm, stance_error *err) {
  const st_matrix *x = p->x;
  size_t n = 0, seen = 0;
  bool *has = st_calloc(p->classes, sizeof *has);
  if (!has) return st_fail_memory(err, "preparing to train");
  stance_status status = STANCE_OK;
  for (size_t i = 0; i < x->rows; i++) {
    if (label[i] < 0) continue;
    if ((size_t)label[i] >= p->classes) {
      status =
          st_fail(err, STANCE_ERR_USAGE, "row %zu has label %d of %zu", i, label[i], p->classes);
      break;
    }
    n++, seen += !has[label[i]], has[label[i]] = true;
  }
  free(has);
  if (status) return status;
  if (seen < 2)
    return st_fail(err, STANCE_ERR_DATA, "the training rows have %s: two are needed to learn from",
                   seen ? "one label only" : "no labels");
  p->n = n;
  p->wide = n > NARROW_ROWS;
  p->primal = n > x->cols;
  p->rows = n + (warm && !p->primal);
  p->row = st_calloc(p->rows, sizeof *p->row);
  p->y = st_calloc(p->rows, sizeof *p->y);
  p->cost = st_floats(p->rows);
  p->row_scale = st_floats(p->rows);
  if (!p->row || !p->y || !p->cost || !p->row_scale)
    return st_fail_memory(err, "preparing to train");
  for (size_t i = 0, t = 0; i < x->rows; i++) {
    if (label[i] < 0) continue;
    double c = params->C;
    if (params->class_weight) c *= (double)params->class_weight[label[i]];
    if (params->row_weight) c *= (double)params->row_weight[i];
    if (!(c >= 0 && c < HUGE_VAL))
      return st_fail(err, STANCE_ERR_USAGE, "row %zu has a weight that is not a positive number",
                     i);
    p->row[t] = (uint32_t)i, p->y[t] = label[i], p->cost[t] = (float)c;
    p->row_scale[t] = x->row_scale ? x->row_scale[i] : 1;
    t++;
  }
  return STANCE_OK;
}

/* ---- dual: the transposed matrix ---- */

typedef struct {
  st_problem *p;
  uint32_t *place;     /* [cols] number of rows; then where the column's next row number goes */
  size_t *tile_column; /* [tiles + 1] first column of a tile */
} transposition;

static void fill_part(void *ctx, size_t part) {
  const transposition *t = ctx;
  st_problem *p = t->p;
  const st_matrix *x = p->x;
  size_t first = p->part_tile[part], last = p->part_tile[part + 1], L = p->lanes;
  float *own = p->z_part + part * p->rows * L; /* this part's share of self, summed by the caller */
  uint64_t *at = (uint64_t *)calloc(p->n + 1, sizeof *at);
  /* Without memory for the cursors each row is searched anew. */
  for (size_t tile = first; tile < last; tile++) {
    size_t begin = t->tile_column[tile], end = t->tile_column[tile + 1];
    for (size_t i = 0; i < p->n; i++) {
      uint64_t e, stop = x->row_start[p->row[i] + 1];
      if (at && tile > first) {
        e = at[i];
      } else { /* the first entry at or after the tile's first column */
        uint64_t low = x->row_start[p->row[i]], high = stop;
        while (low < high) {
          uint64_t middle = low + (high - low) / 2;
          if (x->col[middle] < begin)
            low = middle + 1;
          else
            high = middle;
        }
        e = low;
      }
      for (; e < stop && x->col[e] < end; e++) {
        uint32_t j = x->col[e], to = t->place[j];
        if (to < SINGLE) {
          if (p->wide)
            ((uint32_t *)p->idx)[to] = (uint32_t)i;
          else
            ((uint16_t *)p->idx)[to] = (uint16_t)i;
          t->place[j]++;
        } else if (to == SINGLE) {
          float c = x->col_scale ? x->col_scale[j] : 1;
          own[i] += c * c;
        }
      }
      if (at) at[i] = e;
    }
  }
  free(at);
}

static stance_status transpose(st_problem *p, stance_error *err) {
  const st_matrix *x = p->x;
  stance_status status = STANCE_OK;
  transposition t = {p, st_calloc(x->cols, sizeof *t.place), NULL};
  if (!t.place) return st_fail_memory(err, "transposing the training rows");
  uint64_t entries = 0, columns = 0, longs = 0;
  for (size_t i = 0; i < p->n; i++)
    for (uint64_t e = x->row_start[p->row[i]]; e < x->row_start[p->row[i] + 1]; e++)
      t.place[x->col[e]]++;
  for (size_t j = 0; j < x->cols; j++) {
    if (x->col_scale && x->col_scale[j] == 0) t.place[j] = 0;
    if (t.place[j] > 1) entries += t.place[j], columns++, longs += t.place[j] >= RUNS;
  }
  if (entries >= SINGLE) {
    free(t.place);
    return st_fail(err, STANCE_ERR_TOO_LARGE, "more than 4 billion entries in the training rows");
  }
  size_t most = (size_t)(entries / TILE_ENTRIES) * 2 + MAX_PARTS + 2; /* a tile ends at its size */
  p->idx = malloc((size_t)entries * (p->wide ? sizeof(uint32_t) : sizeof(uint16_t)) + 1);
  p->long_rows = st_calloc((size_t)longs, sizeof *p->long_rows);
  p->column_scale2 = x->col_scale ? st_floats((size_t)columns) : NULL;
  p->tile = st_calloc(most, sizeof *p->tile);
  t.tile_column = st_calloc(most + 1, sizeof *t.tile_column);
  /* A pass over the parts costs n additions each; worth it for enough entries in a row. */
  p->parts = entries < 20000 ? 1 : entries / p->n >= 100 ? MAX_PARTS : MAX_PARTS / 2;
  p->z_part = st_floats(p->parts * p->rows * p->lanes);
  p->self = st_floats(p->rows);
  if (!p->idx || !p->long_rows || (x->col_scale && !p->column_scale2) || !p->tile ||
      !t.tile_column || !p->z_part || !p->self) {
    status = st_fail_memory(err, "transposing the training rows");
    goto done;
  }
  uint64_t used = 0, used_scales = 0, used_longs = 0;
  size_t part = 0, tile = 0;
  for (size_t j = 0; j < x->cols;) {
    /* columns [j, end) make a tile, which ends with its part */
    uint64_t part_end = entries * (part + 1) / p->parts, size = 0;
    size_t end = j;
    st_tile *own = &p->tile[tile];
    uint64_t place[RUNS + 1] = {0}, scale[RUNS + 1];
    while (end < x->cols && size < TILE_ENTRIES &&
           (used + size < part_end || part + 1 == p->parts)) {
      uint32_t c = t.place[end++];
      if (c < 2) continue;
      size += c;
      if (c < RUNS)
        own->run[c]++;
      else
        own->longs++;
    }
    own->first = used, own->first_scale = used_scales, own->first_long = used_longs;
    place[2] = used, scale[2] = used_scales;
    for (uint32_t c = 2; c < RUNS; c++) {
      place[c + 1] = place[c] + (uint64_t)own->run[c] * c;
      scale[c + 1] = scale[c] + own->run[c];
    }
    for (size_t k = j; k < end; k++) {
      uint32_t c = t.place[k], group = c < RUNS ? c : RUNS;
      if (c < 2) {
        t.place[k] = c ? SINGLE : NO_COLUMN;
        continue;
      }
      t.place[k] = (uint32_t)place[group];
      place[group] += c;
      if (group == RUNS) p->long_rows[used_longs++] = c;
      if (p->column_scale2) p->column_scale2[scale[group]++] = x->col_scale[k] * x->col_scale[k];
      used_scales++;
    }
    used += size;
    t.tile_column[tile++] = j, j = end;
    while (part + 1 < p->parts && used >= part_end) {
      p->part_tile[++part] = tile;
      part_end = entries * (part + 1) / p->parts;
    }
  }
  p->tiles = tile;
  t.tile_column[tile] = x->cols;
  while (part < p->parts) p->part_tile[++part] = tile;
  st_team_run(p->team, p->parts, fill_part, &t);
  for (size_t q = 0; q < p->parts; q++)
    for (size_t i = 0; i < p->n; i++) p->self[i] += p->z_part[q * p->rows * p->lanes + i];
done:
  free(t.place);
  free(t.tile_column);
  return status;
}

/* ---- primal: ranges of columns for the threads ---- */

static stance_status split_rows(st_problem *p, stance_error *err) {
  const st_matrix *x = p->x;
  size_t ranges = (size_t)st_team_size(p->team), n = p->n;
  p->ranges = ranges;
  if (ranges == 1) return STANCE_OK;
  uint32_t *count = st_calloc(x->cols, sizeof *count);
  size_t *bound = st_calloc(ranges, sizeof *bound);
  p->split = st_calloc(n * (ranges - 1), sizeof *p->split);
  if (!count || !bound || !p->split) {
    free(count);
    free(bound);
    return st_fail_memory(err, "preparing to train");
  }
  uint64_t entries = 0, sum = 0;
  for (size_t i = 0; i < n; i++)
    for (uint64_t e = x->row_start[p->row[i]]; e < x->row_start[p->row[i] + 1]; e++)
      count[x->col[e]]++, entries++;
  for (size_t j = 0, r = 1; j < x->cols && r < ranges; j++) {
    sum += count[j];
    while (r < ranges && sum >= entries * r / ranges) bound[r++] = j + 1;
  }
  for (size_t i = 0; i < n; i++) {
    uint64_t e = x->row_start[p->row[i]], stop = x->row_start[p->row[i] + 1];
    for (size_t r = 1; r < ranges; r++) {
      while (e < stop && x->col[e] < bound[r]) e++;
      p->split[i * (ranges - 1) + r - 1] = e;
    }
  }
  free(count);
  free(bound);
  return STANCE_OK;
}

/* Scales of the explicit columns from the Hessian's diagonal at W = 0. */
static stance_status precondition(st_problem *p, const st_train_params *params, stance_error *err) {
  const st_matrix *x = p->x;
  size_t F = x->dense_cols, S = p->sparse_e, K = p->classes;
  double *diag = st_calloc(p->e, sizeof *diag);
  if (!diag) return st_fail_memory(err, "preparing to train");
  double curvature = p->loss == ST_LOSS_SVM ? 2
                     : p->joint             ? (1.0 / (double)K) * (1 - 1.0 / (double)K)
                                            : 0.25;
  for (size_t i = 0; i < p->n; i++) {
    double d = curvature * (double)p->cost[i], r = (double)p->row_scale[i];
    const size_t in = p->row[i];
    if (S)
      for (uint64_t e = x->row_start[in]; e < x->row_start[in + 1]; e++)
        diag[x->col[e]] += d * r * r;
    for (size_t f = 0; f < F; f++) {
      double v = (double)x->dense[in * F + f];
      diag[S + f] += d * v * v;
    }
    diag[S + F] += d;
  }
  for (size_t j = 0; j < p->e; j++) {
    double scale = j < S && x->col_scale ? (double)x->col_scale[j] : 1;
    double penalty = j < S                       ? 1
                     : j == S + F                ? 0
                     : params->dense_penalty > 0 ? params->dense_penalty
                                                 : 1;
    double m2 = 0.99 * penalty + 0.01 * diag[j] * scale * scale;
    if (!(m2 > 0)) m2 = 1;
    p->e_metric[j] = (float)m2;
    p->e_scale[j] = (float)(scale / sqrt(m2));
    p->e_penalty[j] = (float)(penalty / m2);
  }
  free(diag);
  return STANCE_OK;
}

stance_status st_problem_init(st_problem *p, const st_matrix *x, const int32_t *label,
                              size_t classes, const st_train_params *params, bool warm,
                              stance_error *err) {
  memset(p, 0, sizeof *p);
  p->x = x, p->classes = classes, p->loss = params->loss;
  p->lanes = classes == 2 ? 1 : classes <= 4 ? 4 : (classes + 7) / 8 * 8;
  p->joint = p->lanes > 1 && p->loss == ST_LOSS_LOGISTIC;
  ST_TRY(choose_rows(p, label, params, warm, err));
  p->team = st_team_new(params->threads);
  if (!p->team) return st_fail_memory(err, "starting threads");
  p->sparse_e = p->primal ? x->cols : 0;
  p->e = p->sparse_e + x->dense_cols + 1;
  p->e_scale = st_floats(p->e);
  p->e_penalty = st_floats(p->e);
  p->e_metric = st_floats(p->e);
  p->t_e = st_floats(p->e * p->lanes);
  p->e_part = st_floats(st_row_blocks(p) * (x->dense_cols + 2) * p->lanes);
  p->sums = st_calloc((st_row_blocks(p) + st_col_blocks(p)) * SUMS * p->lanes, sizeof *p->sums);
  if (!p->e_scale || !p->e_penalty || !p->e_metric || !p->t_e || !p->e_part || !p->sums)
    return st_fail_memory(err, "preparing to train");
  ST_TRY(precondition(p, params, err));
  return p->primal ? split_rows(p, err) : transpose(p, err);
}
