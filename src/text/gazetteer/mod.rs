//! Countries in many languages: names, adjectives, capitals, and words that stand for governments.
//!
//! The data are packed by `build.py` from Unicode CLDR and our own tables beside it
//! (`LICENSES.md`). Forms are as written; case forms that stemmers do not unite are spelt out.

mod government;
mod groups;
mod languages;
mod namesakes;

use std::sync::{LazyLock, OnceLock};

use rustc_hash::FxHashMap;

use super::fold::fold;
use super::scripts::Script;

pub use government::{digest_of_government, government};
pub use groups::{Group, group, groups};
pub use languages::{ArticleLanguage, Languages};
pub use namesakes::{Namesakes, namesakes};

static PACKED: &[u8] = include_bytes!("forms.tsv.zst");

/// Room for the lines; a longer table needs more.
const UNPACKED_BYTES_MAX: usize = 3 << 20;

/// Lines `CODE<tab>LANG<tab>KIND<tab>FORM|FORM`, sorted; a form after `=` is cased.
static LINES: LazyLock<String> = LazyLock::new(|| {
    // At once: a decoder that goes on piece by piece takes 9 MB for its window, and what was given back in so
    // large a piece makes glibc keep twice as much for ever.
    let bytes = zstd::bulk::decompress(PACKED, UNPACKED_BYTES_MAX)
        .expect("build.py packed it with zstd, and it has room");
    let mut lines = whole(std::str::from_utf8(&bytes).expect("build.py writes UTF-8"));
    lines.shrink_to_fit();
    lines
});

/// Writes out the forms of packed lines: each begins with a letter that says how many characters it shares with the form
/// before it (A is none).
fn whole(packed: &str) -> String {
    let mut lines = String::with_capacity(packed.len() + packed.len() / 2);
    for line in packed.lines() {
        let forms = line.rfind('\t').map_or(0, |tab| tab + 1);
        lines.push_str(&line[..forms]);
        let mut before = lines.len()..lines.len();
        for form in line[forms..].split('|') {
            if !before.is_empty() {
                lines.push('|');
            }
            let start = lines.len();
            let mut rest = form.chars();
            let shared = rest
                .next()
                .map_or(0, |letter| u32::from(letter).saturating_sub(u32::from('A')));
            let shared: usize = lines[before.clone()]
                .chars()
                .take(shared as usize)
                .map(char::len_utf8)
                .sum();
            lines.extend_from_within(before.start..before.start + shared);
            lines.push_str(rest.as_str());
            before = start..lines.len();
        }
        lines.push('\n');
    }
    lines
}

static COUNTRIES: LazyLock<Vec<Country>> = LazyLock::new(|| {
    let code_of = |line: &'static str| line.split('\t').next().unwrap_or_default();
    let mut countries: Vec<Country> = Vec::new();
    let mut rest = LINES.as_str();
    while let Some(first) = rest.lines().next() {
        let code = code_of(first);
        let lines = rest.split_inclusive('\n');
        let lines = lines.take_while(|line| code_of(line.trim_end()) == code);
        let (block, next) = rest.split_at(lines.map(str::len).sum());
        countries.push(Country { code, block });
        rest = next;
    }
    countries
});

/// Stands for longer names that hold a country's name and mean something else (Latin America, the Indian Ocean).
/// Rules see them in a text, so that the country is not found there.
const NO_COUNTRY: &str = "ZZ";

/// Folded names to codes; a name that two countries bear has none, unless it is English for one.
static NAMES: LazyLock<FxHashMap<String, Option<&'static str>>> = LazyLock::new(|| {
    let mut names: FxHashMap<String, Option<&'static str>> = FxHashMap::default();
    for english in [true, false] {
        let mut round: FxHashMap<String, Option<&'static str>> = FxHashMap::default();
        let countries = COUNTRIES
            .iter()
            .filter(|country| country.code != NO_COUNTRY);
        for country in countries {
            for form in country.forms().filter(|form| form.kind == FormKind::Name) {
                if (form.lang == "en") == english {
                    let code = round.entry(fold(&form.text)).or_insert(Some(country.code));
                    *code = code.filter(|code| *code == country.code);
                }
            }
        }
        for (name, code) in round {
            names.entry(name).or_insert(code);
        }
    }
    names
});

struct Country {
    code: &'static str,
    /// Its lines.
    block: &'static str,
}

impl Country {
    /// Its lines without the code.
    fn lines(&self) -> impl Iterator<Item = &'static str> {
        let code = self.code.len() + 1;
        let lines = self.block.lines();
        lines.map(move |line| line.get(code..).unwrap_or_default())
    }

    fn forms(&self) -> impl Iterator<Item = Form> {
        self.lines().filter_map(parse).flatten()
    }
}

/// The forms of one line, without its code. Of a cased form headlines in capitals are another one, and of an
/// adjective that is written small the beginning of a sentence.
fn parse(line: &'static str) -> Option<impl Iterator<Item = Form>> {
    let mut fields = line.split('\t');
    let lang = fields.next()?;
    let kind = match fields.next()? {
        "n" => FormKind::Name,
        "a" => FormKind::Adjective,
        "c" => FormKind::Capital,
        "m" => FormKind::Metonym,
        _ => return None,
    };
    let forms = fields.next()?.split('|');
    Some(forms.flat_map(move |form| {
        let text = form.strip_prefix('=');
        let cased = text.is_some();
        let text = text.unwrap_or(form);
        let mut ways = vec![text.to_owned()];
        // Three letters in capitals are an abbreviation of something (ROM).
        if cased && text.chars().nth(3).is_some() {
            ways.extend([in_capitals(text, lang), with_capital(text)]);
            ways.dedup();
        }
        ways.into_iter().map(move |text| Form {
            cased,
            text,
            lang: lang.to_owned(),
            kind,
        })
    }))
}

fn in_capitals(text: &str, lang: &str) -> String {
    match lang {
        "tr" | "az" => text.replace('i', "İ").to_uppercase(),
        _ => text.to_uppercase(),
    }
}

fn with_capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

/// What a form says of its country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FormKind {
    /// A name of the country.
    Name,
    /// An adjective, or a word for its people.
    Adjective,
    /// Its capital.
    Capital,
    /// A word that stands for its government ("Kremlin").
    Metonym,
    /// Somebody who governs it or speaks for it ("Putin"): says nothing of the country itself.
    Leader,
    /// An office bound to its name ("Russian foreign ministry"); the name alone is a form of the country.
    Office,
}

/// One way to write a country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// The form as written, not folded; may be more than one word.
    pub text: String,
    /// Language (shortest BCP 47 tag), `*` for any.
    pub lang: String,
    /// What it says.
    pub kind: FormKind,
    /// Counts only when written exactly like this, case and marks included: in small letters it is
    /// another word (`US`, `Turkey`).
    pub cased: bool,
}

impl Form {
    /// Whether the stem of one of its words may stand for the word. A stem that is short, or not the
    /// word's beginning, meets ordinary words (`Дели` and `дело`); such forms count only in full,
    /// and their cases are spelt out.
    #[must_use]
    pub fn trusts_stem(folded: &str, stem: &str) -> bool {
        let letters = stem.chars().count();
        match stem.chars().next().map(Script::of) {
            Some(Script::Hangul) => letters >= 2,
            // The article goes off the front, vowels are not written: short stems still say much.
            Some(Script::Arabic | Script::Hebrew) => letters >= 3 && folded.contains(stem),
            Some(_) => {
                letters >= 4
                    && stem
                        .chars()
                        .zip(folded.chars())
                        .take(4)
                        .all(|(one, other)| one == other)
            }
            None => false,
        }
    }
}

/// Every form of a country in every language; none for an unknown code (ISO 3166-1 alpha-2, and `EU`).
#[must_use]
pub fn forms(code: &str) -> Vec<Form> {
    COUNTRIES
        .binary_search_by_key(&code, |country| country.code)
        .map_or_else(|_| Vec::new(), |at| COUNTRIES[at].forms().collect())
}

/// The English name of a country, the shortest that is no abbreviation; none for an unknown code.
///
/// Worked out once for each country: hits and near misses name theirs in words all day.
#[must_use]
pub fn english_name(code: &str) -> Option<&'static str> {
    static NAMES: LazyLock<Vec<OnceLock<Option<String>>>> =
        LazyLock::new(|| COUNTRIES.iter().map(|_| OnceLock::new()).collect());
    let at = COUNTRIES.binary_search_by_key(&code, |country| country.code);
    let at = at.ok()?;
    NAMES[at]
        .get_or_init(|| in_english(&COUNTRIES[at]))
        .as_deref()
}

fn in_english(country: &Country) -> Option<String> {
    let lines = country.lines().filter(|line| language_of(line) == "en");
    let names = lines.filter_map(parse).flatten();
    let written_out = names.filter(|form| {
        // "America" is shorter than "United States", and a continent.
        form.kind == FormKind::Name
            && form.text != "America"
            && form.text.chars().any(char::is_lowercase)
    });
    let shortest = written_out.min_by_key(|form| form.text.chars().count());
    shortest.map(|form| form.text)
}

/// Everything that is known of a country, in a form that only is good for telling whether it has changed.
#[must_use]
pub fn digest_of(code: &str) -> &'static str {
    let at = COUNTRIES.binary_search_by_key(&code, |country| country.code);
    at.map_or("", |at| COUNTRIES[at].block)
}

/// Every form of one language (`*` = any) with the code of its country.
///
/// Reads through all lines: for tables that are made once.
pub fn forms_in(lang: &str) -> impl Iterator<Item = (&'static str, Form)> {
    let countries = COUNTRIES
        .iter()
        .filter(|country| country.code != NO_COUNTRY);
    countries.flat_map(move |country| {
        let lines = country
            .lines()
            .filter(move |line| language_of(line) == lang);
        let forms = lines.filter_map(parse).flatten();
        forms.map(move |form| (country.code, form))
    })
}

/// The languages that forms are known in, some of them several times.
pub fn languages() -> impl Iterator<Item = &'static str> {
    COUNTRIES
        .iter()
        .flat_map(|country| country.lines().map(language_of))
}

fn language_of(line: &'static str) -> &'static str {
    line.split('\t').next().unwrap_or_default()
}

/// The codes of all countries, sorted.
pub fn codes() -> impl Iterator<Item = &'static str> {
    codes_of_forms().filter(|code| *code != NO_COUNTRY)
}

/// The same, and last the code of names that only hold a country's, `ZZ`: nobody can ask for it.
pub fn codes_of_forms() -> impl Iterator<Item = &'static str> {
    COUNTRIES.iter().map(|country| country.code)
}

/// The code of a country by its name in any language, any case; English wins where languages differ.
#[must_use]
pub fn code_of(name: &str) -> Option<&'static str> {
    NAMES.get(&fold(name.trim())).copied().flatten()
}

#[cfg(test)]
mod tests;
