//! A canned article: TOML head, a line `+++`, then blocks separated by empty lines.
//!
//! A block is a paragraph, or by its first characters: `## ` a subheading, `> ` a quotation, `@also SLUG`
//! a "read also" line that links to another article of the outlet, `@ad` an advertisement line, `@note `
//! a correction note, `@next ` the headline of a second story on the same page, to which the rest
//! belongs. `[first] ` or `[corrected] ` before it: only in that version of the page.

use serde::{Deserialize, Serialize};

use super::outlet::Comment;

/// What an article is for in the demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Tells the canonical visit in its own words.
    Visit,
    /// Repeats another outlet's text about the visit.
    VisitCopy,
    /// Tells another China–Russia diplomatic story.
    OtherStory,
    /// Looks like the topic and is not.
    HardNegative,
    /// About the topic, but days old when the site starts.
    Backlog,
    /// Ordinary news.
    Ordinary,
}

/// Which of its two texts a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// As first published.
    First,
    /// After the correction.
    Corrected,
}

/// Head of an article file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    pub(super) title: String,
    pub(super) summary: String,
    /// Summary after the correction; only the corrected article has one.
    pub(super) corrected_summary: Option<String>,
    pub(super) author: String,
    /// Desk, as breadcrumbs and categories name it.
    pub(super) desk: String,
    /// How long before the start of the site it was published, minutes.
    pub(super) age_min: i64,
    pub(super) role: Role,
    /// Key of the happening; articles with one key tell the same story.
    pub(super) story: Option<String>,
    /// Comments under this article, before the outlet's own.
    #[serde(default)]
    pub(super) comments: Vec<Comment>,
}

/// What a block of the body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum BlockKind {
    Paragraph,
    Heading,
    Quote,
    Also,
    Ad,
    Note,
    Next,
}

/// One block of the body.
#[derive(Debug, Clone)]
pub(super) struct Block {
    pub(super) kind: BlockKind,
    /// Its text; for [`BlockKind::Also`] the slug.
    pub(super) text: String,
    /// The only version that shows it.
    pub(super) only: Option<Version>,
}

/// One article as its file gives it.
#[derive(Debug, Clone)]
pub(super) struct CannedArticle {
    pub(super) slug: &'static str,
    pub(super) head: Head,
    blocks: Vec<Block>,
}

impl CannedArticle {
    /// Reads an article file.
    ///
    /// # Errors
    /// In words, when there is no head or it does not read.
    pub(super) fn parse(slug: &'static str, text: &str) -> Result<Self, String> {
        let (head, body) = text
            .split_once("\n+++\n")
            .ok_or("no line `+++` between head and body")?;
        Ok(Self {
            slug,
            head: toml::from_str(head).map_err(|error| error.to_string())?,
            blocks: body
                .split("\n\n")
                .map(str::trim)
                .filter(|block| !block.is_empty())
                .map(parse_block)
                .collect(),
        })
    }

    /// Slugs that its "read also" lines name.
    pub(super) fn also(&self) -> impl Iterator<Item = &str> {
        let lines = self
            .blocks
            .iter()
            .filter(|block| block.kind == BlockKind::Also);
        lines.map(|block| block.text.as_str())
    }

    /// True for the article that has two versions.
    pub(super) fn is_correctable(&self) -> bool {
        self.head.corrected_summary.is_some()
    }

    /// The blocks of one version.
    pub(super) fn blocks(&self, version: Version) -> impl Iterator<Item = &Block> {
        self.blocks
            .iter()
            .filter(move |block| block.only.is_none_or(|only| only == version))
    }

    /// The summary of one version.
    pub(super) fn summary(&self, version: Version) -> &str {
        match (version, &self.head.corrected_summary) {
            (Version::Corrected, Some(summary)) => summary,
            _ => &self.head.summary,
        }
    }
}

fn parse_block(block: &str) -> Block {
    const VERSIONS: [(&str, Version); 2] = [
        ("[first] ", Version::First),
        ("[corrected] ", Version::Corrected),
    ];
    const KINDS: [(&str, BlockKind); 6] = [
        ("## ", BlockKind::Heading),
        ("> ", BlockKind::Quote),
        ("@also ", BlockKind::Also),
        ("@ad", BlockKind::Ad),
        ("@note ", BlockKind::Note),
        ("@next ", BlockKind::Next),
    ];
    let (only, block) = VERSIONS
        .iter()
        .find_map(|(mark, version)| Some((Some(*version), block.strip_prefix(mark)?)))
        .unwrap_or((None, block));
    let (kind, text) = KINDS
        .iter()
        .find_map(|(mark, kind)| Some((*kind, block.strip_prefix(mark)?)))
        .unwrap_or((BlockKind::Paragraph, block));
    Block {
        kind,
        text: text.to_owned(),
        only,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_known_by_their_marks() {
        let check = |input: &str, kind: BlockKind, text: &str, only: Option<Version>| {
            let block = parse_block(input);
            assert_eq!((block.kind, block.only), (kind, only), "{input}");
            assert_eq!(block.text, text, "{input}");
        };
        check("Prose.", BlockKind::Paragraph, "Prose.", None);
        check("## Head", BlockKind::Heading, "Head", None);
        check("@also a-slug", BlockKind::Also, "a-slug", None);
        check("@ad", BlockKind::Ad, "", None);
        check("@next Other", BlockKind::Next, "Other", None);
        check(
            "[corrected] @note Fixed.",
            BlockKind::Note,
            "Fixed.",
            Some(Version::Corrected),
        );
    }

    #[test]
    fn a_file_without_a_head_says_so() {
        let error = CannedArticle::parse("x", "only prose").expect_err("no head");
        assert!(error.contains("+++"), "{error}");
    }
}
