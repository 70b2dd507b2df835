//! An article prepared for matching.

use super::ast::Part;
use crate::model::Field;
use crate::text::{self, Analysis, Script, Token};

/// What a [`Document`] is made of. Texts may be empty.
#[derive(Debug, Clone, Default)]
pub struct DocumentInput {
    /// Title of the page.
    pub title: String,
    /// Body of the page, paragraphs separated by `\n`.
    pub body: String,
    /// Title as the feed's entry gave it.
    pub entry_title: String,
    /// Summary (or content) as the feed's entry gave it, plain text.
    pub entry_summary: String,
    /// Language, any BCP 47 tag; detected where it is not given.
    pub lang: Option<String>,
}

/// An article, analysed once for all watches.
#[derive(Debug)]
pub struct Document {
    lang: Option<String>,
    fields: Vec<FieldText>,
}

/// A field with its analysis.
#[derive(Debug)]
pub(super) struct FieldText {
    pub field: Field,
    pub text: String,
    pub analysis: Analysis,
}

/// Script of the first letter.
fn script(text: &str) -> Option<Script> {
    text.chars().find(|c| c.is_alphabetic()).map(Script::of)
}

impl Document {
    /// Analyses an article.
    ///
    /// An entry's title that only repeats the page's, and an entry's summary that only repeats the
    /// beginning of the body, are left out: the same words must not count twice.
    #[must_use]
    pub fn new(input: DocumentInput) -> Self {
        let lang = input.lang.as_deref().and_then(text::shortest_tag);
        let lang = lang.or_else(|| {
            let title = [&input.title, &input.entry_title];
            let body = [&input.body, &input.entry_summary];
            let longer = |texts: [&String; 2]| texts.into_iter().max_by_key(|t| t.len()).cloned();
            text::detect_language(
                &longer(title).unwrap_or_default(),
                &longer(body).unwrap_or_default(),
                None,
            )
        });
        let repeats_title = text::fold(input.entry_title.trim()) == text::fold(input.title.trim());
        let repeats_body = input.body.trim().starts_with(input.entry_summary.trim());
        // The page may not be the entry's article: words of another script are of another language.
        let page = script(&input.title).or_else(|| script(&input.body));
        let entry = script(&input.entry_title).or_else(|| script(&input.entry_summary));
        let of_entry = match page.is_some() && entry.is_some() && page != entry {
            true => text::detect_language(&input.entry_title, &input.entry_summary, None),
            false => lang.clone(),
        };
        let fields = [
            (Field::Title, input.title, false),
            (Field::Body, input.body, false),
            (Field::EntryTitle, input.entry_title, repeats_title),
            (Field::EntrySummary, input.entry_summary, repeats_body),
        ];
        let fields = fields
            .into_iter()
            .filter(|(_, text, repeated)| !repeated && !text.trim().is_empty())
            .map(|(field, text, _)| {
                let lang = match field {
                    Field::Title | Field::Body => &lang,
                    Field::EntryTitle | Field::EntrySummary => &of_entry,
                };
                let analysis = text::analyse(&text, lang.as_deref());
                FieldText {
                    field,
                    text,
                    analysis,
                }
            })
            .collect();
        Self { lang, fields }
    }

    /// Language that the article was analysed in, shortest BCP 47 tag.
    #[must_use]
    pub fn lang(&self) -> Option<&str> {
        self.lang.as_deref()
    }

    pub(super) fn fields(&self) -> &[FieldText] {
        &self.fields
    }
}

/// The part of a document that an expression looks at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope {
    titles: bool,
    texts: bool,
    /// Only so many half words of body and summary.
    half_words_max: u32,
    /// Only so many paragraphs of body and summary.
    paragraphs_max: u32,
}

impl Scope {
    pub const ALL: Self = Self {
        titles: true,
        texts: true,
        half_words_max: u32::MAX,
        paragraphs_max: u32::MAX,
    };

    /// The part of this scope that is also in `part`.
    pub fn within(self, part: Part) -> Self {
        const LEAD_WORDS: u32 = 120;
        const LEAD_PARAGRAPHS: u32 = 3;
        let mut scope = self;
        match part {
            Part::Title => scope.texts = false,
            Part::Body => scope.titles = false,
            Part::Lead => {
                scope.titles = false;
                scope.half_words_max = scope.half_words_max.min(2 * LEAD_WORDS);
                scope.paragraphs_max = scope.paragraphs_max.min(LEAD_PARAGRAPHS);
            }
            Part::First(words) => {
                scope.half_words_max = scope.half_words_max.min(words.saturating_mul(2));
            }
        }
        scope
    }

    /// Whether nothing can stand in it.
    pub fn is_empty(self) -> bool {
        !self.titles && !self.texts
    }

    pub fn contains(self, field: Field, token: &Token) -> bool {
        match field {
            Field::Title | Field::EntryTitle => self.titles,
            Field::Body | Field::EntrySummary => {
                self.texts
                    && token.pos < self.half_words_max
                    && token.paragraph < self.paragraphs_max
            }
        }
    }
}
