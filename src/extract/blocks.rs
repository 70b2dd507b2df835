//! A tree as lines of plain text, one for every paragraph, heading and list item, each with what the
//! markup knew about it: how much of it is links, whether it is a heading.

use ego_tree::NodeRef;
use scraper::{ElementRef, Html, Node};

use super::labels::{self, Label};
use super::select;

/// A line of the body before cleaning.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// White space made single.
    pub text: String,
    /// Characters of it, white space left out, that are inside of links.
    pub link_chars: usize,
    /// It is a heading.
    pub heading: bool,
}

impl Line {
    /// Share of the characters that are inside of links, 0 to 1.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "lines are shorter than 2^52 characters"
    )]
    pub fn link_density(&self) -> f64 {
        let chars = self
            .text
            .chars()
            .filter(|c| !c.is_whitespace())
            .count()
            .max(1);
        self.link_chars.min(chars) as f64 / chars as f64
    }
}

/// Elements whose text is no running text.
const SKIPPED: &[&str] = &[
    "script",
    "style",
    "noscript",
    "template",
    "figure",
    "figcaption",
    "picture",
    "svg",
    "math",
    "canvas",
    "video",
    "audio",
    "iframe",
    "object",
    "embed",
    "form",
    "button",
    "input",
    "select",
    "textarea",
    "nav",
    "dialog",
    "aside",
    "head",
    "caption",
    "footer",
];
/// Elements that flow with the text around them.
const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em",
    "font", "i", "ins", "kbd", "label", "mark", "nobr", "q", "rb", "rp", "rt", "rtc", "ruby", "s",
    "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
    "img",
];
/// Readings of ideographs and footnote marks: no words of the sentence.
const ANNOTATIONS: &[&str] = &["rt", "rp", "rtc"];
/// Words in `class` or `id` that name furniture.
const FURNITURE: &[&str] = &[
    "toc",
    "related",
    "newsletter",
    "share",
    "sharing",
    "social",
    "caption",
    "promo",
    "advert",
    "advertisement",
    "recommended",
    "recommendation",
    "recommendations",
    "comments",
    "byline",
    "breadcrumb",
    "breadcrumbs",
    "bacajuga",
    "readmore",
    "readalso",
    "tags",
    "copyright",
    "taboola",
    "outbrain",
    "teaser",
];
/// An element with a larger share of the text is never furniture, whatever it is called.
const FURNITURE_SHARE_MAX: f64 = 0.3;
/// How much of an inline element is looked at for a label, in characters.
const LABEL_CHARS: usize = 60;

/// The lines of a tree, in document order.
///
/// Walks without recursion: depth costs no stack.
#[must_use]
pub fn lines(html: &Html) -> Vec<Line> {
    let root = html.tree.root();
    let text_bytes = html.root_element().text().map(str::len).sum();
    let mut writer = Writer {
        text_bytes,
        ..Writer::default()
    };
    let mut node = root;
    'tree: loop {
        if writer.enter(node) {
            if let Some(child) = node.first_child() {
                node = child;
                continue;
            }
            writer.leave(node);
        }
        loop {
            if let Some(next) = node.next_sibling() {
                node = next;
                continue 'tree;
            }
            match node.parent() {
                Some(parent) if parent != root => {
                    writer.leave(parent);
                    node = parent;
                }
                _ => break 'tree,
            }
        }
    }
    writer.end_line();
    writer.lines
}

#[derive(Default)]
struct Writer {
    lines: Vec<Line>,
    text: String,
    /// Characters of `text`, white space left out, that came from links.
    link_chars: usize,
    links_open: usize,
    headings_open: usize,
    /// A label was cut, its link follows.
    link_follows: bool,
    /// Length of the text of the whole tree.
    text_bytes: usize,
}

impl Writer {
    /// Takes a node; `false` when it is left out with all that is in it.
    fn enter(&mut self, node: NodeRef<'_, Node>) -> bool {
        let Some(element) = ElementRef::wrap(node) else {
            if let Node::Text(text) = node.value() {
                self.write(text);
            }
            return true;
        };
        let name = element.value().name();
        let inline = INLINE.contains(&name);
        if !inline && name != "br" {
            self.end_line();
        }
        if ANNOTATIONS.contains(&name)
            || SKIPPED.contains(&name)
            || is_hidden(element)
            || self.is_furniture(element)
            || (inline && self.is_insertion(element))
        {
            return false;
        }
        if name == "br" {
            self.line_break(element);
        }
        self.links_open += usize::from(name == "a");
        self.headings_open += usize::from(is_heading(name));
        true
    }

    fn leave(&mut self, node: NodeRef<'_, Node>) {
        let Some(element) = ElementRef::wrap(node) else {
            return;
        };
        let name = element.value().name();
        if !INLINE.contains(&name) && name != "br" {
            self.end_line();
        }
        self.links_open -= usize::from(name == "a");
        self.headings_open -= usize::from(is_heading(name));
    }

    fn write(&mut self, text: &str) {
        if self.links_open > 0 {
            self.link_chars += text.chars().filter(|c| !c.is_whitespace()).count();
        }
        self.link_follows &= text.trim().is_empty();
        self.text.push_str(text);
    }

    /// A line break ends a paragraph when it is doubled or when a sentence ends there; otherwise
    /// it only wraps the text.
    fn line_break(&mut self, element: ElementRef<'_>) {
        let doubled = element
            .next_siblings()
            .find(|node| !matches!(node.value(), Node::Text(text) if text.trim().is_empty()))
            .and_then(ElementRef::wrap)
            .is_some_and(|next| next.value().name() == "br");
        if doubled || ends_sentence(&self.text) {
            self.end_line();
        } else {
            self.text.push(' ');
        }
    }

    fn end_line(&mut self) {
        let text = select::spaced(&self.text);
        if !text.is_empty() {
            let heading = self.headings_open > 0;
            self.lines.push(Line {
                text,
                link_chars: self.link_chars,
                heading,
            });
        }
        self.text.clear();
        self.link_chars = 0;
        self.link_follows = false;
    }

    /// Named as furniture, and small enough to be some.
    fn is_furniture(&self, element: ElementRef<'_>) -> bool {
        let value = element.value();
        let named = value
            .classes()
            .chain(value.id())
            .flat_map(|names| names.split(|c: char| !c.is_ascii_alphanumeric()))
            .any(|word| {
                FURNITURE
                    .iter()
                    .any(|furniture| furniture.eq_ignore_ascii_case(word))
            });
        if !named {
            return false;
        }
        let bytes: usize = element.text().map(str::len).sum();
        #[expect(
            clippy::cast_precision_loss,
            reason = "pages are shorter than 2^52 bytes"
        )]
        let share = bytes as f64 / self.text_bytes.max(1) as f64;
        share <= FURNITURE_SHARE_MAX
    }

    /// "(Baca Juga: ...)" as an element of its own inside of a paragraph, or the link behind such a label.
    fn is_insertion(&mut self, element: ElementRef<'_>) -> bool {
        let is_link = element.value().name() == "a";
        if is_link && std::mem::take(&mut self.link_follows) {
            return true;
        }
        // At the start of a line the line itself is judged, with its label.
        if self.text.trim().is_empty() {
            return false;
        }
        let text: String = element
            .text()
            .flat_map(str::chars)
            .take(LABEL_CHARS)
            .collect();
        let folded = labels::folded(&select::spaced(&text));
        let Some(Label::ReadAlso(length)) = labels::label_of(&folded) else {
            return false;
        };
        let rest = folded[length..].trim_start();
        let bracketed = text.trim_start().starts_with(['(', '[', '（']);
        let insertion = bracketed || rest.starts_with([':', '：', '|']);
        let holds_link = is_link
            || element
                .descendent_elements()
                .any(|inner| inner.value().name() == "a");
        self.link_follows = insertion && !holds_link && !bracketed;
        insertion
    }
}

fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

fn is_hidden(element: ElementRef<'_>) -> bool {
    let value = element.value();
    value.attr("hidden").is_some()
        || value.attr("aria-hidden") == Some("true")
        || value.attr("style").is_some_and(|style| {
            let style: String = style.split_whitespace().collect();
            style.contains("display:none")
        })
}

/// The text ends as a sentence does, quotation marks and brackets aside.
#[must_use]
pub fn ends_sentence(text: &str) -> bool {
    text.trim_end()
        .trim_end_matches([
            '"', '\'', '”', '’', '»', '“', ')', '）', '」', '』', '›', ']',
        ])
        .ends_with([
            '.', '!', '?', '…', '。', '！', '？', '।', '؟', '۔', '።', '։', ':', '：', ';', '；',
        ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(html: &str) -> Vec<String> {
        lines(&Html::parse_fragment(html))
            .into_iter()
            .map(|line| line.text)
            .collect()
    }

    #[test]
    fn markup_becomes_lines() {
        for (html, expected) in [
            (
                "<p>One <b>two</b>\n three.</p><p>Four.</p>",
                vec!["One two three.", "Four."],
            ),
            (
                "<h2>Head</h2>Text<ul><li>a<li>b</ul>",
                vec!["Head", "Text", "a", "b"],
            ),
            (
                "One.<br>Two.<br><br>Three<br>four",
                vec!["One.", "Two.", "Three four"],
            ),
            (
                "<p>A<figure><img><figcaption>Caption</figcaption></figure></p>",
                vec!["A"],
            ),
            ("<p><ruby>王<rt>おう</rt></ruby>氏</p>", vec!["王氏"]),
            (
                "<p>Long text of an article that is much longer than its contents.</p><div class='post-toc'><a>One</a></div>",
                vec!["Long text of an article that is much longer than its contents."],
            ),
            (
                "<div class='share-article'>All of the text</div>",
                vec!["All of the text"],
            ),
            (
                "<p>Menlu tiba. <strong>(Baca Juga: <a>Agenda</a>)</strong> Ia bertemu Putin.</p>",
                vec!["Menlu tiba. Ia bertemu Putin."],
            ),
            (
                "<p>Menlu tiba. <strong>Baca juga:</strong> <a>Agenda</a> Ia bertemu Putin.</p>",
                vec!["Menlu tiba. Ia bertemu Putin."],
            ),
            (
                "<p>He asked us to <i>read also</i> the <a>second</a> volume.</p>",
                vec!["He asked us to read also the second volume."],
            ),
        ] {
            assert_eq!(texts(html), expected, "{html}");
        }
    }

    #[test]
    fn links_are_counted() {
        let found = lines(&Html::parse_fragment("<p><a>abcd</a>efgh</p>"));
        assert!((found[0].link_density() - 0.5).abs() < 1e-9);
    }
}
