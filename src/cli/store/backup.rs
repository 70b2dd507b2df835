//! `wirewatch store backup` and `wirewatch store restore`.

use std::path::Path;
use std::process::ExitCode;

use super::bar;
use crate::cli::print;
use crate::store::{bytes_told, care};
use crate::world::World;

pub(super) const BACKUP_HELP: &str = "\
The copy is of one moment, whatever the daemon writes meanwhile, and a file of its own: nothing else is needed to
restore it. It is checked before it gets its name, so there is never half a backup. The config is not in it.
Exit codes: 0 it is made, 1 it is not, and what was there before stays.";

pub(super) const RESTORE_HELP: &str = "\
Stop the daemon first; beside one it is refused. The backup is checked before anything is touched: that it is of wirewatch,
whole, and not of a newer version. The database that was there is kept as NAME.replaced-TIME, one that is damaged as
NAME.damaged-TIME; delete it when all is well. A backup of an older version is updated at the next start.";

pub(super) fn make(path: &Path, file: &Path, force: bool, json: bool) -> anyhow::Result<ExitCode> {
    if file == Path::new("-") {
        anyhow::bail!(
            "a backup cannot be written to standard output; `wirewatch store export -` can"
        );
    }
    if file.exists() && !force {
        anyhow::bail!("{} is there already; --force replaces it", file.display());
    }
    let report = care::backup(path, file, &mut bar())?;
    if json {
        print::json(&report)?;
    } else {
        let (file, size) = (report.file.display(), bytes_told(report.bytes));
        print::text(&format!(
            "{file}: {size}, schema {}, checked and without a fault\n",
            report.schema
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn restore(path: &Path, file: &Path, json: bool) -> anyhow::Result<ExitCode> {
    let now = World::real().clock.now();
    let stamp = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let report = care::restore(path, file, &stamp, &mut bar())?;
    if json {
        print::json(&report)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut told = format!(
        "{} is now the backup {}: {}, schema {}\n",
        path.display(),
        file.display(),
        bytes_told(report.bytes),
        report.schema
    );
    if let Some(kept) = &report.kept_as {
        told.push_str(&format!("what was there is kept as {}\n", kept.display()));
    }
    print::text(&told)?;
    Ok(ExitCode::SUCCESS)
}
