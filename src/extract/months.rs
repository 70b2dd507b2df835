//! Names of months.

/// Beginnings of month names, folded to lower case, by month. The longest beginning that fits wins, so
/// that Polish *marca* and *maja*, or French *juin* and *juillet*, stay apart.
const BEGINNINGS: [&[&str]; 12] = [
    &[
        "jan",
        "ene",
        "gen",
        "янв",
        "січ",
        "sty",
        "led",
        "oca",
        "يناير",
        "كانون الثاني",
        "जनवरी",
        "มกราคม",
        "ม.ค",
        "ιαν",
        "ינואר",
        "ian",
        "tammi",
    ],
    &[
        "feb",
        "fév",
        "fev",
        "фев",
        "лют",
        "lut",
        "úno",
        "şub",
        "فبراير",
        "شباط",
        "फ़रवरी",
        "फरवरी",
        "กุมภาพันธ์",
        "φεβ",
        "פברואר",
        "helmi",
    ],
    &[
        "mar",
        "mär",
        "maa",
        "mrt",
        "мар",
        "бер",
        "bře",
        "مارس",
        "آذار",
        "मार्च",
        "มีนาคม",
        "μαρ",
        "מרץ",
    ],
    &[
        "apr",
        "avr",
        "abr",
        "апр",
        "кві",
        "kwi",
        "dub",
        "nis",
        "أبريل",
        "ابريل",
        "إبريل",
        "نيسان",
        "अप्रैल",
        "เมษายน",
        "απρ",
        "אפריל",
        "huhti",
    ],
    &[
        "may",
        "mai",
        "mei",
        "maj",
        "mag",
        "май",
        "мая",
        "мае",
        "тра",
        "kvě",
        "مايو",
        "ماي",
        "أيار",
        "मई",
        "พฤษภาคม",
        "μαΐ",
        "μάι",
        "μαι",
        "מאי",
        "touko",
    ],
    &[
        "jun",
        "juin",
        "giu",
        "июн",
        "чер",
        "cze",
        "červn",
        "červen",
        "haz",
        "يونيو",
        "حزيران",
        "जून",
        "มิถุนายน",
        "ιουν",
        "יוני",
        "kesä",
    ],
    &[
        "jul",
        "juil",
        "lug",
        "июл",
        "лип",
        "lip",
        "červenec",
        "července",
        "tem",
        "يوليو",
        "تموز",
        "जुलाई",
        "กรกฎาคม",
        "ιουλ",
        "יולי",
        "heinä",
    ],
    &[
        "aug",
        "aoû",
        "aou",
        "ago",
        "agu",
        "agt",
        "ags",
        "авг",
        "сер",
        "sie",
        "srp",
        "ağu",
        "أغسطس",
        "اغسطس",
        "آب",
        "अगस्त",
        "สิงหาคม",
        "αυγ",
        "אוגוסט",
        "elo",
    ],
    &[
        "sep",
        "set",
        "сен",
        "вер",
        "wrz",
        "zář",
        "eyl",
        "سبتمبر",
        "أيلول",
        "सितंबर",
        "सितम्बर",
        "กันยายน",
        "σεπ",
        "ספטמבר",
        "syys",
    ],
    &[
        "oct",
        "okt",
        "ott",
        "out",
        "окт",
        "жов",
        "paź",
        "říj",
        "eki",
        "أكتوبر",
        "اكتوبر",
        "تشرين الأول",
        "अक्टूबर",
        "अक्तूबर",
        "ตุลาคม",
        "οκτ",
        "אוקטובר",
        "loka",
    ],
    &[
        "nov",
        "ноя",
        "лис",
        "lis",
        "kas",
        "نوفمبر",
        "تشرين الثاني",
        "नवंबर",
        "नवम्बर",
        "พฤศจิกายน",
        "νοε",
        "נובמבר",
        "marras",
    ],
    &[
        "dec",
        "déc",
        "dic",
        "des",
        "dez",
        "dis",
        "дек",
        "гру",
        "gru",
        "pro",
        "ara",
        "ديسمبر",
        "كانون الأول",
        "दिसंबर",
        "दिसम्बर",
        "ธันวาคม",
        "δεκ",
        "דצמבר",
        "joulu",
    ],
];

/// Letters of the longest month name that is taken for one ("September" has 9, Thai and Greek ones more).
const NAME_CHARS_MAX: usize = 14;

/// The number, from 1, of the month that `name` or its abbreviation means.
#[must_use]
pub fn number(name: &str) -> Option<i16> {
    if name.chars().count() > NAME_CHARS_MAX {
        return None;
    }
    let name = name.to_lowercase();
    let mut best: Option<(usize, i16)> = None;
    for (month, beginnings) in (1..).zip(BEGINNINGS) {
        for beginning in beginnings
            .iter()
            .filter(|&beginning| name.starts_with(beginning))
        {
            if best.is_none_or(|(length, _)| beginning.len() > length) {
                best = Some((beginning.len(), month));
            }
        }
    }
    best.map(|(_, month)| month)
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn months_that_begin_alike_stay_apart() {
        for (name, month) in [
            ("Juin", 6),
            ("juillet", 7),
            ("JULI", 7),
            ("Juni", 6),
            ("marca", 3),
            ("maja", 5),
            ("maart", 3),
            ("Marras", 11),
            ("červen", 6),
            ("července", 7),
            ("Agustus", 8),
            ("mayıs", 5),
            ("марта", 3),
            ("мая", 5),
            ("Desember", 12),
            ("листопада", 11),
        ] {
            assert_eq!(number(name), Some(month), "{name}");
        }
        assert_eq!(number("Montag"), None);
    }
}
