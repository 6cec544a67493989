/* help.c: --help, out of the tables of commands and options. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>
#include <sys/types.h>

void help_short(void) {
  fputs("stance says of each sentence of a text who answers for it.\n"
        "\n"
        "  stance classify article.txt\n"
        "  stance train -o my.stance rows.tsv\n"
        "\n"
        "Commands:",
        stderr);
  for (size_t i = 0; i < command_count; i++) fprintf(stderr, " %s", command_table[i].name);
  fputs("\nSee 'stance help' or 'stance help COMMAND'.\n", stderr);
}

void help_all(void) {
  puts(
      "Usage: stance COMMAND [OPTION]... [OPERAND]...\n"
      "Says of each sentence of a text who answers for it: a source (attributed), nobody yet\n"
      "(speculation), the author taking a side (advocacy), or the author stating it as plain fact\n"
      "(unattributed), and how sensational its wording is.\n"
      "\n"
      "Commands:");
  for (size_t i = 0; i < command_count; i++)
    printf("  %-10s %s\n", command_table[i].name, command_table[i].summary);
  puts("\nExamples:\n"
       "  stance classify article.txt               labels, with the words that decided\n"
       "  stance classify --json article.txt        the same for programs\n"
       "  stance train -o my.stance rows.tsv        a model from your own labelled rows\n"
       "  stance eval -m my.stance held-out.tsv     how good it is\n"
       "\n"
       "Options are the same in every command: 'stance help COMMAND' lists them.\n"
       "Exit status: 0 done, 2 wrong usage or no model, 3 an input or output failed, 4 internal "
       "error.\n"
       "Labels say how a sentence is worded and sourced, not whether it is true.");
}

/* The value a settings member has before any option, as " (default: 20)"; nothing where the help
 * text says it or there is none. */
static void print_default(const option_spec *o, const settings *s) {
  const void *member = (const char *)s + o->offset;
  if (o->type == OPT_INT && *(const int *)member >= o->min)
    printf(" (default: %d)", *(const int *)member);
  else if (o->type == OPT_REAL && *(const double *)member >= o->min)
    printf(" (default: %g)", *(const double *)member);
  else if (o->type == OPT_FLOAT)
    printf(" (default: %g)", (double)*(const float *)member);
  else if (o->type == OPT_CHOICE && *(const char *const *)member)
    printf(" (default: %s)", *(const char *const *)member);
}

/* The help text is wrapped at 100 columns, beside the option. */
static void print_option(const option_spec *o, const settings *s) {
  enum { LEFT = 30, WIDTH = 70 };
  char left[64], letter[8] = "    ";
  if (o->letter) snprintf(letter, sizeof letter, "-%c, ", o->letter);
  snprintf(left, sizeof left, "%s--%s%s%s", letter, o->name, o->value ? " " : "",
           o->value ? o->value : "");
  printf("  %-27s ", left);
  const char *p = o->help;
  while (strlen(p) > WIDTH) {
    size_t n = WIDTH;
    while (n && p[n] != ' ') n--;
    if (!n) break;
    printf("%.*s\n%*s", (int)n, p, LEFT, "");
    p += n + 1;
  }
  fputs(p, stdout);
  print_default(o, s);
  putchar('\n');
}

void help_command(const command_spec *command) {
  settings s;
  settings_default(&s);
  s.format = default_format(command);
  printf("Usage: stance %s %s\n%s\n\nExamples:\n%s\nOptions:\n", command->name, command->usage,
         command->summary, command->examples);
  for (int all = 0; all < 2; all++) {
    if (all) puts("\nOptions of every command:");
    for (size_t i = 0; i < option_count; i++)
      if ((option_table[i].commands & command->bit) && (option_table[i].commands == FOR_ALL) == all)
        print_option(&option_table[i], &s);
  }
  bool gate = command->bit & (FOR_CHECK | FOR_AGREE | FOR_EVAL);
  printf("\nExit status: 0 done, %s2 wrong usage or no model, 3 an input or output failed.\n"
         "Manual: man stance-%s\n",
         !gate                        ? ""
         : command->bit == FOR_CHECK ? "1 a condition of --fail-on was met, "
                                     : "1 below --min, ",
         command->name);
}

int run_help(const settings *s) {
  if (s->man) return write_man(s);
  const command_spec *command = s->operands ? find_command(s->operand[0]) : NULL;
  if (s->operands && !command) return unknown_command(s->operand[0]);
  if (command)
    help_command(command);
  else
    help_all();
  return EXIT_DONE;
}
