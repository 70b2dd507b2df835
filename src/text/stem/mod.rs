//! Stems: what the inflected forms of a word have in common, per language.
//!
//! Snowball where it has the language, prefix rules for Arabic and Hebrew, lists of endings elsewhere.
//! Stems are compared with stems only; nobody reads them.

mod endings;
mod semitic;

use std::borrow::Cow;

use waken_snowball::Algorithm;

/// The stemmer of one language.
#[derive(Debug, Clone, Copy)]
pub struct Stemmer {
    method: Method,
}

#[derive(Debug, Clone, Copy)]
enum Method {
    Snowball(Algorithm),
    /// One ending to take off, the longest, and how many characters must stay.
    Endings(&'static [&'static str], usize),
    /// Endings to take off one after the other, and how many characters must stay.
    Particles(&'static [&'static str], usize),
    Arabic,
    Hebrew,
    Indonesian,
    /// Only the particles of Hangul words, which betray their language.
    Korean,
}

impl Stemmer {
    /// The stemmer of a language (shortest BCP 47 tag); unknown languages leave words as they are.
    #[must_use]
    pub fn new(lang: &str) -> Self {
        let snowball = |algorithm| Method::Snowball(algorithm);
        let method = match lang {
            "ar" => Method::Arabic,
            "he" => Method::Hebrew,
            "hy" => snowball(Algorithm::Armenian),
            "eu" => snowball(Algorithm::Basque),
            "ca" => snowball(Algorithm::Catalan),
            "da" => snowball(Algorithm::Danish),
            "nl" | "af" => snowball(Algorithm::DutchPorter),
            "en" | "pcm" => snowball(Algorithm::English),
            "eo" => snowball(Algorithm::Esperanto),
            "et" => snowball(Algorithm::Estonian),
            "fi" => snowball(Algorithm::Finnish),
            "fr" => snowball(Algorithm::French),
            "de" => snowball(Algorithm::German),
            "el" => snowball(Algorithm::Greek),
            "hi" => snowball(Algorithm::Hindi),
            "hu" => snowball(Algorithm::Hungarian),
            "id" | "ms" => Method::Indonesian,
            "ga" => snowball(Algorithm::Irish),
            "it" => snowball(Algorithm::Italian),
            "lt" => snowball(Algorithm::Lithuanian),
            "ne" => snowball(Algorithm::Nepali),
            "no" | "nb" | "nn" => snowball(Algorithm::Norwegian),
            "pt" | "gl" => snowball(Algorithm::Portuguese),
            "ro" => snowball(Algorithm::Romanian),
            "ru" => snowball(Algorithm::Russian),
            "sr" | "hr" | "bs" | "sh" => snowball(Algorithm::Serbian),
            "es" => snowball(Algorithm::Spanish),
            "sv" => snowball(Algorithm::Swedish),
            "ta" => snowball(Algorithm::Tamil),
            "tr" => snowball(Algorithm::Turkish),
            "yi" => snowball(Algorithm::Yiddish),
            _ => {
                endings::of(lang).map_or(Method::Korean, |(list, keep)| match lang {
                    // Endings stand behind endings; a word that only looks as if it had one must lose it too.
                    "bn" | "fa" => Method::Particles(list, keep),
                    _ => Method::Endings(list, keep),
                })
            }
        };
        Self { method }
    }

    /// The stem of a word in normal form.
    #[must_use]
    pub fn stem<'w>(&self, folded: &'w str) -> Cow<'w, str> {
        if folded.starts_with(is_hangul_syllable) {
            return Cow::Borrowed(endings::strip_all(folded, endings::KOREAN, 2));
        }
        match self.method {
            // The algorithms take `'` for a letter that may be cut off; words have been cut there already.
            Method::Snowball(algorithm) => waken_snowball::stem(algorithm, folded),
            Method::Endings(list, keep) => Cow::Borrowed(endings::strip(folded, list, keep)),
            Method::Particles(list, keep) => Cow::Borrowed(endings::strip_all(folded, list, keep)),
            Method::Arabic => Cow::Borrowed(semitic::arabic(folded)),
            Method::Hebrew => Cow::Borrowed(semitic::hebrew(folded)),
            Method::Indonesian => indonesian(folded),
            Method::Korean => Cow::Borrowed(folded),
        }
    }
}

/// Snowball takes every final `-mu` and `-ku` for "your" and "my", which news hardly ever say, and so
/// cuts "bertemu" (to meet) to "berte". A verb ending behind it keeps them in the word.
fn indonesian(folded: &str) -> Cow<'_, str> {
    if folded.ends_with("mu") || folded.ends_with("ku") {
        Cow::Owned(
            waken_snowball::stem(Algorithm::Indonesian, &format!("{folded}kan")).into_owned(),
        )
    } else {
        waken_snowball::stem(Algorithm::Indonesian, folded)
    }
}

fn is_hangul_syllable(c: char) -> bool {
    ('가'..='힣').contains(&c)
}

/// The stem of a word in normal form (see [`fold`](super::fold)) in a language (shortest BCP 47 tag).
#[must_use]
pub fn stem<'w>(folded: &'w str, lang: &str) -> Cow<'w, str> {
    Stemmer::new(lang).stem(folded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold;

    #[test]
    fn forms_of_a_word_share_a_stem() {
        let cases = [
            ("en", "visit visits visited visiting"),
            ("de", "chinesisch chinesische chinesischen chinesischer"),
            ("fr", "chinois chinoise"),
            ("es", "chino china chinos chinas"),
            ("ru", "российский российского российской российские"),
            ("ru", "переговоры переговоров переговорах"),
            ("uk", "Росія Росії Росію Росією"),
            ("uk", "китайський китайського китайська китайські"),
            ("be", "Расія Расіі Расію"),
            ("pl", "chiński chińskiego chińska chińskie"),
            ("pl", "Rosja Rosji Rosję Rosją"),
            ("cs", "ruský ruské ruského ruských"),
            ("sk", "čínsky čínskeho čínska"),
            ("bg", "китайски китайския китайската китайските"),
            ("id", "bertemu pertemuan"),
            ("tr", "Rusya Rusyadan"),
            ("ar", "الصينية صينية والصينية بالصينية"),
            ("ar", "روسيا وروسيا بروسيا لروسيا"),
            ("ar", "الصين والصين وبالصين للصين بالصين"),
            ("ar", "مفاوضات المفاوضات والمفاوضات للمفاوضات"),
            ("ar", "برلمان البرلمان والبرلمان للبرلمان"),
            ("ar", "فرنسي الفرنسية الفرنسيين"),
            ("he", "שיחות השיחות בשיחות ולשיחות"),
            ("ko", "우크라이나 우크라이나에 우크라이나는"),
            ("ko", "하노이 하노이에서"),
            ("bn", "ভারতীয় ভারতীয়দের"),
            ("uk", "український українського українська"),
            ("pl", "polski polskiego polska"),
            ("fa", "کشور کشورها کشورهای"),
            ("he", "רוסיה ברוסיה ורוסיה"),
            ("he", "מוסקבה במוסקבה ממוסקבה"),
            ("hi", "वार्ता वार्ताओं"),
            ("bn", "রাশিয়া রাশিয়ার রাশিয়াকে"),
            ("ko", "중국 중국과 중국은 중국에서"),
            ("ko", "러시아 러시아는 러시아와의"),
            ("el", "ρωσική ρωσικής ρωσικός"),
        ];
        for (lang, words) in cases {
            let stems: Vec<String> = words
                .split(' ')
                .map(|word| stem(&fold(word), lang).into_owned())
                .collect();
            assert!(
                stems.windows(2).all(|pair| pair[0] == pair[1]),
                "{lang}: {words}: {stems:?}"
            );
        }
    }

    #[test]
    fn words_apart_stay_apart() {
        let cases = [
            ("en", "russia", "rush"),
            ("ko", "미국", "미"),
            ("ar", "بكين", "كين"),
            ("he", "שלום", "לום"),
            ("uk", "мир", "мирний"),
            ("pl", "polski", "polowy"),
            ("ar", "الفورية", "كورية"),
            ("zz", "visits", "visit"),
        ];
        for (lang, one, other) in cases {
            assert_ne!(stem(&fold(one), lang), stem(&fold(other), lang), "{lang}");
        }
    }

    #[test]
    fn no_language_panics_on_any_script() {
        let words = [
            "",
            "'",
            "a",
            "ß",
            "рос",
            "ا",
            "ﷺ",
            "중",
            "中",
            "รั",
            "ई",
            "'s",
            "aaaaaaaaing",
            "\u{301}",
            "ıı",
        ];
        let langs = "ar he hy eu ca da nl en eo et fi fr de el hi hu id ga it lt ne no pt ro ru sr es sv ta tr yi \
                     uk be bg mk pl cs sk sl lv fa ur bn mr te sw";
        for lang in langs.split_whitespace() {
            for word in words {
                for other in words {
                    let _ = stem(&format!("{word}{other}{word}"), lang);
                }
            }
        }
    }
}
