//! Cuts the `[[feed]]` tables out of a file, so that thousands of them are read one after the other: a
//! document that is read whole takes more than thirty times the memory of its text.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};
use toml_parser::Source;
use toml_parser::lexer::TokenKind;

/// A file in pieces, each of which is TOML by itself if the whole is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pieces {
    /// Everything but the feeds; where they stood are spaces, so that everything keeps its place.
    pub(super) rest: String,
    /// Bytes of every `[[feed]]` with the tables inside it.
    pub(super) feeds: Vec<Range<usize>>,
}

/// A line with brackets.
enum Header {
    /// `[[feed]]`
    Feed,
    /// `[feed.headers]`: belongs to the feed before it.
    InFeed,
    /// Of another table.
    Other,
}

/// The pieces of a file; `None` when there is nothing to cut out.
pub(super) fn cut(text: &str) -> Option<Pieces> {
    let mut feeds: Vec<Range<usize>> = Vec::new();
    let mut is_in_feed = false;
    for start in headers(text) {
        match header(&text[start..]) {
            Header::InFeed => continue,
            _ if !is_in_feed => {}
            _ => end(&mut feeds, start),
        }
        is_in_feed = matches!(header(&text[start..]), Header::Feed);
        if is_in_feed {
            feeds.push(start..text.len());
        }
    }
    if feeds.is_empty() {
        return None;
    }
    let mut rest = String::with_capacity(text.len());
    for feed in &feeds {
        rest.push_str(&text[rest.len()..feed.start]);
        rest.extend(std::iter::repeat_n(' ', feed.len().saturating_sub(1)));
        // The next line is one of its own; at the end of the text nothing follows.
        rest.push('\n');
    }
    rest.push_str(&text[rest.len()..]);
    Some(Pieces { rest, feeds })
}

fn end(feeds: &mut [Range<usize>], at: usize) {
    if let Some(last) = feeds.last_mut() {
        last.end = at;
    }
}

/// Where lines with brackets begin. In text that is no TOML it may be wrong, but then a piece is none either.
fn headers(text: &str) -> impl Iterator<Item = usize> {
    let (mut depth, mut is_line_start) = (0_usize, true);
    Source::new(text).lex().filter_map(move |token| {
        let starts = depth == 0 && is_line_start;
        match token.kind() {
            TokenKind::Whitespace | TokenKind::Comment => return None,
            TokenKind::Newline => is_line_start = true,
            TokenKind::LeftSquareBracket => {
                (depth, is_line_start) = (depth + 1, false);
                return starts.then(|| token.span().start());
            }
            TokenKind::LeftCurlyBracket => (depth, is_line_start) = (depth + 1, false),
            TokenKind::RightSquareBracket | TokenKind::RightCurlyBracket => {
                (depth, is_line_start) = (depth.saturating_sub(1), false);
            }
            _ => is_line_start = false,
        }
        None
    })
}

fn header(line: &str) -> Header {
    let blank = [' ', '\t'];
    let (is_array, key) = match line.strip_prefix("[[") {
        Some(key) => (true, key),
        None => (false, &line[1..]),
    };
    match key.trim_start_matches(blank).strip_prefix("feed") {
        Some(end) if end.trim_start_matches(blank).starts_with('.') => Header::InFeed,
        Some(end) if is_array && end.trim_start_matches(blank).starts_with("]]") => Header::Feed,
        _ => Header::Other,
    }
}

/// The tables besides the feeds; `None` when they are not whole by themselves, or say of `feed` what the whole
/// would have to be read for.
pub(super) fn rest_of(pieces: &Pieces) -> Option<DeTable<'_>> {
    let rest = DeTable::parse(&pieces.rest).ok()?.into_inner();
    (!rest.contains_key("feed")).then_some(rest)
}

/// One feed of the pieces, with its places in the whole text; `None` when it is no TOML.
pub(super) fn feed_at<'t>(text: &'t str, at: &Range<usize>) -> Option<Spanned<DeValue<'t>>> {
    let mut table = DeTable::parse(&text[at.clone()]).ok()?.into_inner();
    let DeValue::Array(feeds) = table.remove("feed")?.into_inner() else {
        return None;
    };
    let feed = feeds.into_iter().next()?;
    Some(moved(feed, at.start))
}

/// A value with every place in it moved by so many bytes.
fn moved<'t>(value: Spanned<DeValue<'t>>, by: usize) -> Spanned<DeValue<'t>> {
    let span = place(value.span(), by);
    let value = match value.into_inner() {
        DeValue::Table(table) => DeValue::Table(moved_table(table, by)),
        DeValue::Array(array) => {
            let mut elements = DeArray::new();
            for element in array {
                elements.push(moved(element, by));
            }
            DeValue::Array(elements)
        }
        plain => plain,
    };
    Spanned::new(span, value)
}

fn moved_table(table: DeTable<'_>, by: usize) -> DeTable<'_> {
    let mut to = DeTable::new();
    for (key, value) in table {
        let span = place(key.span(), by);
        to.insert(Spanned::new(span, key.into_inner()), moved(value, by));
    }
    to
}

fn place(span: Range<usize>, by: usize) -> Range<usize> {
    span.start + by..span.end + by
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feeds(text: &str) -> Vec<&str> {
        let pieces = cut(text);
        let feeds = pieces.map_or_else(Vec::new, |pieces| {
            assert_eq!(pieces.rest.len(), text.len());
            pieces.feeds
        });
        feeds.into_iter().map(|at| &text[at]).collect()
    }

    #[test]
    fn feeds_are_cut_out_with_their_tables() {
        let text = "include = [\n[[feed]]\n]\n[[feed]] # é\nurl = \"a\"\n[feed.headers]\nx = \"y\"\n [[ feed ]]\nurl = \"b\"\n\
                    [watch.w]\nmatch = '''\n[[feed]]\n'''\n[[feed]]\nurl = \"c\"";
        assert_eq!(
            feeds(text),
            [
                "[[feed]] # é\nurl = \"a\"\n[feed.headers]\nx = \"y\"\n ",
                "[[ feed ]]\nurl = \"b\"\n",
                "[[feed]]\nurl = \"c\""
            ]
        );
        let rest = cut(text).expect("there are feeds").rest;
        let kept = |word| rest.find(word).expect("it is kept");
        assert_eq!(
            kept("[watch.w]"),
            text.find("[watch.w]").expect("it is there")
        );
    }

    #[test]
    fn other_tables_are_left_alone() {
        for text in [
            "",
            "[feed]\nurl = 1\n",
            "feed = []",
            "[[feeds]]\n",
            "# [[feed]]\n",
            "x = \"[[feed]]\"\n",
        ] {
            assert_eq!(cut(text), None, "{text}");
        }
    }
}
