/* man.c: manual pages as mdoc source: of each command out of the tables, of the program itself.
 * What is longer than a table can say stands in man/ beside this file (sections 5 and 7). */
#include "cli/cli.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* What a command's page says beyond its summary; paragraphs are parted by empty lines. */
static const struct {
  unsigned bit;
  const char *text;
} details[] = {
    {FOR_CLASSIFY,
     "Texts are cut into sentences, and each gets a label, a probability, the words that decided, "
     "and a sensationalism score. Folders are read in the order of their names. Rows (lines, TSV, "
     "JSONL with one sentence a row) come out as one record each.\n\nThe exit status does not "
     "depend "
     "on what is found: that is what check is for."},
    {FOR_CHECK,
     "Each sentence that speculates, takes sides, names no source or is worded sensationally is a "
     "finding. A finding is an error when it meets a condition of --fail-on, else a warning, or a "
     "note where it is merely unattributed. Sentences are not judged to be false: only how they "
     "are "
     "worded and sourced.\n\n"
     "A condition is a label; a label with a probability (advocacy>=0.9); a label's share of a "
     "document's sentences (speculation>20%); or sensationalism>=0.7. It may be narrowed to a "
     "part: "
     "headline:, lead:, body:, heading:, caption:, quote:, list:, byline:, quoted: (speech), own: "
     "(not quoted). article:sensationalism>0.3 is about the mean of a document. Several conditions "
     "may be given: one is enough.\n\n"
     "In Markdown and HTML, <!-- stance ignore: reason --> silences the block after it, and "
     "<!-- stance off advocacy: reason --> silences that label up to <!-- stance on -->. A reason "
     "is "
     "needed. For other formats, a file .stance-ignore beside the text holds a line for each "
     "sentence: its fingerprint (fp in jsonl) and the reason. Silenced findings stay in json, "
     "jsonl "
     "and sarif with their reason. With --diff, only sentences that the diff touches are found."},
    {FOR_CONVERT,
     "Reads labelled sentences of any of these formats and writes them in another. What the target "
     "has no room for is said on standard error. The formats are described in stance-formats(5)."},
    {FOR_AGREE,
     "Each file is one annotator's work, in any format of convert. Sentences are matched by their "
     "ids, or where ids do not meet, by their text. Figures are agreement, Cohen's kappa (both as "
     "means over pairs of annotators) and Krippendorff's alpha for names, with 95 % intervals from "
     "1,000 resamples of the sentences."},
    {FOR_LSP,
     "Speaks the Language Server Protocol on standard input and output: findings as diagnostics of "
     "open documents, the words that decided on hover, and a quick fix that writes what the label "
     "should be to corrections.jsonl beside the document (or to --output)."},
    {FOR_COMPLETION, "Writes the completion script of a shell to standard output."},
};

/* Text of roff, filled to lines that people can read: no control line, no escapes. */
static void put_text(const char *s, size_t n) {
  size_t column = 0;
  for (size_t i = 0; i < n; i++) {
    bool wrap = s[i] == ' ' && column + strcspn(s + i + 1, " \n") > 72;
    if (s[i] == '\n' || wrap) {
      putchar('\n');
      column = 0;
      continue;
    }
    if ((s[i] == '.' || s[i] == '\'') && !column) fputs("\\&", stdout);
    if (s[i] == '\\')
      fputs("\\e", stdout);
    else if (s[i] == '-')
      fputs("\\-", stdout);
    else
      putchar(s[i]);
    column++;
  }
}

/* Sentences on lines of their own, as mdoc wants them; "\n\n" begins a paragraph. */
static void put_paragraphs(const char *s) {
  while (*s) {
    size_t n = strcspn(s, "\n");
    for (size_t i = 0, from = 0; i <= n; i++) {
      bool end = i == n || (s[i] == '.' && s[i + 1] == ' ' && isupper((unsigned char)s[i + 2]));
      if (!end) continue;
      put_text(s + from, (i == n ? n : i + 1) - from);
      putchar('\n');
      from = i + 2;
    }
    s += n;
    if (*s) puts(".Pp");
    while (*s == '\n') s++;
  }
}

/* A value as a macro argument: blanks need quotes. */
static void put_argument(const char *s) {
  printf(strchr(s, ' ') ? "\"%s\"" : "%s", s);
}

static void put_option(const option_spec *o, const settings *defaults) {
  fputs(".It ", stdout);
  if (o->letter) {
    printf("Fl %c", o->letter);
    fputs(" , ", stdout);
  }
  printf("Fl \\-%s", o->name);
  if (o->value) {
    fputs(" Ar ", stdout);
    put_argument(o->value);
  }
  putchar('\n');
  put_paragraphs(o->help);
  const void *member = (const char *)defaults + o->offset;
  if (o->type == OPT_INT && *(const int *)member >= o->min)
    printf("The default is %d.\n", *(const int *)member);
  else if (o->type == OPT_CHOICE && *(const char *const *)member)
    printf("The default is %s.\n", *(const char *const *)member);
}

static void put_head(const char *title, const char *name, const char *summary) {
  printf(".\\\" made by 'stance help --man'\n.Dd November 24, 2026\n.Dt %s 1\n.Os\n.Sh NAME\n.Nm "
         "%s\n.Nd ",
         title, name);
  size_t n = strlen(summary);
  put_text(summary, n && summary[n - 1] == '.' ? n - 1 : n);
  putchar('\n');
}

/* One word of a usage line, without its brackets: "-o", "show|verify", "FILE". */
static void put_usage_word(const char *w, size_t n) {
  if (*w == '-' && n > 1) {
    printf(w[1] == '-' ? "Fl \\%.*s" : "Fl %.*s", (int)n - 1, w + 1);
    return;
  }
  fputs("Ar ", stdout);
  for (size_t i = 0; i < n; i++)
    if (w[i] == '|')
      fputs(" | ", stdout);
    else
      fputs((char[]){w[i] == '-' ? '\\' : w[i], w[i] == '-' ? '-' : 0, 0}, stdout);
}

/* "[OPTION]... [-m MODEL] FILE...": "[" begins an .Op, which ends with "]". */
static void put_synopsis(const command_spec *c) {
  printf(".Sh SYNOPSIS\n.Nm stance %s\n", c->name);
  bool inside = false;
  for (const char *p = c->usage; *p;) {
    size_t n = strcspn(p, " "), skip = *p == '[';
    if (skip)
      fputs(".Op ", stdout);
    else
      fputs(inside ? " " : ".", stdout);
    inside = inside || skip;
    size_t word = strcspn(p + skip, " ].");
    put_usage_word(p + skip, word);
    for (size_t i = skip + word; i < n; i++) inside = inside && p[i] != ']';
    if (n > 3 && !memcmp(p + n - 3, "...", 3)) fputs(" ...", stdout);
    if (!inside) putchar('\n');
    p += n + (p[n] == ' ');
  }
}

static void put_exit_status(const command_spec *c) {
  bool gate = c->bit & (FOR_CHECK | FOR_AGREE | FOR_EVAL);
  printf(".Sh EXIT STATUS\n.Bl -tag -width 4n -compact\n.It 0\ndone\n");
  if (gate)
    printf(".It 1\n%s\n", c->bit == FOR_CHECK ? "a condition of \\-\\-fail\\-on is met"
                                              : "a figure is below \\-\\-min");
  puts(".It 2\nwrong usage, a bad setting, no model\n"
       ".It 3\nan input or output failed; the rest was still processed\n"
       ".It 4\nan error of stance itself: please report it\n.El\n"
       "Where several hold, 4 wins over 2, 2 over 3, 3 over 1.");
}

static void put_examples(const char *examples) {
  puts(".Sh EXAMPLES\n.Bd -literal");
  for (const char *p = examples; *p;) {
    size_t n = strcspn(p, "\n"), skip = strspn(p, " ");
    if (skip < n) {
      put_text(p + skip, n - skip);
      putchar('\n');
    }
    p += n + (p[n] == '\n');
  }
  puts(".Ed");
}

static void page_of(const command_spec *c) {
  char title[40], name[40];
  snprintf(name, sizeof name, "stance-%s", c->name);
  snprintf(title, sizeof title, "STANCE-%s", c->name);
  for (char *p = title; *p; p++) *p = (char)toupper((unsigned char)*p);
  put_head(title, name, c->summary);
  put_synopsis(c);
  puts(".Sh DESCRIPTION");
  put_paragraphs(c->summary);
  for (size_t i = 0; i < sizeof details / sizeof *details; i++)
    if (details[i].bit == c->bit) {
      puts(".Pp");
      put_paragraphs(details[i].text);
    }
  settings defaults;
  settings_default(&defaults);
  defaults.format = default_format(c);
  puts(".Pp\nThe options are as follows:\n.Bl -tag -width Ds");
  for (size_t i = 0; i < option_count; i++)
    if (option_table[i].commands & c->bit) put_option(&option_table[i], &defaults);
  puts(".El");
  put_exit_status(c);
  put_examples(c->examples);
  puts(".Sh SEE ALSO\n.Xr stance 1 ,\n.Xr stance-formats 5 ,\n.Xr stance.conf 5 ,\n.Xr stance 7");
}

static void page_of_program(void) {
  put_head("STANCE", "stance", "say of each sentence of a text who answers for it");
  puts(".Sh SYNOPSIS\n.Nm\n.Ar COMMAND\n.Op Ar OPTION ...\n.Op Ar OPERAND ...");
  puts(".Sh DESCRIPTION\n.Nm");
  put_paragraphs(
      "reads a text, cuts it into sentences, and says of each who answers for it: a source "
      "(attributed), nobody yet (speculation), the author taking a side (advocacy), or the author "
      "stating it as plain fact (unattributed), and how sensational its wording is. Labels say how "
      "a sentence is worded and sourced, not whether it is true.\n\n"
      "Options stand before or after operands and the command; they mean the same in all "
      "commands. The commands are:");
  puts(".Bl -tag -width completion");
  for (size_t c = 0; c < command_count; c++) {
    printf(".It Xr stance-%s 1\n", command_table[c].name);
    put_paragraphs(command_table[c].summary);
  }
  puts(".El\n.Sh ENVIRONMENT\n.Bl -tag -width Ds");
  puts(".It Ev STANCE_MODEL\nthe model, unless\n.Fl m\nsays another");
  puts(".It Ev STANCE_CONFIG\nthe file of settings, as\n.Fl c");
  puts(".It Ev NO_COLOR , CLICOLOR_FORCE , FORCE_COLOR\nno colours, or colours always");
  puts(".It Ev XDG_CONFIG_HOME\nwhere stance/config is looked for, instead of ~/.config\n.El");
  puts(".Sh EXIT STATUS");
  put_paragraphs("0 done, 1 a condition was met, 2 wrong usage, 3 an input or output failed, 4 an "
                 "error of stance itself.");
  puts(".Sh EXAMPLES\n.Dl stance classify story.txt");
  puts(".Dl stance check \\-\\-fail\\-on advocacy *.md");
  puts(".Sh SEE ALSO\n.Xr stance-formats 5 ,\n.Xr stance.conf 5 ,\n.Xr stance 7");
}

int write_man(const settings *s) {
  if (!s->operands) {
    page_of_program();
    return EXIT_DONE;
  }
  const command_spec *c = find_command(s->operand[0]);
  if (!c) return unknown_command(s->operand[0]);
  page_of(c);
  return EXIT_DONE;
}
