//! What holds of all rules, shown on random ones and on the worst that can be thought of.

#[path = "../common/chance.rs"]
mod chance;
mod naive;
mod random;
mod recompile;
mod work;
