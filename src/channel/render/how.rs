//! How a term matched, in words: exact, by its stem, as another name, or with letters that differ.

use super::plain::{plain, shorten};
use crate::text::fold;
use crate::text::gazetteer;

/// Characters of a term, and of what it stands for.
const TERM_CHARS: usize = 80;

/// `Tiongkok = China (alias, id)`: the words of the text, and the reason that the rules gave
/// (`country:CN (id name)`, `"menlu" (stem)`, `~"Zelensky"`, `person:wang-yi (like Wang Yi)`). A reason of another
/// form is told as it is.
pub(super) fn in_words(text: &str, why: &str) -> String {
    let text = shorten(&plain(text), TERM_CHARS);
    let why = plain(why);
    let told = of_place(&text, &why)
        .or_else(|| of_name(&text, &why))
        .or_else(|| of_term(&text, &why));
    told.unwrap_or_else(|| format!("{text}: {}", shorten(&why, TERM_CHARS)))
}

/// `country:CN (id name)`.
fn of_place(text: &str, why: &str) -> Option<String> {
    let (sign, rest) = why.split_once(':')?;
    let of = match sign {
        "country" => "",
        "capital" => "the capital of ",
        "gov" => "the government of ",
        _ => return None,
    };
    let (code, note) = bracketed(rest)?;
    let name = gazetteer::english_name(code)?;
    let (lang, kind) = note.rsplit_once(' ')?;
    if of.is_empty() && kind == "name" && fold(text) == fold(name) {
        return Some(format!("{text} (exact)"));
    }
    let kind = if kind == "name" { "alias" } else { kind };
    let lang = match lang {
        "*" => String::new(),
        lang => format!(", {lang}"),
    };
    Some(format!("{text} = {of}{name} ({kind}{lang})"))
}

/// `person:wang-yi (王毅)`, `person:wang-yi (Wang Yi, stem)`, `person:wang-yi (like Wang Yi)`.
fn of_name(text: &str, why: &str) -> Option<String> {
    if !why.starts_with("person:") && !why.starts_with("org:") {
        return None;
    }
    let (label, note) = bracketed(why)?;
    let label = shorten(label, TERM_CHARS);
    Some(if let Some(name) = note.strip_prefix("like ") {
        format!("{}, {label}", fuzzy(text, name))
    } else if let Some(name) = note.strip_suffix(", stem") {
        format!("{text} = {label} (stem of {})", shorten(name, TERM_CHARS))
    } else if fold(note) == fold(text) {
        format!("{text} = {label} (exact)")
    } else {
        format!("{text} = {label} (alias {})", shorten(note, TERM_CHARS))
    })
}

/// A term as rules write it.
fn of_term(text: &str, why: &str) -> Option<String> {
    let (term, stemmed) = match why.strip_suffix(" (stem)") {
        Some(term) => (term, true),
        None => (why, false),
    };
    if term.len() > 1 && term.starts_with('/') && term.ends_with('/') {
        let pattern = shorten(term, TERM_CHARS);
        return Some(format!("{text} (pattern {pattern})"));
    }
    let open = term.find('"')?;
    let word = term[open..].strip_prefix('"')?.strip_suffix('"')?;
    let word = word.replace("\\\"", "\"").replace("\\\\", "\\");
    let shown = shorten(&word, TERM_CHARS);
    match &term[..open] {
        "~" if fold(&word) != fold(text) => Some(fuzzy(text, &word)),
        "=Aa" => Some(format!("{text} (exact, with its capitals)")),
        "" if stemmed && fold(&word) != fold(text) => Some(format!("{text} = {shown} (stem)")),
        "" if word.ends_with('*') => Some(format!("{text} (begins as {shown})")),
        "" if fold(&word) != fold(text) => Some(format!("{text} = {shown} (alias)")),
        "" | "=" | "~" => Some(format!("{text} (exact)")),
        _ => None,
    }
}

/// `Zang Hunhui ~ Zhang Hanhui (fuzzy, distance 2)`: letters that differ, changes of places as one.
fn fuzzy(text: &str, name: &str) -> String {
    let distance = strsim::osa_distance(&fold(text), &fold(name));
    let name = shorten(name, TERM_CHARS);
    format!("{text} ~ {name} (fuzzy, distance {distance})")
}

/// What stands before a note in brackets at the end, and the note.
fn bracketed(why: &str) -> Option<(&str, &str)> {
    why.strip_suffix(')')?.split_once(" (")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_told_in_words() {
        for (text, why, told) in [
            (
                "Tiongkok",
                "country:CN (id name)",
                "Tiongkok = China (alias, id)",
            ),
            ("China", "country:CN (en name)", "China (exact)"),
            (
                "الصيني",
                "country:CN (ar adjective)",
                "الصيني = China (adjective, ar)",
            ),
            (
                "Moskow",
                "country:RU (id capital)",
                "Moskow = Russia (capital, id)",
            ),
            (
                "Kremlin",
                "gov:RU (* metonym)",
                "Kremlin = the government of Russia (metonym)",
            ),
            (
                "США",
                "country:US (ru name)",
                "США = United States (alias, ru)",
            ),
            (
                "Teheran",
                "capital:IR (id capital)",
                "Teheran = the capital of Iran (capital, id)",
            ),
            ("menlu", "\"menlu\"", "menlu (exact)"),
            (
                "ministers",
                "\"minister\" (stem)",
                "ministers = minister (stem)",
            ),
            ("EU", "=Aa\"EU\"", "EU (exact, with its capitals)"),
            ("runding", "=\"runding\"", "runding (exact)"),
            (
                "perundingan",
                "\"perunding*\"",
                "perundingan (begins as perunding*)",
            ),
            (
                "Zelenskyy",
                "~\"Zelensky\"",
                "Zelenskyy ~ Zelensky (fuzzy, distance 1)",
            ),
            ("24 dead", "/\\d+ dead/", "24 dead (pattern /\\d+ dead/)"),
            (
                "王毅",
                "person:wang-yi (王毅)",
                "王毅 = person:wang-yi (exact)",
            ),
            (
                "Zang Hunhui",
                "person:zhang-hanhui (like Zhang Hanhui)",
                "Zang Hunhui ~ Zhang Hanhui (fuzzy, distance 2), person:zhang-hanhui",
            ),
            (
                "Лавровым",
                "person:lavrov (Лавров, stem)",
                "Лавровым = person:lavrov (stem of Лавров)",
            ),
            ("x", "some other reason", "x: some other reason"),
            ("x", "country:QQQ (id name)", "x: country:QQQ (id name)"),
            ("x", "", "x: "),
        ] {
            assert_eq!(in_words(text, why), told);
        }
    }
}
