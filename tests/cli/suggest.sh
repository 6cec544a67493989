# suggest.sh: what to label next: unsure first, typical before odd, nothing nearly twice.
. "$(dirname "$0")/lib.sh"
make_model
cat >pool.txt <<'TEXT'
The harbour council could publish the report in May.

The harbour council could publish the report in June.

The harbour council should publish a plan.

Zyx qwv.

***
TEXT
run suggest
check 'no pool' 2
err_is 'stance: suggest needs a pool of texts: stance suggest articles/*.txt'
run suggest -m "$model" pool.txt
check 'text' 0
ok test "$(printf '%s\n' "$out" | grep -c 'publish the report')" -eq 1
ok test "$(printf '%s\n' "$out" | wc -l)" -eq 3
ok test "$(printf '%s\n' "$out" | cut -c1-4 | sort -rn)" = "$(printf '%s\n' "$out" | cut -c1-4)"
run suggest -m "$model" -n 1 -f jsonl pool.txt
check 'jsonl' 0
ok test "$(printf '%s\n' "$out" | wc -l)" -eq 1
out_has '"uncertainty":0.'
out_has '"label":""}'
run suggest -m "$model" -f jsonl pool.txt pool.txt
check 'the same file twice' 0
ok test "$(printf '%s\n' "$out" | wc -l)" -eq 3
run suggest -m "$model" -f json pool.txt
check 'another format' 2
run suggest -q -m "$model" /dev/null
check 'an empty pool' 0
out_is ''
run suggest -m "$model" nofile.txt pool.txt
check 'a missing file' 3
out_has 'harbour'
report
