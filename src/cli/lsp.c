/* lsp.c: the Language Server Protocol 3.17 on standard input and output, as far as it is needed:
 * documents whole at every change, diagnostics, hover, quick fixes. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/lsp.h"

enum { LARGEST = 64 << 20 }; /* bytes of a message */
enum {
  PARSE_ERROR = -32700,
  NO_METHOD = -32601,
  BAD_PARAMS = -32602,
  FAILED = -32803,
  NOT_INITIALIZED = -32002
};

typedef struct {
  desk desk;
  open_document *document;
  size_t n;
  bool initialized, shut_down;
  bool broken; /* the client cannot be written to */
} server;

/* ---- messages ---- */

/* Takes the reference. */
static void send_message(server *v, json_t *message) {
  char *text = message ? json_dumps(message, JSON_COMPACT | JSON_REAL_PRECISION(6)) : NULL;
  json_decref(message);
  if (!text || printf("Content-Length: %zu\r\n\r\n%s", strlen(text), text) < 0 ||
      fflush(stdout) != 0)
    v->broken = true;
  free(text);
}

static void answer(server *v, const json_t *id, json_t *result) {
  send_message(v, json_pack("{s:s,s:O,s:o}", "jsonrpc", "2.0", "id", id, "result", result));
}

static void refuse(server *v, const json_t *id, int code, const char *why) {
  json_t *none = json_null();
  send_message(v, json_pack("{s:s,s:O,s:{s:i,s:s}}", "jsonrpc", "2.0", "id", id ? id : none,
                            "error", "code", code, "message", why));
}

static void notify(server *v, const char *method, json_t *params) {
  send_message(v, json_pack("{s:s,s:s,s:o}", "jsonrpc", "2.0", "method", method, "params", params));
}

static void show(server *v, int type, const char *message) {
  notify(v, "window/showMessage", json_pack("{s:i,s:s}", "type", type, "message", message));
}

/* The next message's bytes, to be freed; NULL at the end or when the headers make no sense. */
static char *next_message(size_t *len) {
  char line[256];
  size_t n = 0;
  while (fgets(line, sizeof line, stdin)) {
    if (!strcmp(line, "\r\n") || !strcmp(line, "\n")) {
      char *bytes = n && n <= LARGEST ? malloc(n + 1) : NULL;
      if (bytes && fread(bytes, 1, n, stdin) == n) {
        *len = n;
        return bytes;
      }
      free(bytes);
      return NULL;
    }
    if (!strncmp(line, "Content-Length:", 15)) n = (size_t)strtoull(line + 15, NULL, 10);
  }
  return NULL;
}

/* ---- documents ---- */

static open_document *find_document(server *v, const json_t *params) {
  const char *uri =
      json_string_value(json_object_get(json_object_get(params, "textDocument"), "uri"));
  for (size_t i = 0; uri && i < v->n; i++)
    if (!strcmp(v->document[i].uri, uri)) return &v->document[i];
  return NULL;
}

static int hex(char c) {
  return c >= '0' && c <= '9'                 ? c - '0'
         : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                              : -1;
}

/* "file:///a%20b.md" is "/a b.md"; another scheme stays as it is. */
static char *path_of(const char *uri) {
  const char *s = strncmp(uri, "file://", 7) ? uri : uri + 7;
  char *path = malloc(strlen(s) + 1), *p = path;
  if (!path) return NULL;
  for (; *s; s++)
    if (*s == '%' && hex(s[1]) >= 0 && hex(s[2]) >= 0 && (hex(s[1]) || hex(s[2]))) {
      *p++ = (char)(hex(s[1]) << 4 | hex(s[2]));
      s += 2;
    } else
      *p++ = *s;
  *p = 0;
  return path;
}

static const char *format_of(const char *language) {
  if (language && !strcmp(language, "markdown")) return "md";
  if (language && !strcmp(language, "html")) return "html";
  return language && !strcmp(language, "plaintext") ? "txt" : "auto";
}

static void publish(server *v, const open_document *d) {
  notify(v, "textDocument/publishDiagnostics",
         json_pack("{s:s,s:I,s:o}", "uri", d->uri, "version", d->version, "diagnostics",
                   diagnostics_of(&v->desk, d)));
}

/* New text for the document; then what there is to say of it. */
static void take_text(server *v, open_document *d, const json_t *text, const json_t *version) {
  char problem[600], message[700];
  size_t n = json_string_length(text);
  char *bytes = malloc(n + 1);
  if (!bytes || !json_is_string(text)) {
    free(bytes);
    return;
  }
  memcpy(bytes, json_string_value(text), n + 1);
  char *old = d->bytes; /* what was read before still points into it */
  d->bytes = bytes;
  d->len = n;
  d->version = json_integer_value(version);
  read_document(&v->desk, d, problem);
  free(old);
  snprintf(message, sizeof message, "stance: %s", problem);
  if (problem[0]) show(v, 2, message);
  publish(v, d);
}

static void did_open(server *v, const json_t *params) {
  const json_t *item = json_object_get(params, "textDocument");
  const char *uri = json_string_value(json_object_get(item, "uri"));
  open_document *d = find_document(v, params);
  if (!uri) return;
  if (!d) {
    open_document *grown = realloc(v->document, (v->n + 1) * sizeof *grown);
    if (!grown) return;
    v->document = grown;
    d = &grown[v->n];
    *d = (open_document){.uri = strdup(uri), .path = path_of(uri), .corrected = json_object()};
    if (!d->uri || !d->path || !d->corrected) {
      free_document(d);
      return;
    }
    v->n++;
  }
  d->format = format_of(json_string_value(json_object_get(item, "languageId")));
  take_text(v, d, json_object_get(item, "text"), json_object_get(item, "version"));
}

static void did_change(server *v, const json_t *params) {
  open_document *d = find_document(v, params);
  const json_t *changes = json_object_get(params, "contentChanges");
  size_t n = json_array_size(changes);
  if (d && n)
    take_text(v, d, json_object_get(json_array_get(changes, n - 1), "text"),
              json_object_get(json_object_get(params, "textDocument"), "version"));
}

static void did_close(server *v, const json_t *params) {
  open_document *d = find_document(v, params);
  if (!d) return;
  notify(v, "textDocument/publishDiagnostics",
         json_pack("{s:s,s:[]}", "uri", d->uri, "diagnostics"));
  free_document(d);
  *d = v->document[--v->n];
}

/* ---- requests ---- */

static void initialize(server *v, const json_t *id, const json_t *params) {
  const json_t *units = json_object_get(
      json_object_get(json_object_get(params, "capabilities"), "general"), "positionEncodings");
  size_t i;
  json_t *unit;
  json_array_foreach (units, i, unit)
    if (json_is_string(unit) && !strcmp(json_string_value(unit), "utf-8")) v->desk.unit = UTF8;
  v->initialized = true;
  answer(v, id,
         json_pack("{s:{s:s,s:{s:b,s:i},s:b,s:{s:[s]},s:{s:[s]}},s:{s:s,s:s}}", "capabilities",
                   "positionEncoding", v->desk.unit == UTF8 ? "utf-8" : "utf-16",
                   "textDocumentSync", "openClose", 1, "change", 1, "hoverProvider", 1,
                   "codeActionProvider", "codeActionKinds", "quickfix", "executeCommandProvider",
                   "commands", "stance.correct", "serverInfo", "name", "stance", "version",
                   STANCE_VERSION));
}

/* stance.correct: [uri, version, sentence, label] */
static void execute(server *v, const json_t *id, const json_t *params) {
  const char *name = json_string_value(json_object_get(params, "command"));
  const json_t *a = json_object_get(params, "arguments");
  const char *label = json_string_value(json_array_get(a, 3));
  json_t *as_params = json_pack("{s:{s:O}}", "textDocument", "uri", json_array_get(a, 0));
  open_document *d = as_params ? find_document(v, as_params) : NULL;
  json_decref(as_params);
  char problem[600] = "";
  if (!name || strcmp(name, "stance.correct") || !label || !d)
    refuse(v, id, BAD_PARAMS,
           "stance.correct needs an open document, its version, a sentence and a label");
  else if (json_integer_value(json_array_get(a, 1)) != d->version)
    refuse(v, id, FAILED, "the text has changed since: ask for the quick fix again");
  else {
    correct(&v->desk, d, json_integer_value(json_array_get(a, 2)), label, problem);
    if (problem[0])
      refuse(v, id, FAILED, problem);
    else
      answer(v, id, json_null());
    publish(v, d);
  }
}

static void request(server *v, const char *method, const json_t *id, const json_t *params) {
  open_document *d = find_document(v, params);
  if (!strcmp(method, "initialize"))
    initialize(v, id, params);
  else if (!v->initialized)
    refuse(v, id, NOT_INITIALIZED, "initialize comes first");
  else if (!strcmp(method, "shutdown")) {
    v->shut_down = true;
    answer(v, id, json_null());
  } else if (!strcmp(method, "textDocument/hover"))
    answer(v, id, d ? hover_at(&v->desk, d, json_object_get(params, "position")) : json_null());
  else if (!strcmp(method, "textDocument/codeAction"))
    answer(v, id, d ? actions_at(&v->desk, d, json_object_get(params, "range")) : json_array());
  else if (!strcmp(method, "workspace/executeCommand"))
    execute(v, id, params);
  else
    refuse(v, id, NO_METHOD, "stance does not know this method");
}

/* False: the client said goodbye. */
static bool take_message(server *v, const char *bytes, size_t len) {
  json_t *message = json_loadb(bytes, len, JSON_ALLOW_NUL, NULL);
  const char *method = json_string_value(json_object_get(message, "method"));
  const json_t *id = json_object_get(message, "id"), *params = json_object_get(message, "params");
  bool go_on = true;
  if (!message)
    refuse(v, NULL, PARSE_ERROR, "not JSON");
  else if (!method)
    ; /* an answer: we ask nothing */
  else if (id)
    request(v, method, id, params);
  else if (!strcmp(method, "exit"))
    go_on = false;
  else if (v->initialized && !strcmp(method, "textDocument/didOpen"))
    did_open(v, params);
  else if (v->initialized && !strcmp(method, "textDocument/didChange"))
    did_change(v, params);
  else if (v->initialized && !strcmp(method, "textDocument/didClose"))
    did_close(v, params);
  json_decref(message);
  return go_on;
}

int run_lsp(const settings *s) {
  if (s->operands) {
    say("lsp takes no files: an editor opens them");
    return EXIT_USAGE;
  }
  stance_model *model = open_model(s);
  if (!model) return EXIT_USAGE;
  server v = {.desk = {s, model, UTF16}};
  bool go_on = true;
  while (go_on && !v.broken) {
    size_t len = 0;
    char *bytes = next_message(&len);
    if (!bytes) break;
    go_on = take_message(&v, bytes, len);
    free(bytes);
  }
  for (size_t i = 0; i < v.n; i++) free_document(&v.document[i]);
  free(v.document);
  stance_model_free(model);
  return v.shut_down && !v.broken ? EXIT_DONE : 1; /* the protocol's own codes */
}
