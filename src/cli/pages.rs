//! `wirewatch man` and `wirewatch completions`: what a package puts beside the program.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Cli, print};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  wirewatch man | man -l -                   # read it
  wirewatch man --output /usr/local/share/man/man1")]
pub(super) struct ManArgs {
    /// Write the pages of all commands into this folder, instead of the one page to standard output
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  wirewatch completions bash > ~/.local/share/bash-completion/completions/wirewatch
  wirewatch completions zsh  > ~/.zfunc/_wirewatch
  wirewatch completions fish > ~/.config/fish/completions/wirewatch.fish")]
pub(super) struct CompletionsArgs {
    /// Shell to complete in
    shell: Shell,
}

pub(super) fn man(args: &ManArgs) -> anyhow::Result<ExitCode> {
    match &args.output {
        Some(folder) => {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("{} cannot be made", folder.display()))?;
            clap_mangen::generate_to(Cli::command(), folder)
                .with_context(|| format!("{} cannot be written to", folder.display()))?;
        }
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut page)?;
            print::text(&String::from_utf8(page)?)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn completions(args: &CompletionsArgs) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "wirewatch", &mut script);
    print::text(&String::from_utf8(script)?)?;
    Ok(ExitCode::SUCCESS)
}
