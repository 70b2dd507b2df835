//! The text of an extractor's HTML, one line a block: what the crates give as text has its blocks glued together.

use std::mem;

use ego_tree::iter::Edge;
use scraper::{Html, Node};

/// Elements that stand in lines of their own.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "caption",
    "center",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "graphic",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "lb",
    "li",
    "list",
    "main",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "quote",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
];
/// Elements whose text nobody reads.
const SILENT: &[&str] = &["head", "noscript", "script", "style", "template"];

/// The lines of an HTML fragment.
#[must_use]
pub fn text(html: &str) -> String {
    let html = Html::parse_document(html);
    let mut lines = Lines::default();
    let mut silent = 0_usize;
    for edge in html.tree.root().traverse() {
        let (node, opens) = match edge {
            Edge::Open(node) => (node, true),
            Edge::Close(node) => (node, false),
        };
        match node.value() {
            Node::Text(text) if opens && silent == 0 => lines.open.push_str(text.as_ref()),
            Node::Element(element) => {
                if SILENT.contains(&element.name()) {
                    silent = if opens { silent + 1 } else { silent - 1 };
                }
                if BLOCKS.contains(&element.name()) {
                    lines.end();
                }
            }
            _ => {}
        }
    }
    lines.end();
    lines.done.join("\n")
}

#[derive(Default)]
struct Lines {
    done: Vec<String>,
    open: String,
}

impl Lines {
    fn end(&mut self) {
        let line = mem::take(&mut self.open);
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if !line.is_empty() {
            self.done.push(line);
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn blocks_are_lines() {
        let html =
            "<div><h2>One</h2>two <b>three</b><script>x</script>\n four<p>five<br>six</p></div>";
        assert_eq!(super::text(html), "One\ntwo three four\nfive\nsix");
    }
}
