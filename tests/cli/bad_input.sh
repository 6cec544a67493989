# bad_input.sh: everything that can be wrong with a file: one clear line, the right exit code, and
# the other files are still done.
. "$(dirname "$0")/lib.sh"
make_model
m="-m $model"

echo 'It could rain.' >good.txt
: >empty.txt
printf 'a\0b\n' >nul.txt
printf 'fine\nbad \377 here\n' >latin.txt
mkdir folder

# table: file | exit | message
while IFS='|' read -r file want message; do
  for command in classify segment; do
    model_option=$m
    [ $command = segment ] && model_option=
    # shellcheck disable=SC2086
    run $command $model_option "$file" good.txt
    check "$command $file" "$want"
    err_is "stance: $message"
    out_has 'It'
  done
done <<'TABLE'
missing.txt|3|cannot open 'missing.txt': No such file or directory
nul.txt|3|nul.txt:1: not a text: NUL byte at byte 1
latin.txt|3|latin.txt:2: not valid UTF-8 at byte 9; convert it, for example: iconv -f WINDOWS-1252 -t UTF-8
TABLE

run segment folder good.txt
check 'segment of a folder' 3
err_is "stance: cannot read 'folder': it is a folder"
run classify $m folder good.txt
check 'a folder without documents' 3
err_is "stance: nothing to read in folder 'folder' (files named .txt .md .html .docx .jsonl, or these with .gz)"
out_has 'It'

run classify $m empty.txt good.txt
check 'an empty file' 0
err_is 'stance: empty.txt is empty'
out_has 'empty.txt: 0 sentences'
out_has 'good.txt: 1 sentence '

# root may read everything, so it becomes somebody else for this
cp good.txt locked.txt
chmod 0 locked.txt
cp "$STANCE" unprivileged
chmod 711 "$work"
as=
[ "$(id -u)" -ne 0 ] || as='setpriv --reuid=65534 --regid=65534 --clear-groups'
$as "$work/unprivileged" classify $m locked.txt good.txt >.out 2>.err </dev/null
code=$?
read_back
check 'an unreadable file' 3
err_is "stance: cannot open 'locked.txt': Permission denied"
out_has 'good.txt: 1 sentence '
run classify $m /proc/self/mem
check 'a file whose reading fails' 3
err_is "stance: cannot read '/proc/self/mem': Input/output error"

run classify $m --json missing.txt good.txt
check 'json stays whole' 3
out_has '{"schema":"stance/1","documents":[{"doc":"good.txt"'
out_has ']}]}'

# rows that are bad, among good ones
printf 'It could rain.\nbad \377\nnul \0 here\nWe must act.\n' >rows.txt
run classify $m --input-format lines -f tsv rows.txt
check 'bad lines' 3
err_is 'stance: rows.txt: 2 rows could not be labelled; the output says why'
out_has 'not valid UTF-8 at byte 4 of the line'
out_has 'holds a NUL byte at byte 4 of the line'
ok test "$(printf '%s\n' "$out" | wc -l)" -eq 5

# a very long line (100 MB in the plain build; the sanitizers are slow)
size=100
case $STANCE in *san*) size=8 ;; esac
head -c "${size}000000" /dev/zero | tr '\0' 'x' >long.txt
run classify -q $m --input-format lines -f tsv -o long.out long.txt
check 'a long line' 0
ok test "$(wc -l <long.out)" -eq 2
run classify -q $m -o long.out long.txt
check 'a long line as text' 0
rm -f long.txt long.out

# outputs that fail
run classify $m -o /dev/full good.txt
check '-o /dev/full' 3
err_is "stance: cannot write '/dev/full': No space left on device"
"$STANCE" classify $m good.txt >/dev/full 2>.err
code=$?
: >.out
read_back
check 'standard output full' 3
err_is 'stance: cannot write standard output: No space left on device'
"$STANCE" help >/dev/full 2>.err
code=$?
read_back
check 'help to a full disk' 3
err_is 'stance: cannot write standard output: No space left on device'
"$STANCE" segment good.txt >/dev/full 2>.err
code=$?
read_back
check 'segment to a full disk' 3
"$STANCE" classify $m good.txt >&- 2>.err
code=$?
read_back
check 'standard output closed' 3
err_is 'stance: cannot write standard output: Bad file descriptor'
"$STANCE" classify $m - <&- >.out 2>.err
code=$?
read_back
check 'standard input closed' 3
err_is 'stance: cannot read standard input: Bad file descriptor'
run classify $m -o folder good.txt
check '-o is a folder' 3
err_is "stance: cannot write 'folder': it is a folder"
run classify $m -o missing/o.txt good.txt
check '-o in a folder that is not there' 3
err_is "stance: cannot write 'missing/o.txt': No such file or directory"

# a closed pipe is quiet
i=0
while [ $i -lt 20000 ]; do
  echo 'It could rain on the pier.'
  i=$((i + 1))
done >many.txt
name='closed pipe'
quiet=$({ "$STANCE" classify $m --input-format lines many.txt | head -n 1 >/dev/null; } 2>&1)
ok test -z "$quiet"

# models
printf 'not a model at all, only a text that is long enough to be taken for one' >fake.stance
head -c 1000 "$model" >cut.stance
: >none.stance
for file in missing.stance folder fake.stance cut.stance none.stance; do
  run classify -m $file good.txt
  check "classify -m $file" 2
  out_is ''
  ok test "$(printf '%s\n' "$err" | wc -l)" -eq 1
  err_has "$file"
  run model verify $file
  check "model verify $file" 3
  ok test "$(printf '%s\n' "$err" | wc -l)" -eq 1
done
run classify -m missing.stance good.txt
err_is "stance: cannot open 'missing.stance': No such file or directory"

report
