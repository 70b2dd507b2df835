//! `wirewatch article show --html`: the stored text as the kept pages show it.

use crate::cli::{open, print};
use crate::config::Config;
use crate::extract::{Page, Reading};
use crate::model::KeptPage;
use crate::store::{ArticleView, Queries};

/// The HTML of an article's body. Without a kept page it is made of the stored text, which is told on standard error.
pub(super) fn html(
    config: &Config,
    queries: &dyn Queries,
    view: &ArticleView,
) -> anyhow::Result<String> {
    let article = view.article.as_ref();
    let article =
        article.ok_or_else(|| anyhow::anyhow!("{} was not read yet", print::safe(&view.url)))?;
    let kept = open::block_on(async { Ok(queries.kept_article(view.id).await?) })?;
    let mut reading = Reading::new(&article.body, &article.parts, article.lang.as_deref());
    let pages = kept.map(|kept| kept.pages).unwrap_or_default();
    for page in &pages {
        if let Err(error) = add(config, page, &mut reading) {
            eprintln!(
                "the kept page of {} is damaged: {error}",
                print::safe(&page.asked_url)
            );
        }
    }
    if pages.is_empty() {
        eprintln!(
            "the page is no longer kept ([keep] pages): shown as the stored text has it, without subheadings and links"
        );
    }
    Ok(reading.html())
}

fn add(config: &Config, kept: &KeptPage, reading: &mut Reading) -> std::io::Result<()> {
    let bytes = kept.page.unpack()?;
    let rule = config.sites.rule_for_text(&kept.url);
    let page = Page {
        url: &kept.url,
        content_type: kept.content_type.as_deref(),
    };
    reading.add_page(&bytes, &page, rule.as_deref());
    Ok(())
}
