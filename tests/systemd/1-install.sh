# Installing: the daemon starts, reads its credential, and sees no more of the system than it needs.

inside dpkg -i /root/old.deb >"$work/install.log" 2>&1 || { cat "$work/install.log" >&2; fail "dpkg -i"; }
until_ 30 "the daemon is active after dpkg -i" is_active
case $(property StatusText) in *" feeds, "*" watches"*) ok "started by the package, READY with counts: $(property StatusText)" ;; *) fail "status: $(property StatusText)" ;; esac
[ "$(inside systemctl is-enabled wirewatch)" = enabled ] && ok "enabled at boot"

# A secret that only root reads.
secret=whsec_$(head -c 32 /dev/urandom | base64 -w0)
inside sh -c "umask 077; printf $secret >/etc/wirewatch/credentials/hook"
inside sh -c 'cat >>/etc/wirewatch/config.toml' <<'CONFIG'
[[feed]]
url = "https://none.example/rss"
[channel.hook]
kind = "webhook"
url  = "https://hooks.example.org/"
secret_file = "$CREDENTIALS_DIRECTORY/secret_hook"
CONFIG
inside systemctl restart wirewatch
is_active && ok "restarted with a secret of systemd's"
pid=$(property MainPID)
inside grep -q "$secret" "/proc/$pid/environ" && fail "the secret stands in the environment"
inside sh -c 'rm /etc/wirewatch/credentials/hook' && inside systemctl restart wirewatch 2>/dev/null && fail "it starts without its secret"
inside journalctl -u wirewatch --no-pager -n 20 | grep 'secret_hook\|secret' >/dev/null || fail "the log does not name the missing secret"
ok "without the secret it does not start, and says so"
inside sh -c "umask 077; printf $secret >/etc/wirewatch/credentials/hook"
inside systemctl reset-failed wirewatch
inside systemctl restart wirewatch

# What the process can reach, seen from inside its own namespaces as its own user.
pid=$(property MainPID)
as_daemon() { nsenter -t "$(host_pid)" -m -- setpriv --reuid="$(inside id -u wirewatch)" --regid="$(inside id -g wirewatch)" --clear-groups "$@"; }
host_pid() { for task in /proc/[0-9]*; do if [ "$(readlink "$task/root" 2>/dev/null)" ] && grep -qs "^NSpid:.*[[:space:]]$pid\$" "$task/status" && grep -qs wirewatch "$task/cmdline"; then echo "${task#/proc/}"; return; fi; done; }
[ -n "$(host_pid)" ] || fail "the daemon's process is not found"
for path in /root/notes /home/ana/notes /etc/shadow /etc/wirewatch/credentials/hook; do
    as_daemon cat "$path" >/dev/null 2>&1 && fail "the service can read $path"
done
ok "/root, /home, /etc/shadow and the credentials' own files are not readable"
as_daemon touch /etc/wirewatch/new 2>/dev/null && fail "the service can write to /etc"
as_daemon touch /usr/new 2>/dev/null && fail "the service can write to /usr"
ok "/etc and /usr cannot be written"
status=/proc/$(host_pid)/status
grep -q "^NoNewPrivs:[[:space:]]*1" "$status" && grep -q "^Seccomp:[[:space:]]*2" "$status" && grep -q "^CapBnd:[[:space:]]*0*$" "$status" || fail "$(grep 'NoNew\|Seccomp\|CapBnd' "$status")"
ok "no new privileges, system calls filtered, no capabilities"
inside systemd-analyze security --threshold=12 wirewatch >"$work/security" 2>&1 || { tail -3 "$work/security"; fail "exposure"; }
ok "$(grep -o 'Overall exposure.*' "$work/security" | cut -c1-60)"

# Somebody of the group reads and acknowledges while the daemon runs.
inside useradd -m -G wirewatch ben 2>/dev/null || inside usermod -aG wirewatch ben
as_ben() { inside setpriv --reuid=ben --regid=ben --init-groups "$@"; }
as_ben wirewatch --config /etc/wirewatch/config.toml alert list >/dev/null || fail "a member of the group cannot list alerts"
as_ben wirewatch --config /etc/wirewatch/config.toml alert mute --feed https://none.example/rss --why test >/dev/null || fail "a member of the group cannot mute"
as_ben wirewatch --config /etc/wirewatch/config.toml alert log | grep none.example >/dev/null || fail "the trail does not name the mute"
until_ 10 "the daemon goes on after a write of a group member" is_active
ok "a member of the group reads alerts and mutes a feed while the daemon runs"

# The doctor, beside the daemon: only hosts and channel, which are made up, are wrong.
inside wirewatch --config /etc/wirewatch/config.toml doctor --json >"$work/doctor.json" && fail "the doctor finds a made-up receiver well"
wrong=$(python3 -c '
import json, sys
found = json.load(open(sys.argv[1]))
print(" ".join(sorted({one["id"] for one in found if one["state"] == "wrong"} - {"channel", "dns", "hosts", "network"})))
print(" ".join(sorted({one["id"] for one in found if one["state"] == "ok"} & {"credential", "unit", "unit-text", "watchdog", "daemon", "daemon-version", "state-folder", "integrity", "open-files"})))
' "$work/doctor.json")
[ -z "$(head -1 <<<"$wrong")" ] || fail "the doctor finds wrong: $wrong"
ok "the doctor, as root: well are $(tail -1 <<<"$wrong")"
as_ben wirewatch --config /etc/wirewatch/config.toml doctor --offline --json >"$work/doctor.json" || fail "a member of the group gets: $(grep -B2 -A4 '"wrong"' "$work/doctor.json")"
ok "the doctor, as a member of the group, without asking hosts: nothing is wrong"
