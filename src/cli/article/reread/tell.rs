//! What `article reread` says: a bar on a terminal, what changed, and the numbers.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use serde_json::json;
use similar::TextDiff;

use crate::cli::print;
use crate::model::Article;
use crate::pipeline::read::Reread;

/// Lines shown around a difference.
const AROUND: usize = 2;

/// Longest search for the shortest differences of one article; after that they are merely right.
const DIFF_TIME_MAX: Duration = Duration::from_secs(1);

/// How many articles went which way.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(super) struct Counts {
    looked_at: u64,
    changed: u64,
    unchanged: u64,
    #[serde(rename = "no_page_kept")]
    pub(super) not_kept: u64,
    busy: u64,
    pub(super) failed: u64,
}

/// Says it.
pub(super) struct Teller {
    as_json: bool,
    dry: bool,
    counts: Counts,
    bar: ProgressBar,
}

impl Teller {
    pub(super) fn new(as_json: bool, dry: bool) -> Self {
        Self {
            as_json,
            dry,
            counts: Counts::default(),
            bar: ProgressBar::hidden(),
        }
    }

    /// Begins with so many articles ahead.
    pub(super) fn begin(&mut self, articles: u64) {
        if std::io::stderr().is_terminal() {
            let style = ProgressStyle::with_template("articles {bar:40} {pos}/{len} {msg}, {eta}")
                .unwrap_or_else(|_| ProgressStyle::default_bar());
            self.bar = ProgressBar::new(articles).with_style(style);
        }
    }

    /// So many of them are not meant.
    pub(super) fn pass_over(&self, articles: u64) {
        self.bar.inc(articles);
    }

    /// Tells of one article.
    pub(super) fn tell(&mut self, url: &str, read: Reread) -> anyhow::Result<()> {
        let counts = &mut self.counts;
        counts.looked_at += 1;
        match &read {
            Reread::Unchanged => counts.unchanged += 1,
            Reread::NotKept => counts.not_kept += 1,
            Reread::Busy => counts.busy += 1,
            Reread::Changed { .. } => counts.changed += 1,
            Reread::Failed(_) => counts.failed += 1,
        }
        self.bar.inc(1);
        self.bar.set_message(format!(
            "{} changed, {} failed",
            counts.changed, counts.failed
        ));
        let told = match read {
            Reread::Changed { before, after } => self.changed(url, &before, &after),
            Reread::Failed(why) => self.failed(url, &why),
            _ => Ok(()),
        };
        if told.is_err() {
            self.bar.finish_and_clear();
        }
        told
    }

    /// The numbers.
    pub(super) fn end(&self) -> anyhow::Result<Counts> {
        self.bar.finish_and_clear();
        let counts = self.counts;
        if self.as_json {
            let mut line = serde_json::to_value(counts)?;
            line["dry_run"] = json!(self.dry);
            print::json_lines(&[line])?;
            return Ok(counts);
        }
        let busy = match counts.busy {
            0 => String::new(),
            busy => format!(", {busy} waiting to be read or judged"),
        };
        let dry = if self.dry {
            " (nothing was written)"
        } else {
            ""
        };
        print::text(&format!(
            "looked at {}, changed {}, unchanged {}, no page kept {}{busy}, failed {}{dry}\n",
            counts.looked_at, counts.changed, counts.unchanged, counts.not_kept, counts.failed
        ))?;
        Ok(counts)
    }

    fn changed(&self, url: &str, before: &Article, after: &Article) -> anyhow::Result<()> {
        if self.as_json {
            let diff = self.dry.then(|| differences(before, after));
            let line = json!({ "url": url, "result": "changed", "diff": diff });
            return self.bar.suspend(|| print::json_lines(&[line]));
        }
        if !self.dry {
            return Ok(());
        }
        let out = coloured(url, &differences(before, after), print::colour());
        self.bar.suspend(|| print::text(&out))
    }

    fn failed(&self, url: &str, why: &str) -> anyhow::Result<()> {
        if self.as_json {
            let line = json!({ "url": url, "result": "failed", "why": why });
            return self.bar.suspend(|| print::json_lines(&[line]));
        }
        self.bar
            .suspend(|| eprintln!("failed: {}: {}", print::safe(url), print::safe(why)));
        Ok(())
    }
}

/// Unified differences of headline and body, line by line.
fn differences(before: &Article, after: &Article) -> String {
    let text = |article: &Article| format!("{}\n\n{}\n", article.title, article.body);
    let (before, after) = (text(before), text(after));
    TextDiff::configure()
        .timeout(DIFF_TIME_MAX)
        .diff_lines(&before, &after)
        .unified_diff()
        .context_radius(AROUND)
        .header("stored", "reread")
        .to_string()
}

/// The differences for a terminal.
fn coloured(url: &str, differences: &str, colour: bool) -> String {
    let mut out = format!("{}\n", print::safe(url));
    for line in differences.lines() {
        let mark = line.chars().next().filter(char::is_ascii).unwrap_or(' ');
        let rest = print::safe(line.get(1..).unwrap_or_default());
        let paint = match mark {
            '+' => "\u{1b}[32m",
            '-' => "\u{1b}[31m",
            '@' => "\u{1b}[36m",
            _ => "",
        };
        out.push_str(&match colour && !paint.is_empty() {
            true => format!("{paint}{mark}{rest}\u{1b}[0m\n"),
            false => format!("{mark}{rest}\n"),
        });
    }
    out.push('\n');
    out
}
