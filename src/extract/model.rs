//! The learnt part of the line classifier: boosted decision trees, read from a table (`model.tsv`).
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
    feature: u16,
    /// Node when the feature is not above the value; the node behind it otherwise is `right`.
    left: u16,
    right: u16,
    value: f32,
}

const LEAF: u16 = u16::MAX;

/// Both stages: the first looks at a line and its surroundings, the second also at what the first thought of them.
pub static STAGES: LazyLock<[Forest; 2]> = LazyLock::new(|| {
    let table = include_str!("model.tsv");
    let read = |stage: usize| {
        let names = super::features::names(stage);
        Forest::read(table, stage, &names)
            .unwrap_or_else(|line| panic!("model.tsv is tried by the tests: {line}"))
    };
    [read(1), read(2)]
});

impl Forest {
    /// Reads the rows of one stage: `stage tree node feature value left right`, or `= value` for an answer.
    fn read(table: &str, stage: usize, names: &[String]) -> Result<Self, String> {
        let mut forest = Self::default();
        let mut start = 0;
        for line in table.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            let wrong = || line.to_owned();
            let mut cells = line.split('\t');
            let mut cell = || cells.next().ok_or_else(wrong);
            if cell()?.parse() != Ok(stage) {
                continue;
            }
            let _tree = cell()?;
            let node: usize = cell()?.parse().map_err(|_| wrong())?;
            let feature = cell()?;
            let value: f32 = cell()?.parse().map_err(|_| wrong())?;
            if node == 0 {
                start = forest.nodes.len();
                forest.roots.push(u16::try_from(start).map_err(|_| wrong())?);
            }
            let mut child = || -> Result<u16, String> {
                let at: usize = cell()?.parse().map_err(|_| wrong())?;
                u16::try_from(start + at).map_err(|_| wrong())
            };
            let (feature, left, right) = if feature == "=" {
                (LEAF, 0, 0)
            } else {
                let index = names.iter().position(|name| name == feature).ok_or_else(wrong)?;
                (u16::try_from(index).map_err(|_| wrong())?, child()?, child()?)
            };
            forest.nodes.push(Node { feature, left, right, value });
        }
        Ok(forest)
    }

    /// How likely a line is of the story, 0 to 1.
    #[must_use]
    pub fn probability(&self, features: &[f32]) -> f32 {
        let sum: f32 = self.roots.iter().map(|&root| self.answer(root, features)).sum();
        1.0 / (1.0 + (-sum).exp())
    }

    fn answer(&self, root: u16, features: &[f32]) -> f32 {
        let mut node = self.nodes[usize::from(root)];
        while node.feature != LEAF {
            let goes_left = features[usize::from(node.feature)] <= node.value;
            node = self.nodes[usize::from(if goes_left { node.left } else { node.right })];
        }
        node.value
    }
}
