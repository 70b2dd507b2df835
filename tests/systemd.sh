#!/usr/bin/env bash
# The Debian package under a real systemd: a container with Debian's own, booted here, the package installed into it.
#
#   tests/systemd.sh [PROGRAM]        PROGRAM: default target/debug/wirewatch, else built by cargo
#
# Needs root, systemd-container, mmdebstrap, nsenter, cargo-deb and a package mirror; without them it says so and exits 0, or 1 under
# WIREWATCH_REQUIRE=all. WIREWATCH_ROOT names a folder with the container's files, WIREWATCH_DEB a package, of an earlier run.
set -euo pipefail
cd "$(dirname "$0")/.."

skip() {
    echo "SKIPPED tests/systemd.sh: $*" >&2
    [ "${WIREWATCH_REQUIRE:-}" != all ] || exit 1
    exit 0
}

[ "$(id -u)" = 0 ] || skip "it needs root"
for part in systemd-nspawn mmdebstrap nsenter dpkg-deb; do
    command -v "$part" >/dev/null || skip "$part is missing"
done
[ -n "${WIREWATCH_DEB:-}" ] || command -v cargo-deb >/dev/null || skip "cargo-deb is missing"

program=$(realpath "${1:-target/debug/wirewatch}")
[ -x "$program" ] || cargo build --bin wirewatch
work=$(mktemp -d)
base=${WIREWATCH_ROOT:-$work/base}
root=$work/root
leader=
nspawn=

finish() {
    code=$?
    if [ "$code" != 0 ]; then
        echo "--- failed; the journal of the unit:" >&2
        [ -z "$leader" ] || inside journalctl -u wirewatch --no-pager 2>/dev/null | tail -40 >&2 || true
    fi
    if [ -n "$nspawn" ]; then
        kill -TERM "$nspawn" 2>/dev/null || true
        timeout 15 tail --pid="$nspawn" -f /dev/null || kill -KILL "$nspawn" "$leader" 2>/dev/null || true
    fi
    rm -rf "$work"
    exit "$code"
}
trap finish EXIT

inside() { nsenter -t "$leader" -m -u -i -p -n -- "$@"; }
property() { inside systemctl show wirewatch -p "$1" --value; }
now_ms() { date +%s%3N; }
passed=0
ok() { passed=$((passed + 1)); echo "ok $passed - $*"; }
fail() { echo "not ok - $*" >&2; exit 1; }
# until SECONDS WHAT COMMAND...
until_() {
    local limit=$(($(now_ms) + $1 * 1000)) what=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        [ "$(now_ms)" -lt "$limit" ] || fail "it never came to be: $what"
        sleep 0.02
    done
}
is_active() { [ "$(property ActiveState)" = active ]; }
is_active_as_other_than() { is_active && [ "$(property MainPID)" != "$1" ] && [ "$(property MainPID)" != 0 ]; }

# --- Two packages of the same program: this version, and an earlier one made of it.
if [ -n "${WIREWATCH_DEB:-}" ]; then
    cp "$WIREWATCH_DEB" "$work/new.deb"
else
    PROGRAM=$program packaging/deb.sh -Z gz --fast --compress-system --output "$work/new.deb" >"$work/deb.log" 2>&1 || { cat "$work/deb.log" >&2; fail "the package"; }
fi
dpkg-deb -R "$work/new.deb" "$work/old"
sed -i 's/^Version: .*/Version: 0.0.1/' "$work/old/DEBIAN/control"
dpkg-deb -Zgzip -z1 -b "$work/old" "$work/old.deb" >/dev/null

# --- The container.
if [ ! -d "$base/usr" ]; then
    mmdebstrap --quiet --variant=minbase --include=systemd,systemd-sysv,dbus,ca-certificates bookworm "$base" >"$work/mmdebstrap.log" 2>&1 ||
        skip "no container can be made: $(tail -1 "$work/mmdebstrap.log")"
fi
cp -a "$base" "$root"
cp "$work/old.deb" "$work/new.deb" "$root/root/"
# A file in a home and one of root's, which the service must not read.
mkdir -p "$root/home/ana" && echo private >"$root/home/ana/notes" && echo private >"$root/root/notes"
chmod 0644 "$root/home/ana/notes" "$root/root/notes" && chmod 0755 "$root/root"
systemd-nspawn --register=no --keep-unit -q -D "$root" --private-users=no --machine=wirewatch -b >"$work/boot.log" 2>&1 </dev/null &
nspawn=$!
limit=$(($(now_ms) + 30000))
until pgrep -P "$nspawn" >/dev/null; do
    # Where no container may be made (no privileges for it) nspawn ends at once, and says why.
    [ "$(now_ms)" -lt "$limit" ] && kill -0 "$nspawn" 2>/dev/null || skip "no container boots here: $(tail -1 "$work/boot.log")"
    sleep 0.05
done
leader=$(pgrep -P "$nspawn" | head -1)
is_booted() { case $(inside systemctl is-system-running 2>/dev/null) in running | degraded) true ;; *) false ;; esac; }
limit=$(($(now_ms) + 60000))
until is_booted || [ "$(now_ms)" -gt "$limit" ]; do sleep 0.2; done
state=$(inside systemctl is-system-running 2>/dev/null || true)
case $state in running | degraded) ok "systemd runs ($state)" ;; *) cat "$work/boot.log" >&2; skip "systemd does not run in a container here ($state)" ;; esac

for part in tests/systemd/*.sh; do
    # shellcheck source=/dev/null
    . "$part"
done

echo "tests/systemd.sh: $passed passed"
