//! The headline among the titles that a page gives itself, with the site's name cut off.

/// What stands between a headline and the name of the site.
const SEPARATORS: &[&str] = &[
    " - ", " | ", " – ", " — ", " :: ", " » ", " « ", " • ", " · ", " / ", " ‹ ", "｜", "_",
    " -- ", "|", "－",
];

/// The titles a page gives itself, best first, and what its site is called.
#[derive(Debug, Default)]
pub struct Titles<'a> {
    /// Candidates in order of trust: JSON-LD, OpenGraph, the headline element, `<title>`.
    pub candidates: Vec<String>,
    /// The headline element, as readers see it.
    pub visible: Option<String>,
    /// Names of the site, as its metadata gives them.
    pub site_names: Vec<&'a str>,
    /// Host name of the page.
    pub host: &'a str,
}

impl Titles<'_> {
    /// The headline: what most candidates agree on after the site's name is cut off, else the first.
    #[must_use]
    pub fn headline(&self) -> Option<String> {
        let cut: Vec<String> = self
            .candidates
            .iter()
            .map(|title| self.without_site(title))
            .collect();
        let votes = |title: &str| {
            cut.iter()
                .filter(|other| squashed(other) == squashed(title))
                .count()
        };
        let best = cut.iter().map(|title| votes(title)).max()?;
        let chosen = cut.iter().find(|title| votes(title) == best)?;
        let visible = self
            .visible
            .as_ref()
            .filter(|visible| is_start_of(visible, chosen));
        Some(visible.unwrap_or(chosen).clone())
    }

    /// Cuts the site's name from the end or the start of a title, as often as it stands there.
    fn without_site(&self, title: &str) -> String {
        let mut title = title.trim();
        loop {
            let shorter = SEPARATORS.iter().find_map(|separator| {
                let from_end = title
                    .rsplit_once(separator)
                    .filter(|(rest, tail)| self.is_furniture(tail, rest))
                    .map(|(rest, _)| rest);
                let from_start = || {
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

    /// `part` is the name of the site, or what is left without it is another candidate as it stands.
    fn is_furniture(&self, part: &str, rest: &str) -> bool {
        let (part, rest) = (squashed(part), squashed(rest));
        if part.is_empty() || rest.is_empty() {
            return part.is_empty() && !rest.is_empty();
        }
        self.candidates.iter().any(|other| squashed(other) == rest)
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

/// `title` goes on behind `visible` with a rubric ("... * Site * by Y"). A kicker in front ("Attack on X: ...")
/// belongs to the headline.
fn is_start_of(visible: &str, title: &str) -> bool {
    const VISIBLE_CHARS_MIN: usize = 16;
    // A Hangul letter that Korean sites write for a bar.
    let is_joint = |c: char| !c.is_alphanumeric() || c == 'ㅣ';
    let behind = title.strip_prefix(visible).map(str::trim_start);
    visible.chars().count() >= VISIBLE_CHARS_MIN
        && behind.is_some_and(|rest| rest.starts_with(is_joint))
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
            let titles = Titles {
                candidates: candidates.iter().map(|title| (*title).to_owned()).collect(),
                site_names: vec![site],
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
}
