//! Where most of a page's text stands, and how far other blocks are from it.

use super::float;
use crate::extract::blocks::Block;

/// Share of the text that the story's block must hold.
const CORE_SHARE: f32 = 0.7;

/// The innermost block that holds most of a mass, and where others lie from it.
#[derive(Debug, Default)]
pub(super) struct Core {
    block: usize,
    /// Depth of the innermost block around both the core and each block.
    meets: Vec<usize>,
}

impl Core {
    /// `sums` are running sums of the mass over the lines.
    pub(super) fn of(blocks: &[Block], sums: &[f32]) -> Self {
        let whole = sums.last().copied().unwrap_or_default();
        let held = |block: &Block| sums[block.end] - sums[block.first];
        let block = blocks
            .iter()
            .rposition(|block| held(block) >= whole * CORE_SHARE)
            .unwrap_or_default();
        let mut on_chain = vec![false; blocks.len()];
        let mut at = block;
        while at != 0 {
            on_chain[at] = true;
            at = blocks[at].parent;
        }
        on_chain[0] = true;
        let mut meets = vec![0; blocks.len()];
        for (index, block) in blocks.iter().enumerate() {
            meets[index] = if on_chain[index] {
                block.depth
            } else {
                meets[block.parent]
            };
        }
        Self { block, meets }
    }

    /// Levels from the core up to what it shares with a block; 0 inside of it.
    pub(super) fn levels_up(&self, blocks: &[Block], block: usize) -> f32 {
        float(blocks[self.block].depth - self.meets[block])
    }

    /// Levels from a block of the core up to it.
    pub(super) fn levels_down(&self, blocks: &[Block], block: usize) -> f32 {
        float(blocks[block].depth - self.meets[block])
    }
}
