//! The migrations, and how they are run: all that are missing in one transaction, forward only.

use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use refinery::Migration;
use rusqlite::{Connection, params};

use super::faults::store_error;
use crate::model::PROGRAM;
use crate::store::{Progress, Step, StoreError};

macro_rules! migration {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../../../migrations/sqlite/", $name, ".sql")),
        )
    };
}

/// The migrations in order; `0001_first.sql` goes by the name `V1__first` in the file's history.
const MIGRATIONS: &[(&str, &str)] = &[
    migration!("0001_first"),
    migration!("0002_polling"),
    migration!("0003_polls"),
    migration!("0004_health"),
    migration!("0005_websub"),
    migration!("0006_claims"),
    migration!("0007_host_memory"),
    migration!("0008_kept_pages"),
    migration!("0009_watches"),
    migration!("0010_sending"),
    migration!("0011_alert_life"),
    migration!("0012_stories"),
    migration!("0013_care"),
    migration!("0014_settling"),
    migration!("0015_open_alerts"),
];

/// The newest schema of this program: the number of its last migration.
pub(super) const KNOWN: u32 = MIGRATIONS.len() as u32;

/// The table in which refinery would note what was run. Its form is kept, so that its runner could take over.
const HISTORY: &str = "create table if not exists refinery_schema_history (
         version int4 primary key, name varchar(255), applied_on varchar(255), checksum varchar(255))";

/// The oldest migration with a table for the program's version.
const PROGRAM_SINCE: u32 = 13;

/// Between two words of progress while one migration is at work.
const TICK: Duration = Duration::from_millis(250);

/// Brings the file to the schema `target`, up to [`KNOWN`]. `progress` is told how far it is, several times a second; a
/// long statement makes the same percent be told again.
///
/// # Errors
/// As SQLite fails; `Other` when the file's history is not that of this program. Nothing has changed then.
pub(super) fn migrate(
    conn: &mut Connection,
    path: &Path,
    target: u32,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), StoreError> {
    let (tell, told) = channel();
    std::thread::scope(|scope| {
        let work = scope.spawn(move || {
            run(conn, target, &mut |percent| {
                // Whoever listens waits for the end of this thread.
                let _ = tell.send(percent);
            })
        });
        let mut percent = 0;
        loop {
            match told.recv_timeout(TICK) {
                Ok(now) => percent = now,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            progress(Progress::new(Step::Migrating, percent));
        }
        work.join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
    .map_err(|fault| match fault {
        Fault::Sql(error) => store_error(path, &error),
        Fault::History(number) => StoreError::Other {
            path: path.display().to_string(),
            why: format!(
                "its migration {number} is not the one that this program knows; it was made by a wirewatch \
                 that was changed by hand"
            ),
        },
    })
}

enum Fault {
    Sql(rusqlite::Error),
    /// The number of the migration that differs.
    History(u32),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

/// One transaction: a process that is killed between a migration and the note that it was made would leave a file that no
/// later one can open.
fn run(conn: &mut Connection, target: u32, percent: &mut dyn FnMut(u8)) -> Result<(), Fault> {
    let work = conn.transaction()?;
    work.execute_batch(HISTORY)?;
    let done: Vec<(u32, String)> = work
        .prepare("select version, checksum from refinery_schema_history order by version")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let all = MIGRATIONS.len().min(target as usize);
    for (index, (name, sql)) in MIGRATIONS[..all].iter().enumerate() {
        let migration = named(name, sql);
        let number = index as u32 + 1;
        let sum = migration.checksum().to_string();
        match done.iter().find(|(version, _)| *version == number) {
            Some((_, known)) if *known == sum => continue,
            Some(_) => return Err(Fault::History(number)),
            None => {}
        }
        work.execute_batch(sql)?;
        work.execute(
            "insert into refinery_schema_history (version, name, applied_on, checksum)
             values (?1, ?2, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), ?3)",
            params![number, migration.name(), sum],
        )?;
        percent(u8::try_from((index + 1) * 99 / all).unwrap_or(99));
    }
    if target >= PROGRAM_SINCE {
        work.execute(
            "insert into program (id, version, schema) values (1, ?1, ?2)
             on conflict (id) do update set version = excluded.version, schema = excluded.schema
                 where excluded.schema > schema",
            params![PROGRAM, target],
        )?;
    }
    work.commit()?;
    Ok(())
}

/// The migration of a file's name: `V1__first` for `0001_first`.
fn named(name: &str, sql: &str) -> Migration {
    let (number, what) = name
        .split_once('_')
        .expect("the names above have a number and a word");
    let name = format!("V{}__{what}", number.trim_start_matches('0'));
    Migration::unapplied(&name, sql).expect("the name has refinery's form")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_migrations_are_numbered_without_a_gap() {
        for (index, (name, sql)) in MIGRATIONS.iter().enumerate() {
            let number = index as u32 + 1;
            assert!(name.starts_with(&format!("{number:04}_")), "{name}");
            let migration = named(name, sql);
            assert_eq!(u32::try_from(migration.version()), Ok(number));
        }
    }

    #[test]
    fn a_file_with_another_history_is_left_alone() {
        let mut conn = Connection::open_in_memory().expect("a database");
        let path = Path::new(":memory:");
        migrate(&mut conn, path, 3, &mut |_| ()).expect("an old schema");
        conn.execute(
            "update refinery_schema_history set checksum = '1' where version = 2",
            [],
        )
        .expect("tampered with");
        let told = migrate(&mut conn, path, KNOWN, &mut |_| ()).expect_err("refused");
        assert!(told.to_string().contains("migration 2"), "{told}");
        let newest: u32 = conn
            .query_row(
                "select max(version) from refinery_schema_history",
                [],
                |row| row.get(0),
            )
            .expect("a number");
        assert_eq!(newest, 3);
    }
}
