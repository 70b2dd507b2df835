//! Pages made to do harm, read with rules.

use std::time::{Duration, Instant};

use wirewatch::extract::site::ftr;
use wirewatch::extract::{Page, explain};

#[test]
fn rules_do_not_make_hostile_pages_slow() {
    let lines = [
        "body: //div//div//p[contains(., 'x')]",
        "strip: //*[.//p[contains(., 'y')]]",
        "strip: //p/following-sibling::p[position() mod 2]",
        "strip: //p[preceding-sibling::p]/ancestor::div",
    ];
    let file = format!(
        "{}\nstrip_id_or_class: ad{}",
        lines.join("\n"),
        "\nstrip: //div//div".repeat(10)
    );
    let rule = ftr::parse(&file, "x.txt");
    assert_eq!(rule.not_understood.len(), 1, "{:?}", rule.not_understood);
    let nested = "<div><p>x".repeat(50_000);
    let flat = "<p class=a>A line of the page that goes on and on.</p>".repeat(20_000);
    let page = Page {
        url: "https://hostile.example/1",
        content_type: Some("text/html"),
    };
    for html in [nested, flat] {
        let started = Instant::now();
        let explained = explain(html.as_bytes(), &page, Some(&rule));
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "{:?}",
            started.elapsed()
        );
        println!("{:?}, {} lines", started.elapsed(), explained.lines.len());
    }
}
