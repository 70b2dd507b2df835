//! The places that prove a hit, as people read them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::findings::Occurrence;
use crate::model::{EvidenceSentence, Field, SentenceSpan, Span};
use crate::rules::document::{Document, FieldText};

/// Spans of one hit.
const SPANS_MAX: usize = 12;
/// Sentences of one hit.
const SENTENCES_MAX: usize = 3;

/// A chosen place and the number of the condition it proves.
#[derive(Debug, Clone, Copy)]
struct Chosen {
    occurrence: Occurrence,
    condition: usize,
}

/// A chosen place with its text.
struct Mark {
    span: Span,
    chosen: Chosen,
}

/// Spans and sentences out of the rows of places that prove each condition of a hit. `why` says how
/// an occurrence came about.
pub(in crate::rules) fn evidence(
    document: &Document,
    proof: &[Vec<Occurrence>],
    why: impl Fn(&Occurrence) -> String,
) -> (Vec<Span>, Vec<EvidenceSentence>) {
    let marks: Vec<Mark> = choose(document, proof)
        .into_iter()
        .map(|chosen| {
            let field = &document.fields()[chosen.occurrence.field as usize];
            let span = span(field, &chosen.occurrence, why(&chosen.occurrence));
            Mark { span, chosen }
        })
        .collect();
    let sentences = sentences(document, &marks);
    let spans = marks.into_iter().map(|mark| mark.span).collect();
    (spans, sentences)
}

/// The first places of every row in turn, so that each condition is seen; in text order, none
/// overlapping another.
fn choose(document: &Document, proof: &[Vec<Occurrence>]) -> Vec<Chosen> {
    let longest = proof.iter().map(Vec::len).max().unwrap_or(0);
    let mut seen = BTreeSet::new();
    let mut chosen = Vec::new();
    'full: for turn in 0..longest {
        for (condition, row) in proof.iter().enumerate() {
            let Some(occurrence) = row.get(turn) else {
                continue;
            };
            if chosen.len() == SPANS_MAX {
                break 'full;
            }
            if seen.insert(occurrence.place()) {
                chosen.push(Chosen {
                    occurrence: *occurrence,
                    condition,
                });
            }
        }
    }
    chosen.sort_by_key(|chosen| {
        let (field, first, last) = chosen.occurrence.place();
        (
            document.fields()[field as usize].field,
            first,
            Reverse(last),
        )
    });
    let mut end = None;
    chosen.retain(|chosen| {
        let (field, first, last) = chosen.occurrence.place();
        let free = end.is_none_or(|(of, end)| of != field || end < first);
        if free {
            end = Some((field, last));
        }
        free
    });
    chosen
}

/// A place as people read it.
pub(in crate::rules) fn span(field: &FieldText, occurrence: &Occurrence, why: String) -> Span {
    let tokens = &field.analysis.tokens;
    let start = tokens[occurrence.first as usize].start as usize;
    let end = tokens[occurrence.last as usize].end as usize;
    Span {
        field: field.field,
        part: field.part(&tokens[occurrence.first as usize]),
        start,
        end,
        text: field.text[start..end].to_owned(),
        why,
    }
}

/// The sentences that prove the most conditions, titles before later text among equals.
fn sentences(document: &Document, marks: &[Mark]) -> Vec<EvidenceSentence> {
    let mut by_sentence: BTreeMap<(Field, u32, u32), Vec<&Mark>> = BTreeMap::new();
    for mark in marks {
        let occurrence = mark.chosen.occurrence;
        let field = &document.fields()[occurrence.field as usize];
        let sentence = field.analysis.tokens[occurrence.first as usize].sentence;
        by_sentence
            .entry((field.field, occurrence.field, sentence))
            .or_default()
            .push(mark);
    }
    let mut ranked: Vec<_> = by_sentence.into_iter().collect();
    ranked.sort_by_key(|(_, marks)| {
        let conditions: BTreeSet<usize> = marks.iter().map(|mark| mark.chosen.condition).collect();
        let reasons: BTreeSet<&str> = marks.iter().map(|mark| mark.span.why.as_str()).collect();
        Reverse((conditions.len(), reasons.len()))
    });
    ranked
        .into_iter()
        .take(SENTENCES_MAX)
        .filter_map(|((_, field, sentence), marks)| {
            sentence_with(&document.fields()[field as usize], sentence, &marks)
        })
        .collect()
}

fn sentence_with(field: &FieldText, sentence: u32, marks: &[&Mark]) -> Option<EvidenceSentence> {
    let range = field.analysis.sentences.get(sentence as usize)?;
    let spans: Vec<SentenceSpan> = marks
        .iter()
        .map(|mark| &mark.span)
        // A phrase may run past the end of a sentence that was cut too early.
        .filter(|span| range.start <= span.start && span.end <= range.end)
        .map(|span| SentenceSpan {
            start: span.start - range.start,
            end: span.end - range.start,
            text: span.text.clone(),
            why: span.why.clone(),
        })
        .collect();
    let part = marks.first().map(|mark| mark.span.part);
    (!spans.is_empty()).then(|| EvidenceSentence {
        field: field.field,
        part: part.unwrap_or_default(),
        sentence: field.text[range.clone()].to_owned(),
        spans,
    })
}
