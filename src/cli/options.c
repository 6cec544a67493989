/* options.c: the one table of options, from which parsing and --help come, and the parser.
 *
 * Options stand before or after operands and the command; "--" ends them; long names are not
 * abbreviated; -qv, -j4 and --jobs=4 work. */
#include "cli/cli.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define AT(member) offsetof(settings, member)
#define TEXTS (FOR_CLASSIFY | FOR_CHECK)
#define DESKS (FOR_REVIEW | FOR_LABEL | FOR_SUGGEST)
#define ROWS (FOR_TRAIN | FOR_CONVERT | FOR_AGREE)
#define READS (FOR_CLASSIFY | FOR_EVAL | FOR_TRAIN)

const option_spec option_table[] = {
    {"format", 'f', OPT_CHOICE, AT(format), TEXTS | FOR_SUGGEST | FOR_EVAL | FOR_MODEL | FOR_AGREE,
     "text|json|jsonl|html|tsv|line|sarif|github|gitlab|rdjsonl", 0, 0, "FORMAT",
     "text, json, jsonl, html (a page to review), tsv (rows only); findings: line, sarif, github, gitlab, rdjsonl"},
    {"json", 0, OPT_SET, AT(format), TEXTS | FOR_SUGGEST | FOR_EVAL | FOR_MODEL | FOR_AGREE, "json", 0, 0, NULL,
     "the same as --format json"},
    {"output", 'o', OPT_STRING, AT(output),
     TEXTS | ROWS | DESKS | FOR_EVAL | FOR_SEGMENT | FOR_MODEL | FOR_LSP, NULL, 0, 0, "FILE",
     "write to FILE, which is replaced only when all is written (review, label: add to it; default "
     "corrections.jsonl)"},
    {"model", 'm', OPT_STRING, AT(model), TEXTS | DESKS | FOR_EVAL | FOR_LSP, NULL, 0, 0, "FILE",
     "the model (default: $STANCE_MODEL, else the one that came with stance)"},
    {"input-format", 0, OPT_CHOICE, AT(input_format), TEXTS | DESKS,
     "auto|txt|md|html|docx|jsonl|lines|tsv", 0, 0, "FORMAT",
     "auto (by content, then name), txt, md, html, docx, jsonl (articles or rows), lines (a "
     "sentence a line), tsv"},
    {"encoding", 0, OPT_STRING, AT(encoding), TEXTS | DESKS, NULL, 0, 0, "NAME",
     "charset of txt, md and html (default: UTF-8, else windows-1252, and says so)"},
    {"selector", 0, OPT_STRING, AT(selector), TEXTS | DESKS, NULL, 0, 0, "CSS",
     "the part of a page that is the article, such as 'article .text' (default: found)"},
    {"stdin-path", 0, OPT_STRING, AT(stdin_path), TEXTS, NULL, 0, 0, "PATH",
     "what standard input is called, and its format guessed by"},
    {"files-from", 0, OPT_STRING, AT(files_from), TEXTS | DESKS, NULL, 0, 0, "FILE",
     "read the files named in FILE, one a line (-: standard input)"},
    {"null", '0', OPT_FLAG, AT(zero), TEXTS | DESKS, NULL, 0, 0, NULL,
     "names in --files-from end with a NUL byte, not a newline"},
    {"text", 0, OPT_STRING, AT(text), TEXTS, NULL, 0, 0, "STRING",
     "label this text instead of files"},
    {"among", 0, OPT_STRING, AT(among), TEXTS | DESKS | FOR_EVAL | FOR_LSP, NULL, 0, 0, "LABEL,...",
     "choose among these labels only"},
    {"min-confidence", 0, OPT_FLOAT, AT(classify.min_confidence), TEXTS | DESKS | FOR_LSP | FOR_EVAL, NULL, 0, 1, "P",
     "call a sentence unsure below this probability"},
    {"evidence", 0, OPT_INT, AT(classify.max_evidence), TEXTS | DESKS | FOR_LSP, NULL, 0, 100, "N",
     "how many words of evidence to show for a sentence"},
    {"view", 0, OPT_CHOICE, AT(view), FOR_CLASSIFY, "article|list", 0, 0, "VIEW",
     "format text: list (a block a sentence), or article (as it reads, tags in the margin)"},
    {"explain", 0, OPT_FLAG, AT(explain), FOR_CLASSIFY, NULL, 0, 0, NULL,
     "format text: what each word adds to the label, and every label's probability"},
    {"no-pager", 0, OPT_FLAG, AT(no_pager), FOR_CLASSIFY, NULL, 0, 0, NULL,
     "never show text through $PAGER (default: on a terminal, less -FRX)"},
    {"no-browser", 0, OPT_FLAG, AT(no_browser), FOR_REVIEW, NULL, 0, 0, NULL,
     "only print the page's address"},
    {"port", 0, OPT_INT, AT(port), FOR_REVIEW, NULL, 0, 65535, "N",
     "the port of 127.0.0.1 to serve on; 0: any"},
    {"annotator", 0, OPT_STRING, AT(annotator), FOR_LABEL, NULL, 0, 0, "NAME",
     "who labels, for the corrections (default: $USER)"},
    {"fail-on", 0, OPT_LIST, AT(fail_on), FOR_CHECK, NULL, 0, 0, "CONDITION",
     "exit 1 when it is met, such as advocacy, 'speculation>20%', 'sensationalism>=0.7', "
     "headline:unattributed; may be given several times"},
    {"only", 0, OPT_STRING, AT(only), TEXTS | FOR_LSP, NULL, 0, 0, "LABEL,...",
     "findings: these labels (default: all but attributed)"},
    {"diff", 0, OPT_STRING, AT(diff), FOR_CHECK, NULL, 0, 0, "FILE",
     "a unified diff (-: standard input): judge only the sentences it touches"},
    {"baseline", 0, OPT_STRING, AT(baseline), FOR_CHECK, NULL, 0, 0, "FILE",
     "an earlier report (jsonl or json): what it holds is not found again"},
    {"columns", 0, OPT_CHOICE, AT(columns), TEXTS, "chars|bytes|utf16", 0, 0, "UNIT",
     "format line: what columns count"},
    {"from", 0, OPT_STRING, AT(from), FOR_CONVERT | FOR_AGREE, NULL, 0, 0, "FORMAT",
     "format of the input (default: by name and content)"},
    {"to", 0, OPT_STRING, AT(to), FOR_CONVERT, NULL, 0, 0, "FORMAT",
     "stance, simple, doccano, doccano-spans, prodigy, prodigy-spans, label-studio, "
     "label-studio-spans, csv, tsv, fasttext, conll, brat, spacy, cas"},
    {"label-map", 0, OPT_STRING, AT(label_map), FOR_CONVERT | FOR_AGREE, NULL, 0, 0, "N=LABEL,...",
     "what labels mean that are numbers"},
    {"errors", 0, OPT_STRING, AT(errors), FOR_EVAL, NULL, 0, 0, "FILE",
     "write the rows labelled otherwise than given, surest first (TSV)"},
    {"min", 0, OPT_REAL, AT(min), FOR_AGREE | FOR_EVAL, NULL, -1, 1, "NUM",
     "exit 1 below it: agree: Krippendorff's alpha; eval: macro-F1"},
    {"text-column", 0, OPT_STRING, AT(text_column), READS | ROWS, NULL, 0, 0, "NAME",
     "column or key that holds the text (default: text)"},
    {"label-column", 0, OPT_STRING, AT(label_column), ROWS | FOR_EVAL, NULL, 0, 0, "NAME",
     "column or key that holds the label (default: stance and sensational, else label)"},
    {"name", 0, OPT_STRING, AT(train.name), FOR_TRAIN, NULL, 0, 0, "NAME", "the model's name"},
    {"cues", 0, OPT_STRING, AT(train.cues), FOR_TRAIN, NULL, 0, 0, "FOLDER",
     "lexicons, one class a .txt (default: those that came with stance; none: no cues)"},
    {"features", 0, OPT_STRING, AT(train.features), FOR_TRAIN, NULL, 0, 0, "LIST",
     "namespaces of features to use (default: all)"},
    {"bits", 0, OPT_INT, AT(train.bits), FOR_TRAIN, NULL, 10, 24, "N",
     "hash features into 2^N buckets"},
    {"min-count", 0, OPT_INT, AT(train.min_count), FOR_TRAIN, NULL, 1, 1e6, "N",
     "drop features seen in fewer rows"},
    {"loss", 0, OPT_CHOICE, AT(train.loss), FOR_TRAIN, "logistic|svm", 0, 0, "LOSS",
     "logistic or svm"},
    {"cost", 'C', OPT_REAL, AT(train.C), FOR_TRAIN, NULL, 1e-9, 1e9, "NUM",
     "cost of errors; the larger, the closer the fit"},
    {"class-weight", 0, OPT_STRING, AT(train.class_weight), FOR_TRAIN, NULL, 0, 0, "WEIGHTS",
     "balanced, sqrt (of balanced), or label=weight,..."},
    {"nb", 0, OPT_REAL, AT(train.nb), FOR_TRAIN, NULL, 0, 1e3, "NUM",
     "scale features by naive-Bayes ratios smoothed by NUM (1 is usual; 0: no)"},
    {"nb-prior", 0, OPT_REAL, AT(train.nb_prior), FOR_TRAIN, NULL, 0, 1e3, "NUM",
     "draw weights towards NUM times naive Bayes' instead of 0"},
    {"tolerance", 0, OPT_REAL, AT(train.tolerance), FOR_TRAIN, NULL, 1e-12, 1, "NUM",
     "stop when the gradient has shrunk to this part of the first"},
    {"max-iterations", 0, OPT_INT, AT(train.max_iterations), FOR_TRAIN, NULL, 1, 1e6, "N",
     "stop after N steps"},
    {"folds", 0, OPT_INT, AT(train.folds), FOR_TRAIN, NULL, 0, 100, "N",
     "held-out folds for calibration (0: none), whose figures are printed (default: 5, and no "
     "figures)"},
    {"tune", 0, OPT_FLAG, AT(tune), FOR_TRAIN, NULL, 0, 0, NULL,
     "choose loss, -C, --nb, class weights and n-grams by cross-validation first"},
    {"update", 0, OPT_STRING, AT(update), FOR_TRAIN, NULL, 0, 0, "MODEL",
     "learn on from this model; its features and labels stay"},
    {"with", 0, OPT_LIST, AT(with), FOR_TRAIN, NULL, 0, 0, "FILE",
     "with --update: rows the model had learnt from, to learn from again"},
    {"add", 0, OPT_LIST, AT(add), FOR_TRAIN, NULL, 0, 0, "FILE",
     "corrections (JSONL) or rows that weigh more than others"},
    {"add-weight", 0, OPT_REAL, AT(add_weight), FOR_TRAIN, NULL, 1e-3, 1e3, "NUM",
     "weight of the rows of --add"},
    {"isolated", 0, OPT_FLAG, AT(train.isolated), FOR_TRAIN, NULL, 0, 0, NULL,
     "no second pass over neighbouring rows of a document"},
    {"vectors", 0, OPT_STRING, AT(train.vectors), FOR_TRAIN, NULL, 0, 0, "FILE",
     "word vectors (word2vec text format) to learn with; the model stays as small"},
    {"quantize", 0, OPT_FLAG, AT(train.quantize), FOR_TRAIN, NULL, 0, 0, NULL, "8-bit weights"},
    {"dictionary", 0, OPT_FLAG, AT(train.dictionary), FOR_TRAIN, NULL, 0, 0, NULL,
     "keep the n-grams' names in the model, for 'model top'"},
    {"label", 0, OPT_STRING, AT(label), FOR_MODEL, NULL, 0, 0, "LABEL",
     "top: of this label only"},
    {"count", 'n', OPT_INT, AT(count), FOR_MODEL | FOR_SUGGEST, NULL, 1, 100000, "N",
     "top, diff: so many features; suggest: so many sentences"},
    {"max-size", 0, OPT_SIZE, AT(train.max_size), FOR_TRAIN, NULL, 1000, 1e12, "BYTES",
     "model of at most BYTES (500k, 2M): 8-bit weights, light ones dropped"},
    {"spans", 0, OPT_FLAG, AT(spans), FOR_SEGMENT, NULL, 0, 0, NULL,
     "print start<TAB>end in code points instead of the text"},
    {"tokens", 0, OPT_FLAG, AT(tokens), FOR_SEGMENT, NULL, 0, 0, NULL,
     "words instead of sentences"},
    {"jobs", 'j', OPT_INT, AT(classify.threads), READS | FOR_CHECK | FOR_LSP, NULL, 0, 256, "N", "threads; 0: all cores"},
    {"color", 0, OPT_CHOICE, AT(color), TEXTS | FOR_LABEL, "auto|always|never", 0, 0, "WHEN",
     "auto, always or never"},
    {"no-color", 0, OPT_SET, AT(color), TEXTS | FOR_LABEL, "never", 0, 0, NULL,
     "the same as --color never"},
    {"config", 'c', OPT_STRING, AT(config), FOR_ALL, NULL, 0, 0, "FILE",
     "read settings from FILE (none: from no file) instead of stance.conf and your own"},
    {"print-config", 0, OPT_FLAG, AT(print_config), FOR_ALL, NULL, 0, 0, NULL,
     "print the settings and who made each, and do nothing"},
    {"man", 0, OPT_FLAG, AT(man), FOR_HELP, NULL, 0, 0, NULL,
     "write the manual page as mdoc source: help --man classify | man -l -"},
    {"quiet", 'q', OPT_FLAG, AT(quiet), FOR_ALL, NULL, 0, 0, NULL, "no progress, no remarks"},
    {"verbose", 'v', OPT_COUNT, AT(verbose), FOR_ALL, NULL, 0, 0, NULL,
     "say which model is used, and how each file was read"},
    {"help", 'h', OPT_FLAG, AT(help), FOR_ALL, NULL, 0, 0, NULL, "this help"},
    {"version", 'V', OPT_FLAG, AT(version), FOR_ALL, NULL, 0, 0, NULL, "the version"},
};
const size_t option_count = sizeof option_table / sizeof *option_table;
_Static_assert(sizeof option_table / sizeof *option_table <= MAX_OPTIONS, "settings.origin");

void settings_default(settings *s) {
  memset(s, 0, sizeof *s);
  stance_options_default(&s->classify);
  stance_train_options_default(&s->train);
  s->train.folds = FOLDS_DEFAULT;
  s->add_weight = 3;
  s->count = 20;
  s->color = "auto";
  s->input_format = "auto";
  s->columns = "chars";
  s->view = "list";
  s->min = -2;
}

void settings_free(settings *s) {
  free(s->operand);
  free(s->fail_on.item);
  for (size_t i = 0; i < s->kept.n; i++) free((char *)s->kept.item[i]);
  free(s->kept.item);
  free(s->add.item);
  free(s->with.item);
}

const char *default_format(const command_spec *command) {
  return command && command->format ? command->format : "text";
}

static const option_spec *by_letter(char letter) {
  for (size_t i = 0; i < option_count; i++)
    if (option_table[i].letter == letter) return &option_table[i];
  return NULL;
}

const option_spec *find_option(const char *name) {
  for (size_t i = 0; i < option_count; i++)
    if (!strcmp(option_table[i].name, name)) return &option_table[i];
  return NULL;
}

/* Options that set one member share their origin: that of the first in the table. */
static size_t first_alike(const option_spec *o) {
  size_t i = 0;
  while (option_table[i].offset != o->offset) i++;
  return i;
}

void set_origin(settings *s, const option_spec *o, const char *origin) {
  s->origin[first_alike(o)] = origin;
}

const char *origin_of(const settings *s, const option_spec *o) {
  return s->origin[first_alike(o)];
}

void forget_list(settings *s, const option_spec *o) {
  ((string_list *)(void *)((char *)s + o->offset))->n = 0;
}

static const option_spec *by_name(const char *name, size_t len) {
  for (size_t i = 0; i < option_count; i++)
    if (strlen(option_table[i].name) == len && !memcmp(option_table[i].name, name, len))
      return &option_table[i];
  return NULL;
}

bool takes_value(const option_spec *o) {
  return o->type != OPT_FLAG && o->type != OPT_COUNT && o->type != OPT_SET;
}

static bool is_choice(const char *words, const char *value) {
  size_t n = strlen(value);
  for (const char *w = words; *w;) {
    size_t len = strcspn(w, "|");
    if (len == n && !memcmp(w, value, n)) return true;
    w += len + (w[len] == '|');
  }
  return false;
}

/* "auto|txt|lines" with its nearest word, as the end of a message. */
static int bad_choice(const option_spec *o, const char *value) {
  char words[256];
  const char *list[32];
  size_t n = 0;
  snprintf(words, sizeof words, "%s", o->words);
  for (char *w = strtok(words, "|"); w && n < 32; w = strtok(NULL, "|")) list[n++] = w;
  const char *near = stance_nearest(value, list, n);
  char all[320] = "";
  for (size_t i = 0, at = 0; i < n && at < sizeof all; i++)
    at += (size_t)snprintf(all + at, sizeof all - at, "%s%s", i ? ", " : "", list[i]);
  if (near)
    say("--%s cannot be '%s' (did you mean '%s'?)", o->name, value, near);
  else
    say("--%s cannot be '%s'; it is one of: %s", o->name, value, all);
  return EXIT_USAGE;
}

static int bad_number(const option_spec *o, const char *value) {
  say("--%s must be a %s from %g to %g, not '%s'", o->name,
      o->type == OPT_INT ? "whole number" : "number", o->min, o->max, value);
  return EXIT_USAGE;
}

int set_option(settings *s, const option_spec *o, const char *value) {
  void *member = (char *)s + o->offset;
  char *end = NULL;
  switch (o->type) {
  case OPT_FLAG: *(bool *)member = true; break;
  case OPT_COUNT: ++*(int *)member; break;
  case OPT_SET: *(const char **)member = o->words; break;
  case OPT_STRING: *(const char **)member = value; break;
  case OPT_LIST: {
    string_list *list = member;
    const char **grown = realloc(list->item, (list->n + 1) * sizeof *grown);
    if (!grown) {
      say("out of memory");
      return EXIT_INTERNAL;
    }
    list->item = grown;
    list->item[list->n++] = value;
    break;
  }
  case OPT_CHOICE:
    if (!is_choice(o->words, value)) return bad_choice(o, value);
    *(const char **)member = value;
    break;
  case OPT_INT: {
    errno = 0;
    long n = strtol(value, &end, 10);
    if (errno || end == value || *end || (double)n < o->min || (double)n > o->max)
      return bad_number(o, value);
    *(int *)member = (int)n;
    break;
  }
  case OPT_SIZE: {
    double v = strtod(value, &end);
    if (end != value && (*end == 'k' || *end == 'M' || *end == 'G'))
      v *= *end == 'k' ? 1e3 : *end == 'M' ? 1e6 : 1e9, end++;
    if (end == value || *end || !(v >= o->min && v <= o->max)) return bad_number(o, value);
    *(size_t *)member = (size_t)v;
    break;
  }
  case OPT_REAL:
  case OPT_FLOAT: {
    double v = strtod(value, &end);
    if (end == value || *end || !(v >= o->min && v <= o->max)) return bad_number(o, value);
    if (o->type == OPT_REAL)
      *(double *)member = v;
    else
      *(float *)member = (float)v;
    break;
  }
  }
  return EXIT_DONE;
}

static int unknown_option(const char *name, size_t len) {
  char word[80];
  const char *names[128];
  size_t n = 0;
  snprintf(word, sizeof word, "%.*s", (int)(len < 70 ? len : 70), name);
  for (; n < option_count && n < 128; n++) names[n] = option_table[n].name;
  const char *near = stance_nearest(word, names, n);
  if (near)
    say("unknown option '--%s' (did you mean '--%s'?)", word, near);
  else
    say("unknown option '--%s'; see 'stance help'", word);
  return EXIT_USAGE;
}

/* What was given, to be judged once the command is known. */
typedef struct {
  const option_spec **given;
  size_t n;
  int argc;
  char **argv;
  settings *s;
} parser;

static int take(parser *p, int *i, const option_spec *o, const char *attached) {
  const char *value = attached;
  if (takes_value(o) && !value) {
    if (*i + 1 >= p->argc) {
      say("--%s needs a value: --%s %s", o->name, o->name, o->value);
      return EXIT_USAGE;
    }
    value = p->argv[++*i];
  }
  p->given[p->n++] = o;
  const char *before = origin_of(p->s, o);
  if (o->type == OPT_LIST && before && strcmp(before, "command line")) forget_list(p->s, o);
  set_origin(p->s, o, "command line");
  return set_option(p->s, o, value);
}

static int take_long(parser *p, int *i) {
  const char *name = p->argv[*i] + 2;
  size_t len = strcspn(name, "=");
  const char *attached = name[len] ? name + len + 1 : NULL;
  const option_spec *o = by_name(name, len);
  if (!o) return unknown_option(name, len);
  if (attached && !takes_value(o)) {
    say("--%s takes no value", o->name);
    return EXIT_USAGE;
  }
  return take(p, i, o, attached);
}

static int take_short(parser *p, int *i) {
  for (const char *c = p->argv[*i] + 1; *c; c++) {
    const option_spec *o = by_letter(*c);
    if (!o) {
      say("unknown option '-%c'; see 'stance help'", *c);
      return EXIT_USAGE;
    }
    bool value = takes_value(o);
    int status = take(p, i, o, value && c[1] ? c + 1 : NULL);
    if (status || value) return status;
  }
  return EXIT_DONE;
}

/* -h and -V win over whatever else is wrong. */
static bool wins(int argc, char **argv, settings *s, const command_spec **command) {
  for (int i = 1; i < argc && strcmp(argv[i], "--"); i++) {
    s->help = s->help || !strcmp(argv[i], "-h") || !strcmp(argv[i], "--help");
    s->version = s->version || !strcmp(argv[i], "-V") || !strcmp(argv[i], "--version");
    if (!*command) *command = find_command(argv[i]);
  }
  return s->help || s->version;
}

int unknown_command(const char *name) {
  const char *names[16];
  size_t n = 0;
  for (; n < command_count && n < 16; n++) names[n] = command_table[n].name;
  const char *near = stance_nearest(name, names, n);
  if (!near && access(name, F_OK) == 0)
    say("'%s' is not a command. Did you mean 'stance classify %s'?", name, name);
  else if (near)
    say("unknown command '%s' (did you mean '%s'?)", name, near);
  else
    say("unknown command '%s'; see 'stance help'", name);
  return EXIT_USAGE;
}

/* An option of another command: say whose it is. */
static int check_commands(const parser *p, const command_spec *command) {
  for (size_t i = 0; i < p->n; i++) {
    const option_spec *o = p->given[i];
    if (o->commands & command->bit) continue;
    char whose[160] = "";
    for (size_t c = 0, at = 0; c < command_count && at < sizeof whose; c++)
      if (o->commands & command_table[c].bit)
        at += (size_t)snprintf(whose + at, sizeof whose - at, "%s%s", at ? ", " : "",
                               command_table[c].name);
    say("'stance %s' has no option '--%s' (it is for: %s)", command->name, o->name, whose);
    return EXIT_USAGE;
  }
  return EXIT_DONE;
}

static int parse_all(parser *p, const command_spec **command) {
  settings *s = p->s;
  bool ended = false;
  for (int i = 1; i < p->argc; i++) {
    const char *a = p->argv[i];
    int status = EXIT_DONE;
    if (ended || a[0] != '-' || !a[1])
      s->operand[s->operands++] = p->argv[i];
    else if (!strcmp(a, "--"))
      ended = true;
    else
      status = a[1] == '-' ? take_long(p, &i) : take_short(p, &i);
    if (status) return status;
  }
  if (!s->operands) return EXIT_DONE;
  *command = find_command(s->operand[0]);
  if (!*command) return unknown_command(s->operand[0]);
  s->operands--;
  memmove(s->operand, s->operand + 1, (size_t)s->operands * sizeof *s->operand);
  if (!s->format) s->format = default_format(*command);
  return check_commands(p, *command);
}

/* Reads the arguments into *s; what is given there is in the parser. */
static int parse_once(int argc, char **argv, settings *s, const command_spec **command) {
  parser p = {.argc = argc, .argv = argv, .s = s};
  size_t letters = 1;
  for (int i = 1; i < argc; i++) letters += strlen(argv[i]);
  s->operand = calloc((size_t)argc + 1, sizeof *s->operand);
  p.given = calloc(letters, sizeof *p.given);
  int status = EXIT_INTERNAL;
  if (s->operand && p.given)
    status = parse_all(&p, command);
  else
    say("out of memory");
  free(p.given);
  return status;
}

int parse_arguments(int argc, char **argv, settings *s, const command_spec **command) {
  *command = NULL;
  if (wins(argc, argv, s, command)) return EXIT_DONE;
  *command = NULL;
  int status = parse_once(argc, argv, s, command);
  if (status || !*command || (*command)->bit == FOR_HELP) return status;
  /* Which files to read depends on the arguments, which are then laid over them. */
  settings under;
  settings_default(&under);
  status = read_configs(&under, s, *command);
  settings_free(s);
  *s = under;
  return status ? status : parse_once(argc, argv, s, command);
}
