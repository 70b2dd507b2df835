//! The body of an article as small HTML for people: paragraphs, subheadings, lists, quotations, links and emphasis, and
//! nothing that loads, runs or is styled.
//!
//! The text is the body's, line by line and no other; the page says only what each line looks like. A line that is not
//! found on the page is a paragraph. So what is shown is what the watches have read, whatever a page does. It costs a
//! parse of its own and is made only when somebody asks for it.

mod allow;
mod inline;
mod shape;
mod write;

use std::collections::HashMap;

use ego_tree::NodeId;
use scraper::Html;
use url::Url;

use self::inline::Run;
use self::shape::Shape;
use super::parsed::Parsed;
use super::site::{Scope, SiteRule};
use super::{Page, blocks, decode, select};
use crate::text::safe_html;

pub use allow::sanitised;

/// An element of one of the pages.
type ElementId = (usize, NodeId);

/// A body on its way to HTML.
#[derive(Debug)]
pub struct Reading {
    lines: Vec<Line>,
    lang: Option<String>,
    pages: usize,
}

/// A line of the body.
#[derive(Debug)]
struct Line {
    text: String,
    /// A further story of the page begins with it.
    opens_story: bool,
    look: Option<Look>,
}

/// How a page shows it.
#[derive(Debug)]
struct Look {
    shape: Shape,
    runs: Vec<Run>,
}

impl Reading {
    /// A body, the numbers of the lines at which further stories begin, and its language.
    #[must_use]
    pub fn new(body: &str, parts: &[usize], lang: Option<&str>) -> Self {
        let line = |(number, text): (usize, &str)| Line {
            text: text.to_owned(),
            opens_story: parts.contains(&number),
            look: None,
        };
        Self {
            lines: body.lines().enumerate().map(line).collect(),
            lang: lang.map(str::to_owned),
            pages: 0,
        }
    }

    /// Looks at a page that the body was read from. Its bytes are not needed any more then.
    pub fn add_page(&mut self, bytes: &[u8], page: &Page<'_>, rule: Option<&SiteRule>) {
        let bytes = &bytes[..bytes.len().min(safe_html::PAGE_BYTES_MAX + 1)];
        let (text, _) = decode::decode_from(bytes, page.content_type, page.url);
        let text = text.replace('\0', "");
        let parsed = Parsed::page_for(&text, rule);
        let html = &parsed.html;
        let scope = rule.map(|rule| Scope::of(rule, html));
        let seen = blocks::outline_of(&parsed, scope.as_ref(), false).lines;
        let number = self.pages;
        self.pages += 1;
        let base = base(html, page.url);
        for (line, at) in self.found(&seen) {
            let Some(start) = seen[at].start.and_then(|start| html.tree.get(start)) else {
                continue;
            };
            let line = &mut self.lines[line];
            line.look = Some(Look {
                shape: Shape::of(start, number),
                runs: inline::runs(start, &line.text, number, base.as_ref()),
            });
        }
    }

    /// Lines of the body that have no look yet, and where they stand among those of a page: in the order of the page as
    /// far as can be, since a link above the story may say what a subheading of it says.
    fn found(&self, seen: &[blocks::Line]) -> Vec<(usize, usize)> {
        let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
        for line in self.lines.iter().filter(|line| line.look.is_none()) {
            places.insert(&line.text, Vec::new());
        }
        for (at, line) in seen.iter().enumerate() {
            if let Some(places) = places.get_mut(line.text.as_str()) {
                places.push(at);
            }
        }
        let mut next = 0;
        let mut found = Vec::new();
        for (number, line) in self.lines.iter().enumerate() {
            if line.look.is_some() {
                continue;
            }
            let Some(places) = places.get(line.text.as_str()) else {
                continue;
            };
            let ahead = places.iter().find(|&&at| at >= next);
            if let Some(at) = ahead {
                next = at + 1;
            }
            found.extend(ahead.or(places.last()).map(|&at| (number, at)));
        }
        found
    }

    /// The HTML: one `article` element.
    #[must_use]
    pub fn html(&self) -> String {
        allow::settled(&allow::sanitised(&write::html(
            &self.lines,
            self.lang.as_deref(),
        )))
    }
}

/// The address that links of a page start from.
fn base(html: &Html, page_url: &str) -> Option<Url> {
    let page = Url::parse(page_url).ok()?;
    let named = select::all(html, "base[href]");
    let named = named.first().and_then(|base| base.attr("href"));
    Some(named.and_then(|href| page.join(href).ok()).unwrap_or(page))
}

#[cfg(test)]
mod tests;
