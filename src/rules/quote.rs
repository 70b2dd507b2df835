//! A short quotation of an article for a test of a watch: the title, and the sentences that count.

use std::ops::Range;

use super::asked::{AskedFacts, asked_facts};
use super::document::{Document, DocumentInput};
use super::explain::ExplainedPart;
use super::facts::Facts;
use super::rule_set::RuleSet;
use super::source::{Expectation, WatchTest};
use super::testing::document_of;
use crate::model::{Field, Hit, PartNumber};
use crate::text;

/// Words of the title and the sentences together, about; half as many signs of a script without spaces.
const WORDS_MAX: usize = 60;
/// Words left at each side of what was found in a sentence that is too long.
const WORDS_AROUND: usize = 8;
/// Texts of the evidence that are asked for.
const EVIDENCE_MAX: usize = 6;
/// Tags that are written down.
const TAGS_MAX: usize = 10;

/// A quotation as a test, and whether it stands for the whole article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quotation {
    /// The test.
    pub test: WatchTest,
    /// The watch hits the article.
    pub article_hits: bool,
    /// The watch hits the quotation.
    pub quotation_hits: bool,
}

/// A sentence of an article.
#[derive(Debug, Clone, PartialEq)]
struct Piece {
    field: Field,
    part: PartNumber,
    /// Byte of the field.
    start: usize,
    text: String,
    /// From the first to the last thing found in it, bytes of its text.
    found: Range<usize>,
}

/// Quotes an article: as few of the sentences in which the watch finds something as make it say the same of the
/// quotation as of the whole. `None` for a watch that there is not.
#[must_use]
pub fn quote(
    rules: &RuleSet,
    (watch, expression): (&str, &str),
    article: &DocumentInput,
    expect: Expectation,
) -> Option<Quotation> {
    let document = Document::new(article.clone());
    let hit = hit_of(rules, watch, &document);
    let explained = rules.explain(watch, &document)?;
    let pieces = pieces(article, document.lang(), hit.as_ref(), &explained);
    let quoting = Quoting {
        rules,
        watch,
        article,
        lang: document.lang(),
        asked: asked_facts(expression),
        expect,
    };
    Some(quoting.shortest(&pieces, hit.is_some()))
}

fn hit_of(rules: &RuleSet, watch: &str, document: &Document) -> Option<Hit> {
    let hits = rules.judge(document).hits;
    hits.into_iter().find(|hit| hit.watch == watch)
}

struct Quoting<'a> {
    rules: &'a RuleSet,
    watch: &'a str,
    article: &'a DocumentInput,
    lang: Option<&'a str>,
    asked: AskedFacts,
    expect: Expectation,
}

impl Quoting<'_> {
    fn shortest(&self, pieces: &[Piece], article_hits: bool) -> Quotation {
        let mut chosen: Vec<Piece> = Vec::new();
        let mut words = words_in(self.title());
        loop {
            let mut test = self.test(&chosen);
            let hit = hit_of(self.rules, self.watch, &document_of(&test));
            let same = hit.is_some() && article_hits;
            let next = pieces.get(chosen.len()).filter(|_| !same);
            let next = next.map(|piece| piece.shortened(WORDS_MAX.saturating_sub(words)));
            let next = next.filter(|piece| {
                chosen.is_empty() || words + words_in(&piece.text) <= WORDS_MAX + WORDS_AROUND
            });
            let Some(next) = next else {
                if let (Some(hit), Expectation::Match) = (&hit, self.expect) {
                    test.evidence = evidence(hit);
                }
                return Quotation {
                    test,
                    article_hits,
                    quotation_hits: hit.is_some(),
                };
            };
            words += words_in(&next.text);
            chosen.push(next);
        }
    }

    fn title(&self) -> &str {
        match self.article.title.trim() {
            "" => self.article.entry_title.trim(),
            title => title,
        }
    }

    fn test(&self, chosen: &[Piece]) -> WatchTest {
        let Facts {
            url,
            feeds,
            feed_countries,
            tags,
            authors,
            age_s,
        } = &self.article.facts;
        let asked = self.asked;
        let first = |values: &[String], asked: bool| values.first().filter(|_| asked).cloned();
        let age = age_s.filter(|_| asked.age).map(|age_s| match age_s {
            ..3600 => format!("{}m", (age_s / 60).max(1)),
            age_s => format!("{}h", age_s / 3600),
        });
        WatchTest {
            title: one_line(self.title()),
            body: self.body(chosen),
            lang: self.lang.map(str::to_owned),
            url: match asked.url {
                true => url.clone(),
                false => String::new(),
            },
            feed: first(feeds, asked.feed).unwrap_or_default(),
            feed_country: first(feed_countries, asked.feed_country),
            tags: match asked.tags {
                true => tags.iter().take(TAGS_MAX).cloned().collect(),
                false => Vec::new(),
            },
            author: first(authors, asked.author),
            age,
            expect: self.expect,
            evidence: Vec::new(),
        }
    }

    /// The sentences in the order of the article, those of one paragraph in one line, later stories behind a mark.
    fn body(&self, chosen: &[Piece]) -> String {
        let mut sorted: Vec<&Piece> = chosen.iter().collect();
        sorted.retain(|piece| piece.text != self.title());
        sorted.sort_by_key(|piece| (piece.part, piece.field, piece.start));
        let mut body = String::new();
        let mut before: Option<&Piece> = None;
        for piece in sorted {
            let part = before.map_or(PartNumber::FIRST, |before| before.part);
            let is_first = body.is_empty();
            if part != piece.part {
                let newline = if is_first { "" } else { "\n" };
                body.push_str(&format!("{newline}---\n"));
            } else if let Some(before) = before {
                body.push(match self.share_paragraph(before, piece) {
                    true => ' ',
                    false => '\n',
                });
            }
            body.push_str(&one_line(&piece.text));
            before = Some(piece);
        }
        body
    }

    fn share_paragraph(&self, before: &Piece, after: &Piece) -> bool {
        let text = field_of(self.article, before.field);
        let between = text.get(before.start..after.start);
        before.field == after.field && between.is_some_and(|between| !between.contains('\n'))
    }
}

impl Piece {
    /// A sentence that is longer than so many words as the part around what was found in it.
    fn shortened(&self, words_max: usize) -> Self {
        let tokens = text::analyse(&self.text, None).tokens;
        if words_in(&self.text) <= words_max.max(2 * WORDS_AROUND) {
            return self.clone();
        }
        let (from, to) = (self.found.start as u32, self.found.end as u32);
        let first = tokens.partition_point(|token| token.end <= from);
        let end = tokens.partition_point(|token| token.start < to);
        let first = first.saturating_sub(WORDS_AROUND);
        let end = (end + WORDS_AROUND).min(tokens.len());
        let (Some(begin), Some(last)) = (tokens.get(first), tokens.get(end.saturating_sub(1)))
        else {
            return self.clone();
        };
        Self {
            text: self.text[begin.start as usize..last.end as usize].to_owned(),
            ..self.clone()
        }
    }
}

/// The sentences in which something was found, those that prove most first.
fn pieces(
    article: &DocumentInput,
    lang: Option<&str>,
    hit: Option<&Hit>,
    explained: &ExplainedPart,
) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for sentence in hit.iter().flat_map(|hit| &hit.sentences) {
        let found = field_of(article, sentence.field).find(&sentence.sentence);
        let starts = sentence.spans.iter().map(|span| span.start);
        let ends = sentence.spans.iter().map(|span| span.end);
        pieces.extend(found.map(|start| Piece {
            field: sentence.field,
            part: sentence.part,
            start,
            text: sentence.sentence.clone(),
            found: starts.min().unwrap_or(0)..ends.max().unwrap_or(0),
        }));
    }
    let mut spans = Vec::new();
    hit.iter().for_each(|hit| spans.extend(&hit.evidence));
    leaves(explained, &mut |part| spans.extend(&part.spans));
    for span in spans {
        let text = field_of(article, span.field);
        let analysis = text::analyse(text, lang);
        let holds = |range: &&Range<usize>| range.start <= span.start && span.end <= range.end;
        let Some(range) = analysis.sentences.iter().find(holds) else {
            continue;
        };
        let known = |piece: &Piece| (piece.field, piece.start) == (span.field, range.start);
        if !pieces.iter().any(known) {
            pieces.push(Piece {
                field: span.field,
                part: span.part,
                start: range.start,
                text: text[range.clone()].to_owned(),
                found: span.start - range.start..span.end - range.start,
            });
        }
    }
    // The title is quoted anyway.
    pieces.retain(|piece| piece.field != Field::Title);
    pieces
}

fn leaves<'e>(part: &'e ExplainedPart, visit: &mut impl FnMut(&'e ExplainedPart)) {
    visit(part);
    part.parts.iter().for_each(|part| leaves(part, visit));
}

fn field_of(article: &DocumentInput, field: Field) -> &str {
    match field {
        Field::Title => &article.title,
        Field::Body => &article.body,
        Field::EntryTitle => &article.entry_title,
        Field::EntrySummary => &article.entry_summary,
    }
}

/// Different texts of the evidence, as few as say what was found.
fn evidence(hit: &Hit) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    let mut reasons: Vec<&str> = Vec::new();
    for span in &hit.evidence {
        if texts.len() < EVIDENCE_MAX
            && !texts.contains(&span.text)
            && !reasons.contains(&span.why.as_str())
        {
            texts.push(span.text.clone());
            reasons.push(&span.why);
        }
    }
    texts
}

fn words_in(text: &str) -> usize {
    let tokens = text::analyse(text, None).tokens;
    tokens.last().map_or(0, |last| (last.pos as usize + 2) / 2)
}

/// White space of any sort as single spaces.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
