#!/usr/bin/env bash
# A page of `seasonscale` in headless Chromium, light and dark: it renders, and says nothing on the
# console. A page that does is caught, or this proves nothing. Arguments: the page, a folder for what it makes.
set -euo pipefail
page=$1 scratch=$2

# The document as the browser has it; what the page said on the console goes to $scratch/console.
dom() {
  chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir="$scratch/profile" \
    --enable-logging=stderr --v=0 "${@:2}" --dump-dom "file://$1" 2>"$scratch/log"
  grep ':CONSOLE' "$scratch/log" >"$scratch/console" || true
}

pictures=$(grep -c '<svg' "$page")
for scheme in 1 0; do
  rendered=$(dom "$page" "--blink-settings=preferredColorScheme=$scheme" | grep -c '<svg')
  if [ "$rendered" -ne "$pictures" ] || [ "$pictures" -eq 0 ] || [ -s "$scratch/console" ]; then
    printf '%s of %s pictures\n' "$rendered" "$pictures" >&2
    cat "$scratch/console" >&2
    exit 1
  fi
done

{ cat "$page" && printf '<script>nobody()</script>\n'; } >"$scratch/broken.html"
dom "$scratch/broken.html" >/dev/null
[ -s "$scratch/console" ] || { printf 'an error on the console was not noticed\n' >&2 && exit 1; }
