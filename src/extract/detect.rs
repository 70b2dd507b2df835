//! The encoding of bytes that no label explains.

use std::sync::LazyLock;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::Encoding;
use regex::bytes::Regex;

use super::decode::LABEL_WITHIN_BYTES;

static LANGUAGE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)<html\b[^>]{0,400}?lang\s*=\s*["']?\s*([a-z]{2}(?:-[a-z]{2})?)\b"#)
        .expect("a constant pattern")
});

/// Countries whose pages are written in a language, for the detector: it knows habits of countries only.
const COUNTRY_OF_LANGUAGE: &[(&str, &str)] = &[
    ("ar", "ae"),
    ("be", "by"),
    ("bs", "ba"),
    ("cs", "cz"),
    ("da", "dk"),
    ("el", "gr"),
    ("et", "ee"),
    ("fa", "ir"),
    ("he", "il"),
    ("ja", "jp"),
    ("ko", "kr"),
    ("sl", "si"),
    ("sq", "al"),
    ("sr", "rs"),
    ("sv", "se"),
    ("uk", "ua"),
    ("vi", "vn"),
    ("zh-hk", "tw"),
    ("zh-tw", "tw"),
];

/// The likeliest encoding of a page of this address. Its country or language tells apart what looks alike.
pub fn guess(bytes: &[u8], page_url: &str) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    let country = country(bytes, page_url);
    detector.guess(country.as_deref().map(str::as_bytes), Utf8Detection::Allow)
}

/// Western European text has an accent here and there; where most letters are beyond ASCII it is no such text.
pub fn looks_western(bytes: &[u8]) -> bool {
    const SAMPLE_BYTES: usize = 256 * 1024;
    let sample = &bytes[..bytes.len().min(SAMPLE_BYTES)];
    let mut high = 0_usize;
    let mut runs = 0_usize;
    for pair in sample.windows(2) {
        high += usize::from(pair[0] >= 0xC0);
        runs += usize::from(pair[0] >= 0xA1 && pair[1] >= 0xA1);
    }
    // Two accented letters side by side are rare in every Western language.
    high < 20 || runs * 4 < high
}

/// The country of a page: the end of its host's name, else that of its language.
fn country(bytes: &[u8], page_url: &str) -> Option<String> {
    let url = url::Url::parse(page_url).ok();
    let host = url
        .as_ref()
        .and_then(url::Url::host_str)
        .unwrap_or_default();
    let end = host.rsplit('.').next().filter(|end| end.len() == 2);
    if let Some(end) = end.filter(|end| end.bytes().all(|byte| byte.is_ascii_lowercase())) {
        return Some(end.to_owned());
    }
    let head = &bytes[..bytes.len().min(LABEL_WITHIN_BYTES)];
    let found = LANGUAGE.captures(head)?;
    let language = String::from_utf8_lossy(&found[1]).to_lowercase();
    let short = language.split('-').next().unwrap_or_default();
    let known = |wanted: &str| {
        let mut all = COUNTRY_OF_LANGUAGE.iter();
        all.find(|(name, _)| *name == wanted)
            .map(|(_, country)| *country)
    };
    let country = known(&language).or_else(|| known(short));
    // Chinese alone may be of either script; other languages are called like their country.
    let own = (short != "zh" && short != "en").then_some(short);
    country.or(own).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::decode::decode;

    /// Encoding, language, and text as news pages of that language have it.
    const UNLABELLED: &[(&str, &str, &str)] = &[
        (
            "gb18030",
            "zh",
            "中国外交部长王毅周二抵达莫斯科，将与俄罗斯外长举行会谈，双方将讨论两国关系和国际形势。据悉，此次访问为期四天。",
        ),
        (
            "big5",
            "zh",
            "中國外交部長王毅週二抵達莫斯科，將與俄羅斯外長舉行會談，雙方將討論兩國關係和國際形勢。據悉，此次訪問為期四天。",
        ),
        (
            "euc-kr",
            "ko",
            "중국 외교부장이 화요일 모스크바에 도착했다. 양국 외교장관은 회담을 열고 양국 관계와 국제 정세를 논의할 예정이다.",
        ),
        (
            "shift_jis",
            "ja",
            "中国の王毅外相は火曜日にモスクワに到着し、ロシアの外相と会談する予定です。両国の関係や国際情勢について話し合います。",
        ),
        (
            "euc-jp",
            "ja",
            "中国の王毅外相は火曜日にモスクワに到着し、ロシアの外相と会談する予定です。両国の関係や国際情勢について話し合います。",
        ),
        (
            "windows-1250",
            "cs",
            "Čínský ministr zahraničí přiletěl v úterý do Moskvy, kde bude jednat se svým ruským protějškem o vzájemných vztazích. Žádné podrobnosti nebyly zveřejněny, řekl mluvčí.",
        ),
        (
            "windows-1250",
            "pl",
            "Chiński minister spraw zagranicznych przyleciał we wtorek do Moskwy. Będzie rozmawiał o współpracy, bezpieczeństwie i sytuacji międzynarodowej, a także o wspólnych planach na przyszłość.",
        ),
        (
            "iso-8859-2",
            "hu",
            "A kínai külügyminiszter kedden Moszkvába érkezett, ahol orosz kollégájával tárgyal. A felek a két ország közötti együttműködésről és a nemzetközi helyzetről egyeztetnek, közölte a szóvivő.",
        ),
        (
            "windows-1251",
            "ru",
            "Глава МИД Китая прибыл в Москву с официальным визитом, сообщили во вторник в министерстве. Стороны обсудят отношения двух стран.",
        ),
        (
            "windows-1251",
            "uk",
            "Міністр закордонних справ Китаю прибув до Києва з офіційним візитом, повідомили у вівторок у міністерстві. Сторони обговорять відносини.",
        ),
        (
            "koi8-r",
            "ru",
            "Глава МИД Китая прибыл в Москву с официальным визитом, сообщили во вторник в министерстве. Стороны обсудят отношения двух стран.",
        ),
        (
            "windows-1252",
            "de",
            "Der chinesische Außenminister ist am Dienstag in Moskau eingetroffen. Er will mit seinem russischen Kollegen über die Beziehungen beider Länder sprechen, während die Gespräche über den Frieden andauern.",
        ),
        (
            "windows-1252",
            "fr",
            "Le ministre chinois des Affaires étrangères est arrivé mardi à Moscou. Il doit s'entretenir avec son homologue russe des relations entre les deux pays, a précisé le ministère à la presse.",
        ),
        (
            "windows-1253",
            "el",
            "Ο Κινέζος υπουργός Εξωτερικών έφτασε την Τρίτη στη Μόσχα. Θα συζητήσει με τον Ρώσο ομόλογό του τις σχέσεις των δύο χωρών.",
        ),
        (
            "windows-1254",
            "tr",
            "Çin Dışişleri Bakanı salı günü Moskova'ya geldi. İki ülke arasındaki ilişkiler ve uluslararası gelişmeler görüşülecek, açıklamasını yapan sözcü ayrıntı vermedi. Görüşmenin ardından ortak basın toplantısı düzenlenecek.",
        ),
        (
            "windows-1255",
            "he",
            "שר החוץ הסיני הגיע ביום שלישי למוסקבה לביקור רשמי. הצדדים ידונו ביחסים בין שתי המדינות ובמצב הבינלאומי.",
        ),
        (
            "windows-1256",
            "ar",
            "وصل وزير الخارجية الصيني يوم الثلاثاء إلى موسكو في زيارة رسمية. ويبحث الجانبان العلاقات بين البلدين والأوضاع الدولية.",
        ),
        (
            "windows-1257",
            "lt",
            "Kinijos užsienio reikalų ministras antradienį atvyko į Maskvą. Šalys aptars dvišalius santykius ir tarptautinę padėtį, pranešė ministerija. Žurnalistams bus surengta spaudos konferencija.",
        ),
        (
            "windows-874",
            "th",
            "รัฐมนตรีว่าการกระทรวงการต่างประเทศจีนเดินทางถึงกรุงมอสโกเมื่อวันอังคาร เพื่อหารือกับรัฐมนตรีต่างประเทศรัสเซีย",
        ),
    ];

    #[test]
    fn every_encoding_of_news_pages_is_told_without_a_label() {
        for (encoding, language, text) in UNLABELLED {
            let page = format!("<html lang={language}><p>{text}</p>");
            let encoding = Encoding::for_label(encoding.as_bytes()).unwrap();
            let (bytes, _, unmappable) = encoding.encode(&page);
            assert!(!unmappable, "{language}");
            let (decoded, notes) = decode(&bytes, None);
            assert_eq!(decoded, page, "{language} {notes:?}");
        }
    }

    #[test]
    fn the_country_of_the_address_is_a_hint() {
        assert_eq!(
            country(b"", "https://www.beispiel.de/1").as_deref(),
            Some("de")
        );
        assert_eq!(
            country(b"<html lang='ja-JP'>", "https://example.com/").as_deref(),
            Some("jp")
        );
        assert_eq!(country(b"", "https://example.com/"), None);
    }
}
