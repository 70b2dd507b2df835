//! The program: parses arguments, calls [`wirewatch::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    wirewatch::cli::main()
}
