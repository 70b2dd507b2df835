//! A page as a tree, and beside it what was moved out before it was parsed.

use std::borrow::Cow;

use scraper::Html;

use super::{SiteRule, select};
use crate::text::safe_html::{self, Attributes, LeanPart};

/// A page or a piece of one, parsed.
#[derive(Debug)]
pub struct Parsed<'t> {
    /// The tree; most of its scripts and style sheets are empty.
    pub html: Html,
    scripts: Vec<&'t str>,
    styles: Vec<&'t str>,
    styles_left: bool,
    /// The bound at which the rest was left out, in words.
    pub broken: Option<&'static str>,
}

impl<'t> Parsed<'t> {
    /// Parses a page, without the attributes that say nothing of a text.
    #[must_use]
    pub fn page(text: &'t str) -> Self {
        let lean = safe_html::lean_part(text, Attributes::Telling);
        Self::of(lean, Html::parse_document)
    }

    /// Parses a page for the selectors of a rule.
    #[must_use]
    pub fn page_for(text: &'t str, rule: Option<&SiteRule>) -> Self {
        match rule {
            None => Self::page(text),
            Some(_) => Self::of(
                safe_html::lean_part(text, Attributes::All),
                Html::parse_document,
            ),
        }
    }

    /// Parses a piece of HTML.
    #[must_use]
    pub fn fragment(text: &'t str) -> Self {
        let lean = safe_html::lean_part(text, Attributes::Telling);
        Self::of(lean, Html::parse_fragment)
    }

    fn of(lean: LeanPart<'t>, parse: impl Fn(&str) -> Html) -> Self {
        Self {
            html: parse(&lean.html),
            scripts: lean.scripts,
            styles: lean.styles,
            styles_left: lean.styles_left,
            broken: lean.broken,
        }
    }

    /// What its scripts hold, JSON-LD and those of other addresses left out.
    pub fn scripts(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let moved = self.scripts.iter().copied().map(Cow::Borrowed);
        let others = select::all(&self.html, "script:not([src]):not([type*='ld+json'])");
        moved.chain(others.into_iter().map(|script| script.text().collect()))
    }

    /// What its style sheets hold.
    pub fn styles(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let moved = self.styles.iter().copied().map(Cow::Borrowed);
        let others = match self.styles_left {
            true => select::all(&self.html, "style"),
            false => Vec::new(),
        };
        moved.chain(others.into_iter().map(|style| style.text().collect()))
    }
}
