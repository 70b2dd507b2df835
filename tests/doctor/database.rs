//! The database in every state.

use std::fs;

use rusqlite::Connection;
use wirewatch::store::{OpenMode, SqliteStore};
use wirewatch::world::World;

use crate::bed::{Bed, GOOD};

fn bed_with_database() -> Bed {
    let bed = Bed::new(GOOD);
    drop(SqliteStore::open(&bed.path("w.db"), OpenMode::Command).expect("a database"));
    bed
}

fn sql(bed: &Bed, sql: &str) {
    let conn = Connection::open(bed.path("w.db")).expect("a database");
    conn.execute_batch(sql).expect("valid SQL");
}

#[test]
fn a_sound_database_is_looked_through() {
    let bed = bed_with_database();
    let answer = bed.ask(&["--offline"]);
    answer.check("database", "ok", &["as this program has it"]);
    answer.check("integrity", "ok", &["no damage"]);
    answer.check("state-folder", "ok", &["may write there"]);
    answer.check("disk", "ok", &["are free"]);
    answer.check_well();
    let answer = bed.ask(&["--offline", "--deep"]);
    answer.check("integrity", "ok", &["every page, row, reference and index"]);
}

#[test]
fn a_damaged_one_is_told_with_the_backup_that_helps() {
    let bed = bed_with_database();
    let backup = |name: &str| {
        fs::create_dir_all(bed.path("backups")).expect("a folder");
        fs::copy(bed.path("w.db"), bed.path("backups").join(name)).expect("a backup");
    };
    backup("wirewatch-20261101T000000Z.db");
    let mut bytes = fs::read(bed.path("w.db")).expect("a file");
    let quarter = bytes.len() / 4;
    bytes[quarter..].fill(0x5a);
    fs::write(bed.path("w.db"), bytes).expect("it is damaged");
    let answer = bed.ask(&["--offline"]);
    assert_eq!(answer.code, 1);
    answer.check(
        "integrity",
        "wrong",
        &["damaged", "store restore", "wirewatch-20261101T000000Z.db"],
    );
}

#[test]
fn newer_and_older_schemas_are_told_apart() {
    let bed = bed_with_database();
    sql(
        &bed,
        "insert into refinery_schema_history values (99, 'x', '', '1');
         update program set version = '9.1.0'",
    );
    let answer = bed.ask(&["--offline"]);
    assert_eq!(answer.code, 1);
    answer.check(
        "database",
        "wrong",
        &["schema 99", "wirewatch 9.1.0 or a later one"],
    );

    sql(
        &bed,
        "delete from refinery_schema_history where version = 99 or version = (select max(version) from
         refinery_schema_history where version < 99)",
    );
    let answer = bed.ask(&["--offline"]);
    answer.check(
        "database",
        "warning",
        &[
            "the next start of the daemon updates it",
            "backup",
            "MB are needed",
        ],
    );
    answer.check_well();
}

#[test]
fn what_was_put_aside_and_late_backups_are_told() {
    let bed = bed_with_database();
    bed.write("w.db.damaged-20261101T000000Z", "x", 0o600);
    fs::create_dir(bed.path("backups")).expect("a folder");
    let now = World::real().clock.now();
    let backup = |days: i64| {
        let made = now - jiff::SignedDuration::from_hours(24 * days);
        let name = format!("backups/wirewatch-{}.db", made.strftime("%Y%m%dT%H%M%SZ"));
        bed.write(&name, "", 0o600);
    };
    backup(5);
    let answer = bed.ask(&["--offline"]);
    assert_eq!(answer.code, 1);
    answer.check(
        "left-over",
        "warning",
        &["w.db.damaged-20261101T000000Z", "rm "],
    );
    answer.check("backup", "wrong", &["5 d ago", "promised every 24 h"]);
    backup(1);
    bed.ask(&["--offline"]).check("backup", "ok", &["24 h ago"]);
}

#[test]
fn a_database_without_backups_is_warned_about_from_the_first_day() {
    let bed = Bed::new(&GOOD.replace("backups = { folder = \"backups\" }", ""));
    let answer = bed.ask(&["--offline"]);
    answer.check("backup", "warning", &["no backups are made", "backups = {"]);
    answer.check_well();
}

#[test]
fn a_folder_that_is_not_there_and_a_full_disk_are_wrong() {
    let bed = Bed::new(&GOOD.replace("\"w.db\"", "\"gone/w.db\""));
    let answer = bed.ask(&["--offline"]);
    assert_eq!(answer.code, 1);
    answer.check("state-folder", "wrong", &["gone", "mkdir -p"]);
    let floor = "path = \"w.db\"\nfree_bytes_min = \"900000 GB\"";
    let bed = Bed::new(&GOOD.replace("path = \"w.db\"", floor));
    let answer = bed.ask(&["--offline"]);
    assert_eq!(answer.code, 1);
    answer.check(
        "disk",
        "wrong",
        &["free_bytes_min", "no pages are read", "make room"],
    );
}

#[test]
fn what_was_given_up_is_told() {
    let bed = bed_with_database();
    sql(
        &bed,
        "insert into notice (id, at, notice) values (1, 5, '{}');
         insert into delivery (key, notice_id, channel, kind, state, late, created_at, due_at)
             values ('k', 1, 'desk', 'health', 'dead', 0, 5, 5)",
    );
    let answer = bed.ask(&["--offline"]);
    answer.check(
        "dead-letters",
        "warning",
        &["desk", "1 deliveries", "outbox list --dead"],
    );
    answer.check_well();
}

#[test]
fn a_clock_that_was_set_back_shows_in_the_database() {
    let bed = bed_with_database();
    let now = World::real().clock.now();
    let polled = |ahead: i64| {
        let at = now.as_millisecond() + ahead * 3_600_000;
        sql(
            &bed,
            &format!(
                "insert into feed (url, host, kind, tags, position, due_at, polled_at, last_success_at)
                 values ('http://h{ahead}.example/', 'h', 'auto', '[]', 0, 0, {at}, {at})"
            ),
        );
        bed.ask(&["--offline"])
    };
    polled(-2).check("clock-stored", "ok", &["2 h ago"]);
    let answer = polled(72);
    assert_eq!(answer.code, 1);
    answer.check("clock-stored", "wrong", &["set back", "set-ntp"]);
}
