//! Stemming by lists of endings, for languages that Snowball lacks.
//!
//! Endings stand in normal form. One ending is taken off, the longest that leaves enough of the word:
//! the forms of nouns and adjectives meet, derivations mostly stay apart.

/// Particles that Korean writes onto nouns, longest first.
pub(super) const KOREAN: &[&str] = &[
    "으로부터",
    "에서부터",
    "에게서는",
    "으로서의",
    "에서는",
    "에서의",
    "에서도",
    "에게서",
    "으로서",
    "으로써",
    "으로는",
    "으로의",
    "이라고",
    "이라는",
    "로부터",
    "까지의",
    "까지도",
    "부터의",
    "과의",
    "와의",
    "과는",
    "와는",
    "에는",
    "에도",
    "에게",
    "에서",
    "으로",
    "로서",
    "로써",
    "로는",
    "로의",
    "까지",
    "부터",
    "처럼",
    "보다",
    "라고",
    "라는",
    "이나",
    "이며",
    "이고",
    "마저",
    "조차",
    "측은",
    "측이",
    "측의",
    "측에",
    "측과",
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "과",
    "와",
    "의",
    "에",
    "로",
    "도",
    "만",
    "측",
];

const UKRAINIAN: &[&str] = &[
    "ського",
    "ському",
    "ськими",
    "ською",
    "ській",
    "ських",
    "ським",
    "ський",
    "ська",
    "ське",
    "ську",
    "ські",
    "ового",
    "овому",
    "ними",
    "ного",
    "ному",
    "ної",
    "ною",
    "них",
    "ним",
    "ими",
    "ого",
    "ому",
    "ами",
    "ями",
    "ові",
    "еві",
    "єві",
    "ією",
    "ої",
    "ою",
    "ею",
    "єю",
    "ів",
    "їв",
    "их",
    "им",
    "ах",
    "ях",
    "ам",
    "ям",
    "ом",
    "ем",
    "єм",
    "ий",
    "ій",
    "ії",
    "ія",
    "ію",
    "ям",
    "а",
    "я",
    "о",
    "е",
    "є",
    "и",
    "і",
    "ї",
    "у",
    "ю",
    "ь",
    "й",
];

const BELARUSIAN: &[&str] = &[
    "скага",
    "скаму",
    "скімі",
    "ская",
    "скай",
    "скае",
    "скую",
    "скія",
    "скіх",
    "скім",
    "скі",
    "амі",
    "ямі",
    "ага",
    "ому",
    "аму",
    "ымі",
    "імі",
    "ыя",
    "ія",
    "ая",
    "ае",
    "ую",
    "ай",
    "ей",
    "яй",
    "ой",
    "аў",
    "яў",
    "оў",
    "еў",
    "ах",
    "ях",
    "ам",
    "ям",
    "ом",
    "ем",
    "ых",
    "іх",
    "ым",
    "ім",
    "іі",
    "ію",
    "ы",
    "і",
    "а",
    "я",
    "о",
    "е",
    "у",
    "ю",
    "э",
    "ь",
    "й",
];

const BULGARIAN: &[&str] = &[
    "ският",
    "ския",
    "ската",
    "ското",
    "ските",
    "ска",
    "ско",
    "ски",
    "овете",
    "евете",
    "ията",
    "иите",
    "ците",
    "ият",
    "ите",
    "ата",
    "ята",
    "ето",
    "ото",
    "ове",
    "еве",
    "ища",
    "ия",
    "ии",
    "ът",
    "ят",
    "та",
    "то",
    "те",
    "а",
    "я",
    "и",
    "о",
    "е",
    "у",
    "й",
];

const POLISH: &[&str] = &[
    "skiego", "skiemu", "skimi", "skich", "skiej", "skie", "skim", "ska", "ski", "sko", "owego",
    "owemu", "owych", "owymi", "owej", "owym", "iego", "iemu", "iami", "iach", "iowi", "ego",
    "emu", "ami", "ach", "owi", "iem", "iom", "iej", "ich", "imi", "ych", "ymi", "ow", "om", "em",
    "im", "ym", "ej", "ie", "ia", "iu", "ii", "io", "a", "e", "i", "o", "u", "y",
];

const CZECH: &[&str] = &[
    "skeho", "skemu", "skych", "skymi", "skou", "skem", "skym", "ske", "sky", "ska", "sko", "sti",
    "oveho", "ovych", "iami", "iach", "ovia", "ovi", "ove", "ich", "imi", "iho", "imu", "eho",
    "emu", "ymi", "ych", "ami", "emi", "ata", "aty", "ach", "ech", "iou", "ou", "um", "om", "em",
    "im", "ym", "ie", "ia", "iu", "ii", "ej", "ov", "a", "e", "i", "o", "u", "y",
];

const SLOVENE: &[&str] = &[
    "skega", "skemu", "skih", "skim", "skem", "ski", "ska", "sko", "ske", "ega", "emu", "imi",
    "ami", "ema", "oma", "ih", "im", "em", "om", "am", "ah", "ov", "ev", "jo", "ja", "ji", "je",
    "a", "e", "i", "o", "u",
];

const LATVIAN: &[&str] = &[
    "iem", "ajam", "ajai", "ajos", "ajas", "ai", "am", "as", "es", "is", "us", "os", "ei", "em",
    "im", "um", "ie", "ij", "a", "e", "i", "o", "u", "s",
];

const PERSIAN: &[&str] = &["هايي", "هاي", "ها", "ترين", "تر", "ان", "ات"];

const BENGALI: &[&str] = &[
    "গুলোর",
    "গুলোকে",
    "গুলো",
    "গুলি",
    "দের",
    "দেরকে",
    "টির",
    "টিকে",
    "টি",
    "টা",
    "য়ের",
    "য়ে",
    "ের",
    "কে",
    "তে",
    "রা",
    "র",
    "য়",
    "ে",
];

const MARATHI: &[&str] = &[
    "ांच्या",
    "ाच्या",
    "ांनी",
    "ांना",
    "च्या",
    "ाने",
    "ाला",
    "ाची",
    "ाचे",
    "ाचा",
    "ने",
    "ला",
    "ची",
    "चे",
    "चा",
    "त",
];

const TELUGU: &[&str] = &["లకు", "లతో", "లను", "లలో", "లు", "కు", "తో", "ను", "లో"];

/// The endings of a language and how many characters must stay; `None` where there is no list.
pub(super) fn of(lang: &str) -> Option<(&'static [&'static str], usize)> {
    Some(match lang {
        "uk" => (UKRAINIAN, 3),
        "be" => (BELARUSIAN, 3),
        "bg" | "mk" => (BULGARIAN, 3),
        "pl" => (POLISH, 3),
        "cs" | "sk" => (CZECH, 3),
        "sl" => (SLOVENE, 3),
        "lv" => (LATVIAN, 3),
        "fa" => (PERSIAN, 3),
        "bn" => (BENGALI, 2),
        "mr" => (MARATHI, 3),
        "te" => (TELUGU, 3),
        _ => return None,
    })
}

/// The word without the longest of `endings` that leaves at least `keep` characters.
pub(super) fn strip<'w>(word: &'w str, endings: &[&str], keep: usize) -> &'w str {
    let kept = |(rest, keep): &(&str, usize)| rest.chars().nth(keep.saturating_sub(1)).is_some();
    endings
        .iter()
        .filter_map(|ending| Some((word.strip_suffix(ending)?, keep + added(ending))))
        .filter(kept)
        .min_by_key(|(rest, _)| rest.len())
        .map_or(word, |(rest, _)| rest)
}

/// One character more must stay before an ending that makes an adjective: `polski` is no form of `pole`.
fn added(ending: &str) -> usize {
    let derives = ["sk", "ck", "ow", "ов", "ск", "цьк", "ськ"];
    usize::from(ending.chars().count() > 2 && derives.iter().any(|sign| ending.starts_with(sign)))
}

/// The word without any of `endings`, as long as `keep` characters are left: what looks like an ending of the
/// bare word goes off its other forms too, so that they still meet (우크라이나, 우크라이나에).
pub(super) fn strip_all<'w>(mut word: &'w str, endings: &[&str], keep: usize) -> &'w str {
    loop {
        let shorter = strip(word, endings, keep);
        if shorter.len() == word.len() {
            return word;
        }
        word = shorter;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold;

    #[test]
    fn the_longest_ending_goes_that_leaves_enough() {
        assert_eq!(strip("российские", &["е", "ие"], 3), "российск");
        assert_eq!(strip("дня", &["ня", "я"], 2), "дн");
        assert_eq!(strip("я", &["я"], 1), "я");
        assert_eq!(strip("", &["я"], 0), "");
    }

    #[test]
    fn endings_stand_in_normal_form() {
        for lang in [
            "uk", "be", "bg", "pl", "cs", "sl", "lv", "fa", "bn", "mr", "te",
        ] {
            let (endings, _) = of(lang).expect("listed above");
            for ending in endings {
                assert_eq!(fold(ending), *ending, "{lang}");
            }
        }
    }
}
