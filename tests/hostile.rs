//! Input that was made to do harm: bombs, depths, disguises. Every reader answers, soon, and without a panic.
//!
//! `benches/hostile.py` asks the same of the whole program, with its memory and CPU time.

use std::time::{Duration, Instant};

use wirewatch::extract::{Extracted, Page, extract};
use wirewatch::feed::{Hints, parse};
use wirewatch::model::{FailureKind, ParsedFeed};
use wirewatch::rules::{Document, DocumentInput, RuleFile, RuleSet};

/// Far above what an optimised build on an idle machine takes: it tells linear time from any other.
const SOON: Duration = Duration::from_secs(30);

fn soon<T>(name: &str, work: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let answer = work();
    let took = started.elapsed();
    assert!(took < SOON, "{name} took {took:?}");
    answer
}

fn feed(name: &str, document: &str) -> Option<ParsedFeed> {
    soon(name, || parse(document.as_bytes(), &Hints::default()).ok())
}

fn page(name: &str, html: &str) -> Extracted {
    let place = Page {
        url: "https://news.example/a",
        content_type: Some("text/html"),
    };
    soon(name, || extract(html.as_bytes(), &place))
}

fn titles(feed: &ParsedFeed) -> Vec<&str> {
    let titles = feed.entries.iter().map(|entry| entry.title.as_deref());
    titles.map(Option::unwrap_or_default).collect()
}

fn rss(items: &str) -> String {
    format!("<rss version=\"2.0\"><channel><title>Harbour news</title>{items}</channel></rss>")
}

const LAST: &str = "<item><title>The last one</title><guid>last</guid></item>";

#[test]
fn depth_costs_no_stack() {
    let deep =
        |open: &str, close: &str| format!("{}x{}", open.repeat(100_000), close.repeat(100_000));
    let elements = deep("<q>", "</q>");
    let blocks = deep("<div>", "</div>");
    let arrays = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for (name, document) in [
        (
            "elements",
            rss(&format!(
                "<item><description>{elements}</description></item>{LAST}"
            )),
        ),
        (
            "unclosed",
            rss(&format!("{LAST}{}", "<item>".repeat(100_000))),
        ),
        (
            "escaped markup",
            rss(&format!(
                "<item><description><![CDATA[{blocks}]]></description></item>{LAST}"
            )),
        ),
        (
            "arrays",
            format!(
                r#"{{"version":"https://jsonfeed.org/version/1.1","items":[{{"id":"1","_x":{arrays}}}]}}"#
            ),
        ),
        ("bare arrays", arrays.clone()),
    ] {
        // Read or refused: what matters is that there is an answer.
        feed(name, &document);
    }
    page("blocks", &"<div>".repeat(1_000_000));
    page("blocks in a table", &"<table><tr><td>".repeat(200_000));
    page(
        "blocks in a drawing",
        &format!("<svg><title>{}", "<div>".repeat(200_000)),
    );
    page(
        "blocks behind a comment",
        &format!("<!-- --!>{}", "<div>".repeat(200_000)),
    );
}

#[test]
fn repetition_costs_linear_time() {
    let long = "word ".repeat(400_000);
    for (name, html) in [
        ("open comments", "<!--".repeat(500_000)),
        (
            "comments in a comment",
            format!("<p>x</p><!--{}-->", "<!--".repeat(500_000)),
        ),
        ("open tags", "<a ".repeat(500_000)),
        ("open values", "<a x=".repeat(500_000)),
        ("attributes", format!("<p{}>x</p>", " a=1".repeat(300_000))),
        ("signs", "<".repeat(1_000_000)),
        ("references", "&".repeat(1_000_000)),
        ("nothing", "\0".repeat(1_000_000)),
        ("formatting", "<b><i><font>".repeat(100_000)),
        ("a long line", format!("<article><p>{long}</p></article>")),
        (
            "one letter",
            format!("<article><p>{}</p></article>", "a".repeat(500_000)),
        ),
        (
            "hidden in hidden",
            "<div style='display:none'>x".repeat(50_000),
        ),
    ] {
        page(name, &html);
    }
    for (name, items) in [
        ("open comments", "<!--".repeat(300_000)),
        ("open sections", "<![CDATA[".repeat(200_000)),
        (
            "references",
            format!("<item><title>{}</title></item>", "&".repeat(500_000)),
        ),
        (
            "attributes",
            format!("<item{}></item>", " a=\"1\"".repeat(100_000)),
        ),
        (
            "markup",
            format!(
                "<item><description><![CDATA[{}]]></description></item>",
                "<!--<a ".repeat(100_000)
            ),
        ),
    ] {
        feed(name, &rss(&items));
    }
}

#[test]
fn entities_are_never_expanded_or_fetched() {
    let bomb: String = (1..30)
        .map(|n| format!("<!ENTITY e{n} \"{}\">", format!("&e{};", n - 1).repeat(10)))
        .collect();
    for (name, doctype, reference) in [
        ("bomb", format!("<!ENTITY e0 \"haha\">{bomb}"), "&e29;"),
        (
            "file",
            "<!ENTITY e SYSTEM \"file:///etc/passwd\">".to_owned(),
            "&e;",
        ),
        (
            "parameter",
            "<!ENTITY % e SYSTEM \"file:///etc/passwd\">%e;".to_owned(),
            "&e;",
        ),
    ] {
        let document = format!(
            "<?xml version=\"1.0\"?><!DOCTYPE rss [{doctype}]>{}",
            rss(&format!(
                "<item><title>{reference}</title><guid>1</guid></item>{LAST}"
            ))
        );
        let feed = feed(name, &document).unwrap_or_else(|| panic!("{name} was refused"));
        assert_eq!(titles(&feed).last(), Some(&"The last one"), "{name}");
        let said = format!("{feed:?}");
        assert!(
            !said.contains("hahahaha") && !said.contains("root:"),
            "{name}: {said}"
        );
    }
}

const REPORT: &str = "The harbour office published its yearly figures on Monday, and they are better than those of the year before. ";

fn hits(title: &str, body: &str) -> usize {
    let rule = "[watch.pair]\nmatch = 'country:CN and country:RU'";
    let rules = RuleSet::compile(&RuleFile::parse(rule).expect("a rule").source).expect("a rule");
    let document = Document::new(DocumentInput {
        title: title.to_owned(),
        body: body.to_owned(),
        lang: Some("en".to_owned()),
        ..DocumentInput::default()
    });
    rules.judge(&document).hits.len()
}

#[test]
fn characters_without_width_hide_no_word() {
    for title in [
        "China and Russia meet",
        "Chi\u{200b}na and Rus\u{ad}sia meet",
        "C\u{2060}hina and R\u{200d}ussia meet",
        "Chi\u{feff}na and Rus\u{34f}sia meet",
        "\u{202a}China\u{202c} and \u{2066}Russia\u{2069} meet",
        "Ｃｈｉｎａ and Ｒｕｓｓｉａ meet",
    ] {
        assert_eq!(hits(title, ""), 1, "{title:?}");
    }
}

#[test]
fn words_that_nobody_reads_raise_no_topic() {
    let words = "China and Russia sign a treaty in Moscow";
    let story = format!("<p>{REPORT}{REPORT}</p>").repeat(4);
    for (name, around) in [
        (
            "no display",
            format!("<div style=\"display:none\">{words}</div>"),
        ),
        ("no size", format!("<p style=\"font-size:0\">{words}</p>")),
        (
            "no colour",
            format!("<p style=\"color:#fff; background: #fff\">{words}</p>"),
        ),
        (
            "off the page",
            format!("<p style=\"position:absolute;left:-5000px\">{words}</p>"),
        ),
        ("hidden", format!("<p hidden>{words}</p>")),
        (
            "a class",
            format!("<style>.k{{display:none}}</style><p class=k>{words}</p>"),
        ),
        (
            "a teaser",
            format!("<p><strong>Baca Juga</strong> <a href=/x>{words}</a></p>"),
        ),
        ("a comment", format!("<!-- {words} -->")),
        ("a script", format!("<script>var x = \"{words}\"</script>")),
        ("a field", format!("<textarea>{words}</textarea>")),
    ] {
        let html = format!(
            "<html><body><article><h1>Figures of the harbour</h1>{story}{around}{story}</article></body></html>"
        );
        let article = page(name, &html).article;
        assert!(
            article.body.contains("harbour office"),
            "{name}: {}",
            article.body
        );
        assert_eq!(
            hits(&article.title, &article.body),
            0,
            "{name}: {}",
            article.body
        );
    }
    let outside = format!(
        "<html><body><nav><a href=/x>{words}</a></nav><article><h1>Figures of the harbour</h1>{story}</article>\
         <aside class=related><ul><li><a href=/y>{words}</a></li></ul></aside>\
         <section id=comments><p>{words}, I think.</p></section></body></html>"
    );
    let article = page("around", &outside).article;
    assert_eq!(hits(&article.title, &article.body), 0, "{}", article.body);
}

#[test]
fn what_stands_in_place_of_an_article_is_named() {
    let story = format!(
        "<article><h1>Figures</h1><p>{}</p></article>",
        REPORT.repeat(8)
    );
    for (html, failure) in [
        (
            "<title>Before you continue</title><h1>Before you continue</h1><p>We use cookies. Accept all.</p>",
            Some(FailureKind::SoftBlock),
        ),
        (
            "<title>Just a moment...</title><p>Checking your browser before you may go on.</p>",
            Some(FailureKind::SoftBlock),
        ),
        (
            "<h1>Harbour figures</h1><p>Subscribe to read the rest of this story.</p>",
            Some(FailureKind::SoftBlock),
        ),
        (
            "%PDF-1.4 stream of something else",
            Some(FailureKind::NotHtml),
        ),
        (story.as_str(), None),
    ] {
        let read = page(html, html);
        assert_eq!(read.failure, failure, "{html}");
        assert_eq!(
            read.article.body.is_empty(),
            failure.is_some(),
            "{html}: {}",
            read.article.body
        );
    }
}
