/* lines.h: what the newlines of one document mean.
 *
 * A newline ends a paragraph (one paragraph a line), or is only where a hard-wrapped line stopped.
 * The document decides first, by how its lines are as a whole, then each newline by its two lines:
 * a wrapped line is one to which the next line's first word would not have fitted.
 */
#ifndef STANCE_TEXT_LINES_H
#define STANCE_TEXT_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct st_layout {
  unsigned char newline; /* '\n', or '\r' in a text without '\n' */
  bool wrapped;
  uint32_t margin; /* columns (code points), where wrapped */
  uint32_t pairs;  /* newlines between two lines that are not blank */
  uint32_t longs;  /* lines too long to be wrapped ones, before a single newline */
} st_layout;

void st_layout_survey(const unsigned char *s, size_t n, st_layout *layout);

/* End of the block of lines, one paragraph's, that begins at s[start]; *next is where the following
 * block begins. */
size_t st_layout_block(const st_layout *layout, const unsigned char *s, size_t n, size_t start,
                       size_t *next);

/* Does s[start, end) end with . ! ? or …, closing quotes and brackets passed over? */
bool st_end_mark(const unsigned char *s, size_t start, size_t end);

#endif
