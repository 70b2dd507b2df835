//! What layouts and feed templates get to see of an article: its version, its times in the outlet's
//! own zone, its blocks with their links resolved.

use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::article::{Block, BlockKind, CannedArticle, Version};
use super::outlet::Comment;
use super::site::{Edition, Newsroom};

impl Edition {
    /// When an article was published.
    pub(super) fn published_at(self, article: &CannedArticle) -> Timestamp {
        // Ages are minutes of a few days: far from the ends of time.
        self.started_at
            .saturating_sub(SignedDuration::from_mins(article.head.age_min))
            .unwrap_or(self.started_at)
    }

    /// When an article was corrected, if it was.
    pub(super) fn corrected_at(self, article: &CannedArticle) -> Option<Timestamp> {
        self.corrected_at.filter(|_| article.is_correctable())
    }

    /// When an article last changed.
    pub(super) fn changed_at(self, article: &CannedArticle) -> Timestamp {
        self.corrected_at(article)
            .unwrap_or_else(|| self.published_at(article))
    }

    /// The version of an article that is shown.
    pub(super) fn version(self, article: &CannedArticle) -> Version {
        match self.corrected_at(article) {
            Some(_) => Version::Corrected,
            None => Version::First,
        }
    }
}

/// A time as the outlet writes it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Moment {
    /// RFC 3339 with the outlet's offset.
    pub(super) iso: String,
    /// As RSS 2.0 writes it.
    rfc2822: String,
    /// As the page shows it.
    shown: String,
}

/// A headline that links to its article.
#[derive(Debug, Serialize)]
pub(super) struct Headline<'a> {
    pub(super) title: &'a str,
    pub(super) url: String,
    pub(super) summary: &'a str,
    pub(super) desk: &'a str,
    pub(super) published: Moment,
}

/// A block of the body; a "read also" line comes with its headline.
#[derive(Debug, Serialize)]
pub(super) struct BlockView<'a> {
    kind: BlockKind,
    text: &'a str,
    link: Option<Headline<'a>>,
}

/// A second story under the first, on the same page.
#[derive(Debug, Serialize)]
pub(super) struct NextStory<'a> {
    title: &'a str,
    blocks: Vec<BlockView<'a>>,
}

/// An article as layouts and feed templates see it.
#[derive(Debug, Serialize)]
pub(super) struct ArticleView<'a> {
    #[serde(flatten)]
    pub(super) headline: Headline<'a>,
    slug: &'a str,
    pub(super) author: &'a str,
    updated: Option<Moment>,
    pub(super) changed: Moment,
    pub(super) blocks: Vec<BlockView<'a>>,
    next: Option<NextStory<'a>>,
    comments: Vec<&'a Comment>,
}

impl Newsroom {
    /// A time on the outlet's clock.
    pub(super) fn moment(&self, at: Timestamp) -> Moment {
        let offset = Offset::from_seconds(self.outlet.utc_offset_min * 60).unwrap_or(Offset::UTC);
        let local = at.to_zoned(TimeZone::fixed(offset));
        Moment {
            iso: local.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            rfc2822: local.strftime("%a, %d %b %Y %H:%M:%S %z").to_string(),
            shown: local.strftime(&self.outlet.time_format).to_string(),
        }
    }

    fn headline<'a>(&self, article: &'a CannedArticle, edition: Edition) -> Headline<'a> {
        Headline {
            title: &article.head.title,
            url: self.article_url(article),
            summary: article.summary(edition.version(article)),
            desk: &article.head.desk,
            published: self.moment(edition.published_at(article)),
        }
    }

    fn block_view<'a>(&'a self, block: &'a Block, edition: Edition) -> BlockView<'a> {
        let linked = self
            .articles
            .iter()
            .find(|article| block.kind == BlockKind::Also && article.slug == block.text);
        BlockView {
            kind: block.kind,
            text: &block.text,
            link: linked.map(|article| self.headline(article, edition)),
        }
    }

    /// An article as it stands in this edition.
    pub(super) fn article_view<'a>(
        &'a self,
        article: &'a CannedArticle,
        edition: Edition,
    ) -> ArticleView<'a> {
        let all: Vec<&Block> = article.blocks(edition.version(article)).collect();
        let split = all.iter().position(|block| block.kind == BlockKind::Next);
        let (own, under) = all.split_at(split.unwrap_or(all.len()));
        let views = |blocks: &[&'a Block]| -> Vec<BlockView<'a>> {
            blocks
                .iter()
                .map(|block| self.block_view(block, edition))
                .collect()
        };
        ArticleView {
            headline: self.headline(article, edition),
            slug: article.slug,
            author: &article.head.author,
            updated: edition.corrected_at(article).map(|at| self.moment(at)),
            changed: self.moment(edition.changed_at(article)),
            blocks: views(own),
            next: under.split_first().map(|(headline, blocks)| NextStory {
                title: &headline.text,
                blocks: views(blocks),
            }),
            comments: article
                .head
                .comments
                .iter()
                .chain(&self.outlet.comments)
                .collect(),
        }
    }

    /// Headlines of all articles, newest first.
    pub(super) fn headlines(&self, edition: Edition) -> Vec<Headline<'_>> {
        let mut articles: Vec<&CannedArticle> = self.articles.iter().collect();
        articles.sort_by_key(|article| article.head.age_min);
        articles
            .into_iter()
            .map(|article| self.headline(article, edition))
            .collect()
    }
}
