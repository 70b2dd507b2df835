//! Language tags.

/// Codes of three letters and old codes, and what BCP 47 writes instead. Norwegian's two written
/// forms share one stemmer and one gazetteer, and feeds rarely tell them apart.
const SHORT: &[(&str, &str)] = &[
    ("afr", "af"),
    ("alb", "sq"),
    ("amh", "am"),
    ("ara", "ar"),
    ("arb", "ar"),
    ("arm", "hy"),
    ("aze", "az"),
    ("baq", "eu"),
    ("bel", "be"),
    ("ben", "bn"),
    ("bos", "bs"),
    ("bul", "bg"),
    ("bur", "my"),
    ("cat", "ca"),
    ("ces", "cs"),
    ("chi", "zh"),
    ("cmn", "zh"),
    ("cym", "cy"),
    ("cze", "cs"),
    ("dan", "da"),
    ("deu", "de"),
    ("dut", "nl"),
    ("ell", "el"),
    ("eng", "en"),
    ("epo", "eo"),
    ("est", "et"),
    ("eus", "eu"),
    ("fas", "fa"),
    ("fil", "tl"),
    ("fin", "fi"),
    ("fra", "fr"),
    ("fre", "fr"),
    ("geo", "ka"),
    ("ger", "de"),
    ("gle", "ga"),
    ("glg", "gl"),
    ("gre", "el"),
    ("guj", "gu"),
    ("hau", "ha"),
    ("heb", "he"),
    ("hin", "hi"),
    ("hrv", "hr"),
    ("hun", "hu"),
    ("hye", "hy"),
    ("ibo", "ig"),
    ("ice", "is"),
    ("in", "id"),
    ("ind", "id"),
    ("isl", "is"),
    ("ita", "it"),
    ("iw", "he"),
    ("jav", "jv"),
    ("ji", "yi"),
    ("jpn", "ja"),
    ("kan", "kn"),
    ("kat", "ka"),
    ("kaz", "kk"),
    ("khm", "km"),
    ("kir", "ky"),
    ("kor", "ko"),
    ("kur", "ku"),
    ("lao", "lo"),
    ("lat", "la"),
    ("lav", "lv"),
    ("lit", "lt"),
    ("mac", "mk"),
    ("mal", "ml"),
    ("mar", "mr"),
    ("may", "ms"),
    ("mkd", "mk"),
    ("mo", "ro"),
    ("mon", "mn"),
    ("msa", "ms"),
    ("mya", "my"),
    ("nb", "no"),
    ("nep", "ne"),
    ("nld", "nl"),
    ("nn", "no"),
    ("nno", "no"),
    ("nob", "no"),
    ("nor", "no"),
    ("ori", "or"),
    ("pan", "pa"),
    ("per", "fa"),
    ("pes", "fa"),
    ("pol", "pl"),
    ("por", "pt"),
    ("prs", "fa"),
    ("pus", "ps"),
    ("ron", "ro"),
    ("rum", "ro"),
    ("rus", "ru"),
    ("sh", "sr"),
    ("sin", "si"),
    ("slk", "sk"),
    ("slo", "sk"),
    ("slv", "sl"),
    ("sna", "sn"),
    ("som", "so"),
    ("spa", "es"),
    ("sqi", "sq"),
    ("srp", "sr"),
    ("swa", "sw"),
    ("swe", "sv"),
    ("swh", "sw"),
    ("tam", "ta"),
    ("tel", "te"),
    ("tgl", "tl"),
    ("tha", "th"),
    ("tuk", "tk"),
    ("tur", "tr"),
    ("ukr", "uk"),
    ("urd", "ur"),
    ("uzb", "uz"),
    ("vie", "vi"),
    ("wel", "cy"),
    ("xho", "xh"),
    ("yid", "yi"),
    ("yor", "yo"),
    ("yue", "zh"),
    ("zho", "zh"),
    ("zsm", "ms"),
    ("zul", "zu"),
];

/// The shortest tag of a language: `en-US` and `eng` are `en`, `ind` is `id`, `nb` is `no`.
///
/// `None` for what is no tag of a language: empty, malformed, `und`, `mul`, `x-default`.
#[must_use]
pub fn shortest_tag(tag: &str) -> Option<String> {
    let primary = tag
        .trim()
        .split(['-', '_', '.', '@'])
        .next()?
        .to_ascii_lowercase();
    let is_code =
        (2..=3).contains(&primary.len()) && primary.bytes().all(|byte| byte.is_ascii_lowercase());
    if !is_code || matches!(primary.as_str(), "und" | "mul" | "mis" | "zxx") {
        return None;
    }
    let short = SHORT.binary_search_by_key(&primary.as_str(), |(long, _)| long);
    Some(short.map_or(primary, |at| SHORT[at].1.to_owned()))
}

/// The codes of ISO 639-1, and those of three letters of languages that have none and are written in the news.
const CODES: &str = "\
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el \
    en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu \
    ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na \
    nd ne ng nl no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr \
    ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu \
    ace ban bal bcl bho bjn bug ceb ckb crh doi gsw hak haw hmn hne hsb ilo kab kha kok ksh lus mad mag mai min mni \
    mwl nan nap nds new pag pam pcm pms sah sat scn shn srn syr szl tcy tet tpi tyv udm vec war wuu xmf yue";

/// Whether a shortest tag is that of a language.
#[must_use]
pub fn is_language(tag: &str) -> bool {
    CODES.split_whitespace().any(|code| code == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_shortened() {
        let cases = [
            ("en-US", Some("en")),
            ("EN_gb", Some("en")),
            ("ind", Some("id")),
            ("in", Some("id")),
            ("zh-Hant-TW", Some("zh")),
            ("nb-NO", Some("no")),
            ("pcm", Some("pcm")),
            (" fr ", Some("fr")),
            ("ru_RU.UTF-8", Some("ru")),
            ("", None),
            ("und", None),
            ("x-default", None),
            ("english", None),
            ("日本", None),
        ];
        for (tag, short) in cases {
            assert_eq!(shortest_tag(tag).as_deref(), short, "{tag}");
        }
    }

    #[test]
    fn what_the_table_shortens_to_is_a_language() {
        assert!(SHORT.iter().all(|(_, short)| is_language(short)));
        assert!(!is_language("xx") && !is_language("") && !is_language("eng"));
    }

    #[test]
    fn the_table_can_be_searched() {
        assert!(SHORT.is_sorted());
    }
}
