//! An article prepared for matching.

use std::sync::OnceLock;

use super::engine::pattern::number;
use super::engine::rows::Rows;
use super::facts::{Answers, Facts};
use super::parse::ast::Part;
use crate::model::{Field, PartNumber};
use crate::text::{self, Analysis, Script, Token};

/// What a [`Document`] is made of. Texts may be empty.
#[derive(Debug, Clone, Default)]
pub struct DocumentInput {
    /// Title of the page.
    pub title: String,
    /// Body of the page, paragraphs separated by `\n`.
    pub body: String,
    /// Numbers of the lines of the body at which a further story of the page begins.
    pub parts: Vec<usize>,
    /// Title as the feed's entry gave it.
    pub entry_title: String,
    /// Summary (or content) as the feed's entry gave it, plain text.
    pub entry_summary: String,
    /// Language, any BCP 47 tag; detected where it is not given.
    pub lang: Option<String>,
    /// What is known of it besides its text.
    pub facts: Facts,
}

/// An article, analysed once for all watches.
#[derive(Debug)]
pub struct Document {
    lang: Option<String>,
    fields: Vec<FieldText>,
    facts: Facts,
}

/// A field with its analysis.
#[derive(Debug)]
pub(in crate::rules) struct FieldText {
    pub field: Field,
    pub text: String,
    pub analysis: Analysis,
    /// Paragraphs at which a further story of the page begins, ascending; none but in the body.
    later: Vec<u32>,
    /// Tokens by word, made when they are first asked for.
    tokens_by_word: OnceLock<Rows<u32>>,
}

impl FieldText {
    /// The language that it was analysed in; empty where it is not known.
    pub fn lang(&self) -> &str {
        self.analysis.lang.as_deref().unwrap_or_default()
    }

    /// The tokens, ascending, that are the word with this index.
    pub fn tokens_of_word(&self, word: u32) -> &[u32] {
        let rows = self.tokens_by_word.get_or_init(|| {
            let tokens = (0..).zip(&self.analysis.tokens);
            let pairs = tokens.map(|(at, token): (u32, &Token)| (token.word, at));
            Rows::new(self.analysis.words.len(), pairs)
        });
        rows.row(word)
    }

    /// Paragraphs before the second story of the page.
    fn paragraphs_of_first_story(&self) -> u32 {
        self.later.first().copied().unwrap_or(u32::MAX)
    }

    /// The story of the page that a token stands in.
    pub fn part(&self, token: &Token) -> PartNumber {
        let begun = self.later.partition_point(|&at| at <= token.paragraph);
        PartNumber(1 + number(begun))
    }
}

/// The paragraphs that begin at these lines; a line that is blank stands for the next one that is not, and
/// what lies past the end is nothing.
fn paragraphs_at(lines: &[usize], text: &str, analysis: &Analysis) -> Vec<u32> {
    if lines.is_empty() {
        return Vec::new();
    }
    let ends = text.match_indices('\n').map(|(end, _)| end + 1);
    let starts: Vec<usize> = std::iter::once(0).chain(ends).collect();
    let mut found: Vec<u32> = lines
        .iter()
        .filter_map(|line| starts.get(*line))
        .map(|start| analysis.paragraphs.partition_point(|p| p.start < *start))
        .filter(|paragraph| *paragraph < analysis.paragraphs.len())
        .map(number)
        .collect();
    found.sort_unstable();
    found.dedup();
    found
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
                let later = match field {
                    Field::Body => paragraphs_at(&input.parts, &text, &analysis),
                    Field::Title | Field::EntryTitle | Field::EntrySummary => Vec::new(),
                };
                FieldText {
                    field,
                    text,
                    analysis,
                    later,
                    tokens_by_word: OnceLock::new(),
                }
            })
            .collect();
        Self {
            lang,
            fields,
            facts: input.facts,
        }
    }

    /// Language that the article was analysed in, shortest BCP 47 tag.
    #[must_use]
    pub fn lang(&self) -> Option<&str> {
        self.lang.as_deref()
    }

    /// What it answers to questions about it as a whole.
    pub(in crate::rules) fn answers(&self) -> Answers<'_> {
        Answers {
            facts: &self.facts,
            lang: self.lang(),
            words: self.words(),
        }
    }

    /// Words of the body, or of the summary where there is no body.
    fn words(&self) -> u32 {
        let of = |field| self.fields.iter().find(|text| text.field == field);
        let text = of(Field::Body).or_else(|| of(Field::EntrySummary));
        let last = text.and_then(|text| text.analysis.tokens.last());
        last.map_or(0, |last| (last.pos + 2) / 2)
    }

    pub(in crate::rules) fn fields(&self) -> &[FieldText] {
        &self.fields
    }
}

/// Where a text can be put into an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rules) enum Spot {
    TitleEnd,
    BodyStart,
    BodyEnd,
}

/// The part of a document that an expression looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::rules) struct Scope {
    titles: bool,
    texts: bool,
    /// The first story of the page. Titles and summary are part of it.
    first_story: bool,
    /// The stories below it.
    later_stories: bool,
    /// Only so many half words of body and summary.
    half_words_max: u32,
    /// Only so many paragraphs of body and summary.
    paragraphs_max: u32,
}

impl Scope {
    pub const ALL: Self = Self {
        titles: true,
        texts: true,
        first_story: true,
        later_stories: true,
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
            Part::Main => scope.later_stories = false,
            Part::Later => scope.first_story = false,
            Part::Lead => {
                scope.titles = false;
                scope.later_stories = false;
                scope.half_words_max = scope.half_words_max.min(2 * LEAD_WORDS);
                scope.paragraphs_max = scope.paragraphs_max.min(LEAD_PARAGRAPHS);
            }
            Part::First(words) => {
                scope.later_stories = false;
                scope.half_words_max = scope.half_words_max.min(words.saturating_mul(2));
            }
        }
        scope
    }

    /// Where a text can be put that is to stand in it.
    pub fn spot(self) -> Option<Spot> {
        match (self.titles, self.texts) {
            _ if !self.first_story => None,
            (true, true) if self == Self::ALL => Some(Spot::BodyEnd),
            (true, _) => Some(Spot::TitleEnd),
            (false, true) => Some(Spot::BodyStart),
            (false, false) => None,
        }
    }

    /// Why nothing can stand in it, if so.
    pub fn clash(self) -> Option<Clash> {
        if !self.titles && !self.texts {
            return Some(Clash::Fields);
        }
        let somewhere = self.first_story || (self.later_stories && self.texts);
        (!somewhere).then_some(Clash::Stories)
    }

    pub fn contains(self, field: &FieldText, token: &Token) -> bool {
        match field.field {
            Field::Title | Field::EntryTitle => self.titles && self.first_story,
            Field::Body | Field::EntrySummary => {
                let of_story = match token.paragraph < field.paragraphs_of_first_story() {
                    true => self.first_story,
                    false => self.later_stories,
                };
                self.texts
                    && of_story
                    && token.pos < self.half_words_max
                    && token.paragraph < self.paragraphs_max
            }
        }
    }
}

/// Which two demands on a place exclude each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rules) enum Clash {
    /// A title, and what is no title.
    Fields,
    /// The first story of the page, and a later one.
    Stories,
}
