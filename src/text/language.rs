//! Which language a text is in.

use whatlang::Detector;

use super::scripts::Script;

/// Characters of the text that are looked at: more does not change the answer.
const SAMPLE_CHARS: usize = 600;
/// Letters from which the classifier is believed against the hint.
const SURE_LETTERS: usize = 120;

/// The language of an article as its shortest BCP 47 tag.
///
/// The script decides where it can. Otherwise two classifiers vote, and `hint` (what the feed or
/// the page says of itself, any tag) decides when they disagree or when there is too little text.
/// `None` when there are no letters and no hint.
#[must_use]
pub fn detect_language(title: &str, body: &str, hint: Option<&str>) -> Option<String> {
    let hint = hint.and_then(shortest_tag);
    let sample: String = title
        .chars()
        .chain(" ".chars())
        .chain(body.chars())
        .take(SAMPLE_CHARS)
        .collect();
    let census = Census::of(&sample);
    let Some(script) = census.main() else {
        return hint;
    };
    if let Some(lang) = by_script(script, &census, hint.as_deref()) {
        return Some(lang.to_owned());
    }
    let guess = Detector::new()
        .detect_lang(&sample)
        .and_then(|lang| shortest_tag(lang.code()));
    if census.letters < SURE_LETTERS {
        hint.or(guess)
    } else {
        guess.or(hint)
    }
}

/// Letters of a sample by script.
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

    fn main(&self) -> Option<Script> {
        self.counts
            .iter()
            .max_by_key(|(_, count)| *count)
            .map(|(script, _)| *script)
    }

    fn count(&self, script: Script) -> usize {
        self.counts
            .iter()
            .find(|(known, _)| *known == script)
            .map_or(0, |(_, count)| *count)
    }
}

/// The language that a script stands for, where there is but one, or letters tell.
fn by_script(script: Script, census: &Census, hint: Option<&str>) -> Option<&'static str> {
    Some(match script {
        Script::Han if census.count(Script::Kana) * 10 > census.letters => "ja",
        Script::Han => "zh",
        Script::Kana => "ja",
        Script::Hangul => "ko",
        Script::Thai => "th",
        Script::Arabic if census.urdu * 50 > census.letters => "ur",
        Script::Arabic if census.persian * 50 > census.letters => "fa",
        Script::Arabic => "ar",
        Script::Hebrew if hint == Some("yi") => "yi",
        Script::Hebrew => "he",
        Script::Greek => "el",
        _ => return None,
    })
}

/// The shortest tag of the language that a BCP 47 tag, an ISO 639 code or an English name means:
/// `en-US` is `en`, `ind` is `id`. `None` for what is no tag.
#[must_use]
pub fn shortest_tag(tag: &str) -> Option<String> {
    let primary = tag.trim().split(['-', '_']).next()?.to_ascii_lowercase();
    let short = match primary.as_str() {
        "eng" => "en",
        "ind" | "in" => "id",
        "cmn" | "zho" => "zh",
        _ => primary.as_str(),
    };
    ((2..=3).contains(&short.len()) && short.bytes().all(|byte| byte.is_ascii_lowercase()))
        .then(|| short.to_owned())
}
