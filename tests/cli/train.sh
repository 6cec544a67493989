# train.sh: training, evaluating, what a model says of itself; bad training rows.
. "$(dirname "$0")/lib.sh"
rows=$root/tests/data/tiny.tsv
cues=$root/datasets/cues

run train -o a.stance --bits 12 --cues "$cues" -j 1 "$rows"
check 'train' 0
out_is ''
err_has 'stance: a.stance: model '
err_has ', from 64 rows'
run train -q -o b.stance --bits 12 --cues "$cues" -j 3 "$rows"
check 'train -q' 0
err_is ''
name='the same bytes again, with other threads'
ok cmp a.stance b.stance
ok test -z "$(ls ./*.tmp 2>/dev/null)"

run model show a.stance
check 'model show' 0
out_has 'advocacy, attributed, speculation, unattributed'
out_has 'tiny.tsv'
run model show --json a.stance
check 'model show --json' 0
out_has '"labels":'
run model verify a.stance
check 'model verify' 0
out_has 'a.stance: whole (model '

run eval -m a.stance "$rows"
check 'eval' 0
out_has 'stance: 64 rows'
out_has 'sensational: 64 rows'
out_has 'macro-F1 '
run eval --json -m a.stance "$rows"
check 'eval --json' 0
out_has '{"schema":"stance-eval/1","model":"model '
out_has '"macro_f1":'
run eval -m a.stance -o /dev/full "$rows"
check 'eval to a full disk' 3
err_is "stance: cannot write '/dev/full': No space left on device"

# other forms of rows, and heads of other names
printf '__label__good a fine day\n__label__bad a wet day\n__label__good a fine night\n__label__bad a wet night\n' >ft.txt
run train -q -o ft.stance --bits 10 --min-count 1 --folds 0 --cues none ft.txt
check 'fastText rows' 0
run classify -m ft.stance --text 'a wet morning' -f jsonl
check 'classify with it' 0
out_has '"label":"bad"'
out_has '"sensationalism":null'
printf '{"text":"a fine day","topic":"good"}\n{"text":"a wet day","topic":["bad"]}\n{"text":"a fine one","topic":"good"}\n{"text":"a wet one","topic":["bad"]}\n' >rows.jsonl
run train -q -o topic.stance --bits 10 --min-count 1 --folds 0 --cues none --label-column topic rows.jsonl
check 'JSONL rows, --label-column' 0
run model show topic.stance
out_has 'topic: bad, good'

# what is wrong with rows: each file is bytes for printf, then exit, then the message
bad() {
  printf "$2" >"$1"
  run train -q -o never.stance --cues none "$1"
  check "rows: $2" "$3"
  out_is ''
  err_is "stance: $4"
  ok test ! -e never.stance
}
bad empty.tsv '' 3 'empty.tsv: no rows: nothing to learn from'
bad header.tsv 'label\ttext\n' 3 'header.tsv: no rows: nothing to learn from'
bad nolabel.tsv 'label\ttext\na\tone\n\ttwo\n' 3 "nolabel.tsv:3: row has no label ('label' is empty)"
bad notext.tsv 'label\ttext\na\t\n' 3 "notext.tsv:2: row has no text ('text' is empty)"
bad column.tsv 'label\tbody\na\tb\n' 3 "column.tsv:1: no column 'text' in the header: label body"
bad short.tsv 'label\ttext\na\n' 3 'short.tsv:2: row has 1 columns, the header has 2'
bad weight.tsv 'label\tweight\ttext\na\tno\tb\n' 3 'weight.tsv:2:3: weight must be a number above 0, at most 1e6'
bad bad.jsonl '{"text":"a","label":"x"}\n{"text":"b","label":}\n' 3 "bad.jsonl:2:21: not JSON: unexpected token near '}'"
bad two.jsonl '{"text":"a","label":["x","y"]}\n' 3 'two.jsonl:1: "label" lists more than one label'
bad latin.tsv 'label\ttext\na\tb\377\n' 3 'latin.tsv:2: not valid UTF-8 at byte 14; convert it, for example: iconv -f WINDOWS-1252 -t UTF-8'
bad nul.tsv 'label\ttext\na\tb\000\n' 3 'nul.tsv:2: not a text: NUL byte at byte 14'
bad plain.txt 'only words\n' 3 'plain.txt:1: neither TSV with a header, nor JSONL, nor __label__ rows'
run train -q -o never.stance missing.tsv "$rows" also-missing.tsv
check 'missing files are all named' 3
err_is "stance: cannot open 'missing.tsv': No such file or directory${nl}stance: cannot open 'also-missing.tsv': No such file or directory"

printf 'label\ttext\na\tone\na\ttwo\n' >one.tsv
run train -q -o never.stance --cues none one.tsv
check 'one label only' 3
ok test "$(printf '%s\n' "$err" | wc -l)" -eq 1
err_has "label"

# the old model survives a training that fails, and a disk that is full
cp a.stance keep.stance
run train -q -o keep.stance --cues none one.tsv
check 'the old model survives' 3
ok cmp a.stance keep.stance
run train -q -o /dev/full --cues none "$rows"
check 'train to a full disk' 3
err_is "stance: cannot write '/dev/full': No space left on device"
run train -q -o missing/m.stance --cues none "$rows"
check 'train into a folder that is not there' 3
err_is "stance: cannot write 'missing/m.stance': No such file or directory"
run train -q -o never.stance --cues nowhere "$rows"
check 'no such lexicons' 3
err_has "nowhere"

# labels the model does not know
printf 'stance\ttext\nhappy\tone\nspeculation\ttwo\n' >other.tsv
run eval -m a.stance other.tsv
check 'eval of an unknown label' 3
err_has "happy"

report
