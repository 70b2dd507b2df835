//! Letters that give a language away among those of its script.

/// Language and letters (small) that it uses and its neighbours do not, or hardly.
const TELLING: &[(&str, &str)] = &[
    ("pl", "łąęśźżćń"),
    ("cs", "řěů"),
    ("sk", "ľĺŕô"),
    ("hu", "őű"),
    ("ro", "ășțşţ"),
    ("tr", "ışğ"),
    ("az", "əğı"),
    ("vi", VIETNAMESE),
    ("yo", "ẹọṣ"),
    ("ha", "ɓɗƙƴ"),
    ("de", "ßäöü"),
    ("es", "ñ¿¡"),
    ("pt", "ãõ"),
    ("lv", "āēīūķļņģ"),
    ("lt", "ėįųū"),
    ("is", "ðþ"),
    ("da", "æø"),
    ("no", "æø"),
    ("ru", "ыэё"),
    ("uk", "іїєґ"),
    ("be", "ўы"),
    ("sr", "јљњћђ"),
    ("mk", "ѓќѕј"),
    ("kk", "әғқңұһ"),
    ("ky", "өүң"),
    ("mn", "өү"),
    ("bg", "ъ"),
    ("ps", "ښځڅېۍړ"),
    ("mr", "ळ"),
];

/// No Vietnamese sentence does without them, while African languages share its other marks.
const VIETNAMESE: &str = "đơưă";

/// Share of the letters from which a language's own letters are no accident (a foreign name).
const SHARE: usize = 100;

/// The languages whose letters the text uses.
pub(super) fn languages_told_by_letters(sample: &str) -> impl Iterator<Item = &'static str> {
    let lower = sample.to_lowercase();
    let letters = lower.chars().filter(|c| c.is_alphabetic()).count();
    TELLING
        .iter()
        .filter(move |(_, own)| {
            lower.chars().filter(|c| own.contains(*c)).count() * SHARE > letters
        })
        .map(|(lang, _)| *lang)
}

/// Whether the text can be Vietnamese by its letters; too short a text can be anything.
pub(super) fn may_be_vietnamese(sample: &str) -> bool {
    sample.chars().count() < 12
        || sample
            .chars()
            .flat_map(char::to_lowercase)
            .any(|c| VIETNAMESE.contains(c) || "ảấầậắặẻếềệỏốồộớờợủứừựỷ".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_tell() {
        let told = |text| languages_told_by_letters(text).collect::<Vec<_>>();
        assert_eq!(told("Wszyscy mówią, że się spóźnił"), ["pl"]);
        assert_eq!(told("Україна і її міста"), ["uk"]);
        assert_eq!(
            told(
                "Die Stadt Nałow wird in diesem sehr langen deutschen Satz ohne jeden Umlaut nur ein Mal genannt, \
                         und wer ihn liest, lernt nichts Neues; so geht es in der Welt zu, wenn einer Texte erfindet."
            ),
            Vec::<&str>::new()
        );
        assert!(told("").is_empty());
    }

    #[test]
    fn yoruba_is_not_vietnamese() {
        assert!(may_be_vietnamese("Thủ tướng đến thăm Trung Quốc"));
        assert!(!may_be_vietnamese("Àwọn ènìyàn ń jẹ ẹran ní ọjà"));
    }
}
