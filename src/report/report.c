/* report.c: the public report functions: a table of formats, each of which begins, takes documents,
 * and ends. */
#include "report/html.h"

#include <string.h>

static const char *const names[] = {"text", "json", "jsonl", "html", NULL};
enum { TEXT, JSON, JSONL, HTML, FORMATS };

const char *const *stance_report_formats(void) {
  return names;
}

stance_status st_sink_flush(st_sink *sink, size_t keep) {
  if (sink->buf.failed) return st_fail_memory(sink->err, "writing a report");
  if (sink->buf.len <= keep) return STANCE_OK;
  stance_status status = sink->write(sink->ctx, sink->buf.data, sink->buf.len, sink->err);
  st_buf_clear(&sink->buf);
  return status;
}

/* The number of the format, or FORMATS with an error. */
static int format_of(const stance_report_options *options, stance_error *err) {
  const char *name = options && options->format ? options->format : "text";
  for (int f = 0; f < FORMATS; f++)
    if (!strcmp(name, names[f])) return f;
  st_fail(err, STANCE_ERR_USAGE, "no format '%.60s'; there are text, json, jsonl, html", name);
  return FORMATS;
}

static stance_status finish(st_sink *sink, stance_status status) {
  if (status == STANCE_OK) status = st_sink_flush(sink, 0);
  st_buf_free(&sink->buf);
  return status;
}

stance_status stance_report_begin(const stance_model *model, const stance_report_options *options,
                                  stance_write_fn write, void *ctx, stance_error *err) {
  int f = format_of(options, err);
  if (f == FORMATS) return STANCE_ERR_USAGE;
  st_sink sink = {.write = write, .ctx = ctx, .err = err};
  if (f == JSON) st_buf_puts(&sink.buf, "{\"schema\":\"stance/1\",\"documents\":[");
  if (f == HTML) {
    st_style style;
    ST_TRY(st_style_of(&style, model, false, 0, err));
    st_html_begin(&sink.buf, &style, false);
    st_style_free(&style);
  }
  return finish(&sink, STANCE_OK);
}

stance_status stance_report_document(const stance_model *model,
                                     const stance_report_options *options,
                                     const stance_document *document, size_t index,
                                     stance_write_fn write, void *ctx, stance_error *err) {
  int f = format_of(options, err);
  if (f == FORMATS) return STANCE_ERR_USAGE;
  st_style style;
  ST_TRY(st_style_of(&style, model, options && options->color, options ? options->width : 0, err));
  style.article = options && options->article;
  style.explain = options && options->explain;
  st_sink sink = {.write = write, .ctx = ctx, .err = err};
  if (index && f == JSON) st_buf_puts(&sink.buf, ",\n");
  if (index && f == TEXT) st_buf_putc(&sink.buf, '\n');
  stance_status status = f == TEXT   ? st_text_document(&sink, &style, document)
                         : f == HTML ? st_html_document(&sink, &style, document, index)
                                     : st_json_document(&sink, &style, document, f == JSONL);
  st_style_free(&style);
  return finish(&sink, status);
}

stance_status stance_report_end(const stance_model *model, const stance_report_options *options,
                                size_t documents, stance_write_fn write, void *ctx,
                                stance_error *err) {
  int f = format_of(options, err);
  if (f == FORMATS) return STANCE_ERR_USAGE;
  st_sink sink = {.write = write, .ctx = ctx, .err = err};
  if (f == JSON) st_buf_puts(&sink.buf, "]}\n");
  if (f == HTML || (f == TEXT && documents)) {
    st_style style;
    ST_TRY(st_style_of(&style, model, false, 0, err));
    if (f == HTML)
      st_html_end(&sink.buf, &style);
    else
      st_text_legend(&sink.buf, &style);
    st_style_free(&style);
  }
  return finish(&sink, STANCE_OK);
}
