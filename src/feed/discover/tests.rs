use url::Url;

use super::{
    FoundKind, guess_links, linked_feeds, sitemaps_of_index, sitemaps_of_robots, usual_places,
};

fn url(text: &str) -> Url {
    Url::parse(text).expect(text)
}

#[test]
fn a_page_names_its_feeds() {
    for (html, expected) in [
        (
            "<link rel=\"alternate\" type=\"application/rss+xml\" title=\"News &amp; more\" href=\"/feed\">",
            "link https://a.example/feed News & more",
        ),
        (
            "<LINK TYPE='application/atom+xml; charset=utf-8' REL='home ALTERNATE' HREF='atom.xml'/>",
            "link https://a.example/x/atom.xml",
        ),
        (
            "<base href='https://b.example/'><link rel=alternate type=application/feed+json href=f.json>",
            "link https://b.example/f.json",
        ),
        (
            "<link rel='alternate' type='text/xml' href='/news.xml'>",
            "link https://a.example/news.xml",
        ),
        ("<link rel='alternate' hreflang='de' href='/de/'>", ""),
        (
            "<link rel='alternate' type='application/json' href='/wp-json/wp/v2/pages/1'>",
            "",
        ),
        (
            "<link rel='alternate' type='application/json+oembed' href='/oembed'>",
            "",
        ),
        (
            "<link rel='alternate stylesheet' type='application/rss+xml' href='/x'>",
            "",
        ),
        (
            "<link rel='alternate' type='application/rss+xml' href='javascript:x'>",
            "",
        ),
        (
            "<a href='/rss/world.xml#top'><b>World</b> news</a>",
            "anchor https://a.example/rss/world.xml World news",
        ),
        (
            "<a href='feed:https://a.example/f.rss' title='All'><img></a>",
            "anchor https://a.example/f.rss All",
        ),
        (
            "<a href='feed://a.example/f'>F</a><a href='/feed'>",
            "anchor https://a.example/feed",
        ),
        (
            "<a href='/?feed=rss2'>RSS</a>",
            "anchor https://a.example/?feed=rss2 RSS",
        ),
        (
            "<a href='https://feeds.a.example/all'>RSS</a>",
            "anchor https://feeds.a.example/all RSS",
        ),
        (
            "<a href='/sitemap.xml'>Sitemap</a><a href='/about'>About</a>",
            "",
        ),
        (
            "<a href='https://feedly.com/i/subscription/feed/https://a.example/rss'>x</a>",
            "",
        ),
        ("<script>document.write(\"<a href='/rss'>\")</script>", ""),
    ] {
        let found: Vec<String> = linked_feeds(html, &url("https://a.example/x/"))
            .into_iter()
            .map(|feed| {
                let kind = match feed.kind {
                    FoundKind::Link => "link",
                    FoundKind::Anchor => "anchor",
                };
                let title = feed
                    .title
                    .map(|title| format!(" {title}"))
                    .unwrap_or_default();
                format!("{kind} {}{title}", feed.url)
            })
            .collect();
        assert_eq!(found.join("\n"), expected, "{html}");
    }
}

#[test]
fn the_feed_of_a_site_comes_before_its_comments_and_before_mere_links() {
    let html = "<a href='/all.rss'>all</a>\
        <link rel='alternate' type='application/rss+xml' href='/comments/feed/'>\
        <link rel='alternate' type='application/rss+xml' href='/feed/'>\
        <link rel='alternate' type='application/rss+xml' href='/feed/#again'>";
    let found = linked_feeds(html, &url("https://a.example/"));
    let paths: Vec<&str> = found.iter().map(|feed| feed.url.path()).collect();
    assert_eq!(paths, ["/feed/", "/comments/feed/", "/all.rss"]);
}

#[test]
fn feeds_lie_where_feeds_usually_lie() {
    for (page, first) in [
        ("https://a.example/", "https://a.example/feed"),
        ("https://a.example/world/", "https://a.example/world/feed"),
        (
            "https://a.example/a/story.html?x=1#y",
            "https://a.example/feed",
        ),
        (
            "https://www.youtube.com/channel/UC12",
            "https://www.youtube.com/feeds/videos.xml?channel_id=UC12",
        ),
        (
            "https://www.youtube.com/playlist?list=PL1",
            "https://www.youtube.com/feeds/videos.xml?playlist_id=PL1",
        ),
        (
            "https://www.reddit.com/r/worldnews/top",
            "https://www.reddit.com/r/worldnews/.rss",
        ),
        (
            "https://github.com/o/p/issues",
            "https://github.com/o/p/releases.atom",
        ),
        ("https://medium.com/@who", "https://medium.com/feed/@who"),
        (
            "https://social.example/@who",
            "https://social.example/@who.rss",
        ),
        ("https://a.example//b.example/", "https://a.example/feed"),
    ] {
        let places = usual_places(&url(page));
        assert_eq!(places[0].as_str(), first, "{page}");
        assert!(places.len() < 24, "{page}");
        let known = |place: &Url| place.host() == url(page).host();
        assert!(places.iter().all(known), "{page}: {places:?}");
    }
}

#[test]
fn robots_and_indexes_name_sitemaps_and_those_of_news_come_first() {
    let robots = "User-agent: *\r\nSITEMAP: https://a.example/pages.xml # all\r\nsitemap:https://a.example/news.xml\n\
                  Sitemap: /relative.xml\nSitemap: ftp://a.example/x\nDisallow: /sitemap: no";
    let texts = |urls: Vec<Url>| urls.into_iter().map(String::from).collect::<Vec<_>>();
    assert_eq!(
        texts(sitemaps_of_robots(robots)),
        ["https://a.example/news.xml", "https://a.example/pages.xml"]
    );
    let index = b"<?xml version='1.0'?><sitemapindex xmlns='x'><sitemap><loc> https://a.example/1.xml?a=1&amp;b=2 </loc></sitemap>\
        <sitemap><loc>https://a.example/old-news.xml.gz</loc></sitemap><sitemap><loc>https://a.example/news.xml</loc>";
    assert_eq!(
        texts(sitemaps_of_index(index)),
        [
            "https://a.example/news.xml",
            "https://a.example/1.xml?a=1&b=2",
            "https://a.example/old-news.xml.gz"
        ]
    );
    assert!(
        sitemaps_of_index(b"<urlset><url><loc>https://a.example/</loc></url></urlset>").is_empty()
    );
}

#[test]
fn the_list_of_articles_is_told_from_the_menus() {
    let menu: String = (0..30)
        .map(|n| format!("<li class='menu'><a href='/section/{n}'>Section {n}</a></li>"))
        .collect();
    let articles: String = (0..8)
        .map(|n| {
            format!(
                "<div class='card x1'><img><h3 class='css-9 headline'><a class='l1' href='/news/{n}'>\
                 The minister arrives in the capital, part {n}</a></h3><p>Text<br></div>"
            )
        })
        .collect();
    let footer: String = (0..20)
        .map(|n| format!("<footer><p class='legal'><a href='/legal/{n}'>A very long legal text about everything, part {n}, and more</a></p></footer>"))
        .collect();
    let html = format!("<nav>{menu}</nav><ul>{menu}</ul>{articles}{footer}");
    let list = guess_links(&html, &url("https://www.a.example/")).expect("a list");
    assert_eq!(list.selector, "h3.headline a");
    assert_eq!(list.links, 8);
    assert_eq!(
        list.examples[0],
        "The minister arrives in the capital, part 0"
    );
    assert_eq!(guess_links(&menu, &url("https://a.example/")), None);
    let elsewhere = articles.replace("/news/", "https://other.example/news/");
    assert_eq!(guess_links(&elsewhere, &url("https://a.example/")), None);
}

#[test]
fn hostile_pages_cost_what_their_bytes_cost() {
    let base = url("https://a.example/");
    for piece in [
        "<div class='a'>",
        "<a href='/rss'>",
        "<a href='/long/address'>xxxxxxxxxxxxxxxxxxxxxxxxxxxxx</b>",
        "</div>",
        "<link rel=alternate ",
    ] {
        let html = piece.repeat(100_000);
        assert!(linked_feeds(&html, &base).len() <= 1, "{piece}");
        assert_eq!(guess_links(&html, &base), None, "{piece}");
    }
}
