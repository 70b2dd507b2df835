//! What a page has and no reader sees: words for search engines, or for us.
//!
//! Only what hides a small part of the page is taken for a trick: some sites hide the whole article until
//! a script shows it.

use ego_tree::Tree;
use memchr::memrchr2;
use rustc_hash::FxHashSet;
use scraper::{ElementRef, Node};

use super::parsed::Parsed;

/// A hidden element with a larger share of the page's text is shown by a script later on.
const SHARE_MAX: usize = 30;
/// Large hidden elements that are measured before no more are looked for: measuring walks their text.
const LARGE_MAX: usize = 16;

/// Tells what of one page is hidden.
#[derive(Debug)]
pub struct Hidden {
    sheet: Sheet,
    /// Bytes of text from which on a hidden element is a large one; found out when there is one.
    large_bytes: Option<usize>,
    large: usize,
}

impl Hidden {
    /// Reads the page's own style sheets.
    #[must_use]
    pub fn of(page: &Parsed<'_>) -> Self {
        let mut sheet = Sheet::default();
        page.styles().for_each(|css| sheet.read(&css));
        Self {
            sheet,
            large_bytes: None,
            large: 0,
        }
    }

    /// Whether an element is out of sight and small. To be asked once of every element, in document order.
    pub fn hides(&mut self, element: ElementRef<'_>) -> bool {
        if self.large > LARGE_MAX || !self.is_hidden(element) {
            return false;
        }
        let large_bytes = *self
            .large_bytes
            .get_or_insert_with(|| text_bytes(element.tree()) * SHARE_MAX / 100);
        let mut bytes = 0;
        for text in element.text() {
            bytes += text.trim().len();
            if bytes > large_bytes {
                self.large += 1;
                return false;
            }
        }
        true
    }

    fn is_hidden(&self, element: ElementRef<'_>) -> bool {
        let (mut marked, mut hides_itself, mut by_sheet) = (false, false, false);
        for (name, value) in element.value().attrs() {
            match name {
                "hidden" => marked = true,
                // Dashes and arrows are no words for screen readers, and stay for others.
                "aria-hidden" if value.trim().eq_ignore_ascii_case("true") => {
                    marked |= element
                        .text()
                        .any(|text| text.contains(char::is_alphanumeric));
                }
                "style" => hides_itself |= hides(value),
                "class" => by_sheet |= self.sheet.hides_class(value),
                "id" => by_sheet |= self.sheet.ids.contains(value),
                _ => {}
            }
        }
        hides_itself || by_sheet || (marked && !is_streamed(element))
    }
}

/// React sends parts of a page late, as `<div hidden id="S:1f">`, and a script puts them into their place at once.
fn is_streamed(element: ElementRef<'_>) -> bool {
    let number = element.attr("id").and_then(|id| id.strip_prefix("S:"));
    number.is_some_and(|number| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// Length of the text of a page, scripts and style sheets left out.
fn text_bytes(tree: &Tree<Node>) -> usize {
    tree.nodes()
        .filter_map(|node| {
            let text = node.value().as_text()?;
            let parent = node.parent()?.value().as_element()?;
            let is_read = !matches!(parent.name(), "script" | "style" | "noscript" | "template");
            is_read.then(|| text.trim().len())
        })
        .sum()
}

/// Whether declarations (`name: value; ...`) keep an element's text from being seen.
fn hides(style: &str) -> bool {
    let style = style.to_ascii_lowercase();
    let declared: Vec<(&str, &str)> = style
        .split(';')
        .filter_map(|declaration| declaration.split_once(':'))
        .map(|(name, value)| {
            let value = value.trim().trim_end_matches("!important").trim_end();
            (name.trim(), value)
        })
        .collect();
    let value_of = |name: &str| declared.iter().rev().find(|(n, _)| *n == name).map(|d| d.1);
    let is_none = |name: &str| value_of(name).is_some_and(is_nothing);
    let is_far = |name: &str| value_of(name).and_then(number).is_some_and(|n| n <= -900.0);
    let clipped = value_of("overflow").is_some_and(|value| value == "hidden")
        && ["width", "height", "max-height", "max-width"]
            .iter()
            .any(|name| is_none(name));
    let same_colour = value_of("color").is_some_and(|colour| {
        let ground = value_of("background-color").or_else(|| value_of("background"));
        colour == "transparent" || Some(colour) == ground
    });
    value_of("display") == Some("none")
        || matches!(value_of("visibility"), Some("hidden" | "collapse"))
        || is_none("font-size")
        || is_none("opacity")
        || [
            "left",
            "top",
            "right",
            "bottom",
            "text-indent",
            "margin-left",
        ]
        .iter()
        .any(|name| is_far(name))
        || value_of("clip")
            .is_some_and(|value| value.starts_with("rect(0") || value.starts_with("rect(1px"))
        || value_of("clip-path")
            .is_some_and(|value| value.starts_with("inset(50%") || value.starts_with("inset(100%"))
        || value_of("transform").is_some_and(|value| value.starts_with("scale(0)"))
        || clipped
        || same_colour
}

/// A length or share that is nothing to the eye: zero, or one pixel.
fn is_nothing(value: &str) -> bool {
    value == "1px" || number(value) == Some(0.0)
}

/// The number that a value begins with.
fn number(value: &str) -> Option<f64> {
    let end = value
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+')))
        .unwrap_or(value.len());
    value[..end].parse().ok()
}

/// Classes and ids that the page's own style sheets take out of sight, whatever the device.
#[derive(Debug, Default)]
struct Sheet {
    classes: FxHashSet<String>,
    ids: FxHashSet<String>,
}

impl Sheet {
    /// Reads the rules of a sheet; those inside of `@media` and its like hold for some devices only.
    fn read(&mut self, css: &str) {
        let mut rest = css;
        while let Some((head, body)) = rest.split_once('{') {
            // What an `@import` or a closed block left before the selector.
            let before = memrchr2(b';', b'}', head.as_bytes()).map_or(0, |at| at + 1);
            let selectors = head[before..].trim();
            if selectors.starts_with('@') {
                rest = after_block(body);
                continue;
            }
            let (declarations, after) = body.split_once('}').unwrap_or((body, ""));
            if takes_out(declarations) {
                selectors
                    .split(',')
                    .for_each(|selector| self.add(selector.trim()));
            }
            rest = after;
        }
    }

    /// Only a lone `.class` or `#id`: what else a rule asks for may not hold.
    fn add(&mut self, selector: &str) {
        let is_name = |name: &str| {
            !name.is_empty()
                && name
                    .chars()
                    .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
        };
        match (selector.strip_prefix('.'), selector.strip_prefix('#')) {
            (Some(class), _) if is_name(class) => self.classes.insert(class.to_owned()),
            (_, Some(id)) if is_name(id) => self.ids.insert(id.to_owned()),
            _ => false,
        };
    }

    fn hides_class(&self, classes: &str) -> bool {
        let mut classes = classes.split_ascii_whitespace();
        !self.classes.is_empty() && classes.any(|class| self.classes.contains(class))
    }
}

/// Declarations of a sheet that hide; those that scripts like to animate (opacity, place) do not count.
fn takes_out(declarations: &str) -> bool {
    declarations.split(';').any(|declaration| {
        let Some((name, value)) = declaration.split_once(':') else {
            return false;
        };
        let is = |word: &str| name.trim().eq_ignore_ascii_case(word);
        let value = value.trim();
        let value = value
            .strip_suffix("!important")
            .map_or(value, str::trim_end);
        let has = |word: &str| value.eq_ignore_ascii_case(word);
        match value.len() {
            4 => has("none") && is("display"),
            6 => has("hidden") && is("visibility"),
            1 | 3 => (has("0") || has("0px")) && is("font-size"),
            _ => false,
        }
    })
}

/// What follows a block whose `{` was read.
fn after_block(body: &str) -> &str {
    let mut open = 1_usize;
    for (at, byte) in body.bytes().enumerate() {
        match byte {
            b'{' => open += 1,
            b'}' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return &body[at + 1..];
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEEN: &str = "The harbour office published its figures for the year, and they are better than those of the year before.";

    fn left(html: &str) -> String {
        let lines = super::super::blocks::lines(&Parsed::page(html));
        let texts: Vec<String> = lines.into_iter().map(|line| line.text).collect();
        texts.join(" ")
    }

    #[test]
    fn text_that_nobody_sees_is_taken_out() {
        for style in [
            "display: none",
            "DISPLAY:NONE !important",
            "color: red; visibility:hidden",
            "font-size:0",
            "font-size: 0px",
            "opacity:0",
            "position:absolute; left:-9999px",
            "text-indent:-1000em",
            "height:0; overflow:hidden",
            "clip: rect(0,0,0,0)",
            "color:#fff;background:#fff",
            "color: transparent",
        ] {
            let page = format!("<p>{SEEN}</p><div style='{style}'>secret words</div>");
            assert_eq!(left(&page), SEEN, "{style}");
        }
        for style in [
            "display:block",
            "font-size: 10px",
            "opacity: 0.9",
            "left: -10px",
            "color:#fff",
            "",
        ] {
            let page = format!("<p>{SEEN}</p><div style='{style}'>open words</div>");
            assert!(left(&page).ends_with("open words"), "{style}");
        }
        for page in [
            format!("<p>{SEEN}</p><p hidden>secret words</p>"),
            format!("<p>{SEEN}</p><p aria-hidden=true>secret words</p>"),
        ] {
            assert_eq!(left(&page), SEEN);
        }
        let dash = "<p>Ferries <span aria-hidden=true>–</span> and cranes</p>";
        assert_eq!(left(dash), "Ferries – and cranes");
    }

    #[test]
    fn the_sheets_of_a_page_hide_too_but_not_those_for_some_devices() {
        let page = |css: &str| {
            left(&format!(
                "<style>{css}</style><body><p>{SEEN}</p><p class='x y'>more</p>"
            ))
        };
        assert_eq!(
            page("@import url(a.css); .a{color:red} b, .x { display : none }"),
            SEEN
        );
        assert!(
            page("@media print { .x { display:none } .y{display:none} } .z{display:none}")
                .ends_with("more")
        );
        assert!(page(".menu .x{display:none} .x:hover{display:none}").ends_with("more"));
        assert!(page(".x{display:none").ends_with(SEEN));
        assert!(page("}}}{{{").ends_with("more"));
    }

    #[test]
    fn an_article_that_waits_for_a_script_is_kept() {
        let page = format!("<div style='visibility:hidden'><p>{SEEN}</p></div><p>short</p>");
        assert!(left(&page).contains(SEEN));
    }
}
