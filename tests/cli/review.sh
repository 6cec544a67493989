# review.sh: the review server, asked by tests/cli/review-client.py.
. "$(dirname "$0")/lib.sh"
make_model
run review
check 'no file' 2
err_is 'stance: review needs a file: stance review story.txt'
run review -m "$model" --no-browser nofile.txt
check 'a missing file' 3
run review -m "$model" --no-browser -
check 'standard input' 2
printf 'It could rain.\n' >a.txt
printf 'no json\n' >bad.jsonl
run review -m "$model" --no-browser -o bad.jsonl a.txt
if [ "$code" -eq 2 ] && case $err in *'without the review server'* | *'needs libmicrohttpd'*) true ;; *) false ;; esac; then
  report
fi
check 'a file of something else' 3
err_is 'stance: bad.jsonl:1: not a JSON object: is this a file of corrections?'
ok test "$(cat bad.jsonl)" = 'no json'
for what in refuse edit 'kill 150'; do
  mkdir -p "$work/${what%% *}"
  # shellcheck disable=SC2086
  (cd "$work/${what%% *}" && python3 "$root/tests/cli/review-client.py" "$STANCE" "$model" $what) || fail "$what"
  pass
done
report
