//! `wirewatch article show --diff`: what changed between two texts of an article, word by word.

use std::ops::Range;
use std::process::ExitCode;
use std::time::Duration;

use serde::Serialize;
use serde_json::json;
use similar::{ChangeTag, TextDiff};

use crate::cli::{Global, open, print};
use crate::model::{Article, rfc3339};
use crate::store::{ArticleVersion, Queries};
use crate::text;

/// Longest search for the shortest differences; after that they are merely right.
const DIFF_TIME_MAX: Duration = Duration::from_secs(1);

/// A piece of a changed paragraph.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Piece {
    /// `same`, `removed` or `added`.
    what: &'static str,
    text: String,
}

/// A paragraph that is not as it was: the pieces of both sides in order.
type Paragraph = Vec<Piece>;

pub(super) fn run(
    global: &Global,
    url: &str,
    versions: &[u32],
    as_json: bool,
) -> anyhow::Result<ExitCode> {
    let config = open::config(global)?;
    let store = open::store_to_read(&config)?;
    let address = crate::feed::normal_url(url).unwrap_or_else(|| url.to_owned());
    let (found, all) = open::block_on(async {
        let Some(found) = store.article(&address).await? else {
            anyhow::bail!("{url} is not stored; `wirewatch search` finds what is");
        };
        let all = store.article_versions(found.id).await?;
        Ok((found, all))
    })?;
    let Some((before, after)) = choose(&all, versions)? else {
        print::text(&format!(
            "{}: there is one version only\n",
            print::safe(&found.url)
        ))?;
        return Ok(ExitCode::SUCCESS);
    };
    let changes = paragraphs(&before.article, &after.article);
    if as_json {
        print::json(&json!({
            "url": found.url,
            "before": head(before),
            "after": head(after),
            "changes": changes,
        }))?;
    } else {
        print::text(&shown(&found.url, before, after, &changes))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn head(version: &ArticleVersion) -> serde_json::Value {
    json!({
        "version": version.version,
        "read_at": rfc3339(version.read_at),
        "reread": version.reread,
    })
}

/// The two that are asked for; without a wish the last one that the publisher changed and the one before it. `None` when
/// there are no two.
fn choose<'a>(
    all: &'a [ArticleVersion],
    asked: &[u32],
) -> anyhow::Result<Option<(&'a ArticleVersion, &'a ArticleVersion)>> {
    let by_number = |number: u32| {
        let found = all.iter().find(|version| version.version == number);
        found.ok_or_else(|| {
            let last = all.last().map_or(0, |version| version.version);
            anyhow::anyhow!("there is no version {number}: there are 1 to {last}")
        })
    };
    if let [before, after] = asked {
        return Ok(Some((by_number(*before)?, by_number(*after)?)));
    }
    let published = all.iter().skip(1).rposition(|version| !version.reread);
    let last = published.unwrap_or_else(|| all.len().saturating_sub(2));
    Ok(all.get(last).zip(all.get(last + 1)))
}

/// Paragraphs that differ, the headline first.
fn paragraphs(before: &Article, after: &Article) -> Vec<Paragraph> {
    let whole = |article: &Article| format!("{}\n{}\n", article.title, article.body);
    let (before, after) = (whole(before), whole(after));
    let lines = TextDiff::configure()
        .timeout(DIFF_TIME_MAX)
        .diff_lines(&before, &after);
    let mut paragraphs = Vec::new();
    for op in lines.ops() {
        let (mut old, mut new) = (String::new(), String::new());
        for change in lines.iter_changes(op) {
            match change.tag() {
                ChangeTag::Equal => {}
                ChangeTag::Delete => old.push_str(change.value()),
                ChangeTag::Insert => new.push_str(change.value()),
            }
        }
        if old != new {
            paragraphs.push(words(&old, &new));
        }
    }
    paragraphs
}

/// Two texts word by word, also where no spaces stand between words.
fn words(old: &str, new: &str) -> Paragraph {
    let (old, new) = (cut(old), cut(new));
    let diff = TextDiff::configure()
        .timeout(DIFF_TIME_MAX)
        .diff_slices(&old, &new);
    let mut pieces: Paragraph = Vec::new();
    for change in diff.iter_all_changes() {
        let what = match change.tag() {
            ChangeTag::Equal => "same",
            ChangeTag::Delete => "removed",
            ChangeTag::Insert => "added",
        };
        match pieces.last_mut().filter(|last| last.what == what) {
            Some(last) => last.text.push_str(change.value()),
            None => pieces.push(Piece {
                what,
                text: change.value().to_owned(),
            }),
        }
    }
    pieces
}

/// Words, and what stands between them, in order.
fn cut(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut push = |range: Range<usize>| {
        if let Some(piece) = text.get(range).filter(|piece| !piece.is_empty()) {
            pieces.push(piece);
        }
    };
    let mut end = 0;
    for token in text::analyse(text, None).tokens {
        let range = token.start as usize..token.end as usize;
        // Parts of a compound lie within it.
        if range.start < end {
            continue;
        }
        push(end..range.start);
        end = range.end;
        push(range);
    }
    push(end..text.len());
    pieces
}

fn shown(
    url: &str,
    before: &ArticleVersion,
    after: &ArticleVersion,
    changes: &[Paragraph],
) -> String {
    let mut out = format!("{}\n", print::safe(url));
    for (mark, version) in [("-", before), ("+", after)] {
        let why = if version.reread {
            ", our own second reading"
        } else {
            ""
        };
        let (number, time) = (version.version, print::time(version.read_at));
        out.push_str(&format!("{mark} version {number}, read {time}{why}\n"));
    }
    if changes.is_empty() {
        out.push_str("\nThey say the same.\n");
    }
    let colour = print::colour();
    for paragraph in changes {
        out.push('\n');
        for piece in paragraph {
            out.push_str(&painted(piece, colour));
        }
        if !out.ends_with('\n') {
            out.push('\n');
        }
    }
    out
}

/// In colours, or as word differences are written without: `[-old-]{+new+}`.
fn painted(piece: &Piece, colour: bool) -> String {
    let lines = piece.text.split('\n');
    let lines = lines.map(|line| {
        // Space at the ends is what stands between the pieces.
        let (start, end) = (line.trim_start(), line.trim_end());
        let before = &line[..line.len() - start.len()];
        let after = if start.is_empty() {
            ""
        } else {
            &line[end.len()..]
        };
        let line = format!("{before}{}{after}", print::safe(line.trim()));
        match (piece.what, colour) {
            _ if line.is_empty() => line,
            ("removed", true) => format!("\u{1b}[31;9m{line}\u{1b}[0m"),
            ("added", true) => format!("\u{1b}[32m{line}\u{1b}[0m"),
            ("removed", false) => format!("[-{line}-]"),
            ("added", false) => format!("{{+{line}+}}"),
            _ => line,
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(old: &str, new: &str) -> String {
        let pieces = words(old, new);
        pieces.iter().map(|piece| painted(piece, false)).collect()
    }

    #[test]
    fn words_are_marked_in_place_in_every_script() {
        assert_eq!(
            plain("He met 12 officials.", "He met 14 officials."),
            "He met [-12-]{+14+} officials."
        );
        let chinese = plain("外长二十四日访问莫斯科。", "外长二十三日访问莫斯科。");
        assert!(
            chinese.starts_with("外长") && chinese.ends_with("访问莫斯科。"),
            "{chinese}"
        );
        assert!(chinese.contains("[-"), "{chinese}");
        assert_eq!(plain("", "New.\n"), "{+New.+}\n");
    }

    #[test]
    fn only_changed_paragraphs_are_told() {
        let article = |body: &str| Article {
            title: "Talks".to_owned(),
            body: body.to_owned(),
            ..Article::default()
        };
        let changes = paragraphs(
            &article("One.\nTwo 2.\nThree."),
            &article("One.\nTwo 3.\nThree."),
        );
        assert_eq!(changes.len(), 1);
        assert!(!changes[0].iter().any(|piece| piece.text.contains("Three")));
    }
}
