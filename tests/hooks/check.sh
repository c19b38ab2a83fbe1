#!/usr/bin/env bash
# Both hooks for pre-commit, run by pre-commit itself in a team's repository. Its configuration is the one of .docs/ci.md, with a
# clone of this work tree in place of the mirror, tagged as a release is. A hook passes while generated/ is as the policy says,
# fails once the policy has moved on, and is silent about other files.
# Usage: check.sh SEASONSCALE SCRATCH
set -euo pipefail
seasonscale=$(realpath "$1")
mkdir -p "$2/hooks"
scratch=$(realpath "$2/hooks")
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root=$PWD
mirror=$scratch/mirror team=$scratch/team
export PRE_COMMIT_HOME=$scratch/home
rm -rf "$mirror" "$team" "$PRE_COMMIT_HOME"
mkdir -p "$mirror" "$team" "$PRE_COMMIT_HOME/.cargo" "$scratch/bin"

committed() { # FOLDER
  git -C "$1" -c init.defaultBranch=main init --quiet
  git -C "$1" add --all
  git -C "$1" -c user.name=test -c user.email=test@example.com -c commit.gpgsign=false commit --quiet --message all
}

git ls-files --cached --others --exclude-standard | while read -r file; do
  if [ -e "$file" ]; then printf '%s\n' "$file"; fi
done | tar --create --files-from - | tar --extract --directory "$mirror"
committed "$mirror"
git -C "$mirror" tag "v$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)"

cp -r policies generated "$team/"
printf 'nothing of a policy\n' >"$team/notes.txt"
awk '/^```/ { on = 0 } on { print } /pre-commit-config.yaml$/ { on = 1 }' .docs/ci.md |
  sed "s|repo: .*|repo: $mirror|" >"$team/.pre-commit-config.yaml"
grep -q 'id: seasonscale-check$' "$team/.pre-commit-config.yaml"
committed "$team"

# pre-commit builds with the profile for releases, and passes no options on. These settings take the dependencies that are built
# already, leave our own crate unoptimized, and ask no registry.
cat >"$PRE_COMMIT_HOME/.cargo/config.toml" <<END
[build]
build-dir = "$root/target"
target-dir = "$scratch/target"
[net]
offline = true
[profile.release.package.seasonscale]
opt-level = 0
codegen-units = 256
END
ln -sf "$seasonscale" "$scratch/bin/seasonscale"

cd "$team"
tried() { # ID PATH
  git checkout --quiet -- policies
  PATH=$2 pre-commit run "$1" --all-files
  sed -i 's/queries = 6, commands = 4 }/queries = 8, commands = 4 }/' policies/calendar.toml
  if PATH=$2 pre-commit run "$1" --all-files >"$scratch/moved"; then
    printf '%s passes with another policy\n' "$1" >&2
    return 1
  fi
  grep -q '^stale *generated/keda-scalers.yaml' "$scratch/moved" || { cat "$scratch/moved" >&2 && return 1; }
  PATH=$2 pre-commit run "$1" --files notes.txt | grep -q Skipped
}
tried seasonscale-check "$PATH"
sed -i 's/id: seasonscale-check$/id: seasonscale-check-system/' .pre-commit-config.yaml
tried seasonscale-check-system "$scratch/bin:$PATH"
