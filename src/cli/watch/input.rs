//! The article that a command is given: a text, a page in a file or on the network.

use std::io::Read;
use std::path::Path;

use crate::cli::fetched::{FetchedPage, fetch_page};
use crate::config::Config;
use crate::extract::{self, Aids, Page};
use crate::rules::{self, DocumentInput, Facts};
use crate::world::World;

/// An article out of a file, standard input (`-`) or from an address.
pub(super) fn read(config: &Config, name: &str) -> anyhow::Result<DocumentInput> {
    if name.contains("://") && !Path::new(name).exists() {
        return Ok(of_page(config, &fetch_page(Some(config), name)?));
    }
    let bytes = bytes(name)?;
    let ending = Path::new(name).extension();
    Ok(
        match ending.is_some_and(|end| end == "html" || end == "htm") {
            true => of_page(
                config,
                &FetchedPage {
                    bytes,
                    ..FetchedPage::default()
                },
            ),
            false => of_text(&bytes),
        },
    )
}

fn bytes(name: &str) -> anyhow::Result<Vec<u8>> {
    if name == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    std::fs::read(name).map_err(|error| anyhow::anyhow!("{name}: {error}"))
}

fn of_page(config: &Config, fetched: &FetchedPage) -> DocumentInput {
    let rule = config.sites.rule_for_text(&fetched.url);
    let page = Page {
        url: match fetched.url.as_str() {
            "" => "http://localhost/",
            url => url,
        },
        content_type: fetched.content_type.as_deref(),
    };
    let aids = Aids {
        rule: rule.as_deref(),
        ..Aids::default()
    };
    let article = extract::extract_with(&fetched.bytes, &page, aids).article;
    let published = article.published.as_ref().map(|dated| dated.at);
    let now = World::real().clock.now();
    DocumentInput {
        title: article.title,
        body: article.body,
        parts: article.parts,
        lang: article.lang,
        facts: Facts {
            url: fetched.url.clone(),
            tags: article.tags,
            authors: article.authors,
            age_s: published.map(|at| now.duration_since(at).as_secs().max(0)),
            ..Facts::default()
        },
        ..DocumentInput::default()
    }
}

fn of_text(bytes: &[u8]) -> DocumentInput {
    let text = String::from_utf8_lossy(bytes);
    let (title, body) = text.split_once('\n').unwrap_or((&text, ""));
    let (body, parts) = rules::marked_body(body.trim());
    DocumentInput {
        title: title.trim().to_owned(),
        body,
        parts,
        ..DocumentInput::default()
    }
}
