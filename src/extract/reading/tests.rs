use scraper::Html;

use super::*;
use crate::extract::{Page, extract};

const URL: &str = "https://news.example/a/1";

fn page(url: &str) -> Page<'_> {
    Page {
        url,
        content_type: Some("text/html; charset=utf-8"),
    }
}

/// The HTML of these lines on that page.
fn shown(html: &str, body: &str) -> String {
    let mut reading = Reading::new(body, &[], None);
    reading.add_page(html.as_bytes(), &page(URL), None);
    reading.html()
}

/// What a reader of the HTML reads, white space made single.
fn text_of(html: &str) -> String {
    let html = Html::parse_fragment(html);
    spaced(&html.root_element().text().collect::<String>())
}

/// The same of a body; what says nothing is left out.
fn spaced(text: &str) -> String {
    let said = text.chars().filter(|c| {
        (!c.is_control() || c.is_whitespace()) && !matches!(c, '\u{202d}' | '\u{202e}')
    });
    let said: String = said.collect();
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn inner(html: &str) -> &str {
    let begin = html.find(">\n").expect("an article") + 2;
    html[begin..].strip_suffix("</article>\n").expect("its end")
}

#[test]
fn lines_look_as_on_the_page() {
    for (html, body, expected) in [
        (
            "<p>One <b>two</b> <i>three <a href=/x?a=1&amp;b=2>four</a></i>.</p>",
            "One two three four.",
            "<p>One <strong>two</strong> <em>three <a href=\"https://news.example/x?a=1&amp;b=2\" \
             rel=\"noopener noreferrer nofollow\">four</a></em>.</p>\n",
        ),
        (
            "<h1>A</h1><h2>B</h2><h4>C</h4><p>D</p>",
            "A\nB\nC\nD",
            "<h2>A</h2>\n<h2>B</h2>\n<h3>C</h3>\n<p>D</p>\n",
        ),
        (
            "<p>Some:</p><ul><li>a</li><li>b<ol><li>c</ol></li><li>d<p>e</p></ul><p>End</p>",
            "Some:\na\nb\nc\nd\ne\nEnd",
            "<p>Some:</p>\n<ul>\n<li>a</li>\n<li>b\n<ol>\n<li>c</li>\n</ol>\n</li>\n<li>d<br>\ne</li>\n</ul>\n\
             <p>End</p>\n",
        ),
        (
            "<p>He said:</p><blockquote><p>No.</p><p>Never.</p></blockquote>",
            "He said:\nNo.\nNever.",
            "<p>He said:</p>\n<blockquote>\n<p>No.</p>\n<p>Never.</p>\n</blockquote>\n",
        ),
        (
            "<p>A</p><ul><li>b<h3>C</h3>d</li><li>e</ul>",
            "A\nb\nC\nd\ne",
            "<p>A</p>\n<ul>\n<li>b\n<h3>C</h3>\nd</li>\n<li>e</li>\n</ul>\n",
        ),
        // Pictures are left out, their captions are lines.
        (
            "<p>A</p><figure><img src=https://t.example/x.png><figcaption>Caption</figcaption></figure>",
            "A\nCaption",
            "<p>A</p>\n<p>Caption</p>\n",
        ),
        // A page that is laid out as a list is no list.
        (
            "<ul><li><p>One.</p><p>Two.</p></li></ul>",
            "One.\nTwo.",
            "<p>One.</p>\n<p>Two.</p>\n",
        ),
        (
            "<p lang=de>Ja <span lang=en dir=ltr>yes</span></p><p>No</p>",
            "Ja yes\nNo",
            "<p>Ja <span lang=\"en\" dir=\"ltr\">yes</span></p>\n<p>No</p>\n",
        ),
        // What was left out of a line stays out of it, and what is not of the page is a paragraph.
        (
            "<p>Menlu tiba. <strong>(Baca Juga: <a href=/2>Agenda</a>)</strong> Ia <ruby>王<rt>おう</rt></ruby> pergi.</p>",
            "Menlu tiba. Ia 王 pergi.\nFrom elsewhere.",
            "<p>Menlu tiba. Ia 王 pergi.</p>\n<p>From elsewhere.</p>\n",
        ),
        (
            "<p>One.<br>Two <em>and</em>.<br><br>Three<br>four</p>",
            "One.\nTwo and.\nThree four",
            "<p>One.</p>\n<p>Two <em>and</em>.</p>\n<p>Three four</p>\n",
        ),
    ] {
        let out = shown(html, body);
        assert_eq!(inner(&out), expected, "{html}");
        assert_eq!(text_of(&out), spaced(body), "{html}");
    }
}

#[test]
fn language_and_direction_are_the_pages_where_it_gives_them() {
    let begin = |html: &str, lang| {
        let mut reading = Reading::new("نص\nText", &[], lang);
        reading.add_page(html.as_bytes(), &page(URL), None);
        reading.html().lines().next().map(str::to_owned)
    };
    let told = "<html lang=ar dir=rtl><p>نص</p><p lang=en dir=LTR>Text</p>";
    assert_eq!(
        begin(told, Some("fa")).as_deref(),
        Some("<article lang=\"ar\" dir=\"rtl\">")
    );
    let untold = "<p>نص</p><p lang='x\" onclick=alert(1)' dir=up>Text</p>";
    assert_eq!(
        begin(untold, Some("ar")).as_deref(),
        Some("<article lang=\"ar\" dir=\"auto\">")
    );
    assert!(shown(told, "نص\nText").contains("<p lang=\"en\" dir=\"ltr\">Text</p>"));
}

#[test]
fn the_headline_of_a_further_story_is_marked() {
    let mut reading = Reading::new("One.\nAnother\nTwo.", &[1], None);
    let html = "<ul><li>One.</li></ul><h3>Another</h3><p>Two.</p>";
    reading.add_page(html.as_bytes(), &page(URL), None);
    let out = reading.html();
    assert_eq!(
        inner(&out),
        "<ul>\n<li>One.</li>\n</ul>\n<hr>\n<h2 class=\"part\">Another</h2>\n<p>Two.</p>\n"
    );
}

#[test]
fn pages_of_one_article_are_looked_at_in_turn() {
    let mut reading = Reading::new("Teaser\nOne.\nTwo.", &[], None);
    reading.add_page(b"<h2>Teaser</h2><p><b>One.</b></p>", &page(URL), None);
    reading.add_page(
        b"<h2><i>Teaser</i></h2><p><i>Two.</i></p>",
        &page(URL),
        None,
    );
    assert_eq!(
        inner(&reading.html()),
        "<h2>Teaser</h2>\n<p><strong>One.</strong></p>\n<p><em>Two.</em></p>\n"
    );
}

/// Pages that try to bring something in, and what stands in their lines.
const ATTACKS: &[(&str, &str)] = &[
    ("<p>a <a href='javascript:alert(1)'>b</a></p>", "a b"),
    ("<p>a <a href=' jaVa\tscript:alert(1)'>b</a></p>", "a b"),
    ("<p>a <a href='&#106;avascript:alert(1)'>b</a></p>", "a b"),
    (
        "<p>a <a href='data:text/html,<script>alert(1)</script>'>b</a></p>",
        "a b",
    ),
    (
        "<p>a <a href='vbscript:x'>b</a> <a href='file:///etc/passwd'>c</a></p>",
        "a b c",
    ),
    (
        "<p>a <a href='blob:https://news.example/1'>b</a></p>",
        "a b",
    ),
    (
        "<p onclick=alert(1) onmouseover=alert(2)>a <b onfocus=alert(3) autofocus tabindex=1>b</b></p>",
        "a b",
    ),
    ("<p style='background:url(https://t.example/x)'>a</p>", "a"),
    ("<p>a<style>@import 'https://t.example/x';</style></p>", "a"),
    ("<p>a<img src=x onerror=alert(1)> b</p>", "a b"),
    (
        "<p>a<svg onload=alert(1)><script>alert(1)</script></svg> b</p>",
        "a b",
    ),
    (
        "<p>a<svg><a xlink:href='javascript:alert(1)'><text>t</text></a></svg> b</p>",
        "a b",
    ),
    (
        "<p>a<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'></p>",
        "a",
    ),
    (
        "<p>a<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript></p>",
        "a",
    ),
    (
        "<p>a<iframe srcdoc='<script>alert(1)</script>'></iframe> b</p>",
        "a b",
    ),
    ("<p>a<!-- unclosed <img src=x onerror=alert(1)>", "a"),
    (
        "<p>a<template><script>alert(1)</script></template> b</p>",
        "a b",
    ),
    (
        "<p>a &lt;script&gt;alert(1)&lt;/script&gt;</p>",
        "a <script>alert(1)</script>",
    ),
    (
        "<p>a &amp;lt;img src=x onerror=alert(1)&amp;gt;</p>",
        "a &lt;img src=x onerror=alert(1)&gt;",
    ),
    ("<p>a]]&gt;&lt;!--</p>", "a]]><!--"),
    ("<p>invoice\u{202e}fdp.exe</p>", "invoice\u{202e}fdp.exe"),
    (
        "<p>a\u{2067}b\u{2069} c\u{200f}</p>",
        "a\u{2067}b\u{2069} c\u{200f}",
    ),
    ("<p>esc\u{1b}[31m\u{7}x</p>", "esc\u{1b}[31m\u{7}x"),
    (
        "<p>a <a href='https://bank.example@evil.example/'>b</a></p>",
        "a b",
    ),
    (
        "<p>a <a href='//evil.example/\"onmouseover=alert(1) x=\"'>b</a></p>",
        "a b",
    ),
    (
        "<base href='javascript:alert(1)//'><p>a <a href='x'>b</a></p>",
        "a b",
    ),
    (
        "<p>a <form action=javascript:alert(1)><button>go</button></form></p>",
        "a",
    ),
    (
        "<p>a <object data=x><embed src=x><link rel=stylesheet href=x><meta http-equiv=refresh content='0;url=x'>",
        "a",
    ),
    ("<p class=part id=x data-x=y hidden-x>a</p>", "a"),
    (
        "<p lang='\"><script>alert(1)</script>' dir='\"><img src=x>'>a</p>",
        "a",
    ),
    (
        "<p>${7*7} {{constructor}} a</p>",
        "${7*7} {{constructor}} a",
    ),
    (
        "<p>a <a target=_top ping=https://t.example rel=opener href=https://good.example/>b</a></p>",
        "a b",
    ),
];

/// Nothing in it but elements and attributes of the list, and no address but of the web and of mail.
fn check_harmless(html: &str, what: &str) {
    let parsed = Html::parse_fragment(html);
    for node in parsed.tree.nodes() {
        assert!(!node.value().is_comment(), "{what}: {html}");
        let Some(element) = scraper::ElementRef::wrap(node) else {
            continue;
        };
        let name = element.value().name();
        let known = [
            "html",
            "body",
            "article",
            "p",
            "h2",
            "h3",
            "ul",
            "ol",
            "li",
            "blockquote",
            "br",
            "hr",
            "a",
            "em",
            "strong",
            "span",
        ];
        assert!(known.contains(&name), "{what}: <{name}> in {html}");
        for (attribute, value) in element.value().attrs() {
            let allowed = match attribute {
                "href" => {
                    let schemes = ["https://", "http://", "mailto:"];
                    name == "a" && schemes.iter().any(|scheme| value.starts_with(scheme))
                }
                "rel" => name == "a" && value == "noopener noreferrer nofollow",
                "class" => name == "h2" && value == "part",
                "dir" => matches!(value, "ltr" | "rtl" | "auto"),
                "lang" => value.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'),
                _ => false,
            };
            assert!(allowed, "{what}: {attribute}={value} in {html}");
        }
    }
    let raw = |c: char| {
        c.is_control() && c != '\n'
            || matches!(c, '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!html.contains(raw), "{what}: {html:?}");
}

#[test]
fn nothing_that_loads_runs_or_steers_comes_through() {
    for (attack, body) in ATTACKS {
        let out = shown(attack, body);
        check_harmless(&out, attack);
        assert_eq!(text_of(&out), spaced(body), "{attack}");
        // Also when it comes as a text, and when somebody hands it to the sanitiser as it is.
        let as_text = shown("", &attack.replace('\n', " "));
        check_harmless(&as_text, attack);
        assert_eq!(text_of(&as_text), spaced(attack), "{attack}");
        check_harmless(&allow::settled(&sanitised(&as_harmful(attack))), attack);
        // A second cleaning finds nothing to do: no meaning hides behind the first.
        assert_eq!(sanitised(&sanitised(attack)), sanitised(attack), "{attack}");
    }
    let kept = shown(ATTACKS[31].0, "a b");
    assert!(kept.contains("href=\"https://good.example/\""), "{kept}");
    let named = shown(ATTACKS[23].0, "a b");
    assert!(named.contains("href=\"https://evil.example/\""), "{named}");
}

/// Without the signs that only [`allow::escape`] takes out.
fn as_harmful(attack: &str) -> String {
    attack.replace(['\u{1b}', '\u{7}'], "")
}

#[test]
fn what_was_written_is_what_the_sanitiser_lets_through() {
    let html = "<h2>A</h2><ol><li>b <a href='mailto:a@b.example'>c</a></li></ol><blockquote>d</blockquote>";
    let mut reading = Reading::new("A\nb c\nd", &[2], Some("en"));
    reading.add_page(html.as_bytes(), &page(URL), None);
    let written = write::html(&reading.lines, Some("en"));
    let rel = " rel=\"noopener noreferrer nofollow\"";
    assert_eq!(sanitised(&written).replace(rel, ""), written);
}

#[test]
fn a_page_of_hostile_size_is_bounded() {
    let deep = format!("{}<p>One.</p>", "<ul><li><blockquote><b><i>".repeat(3_000));
    let out = shown(&deep, "One.");
    assert_eq!(text_of(&out), "One.");
    assert!(out.len() < 1_000, "{} bytes", out.len());
    let many = "<p>Same line of the page.</p>".repeat(5_000);
    let body = "Same line of the page.\n".repeat(5_000);
    assert_eq!(text_of(&shown(&many, &body)), spaced(&body));
}

#[test]
fn the_text_is_the_body_of_every_page_of_ours() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/pages");
    let mut pages = 0;
    for file in std::fs::read_dir(folder).expect("the pages") {
        let path = file.expect("a file").path();
        if path.extension().is_none_or(|end| end != "html") {
            continue;
        }
        let bytes = std::fs::read(&path).expect("a page");
        let extracted = extract(&bytes, &page(URL));
        let article = extracted.article;
        let mut reading = Reading::new(&article.body, &article.parts, article.lang.as_deref());
        reading.add_page(&bytes, &page(URL), None);
        let out = reading.html();
        let name = path.display().to_string();
        check_harmless(&out, &name);
        assert_eq!(text_of(&out), spaced(&article.body), "{name}");
        pages += 1;
    }
    assert!(pages > 0, "no page in {folder}");
}
