#!/usr/bin/env bash
# Packs a built binary with its completions, its man pages and its papers: `bash .github/pack.sh TARGET`, into `dist/`.
# The binary of another system cannot be run, so `SEASONSCALE` may name one that can.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

target=$1
built=target/$target/dist/seasonscale
[ ! -e "$built.exe" ] || built=$built.exe
run=${SEASONSCALE:-$built}

name=seasonscale-$target
folder=dist/$name
mkdir -p "$folder/completions" "$folder/man"
cp "$built" README.md CHANGELOG.md LICENSE "$folder/"
for shell in bash zsh fish elvish powershell; do
  "$run" completions "$shell" >"$folder/completions/seasonscale.$shell"
done
"$run" manual >"$folder/man/seasonscale.1"
commands=$("$run" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z]*\)  .*/\1/p' | grep -vx help)
for command in $commands; do
  "$run" manual "$command" >"$folder/man/seasonscale-$command.1"
done

case $target in
*windows*) (cd dist && 7z a -bso0 "$name.zip" "$name") ;;
*) tar --create --gzip --file "dist/$name.tar.gz" --directory dist "$name" ;;
esac
rm -r "$folder"
