//! The articles of a story as lines: by time, each text once, with those that repeat it folded into it.

use serde::Serialize;

use super::page::{Limits, address, count, direction, tag};
use super::plain::{plain, shorten};
use super::when::When;
use crate::model::AlertArticle;

/// Names of sites in a list of copies.
const COPY_NAMES_SHOWN: usize = 3;

/// An article with its copies folded into it.
#[derive(Debug, Serialize)]
pub(super) struct ArticleLine {
    pub time: String,
    pub lang: String,
    pub dir: &'static str,
    pub source: String,
    pub title: String,
    pub url: String,
    pub first: bool,
    /// `same text: 2 (Kompas, Detik)`, or empty.
    pub copies: String,
}

/// Articles with one text, in the order in which they were seen.
pub(super) struct SameText<'a>(Vec<&'a AlertArticle>);

impl<'a> SameText<'a> {
    /// The texts of a story, in the order of their first articles. Whichever of a text was seen first stands for
    /// it, also when another one is taken for the original.
    pub fn of(articles: &'a [AlertArticle]) -> Vec<Self> {
        let mut texts: Vec<(&str, Self)> = Vec::new();
        for article in articles {
            let key = article.copy_of.as_deref().unwrap_or(&article.url);
            match texts.iter_mut().find(|(of, _)| *of == key) {
                Some((_, text)) => text.0.push(article),
                None => texts.push((key, Self(vec![article]))),
            }
        }
        texts.into_iter().map(|(_, text)| text).collect()
    }

    /// The article that stands for it.
    pub fn first(&self) -> &'a AlertArticle {
        self.0[0]
    }

    /// Whether any of its articles has one of these addresses.
    pub fn has_any(&self, mut is_wanted: impl FnMut(&String) -> bool) -> bool {
        self.0.iter().any(|article| is_wanted(&article.url))
    }

    fn copies(&self) -> String {
        let copies: Vec<String> = self.0[1..]
            .iter()
            .map(|article| shorten(&plain(&article.source), 40))
            .collect();
        if copies.is_empty() {
            return String::new();
        }
        let names = copies[..copies.len().min(COPY_NAMES_SHOWN)].join(", ");
        let ellipsis = if copies.len() > COPY_NAMES_SHOWN {
            ", …"
        } else {
            ""
        };
        format!("same text: {} ({names}{ellipsis})", copies.len())
    }
}

/// As many of these texts as are shown, and how many more there are.
pub(super) fn lines<'a>(
    texts: impl Iterator<Item = &'a SameText<'a>>,
    first: Option<&AlertArticle>,
    zone: &When,
    limits: Limits,
) -> (Vec<ArticleLine>, String) {
    let mut texts = texts;
    let lines: Vec<ArticleLine> = texts
        .by_ref()
        .take(limits.articles)
        .map(|text| {
            let article = text.first();
            let lang = tag(article.lang.as_deref());
            ArticleLine {
                time: zone.short(article.first_seen),
                dir: direction(&lang),
                lang,
                source: shorten(&plain(&article.source), 60),
                title: shorten(&plain(&article.title), limits.title_chars),
                url: address(&article.url),
                first: first.is_some_and(|first| first.url == article.url),
                copies: text.copies(),
            }
        })
        .collect();
    let more = match texts.count() {
        0 => String::new(),
        more => format!("and {}", count(more as u64, "further source")),
    };
    (lines, more)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::tests::view;

    #[test]
    fn a_text_is_told_once_by_who_was_seen_first() {
        let template = view().articles.remove(0);
        let article = |url: &str, copy_of: Option<&str>| AlertArticle {
            url: url.to_owned(),
            source: url.to_owned(),
            copy_of: copy_of.map(str::to_owned),
            ..template.clone()
        };
        let articles = [
            article("a", Some("c")),
            article("b", None),
            article("c", None),
            article("d", Some("elsewhere")),
            article("e", Some("c")),
        ];
        let texts = SameText::of(&articles);
        let firsts: Vec<&str> = texts.iter().map(|text| text.first().url.as_str()).collect();
        assert_eq!(firsts, ["a", "b", "d"]);
        let limits = Limits {
            articles: 2,
            ..Limits::USUAL
        };
        let (lines, more) = lines(texts.iter(), articles.first(), &When::utc(), limits);
        assert_eq!(lines[0].copies, "same text: 2 (c, e)");
        assert!(lines[0].first && !lines[1].first);
        assert_eq!(more, "and 1 further source");
    }
}
