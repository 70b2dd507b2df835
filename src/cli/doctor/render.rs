//! The findings for people: grouped, one line each, with what to do below.

use super::finding::{Finding, State};
use crate::cli::print;

/// Below the mark.
const INDENT: &str = "           ";

/// The page; it ends with the sum.
pub(super) fn page(findings: &[Finding], colour: bool) -> String {
    let mut out = String::new();
    let mut group = None;
    for finding in findings {
        if group != Some(finding.group) {
            if group.is_some() {
                out.push('\n');
            }
            group = Some(finding.group);
            out.push_str(&format!("{}\n", finding.group.title()));
        }
        out.push_str(&line(finding, colour));
    }
    out + &format!("\n{}\n", sum(findings))
}

fn line(finding: &Finding, colour: bool) -> String {
    let about = finding.about.as_deref();
    let about = about.map_or_else(String::new, |about| format!("{}: ", print::safe(about)));
    let mut out = format!(
        "  {} {about}{}\n",
        mark(finding.state, colour),
        print::safe(&finding.message)
    );
    if let Some(advice) = &finding.advice {
        out.push_str(&format!("{INDENT}-> {}\n", print::safe(advice)));
    }
    out
}

fn mark(state: State, colour: bool) -> String {
    let (word, code) = match state {
        State::Ok => ("ok", 32),
        State::Skipped => ("skipped", 2),
        State::Warning => ("warning", 33),
        State::Wrong => ("wrong", 31),
    };
    match colour {
        true => format!("\x1b[{code}m{word:8}\x1b[0m"),
        false => format!("{word:8}"),
    }
}

fn sum(findings: &[Finding]) -> String {
    let count = |state: State| findings.iter().filter(|one| one.state == state).count();
    let (wrong, warnings) = (count(State::Wrong), count(State::Warning));
    let head = match wrong {
        0 => "nothing is wrong".to_owned(),
        1 => "1 thing is wrong".to_owned(),
        many => format!("{many} things are wrong"),
    };
    let warnings = match warnings {
        1 => "1 warning".to_owned(),
        many => format!("{many} warnings"),
    };
    let (well, skipped) = (count(State::Ok), count(State::Skipped));
    format!("{head}; {warnings}, {well} well, {skipped} skipped")
}

#[cfg(test)]
mod tests {
    use super::super::finding::{Check, Group};
    use super::*;

    #[test]
    fn findings_are_grouped_with_what_to_do_and_a_sum() {
        let findings = [
            Check(Group::Config, "config").ok("a config"),
            Check(Group::Secrets, "secret-file")
                .wrong("everybody\x1b may read it", "chmod 600 x")
                .about("x"),
            Check(Group::Secrets, "credentials").skipped("none"),
        ];
        let page = page(&findings, false);
        assert_eq!(
            page,
            "Config\n  ok       a config\n\nSecrets\n  wrong    x: everybody may read it\n           -> chmod 600 x\n  \
             skipped  none\n\n1 thing is wrong; 0 warnings, 1 well, 1 skipped\n"
        );
    }
}
