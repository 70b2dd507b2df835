//! All five forms of a digest state the same.

use unicode_width::UnicodeWidthStr;
use wirewatch::channel::render::{
    HTML_BYTES_MAX, TextStyle, digest_atom, digest_html, digest_json, digest_markdown, digest_text,
};
use wirewatch::model::Digest;

use crate::chance::Chance;
use crate::facts::{Facts, squeezed};
use crate::forms::{of_atom, of_html, of_json, of_markdown, of_text};
use crate::made::{self, HOSTILE};

/// Reads the facts off each form and compares them.
fn check(digest: &Digest) {
    let text = digest_text(digest, &TextStyle::default());
    let html = digest_html(digest);
    assert!(html.len() < HTML_BYTES_MAX, "{} bytes", html.len());
    let facts = of_html(&html);
    let others = [
        ("text", of_text(&text), text),
        (
            "Markdown",
            of_markdown(&digest_markdown(digest)),
            digest_markdown(digest),
        ),
        ("Atom", of_atom(&digest_atom(digest)), digest_atom(digest)),
    ];
    for (form, of_form, written) in &others {
        for (id, story) in &facts.stories {
            let other = of_form.stories.get(id);
            assert_eq!(other, Some(story), "{form}, {id}");
        }
        assert_eq!(*of_form, facts, "{form}");
        assert!(
            !written.contains(['\u{1b}', '\u{202e}', '\u{9b}', '\u{0}', '\u{7}', '\r']),
            "{form}"
        );
    }
    check_model(&of_json(&digest_json(digest)), &facts);
}

/// The model holds all that is shown; a form says how much more there is where it shows less.
fn check_model(model: &Facts, shown: &Facts) {
    assert_eq!(model.counts, shown.counts);
    assert!(model.rest.is_superset(&shown.rest));
    assert_eq!(model.misses, shown.misses);
    assert_eq!(model.stories.len(), shown.stories.len());
    for (id, all) in &model.stories {
        let told = &shown.stories[id];
        assert_eq!((&told.label, &told.severity), (&all.label, &all.severity));
        assert_eq!(told.watch, all.watch);
        assert!(
            told.urls.is_subset(&all.urls),
            "{id}: {:?} of {:?}",
            told.urls,
            all.urls
        );
        for sentence in &told.sentences {
            let found = all.sentences.iter().any(|full| is_of(sentence, full));
            assert!(found, "{sentence} is none of {:?}", all.sentences);
        }
    }
}

/// Whether a sentence is shown of a full one: without what steers, and with `…` where it was shortened.
fn is_of(shown: &str, full: &str) -> bool {
    let full = squeezed(&wirewatch::channel::render::plain(full));
    let mut rest = full.as_str();
    shown.split('…').all(|part| match rest.find(part) {
        Some(at) => {
            rest = &rest[at + part.len()..];
            true
        }
        None => false,
    })
}

#[test]
fn hostile_titles_change_no_fact_in_any_form() {
    let mut digest = made::digest(&mut Chance(1), HOSTILE.len(), 3);
    for (item, (lang, text)) in digest.items.iter_mut().zip(HOSTILE) {
        item.alert.title = (*text).to_owned();
        for article in &mut item.alert.articles {
            (article.title, article.lang) = ((*text).to_owned(), Some((*lang).to_owned()));
        }
    }
    check(&digest);
    // Within what is shown, nothing of the model is missing.
    let facts = of_html(&digest_html(&digest));
    let model = of_json(&digest_json(&digest));
    for (id, story) in &model.stories {
        assert_eq!(facts.stories[id].urls, story.urls, "{id}");
        assert_eq!(
            facts.stories[id].sentences.len(),
            story.sentences.len(),
            "{id}"
        );
    }
    assert_eq!(facts.rest, model.rest);
}

#[test]
fn random_digests_state_the_same_in_every_form() {
    for seed in 0..60 {
        let mut chance = Chance(seed);
        let (full, lines) = (1 + chance.below(20), chance.below(12));
        check(&made::digest(&mut chance, full, lines));
    }
}

#[test]
fn what_does_not_fit_into_a_mail_is_left_out_of_every_form() {
    let mut digest = made::digest(&mut Chance(3), 20, 400);
    for item in &mut digest.items {
        let template = item.alert.articles[0].clone();
        for number in 0..40 {
            let mut article = template.clone();
            article.title = HOSTILE[number % HOSTILE.len()].1.repeat(20);
            article.url = format!("https://more.example/{}/{number}", item.alert.id);
            item.alert.articles.push(article);
        }
    }
    check(&digest);
    let text = digest_text(&digest, &TextStyle::default());
    assert!(text.contains("further sources") && text.contains("more: wirewatch alert list"));
}

#[test]
fn text_keeps_to_72_columns_in_every_script() {
    for seed in 0..20 {
        let digest = made::digest(&mut Chance(seed), 12, 6);
        let text = digest_text(&digest, &TextStyle::default());
        for line in text.lines().filter(|line| !line.contains("://")) {
            assert!(line.width() <= 72, "{} columns: {line}", line.width());
        }
    }
}

#[test]
fn a_digest_without_stories_is_two_lines_in_every_form() {
    let digest = made::heartbeat();
    let text = digest_text(&digest, &TextStyle::default());
    let lines: Vec<&str> = text.lines().collect();
    let [heading, polled, last, ..] = lines[..] else {
        panic!("{text}");
    };
    assert!(
        lines.len() <= 4,
        "the title of the alert may be longer than a line: {text}"
    );
    assert_eq!(heading, "wirewatch: China–Russia diplomacy: nothing new");
    assert!(
        polled.contains("polled") && polled.contains("failing"),
        "{polled}"
    );
    assert!(last.starts_with("Last alert: a17, "), "{last}");
    let atom = digest_atom(&digest);
    let feed = feed_rs::parser::parse(atom.as_bytes()).expect("a feed");
    assert_eq!(feed.entries.len(), 1);
    for form in [
        text.clone(),
        digest_html(&digest),
        digest_markdown(&digest),
        atom,
    ] {
        assert!(form.contains("a17") && form.contains("failing"), "{form}");
        assert!(
            !form.contains("Near misses") && !form.contains("Trend"),
            "{form}"
        );
    }
}

#[test]
fn an_atom_feed_is_valid_and_a_story_keeps_its_id() {
    let digest = made::digest(&mut Chance(5), 8, 4);
    let mut later = digest.clone();
    later.until = made::at(2_880);
    later.items.reverse();
    let parse = |digest: &Digest| {
        let atom = digest_atom(digest);
        feed_rs::parser::parse(atom.as_bytes()).expect("a feed")
    };
    let (feed, later) = (parse(&digest), parse(&later));
    assert_eq!(feed.feed_type, feed_rs::model::FeedType::Atom);
    assert!(feed.updated.is_some() && !feed.authors.is_empty());
    assert_eq!(feed.id, later.id);
    let ids = |feed: &feed_rs::model::Feed| {
        let ids = feed.entries.iter().map(|entry| entry.id.clone());
        ids.collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(ids(&feed).len(), 13, "no id twice");
    assert_eq!(
        ids(&feed).intersection(&ids(&later)).count(),
        12,
        "all stories"
    );
    for entry in &feed.entries {
        assert!(entry.id.starts_with("urn:uuid:"), "{}", entry.id);
        assert!(entry.updated.is_some() && entry.title.is_some());
        assert!(
            entry
                .links
                .iter()
                .all(|link| link.href.starts_with("https://"))
        );
    }
    let story = &feed.entries[0];
    assert_eq!(story.categories[0].term, digest.items[0].alert.watch);
}
