use super::parse;
use crate::text::calendar::month;

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
        // What stands around the parts.
        (
            "22 novembre 2026 à 15h30",
            "fr",
            Some("2026-11-22T15:30:00Z"),
        ),
        (
            "le 1er août 2026 à 9 h 05",
            "fr",
            Some("2026-08-01T09:05:00Z"),
        ),
        (
            "22. November 2026 um 15:30 Uhr",
            "de",
            Some("2026-11-22T15:30:00Z"),
        ),
        (
            "am 22. November 2026, 12.30 Uhr",
            "de",
            Some("2026-11-22T12:30:00Z"),
        ),
        (
            "Minggu, 22 November 2026 pukul 14.30 WIB",
            "id",
            Some("2026-11-22T07:30:00Z"),
        ),
        (
            "22 ноября 2026 г., 15:30",
            "ru",
            Some("2026-11-22T15:30:00Z"),
        ),
        (
            "domingo, 22 de noviembre de 2026, 15:30",
            "es",
            Some("2026-11-22T15:30:00Z"),
        ),
        (
            "22 de novembro de 2026 às 15h30",
            "pt",
            Some("2026-11-22T15:30:00Z"),
        ),
        (
            "22 Νοεμβρίου 2026 3:30 μ.μ.",
            "el",
            Some("2026-11-22T15:30:00Z"),
        ),
        (
            "2026. november 22., vasárnap 15:30",
            "hu",
            Some("2026-11-22T15:30:00Z"),
        ),
        (
            "2026. gada 22. novembris 15:30",
            "lv",
            Some("2026-11-22T15:30:00Z"),
        ),
        ("Nov 22, 2026 3 PM", "", Some("2026-11-22T15:00:00Z")),
        ("Nov 22 2026 3:30p.m. EST", "", Some("2026-11-22T20:30:00Z")),
        ("22nov2026 07:30", "", Some("2026-11-22T07:30:00Z")),
        (
            "2026. 11. 22. 오후 3:30",
            "ko",
            Some("2026-11-22T15:30:00Z"),
        ),
        ("22 11월 2026 15:30", "ko", Some("2026-11-22T15:30:00Z")),
        (
            "الأحد 22 تشرين الثاني/نوفمبر 2026 15:30",
            "ar",
            Some("2026-11-22T15:30:00Z"),
        ),
        ("22 בנובמבר 2026 15:30", "he", Some("2026-11-22T15:30:00Z")),
        // Digits, eras and calendars.
        ("၂၂ နိုဝင်ဘာ ၂၀၂၆ 15:30", "my", Some("2026-11-22T15:30:00Z")),
        ("২২ নভেম্বর ২০২৬, ১৫:৩০", "bn", Some("2026-11-22T15:30:00Z")),
        (
            "วันอาทิตย์ที่ 22 พ.ย. พ.ศ. 2569",
            "th",
            Some("2026-11-22T00:00:00Z"),
        ),
        ("22 พ.ย. 69 15:30", "th", Some("2026-11-22T15:30:00Z")),
        (
            "令和8年11月22日(日) 15時30分",
            "ja",
            Some("2026-11-22T15:30:00Z"),
        ),
        ("令和元年5月1日", "ja", Some("2019-05-01T00:00:00Z")),
        (
            "中華民國115年11月22日 下午3:30",
            "zh-TW",
            Some("2026-11-22T15:30:00Z"),
        ),
        ("115年11月22日", "zh-TW", None),
        ("２０２６年１１月２２日", "ja", Some("2026-11-22T00:00:00Z")),
        (
            "2026年11月22日 上午12:05",
            "zh",
            Some("2026-11-22T00:05:00Z"),
        ),
        ("۲۲ آذر ۱۴۰۳ ۱۰:۳۰", "fa", Some("2024-12-12T10:30:00Z")),
        ("15 محرم 1446", "ar", None),
        ("15 محرم 1446 - 22 يوليو 2024", "ar", None),
        ("22 نوفمبر 1448", "ar", None),
        // A month in one language, another month or a weekday in another.
        (
            "utorak, 22 listopada 2024",
            "",
            Some("2024-10-22T00:00:00Z"),
        ),
        ("22 listopada 2024", "", None),
        (
            "pátek, 22 listopadu 2024",
            "cs",
            Some("2024-11-22T00:00:00Z"),
        ),
        ("listopad 22 2024", "", None),
        (
            "Fri, 22 listopad 2024 10:00",
            "",
            Some("2024-11-22T10:00:00Z"),
        ),
        (
            "Sat, 05 Oct 2024 10:00:00 GMT",
            "ha",
            Some("2024-10-05T10:00:00Z"),
        ),
        (
            "Wed, 17 Jan 2024 10:00:00 GMT",
            "st",
            Some("2024-01-17T10:00:00Z"),
        ),
        ("mar 10 mar 2026", "it", Some("2026-03-10T00:00:00Z")),
        ("mar 10 dicembre 2024", "en", Some("2024-12-10T00:00:00Z")),
        ("Mer, 14 Xxxarii 2024", "zu", None),
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
            assert_eq!(
                month(name, Some(language)),
                Some(expected),
                "{name} ({language})"
            );
        }
    }
}

/// Every name of the table in its own languages, in the layout of RFC 822: next to all are read, none is read wrong.
#[test]
fn every_name_is_read_in_its_language() {
    let (mut all, mut unread) = (0, Vec::new());
    for line in include_str!("../../text/calendar/names.tsv").lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let Some(month) = fields[1].strip_prefix('m') else {
            continue;
        };
        let names = fields[2].split('|');
        for (name, language) in
            names.flat_map(|name| fields[0].split(',').map(move |tag| (name, tag)))
        {
            let written = format!("14 {name} 2024 10:30:00 +0700");
            let expected = format!("2024-{month:0>2}-14T03:30:00Z");
            all += 1;
            match parse(&written, Some(language)) {
                Some(at) => assert_eq!(at.to_string(), expected, "{written} ({language})"),
                None => unread.push(written),
            }
        }
    }
    assert!(all > 9_000, "{all}");
    assert!(
        unread.len() * 100 < all,
        "{} of {all}: {unread:?}",
        unread.len()
    );
}

#[test]
fn a_year_of_another_calendar_in_figures_is_no_instant() {
    for text in [
        "1405-09-02 14:30:00",
        "۱۴۰۵/۰۹/۰۲ ۱۴:۳۰",
        "1448-06-13",
        "Mon, 02 Sep 1405 10:00:00 GMT",
    ] {
        assert_eq!(parse(text, Some("fa")), None, "{text}");
    }
}
