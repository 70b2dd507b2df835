#!/usr/bin/env bash
# The container image is built by Debian's buildah and runs: `tests/container.sh [PROGRAM]`, default target/debug/wirewatch.
# Needs root and buildah; without them it says so and exits 0, or 1 under WIREWATCH_REQUIRE=all.
set -euo pipefail
cd "$(dirname "$0")/.."

skip() {
    echo "SKIPPED tests/container.sh: $*" >&2
    [ "${WIREWATCH_REQUIRE:-}" != all ] || exit 1
    exit 0
}
[ "$(id -u)" = 0 ] || skip "it needs root"
command -v buildah >/dev/null || skip "buildah is missing"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
BUILDAH="--storage-driver vfs --root $work/storage --runroot $work/run"
# shellcheck disable=SC2086
printf 'FROM scratch\nCOPY probe /\n' >"$work/Containerfile" && echo >"$work/probe" &&
    buildah $BUILDAH build --isolation chroot --file "$work/Containerfile" "$work" >"$work/log" 2>&1 ||
    skip "buildah cannot build here: $(tail -1 "$work/log")"

export BUILDAH BUILD="--isolation chroot"
PROGRAM=${1:-target/debug/wirewatch} packaging/container.sh wirewatch-test >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
# shellcheck disable=SC2086
container=$(buildah $BUILDAH from --isolation chroot wirewatch-test)
# shellcheck disable=SC2086
within() { buildah $BUILDAH run --isolation chroot "$container" -- /usr/bin/wirewatch "$@"; }
within --version
within check --no-store
# The built-in news site: threads, sockets, SQLite and certificates inside the image, as the account that is not root.
within demo >"$work/demo" 2>&1 || { tail -20 "$work/demo" >&2; exit 1; }
grep -q NEW "$work/demo" || { tail -20 "$work/demo" >&2; exit 1; }
echo "tests/container.sh: the image runs as $(buildah $BUILDAH inspect --format '{{.OCIv1.Config.User}}' wirewatch-test)"
