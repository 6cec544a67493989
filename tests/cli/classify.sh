# classify.sh: labelling texts and rows: formats, offsets, choices, where the model is found.
. "$(dirname "$0")/lib.sh"
make_model
m="-m $model"

cat >story.txt <<'TEXT'
Pier opens in June

The harbour authority said the pier will open in June. It could attract
cruise lines from the north. The council must publish the full cost!
TEXT

# --- text
run classify $m story.txt
check 'text' 0
err_is ''
out_has 'story.txt: 4 sentences   ADVO '
out_has '  2 ATTR '
out_has '  3 SPEC '
out_has '  4 ADVO '
out_has ' !  '
out_has 'sensationalism 0.'
out_has 'ADVO advocacy · ATTR attributed fact · SPEC speculation · UNAT unattributed'
out_has '['
out_lacks "$(printf '\033')"
whole=$out
run_with story.txt classify $m
check 'standard input without operand' 0
ok test "$(printf '%s' "$out" | sed 's/^standard input:/story.txt:/')" = "$whole"
run classify story.txt $m
check 'options after operands' 0
ok test "$out" = "$whole"
run $m classify -- story.txt
check 'options before the command, and --' 0
ok test "$out" = "$whole"
for jobs in 1 2 3; do
  run classify $m -j$jobs story.txt
  ok test "$out" = "$whole"
done

# --- colour
esc=$(printf '\033')
run classify $m --color always story.txt
out_has "$esc[1;4m"
out_lacks '['"The"
run classify $m --color=always --no-color story.txt
out_lacks "$esc"
CLICOLOR_FORCE=1 run classify $m story.txt
name='CLICOLOR_FORCE'
out_has "$esc"
export FORCE_COLOR=1 NO_COLOR=1
run classify $m story.txt
name='NO_COLOR wins over FORCE_COLOR'
out_lacks "$esc"
run classify $m --color always story.txt
name='--color always wins over NO_COLOR'
out_has "$esc"
unset FORCE_COLOR NO_COLOR

# --- json and jsonl
run classify $m --json story.txt story.txt
check 'json' 0
out_has '{"schema":"stance/1","documents":[{"doc":"story.txt","sha256":"'"$(sha256sum story.txt | cut -c1-64)"'","model":"tiny '
out_has '"text":"It could attract\ncruise lines from the north.","start":75,"end":120,"byte_start":75,"byte_end":120,"line":3,"col":56,"label":"speculation","confidence":0.'
run classify $m -f json /dev/null
check 'json of nothing' 0
out_has '"summary":{"advocacy":0,"attributed":0,"speculation":0,"unattributed":0},"sensationalism":null,"sentences":[]}]}'
err_is 'stance: /dev/null is empty'
run classify -q $m -f json /dev/null
err_is ''
run classify $m -f jsonl story.txt
check 'jsonl' 0
ok test "$(printf '%s\n' "$out" | wc -l)" -eq 5
out_has '{"type":"doc","schema":"stance/1","doc":"story.txt","sha256":"'
out_has '{"type":"sentence","doc":"story.txt","id":"s4","fp":"'

# --- offsets: with a byte order mark, \r\n, an emoji and combining marks text[start:end] is the sentence
printf '\357\273\277\360\237\230\200 It could rain.\r\nCafe\314\201 owners said so.\r\n' >odd.txt
run classify $m -f jsonl odd.txt
check 'offsets' 0
out_has '"start":19,"end":40,"byte_start":24,"byte_end":46,"line":2,"col":1'
ok test "$(tail -c +25 odd.txt | head -c 22)" = "$(printf 'Cafe\314\201 owners said so.')"

# --- choices
run classify $m --text 'It could rain.' -f jsonl
check '--text' 0
out_has '"doc":"text"'
out_has '"label":"speculation"'
run classify $m --among advocacy,attributed --text 'It could rain.' -f jsonl
check '--among' 0
out_has '"speculation":0.0000'
out_lacks '"label":"speculation"'
run classify $m --among advocacy,atributed --text x
check '--among with a slip' 2
err_is "stance: --among: no label 'atributed' (did you mean 'attributed'?)"
run classify $m --among happy --text x
check '--among with another label' 2
err_is "stance: --among: no label 'happy'; the model has: advocacy, attributed, speculation, unattributed"
run classify $m --among '' --text x
check '--among nothing' 2
run classify $m --min-confidence 1 --text 'It could rain.' -f jsonl
check '--min-confidence' 0
out_has '"label":"unsure","best":"speculation"'
run classify $m --evidence 0 --text 'It could rain.' -f jsonl
check '--evidence 0' 0
out_has '"evidence":[]'

# --- rows
printf 'It could rain.\n\nWe must act now.\nno end' >lines.txt
run classify $m --input-format lines -f jsonl lines.txt
check 'lines' 0
ok test "$(printf '%s\n' "$out" | wc -l)" -eq 4
out_has '{"id":null,"text":"It could rain.","label":"speculation","confidence":0.'
out_has '{"id":null,"text":"","label":null,"confidence":null,"scores":null,"sensationalism":null,"evidence":[],"loud":[]}'
printf 'id\tother\ttext\r\nd#0\tx\tIt could rain.\r\nd#1\ty\t\r\n' >rows.tsv
run classify $m -f tsv rows.tsv
check 'tsv in, tsv out' 0
out_has "$(printf 'id\tlabel\tconfidence\tsensationalism\ttext\terror\nd#0\tspeculation\t0.')"
out_has "$(printf '\nd#1\t\t\t\t\t')"
printf '{"id":"e#4","text":"We \\u006dust act."}\n{"body":1}\n' >rows.jsonl
run classify $m -f jsonl rows.jsonl
check 'jsonl rows, one bad' 3
out_has '{"id":"e#4","text":"We must act.","label":"advocacy"'
out_has '{"id":null,"text":"","label":null,"confidence":null,"scores":null,"sensationalism":null,"evidence":[],"loud":[],"error":"row has no \"text\""}'
err_is 'stance: rows.jsonl: 1 row could not be labelled; the output says why'
run classify $m --text-column other -f tsv rows.tsv
check '--text-column' 0
out_has "$(printf '\tx\t')"
run classify $m --text-column nothing rows.tsv
check '--text-column that is not there' 3
err_is "stance: rows.tsv:1: no column 'nothing' in the header"
i=0
while [ $i -lt 3000 ]; do
  echo "Line $i could be the last one, the harbour authority said."
  i=$((i + 1))
done >many.txt
run classify $m --input-format lines -f tsv -j 1 many.txt
check 'many lines' 0
ok test "$(printf '%s\n' "$out" | wc -l)" -eq 3001
one=$out
run classify $m --input-format lines -f tsv -j 4 many.txt
name='-j changes nothing'
ok test "$one" = "$out"

# --- outputs
echo old >o.txt
run classify $m -o o.txt story.txt
check '-o' 0
out_is ''
ok test "$(cat o.txt)" = "$whole"
ln -s o.txt link.txt
run classify $m -o link.txt --text 'It rained.'
check '-o through a link' 0
ok test -h link.txt
ok grep -q '^text: 1 sentence' o.txt
ok test -z "$(ls ./*.tmp 2>/dev/null)"

# --- where the model is found: never in the current folder
mkdir -p bin share/stance beside/models models
cp "$STANCE" bin/stance
cp "$STANCE" beside/stance
cp "$model" models/news.stance
"$work/bin/stance" classify --text x >.out 2>.err </dev/null
code=$?
read_back
check 'no model' 2
err_is "stance: no model: there is neither '$work/bin/models/news.stance' nor '$work/bin/../share/stance/news.stance'; give one with -m or STANCE_MODEL"
cp "$model" share/stance/news.stance
cp "$model" beside/models/news.stance
ok "$work/bin/stance" classify -q --text 'It could rain.' -o /dev/null
ok "$work/beside/stance" classify -q --text 'It could rain.' -o /dev/null
STANCE_MODEL=$model "$STANCE" classify -v --text x >.out 2>.err
code=$?
read_back
check 'STANCE_MODEL' 0
err_has "stance: model $model: tiny "

report
