//! Leaders and offices of states, which `gov:` finds and `country:` does not: `leaders.tsv`, `offices.tsv`.

use std::sync::LazyLock;

use jiff::civil::Date;
use rustc_hash::FxHashSet;

use super::{Form, FormKind, forms, in_capitals};
use crate::text::{analyse, cases};

static LEADERS: &str = include_str!("leaders.tsv");
static OFFICES: &str = include_str!("offices.tsv");

/// Endings that languages of Latin script put to a name: genitives of Germanic languages, cases of Slavic ones.
const ENDINGS: &[&str] = &["s", "a", "em", "om", "ovi", "owi", "u", "ie"];
/// Letters of a name that takes them, and of one that headlines write in capitals.
const LETTERS_OF_DECLINED: usize = 5;

/// Somebody in office.
struct Leader {
    code: &'static str,
    /// First day in office.
    since: Date,
    /// First day no longer.
    until: Option<Date>,
    names: &'static str,
}

static IN_OFFICE: LazyLock<Vec<Leader>> = LazyLock::new(|| {
    let lines = LEADERS.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(leader).collect()
});

fn leader(line: &'static str) -> Option<Leader> {
    let mut fields = line.split('\t');
    Some(Leader {
        code: fields.next()?,
        since: fields.next()?.parse().ok()?,
        until: match fields.next()? {
            "" => None,
            day => Some(day.parse().ok()?),
        },
        names: fields.next()?,
    })
}

impl Leader {
    /// Whether in office on a day; without one at the end of what is known.
    fn governs(&self, day: Option<Date>) -> bool {
        match day {
            Some(day) => self.since <= day && self.until.is_none_or(|until| day < until),
            None => self.until.is_none(),
        }
    }
}

fn leaders(code: &str, day: Option<Date>) -> impl Iterator<Item = &'static str> {
    let of_state = IN_OFFICE.iter().filter(move |leader| leader.code == code);
    let governing = of_state.filter(move |leader| leader.governs(day));
    governing.flat_map(|leader| leader.names.split('|'))
}

/// The leaders of a state on a day and its offices, in every language that is known.
#[must_use]
pub fn government(code: &str, day: Option<Date>) -> Vec<Form> {
    let mut found = Vec::new();
    for name in leaders(code, day) {
        found.extend(ways_of_leader(name));
    }
    let named = forms(code);
    for line in OFFICES.lines().filter(|line| !line.starts_with('#')) {
        if let Some((lang, templates)) = line.split_once('\t') {
            offices(lang, templates, &named, &mut found);
        }
    }
    found
}

/// Everything that is known of the government of a state on a day, in a form that is good for telling whether it has
/// changed. (Names of the state are `digest_of`'s.)
#[must_use]
pub fn digest_of_government(code: &str, day: Option<Date>) -> String {
    let names: Vec<&str> = leaders(code, day).collect();
    format!("{}\n{OFFICES}", names.join("|"))
}

/// The ways to write a leader's name.
fn ways_of_leader(name: &str) -> Vec<Form> {
    let is_letter = |from: char, to: char| move |c: char| (from..=to).contains(&c);
    let mut ways = vec![name.to_owned()];
    let first = name.chars().next().unwrap_or_default();
    let (lang, cased) = match first {
        'A'..='Z' | 'À'..='ɏ' | 'Ḁ'..='ỿ' => {
            ways.extend(with_endings(name));
            ways.extend(shouted(name));
            ("*", true)
        }
        'Ѐ'..='ӿ' => {
            ways.extend(cases(name));
            ways.extend(shouted(name));
            ("*", true)
        }
        // Particles stand behind the name without a space: its stem is the name.
        '가'..='힣' => ("ko", false),
        _ => {
            let is_word = name.chars().all(is_letter('\u{600}', '\u{6ff}'));
            let prefixes = ["و", "ب", "ل"].iter().filter(|_| is_word);
            ways.extend(prefixes.map(|prefix| format!("{prefix}{name}")));
            ("*", false)
        }
    };
    let form = |text| Form {
        text,
        lang: lang.to_owned(),
        kind: FormKind::Leader,
        cased,
    };
    ways.into_iter().map(form).collect()
}

fn with_endings(name: &str) -> Vec<String> {
    let ends_open = name.ends_with(|c: char| !c.is_alphabetic() || "aeiouyáéíóú".contains(c));
    if name.chars().count() < LETTERS_OF_DECLINED || ends_open {
        return Vec::new();
    }
    let endings = ENDINGS
        .iter()
        .filter(|ending| !(name.ends_with(['s', 'z', 'x']) && **ending == "s"));
    endings.map(|ending| format!("{name}{ending}")).collect()
}

fn shouted(name: &str) -> Option<String> {
    (name.chars().count() >= LETTERS_OF_DECLINED).then(|| in_capitals(name, "*"))
}

/// The offices of a state in one language, each once: stems unite their cases.
fn offices(lang: &str, templates: &str, named: &[Form], found: &mut Vec<Form>) {
    let of_kind = |kind: FormKind| -> Vec<&str> {
        let forms = named
            .iter()
            .filter(|form| form.lang == lang && form.kind == kind);
        let texts = forms.map(|form| form.text.as_str());
        texts.collect()
    };
    let names = of_kind(FormKind::Name);
    let adjectives = of_kind(FormKind::Adjective);
    let mut known: FxHashSet<Vec<std::sync::Arc<str>>> = FxHashSet::default();
    for template in templates.split('|') {
        let (slot, words) = match template.contains("{n}") {
            true => ("{n}", &names),
            false => ("{a}", &adjectives),
        };
        for word in words {
            let text = template.replace(slot, word);
            let tokens = analyse(&text, Some(lang)).tokens;
            if known.insert(tokens.into_iter().map(|token| token.stem).collect()) {
                found.push(Form {
                    text,
                    lang: lang.to_owned(),
                    kind: FormKind::Office,
                    cased: false,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::codes;
    use super::*;

    fn has(code: &str, day: &str, text: &str) -> bool {
        let forms = government(code, Some(day.parse().unwrap()));
        forms.iter().any(|form| form.text == text)
    }

    #[test]
    fn the_files_say_what_they_can_be_read_to_say() {
        for line in LEADERS.lines().filter(|line| !line.starts_with('#')) {
            let leader = leader(line).unwrap_or_else(|| panic!("{line}"));
            assert!(codes().any(|code| code == leader.code), "{line}");
            assert!(
                leader.until.is_none_or(|until| leader.since < until),
                "{line}"
            );
            assert!(
                leader.names.split('|').all(|name| !name.trim().is_empty()),
                "{line}"
            );
        }
        for line in OFFICES.lines().filter(|line| !line.starts_with('#')) {
            let (_, templates) = line.split_once('\t').unwrap();
            for template in templates.split('|') {
                assert_eq!(template.matches('{').count(), 1, "{template}");
                assert!(
                    template.contains("{n}") || template.contains("{a}"),
                    "{template}"
                );
            }
        }
    }

    #[test]
    fn leaders_count_while_they_are_in_office() {
        for (code, day, text, is_in) in [
            ("US", "2024-06-01", "Biden", true),
            ("US", "2025-06-01", "Biden", false),
            ("US", "2024-06-01", "Trump", false),
            ("US", "2025-06-01", "Trump", true),
            ("RU", "2025-06-01", "Путина", true),
            ("PL", "2025-06-01", "Tuskowi", false),
            ("PL", "2025-06-01", "Tuska", false),
            ("RU", "2025-06-01", "Putinem", true),
            ("RU", "2025-06-01", "普京", true),
            ("FR", "2017-05-13", "Macron", false),
            ("FR", "2017-05-14", "Macron", true),
        ] {
            assert_eq!(has(code, day, text), is_in, "{code} {day} {text}");
        }
        assert!(
            government("DE", None)
                .iter()
                .all(|form| form.text != "Merkel")
        );
    }

    #[test]
    fn offices_are_bound_to_their_state() {
        for (code, text) in [
            ("CN", "Chinese foreign ministry"),
            ("CN", "中国外交部"),
            ("RU", "МИД РФ"),
            ("CN", "Kementerian Luar Negeri China"),
            ("DE", "Presiden Jerman"),
        ] {
            assert!(has(code, "2025-06-01", text), "{code} {text}");
        }
        let bare = ["外交部", "МИД", "foreign ministry"];
        let forms = government("CN", None);
        assert!(forms.iter().all(|form| !bare.contains(&form.text.as_str())));
    }
}
