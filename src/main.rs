//! The program: parses arguments, calls [`wirewatch::cli`].

fn main() {}
