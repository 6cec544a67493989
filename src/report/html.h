/* html.h: format html, a page to read, to review and to print; see html.c. */
#ifndef STANCE_HTML_H
#define STANCE_HTML_H

#include "report/report.h"

/* The page up to the first article. review: served by stance review, to which it sends corrections.
 */
void st_html_begin(st_buf *out, const st_style *style, bool review);
/* One article; index counts from 0. */
stance_status st_html_document(st_sink *sink, const st_style *style, const stance_document *d,
                               size_t index);
void st_html_end(st_buf *out, const st_style *style);

/* Text that may stand in an element or in a quoted attribute. */
void st_html_text(st_buf *out, const char *s, size_t n);

#endif
