/* serve.c: libmicrohttpd carries requests to answer.c, on 127.0.0.1 only, one thread.
 *
 * The library is opened when it is needed: it would bring TLS and a dozen libraries into the start
 * of every command. Built without its header (libmicrohttpd-dev), review says so. */
#include "review/review.h"

#include <stdlib.h>
#include <string.h>

#ifndef WITH_REVIEW

stance_status stance_review_serve(stance_review *review, int port, const char **url,
                                  stance_error *err) {
  (void)review, (void)port, (void)url;
  return st_fail(err, STANCE_ERR_USAGE,
                 "this stance was built without the review server (libmicrohttpd-dev); 'stance "
                 "classify -f html' makes the same page as a file");
}
void st_server_stop(struct st_server *s) {
  (void)s;
}

#else

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

/* What is used of the library. */
typedef struct {
  void *library;
  __typeof__(&MHD_start_daemon) start;
  __typeof__(&MHD_stop_daemon) stop;
  __typeof__(&MHD_lookup_connection_value) lookup;
  __typeof__(&MHD_create_response_from_buffer) response;
  __typeof__(&MHD_add_response_header) header;
  __typeof__(&MHD_queue_response) queue;
  __typeof__(&MHD_destroy_response) destroy;
} mhd;

struct st_server {
  stance_review *review;
  mhd lib;
  struct MHD_Daemon *daemon;
  st_gate gate;
  char url[96];
};

static bool load(mhd *m) {
  m->library = dlopen("libmicrohttpd.so.12", RTLD_NOW | RTLD_LOCAL);
  if (!m->library) m->library = dlopen("libmicrohttpd.so", RTLD_NOW | RTLD_LOCAL);
  if (!m->library) return false;
  const struct {
    void *at;
    const char *name;
  } symbol[] = {{&m->start, "MHD_start_daemon"},
                {&m->stop, "MHD_stop_daemon"},
                {&m->lookup, "MHD_lookup_connection_value"},
                {&m->response, "MHD_create_response_from_buffer"},
                {&m->header, "MHD_add_response_header"},
                {&m->queue, "MHD_queue_response"},
                {&m->destroy, "MHD_destroy_response"}};
  for (size_t i = 0; i < sizeof symbol / sizeof *symbol; i++) {
    void *found = dlsym(m->library, symbol[i].name);
    if (!found) return false;
    memcpy(symbol[i].at, &found, sizeof found); /* ISO C has no cast from object to function */
  }
  return true;
}

/* ---- requests ---- */

static enum MHD_Result send_response(struct st_server *s, struct MHD_Connection *c,
                                     st_response *a) {
  const mhd *m = &s->lib;
  struct MHD_Response *r =
      m->response(a->body.len, a->body.data ? a->body.data : (void *)"", MHD_RESPMEM_MUST_COPY);
  st_buf_free(&a->body);
  if (!r) return MHD_NO;
  static const char *const headers[][2] = {{"Content-Security-Policy", "frame-ancestors 'none'"},
                                           {"X-Content-Type-Options", "nosniff"},
                                           {"X-Frame-Options", "DENY"},
                                           {"Referrer-Policy", "no-referrer"},
                                           {"Cache-Control", "no-store"},
                                           {"Cross-Origin-Resource-Policy", "same-origin"},
                                           {"Cross-Origin-Opener-Policy", "same-origin"}};
  bool ok = m->header(r, "Content-Type", a->type) == MHD_YES;
  for (size_t i = 0; ok && i < sizeof headers / sizeof *headers; i++)
    ok = m->header(r, headers[i][0], headers[i][1]) == MHD_YES;
  if (ok && a->enter) {
    char cookie[128];
    snprintf(cookie, sizeof cookie, "stance_%s=%s; HttpOnly; SameSite=Strict; Path=/",
             strchr(s->gate.host, ':') + 1, s->gate.session);
    ok = m->header(r, "Set-Cookie", cookie) == MHD_YES && m->header(r, "Location", "/") == MHD_YES;
  }
  enum MHD_Result result = ok ? m->queue(c, (unsigned)a->status, r) : MHD_NO;
  m->destroy(r);
  return result;
}

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *c, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **kept) {
  (void)version;
  struct st_server *s = ctx;
  st_buf *body = *kept;
  if (!body) { /* the headers; the body comes in further calls */
    *kept = body = calloc(1, sizeof *body);
    return body ? MHD_YES : MHD_NO;
  }
  if (*size) {
    size_t room = ST_MAX_BODY + 1 - body->len; /* one byte more says: too long */
    st_buf_add(body, data, *size < room ? *size : room);
    *size = 0;
    return body->failed ? MHD_NO : MHD_YES;
  }
  const mhd *m = &s->lib;
  st_request q = {.method = method,
                  .path = url,
                  .token = m->lookup(c, MHD_GET_ARGUMENT_KIND, "t"),
                  .host = m->lookup(c, MHD_HEADER_KIND, "Host"),
                  .origin = m->lookup(c, MHD_HEADER_KIND, "Origin"),
                  .cookie = m->lookup(c, MHD_HEADER_KIND, "Cookie"),
                  .type = m->lookup(c, MHD_HEADER_KIND, "Content-Type"),
                  .mark = m->lookup(c, MHD_HEADER_KIND, "X-Stance"),
                  .body = body->data,
                  .body_len = body->len};
  st_response a;
  st_review_answer(s->review, &s->gate, &q, &a);
  return send_response(s, c, &a);
}

static void on_end(void *ctx, struct MHD_Connection *c, void **kept,
                   enum MHD_RequestTerminationCode why) {
  (void)ctx, (void)c, (void)why;
  if (*kept) st_buf_free(*kept);
  free(*kept);
  *kept = NULL;
}

/* ---- start and stop ---- */

static bool secret(char out[33]) {
  unsigned char bytes[16];
  if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes) return false;
  for (int i = 0; i < 16; i++) snprintf(out + 2 * i, 3, "%02x", bytes[i]);
  return true;
}

/* A listening socket on 127.0.0.1, and its port. */
static int listen_local(int port, int *got) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
  struct sockaddr_in at = {.sin_family = AF_INET,
                           .sin_port = htons((uint16_t)port),
                           .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t len = sizeof at;
  if (fd < 0) return -1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(fd, (struct sockaddr *)&at, sizeof at) == 0 && listen(fd, 64) == 0 &&
      getsockname(fd, (struct sockaddr *)&at, &len) == 0) {
    *got = ntohs(at.sin_port);
    return fd;
  }
  int why = errno;
  close(fd);
  errno = why;
  return -1;
}

static stance_status start(struct st_server *s, int port, stance_error *err) {
  if (!load(&s->lib))
    return st_fail(err, STANCE_ERR_USAGE,
                   "review needs libmicrohttpd (Debian: apt-get install libmicrohttpd12)");
  if (!secret(s->gate.token) || !secret(s->gate.session))
    return st_fail(err, STANCE_ERR_INTERNAL, "no random numbers from the system");
  int got = 0, fd = listen_local(port, &got);
  if (fd < 0)
    return st_fail(err, STANCE_ERR_OPEN, "cannot listen on 127.0.0.1:%d: %s", port,
                   strerror(errno));
  snprintf(s->gate.host, sizeof s->gate.host, "127.0.0.1:%d", got);
  snprintf(s->url, sizeof s->url, "http://%s/?t=%s", s->gate.host, s->gate.token);
  s->daemon =
      s->lib.start(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_AUTO, 0, NULL, NULL, on_request, s,
                   MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT, 64u,
                   MHD_OPTION_CONNECTION_TIMEOUT, 30u, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                   (size_t)1 << 16, MHD_OPTION_NOTIFY_COMPLETED, on_end, NULL, MHD_OPTION_END);
  if (s->daemon) return STANCE_OK;
  close(fd);
  return st_fail(err, STANCE_ERR_INTERNAL, "the server did not start");
}

stance_status stance_review_serve(stance_review *review, int port, const char **url,
                                  stance_error *err) {
  struct st_server *s = calloc(1, sizeof *s);
  if (!s) return st_fail_memory(err, "starting the server");
  s->review = review;
  stance_status status = start(s, port, err);
  if (status != STANCE_OK) {
    st_server_stop(s);
    return status;
  }
  review->server = s;
  *url = s->url;
  return STANCE_OK;
}

void st_server_stop(struct st_server *s) {
  if (!s) return;
  if (s->daemon) s->lib.stop(s->daemon);
  if (s->lib.library) dlclose(s->lib.library);
  free(s);
}

#endif
