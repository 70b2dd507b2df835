//! Looking again at the page of an article that was told of: what counts as a change, and as a page that is gone.
//!
//! The text that people were told of is never given up for less: a page that cannot be had, or shows a wall in place of
//! the article, leaves it as it is.

use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::again;
use super::page::Done;
use super::prepared::{Missing, Prepared};
use crate::alert;
use crate::fetch::FetchError;
use crate::model::{Article, ArticleId, FailureKind, ReadOutcome, RereadOutcome, WantedArticle};
use crate::pipeline::{Pipeline, Setup};

/// How long after a page was not there it is asked for once more; less when rereads follow one another faster.
const MISSING_AGAIN: SignedDuration = SignedDuration::from_hours(1);

/// True when the article is read for its schedule alone, and there is to be none any more.
pub(super) fn is_off(setup: &Setup, wanted: &WantedArticle) -> bool {
    keeps_text(wanted) && setup.config.rereads.is_empty()
}

/// True for an article that is looked at again and has the text of its page.
pub(super) fn keeps_text(wanted: &WantedArticle) -> bool {
    wanted.reread.is_some_and(|again| again.has_page)
}

/// What to make of a page that could not be had.
pub(super) fn without_page(setup: &Setup, error: &FetchError, now: Timestamp) -> ReadOutcome {
    if !matches!(error.kind(), FailureKind::NotFound | FailureKind::Gone) {
        return ReadOutcome::Unchanged { at: now };
    }
    let first = setup.config.rereads.first();
    let wait = first.map_or(MISSING_AGAIN, |first| MISSING_AGAIN.min(*first));
    ReadOutcome::Missing {
        at: now,
        again_at: now.saturating_add(wait).unwrap_or(Timestamp::MAX),
        why: error.to_string(),
    }
}

/// Many sites send readers of a page that is gone to their front page, which says nothing of the article.
pub(super) fn is_front_page(asked: &str, answered: &Url) -> bool {
    let is_front = |url: &Url| url.path() == "/" && url.query().is_none();
    is_front(answered) && Url::parse(asked).is_ok_and(|asked| !is_front(&asked))
}

/// The text that the page has now; `None` when it has none to compare with what was told. A notice that the article
/// was taken back counts, however short it is.
pub(super) fn told(found: Result<Done, Missing>) -> Option<Done> {
    match found {
        Ok(done) if done.text.article.failure.is_none() || is_notice(&done.text.article) => {
            Some(done)
        }
        Ok(_) => None,
        Err(missing) => {
            let article = missing.instead.filter(|article| is_notice(article))?;
            Some(Done {
                text: Box::new(Prepared::new(*article, None)),
                learnt: None,
                pages: Vec::new(),
            })
        }
    }
}

fn is_notice(article: &Article) -> bool {
    alert::says_retracted(&article.title, &article.body)
}

/// What our present reading makes of the pages kept so far, when that is another text than the stored one: rules,
/// program or what was learnt of the host have changed since, and that is no correction of the publisher's.
pub(super) async fn own_change(
    pipeline: &Pipeline,
    id: ArticleId,
    new: &Article,
) -> Option<Box<RereadOutcome>> {
    let kept = pipeline.queries.kept_article(id).await.ok()??;
    let is_same = |a: &Article, b: &Article| a.title == b.title && a.body == b.body;
    if is_same(&kept.article, new) {
        return None;
    }
    let text = again::text(pipeline, &kept).await.ok()?;
    if is_same(&text.article, &kept.article) {
        return None;
    }
    Some(Box::new(text.reread(pipeline.world.clock.now())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_front_page_in_place_of_an_article_is_seen() {
        let is = |asked, answered| is_front_page(asked, &Url::parse(answered).expect("a URL"));
        assert!(is(
            "https://kabar.example/2026/1.html",
            "https://www.kabar.example/"
        ));
        assert!(!is("https://kabar.example/", "https://kabar.example/"));
        assert!(!is("https://kabar.example/1", "https://kabar.example/2"));
        assert!(!is(
            "https://kabar.example/?p=1",
            "https://kabar.example/?p=1"
        ));
    }
}
