/* lsp.h: the two halves of the language server: lsp.c speaks the protocol, lsp_document.c knows
 * what there is to say of a document. JSON by jansson; positions are counted as the client asked.
 */
#ifndef STANCE_LSP_H
#define STANCE_LSP_H

#include <jansson.h>

#include "cli/cli.h"

typedef enum { UTF16, UTF8 } position_unit;

/* An open document and what was found in it. */
typedef struct open_document {
  char *uri, *path;
  const char *format; /* by the editor's language; "auto" */
  char *bytes;
  size_t len;
  json_int_t version;
  stance_text *text;
  stance_document *document;
  stance_check *check;
  json_t *corrected; /* fingerprint -> label */
} open_document;

/* What all documents share. */
typedef struct desk {
  const settings *s;
  const stance_model *model;
  position_unit unit;
} desk;

void free_document(open_document *d);
/* Reads and labels the document's bytes anew. *problem is a sentence when that failed. */
void read_document(const desk *k, open_document *d, char problem[600]);
/* JSON for the client; NULL when memory is short. */
json_t *diagnostics_of(const desk *k, const open_document *d);
json_t *hover_at(const desk *k, const open_document *d, const json_t *position); /* null: nothing */
json_t *actions_at(const desk *k, const open_document *d, const json_t *range);
/* Appends the correction of a sentence; says what went wrong in `problem`, else that is "". */
void correct(const desk *k, open_document *d, json_int_t sentence, const char *label,
             char problem[600]);

#endif
