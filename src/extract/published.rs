//! When an article was published and last changed, out of everything on a page that tells a date.
//!
//! Machine-readable dates come first; what they leave open (the time of day, its zone) is taken from others
//! that do not contradict them, and the page's visible dates are read only for what is still open then.

use jiff::Timestamp;

use super::page_date::{self, PageDate};
use super::visible::{Shown, View};
use crate::model::{DateSource, Dated};

/// A date and what told it.
pub type Told = (PageDate, DateSource);

/// The two dates of an article.
#[derive(Debug, Default)]
pub struct Published {
    /// First published.
    pub published: Option<(Dated, DateSource)>,
    /// Last changed.
    pub modified: Option<(Dated, DateSource)>,
    /// What is missing.
    pub note: Option<&'static str>,
}

/// What a page and its surroundings say about dates.
pub struct Evidence<'e, 'g, 'a> {
    /// Machine-readable dates of publication, best first.
    pub published: Vec<Told>,
    /// The same of the last change.
    pub modified: Vec<Told>,
    /// The page as it is seen.
    pub view: &'e View<'g, 'a>,
    /// Language attribute.
    pub language: Option<&'e str>,
    /// Host of the page.
    pub host: &'e str,
    /// Path of the page.
    pub path: &'e str,
    /// The time at which the page was read.
    pub now: Option<Timestamp>,
}

impl Evidence<'_, '_, '_> {
    /// Decides.
    #[must_use]
    pub fn decide(mut self) -> Published {
        self.believe_no_future();
        let mut shown: Option<Vec<Shown>> = None;
        let mut best = refined(&self.published, &self.modified);
        if best.is_none_or(|(date, _)| !date.has_time()) {
            let seen: Vec<Shown> = self.view.dates(self.language).collect();
            best = match best {
                Some(day) => refined(&[day], &told(&seen)),
                None => self.first_seen(&seen),
            };
            shown = Some(seen);
        }
        let published = best.map(|(date, source)| (date.in_country_of(self.host), source));
        let after: Vec<Told> = self
            .modified
            .iter()
            .copied()
            .filter(|told| self.after(*told, published).is_some())
            .collect();
        let modified = refined(&after, &[]).or_else(|| {
            let seen = shown.get_or_insert_with(|| self.view.dates(self.language).collect());
            let changes = seen.iter().filter(|date| date.modified && date.near);
            let changes: Vec<Told> = changes.map(|date| (date.date, date.source)).collect();
            refined(&changes, &[])
        });
        let modified = modified.map(|(date, source)| (date.in_country_of(self.host), source));
        Published {
            note: note(published, best),
            modified: modified.and_then(|told| self.after(told, published)),
            published: published.and_then(dated),
        }
    }

    /// A date in the future is a slip where another is known.
    fn believe_no_future(&mut self) {
        let Some(now) = self.now else { return };
        for told in [&mut self.published, &mut self.modified] {
            if told.iter().any(|(date, _)| !date.is_future(now)) {
                told.retain(|(date, _)| !date.is_future(now));
            }
        }
    }

    /// For pages without a machine-readable date: the one near the headline, in the address, or anywhere.
    fn first_seen(&self, seen: &[Shown]) -> Option<Told> {
        let is_past = |date: &&Shown| self.now.is_none_or(|now| !date.date.is_future(now));
        let first = |near: bool| {
            let wanted = |date: &&Shown| date.near == near && is_past(date);
            let own = seen.iter().filter(wanted).find(|date| !date.modified);
            own.or_else(|| seen.iter().find(wanted))
        };
        let in_url = || page_date::in_path(self.path).map(|date| (date, DateSource::Url));
        let best = first(true)
            .map(|date| (date.date, date.source))
            .or_else(in_url)
            .or_else(|| first(false).map(|date| (date.date, date.source)))?;
        refined(&[best], &told(seen))
    }

    /// A change before the publication is the date of something else.
    fn after(&self, modified: Told, published: Option<Told>) -> Option<(Dated, DateSource)> {
        let known = modified.0.dated()?;
        let first = published.and_then(|(date, _)| date.dated());
        let before = first.is_some_and(|first| known.at < first.at);
        let same_day = published.is_some_and(|(date, _)| date.is_refined_by(&modified.0));
        (!before || same_day).then_some((known, modified.1))
    }
}

fn told(shown: &[Shown]) -> Vec<Told> {
    shown.iter().map(|date| (date.date, date.source)).collect()
}

fn dated((date, source): Told) -> Option<(Dated, DateSource)> {
    Some((date.dated()?, source))
}

fn note(published: Option<Told>, as_written: Option<Told>) -> Option<&'static str> {
    match (published, as_written) {
        (None, _) => Some("no date of publication"),
        (Some((date, _)), _) if !date.has_time() => Some("published: no time of day"),
        (Some((date, _)), _) if !date.has_offset() => Some("published: no time zone, taken as UTC"),
        (_, Some((date, _))) if !date.has_offset() => {
            Some("published: no time zone, taken as the country's")
        }
        _ => None,
    }
}

/// The first date, made as exact as the others allow without contradicting it. Whatever told the time of day
/// is named as its source.
fn refined(dates: &[Told], others: &[Told]) -> Option<Told> {
    let first = *dates.first()?;
    let more_exact = |told: Told| {
        let all = dates.iter().chain(others).copied();
        all.into_iter()
            .find(|(other, _)| told.0.is_refined_by(other))
    };
    let with_time = more_exact(first).unwrap_or(first);
    Some(more_exact(with_time).map_or(with_time, |(date, _)| (date, with_time.1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::metadata::{self, Metadata};
    use scraper::Html;

    /// Name, head, body, address; first and last date as they should be read.
    type Case<'c> = (
        &'c str,
        String,
        &'c str,
        &'c str,
        Option<&'c str>,
        Option<&'c str>,
    );

    /// First and last date, each with what told it, at noon of 18 September 2023.
    fn read(head: &str, body: &str, url: &str) -> (Option<String>, Option<String>) {
        let page = format!("<head>{head}</head><h1>A headline of some length</h1>{body}");
        let now = "2023-09-18T12:00:00Z".parse().ok();
        let found: Metadata = metadata::read(&Html::parse_document(&page), url, now);
        let shown = |dated: Option<Dated>, from: Option<DateSource>| {
            Some(format!("{} {:?}", dated?.written, from?))
        };
        (
            shown(found.published, found.published_from),
            shown(found.modified, found.modified_from),
        )
    }

    #[test]
    fn dates_come_with_their_source() {
        let published =
            |date: &str| format!("<meta property=article:published_time content='{date}'>");
        let modified =
            |date: &str| format!("<meta property=article:modified_time content='{date}'>");
        let day = published("2023-09-18");
        let cases: &[Case<'_>] = &[
            (
                "meta",
                published("2023-09-18T07:00:00+07:00"),
                "",
                "",
                Some("2023-09-18T07:00:00+07:00 Meta"),
                None,
            ),
            (
                "day with a visible time",
                day.clone(),
                "<p>Senin, 18 Sep 2023, 14:05 WIB</p>",
                "",
                Some("2023-09-18T14:05:00+07:00 Visible"),
                None,
            ),
            (
                "day with another day's time",
                day.clone(),
                "<p>17 Sep 2023, 14:05 WIB</p>",
                "",
                Some("2023-09-18T00:00:00Z Meta"),
                None,
            ),
            (
                "day with the time of the change",
                day + &modified("2023-09-18T08:00:00Z"),
                "",
                "",
                Some("2023-09-18T08:00:00Z Meta"),
                Some("2023-09-18T08:00:00Z Meta"),
            ),
            (
                "time",
                String::new(),
                "<time datetime=2023-09-17T10:00:00Z>",
                "",
                Some("2023-09-17T10:00:00Z Time"),
                None,
            ),
            (
                "microdata",
                String::new(),
                "<p itemprop=datePublished content=2023-09-17T10:00:00Z>",
                "",
                Some("2023-09-17T10:00:00Z Microdata"),
                None,
            ),
            (
                "address",
                String::new(),
                "",
                "https://a.example/2023/09/17/x",
                Some("2023-09-17T00:00:00Z Url"),
                None,
            ),
            (
                "near the headline before the address",
                String::new(),
                "<p class=date>16 Sep 2023</p>",
                "https://a.example/2023/09/17/x",
                Some("2023-09-16T00:00:00Z Visible"),
                None,
            ),
            (
                "changed before published",
                published("2023-09-18T07:00:00Z") + &modified("2023-09-17T07:00:00Z"),
                "",
                "",
                Some("2023-09-18T07:00:00Z Meta"),
                None,
            ),
            (
                "one of two in the future",
                published("2024-09-18T07:00:00Z") + &published("2023-09-18T07:00:00Z"),
                "",
                "",
                Some("2023-09-18T07:00:00Z Meta"),
                None,
            ),
            (
                "the only one in the future",
                published("2024-09-18T07:00:00Z"),
                "",
                "",
                Some("2024-09-18T07:00:00Z Meta"),
                None,
            ),
            (
                "visible change",
                published("2023-09-17T07:00:00Z"),
                "<p>Updated <time datetime=2023-09-18T09:00:00Z>",
                "",
                Some("2023-09-17T07:00:00Z Meta"),
                Some("2023-09-18T09:00:00Z Time"),
            ),
            (
                "published and changed",
                String::new(),
                "<p class=date>Updated 18 Sep 2023 09:00 GMT<p class=date>Published 17 Sep 2023 08:00 GMT",
                "",
                Some("2023-09-17T08:00:00Z Visible"),
                Some("2023-09-18T09:00:00Z Visible"),
            ),
            (
                "teaser",
                String::new(),
                "<a href=/2><h2>Other</h2><span class=date>1 Sep 2023</span></a><p class=date>17 Sep 2023",
                "",
                Some("2023-09-17T00:00:00Z Visible"),
                None,
            ),
            (
                "sidebar",
                String::new(),
                "<aside><time datetime=2023-09-01>x</time></aside><p>17 Sep 2023",
                "",
                Some("2023-09-17T00:00:00Z Visible"),
                None,
            ),
            (
                "nothing",
                String::new(),
                "<p>In 2023 there were 18 talks.",
                "",
                None,
                None,
            ),
        ];
        for (name, head, body, url, first, last) in cases {
            let found = read(head, body, url);
            assert_eq!(
                (found.0.as_deref(), found.1.as_deref()),
                (*first, *last),
                "{name}"
            );
        }
    }
}
