# hook.sh: stance as a hook of git, by hand and by pre-commit, in a scratch repository.
. "$(dirname "$0")/lib.sh"
if ! command -v git >/dev/null 2>&1; then
  echo "skipped: no git"
  echo "0 passed, 0 failed"
  exit 0
fi
make_model
export STANCE_MODEL="$model"
mkdir bin repo
ln -s "$STANCE" bin/stance
PATH=$work/bin:$PATH
export HOME="$work" GIT_CONFIG_NOSYSTEM=1
cd repo || exit 1
git init -q . && git config user.email a@b && git config user.name a

commit() {
  git commit -qm "$1" >"$work/.out" 2>"$work/.err"
  code=$?
  read_back
}

# ---- git's own hook: the files of the commit, and only what it changes in them ----

cat >.git/hooks/pre-commit <<'HOOK'
#!/bin/sh
git diff --cached | stance check --diff - --fail-on advocacy
HOOK
chmod +x .git/hooks/pre-commit
printf 'The pier is 400 metres long.\n' >story.txt
git add story.txt
commit calm
check 'a calm commit' 0
printf 'The pier is 400 metres long. The council must stop this now.\n' >story.txt
git add story.txt
commit loud
check 'a commit that takes sides' 1
err_has 'stance: story.txt: advocacy: 1 sentence'
err_has 'story.txt:1:30: error: '
git commit -qnm forced
printf 'The pier is 401 metres long. The council must stop this now.\n' >story.txt
git add story.txt
commit 'elsewhere'
check 'what was there before' 0

# ---- pre-commit, with the hook of this repository ----

rm .git/hooks/pre-commit
if command -v pre-commit >/dev/null 2>&1; then
  mkdir "$work/hooks" && cp "$root/.pre-commit-hooks.yaml" "$work/hooks"
  (cd "$work/hooks" && git init -q . && git config user.email a@b && git config user.name a &&
    git add . && git commit -qm hooks)
  cat >.pre-commit-config.yaml <<CONFIG
repos:
- repo: $work/hooks
  rev: $(git -C "$work/hooks" rev-parse HEAD)
  hooks:
  - id: stance
    args: [--fail-on, advocacy]
CONFIG
  printf 'int main(void) { return 0; } /* The council must stop this now. */\n' >not-text.c
  printf 'The pier is 402 metres long. The council must stop this now.\n' >story.txt
  git add . && pre-commit install >/dev/null 2>&1
  commit 'with pre-commit'
  check 'pre-commit, a file that takes sides' 1
  err_has 'story.txt:1:30: error: '
  err_has 'stance...'
  printf 'The pier is 401 metres long.\n' >story.txt
  git add .
  commit 'calm again'
  check 'pre-commit, calm files' 0
else
  echo "skipped: no pre-commit"
fi

report
