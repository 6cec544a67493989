# html.sh: the page as a file; what it does in a browser is tested in tests/browser.
. "$(dirname "$0")/lib.sh"
make_model
printf 'It could rain.\n\nWe must act now.\n' >a.txt
run classify -m "$model" -f html -o a.html a.txt a.txt
check 'html' 0
out_is ''
ok test "$(head -1 a.html)" = '<!DOCTYPE html>'
ok test "$(tail -1 a.html)" = '</html>'
ok test "$(grep -c '<article ' a.html)" -eq 2
run classify -m "$model" -f html -o b.html a.txt a.txt
ok cmp a.html b.html
run classify -m "$model" -f html --input-format lines a.txt
check 'html of rows' 2
ok test ! -s "$work/.out"
run classify -q -m "$model" -f html /dev/null
check 'html of nothing' 0
out_has '0 sentences'
run classify -m "$model" -f html a.txt nofile.txt
check 'one file is missing' 3
out_has '</html>'
report
