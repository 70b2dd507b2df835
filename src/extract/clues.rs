//! What the names in an element's attributes say about its content: byline, date, headline, furniture.
//!
//! Names are compared by words ("post-meta__publishDate" has four) and without allocation: this runs for
//! every element of a page.

use rustc_hash::FxHashMap;
use scraper::ElementRef;

use super::authors;
use super::gather::{LINE_BYTES_MAX, Link};

/// What an element holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Clue {
    /// Microdata's or RDFa's date of publication.
    Published,
    /// The same of the last change.
    Modified,
    /// A `time` element.
    Time,
    /// A class named after a date.
    Date,
    /// Microdata's author.
    Author,
    /// A link with `rel="author"`.
    AuthorLink,
    /// A class named after an author's name.
    AuthorName,
    /// A link to a page about an author.
    AuthorAddress,
    /// A class named after the byline or the author.
    Byline,
    /// A class for what stands below a headline.
    Info,
}

/// What the attributes of one element say.
#[derive(Debug, Default)]
pub struct Marks<'a> {
    /// What it holds.
    pub clue: Option<Clue>,
    /// Marked as the headline.
    pub headline: bool,
    /// Navigation, footer, sidebar, comments, related articles.
    pub aside: bool,
    /// Language attribute.
    pub lang: Option<&'a str>,
    /// Type of microdata.
    pub item_type: Option<&'a str>,
}

impl<'a> Marks<'a> {
    /// Reads the attributes of an element called `name`.
    pub fn of(element: ElementRef<'a>, name: &str, known: &mut KnownNames<'a>) -> Self {
        let mut marks = Self {
            aside: matches!(name, "nav" | "footer" | "aside"),
            ..Self::default()
        };
        if name == "time" {
            marks.add(Clue::Time);
        }
        for (attribute, value) in element.value().attrs() {
            match attribute {
                "class" | "id" | "data-testid" | "data-qa" | "data-component" => {
                    marks.read_names(known.senses(value), name);
                }
                "itemprop" | "property" => marks.read_property(value),
                "rel" if name == "a" && has_word(value, "author") => marks.add(Clue::AuthorLink),
                "role" => {
                    marks.aside |= matches!(value, "navigation" | "complementary" | "contentinfo");
                }
                "href" if name == "a" && is_author_address(value) => marks.add(Clue::AuthorAddress),
                "lang" | "xml:lang" => marks.lang = Some(value),
                "itemtype" => marks.item_type = Some(value),
                "pubdate" => marks.add(Clue::Published),
                _ => {}
            }
        }
        if matches!(name, "html" | "head" | "body" | "main" | "meta" | "link") {
            marks.aside = false;
            marks.clue = marks.clue.filter(|_| name == "meta");
        }
        marks
    }

    /// Of several clues the most telling stays.
    fn add(&mut self, clue: Clue) {
        self.clue = Some(self.clue.map_or(clue, |known| known.min(clue)));
    }

    /// Microdata and RDFa; the prefix of a vocabulary does not count.
    fn read_property(&mut self, value: &str) {
        for property in value.split_ascii_whitespace() {
            let property = property.rsplit([':', '/']).next().unwrap_or(property);
            match property {
                "datePublished" => self.add(Clue::Published),
                "dateModified" => self.add(Clue::Modified),
                "author" | "creator" => self.add(Clue::Author),
                "headline" => self.headline = true,
                _ => {}
            }
        }
    }

    /// Class names and ids.
    fn read_names(&mut self, senses: Senses, element: &str) {
        let Senses {
            aside,
            by,
            name,
            date,
            info,
        } = senses;
        self.aside |= aside;
        // Forms and pictures hold no words of the page.
        if matches!(element, "input" | "img" | "form" | "button") {
            return;
        }
        match (by, name) {
            (true, true) => self.add(Clue::AuthorName),
            (true, false) => self.add(Clue::Byline),
            (false, _) if date => self.add(Clue::Date),
            (false, _) if info => self.add(Clue::Info),
            _ => {}
        }
    }
}

/// What the words of class names and ids mean.
#[derive(Debug, Default, Clone, Copy)]
struct Senses {
    aside: bool,
    by: bool,
    name: bool,
    date: bool,
    info: bool,
}

impl Senses {
    fn of(names: &str) -> Self {
        let mut senses = Self::default();
        for token in names.split_ascii_whitespace() {
            let mut is_first = true;
            for_words(token, |word| {
                senses.aside |= is_first && is_aside(word);
                is_first = false;
                senses.by |= is_author(word);
                senses.name |= word == b"name";
                senses.date |= is_date(word);
                senses.info |= is_info(word);
            });
        }
        senses
    }
}

/// The names of a page that were looked at: most stand on it many times.
#[derive(Debug, Default)]
pub struct KnownNames<'a>(FxHashMap<&'a str, Senses>);

impl<'a> KnownNames<'a> {
    fn senses(&mut self, names: &'a str) -> Senses {
        *self.0.entry(names).or_insert_with(|| Senses::of(names))
    }
}

/// `/author/ana-lopez`, `/authors/...`, `/autor/...`: folders of profiles.
fn is_author_address(href: &str) -> bool {
    let folders = href.rsplit('/').skip(1).take(3);
    let names = [
        "author",
        "authors",
        "autor",
        "autoren",
        "auteur",
        "penulis",
        "contributors",
        "profiles",
    ];
    folders.into_iter().any(|folder| names.contains(&folder))
}

/// Longest word that means anything here.
const WORD_BYTES_MAX: usize = 16;

/// Calls `each` with every word of a name in lower case: letters and digits, apart at a change to upper case.
fn for_words(name: &str, mut each: impl FnMut(&[u8])) {
    let mut word = [0; WORD_BYTES_MAX];
    let mut length = 0;
    let mut was_lower = false;
    for &byte in name.as_bytes() {
        let ends = !byte.is_ascii_alphanumeric();
        if length > 0 && (ends || (was_lower && byte.is_ascii_uppercase())) {
            each(&word[..length.min(WORD_BYTES_MAX)]);
            length = 0;
        }
        if !ends {
            if let Some(place) = word.get_mut(length) {
                *place = byte.to_ascii_lowercase();
            }
            length += 1;
        }
        was_lower = byte.is_ascii_lowercase();
    }
    if length > 0 {
        each(&word[..length.min(WORD_BYTES_MAX)]);
    }
}

fn is_author(word: &[u8]) -> bool {
    matches!(
        word,
        b"author"
            | b"authors"
            | b"byline"
            | b"bylines"
            | b"autor"
            | b"autores"
            | b"autore"
            | b"auteur"
            | b"auteurs"
            | b"autoren"
            | b"penulis"
            | b"reporter"
            | b"writer"
            | b"journalist"
            | b"yazar"
            | b"zuozhe"
            | b"contributor"
            | b"contributors"
    )
}

fn is_date(word: &[u8]) -> bool {
    word.ends_with(b"date")
        || word.ends_with(b"time")
        || matches!(
            word,
            b"published"
                | b"publish"
                | b"posted"
                | b"timestamp"
                | b"dateline"
                | b"updated"
                | b"modified"
                | b"datum"
                | b"tanggal"
                | b"fecha"
                | b"dates"
                | b"times"
        )
}

fn is_info(word: &[u8]) -> bool {
    matches!(
        word,
        b"meta" | b"info" | b"source" | b"subtitle" | b"published"
    )
}

fn is_aside(word: &[u8]) -> bool {
    matches!(
        word,
        b"nav"
            | b"navigation"
            | b"navbar"
            | b"menu"
            | b"footer"
            | b"sidebar"
            | b"comments"
            | b"comment"
            | b"related"
            | b"recommended"
            | b"recommendations"
            | b"popular"
            | b"trending"
            | b"mostread"
            | b"teaser"
            | b"teasers"
            | b"newsletter"
    )
}

/// Whether one of the words of an attribute is `wanted`, whatever its case.
pub fn has_word(value: &str, wanted: &str) -> bool {
    let mut words = value.split_ascii_whitespace();
    words.any(|word| word.eq_ignore_ascii_case(wanted))
}

/// Whether a line may hold a date or a byline: it is short and has a digit, or a colon, or begins like one.
pub fn may_be_telling(pieces: &[&str]) -> bool {
    let bytes: usize = pieces.iter().map(|piece| piece.trim_ascii().len()).sum();
    if bytes == 0 || bytes > LINE_BYTES_MAX {
        return false;
    }
    let first = pieces.iter().find(|piece| !piece.trim_ascii().is_empty());
    pieces.iter().any(|piece| has_digit_or_colon(piece))
        || first.is_some_and(|first| authors::begins_byline(first))
}

fn has_digit_or_colon(text: &str) -> bool {
    let is_telling = |byte: u8| byte.is_ascii_digit() || byte == b':';
    text.bytes().any(is_telling)
        || (!text.is_ascii() && text.chars().any(is_foreign_digit_or_colon))
}

/// Digits of the scripts in whose dates Latin ones are rare, and the colon of Chinese.
fn is_foreign_digit_or_colon(c: char) -> bool {
    matches!(c, '٠'..='٩' | '۰'..='۹' | '०'..='९' | '০'..='৯' | '๐'..='๙' | '၀'..='၉' | '０'..='９' | '：')
}

/// Whether a link's relation is one that metadata uses.
pub fn is_useful_rel(rel: &str) -> bool {
    ["canonical", "amphtml", "next", "alternate", "print"]
        .iter()
        .any(|wanted| has_word(rel, wanted))
}

/// Whether an anchor may lead to the next page of the article or to its form for printers.
pub fn may_be_other_page(link: Link<'_>) -> bool {
    if link.href.is_empty() || link.href.starts_with('#') {
        return false;
    }
    has_word(link.rel, "next") || names_print(link) || ends_in_page_number(link.href)
}

/// Named as the form for printers, in class or address.
pub fn names_print(link: Link<'_>) -> bool {
    let mut prints = false;
    let mut note = |word: &[u8]| prints |= matches!(word, b"print" | b"printer" | b"printable");
    for_words(link.kind, &mut note);
    for_words(link.href, &mut note);
    prints && !link.href.starts_with("javascript")
}

/// `?page=2`, `/2`, `_2.html`: one or two digits that are a word of their own, at the end.
fn ends_in_page_number(href: &str) -> bool {
    let stem = href.trim_end_matches('/');
    let stem = stem
        .rsplit_once('.')
        .filter(|(_, end)| end.len() <= 5 && end.bytes().all(|byte| byte.is_ascii_alphabetic()))
        .map_or(stem, |(stem, _)| stem);
    let digits = stem.bytes().rev().take_while(u8::is_ascii_digit).count();
    let before = stem
        .len()
        .checked_sub(digits + 1)
        .map(|at| stem.as_bytes()[at]);
    (1..=2).contains(&digits) && matches!(before, Some(b'=' | b'/' | b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use scraper::Html;

    #[test]
    fn names_are_read_by_words() {
        for (html, expected) in [
            ("<p class='post-meta__publishDate'>", Some(Clue::Date)),
            ("<p class=ArticleByline>", Some(Clue::Byline)),
            ("<p class='author_name big'>", Some(Clue::AuthorName)),
            (
                "<p itemprop='datePublished dateModified'>",
                Some(Clue::Published),
            ),
            ("<p property='schema:author'>", Some(Clue::Author)),
            ("<p class=authority>", None),
            ("<p class=candidates>", None),
            ("<p id=pubtime>", Some(Clue::Date)),
            ("<p class=post-info>", Some(Clue::Info)),
            ("<time class=author>", Some(Clue::Time)),
            ("<p class=Übersicht-date>", Some(Clue::Date)),
        ] {
            let html = Html::parse_fragment(html);
            let element = html.root_element().child_elements().next().unwrap();
            let marks = Marks::of(element, element.value().name(), &mut KnownNames::default());
            assert_eq!(marks.clue, expected, "{}", html.html());
        }
    }

    #[test]
    fn page_numbers_and_printers_are_seen() {
        for (href, expected) in [
            ("/a/b?page=2", true),
            ("/a/b/2/", true),
            ("/a/b_2.html", true),
            ("/a/b-1234567", false),
            ("/a/print/1234567", true),
            ("#2", false),
            ("/blueprints", false),
        ] {
            let link = Link {
                href,
                ..Link::default()
            };
            assert_eq!(may_be_other_page(link), expected, "{href}");
        }
    }
}
