//! Lines, headlines and hosts as numbers and keys.

use url::Url;

use crate::extract::shingles;
use crate::text::is_spaceless;

/// Hashes have so many bits: with 512 lines known and fifty on a page, one page in forty million has a line taken for
/// another, and only if that one recurs does it matter.
const HASH_BITS: u32 = 40;
/// Least letters of a word of a headline that says what it is about.
const TOPIC_LETTERS_MIN: usize = 4;
/// Words of a headline that are kept: more would make any two headlines alike.
const TOPICS: usize = 8;

/// The host that the memory of a page is kept under: its full name without `www.`, with a port that is not the usual one.
///
/// Not the registrable domain, which `fetch` keeps its distance by: `sport.example` and `blog.example` of one
/// publisher are made from templates of their own, and the lines of one would push those of the other out.
#[must_use]
pub fn host_of(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let host = url.host_str()?.trim_end_matches('.').to_ascii_lowercase();
    let name = host.strip_prefix("www.").unwrap_or(&host);
    let port = url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    (!name.is_empty()).then(|| format!("{name}{port}"))
}

/// Hash of the letters and digits of a line, case folded; none when it has no letters.
pub(super) fn line_hash(text: &str) -> Option<u64> {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut letters = false;
    let mut mix = |c: char| {
        letters |= c.is_alphabetic();
        hash = (hash.rotate_left(5) ^ u64::from(u32::from(c))).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    };
    for c in text.chars().filter(|c| c.is_alphanumeric()) {
        if c.is_ascii() {
            mix(c.to_ascii_lowercase());
        } else {
            c.to_lowercase().for_each(&mut mix);
        }
    }
    // The high bits of a product are the well-mixed ones.
    letters.then_some(hash >> (u64::BITS - HASH_BITS))
}

/// The address that an article is known by: the one that its page calls its own, on the same host and not its front
/// page, which careless templates name on every page.
pub(super) fn own_url<'a>(page: &'a str, canonical: Option<&'a str>) -> &'a str {
    let names_an_article =
        |url: &str| Url::parse(url).is_ok_and(|url| url.path().len() > 1 || url.query().is_some());
    let own = canonical.filter(|url| host_of(url) == host_of(page) && names_an_article(url));
    own.unwrap_or(page)
}

/// Hash of an address without its fragment, the scheme left out.
pub(super) fn url_hash(url: &str) -> u32 {
    let url = url.split('#').next().unwrap_or_default();
    let bare = url.split_once("://").map_or(url, |(_, rest)| rest);
    let bare = bare
        .strip_prefix("www.")
        .unwrap_or(bare)
        .trim_end_matches('/');
    bare.bytes().fold(0x811c_9dc5, |hash: u32, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

/// What a headline is about: a bit for each of its long words (or pairs of letters where words are not spaced).
pub(super) fn topics(title: &str) -> u64 {
    let mut hashes: Vec<u32> = Vec::new();
    for word in title.split(|c: char| !c.is_alphanumeric()) {
        if word.chars().any(is_spaceless) {
            let letters = shingles::words(word);
            hashes.extend(
                letters
                    .windows(2)
                    .map(|pair| scattered(pair[0] ^ pair[1].rotate_left(7))),
            );
        } else if word.chars().count() >= TOPIC_LETTERS_MIN {
            hashes.extend(shingles::words(word).into_iter().map(scattered));
        }
    }
    hashes.sort_unstable();
    hashes.dedup();
    let bits = hashes.into_iter().take(TOPICS);
    bits.fold(0, |topics, hash| topics | (1 << (hash % u64::BITS)))
}

fn scattered(hash: u32) -> u32 {
    let hash = (hash ^ (hash >> 16)).wrapping_mul(0x045d_9f3b);
    hash ^ (hash >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_its_full_name() {
        for (url, expected) in [
            ("https://www.Example.co.uk/a", Some("example.co.uk")),
            ("https://sport.example.co.uk/a", Some("sport.example.co.uk")),
            ("http://127.0.0.1:8801/a", Some("127.0.0.1:8801")),
            ("https://example.org:443/", Some("example.org")),
            ("entry:1:2", None),
            ("", None),
        ] {
            assert_eq!(host_of(url).as_deref(), expected, "{url}");
        }
    }

    #[test]
    fn lines_that_differ_in_case_and_signs_are_one() {
        let hash = line_hash("Sign up for our newsletter!");
        assert_eq!(hash, line_hash("SIGN UP for our  newsletter"));
        assert_ne!(hash, line_hash("Sign up for our newsletters"));
        assert_eq!(line_hash("12 : 30"), None);
        assert!(line_hash("登録").is_some());
    }

    #[test]
    fn headlines_about_one_matter_share_a_bit() {
        let one = topics("Minister opens the bridge of Lindau");
        assert_ne!(one & topics("Lindau mourns a bridge"), 0);
        assert_eq!(topics("On it we go"), 0);
        assert_ne!(topics("王毅访问俄罗斯") & topics("俄罗斯外长"), 0);
    }

    #[test]
    fn an_article_has_the_address_that_its_page_gives_it_unless_that_is_no_article() {
        let page = "https://example.org/a?from=feed";
        for (canonical, expected) in [
            (
                Some("https://www.example.org/a"),
                "https://www.example.org/a",
            ),
            (Some("https://example.org/"), page),
            (Some("https://example.com/a"), page),
            (None, page),
        ] {
            assert_eq!(own_url(page, canonical), expected, "{canonical:?}");
        }
    }

    #[test]
    fn an_address_is_one_with_and_without_its_trimmings() {
        let hash = url_hash("https://www.example.org/a");
        assert_eq!(hash, url_hash("http://example.org/a/#top"));
        assert_ne!(hash, url_hash("https://example.org/b"));
    }
}
