#!/usr/bin/env bash
# Builds the Debian package: target/debian/wirewatch_VERSION_ARCH.deb. Needs cargo-deb (`cargo install --locked cargo-deb`).
# `packaging/deb.sh --version 0.0.1` gives the package another version (for tests of upgrades).
set -euo pipefail
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
version=()
if [ "${1:-}" = --version ]; then
    version=(--deb-version "$2")
fi

# PROGRAM: one that is built already.
program=${PROGRAM:-}
if [ -z "$program" ]; then
    cargo build --release --locked --bin wirewatch
    program=$target/release/wirewatch
fi

made=target/package
mkdir -p "$made" target/release
[ "$program" -ef target/release/wirewatch ] || install -m755 "$program" target/release/wirewatch
rm -rf "$made/man"
target/release/wirewatch man --output "$made/man"
target/release/wirewatch completions bash >"$made/wirewatch.bash"
target/release/wirewatch completions zsh >"$made/_wirewatch"
target/release/wirewatch completions fish >"$made/wirewatch.fish"
env -u CARGO_TARGET_DIR cargo deb --no-build --no-strip "${version[@]}"
