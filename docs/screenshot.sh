#!/usr/bin/env bash
# Makes docs/digest.png: the digest of the demo as headless Chromium shows it (Debian `chromium`, `fonts-noto-cjk`).
#   docs/screenshot.sh [path of the program]
set -euo pipefail
program=${1:-target/release/wirewatch}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$program" demo --keep "$work/play" >/dev/null 2>"$work/log" || { cat "$work/log"; exit 1; }
"$program" --config "$work/play/config.toml" digest --watch china-russia --format html --output "$work/digest.html"
chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --hide-scrollbars --user-data-dir="$work/profile" \
    --window-size=760,1180 --screenshot="$work/digest.png" "file://$work/digest.html" 2>"$work/log" || { cat "$work/log"; exit 1; }
cp "$work/digest.png" "$(dirname "$0")/digest.png"
