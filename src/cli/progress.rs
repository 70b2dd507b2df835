//! The progress bar of `run --once`: feeds, articles, hits.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::daemon::Snapshot;

/// Between two drawings.
pub(super) const EVERY: Duration = Duration::from_millis(100);

/// Bars on standard error; nothing at all when that is no terminal.
pub(super) struct Progress {
    bars: Option<Bars>,
}

struct Bars {
    all: MultiProgress,
    feeds: ProgressBar,
    articles: ProgressBar,
    hits: ProgressBar,
}

impl Progress {
    /// Bars over `feeds` polls.
    pub(super) fn new(feeds: u64) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self { bars: None };
        }
        let all = MultiProgress::new();
        let bar = |name: &'static str, length: u64| {
            let style = ProgressStyle::with_template("{prefix:9} {bar:40} {pos}/{len} {msg}")
                .unwrap_or_else(|_| ProgressStyle::default_bar());
            all.add(ProgressBar::new(length).with_style(style).with_prefix(name))
        };
        let feeds = bar("feeds", feeds);
        let articles = bar("articles", 0);
        let style = ProgressStyle::with_template("{prefix:9} {pos} {msg}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        let hits = all.add(ProgressBar::new(0).with_style(style).with_prefix("hits"));
        Self {
            bars: Some(Bars {
                all,
                feeds,
                articles,
                hits,
            }),
        }
    }

    /// Draws how far it is.
    pub(super) fn show(&self, now: Snapshot) {
        let Some(bars) = &self.bars else { return };
        bars.feeds.set_position(now.polls);
        bars.feeds
            .set_length(bars.feeds.length().unwrap_or(0).max(now.polls));
        if now.polls_failed > 0 {
            bars.feeds
                .set_message(format!("{} failing", now.polls_failed));
        }
        bars.articles.set_length(now.wanted);
        bars.articles
            .set_position((now.read + now.read_from_entry).min(now.wanted));
        bars.hits.set_position(now.hits);
        bars.hits.set_message(format!("in {} alerts", now.alerts));
    }

    /// Takes the bars away: the summary follows.
    pub(super) fn end(&self) {
        if let Some(bars) = &self.bars
            && let Err(error) = bars.all.clear()
        {
            tracing::debug!("the bars stay: {error}");
        }
    }
}
