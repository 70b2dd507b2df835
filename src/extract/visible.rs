//! Metadata as readers see it: headline, bylines and dates in the page's own elements.

use scraper::{ElementRef, Html};

use super::dates::{self, PageDate};
use super::{blocks, select};

/// Elements that hold a visible date, likeliest first. No sibling combinators: they are quadratic on flat pages.
const VISIBLE_DATES: &[&str] = &[
    r#"time[itemprop="datePublished"], time[pubdate]"#,
    "article time[datetime], main time[datetime]",
    "time",
    r#"[class*="publish"], [class*="date"], [class*="Date"], [id*="date"], [class*="time"], [id*="time"], [class*="byline"], [class*="meta"]"#,
];
/// How many elements of one kind are looked at for a visible date.
const VISIBLE_DATES_TRIED: usize = 12;
/// Elements that hold a byline, likeliest first.
const BYLINES: &[&str] = &[
    r#"[itemprop="author"] [itemprop="name"], [itemprop="author"][content]"#,
    r#"[itemprop="author"]"#,
    r#"a[rel~="author"]"#,
    r#"[class~="author-name"], [class~="byline__name"], [class~="author__name"], [class~="author_name"], [class~="byline-name"]"#,
    r#"[class~="byline"], [class~="author"]"#,
];
/// Longest byline.
const BYLINE_CHARS_MAX: usize = 120;

/// Dates in the elements that usually hold one, likeliest first.
pub fn visible_dates(html: &Html, language: Option<&str>) -> Vec<PageDate> {
    VISIBLE_DATES
        .iter()
        .flat_map(|selector| {
            select::all(html, selector)
                .into_iter()
                .take(VISIBLE_DATES_TRIED)
        })
        .filter_map(|element| {
            let machine = ["datetime", "content", "title"]
                .iter()
                .filter_map(|name| element.attr(name))
                .find_map(|text| dates::parse(text, language));
            machine.or_else(|| dates::parse(&select::text(element), language))
        })
        .collect()
}

/// The first short line of the page that holds a date: the last resort, for pages without any markup.
pub fn first_dated_line(html: &Html, language: Option<&str>) -> Option<PageDate> {
    const LINES_TRIED: usize = 400;
    const DATE_LINE_CHARS_MAX: usize = 80;
    blocks::lines(html)
        .iter()
        .take(LINES_TRIED)
        .filter(|line| line.text.chars().count() <= DATE_LINE_CHARS_MAX)
        .find_map(|line| dates::parse(&line.text, language))
}

/// The first `h1` with enough text to be a headline.
pub fn headline_element(html: &Html) -> Option<String> {
    const HEADLINE_CHARS_MIN: usize = 8;
    let texts = |selector| select::all(html, selector).into_iter().map(select::text);
    texts(r#"h1[itemprop="headline"], article h1, main h1"#)
        .chain(texts("h1"))
        .find(|text| text.chars().count() >= HEADLINE_CHARS_MIN)
}

/// What stands where `selector` finds an author.
fn bylines_at(html: &Html, selector: &str) -> Vec<String> {
    let text = |element: ElementRef<'_>| {
        element
            .attr("content")
            .map_or_else(|| select::text(element), str::to_owned)
    };
    select::all(html, selector)
        .into_iter()
        .map(text)
        .filter(|byline| byline.chars().count() <= BYLINE_CHARS_MAX)
        .take(4)
        .collect()
}

/// Bylines, one list for every place where a page may show them, likeliest place first.
pub fn bylines(html: &Html) -> impl Iterator<Item = Vec<String>> {
    BYLINES
        .iter()
        .map(move |selector| bylines_at(html, selector))
}
