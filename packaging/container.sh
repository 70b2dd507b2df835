#!/usr/bin/env bash
# Builds the container image with buildah: packaging/container.sh [TAG], default wirewatch. PROGRAM names a program that is built already;
# further options of buildah stand in BUILDAH (`BUILDAH="--storage-driver vfs"`), of its `build` in BUILD (`BUILD="--isolation chroot"`).
set -euo pipefail
cd "$(dirname "$0")/.."

program=${PROGRAM:-}
if [ -z "$program" ]; then
    program=$(packaging/program.sh)
fi

context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
image=$context/image
mkdir -p "$image"/{usr/bin,etc/ssl/certs,etc/wirewatch,tmp,var/lib/wirewatch}
strip -o "$image/usr/bin/wirewatch" "$program"
# The libraries under the very names that the loader looks for.
ldd "$image/usr/bin/wirewatch" | grep -o '/[^ ]*' | while read -r library; do
    install -D -m755 "$library" "$image$library"
done
cp -L /etc/ssl/certs/ca-certificates.crt "$image/etc/ssl/certs/"
echo 'wirewatch:x:999:999:wirewatch:/var/lib/wirewatch:/sbin/nologin' >"$image/etc/passwd"
echo 'wirewatch:x:999:' >"$image/etc/group"
cp packaging/debian/config.toml "$image/etc/wirewatch/"
chmod 1777 "$image/tmp"
chown 999:999 "$image/var/lib/wirewatch" 2>/dev/null || true

# shellcheck disable=SC2086
buildah ${BUILDAH:-} build ${BUILD:-} --tag "${1:-wirewatch}" --file packaging/Containerfile "$context"
