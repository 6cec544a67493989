# segment.sh: sentences and words, one a line.
. "$(dirname "$0")/lib.sh"

printf 'It rained.  The pier\n is closed.\r\n\360\237\230\200 Open again.' >a.txt
run segment a.txt
check 'sentences' 0
out_is "It rained.${nl}The pier is closed.${nl}$(printf '\360\237\230\200') Open again."
run_with a.txt segment
check 'standard input' 0
run segment --spans a.txt
check '--spans' 0
out_is "$(printf '0\t10\n12\t32\n34\t47')"
run segment --tokens --text a.txt
check 'no such option' 2
printf 'Well said.\n' >b.txt
run segment --tokens --spans b.txt
check '--tokens --spans' 0
out_is "$(printf '0\t4\n5\t9\n9\t10')"
run segment --tokens b.txt b.txt
check 'two files' 0
out_is "Well${nl}said${nl}.${nl}Well${nl}said${nl}."
: >empty.txt
run segment empty.txt
check 'empty' 0
out_is ''

report
