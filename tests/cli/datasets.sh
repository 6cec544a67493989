# datasets.sh: the sentences written for this project are fit to train on, and the checker finds what it should.
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh"

# tool NAME ARG...: like run, for a program in tools/.
tool() {
  program=$root/tools/$1
  shift
  "$program" "$@" >"$work/.out" 2>"$work/.err" </dev/null
  code=$?
  read_back
}

tool check-written
check 'datasets/written is clean' 0
err_is ''
out_has ' pairs; '

# what the checker finds: each file is rows for printf, then the finding
head='id\tsource\tstance\tsensational\ttext\n'
bad() {
  printf "$1" >bad.tsv
  tool check-written --quiet bad.tsv
  check "rows: $1" 1
  out_is "bad.tsv:$2${nl}1 findings"
}
printf "${head}a/d#0\ta\tadvocacy\t0\tShut the gate.\na/d#1\ta\tspeculation\t1\tIt might swing open.\n" >good.tsv
tool check-written good.tsv
check 'good rows' 0
out_has '2 rows, 1 documents, 0 pairs; 7 words, 7 of them different'
bad 'id\ttext\n' '1: the header should be: id source stance sensational text'
bad "${head}a/d#0\ta\tadvocacy\tShut it.\n" '2: 4 columns, the header has 5'
bad "${head}a/d#0\ta\turging\t0\tShut it.\n" "2: unknown stance 'urging'"
bad "${head}a/d#0\ta\tadvocacy\tno\tShut it.\n" "2: sensational is 'no', not 0 or 1"
bad "${head}d#0\ta\tadvocacy\t0\tShut it.\n" "2: id 'd#0' is not register/document#index"
bad "${head}b/d#0\ta\tadvocacy\t0\tShut it.\n" "2: id 'b/d#0' is not of source 'a'"
bad "${head}a/d#1\ta\tadvocacy\t0\tShut it.\n" "2: id 'a/d#1' should have index 0"
bad "${head}a/d#0\ta\tadvocacy\t0\tShut it.\na/e#0\ta\tadvocacy\t0\tOpen it.\na/d#1\ta\tadvocacy\t0\tLock it.\n" \
  "4: id 'a/d#1': the document's rows do not stand together"
bad "${head}a/d#0\ta\tadvocacy\t0\tShut  it.\n" '2: stray or doubled spaces in the text'
bad "${head}a/d#0\ta\tadvocacy\t0\tShut\342\200\213 it.\n" '2: a control or invisible character in the text'
bad "${head}a/d#0\ta\tadvocacy\t0\tShut the cafe\314\201.\n" '2: the text is not in Unicode normal form C'
bad "${head}a/d#0\ta\tadvocacy\t0\t...\n" '2: no word in the text'
bad "${head}a/d#0\ta\tadvocacy\t0\tShut it." '2: no newline at the end of the file'
bad "${head}a/d#0\ta\tadvocacy\t0\tShut it.\na/d#1\ta\tadvocacy\t0\t\"Shut it!\"\n" '3: the same sentence as bad.tsv:2'
bad "${head}a/d#0\ta\tadvocacy\t0\tThe old gate by the mill must be shut.\na/e#0\ta\tadvocacy\t0\tThe old gate by the mill must be sold.\n" \
  '3: near bad.tsv:2 (5 of 7 4-grams): The old gate by the mill must be sold.'
pairs='id\tsource\tpair\tstance\tsensational\ttext\n'
bad "${pairs}c/a#0\tc\t1\tadvocacy\t0\tShut it.\n" '2: pair 1 has 1 rows, not 2'
bad "${pairs}c/a#0\tc\t1\tadvocacy\t0\tShut the old gate by the mill.\nc/b#0\tc\t1\tadvocacy\t0\tShut the old gate by the sea.\n" \
  '2: pair 1: both rows are advocacy'
echo 'Nobody in the village could remember who had built the gate.' >known.txt
printf "${head}a/d#0\ta\tunattributed\t0\tIn the village could remember, who had built the gate?\n" >bad.tsv
tool check-written --quiet --against known.txt bad.tsv
check '--against' 1
out_has "bad.tsv:2: shares 'in the village could remember who had built t' with known.txt:1"
tool check-written missing.tsv
check 'a missing file' 2
err_has "cannot read 'missing.tsv': No such file or directory"

report
