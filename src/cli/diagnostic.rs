//! Shows a mistake where it stands: file:line:column, the line, a mark under it, and how to put it right.

use std::ops::Range;

use crate::config::{Level, Problem, Problems};
use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource, Report,
};

/// Width that help is wrapped at.
const WIDTH: usize = 100;

/// Renders a mistake at bytes `at` of `text`, the text of `file`. Plain text without colours, ending
/// with a newline.
#[must_use]
pub fn show(file: &str, text: &str, at: Range<usize>, message: &str, help: Option<&str>) -> String {
    let start = text.floor_char_boundary(at.start.min(text.len()));
    let end = text.ceil_char_boundary(at.end.clamp(start, text.len()));
    let mut diagnostic =
        MietteDiagnostic::new(message).with_label(LabeledSpan::new(None, start, end - start));
    diagnostic.help = help.map(str::to_owned);
    let report = Report::new(diagnostic).with_source_code(NamedSource::new(file, text.to_owned()));
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor())
        .with_width(WIDTH)
        .with_context_lines(1);
    let mut rendered = String::new();
    match handler.render_report(&mut rendered, report.as_ref()) {
        Ok(()) => rendered,
        // The handler cannot show a place; the words must not be lost with it.
        Err(_) => format!("{file}: {message}\n"),
    }
}

/// Renders all problems of a config, errors and warnings, in file order.
#[must_use]
pub fn show_all(problems: &Problems) -> String {
    problems
        .list
        .iter()
        .map(|problem| show_problem(problems, problem))
        .collect()
}

fn show_problem(problems: &Problems, problem: &Problem) -> String {
    let level = match problem.level {
        Level::Error => "error",
        Level::Warning => "warning",
    };
    let message = format!("{level}: {}", problem.message);
    let file = problem.file.display().to_string();
    match (&problem.at, problems.text_of(&problem.file)) {
        (Some(at), Some(text)) => show(&file, text, at.clone(), &message, problem.help.as_deref()),
        _ => {
            let help = problem
                .help
                .as_ref()
                .map(|help| format!("  help: {help}\n"));
            format!("{file}: {message}\n{}", help.unwrap_or_default())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_place_line_mark_and_help() {
        let text = "[watch.a]\nmatch = 'country:China'\n";
        let at = text.find("country").unwrap()..text.find("'\n").unwrap();
        let shown = show(
            "a.toml",
            text,
            at,
            "not a code",
            Some("China is `country:CN`"),
        );
        for part in [
            "a.toml:2:10",
            "match = 'country:China'",
            "not a code",
            "help: China is",
        ] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
    }

    #[test]
    fn any_range_is_shown() {
        let backwards = Range { start: 5, end: 2 };
        for at in [0..0, backwards, 90..100, 1..2] {
            let shown = show("ä", "äöü\n", at, "message", None);
            assert!(shown.contains("message"), "{shown}");
        }
    }
}
