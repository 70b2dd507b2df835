use super::{leading, month};
use crate::text::fold;

#[test]
fn months_of_a_language_go_before_those_of_others() {
    for (word, language, expected) in [
        ("November", None, Some(11)),
        ("listopada", Some("pl"), Some(11)),
        ("listopada", Some("hr"), Some(10)),
        ("listopada", None, None),
        ("jan", Some("st"), Some(6)),
        ("jan", Some("sw"), Some(1)),
        ("mar", None, Some(3)),
        ("may", Some("tr"), Some(5)),
        ("ліпень", None, Some(7)),
        ("Février", None, Some(2)),
        ("fevrier", None, Some(2)),
        ("ม.ค.", None, Some(1)),
        ("तंत्र", None, None),
        ("Agt", Some("id"), Some(8)),
        ("בנובמבר", Some("he"), Some(11)),
        ("Montag", None, None),
        ("azaroaren", Some("eu"), Some(11)),
        ("", None, None),
    ] {
        assert_eq!(month(word, language), expected, "{word} ({language:?})");
    }
}

#[test]
fn the_longest_name_is_taken() {
    for (text, language, month, taken) in [
        ("tháng 12 2026", Some("vi"), 12, "tháng 12"),
        ("كانون الثاني 2026", None, 1, "كانون الثاني"),
        ("nov-2026", None, 11, "nov"),
        ("1-р сар 2026", Some("mn"), 1, "1-р сар"),
        ("sept.", None, 9, "sept"),
    ] {
        let folded = fold(text);
        let found = leading(&folded, language);
        assert_eq!(found.senses.months().only(), Some(month), "{text}");
        assert_eq!(&folded[..found.bytes], fold(taken), "{text}");
    }
}

#[test]
fn weekdays_are_told_apart_from_months() {
    let both = leading("mar 10 dicembre", Some("it")).senses;
    assert!(both.is_month() && both.weekdays.contains(2));
    let weekday = leading("th 4, 17 thang 1", Some("vi"));
    assert!(weekday.senses.weekdays.contains(3) && !weekday.senses.is_month());
    assert_eq!(weekday.bytes, 4);
}
