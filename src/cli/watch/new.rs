//! `wirewatch watch new`: asks for a topic, countries and languages, and writes a commented watch with two tests.

mod draft;

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use self::draft::Draft;
use super::print;
use crate::cli::diagnostic;
use crate::config::{Config, EditError, add_watch};
use crate::model::Severity;

#[derive(Debug, Args)]
#[command(after_help = "\
Without --topic, --country and --list the questions are asked on the terminal. The watch comes with two tests, one article that
it must hit and one that it must not, and is added only when `check` would pass with it. All comments and the order of the file
stay as they are.
Examples:
  wirewatch watch new                                        # asks
  wirewatch watch new --topic \"trade talks, summit\" --country CN --country RU --list diplomacy --severity high
  wirewatch watch new --topic banjir --country ID --lang id,ms --to watches/floods.toml --dry-run
Exit codes: 0 written (or shown, with --dry-run), 1 it was refused, 2 the command line was wrong.")]
pub(in crate::cli) struct NewArgs {
    /// NAME of the watch [default: made of the topic and the countries]
    #[arg(long)]
    name: Option<String>,
    /// Words or phrases, separated by commas: any of them
    #[arg(long, value_name = "WORDS")]
    topic: Option<String>,
    /// Country (ISO 3166); of two both must be in one paragraph, of more any is enough
    #[arg(long, value_name = "CODE")]
    country: Vec<String>,
    /// Only articles in these languages (ISO 639), separated by commas
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    lang: Vec<String>,
    /// A list whose terms count as the topic, too: one of the config or a built-in one
    #[arg(long, value_name = "NAME")]
    list: Vec<String>,
    /// low, medium, high or critical
    #[arg(long, value_parser = severity)]
    severity: Option<Severity>,
    /// Channel its alerts go to; every one without it
    #[arg(long, value_name = "NAME")]
    channel: Vec<String>,
    /// File to write to, one that `include` names [default: the config]
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// Only show what would be written
    #[arg(long)]
    dry_run: bool,
}

/// Adds a watch for a topic to a config, as `watch new` does.
pub(in crate::cli) fn add(
    config: &Config,
    topic: Option<String>,
    country: Vec<String>,
    lang: Vec<String>,
) -> anyhow::Result<()> {
    let args = NewArgs {
        name: None,
        topic,
        country,
        lang,
        list: Vec::new(),
        severity: None,
        channel: Vec::new(),
        to: None,
        dry_run: false,
    };
    run(config, args).map(|_| ())
}

fn severity(text: &str) -> Result<Severity, String> {
    serde_json::from_value(text.into()).map_err(|_| "low, medium, high or critical".to_owned())
}

pub(super) fn run(config: &Config, args: NewArgs) -> anyhow::Result<ExitCode> {
    let is_empty = args.topic.is_none() && args.country.is_empty() && args.list.is_empty();
    let args = match is_empty {
        true if io::stdin().is_terminal() => asked(args)?,
        true => anyhow::bail!("nothing to look for: give --topic, --country or --list"),
        false => args,
    };
    let draft = Draft {
        name: args.name.clone(),
        topic: split(args.topic.as_deref().unwrap_or_default()),
        countries: args
            .country
            .iter()
            .map(|code| code.to_uppercase())
            .collect(),
        langs: args
            .lang
            .iter()
            .map(|lang| lang.trim().to_owned())
            .collect(),
        lists: args.list.clone(),
        severity: args.severity.unwrap_or_default(),
        channels: args.channel.clone(),
    };
    let written = draft.written(config)?;
    let file = args.to.clone().unwrap_or_else(|| config.path.clone());
    if args.dry_run {
        print::text(&written.tables)?;
        return Ok(ExitCode::SUCCESS);
    }
    let is_included = is_included(config, &file);
    if file.exists() && !is_included {
        anyhow::bail!(
            "{} is no file of the config: name it in `include` first",
            file.display()
        );
    }
    match add_watch(config, &file, &written.tables) {
        Ok(()) => {}
        Err(EditError::Refused { path, problems }) => {
            eprint!("{}", diagnostic::show_all(&problems));
            anyhow::bail!(
                "nothing was written: {} would be refused with it",
                path.display()
            );
        }
        Err(error) => return Err(error.into()),
    }
    print::text(&written.tables)?;
    eprintln!("[watch.{}] was added to {}", written.name, file.display());
    // A new file may be named by a pattern.
    let now = Config::load(&config.path).ok();
    let is_read = now.is_some_and(|now| now.rule_set.watch(&written.name).is_some());
    if !is_read {
        eprintln!(
            "{} is not read yet: name it in `include` of {}",
            file.display(),
            config.path.display()
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn is_included(config: &Config, file: &std::path::Path) -> bool {
    let whole = |path: &std::path::Path| std::fs::canonicalize(path).ok();
    config.files.iter().any(|known| whole(known) == whole(file))
}

fn split(text: &str) -> Vec<String> {
    let words = text.split(',').map(str::trim);
    words
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Asks for what the command line did not give.
fn asked(args: NewArgs) -> anyhow::Result<NewArgs> {
    let topic = ask("What is it about? Words or phrases, separated by commas (may be empty)")?;
    let country = split(&ask("Which countries? Codes as CN, RU (may be empty)")?);
    let list = split(&ask(
        "Which lists, e.g. diplomacy, disaster, cyber-attack? (may be empty)",
    )?);
    let lang = split(&ask(
        "Only in which languages? Codes as id, en (empty: all)",
    )?);
    let how = ask("How much does it matter? low, medium, high, critical (empty: medium)")?;
    let severity = match how.as_str() {
        "" => args.severity,
        how => Some(severity(how).map_err(anyhow::Error::msg)?),
    };
    Ok(NewArgs {
        topic: Some(topic),
        country,
        list,
        lang,
        severity,
        ..args
    })
}

/// Asks on the terminal.
pub(in crate::cli) fn ask(question: &str) -> anyhow::Result<String> {
    eprint!("{question}: ");
    io::stderr().flush()?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim().to_owned())
}
