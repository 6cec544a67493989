# lsp.sh: the language server with a scripted client.
. "$(dirname "$0")/lib.sh"
make_model
mkdir 'a folder'
python3 "$root/tests/lsp_client.py" "$STANCE" "$model" "$work/a folder" >.out 2>.err
code=$?
read_back
check 'a session' 0
err_is ''
out_has ' checked'

run lsp -m "$model" a.txt
check 'operands' 2
printf 'Content-Length: 99999999999\r\n\r\n{}' >huge
run_with huge lsp -m "$model"
check 'a message too large' 1
printf 'Content-Length: 50\r\n\r\n{}' >short
run_with short lsp -m "$model"
check 'a message cut short' 1
run_with /dev/null lsp -m missing.stance
check 'no model' 2

# what the editor wrote is something to learn from and to convert
run convert --to simple 'a folder/corrections.jsonl'
check 'a correction is converted' 0
out_has '"label":"unattributed"'

report
