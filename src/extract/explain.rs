//! Why a page is read as it is: every line of it in document order, taken or left out, with the reason.

use std::collections::HashMap;

use ego_tree::{NodeId, NodeRef};
use scraper::{ElementRef, Html, Node};

use super::blocks::Line;
use super::fate::{Fate, Reason};
use super::metadata::Metadata;
use super::parsed::Parsed;
use super::site::{SiteRule, Told};
use super::story::Story;
use super::{Aids, Extracted, Page, blocks, lines, select};
use crate::model::DateSource;

/// A page and what became of its lines.
#[derive(Debug, Clone, Default)]
pub struct Explained {
    /// The article, as [`extract`](super::extract) gives it.
    pub extracted: Extracted,
    /// The lines of the page.
    pub lines: Vec<SeenLine>,
    /// Where the page says the date of publication, in words.
    pub published_by: Option<String>,
    /// The same for the last change.
    pub modified_by: Option<String>,
    /// What the rule for the site said besides the body.
    pub told: Told,
}

/// A line as the page shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct SeenLine {
    /// Its text.
    pub text: String,
    /// What became of it.
    pub fate: Fate,
    /// What a line looks like that the classifier left out.
    pub looks_like: Option<Reason>,
}

impl SeenLine {
    fn new(text: String, fate: Fate) -> Self {
        Self {
            text,
            fate,
            looks_like: None,
        }
    }

    /// Why it was left out, in words.
    #[must_use]
    pub fn why(&self) -> Option<String> {
        let Fate::LeftOut(reason) = self.fate else {
            return None;
        };
        let looks = self.looks_like.map(|looks| format!(", {looks}"));
        Some(format!("{reason}{}", looks.unwrap_or_default()))
    }
}

/// Reads the article of a page and tells why.
#[must_use]
pub fn explain(bytes: &[u8], page: &Page<'_>, rule: Option<&SiteRule>) -> Explained {
    let mut explained = Explained::default();
    explained.extracted = super::read(
        bytes,
        page,
        Aids {
            rule,
            ..Aids::default()
        },
        None,
        Some(&mut explained),
    );
    explained
}

impl Explained {
    /// Takes down what reading a page came to.
    pub(super) fn record(&mut self, html: &Html, metadata: &Metadata, story: &Story) {
        let declared = story.declared.iter().flatten();
        let declared = declared.map(|line| SeenLine::new(line.text.clone(), Fate::Kept));
        self.lines = declared
            .chain(lines_of_page(html, metadata, story))
            .collect();
        let source = |source: Option<DateSource>| source.map(|source| words(source).to_owned());
        self.published_by = match self.told.date {
            true => Some("[[site]]".to_owned()),
            false => source(metadata.published_from),
        };
        self.modified_by = source(metadata.modified_from);
    }
}

/// The lines that were judged, and between them what stands in elements that are passed over.
fn lines_of_page(html: &Html, metadata: &Metadata, story: &Story) -> Vec<SeenLine> {
    let judged = story.outline.lines.iter().zip(&story.fates);
    let judged: HashMap<NodeId, (&Line, Fate)> = judged
        .filter_map(|(line, fate)| Some((line.start?, (line, *fate))))
        .collect();
    let skipped: HashMap<NodeId, Reason> = story.outline.skipped.iter().copied().collect();
    let mut lines = Vec::new();
    let mut walk = Some(html.tree.root());
    while let Some(node) = walk {
        if let Some((line, fate)) = judged.get(&node.id()) {
            let unlikely = matches!(fate, Fate::LeftOut(Reason::Unlikely(_)));
            let looks_like = if unlikely {
                lines::looks_like(line, metadata)
            } else {
                None
            };
            lines.push(SeenLine {
                looks_like,
                ..SeenLine::new(line.text.clone(), *fate)
            });
        }
        let reason = skipped.get(&node.id());
        if let (Some(reason), Some(element)) = (reason, ElementRef::wrap(node)) {
            let fate = Fate::LeftOut(*reason);
            lines.extend(
                texts(element)
                    .into_iter()
                    .map(|text| SeenLine::new(text, fate)),
            );
        }
        walk = next(node, reason.is_none());
    }
    lines
}

/// The next node in document order, of those inside only when `enter` is set.
fn next(node: NodeRef<'_, Node>, enter: bool) -> Option<NodeRef<'_, Node>> {
    let inside = node.first_child().filter(|_| enter);
    inside.or_else(|| node.next_sibling()).or_else(|| {
        let mut around = node.ancestors();
        around.find_map(|above| above.next_sibling())
    })
}

/// Elements without text for readers.
const SILENT: &[&str] = &[
    "script", "style", "template", "head", "noscript", "svg", "math", "iframe", "object", "embed",
    "canvas", "video", "audio", "map",
];

/// The lines inside of an element that is passed over.
fn texts(element: ElementRef<'_>) -> Vec<String> {
    if SILENT.contains(&element.value().name()) {
        return Vec::new();
    }
    // Without the element itself, which would be passed over again.
    let inner = element.inner_html();
    let found: Vec<String> = blocks::lines(&Parsed::fragment(&inner))
        .into_iter()
        .map(|line| line.text)
        .collect();
    if !found.is_empty() {
        return found;
    }
    let text = select::text(element);
    if text.is_empty() {
        Vec::new()
    } else {
        vec![text]
    }
}

/// Where a page names a date, in words.
fn words(source: DateSource) -> &'static str {
    match source {
        DateSource::JsonLd => "JSON-LD",
        DateSource::Meta => "a meta element",
        DateSource::Microdata => "microdata",
        DateSource::Time => "a <time> element",
        DateSource::Url => "the page's address",
        DateSource::Visible => "the page's text",
    }
}
