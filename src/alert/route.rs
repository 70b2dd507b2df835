//! Which channels an alert goes to: those that its watch names, and those of the routes that fit.

use crate::model::{AlertKind, Severity};
use std::collections::BTreeMap;

/// `[[route]]`: alerts that fit all of its conditions go to its channels.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Route {
    /// NAMEs of watches; empty = all.
    pub watches: Vec<String>,
    /// At least so severe.
    pub severity: Option<Severity>,
    /// Labels of the watch, all of them.
    pub labels: BTreeMap<String, String>,
    /// Languages of the article; empty = all.
    pub langs: Vec<String>,
    /// Tags of the feeds that named it, any of them; empty = all.
    pub tags: Vec<String>,
    /// Why something is said; empty = all.
    pub kinds: Vec<AlertKind>,
    /// NAMEs of the channels.
    pub channels: Vec<String>,
    /// The routes behind it are looked at too.
    pub goes_on: bool,
}

/// What a route may ask of an alert.
#[derive(Debug, Clone, Copy)]
pub struct RouteFacts<'a> {
    /// NAME of the watch.
    pub watch: &'a str,
    /// Severity of the alert.
    pub severity: Severity,
    /// Labels of the watch.
    pub labels: &'a BTreeMap<String, String>,
    /// Language of the article that is told of.
    pub lang: Option<&'a str>,
    /// Tags of the feeds that named it.
    pub tags: &'a [String],
    /// Why something is said.
    pub kind: AlertKind,
}

impl Route {
    /// The first condition that does not hold, in words; `None` when the route fits.
    #[must_use]
    pub fn misfit(&self, facts: &RouteFacts<'_>) -> Option<String> {
        if !self.watches.is_empty() && !self.watches.iter().any(|name| name == facts.watch) {
            return Some(format!("the watch is {}", facts.watch));
        }
        if self.severity.is_some_and(|least| facts.severity < least) {
            return Some(format!("the severity is {}", facts.severity.name()));
        }
        for (label, value) in &self.labels {
            match facts.labels.get(label) {
                Some(given) if given == value => {}
                Some(given) => return Some(format!("the label {label} is {given}")),
                None => return Some(format!("there is no label {label}")),
            }
        }
        let same_language =
            |wanted: &String| facts.lang.is_some_and(|lang| is_language(lang, wanted));
        if !self.langs.is_empty() && !self.langs.iter().any(same_language) {
            return Some(match facts.lang {
                Some(lang) => format!("the language is {lang}"),
                None => "the language is not known".to_owned(),
            });
        }
        if !self.tags.is_empty() && !self.tags.iter().any(|tag| facts.tags.contains(tag)) {
            return Some(match facts.tags {
                [] => "its feeds have no tags".to_owned(),
                tags => format!("its feeds have the tags {}", tags.join(", ")),
            });
        }
        if !self.kinds.is_empty() && !self.kinds.contains(&facts.kind) {
            return Some(format!("it is said as {}", facts.kind.name()));
        }
        None
    }
}

/// `zh` is asked for by `zh-Hant`, too.
fn is_language(lang: &str, wanted: &str) -> bool {
    lang.eq_ignore_ascii_case(wanted)
        || lang
            .split_once('-')
            .is_some_and(|(base, _)| base.eq_ignore_ascii_case(wanted))
}

/// Where an alert goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Routed {
    /// NAMEs of the channels, each once.
    pub channels: Vec<String>,
    /// The routes that fit, from 0.
    pub routes: Vec<usize>,
    /// Neither the watch nor a route named a channel: it goes to every one.
    pub is_default: bool,
}

/// The channels that the watch names (`named`), then those of the routes that fit, in order, up to the first that does
/// not go on. When the watch names none and no route fits: all of `every`.
#[must_use]
pub fn route(
    routes: &[Route],
    facts: &RouteFacts<'_>,
    named: Option<&[String]>,
    every: impl Iterator<Item = String>,
) -> Routed {
    let mut routed = Routed {
        channels: named.unwrap_or_default().to_vec(),
        ..Routed::default()
    };
    for (number, route) in routes.iter().enumerate() {
        if route.misfit(facts).is_some() {
            continue;
        }
        routed.routes.push(number);
        for channel in &route.channels {
            if !routed.channels.contains(channel) {
                routed.channels.push(channel.clone());
            }
        }
        if !route.goes_on {
            break;
        }
    }
    if named.is_none() && routed.routes.is_empty() {
        routed.is_default = true;
        routed.channels = every.collect();
    }
    routed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts<'a>(labels: &'a BTreeMap<String, String>, tags: &'a [String]) -> RouteFacts<'a> {
        RouteFacts {
            watch: "china-russia",
            severity: Severity::High,
            labels,
            lang: Some("zh-Hant"),
            tags,
            kind: AlertKind::New,
        }
    }

    #[test]
    fn every_condition_counts_and_says_why_not() {
        let labels = BTreeMap::from([("desk".to_owned(), "asia".to_owned())]);
        let tags = ["wire".to_owned()];
        let words = |words: &[&str]| {
            words
                .iter()
                .map(|word| (*word).to_owned())
                .collect::<Vec<_>>()
        };
        for (route, why) in [
            (Route::default(), None),
            (
                Route {
                    watches: words(&["a"]),
                    ..Route::default()
                },
                Some("the watch is china-russia"),
            ),
            (
                Route {
                    severity: Some(Severity::High),
                    ..Route::default()
                },
                None,
            ),
            (
                Route {
                    severity: Some(Severity::Critical),
                    ..Route::default()
                },
                Some("the severity is high"),
            ),
            (
                Route {
                    labels: labels.clone(),
                    ..Route::default()
                },
                None,
            ),
            (
                Route {
                    labels: BTreeMap::from([("desk".to_owned(), "us".to_owned())]),
                    ..Route::default()
                },
                Some("the label desk is asia"),
            ),
            (
                Route {
                    labels: BTreeMap::from([("x".to_owned(), "y".to_owned())]),
                    ..Route::default()
                },
                Some("there is no label x"),
            ),
            (
                Route {
                    langs: words(&["id", "zh"]),
                    ..Route::default()
                },
                None,
            ),
            (
                Route {
                    langs: words(&["id"]),
                    ..Route::default()
                },
                Some("the language is zh-Hant"),
            ),
            (
                Route {
                    tags: words(&["x", "wire"]),
                    ..Route::default()
                },
                None,
            ),
            (
                Route {
                    tags: words(&["x"]),
                    ..Route::default()
                },
                Some("its feeds have the tags wire"),
            ),
            (
                Route {
                    kinds: vec![AlertKind::Correction],
                    ..Route::default()
                },
                Some("it is said as new"),
            ),
        ] {
            assert_eq!(
                route.misfit(&facts(&labels, &tags)).as_deref(),
                why,
                "{route:?}"
            );
        }
    }

    #[test]
    fn channels_come_from_the_watch_the_routes_or_all() {
        let (labels, tags) = (BTreeMap::new(), []);
        let facts = facts(&labels, &tags);
        let to = |channel: &str, goes_on: bool| Route {
            channels: vec![channel.to_owned()],
            goes_on,
            ..Route::default()
        };
        let other = Route {
            watches: vec!["other".to_owned()],
            ..to("never", true)
        };
        let every = || ["a", "b"].map(str::to_owned).into_iter();
        let desk = ["desk".to_owned()];
        for (routes, named, channels) in [
            (vec![], None, vec!["a", "b"]),
            (vec![], Some(&desk[..]), vec!["desk"]),
            (vec![], Some(&[][..]), vec![]),
            (vec![other.clone()], None, vec!["a", "b"]),
            (
                vec![other.clone(), to("x", false), to("y", false)],
                None,
                vec!["x"],
            ),
            (
                vec![to("x", true), to("y", false), to("z", false)],
                Some(&desk),
                vec!["desk", "x", "y"],
            ),
            (vec![to("desk", false)], Some(&desk), vec!["desk"]),
        ] {
            let routed = route(&routes, &facts, named, every());
            assert_eq!(routed.channels, channels, "{routes:?}");
        }
    }
}
