//! Metadata as readers see it: headline, bylines and dates in the page's own elements and lines, those near
//! the headline first.

use scraper::{ElementRef, Node};

use super::clues::Clue;
use super::dates;
use super::gather::{Gathered, Heading, Line, Place, attribute};
use super::page_date::{self, PageDate};
use super::title::{Named, squashed};
use super::{authors, select};
use crate::model::DateSource;

/// Most texts that are read as dates: far more than a page has near its headline.
const DATES_TRIED: usize = 120;
/// Lines between a headline and what belongs to it.
const NEAR_LINES: usize = 14;
/// Longest line that is a dateline, in characters.
const DATELINE_CHARS_MAX: usize = 80;
/// The same of one without a time of day.
const DAYLINE_CHARS_MAX: usize = 50;
/// Longest byline.
const BYLINE_CHARS_MAX: usize = 160;
/// Most elements of one kind that are read as bylines.
const BYLINES_TRIED: usize = 12;
/// Least text of a headline: in scripts with short words it is short.
const HEADLINE_CHARS_MIN: usize = 8;
const WIDE_HEADLINE_CHARS_MIN: usize = 4;

/// A date that the page's text or markup shows.
#[derive(Debug, Clone, Copy)]
pub struct Shown {
    /// The date.
    pub date: PageDate,
    /// What told it.
    pub source: DateSource,
    /// It is called the last change.
    pub modified: bool,
    /// It stands near the headline, or is marked as the article's.
    pub near: bool,
}

/// The elements and lines of one page, seen from its headline.
pub struct View<'g, 'a> {
    found: &'g Gathered<'a>,
    headline: Option<Heading<'a>>,
    /// Where the headline stands, be it marked as one or not.
    start: Option<Place>,
    /// The page calls even its headline an aside: these names mean nothing here.
    no_asides: bool,
}

impl<'g, 'a> View<'g, 'a> {
    /// `titles` are what the page's head calls it: of several headlines the one that agrees is right.
    pub fn new(found: &'g Gathered<'a>, titles: &[(Named, String)]) -> Self {
        let headline = headline(&found.headings, titles);
        Self {
            found,
            headline,
            start: headline.map(|heading| heading.place).or(found.title_at),
            no_asides: headline.is_some_and(|heading| heading.place.aside),
        }
    }

    /// The text of the headline.
    pub fn headline(&self) -> Option<String> {
        self.headline
            .map(|heading| select::parted_text(heading.element))
    }

    fn is_aside(&self, place: Place) -> bool {
        place.aside && !self.no_asides
    }

    /// Lines between the headline and a place; what stands above it is further off.
    fn distance(&self, place: Place) -> usize {
        let headline = self.start.map_or(0, |place| place.line);
        match place.line.checked_sub(headline) {
            Some(below) => below,
            None => 2 * (headline - place.line),
        }
    }

    fn is_near(&self, place: Place) -> bool {
        !self.is_aside(place) && self.distance(place) <= NEAR_LINES
    }

    /// The line that a place stands in is the headline.
    fn is_headline(&self, line: &Line) -> bool {
        self.headline
            .is_some_and(|heading| heading.place.line + 1 == line.place.line)
    }

    /// Dates, likeliest first; read only as far as they are asked for.
    pub fn dates(&self, language: Option<&str>) -> impl Iterator<Item = Shown> {
        let mut tried: Vec<(bool, bool, bool, usize, Candidate<'_, 'a>)> = Vec::new();
        for spot in &self.found.spots {
            // How many lines nearer a plain line must be to go before it.
            let lead = match spot.clue {
                Clue::Published | Clue::Modified | Clue::Time | Clue::Date => 0,
                Clue::Byline | Clue::Info | Clue::Author => 2,
                Clue::AuthorLink | Clue::AuthorName | Clue::AuthorAddress => continue,
            };
            let marked = spot.clue <= Clue::Time;
            let near = spot.clue <= Clue::Modified || self.is_near(spot.place);
            let candidate = Candidate::Element(spot.element, spot.clue);
            let distance = lead + self.distance(spot.place);
            // A date inside of a link is that of the article it leads to, but for a permalink below the headline.
            let teaser = spot.place.linked && !(marked && near);
            let aside = teaser || self.is_aside(spot.place);
            tried.push((aside, !near, !marked, distance, candidate));
        }
        for line in self
            .found
            .lines
            .iter()
            .filter(|line| !self.is_headline(line))
        {
            let (near, distance) = (self.is_near(line.place), 4 + self.distance(line.place));
            let candidate = Candidate::Line(line);
            let aside = line.place.linked || self.is_aside(line.place);
            tried.push((aside, !near, true, distance, candidate));
        }
        tried.sort_by_key(|(aside, far, unmarked, distance, _)| {
            (*aside, *far, *unmarked, *distance)
        });
        let language = language.map(str::to_owned);
        tried
            .into_iter()
            .take(DATES_TRIED)
            .filter_map(move |(_, far, _, _, candidate)| candidate.read(!far, language.as_deref()))
    }

    /// Raw bylines, one list for every kind of place, likeliest kind first.
    pub fn bylines(&self) -> impl Iterator<Item = (Clue, Vec<String>)> {
        const KINDS: &[Clue] = &[
            Clue::Author,
            Clue::AuthorLink,
            Clue::AuthorName,
            Clue::AuthorAddress,
            Clue::Byline,
        ];
        let marked = KINDS.iter().map(|kind| (*kind, self.bylines_of(*kind)));
        marked.chain(std::iter::once_with(|| {
            (Clue::Info, self.labelled_bylines())
        }))
    }

    fn bylines_of(&self, kind: Clue) -> Vec<String> {
        let mut spots: Vec<_> = self
            .found
            .spots
            .iter()
            .filter(|spot| spot.clue == kind && !self.is_aside(spot.place))
            .collect();
        spots.sort_by_key(|spot| (!self.is_near(spot.place), self.distance(spot.place)));
        // A card about the author below the text, the next article's byline: only near ones count if there are any.
        let near = spots.iter().any(|spot| self.is_near(spot.place));
        spots
            .into_iter()
            .filter(|spot| !near || self.is_near(spot.place))
            .take(BYLINES_TRIED)
            .flat_map(|spot| names_in(spot.element))
            .collect()
    }

    /// Lines near the headline that begin like a byline or hold a label of one.
    fn labelled_bylines(&self) -> Vec<String> {
        let near = |line: &Line| !self.is_headline(line) && self.is_near(line.place);
        let all = &self.found.lines;
        let near = all.iter().enumerate().filter(|(_, line)| near(line));
        let near = near.filter_map(|(at, line)| {
            let text = select::spaced(&line.text);
            let next = all
                .get(at + 1)
                .filter(|next| next.place.line == line.place.line + 1);
            if authors::is_label(&text) {
                return Some(select::spaced(&next?.text));
            }
            authors::labelled(&text)
        });
        // Agencies and old sites name the author below the text.
        let below = self
            .found
            .lines
            .iter()
            .rev()
            .filter(|line| !self.is_aside(line.place));
        let below = below.filter_map(|line| authors::signed(&select::spaced(&line.text)));
        near.chain(below.take(1)).take(1).collect()
    }
}

enum Candidate<'g, 'a> {
    Element(ElementRef<'a>, Clue),
    Line(&'g Line),
}

impl Candidate<'_, '_> {
    fn read(&self, near: bool, language: Option<&str>) -> Option<Shown> {
        match self {
            Self::Element(element, clue) => {
                let machine = ["datetime", "content", "title"]
                    .iter()
                    .filter_map(|name| attribute(*element, name))
                    .find_map(|text| dates::parse(text, language));
                let text = short_text(*element);
                let source = match clue {
                    Clue::Published | Clue::Modified => DateSource::Microdata,
                    Clue::Time if machine.is_some() => DateSource::Time,
                    _ => DateSource::Visible,
                };
                let date = machine.or_else(|| dates::parse(text.as_deref()?, language))?;
                let modified = *clue == Clue::Modified
                    || (*clue != Clue::Published
                        && (text.is_some_and(|text| page_date::says_update(&text))
                            || label_before(*element).is_some_and(page_date::says_update)));
                Some(Shown {
                    date,
                    source,
                    modified,
                    near,
                })
            }
            Self::Line(line) => {
                let text = select::spaced(&line.text);
                let chars = text.chars().count();
                if chars > DATELINE_CHARS_MAX {
                    return None;
                }
                let date = dates::parse(&text, language)?;
                // Captions and sentences name days too; the page's own date has its time or little else beside it.
                let told = text.contains(['|', '·', '•', '⋅']) || authors::begins_byline(&text);
                if !date.has_time() && !told && chars > DAYLINE_CHARS_MAX {
                    return None;
                }
                Some(Shown {
                    date,
                    source: DateSource::Visible,
                    modified: page_date::says_update(&text),
                    near,
                })
            }
        }
    }
}

/// The text of an element, unless it is too long for a date or a name.
fn short_text(element: ElementRef<'_>) -> Option<String> {
    let mut out = String::new();
    for text in element.text() {
        out.push_str(text);
        out.push(' ');
        if out.len() > 4 * BYLINE_CHARS_MAX {
            return None;
        }
    }
    let out = select::spaced(&out);
    (!out.is_empty() && out.chars().count() <= BYLINE_CHARS_MAX).then_some(out)
}

/// The text before an element: "Updated" stands beside its date.
fn label_before(element: ElementRef<'_>) -> Option<&str> {
    const LABEL_BYTES_MAX: usize = 60;
    let text = |node: ego_tree::NodeRef<'_, Node>| -> bool {
        matches!(node.value(), Node::Text(text) if !text.trim().is_empty())
    };
    let before = element
        .prev_siblings()
        .find(|node| text(*node) || node.value().is_element())?;
    let node = if before.value().is_element() {
        before.first_child()?
    } else {
        before
    };
    let label: &str = node.value().as_text()?;
    (label.len() <= LABEL_BYTES_MAX).then_some(label)
}

/// What an element holds as byline: the marked name in it, its links to people, or its text.
fn names_in(element: ElementRef<'_>) -> Vec<String> {
    const PARTS_MAX: usize = 200;
    if let Some(name) = attribute(element, "content") {
        return vec![name.to_owned()];
    }
    let mut links = Vec::new();
    for part in element.descendent_elements().skip(1).take(PARTS_MAX) {
        if attribute(part, "itemprop").is_some_and(|property| property == "name") {
            return attribute(part, "content")
                .map(str::to_owned)
                .or_else(|| short_text(part))
                .into_iter()
                .collect();
        }
        if part.value().name() == "a" && attribute(part, "href").is_some_and(leads_to_person) {
            links.extend(short_text(part));
        }
    }
    if links.is_empty() {
        links.extend(short_text(element));
    }
    links
}

/// An address of a page about an author.
fn leads_to_person(href: &str) -> bool {
    const NAMES: &[&str] = &[
        "author",
        "autor",
        "auteur",
        "penulis",
        "profile",
        "people",
        "staff",
        "writer",
        "contributor",
        "reporter",
        "journalist",
        "redaktion",
        "/by/",
        "/user",
    ];
    !href.contains("intent/")
        && !href.starts_with("mailto:")
        && NAMES.iter().any(|name| href.contains(name))
}

/// One text contains the other, and is not much longer: the name of the site is a part of the title too.
fn is_large_part(a: &str, b: &str) -> bool {
    let (long, short) = if a.len() > b.len() { (a, b) } else { (b, a) };
    short.len() * 5 >= long.len() * 2 && long.contains(short)
}

/// The headline among the headings: marked as one, in agreement with the titles, not aside.
fn headline<'a>(headings: &[Heading<'a>], titles: &[(Named, String)]) -> Option<Heading<'a>> {
    let titles: Vec<String> = titles.iter().map(|(_, title)| squashed(title)).collect();
    let worth = |heading: &Heading<'a>| {
        let text = select::parted_text(heading.element);
        let squashed = squashed(&text);
        let is_wide = text.chars().any(crate::text::is_spaceless);
        let chars_min = if is_wide {
            WIDE_HEADLINE_CHARS_MIN
        } else {
            HEADLINE_CHARS_MIN
        };
        let agrees = squashed.chars().count() >= chars_min
            && titles.iter().any(|title| is_large_part(title, &squashed));
        let long_enough = text.chars().count() >= chars_min;
        let usable = long_enough && (heading.first_rank || agrees);
        let place = heading.place;
        usable.then_some((
            agrees,
            heading.marked,
            heading.first_rank,
            !place.aside,
            place.article,
        ))
    };
    let mut best = None;
    for heading in headings {
        let worth = worth(heading);
        // Of equals the first.
        if worth.is_some() && best.is_none_or(|(best, _)| worth > best) {
            best = Some((worth, *heading));
        }
    }
    best.map(|(_, heading)| heading)
}
