//! `wirewatch article`: what was read.

mod diff;
mod reading;
mod reread;
mod test;

use std::process::ExitCode;

use clap::Subcommand;
use serde_json::json;

use super::{Global, open, print};
use crate::model::rfc3339;
use crate::store::{ArticleView, Queries};

#[derive(Debug, Subcommand)]
pub(super) enum ArticleCommand {
    /// Show a stored article
    Show {
        /// Its address
        url: String,
        /// One JSON object
        #[arg(long)]
        json: bool,
        /// Its body as small, safe HTML, from the kept page: subheadings, lists, links, no pictures
        #[arg(long, conflicts_with = "json")]
        html: bool,
        /// What changed, word by word, between the last two texts that the publisher had
        #[arg(long, conflicts_with = "html")]
        diff: bool,
        /// Between these two versions
        #[arg(long, num_args = 2, value_names = ["A", "B"], requires = "diff")]
        versions: Vec<u32>,
    },
    /// Read articles again from their kept pages, after a change of rules or version
    Reread(reread::RereadArgs),
    /// Try a page: what is taken and what is left out, line by line with the reason
    Test(test::TestArgs),
}

pub(super) fn run(global: &Global, command: ArticleCommand) -> anyhow::Result<ExitCode> {
    match command {
        ArticleCommand::Show {
            url,
            json,
            diff: true,
            versions,
            ..
        } => diff::run(global, &url, &versions, json),
        ArticleCommand::Show {
            url, json, html, ..
        } => {
            let form = match (json, html) {
                (true, _) => Form::Json,
                (_, true) => Form::Html,
                _ => Form::Text,
            };
            show(global, &url, form)
        }
        ArticleCommand::Reread(args) => reread::run(global, &args),
        ArticleCommand::Test(args) => test::run(global, &args),
    }
}

/// How an article is shown.
#[derive(Debug, Clone, Copy)]
enum Form {
    Text,
    Json,
    Html,
}

fn show(global: &Global, url: &str, form: Form) -> anyhow::Result<ExitCode> {
    let config = open::config(global)?;
    let store = open::store_to_read(&config)?;
    let address = crate::feed::normal_url(url).unwrap_or_else(|| url.to_owned());
    let found = open::block_on(async { Ok(store.article(&address).await?) })?;
    let Some(view) = found else {
        anyhow::bail!("{url} is not stored; `wirewatch search` finds what is");
    };
    match form {
        Form::Json => print::json(&object(&view))?,
        Form::Text => print::text(&page(&view))?,
        Form::Html => print::text(&reading::html(&config, store.as_ref(), &view)?)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn object(view: &ArticleView) -> serde_json::Value {
    let article = view.article.as_ref();
    json!({
        "url": view.url,
        "title": article.map_or(&view.entry.title, |article| &article.title),
        "body": article.map(|article| &article.body),
        "parts": article.map(|article| &article.parts),
        "lang": article.and_then(|article| article.lang.as_ref()),
        "published": article
            .and_then(|article| article.published.as_ref().map(|dated| dated.at))
            .or(view.entry.published)
            .map(rfc3339),
        "modified": article.and_then(|article| article.modified.as_ref().map(|dated| rfc3339(dated.at))),
        "authors": article.map_or(&view.entry.authors, |article| &article.authors),
        "origin": article.map(|article| article.origin),
        "failure": article.and_then(|article| article.failure),
        "canonical_url": article.and_then(|article| article.canonical_url.as_ref()),
        "site_name": article.and_then(|article| article.site_name.as_ref()),
        "notes": article.map(|article| &article.notes),
        "entry": { "title": view.entry.title, "summary": view.entry.summary },
        "feeds": view.feeds,
        "first_seen": rfc3339(view.first_seen),
        "version": view.version,
        "story": view.story,
        "watches": view.watches,
        "state": view.state,
        "last_error": view.last_error,
    })
}

fn page(view: &ArticleView) -> String {
    let mut out = String::new();
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            out.push_str(&format!("{name:10} {}\n", print::safe(value)));
        }
    };
    let article = view.article.as_ref();
    line("url", &view.url);
    line(
        "title",
        article.map_or(&view.entry.title, |article| &article.title),
    );
    line("state", &view.state);
    let lang = article.and_then(|article| article.lang.clone());
    line("language", &lang.unwrap_or_default());
    let published = article.and_then(|article| article.published.as_ref().map(|dated| dated.at));
    line(
        "published",
        &published
            .or(view.entry.published)
            .map(print::time)
            .unwrap_or_default(),
    );
    line("first seen", &print::time(view.first_seen));
    line("version", &view.version.to_string());
    line(
        "story",
        &view
            .story
            .map(|story| story.to_string())
            .unwrap_or_default(),
    );
    line("watches", &view.watches.join(", "));
    for feed in &view.feeds {
        line("feed", feed);
    }
    line("entry", &view.entry.title);
    line("summary", &view.entry.summary);
    let failure = article.and_then(|article| article.failure);
    line("failure", failure.map_or("", |kind| kind.name()));
    line("error", view.last_error.as_deref().unwrap_or_default());
    if let Some(article) = article {
        for note in &article.notes {
            line("note", note);
        }
        out.push('\n');
        for (number, paragraph) in article.body.lines().enumerate() {
            if article.parts.contains(&number) {
                out.push_str("---\n\n");
            }
            out.push_str(&print::safe(paragraph));
            out.push_str("\n\n");
        }
    }
    out
}
