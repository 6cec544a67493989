/* completion.c: what bash, zsh and fish complete, out of the tables of commands and options. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

/* Words of "a|b|c", each with `before` and `after`. */
static void put_words(const char *words, const char *between) {
  for (const char *w = words; *w;) {
    size_t n = strcspn(w, "|");
    printf("%s%.*s", w == words ? "" : between, (int)n, w);
    w += n + (w[n] == '|');
  }
}

/* The values an option's value can be; NULL: a file or free text. */
static const char *choices_of(const option_spec *o) {
  return o->type == OPT_CHOICE ? o->words : NULL;
}

static bool is_file(const option_spec *o) {
  return o->value &&
         (!strcmp(o->value, "FILE") || !strcmp(o->value, "FOLDER") || !strcmp(o->value, "PATH"));
}

/* Operands that are words: of help the commands, of model the actions. */
static const char *operands_of(const command_spec *c) {
  if (c->bit == FOR_MODEL) return "show|verify";
  if (c->bit == FOR_COMPLETION) return "bash|zsh|fish";
  return NULL;
}

/* ---- bash ---- */

static void bash(void) {
  puts("# bash completion of stance; made by 'stance completion bash'\n"
       "_stance() {\n"
       "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command='' word\n"
       "  COMPREPLY=()\n"
       "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
       "    [[ $word == -* ]] || { command=$word; break; }\n"
       "  done\n"
       "  case $prev in");
  for (size_t i = 0; i < option_count; i++) {
    const option_spec *o = &option_table[i];
    if (!takes_value(o)) continue;
    printf("  --%s", o->name);
    if (o->letter) printf("|-%c", o->letter);
    if (choices_of(o)) {
      printf(") COMPREPLY=($(compgen -W '");
      put_words(o->words, " ");
      puts("' -- \"$cur\")); return ;;");
    } else
      puts(is_file(o) ? ") COMPREPLY=($(compgen -f -- \"$cur\")); return ;;" : ") return ;;");
  }
  puts("  esac\n  case $command in");
  for (size_t c = 0; c < command_count; c++) {
    printf("  %s)\n    [[ $cur == -* ]] && COMPREPLY=($(compgen -W '", command_table[c].name);
    for (size_t i = 0; i < option_count; i++)
      if (option_table[i].commands & command_table[c].bit) printf("--%s ", option_table[i].name);
    puts("' -- \"$cur\")) && return");
    if (command_table[c].bit == FOR_HELP) {
      printf("    COMPREPLY=($(compgen -W '");
      for (size_t k = 0; k < command_count; k++) printf("%s ", command_table[k].name);
      puts("' -- \"$cur\")) ;;");
    } else if (operands_of(&command_table[c])) {
      printf("    COMPREPLY=($(compgen -W '");
      put_words(operands_of(&command_table[c]), " ");
      puts("' -- \"$cur\") $(compgen -f -- \"$cur\")) ;;");
    } else
      puts("    COMPREPLY=($(compgen -f -- \"$cur\")) ;;");
  }
  printf("  '') COMPREPLY=($(compgen -W '");
  for (size_t c = 0; c < command_count; c++) printf("%s ", command_table[c].name);
  puts("--help --version' -- \"$cur\")) ;;\n  esac\n}\ncomplete -o filenames -F _stance stance");
}

/* ---- zsh ---- */

/* Text inside '...[text]...' of _arguments. */
static void zsh_text(const char *s) {
  for (; *s; s++) {
    if (*s == '\'')
      fputs("'\\''", stdout);
    else {
      if (strchr("[]:\\", *s)) putchar('\\');
      putchar(*s);
    }
  }
}

static void zsh_option(const option_spec *o) {
  bool again = o->type == OPT_LIST || o->type == OPT_COUNT;
  for (int letter = 0; letter < 2; letter++) {
    if (letter && !o->letter) continue;
    fputs(" \\\n      '", stdout);
    if (again) putchar('*');
    if (letter)
      printf("-%c%s[", o->letter, takes_value(o) ? "+" : "");
    else
      printf("--%s%s[", o->name, takes_value(o) ? "=" : "");
    zsh_text(o->help);
    putchar(']');
    if (takes_value(o)) {
      printf(":%s:", o->value);
      if (choices_of(o)) {
        putchar('(');
        put_words(o->words, " ");
        putchar(')');
      } else if (is_file(o))
        fputs("_files", stdout);
    }
    putchar('\'');
  }
}

static void zsh(void) {
  puts("#compdef stance\n# made by 'stance completion zsh'\n"
       "_stance() {\n"
       "  local context state state_descr line\n"
       "  typeset -A opt_args\n"
       "  _arguments -C '1: :->command' '*:: :->rest'\n"
       "  case $state in\n"
       "  command)\n"
       "    local -a commands=(");
  for (size_t c = 0; c < command_count; c++) {
    printf("      '%s:", command_table[c].name);
    zsh_text(command_table[c].summary);
    puts("'");
  }
  puts("    )\n    _describe command commands ;;\n  rest)\n    case $line[1] in");
  for (size_t c = 0; c < command_count; c++) {
    printf("    %s)\n      _arguments -s -S", command_table[c].name);
    for (size_t i = 0; i < option_count; i++)
      if (option_table[i].commands & command_table[c].bit) zsh_option(&option_table[i]);
    if (command_table[c].bit == FOR_HELP) {
      fputs(" \\\n      '1:command:(", stdout);
      for (size_t k = 0; k < command_count; k++)
        printf("%s%s", k ? " " : "", command_table[k].name);
      puts(")' ;;");
    } else if (operands_of(&command_table[c])) {
      fputs(" \\\n      '1: :(", stdout);
      put_words(operands_of(&command_table[c]), " ");
      puts(")' '*:file:_files' ;;");
    } else
      puts(" \\\n      '*:file:_files' ;;");
  }
  puts("    esac ;;\n  esac\n}\n"
       "if [ \"$funcstack[1]\" = _stance ]; then _stance \"$@\"; else compdef _stance stance; fi");
}

/* ---- fish ---- */

static void fish_text(const char *s) {
  putchar('\'');
  for (; *s; s++) {
    if (*s == '\'' || *s == '\\') putchar('\\');
    putchar(*s);
  }
  putchar('\'');
}

static void fish(void) {
  puts("# fish completion of stance; made by 'stance completion fish'");
  for (size_t c = 0; c < command_count; c++) {
    printf("complete -c stance -n __fish_use_subcommand -f -a %s -d ", command_table[c].name);
    fish_text(command_table[c].summary);
    putchar('\n');
  }
  for (size_t c = 0; c < command_count; c++) {
    const char *name = command_table[c].name, *words = operands_of(&command_table[c]);
    for (size_t i = 0; i < option_count; i++) {
      const option_spec *o = &option_table[i];
      if (!(o->commands & command_table[c].bit)) continue;
      printf("complete -c stance -n '__fish_seen_subcommand_from %s' -l %s", name, o->name);
      if (o->letter) printf(" -s %c", o->letter);
      if (takes_value(o)) fputs(is_file(o) ? " -r -F" : " -x", stdout);
      if (choices_of(o)) {
        fputs(" -a '", stdout);
        put_words(o->words, " ");
        putchar('\'');
      }
      fputs(" -d ", stdout);
      fish_text(o->help);
      putchar('\n');
    }
    if (words) {
      printf("complete -c stance -n '__fish_seen_subcommand_from %s' -a '", name);
      put_words(words, " ");
      puts("'");
    }
    if (command_table[c].bit != FOR_HELP) continue;
    printf("complete -c stance -n '__fish_seen_subcommand_from help' -f -a '");
    for (size_t k = 0; k < command_count; k++) printf("%s ", command_table[k].name);
    puts("'");
  }
}

int run_completion(const settings *s) {
  static const char *const shells[] = {"bash", "zsh", "fish"};
  static void (*const writers[])(void) = {bash, zsh, fish};
  for (size_t i = 0; s->operands == 1 && i < 3; i++)
    if (!strcmp(s->operand[0], shells[i])) {
      writers[i]();
      return EXIT_DONE;
    }
  say("usage: stance completion bash|zsh|fish");
  return EXIT_USAGE;
}
