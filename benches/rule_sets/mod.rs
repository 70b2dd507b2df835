//! What the benches of the rules share, also those of the package in `rivals/`: articles, and sets of rules for them.

pub mod articles;
#[path = "../../tests/common/chance.rs"]
mod chance;
pub mod desks;
pub mod harsh;
pub mod worst;

pub use chance::Chance;

impl Chance {
    /// One of several.
    pub fn of<'t, T>(&mut self, these: &'t [T]) -> &'t T {
        &these[self.below(these.len())]
    }
}
