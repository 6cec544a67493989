# convert.sh: stance convert: a golden file and a round trip for each format, what each cannot hold,
# the odd forms that tools export. STANCE_UPDATE=1 writes the golden files anew.
. "$(dirname "$0")/lib.sh"
forms=$root/tests/data/forms
validate() { python3 "$root/tests/validate.py" "$@"; }
cp "$forms/in.jsonl" in.jsonl

name='the input itself'
ok test "$(validate spans in.jsonl)" = '4 checked'

# table: format | what comes back the same ("" = everything)
while IFS='|' read -r format keys; do
  run convert --to "$format" -o "out.$format" in.jsonl
  check "to $format" 0
  out_is ''
  [ -z "${STANCE_UPDATE-}" ] || cp "out.$format" "$forms/golden.$format"
  ok cmp "out.$format" "$forms/golden.$format"
  run convert --from "$format" --to stance -o back.jsonl "out.$format"
  check "from $format" 0
  # shellcheck disable=SC2086
  ok test "$(validate same in.jsonl back.jsonl $keys)" = '4 checked'
  # what comes back is written again the same (in prodigy one key moves within "meta")
  [ "$format" = prodigy ] && continue
  run convert --from "$format" --to "$format" -o again "out.$format"
  ok cmp "out.$format" again
done <<'TABLE'
stance|
simple|
doccano|
prodigy|
label-studio|
doccano-spans|doc text label start end
prodigy-spans|doc text label start end
label-studio-spans|doc id text label start end
csv|doc id text label confidence sensationalism
tsv|doc id label confidence sensationalism
fasttext|label
conll|label
spacy|label
TABLE

# the format is told by name and content
for format in simple doccano prodigy label-studio doccano-spans csv tsv fasttext spacy; do
  case $format in csv | tsv) file=guess.$format ;; *) file=guess ;; esac
  cp "out.$format" $file
  run convert --to stance $file
  check "guessed $format" 0
  ok test "$(printf '%s\n' "$out" | grep -c '"label":"speculation"')" -eq 1
done

# ---- brat and CAS: folders ----

run convert --to brat -o brat in.jsonl
check 'to brat' 0
ok test "$(cd brat && echo *)" = 'annotation.conf dir_a.ann dir_a.txt visual.conf'
[ -z "${STANCE_UPDATE-}" ] || cp brat/dir_a.ann "$forms/golden.brat"
ok cmp brat/dir_a.ann "$forms/golden.brat"
ok test "$(validate brat brat)" = '4 checked'
run convert --to stance -o back.jsonl brat/dir_a.ann
check 'from brat' 0
ok test "$(validate same in.jsonl back.jsonl label confidence reason start end)" = '4 checked'
ok test "$(validate spans back.jsonl)" = '4 checked'
run convert --to cas -o cas in.jsonl
check 'to cas' 0
[ -z "${STANCE_UPDATE-}" ] || cp cas/dir_a.txt.json "$forms/golden.cas"
ok cmp cas/dir_a.txt.json "$forms/golden.cas"
ok test "$(validate cas cas/dir_a.txt.json)" = '4 checked'
run convert --to stance -o back.jsonl cas/dir_a.txt.json
check 'from cas' 0
ok test "$(validate same in.jsonl back.jsonl text label start end)" = '4 checked'

# ---- what is lost is said ----

run convert --to fasttext in.jsonl
err_has 'stance: line ends inside 1 texts became spaces'
err_has 'stance: fasttext has no room for: '
err_has 'confidence (4)'
err_has 'reason (1)'
run convert -q --to fasttext in.jsonl
err_is ''
run convert --to simple in.jsonl
err_is 'stance: simple has no room for: record of a document (1)'
run convert --to stance in.jsonl
err_is ''
sed 1d in.jsonl >no-text.jsonl
run convert --to doccano-spans no-text.jsonl
check 'an article of its sentences' 0
err_has 'what stands between the sentences was not in the input: it is white space now'

# ---- what tools export ----

# each: name of the file | rows | extra options | text that must come out
convert_row() {
  run convert --to simple $2 "$1"
  check "$1" 0
  out_has "$3"
}
printf '%s\n' '{"id":7,"text":"We must act.","annotations":[{"label":2,"user":1}]}' >old-doccano.jsonl
convert_row old-doccano.jsonl '--label-map 1=speculation,2=advocacy' '{"id":7,"text":"We must act.","label":"advocacy"}'
run convert --to simple old-doccano.jsonl
check 'a number without a map' 3
err_is 'stance: old-doccano.jsonl:1: label 2 is a number: say what it stands for with a label map, as in 2=advocacy'
printf '%s\n' '{"id":7,"text":"It is. We must act.","annotations":[{"label":2,"start_offset":7,"end_offset":19,"user":1}]}' >old-spans.jsonl
convert_row old-spans.jsonl '--label-map 2=advocacy' '"text":"We must act.","label":"advocacy"'
printf '%s\n' '{"text":"We must act.","options":[{"id":"a","text":"a"}],"accept":["advocacy"],"answer":"accept","_task_hash":-5,"meta":{"score":0.5}}' \
  '{"text":"Bad one.","label":"advocacy","answer":"reject"}' '{"text":"Skipped.","label":"advocacy","answer":"ignore"}' >prodigy.jsonl
convert_row prodigy.jsonl '' '"text":"We must act.","label":"advocacy","meta":{"answer":"accept","_task_hash":-5,"confidence":0.5}'
run convert --to prodigy prodigy.jsonl
out_has '"_task_hash":-5'
run convert --to fasttext prodigy.jsonl
out_is '__label__advocacy We must act.'
err_has 'row without a label (2)'
cat >studio.json <<'JSON'
[{"id":1,"data":{"text":"😀 It is. We must act."},
  "annotations":[{"was_cancelled":true,"result":[{"type":"labels","value":{"start":0,"end":1,"labels":["bad"]}}]},
   {"was_cancelled":false,"result":[{"id":"x","type":"labels","from_name":"s","to_name":"t","value":{"start":10,"end":22,"text":"We must act.","labels":["advocacy"]}}]}],
  "predictions":[{"result":[{"type":"choices","value":{"choices":["other"]}}]}]}]
JSON
convert_row studio.json '' '"text":"We must act.","label":"advocacy","meta":{"doc":"article","start":9,"end":21,"type":"correction"}'
out_lacks bad
out_lacks other
printf '\357\273\277note,text,label\r\n"a ""b""","We must,\nact.",advocacy\r\n,It rains.,\r\n' >table.csv
convert_row table.csv '' '{"text":"We must,\nact.","label":"advocacy","meta":{"note":"a \"b\""}}'
printf 'sentence;text,gold\nx,We must act.,advocacy\n' | sed 's/;/,/; s/^x,/x,/' >odd.csv
printf 'sentence,gold\nWe must act.,advocacy\n' >odd.csv
convert_row odd.csv '--text-column sentence --label-column gold' '"text":"We must act.","label":"advocacy"'
mkdir b && printf 'It is.\r\nWe must\r\nact.' >b/x.txt &&
  printf 'T1\tadvocacy 7 14;15 19\tWe must act.\n#1\tAnnotatorNotes T1\tsaid on air\nR1\tx Arg1:T1 Arg2:T1\n' >b/x.ann
convert_row b/x.ann '' '"text":"We must\nact.","label":"advocacy","meta":{"doc":"x.txt","start":7,"end":19,"reason":"said on air"}'
printf 'a b\n' >x.conll
printf '%s\n' '-DOCSTART- O' '' 'We B-a' 'act I-a' 'now B-b' '. O' >x.conll
convert_row x.conll '' '"text":"We act","label":"a"'
printf '%s\n' '__label__a __label__b We act.' >ft
convert_row ft '' '"text":"We act.","label":"a"'
err_has 'rows with several labels: the first was taken'

# table: file's text | format | exit | message
while IFS='|' read -r text format exit message; do
  # shellcheck disable=SC2059
  printf "$text" >bad.x
  run convert --from "$format" --to simple bad.x
  check "bad $format" "$exit"
  out_is ''
  err_is "stance: $message"
done <<'TABLE'
x\n|simple|3|bad.x:1:1: not JSON: '[' or '{' expected near 'x'
{"label":"a"}\n|simple|3|bad.x:1: row has no "text"
{"text":"a","label":["b","c"]}\n|doccano|3|bad.x:1: "label" lists more than one label
{"text":"a","label":[[0,5,"b"]]}\n|doccano|3|bad.x:1: no text at 0 to 5: the text has 1 characters
{"text":"a","accept":["b","c"]}\n|prodigy|3|bad.x:1: "accept" lists more than one label
{}|label-studio|3|bad.x: not an array of tasks
[{}]|label-studio|3|bad.x: a task has no "data" with "text"
text,label\n"a,b\n|csv|3|bad.x:2: a quotation mark is not closed
text,label\na\n|csv|3|bad.x:2: row has 1 columns, the header has 2
text,x\na,b\n|csv|3|bad.x:1: no column 'label' in the header
a\n|conll|3|bad.x:1: expected a token and its tag
a\tX\n|conll|3|bad.x:1: a tag is O, B-label or I-label, not 'X'
T1\tx 0 1\ta\n|brat|2|bad.x: brat: give the .ann file; its .txt is read from beside it
{"text":"a"}|spacy|3|bad.x:1: row needs "text" and "cats"
{}|cas|3|bad.x: no "sofaString" in "%FEATURE_STRUCTURES"
|simple|3|bad.x: no labelled rows in it (read as simple)
\377|simple|3|bad.x:1: not valid UTF-8 at byte 0; convert it, for example: iconv -f WINDOWS-1252 -t UTF-8
TABLE

run convert --to brat in.jsonl
check 'brat without a folder' 2
err_is 'stance: --to brat writes several files: name their folder with -o'
run convert --to bratt in.jsonl
check 'no such format' 2
err_is "stance: --to: no format 'bratt' (did you mean 'brat'?)"
run convert in.jsonl
check 'no --to' 2
run convert --to csv
check 'no file' 2
run convert --to csv missing in.jsonl
check 'a missing file' 3
out_has 'advocacy'
run convert --to csv -o /dev/full in.jsonl
check 'full' 3

report
