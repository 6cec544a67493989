# exit.sh: each exit code, provoked: 0 and 1 and 2 and 3 (also in the other tests), 4, a signal, and
# which wins where several hold.
. "$(dirname "$0")/lib.sh"
make_model
export STANCE_MODEL="$model"
printf 'We must act now.\n' >a.txt

run check --fail-on speculation a.txt
check 'done' 0
run check --fail-on advocacy a.txt
check 'a condition is met' 1
run check --fail-on nothing a.txt missing.txt
check 'wrong usage' 2
run check --fail-on speculation a.txt missing.txt
check 'an input failed' 3
run check --fail-on advocacy a.txt missing.txt
check '3 wins over 1' 3
out_has 'error: reads as advocacy'
run check -c missing.conf missing.txt
check '2 wins over 3' 2
run check --fail-on advocacy -o out.txt a.txt
check '-o does not change the code' 1
ok test -s out.txt

# 4: no memory. Not under AddressSanitizer, which needs address space of its own.
case $STANCE in
*san*) ;;
*)
  head -c 30000000 /dev/zero | tr '\0' 'x' >big.txt
  (
    ulimit -v 65000 || exit 4
    exec timeout 60 "$STANCE" check -j 1 big.txt
  ) >.out 2>.err
  code=$?
  read_back
  check 'no memory' 4
  err_is 'stance: out of memory while checking'
  rm big.txt
  ;;
esac

# 128 + n: ended by a signal; no half-written file is left
sleep 1 | "$STANCE" check -o kept.txt - >.out 2>.err &
pid=$!
sleep 0.4
kill -TERM $pid
wait $pid
code=$?
read_back
check 'SIGTERM' 143
name='no file is left'
ok test "$(echo kept.txt*)" = 'kept.txt*'

# the reader goes away: quiet
name='a closed pipe'
i=0
while [ $i -lt 3000 ]; do
  echo 'We must act now.'
  i=$((i + 1))
done >many.txt
quiet=$({ "$STANCE" check many.txt | head -n 1 >/dev/null; } 2>&1)
ok test -z "$quiet"

report
