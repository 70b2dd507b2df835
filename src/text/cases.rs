//! The cases of names in Cyrillic, which stemmers take apart wrongly (Лавров is no genitive of лавр).

/// Endings of a word, and what stands in its place in the genitive, dative, accusative, instrumental and
/// prepositional case. The first that fits is used; the empty one fits what ends in a consonant.
const ENDINGS: &[(&str, [&str; 5])] = &[
    ("ский", ["ского", "скому", "ского", "ским", "ском"]),
    ("цкий", ["цкого", "цкому", "цкого", "цким", "цком"]),
    ("ська", ["ської", "ській", "ську", "ською", "ській"]),
    ("ий", ["ия", "ию", "ия", "ием", "ии"]),
    ("ый", ["ого", "ому", "ого", "ым", "ом"]),
    ("ой", ["ого", "ому", "ого", "ым", "ом"]),
    ("й", ["я", "ю", "я", "ем", "е"]),
    ("ая", ["ой", "ой", "ую", "ой", "ой"]),
    ("ова", ["овой", "овой", "ову", "овой", "овой"]),
    ("ева", ["евой", "евой", "еву", "евой", "евой"]),
    ("ина", ["иной", "иной", "ину", "иной", "иной"]),
    ("ия", ["ии", "ии", "ию", "ией", "ии"]),
    ("га", ["ги", "ге", "гу", "гой", "ге"]),
    ("ка", ["ки", "ке", "ку", "кой", "ке"]),
    ("ха", ["хи", "хе", "ху", "хой", "хе"]),
    ("а", ["ы", "е", "у", "ой", "е"]),
    ("я", ["и", "е", "ю", "ей", "е"]),
    ("ь", ["я", "ю", "я", "ем", "е"]),
    ("ов", ["ова", "ову", "ова", "овым", "ове"]),
    ("ев", ["ева", "еву", "ева", "евым", "еве"]),
    ("ёв", ["ёва", "ёву", "ёва", "ёвым", "ёве"]),
    ("ин", ["ина", "ину", "ина", "иным", "ине"]),
    ("ын", ["ына", "ыну", "ына", "ыным", "ыне"]),
    ("", ["а", "у", "а", "ом", "е"]),
];

/// The cases of a name of one or more words, without the first; none for names that have none.
#[must_use]
pub fn cases(name: &str) -> Vec<String> {
    let words: Vec<[String; 5]> = name.split(' ').map(cases_of_word).collect();
    let mut cases: Vec<String> = (0..5)
        .map(|case| {
            let words: Vec<&str> = words.iter().map(|word| word[case].as_str()).collect();
            words.join(" ")
        })
        .filter(|case| case != name)
        .collect();
    cases.sort_unstable();
    cases.dedup();
    cases
}

fn cases_of_word(word: &str) -> [String; 5] {
    const VOWELS: &str = "еёиоуыэюєіїъ";
    let is_cyrillic = |c: char| ('\u{400}'..='\u{4ff}').contains(&c);
    let last = word.chars().next_back();
    let declines =
        last.is_some_and(|last| is_cyrillic(last) && last.is_lowercase() && !VOWELS.contains(last));
    let fits =
        |ending: &&(&str, [&str; 5])| word.len() > ending.0.len() && word.ends_with(ending.0);
    match ENDINGS.iter().find(fits).filter(|_| declines) {
        Some((ending, instead)) => {
            let stem = &word[..word.len() - ending.len()];
            instead.map(|instead| format!("{stem}{instead}"))
        }
        None => std::array::from_fn(|_| word.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_declined_word_by_word() {
        for (name, expected) in [
            (
                "Сергей Лавров",
                "Сергее Лаврове|Сергеем Лавровым|Сергею Лаврову|Сергея Лаврова",
            ),
            ("Зеленский", "Зеленским|Зеленского|Зеленском|Зеленскому"),
            (
                "Мария Захарова",
                "Марией Захаровой|Марии Захаровой|Марию Захарову",
            ),
            ("Ван И", "Вана И|Ване И|Ваном И|Вану И"),
            ("Шойгу", ""),
            ("МИД", ""),
            ("Lavrov", ""),
            ("王毅", ""),
        ] {
            assert_eq!(cases(name).join("|"), expected, "{name}");
        }
    }
}
