//! Plain text: 72 columns, for terminals and as the text part of a mail.

use unicode_width::UnicodeWidthStr;

use crate::model::{AlertKind, AlertView, Correction, Digest, Message};

use super::diff::{DiffPiece, Fate};
use super::health::TroubleBlock;
use super::html::digest_page;
use super::item::Item;
use super::marks::{
    self, ADDED_BEGIN, ADDED_END, GLUE, GONE_BEGIN, GONE_END, MARK_BEGIN, MARK_END,
};
use super::overview::{LastLine, TrendLine};
use super::page::{Limits, Miss, Page};
use super::quote::Quote;
use super::sources::ArticleLine;
use super::wrap::wrap;

/// How text is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextStyle {
    /// ANSI colours; for terminals only.
    pub colour: bool,
    /// Columns.
    pub width: usize,
}

impl Default for TextStyle {
    fn default() -> Self {
        Self {
            colour: false,
            width: 72,
        }
    }
}

/// Columns up to which changed words are kept on one line.
const GLUED_COLUMNS: usize = 24;
/// Between two commands.
const BETWEEN: &str = " · ";
const BOLD: &str = "1";
const DIM: &str = "2";

impl TextStyle {
    fn paint(&self, code: &str, text: &str) -> String {
        if self.colour {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

/// A message of any sort as text.
#[must_use]
pub fn message_text(message: &Message, kind: AlertKind, style: &TextStyle) -> String {
    page_text(&Page::of_message(message, kind, Limits::USUAL), style)
}

/// An alert as text; times are UTC.
#[must_use]
pub fn alert_text(
    alert: &AlertView,
    kind: AlertKind,
    correction: Option<&Correction>,
    style: &TextStyle,
) -> String {
    let page = Page::of_alert(alert, kind, correction, Limits::USUAL);
    page_text(&page, style)
}

/// A digest as text; times are in the digest's zone.
#[must_use]
pub fn digest_text(digest: &Digest, style: &TextStyle) -> String {
    page_text(&digest_page(digest), style)
}

fn page_text(page: &Page, style: &TextStyle) -> String {
    let mut out = Lines {
        style,
        text: String::new(),
    };
    out.painted(BOLD, &format!("wirewatch: {}", page.heading), 0);
    for line in &page.head {
        out.plain(line, 0);
    }
    if let Some(LastLine { what, title, .. }) = &page.last {
        out.plain(&format!("{what}: {title}"), 0);
    }
    for (place, item) in page.items.iter().enumerate() {
        // A single alert follows its heading; stories of a list are set apart.
        if page.numbered {
            out.blank();
        }
        out.item(item, page.numbered.then_some(place + 1));
    }
    for block in &page.troubles {
        out.blank();
        out.trouble(block);
    }
    out.rest(page);
    out.near_misses(&page.near_misses);
    if !page.health.is_empty() {
        out.blank();
    }
    for line in &page.health {
        out.plain(line, 0);
    }
    out.text
}

struct Lines<'a> {
    style: &'a TextStyle,
    text: String,
}

impl Lines<'_> {
    fn blank(&mut self) {
        self.text.push('\n');
    }

    fn plain(&mut self, text: &str, indent: usize) {
        for line in wrap(text, indent, self.style.width) {
            self.text.push_str(&marks::shown(&line, self.style));
            self.text.push('\n');
        }
    }

    fn painted(&mut self, code: &str, text: &str, indent: usize) {
        for line in wrap(text, indent, self.style.width) {
            let (space, words) = line.split_at(indent);
            self.text.push_str(space);
            self.text.push_str(&self.style.paint(code, words));
            self.text.push('\n');
        }
    }

    fn item(&mut self, item: &Item, number: Option<usize>) {
        let number = number.map(|n| format!("{n}. ")).unwrap_or_default();
        let head = format!(
            "{number}{} [{}] {} {}",
            item.label, item.severity, item.id, item.languages
        );
        self.painted(colour_of(item.severity), head.trim_end(), 0);
        self.painted(BOLD, &item.title, 3);
        self.plain(&item.seen, 3);
        self.plain(&item.news, 3);
        for change in &item.corrections {
            let pieces: String = change.pieces.iter().map(piece).collect();
            self.plain(&format!("{}: {pieces}", change.what), 3);
        }
        for article in &item.articles {
            self.article(article, &item.title);
        }
        if !item.more.is_empty() {
            self.plain(&item.more, 3);
        }
        self.plain(&format!("Why: {}", item.why), 3);
        for quote in &item.quotes {
            self.quote(quote);
        }
        if let Some(trend) = &item.trend {
            let TrendLine {
                of, bars, words, ..
            } = trend;
            self.plain(&format!("{of}: {bars} {words}"), 3);
        }
        self.commands(&item.commands);
    }

    /// Each on one line, so that it can be copied; two short ones share a line.
    fn commands(&mut self, commands: &[String]) {
        let mut line = String::new();
        for command in commands {
            let wanted = line.width() + BETWEEN.width() + command.width() + 3;
            if !line.is_empty() && wanted > self.style.width {
                self.painted(DIM, &line, 3);
                line.clear();
            }
            if !line.is_empty() {
                line.push_str(BETWEEN);
            }
            line.push_str(command);
        }
        self.painted(DIM, &line, 3);
    }

    fn article(&mut self, article: &ArticleLine, headline: &str) {
        let first = if article.first { " (first)" } else { "" };
        let lang = match article.lang.as_str() {
            "" => "",
            lang => &format!(" {lang}"),
        };
        self.plain(
            &format!("- {}{lang} {}{first}", article.time, article.source),
            3,
        );
        if article.title != headline {
            self.plain(&article.title, 5);
        }
        if !article.url.is_empty() {
            self.painted(DIM, &article.url, 5);
        }
        if !article.copies.is_empty() {
            self.plain(&article.copies, 5);
        }
    }

    fn quote(&mut self, quote: &Quote) {
        let sentence: String = quote
            .pieces
            .iter()
            .map(|piece| match piece.marked {
                true => format!("{MARK_BEGIN}{}{MARK_END}", piece.text),
                false => piece.text.clone(),
            })
            .collect();
        self.plain(&format!("\"{}\" ({})", sentence.trim(), quote.place), 5);
        if !quote.hows.is_empty() {
            self.plain(&quote.hows.join("; "), 7);
        }
    }

    fn trouble(&mut self, block: &TroubleBlock) {
        self.painted(BOLD, &format!("{}: {}", block.label, block.title), 0);
        self.plain(&block.since, 3);
        if !block.why.is_empty() {
            self.plain(&block.why, 3);
        }
        for feed in &block.feeds {
            self.painted(DIM, &format!("- {}", feed.url), 3);
            self.plain(&feed.why, 5);
        }
        for line in [&block.more, &block.advice] {
            self.plain(line, 3);
        }
    }

    fn rest(&mut self, page: &Page) {
        if page.rest.is_empty() {
            return;
        }
        self.blank();
        self.painted(BOLD, "Further stories", 0);
        for line in &page.rest {
            let head = format!(
                "{} [{}] {} {}",
                line.label, line.severity, line.id, line.lang
            );
            self.plain(&format!("- {} {}", head.trim_end(), line.title), 0);
            self.painted(DIM, &line.url, 2);
        }
        if page.more > 0 {
            self.plain(&format!("and {} more: wirewatch alert list", page.more), 0);
        }
    }

    fn near_misses(&mut self, misses: &[Miss]) {
        if misses.is_empty() {
            return;
        }
        self.blank();
        self.painted(BOLD, "Near misses", 0);
        for miss in misses {
            self.plain(&format!("- {} {}", miss.lang, miss.title), 0);
            self.painted(DIM, &miss.url, 2);
            self.plain(&format!("watch {}: {}", miss.watch, miss.why), 2);
        }
    }
}

/// A piece of a change between its signs.
fn piece(piece: &DiffPiece) -> String {
    let text = &piece.text;
    if piece.fate == Fate::Same {
        return text.clone();
    }
    // A few words that changed are read at a glance when they stand on one line.
    let text = match text.width() <= GLUED_COLUMNS {
        true => text.replace(' ', &GLUE.to_string()),
        false => text.clone(),
    };
    match piece.fate {
        Fate::Same => text,
        Fate::Gone => format!("{GONE_BEGIN}{text}{GONE_END}"),
        Fate::Added => format!("{ADDED_BEGIN}{text}{ADDED_END}"),
    }
}

fn colour_of(severity: &str) -> &'static str {
    match severity {
        "critical" => "1;31",
        "high" => "1;33",
        "medium" => "1;36",
        _ => BOLD,
    }
}
