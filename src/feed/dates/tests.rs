use super::names::month;
use super::parse;

fn check(written: &str, language: &str, expected: Option<&str>) {
    let found = parse(
        written,
        Some(language).filter(|language| !language.is_empty()),
    );
    assert_eq!(
        found.map(|at| at.to_string()).as_deref(),
        expected,
        "{written} ({language})"
    );
}

#[test]
fn numeric_dates() {
    for (written, expected) in [
        ("2026-11-22T14:30:00+07:00", Some("2026-11-22T07:30:00Z")),
        ("2026-11-22t07:30:00z", Some("2026-11-22T07:30:00Z")),
        ("2026-11-22 14:30:00.123 WIB", Some("2026-11-22T07:30:00Z")),
        ("2026-11-22T14:30+0700", Some("2026-11-22T07:30:00Z")),
        ("2026-11-22", Some("2026-11-22T00:00:00Z")),
        ("2026-11", Some("2026-11-01T00:00:00Z")),
        ("2026", Some("2026-01-01T00:00:00Z")),
        ("20261122", Some("2026-11-22T00:00:00Z")),
        ("20261122T143000Z", Some("2026-11-22T14:30:00Z")),
        ("2026-326", Some("2026-11-22T00:00:00Z")),
        ("2026/11/22 07:30", Some("2026-11-22T07:30:00Z")),
        ("1795332600", Some("2026-11-22T07:30:00Z")),
        ("1795332600000", Some("2026-11-22T07:30:00Z")),
        ("2026-11-22T24:00:00Z", Some("2026-11-23T00:00:00Z")),
        ("2026-11-22T23:59:60Z", Some("2026-11-22T23:59:59Z")),
        ("2026-11-22T25:00:00Z", None),
        ("2026-13-22", None),
        ("2026-02-30", None),
        ("2026-11-22T07:30:00+99:99", None),
        ("2026-11-22T07:30:00Zebra", None),
    ] {
        check(written, "", expected);
    }
}

#[test]
fn dates_in_words() {
    for (written, language, expected) in [
        (
            "Sun, 22 Nov 2026 07:30:00 GMT",
            "",
            Some("2026-11-22T07:30:00Z"),
        ),
        ("Sun, 22 Nov 26 07:30 EST", "", Some("2026-11-22T12:30:00Z")),
        (
            "22 Nov 2026 14:30:00 GMT+7",
            "",
            Some("2026-11-22T07:30:00Z"),
        ),
        (
            "Sunday, November 22nd, 2026 2:30 PM",
            "",
            Some("2026-11-22T14:30:00Z"),
        ),
        ("Nov 22, 2026, 12:05 am", "", Some("2026-11-22T00:05:00Z")),
        (
            "Sun Nov 22 07:30:00 MSK 2026",
            "",
            Some("2026-11-22T04:30:00Z"),
        ),
        ("22-Nov-2026 07:30:00", "", Some("2026-11-22T07:30:00Z")),
        ("22.11.2026 07:30", "de", Some("2026-11-22T07:30:00Z")),
        ("22. 11. 2026 07:30", "cs", Some("2026-11-22T07:30:00Z")),
        ("11/12/2026", "en-US", Some("2026-11-12T00:00:00Z")),
        ("11/12/2026", "id", Some("2026-12-11T00:00:00Z")),
        ("11/22/2026", "", Some("2026-11-22T00:00:00Z")),
        (
            "Minggu, 22 November 2026 14:30 WIB",
            "id",
            Some("2026-11-22T07:30:00Z"),
        ),
        (
            "Sen, 24 Agt 2026 10.30 WITA",
            "id",
            Some("2026-08-24T02:30:00Z"),
        ),
        (
            "Rab, 05 Des 2026 08:00:00 WIT",
            "id",
            Some("2026-12-04T23:00:00Z"),
        ),
        (
            "вс, 22 ноября 2026 10:30:00 МСК",
            "ru",
            Some("2026-11-22T07:30:00Z"),
        ),
        (
            "So., 22. März 2026 10:30:00 MEZ",
            "de",
            Some("2026-03-22T09:30:00Z"),
        ),
        (
            "dim., 22 févr. 2026 10:30:00 +0100",
            "fr",
            Some("2026-02-22T09:30:00Z"),
        ),
        (
            "sá., 22 ago. 2026 10:30:00 -0300",
            "es",
            Some("2026-08-22T13:30:00Z"),
        ),
        (
            "22 listopada 2026 10:30",
            "pl",
            Some("2026-11-22T10:30:00Z"),
        ),
        (
            "22 listopada 2026 10:30",
            "hr",
            Some("2026-10-22T10:30:00Z"),
        ),
        ("2026年11月22日 15:30", "zh", Some("2026-11-22T15:30:00Z")),
        ("2026年11月22日15时30分", "zh", Some("2026-11-22T15:30:00Z")),
        (
            "2026년 11월 22일 오후 3:30",
            "ko",
            Some("2026-11-22T15:30:00Z"),
        ),
        ("22 พฤศจิกายน 2569 15:30", "th", Some("2026-11-22T15:30:00Z")),
        ("٢٢ نوفمبر ٢٠٢٦ 15:30", "ar", Some("2026-11-22T15:30:00Z")),
        (
            "Th 4, 17 tháng 1 2024 10:30:00 +0700",
            "vi",
            Some("2024-01-17T03:30:00Z"),
        ),
        (
            "mar, 10 dicembre 2024 10:30:00 +0700",
            "it",
            Some("2024-12-10T03:30:00Z"),
        ),
        ("Sun, 22 zzz 2026 07:30:00 GMT", "", None),
        ("Sun, Nov x 2026 07:30:00 GMT", "", None),
        ("Sun, 22 Nov 2026 1:2:3:4 GMT", "", None),
        ("yesterday", "", None),
        ("", "", None),
    ] {
        check(written, language, expected);
    }
}

#[test]
fn short_names_of_the_great_languages_are_unambiguous() {
    for (language, names) in [
        ("en", "jan feb mar apr may jun jul aug sep oct nov dec"),
        ("id", "jan feb mar apr mei jun jul agu sep okt nov des"),
        ("de", "jan feb mär apr mai jun jul aug sep okt nov dez"),
        (
            "fr",
            "janv févr mars avr mai juin juil août sept oct nov déc",
        ),
        ("es", "ene feb mar abr may jun jul ago sept oct nov dic"),
        ("pt", "jan fev mar abr mai jun jul ago set out nov dez"),
        ("ru", "янв фев мар апр мая июн июл авг сен окт ноя дек"),
        ("it", "gen feb mar apr mag giu lug ago set ott nov dic"),
        ("pl", "sty lut mar kwi maj cze lip sie wrz paź lis gru"),
        ("uk", "січ лют бер кві тра чер лип сер вер жов лис гру"),
    ] {
        for (expected, name) in (1..).zip(names.split(' ')) {
            assert_eq!(month(name, language), Some(expected), "{name} ({language})");
        }
    }
}
