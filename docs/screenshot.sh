#!/usr/bin/env bash
# Makes the pictures of docs/digests.md from the digest of the demo, as headless Chromium shows it (Debian `chromium`,
# `fonts-noto-core`, `fonts-noto-cjk`, `poppler-utils` for the picture of the print).
#   docs/screenshot.sh [path of the program]
set -euo pipefail
program=$(realpath "${1:-target/release/wirewatch}")
docs=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

export TZ=Asia/Jakarta
"$program" demo --keep "$work/play" >/dev/null 2>"$work/log" || { cat "$work/log"; exit 1; }
digest() { "$program" --config "$work/play/config.toml" digest now --watch china-russia "$@"; }
digest --format html --output "$work/digest.html"
digest --output "$docs/digest-text.txt"

# A window of Chromium is never narrower than 500 pixels: the narrow page is shown in a frame.
cat >"$work/narrow.html" <<'END'
<!DOCTYPE html><html lang="en"><title>narrow</title><body style="margin:0">
<iframe src="digest.html" title="digest" style="border:0;width:320px;height:1500px"></iframe>
END
chrome() {
    chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
        --disable-component-update --disable-sync --hide-scrollbars --user-data-dir="$work/profile" "$@" 2>"$work/log" ||
        { cat "$work/log"; exit 1; }
}
chrome --window-size=760,1500 --screenshot="$work/digest.png" "file://$work/digest.html"
chrome --window-size=760,1500 --blink-settings=preferredColorScheme=0 --screenshot="$work/digest-dark.png" "file://$work/digest.html"
chrome --window-size=320,1500 --screenshot="$work/digest-narrow.png" "file://$work/narrow.html"
chrome --no-pdf-header-footer --print-to-pdf="$work/digest.pdf" "file://$work/digest.html"
pdftoppm -png -r 60 -f 1 -l 1 -singlefile "$work/digest.pdf" "$work/digest-print"
cp "$work"/digest{,-dark,-narrow,-print}.png "$docs/"
