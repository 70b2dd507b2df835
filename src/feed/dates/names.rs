//! Names of months and halves of the day in the languages of newspapers: in full, in the case that dates
//! take, and shortened as CLDR and editors shorten them.

/// One line of words for each month, lower case, without dots.
const MONTHS: [&str; 12] = [
    "january januari januar janvier enero janeiro gennaio jänner ianuarie januára január \
     ledna leden stycznia styczeń siječnja siječanj januara январь января янв січень січня \
     січ студзень студзеня студз януари яну јануар јану jaanuar januārijs janvāris sausio \
     sausis tammikuuta tammikuu tammi ocak oca ιανουάριος ιανουαρίου ιαν יָנוּאָר ינואר ינו \
     يناير جانفي ژانویه ژانویهٔ जनवरी जन জানুয়ারি জানুয়ারী জানু ஜனவரி ஜன జనవరి ಜನವರಿ ജനുവരി \
     જાન્યુઆરી ਜਨਵਰੀ جنوری มกราคม มค gener urtarrila xaneiro yanvar qaņtar қаңтар қаң",
    "february februari februar février fevrier febrero fevereiro febbraio feber feb fév févr \
     fev febr februarie február februára února únor úno lutego luty lut veljače veljača velj \
     февраль февраля фев февр лютий лютого лют люты лютага февруари фебруар феб veebruar \
     veebr februāris vasario vasaris helmikuuta helmikuu helmi şubat şub φεβρουάριος \
     φεβρουαρίου φεβ פברואר פבר فبراير شباط فيفري فوریه فوریهٔ फ़रवरी फरवरी फ़र ফেব্রুয়ারি \
     ফেব্রুয়ারী ফেব பிப்ரவரி ఫిబ్రవరి ಫೆಬ್ರವರಿ ഫെബ്രുവരി فروری กุมภาพันธ์ กพ febrer fevral \
     ақпан ақп",
    "march mar maret marzo mars märz maerz mrz mrt março marco maart marts marca martie marec \
     března březen bře březn marzec ožujka ožujak ožu март марта мар березень березня бер \
     берез сакавік сакавіка märts märtsil kovo kovas maaliskuuta maaliskuu maalis mart \
     μάρτιος μαρτίου μαρ מרץ מרס مارس آذار मार्च মার্চ மார்ச் మార్చి ಮಾರ್ಚ್ മാർച്ച് مارچ \
     มีนาคม มีค març mac március márc márciusa наурыз нау mär",
    "april avril abril aprile avr abr apr aprilie apríla április ápr dubna duben dub kwietnia \
     kwiecień kwi travnja travanj tra апрель апреля апр квітень квітня квіт красавік \
     красавіка април aprill aprīlis balandžio balandis huhtikuuta huhtikuu huhti nisan nis \
     απρίλιος απριλίου απρ אפריל אפר ابريل أبريل نيسان أفريل آوریل آوریلهٔ अप्रैल এপ্রিল \
     ஏப்ரல் ఏప్రిల్ ಏಪ್ರಿಲ್ ഏപ്രിൽ اپریل เมษายน เมย сәуір сәу",
    "may mei mai maj mayo maio maggio mag máj mája május maja maje května květen kvě svibnja \
     svibanj svi май мая травень травня трав мај маја maijs gegužės gegužė toukokuuta \
     toukokuu touko mayıs μάιος μαΐου μαΐ μάι μαι מאי مايو أيار ماي مه مهٔ मई মে மே మే ಮೇ \
     മേയ് مئی พฤษภาคม พค maig maí мамыр мам",
    "june juni juin junio junho giugno giu iunie iun jún júna június czerwca czerwiec cze \
     června červen čvn lipnja lipanj июнь июня июн червень червня черв чэрвень чэрвеня юни \
     јун јуни juuni jūnijs birželio birželis kesäkuuta kesäkuu kesä haziran haz ιούνιος \
     ιουνίου ιουν יוני يونيو حزيران جوان ژوئن ژوئنهٔ जून জুন ஜூன் జూన్ ಜೂನ್ ജൂൺ جون มิถุนายน \
     มิย juny jun маусым мау",
    "july juli juillet julio julho luglio lug juil jul iulie iul júl júla július lipca lipiec \
     lip července červenec čvc srpnja srpanj июль июля июл липень липня ліпень ліпеня юли јул \
     јули juuli jūlijs liepos liepa heinäkuuta heinäkuu heinä temmuz tem ιούλιος ιουλίου ιουλ \
     יולי يوليو تموز جويلية ژوئیه ژوئیهٔ ژوئیۀ जुलाई जुल জুলাই ஜூலை జూలై ಜುಲೈ ജൂലൈ جولائی \
     กรกฎาคม กค juliol julai шілде шіл ліп лип",
    "august agustus agu agt ags ogos août aout agosto ago aug augusti augustus elokuuta \
     elokuu elo augusts augusta augusztus sierpnia sierpień sie srpna srpen srp kolovoza \
     kolovoz kol август августа авг серпень серпня серп жнівень жніўня rugpjūčio rugpjūtis \
     ağustos ağu αύγουστος αυγούστου αυγ אוגוסט أغسطس اغسطس آب أوت اوت اوتهٔ अगस्त अग আগস্ট \
     ஆகஸ்ட் ఆగస్టు ಆಗಸ್ಟ್ ഓഗസ്റ്റ് اگست สิงหาคม สค agost тамыз там",
    "september septembre septiembre setembro settembre set sept sep septembrie septembra \
     szeptember szept setiembre wrzesień września wrz září zář rujna rujan ruj сентябрь \
     сентября сен сент вересень вересня вер верасень верасня септември септембар септ сеп \
     rugsėjo rugsėjis syyskuuta syyskuu syys eylül eyl σεπτέμβριος σεπτεμβρίου σεπ σεπτ \
     ספטמבר ספט سبتمبر أيلول سپتامبر सितंबर सितम्बर सित সেপ্টেম্বর செப்டம்பர் సెప్టెంబర్ \
     ಸೆಪ್ಟೆಂಬರ್ സെപ്റ്റംബർ ستمبر กันยายน กย setembre septembris қыркүйек",
    "october oktober octobre octubre outubro ottobre ott okt oct out octombrie októbra \
     október oktobra oktobar październik października paź října říjen říj октябрь октября окт \
     жовтень жовтня жовт кастрычнік кастрычніка октомври октобар oktoober oktobris spalio \
     spalis lokakuuta lokakuu loka ekim eki οκτώβριος οκτωβρίου οκτ אוקטובר אוק أكتوبر اكتوبر \
     اکتبر अक्टूबर अक्तूबर अक्टू অক্টোবর அக்டோபர் అక్టోబర్ ಅಕ್ಟೋಬರ್ ഒക്ടോബർ اکتوبر ตุลาคม ตค \
     қазан қаз",
    "november nopember novembre noviembre novembro nov nop noiembrie noi novembra listopad \
     listopadu listopada lis studenoga studeni stu ноябрь ноября ноя нояб листопад листопада \
     лист лістапад лістапада ноември новембар novembris lapkričio lapkritis marraskuuta \
     marraskuu marras kasım kas νοέμβριος νοεμβρίου νοε νοέ נובמבר נוב نوفمبر نوامبر नवंबर \
     नवम्बर नव নভেম্বর நவம்பர் నవంబర్ ನವೆಂಬರ್ നവംബർ نومبر พฤศจิกายน พย қараша",
    "december desember disember décembre decembre diciembre dezembro dicembre dezember des \
     dis déc dec dic dez decembrie decembra grudzień grudnia gru prosinec prosince pro \
     prosinca prosinac декабрь декабря дек грудень грудня груд снежань снежня декември \
     децембар дец detsember dets decembris gruodžio gruodis joulukuuta joulukuu joulu aralık \
     ara δεκέμβριος δεκεμβρίου δεκ דצמבר דצמ ديسمبر دسامبر दिसंबर दिसम्बर दिस ডিসেম্বর \
     டிசம்பர் డిసెంబర్ ಡಿಸೆಂಬರ್ ഡിസംബർ دسمبر ธันวาคม ธค desembre желтоқсан",
];

/// Words that mean another month in one language than in the others.
const EXCEPTIONS: [(&str, &str, i8); 5] = [
    ("hr", "listopad", 10),
    ("hr", "listopada", 10),
    ("hr", "lis", 10),
    ("hr", "lip", 6),
    ("hr", "srp", 7),
];

/// Shorter than this nothing is taken for the beginning of a longer name.
const STEM_CHARS_MIN: usize = 3;

/// The month (1 to 12) that a word names.
pub(super) fn month(word: &str, language: &str) -> Option<i8> {
    let word = tidy(word);
    if word.is_empty() || word.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let exception = EXCEPTIONS
        .iter()
        .find(|(of, known, _)| *of == language && *known == word)
        .map(|&(_, _, month)| month);
    let by = |fits: &dyn Fn(&str) -> bool| {
        let mut months = (1..=12_i8)
            .zip(MONTHS)
            .filter(|(_, names)| names.split(' ').any(fits))
            .map(|(month, _)| month);
        months.next().filter(|_| months.next().is_none())
    };
    exception.or_else(|| by(&|name| name == word)).or_else(|| {
        (word.chars().count() >= STEM_CHARS_MIN).then(|| by(&|name| name.starts_with(&word)))?
    })
}

/// Whether a word says that the number after it is a month (Vietnamese).
pub(super) fn is_word_for_month(word: &str) -> bool {
    matches!(tidy(word).as_str(), "tháng" | "thg")
}

/// Whether a word says afternoon (`true`) or morning (`false`).
pub(super) fn half_of_day(word: &str) -> Option<bool> {
    match tidy(word).as_str() {
        "pm" | "오후" | "下午" | "午後" | "chiều" | "م" | "μμ" => Some(true),
        "am" | "오전" | "上午" | "午前" | "sáng" | "ص" | "πμ" => Some(false),
        _ => None,
    }
}

/// Lower case, without the dots and marks of shortening; the Turkish dotted I as plain i.
fn tidy(word: &str) -> String {
    word.to_lowercase()
        .chars()
        .filter(|c| !matches!(c, '.' | '॰' | '׳' | '\'' | '’' | '\u{307}' | '\u{200c}'))
        .collect()
}
