/* segment-features.c: what the segmenter's model sees, for tools/segment-train.py.
 *
 * Standard input: any number of documents, each "LENGTH COUNT\n", LENGTH bytes of text, then COUNT
 * lines of byte offsets where gold sentences begin. Standard output: for each candidate
 * the model was asked about "LABEL END ID ID ...", and "#" after each document. The segmenter goes
 * on with the gold decision.
 */
#include <stdio.h>
#include <stdlib.h>

#include "text/segment.h"

typedef struct gold {
  size_t *starts, n, at;
} gold;

static bool trace(void *ctx, const st_candidate *c, const st_feature_list *f, bool ends) {
  gold *g = ctx;
  (void)ends;
  while (g->at < g->n && g->starts[g->at] < c->end) g->at++;
  bool label = g->at < g->n && g->starts[g->at] <= c->next;
  if (f->n) {
    printf("%d %zu", label, c->end);
    for (int i = 0; i < f->n; i++) printf(" %u", f->id[i]);
    putchar('\n');
  }
  return label;
}

int main(void) {
  size_t len, n;
  while (scanf("%zu %zu", &len, &n) == 2 && getchar() == '\n') {
    char *text = malloc(len + 1);
    gold g = {st_calloc(n, sizeof(size_t)), n, 0};
    if (!text || !g.starts || fread(text, 1, len, stdin) != len) return 3;
    for (size_t i = 0; i < n; i++)
      if (scanf("%zu", &g.starts[i]) != 1) return 3;
    st_sentences sentences = {0};
    if (st_segment_traced(text, len, &sentences, trace, &g, NULL) != STANCE_OK) return 3;
    puts("#");
    st_sentences_free(&sentences);
    free(g.starts);
    free(text);
  }
  return 0;
}
