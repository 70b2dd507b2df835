//! What is made of a page or an entry before it is stored: the text in its language, with its words for the search index.

use jiff::Timestamp;

use crate::extract::Extracted;
use crate::model::{
    Article, Dated, EntryText, FailureKind, KeptPage, LearntHost, Origin, ReadOutcome,
    RereadOutcome, Validators,
};
use crate::text;

/// Longest text of an article, in bytes: judging and searching cost a multiple of it.
const BODY_BYTES_MAX: usize = 512 * 1024;

/// Longest headline, in bytes.
const TITLE_BYTES_MAX: usize = 8 * 1024;

/// Why the text is not the page's.
pub(super) struct Missing {
    pub(super) why: String,
    pub(super) kind: Option<FailureKind>,
    /// What the page has in place of the article, if that is a text.
    pub(super) instead: Option<Box<Article>>,
}

impl Missing {
    pub(super) fn new(why: impl Into<String>, kind: Option<FailureKind>) -> Self {
        let why = why.into();
        Self {
            why,
            kind,
            instead: None,
        }
    }
}

/// An article with its language decided and its words for the search index.
pub(super) struct Prepared {
    pub(super) article: Article,
    search_title: String,
    search_body: String,
}

impl Prepared {
    /// Of an article in a known language, or of an entry's, whose language the feed or config may hint at.
    pub(super) fn new(mut article: Article, hint: Option<&str>) -> Self {
        let whole = (article.title.len(), article.body.len());
        shorten(&mut article.title, TITLE_BYTES_MAX);
        shorten(&mut article.body, BODY_BYTES_MAX);
        if whole != (article.title.len(), article.body.len()) {
            article
                .notes
                .push("longer than any article: the rest is left out".to_owned());
        }
        let known = article.lang.take();
        article.lang = known.or_else(|| text::detect_language(&article.title, &article.body, hint));
        let lang = article.lang.as_deref();
        Self {
            search_title: text::search_words(&article.title, lang),
            search_body: text::search_words(&article.body, lang),
            article,
        }
    }

    /// What is committed of it, when it was read at `at`.
    pub(super) fn outcome(self, at: Timestamp, around: Around) -> ReadOutcome {
        ReadOutcome::Read {
            at,
            article: Box::new(self.article),
            validators: around.validators,
            search_title: self.search_title,
            search_body: self.search_body,
            why: around.why,
            host_not_before: around.host_not_before,
            learnt: around.learnt,
            pages: around.pages,
            own: around.own,
        }
    }

    /// What is committed of it, when it was made of kept pages.
    pub(super) fn reread(self, at: Timestamp) -> RereadOutcome {
        RereadOutcome {
            at,
            article: Box::new(self.article),
            search_title: self.search_title,
            search_body: self.search_body,
        }
    }
}

/// What is committed with a text.
#[derive(Default)]
pub(super) struct Around {
    pub(super) validators: Validators,
    /// Why the text is the entry's.
    pub(super) why: Option<String>,
    pub(super) host_not_before: Option<Timestamp>,
    pub(super) learnt: Option<LearntHost>,
    pub(super) pages: Vec<KeptPage>,
    /// See [`ReadOutcome::Read`].
    pub(super) own: Option<Box<RereadOutcome>>,
}

fn shorten(text: &mut String, bytes_max: usize) {
    if text.len() > bytes_max {
        text.truncate(text.floor_char_boundary(bytes_max));
        text.shrink_to_fit();
    }
}

/// A shorter text of a page gives way to a longer one of the feed.
const SHORT_CHARS: usize = 250;

/// A text of the feed that is so many times longer than the page's is the article, and the page's is its teaser.
const FEED_LONGER: usize = 4;

/// A doubtful text that has a smaller share of the feed's words is of something else.
const FEED_SHARE_MIN: f32 = 0.3;

/// Takes the article of a page; `Err` says why the entry's text is to be taken instead.
pub(super) fn prepare_page(extracted: Extracted, entry: &EntryText) -> Result<Prepared, Missing> {
    let confident = extracted.is_confident();
    let doubted = !confident || extracted.evidence.chars < SHORT_CHARS;
    let mut article = extracted.article;
    let entry_text = longest_text(entry);
    if article.body.trim().is_empty() {
        return Err(no_text(extracted.failure, &article.notes));
    }
    // A teaser: the feed's own words say more than the page's.
    let is_teaser = entry_text.len() > FEED_LONGER * article.body.len();
    // Something else than what the feed speaks of.
    let differs = !confident
        && extracted
            .evidence
            .feed
            .is_some_and(|share| share < FEED_SHARE_MIN)
        && entry_text.chars().count() >= SHORT_CHARS;
    if is_teaser || differs || (doubted && entry_text.len() > article.body.len()) {
        let why = "the feed's text is longer or surer than the page's";
        let mut missing = Missing::new(why, extracted.failure);
        missing.instead = Some(Box::new(article));
        return Err(missing);
    }
    article.failure = extracted.failure;
    if article.title.trim().is_empty() {
        article.title.clone_from(&entry.title);
    }
    if article.published.is_none() {
        article.published = entry.published.map(dated);
    }
    if article.authors.is_empty() {
        article.authors.clone_from(&entry.authors);
    }
    Ok(Prepared::new(article, None))
}

fn no_text(failure: Option<FailureKind>, notes: &[String]) -> Missing {
    match failure {
        Some(FailureKind::NotHtml) => Missing::new("the page is no HTML", failure),
        Some(_) => {
            let notes = notes.join("; ");
            Missing::new(
                format!("something stands in place of the article: {notes}"),
                failure,
            )
        }
        None => Missing::new("the page has no article text", Some(FailureKind::Empty)),
    }
}

pub(super) fn longest_text(entry: &EntryText) -> &str {
    if entry.content.len() > entry.summary.len() {
        &entry.content
    } else {
        &entry.summary
    }
}

/// The article as its entry tells it; `failure` is why the page does not.
pub(super) fn article_of_entry(entry: &EntryText, failure: Option<FailureKind>) -> Article {
    Article {
        title: entry.title.clone(),
        body: longest_text(entry).to_owned(),
        published: entry.published.map(dated),
        authors: entry.authors.clone(),
        origin: Origin::Entry,
        failure,
        ..Article::default()
    }
}

fn dated(at: Timestamp) -> Dated {
    Dated {
        at,
        written: at.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Evidence;

    fn taken(page: &str, feed: &str, confidence: f32, share: f32) -> bool {
        let extracted = Extracted {
            article: Article {
                body: page.to_owned(),
                ..Article::default()
            },
            confidence,
            evidence: Evidence {
                chars: page.len(),
                feed: Some(share),
                ..Evidence::default()
            },
            ..Extracted::default()
        };
        let entry = EntryText {
            content: feed.to_owned(),
            ..EntryText::default()
        };
        prepare_page(extracted, &entry).is_ok()
    }

    #[test]
    fn the_feeds_text_is_taken_where_the_page_has_a_part_of_it() {
        let text = |sentences| "The harbour opened again on Sunday. ".repeat(sentences);
        for (page, feed, confidence, share, page_is_taken) in [
            (20, 60, 0.9, 0.9, true),
            (20, 60, 0.3, 0.9, false),
            (20, 10, 0.3, 0.9, true),
            (20, 10, 0.3, 0.1, false),
            (20, 5, 0.3, 0.1, true),
            (5, 10, 0.9, 0.9, false),
            // Sure of its lines, and a teaser all the same.
            (20, 100, 0.95, 0.9, false),
        ] {
            let was_taken = taken(&text(page), &text(feed), confidence, share);
            assert_eq!(was_taken, page_is_taken, "{page} {feed} {confidence}");
        }
    }
}
