# config.sh: settings out of files and variables, which ranks over which, --print-config.
. "$(dirname "$0")/lib.sh"
make_model

mkdir -p repo/deep/er repo/.git home/.config/stance outside
export HOME="$work/home"
printf 'It could rain. We must act.\n' >repo/deep/er/a.txt
cp repo/deep/er/a.txt outside
echo "model = $model" >"$HOME/.config/stance/config"

run check repo/deep/er/a.txt
check 'the user'\''s file' 0
out_has 'reads as speculation'

cat >repo/stance.conf <<'CONF'
# of the project
only = advocacy
fail-on = advocacy
  fail-on = "speculation>90%"
bits = 12
min-confidence = 0.1
CONF
run check repo/deep/er/a.txt
check 'the project'\''s file' 1
out_lacks speculation
err_is 'stance: repo/deep/er/a.txt: advocacy: 1 sentence'
run check outside/a.txt
check 'not the project'\''s file' 0
run check --stdin-path repo/deep/er/new.txt - </dev/null
(cd repo/deep && "$STANCE" check er/a.txt >"$work/.out" 2>"$work/.err")
code=$?
read_back
check 'from below' 1
run check --fail-on 'sensationalism>1' --only speculation repo/deep/er/a.txt
check 'options rank higher' 0
out_has 'reads as speculation'
out_lacks 'reads as advocacy'
run check -c none -m "$model" repo/deep/er/a.txt
check '--config none' 0
run check -c none repo/deep/er/a.txt
out_lacks 'reads as'

run check -v repo/deep/er/a.txt
err_has "stance: settings from $HOME/.config/stance/config"
err_has "stance: settings from $work/repo/stance.conf"

run check --print-config -f sarif repo/deep/er/a.txt
check '--print-config' 0
out_has "model = $model    # $HOME/.config/stance/config:1"
out_has "only = advocacy    # $work/repo/stance.conf:2"
out_has "fail-on = advocacy    # "
out_has "fail-on = speculation>90%    # $work/repo/stance.conf:4"
out_has 'min-confidence = 0.1    # '
out_has 'format = sarif    # command line'
out_has 'columns = chars    # built in'
out_lacks 'bits'
export STANCE_MODEL=other.stance
run check --print-config repo/deep/er/a.txt
out_has 'model = other.stance    # STANCE_MODEL'
run check -m third.stance --print-config repo/deep/er/a.txt
out_has 'model = third.stance    # command line'
unset STANCE_MODEL

# the folder with .git ends the search; a file elsewhere by variable; paths are beside the file
mkdir -p repo/inner/.git
cp outside/a.txt repo/inner
run check repo/inner/a.txt
check 'a repository inside' 0
cp "$model" outside/m.stance
printf 'model = m.stance\nonly = advocacy\n' >outside/my.conf
export STANCE_CONFIG=outside/my.conf
run check outside/a.txt
check 'STANCE_CONFIG' 0
out_has 'reads as advocacy'
out_lacks speculation
unset STANCE_CONFIG
run check -c missing.conf outside/a.txt
check 'a named file that is missing' 2
err_is "stance: cannot open 'missing.conf': No such file or directory"
echo 'quiet = true' >q.conf
run classify -c q.conf -m "$model" outside/a.txt
check 'a flag' 0

# table: line | message
while IFS='|' read -r line message; do
  echo "$line" >bad.conf
  run check -c bad.conf outside/a.txt
  check "$line" 2
  out_is ''
  err_is "stance: $message"
done <<'TABLE'
onlyy = x|bad.conf:1: no setting 'onlyy' (did you mean 'only'?)
nonsense|bad.conf:1: expected NAME = VALUE
output = x|bad.conf:1: 'output' cannot be set in a file
quiet = maybe|bad.conf:1: 'quiet' is true or false, not 'maybe'
TABLE
echo 'columns = inches' >bad.conf
run check -c bad.conf outside/a.txt
check 'a bad value' 2
err_is "stance: --columns cannot be 'inches'; it is one of: chars, bytes, utf16${nl}stance: that stands in bad.conf:1"

report
