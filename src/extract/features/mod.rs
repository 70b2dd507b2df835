//! What the line classifier knows of each line: numbers with names. `model.txt` asks for them by these names.
//!
//! Linear in the page: sums over lines are differences of running sums, and every block is looked at once.

mod core;
mod facts;
mod table;

pub use facts::Witnesses;
pub use table::Table;

use super::blocks::{Block, FAR, Line, Outline, Tag};
use super::names::ROLES;

/// No such thing on this page.
const NONE: f32 = -1.0;
/// Least length of a paragraph that says where the story is.
const PARAGRAPH_CHARS: f32 = 60.0;

#[expect(
    clippy::cast_precision_loss,
    reason = "pages are shorter than 2^24 lines"
)]
fn float(number: usize) -> f32 {
    number as f32
}

fn flag(yes: bool) -> f32 {
    f32::from(u8::from(yes))
}

fn ratio(part: f32, whole: f32) -> f32 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

fn running(values: impl Iterator<Item = f32>) -> Vec<f32> {
    let mut sum = 0.0;
    std::iter::once(0.0)
        .chain(values.map(|value| {
            sum += value;
            sum
        }))
        .collect()
}

/// Names of the features, in order.
#[must_use]
pub fn names() -> Vec<String> {
    let outline = Outline {
        lines: vec![Line::default()],
        blocks: vec![Block {
            parent: 0,
            tag: Tag::Other,
            depth: 0,
            near: [FAR; ROLES],
            signature: 0,
            own: 0,
            first: 0,
            end: 1,
        }],
        ..Outline::default()
    };
    let table = Table::new(&outline, &Witnesses::default());
    let mut names = Vec::new();
    table.each(0, &mut |name, _| names.push(name.to_owned()));
    names
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    #[test]
    fn every_feature_has_a_name_of_its_own() {
        let names = super::names();
        let different: HashSet<&String> = names.iter().collect();
        assert_eq!(different.len(), names.len(), "{names:?}");
    }
}
