//! `wirewatch story`: which articles tell one happening, and putting that right.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{Global, environment, open, print};
use crate::config::{Config, Period};
use crate::model::{ArticleId, Editor, StoryEdited, StoryHead, StoryId, StoryView, rfc3339};
use crate::store::{Queries, Store};
use crate::world::World;

#[derive(Debug, Subcommand)]
pub(super) enum StoryCommand {
    /// List stories, newest change first
    List {
        /// One JSON object a line
        #[arg(long)]
        json: bool,
        /// Only changed since then, such as 24h or 7d
        #[arg(long, value_name = "PERIOD")]
        since: Option<Period>,
        /// At most so many
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: usize,
    },
    /// Show one story with its articles, and what was corrected of it
    Show {
        /// Id, such as s17
        id: StoryId,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Make two stories one: articles and alerts of B go to A, later ones follow
    Merge {
        /// The story that stays
        a: StoryId,
        /// The story that becomes a part of it
        b: StoryId,
        #[command(flatten)]
        note: Note,
    },
    /// Make some articles of a story one of their own, which later ones join
    Split {
        /// Id
        id: StoryId,
        /// The articles that leave, as `story show` names them
        #[arg(long, value_name = "p1,p2", value_delimiter = ',', required = true)]
        articles: Vec<ArticleId>,
        #[command(flatten)]
        note: Note,
    },
}

#[derive(Debug, Args)]
pub(super) struct Note {
    /// Why, for whoever reads it later
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,
    /// Who does it [default: the user's name]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

impl Note {
    fn editor(&self) -> Editor {
        let user = || environment("USER").or_else(|| environment("LOGNAME"));
        Editor {
            by: self
                .by
                .clone()
                .or_else(user)
                .unwrap_or_else(|| "unknown".to_owned()),
            at: World::real().clock.now(),
            why: self.why.clone(),
        }
    }
}

pub(super) fn run(global: &Global, command: StoryCommand) -> anyhow::Result<ExitCode> {
    let config = open::config(global)?;
    match command {
        StoryCommand::List { json, since, limit } => list(&config, json, since, limit),
        StoryCommand::Show { id, json } => show(&config, id, json),
        StoryCommand::Merge { a, b, note } => {
            let store = to_write(&config)?;
            let edited =
                open::block_on(async { Ok(store.merge_stories(a, b, note.editor()).await?) })?;
            tell(edited, &note)
        }
        StoryCommand::Split { id, articles, note } => {
            let store = to_write(&config)?;
            let edited = open::block_on(async {
                Ok(store.split_story(id, articles, note.editor()).await?)
            })?;
            tell(edited, &note)
        }
    }
}

fn to_write(config: &Config) -> anyhow::Result<std::sync::Arc<crate::store::SqliteStore>> {
    // A database that does not exist yet is told as such, not made.
    drop(open::store_to_read(config)?);
    open::store(config)
}

fn tell(edited: StoryEdited, note: &Note) -> anyhow::Result<ExitCode> {
    match edited {
        StoryEdited::Refused(why) => anyhow::bail!(why),
        StoryEdited::Done {
            story,
            articles,
            alerts,
        } if note.json => print::json(&serde_json::json!({
            "story": story, "articles": articles, "alerts": alerts,
        }))?,
        StoryEdited::Done {
            story,
            articles,
            alerts,
        } => print::text(&format!(
            "{articles} articles and {alerts} alerts are in {story} now\n"
        ))?,
    }
    Ok(ExitCode::SUCCESS)
}

fn list(
    config: &Config,
    json: bool,
    since: Option<Period>,
    limit: usize,
) -> anyhow::Result<ExitCode> {
    let store = open::store_to_read(config)?;
    let now = World::real().clock.now();
    let since = since.map(|period| now.saturating_sub(period.0).unwrap_or(jiff::Timestamp::MIN));
    let stories = open::block_on(async { Ok(store.stories(since, limit).await?) })?;
    if json {
        print::json_lines(&stories)?;
    } else {
        let lines: String = stories.iter().map(line).collect();
        print::text(&lines)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn line(head: &StoryHead) -> String {
    let alerts: Vec<String> = head.alerts.iter().map(ToString::to_string).collect();
    let mut counts = format!("{} articles", head.articles);
    if head.copies > 0 {
        counts.push_str(&format!(", {} copies", head.copies));
    }
    format!(
        "{:6} {}  {counts}  {}  {}  {}\n",
        head.id.to_string(),
        print::time(head.updated_at),
        print::safe(&head.languages.join(" ")),
        alerts.join(" "),
        print::safe(&head.title),
    )
}

fn show(config: &Config, id: StoryId, json: bool) -> anyhow::Result<ExitCode> {
    let store = open::store_to_read(config)?;
    let found = open::block_on(async { Ok(store.story(id).await?) })?;
    let Some(view) = found else {
        anyhow::bail!("there is no story {id}; `wirewatch story list` shows them");
    };
    if json {
        print::json(&view)?;
    } else {
        print::text(&page(&view))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn page(view: &StoryView) -> String {
    let mut out = line(&view.head);
    if let Some(into) = view.merged_into {
        out.push_str(&format!("is a part of {into}\n"));
    }
    for member in &view.members {
        let copy = member
            .copy_of
            .map(|of| format!("  same text as {of}"))
            .unwrap_or_default();
        out.push_str(&format!(
            "  {:6} {}  {:3} {}{copy}\n         {}\n",
            member.id.to_string(),
            print::time(member.first_seen),
            print::safe(member.lang.as_deref().unwrap_or("?")),
            print::safe(&member.title),
            print::safe(&member.url),
        ));
    }
    for edit in &view.edits {
        let what = match edit.what.as_str() {
            "merge" => format!("{} was merged into {}", edit.other, edit.story),
            _ => format!("{} was split off {}", edit.other, edit.story),
        };
        let why = edit
            .why
            .as_deref()
            .map(|why| format!(": {}", print::safe(why)));
        out.push_str(&format!(
            "{} {what} by {}{}\n",
            rfc3339(edit.at),
            print::safe(&edit.by),
            why.unwrap_or_default(),
        ));
    }
    out
}
