#!/usr/bin/env bash
# A page with pictures in headless Chromium, 390 and 1280 wide: keys move each cursor and its values are said, no label stands on
# another, nothing is wider than the window. A page that breaks that is caught, or this proves nothing.
# Arguments: the page, a folder for what it makes.
set -euo pipefail
page=$1 scratch=$2
here=$(dirname "$0")

# What tests/page/hands.js finds in a page, in a frame of a width: a window of Chromium is never as narrow as a telephone.
found() {
  { cat "$1" && printf '<script>\n' && cat "$here/hands.js" && printf '</script>\n'; } >"$scratch/framed.html"
  printf '<style>body { margin: 0 } iframe { border: 0; width: %spx; height: 900px }</style><iframe src="framed.html"></iframe>\n' \
    "$2" >"$scratch/frame.html"
  chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir="$scratch/profile" --window-size=1400,1000 \
    --enable-logging=stderr --v=0 --dump-dom "file://$scratch/frame.html" 2>"$scratch/log" >/dev/null
  grep ':CONSOLE' "$scratch/log" || true
}

grep -q '<figure class="chart"' "$page" || { printf 'a page without pictures\n' >&2 && exit 1; }
for width in 390 1280; do
  findings=$(found "$page" "$width")
  [ -z "$findings" ] || { printf '%s\n' "$findings" >&2 && exit 1; }
done

broken="$scratch/broken.html"
# A style that breaks the page at 390, and what must be said of it.
noticed() {
  sed "s/<\/style>/$1<\/style>/" "$page" >"$broken"
  found "$broken" 390 | grep -q "$2" || { printf 'not noticed: %s\n' "$1" >&2 && exit 1; }
}
noticed '.times span { font-size: 60px }' 'stands on'
noticed 'main { width: 60rem }' 'in a window of'
sed "s/stage.tabIndex = 0;//; s/step === undefined/step !== undefined/" "$page" >"$broken"
findings=$(found "$broken" 1280)
grep -q 'not reached by keyboard' <<<"$findings" && grep -q 'does not lead to the end' <<<"$findings" ||
  { printf 'keys that do nothing were not noticed\n' >&2 && exit 1; }
