/* rows_lanes.h: the solvers' passes over rows for one number of lanes at a time. Included by rows.c
 * for each width: V is a vector of W floats, D of W doubles, TO_D converts, NAME(x) names. L is a
 * multiple of W. Sums are doubles, one row after the other. */

#define AT(v, i) (*(V *)((v) + (i)*L + l))
#define IN(v, i) (*(const V *)((v) + (i)*L + l))

static void NAME(residual)(const st_problem *p, size_t from, size_t to, const st_residual *r,
                           double *rr) {
  const size_t L = W == 8 ? p->lanes : W, stride = p->rows * L, parts = p->parts;
  for (size_t l = 0; l < L; l += W) {
    V alpha = *(const V *)(r->alpha + l);
    D sum = {0};
    for (size_t i = from; i < to; i++) {
      AT(r->step_margin, i) += alpha * IN(r->d_margin, i);
      if (p->primal) continue;
      V q = IN(r->q, i), h = p->self[i] * q;
      for (size_t part = 0; part < parts; part++) h += IN(p->z_part + part * stride, i);
      V da = IN(r->d->a, i), dz = IN(r->d->z, i);
      AT(r->step->a, i) += alpha * da;
      AT(r->step->z, i) += alpha * dz;
      V a = IN(r->r->a, i) - alpha * (da + q), z = IN(r->r->z, i) - alpha * (dz + h);
      AT(r->r->a, i) = a;
      AT(r->r->z, i) = z;
      sum += TO_D(a * z);
    }
    memcpy(rr + l, &sum, sizeof sum);
  }
}

static void NAME(direction)(const st_problem *p, size_t from, size_t to, const float *beta,
                            const st_vec *r, const st_vec *d, float *m, double *dd) {
  const size_t L = W == 8 ? p->lanes : W;
  for (size_t l = 0; l < L; l += W) {
    V b = *(const V *)(beta + l);
    D sum = {0};
    for (size_t i = from; i < to; i++) {
      V a = IN(r->a, i) + b * IN(d->a, i), z = IN(r->z, i) + b * IN(d->z, i);
      AT(d->a, i) = a;
      AT(d->z, i) = z;
      AT(m, i) += p->row_scale[i] * z;
      sum += TO_D(a * z);
    }
    memcpy(dd + l, &sum, sizeof sum);
  }
}

static void NAME(gradient)(const st_problem *p, size_t from, size_t to, const st_vec *w,
                           const float *q, float sign, const st_vec *g, double *ww, double *gg) {
  const size_t L = W == 8 ? p->lanes : W, stride = p->rows * L, parts = p->parts;
  for (size_t l = 0; l < L; l += W) {
    D w2 = {0}, g2 = {0};
    for (size_t i = from; i < to; i++) {
      V qi = IN(q, i), h = p->self[i] * qi, wa = IN(w->a, i), wz = IN(w->z, i);
      for (size_t part = 0; part < parts; part++) h += IN(p->z_part + part * stride, i);
      V a = sign * (wa + qi), z = sign * (wz + h);
      AT(g->a, i) = a;
      AT(g->z, i) = z;
      w2 += TO_D(wa * wz);
      g2 += TO_D(a * z);
    }
    memcpy(ww + l, &w2, sizeof w2);
    memcpy(gg + l, &g2, sizeof g2);
  }
}

/* The sum of q m, and of q (the bias's column); then q times the row's scale. */
static void NAME(scale)(const st_problem *p, size_t from, size_t to, const float *m, float *q,
                        double *qm, float *bias) {
  const size_t L = W == 8 ? p->lanes : W;
  for (size_t l = 0; l < L; l += W) {
    D sum = {0};
    V b = {0};
    for (size_t i = from; i < to; i++) {
      V qi = IN(q, i);
      if (m) sum += TO_D(qi * IN(m, i));
      b += qi;
      AT(q, i) = p->row_scale[i] * qi;
    }
    memcpy(qm + l, &sum, sizeof sum);
    memcpy(bias + l, &b, sizeof b);
  }
}

#undef AT
#undef IN
