//! `wirewatch init`: a first config, commented, and a first watch.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;

use super::{open, print, watch};

/// The config that packages install, too.
pub(super) const TEMPLATE: &str = include_str!("../../packaging/debian/config.toml");

const PACKAGED_STORE: &str = "path = \"/var/lib/wirewatch/wirewatch.db\"";
const CONTACT: &str = "mailto:you@example.org";
const RECIPIENT: &str = "desk@example.org";

#[derive(Debug, Args)]
#[command(after_help = "\
On a terminal it asks for a topic, countries, languages and a mail address; every question may be left empty.
The folder is made when it is not there; a config that is there is left as it is.
Examples:
  wirewatch init news                                   # asks
  wirewatch init news --contact mailto:me@example.org --topic \"trade talks\" --country CN --country RU
Then:
  cd news && wirewatch feed add https://news.example/   # finds the feeds of a site
  wirewatch run --once                                  # one pass over them")]
pub(super) struct InitArgs {
    /// Folder of the config and the database
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// Address that goes into the User-Agent: mailto:... or https://...
    #[arg(long, value_name = "ADDRESS")]
    contact: Option<String>,
    /// Words or phrases to watch for, separated by commas
    #[arg(long, value_name = "WORDS")]
    topic: Option<String>,
    /// Country (ISO 3166) that the topic is about
    #[arg(long, value_name = "CODE")]
    country: Vec<String>,
    /// Only articles in these languages (ISO 639), separated by commas
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    lang: Vec<String>,
    /// Ask nothing
    #[arg(long)]
    yes: bool,
}

pub(super) fn run(args: InitArgs) -> anyhow::Result<ExitCode> {
    let path = args.folder.join("config.toml");
    if path.exists() {
        bail!("{} is there already: nothing was written", path.display());
    }
    let is_bare = args.topic.is_none() && args.country.is_empty();
    let args = match is_bare && !args.yes && io::stdin().is_terminal() {
        true => asked(args)?,
        false => args,
    };
    std::fs::create_dir_all(&args.folder)
        .with_context(|| format!("{} cannot be made", args.folder.display()))?;
    write_new(&path, &text(args.contact.as_deref()))?;
    let has_topic = args.topic.as_deref().is_some_and(|topic| !topic.is_empty());
    if has_topic || !args.country.is_empty() {
        let added = watch::add(&open::load(&path)?, args.topic, args.country, args.lang);
        if let Err(error) = added {
            // What was asked for is not there: nor is half of it.
            std::fs::remove_file(&path).ok();
            return Err(error);
        }
    }
    print::text(&next(&path))?;
    Ok(ExitCode::SUCCESS)
}

/// The packaged config, with the database beside it.
fn text(contact: Option<&str>) -> String {
    let text = TEMPLATE.replace(
        PACKAGED_STORE,
        "path = \"wirewatch.db\"   # relative to this file",
    );
    match contact.filter(|contact| !contact.is_empty()) {
        Some(contact) => {
            let quoted = toml::Value::from(contact).to_string();
            let text = text.replace(&format!("\"{CONTACT}\""), &quoted);
            let mail = contact.strip_prefix("mailto:").unwrap_or(RECIPIENT);
            text.replace(
                &format!("\"{RECIPIENT}\""),
                &toml::Value::from(mail).to_string(),
            )
        }
        None => text,
    }
}

/// A file that somebody else makes in the same moment is not overwritten.
fn write_new(path: &std::path::Path, text: &str) -> anyhow::Result<()> {
    let mut file = std::fs::File::create_new(path)
        .with_context(|| format!("{} cannot be made", path.display()))?;
    file.write_all(text.as_bytes())
        .with_context(|| format!("{} cannot be written", path.display()))
}

fn next(path: &std::path::Path) -> String {
    let config = path.display();
    format!(
        "{config} was written. Now:\n  \
         wirewatch -c {config} feed add URL     # the feeds of a site; feed import FILE.opml\n  \
         wirewatch -c {config} watch new        # a watch; docs/rules.md has the language\n  \
         wirewatch -c {config} run --once       # one pass\n"
    )
}

fn asked(args: InitArgs) -> anyhow::Result<InitArgs> {
    let contact = match args.contact {
        Some(contact) => contact,
        None => {
            let mail =
                watch::ask("Your mail address, for the sites that are visited (may be empty)")?;
            match mail.contains('@') && !mail.contains(':') {
                true => format!("mailto:{mail}"),
                false => mail,
            }
        }
    };
    let list = |text: String| {
        let parts = text.split([',', ' ']).map(str::trim);
        parts
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let topic =
        watch::ask("What do you watch for? Words or phrases, separated by commas (may be empty)")?;
    let country = list(watch::ask(
        "Which countries? Codes as CN, RU (may be empty)",
    )?);
    let lang = list(watch::ask(
        "Only in which languages? Codes as id, en (empty: all)",
    )?);
    Ok(InitArgs {
        contact: Some(contact),
        topic: Some(topic),
        country,
        lang,
        ..args
    })
}
