/* blocks.c: the blocks of documents, one a line, as the tests and the measure of extraction see
 * them.
 *
 *     make build/plain/blocks && build/plain/blocks [--all] [--format F] [--selector S] FILE...
 *
 *     part<TAB>paragraph<TAB>byte_start-byte_end<TAB>text        (boilerplate only with --all)
 */
#include <stdio.h>
#include <string.h>

#include "stance.h"

static void show(const stance_text *t, bool all) {
  printf("# %s %s %s%s%s\n", t->format, t->encoding,
         t->in_file ? "positions in file" : "positions in text", t->language[0] ? " lang " : "",
         t->language);
  if (t->remark[0]) printf("# remark: %s\n", t->remark);
  if (t->dropped[0]) printf("# dropped: %s\n", t->dropped);
  for (size_t i = 0; i < t->n_blocks; i++) {
    const stance_block *b = &t->blocks[i];
    stance_place p;
    if (b->part == STANCE_BOILERPLATE && !all) continue;
    if (stance_text_place(t, b->start, b->end, &p, NULL) != STANCE_OK) continue;
    printf("%s%s%s\t%u\t%zu-%zu\t", stance_part_name(b->part), b->why ? ":" : "",
           b->why ? b->why : "", b->paragraph, p.start, p.end);
    for (size_t k = b->start; k < b->end; k++) {
      if (t->text[k] == '\n')
        fputs("\\n", stdout);
      else if (t->text[k] == '\r')
        fputs("\\r", stdout);
      else
        putchar(t->text[k]);
    }
    putchar('\n');
  }
}

int main(int argc, char **argv) {
  stance_text_options o = {0};
  bool all = false;
  int status = 0;
  for (int i = 1; i < argc; i++) {
    if (!strcmp(argv[i], "--all"))
      all = true;
    else if (!strcmp(argv[i], "--format") && i + 1 < argc)
      o.format = argv[++i];
    else if (!strcmp(argv[i], "--encoding") && i + 1 < argc)
      o.encoding = argv[++i];
    else if (!strcmp(argv[i], "--selector") && i + 1 < argc)
      o.selector = argv[++i];
    else {
      stance_text *t = NULL;
      stance_error e;
      if (stance_read_file(argv[i], NULL, &o, &t, &e) == STANCE_OK)
        show(t, all);
      else
        fprintf(stderr, "%s%s%s\n", e.file, e.file[0] ? ": " : "", e.message), status = 3;
      stance_text_free(t);
    }
  }
  return status;
}
