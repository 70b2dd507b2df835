//! What expressions yield.

use ego_tree::NodeId;
use scraper::{ElementRef, Html, Node};

/// A node of a page, or an attribute of one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum XNode {
    /// An element, a text, the page itself.
    Tree(NodeId),
    /// The element and the attribute's name.
    Attribute(NodeId, String),
}

impl XNode {
    /// The node itself, or the element whose attribute it is.
    #[must_use]
    pub fn id(&self) -> NodeId {
        match self {
            Self::Tree(id) | Self::Attribute(id, _) => *id,
        }
    }

    /// All text in it.
    #[must_use]
    pub fn text(&self, html: &Html) -> String {
        let Some(node) = html.tree.get(self.id()) else {
            return String::new();
        };
        if let Self::Attribute(_, name) = self {
            let element = ElementRef::wrap(node);
            let value = element.and_then(|element| element.attr(name));
            return value.unwrap_or_default().to_owned();
        }
        if let Node::Text(text) = node.value() {
            return text.to_string();
        }
        let inner = node.descendants().filter_map(|node| node.value().as_text());
        inner.map(|text| &**text).collect()
    }
}

/// Any value.
#[derive(Debug, Clone)]
pub enum Value {
    /// Nodes, in the order in which they were found.
    Nodes(Vec<XNode>),
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// True or false.
    Bool(bool),
}

impl Value {
    /// As a text: of nodes the first one's.
    #[must_use]
    pub fn text(&self, html: &Html) -> String {
        match self {
            Self::Nodes(nodes) => nodes
                .first()
                .map(|node| node.text(html))
                .unwrap_or_default(),
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Bool(bool) => bool.to_string(),
        }
    }

    /// As a number; what is none is NaN.
    #[must_use]
    pub fn number(&self, html: &Html) -> f64 {
        match self {
            Self::Number(number) => *number,
            Self::Bool(bool) => f64::from(u8::from(*bool)),
            _ => self.text(html).trim().parse().unwrap_or(f64::NAN),
        }
    }

    /// As a condition.
    #[must_use]
    pub fn holds(&self) -> bool {
        match self {
            Self::Nodes(nodes) => !nodes.is_empty(),
            Self::Text(text) => !text.is_empty(),
            Self::Number(number) => *number != 0.0 && !number.is_nan(),
            Self::Bool(bool) => *bool,
        }
    }
}
