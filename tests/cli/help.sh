# help.sh: every option of the table is in --help, the manual, and the completion of three shells;
# the pages are clean for mandoc, and the shells load what they are given.
. "$(dirname "$0")/lib.sh"

commands=$("$STANCE" help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
name='there are commands'
ok test "$(printf '%s\n' "$commands" | wc -l)" -gt 8

sh "$root/tools/install-help" "$STANCE" share
name='what is installed'
ok test -s share/man/man1/stance-check.1
ok test -s share/man/man5/stance.conf.5

bash=share/bash-completion/completions/stance
zsh=share/zsh/vendor-completions/_stance
fish=share/fish/vendor_completions.d/stance.fish
for command in $commands; do
  run help "$command"
  options=$(printf '%s\n' "$out" | sed -n 's/^  \(-., \|    \)--\([a-z-]*\).*/\2/p')
  name="$command has options"
  ok test -n "$options"
  # its part of each script
  sed -n "/^  $command)/,/;;\$/p" $bash >part.bash
  sed -n "/^    $command)/,/;;\$/p" $zsh >part.zsh
  grep -- "from $command'" $fish >part.fish
  tr -d '\\' <share/man/man1/stance-"$command".1 >part.man
  for option in $options; do
    name="$command --$option"
    ok grep -q -- "--$option " part.bash
    ok grep -q -e "--$option=\?\[" part.zsh
    ok grep -q -- "-l $option " part.fish
    ok grep -q -- "^\.It .*Fl -$option\( \|\$\)" part.man
  done
  name="$command in the manual of stance"
  ok grep -q "Xr stance-$command 1" share/man/man1/stance.1
  # examples come before options
  case $out in
  *Examples:*Options*) pass ;;
  *) fail "examples first" ;;
  esac
done

if command -v mandoc >/dev/null 2>&1; then
  for page in share/man/man?/*; do
    out=$(mandoc -T lint "$page" 2>&1 | grep -v 'referenced manual not found') # not installed here
    name="mandoc -T lint $page"
    err='' code=0
    out_is ''
  done
else
  echo "skipped: no mandoc"
fi

if command -v bash >/dev/null 2>&1; then
  cat >try.bash <<'TRY'
. "$1"; shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_stance
echo "${COMPREPLY[*]}"
TRY
  name=bash
  ok test "$(bash try.bash $bash stance che)" = check
  ok test "$(bash try.bash $bash stance check --fail)" = --fail-on
  ok test "$(bash try.bash $bash stance check -f sa)" = sarif
  ok test "$(bash try.bash $bash stance -q check --color ne)" = never
  ok test "$(bash try.bash $bash stance completion z)" = zsh
  : >story.txt
  ok test "$(bash try.bash $bash stance classify sto)" = story.txt
fi
if command -v zsh >/dev/null 2>&1; then
  name=zsh
  ok zsh -fn $zsh
  ok test "$(zsh -fc "autoload -U compinit; compinit -u -d dump; . $PWD/$zsh; echo \$_comps[stance]")" = _stance
else
  echo "skipped: no zsh"
fi
if command -v fish >/dev/null 2>&1; then
  name=fish
  try() { fish --no-config -c "source $fish; complete -C '$1'" 2>&1 | cut -f1; }
  ok test "$(try 'stance che')" = check
  ok test "$(try 'stance check --fail')" = --fail-on
  ok test "$(try 'stance check -f sa' | head -n 1)" = sarif
else
  echo "skipped: no fish"
fi

run completion
check 'no shell' 2
err_is 'stance: usage: stance completion bash|zsh|fish'
run help --man nothing
check 'no such page' 2
run help --man check
check 'a page' 0
out_has '.Sh EXIT STATUS'

report
