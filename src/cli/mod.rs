//! The commands, one file each: turn arguments into calls, answers into words, errors into exit codes.
//!
//! Exit codes: 0 all is well, 1 a problem was found, 2 the command line was wrong (clap's own), 3 the database is damaged.

mod alert;
mod article;
mod channel;
mod check;
mod csv;
mod damage;
mod demo;
pub mod diagnostic;
mod digest;
mod doctor;
mod feed;
mod fetched;
pub mod filter;
mod host;
mod init;
mod open;
mod outbox;
mod own_tests;
mod pager;
mod pages;
mod print;
mod progress;
mod reload;
mod route;
mod run;
mod said;
mod schema;
mod search;
mod service;
mod status;
mod store;
mod stored;
mod story;
mod watch;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::telemetry::{self, LogStyle};

/// Watches news feeds in every language and raises one alert per story.
#[derive(Debug, Parser)]
#[command(name = "wirewatch", version, about, max_term_width = 100, after_help = AFTER_HELP)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Start here:
  wirewatch demo                 see it work on a built-in news site, without network
  wirewatch check                read the config and the watch rules, run their tests
  wirewatch doctor               what is wrong around it, and what to do
  wirewatch run --once           one pass over all feeds that are due
  wirewatch alert list           what was found
Exit codes: 0 all is well, 1 a problem was found, 2 the command line was wrong, 3 the database is damaged.";

/// Arguments of every command.
#[derive(Debug, Clone, Args)]
struct Global {
    /// Config file [default: ./config.toml, then ~/.config/wirewatch, then /etc/wirewatch]
    #[arg(long, short, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Say more on standard error; twice for every step (RUST_LOG overrides)
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
    /// How logs are written to standard error, or to systemd's journal [default: journal when standard error is it]
    #[arg(long, global = true, value_name = "STYLE")]
    log: Option<Log>,
}

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Log {
    /// A line for people
    Human,
    /// A line of JSON
    Json,
    /// A record of systemd's journal, with fields
    Journal,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Poll, read, judge and send until stopped (or once)
    Run(run::RunArgs),
    /// Let the running daemon read its config again, and see whether it takes it
    Reload(reload::ReloadArgs),
    /// Run it as a system service: install, uninstall, how it is
    #[command(subcommand)]
    Service(service::ServiceCommand),
    /// Show it all on a built-in news site: alerts and a digest in seconds, without network
    Demo(demo::DemoArgs),
    /// Write a first config, commented, and a first watch
    Init(init::InitArgs),
    /// Check the config and the watch rules, and run the rules' own tests
    Check(check::CheckArgs),
    /// Print the JSON Schema of the config, for TOML editors
    Schema(schema::SchemaArgs),
    /// Feeds: find and add, import, export, list, remove, poll now
    #[command(subcommand)]
    Feed(feed::FeedCommand),
    /// Watches: list, try on a text and on the past, keep tests, propose terms
    #[command(subcommand)]
    Watch(watch::WatchCommand),
    /// Alerts: list, show, acknowledge, snooze, mute, mark
    #[command(subcommand)]
    Alert(alert::AlertCommand),
    /// Channels: list, send a test message
    #[command(subcommand)]
    Channel(channel::ChannelCommand),
    /// Stories: list, show, merge, split
    #[command(subcommand)]
    Story(story::StoryCommand),
    /// The outbox: what waits to be sent or was given up; send again, drop
    #[command(subcommand)]
    Outbox(outbox::OutboxCommand),
    /// Routes: where an alert goes, and why
    #[command(subcommand)]
    Route(route::RouteCommand),
    /// Articles: show what was read, read it again, try a page
    #[command(subcommand)]
    Article(article::ArticleCommand),
    /// What was learnt of a host's pages: show, forget
    #[command(subcommand)]
    Host(host::HostCommand),
    /// The alerts of a period in one message
    Digest(digest::DigestArgs),
    /// Is it well? Feeds, articles, alerts, deliveries
    Status(status::StatusArgs),
    /// What is wrong, and what to do: config, secrets, database, clock, network, channels, service
    Doctor(doctor::DoctorArgs),
    /// The database: back up, restore, check, export, import, purge, optimise
    #[command(subcommand)]
    Store(store::StoreCommand),
    /// Search the stored articles
    Search(search::SearchArgs),
    /// The manual page, or those of all commands
    Man(pages::ManArgs),
    /// A script that completes commands in a shell
    Completions(pages::CompletionsArgs),
    /// Filter: feed documents to entries (JSON Lines)
    Parse(filter::parse::ParseArgs),
    /// Filter: article pages to text (JSON Lines)
    Extract(filter::extract::ExtractArgs),
    /// Filter: articles to hits of watch rules (JSON Lines)
    Match(filter::matching::MatchArgs),
    /// Filter: articles to stories (JSON Lines)
    Group(filter::group::GroupArgs),
}

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = environment("RUST_LOG");
    telemetry::start(
        filter.as_deref(),
        cli.global.verbose,
        log_style(cli.global.log),
    );
    let global = cli.global.clone();
    match dispatch(cli) {
        Ok(code) => code,
        Err(error) => {
            if is_broken_pipe(&error) {
                // The reader of a pipe (`| head`) has seen enough.
                return ExitCode::SUCCESS;
            }
            eprintln!("wirewatch: {error:#}");
            match damage::advice(&global, &error) {
                Some(advice) => {
                    eprint!("{advice}");
                    ExitCode::from(damage::EXIT)
                }
                None => ExitCode::from(1),
            }
        }
    }
}

fn log_style(asked: Option<Log>) -> LogStyle {
    let stream = environment("JOURNAL_STREAM");
    let is_journal = stream.is_some_and(|stream| telemetry::is_journal(&stream));
    match asked {
        Some(Log::Json) => LogStyle::Json,
        Some(Log::Journal) => LogStyle::Journal,
        None if is_journal => LogStyle::Journal,
        Some(Log::Human) | None => LogStyle::Human {
            colour: std::io::stderr().is_terminal() && environment("NO_COLOR").is_none(),
        },
    }
}

fn dispatch(cli: Cli) -> anyhow::Result<ExitCode> {
    let global = &cli.global;
    match cli.command {
        Command::Run(args) => run::run(global, &args),
        Command::Reload(args) => reload::run(global, &args),
        Command::Demo(args) => demo::run(&args),
        Command::Init(args) => init::run(args),
        Command::Service(command) => service::run(command),
        Command::Check(args) => check::run(global, &args),
        Command::Schema(args) => schema::run(&args),
        Command::Feed(command) => feed::run(global, command),
        Command::Watch(command) => watch::run(global, command),
        Command::Alert(command) => alert::run(global, command),
        Command::Channel(command) => channel::run(global, command),
        Command::Story(command) => story::run(global, command),
        Command::Outbox(command) => outbox::run(global, command),
        Command::Route(command) => route::run(global, command),
        Command::Article(command) => article::run(global, command),
        Command::Host(command) => host::run(global, command),
        Command::Digest(args) => digest::run(global, &args),
        Command::Status(args) => status::run(global, &args),
        Command::Doctor(args) => doctor::run(global, &args),
        Command::Store(command) => store::run(global, command),
        Command::Search(args) => search::run(global, &args),
        Command::Man(args) => pages::man(&args),
        Command::Completions(args) => pages::completions(&args),
        Command::Parse(args) => filter::parse::run(&args),
        Command::Extract(args) => filter::extract::run(global, &args),
        Command::Match(args) => filter::matching::run(&args),
        Command::Group(args) => filter::group::run(&args),
    }
}

/// Reads a variable of the environment; the commands are the only ones who do.
fn environment(name: &str) -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the commands read the environment, the rooms do not"
    )]
    let value = std::env::var(name).ok().filter(|value| !value.is_empty());
    value.or_else(|| credentials(name))
}

/// Where the running service has what systemd hands over to it: a shell of root or of its account finds it there.
fn credentials(variable: &str) -> Option<String> {
    const RUNNING: &str = "/run/credentials/wirewatch.service";
    let is_readable = || std::fs::read_dir(RUNNING).is_ok();
    (variable == CREDENTIALS && is_readable()).then(|| RUNNING.to_owned())
}

/// The variable in which systemd tells a service where its credentials are.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

/// Who gives the command, for the audit trail: the login name.
fn user() -> String {
    let named = ["SUDO_USER", "USER", "LOGNAME"]
        .into_iter()
        .find_map(environment);
    named.unwrap_or_else(|| "somebody".to_owned())
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let direct = cause
            .downcast_ref::<std::io::Error>()
            .map(std::io::Error::kind);
        let written = cause
            .downcast_ref::<serde_json::Error>()
            .and_then(|json| json.io_error_kind());
        direct.or(written) == Some(std::io::ErrorKind::BrokenPipe)
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        super::Cli::command().debug_assert();
    }
}
