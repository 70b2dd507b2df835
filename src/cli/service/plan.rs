//! What installing and uninstalling are made of.

use std::fmt;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use crate::cli::init;

const UNIT: &str = include_str!("../../../packaging/wirewatch.service");
const ACCOUNT: &str = include_str!("../../../packaging/wirewatch.sysusers");
const CREDENTIALS: &str = include_str!("../../../packaging/debian/credentials/README");

/// Where the packaged unit finds the program.
const PACKAGED_PROGRAM: &str = "/usr/bin/wirewatch";
const PROGRAM: &str = "/usr/local/bin/wirewatch";
const UNIT_PATH: &str = "/etc/systemd/system/wirewatch.service";
const ACCOUNT_PATH: &str = "/etc/sysusers.d/wirewatch.conf";
const CONFIG_DIR: &str = "/etc/wirewatch";
const CONFIG: &str = "/etc/wirewatch/config.toml";
const CREDENTIALS_DIR: &str = "/etc/wirewatch/credentials";
const STATE_DIRS: [&str; 2] = ["/var/lib/wirewatch", "/var/cache/wirewatch"];

/// One step; they are shown before they are done.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    /// Makes a folder with these permissions.
    Folder { path: PathBuf, mode: u32 },
    /// Writes a file with these permissions in place of one that is there.
    Write {
        path: PathBuf,
        text: String,
        mode: u32,
    },
    /// Copies a program in place of one that is there.
    Copy { from: PathBuf, to: PathBuf },
    /// Removes a file.
    Remove(PathBuf),
    /// Deletes a folder and all that is in it.
    Delete(PathBuf),
    /// Runs a command, which must succeed.
    Run(&'static [&'static str]),
    /// The same, whether it succeeds or not.
    Try(&'static [&'static str]),
}

/// What is done, and what is said when it is.
#[derive(Debug)]
pub(super) struct Plan {
    pub steps: Vec<Step>,
    pub done: String,
}

/// A path of the system, or the same one below a folder.
pub(super) fn below(root: Option<&Path>, path: &str) -> PathBuf {
    match root {
        Some(root) => root.join(path.trim_start_matches('/')),
        None => PathBuf::from(path),
    }
}

/// The unit as this program brings it to a path; `None` for a place that neither it nor a package writes to.
pub(in crate::cli) fn installed_unit(path: &str) -> Option<String> {
    match path {
        UNIT_PATH => Some(UNIT.replace(PACKAGED_PROGRAM, PROGRAM)),
        "/usr/lib/systemd/system/wirewatch.service" | "/lib/systemd/system/wirewatch.service" => {
            Some(UNIT.to_owned())
        }
        _ => None,
    }
}

/// Installs `program` below `root`, or on this system and starts it.
pub(super) fn install(program: &Path, root: Option<&Path>) -> Plan {
    let at = |path| below(root, path);
    let write = |path, text: String, mode| Step::Write {
        path: at(path),
        text,
        mode,
    };
    let mut steps = Vec::new();
    // Installed once more by itself: the program is there.
    if program != at(PROGRAM) {
        steps.push(Step::Copy {
            from: program.to_owned(),
            to: at(PROGRAM),
        });
    }
    steps.push(write(
        UNIT_PATH,
        UNIT.replace(PACKAGED_PROGRAM, PROGRAM),
        0o644,
    ));
    steps.push(write(ACCOUNT_PATH, ACCOUNT.to_owned(), 0o644));
    steps.push(Step::Folder {
        path: at(CONFIG_DIR),
        mode: 0o750,
    });
    steps.push(Step::Folder {
        path: at(CREDENTIALS_DIR),
        mode: 0o700,
    });
    steps.push(write(
        "/etc/wirewatch/credentials/README",
        CREDENTIALS.to_owned(),
        0o600,
    ));
    if !at(CONFIG).exists() {
        steps.push(write(CONFIG, init::TEMPLATE.to_owned(), 0o640));
    }
    if root.is_none() {
        steps.extend([
            Step::Run(&["systemd-sysusers", ACCOUNT_PATH]),
            Step::Run(&["chgrp", "wirewatch", CONFIG_DIR, CONFIG]),
            Step::Run(&["systemctl", "daemon-reload"]),
            Step::Run(&["systemctl", "enable", "wirewatch.service"]),
            // Also when an older one runs.
            Step::Run(&["systemctl", "restart", "wirewatch.service"]),
        ]);
    }
    let done = format!(
        "installed. Edit {CONFIG}: the daemon takes it over within a second; `wirewatch service status` says how it is. \
         `usermod -aG wirewatch NAME` lets somebody read alerts"
    );
    Plan { steps, done }
}

/// Takes away what [`install`] brings; with `purge` config and data, too.
pub(super) fn uninstall(purge: bool, root: Option<&Path>) -> Plan {
    let at = |path| below(root, path);
    let mut steps = Vec::new();
    let is_installed = at(UNIT_PATH).exists();
    if is_installed && root.is_none() {
        steps.push(Step::Try(&[
            "systemctl",
            "disable",
            "--now",
            "wirewatch.service",
        ]));
    }
    let files = [UNIT_PATH, ACCOUNT_PATH, PROGRAM].map(at);
    steps.extend(
        files
            .into_iter()
            .filter(|path| path.exists())
            .map(Step::Remove),
    );
    if is_installed && root.is_none() {
        steps.push(Step::Run(&["systemctl", "daemon-reload"]));
    }
    let kept = STATE_DIRS.into_iter().chain([CONFIG_DIR]).map(at);
    let kept: Vec<PathBuf> = kept.filter(|path| path.exists()).collect();
    let done = match purge || kept.is_empty() {
        true => "removed".to_owned(),
        false => format!(
            "removed; what was collected stays in {} and the config in {CONFIG_DIR}",
            STATE_DIRS[0]
        ),
    };
    if purge {
        steps.extend(kept.into_iter().map(Step::Delete));
    }
    Plan { steps, done }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder { path, mode } => write!(f, "make    {}/ (mode {mode:o})", path.display()),
            Self::Write { path, mode, .. } => {
                write!(f, "write   {} (mode {mode:o})", path.display())
            }
            Self::Copy { from, to } => write!(f, "copy    {} to {}", from.display(), to.display()),
            Self::Remove(path) => write!(f, "remove  {}", path.display()),
            Self::Delete(path) => write!(f, "delete  {}/ and all that is in it", path.display()),
            Self::Run(command) | Self::Try(command) => write!(f, "run     {}", command.join(" ")),
        }
    }
}

impl Step {
    /// Does it.
    ///
    /// # Errors
    /// What could not be done; steps before it stay done, and doing all again is harmless.
    pub(super) fn carry_out(&self) -> anyhow::Result<()> {
        self.attempt().with_context(|| {
            let who = match rustix::process::geteuid().is_root() {
                true => "",
                false => " (root may do it: try with sudo)",
            };
            format!("this could not be done{who}: {self}")
        })
    }

    fn attempt(&self) -> anyhow::Result<()> {
        match self {
            Self::Folder { path, mode } => {
                fs::create_dir_all(path)?;
                fs::set_permissions(path, fs::Permissions::from_mode(*mode))?;
            }
            Self::Write { path, text, mode } => put(path, *mode, |new| fs::write(new, text))?,
            Self::Copy { from, to } => put(to, 0o755, |new| fs::copy(from, new).map(|_| ()))?,
            Self::Remove(path) => fs::remove_file(path)?,
            Self::Delete(path) => fs::remove_dir_all(path)?,
            Self::Run(command) => {
                let status = start(command)?;
                if !status.success() {
                    bail!("{status}");
                }
            }
            Self::Try(command) => {
                start(command)?;
            }
        }
        Ok(())
    }
}

/// Makes a file beside the place and moves it there: a program that runs is not written to.
fn put(path: &Path, mode: u32, make: impl Fn(&Path) -> std::io::Result<()>) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let new = PathBuf::from(name);
    make(&new)?;
    fs::set_permissions(&new, fs::Permissions::from_mode(mode))?;
    fs::rename(&new, path)
}

fn start(command: &[&str]) -> std::io::Result<std::process::ExitStatus> {
    let (program, arguments) = command.split_first().expect("every command has a program");
    Command::new(program).args(arguments).status()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carried_out(plan: &Plan) {
        plan.steps
            .iter()
            .try_for_each(Step::carry_out)
            .expect("the steps are done");
    }

    #[test]
    fn an_image_gets_everything_and_loses_it_again_but_for_config_and_data() {
        let dir = tempfile::tempdir().expect("a folder");
        let root = Some(dir.path());
        let program = dir.path().join("built");
        fs::write(&program, "a program").expect("it is written");
        carried_out(&install(&program, root));
        let unit = fs::read_to_string(below(root, UNIT_PATH)).expect("the unit");
        assert!(
            unit.contains("ExecStart=/usr/local/bin/wirewatch "),
            "{unit}"
        );
        assert!(!unit.contains("=/usr/bin/wirewatch"), "{unit}");
        let mode = |path| {
            fs::metadata(below(root, path))
                .expect(path)
                .permissions()
                .mode()
                & 0o777
        };
        assert_eq!(mode(PROGRAM), 0o755);
        assert_eq!(mode(CONFIG), 0o640);
        assert_eq!(mode(CREDENTIALS_DIR), 0o700);

        // What the user has changed stays.
        fs::write(below(root, CONFIG), "# mine").expect("it is edited");
        carried_out(&install(&program, root));
        assert_eq!(
            fs::read_to_string(below(root, CONFIG)).expect("the config"),
            "# mine"
        );

        let state = below(root, STATE_DIRS[0]);
        fs::create_dir_all(&state).expect("the state");
        carried_out(&uninstall(false, root));
        assert!(!below(root, UNIT_PATH).exists() && !below(root, PROGRAM).exists());
        assert!(below(root, CONFIG).exists() && state.exists());
        carried_out(&uninstall(true, root));
        assert!(!below(root, CONFIG_DIR).exists() && !state.exists());
        assert_eq!(uninstall(true, root).steps, Vec::new());
    }
}
