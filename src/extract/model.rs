//! The learnt part of the line classifier: boosted decision trees, read from a table (`model.txt`).
//!
//! The table is made by `benches/extraction/train.py`; `docs/extraction.md` tells how.

use std::sync::LazyLock;

/// A sum of small decision trees over the features of a line.
#[derive(Debug, Default)]
pub struct Forest {
    nodes: Vec<Node>,
    roots: Vec<u16>,
}

/// A question, or an answer when `feature` is [`LEAF`].
#[derive(Debug, Clone, Copy)]
struct Node {
    value: f32,
    feature: u16,
    /// Where to go on when the feature is above the value; otherwise it is the next node.
    above: u16,
}

const LEAF: u16 = u16::MAX;
/// Trees that are asked before the sum is looked at.
const TREES_BETWEEN_LOOKS: usize = 5;
/// From this sum on downwards a line is given up. Few come back from there: against -3.5 nothing changed on the news of
/// the corpus, and on its guides and blogs (wcxb) the foreign lines went from 2.86 to 2.93 a page, F1 staying .956.
const HOPELESS: f32 = -2.75;

/// From this sum on upwards a line is taken. With it no body and no headline of the 933 pages of the corpus changed.
const SURE: f32 = 4.0;

/// The table of the program.
pub static FOREST: LazyLock<Forest> = LazyLock::new(|| {
    let names = super::features::names();
    Forest::read(include_str!("model.txt"), &names)
        .unwrap_or_else(|line| panic!("model.txt is tried by the tests: {line}"))
});

impl Forest {
    /// Reads the trees, one a line: a tree is an answer, or `(feature value left right)`.
    fn read(table: &str, names: &[String]) -> Result<Self, String> {
        let mut forest = Self::default();
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            let spaced = line.replace('(', " ( ").replace(')', " ) ");
            let mut words = spaced.split_ascii_whitespace();
            let root = forest.read_tree(&mut words, names);
            forest.roots.push(root.ok_or_else(|| line.to_owned())?);
        }
        Ok(forest)
    }

    /// Reads one tree and gives its root. Trees are ours, and not deep.
    fn read_tree<'w>(
        &mut self,
        words: &mut impl Iterator<Item = &'w str>,
        names: &[String],
    ) -> Option<u16> {
        let word = words.next()?;
        let at = self.nodes.len();
        if word != "(" {
            let value = word.parse().ok()?;
            self.nodes.push(Node {
                value,
                feature: LEAF,
                above: 0,
            });
            return u16::try_from(at).ok();
        }
        let feature = words.next()?;
        let feature = names.iter().position(|name| name == feature)?;
        let value = words.next()?.parse().ok()?;
        self.nodes.push(Node {
            value,
            feature: u16::try_from(feature).ok()?,
            above: 0,
        });
        self.read_tree(words, names)?;
        self.nodes[at].above = self.read_tree(words, names)?;
        (words.next()? == ")").then_some(u16::try_from(at).ok()?)
    }

    /// How likely a line is of the story, 0 to 1. Most lines of a page are hopeless, and are not asked about further.
    #[must_use]
    pub fn probability(&self, features: &[f32]) -> f32 {
        let mut sum = 0.0;
        for trees in self.roots.chunks(TREES_BETWEEN_LOOKS) {
            sum += trees
                .iter()
                .map(|&root| self.answer(root, features))
                .sum::<f32>();
            if !(HOPELESS..SURE).contains(&sum) {
                break;
            }
        }
        1.0 / (1.0 + (-sum).exp())
    }

    fn answer(&self, root: u16, features: &[f32]) -> f32 {
        let mut at = usize::from(root);
        loop {
            let node = self.nodes[at];
            if node.feature == LEAF {
                return node.value;
            }
            let is_above = features[usize::from(node.feature)] > node.value;
            at = if is_above {
                usize::from(node.above)
            } else {
                at + 1
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_are_read_and_asked() {
        let names = ["chars".to_owned(), "links".to_owned()];
        let table = "# a comment\n(chars 10 -1 (links 2.5 2 0.5))\n0.25\n";
        let forest = Forest::read(table, &names).expect("a good table");
        for (features, sum) in [
            ([3.0, 9.0], -0.75),
            ([11.0, 1.0], 2.25),
            ([11.0, 3.0], 0.75_f32),
        ] {
            let expected = 1.0 / (1.0 + (-sum).exp());
            assert!(
                (forest.probability(&features) - expected).abs() < 1e-6,
                "{features:?}"
            );
        }
        for broken in [
            "(chars 10 -1",
            "(unknown 10 -1 1)",
            "(chars x 1 1)",
            "x",
            "",
        ] {
            assert!(
                Forest::read(&format!("{broken}\n"), &names).is_err(),
                "{broken}"
            );
        }
    }

    #[test]
    fn the_table_of_the_program_is_whole() {
        assert!(FOREST.roots.len() > 10, "{} trees", FOREST.roots.len());
    }
}
