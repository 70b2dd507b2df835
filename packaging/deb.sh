#!/usr/bin/env bash
# Builds the Debian package: target/debian/wirewatch_VERSION_ARCH.deb. Needs cargo-deb (`cargo install --locked cargo-deb`);
# further arguments are cargo-deb's (`-Z gz --fast`, `--deb-version 0.0.1`). PROGRAM names one that is built already.
set -euo pipefail
cd "$(dirname "$0")/.."

program=${PROGRAM:-}
if [ -z "$program" ]; then
    program=$(packaging/program.sh)
fi

# What the assets of Cargo.toml name.
made=target/package
rm -rf "$made"
mkdir -p "$made/man"
strip -o "$made/wirewatch" "$program"
"$made/wirewatch" man --output "$made/man"
"$made/wirewatch" completions bash >"$made/wirewatch.bash"
"$made/wirewatch" completions zsh >"$made/_wirewatch"
"$made/wirewatch" completions fish >"$made/wirewatch.fish"
env -u CARGO_TARGET_DIR cargo deb --no-build --no-strip "$@"
