# update.sh: learning on from a model, with corrections, without and with the old rows.
. "$(dirname "$0")/lib.sh"
rows=$root/tests/data/tiny.tsv
make_model

# a correction of a sentence that the model calls something else
sentence='The new bridge, a disgrace, could open in May.'
run classify -m tiny.stance --text "$sentence" -f jsonl
before=$out
label=attributed
case $before in *'"label":"attributed"'*) label=advocacy ;; esac
printf '{"type":"doc","doc":"a.txt","sentences":1}\n{"type":"correction","doc":"a.txt","id":"s1","text":"%s","label":"%s"}\n' "$sentence" "$label" >fix.jsonl
run train -q --update tiny.stance --add fix.jsonl -o fixed.stance
check 'train --update' 0
out_is ''
run classify -m fixed.stance --text "$sentence" -f jsonl
out_has "\"label\":\"$label\""
run train --update tiny.stance --add fix.jsonl -o fixed.stance
out_has 'update of tiny '
out_has '1 new rows, 0 old rows'
out_has 'no old rows were given'
run model show fixed.stance
out_has 'update    from tiny '
out_has 'data      fix.jsonl: 1 rows'

# with the old rows: figures of both; the same bytes with any threads
run train --update tiny.stance --with "$rows" --add fix.jsonl --add-weight 5 -j 1 -o both1.stance
check 'train --update --with' 0
out_has '1 new rows, 64 old rows'
out_has 'stance       new rows       1'
out_has 'stance       old rows      64'
run train -q --update tiny.stance --with "$rows" --add fix.jsonl --add-weight 5 -j 3 -o both2.stance
ok cmp both1.stance both2.stance
run eval --json -m both1.stance "$rows"
check 'eval of the updated model' 0

# a model of 8-bit weights stays one
run train -q --quantize -o small.stance --bits 14 --cues none "$rows"
run train -q --update small.stance --add fix.jsonl -o small2.stance
check 'update of a quantised model' 0
run model show small2.stance
out_has '8-bit integers'
run classify -m small2.stance --text "$sentence" -f jsonl
out_has "\"label\":\"$label\""

# rows in, nothing new said: the weights stay as they are where the data say nothing
run train -q --update tiny.stance -C 1e-9 -o same.stance "$rows"
check 'update at no cost' 0
run classify -m same.stance --text "$sentence" -f tsv
same=$out
run classify -m tiny.stance --text "$sentence" -f tsv
name='C of nearly 0 changes nothing'
ok test "$same" = "$out"

printf 'stance\ttext\nhappy\tone\n' >other.tsv
run train -q --update tiny.stance -o never.stance other.tsv
check 'a label that the model does not know' 3
err_has "'happy', which the model does not know"
run train -q --update missing.stance -o never.stance "$rows"
check 'no such model' 3
err_is "stance: cannot open 'missing.stance': No such file or directory"
run train -q --update tiny.stance --tune -o never.stance "$rows"
check 'update and tune' 2
run train -q --with "$rows" -o never.stance "$rows"
check 'with without update' 2
run train -q --update tiny.stance -o never.stance
check 'update with nothing' 2
ok test ! -e never.stance

report
