# An upgrade with data of the first migration, removing and purging.

inside systemctl stop wirewatch
fixture=tests/fixtures/store/0001.db
if [ -f "$fixture" ]; then
    rm -f "$root"/var/lib/wirewatch/wirewatch.db*
    install -m660 "$fixture" "$root/var/lib/wirewatch/wirewatch.db"
    inside chown wirewatch:wirewatch /var/lib/wirewatch/wirewatch.db
fi
inside sh -c 'echo "# an edit of the administrator" >>/etc/wirewatch/config.toml'
inside systemctl start wirewatch
pid=$(property MainPID)
inside dpkg --force-confold -i /root/new.deb >"$work/upgrade.log" 2>&1 || { cat "$work/upgrade.log" >&2; fail "dpkg -i of the new version"; }
until_ 30 "the new version runs" is_active_as_other_than "$pid"
inside grep -q "edit of the administrator" /etc/wirewatch/config.toml || fail "the config was overwritten"
[ "$(inside stat -c %G /etc/wirewatch/config.toml)" = wirewatch ] || fail "the group of the config"
[ -f "$root/var/lib/wirewatch/wirewatch.db" ] || fail "the data are gone"
if [ -f "$fixture" ]; then
    ls "$root"/var/lib/wirewatch/ | grep before >/dev/null || fail "no backup was made before the migration"
    ok "the database of the first migration was migrated, with a backup"
fi
ok "upgraded from 0.0.1 to $(inside wirewatch --version), the edited config stays"

inside dpkg -r wirewatch >/dev/null 2>&1
[ "$(property ActiveState)" != active ] || fail "it runs after being removed"
[ -f "$root/var/lib/wirewatch/wirewatch.db" ] && [ -f "$root/etc/wirewatch/config.toml" ] || fail "removing deleted data or config"
ok "removing stops the daemon and leaves data and config"
inside dpkg -i /root/new.deb >"$work/again.log" 2>&1 || { cat "$work/again.log" >&2; fail "dpkg -i after a removal"; }
until_ 30 "it runs again after being installed again" is_active
[ "$(inside systemctl is-enabled wirewatch)" = enabled ] || fail "installed again, it is not enabled"
ok "installed again after a removal it runs, and is enabled"
inside dpkg -r wirewatch >/dev/null 2>&1
inside dpkg -P wirewatch >/dev/null 2>&1
[ ! -e "$root/var/lib/wirewatch" ] && [ ! -e "$root/etc/wirewatch" ] && [ ! -L "$root/etc/systemd/system/multi-user.target.wants/wirewatch.service" ] || fail "purging left something: $(ls "$root/var/lib/wirewatch" "$root/etc/wirewatch" 2>&1)"
ok "purging deletes them"
