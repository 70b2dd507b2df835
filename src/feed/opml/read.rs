//! OPML to feeds.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use url::Url;

use super::{ListedFeed, NoOpml, Opml, RefusedFeed, tag};
use crate::feed::markup::{Tag, TagKind, Tags};
use crate::feed::text::{self, Shape};
use crate::feed::{decode, normal_url};
use crate::text::shortest_tag;

/// Folders that give tags, outermost first; what lies deeper has the tags of these.
const FOLDERS_MAX: usize = 8;
/// Tags of one feed.
const TAGS_MAX: usize = 32;
/// Letters of an address that is told as refused.
const SHOWN_CHARS_MAX: usize = 200;

/// Reads a list of feeds.
///
/// # Errors
/// [`NoOpml`] when there is not a single outline.
pub fn read(bytes: &[u8]) -> Result<Opml, NoOpml> {
    let document = decode::decode(bytes, None, None).text;
    let mut lines = Lines::new(&document);
    let mut list = List::default();
    let mut outlines = 0_usize;
    for found in Tags::new(&document).filter(|found| found.is("outline")) {
        match found.kind {
            TagKind::End => list.close(),
            TagKind::Start | TagKind::Empty => {
                outlines += 1;
                list.open(&found, lines.of(found.at));
            }
        }
    }
    if outlines == 0 {
        return Err(NoOpml);
    }
    Ok(list.opml)
}

/// Tells lines of ascending offsets, counting each byte once.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    fn new(document: &'a str) -> Self {
        Self {
            bytes: document.as_bytes(),
            at: 0,
            line: 1,
        }
    }

    /// The line, from 1, of an offset that is not before the last one asked for.
    fn of(&mut self, offset: usize) -> usize {
        let passed = &self.bytes[self.at..offset];
        self.line += passed.iter().filter(|&&byte| byte == b'\n').count();
        self.at = offset;
        self.line
    }
}

/// The list while it is read.
#[derive(Default)]
struct List {
    opml: Opml,
    /// Where each feed stands in `opml.feeds`, by its normal address.
    known: HashMap<String, usize>,
    /// Tags of the outlines that are open, the outermost ones.
    open: Vec<Option<String>>,
    /// Outlines that are open further in.
    deeper: usize,
}

impl List {
    fn open(&mut self, outline: &Tag<'_>, line: usize) {
        let title = title(outline);
        let address = address(outline);
        if outline.kind == TagKind::Start {
            if self.open.len() < FOLDERS_MAX {
                let folder = title.as_deref().filter(|_| address.is_none());
                self.open.push(folder.and_then(tag));
            } else {
                self.deeper += 1;
            }
        }
        match address {
            Some(Ok(url)) => self.add(feed(outline, url, title, line)),
            Some(Err((address, why))) => self.opml.refused.push(RefusedFeed {
                line,
                address: text::fold(&address, Shape::Line)
                    .chars()
                    .take(SHOWN_CHARS_MAX)
                    .collect(),
                why,
            }),
            None => {}
        }
    }

    fn close(&mut self) {
        match self.deeper {
            0 => {
                self.open.pop();
            }
            _ => self.deeper -= 1,
        }
    }

    /// Adds a feed with the tags of its folders, or these tags to the feed that is known already.
    fn add(&mut self, mut feed: ListedFeed) {
        let own = std::mem::take(&mut feed.tags);
        let tags: Vec<String> = self.open.iter().flatten().cloned().chain(own).collect();
        let key = normal_url(&feed.url).unwrap_or_else(|| feed.url.clone());
        let at = match self.known.entry(key) {
            Entry::Occupied(known) => {
                self.opml.repeated += 1;
                *known.get()
            }
            Entry::Vacant(place) => {
                self.opml.feeds.push(feed);
                *place.insert(self.opml.feeds.len() - 1)
            }
        };
        let known = &mut self.opml.feeds[at].tags;
        for tag in tags {
            if known.len() < TAGS_MAX && !known.contains(&tag) {
                known.push(tag);
            }
        }
    }
}

fn title(outline: &Tag<'_>) -> Option<String> {
    let mut titles = ["text", "title"].into_iter().filter_map(|name| {
        let written = outline.attribute(name)?;
        // The text of an outline may have markup; a title about `<blink>` has none.
        let title = if text::looks_like_html(&written) {
            text::html(&written, Shape::Line)
        } else {
            text::fold(&written, Shape::Line)
        };
        (!title.is_empty()).then_some(title)
    });
    titles.next()
}

/// The address of a feed, or why it is none; `None` for a folder or a note.
fn address(outline: &Tag<'_>) -> Option<Result<String, (String, String)>> {
    let kind = outline.attribute("type").unwrap_or_default();
    let is_feed = ["rss", "atom", "feed", "rdf"]
        .iter()
        .any(|known| kind.eq_ignore_ascii_case(known));
    let written = outline.attribute("xmlUrl");
    // Some old exports call it `url`; `type="link"` and `type="include"` have that too, and are no feeds.
    let written = written.or_else(|| outline.attribute("url").filter(|_| is_feed));
    match written.filter(|address| !address.is_empty()) {
        Some(address) => Some(checked(address)),
        None if is_feed => {
            let shown = title(outline).unwrap_or_default();
            Some(Err((shown, "the outline has no xmlUrl".to_owned())))
        }
        None => None,
    }
}

fn checked(written: String) -> Result<String, (String, String)> {
    // `feed:https://…` and `feed://…` are how browsers once handed feeds to readers.
    let address = match written.get(..5) {
        Some(start) if start.eq_ignore_ascii_case("feed:") => match written[5..].strip_prefix("//")
        {
            Some(rest) => format!("http://{rest}"),
            None => written[5..].to_owned(),
        },
        _ => written,
    };
    match Url::parse(&address) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(address),
        Ok(url) => {
            let why = format!(
                "only http and https feeds are polled, not `{}:`",
                url.scheme()
            );
            Err((address, why))
        }
        Err(why) => Err((address, format!("this is no address: {why}"))),
    }
}

fn feed(outline: &Tag<'_>, url: String, title: Option<String>, line: usize) -> ListedFeed {
    let categories = outline.attribute("category").unwrap_or_default();
    ListedFeed {
        title: title.filter(|title| *title != url),
        url,
        site: outline
            .attribute("htmlUrl")
            .filter(|address| normal_url(address).is_some()),
        // A list of paths: `/sports/football,politics`.
        tags: categories.split([',', '/']).filter_map(tag).collect(),
        lang: outline
            .attribute("language")
            .and_then(|language| shortest_tag(&language)),
        line,
    }
}
