/* main.c: which command, and the exit code. */
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const command_spec command_table[] = {
    {"classify", FOR_CLASSIFY, "[OPTION]... [FILE|FOLDER|-]...",
     "Label each sentence of a text: attributed, speculation, advocacy or unattributed.",
     "  stance classify story.txt                       for people, with the words that decided\n"
     "  stance classify --json story.txt other.txt      for programs\n"
     "  stance classify page.html draft.docx notes.md   the article in a page, a Word file, "
     "Markdown\n"
     "  stance classify --text 'It could rain.'         one sentence\n"
     "  stance classify --input-format lines -f tsv -   a record for every line of standard "
     "input\n",
     run_classify, NULL},
    {"check", FOR_CHECK, "[OPTION]... [FILE|FOLDER|-]...",
     "Say where texts speculate, take sides or name no source; fail when a condition is met.",
     "  stance check --fail-on advocacy news/*.md           exit 1 when a sentence takes sides\n"
     "  stance check --fail-on 'speculation>20%' story.txt  ... or a fifth of it is speculation\n"
     "  git diff | stance check --fail-on 'own:sensationalism>=0.7' --diff -\n"
     "  stance check -f sarif -o stance.sarif news/*.html   for code hosts\n",
     run_check, "line"},
    {"review", FOR_REVIEW, "[OPTION]... FILE...",
     "Open the page of texts in a browser and keep every correction made there.",
     "  stance review story.txt\n"
     "  stance review --no-browser -o mine.jsonl story.html other.md\n",
     run_review, NULL},
    {"label", FOR_LABEL, "[OPTION]... FILE...",
     "The same in the terminal: one sentence at a time, the least sure first.",
     "  stance label story.txt\n"
     "  stance label -o mine.jsonl --annotator ed1 story.txt\n",
     run_label, NULL},
    {"suggest", FOR_SUGGEST, "[OPTION]... FILE...",
     "Say which sentences of a pool of texts to label next: unsure and typical ones, none twice.",
     "  stance suggest articles/*.txt\n"
     "  stance suggest -n 200 -f jsonl articles/ -o next.jsonl\n",
     run_suggest, NULL},
    {"agree", FOR_AGREE, "[OPTION]... FILE FILE...",
     "Say how far annotators agree, and list the sentences where they do not.",
     "  stance agree ann.jsonl ben.jsonl\n"
     "  stance agree --min 0.8 ann.csv ben.csv              exit 1 below an alpha of 0.8\n",
     run_agree, NULL},
    {"convert", FOR_CONVERT, "--to FORMAT [OPTION]... FILE...",
     "Bring annotations from one tool's format into another's.",
     "  stance convert --to simple export.json -o rows.jsonl      rows to train on\n"
     "  stance classify -f jsonl a.txt | stance convert --to label-studio -\n"
     "  stance convert --to brat -o folder labels.jsonl\n",
     run_convert, NULL},
    {"train", FOR_TRAIN, "[OPTION]... -o MODEL DATA...",
     "Learn a model from labelled rows: TSV with a header, JSONL, or fastText's __label__ lines.",
     "  stance train -o my.stance rows.tsv\n"
     "  stance train --tune -o my.stance rows.tsv\n"
     "  stance train --update my.stance --add corrections.jsonl -o my.stance\n"
     "  stance train -o topics.stance --label-column topic --cues none rows.jsonl\n",
     run_train, NULL},
    {"eval", FOR_EVAL, "[OPTION]... [-m MODEL] DATA...",
     "Compare a model's labels with given ones.",
     "  stance eval -m my.stance held-out.tsv\n"
     "  stance eval --json -m my.stance held-out.tsv\n",
     run_eval, NULL},
    {"segment", FOR_SEGMENT, "[OPTION]... [FILE|-]...",
     "Cut a text into sentences (or words), one a line.",
     "  stance segment story.txt\n"
     "  stance segment --spans --tokens story.txt\n",
     run_segment, NULL},
    {"model", FOR_MODEL, "show|verify|top [OPTION]... [FILE], or diff A B [ROWS]...",
     "Say what a model is made of, check that it is whole, list its heaviest features, compare two.",
     "  stance model show\n"
     "  stance model verify my.stance\n"
     "  stance model top --label advocacy -n 30 my.stance\n"
     "  stance model diff old.stance new.stance rows.tsv\n",
     run_model, NULL},
    {"lsp", FOR_LSP, "[OPTION]...", "Serve a text editor by the Language Server Protocol.",
     "  stance lsp                                  what an editor's client runs\n"
     "  stance lsp --only speculation,advocacy -o ~/corrections.jsonl\n",
     run_lsp, NULL},
    {"completion", FOR_COMPLETION, "bash|zsh|fish", "Write a shell's completion of stance.",
     "  stance completion bash >~/.local/share/bash-completion/completions/stance\n"
     "  stance completion zsh >~/.zfunc/_stance\n"
     "  stance completion fish >~/.config/fish/completions/stance.fish\n",
     run_completion, NULL},
    {"help", FOR_HELP, "[COMMAND]", "Explain a command.", "  stance help classify\n", run_help,
     NULL},
};
const size_t command_count = sizeof command_table / sizeof *command_table;

const command_spec *find_command(const char *name) {
  for (size_t i = 0; i < command_count; i++)
    if (!strcmp(name, command_table[i].name)) return &command_table[i];
  return NULL;
}

int graver(int a, int b) {
  static const int rank[] = {
      [EXIT_DONE] = 0, [EXIT_GATE] = 1, [EXIT_IO] = 2, [EXIT_USAGE] = 3, [EXIT_INTERNAL] = 4};
  if (a > EXIT_INTERNAL || b > EXIT_INTERNAL) return a > b ? a : b; /* ended by a signal */
  return rank[a] > rank[b] ? a : b;
}

/* A standard stream that the caller closed must not become the next file we open: it becomes one
 * that fails when it is used. */
static void guard_streams(void) {
  for (int fd = 0; fd < 3; fd++)
    if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd ? O_RDONLY : O_WRONLY) != fd) _exit(EXIT_IO);
}

int main(int argc, char **argv) {
  guard_streams();
  settings s;
  settings_default(&s);
  const command_spec *command = NULL;
  int status = parse_arguments(argc, argv, &s, &command);
  if (status) goto done;
  if (s.version)
    puts("stance " STANCE_VERSION);
  else if (s.help && command)
    help_command(command);
  else if (s.help)
    help_all();
  else if (!command) {
    help_short();
    status = EXIT_USAGE;
  } else if (s.print_config)
    status = print_config(&s, command);
  else
    status = command->run(&s);
  if (fflush(stdout) != 0 || ferror(stdout)) {
    if (errno != EPIPE) say("cannot write standard output: %s", strerror(errno));
    status = graver(status, EXIT_IO);
  }
done:
  settings_free(&s);
  return status;
}
