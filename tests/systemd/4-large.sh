# An update of a large database is given the time that it takes, and a kill in the middle leaves the file as it was. Only with
# LARGE_GB=2 or the like: it writes that much several times.

if [ -n "${LARGE_GB:-}" ]; then
    inside dpkg -i /root/new.deb >/dev/null 2>&1
    inside systemctl stop wirewatch
    rm -f "$root"/var/lib/wirewatch/wirewatch.db*
    install -m660 tests/fixtures/store/0001.db "$root/var/lib/wirewatch/wirewatch.db"
    python3 - "$root/var/lib/wirewatch/wirewatch.db" "$LARGE_GB" <<'PY'
import os, random, sqlite3, sys
path, most = sys.argv[1], float(sys.argv[2]) * 1e9
db, chance, at = sqlite3.connect(path, isolation_level=None), random.Random(1), 100
db.execute("pragma synchronous = off")
while os.path.getsize(path) < most:
    db.execute("begin")
    for at in range(at + 1, at + 5000):
        db.execute("insert into article (id, url, host, state, backlog, late, first_seen, sort_at, version, judged_version, has_body) "
                   "values (?, ?, 'n.example', 'judged', 0, 0, 1767225600000, 1767225600000, 1, 1, 1)", (at, f"https://n.example/{at}"))
        db.execute("insert into article_version values (?, 1, 1767225600000, x'01', 't', 'en', 'page', null, '{}', ?)", (at, chance.randbytes(2000).hex()))
    db.execute("commit")
    db.execute("pragma wal_checkpoint(truncate)")
db.close()
PY
    inside chown wirewatch:wirewatch /var/lib/wirewatch/wirewatch.db
    inside mkdir -p /run/systemd/system/wirewatch.service.d
    inside sh -c 'printf "[Service]\nTimeoutStartSec=5s\nRestartSec=3s\n" >/run/systemd/system/wirewatch.service.d/test.conf; systemctl daemon-reload'
    schema() { python3 -c 'import sqlite3, sys; print(sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True).execute("select max(version) from refinery_schema_history").fetchone()[0])' "$root/var/lib/wirewatch/wirewatch.db"; }
    says_percent() { [ "$(property MainPID)" != 0 ] && property StatusText | grep '%' >/dev/null; }
    for _ in 1 2; do
        inside systemctl start --no-block wirewatch
        until_ 60 "the start says how far it is" says_percent
        pid=$(property MainPID)
        said=$(property StatusText)
        inside sh -c "kill -9 $pid"
        [ "$(schema)" = 1 ] || fail "a killed update left schema $(schema)"
    done
    ok "killed twice while it was at \"$said\": the file is as it was"
    begun=$(now_ms)
    until_ 600 "the update ends" is_active
    took=$(($(now_ms) - begun))
    [ "$(schema)" -gt 12 ] || fail "the schema is $(schema)"
    ok "an update of $LARGE_GB GB took $took ms with TimeoutStartSec=5s"
    # kill -9 to READY with that database.
    inside sh -c 'printf "[Service]\nRestartSec=1s\n" >/run/systemd/system/wirewatch.service.d/test.conf; systemctl daemon-reload; systemctl restart wirewatch'
    for _ in 1 2 3; do
        pid=$(property MainPID)
        killed=$(now_ms)
        inside sh -c "kill -9 $pid"
        until_ 20 "it is back after kill -9" is_active_as_other_than "$pid"
        echo "   kill -9 to READY with $LARGE_GB GB: $(($(now_ms) - killed)) ms (RestartSec=1s)"
    done
    inside dpkg -P wirewatch >/dev/null 2>&1
fi
