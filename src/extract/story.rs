//! The lines of the story: by the rule for the site, else by the classifier, else from the page's JSON-LD.

use scraper::Html;

use super::blocks::{self, Line, Outline};
use super::fate::{Fate, Reason};
use super::metadata::Metadata;
use super::site::{Scope, SiteRule};
use super::{BODY_CHARS_MIN, body, lines};

/// JSON-LD's text replaces a body that is shorter than it by this factor.
const JSON_LD_LONGER: usize = 4;
/// The body of an imported rule is not believed when the page read by itself has so many times as much.
const IMPORTED_SHORTER: usize = 4;

/// A page's lines and what became of them.
pub struct Story {
    /// All lines of the page.
    pub outline: Outline,
    /// What became of each.
    pub fates: Vec<Fate>,
    /// The lines of the JSON-LD, when they were taken instead.
    pub declared: Option<Vec<Line>>,
}

impl Story {
    /// Reads the story of a page; `tells` as in [`blocks::outline_of`].
    pub fn read(
        html: &Html,
        metadata: &Metadata,
        rule: Option<&SiteRule>,
        notes: &mut Vec<String>,
        tells: bool,
    ) -> Self {
        let scope = rule.map(|rule| Scope::of(rule, html));
        let outline = blocks::outline_of(html, scope.as_ref(), tells);
        let by_rule = rule
            .zip(scope.as_ref())
            .filter(|(rule, _)| !rule.body.is_empty());
        let fates = by_rule
            .and_then(|(rule, scope)| by_rule_fates(html, &outline, metadata, rule, scope, notes));
        let fates = fates.unwrap_or_else(|| fates_by_itself(&outline, metadata));
        let mut story = Self {
            outline,
            fates,
            declared: None,
        };
        story.declared = story.better_declared(metadata, notes);
        if story.declared.is_some() {
            story.leave_out(Reason::JsonLd);
        }
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

    fn better_declared(&self, metadata: &Metadata, notes: &mut Vec<String>) -> Option<Vec<Line>> {
        let declared = metadata.json_ld_body.as_ref()?;
        let declared_weight = lines::weight(declared);
        if declared_weight < BODY_CHARS_MIN
            || weight(&self.outline, &self.fates) * JSON_LD_LONGER > declared_weight
        {
            return None;
        }
        notes.push("body taken from the page's JSON-LD".to_owned());
        // Some pages put markup into it.
        Some(lines::cleaned(
            blocks::lines(&Html::parse_fragment(declared)),
            metadata,
        ))
    }
}

fn fates_by_itself(outline: &Outline, metadata: &Metadata) -> Vec<Fate> {
    let mut fates = body::fates(outline, metadata);
    lines::clean(&outline.lines, metadata, &mut fates);
    fates
}

/// By the rule: all that is in its body but for labels and what repeats the headline. `None` when it finds no text,
/// or, imported, far less than there is without it.
fn by_rule_fates(
    html: &Html,
    outline: &Outline,
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
        let without = weight(outline, &fates_by_itself(outline, metadata));
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
