//! The sentence that proves an alert, cut into plain and marked pieces.

use serde::Serialize;

use crate::model::{AlertEvidence, SentenceSpan};

use super::how::in_words;
use super::page::{direction, tag};
use super::plain::{plain_piece, shorten};

/// Characters of plain text kept beside a marked piece.
const BESIDE_MAX: usize = 140;

/// Ways of matching named under a sentence.
const HOWS_MAX: usize = 6;

/// A part of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Piece {
    pub text: String,
    pub marked: bool,
}

/// A sentence with marked pieces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Quote {
    pub pieces: Vec<Piece>,
    pub lang: String,
    pub dir: &'static str,
    /// Part of the article it stands in, in words.
    pub place: &'static str,
    /// `Tiongkok = China (alias, id)`, each once.
    pub hows: Vec<String>,
}

impl Quote {
    /// `is_lead`: it stands in the first paragraph.
    pub fn of(evidence: &AlertEvidence, is_lead: bool) -> Self {
        let lang = tag(evidence.lang.as_deref());
        Self {
            pieces: pieces(&evidence.sentence, &evidence.spans),
            dir: direction(&lang),
            lang,
            place: place(evidence, is_lead),
            hows: hows(&evidence.spans),
        }
    }
}

/// Part of the article that a sentence stands in, in words.
pub(super) fn place(evidence: &AlertEvidence, is_lead: bool) -> &'static str {
    match evidence.field.name() {
        "title" => "title",
        "body" if !evidence.part.is_first() => "a later story of the page",
        "body" if is_lead => "lead",
        "body" => "body",
        "entry_title" => "title in the feed",
        _ => "summary in the feed",
    }
}

fn hows(spans: &[SentenceSpan]) -> Vec<String> {
    let mut hows: Vec<String> = Vec::new();
    for span in spans {
        let how = in_words(&span.text, &span.why);
        if !hows.contains(&how) && hows.len() < HOWS_MAX {
            hows.push(how);
        }
    }
    hows
}

/// Cuts at the spans. Spans that overlap an earlier one, or whose offsets are none, are left unmarked.
fn pieces(sentence: &str, spans: &[SentenceSpan]) -> Vec<Piece> {
    let mut spans: Vec<&SentenceSpan> = spans.iter().collect();
    spans.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
    let mut pieces = Vec::new();
    let mut done = 0;
    for span in spans {
        let (Some(before), Some(marked)) = (
            sentence.get(done..span.start),
            sentence.get(span.start..span.end),
        ) else {
            continue;
        };
        push(&mut pieces, before, false);
        push(&mut pieces, marked, true);
        done = span.end;
    }
    push(&mut pieces, &sentence[done..], false);
    abridge(&mut pieces);
    pieces
}

fn push(pieces: &mut Vec<Piece>, text: &str, marked: bool) {
    let text = plain_piece(text);
    if !text.is_empty() {
        pieces.push(Piece { text, marked });
    }
}

/// Shortens what lies far from the marks, so that a body without full stops does not fill a page.
fn abridge(pieces: &mut [Piece]) {
    let last = pieces.len().saturating_sub(1);
    for (place, piece) in pieces.iter_mut().enumerate() {
        if piece.marked {
            piece.text = shorten(&piece.text, BESIDE_MAX);
            continue;
        }
        let letters: Vec<char> = piece.text.chars().collect();
        let head = if place == 0 { 0 } else { BESIDE_MAX };
        let tail = if place == last { 0 } else { BESIDE_MAX };
        // A sentence without any mark has one piece: its beginning is kept.
        let head = if last == 0 { 2 * BESIDE_MAX } else { head };
        if letters.len() > head + tail + 1 {
            let (begin, end) = (&letters[..head], &letters[letters.len() - tail..]);
            piece.text = begin.iter().chain(['…'].iter()).chain(end).collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Field, PartNumber};

    fn span(start: usize, end: usize) -> SentenceSpan {
        SentenceSpan {
            start,
            end,
            text: String::new(),
            why: String::new(),
        }
    }

    fn shown(sentence: &str, spans: &[SentenceSpan]) -> String {
        pieces(sentence, spans)
            .iter()
            .map(|piece| match piece.marked {
                true => format!(">{}<", piece.text),
                false => piece.text.clone(),
            })
            .collect()
    }

    #[test]
    fn a_sentence_is_cut_at_its_spans_and_wrong_offsets_do_no_harm() {
        assert_eq!(
            shown("Tiongkok dan Rusia", &[span(13, 18), span(0, 8)]),
            ">Tiongkok< dan >Rusia<"
        );
        assert_eq!(shown("王毅访问", &[span(0, 6)]), ">王毅<访问");
        assert_eq!(
            shown("王毅", &[span(1, 4), span(0, 99), span(5, 2)]),
            "王毅"
        );
        assert_eq!(shown("abcdef", &[span(0, 4), span(2, 5)]), ">abcd<ef");
    }

    #[test]
    fn a_reader_is_told_when_the_page_is_of_another_story() {
        for (field, part, place) in [
            (Field::Title, 1, "title"),
            (Field::Body, 1, "body"),
            (Field::Body, 2, "a later story of the page"),
        ] {
            let evidence = AlertEvidence {
                sentence: "Talks.".to_owned(),
                lang: None,
                url: String::new(),
                field,
                part: PartNumber(part),
                spans: Vec::new(),
            };
            assert_eq!(Quote::of(&evidence, false).place, place);
            let in_lead = Quote::of(&evidence, true).place;
            assert_eq!(in_lead, if place == "body" { "lead" } else { place });
        }
    }

    #[test]
    fn far_from_the_marks_a_long_sentence_is_abridged() {
        let sentence = format!(
            "{}CN{}RU{}",
            "a".repeat(500),
            "b".repeat(500),
            "c".repeat(500)
        );
        let shown = shown(&sentence, &[span(500, 502), span(1002, 1004)]);
        assert!(
            shown.starts_with("…aaa") && shown.ends_with("ccc…"),
            "{shown}"
        );
        assert!(shown.contains(">CN<") && shown.contains(">RU<"));
        assert!(shown.chars().count() < 4 * BESIDE_MAX + 16);
        assert_eq!(shown.matches('…').count(), 3);
    }
}
