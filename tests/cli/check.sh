# check.sh: stance check: conditions and exit codes, marks, diffs, baselines, formats.
. "$(dirname "$0")/lib.sh"
make_model
export STANCE_MODEL="$model"
validate() { python3 "$root/tests/validate.py" "$@"; }

mkdir dir
cat >dir/a.md <<'TEXT'
Pier opens in June

The harbour authority said on Monday that the new pier will open. It could collapse within a year. The council must stop this scandal now.

<!-- stance ignore: the board asked for this wording -->
The council must act at once. It might rain.

<!-- stance off advocacy: opinion column -->
We must not let this happen.

<!-- stance on -->
We must not let this happen again.
TEXT
printf 'The harbour authority said on Monday that the new pier will open.\n' >calm.txt

# ---- conditions and exit codes ----

run check dir/a.md
check 'no condition' 0
out_has 'dir/a.md:3:67: warning: reads as speculation: '
out_has '; no source [speculation '
out_has 'dir/a.md:3:100: warning: reads as advocacy: '
out_has 'dir/a.md:12:1: warning: reads as advocacy: '
out_lacks 'dir/a.md:6:'
out_lacks 'dir/a.md:9:'
err_is ''

run check calm.txt
check 'nothing found' 0
out_is ''

# table: condition | exit | message
while IFS='|' read -r condition exit message; do
  run check --fail-on "$condition" dir/a.md
  check "--fail-on $condition" "$exit"
  err_is "$message"
done <<'TABLE'
advocacy|1|stance: dir/a.md: advocacy: 2 sentences
speculation>10%|1|stance: dir/a.md: speculation>10%: 12.5 % of 8 sentences
speculation>12.5%|0|
attributed<50%|1|stance: dir/a.md: attributed<50%: 12.5 % of 8 sentences
headline:unattributed|1|stance: dir/a.md: headline:unattributed: 1 sentence
headline:advocacy|0|
quoted:advocacy|0|
own:advocacy|1|stance: dir/a.md: own:advocacy: 2 sentences
speculation>=0.5|1|stance: dir/a.md: speculation>=0.5: 1 sentence
sensationalism>1|0|
advocasy|2|stance: advocasy: no label 'advocasy' (did you mean 'advocacy'?); there are: advocacy, attributed, speculation, unattributed, sensational
advocacy>20|2|stance: advocacy>20: a probability is from 0 to 1 (a share ends with %)
TABLE

run check --fail-on sensational --fail-on advocacy -q dir/a.md calm.txt
check 'several conditions' 1
out_has 'error: reads as advocacy'
err_is ''

run check --fail-on advocacy calm.txt missing.txt
check 'a missing file' 3
err_is "stance: cannot open 'missing.txt': No such file or directory"
run check --fail-on advocacy dir/a.md missing.txt
check 'a missing file and a condition met' 3
out_has 'error: reads as advocacy'
run check --only speculation --fail-on 'advocacy>=0.99' dir/a.md
out_has 'reads as speculation'
run check --only nothing dir/a.md
check '--only of no label' 2
err_has "only: no label 'nothing'; there are: "
run check -m missing.stance dir/a.md
check 'no model' 2
run check -o /dev/full dir/a.md
check 'output full' 3
run check -f tsv dir/a.md
check 'tsv' 2
run check --input-format lines dir/a.md
check 'rows' 2

# ---- marks ----

cat >marks.md <<'TEXT'
<!-- stance ignore -->
We must act now.

<!-- stance ignore: nothing is wrong here -->
The pier is 400 metres long, the authority said on Monday.

<!-- stance off speculation: forecast -->
It could rain. We must not wait.
TEXT
run check --fail-on advocacy marks.md
check 'marks' 1
err_has 'stance: marks.md:1: this mark is not obeyed: give a reason, as in <!-- stance ignore: why -->'
err_has 'stance: marks.md:4: this mark silences nothing'
err_has 'stance: marks.md: advocacy: 2 sentences'
out_lacks 'speculation'
run check -f jsonl marks.md
check 'marks in jsonl' 0
out_has '"suppressed":"forecast"'
cp marks.md marks.txt
run check --fail-on speculation marks.txt
check 'no marks in plain text' 1

# ---- .stance-ignore ----

mkdir side
printf 'We must act now. It could rain.\n' >side/story.txt
fp=$("$STANCE" classify -f jsonl side/story.txt | sed -n 's/.*"fp":"\([^"]*\)".*We must.*/\1/p')
printf '# agreed with the board\n%s the minister said so on air\n' "$fp" >side/.stance-ignore
run check --fail-on advocacy side/story.txt
check '.stance-ignore' 0
out_lacks advocacy
run check -f sarif side/story.txt
out_has '"suppressions":[{"kind":"external","justification":"the minister said so on air"}]'
echo '0000000000000001 not there' >>side/.stance-ignore
run check side/story.txt
err_is ''
run check -v side/story.txt
err_has 'stance: side/.stance-ignore:3: this entry silences nothing'
echo 'nonsense' >>side/.stance-ignore
run check side/story.txt
check 'a bad .stance-ignore' 2
err_is 'stance: side/.stance-ignore:4: expected a sentence'\''s fingerprint ("fp" of -f jsonl) and the reason'

# ---- baselines ----

run classify -f jsonl -o base.jsonl dir/a.md
run check --fail-on advocacy --baseline base.jsonl dir/a.md
check 'baseline' 0
out_is ''
run classify --json -o base.json dir/a.md
sed 's/^We must not let this happen again/We must not let that happen again/' dir/a.md >dir/b.md
mv dir/b.md dir/a.md
run check --fail-on advocacy --baseline base.json dir/a.md
check 'baseline and a new sentence' 1
err_is 'stance: dir/a.md: advocacy: 1 sentence'
run check --baseline calm.txt dir/a.md
check 'a baseline that is none' 2
err_has 'stance: calm.txt:1:3: not JSON'
run check --baseline missing.json dir/a.md
check 'no baseline' 2

# ---- diffs ----

mkdir repo
printf 'It could rain. The pier is long.\n\nWe must act.\n' >repo/a.txt
printf 'It could rain. The pier is very long.\n\nWe must act.\n' >repo/b.txt
diff -u repo/a.txt repo/b.txt | sed 's/repo\/b.txt/repo\/a.txt/' >change.diff
cp repo/b.txt repo/a.txt
run check --diff change.diff --fail-on speculation --fail-on advocacy --only attributed,unattributed,advocacy,speculation repo/a.txt calm.txt
check 'only a touched sentence' 0
ok test "$(printf '%s\n' "$out" | wc -l)" -eq 1
out_has 'repo/a.txt:1:16: '
run_with change.diff check --diff - --fail-on 'unattributed>=0'
check 'the diff names the files' 1
out_has 'repo/a.txt:1:16: error: '
run check --diff calm.txt repo/a.txt
check 'not a diff' 2
err_is "stance: calm.txt: not a unified diff: make one with 'git diff'"
run check --diff - -
check 'standard input twice' 2
err_is 'stance: standard input can be read once only'
if command -v git >/dev/null 2>&1; then
  mkdir work && cd work || exit 1
  git init -q . && git config user.email a@b && git config user.name a
  printf 'It could rain.\n' >kept.txt
  printf 'We must act now.\n' >old.txt
  git add . && git commit -qm 1
  printf 'It could rain.\n\nWe must stop this.\n' >kept.txt
  git rm -q old.txt
  git diff HEAD >../git.diff
  cp ../git.diff .
  run_with git.diff check --diff - --fail-on advocacy
  check 'git diff' 1
  out_has 'kept.txt:3:1: error: '
  ok test "$(printf '%s\n' "$out" | wc -l)" -eq 1
  cd ..
fi

# ---- formats ----

mkdir places
printf '\357\273\277It could \360\237\230\200 rain.\r\nWe \314\201must act,\r\nnow! It could\nsnow in \303\211vry.' >places/a.txt
for format in sarif gitlab rdjsonl; do
  (cd places && "$STANCE" check -f $format -o ../report.$format a.txt) 2>.err
  code=$?
  read_back
  check "-f $format" 0
done
found=$("$STANCE" check places/a.txt | wc -l)
mv report.sarif sarif.json
mv report.gitlab gitlab.json
mv report.rdjsonl rd.jsonl
name='valid sarif'
ok test "$(validate sarif sarif.json places | tail -n 1)" = "$found checked"
name='valid gitlab'
ok test "$(validate gitlab gitlab.json)" = "$found checked"
name='valid rdjsonl'
ok test "$(validate rdjsonl rd.jsonl places)" = "$found checked"
run check -f github --fail-on 'speculation>=0' places/a.txt
check '-f github' 1
out_has '::error file=places/a.txt,line=1,endLine=1,col=2,endColumn=18,title=stance%3A speculation::reads as'
out_has "::notice title=stance::findings: $found (errors 2, warnings $((found - 2)), notes 0); GitHub shows ten of each"
run check -f sarif missing.txt
check 'sarif of a missing file' 3
out_has '"executionSuccessful":false,"toolExecutionNotifications":[{"level":"error","message":{"text":"cannot open '
for format in json jsonl text; do
  run check -f $format --fail-on speculation places/a.txt
  check "check -f $format" 1
done
run classify -f line places/a.txt
check 'classify -f line' 0
out_has 'places/a.txt:1:2: warning: '
run check --columns utf16 --text 'It could rain.'
check '--text' 0
out_has 'text:1:1: warning'

# ---- many files in one call, the same bytes with any number of threads ----

mkdir many
i=0
while [ $i -lt 1000 ]; do
  printf 'It could rain on day %s. We must act.\n' "$i" >many/$i.txt
  i=$((i + 1))
done
run check -j 1 --fail-on 'advocacy>=0.99' many/*.txt
one=$out
run check -j 4 --fail-on 'advocacy>60%' many/*.txt
check '1,000 files' 0
ok test "$(printf '%s\n' "$out" | grep -c ': reads as speculation')" -eq 1000
ok test "$(printf '%s\n' "$one" | sed 's/ error: / warning: /' | grep -v sensational | sort)" = "$(printf '%s\n' "$out" | grep -v sensational | sort)"

report
