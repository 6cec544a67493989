# usage.sh: options, help, version and what is said to somebody who mistypes.
. "$(dirname "$0")/lib.sh"

run
check 'no arguments' 2
out_is ''
err_has 'Commands: classify check review label suggest agree convert train eval segment model lsp completion help'

run --help
check '--help' 0
out_has 'Usage: stance COMMAND'
err_is ''

run --version
check '--version' 0
out_is "stance $(sed -n 's/^.define STANCE_VERSION "\(.*\)"/\1/p' "$root/src/stance.h")"

for command in classify check agree convert train eval segment model lsp completion help; do
  run help "$command"
  check "help $command" 0
  out_has "Usage: stance $command "
  run "$command" -h
  check "$command -h" 0
  out_has "Usage: stance $command "
done
run --bits x --nonsense classify -h
check '-h wins over what is wrong' 0
out_has 'Usage: stance classify'

run help classfy
check 'help of an unknown command' 2
err_is "stance: unknown command 'classfy' (did you mean 'classify'?)"

run clasify a.txt
check 'unknown command' 2
err_is "stance: unknown command 'clasify' (did you mean 'classify'?)"

run frobnicate
check 'unknown command, nothing near' 2
err_is "stance: unknown command 'frobnicate'; see 'stance help'"

echo 'It rained.' >story.txt
run story.txt
check 'a file as command' 2
err_is "stance: 'story.txt' is not a command. Did you mean 'stance classify story.txt'?"

# table: what is wrong | the message; the arguments are split at spaces
while IFS='|' read -r arguments message; do
  # shellcheck disable=SC2086
  run $arguments
  check "$arguments" 2
  out_is ''
  err_is "stance: $message"
done <<'TABLE'
classify --fomat json|unknown option '--fomat' (did you mean '--format'?)
classify --zzzzzzzz|unknown option '--zzzzzzzz'; see 'stance help'
classify --form json|unknown option '--form' (did you mean '--format'?)
classify -x|unknown option '-x'; see 'stance help'
classify --format|--format needs a value: --format FORMAT
classify -m|--model needs a value: --model FILE
classify --json=yes|--json takes no value
classify --format sheet|--format cannot be 'sheet'; it is one of: text, json, jsonl, html, tsv, line, sarif, github, gitlab, rdjsonl
classify --format jsom|--format cannot be 'jsom' (did you mean 'json'?)
classify -j many|--jobs must be a whole number from 0 to 256, not 'many'
classify -j -1|--jobs must be a whole number from 0 to 256, not '-1'
classify -j 99999999999999999999|--jobs must be a whole number from 0 to 256, not '99999999999999999999'
classify --min-confidence 1.5|--min-confidence must be a number from 0 to 1, not '1.5'
classify --min-confidence nan|--min-confidence must be a number from 0 to 1, not 'nan'
classify --bits 12 a.txt|'stance classify' has no option '--bits' (it is for: train)
classify --text a story.txt|--text and files exclude each other
classify --input-format lines --json story.txt|--format json is for texts; for rows use --format jsonl
classify -f tsv story.txt|--format tsv is for rows (--input-format lines, tsv or jsonl)
train rows.tsv|train needs -o FILE for the model
train -o - rows.tsv|train needs -o FILE for the model
train -o m.stance|train needs a file of labelled rows; see 'stance help train'
train --bits 9 -o m.stance rows.tsv|--bits must be a whole number from 10 to 24, not '9'
train --loss hinge -o m.stance rows.tsv|--loss cannot be 'hinge'; it is one of: logistic, svm
train -C 0 -o m.stance rows.tsv|--cost must be a number from 1e-09 to 1e+09, not '0'
eval|eval needs a file of labelled rows; see 'stance help eval'
eval -f tsv rows.tsv|eval writes text or json, not tsv
model|usage: stance model show|verify|top [FILE], or stance model diff A B [ROWS]...
model list|usage: stance model show|verify|top [FILE], or stance model diff A B [ROWS]...
TABLE

report
