/* carry.c: how a quotation runs on from one sentence to the next.
 *
 * An opening mark that a sentence leaves open says little by itself: typists forget the closing
 * one. So the sentences ahead are looked at. Where the next mark closes, what lies between is
 * quoted (of 514 such training sentences 511 are a source's); where it opens again, or none comes,
 * it may be (two thirds and a half are), and the features say that it is unsure. */
#include "engine/engine.h"

enum { REACH = 8 }; /* sentences that a quotation runs on for at most */

/* The first quotation mark of a sentence: 1 closes, -1 opens, 0 there is none. */
static stance_status first_mark(const st_next *s, st_tokens *tokens, int *mark, stance_error *err) {
  *mark = 0;
  tokens->n = 0;
  ST_TRY(st_tokenize(s->text, s->start, s->end, tokens, err));
  for (size_t i = 0; i < tokens->n && !*mark; i++)
    *mark = (tokens->items[i].kind == ST_TOKEN_CLOSE_QUOTE) -
            (tokens->items[i].kind == ST_TOKEN_OPEN_QUOTE);
  return STANCE_OK;
}

stance_status st_carry_next(st_carry *c, const st_scope *scope,
                            st_next (*next)(const void *ctx, size_t k), const void *ctx,
                            st_tokens *tokens, stance_error *err) {
  if (c->left) c->left--;
  if (c->left || !scope->open_after) return STANCE_OK;
  c->state = ST_QUOTATION_UNSURE;
  for (uint32_t k = 1; k <= REACH; k++) {
    st_next s = next(ctx, k);
    int mark;
    if (!s.text) break;
    ST_TRY(first_mark(&s, tokens, &mark, err));
    if (mark < 0) break;
    c->left = k;
    if (mark > 0) {
      c->state = ST_QUOTATION_SURE;
      break;
    }
  }
  return STANCE_OK;
}

st_next st_row_ahead(const void *ctx, size_t k) {
  const st_rows_ahead *a = ctx;
  if (a->row + k >= a->end) return (st_next){0};
  const st_data_row *row = &a->data->row[a->row + k];
  return (st_next){row->text, 0, row->text_len};
}
