//! The lines of the story: by the rule for the site, else by the classifier, else from the page's JSON-LD.

use scraper::Html;

use super::blocks::{self, Line, Outline};
use super::confidence::{ENOUGH, Evidence};
use super::fate::{Fate, Reason};
use super::memory::Recall;
use super::metadata::Metadata;
use super::parsed::Parsed;
use super::site::{Scope, SiteRule};
use super::{Aids, BODY_CHARS_MIN, body, joined, lines, state};
use crate::model::Origin;

/// What another part of the page says replaces a body that is shorter than it by this factor.
const OTHER_LONGER: usize = 4;
/// Lines that are likelier than this leave no doubt about the body, whatever else is said of it.
const SURE_LINES: f32 = 0.75;
/// The body of an imported rule is not believed when the page read by itself has so many times as much.
const IMPORTED_SHORTER: usize = 4;

/// A page's lines and what became of them.
pub struct Story {
    /// All lines of the page.
    pub outline: Outline,
    /// What became of each.
    pub fates: Vec<Fate>,
    /// How likely each is of the story, as the classifier has it; empty when a rule decided.
    pub probabilities: Vec<f32>,
    /// The lines of another part of the page, when they were taken instead.
    pub declared: Option<Vec<Line>>,
    /// Where the lines stood.
    pub origin: Origin,
}

impl Story {
    /// Reads the story of a page; `tells` as in [`blocks::outline_of`].
    pub fn read(
        page: &Parsed<'_>,
        metadata: &Metadata,
        aids: Aids<'_>,
        recall: Option<&mut Recall<'_>>,
        notes: &mut Vec<String>,
        tells: bool,
    ) -> Self {
        let rule = aids.rule;
        let scope = rule.map(|rule| Scope::of(rule, &page.html));
        let mut outline = blocks::outline_of(page, scope.as_ref(), tells);
        let by_rule = rule
            .zip(scope.as_ref())
            .filter(|(rule, _)| !rule.body.is_empty());
        let fates = by_rule.and_then(|(rule, scope)| {
            by_rule_fates(&page.html, &mut outline, metadata, rule, scope, notes)
        });
        let (fates, probabilities) = match fates {
            Some(fates) => (fates, Vec::new()),
            None => fates_by_itself(&mut outline, metadata, recall),
        };
        let mut story = Self {
            outline,
            fates,
            probabilities,
            declared: None,
            origin: Origin::Page,
        };
        story.look_elsewhere(page, metadata, aids.feed, notes);
        story
    }

    /// Leaves out what is kept so far.
    pub fn leave_out(&mut self, reason: Reason) {
        self.fates
            .iter_mut()
            .filter(|fate| fate.is_kept())
            .for_each(|fate| *fate = Fate::LeftOut(reason));
    }

    /// The lines of the story.
    pub fn kept(&self) -> Vec<&Line> {
        let of_page = self.outline.lines.iter().zip(&self.fates);
        let of_page = of_page
            .filter(|(_, fate)| fate.is_kept())
            .map(|(line, _)| line);
        self.declared.iter().flatten().chain(of_page).collect()
    }

    /// How likely the kept lines are of the story, on average over their characters.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "lines are shorter than 2^24 bytes"
    )]
    pub fn likely(&self) -> Option<f32> {
        let lines = self.outline.lines.iter().zip(&self.fates);
        let kept = lines.zip(&self.probabilities);
        let kept = kept.filter(|((_, fate), _)| fate.is_kept());
        let (mass, whole) = kept.fold((0.0, 0.0), |(mass, whole), ((line, _), probability)| {
            let bytes = line.text.len() as f32;
            (mass + bytes * probability, whole + bytes)
        });
        (whole > 0.0 && self.declared.is_none()).then(|| mass / whole)
    }

    /// Takes the text of the JSON-LD, else that of a script, where the page shows much less, or something that is
    /// less likely to be the story.
    fn look_elsewhere(
        &mut self,
        page: &Parsed<'_>,
        metadata: &Metadata,
        feed: Option<&str>,
        notes: &mut Vec<String>,
    ) {
        let found = weight(&self.outline, &self.fates);
        if found == 0 {
            notes.push("no body found".to_owned());
        }
        let evidence = |lines: &[&Line], sure| Evidence::of(&joined(lines), sure, metadata, feed);
        // Asked before the text is held against all that is said of it, which costs more.
        let confidence = match self.likely() {
            Some(sure) if sure < SURE_LINES => evidence(&self.kept(), Some(sure)).confidence(),
            _ => 1.0,
        };
        let is_better = |lines: &[Line], origin| {
            let weight = weight_of(lines);
            if weight >= found * OTHER_LONGER && weight > 0 {
                return true;
            }
            let other = || {
                let other = evidence(&lines.iter().collect::<Vec<_>>(), None);
                match origin {
                    Origin::JsonLd => other.of_json_ld().confidence(),
                    _ => other.confidence(),
                }
            };
            confidence < ENOUGH && weight >= BODY_CHARS_MIN && other() > confidence
        };
        let shortest = match confidence < ENOUGH {
            true => BODY_CHARS_MIN,
            false => BODY_CHARS_MIN.max(found * OTHER_LONGER),
        };
        let declared = declared_lines(metadata, shortest);
        if let Some(declared) = declared.filter(|lines| is_better(lines, Origin::JsonLd)) {
            notes.push("body taken from the page's JSON-LD".to_owned());
            self.replace(declared, Origin::JsonLd);
        } else if found < BODY_CHARS_MIN || confidence < ENOUGH {
            let held = lines::cleaned(state::lines(page, metadata), metadata);
            if is_better(&held, Origin::Script) {
                notes.push("body taken from a script of the page".to_owned());
                self.replace(held, Origin::Script);
            }
        }
    }

    fn replace(&mut self, lines: Vec<Line>, origin: Origin) {
        self.leave_out(match origin {
            Origin::Script => Reason::Script,
            _ => Reason::JsonLd,
        });
        self.declared = Some(lines);
        self.origin = origin;
    }
}

/// The lines of the JSON-LD's text, when it is long enough.
fn declared_lines(metadata: &Metadata, shortest: usize) -> Option<Vec<Line>> {
    let declared = metadata.json_ld_body.as_ref()?;
    if lines::weight(declared) < shortest {
        return None;
    }
    // Some pages put markup into it.
    let lines = blocks::lines(&Parsed::fragment(declared));
    Some(lines::cleaned(lines, metadata))
}

fn weight_of(lines: &[Line]) -> usize {
    lines.iter().map(|line| lines::weight(&line.text)).sum()
}

fn fates_by_itself(
    outline: &mut Outline,
    metadata: &Metadata,
    recall: Option<&mut Recall<'_>>,
) -> (Vec<Fate>, Vec<f32>) {
    let (mut fates, probabilities) = body::fates(outline, metadata, recall);
    lines::clean(&outline.lines, metadata, &mut fates);
    (fates, probabilities)
}

/// By the rule: all that is in its body but for labels and what repeats the headline. `None` when it finds no text,
/// or, imported, far less than there is without it.
fn by_rule_fates(
    html: &Html,
    outline: &mut Outline,
    metadata: &Metadata,
    rule: &SiteRule,
    scope: &Scope,
    notes: &mut Vec<String>,
) -> Option<Vec<Fate>> {
    let fate = |line: &Line| match scope.holds(line, html) {
        true => Fate::Kept,
        false => Fate::LeftOut(Reason::OutsideBody),
    };
    let mut fates: Vec<Fate> = match scope.has_body() {
        true => outline.lines.iter().map(fate).collect(),
        false => Vec::new(),
    };
    if fates.iter().any(|fate| fate.is_kept()) {
        lines::clean(&outline.lines, metadata, &mut fates);
    }
    let found = weight(outline, &fates);
    if found == 0 {
        let name = &rule.name;
        notes.push(format!(
            "{name}: `body` finds nothing on this page, which was read without it"
        ));
        return None;
    }
    if rule.imported {
        let (by_itself, _) = fates_by_itself(outline, metadata, None);
        let without = weight(outline, &by_itself);
        if without >= BODY_CHARS_MIN && found * IMPORTED_SHORTER < without {
            let name = &rule.name;
            notes.push(format!(
                "{name}: `body` finds a small part of the text, the page was read without it"
            ));
            return None;
        }
    }
    Some(fates)
}

/// Weight of the kept lines.
fn weight(outline: &Outline, fates: &[Fate]) -> usize {
    let kept = outline
        .lines
        .iter()
        .zip(fates)
        .filter(|(_, fate)| fate.is_kept());
    kept.map(|(line, _)| lines::weight(&line.text)).sum()
}
