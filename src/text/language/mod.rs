//! Which language a text is in.
//!
//! The script decides where it belongs to one language. Otherwise three judges give points:
//! the small words of the text, two classifiers, and what the feed or page says of itself.

mod function_words;
mod letters;
mod tags;

use whatlang::{Detector, Lang};

use super::fold::fold;
use super::scripts::Script;
use super::tokens::words;
use function_words::{knows, languages_of};
use letters::{languages_told_by_letters, may_be_vietnamese};

pub use tags::{is_language, shortest_tag};

/// Whether a word in normal form is one of the most frequent small words of some language.
#[must_use]
pub fn is_function_word(folded: &str) -> bool {
    !languages_of(folded).is_empty()
}

/// Characters of title and body that are looked at: more hardly changes the answer.
const SAMPLE_CHARS: usize = 1_000;

/// What the judges may give. Function words give up to one point in all: their share of the words.
mod points {
    /// Fewer words than this count as so many: one small word in a name of two is no half.
    pub(super) const WORDS_LEAST: f32 = 6.0;
    /// whichlang, in its own 16 languages 97 % right on titles; it never abstains.
    pub(super) const WHICHLANG: f32 = 0.12;
    /// whatlang, 70 languages, times its confidence.
    pub(super) const WHATLANG: f32 = 0.18;
    /// The share of its confidence that whatlang gets at least.
    pub(super) const WHATLANG_LEAST: f32 = 0.3;
    /// What is left of a classifier's vote without a small word to bear it out.
    pub(super) const BLIND: f32 = 0.3;
    /// Those most written in their script, where hardly anything tells: headlines of names.
    pub(super) const COMMON: f32 = 0.02;
    /// Letters of a language's own.
    pub(super) const LETTERS: f32 = 0.12;
    /// The hint, where there is no text at all.
    pub(super) const HINT: f32 = 0.50;
    /// Letters by which the hint's weight halves: the more text, the less it needs a hint.
    pub(super) const HINT_LETTERS: f32 = 150.0;
    /// The hint never weighs less: close relatives (Malay, Indonesian) stay close in long texts.
    pub(super) const HINT_LEAST: f32 = 0.04;
    /// Nor where it names a language that no judge knows.
    pub(super) const HINT_UNKNOWN: f32 = 0.30;
}

/// Languages that the classifiers cannot name, after the one they take them for: where a small word of their
/// own stands in the text they get a share of its votes, and the small words decide.
const RELATIVES: &[(&str, &str, f32)] = &[
    ("en", "pcm", 0.9),
    ("id", "ms", 0.6),
    ("hr", "bs", 0.6),
    ("pt", "gl", 0.6),
];

/// Languages that whatlang sees in short texts of others far more often than they are written in the news.
const UNLIKELY: [Lang; 8] = [
    Lang::Jav,
    Lang::Sna,
    Lang::Aka,
    Lang::Zul,
    Lang::Lat,
    Lang::Epo,
    Lang::Tuk,
    // Its small words are enough; Swahili, Somali and Hausa look like it.
    Lang::Tgl,
];

/// The language of an article as its shortest BCP 47 tag.
///
/// `hint` is what the feed or the page says of itself, any tag; it decides among close relatives and
/// for short texts, and is overruled by a text that is clearly in another language.
/// `None` when there are no letters and no hint.
#[must_use]
pub fn detect_language(title: &str, body: &str, hint: Option<&str>) -> Option<String> {
    let hint = hint.and_then(shortest_tag);
    let sample: String = title
        .chars()
        .chain("\n".chars())
        .chain(body.chars())
        .take(SAMPLE_CHARS)
        .collect();
    let census = Census::of(&sample);
    let Some(script) = census.main() else {
        return hint;
    };
    match by_script(script, &census, hint.as_deref()) {
        Some(lang) => Some(lang.to_owned()),
        None => by_points(&sample, &census, hint.as_deref()).or(hint),
    }
}

/// Letters of a sample by script, and those that tell languages apart.
struct Census {
    counts: Vec<(Script, usize)>,
    letters: usize,
    persian: usize,
    urdu: usize,
}

impl Census {
    fn of(sample: &str) -> Self {
        let mut census = Self {
            counts: Vec::new(),
            letters: 0,
            persian: 0,
            urdu: 0,
        };
        for c in sample.chars().filter(|c| c.is_alphabetic()) {
            census.letters += 1;
            census.persian += usize::from(matches!(c, 'پ' | 'چ' | 'ژ' | 'گ' | 'ک' | 'ی'));
            census.urdu += usize::from(matches!(c, 'ٹ' | 'ڈ' | 'ڑ' | 'ں' | 'ے' | 'ہ' | 'ھ'));
            let script = Script::of(c);
            match census.counts.iter_mut().find(|(known, _)| *known == script) {
                Some((_, count)) => *count += 1,
                None => census.counts.push((script, 1)),
            }
        }
        census
    }

    /// The script of most letters; a character of a spaceless script or Hangul says more than a letter,
    /// and Latin names abound in every script's news.
    fn main(&self) -> Option<Script> {
        let weight = |script: Script| match script {
            Script::Han | Script::Kana | Script::Hangul => 3,
            Script::Latin | Script::Other => 1,
            _ => 2,
        };
        self.counts
            .iter()
            .max_by_key(|(script, count)| count * weight(*script))
            .map(|(script, _)| *script)
    }

    fn count(&self, script: Script) -> usize {
        self.counts
            .iter()
            .find(|(known, _)| *known == script)
            .map_or(0, |(_, count)| *count)
    }
}

/// The language of a script that only one language of the news uses, or whose letters tell.
fn by_script(script: Script, census: &Census, hint: Option<&str>) -> Option<&'static str> {
    // A headline of kanji with a few kana is Japanese; a Chinese text may quote a Japanese name.
    let kana = census.count(Script::Kana);
    Some(match script {
        Script::Han if kana * 12 > census.count(Script::Han) => "ja",
        Script::Han if hint == Some("ja") && census.letters < 20 => "ja",
        Script::Han => "zh",
        Script::Kana => "ja",
        Script::Hangul => "ko",
        Script::Thai => "th",
        Script::Lao => "lo",
        Script::Khmer => "km",
        Script::Myanmar => "my",
        Script::Arabic if census.urdu * 25 > census.letters => "ur",
        Script::Arabic if matches!(hint, Some("ps" | "ku" | "ckb" | "ug" | "sd")) => return None,
        Script::Arabic if census.persian * 50 > census.letters => "fa",
        Script::Arabic => "ar",
        Script::Hebrew if hint == Some("yi") => "yi",
        Script::Hebrew => "he",
        Script::Greek => "el",
        Script::Armenian => "hy",
        Script::Georgian => "ka",
        Script::Ethiopic if hint == Some("ti") => "ti",
        Script::Ethiopic => "am",
        Script::Bengali if hint == Some("as") => "as",
        Script::Bengali => "bn",
        Script::Gurmukhi => "pa",
        Script::Gujarati => "gu",
        Script::Odia => "or",
        Script::Tamil => "ta",
        Script::Telugu => "te",
        Script::Kannada => "kn",
        Script::Malayalam => "ml",
        Script::Sinhala => "si",
        Script::Latin | Script::Cyrillic | Script::Devanagari | Script::Other => return None,
    })
}

/// The language with the most points. The classifiers, which cost more than all else, are asked only while their
/// vote can still change the answer.
fn by_points(sample: &str, census: &Census, hint: Option<&str>) -> Option<String> {
    let mut board = Board::default();
    add_function_words(&mut board, sample);
    for lang in languages_told_by_letters(sample) {
        board.add(lang, points::LETTERS);
    }
    let hint = hint.map(|hint| (hint, points_of_hint(hint, census)));
    let is_latin = census.main() == Some(Script::Latin);
    match census.main() {
        Some(Script::Latin) => board.add("en", points::COMMON),
        Some(Script::Cyrillic) => board.add("ru", points::COMMON),
        _ => {}
    }
    if is_latin && board.lead(hint) <= points::WHICHLANG + points::WHATLANG {
        let code = whichlang::detect_language(sample).three_letter_code();
        add_vote(&mut board, sample, code, points::WHICHLANG);
    }
    if board.lead(hint) <= points::WHATLANG
        && let Some(info) = Detector::with_denylist(UNLIKELY.to_vec()).detect(sample)
    {
        #[expect(clippy::cast_possible_truncation, reason = "a share between 0 and 1")]
        let confidence = info.confidence() as f32;
        let weight = points::WHATLANG * confidence.max(points::WHATLANG_LEAST);
        add_vote(&mut board, sample, info.lang().code(), weight);
    }
    if let Some((hint, points)) = hint {
        board.add(hint, points);
    }
    board.best()
}

fn points_of_hint(hint: &str, census: &Census) -> f32 {
    let letters = f32::from(u16::try_from(census.letters).unwrap_or(u16::MAX));
    let weight = points::HINT * 0.5_f32.powf(letters / points::HINT_LETTERS);
    let least = if knows(hint) {
        points::HINT_LEAST
    } else {
        points::HINT_UNKNOWN
    };
    weight.max(least)
}

fn add_function_words(board: &mut Board, sample: &str) {
    let mut found: Vec<&'static [&'static str]> = Vec::new();
    words(sample, None, |word| {
        found.push(languages_of(&fold(&sample[word.range])))
    });
    let count = f32::from(u16::try_from(found.len()).unwrap_or(u16::MAX)).max(points::WORDS_LEAST);
    for langs in found {
        for lang in langs {
            // A word that several languages use says less; the square root keeps relatives level.
            board.add(lang, 1.0 / count / sharers(langs).sqrt());
        }
    }
}

/// A classifier's vote.
fn add_vote(board: &mut Board, sample: &str, code: &str, weight: f32) {
    let Some(lang) = shortest_tag(code) else {
        return;
    };
    if lang == "vi" && !may_be_vietnamese(sample) {
        return;
    }
    // Forced to choose, it names a language of which the text has not one small word.
    let weight = if board.has(&lang) {
        weight
    } else {
        weight * points::BLIND
    };
    for (known, relative, share) in RELATIVES {
        if *known == lang && has_own_word(sample, relative, known) {
            board.add(relative, weight * share);
        }
    }
    board.add(&lang, weight);
}

/// Whether a small word of `relative` that `known` does not use stands in the text.
fn has_own_word(sample: &str, relative: &str, known: &str) -> bool {
    let mut has = false;
    words(sample, None, |word| {
        let langs = languages_of(&fold(&sample[word.range]));
        has |= langs.contains(&relative) && !langs.contains(&known);
    });
    has
}

fn sharers(langs: &[&str]) -> f32 {
    f32::from(u8::try_from(langs.len()).unwrap_or(u8::MAX))
}

/// Points by language.
#[derive(Default)]
struct Board(Vec<(String, f32)>);

impl Board {
    fn add(&mut self, lang: &str, points: f32) {
        match self.0.iter_mut().find(|(known, _)| known == lang) {
            Some((_, sum)) => *sum += points,
            None => self.0.push((lang.to_owned(), points)),
        }
    }

    fn has(&self, lang: &str) -> bool {
        self.0.iter().any(|(known, _)| known == lang)
    }

    /// How far the first is ahead of the second, with the hint's points added.
    fn lead(&self, hint: Option<(&str, f32)>) -> f32 {
        let all = self.0.iter().map(|(lang, sum)| match hint {
            Some((hint, points)) if hint == lang => sum + points,
            _ => *sum,
        });
        let hint_alone = hint.filter(|(hint, _)| !self.has(hint));
        let all = all.chain(hint_alone.map(|(_, points)| points));
        let (mut first, mut second) = (0.0, 0.0);
        for sum in all {
            if sum > first {
                (first, second) = (sum, first);
            } else if sum > second {
                second = sum;
            }
        }
        first - second
    }

    fn best(self) -> Option<String> {
        self.0
            .into_iter()
            .max_by(|one, other| one.1.total_cmp(&other.1))
            .map(|(lang, _)| lang)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(title: &str, hint: Option<&str>, expected: Option<&str>) {
        assert_eq!(
            detect_language(title, "", hint).as_deref(),
            expected,
            "{title}"
        );
    }

    #[test]
    fn the_script_decides_where_it_can() {
        check("王毅访问莫斯科", None, Some("zh"));
        check("王毅外相がモスクワを訪問", None, Some("ja"));
        check("日中首脳会談", Some("ja"), Some("ja"));
        check("왕이 외교부장 모스크바 방문", Some("en"), Some("ko"));
        check("وزير الخارجية الصيني يزور موسكو", None, Some("ar"));
        check("وزیر خارجه چین به مسکو رفت", None, Some("fa"));
        check("چین کے وزیر خارجہ ماسکو پہنچ گئے", None, Some("ur"));
        check("שר החוץ הסיני במוסקבה", None, Some("he"));
        check("Ο Κινέζος υπουργός στη Μόσχα", None, Some("el"));
        check("รัฐมนตรีต่างประเทศจีนเยือนมอสโก", None, Some("th"));
    }

    #[test]
    fn small_words_letters_and_classifiers_decide_the_rest() {
        check(
            "Menlu China bertemu dengan Menlu Rusia untuk membahas kerja sama",
            None,
            Some("id"),
        );
        check(
            "The Chinese foreign minister met his Russian counterpart",
            None,
            Some("en"),
        );
        check(
            "Der chinesische Außenminister ist in Moskau eingetroffen",
            None,
            Some("de"),
        );
        check(
            "Министр иностранных дел Китая прибыл в Москву",
            None,
            Some("ru"),
        );
        check(
            "Міністр закордонних справ Китаю прибув до Москви",
            None,
            Some("uk"),
        );
        check(
            "Китайският външен министър пристигна в Москва",
            None,
            Some("bg"),
        );
        check(
            "Minister spraw zagranicznych Chin przybył do Moskwy",
            None,
            Some("pl"),
        );
        check(
            "Ngoại trưởng Trung Quốc đã đến thăm Moskva",
            None,
            Some("vi"),
        );
        check("चीन के विदेश मंत्री मास्को पहुंचे हैं", None, Some("hi"));
        check(
            "Waziri wa mambo ya nje wa China amewasili katika mji wa Moscow",
            None,
            Some("sw"),
        );
        check(
            "Oga for China don land Moscow, dem dey yan with pipo wey dey there",
            None,
            Some("pcm"),
        );
    }

    #[test]
    fn the_hint_decides_when_the_text_cannot() {
        check("", None, None);
        check("", Some("en-GB"), Some("en"));
        check("2025: 17", Some("ind"), Some("id"));
        check("Wang Yi", Some("id"), Some("id"));
        check(
            "Wang Yi",
            Some("rubbish tag"),
            detect_language("Wang Yi", "", None).as_deref(),
        );
        check(
            "Menteri luar negeri tiba di Moskow dan bertemu",
            Some("ms"),
            Some("ms"),
        );
        check(
            "The minister has said that he will not be at the talks in the city, and that they are over",
            Some("ru"),
            Some("en"),
        );
        check(
            "Ka mihi te minita ki ngā kaimahi mō tā rātou mahi nui",
            Some("mi"),
            Some("mi"),
        );
    }
}
