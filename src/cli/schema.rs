//! `wirewatch schema`: what a TOML editor needs to complete and check the config while it is typed.

use std::process::ExitCode;

use clap::Args;

use super::print;
use crate::config::schema;

#[derive(Debug, Args)]
#[command(after_help = "\
An editor that knows JSON Schema (Taplo, Even Better TOML) completes keys and marks mistakes when the first
line of the file names the schema:
  wirewatch schema > wirewatch.schema.json
  #:schema ./wirewatch.schema.json            # first line of config.toml and of every file that it includes
What it cannot tell, such as mistakes within a `match`, `wirewatch check` tells.")]
pub(super) struct SchemaArgs {}

pub(super) fn run(_args: &SchemaArgs) -> anyhow::Result<ExitCode> {
    let text = serde_json::to_string_pretty(&schema())?;
    print::text(&format!("{text}\n"))?;
    Ok(ExitCode::SUCCESS)
}
