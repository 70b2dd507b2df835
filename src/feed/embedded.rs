//! A feed inside a page: shown as text, by a server that escapes what it should send.

use super::text::{self, Shape};

/// How such a text begins, `<` escaped.
const STARTS: [&str; 4] = ["&lt;?xml", "&lt;rss", "&lt;feed", "&lt;rdf:rdf"];
/// How it ends.
const ENDS: [&str; 3] = ["</rss>", "</feed>", "</rdf:rdf>"];
/// Characters that a page may show before and after the feed. More of them, and the page is about feeds.
const AROUND_CHARS_MAX: usize = 300;

/// The feed that a page shows, if it shows nothing else.
pub(super) fn shown(page: &str) -> Option<String> {
    let lower = page.to_ascii_lowercase();
    let start = STARTS.iter().filter_map(|start| lower.find(start)).min()?;
    let is_short = |text: &str| text.chars().take(AROUND_CHARS_MAX + 1).count() <= AROUND_CHARS_MAX;
    if !is_short(&text::html(&page[..start], Shape::Line)) {
        return None;
    }
    let mut feed = text::html(&page[start..], Shape::Paragraphs);
    let lower = feed.to_ascii_lowercase();
    let ends = ENDS
        .iter()
        .filter_map(|end| Some(lower.rfind(end)? + end.len()));
    if let Some(end) = ends.max() {
        if !is_short(&feed[end..]) {
            return None;
        }
        feed.truncate(end);
    }
    Some(feed)
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn only_a_page_that_is_a_feed_is_taken_for_one() {
        let escaped = "&lt;rss&gt;&lt;title&gt;A &amp;amp; B&lt;/title&gt;\n&lt;/rss&gt;";
        let page = format!("<html><title>feed</title><body><pre>{escaped}</pre></body></html>");
        let feed = "<rss><title>A &amp; B</title> </rss>";
        assert_eq!(shown(&page).as_deref(), Some(feed));
        let lesson = format!("<p>{}</p>{page}", "How feeds are written. ".repeat(20));
        assert_eq!(shown(&lesson), None);
        let lesson = format!("{page}<p>{}</p>", "So feeds are written. ".repeat(20));
        assert_eq!(shown(&lesson), None);
        assert_eq!(shown("<html><body>&lt;b&gt;</body></html>"), None);
    }
}
