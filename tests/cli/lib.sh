# lib.sh: a harness for the command line in portable sh, sourced by the tests beside it.
#
#   run ARG...          runs $STANCE; standard output in $out, standard error in $err, exit in $code
#   check NAME CODE     the last run ended with CODE; more checks may follow with
#   out_is / err_is / out_has / err_has / out_lacks STRING
#   report              prints "N passed, N failed" and ends with 1 if any failed
#
# Every test runs in an empty folder $work, with no variable of the user's that stance knows.
set -u
: "${STANCE:?set STANCE to the program under test}"
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/stance-cli-XXXXXX")
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cd "$work" || exit 1
unset STANCE_MODEL STANCE_CONFIG XDG_CONFIG_HOME NO_COLOR CLICOLOR_FORCE FORCE_COLOR 2>/dev/null
export HOME="$work" LC_ALL=C.UTF-8 TERM=xterm
passed=0 failed=0 name='' code=0
nl='
'

run() {
  "$STANCE" "$@" >"$work/.out" 2>"$work/.err" </dev/null
  code=$?
  read_back
}

# run_with FILE ARG...: the same with FILE as standard input.
run_with() {
  input=$1
  shift
  "$STANCE" "$@" >"$work/.out" 2>"$work/.err" <"$input"
  code=$?
  read_back
}

read_back() {
  out=$(cat "$work/.out")
  err=$(cat "$work/.err")
}

pass() { passed=$((passed + 1)); }

fail() {
  failed=$((failed + 1))
  printf 'FAILED %s: %s\n' "$name" "$1"
  printf '  exit %s\n  out: %.600s\n  err: %.600s\n' "$code" "$out" "$err"
}

check() {
  name=$1
  if [ "$code" -eq "$2" ]; then pass; else fail "exit should be $2"; fi
}

out_is() { if [ "$out" = "$1" ]; then pass; else fail "standard output should be: $1"; fi; }
err_is() { if [ "$err" = "$1" ]; then pass; else fail "standard error should be: $1"; fi; }

out_has() { case $out in *"$1"*) pass ;; *) fail "standard output should have: $1" ;; esac; }
err_has() { case $err in *"$1"*) pass ;; *) fail "standard error should have: $1" ;; esac; }
out_lacks() { case $out in *"$1"*) fail "standard output should not have: $1" ;; *) pass ;; esac; }

# ok COMMAND...: a condition of its own.
ok() { if "$@"; then pass; else fail "$*"; fi; }

# A model of our own sentences, as small as it can be; the path in $model.
make_model() {
  model=$work/tiny.stance
  "$STANCE" train -q -o "$model" --name tiny --bits 14 --cues "$root/datasets/cues" \
    "$root/tests/data/tiny.tsv" || {
    echo "FAILED: no model could be trained"
    exit 1
  }
}

report() {
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ]
  exit
}
