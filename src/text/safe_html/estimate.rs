//! What a parser would build of the tags that were read, counted without building it.

use memchr::memchr_iter;

use super::markup::Tag;
use super::{ALL_ATTRIBUTES_MAX, ATTRIBUTES_MAX, DEPTH_MAX, ELEMENTS_MAX, FAULTS_MAX, is_one_of};

/// Elements without content (HTML, "void elements").
const VOID: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];
/// Elements whose end tag authors leave out; the next of its kind closes them.
const END_TAG_OPTIONAL: &[&str] = &[
    "p", "li", "dt", "dd", "option", "optgroup", "tr", "td", "th", "tbody", "thead", "tfoot", "rt",
    "rp",
];
/// Elements that the parser opens again in every following block until they are closed
/// (HTML, "reconstruct the active formatting elements"); `a` and `nobr` close themselves.
const FORMATTING: &[&str] = &[
    "b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u",
];
/// What a parser would build, from above.
#[derive(Default)]
pub struct TreeEstimate<'a> {
    /// Open elements, formatting ones left out.
    open: Vec<&'a str>,
    /// Open formatting elements.
    formatting: usize,
    elements: usize,
    attributes: usize,
    pub faults: usize,
}

impl<'a> TreeEstimate<'a> {
    /// Counts the `&` of a text; the place of the first that is too many.
    pub fn read_text(&mut self, text: &str) -> Option<usize> {
        let left = FAULTS_MAX.saturating_sub(self.faults);
        let too_many = memchr_iter(b'&', text.as_bytes()).nth(left);
        if too_many.is_none() {
            self.faults += memchr_iter(b'&', text.as_bytes()).count();
        }
        too_many
    }

    /// The bound that a tag breaks.
    pub fn read_tag(&mut self, tag: &Tag<'a>) -> Option<&'static str> {
        self.attributes += tag.attributes;
        if tag.attributes > ATTRIBUTES_MAX {
            Some("more than 1,000 attributes of one element")
        } else if self.attributes > ALL_ATTRIBUTES_MAX {
            Some("more than 500,000 attributes")
        } else if tag.closes {
            self.close(tag.name)
        } else {
            self.open(tag.name)
        }
    }

    fn open(&mut self, name: &'a str) -> Option<&'static str> {
        self.elements += 1;
        if is_one_of(name, VOID) {
            return self.verdict();
        }
        if is_one_of(name, FORMATTING) {
            self.formatting += 1;
            return self.verdict();
        }
        if is_one_of(name, END_TAG_OPTIONAL) {
            self.close_earlier(name);
        }
        self.open.push(name);
        self.verdict()
    }

    /// `<li>` after an unclosed `<li>` of the same list closes it.
    fn close_earlier(&mut self, name: &str) {
        for (index, open) in self.open.iter().enumerate().rev() {
            if open.eq_ignore_ascii_case(name) {
                self.open.truncate(index);
                return;
            }
            if !is_one_of(open, END_TAG_OPTIONAL) {
                return;
            }
        }
    }

    fn close(&mut self, name: &str) -> Option<&'static str> {
        if is_one_of(name, FORMATTING) {
            self.formatting = self.formatting.saturating_sub(1);
            return self.verdict();
        }
        // What was not closed inside of this element is opened again after it.
        self.elements += self.formatting;
        if let Some(index) = self
            .open
            .iter()
            .rposition(|open| open.eq_ignore_ascii_case(name))
        {
            self.open.truncate(index);
        }
        self.verdict()
    }

    /// Whether an element of one of these names is open.
    pub fn is_open(&self, names: &[&str]) -> bool {
        self.open.iter().any(|open| is_one_of(open, names))
    }

    fn verdict(&self) -> Option<&'static str> {
        if self.elements > ELEMENTS_MAX {
            Some("more than 60,000 elements")
        } else if self.open.len() + self.formatting > DEPTH_MAX {
            Some("nested deeper than 1,000 elements")
        } else {
            None
        }
    }
}
