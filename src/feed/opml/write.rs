//! Feeds to OPML 2.0.

use std::collections::HashMap;

use super::ListedFeed;

/// Writes a list: a folder for every first tag, all tags of a feed with several in its `category`.
///
/// The same feeds give the same bytes, and what [`read`](super::read) gives of them is written alike.
#[must_use]
pub fn write(title: &str, feeds: &[ListedFeed]) -> String {
    let mut out =
        String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n");
    out.extend([
        "  <head><title>",
        &escaped(title),
        "</title></head>\n  <body>\n",
    ]);
    // The folders in the order in which their tags first come.
    let mut folders: Vec<(&str, Vec<&ListedFeed>)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for feed in feeds {
        let Some(first) = feed.tags.first() else {
            outline(&mut out, feed, "    ");
            continue;
        };
        let place = *places.entry(first).or_insert_with(|| {
            folders.push((first, Vec::new()));
            folders.len() - 1
        });
        folders[place].1.push(feed);
    }
    for (folder, inside) in folders {
        let name = escaped(folder);
        out.extend(["    <outline text=\"", &name, "\" title=\"", &name, "\">\n"]);
        for feed in inside {
            outline(&mut out, feed, "      ");
        }
        out.push_str("    </outline>\n");
    }
    out.push_str("  </body>\n</opml>\n");
    out
}

fn outline(out: &mut String, feed: &ListedFeed, indent: &str) {
    let title = feed.title.as_deref().unwrap_or(&feed.url);
    let category = (feed.tags.len() > 1).then(|| feed.tags.join(","));
    out.extend([indent, "<outline"]);
    for (name, value) in [
        ("type", Some("rss")),
        ("text", Some(title)),
        ("title", Some(title)),
        ("xmlUrl", Some(feed.url.as_str())),
        ("htmlUrl", feed.site.as_deref()),
        ("language", feed.lang.as_deref()),
        ("category", category.as_deref()),
    ] {
        if let Some(value) = value {
            out.extend([" ", name, "=\"", &escaped(value), "\""]);
        }
    }
    out.push_str("/>\n");
}

/// Text for an attribute or element: markup escaped, what XML 1.0 cannot hold (2.2) left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // A line break in an attribute would be read as a space.
            '\n' | '\r' | '\t' => out.push(' '),
            _ if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            _ => out.push(c),
        }
    }
    out
}
