//! The headline among the titles that a page gives itself, with the site's name cut off.

/// What stands between a headline and the name of the site.
const SEPARATORS: &[&str] = &[
    " - ", " | ", " – ", " — ", " :: ", " » ", " « ", " • ", " · ", " / ", " ‹ ", "｜", "_",
    " -- ", "|", "－", "ㅣ", "--", "：", "-",
];
/// Those of them that stand inside of words and names too: what they cut off must be the site's name.
const JOINTS: &[&str] = &["：", "-", "--"];

/// What the headline element weighs against the titles of the head; it loses to all of them together.
const VISIBLE_WEIGHT: u32 = 20;
/// A longer text is no headline but a description of the page.
const DECLARED_CHARS_MAX: usize = 200;

/// A title of a page's head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// `og:title`.
    OpenGraph,
    /// The `title` element.
    Page,
    /// Others.
    Other,
}

impl Named {
    /// What it weighs in a vote.
    fn weight(self) -> u32 {
        match self {
            Self::OpenGraph => 11,
            Self::Page => 7,
            Self::Other => 4,
        }
    }
}

/// The titles a page gives itself, and what its site is called.
#[derive(Debug, Default)]
pub struct Titles<'a> {
    /// `headline` of the article's JSON-LD.
    pub declared: Option<String>,
    /// The headline element, as readers see it.
    pub visible: Option<String>,
    /// Titles of the page's head in order of trust.
    pub head: Vec<(Named, String)>,
    /// Names of the site, as its metadata gives them.
    pub site_names: &'a [String],
    /// The section of the site that the page is in.
    pub section: Option<&'a str>,
    /// Host name of the page.
    pub host: &'a str,
}

impl Titles<'_> {
    /// The headline. Where the article's own object names one, that is it; else what most titles agree on once
    /// the site's name is cut off.
    #[must_use]
    pub fn headline(&self) -> Option<String> {
        let cut = |title: &String| Some(self.without_site(title)).filter(|title| !title.is_empty());
        let declared = self.declared.as_ref().and_then(cut);
        let visible = self.visible.as_ref().and_then(cut);
        let mut all: Vec<(u32, String)> = Vec::new();
        all.extend(visible.iter().map(|title| (VISIBLE_WEIGHT, title.clone())));
        let heads = self.head.iter();
        all.extend(heads.filter_map(|(named, title)| Some((named.weight(), cut(title)?))));
        // What carries the site's name was put together by a program.
        let og = self.of_head(Named::OpenGraph).cloned();
        let og = og.filter(|og| cut(og).as_deref() == Some(og.trim()));
        let page = self.of_head(Named::Page).and_then(cut);
        let usable = |title: &String| {
            let short = title.chars().count() <= DECLARED_CHARS_MAX;
            !self.is_site(title) && (short || all.is_empty())
        };
        let declared = declared.filter(usable);
        let og = og.filter(usable);
        let by_hand =
            og.filter(|og| by_hand(og, declared.as_ref(), visible.as_ref(), page.as_ref()));
        let chosen = match by_hand.or(declared) {
            Some(title) => title,
            None => most_agreed(&all)?.to_owned(),
        };
        let whole = whole_of(&chosen, &all).unwrap_or(&chosen);
        let visible = visible.filter(|visible| is_start_of(visible, whole));
        Some(visible.unwrap_or_else(|| whole.to_owned()))
    }

    fn of_head(&self, named: Named) -> Option<&String> {
        let mut head = self.head.iter();
        head.find(|(name, _)| *name == named)
            .map(|(_, title)| title)
    }

    /// Every title the page gives itself.
    fn candidates(&self) -> impl Iterator<Item = &String> {
        let head = self.head.iter().map(|(_, title)| title);
        self.declared.iter().chain(&self.visible).chain(head)
    }

    fn is_site(&self, title: &str) -> bool {
        let title = squashed(title);
        let mut names = self.site_names.iter();
        title.is_empty() || names.any(|name| squashed(name) == title)
    }

    /// Cuts the site's name from the end or the start of a title, as often as it stands there.
    fn without_site(&self, title: &str) -> String {
        let mut title = title.trim();
        let seen = self.visible.as_deref().map(squashed);
        loop {
            if seen.as_ref() == Some(&squashed(title)) {
                return title.to_owned();
            }
            let shorter = SEPARATORS.iter().find_map(|separator| {
                let is_joint = JOINTS.contains(separator);
                let from_end = title
                    .rsplit_once(separator)
                    .filter(|(rest, tail)| self.is_section(tail) || self.is_furniture(tail, rest))
                    .map(|(rest, _)| rest);
                let from_start = || {
                    if is_joint {
                        return None;
                    }
                    title
                        .split_once(separator)
                        .filter(|(head, rest)| self.is_furniture(head, rest))
                        .map(|(_, rest)| rest)
                };
                from_end.or_else(from_start)
            });
            match shorter {
                Some(rest) => title = rest.trim(),
                None => return title.to_owned(),
            }
        }
    }

    fn is_section(&self, part: &str) -> bool {
        let part = squashed(part);
        let section = self.section.map(squashed);
        !part.is_empty() && section.is_some_and(|section| section == part)
    }

    /// `part` is the name of the site, or what is left without it is another candidate as it stands.
    fn is_furniture(&self, part: &str, rest: &str) -> bool {
        let (part, rest) = (squashed(part), squashed(rest));
        if part.is_empty() || rest.is_empty() {
            return part.is_empty() && !rest.is_empty();
        }
        self.candidates().any(|other| squashed(other) == rest)
            || self
                .site_names
                .iter()
                .any(|name| same_name(&part, &squashed(name)))
            || self.is_host(&part)
    }

    /// "The Jakarta Post" on thejakartapost.com, "BBC News" on bbc.co.uk.
    fn is_host(&self, part: &str) -> bool {
        let host = self.host.strip_prefix("www.").unwrap_or(self.host);
        let whole = squashed(host);
        let mut labels: Vec<String> = host.split('.').map(squashed).collect();
        labels.pop();
        part == whole
            || labels
                .iter()
                .filter(|label| label.chars().count() >= 3)
                .any(|label| {
                    part == label
                        || (label.chars().count() >= 3
                            && part.starts_with(label.as_str())
                            && part.len() <= label.len() + 8)
                })
    }
}

/// Whether OpenGraph's title was written by an editor for readers: the other titles come from one field, and it is
/// another; or it has a kicker as the headline of the page has, and the declared title lacks it.
fn by_hand(
    og: &String,
    declared: Option<&String>,
    visible: Option<&String>,
    page: Option<&String>,
) -> bool {
    let same = |one: Option<&String>, other: Option<&String>| {
        one.zip(other)
            .is_some_and(|(one, other)| squashed(one) == squashed(other))
    };
    let differs = !same(Some(og), declared);
    if same(Some(og), visible) {
        let ends = |title: &String| squashed(og).ends_with(&squashed(title));
        return differs && declared.is_some_and(ends);
    }
    let field = declared.or(visible);
    differs && same(field, page) && (visible.is_none() || same(field, visible))
}

/// What most titles say, each counted with its weight; of equals the first. A headline with a kicker in front
/// votes for the headline.
fn most_agreed(titles: &[(u32, String)]) -> Option<&String> {
    const KICKED_CHARS_MIN: usize = 16;
    let squashed: Vec<String> = titles.iter().map(|(_, title)| squashed(title)).collect();
    let votes = |title: &String| -> u32 {
        let is_long = title.chars().count() >= KICKED_CHARS_MIN;
        let same = |other: &String| other == title || (is_long && other.ends_with(title.as_str()));
        let voters = squashed.iter().zip(titles).filter(|(other, _)| same(other));
        voters.map(|(_, (weight, _))| weight).sum()
    };
    let best = squashed.iter().map(votes).max()?;
    let at = squashed.iter().position(|title| votes(title) == best)?;
    titles.get(at).map(|(_, title)| title)
}

/// The title that goes on where a shortened one ends: with dots, or in the middle of a word at the length at
/// which search engines cut.
fn whole_of<'t>(title: &str, all: &'t [(u32, String)]) -> Option<&'t String> {
    const CUT_CHARS: std::ops::RangeInclusive<usize> = 60..=120;
    let title = title.trim_end();
    let dots = |title: &str| title.ends_with("...") || title.ends_with('…');
    let mut titles = all
        .iter()
        .map(|(_, title)| title)
        .filter(|title| !dots(title));
    if dots(title) {
        let stem = squashed(title);
        return titles.find(|other| {
            let other = squashed(other);
            !stem.is_empty() && other.len() > stem.len() && other.starts_with(&stem)
        });
    }
    let is_inside = |rest: &str| rest.starts_with(char::is_alphanumeric);
    let goes_on = |other: &&String| other.strip_prefix(title).is_some_and(is_inside);
    CUT_CHARS
        .contains(&title.chars().count())
        .then(|| titles.find(goes_on))
        .flatten()
}

/// `title` goes on behind `visible` with a rubric ("... * Site * by Y"). A kicker in front ("Attack on X: ...")
/// belongs to the headline.
fn is_start_of(visible: &str, title: &str) -> bool {
    const VISIBLE_CHARS_MIN: usize = 16;
    // A Hangul letter that Korean sites write for a bar.
    let is_joint = |c: char| !c.is_alphanumeric() || c == 'ㅣ';
    let behind = title.strip_prefix(visible).map(str::trim_start);
    visible.chars().count() >= VISIBLE_CHARS_MIN
        && behind
            .is_some_and(|rest| rest.starts_with(is_joint) && rest.contains(char::is_alphanumeric))
}

/// Equal, or one is the other with a short addition ("Kompas" and "KOMPAS.com").
fn same_name(part: &str, name: &str) -> bool {
    const ADDITION_BYTES_MAX: usize = 8;
    let (short, long) = if part.len() <= name.len() {
        (part, name)
    } else {
        (name, part)
    };
    !short.is_empty()
        && (short == long
            || (short.chars().count() >= 3
                && (long.starts_with(short) || long.ends_with(short))
                && (long.len() - short.len() <= ADDITION_BYTES_MAX || long == name)))
}

/// Letters and digits in lower case: punctuation and spaces differ between titles of one page.
pub fn squashed(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_site_is_cut_off_and_nothing_else() {
        for (candidates, site, host, expected) in [
            (
                vec!["Wang Yi in Moscow - The Example Post"],
                "The Example Post",
                "example.org",
                "Wang Yi in Moscow",
            ),
            (
                vec!["Wang Yi in Moscow | World | Example"],
                "Example",
                "example.org",
                "Wang Yi in Moscow | World",
            ),
            (
                vec!["Wang Yi in Moscow | World | Example", "Wang Yi in Moscow"],
                "Example",
                "example.org",
                "Wang Yi in Moscow",
            ),
            (
                vec!["Berita Hari Ini: Menlu ke Moskow - Contoh.com"],
                "",
                "www.contoh.com",
                "Berita Hari Ini: Menlu ke Moskow",
            ),
            (
                vec!["China - Russia talks - what we know"],
                "Example",
                "example.org",
                "China - Russia talks - what we know",
            ),
            (
                vec!["王毅抵达莫斯科_国际_例子网"],
                "例子网",
                "example.cn",
                "王毅抵达莫斯科_国际",
            ),
            (
                vec![
                    "Example News: all",
                    "Other headline",
                    "Other headline | Example",
                ],
                "Example",
                "example.org",
                "Other headline",
            ),
            (
                vec!["Wang Yi is in Moscow * by Ana", "Wang Yi is in Moscow"],
                "",
                "",
                "Wang Yi is in Moscow",
            ),
            (vec!["Example"], "Example", "example.org", "Example"),
        ] {
            let site_names = [site.to_owned()];
            let titles = Titles {
                declared: None,
                head: candidates
                    .iter()
                    .map(|title| (Named::Other, (*title).to_owned()))
                    .collect(),
                site_names: &site_names,
                section: None,
                host,
                visible: candidates.get(1).map(|title| (*title).to_owned()),
            };
            assert_eq!(
                titles.headline().as_deref(),
                Some(expected),
                "{candidates:?}"
            );
        }
        assert_eq!(Titles::default().headline(), None);
    }

    #[test]
    fn a_title_that_was_written_by_hand_wins() {
        const FIELD: &str = "Wang Yi arrives in Moscow";
        const HAND: &str = "Why Beijing's envoy is in Moscow";
        for (declared, visible, page, og, expected) in [
            (FIELD, FIELD, FIELD, HAND, HAND),
            (FIELD, "", FIELD, HAND, HAND),
            ("", FIELD, FIELD, HAND, HAND),
            // Two fields, or two hands.
            (FIELD, FIELD, "China: Wang Yi in Moscow", HAND, FIELD),
            (FIELD, HAND, FIELD, HAND, FIELD),
            ("", "", FIELD, "", FIELD),
            (
                FIELD,
                FIELD,
                FIELD,
                "Beijing's envoy in Moscow | Example",
                FIELD,
            ),
            // A kicker, as readers see it.
            (
                "Wang Yi arrives",
                "Visit Wang Yi arrives",
                "Wang Yi arrives",
                "Visit / Wang Yi arrives",
                "Visit / Wang Yi arrives",
            ),
        ] {
            let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
            let head = [(Named::OpenGraph, og), (Named::Page, page)];
            let titles = Titles {
                declared: some(declared),
                visible: some(visible),
                head: head
                    .iter()
                    .filter_map(|(named, title)| Some((*named, some(title)?)))
                    .collect(),
                site_names: &["Example".to_owned()],
                ..Titles::default()
            };
            assert_eq!(titles.headline().as_deref(), Some(expected));
        }
    }

    #[test]
    fn the_declared_headline_wins_and_is_made_whole() {
        for (declared, visible, head, expected) in [
            (
                "Talks begin",
                "Talks have begun",
                vec!["Talks have begun | Example"],
                "Talks begin",
            ),
            (
                "Wang Yi arrives in...",
                "Wang Yi arrives in Moscow",
                vec![],
                "Wang Yi arrives in Moscow",
            ),
            (
                "Example",
                "Wang Yi arrives in Moscow",
                vec!["Wang Yi arrives in Moscow"],
                "Wang Yi arrives in Moscow",
            ),
            (
                "",
                "Kremlin Wang Yi arrives in Moscow",
                vec!["Wang Yi arrives in Moscow - Example"],
                "Wang Yi arrives in Moscow",
            ),
            (
                "",
                "",
                vec!["Wang Yi in Moskau-PolitikㅣExample", "Wang Yi in Moskau"],
                "Wang Yi in Moskau",
            ),
            ("", "", vec!["王毅抵达莫斯科：Example"], "王毅抵达莫斯科"),
            (
                "",
                "",
                vec!["Wang Yi in Moskau-PolitikㅣExample"],
                "Wang Yi in Moskau",
            ),
            ("Why so?...", "Why so?", vec![], "Why so?..."),
        ] {
            let site_names = ["Example".to_owned()];
            let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
            let titles = Titles {
                declared: some(declared),
                visible: some(visible),
                head: head
                    .into_iter()
                    .map(|title| (Named::Other, title.to_owned()))
                    .collect(),
                site_names: &site_names,
                section: Some("Politik"),
                host: "",
            };
            assert_eq!(titles.headline().as_deref(), Some(expected));
        }
    }
}
