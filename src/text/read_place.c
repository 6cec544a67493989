/* read_place.c: positions in the file, and the sentences of a document. */
#include "text/reader.h"

#include <stdlib.h>
#include <string.h>

void st_spot_move(const st_text *t, st_spot *p, size_t at) {
  while (p->at < at) {
    const char *s = t->source + p->at, *newline = memchr(s, '\n', at - p->at);
    size_t n = newline ? (size_t)(newline - s) : at - p->at, characters = st_utf8_count(s, n);
    p->at += n;
    p->cp += characters;
    p->column += (uint32_t)characters;
    if (!newline) break;
    p->at++;
    p->cp++;
    p->line++;
    p->column = 1;
  }
}

stance_status stance_text_place(const stance_text *public, size_t start, size_t end,
                                stance_place *out, stance_error *err) {
  const st_text *t = (const st_text *)public;
  if (start > end || end > public->text_len)
    return st_fail(err, STANCE_ERR_USAGE, "no text from byte %zu to %zu", start, end);
  size_t from = st_source_start(t, start), upto = start == end ? from : st_source_end(t, end);
  st_spot p = {0, 0, 1, 1};
  st_spot_move(t, &p, from);
  *out = (stance_place){
      .start = st_spot_byte(t, &p), .cp_start = p.cp, .line = p.line, .column = p.column};
  st_spot_move(t, &p, upto);
  out->end = st_spot_byte(t, &p);
  out->cp_end = p.cp;
  return STANCE_OK;
}

stance_status st_text_sentences(const st_text *t, st_sentences *out, uint8_t **part,
                                stance_error *err) {
  const stance_text *p = &t->public;
  size_t spans = 0, done = out->n;
  st_span *span = st_realloc_array(NULL, p->n_blocks + 1, sizeof *span);
  uint32_t *block = st_realloc_array(NULL, p->n_blocks + 1, sizeof *block);
  *part = NULL;
  stance_status status = span && block ? STANCE_OK : st_fail_memory(err, "sentences");
  for (size_t i = 0; status == STANCE_OK && i < p->n_blocks; i++) {
    if (p->blocks[i].part == STANCE_BOILERPLATE) continue;
    span[spans] = (st_span){(uint32_t)p->blocks[i].start, (uint32_t)p->blocks[i].end};
    block[spans++] = (uint32_t)i;
  }
  if (status == STANCE_OK) status = st_segment_spans(p->text, p->text_len, span, spans, out, err);
  if (status == STANCE_OK && !(*part = st_calloc(out->n, 1)))
    status = st_fail_memory(err, "sentences");
  for (; status == STANCE_OK && done < out->n; done++) {
    const stance_block *b = &p->blocks[block[out->items[done].paragraph]];
    (*part)[done] = (uint8_t)b->part;
    out->items[done].paragraph = b->paragraph;
  }
  free(span);
  free(block);
  return status;
}
