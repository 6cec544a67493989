# tune.sh: the search for settings, and naive-Bayes scaling.
. "$(dirname "$0")/lib.sh"
rows=$root/tests/data/tiny.tsv

run train -q -o t1.stance --tune --bits 12 --cues none --features word=1-2 -j 1 "$rows"
check 'train --tune' 0
err_is ''
out_has 'tuning on 64 of 64 rows, 5 folds of documents'
out_has 'chosen: --loss '
first=$out
run train -q -o t2.stance --tune --bits 12 --cues none --features word=1-2 -j 2 "$rows"
ok test "$first" = "$out"
ok cmp t1.stance t2.stance
# the choice, given as options, is the same model
set -- $(printf '%s\n' "$first" | sed -n 's/^chosen: //p')
run train -q -o t3.stance --bits 12 --cues none "$@" "$rows"
check 'train as was chosen' 0
ok cmp t1.stance t3.stance

run train -q -o nb.stance --bits 12 --nb 1 --nb-prior 0.3 --class-weight sqrt --cues none "$rows"
check 'train --nb' 0
run model show nb.stance
out_has 'class weight sqrt, naive Bayes 1 prior 0.3'
run train -q -o nb.stance --nb x --cues none "$rows"
check 'train --nb x' 2
err_is "stance: --nb must be a number from 0 to 1000, not 'x'"

report
