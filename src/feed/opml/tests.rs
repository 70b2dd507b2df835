use encoding_rs::WINDOWS_1251;

use super::{ListedFeed, NoOpml, Opml, read, tag, write};

fn urls(opml: &Opml) -> Vec<&str> {
    opml.feeds.iter().map(|feed| feed.url.as_str()).collect()
}

fn body(inside: &str) -> Opml {
    let document = format!("<opml version=\"2.0\"><body>{inside}</body></opml>");
    read(document.as_bytes()).expect(inside)
}

#[test]
fn feeds_are_read_however_they_are_written() {
    for (outline, title, tags) in [
        (
            "<outline type='rss' text='A' xmlUrl='http://a.example/'/>",
            Some("A"),
            "",
        ),
        (
            "<outline title='A' XMLURL='http://a.example/'></outline>",
            Some("A"),
            "",
        ),
        ("<OUTLINE xmlurl=http://a.example/ text=A>", Some("A"), ""),
        (
            "<outline type=\"rss\" url=\"http://a.example/\" text=\"\"/>",
            None,
            "",
        ),
        ("<outline xmlUrl=' feed:http://a.example/ '/>", None, ""),
        ("<outline xmlUrl='feed://a.example/'/>", None, ""),
        (
            "<outline text='&eacute;t&eacute; & &lt;b&gt;co&lt;/b&gt;' xmlUrl='http://a.example/' category='/World/Asia, news'/>",
            Some("été & co"),
            "world asia news",
        ),
        (
            "<outline text='One'><outline title='Two'><outline xmlUrl='http://a.example/'/></outline></outline>",
            None,
            "one two",
        ),
        (
            "<outline text='One'><outline text='A' xmlUrl='http://a.example/'>",
            Some("A"),
            "one",
        ),
        (
            "<outline text='One'/><outline xmlUrl='http://a.example/'/>",
            None,
            "",
        ),
        (
            "</outline></outline><outline xmlUrl='http://a.example/'/><!-- never closed",
            None,
            "",
        ),
        (
            "<outline text='5\" TV' description=\"a < b > c\" xmlUrl='http://a.example/'/>",
            Some("5\" TV"),
            "",
        ),
    ] {
        let opml = body(outline);
        assert_eq!(opml.feeds.len(), 1, "{outline}");
        let feed = &opml.feeds[0];
        assert!(
            feed.url.ends_with("http://a.example/"),
            "{outline}: {}",
            feed.url
        );
        assert_eq!(feed.title.as_deref(), title, "{outline}");
        assert_eq!(feed.tags.join(" "), tags, "{outline}");
        assert_eq!(opml.refused, [], "{outline}");
    }
}

#[test]
fn what_is_no_feed_is_left_out_and_what_may_not_be_one_is_told_with_its_line() {
    let opml = body(
        "\n<outline text='note'/>\n<outline type='link' url='http://a.example/'/>\n\
         <outline xmlUrl='file:///etc/passwd'/>\n<outline xmlUrl='javascript:alert(1)'/>\n\
         <outline xmlUrl='no address'/>\n<outline type='rss' text='Lost'/>\n\
         <outline xmlUrl='gopher://127.0.0.1:25/'/><outline xmlUrl='http://a.example/ok'/>",
    );
    assert_eq!(urls(&opml), ["http://a.example/ok"]);
    let told: Vec<String> = opml
        .refused
        .iter()
        .map(|refused| format!("{} {}: {}", refused.line, refused.address, refused.why))
        .collect();
    assert_eq!(
        told,
        [
            "4 file:///etc/passwd: only http and https feeds are polled, not `file:`",
            "5 javascript:alert(1): only http and https feeds are polled, not `javascript:`",
            "6 no address: this is no address: relative URL without a base",
            "7 Lost: the outline has no xmlUrl",
            "8 gopher://127.0.0.1:25/: only http and https feeds are polled, not `gopher:`",
        ]
    );
}

#[test]
fn one_feed_in_several_folders_is_one_feed_with_several_tags() {
    let opml = body(
        "<outline text='One'><outline text='A' xmlUrl='http://a.example/rss'/></outline>\
         <outline text='Two'><outline text='B' xmlUrl='HTTP://A.example:80/rss#x'/></outline>",
    );
    assert_eq!(urls(&opml), ["http://a.example/rss"]);
    assert_eq!(opml.feeds[0].tags, ["one", "two"]);
    assert_eq!(opml.feeds[0].title.as_deref(), Some("A"));
    assert_eq!(opml.repeated, 1);
}

#[test]
fn every_encoding_of_a_feed_is_one_of_a_list() {
    let text = "<?xml version=\"1.0\" encoding=\"windows-1251\"?><opml><body>\
                <outline text=\"Новости\" xmlUrl=\"http://a.example/\"/></body></opml>";
    let utf16: Vec<u8> = format!("\u{feff}{text}")
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect();
    for bytes in [WINDOWS_1251.encode(text).0.into_owned(), utf16] {
        assert_eq!(
            read(&bytes).expect("OPML").feeds[0].title.as_deref(),
            Some("Новости")
        );
    }
}

#[test]
fn a_folder_is_a_label_and_never_a_path() {
    for (name, expected) in [
        ("../../../../etc/cron.d/x", Some("etc-cron-d-x")),
        ("--help", Some("help")),
        ("C:\\Windows", Some("c-windows")),
        ("World News", Some("world-news")),
        ("國際 新聞", Some("國際-新聞")),
        ("हिन्दी", Some("हिन्दी")),
        ("e\u{301}t\u{e9}", Some("été")),
        ("a\u{0}b\u{1b}[31m\nc", Some("a-b-31m-c")),
        ("🔥", None),
        ("..", None),
        ("", None),
    ] {
        assert_eq!(tag(name).as_deref(), expected, "{name}");
    }
    let long = tag(&"ab ".repeat(1000)).expect("a tag");
    assert!(
        long.chars().count() <= 64 && long.ends_with(char::is_alphanumeric),
        "{long}"
    );
}

#[test]
fn nesting_without_end_is_read_in_no_time() {
    let open = "<outline text=\"x\">".repeat(100_000);
    let inner = "<outline xmlUrl=\"http://a.example/in\"/>";
    let close = "</outline>".repeat(100_000);
    let outer = "<outline xmlUrl=\"http://a.example/out\"/>";
    let opml = body(&format!("{open}{inner}{close}{outer}"));
    assert_eq!(urls(&opml), ["http://a.example/in", "http://a.example/out"]);
    assert_eq!(opml.feeds[0].tags, ["x"]);
    assert_eq!(opml.feeds[1].tags, [""; 0]);
    let each: String = (0..100_000)
        .map(|n| format!("<outline text=\"f{n}\"><outline xmlUrl=\"http://a.example/{n}\"/>"))
        .collect();
    let opml = body(&each);
    assert_eq!(opml.feeds.len(), 100_000);
    assert_eq!(opml.feeds[99_999].tags.len(), 8);
}

#[test]
fn what_has_no_outline_is_no_list() {
    for bytes in [
        &b""[..],
        b"<html></html>",
        b"<opml><body/></opml>",
        b"\xff\xfe",
    ] {
        assert_eq!(read(bytes), Err(NoOpml));
    }
}

#[test]
fn what_is_written_is_read_again_and_written_alike() {
    let feed = |url: &str, title: Option<&str>, tags: &[&str], lang: Option<&str>| ListedFeed {
        url: url.to_owned(),
        title: title.map(str::to_owned),
        tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
        lang: lang.map(str::to_owned),
        ..ListedFeed::default()
    };
    let mut feeds = vec![
        feed(
            "http://a.example/?a=1&b=\"2\"",
            Some("<A> & \"B\""),
            &["id", "world"],
            Some("id"),
        ),
        feed("http://b.example/", None, &[], None),
        feed("http://c.example/", Some("新聞\u{1}\nx"), &["cn"], None),
        feed("http://d.example/", Some("D"), &["id"], None),
    ];
    feeds[3].site = Some("http://d.example/home".to_owned());
    let written = write("mine & yours", &feeds);
    let read_again = read(written.as_bytes()).expect("OPML");
    assert_eq!(
        urls(&read_again),
        [
            "http://b.example/",
            "http://a.example/?a=1&b=\"2\"",
            "http://d.example/",
            "http://c.example/"
        ]
    );
    let first = &read_again.feeds[1];
    assert_eq!(first.title.as_deref(), Some("<A> & \"B\""));
    assert_eq!(
        (first.tags.join(" "), first.lang.as_deref()),
        ("id world".to_owned(), Some("id"))
    );
    assert_eq!(read_again.feeds[2].site, feeds[3].site);
    assert_eq!(write("mine & yours", &read_again.feeds), written);
    assert!(read_again.refused.is_empty());
}
