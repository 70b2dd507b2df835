//! The config and its watches: what `check` says, in short.

use std::io::ErrorKind;
use std::path::Path;

use super::finding::{Check, Finding, Group};
use super::reach;
use super::subject::{Reading, Subject};
use crate::cli::{diagnostic, own_tests};
use crate::config::{Config, Level, Problem, Problems, line_column};

const CONFIG: Check = Check(Group::Config, "config");
const WARNINGS: Check = Check(Group::Config, "config-warning");
const TESTS: Check = Check(Group::Config, "watch-tests");
const CONTACT: Check = Check(Group::Config, "contact");

/// Ends of hosts that belong to nobody (RFC 2606).
const EXAMPLES: [&str; 6] = [
    "example.org",
    "example.com",
    "example.net",
    ".example",
    ".invalid",
    ".test",
];

/// All about the config. For people the mistakes themselves are shown on standard error, as `check` shows them.
pub(super) fn look(subject: &Subject, for_people: bool) -> Vec<Finding> {
    match &subject.reading {
        Reading::None(why) => vec![CONFIG.wrong(
            why,
            "`wirewatch init DIR` writes one; `wirewatch --config FILE doctor` looks at another",
        )],
        Reading::Unreadable(path, error) => vec![unreadable(subject, path, error)],
        Reading::Refused(problems) => {
            if for_people {
                eprint!("{}", diagnostic::show_all(problems));
            }
            refused(subject, problems)
        }
        Reading::Config(config) => {
            let mut found = well(config);
            found.extend(reach::of_config(subject, &config.files));
            found
        }
    }
}

fn unreadable(subject: &Subject, path: &Path, error: &std::io::Error) -> Finding {
    let shown = path.display();
    match error.kind() {
        ErrorKind::PermissionDenied => CONFIG
            .skipped(format!("{shown}: this user may not read it"))
            .advise(&subject.as_root),
        ErrorKind::NotFound => CONFIG.wrong(
            format!("{shown}: there is no such file"),
            "`wirewatch init DIR` writes one",
        ),
        _ => CONFIG.wrong(format!("{shown}: {error}"), "look at the file and its disk"),
    }
}

/// What keeps the config from being put in force. What only this user may not read is no mistake.
fn refused(subject: &Subject, problems: &Problems) -> Vec<Finding> {
    let errors = problems.list.iter().filter(|one| one.level == Level::Error);
    errors
        .map(|problem| {
            let about = place_of(problems, problem);
            if is_denied(problem) {
                return CONFIG
                    .skipped(&problem.message)
                    .about(about)
                    .advise(format!("this user may not read it; {}", subject.as_root));
            }
            let usual = "put it right; `wirewatch check` shows the line";
            let advice = problem.help.as_deref().unwrap_or(usual);
            CONFIG.wrong(&problem.message, advice).about(about)
        })
        .collect()
}

fn is_denied(problem: &Problem) -> bool {
    let denied = std::io::Error::from_raw_os_error(rustix::io::Errno::ACCESS.raw_os_error());
    problem.message.ends_with(&denied.to_string())
}

fn place_of(problems: &Problems, problem: &Problem) -> String {
    let file = problem.file.display();
    match problem.at.as_ref().zip(problems.text_of(&problem.file)) {
        Some((at, text)) => {
            let (line, column) = line_column(text, at.start);
            format!("{file}:{line}:{column}")
        }
        None => file.to_string(),
    }
}

fn well(config: &Config) -> Vec<Finding> {
    let mut found = vec![CONFIG.ok(format!(
        "{}: {} feeds, {} watches, {} channels, {} digests",
        config.path.display(),
        config.feeds.len(),
        config.rules.watches.len(),
        config.channels.len(),
        config.digests.len()
    ))];
    let warnings = &config.warnings;
    found.extend(warnings.list.iter().map(|problem| {
        let usual = "`wirewatch check` shows the line";
        let advice = problem.help.as_deref().unwrap_or(usual);
        WARNINGS
            .warning(&problem.message, advice)
            .about(place_of(warnings, problem))
    }));
    found.extend(tests(config));
    found.push(contact(config));
    found
}

fn tests(config: &Config) -> Vec<Finding> {
    let watches = config.rules.watches.iter();
    let all: usize = watches.map(|watch| watch.tests.len()).sum();
    if all == 0 {
        return Vec::new();
    }
    let failures = own_tests::run(config);
    if failures.is_empty() {
        return vec![TESTS.ok(format!("all {all} tests of the watches pass"))];
    }
    let failures = failures.iter().map(|failure| {
        let advice = format!(
            "put the watch or its test right; `wirewatch watch explain {} FILE` shows why",
            failure.watch
        );
        let about = format!("watch.{}", failure.watch);
        TESTS.wrong(failure.to_string(), advice).about(about)
    });
    failures.collect()
}

fn contact(config: &Config) -> Finding {
    const ADVICE: &str = "put your address into [fetch]: contact = \"mailto:you@your-site\"";
    match (&config.fetch.contact, &config.fetch.user_agent) {
        (Some(contact), _) if is_example(contact) => CONTACT.warning(
            format!("the contact {contact} is an example: sites that are polled cannot write to anybody"),
            ADVICE,
        ),
        (Some(contact), _) => CONTACT.ok(format!("sites can write to {contact}")),
        (None, Some(whole)) => CONTACT.ok(format!("the User-Agent is {whole}")),
        (None, None) => CONTACT.warning(
            "no contact: sites that are polled cannot write to anybody, and some refuse such visitors",
            ADVICE,
        ),
    }
}

fn is_example(contact: &str) -> bool {
    let rest = contact.split_once("://").map_or(contact, |(_, rest)| rest);
    let host = rest.rsplit('@').next().unwrap_or(rest);
    let host = host.split(['/', '?', '#', ':']).next().unwrap_or(host);
    let host = host.to_ascii_lowercase();
    EXAMPLES.iter().any(|end| {
        let name = end.trim_start_matches('.');
        host == name || host.ends_with(&format!(".{name}"))
    })
}

#[cfg(test)]
mod tests {
    use super::is_example;

    #[test]
    fn an_example_is_known_and_an_address_is_not() {
        for contact in [
            "mailto:you@example.org",
            "https://news.example.com/about",
            "https://desk.example/?q",
            "mailto:a@EXAMPLE.net",
        ] {
            assert!(is_example(contact), "{contact}");
        }
        for contact in [
            "mailto:ops@desk-example.org",
            "https://bbc.co.uk/",
            "mailto:example.org@desk.id",
        ] {
            assert!(!is_example(contact), "{contact}");
        }
    }
}
