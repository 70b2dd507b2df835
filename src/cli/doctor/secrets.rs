//! Secrets: there, readable for who needs them, and for nobody else.

use std::fs::{self, Metadata};
use std::io::ErrorKind;
use std::path::Path;

use super::account::{READ, mode};
use super::finding::{Check, Finding, Group};
use super::subject::Subject;
use crate::cli::damage::quoted;
use crate::cli::{CREDENTIALS, environment};
use crate::config::{SecretPlace, SecretSource};

const FILE: Check = Check(Group::Secrets, "secret-file");
const INLINE: Check = Check(Group::Secrets, "secret-in-config");
const CREDENTIAL: Check = Check(Group::Secrets, "credential");
const VARIABLE: Check = Check(Group::Secrets, "secret-variable");

/// Where the packaged unit takes the secrets from, and what it puts before their names (`LoadCredential=secret:...`).
const SOURCES: &str = "/etc/wirewatch/credentials";
const PREFIX: &str = "secret_";

/// All about secrets.
pub(super) fn look(subject: &Subject) -> Vec<Finding> {
    let places = subject.secrets();
    if places.is_empty() {
        return match subject.config() {
            Some(_) => vec![FILE.ok("the config names no secret")],
            None => vec![FILE.skipped("the config could not be read to its end")],
        };
    }
    let mut found: Vec<Finding> = Vec::new();
    for place in &places {
        found.extend(match &place.source {
            SecretSource::Inline => inline(place),
            SecretSource::File(path) => vec![file(subject, place, path)],
            SecretSource::Credential(name) => vec![credential(subject, name)],
            SecretSource::Variable(name) => vec![variable(subject, place, name)],
        });
    }
    found.dedup();
    found
}

/// Written in the config: who reads that reads the secret.
fn inline(place: &SecretPlace) -> Vec<Finding> {
    let Ok(about) = fs::metadata(&place.file) else {
        return Vec::new();
    };
    let shown = format!("{}:{}", place.file.display(), place.line);
    let key = format!("`{}` of [{}]", place.key, place.table);
    vec![match mode(&about) & 0o007 {
        0 => INLINE
            .ok(format!("{key} stands in the config, which not everybody may read"))
            .about(shown),
        _ => INLINE
            .wrong(
                format!(
                    "{key} stands in the config, which everybody on this machine may read (mode {:o})",
                    mode(&about)
                ),
                format!(
                    "chmod o-rwx {}    # or put the secret into a file: `{}_file`",
                    quoted(&place.file),
                    place.key
                ),
            )
            .about(shown),
    }]
}

fn file(subject: &Subject, place: &SecretPlace, path: &Path) -> Finding {
    let shown = path.display().to_string();
    let named = format!("named by `{}` of [{}]", place.key, place.table);
    let about = match fs::metadata(path) {
        Ok(about) => about,
        Err(error) => return missing(subject, &named, &error, path).about(shown),
    };
    if let Some(account) = subject.runs_as()
        && !account.may(READ, &about)
    {
        let advice = format!(
            "hand it over by systemd (docs/operating.md), or: chown {} {}",
            account.name,
            quoted(path)
        );
        let why = format!("the service ({}) may not read it; {named}", account.name);
        return FILE.wrong(why, advice).about(shown);
    }
    judged(&about, &named, path).about(shown)
}

fn missing(subject: &Subject, named: &str, error: &std::io::Error, path: &Path) -> Finding {
    match error.kind() {
        ErrorKind::PermissionDenied if !subject.is_root => FILE
            .skipped(format!("{} may not look there; {named}", subject.user))
            .advise(&subject.as_root),
        ErrorKind::NotFound => FILE.wrong(
            format!("there is no such file; {named}"),
            format!(
                "write the secret there: install -m 600 /dev/stdin {}",
                quoted(path)
            ),
        ),
        _ => FILE.wrong(
            format!("{error}; {named}"),
            "look at the file and its folder",
        ),
    }
}

/// By the mode alone.
fn judged(about: &Metadata, named: &str, path: &Path) -> Finding {
    let mode = mode(about);
    let chmod = format!("chmod 600 {}", quoted(path));
    if !about.is_file() {
        return FILE.wrong(
            format!("it is no file; {named}"),
            "name a file that holds the secret",
        );
    }
    if about.len() == 0 {
        return FILE.wrong(format!("it is empty; {named}"), "write the secret into it");
    }
    if mode & 0o007 != 0 {
        return FILE.wrong(
            format!("everybody on this machine may read it (mode {mode:o}); {named}"),
            chmod,
        );
    }
    if mode & 0o070 != 0 {
        return FILE.warning(
            format!("its group may read it (mode {mode:o}); {named}"),
            chmod,
        );
    }
    FILE.ok(format!("only its owner may read it; {named}"))
}

/// In the environment: that of the service is another one than that of a shell.
fn variable(subject: &Subject, place: &SecretPlace, name: &str) -> Finding {
    let named = format!("named by `{}` of [{}]", place.key, place.table);
    let found = match (environment(name), subject.runs_as()) {
        (Some(_), _) => VARIABLE.ok(format!("it is set; {named}")),
        (None, Some(_)) => VARIABLE.skipped(format!(
            "it is not set here, and the service has an environment of its own; {named}"
        )),
        (None, None) => VARIABLE.wrong(
            format!("it is not set; {named}"),
            format!("export {name}=... where wirewatch is started; a unit has Environment= and EnvironmentFile="),
        ),
    };
    found.about(name)
}

/// Handed over by systemd: looked at where the service has it, else where the unit takes it from.
fn credential(subject: &Subject, name: &str) -> Finding {
    let about = |finding: Finding| finding.about(name);
    if let Some(folder) = environment(CREDENTIALS) {
        return about(match fs::metadata(Path::new(&folder).join(name)) {
            Ok(_) => CREDENTIAL.ok("systemd hands it over"),
            Err(error) => CREDENTIAL.wrong(
                format!("the running service does not have it: {error}"),
                format!("{}; then: systemctl restart wirewatch", put(name)),
            ),
        });
    }
    let Some(source) = name.strip_prefix(PREFIX) else {
        return about(CREDENTIAL.skipped(
            "the service does not run, and its unit says where this comes from (LoadCredential=)",
        ));
    };
    let path = Path::new(SOURCES).join(source);
    about(match fs::metadata(&path) {
        Ok(file) if mode(&file) & 0o077 != 0 => CREDENTIAL.wrong(
            format!(
                "others than root may read {} (mode {:o})",
                path.display(),
                mode(&file)
            ),
            format!("chmod 600 {}", quoted(&path)),
        ),
        Ok(_) => CREDENTIAL.ok(format!(
            "{} is there; the service is handed it when it starts",
            path.display()
        )),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => CREDENTIAL
            .skipped(format!("{} may not look into {SOURCES}", subject.user))
            .advise(&subject.as_root),
        Err(error) => CREDENTIAL.wrong(format!("{}: {error}", path.display()), put(name)),
    })
}

fn put(name: &str) -> String {
    let source = name.strip_prefix(PREFIX).unwrap_or(name);
    format!("write the secret: sudo install -m 600 /dev/stdin {SOURCES}/{source}")
}
