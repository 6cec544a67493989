# datasets.sh: the sentences written for this project are fit to train on, the checker finds what it should, and labels
# without text find their sentences again in copies of many forms.
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
name='the figures in datasets/README.md are those of the checker'
printf '%s\n' "$out" >figures
ok test -z "$(grep -vxFf "$root/datasets/README.md" figures | head -n 2)"

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

# --- labels without text: the shipped ones are whole
tab=$(printf '\t')
for file in news extra; do
  name="annotations/$file.tsv"
  labels=$root/datasets/annotations/$file.tsv
  ok test "$(head -n 1 "$labels")" = "hash${tab}source${tab}document${tab}index${tab}outlet${tab}stance${tab}sensational"
  ok test -z "$(sed 1d "$labels" | grep -Evn "^[0-9a-f]{16}$tab[a-z0-9]+$tab[^$tab]+$tab[0-9]+$tab[^$tab]*$tab(advocacy|attributed|speculation|unattributed)$tab[01]\$" | head -n 3)"
  ok test -z "$(cut -f 2-4 "$labels" | sort | uniq -d | head -n 3)"
  ok test -z "$(cut -f 2 "$labels" | sed 1d | sort -u | while read -r source; do
    grep -q "^$source$tab" "$root/datasets/annotations/sources.tsv" || echo "$source"
  done)"
done

# --- and they find their sentences
cat >rows.tsv <<'ROWS'
id	source	outlet	open	stance	sensational	text
pud/mill#0	pud	gazette	1	unattributed	0	The mill at Thornby closed in 1961, when the last of its five wheels cracked.
pud/mill#1	pud	gazette	1	attributed	0	“We’d have kept it running,” said Mr. J. Pell, the miller’s son.
pud/mill#2	pud	gazette	1	attributed	0	"Nobody asked us."
pud/mill#3	pud	gazette	1	speculation	0	It could reopen by 2030; the parish is split over it.
pud/mill#5	pud	gazette	1	unattributed	1	A café? Chaos!
polnear/the-headline-in-a-slug#7	polnear	gazette	0	unattributed	0	Nobody asked us.
pud/mill#0	pud	gazette	1	unattributed	0	Another text of the same name.
ROWS
tool make-annotations rows.tsv -o labels.tsv
check 'make-annotations' 0
ok test "$(wc -l <labels.tsv)" -eq 8
ok grep -q "${tab}pud${tab}mill~2${tab}0$tab" labels.tsv
for word in Thornby headline parish; do ok test -z "$(grep $word labels.tsv)"; done
tool join-corpora --labels labels.tsv --tsv rows.tsv
check 'join --tsv' 0
ok test "$(printf '%s\n' "$out" | cut -f 2- )" = "$(cut -f 2- rows.tsv)"
err_has "all$(printf %16d 7) of      7 rows joined"

# joins COUNT: the copy in the folder gives so many rows
joins() {
  tool join-corpora --labels labels.tsv copy
  check "copy: $(ls copy)" 0
  err_has "all$(printf %16d "$1") of      7 rows joined"
  rm -rf copy
  mkdir copy
}
mkdir copy
cat >copy/wrapped.txt <<'TEXT'
THE MILL

The mill at Thornby closed in 1961, when the last
of its five wheels cracked. "We'd have kept it running," said Mr. J. Pell,
the miller's son. "Nobody asked us."

It could reopen by 2030; the parish is split over it. A café? Chaos!
Another text of the same name. Nobody asked us.
TEXT
cp copy/wrapped.txt whole.txt
joins 7
iconv -f UTF-8 -t WINDOWS-1252 whole.txt | sed 's/$/\r/' >copy/old.txt
joins 7
printf 'The mill at Thornby closed in 1961 , when the last of its five wheels cracked .\n`` Nobody asked us . '"''"'\n' >copy/tokens.txt
joins 3
printf '{"body":["The mill at Thornby closed in 1961, when the last of its five wheels cracked. It could\\nreopen by 2030; the parish is split over it."]}\n{"body":"A caf\\u00e9? Chaos!"}\n' >copy/rows.jsonl
joins 3
printf 'id,text\n1,"""Nobody asked us."""\n2,"The mill at Thornby closed in 1961, when the last of its five wheels cracked."\n' >copy/rows.csv
joins 3
printf 'H  A caf\303\251? Chaos!\nS1  It could reopen by 2030; the parish is split over it.\n12. Nobody asked us.\n' >copy/numbered.txt
joins 3
printf 'text;link\n"It could reopen by 2030; the parish is split over it.";x,y,z\n' >copy/semicolons.csv
joins 1
gzip -c whole.txt >copy/whole.txt.gz
printf 'not a zip' >copy/broken.zip
joins 7
err_has 'join-corpora: copy/broken.zip cannot be unpacked: File is not a zip file'
printf '<doc><p>The mill at <b>Thornby</b> closed in 1961, when the last of its five wheels cracked.</p><p>A caf&eacute;? Chaos!</p></doc>\n' >copy/a.xml
joins 2
printf '# text = A café? Chaos!\n1\tA\ta\n' >copy/a.conllu
printf 'x\0y' >copy/picture.png
joins 1
tool join-corpora --labels labels.tsv copy
check 'an empty copy' 1
err_has 'polnear           0 of      1 rows joined; no copy found: PolNeAR'
tool join-corpora --labels labels.tsv missing
check 'a missing copy' 3
err_has "join-corpora: 'missing': No such file or directory"

printf 'mpqa/4#0\tNobody asked us.\nmpqa/4#1\tThey never do.\nclaim/9#3\tWe must.\n' >pool.tsv
printf 'claim/9#3\tV\t1\nmpqa/4#1\tU\t0\n' >letters.tsv
tool make-annotations --pool pool.tsv letters.tsv
check 'make-annotations --pool' 0
err_is 'make-annotations: 1 sentences of pool.tsv have no label yet'
out_has "${tab}1$tab${tab}unattributed${tab}0"
out_has "${tab}0$tab${tab}advocacy${tab}1"
printf 'claim/9#3\tX\t1\n' >letters.tsv
tool make-annotations --pool pool.tsv letters.tsv
check 'make-annotations --pool, a bad letter' 3
err_is 'make-annotations: letters.tsv:1: not an id of its own, A/S/V/U and 0/1'

report
