# inspect.sh: the heaviest features, two models side by side, a model's mistakes, rows left open.
. "$(dirname "$0")/lib.sh"
rows=$root/tests/data/tiny.tsv
tab=$(printf '\t')
make_model

printf 'label\ttext\n' >topics.tsv
for i in 1 2 3 4 5 6; do
  printf 'wet\tRain fell on town %s again.\ndry\tSun shone on town %s again.\n' $i $i >>topics.tsv
done
run train -q -o a.stance --bits 14 --cues none --folds 0 --features word=1-2 --dictionary topics.tsv
check 'train --dictionary' 0
run model top -n 3 a.stance
check 'model top' 0
out_has "label${tab}weight${tab}feature"
out_has "wet${tab}+"
out_has "${tab}word rain"
out_has "${tab}word sun"
first=$out
run model top -n 3 --label wet a.stance
out_lacks "dry${tab}"
run model top --label damp a.stance
check 'model top of no label' 2
err_is "stance: the model has no label 'damp'"
run model verify a.stance
check 'a model with a dictionary is whole' 0
run train -q -o b.stance --bits 14 --cues none --folds 0 --features word=1-2 topics.tsv
run model top -n 3 b.stance
out_has 'bucket '
run train -q -o a2.stance --bits 14 --cues none --folds 0 --features word=1-2 --dictionary -j 2 topics.tsv
ok cmp a.stance a2.stance
# 1,024 buckets for far more n-grams: what fell together is shown
run train -q -o c.stance --bits 10 --cues none --folds 0 --min-count 1 --dictionary "$rows"
run model top -n 1000 c.stance
out_has '; also word '
run train -q -o c.stance --bits 10 --dictionary --max-size 1M "$rows"
check 'a dictionary within a size' 2

run model diff a.stance b.stance topics.tsv
check 'model diff' 0
out_has 'labels the same, features the same'
out_has 'label: 0 of 12 rows get another label (0.00 %)'
run train -q -o d.stance --bits 14 --cues none --folds 0 --features word=1-2 -C 0.01 topics.tsv
run model diff -n 2 a.stance d.stance
out_has 'largest changes of weight:'
out_has "${tab}word "
run model diff a.stance tiny.stance
check 'models of other labels' 0
out_has 'labels differ, features differ'
run model diff a.stance missing.stance
check 'diff with a missing model' 3

# mistakes: a gold label turned round
printf 'stance\tid\ttext\nadvocacy\tx#0\tThe bridge is 300 metres long.\nattributed\tx#1\t"It is safe," the mayor said.\n' >turned.tsv
run eval -m tiny.stance --errors mistakes.tsv --min-confidence 0.3 turned.tsv
check 'eval --errors' 0
out_has 'confidence of 0.30 or more: '
mistakes=$(cat mistakes.tsv)
case $mistakes in "given -> found${tab}confidence${tab}id${tab}evidence${tab}text"*) pass ;; *) fail 'header of mistakes' ;; esac
case $mistakes in *"advocacy -> "*"${tab}x#0${tab}"*) pass ;; *) fail "mistake of x#0: $mistakes" ;; esac
run eval --json -m tiny.stance --min-confidence 1 turned.tsv
check 'nothing is sure' 0
out_has '"sure":{"rows":0,"min_confidence":1.000000,"accuracy":null,"macro_f1":null}'
run eval -m tiny.stance --errors missing/m.tsv turned.tsv
check 'mistakes to a folder that is not there' 3

# unsure, in every form
echo 'The bridge is 300 metres long.' >one.txt
for f in text json jsonl; do
  run classify -m tiny.stance --min-confidence 1 -f $f one.txt
  check "unsure in $f" 0
  case $out in *[Uu]nsure* | *UNSU*) pass ;; *) fail "$f should say unsure" ;; esac
done
run classify -m tiny.stance --min-confidence 1 --input-format lines -f tsv one.txt
out_has "${tab}unsure${tab}"

report
