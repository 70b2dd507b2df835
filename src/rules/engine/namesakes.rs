//! Names of states that are none where they stand: somebody else's (Jordan Spieth, Kevin Holland, Atlanta in Georgia),
//! or parts of a word.
//!
//! Told by what is beside them, where case says what is a name; which names others bear at all is written down
//! (`gazetteer::namesakes`).

use rustc_hash::{FxHashMap, FxHashSet};

use super::findings::Occurrence;
use super::pattern::Meaning;
use super::term_index::TermIndex;
use crate::rules::document::{Document, FieldText};
use crate::text::gazetteer::Namesakes;
use crate::text::{Token, is_function_word};

/// Words that stand before family names, besides given names and their first letters.
const ADDRESSES: &[&str] = &[
    "mr", "mrs", "ms", "miss", "dr", "sir", "lady", "m", "mm", "mme", "mlle", "herr", "frau", "sr",
    "sra", "don", "signor", "signora", "pak", "bu", "tuan", "pan", "pani", "coach",
];

/// Capitals of these behind the name of a state are no family names.
const NO_NAMES: &[&str] = &[
    "airlines",
    "airport",
    "airways",
    "ambassador",
    "army",
    "authorities",
    "bank",
    "border",
    "business",
    "center",
    "centre",
    "central",
    "chancellor",
    "city",
    "college",
    "council",
    "crown",
    "embassy",
    "emir",
    "foreign",
    "fund",
    "general",
    "gov",
    "government",
    "governor",
    "high",
    "hospital",
    "institute",
    "international",
    "king",
    "minister",
    "ministry",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "national",
    "news",
    "open",
    "parliament",
    "police",
    "post",
    "president",
    "press",
    "prime",
    "prince",
    "princess",
    "queen",
    "radio",
    "republic",
    "river",
    "senate",
    "state",
    "street",
    "summit",
    "supreme",
    "team",
    "technology",
    "times",
    "tv",
    "united",
    "university",
    "valley",
    "west",
    "world",
];

/// Whether a form of a state is none since its words do not belong together (法、国), or are part of a longer one:
/// the middle of a word in Katakana, a part of a person's name in Chinese (安迪·法国).
pub(super) fn is_cut_out(document: &Document, occurrence: &Occurrence) -> bool {
    const APART: &[char] = &[
        '、', '。', '，', '．', ',', '；', ';', '：', '！', '？', '「', '」', '（', '）', '…',
        '《', '》', '“', '”',
    ];
    const SHORT_KATAKANA: usize = 3;
    let field = &document.fields()[occurrence.field as usize];
    let tokens = &field.analysis.tokens[occurrence.first as usize..=occurrence.last as usize];
    let mut pairs = tokens.iter().zip(tokens.iter().skip(1));
    if pairs.any(|(one, next)| field.text[one.end as usize..next.start as usize].contains(APART)) {
        return true;
    }
    let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else {
        return false;
    };
    if !first.spaceless || !last.spaceless {
        return false;
    }
    let (start, end) = (first.start as usize, last.end as usize);
    let before = field.text[..start].chars().next_back();
    let behind = field.text[end..].chars().next();
    if field.lang() == "zh" {
        return [before, behind].contains(&Some('·'));
    }
    if !field.text[start..end].chars().all(is_katakana) {
        return false;
    }
    let is_joined = |side: Option<char>| side.is_some_and(is_katakana);
    // Longer names are joined to other words (フランスリーグ), short ones only seem to be (ヨーロッパリーグ, ・パリン).
    match tokens.len() <= SHORT_KATAKANA || before == Some('・') {
        true => is_joined(before) || is_joined(behind),
        false => is_joined(before) && is_joined(behind),
    }
}

fn is_katakana(c: char) -> bool {
    matches!(c, 'ァ'..='ヺ' | 'ー' | 'ｦ'..='ﾟ')
}

/// Where somebody else bears the name of a state.
pub(super) fn others(index: &TermIndex, document: &Document, found: &[Occurrence]) -> Others {
    let mut others = Others::default();
    let mut bare = Vec::new();
    // How often each name stands there, and how often as somebody's family name.
    let mut counts: FxHashMap<&str, (usize, usize)> = FxHashMap::default();
    let mut elsewhere: FxHashMap<&str, bool> = FxHashMap::default();
    for occurrence in found {
        let Some(namesakes) = namesakes_of(index, occurrence) else {
            continue;
        };
        let place = Place::new(document, occurrence);
        let (all, families) = counts.entry(place.name()).or_default();
        *all += 1;
        let is_family = place.is_behind_name(namesakes);
        *families += usize::from(is_family && namesakes.behind.is_empty());
        let is_elsewhere = elsewhere.entry(place.name());
        let is_elsewhere = is_elsewhere.or_insert_with(|| place.is_elsewhere(namesakes));
        if is_family || *is_elsewhere || place.is_before_name(namesakes) {
            others.places.insert(occurrence.place());
        } else {
            bare.push((occurrence.place(), place.name()));
        }
    }
    // What bore a family name once bears it in the whole article, unless most of it is of the state.
    bare.retain(|(_, name)| {
        let (all, families) = counts.get(name).copied().unwrap_or_default();
        families > 0 && families * 2 >= all
    });
    others
        .places
        .extend(bare.into_iter().map(|(place, _)| place));
    others
}

fn namesakes_of(index: &TermIndex, occurrence: &Occurrence) -> Option<&'static Namesakes> {
    match &index.detail(occurrence.pattern).meaning {
        Meaning::Place(place) => place.namesakes,
        Meaning::Term(_) | Meaning::Name(_) => None,
    }
}

/// The places of names that somebody else bears.
#[derive(Debug, Default)]
pub(super) struct Others {
    places: FxHashSet<(u32, u32, u32)>,
}

impl Others {
    pub fn has(&self, occurrence: &Occurrence) -> bool {
        !self.places.is_empty() && self.places.contains(&occurrence.place())
    }
}

/// A name in a text.
struct Place<'a> {
    document: &'a Document,
    field: &'a FieldText,
    at: usize,
    last: usize,
}

impl<'a> Place<'a> {
    fn new(document: &'a Document, occurrence: &Occurrence) -> Self {
        Self {
            document,
            field: &document.fields()[occurrence.field as usize],
            at: occurrence.first as usize,
            last: occurrence.last as usize,
        }
    }

    fn tokens(&self) -> &'a [Token] {
        &self.field.analysis.tokens
    }

    fn written(&self, token: &Token) -> &'a str {
        &self.field.text[token.start as usize..token.end as usize]
    }

    fn name(&self) -> &'a str {
        self.written(&self.tokens()[self.at])
    }

    /// Whether a family name follows.
    fn is_before_name(&self, namesakes: &Namesakes) -> bool {
        let tokens = self.tokens();
        let Some(next) = tokens.get(self.last + 1).filter(|_| namesakes.is_given) else {
            return false;
        };
        match self.between(&tokens[self.last], next) {
            " " => {}
            "・" => return true,
            _ => return false,
        }
        let written = self.written(next);
        match namesakes.followed_by.as_slice() {
            [] => {
                is_capitalised(written)
                    && !NO_NAMES.contains(&&*next.fold)
                    && !is_function_word(&next.fold)
                    && !self.is_in_capitals()
            }
            names => names.contains(&written),
        }
    }

    /// Whether a given name or an address stands before.
    fn is_behind_name(&self, namesakes: &Namesakes) -> bool {
        let tokens = self.tokens();
        let before = self.at.checked_sub(1).map(|at| &tokens[at]);
        let Some(before) = before.filter(|_| namesakes.is_family) else {
            return false;
        };
        let written = self.written(before);
        let is_address = ADDRESSES.contains(&&*before.fold);
        let is_initial = written.chars().count() == 1;
        let between = self.between(before, &tokens[self.at]);
        if between != " " && !(between == ". " && (is_address || is_initial)) {
            return false;
        }
        match namesakes.behind.as_slice() {
            [] => {
                is_address && before.fold.len() > 1
                    || (is_capitalised(written) || is_initial && written != "I" && between == ". ")
                        && !NO_NAMES.contains(&&*before.fold)
                        && !is_function_word(&before.fold)
                        && !self.is_in_capitals()
                        && !self.is_noun_of_german(before)
            }
            names => names.contains(&written),
        }
    }

    /// In German every noun has a capital.
    fn is_noun_of_german(&self, before: &Token) -> bool {
        self.field.lang() == "de"
            && self.at.checked_sub(2).is_some_and(|at| {
                let article = &self.tokens()[at].fold;
                before.paragraph == self.tokens()[at].paragraph && is_function_word(article)
            })
    }

    /// Whether the article is on a place elsewhere.
    fn is_elsewhere(&self, namesakes: &Namesakes) -> bool {
        let has = |words: &[&str]| {
            let fields = self.document.fields().iter();
            let mut all = fields.flat_map(|field| &field.analysis.words);
            !words.is_empty() && all.any(|word| words.contains(&&*word.fold))
        };
        has(&namesakes.elsewhere) && !has(&namesakes.here)
    }

    /// Whether nearly all longer words around have capitals, as in headlines: they then say nothing.
    fn is_in_capitals(&self) -> bool {
        const AROUND: usize = 24;
        let tokens = self.tokens();
        let sentence = tokens[self.at].sentence;
        let (mut longer, mut small) = (0, 0);
        let around = self.at.saturating_sub(AROUND)..tokens.len().min(self.at + AROUND);
        for token in tokens[around]
            .iter()
            .filter(|token| token.sentence == sentence)
        {
            let written = self.written(token);
            if written.chars().count() >= 4 {
                longer += 1;
                small += usize::from(written.starts_with(char::is_lowercase));
            }
        }
        longer >= 4 && small * 4 <= longer
    }

    /// What stands between two tokens; nothing across paragraphs.
    fn between(&self, one: &Token, other: &Token) -> &'a str {
        match one.paragraph == other.paragraph {
            true => &self.field.text[one.end as usize..other.start as usize],
            false => "",
        }
    }
}

/// A capital, and a small letter behind it.
fn is_capitalised(written: &str) -> bool {
    let mut letters = written.chars();
    letters.next().is_some_and(char::is_uppercase) && letters.any(char::is_lowercase)
}
