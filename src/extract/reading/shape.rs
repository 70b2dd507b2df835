//! What a line is: a paragraph or a heading, and in which lists and quotations it stands.

use ego_tree::NodeRef;
use scraper::{ElementRef, Node};

use super::ElementId;

/// Elements that are part of a line.
const FLOWING: &[&str] = &[
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em",
    "font", "i", "ins", "kbd", "label", "mark", "nobr", "q", "rb", "ruby", "s", "samp", "small",
    "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var",
];
/// Elements around a line that are looked at.
const AROUND_MAX: usize = 200;
/// Lists and quotations inside of each other that are kept.
const DEPTH_MAX: usize = 6;
/// Longest tag of a language that is believed.
const LANG_BYTES_MAX: usize = 35;

/// True for elements that are part of a line.
pub(super) fn flows(name: &str) -> bool {
    FLOWING.contains(&name)
}

/// Kinds of line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaf {
    Paragraph,
    /// Of the first two ranks.
    Heading,
    /// Of a lower one.
    Subheading,
}

/// What a line stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    Bullets,
    Numbers,
    Item,
    Quote,
}

impl Container {
    /// Its element.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Bullets => "ul",
            Self::Numbers => "ol",
            Self::Item => "li",
            Self::Quote => "blockquote",
        }
    }

    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "ul" => Self::Bullets,
            "ol" => Self::Numbers,
            "li" => Self::Item,
            "blockquote" => Self::Quote,
            _ => return None,
        })
    }

    fn is_list(self) -> bool {
        matches!(self, Self::Bullets | Self::Numbers)
    }
}

/// Language and direction, as a page gives them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tongue {
    pub(super) lang: Option<String>,
    pub(super) dir: Option<&'static str>,
}

impl Tongue {
    /// What an element itself says.
    pub(super) fn of(element: ElementRef<'_>) -> Self {
        Self {
            lang: element.attr("lang").and_then(tag),
            dir: element.attr("dir").and_then(direction),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lang.is_none() && self.dir.is_none()
    }
}

/// A tag of a language, if it has the form of one.
pub(super) fn tag(lang: &str) -> Option<String> {
    let lang = lang.trim();
    let formed = lang.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    (formed && !lang.is_empty() && lang.len() <= LANG_BYTES_MAX).then(|| lang.to_owned())
}

/// A direction, if it is one.
pub(super) fn direction(dir: &str) -> Option<&'static str> {
    let known = ["ltr", "rtl", "auto"];
    known
        .into_iter()
        .find(|name| name.eq_ignore_ascii_case(dir.trim()))
}

/// What a line is.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) leaf: Leaf,
    /// Outermost first. An item stands in a list, and nothing but items does.
    pub(super) path: Vec<(Container, ElementId)>,
    pub(super) tongue: Tongue,
}

impl Shape {
    /// That of the line which begins with a text.
    pub(super) fn of(text: NodeRef<'_, Node>, page: usize) -> Self {
        let mut shape = Self {
            leaf: Leaf::Paragraph,
            path: Vec::new(),
            tongue: Tongue::default(),
        };
        let around = text.ancestors().map_while(ElementRef::wrap);
        // The innermost item so far, whose list has not come yet.
        let mut item = None;
        for element in around.take(AROUND_MAX) {
            let name = element.value().name();
            shape.leaf = match (shape.leaf, name) {
                (Leaf::Paragraph, "h1" | "h2") => Leaf::Heading,
                (Leaf::Paragraph, "h3" | "h4" | "h5" | "h6") => Leaf::Subheading,
                (leaf, _) => leaf,
            };
            if !flows(name) {
                let told = Tongue::of(element);
                shape.tongue.lang = shape.tongue.lang.take().or(told.lang);
                shape.tongue.dir = shape.tongue.dir.or(told.dir);
            }
            let Some(container) = Container::of(name) else {
                continue;
            };
            let place = (container, (page, element.id()));
            match container {
                Container::Item => item = item.or(Some(place)),
                list if list.is_list() => {
                    let item = item.take();
                    shape
                        .path
                        .extend(item.into_iter().flat_map(|item| [item, place]));
                }
                _ => {
                    item = None;
                    shape.path.push(place);
                }
            }
        }
        shape.path.truncate(DEPTH_MAX);
        if shape
            .path
            .last()
            .is_some_and(|(last, _)| *last == Container::Item)
        {
            shape.path.pop();
        }
        shape.path.reverse();
        shape
    }
}

/// Takes away what is around all lines: a page that is laid out as a list is no list.
pub(super) fn common<'a>(shapes: impl Iterator<Item = &'a Shape>) -> usize {
    let mut shapes = shapes.map(|shape| shape.path.as_slice());
    let Some(first) = shapes.next() else { return 0 };
    let mut same = first;
    let mut lines = 1;
    for path in shapes {
        lines += 1;
        let length = same.iter().zip(path).take_while(|(a, b)| a == b).count();
        same = &same[..length];
    }
    if lines < 2 {
        return 0;
    }
    let ends = |(container, _): &(Container, ElementId)| !container.is_list();
    same.iter().rposition(ends).map_or(0, |at| at + 1)
}
