//! The TOML of watches, lists, persons and organisations, and where each text stands in its file.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::SignedDuration;
use serde::Deserialize;
use toml::Spanned;

use super::error::{NamedPart, RulePlace};
use super::facts::period;
use super::source::{
    ListSource, ListTerm, NamedKind, NamedSource, RuleSource, WatchSource, WatchTest,
};
use crate::model::{Burst, Cap, Keep, Severity};

/// Words within which a context must stand where nothing else is said.
const WITHIN: u16 = 30;

/// `[watch.NAME]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WatchToml {
    /// Title for people.
    pub title: Option<String>,
    /// How much its alerts matter.
    #[serde(default)]
    pub severity: Severity,
    /// The expression; the span is that of the TOML string with its quotes.
    #[serde(rename = "match")]
    pub expression: Spanned<String>,
    /// Channels its alerts go to.
    pub channels: Option<Vec<String>>,
    /// Labels, passed on to channels.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// What must have been reported before it speaks.
    pub burst: Option<Spanned<BurstToml>>,
    /// How many messages of it a channel may be sent.
    pub rate: Option<Cap>,
    /// Whether bursts of it are told.
    pub bursts: Option<bool>,
    /// How long articles that it hits are kept.
    pub keep: Option<Keep>,
    /// NAME that it had before.
    pub renamed_from: Option<Spanned<String>>,
    /// Tests.
    #[serde(default, rename = "test")]
    pub tests: Vec<WatchTest>,
}

/// `burst = { articles = 3, feeds = 2, within = "2h" }`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BurstToml {
    /// Articles, at least.
    #[serde(default = "one")]
    pub articles: u64,
    /// Feeds, at least.
    #[serde(default = "one")]
    pub feeds: u64,
    /// Within which time.
    pub within: String,
}

fn one() -> u64 {
    1
}

/// `[person.NAME]` or `[org.NAME]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedToml {
    /// How it is written, in any script.
    pub names: Spanned<Vec<Spanned<String>>>,
    /// Letters of a word that may be wrong.
    pub misspellings: Option<Spanned<u8>>,
    /// What must stand near.
    pub context: Option<Spanned<String>>,
    /// How many words off at most.
    pub within: Option<Spanned<u16>>,
}

/// `[list.NAME]`: terms by weight. The key `any` holds the terms of weight 1, a number those of that weight,
/// `include` names of other lists.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct ListToml {
    /// Terms by key.
    pub terms: BTreeMap<Spanned<String>, Vec<Spanned<String>>>,
}

/// The watches and lists of one TOML file, which may hold any other table too.
#[derive(Debug, Clone, Default)]
pub struct RuleFile {
    /// What it says.
    pub source: RuleSource,
    /// Where the texts stand that a [`RuleError`](super::RuleError) may point into.
    places: Vec<(RulePlace, Range<usize>)>,
}

/// A file that is no TOML or whose watches have the wrong shape.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct RuleFileError {
    /// Bytes of the file.
    pub at: Range<usize>,
    /// What is wrong.
    pub message: String,
}

#[derive(Deserialize)]
struct FileToml {
    #[serde(default)]
    watch: BTreeMap<String, WatchToml>,
    #[serde(default)]
    list: BTreeMap<String, ListToml>,
    #[serde(default)]
    person: BTreeMap<String, NamedToml>,
    #[serde(default)]
    org: BTreeMap<String, NamedToml>,
}

impl RuleFile {
    /// Takes the tables `[watch.*]`, `[list.*]`, `[person.*]` and `[org.*]` out of the text of a TOML file.
    ///
    /// # Errors
    /// When the text is no TOML or one of these tables has an unknown key or a wrong type. What the
    /// expressions say is not looked at.
    pub fn parse(text: &str) -> Result<Self, RuleFileError> {
        let file: FileToml = toml::from_str(text).map_err(|error| RuleFileError {
            at: error.span().unwrap_or(0..0),
            message: error.message().to_owned(),
        })?;
        let mut rules = Self::default();
        for (name, watch) in file.watch {
            rules.add_watch(name, watch)?;
        }
        for (name, list) in file.list {
            rules.add_list(name, list)?;
        }
        let persons = file
            .person
            .into_iter()
            .map(|named| (NamedKind::Person, named));
        let orgs = file.org.into_iter().map(|named| (NamedKind::Org, named));
        for (kind, (name, named)) in persons.chain(orgs) {
            rules.add_named(kind, name, named)?;
        }
        Ok(rules)
    }

    /// Adds a watch that was read elsewhere; its spans must be of the same file.
    ///
    /// # Errors
    /// When its `burst` asks for nothing, or for a time that is none. The watch is added all the same.
    pub fn add_watch(&mut self, name: String, watch: WatchToml) -> Result<(), RuleFileError> {
        let (burst, mistake) = match watch.burst.map(burst_of).transpose() {
            Ok(burst) => (burst, Ok(())),
            Err(mistake) => (None, Err(mistake)),
        };
        let place = RulePlace::Watch(name.clone());
        self.places.push((place, watch.expression.span()));
        self.source.watches.push(WatchSource {
            title: watch.title.unwrap_or_else(|| name.clone()),
            name,
            severity: watch.severity,
            expression: watch.expression.into_inner(),
            channels: watch.channels,
            labels: watch.labels,
            burst,
            rate: watch.rate,
            bursts: watch.bursts,
            keep: watch.keep,
            renamed_from: watch.renamed_from.map(Spanned::into_inner),
            tests: watch.tests,
        });
        mistake
    }

    /// Adds a list that was read elsewhere; its spans must be of the same file.
    ///
    /// # Errors
    /// When a key is neither `any` nor a number.
    pub fn add_list(&mut self, name: String, list: ListToml) -> Result<(), RuleFileError> {
        let (mut terms, mut includes) = (Vec::new(), Vec::new());
        for (key, texts) in list.terms {
            if key.get_ref() == "include" {
                for (index, text) in texts.into_iter().enumerate() {
                    let list = name.clone();
                    let place = RulePlace::Include { list, index };
                    self.places.push((place, text.span()));
                    includes.push(text.into_inner());
                }
                continue;
            }
            let weight = weight_of(&key)?;
            for text in texts {
                let place = RulePlace::List {
                    name: name.clone(),
                    term: terms.len(),
                };
                self.places.push((place, text.span()));
                let text = text.into_inner();
                terms.push(ListTerm { text, weight });
            }
        }
        self.source.lists.push(ListSource {
            name,
            terms,
            includes,
        });
        Ok(())
    }

    /// Adds a person or an organisation that was read elsewhere; its spans must be of the same file.
    ///
    /// # Errors
    /// When a number is out of its range.
    pub fn add_named(
        &mut self,
        kind: NamedKind,
        name: String,
        named: NamedToml,
    ) -> Result<(), RuleFileError> {
        let place = |part| RulePlace::Named {
            kind,
            name: name.clone(),
            part,
        };
        let misspellings = in_range(named.misspellings, 0, 0..=2, "misspellings", "from 0 to 2")?;
        let within = in_range(
            named.within,
            WITHIN,
            1..=u16::MAX,
            "within",
            "from 1 to 65535",
        )?;
        self.places
            .push((place(NamedPart::Names), named.names.span()));
        let mut names = Vec::new();
        for text in named.names.into_inner() {
            self.places
                .push((place(NamedPart::Name(names.len())), text.span()));
            names.push(text.into_inner());
        }
        let context = named.context.map(|context| {
            self.places
                .push((place(NamedPart::Context), context.span()));
            context.into_inner()
        });
        self.source.named.push(NamedSource {
            kind,
            name,
            names,
            misspellings,
            context,
            within,
        });
        Ok(())
    }

    /// Whether the text that `place` names stands in this file.
    #[must_use]
    pub fn has(&self, place: &RulePlace) -> bool {
        self.places.iter().any(|(known, _)| known == place)
    }

    /// The bytes of `text`, the text of this file, that bytes `at` of the text at `place` stand in.
    #[must_use]
    pub fn locate(&self, text: &str, place: &RulePlace, at: &Range<usize>) -> Range<usize> {
        let Some((_, span)) = self.places.iter().find(|(known, _)| known == place) else {
            return 0..0;
        };
        let Some(raw) = text.get(span.clone()) else {
            return span.clone();
        };
        let opening = [
            "'''\r\n",
            "'''\n",
            "'''",
            "\"\"\"\r\n",
            "\"\"\"\n",
            "\"\"\"",
            "'",
            "\"",
        ]
        .iter()
        .find(|quotes| raw.starts_with(**quotes))
        .map_or(0, |quotes| quotes.len());
        // An escape in a basic string moves everything after it: point at the whole string then.
        if raw.starts_with('"') && raw.contains('\\') {
            return span.clone();
        }
        let start = span.start + opening + at.start;
        let end = span.start + opening + at.end;
        if end > span.end || !text.is_char_boundary(start) || !text.is_char_boundary(end) {
            return span.clone();
        }
        start..end
    }
}

fn in_range<T: PartialOrd>(
    written: Option<Spanned<T>>,
    otherwise: T,
    range: std::ops::RangeInclusive<T>,
    key: &str,
    told: &str,
) -> Result<T, RuleFileError> {
    let Some(written) = written else {
        return Ok(otherwise);
    };
    let at = written.span();
    let number = written.into_inner();
    match range.contains(&number) {
        true => Ok(number),
        false => Err(RuleFileError {
            at,
            message: format!("`{key}` is a number {told}"),
        }),
    }
}

fn burst_of(written: Spanned<BurstToml>) -> Result<Burst, RuleFileError> {
    let at = written.span();
    let mistake = |message: &str| RuleFileError {
        at: at.clone(),
        message: message.to_owned(),
    };
    let burst = written.into_inner();
    if burst.articles == 0 || burst.feeds == 0 {
        return Err(mistake("`articles` and `feeds` of a burst are at least 1"));
    }
    if burst.articles == 1 && burst.feeds == 1 {
        return Err(mistake(
            "this burst waits for nothing: ask for 2 `articles` or 2 `feeds` at least",
        ));
    }
    let within = period(&burst.within).filter(|seconds| *seconds > 0);
    let within = within.ok_or_else(|| {
        mistake("`within` of a burst is a time: a number with m, h, d or w, such as \"2h\"")
    })?;
    Ok(Burst {
        articles: burst.articles,
        feeds: burst.feeds,
        within: SignedDuration::from_secs(within),
    })
}

fn weight_of(key: &Spanned<String>) -> Result<f64, RuleFileError> {
    let name = key.get_ref();
    if name == "any" {
        return Ok(1.0);
    }
    match name.parse::<f64>() {
        Ok(weight) if weight.is_finite() && weight != 0.0 => Ok(weight),
        _ => Err(RuleFileError {
            at: key.span(),
            message: format!(
                "`{name}` is no key of a list: `any`, `include` or a weight such as `2` or `-1`"
            ),
        }),
    }
}

#[cfg(test)]
mod tests;
