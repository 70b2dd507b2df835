//! Any bytes are a page, with or without an article; the last byte says what helps to read it.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use wirewatch::extract::site::{Alternative, Finder, ftr};
use wirewatch::extract::{self, Aids, HostMemory, Page, Reading, SiteRule};

/// Pages of one host, each with a slogan and a credit that the memory is to know.
static MEMORY: LazyLock<HostMemory> = LazyLock::new(|| {
    let mut memory = HostMemory::default();
    for number in 0..5 {
        let told = format!("On day {number} the ministers of {number} countries met and spoke about trade. ").repeat(6);
        let html = format!(
            "<title>Day {number} of the talks</title><article class=story><h1>Day {number} of the talks</h1>\
             <p>{told}<p>Number {number}: {told}<p>Reporting by the desk of our house for all readers\
             </article><aside class=related><p>The paper for those who read to the end</aside>"
        );
        let url = format!("https://example.org/{number}");
        let page = Page { url: &url, content_type: None };
        let (_, impression) = extract::extract_with_memory(html.as_bytes(), &page, Aids::default(), &memory);
        memory.learn(&impression);
    }
    memory
});

/// A rule of each kind.
static RULES: LazyLock<[SiteRule; 2]> = LazyLock::new(|| [of_config(), of_others()]);

fn of_config() -> SiteRule {
    let css = |selector: &str| vec![Finder::Css(selector.parse().expect("a selector"))];
    SiteRule {
        name: "[[site]] example.org".to_owned(),
        body: css("article, .story, main"),
        title: css("h1"),
        date: css("time, .date"),
        author: css(".author, [rel=author]"),
        remove: css("aside, .related"),
        next_page: css("a[rel=next]"),
        alternative: Some(Alternative::Amp),
        ..SiteRule::default()
    }
}

fn of_others() -> SiteRule {
    let file = "title: //h1\nbody: //div[contains(@class, 'story')] | //article\ndate: //time/@datetime\n\
                author: normalize-space(//*[@rel='author'][last()])\nstrip: //p[position() > 2 and not(@id)]\n\
                strip_id_or_class: related\nsingle_page_link: //a[@class='print']\n\
                next_page_link: //a[starts-with(., 'Next')]\n";
    ftr::parse(file, "example.org.txt")
}

fuzz_target!(|bytes: &[u8]| {
    let Some((&how, bytes)) = bytes.split_last() else { return };
    // What a fuzzer does to bytes is seldom UTF-8, and guessing encodings would be most of what it tries.
    let text = String::from_utf8_lossy(bytes);
    let bytes = if how & 0x30 == 0 { bytes } else { text.as_bytes() };
    let content_type = [None, Some("text/html"), Some("text/html; charset=utf-8"), Some("text/html; charset=gb2312")];
    let page = Page { url: "https://example.org/2026/11/29/a", content_type: content_type[usize::from(how >> 6)] };
    let rule = match how & 3 {
        2 => Some(&RULES[0]),
        3 => Some(&RULES[1]),
        _ => None,
    };
    let aids = Aids {
        rule,
        feed: (how & 32 != 0).then_some("The ministers of five countries met and spoke about trade."),
        ..Aids::default()
    };
    match how >> 2 & 3 {
        0 | 2 => drop(extract::extract_with(bytes, &page, aids)),
        1 => {
            let (_, impression) = extract::extract_with_memory(bytes, &page, aids, &MEMORY);
            // What is learnt is stored and read again.
            let mut memory = MEMORY.clone();
            memory.learn(&impression);
            assert_eq!(HostMemory::decode(&memory.encode()), memory);
        }
        _ => {
            let article = extract::explain(bytes, &page, rule).extracted.article;
            let mut reading = Reading::new(&article.body, &article.parts, article.lang.as_deref());
            reading.add_page(bytes, &page, rule);
            assert!(!reading.html().contains("<script"));
        }
    }
});
