# Reloads good and bad, a kill, a hang, a stop.

pid=$(property MainPID)
inside sh -c "cp /etc/wirewatch/config.toml /tmp/good.toml; printf '[watch.meteor]\nmatch = %s\n' \"'\\\"meteor\\\"'\" >>/etc/wirewatch/config.toml"
inside systemctl reload wirewatch || fail "a good reload"
[ "$(property MainPID)" = "$pid" ] || fail "a reload made a new process"
until_ 5 "the status counts the new watch" sh -c "nsenter -t $leader -m -u -i -p -n -- systemctl show wirewatch -p StatusText --value | grep -q ' 1 watches'"
ok "a good reload: $(property StatusText)"
inside sh -c "cp /etc/wirewatch/config.toml /tmp/good.toml; printf '[watch.comet]\nmatch = %s\n' \"'\\\"comet\\\" and'\" >>/etc/wirewatch/config.toml"
inside systemctl reload wirewatch 2>/dev/null && fail "a bad reload was taken for good"
is_active && [ "$(property MainPID)" = "$pid" ] || fail "a bad reload stopped the daemon"
inside journalctl -u wirewatch --no-pager -n 40 | grep 'comet' >/dev/null || fail "the log does not show the mistake"
ok "a bad reload fails, is explained in the journal, and the old config stays"
inside cp /tmp/good.toml /etc/wirewatch/config.toml
inside systemctl reload wirewatch

# kill -9 to READY.
for _ in 1 2 3; do
    pid=$(property MainPID)
    killed=$(now_ms)
    inside sh -c "kill -9 $pid"
    until_ 20 "it is back after kill -9" is_active_as_other_than "$pid"
    took=$(($(now_ms) - killed))
    [ "$took" -lt "${KILL_TO_READY_MS:-8000}" ] || fail "kill -9 to READY took $took ms"
done
ok "kill -9 to READY: $took ms (RestartSec=1s included)"

# A hung scheduler: the database is held, timers go on.
inside mkdir -p /run/systemd/system/wirewatch.service.d
inside sh -c 'printf "[Service]\nWatchdogSec=3s\n" >/run/systemd/system/wirewatch.service.d/test.conf; systemctl daemon-reload; systemctl restart wirewatch'
sleep 5
is_active || fail "the watchdog bites a daemon that gets on"
pid=$(property MainPID)
python3 - "$root/var/lib/wirewatch/wirewatch.db" <<'PY' &
import sqlite3, sys, time
holder = sqlite3.connect(sys.argv[1], isolation_level=None)
holder.execute("begin exclusive")
time.sleep(9)
holder.execute("rollback")
PY
holder=$!
until_ 30 "the watchdog kills it" is_active_as_other_than "$pid"
inside journalctl -u wirewatch --no-pager | grep 'Watchdog timeout' >/dev/null || fail "no watchdog in the journal"
wait "$holder"
ok "a hung scheduler is killed by the watchdog and started again"
inside sh -c 'rm -r /run/systemd/system/wirewatch.service.d; systemctl daemon-reload; systemctl reset-failed wirewatch; systemctl restart wirewatch'

asked=$(now_ms)
inside systemctl stop wirewatch
took=$(($(now_ms) - asked))
[ "$took" -lt 2000 ] || fail "the stop took $took ms"
[ "$(property Result)" = success ] || fail "the stop ended with $(property Result)"
ok "stopped in $took ms"
