#!/usr/bin/env bash
# Builds the program as it is shipped, and prints where it lies. The profile `dist` (Cargo.toml) makes it small; so does the linker, which on
# this one target is the one that comes with Rust: functions of the same code become one, and relocations are packed
# (glibc 2.36 or later, which the package then depends on by itself).
set -euo pipefail
cd "$(dirname "$0")/.."

export CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS="-C link-arg=-Wl,--icf=all -C link-arg=-Wl,-z,pack-relative-relocs"
cargo build --profile dist --locked --bin wirewatch >&2
echo "${CARGO_TARGET_DIR:-target}/dist/wirewatch"
