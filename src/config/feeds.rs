//! The `[[feed]]` tables: each becomes a [`FeedConfig`] before the next one is read.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::SignedDuration;
use toml::Spanned;
use toml::de::DeValue;
use url::{Host, Url};

use super::access::feed_access;
use super::address::{same_feed, without_login};
use super::cut::{Pieces, feed_at};
use super::problem::SourceFile;
use super::renames::{Move, check_moves};
use super::source::Reader;
use super::tables::FeedToml;
use super::values::Period;
use super::{FeedConfig, page};
use crate::fetch::{AccessOptions, host_key, login_of, parse_url};
use crate::model::FeedSpec;
use crate::text::{gazetteer, shortest_tag};
use crate::world::AddressGuard;

/// Nobody publishes more often, and hosts block who asks more often.
const INTERVAL_SHORT: SignedDuration = SignedDuration::from_mins(1);

/// The feeds of all files, in file order, each address once.
#[derive(Default)]
pub(super) struct Feeds {
    guard: AddressGuard,
    /// What paths are relative to.
    base: PathBuf,
    list: Vec<FeedConfig>,
    /// Places in the list, by the hash of what all spellings of an address have in common.
    places: HashMap<blake3::Hash, usize>,
    moves: Vec<Move>,
    plain: Arc<AccessOptions>,
}

impl Feeds {
    pub(super) fn new(guard: AddressGuard, base: &Path) -> Self {
        Self {
            guard,
            base: base.to_owned(),
            ..Self::default()
        }
    }

    /// Reads every feed of a file that was cut into pieces. False, and as if nothing had been read, when one of
    /// them is no TOML: its mistakes are those of the whole, for a string without an end may go on behind it.
    pub(super) fn read_pieces(
        &mut self,
        reader: &mut Reader,
        file: &SourceFile,
        pieces: &Pieces,
    ) -> bool {
        let (known, told) = (self.list.len(), reader.problems.list.len());
        let moved = self.moves.len();
        // At once: growing by doubling would take half as much again.
        self.list.reserve_exact(pieces.feeds.len());
        self.places.reserve(pieces.feeds.len());
        for at in &pieces.feeds {
            let Some(feed) = feed_at(&file.text, at) else {
                self.moves.truncate(moved);
                self.list.truncate(known);
                self.places.retain(|_, place| *place < known);
                reader.problems.list.truncate(told);
                return false;
            };
            self.read(reader, file, &feed);
        }
        true
    }

    /// All of them, once no further file comes.
    pub(super) fn into_list(self, reader: &mut Reader) -> Vec<FeedConfig> {
        let is_polled = |address: &blake3::Hash| self.places.contains_key(address);
        check_moves(reader, &self.moves, &is_polled);
        self.list
    }

    /// Reads one table.
    pub(super) fn read(
        &mut self,
        reader: &mut Reader,
        file: &SourceFile,
        table: &Spanned<DeValue<'_>>,
    ) {
        if let Some(feed) = reader.value(file, table) {
            self.add(reader, &file.path, feed);
        }
    }

    fn add(&mut self, reader: &mut Reader, file: &Path, feed: FeedToml) {
        let at = feed.url.span();
        let url = match parse_url(feed.url.get_ref()) {
            Ok(url) => url,
            Err(error) => return reader.error(file, at, error.to_string(), None),
        };
        if let Some(why) = forbidden(&url, &self.guard) {
            let kind = "the address of a feed is not public and not allowed";
            reader.warn(kind, file, at.clone(), why, None);
        }
        let access = feed_access(reader, file, &self.base, &url, &feed);
        let url_shown = shown_url(feed.url.get_ref());
        let same = blake3::hash(same_feed(&url).as_bytes());
        if let Some(&place) = self.places.get(&same) {
            let other = &self.list[place].spec.url;
            let message = if *other == url_shown {
                "this feed stands here twice; it is polled once".to_owned()
            } else {
                format!("this is the feed {other} once more; it is polled once")
            };
            return reader.warn("a feed stands here twice", file, at, message, None);
        }
        self.places.insert(same, self.list.len());
        let moved_from = feed.moved_from.as_ref();
        let moved_from = moved_from.and_then(|from| self.moved_from(reader, file, from));
        self.list.push(FeedConfig {
            country: feed
                .country
                .as_ref()
                .and_then(|written| country(reader, file, written)),
            page: page::selectors(reader, file, &feed),
            spec: Arc::new(FeedSpec {
                url: url_shown,
                host: host_key(&url),
                kind: feed.kind.map(Spanned::into_inner).unwrap_or_default(),
                tags: feed.tags,
                lang: feed.lang.and_then(|lang| language(reader, file, &lang)),
                interval: interval(reader, file, &url, feed.interval),
            }),
            websub: feed.websub.unwrap_or(true),
            keep: feed.keep.map(Box::new),
            moved_from,
            access: match access.is_empty() {
                true => Arc::clone(&self.plain),
                false => Arc::new(access),
            },
        });
    }
}

impl Feeds {
    /// An old address as it is stored; noted, to be looked at when all feeds are known.
    fn moved_from(
        &mut self,
        reader: &mut Reader,
        file: &Path,
        from: &Spanned<String>,
    ) -> Option<Box<str>> {
        match parse_url(from.get_ref()) {
            Ok(url) => {
                self.moves.push(Move {
                    file: file.to_owned(),
                    at: from.span(),
                    from: blake3::hash(same_feed(&url).as_bytes()),
                });
                Some(shown_url(from.get_ref()).into())
            }
            Err(error) => {
                reader.error(file, from.span(), error.to_string(), None);
                None
            }
        }
    }
}

/// The address of a feed as it is stored and shown: as written, without a login in it.
pub(super) fn shown_url(written: &str) -> String {
    match parse_url(written) {
        Ok(url) if login_of(&url).is_some() => without_login(&url).to_string(),
        _ => written.to_owned(),
    }
}

/// Why a feed whose address is a number will never be fetched; names are resolved when it is polled.
pub(super) fn forbidden(url: &Url, guard: &AddressGuard) -> Option<String> {
    let ip: IpAddr = match url.host()? {
        Host::Ipv4(ip) => ip.into(),
        Host::Ipv6(ip) => ip.into(),
        Host::Domain(_) => return None,
    };
    let addr = SocketAddr::new(ip, url.port_or_known_default()?);
    let refused = guard.check(url.host_str()?, addr).err()?;
    Some(refused.to_string())
}

/// A fixed interval as the user wants it. One that a host may take for an attack is warned about, but not for
/// a feed on a private address: those are the user's own.
fn interval(
    reader: &mut Reader,
    file: &Path,
    url: &Url,
    written: Option<Spanned<Period>>,
) -> Option<SignedDuration> {
    let written = written?;
    let interval = written.get_ref().0;
    let is_own = forbidden(url, &AddressGuard::new(Vec::new())).is_some();
    if interval < INTERVAL_SHORT && !is_own {
        let message = format!("polled every {interval:#}: hosts may block who asks so often");
        let help = "without `interval` it is learnt, and never shorter than 5 minutes".to_owned();
        let kind = "a feed is polled more often than once a minute";
        reader.warn(kind, file, written.span(), message, Some(help));
    }
    Some(interval)
}

fn country(reader: &mut Reader, file: &Path, written: &Spanned<String>) -> Option<&'static str> {
    let code = written.get_ref();
    let known = gazetteer::codes().find(|known| known == code);
    if known.is_none() {
        let meant = gazetteer::code_of(code);
        let message = format!("`{code}` is not the code of a country");
        let help = match meant {
            Some(meant) => format!("{code} is \"{meant}\""),
            None => "codes are those of ISO 3166: \"ID\", \"RU\"".to_owned(),
        };
        reader.error(file, written.span(), message, Some(help));
    }
    known
}

fn language(reader: &mut Reader, file: &Path, lang: &Spanned<String>) -> Option<String> {
    let tag = shortest_tag(lang.get_ref());
    if tag.is_none() {
        let message = format!("`{}` is no language tag", lang.get_ref());
        let help = "write the ISO 639 code: \"id\", \"zh\", \"ru\"".to_owned();
        reader.error(file, lang.span(), message, Some(help));
    }
    tag
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    const WATCH: &str = "[watch.w]\nmatch = '''\"a\"'''\n[channel.c]\nkind = \"stdout\"\n";

    /// Addresses of the feeds, and what is said of the config without the name of its file.
    fn load(text: &str) -> (Vec<String>, String) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.toml");
        std::fs::write(&path, format!("{text}{WATCH}")).unwrap();
        let (feeds, problems) = match Config::load(&path) {
            Ok(config) => (config.feeds, config.warnings),
            Err(problems) => (Vec::new(), problems),
        };
        let urls = feeds.iter().map(|feed| feed.spec.url.clone());
        let said = problems.to_string();
        (urls.collect(), said.replace(&*path.to_string_lossy(), ""))
    }

    #[test]
    fn a_feed_that_is_read_alone_has_its_place_in_the_file() {
        let good = "# é\n[[feed]]\nurl = \"https://a.example/\"\n[feed.headers]\nX-Key = \"k\"\n[store]\npath = \"x.db\"\n";
        let (feeds, said) = load(&format!("{good}[[feed]]\nurl = \"https://b.example/\"\n"));
        assert_eq!(feeds, ["https://a.example/", "https://b.example/"]);
        assert_eq!(said, "");
        for (feed, place) in [
            (
                "url = 1",
                ":9:7: invalid type: integer `1`, expected a string",
            ),
            ("tags = []\nlink = \"x\"", ":10:1: unknown key `link`"),
            (
                "url = \"https://a.example/\"",
                ":9:7: this feed stands here twice; it is polled once",
            ),
            (
                "url = \"https://c.example/\"\n[feed.headers]\n\"a b\" = \"x\"",
                ":11:1: `a b` is no name of a header",
            ),
        ] {
            let (_, said) = load(&format!("{good}[[feed]]\n{feed}\n"));
            assert_eq!(said, place, "{feed}");
        }
    }

    #[test]
    fn what_is_no_toml_is_told_as_of_the_whole_file() {
        let feed = |url: &str| format!("[[feed]]\nurl = {url}\n");
        let (good, other) = (feed("\"https://a.example/\""), feed("\"ftp://b.example/\""));
        for (text, expected) in [
            (
                format!("{good}{}{other}", feed("")),
                vec![":4:7: ", ":6:7: "],
            ),
            (format!("{good}[feed]\nurl = \"x\"\n"), vec![":3:2: "]),
            (format!("feed = 1\n{good}"), vec![":1:8: ", ":2:3: "]),
            (
                format!("{good}[store]\n[feed.headers]\na b = \"x\"\n"),
                vec![":5:3: "],
            ),
            (format!("{good}{}", feed("\"\"\"endless")), vec![":4:"]),
        ] {
            let (feeds, said) = load(&text);
            assert!(feeds.is_empty(), "{text}");
            for place in expected {
                assert!(said.contains(place), "{text}: {said}");
            }
        }
    }
}
