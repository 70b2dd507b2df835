//! What is known of a line by itself, and of its agreement with what the page says elsewhere.

use rustc_hash::FxHashSet;

use super::{float, ratio};
use crate::extract::blocks::{Line, ends_sentence};
use crate::extract::labels::{self, Label};
use crate::extract::lines::weight;
use crate::extract::shingles::{self, Words};
use crate::extract::title::squashed;
use crate::extract::{dates, metadata::Metadata};

/// Longest byline or date line.
const SHORT_CHARS: f32 = 80.0;

/// What the page says of its article elsewhere: lines that agree with it are of the article.
#[derive(Debug, Default)]
pub struct Witnesses {
    title: FxHashSet<u32>,
    title_text: String,
    description: FxHashSet<u64>,
    body: FxHashSet<u64>,
    authors: Vec<String>,
    lang: Option<String>,
    /// The page says that it is an article.
    pub(super) declared: bool,
}

impl Witnesses {
    /// The witnesses of a page.
    #[must_use]
    pub fn of(metadata: &Metadata) -> Self {
        Self {
            title: shingles::words(&metadata.title).into_iter().collect(),
            title_text: squashed(&metadata.title),
            description: shingles::of_text(metadata.description.as_deref().unwrap_or_default()),
            body: shingles::of_text(metadata.json_ld_body.as_deref().unwrap_or_default()),
            authors: metadata
                .authors
                .iter()
                .map(|name| squashed(name))
                .filter(|name| name.chars().count() > 2)
                .collect(),
            lang: metadata.lang.clone(),
            declared: metadata.declared,
        }
    }
}

/// What is counted of one line by itself.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) chars: f32,
    pub(super) words: f32,
    pub(super) links: f32,
    pub(super) ink: f32,
    pub(super) link_ink: f32,
    pub(super) ends_sentence: bool,
    pub(super) marks: f32,
    pub(super) commas: f32,
    pub(super) digits: f32,
    pub(super) capitals: f32,
    pub(super) starts_small: bool,
    pub(super) quotes: bool,
    pub(super) signs: f32,
    pub(super) address: bool,
    pub(super) label: f32,
    pub(super) title_share: f32,
    pub(super) title_cover: f32,
    pub(super) is_title: bool,
    pub(super) description: f32,
    pub(super) body: f32,
    pub(super) author: bool,
    pub(super) date: bool,
    /// Its words, as [`shingles::words`] gives them.
    pub(super) said: Words,
}

impl Facts {
    pub(super) fn of(line: &Line, witnesses: &Witnesses) -> Self {
        let text = line.text.as_str();
        let mut facts = Self {
            chars: float(weight(text)),
            links: float(line.links),
            link_ink: float(line.link_chars),
            ends_sentence: ends_sentence(text),
            ..Self::default()
        };
        facts.count(text);
        let words = shingles::words(text);
        facts.words = float(words.len());
        facts.compare(text, &words, witnesses);
        facts.label = label_code(text);
        facts.said = words;
        facts
    }

    fn count(&mut self, text: &str) {
        let mut ink = 0;
        let mut before = ' ';
        for c in text.chars() {
            // Most are small Latin letters, or Han.
            if c.is_ascii_lowercase() || ('\u{4E00}'..='\u{9FFF}').contains(&c) {
                ink += 1;
                before = c;
                continue;
            }
            if c.is_whitespace() {
                before = c;
                continue;
            }
            ink += 1;
            match c {
                '.' | '!' | '?' | '。' | '！' | '？' | '।' | '؟' | '۔' => self.marks += 1.0,
                ',' | '،' | '，' | '、' | ';' | '；' => self.commas += 1.0,
                '|' | '•' | '©' | '→' | '/' | '›' | '▶' | '·' | '#' | '+' => {
                    self.signs += 1.0
                }
                '"' | '“' | '”' | '„' | '「' | '»' | '«' => self.quotes = true,
                '@' => self.address = true,
                c if c.is_numeric() => self.digits += 1.0,
                c if before == ' ' && c.is_uppercase() => self.capitals += 1.0,
                _ => {}
            }
            before = c;
        }
        self.ink = float(ink);
        self.starts_small = text.chars().next().is_some_and(char::is_lowercase);
        self.address |= text.contains("http") || text.contains("www.");
    }

    fn compare(&mut self, text: &str, words: &Words, witnesses: &Witnesses) {
        let in_title = words
            .iter()
            .filter(|word| witnesses.title.contains(word))
            .count();
        self.title_share = ratio(float(in_title), self.words);
        self.title_cover = ratio(float(in_title), float(witnesses.title.len()));
        self.description = shingles::share(words, &witnesses.description);
        self.body = shingles::share(words, &witnesses.body);
        if self.chars > SHORT_CHARS * 3.0 {
            return;
        }
        let near_title = self.title_share > 0.8 && self.title_cover > 0.8;
        if self.chars <= SHORT_CHARS || near_title {
            let squashed = squashed(text);
            self.is_title = near_title && squashed == witnesses.title_text;
            self.author = witnesses
                .authors
                .iter()
                .any(|name| squashed.contains(name.as_str()));
        }
        self.date = self.chars <= SHORT_CHARS
            && self.digits > 0.0
            && dates::parse(text, witnesses.lang.as_deref()).is_some();
    }
}

fn label_code(text: &str) -> f32 {
    match labels::label_at_start(text) {
        None => 0.0,
        Some(Label::Credit) => 1.0,
        Some(Label::Begins) => 2.0,
        Some(Label::ReadAlso(_)) => 3.0,
        Some(Label::Alone) => 4.0,
    }
}
