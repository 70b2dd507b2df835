//! Whether enough has been reported for a watch that waits for more than one report.

use std::collections::BTreeSet;

use crate::model::{Burst, ReadArticle, Report};

/// True when `article`, and what was reported before, make a burst: enough articles and feeds within its time, in
/// whatever order they were found. The article itself need not be among them: what is enough is enough.
#[must_use]
pub fn has_burst(burst: Burst, article: &ReadArticle, before: &[Report]) -> bool {
    let own = article.feeds.iter().map(|feed| Report {
        dated_at: article.dated_at,
        feed: feed.clone(),
        article: article.id,
    });
    let mut reports: Vec<Report> = before.iter().cloned().chain(own).collect();
    reports.sort_by_key(|report| report.dated_at);
    (0..reports.len()).any(|first| {
        let from = reports[first].dated_at;
        let within = reports[first..]
            .iter()
            .take_while(|report| report.dated_at.duration_since(from) <= burst.within);
        let (mut articles, mut feeds) = (BTreeSet::new(), BTreeSet::new());
        for report in within {
            articles.insert(report.article);
            feeds.insert(report.feed.as_str());
        }
        articles.len() as u64 >= burst.articles && feeds.len() as u64 >= burst.feeds
    })
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::*;
    use crate::model::{Article, ArticleId, EntryText};

    const BURST: Burst = Burst {
        articles: 3,
        feeds: 2,
        within: SignedDuration::from_hours(2),
    };

    fn minutes(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
    }

    fn report(at: i64, article: i64, feed: &str) -> Report {
        Report {
            dated_at: minutes(at),
            feed: feed.to_owned(),
            article: ArticleId(article),
        }
    }

    fn article(at: i64, feeds: &[&str]) -> ReadArticle {
        ReadArticle {
            id: ArticleId(9),
            url: String::new(),
            article: Article::default(),
            entry: EntryText::default(),
            feeds: feeds.iter().map(|feed| (*feed).to_owned()).collect(),
            tags: Vec::new(),
            lang_hint: None,
            dated_at: minutes(at),
            first_seen: minutes(at),
            backlog: false,
            late: false,
            version: 1,
            before: None,
            reread: false,
            gone: false,
            story: None,
            judged_by: None,
        }
    }

    #[test]
    fn articles_and_feeds_are_counted_within_the_time() {
        for (before, at, feeds, expected) in [
            (vec![], 0, vec!["a", "b", "c"], false),
            (vec![report(0, 1, "a")], 5, vec!["b"], false),
            (
                vec![report(0, 1, "a"), report(5, 2, "a")],
                9,
                vec!["a"],
                false,
            ),
            (
                vec![report(0, 1, "a"), report(5, 2, "a")],
                9,
                vec!["b"],
                true,
            ),
            (
                vec![report(0, 1, "a"), report(5, 2, "a")],
                121,
                vec!["b"],
                false,
            ),
            // One article that two feeds named is one.
            (
                vec![report(0, 1, "a"), report(0, 1, "b")],
                9,
                vec!["c"],
                false,
            ),
            // Found late, published between the others.
            (
                vec![report(0, 1, "a"), report(120, 2, "b")],
                60,
                vec!["a"],
                true,
            ),
            (
                vec![report(0, 1, "a"), report(130, 2, "b")],
                60,
                vec!["a"],
                false,
            ),
        ] {
            let found = has_burst(BURST, &article(at, &feeds), &before);
            assert_eq!(found, expected, "{before:?} {at} {feeds:?}");
        }
    }
}
