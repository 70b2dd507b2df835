//! Markdown (CommonMark); everything foreign is escaped, raw HTML included.

use crate::model::{AlertKind, AlertView, Correction, Digest, Message};

use super::diff::{DiffPiece, Fate};
use super::health::TroubleBlock;
use super::html::digest_page;
use super::item::Item;
use super::overview::{LastLine, TrendLine};
use super::page::{Limits, Page};
use super::quote::Quote;

/// A message of any sort as Markdown.
#[must_use]
pub fn message_markdown(message: &Message, kind: AlertKind) -> String {
    page_markdown(&Page::of_message(message, kind, Limits::USUAL))
}

/// An alert as Markdown; times are UTC.
#[must_use]
pub fn alert_markdown(
    alert: &AlertView,
    kind: AlertKind,
    correction: Option<&Correction>,
) -> String {
    page_markdown(&Page::of_alert(alert, kind, correction, Limits::USUAL))
}

/// A digest as Markdown; times are in the digest's zone.
#[must_use]
pub fn digest_markdown(digest: &Digest) -> String {
    page_markdown(&digest_page(digest))
}

fn page_markdown(page: &Page) -> String {
    let mut out = vec![format!("# {}", escape(&page.heading))];
    out.extend(page.head.iter().map(|line| escape(line)));
    if let Some(LastLine { what, title, .. }) = &page.last {
        out.push(format!("{}: {}", escape(what), escape(title)));
    }
    out.extend(page.items.iter().map(item));
    out.extend(page.troubles.iter().map(trouble));
    if !page.rest.is_empty() {
        out.push("## Further stories".to_owned());
        let mut lines: Vec<String> = page
            .rest
            .iter()
            .map(|line| {
                let title = link(&line.title, &line.url);
                let note = format!("{} {}", line.severity, line.id);
                format!("- {}: {title} ({})", line.label, escape(&note))
            })
            .collect();
        if page.more > 0 {
            lines.push(format!("- and {} more: `wirewatch alert list`", page.more));
        }
        out.push(lines.join("\n"));
    }
    if !page.near_misses.is_empty() {
        out.push("## Near misses".to_owned());
        let misses = page.near_misses.iter().map(|miss| {
            let title = link(&miss.title, &miss.url);
            format!(
                "- {title}: watch {}: {}",
                escape(&miss.watch),
                escape(&miss.why)
            )
        });
        out.push(misses.collect::<Vec<_>>().join("\n"));
    }
    if !page.health.is_empty() {
        let lines: Vec<String> = page.health.iter().map(|line| escape(line)).collect();
        out.push(lines.join("  \n"));
    }
    out.join("\n\n") + "\n"
}

fn trouble(block: &TroubleBlock) -> String {
    let mut out = vec![format!("## {}: {}", block.label, escape(&block.title))];
    let facts = [&block.since, &block.why];
    let facts = facts.into_iter().filter(|line| !line.is_empty());
    out.push(
        facts
            .map(|line| escape(line))
            .collect::<Vec<_>>()
            .join("  \n"),
    );
    let feeds = block.feeds.iter().map(|feed| match feed.why.as_str() {
        "" => format!("- {}", link(&feed.url, &feed.url)),
        why => format!("- {}: {}", link(&feed.url, &feed.url), escape(why)),
    });
    let mut feeds: Vec<String> = feeds.collect();
    if !block.more.is_empty() {
        feeds.push(format!("- {}", escape(&block.more)));
    }
    out.push(feeds.join("\n"));
    if !block.advice.is_empty() {
        out.push(escape(&block.advice));
    }
    out.join("\n\n")
}

fn item(item: &Item) -> String {
    let mut out = vec![format!(
        "## {}: {}",
        item.label,
        link(&item.title, &item.url)
    )];
    let facts = format!(
        "{} · {} · {} · {}",
        item.severity, item.id, item.languages, item.seen
    );
    out.push(escape(&facts));
    if !item.news.is_empty() {
        out.push(escape(&item.news));
    }
    let changes = item
        .corrections
        .iter()
        .map(|change| format!("- {}: {}", change.what, pieces(&change.pieces)));
    let changes: Vec<String> = changes.collect();
    if !changes.is_empty() {
        out.push(changes.join("\n"));
    }
    out.push(articles(item));
    out.push(format!("Why: {}", escape(&item.why)));
    out.extend(item.quotes.iter().map(quote));
    if let Some(TrendLine {
        of, bars, words, ..
    }) = &item.trend
    {
        out.push(format!("{}: {bars} {}", escape(of), escape(words)));
    }
    let commands = item.commands.iter().map(|command| format!("`{command}`"));
    out.push(commands.collect::<Vec<_>>().join(" · "));
    out.join("\n\n")
}

/// A change: what is gone is struck out, what came is strong.
fn pieces(pieces: &[DiffPiece]) -> String {
    let mut out = String::new();
    for (place, piece) in pieces.iter().enumerate() {
        let text = escape(&piece.text);
        match piece.fate {
            Fate::Same => out.push_str(&text),
            Fate::Gone => out.push_str(&format!("~~{text}~~")),
            Fate::Added => {
                if place > 0 && pieces[place - 1].fate == Fate::Gone {
                    out.push(' ');
                }
                out.push_str(&format!("**{text}**"));
            }
        }
    }
    out
}

fn articles(item: &Item) -> String {
    let mut lines: Vec<String> = item
        .articles
        .iter()
        .map(|article| {
            let mut line = format!(
                "- {} {} {}: {}",
                escape(&article.time),
                escape(&article.lang),
                escape(&article.source),
                link(&article.title, &article.url)
            );
            if article.first {
                line.push_str(" (first)");
            }
            if !article.copies.is_empty() {
                line.push_str(&format!(", {}", escape(&article.copies)));
            }
            line
        })
        .collect();
    if !item.more.is_empty() {
        lines.push(format!("- {}", item.more));
    }
    lines.join("\n")
}

fn quote(quote: &Quote) -> String {
    let sentence: String = quote
        .pieces
        .iter()
        .map(|piece| {
            let text = escape(&piece.text);
            // Emphasis does not open before or close behind white space.
            let inner = text.trim();
            if piece.marked && !inner.is_empty() {
                text.replacen(inner, &format!("**{inner}**"), 1)
            } else {
                text
            }
        })
        .collect();
    let mut lines = format!("> {} ({})", sentence.trim(), quote.place);
    if !quote.hows.is_empty() {
        lines.push_str(&format!("\n>\n> {}", escape(&quote.hows.join("; "))));
    }
    lines
}

/// A link, when the address is of the web and can stand in angle brackets; else the words alone.
fn link(words: &str, url: &str) -> String {
    let words = match words {
        "" => escape(url),
        words => escape(words),
    };
    let web = url.starts_with("https://") || url.starts_with("http://");
    if web && !url.contains(['<', '>', '\\', ' ']) {
        format!("[{words}](<{url}>)")
    } else {
        words
    }
}

/// Backslash before everything that Markdown could take for itself; `@` and `:` too, so that chat
/// programs make no mention and no bare link of it.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut at_begin = true;
    for c in text.chars() {
        let always = "\\`*_[]<>&~|$@!#".contains(c);
        // List markers, headings and setext lines count at the begin of a line only.
        let at_begin_only = at_begin && "-+=".contains(c);
        let ordered =
            ".)".contains(c) && out.chars().all(|c| c.is_ascii_digit()) && !out.is_empty();
        if always || at_begin_only || ordered {
            out.push('\\');
        }
        out.push(c);
        at_begin = false;
    }
    // GitHub and others make a link of a bare address.
    out.replace("://", "\\://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_foreign_is_markdown() {
        for (written, escaped) in [
            ("<b>*x*</b>", "\\<b\\>\\*x\\*\\</b\\>"),
            ("[a](http://b)", "\\[a\\](http\\://b)"),
            ("# h", "\\# h"),
            ("- a - b", "\\- a - b"),
            ("1. a", "1\\. a"),
            ("v 1.5", "v 1.5"),
            ("@all `x` a|b", "\\@all \\`x\\` a\\|b"),
        ] {
            assert_eq!(escape(written), escaped);
        }
        assert_eq!(
            link("t", "https://a.example/x"),
            "[t](<https://a.example/x>)"
        );
        assert_eq!(link("t", "javascript:alert(1)"), "t");
        assert_eq!(link("t", "https://a.example/>x"), "t");
    }
}
