/* review.h: documents under review, their corrections, and the server of the page.
 *
 *     store.c   the file of corrections: append, fsync, lock, compact
 *     desk.c    documents and their sentences; which correction belongs to which sentence
 *     answer.c  one HTTP request becomes one response, no network in it
 *     serve.c   libmicrohttpd carries requests to answer.c
 *
 * The store's objects are the truth; a document's `said` points into them.
 */
#ifndef STANCE_REVIEW_H
#define STANCE_REVIEW_H

#include <jansson.h>
#include <sys/types.h>

#include "report/report.h"

/* ---- store.c ---- */

typedef struct st_store {
  char *path;
  int fd;
  json_t *all;  /* array of every object of the file, in order */
  json_t *cids; /* object: the client's ids of corrections already kept */
  bool dirty;   /* something was superseded: worth compacting */
} st_store;

/* Opens, locks and reads; a last line cut short by a crash is removed: it was never acknowledged.
 */
stance_status st_store_open(const char *path, st_store *out, stance_error *err);
/* Takes over the reference to object. On the disk when it returns OK. */
stance_status st_store_append(st_store *s, json_t *object, stance_error *err);
/* Rewrites the file without corrections that a later one of the same sentence replaced or took
 * back. */
stance_status st_store_compact(st_store *s, stance_error *err);
void st_store_close(st_store *s);

/* ---- desk.c ---- */

typedef struct st_desk_document {
  char *path;
  stance_text *text;
  stance_document *d;
  char sha[65];
  char (*fp)[32]; /* [sentences]: "9f2c0d4e11aa0b3c:1" */
  json_t **said;  /* [sentences]: the last correction of it, of the store; NULL: none */
  dev_t device;   /* what the file was when it was read */
  ino_t inode;
  off_t size;
  struct timespec changed;
} st_desk_document;

struct st_server;

struct stance_review {
  const stance_model *model;
  const stance_review_options *options;
  st_store store;
  st_desk_document *doc; /* [docs] */
  size_t docs;
  char **lost; /* [n_lost]: lines */
  size_t n_lost;
  struct st_server *server;
};

/* Reads anew what changed on the disk; a file that cannot be read stays as it was. */
stance_status st_desk_refresh(stance_review *r, stance_error *err);
/* Appends a correction. said: NULL takes back. cid: the client's id of it, or "". */
stance_status st_desk_say(stance_review *r, size_t document, size_t sentence,
                          const stance_correction *said, const char *cid, stance_error *err);
/* The label's number, STANCE_NO_LABEL if there is none of that name. */
int st_label_number(const stance_model *m, const char *name);

/* ---- answer.c ---- */

/* What the server asks of a request before anything else. */
typedef struct st_gate {
  char host[32];    /* "127.0.0.1:43211" */
  char token[33];   /* good for one visit of /?t=... */
  char session[33]; /* the cookie's value */
  bool used;
} st_gate;

typedef struct st_request {
  const char *method, *path;                        /* path without query */
  const char *token;                                /* ?t=, or NULL */
  const char *host, *origin, *cookie, *type, *mark; /* headers, or NULL; mark: X-Stance */
  const char *body;
  size_t body_len;
} st_request;

typedef struct st_response {
  int status;
  const char *type;
  bool enter; /* set the cookie and lead to / */
  st_buf body;
} st_response;

enum { ST_MAX_BODY = 1 << 16 };

void st_review_answer(stance_review *r, st_gate *gate, const st_request *q, st_response *a);

/* ---- serve.c ---- */

void st_server_stop(struct st_server *s);

#endif
