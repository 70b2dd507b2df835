//! `wirewatch watch suggest`: terms for a watch out of the marks on its alerts.

use std::collections::HashSet;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use jiff::Timestamp;

use super::{open, print, unknown_watch};
use crate::cli::stored;
use crate::config::{Config, Period};
use crate::model::{AlertView, ArticleId, MarkVerdict};
use crate::pipeline::Past;
use crate::rules::{
    DocumentInput, Judged, MARKS_MIN, Suggestion, SuggestionKind, Suggestions, suggest,
};
use crate::store::{AlertFilter, Queries, SqliteStore};
use crate::world::World;

/// Marked alerts of each sort that are looked at, newest first.
const ALERTS_MAX: usize = 400;
/// Near misses that are looked at.
const NEAR_MISSES_MAX: usize = 300;
/// Articles that say how common words are.
const BACKGROUND_MAX: usize = 2_000;
/// Articles read in one go.
const PAGE: usize = 250;

#[derive(Debug, Args)]
#[command(after_help = "\
Words that tell the alerts marked noise from those marked relevant (log-odds with a prior, docs/rules-past.md) are
tried out: the rule is asked of the marked articles again with each of them, and what that would have changed is shown.
At least 5 alerts of each sort must be marked: `wirewatch alert list --watch NAME --mark none` shows those that are
not, `wirewatch alert mark ID relevant|noise` marks one. Nothing is written: paste what you like.
Example:
  wirewatch watch suggest china-russia --since 30d
Exit codes: 0 something is proposed, 1 too few marks, nothing to propose or no such watch, 2 the command line was
wrong.")]
pub(in crate::cli) struct SuggestArgs {
    /// NAME of the watch
    name: String,
    /// Near misses and other articles of this period are looked at, too
    #[arg(long, value_name = "PERIOD", default_value = "14d")]
    since: Period,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(config: &Config, args: &SuggestArgs) -> anyhow::Result<ExitCode> {
    if config.rule_set.watch(&args.name).is_none() {
        return Err(unknown_watch(config, &args.name));
    }
    let store = open::store_to_read(config)?;
    let now = World::real().clock.now();
    let since = now.saturating_sub(args.since.0).unwrap_or(Timestamp::MIN);
    let gathering = Gathering {
        config,
        store: &store,
        watch: &args.name,
    };
    let judged = open::block_on(gathering.all(since))?;
    let (relevant, noise) = (judged.relevant.len(), judged.noise.len());
    if relevant < MARKS_MIN || noise < MARKS_MIN {
        anyhow::bail!(
            "too few marks: {relevant} alerts of `{name}` are marked relevant and {noise} noise, and {MARKS_MIN} of each \
             are needed\n  wirewatch alert list --watch {name} --mark none    # what is not marked yet\n  \
             wirewatch alert mark ID relevant|noise",
            name = args.name
        );
    }
    let Some(found) = suggest(&config.rules, &args.name, &judged) else {
        anyhow::bail!("the watch `{}` does not compile alone", args.name);
    };
    if args.json {
        print::json(&found)?;
    } else {
        print::text(&told(&args.name, &found, &judged))?;
    }
    Ok(ExitCode::from(u8::from(found.proposals.is_empty())))
}

/// Reads what a watch found out of the store.
struct Gathering<'a> {
    config: &'a Config,
    store: &'a Arc<SqliteStore>,
    watch: &'a str,
}

impl Gathering<'_> {
    async fn all(&self, since: Timestamp) -> anyhow::Result<Judged> {
        let near_misses = self.near_misses(since).await?;
        let mut background = self.background(since).await?;
        let nearly: HashSet<&str> = near_misses.iter().map(url_of).collect();
        background.retain(|article| !nearly.contains(url_of(article)));
        Ok(Judged {
            relevant: self.marked(MarkVerdict::Relevant).await?,
            noise: self.marked(MarkVerdict::Noise).await?,
            near_misses,
            background,
        })
    }

    /// One article of each alert with this mark.
    async fn marked(&self, verdict: MarkVerdict) -> anyhow::Result<Vec<DocumentInput>> {
        let filter = AlertFilter {
            watches: vec![self.watch.to_owned()],
            marks: vec![Some(verdict)],
            limit: Some(ALERTS_MAX),
            ..AlertFilter::default()
        };
        let mut articles = Vec::new();
        for alert in self.store.alerts(filter).await? {
            if let Some(url) = article_of(&alert) {
                articles.extend(self.article(url).await?);
            }
        }
        Ok(articles)
    }

    async fn near_misses(&self, since: Timestamp) -> anyhow::Result<Vec<DocumentInput>> {
        let found = self.store.near_misses(Some(since), usize::MAX).await?;
        let own = found.iter().filter(|miss| miss.watch == self.watch);
        let mut articles = Vec::new();
        for miss in own.take(NEAR_MISSES_MAX) {
            articles.extend(self.article(&miss.url).await?);
        }
        Ok(articles)
    }

    async fn article(&self, url: &str) -> anyhow::Result<Option<DocumentInput>> {
        stored::by_url(self.store.as_ref(), &Past::new(self.config), url).await
    }

    /// Articles that the watch has not hit, evenly over the period.
    async fn background(&self, since: Timestamp) -> anyhow::Result<Vec<DocumentInput>> {
        let past = Past::new(self.config);
        let stored = usize::try_from(self.store.count_stored(since).await?).unwrap_or(usize::MAX);
        let every = stored.div_ceil(BACKGROUND_MAX).max(1);
        let mut articles = Vec::new();
        let mut after: Option<(Timestamp, ArticleId)> = None;
        let mut number = 0;
        loop {
            let page = self.store.stored_articles(since, after, PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(articles);
            };
            after = Some((last.article.first_seen, last.article.id));
            for stored in page {
                number += 1;
                let is_other = !stored.watches.iter().any(|watch| watch == self.watch);
                if stored.has_text && is_other && number % every == 0 {
                    articles.push(past.input_of(&stored.article));
                }
            }
        }
    }
}

fn url_of(article: &DocumentInput) -> &str {
    &article.facts.url
}

/// The article that proves an alert, else its first.
fn article_of(alert: &AlertView) -> Option<&str> {
    let proven = alert.evidence.first().map(|found| found.url.as_str());
    proven.or_else(|| Some(alert.articles.first()?.url.as_str()))
}

fn told(name: &str, found: &Suggestions, judged: &Judged) -> String {
    let now = found.now;
    let mut out = format!(
        "{name} hits {} of {} articles marked relevant and {} of {} marked noise\n",
        now.relevant,
        judged.relevant.len(),
        now.noise,
        judged.noise.len()
    );
    if found.proposals.is_empty() {
        out.push_str("no word tells them apart well enough to be proposed: mark more alerts\n");
    }
    for proposal in &found.proposals {
        out.push('\n');
        out.push_str(&told_one(proposal, found));
    }
    if let Some(together) = &found.together {
        out.push_str(&format!(
            "\nall exclusions that cost nothing, together: {}\n{}",
            dropped(together, found),
            indented(&together.toml)
        ));
    }
    out
}

fn told_one(proposal: &Suggestion, found: &Suggestions) -> String {
    let lang = match proposal.lang.as_str() {
        "" => String::new(),
        lang => format!(" ({lang})"),
    };
    let part = &proposal.part;
    let head = match (&proposal.kind, &proposal.list) {
        (SuggestionKind::Add, Some(list)) => format!(
            "adding {part}{lang} to ${list} gains {} of {} near misses, and {} other articles",
            proposal.near_misses_gained, found.now.near_misses, proposal.background_gained
        ),
        _ => format!("adding `{part}`{lang} {}", dropped(proposal, found)),
    };
    format!("{}\n{}", print::safe(&head), indented(&proposal.toml))
}

fn dropped(proposal: &Suggestion, found: &Suggestions) -> String {
    format!(
        "drops {} of {} noise, {} of {} relevant",
        proposal.noise_dropped, found.now.noise, proposal.relevant_dropped, found.now.relevant
    )
}

/// TOML below its head, as it is to be pasted.
fn indented(toml: &str) -> String {
    let lines = toml.lines();
    lines.map(|line| format!("    {line}\n")).collect()
}
