/* cli.h: the command line's own parts. It knows the library by stance.h only.
 *
 *     main.c     dispatch, exit codes        options.c   the option table and its parser
 *     help.c     --help out of that table    find.c      the shipped model and lexicons
 *     io.c       bytes in and out, messages  inputs.c    operands, lists of files, folders
 *     progress.c the progress line, Ctrl-C   classify.c check.c convert.c agree.c train.c ...
 */
#ifndef STANCE_CLI_H
#define STANCE_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "stance.h"

#if defined(__GNUC__)
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define PRINTF_LIKE(fmt, args)
#endif

/* Where several hold, the graver wins: 4, 2, 3, 1. */
enum { EXIT_DONE = 0, EXIT_GATE = 1, EXIT_USAGE = 2, EXIT_IO = 3, EXIT_INTERNAL = 4 };
int graver(int a, int b);

/* ---- options.c ---- */

enum { /* commands, as bits */
       FOR_CLASSIFY = 1,
       FOR_TRAIN = 2,
       FOR_EVAL = 4,
       FOR_SEGMENT = 8,
       FOR_MODEL = 16,
       FOR_HELP = 32,
       FOR_CHECK = 64,
       FOR_CONVERT = 128,
       FOR_AGREE = 256,
       FOR_COMPLETION = 512,
       FOR_LSP = 1024,
       FOR_REVIEW = 2048,
       FOR_LABEL = 4096,
       FOR_SUGGEST = 8192,
       FOR_ALL = 0xffff
};

enum { MAX_OPTIONS = 128 };

/* The values of an option that may be given several times; allocated. */
typedef struct string_list {
  const char **item;
  size_t n;
} string_list;

/* Everything that options can set, at its default. */
typedef struct settings {
  stance_options classify;
  stance_train_options train;
  const char *format, *input_format, *color, *output, *model, *text, *among;
  const char *text_column, *label_column;
  const char *only, *diff, *baseline, *columns;
  const char *encoding, *selector, *stdin_path, *files_from;
  const char *from, *to, *label_map;
  const char *annotator, *view;
  int port;
  bool no_browser, no_pager, explain;
  double min; /* below -1: not given */
  const char *config;
  bool print_config, man;
  string_list kept;                 /* strings out of files, owned */
  const char *origin[MAX_OPTIONS]; /* by number in the option table: who set it; NULL: nobody */
  string_list fail_on, add, with;
  const char *update, *errors, *label;
  double add_weight;
  int count;
  bool quiet, spans, tokens, help, version, zero, tune;
  int verbose;
  char **operand; /* [operands], points into argv */
  int operands;
} settings;

typedef enum {
  OPT_FLAG,   /* bool */
  OPT_COUNT,  /* int, one more each time */
  OPT_STRING, /* const char * */
  OPT_LIST,   /* string_list, one more each time */
  OPT_CHOICE, /* const char *, one of `words` */
  OPT_SET,    /* const char *, becomes `words`; takes no value */
  OPT_INT,    /* int in [min, max] */
  OPT_REAL,   /* double in [min, max] */
  OPT_FLOAT,  /* float in [min, max] */
  OPT_SIZE,   /* size_t in [min, max]; a number of bytes, with k, M or G */
} option_type;

typedef struct option_spec {
  const char *name; /* without "--" */
  char letter;      /* 0: none */
  option_type type;
  size_t offset; /* of the member of settings */
  unsigned commands;
  const char *words; /* "auto|txt|lines" */
  double min, max;
  const char *value; /* what help calls the value */
  const char *help;
} option_spec;

enum { FOLDS_DEFAULT = -1 }; /* --folds was not given */

extern const option_spec option_table[];
extern const size_t option_count;
const option_spec *find_option(const char *name); /* NULL: none */
bool takes_value(const option_spec *o);
/* Sets the option; says what is wrong with the value and returns EXIT_USAGE. */
int set_option(settings *s, const option_spec *o, const char *value);
/* The list of an OPT_LIST is empty again: who ranks higher begins anew. */
void forget_list(settings *s, const option_spec *o);
/* Who set what the option sets (another may set the same); NULL: it is built in. */
void set_origin(settings *s, const option_spec *o, const char *origin);
const char *origin_of(const settings *s, const option_spec *o);

typedef struct command_spec {
  const char *name;
  unsigned bit;
  const char *usage;   /* after the name */
  const char *summary; /* one line, ends with a full stop */
  const char *examples;
  int (*run)(const settings *s);
  const char *format; /* what --format is when it is not given; NULL: "text" */
} command_spec;

extern const command_spec command_table[];
extern const size_t command_count;
const command_spec *find_command(const char *name);
/* Says so, with what was meant; returns EXIT_USAGE. */
int unknown_command(const char *name);

void settings_default(settings *s);
void settings_free(settings *s);
/* What the command's --format is when it is not given. */
const char *default_format(const command_spec *command);
/* Reads argv[1..] into *s and takes the command (the first operand; NULL when there is none) out of
 * the operands. Says what is wrong and returns EXIT_USAGE, or EXIT_DONE. s->operand is allocated.
 */
int parse_arguments(int argc, char **argv, settings *s, const command_spec **command);

/* ---- config.c ---- */

/* Settings of files and variables, for the command and the inputs that `given` names. Says what is
 * wrong and returns the exit code. */
int read_configs(settings *s, const settings *given, const command_spec *command);
/* Every setting of the command with its value and who set it. */
int print_config(const settings *s, const command_spec *command);

/* ---- help.c ---- */

void help_short(void); /* on standard error */
void help_all(void);
void help_command(const command_spec *command);
int run_help(const settings *s);

/* ---- man.c ---- */

/* The page of the command that is the operand, or of the program. */
int write_man(const settings *s);

/* ---- io.c ---- */

/* "stance: ..." on standard error. */
void say(const char *fmt, ...) PRINTF_LIKE(1, 2);
/* The error with its place: "stance: FILE:LINE:COLUMN: message". Silent for a closed pipe. Returns
 * the exit code it stands for. */
int say_error(const stance_error *err);

typedef struct text_input {
  char *bytes;
  size_t len;
} text_input;

/* Reads a file ("-": standard input) whole; bytes is freed by the caller. head: what has been read
 * of it before, NULL: nothing. */
stance_status read_input(const char *path, const text_input *head, text_input *out,
                         stance_error *err);
/* Opens a stream for a stance_read_fn; ctx is a stream_input. */
typedef struct stream_input {
  int fd;
  const char *name;
  text_input head; /* given out first */
} stream_input;
stance_status open_stream(const char *path, const text_input *head, stream_input *out,
                          stance_error *err);
stance_status read_stream(void *ctx, void *buf, size_t n, size_t *got, stance_error *err);
void close_stream(stream_input *in);

/* Standard output, or a temporary file that takes the place of `path` when all went well. */
typedef struct output {
  int fd;
  const char *path; /* NULL: standard output */
  char *temporary, *target;
} output;
stance_status open_output(const char *path, output *out, stance_error *err);
stance_status write_output(void *ctx, const void *bytes, size_t n,
                           stance_error *err); /* ctx: output */
/* Renames, or with keep = false throws away. */
stance_status close_output(output *out, bool keep, stance_error *err);

bool is_stdin(const char *path);

/* ---- inputs.c ---- */

enum { INPUT_HEAD = 1 << 16 };
typedef enum { INPUT_DOCUMENT, INPUT_ARTICLES, INPUT_ROWS } input_kind;
typedef struct input {
  char *path; /* "-": standard input */
  input_kind kind;
  const char *rows; /* "lines", "tsv", "jsonl" */
} input;
typedef struct inputs {
  input *item; /* [n] */
  size_t n, cap;
  char head[INPUT_HEAD]; /* what has been read of standard input */
  size_t head_len;
} inputs;

/* Operands and --files-from, folders replaced by their files, and what each is. Says what is wrong
 * and returns the exit code; the inputs found are good all the same. */
int gather_inputs(const settings *s, inputs *in);
void free_inputs(inputs *in);

/* How the settings want documents read. */
stance_text_options text_options(const settings *s);
/* Standard input as a document, read no further than a reader would take it. */
stance_status read_stdin(const settings *s, const text_input *head, text_input *out,
                         stance_error *err);
/* Says what a reader guessed, and with -v what it left out. */
void tell_reading(const settings *s, const stance_text *t);

typedef struct articles_input {
  stream_input stream;
  stance_articles *articles;
} articles_input;
stance_status open_articles(const settings *s, const char *path, const text_input *head,
                            articles_input *a, stance_error *err);
/* *out is NULL at the end and for a bad row; *more: there may be another. */
stance_status next_article(articles_input *a, stance_text **out, bool *more, stance_error *err);
void close_articles(articles_input *a);
bool use_color(const char *choice, int fd);
/* Columns of the terminal at fd; 0 when it is none. */
int terminal_width(int fd);

/* ---- pager.c ---- */

/* Where standard output is a terminal: a pipe to $PAGER or less, -1 when there is to be none. Sets
 * *child. */
int open_pager(const settings *s, pid_t *child);
void close_pager(int fd, pid_t child);

/* ---- find.c ---- */

/* Opens -m, $STANCE_MODEL or the shipped model; says what is wrong and returns NULL. */
stance_model *open_model(const settings *s);
/* The shipped model's path, or NULL after saying where it was looked for. Freed by the caller. */
char *default_model(void);
/* The folder of lexicons, NULL when there is none. Freed by the caller. */
char *default_cues(void);

/* ---- progress.c ---- */

/* First Ctrl-C: training stops after the step, second: at once. */
void catch_interrupt(void);
bool interrupted(void);
/* A stance_progress_fn; ctx: a progress_line. */
typedef struct progress_line {
  bool shown; /* standard error is a terminal, and not --quiet */
  bool dirty; /* a line stands there without its end */
  double start, last;
} progress_line;
void progress_begin(progress_line *p, bool quiet);
bool progress_step(void *ctx, const stance_progress *progress);
void progress_end(progress_line *p);

/* ---- commands ---- */

/* --among: bit i for label i of the first head. Says what is wrong and returns the exit code. */
int parse_among(const stance_model *model, const char *list, uint64_t *bits);
int run_classify(const settings *s);
int run_check(const settings *s);
int run_convert(const settings *s);
int run_agree(const settings *s);
int run_completion(const settings *s);
int run_lsp(const settings *s);
/* "dir/.stance-ignore" for "dir/story.txt", freed by the caller; NULL when memory is short. */
char *ignore_file(const char *path);
/* Reads one file of annotations; says what is wrong and returns the exit code. */
int read_annotations(const settings *s, const char *path, stance_annotations *a);
/* Whether the format is one of findings, which check writes. */
bool is_findings_format(const char *format);
int run_train(const settings *s);
int run_eval(const settings *s);
int run_segment(const settings *s);
int run_model(const settings *s);
int run_review(const settings *s);
int run_label(const settings *s);
int run_suggest(const settings *s);

/* ---- review.c ---- */

/* A review of the operands' documents; says what is wrong and returns the exit code. `options` must
 * outlive it. */
int open_review(const settings *s, const stance_model *model, stance_review_options *options,
                stance_review **out);
/* Says which corrections lost their sentence. */
void tell_lost(const settings *s, const stance_review *review);

#endif
