# agree.sh: stance agree: files of several formats, differences, --min.
. "$(dirname "$0")/lib.sh"

printf 'id,text,label\n1,It could rain.,speculation\n2,We must act.,advocacy\n3,It rained.,unattributed\n4,"He said so, twice.",attributed\n5,Only here.,advocacy\n' >ann.csv
printf '%s\n' '{"text":"It could rain.","label":"speculation","answer":"accept"}' \
  '{"text":"We must  act.","label":"speculation","answer":"accept"}' \
  '{"text":"It rained.","label":"unattributed","answer":"accept"}' \
  '{"text":"He said so, twice.","label":"attributed","answer":"accept"}' \
  '{"text":"We must act.","label":"advocacy","answer":"reject"}' >ben.jsonl

run agree ann.csv ben.jsonl
check 'two annotators' 0
out_has '2 annotators, 4 sentences in common, matched by text'
out_has '  1  ann.csv (1 more that nobody else has)'
out_has 'agreement              0.75  ['
out_has "Cohen's kappa          0.67  ["
out_has "Krippendorff's alpha   0.70  ["
out_has '1 of 4 sentences differ:'
out_has "  advocacy | speculation	2	We must act."
run agree --json ann.csv ben.jsonl
check 'as JSON' 0
out_has '"matched_by":"text","agreement":{"value":0.7500,'
out_has '{"where":"2","text":"We must act.","labels":["advocacy","speculation"]}'
name='JSON'
ok python3 -c 'import json, sys; json.load(open(sys.argv[1]))' .out

run agree --min 0.8 ann.csv ben.jsonl
check 'below --min' 1
err_is "stance: Krippendorff's alpha is 0.696, below --min 0.8"
run agree --min 0.5 ann.csv ben.jsonl
check 'above --min' 0
run agree ann.csv ann.csv ben.jsonl
check 'three annotators' 0
out_has '3 annotators'

# a correction replaces the prediction of the same sentence
printf '%s\n' '{"type":"sentence","doc":"a","id":"s1","text":"It could rain.","label":"speculation"}' \
  '{"type":"sentence","doc":"a","id":"s2","text":"It rained.","label":"advocacy"}' >one.jsonl
cp one.jsonl two.jsonl
printf '%s\n' '{"type":"correction","doc":"a","id":"s2","text":"It rained.","label":"unattributed"}' >>two.jsonl
run agree one.jsonl two.jsonl
out_has 'matched by id'
out_has '  advocacy | unattributed	a s2	It rained.'

printf 'text,label\nSomething else.,advocacy\n' >other.csv
run agree ann.csv other.csv
check 'nothing in common' 3
err_is 'stance: no sentence with a label is in two of the files: neither ids nor texts meet'
run agree ann.csv
check 'one file' 2
run agree ann.csv missing.csv
check 'a missing file' 3
run agree -f jsonl ann.csv ben.jsonl
check 'no such format' 2

report
