//! Hostile titles in every syntax, and templates that fail.

use std::path::Path;

use super::*;
use crate::channel::Parcel;
use crate::channel::render::TextStyle;
use crate::channel::tests::{HOSTILE, alert, digest, hostile, parcel, surroundings};

fn words(syntax: Syntax, body: &str, parcel: &Parcel) -> Words {
    let options = TemplateOptions {
        body: Some(body.to_owned()),
        ..TemplateOptions::default()
    };
    let wording = surroundings(Path::new("."), |around| {
        Wording::new("desk", Some(&options), (Syntax::Text, syntax), around)
    });
    wording.expect(body).words(parcel, &TextStyle::default())
}

/// What a reader of the target sees in an escaped text.
fn as_seen(syntax: Syntax, text: &str) -> String {
    match syntax {
        Syntax::Html | Syntax::Telegram => html_escape::decode_html_entities(text).into_owned(),
        Syntax::Slack => text
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&"),
        Syntax::Markdown => {
            let mut seen = String::new();
            let mut letters = text.chars();
            while let Some(c) = letters.next() {
                seen.push(if c == '\\' {
                    letters.next().unwrap_or(c)
                } else {
                    c
                });
            }
            seen
        }
        Syntax::Csv => {
            let inner = text
                .strip_prefix('"')
                .and_then(|text| text.strip_suffix('"'));
            inner.expect("a quoted cell").replace("\"\"", "\"")
        }
        Syntax::Json => serde_json::from_str(text).expect("a text of JSON"),
        Syntax::Url => {
            let pair = format!("a={text}");
            let mut decoded = url::form_urlencoded::parse(pair.as_bytes());
            decoded.next().expect("one value").1.into_owned()
        }
        _ => text.to_owned(),
    }
    .replace('\u{2060}', "")
}

#[test]
fn a_hostile_title_is_literal_text_everywhere() {
    for title in HOSTILE {
        let shown = crate::channel::render::plain(title);
        for (name, syntax) in Syntax::ALL {
            let escaped = syntax.escape(title);
            let seen = as_seen(syntax, &escaped);
            let expected = match syntax {
                Syntax::Json | Syntax::Url => title,
                _ => &shown,
            };
            let seen = seen
                .strip_prefix('\'')
                .filter(|_| syntax == Syntax::Csv)
                .unwrap_or(&seen);
            assert_eq!(seen, expected, "{name}: {escaped}");
            assert!(
                !escaped.chars().any(char::is_control),
                "{name}: {escaped:?}"
            );
            let marks: &[&str] = match syntax {
                Syntax::Html => &["<", "\"", "'"],
                Syntax::Telegram => &["<", "@e", "@h"],
                Syntax::Slack => &["<", ">", "@e", "@h", " *b", ":s", " _i", "`c"],
                Syntax::Markdown => &[" **", " _", "@e", "@h", "](", "<@"],
                Syntax::Csv => &["\"=", "\"+"],
                Syntax::Url => &["&", "=", "/", "?", "#", " ", "%0", "{"],
                _ => &[],
            };
            for mark in marks {
                // `%0` is how a control character looks, which cannot do harm inside a part of an address.
                let bare = escaped.replace("\\]", "").replace("\\*", "");
                let is_harm = bare.contains(mark) && *mark != "%0";
                assert!(!is_harm, "{name} lets {mark} through: {escaped}");
            }
        }
    }
}

/// Ways of a template to the title, the last with a mark of its own around it.
const WAYS: [&str; 14] = [
    "{{ title }}",
    "{{ title | e }}",
    "{{ title | escape }}",
    "{% set x = title %}{{ x }}",
    "{% set x %}{{ title }}{% endset %}{{ x }}",
    "{% macro m(t) %}{{ t }}{% endmacro %}{{ m(title) }}",
    "{% autoescape false %}{{ title }}{% endautoescape %}",
    "{% autoescape 'none' %}{{ title }}{% endautoescape %}",
    "{{ title ~ '' }}",
    "{{ [title] | join(', ') }}",
    "{{ articles | map(attribute='title') | join('') }}",
    "{{ title | replace('nothing like it', '') }}",
    "{% filter trim %}{{ title }}{% endfilter %}",
    "{% for a in articles %}{{ a.title }}{% endfor %}",
];

#[test]
fn no_way_of_a_template_lets_a_title_through() {
    let markup = [
        Syntax::Html,
        Syntax::Markdown,
        Syntax::Slack,
        Syntax::Telegram,
    ];
    for title in HOSTILE {
        let parcel = hostile(title);
        for syntax in markup {
            for way in WAYS {
                let words = words(syntax, way, &parcel);
                // What fails falls back to the built-in text, which has tests of its own.
                if !words.has_own_body {
                    continue;
                }
                let once = syntax.escape(title);
                let twice = syntax.escape(&once);
                let is_escaped =
                    words.body == once.trim() || words.body == once || words.body == twice;
                assert!(is_escaped, "{way} in {syntax:?}: {}", words.body);
            }
        }
    }
}

#[test]
fn there_is_no_filter_that_lets_through() {
    for source in ["{{ title | safe }}", "{{ title | tojson }}"] {
        let shown = words(Syntax::Html, source, &hostile(HOSTILE[0]));
        assert!(!shown.has_own_body, "{}", shown.body);
    }
    // A filter of another target makes text like any other.
    let shown = words(
        Syntax::Telegram,
        "{{ title | header }}",
        &hostile("<b>x</b>"),
    );
    assert_eq!(shown.body, "&lt;b&gt;x&lt;/b&gt;");
}

#[test]
fn links_are_made_of_web_addresses_only() {
    let link = "{{ articles[0].url | link(title) }}";
    for (syntax, expected) in [
        (
            Syntax::Html,
            "<a href=\"https://kabar.example/menlu?id=1&amp;x=2\">a&lt;b</a>",
        ),
        (
            Syntax::Markdown,
            "[a\\<b](<https://kabar.example/menlu?id=1&x=2>)",
        ),
        (
            Syntax::Slack,
            "<https://kabar.example/menlu?id=1&amp;x=2|a&lt;\u{2060}b>",
        ),
        (Syntax::Text, "a<b https://kabar.example/menlu?id=1&x=2"),
    ] {
        assert_eq!(words(syntax, link, &hostile("a<b")).body, expected);
    }
    for url in [
        "javascript:alert(1)",
        "https://a.example/>\"<x",
        "https://a.example/a b",
    ] {
        for syntax in [Syntax::Html, Syntax::Markdown, Syntax::Slack] {
            assert_eq!(syntax.link(url, "x"), "x");
        }
    }
}

#[test]
fn a_template_that_fails_gives_way_to_the_built_in_text() {
    let built_in = built_in(Syntax::Text, &parcel(alert()), &TextStyle::default());
    for source in [
        "{{ titel }}",
        "{{ title.nothing.there }}",
        "{% for a in range(99999) %}{% for b in range(99999) %}{{ b }}{% endfor %}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{{ 1 // 0 }}",
        "{% include 'other' %}",
        "{% for n in range(1000) %}{{ text }}{{ text }}{{ text }}{{ text }}{{ text }}{% endfor %}",
    ] {
        let shown = words(Syntax::Text, source, &parcel(alert()));
        assert_eq!(shown.body, built_in, "{source}");
        assert!(!shown.has_own_body);
    }
}

#[test]
fn what_is_known_of_a_message_can_be_named() {
    let source = "{{ kind }} {{ severity }} {{ watch }} {{ id }} {{ articles | length }} {{ delivery }}: {{ subject }}";
    let shown = words(Syntax::Text, source, &parcel(alert()));
    assert_eq!(
        shown.body,
        "new high china-russia a17 1 a17.1.desk: \
         [wirewatch] NEW China–Russia diplomacy: Menlu Tiongkok Wang Yi Kunjungi Moskow"
    );
    let source =
        "{% if kind == 'digest' %}{{ name }}: {{ counts.new }} new{% else %}{{ text }}{% endif %}";
    assert_eq!(
        words(Syntax::Text, source, &parcel(digest())).body,
        "morning: 1 new"
    );
    assert!(
        words(Syntax::Text, source, &parcel(alert()))
            .body
            .contains("Why:")
    );
}

#[test]
fn a_template_that_does_not_compile_is_shown_with_its_place() {
    let error = Template::new("body", "first\n  {{ title }\n", Syntax::Text).err();
    let told = error.expect("it is wrong").to_string();
    let lines: Vec<&str> = told.lines().collect();
    assert!(lines[0].starts_with("`body`, line 2, column "), "{told}");
    assert_eq!(lines[1], "    {{ title }");
    assert!(lines[2].ends_with('^'), "{told}");
}
