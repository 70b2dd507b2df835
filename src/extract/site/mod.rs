//! Rules for the pages of one site: where the body, the headline and the rest stand, what is to be left out, and
//! where the article goes on.
//!
//! A rule is asked before the page is read by itself, and only as long as it finds something: sites are redesigned.

mod apply;
pub mod ftr;
mod join;
pub mod xpath;

use scraper::Html;

pub use apply::{Scope, Told};
pub use join::join;

use crate::text::CssSelector;
use xpath::{XNode, XPath};

/// How a part of a page is found.
#[derive(Debug, Clone)]
pub enum Finder {
    /// As `[[site]]` of the config writes it.
    Css(CssSelector),
    /// As files of ftr-site-config write it.
    XPath(XPath),
}

impl Finder {
    /// What it finds.
    #[must_use]
    pub fn find(&self, html: &Html) -> Vec<XNode> {
        match self {
            Self::Css(selector) => {
                let found = html.select(selector.compiled());
                found.map(|element| XNode::Tree(element.id())).collect()
            }
            Self::XPath(xpath) => xpath.find(html),
        }
    }
}

/// A version of the page that is read in its place.
#[derive(Debug, Clone)]
pub enum Alternative {
    /// What `<link rel="amphtml">` names.
    Amp,
    /// What a link leads to: a version for printing, or the whole article on one page.
    Link(Vec<Finder>),
}

/// What is known of the pages of a site. Of several finders for one thing the first that finds it is taken; what has
/// none is read as on any other page.
#[derive(Debug, Clone, Default)]
pub struct SiteRule {
    /// Where it comes from, in words: `[[site]] *.example.org`, `example.org.txt`.
    pub name: String,
    /// Written by somebody else, years ago perhaps: what it finds is compared with what is found without it.
    pub imported: bool,
    /// Elements that hold the body.
    pub body: Vec<Finder>,
    /// The headline.
    pub title: Vec<Finder>,
    /// The date of publication.
    pub date: Vec<Finder>,
    /// The authors.
    pub author: Vec<Finder>,
    /// Elements that are left out, wherever they stand.
    pub remove: Vec<Finder>,
    /// The link to the next page of the article.
    pub next_page: Vec<Finder>,
    /// What to read in place of the page.
    pub alternative: Option<Alternative>,
    /// Addresses that its author tried it on.
    pub test_urls: Vec<String>,
    /// Lines of a file that are not understood, with the reason.
    pub not_understood: Vec<String>,
}
