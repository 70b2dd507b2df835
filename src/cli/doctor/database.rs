//! The database file: may it be written, is it whole, is there room, is there a backup?

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use super::finding::{Check, Finding, Group};
use super::reach;
use super::state_folder::{self, join};
use super::subject::Subject;
use crate::cli::damage::quoted;
use crate::cli::print;
use crate::store::{BackupPlan, FileReport, SchemaReport, StoreError, bytes_told, care};

const SCHEMA: Check = Check(Group::Database, "database");
const INTEGRITY: Check = Check(Group::Database, "integrity");
const LEFT_OVER: Check = Check(Group::Database, "left-over");
const BACKUP: Check = Check(Group::Database, "backup");
const WAL: Check = Check(Group::Database, "wal");
const DISK: Check = Check(Group::Database, "disk");
const FILES: Check = Check(Group::Database, "disk-files");

/// How long a database is looked through without `--deep`.
const LOOK_MAX: Duration = Duration::from_secs(10);
/// The log is cut back to 64 MB after a checkpoint: a larger one is kept from being cut.
const WAL_BYTES_MAX: u64 = 256 << 20;
/// A backup may be late by so much of its period: the machine was off, the daemon restarted.
const LATE: i32 = 2;
/// Fewer free files than this are soon used up.
const FILES_MIN: u64 = 1_000;

/// All about the database. `deep` looks at every page, row and reference, however long it takes.
pub(super) fn look(subject: &Subject, deep: bool) -> Vec<Finding> {
    let Some(path) = subject.store.as_deref() else {
        return vec![SCHEMA.skipped("the config does not say where it is")];
    };
    let mut found = vec![state_folder::look(subject, path)];
    let plan = subject.config().map(|config| config.store.backups.as_ref());
    let backups = plan.flatten().map(|plan| plan.folder.as_path());
    let report = care::survey(path, backups);
    found.extend(room(subject, &report));
    match fs::File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let told = format!(
                "{}: there is none yet; the first run makes it",
                path.display()
            );
            found.push(SCHEMA.ok(told));
            // One that is planned is not due yet.
            let none = plan.filter(Option::is_none);
            found.extend(none.map(|none| backup(subject, none, &report)));
            return found;
        }
        Err(error) => {
            found.push(unreadable(subject, path, &error));
            return found;
        }
        Ok(_) => found.extend(contents(subject, path, deep)),
    }
    found.extend(reach::of_database(subject, path));
    found.extend(wal(&report));
    found.extend(report.left_over.iter().map(|left| {
        let what = match left.is_damaged {
            true => "a damaged database that a backup has taken the place of",
            false => "left behind by a restore or a process that was killed",
        };
        LEFT_OVER
            .warning(
                format!("{what}, {}", bytes_told(left.bytes)),
                format!(
                    "when nothing of it is needed any more: rm {}",
                    quoted(&left.path)
                ),
            )
            .about(left.path.display().to_string())
    }));
    if let Some(plan) = plan {
        found.push(backup(subject, plan, &report));
    }
    found
}

fn unreadable(subject: &Subject, path: &Path, error: &std::io::Error) -> Finding {
    let shown = path.display();
    match error.kind() {
        ErrorKind::PermissionDenied => SCHEMA
            .skipped(format!("{shown}: {} may not read it", subject.user))
            .advise(join(subject)),
        _ => SCHEMA.wrong(
            format!("{shown}: {error}"),
            "look at the file and its disk (`dmesg` tells)",
        ),
    }
}

/// What is in the file.
fn contents(subject: &Subject, path: &Path, deep: bool) -> Vec<Finding> {
    let shown = path.display();
    let schema = match care::schema_of(path) {
        Ok(schema) => schema,
        Err(StoreError::Newer {
            found,
            known,
            needed,
            ..
        }) => {
            return vec![SCHEMA.wrong(
                format!("{shown} has schema {found}, this program knows {known}"),
                format!("install {needed}; or restore a backup from before it: wirewatch store restore FILE"),
            )];
        }
        Err(StoreError::Corrupt { why, .. }) => {
            return vec![
                INTEGRITY.wrong(format!("{shown} is damaged: {why}"), restore(subject, path)),
            ];
        }
        // What cannot be read for want of a right says so; everything else is told as it is.
        Err(error) => {
            let denied = matches!(&error, StoreError::ReadOnly { .. }) && !subject.is_root;
            return vec![match denied {
                true => SCHEMA.skipped(error.to_string()).advise(join(subject)),
                false => SCHEMA.wrong(error.to_string(), "see docs/store.md"),
            }];
        }
    };
    let mut found = vec![of_schema(path, &schema)];
    if schema.found > 0 {
        found.push(integrity(subject, path, deep));
    }
    found
}

fn of_schema(path: &Path, schema: &SchemaReport) -> Finding {
    let shown = path.display();
    let SchemaReport {
        found,
        known,
        update_bytes,
    } = *schema;
    let needed = bytes_told(update_bytes);
    if found == 0 {
        return SCHEMA.ok(format!(
            "{shown}: nothing is in it yet; the first run fills it"
        ));
    }
    if found == known {
        return SCHEMA.ok(format!("{shown}: schema {found}, as this program has it"));
    }
    let free = care::survey(path, None).free_bytes;
    match free {
        Some(free) if free < update_bytes => SCHEMA.wrong(
            format!(
                "{shown}: schema {found}; the update to {known} at the next start needs {needed} with its backup, and only {} are free",
                bytes_told(free)
            ),
            "make room on that disk before the next start; else it is refused, and nothing is touched",
        ),
        _ => SCHEMA.warning(
            format!("{shown}: schema {found}; the next start of the daemon updates it to {known}"),
            format!("nothing: a backup is made before, for which {needed} are needed and there"),
        ),
    }
}

fn integrity(subject: &Subject, path: &Path, deep: bool) -> Finding {
    let looked = match deep {
        true => care::check(path, &mut |_| ()).map(|report| Some(report.damage)),
        false => care::quick_check(path, LOOK_MAX),
    };
    match looked {
        Ok(Some(damage)) if damage.is_empty() && deep => {
            INTEGRITY.ok("every page, row, reference and index was looked at: no damage")
        }
        Ok(Some(damage)) if damage.is_empty() => {
            INTEGRITY.ok("its pages were looked at: no damage (--deep compares indexes and references, too)")
        }
        Ok(Some(damage)) => INTEGRITY.wrong(
            format!("it is damaged, {} faults: {}", damage.len(), damage[0]),
            restore(subject, path),
        ),
        Ok(None) => INTEGRITY.skipped(format!(
            "it was looked at for {} s without a fault, and is larger than that; --deep looks at all of it",
            LOOK_MAX.as_secs()
        )),
        Err(error) => INTEGRITY.skipped(error.to_string()),
    }
}

fn restore(subject: &Subject, path: &Path) -> String {
    let plan = subject
        .config()
        .and_then(|config| config.store.backups.as_ref());
    match care::newest_good(path, plan.map(|plan| plan.folder.as_path())) {
        Some(file) => format!(
            "stop the daemon, then: wirewatch store restore {}",
            quoted(&file)
        ),
        None => "there is no good backup beside it; with one from elsewhere: wirewatch store restore FILE; \
                 `sqlite3 OLD .recover` may save some of it"
            .to_owned(),
    }
}

fn wal(report: &FileReport) -> Option<Finding> {
    (report.wal_bytes > WAL_BYTES_MAX).then(|| {
        WAL.warning(
            format!(
                "the write-ahead log has grown to {}: some program reads the database without an end, which keeps it from being cut",
                bytes_told(report.wal_bytes)
            ),
            "end what has it open (`fuser -v FILE`); the daemon cuts it then",
        )
    })
}

/// Room on its disk, in bytes and in files.
fn room(subject: &Subject, report: &FileReport) -> Vec<Finding> {
    let mut found = Vec::new();
    let floor = subject.config().map(|config| config.store.free_bytes_min);
    found.push(match (report.free_bytes, floor) {
        (None, _) => DISK.skipped("the system does not say how much is free"),
        (Some(free), Some(floor)) if free < floor => DISK.wrong(
            format!(
                "{} are free; below [store] free_bytes_min, {}, no pages are read any more",
                bytes_told(free),
                bytes_told(floor)
            ),
            "make room: old backups, other programs' files, `wirewatch store optimise`; or a shorter [keep]",
        ),
        (Some(free), _) if free < report.bytes => DISK.warning(
            format!(
                "{} are free, and the database has {}: a backup beside it, or an update, does not fit",
                bytes_told(free),
                bytes_told(report.bytes)
            ),
            "make room, or put backups on another disk ([store] backups)",
        ),
        (Some(free), _) if report.bytes == 0 => {
            DISK.ok(format!("{} are free", bytes_told(free)))
        }
        (Some(free), _) => DISK.ok(format!(
            "{} are free, the database has {}",
            bytes_told(free),
            bytes_told(report.bytes)
        )),
    });
    found.extend(report.free_files.map(|free| match free {
        ..FILES_MIN => FILES.warning(
            format!("only {free} more files fit on its disk (inodes)"),
            "find the folder with very many files: du --inodes -x / | sort -n | tail",
        ),
        _ => FILES.ok(format!("{free} more files fit on its disk")),
    }));
    found
}

fn backup(subject: &Subject, plan: Option<&BackupPlan>, report: &FileReport) -> Finding {
    let Some(plan) = plan else {
        return BACKUP.warning(
            "no backups are made by themselves",
            "in [store]: backups = { folder = \"backups\", every = \"1d\", keep = 7 }",
        );
    };
    let folder = plan.folder.display();
    match &report.newest_backup {
        None if !subject.is_root && fs::read_dir(&plan.folder).is_err_and(|error| error.kind() == ErrorKind::PermissionDenied) => {
            BACKUP
                .skipped(format!("{} may not look into {folder}", subject.user))
                .advise(join(subject))
        }
        None => BACKUP.warning(
            format!("there is none in {folder} yet"),
            "the running daemon makes the first within the hour; at once: wirewatch store backup FILE",
        ),
        Some((file, made)) => {
            let age = subject.now.duration_since(*made);
            let told = format!("the newest is {}, made {}", file.display(), print::ago(*made, subject.now));
            match age > plan.every.saturating_mul(LATE) {
                true => BACKUP.wrong(
                    format!("{told}, and one is promised every {}", print::length(plan.every)),
                    "does the daemon run, and has the disk room? its log says why: journalctl -u wirewatch | grep -i backup",
                ),
                false => BACKUP.ok(told),
            }
        }
    }
}
