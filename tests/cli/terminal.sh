# terminal.sh: what is shown on a terminal: the article and the list, wrapping, the pager, label.
. "$(dirname "$0")/lib.sh"
make_model
on_terminal() { # COLUMNS KEYS ARG...
  columns=$1 keys=$2
  shift 2
  python3 "$root/tests/cli/terminal.py" "$columns" "$keys" "$STANCE" "$@" >"$work/.out" 2>"$work/.err"
  code=$?
  read_back
}
printf 'A headline\n\nIt could rain. The tower is tall.\n\nWe must act now.\n' >a.txt

# --- views
run classify -m "$model" --view article a.txt
check 'article view' 0
out_has "SPEC ~  [It could] rain.${nl}UNAT    "
out_has "${nl}${nl}ADVO !  "
out_lacks 'no source'
run classify -m "$model" --view list a.txt
check 'list view' 0
out_has '  2 SPEC '
run classify -m "$model" --explain --view article a.txt
check 'explain' 0
out_has 'It could (word +'
out_has ' · ADVO 0.'
run classify -m "$model" --view sideways a.txt
check 'no such view' 2

# --- wrapping: wide characters take two columns, combining marks none
printf '%s\n' '東京都知事は火曜日に新しい計画を発表したと述べ、来年の春までに公表すると説明した。' >cjk.txt
PAGER=cat on_terminal 40 '' classify -m "$model" --no-color --view article --evidence 0 cjk.txt
check 'wide characters' 0
out_has "  東京都知事は火曜日に新しい計画を${nl}        発表したと"
i=0
line=''
while [ $i -lt 30 ]; do
  line="$line$(printf 'e\314\201te\314\201') "
  i=$((i + 1))
done
printf '%s\n' "$line" >marks.txt
PAGER=cat on_terminal 40 '' classify -m "$model" --no-color --view article --evidence 0 marks.txt
name='combining marks'
e=$(printf 'e\314\201te\314\201')
out_has "    $e $e $e $e $e $e $e $e${nl}        $e"

# --- the pager
PAGER='sed s/^/P:/' on_terminal 80 '' classify -m "$model" --no-color a.txt
check 'pager' 0
out_has 'P:a.txt: 4 sentences'
PAGER='sed s/^/P:/' on_terminal 80 '' classify -m "$model" --no-pager a.txt
out_lacks 'P:'
PAGER='head -1' on_terminal 80 '' classify -m "$model" --no-color a.txt
name='a pager that ends early'
out_has 'a.txt: 4 sentences'
PAGER='sed s/^/P:/' on_terminal 80 '' classify -m "$model" -o report.txt a.txt
name='no pager for files'
ok test -s report.txt

# --- label
run label -m "$model" a.txt
check 'label without a terminal' 2
err_is "stance: label needs a terminal; 'stance review' opens a page, 'stance classify' writes a report"
on_terminal 80 '1\rfu2q' label -m "$model" --no-color a.txt
check 'label' 0
out_has '3 of 4 sentences reviewed; corrections are in corrections.jsonl'
ok test "$(grep -c '"state":"c' corrections.jsonl)" -eq 3
ok grep -q '"label":"advocacy"' corrections.jsonl
on_terminal 80 '1q' label -m "$model" --no-color a.txt
check 'label goes on' 0
out_has '3 of 4 reviewed'
out_has '4 of 4 sentences reviewed'
on_terminal 80 'rit is said\rq' label -m "$model" --no-color a.txt
name='a reason'
out_has 'reason: it is said'
ok test "$(wc -l <corrections.jsonl)" -eq 4
on_terminal 80 "/tower\rq" label -m "$model" --no-color a.txt
name='search'
out_has 'a.txt:3   sentence 3'
on_terminal 80 "$(printf '\003')" label -m "$model" a.txt
check 'Ctrl-C' 130
ok test "$(wc -l <corrections.jsonl)" -eq 4
report
