# What root's commands write beside the daemon stays the service's: config, database, the files of channels.

owned() { inside stat -c %U:%G:%a "$1"; }
as_is() { [ "$(owned "$1")" = "$2" ] || fail "$1 is $(owned "$1") after $3, not $2"; }

inside systemctl start wirewatch
config=$(owned /etc/wirewatch/config.toml)
inside wirewatch feed add --no-fetch https://none.example/second >/dev/null 2>&1 || fail "feed add"
as_is /etc/wirewatch/config.toml "$config" "feed add"
inside wirewatch watch new --topic comet --lang en >"$work/new.log" 2>&1 </dev/null || fail "watch new: $(cat "$work/new.log")"
as_is /etc/wirewatch/config.toml "$config" "watch new"
inside sh -c 'printf "[channel.lines]\nkind = \"file\"\npath = \"/var/lib/wirewatch/alerts.jsonl\"\n[channel.entries]\nkind = \"atom\"\npath = \"/var/lib/wirewatch/alerts.xml\"\n" >>/etc/wirewatch/config.toml'
inside wirewatch reload >/dev/null || fail "the daemon refuses what root has written"
# With the secret that only the service has: a shell of root finds it where the running service does.
inside wirewatch check --no-store >/dev/null || fail "check, in a shell of root"
as_ben wirewatch --config /etc/wirewatch/config.toml check --no-store >"$work/check.log" 2>&1 || fail "check, as a member of the group: $(cat "$work/check.log")"
ok "root edits the config, and the daemon and the group can read it"
for channel in lines entries; do
    inside wirewatch channel test "$channel" >/dev/null || fail "channel test $channel"
done
for file in alerts.jsonl alerts.xml .alerts.xml.lock; do
    case $(owned "/var/lib/wirewatch/$file") in wirewatch:wirewatch:*) ;; *) fail "$file is $(owned "/var/lib/wirewatch/$file")" ;; esac
done
ok "what root's test messages write is the service's"

inside wirewatch store backup /var/lib/wirewatch/kept.db >/dev/null 2>&1 || fail "store backup"
inside systemctl stop wirewatch
database=$(owned /var/lib/wirewatch/wirewatch.db)
inside wirewatch store restore /var/lib/wirewatch/kept.db >/dev/null 2>&1 || fail "store restore"
as_is /var/lib/wirewatch/wirewatch.db "$database" "store restore"
inside sh -c 'wirewatch store export /root/all.jsonl && rm /var/lib/wirewatch/wirewatch.db* && wirewatch store import /root/all.jsonl' >/dev/null 2>&1 || fail "store export and import"
as_is /var/lib/wirewatch/wirewatch.db wirewatch:wirewatch:660 "store import"
inside systemctl start wirewatch
until_ 30 "the daemon runs on what root has restored and imported" is_active
as_ben wirewatch --config /etc/wirewatch/config.toml alert log | grep none.example >/dev/null || fail "the trail is gone"
ok "a database that root has restored or imported is the service's and its group's"

# The doctor sees what root would not notice.
inside chown root:root /etc/wirewatch/config.toml /var/lib/wirewatch/wirewatch.db /var/lib/wirewatch/alerts.jsonl
inside chmod 640 /etc/wirewatch/config.toml /var/lib/wirewatch/wirewatch.db /var/lib/wirewatch/alerts.jsonl
inside wirewatch doctor --offline --json >"$work/doctor.json" && fail "the doctor finds files of root's well"
wrong=$(python3 -c '
import json, sys
found = json.load(open(sys.argv[1]))
print(" ".join(sorted({one["id"] for one in found if one["state"] == "wrong"})))' "$work/doctor.json")
for id in config-readable database-files channel; do
    grep -qw -- "$id" <<<"$wrong" || fail "the doctor does not see $id: $wrong"
done
# When it is put right the daemon takes the config again by itself.
inside sh -c 'chgrp wirewatch /etc/wirewatch/config.toml; chown wirewatch:wirewatch /var/lib/wirewatch/wirewatch.db /var/lib/wirewatch/alerts.jsonl; chmod 660 /var/lib/wirewatch/wirewatch.db'
until_ 10 "the daemon takes the config again" inside sh -c 'wirewatch status | grep "in force since"'
ok "the doctor sees files that the service may not read or write; the daemon sees when that is put right"
inside systemctl stop wirewatch
