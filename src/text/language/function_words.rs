//! The small words that tell languages of one script apart.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::text::fold;

/// Language and its most frequent function words.
const WORDS: &[(&str, &str)] = &[
    (
        "en",
        "the of and to in for is on with that by at from as it his has was are after over be this will its who not \
            have an he says amid how why what new us says he's she they",
    ),
    (
        "pcm",
        "dey don wey di dem na wetin pipo im fit no go say for sabi dis dat una oga abi make wen wia inside tori \
             happun ogbonge kain gada comot the of and to in is on with be as his after from at tok",
    ),
    (
        "de",
        "der die das und in den von zu mit ist auf fur im nicht sich eine ein dem des als auch nach wird bei aus an \
            gegen uber um wie vor hat sind zum zur einen so will",
    ),
    (
        "nl",
        "de het een van en in op te dat is voor met zijn niet aan er ook om bij uit naar over na wordt door als \
            maar heeft tegen werd hij dit",
    ),
    (
        "af",
        "die van en het nie is in vir om te met dat wat op 'n word oor sy hy deur ook",
    ),
    (
        "sv",
        "och i att det som en pa ar av for med den till har inte om ett efter fran vid kan ska nar han mot sa man",
    ),
    (
        "no",
        "og i det pa er som en av for med til at har ikke de den om et etter fra ved kan skal nar han mot sier ble \
            vil blir seg",
    ),
    (
        "da",
        "og i det pa er som en af for med til at har ikke de den om et efter fra ved kan skal nar han mod siger blev \
            vil bliver sig",
    ),
    (
        "fi",
        "ja on ei etta se oli kun han myos mutta tai ovat joka mukaan jo kuin nyt sen viela vuoden suomen",
    ),
    (
        "et",
        "ja on ei et see oli kui ta ka aga voi mis oma eesti ning aasta kuid selle parast",
    ),
    (
        "lt",
        "ir kad i su is yra del nuo bei apie po uz buvo tai kaip ne tik lietuvos savo metu",
    ),
    (
        "lv",
        "un ir ka ar no par uz lai ari tas bet ka gada latvijas vai pec kas",
    ),
    (
        "pl",
        "w i na z do sie nie to ze o jest po za od przez jak ale dla przed juz co tym czy ma beda roku ze ich byl \
            byla przy nad ws tego",
    ),
    (
        "cs",
        "a v na se je ze do s o z pro za po od jako ale podle k by si jeho uz roku bude pri ve ktery ktera co byl jak",
    ),
    (
        "sk",
        "a v na sa je ze do s o z pre za po od ako ale podla k by si jeho uz roku bude pri vo ktory ktora co bol",
    ),
    (
        "sl",
        "in v na se je da za so z po od kot pa ne tudi ki ali bo leta pri do iz ter bi",
    ),
    (
        "hr",
        "i u na se je da za su s od ne to koji kao iz o do bi sto ali nije ce godine nakon",
    ),
    (
        "ro",
        "de in si la a cu pe din care un o pentru nu ca au este al prin sa fi fost dupa mai cel despre lui ale cum \
            ce se va le \
            catre guvernul presedintele privind pana peste anul fara pot trebuie romania noi dintre noul noua vor avea",
    ),
    (
        "hu",
        "a az es hogy nem is egy volt meg el ez mar csak de szerint ki be meg lesz magyar mint ha miatt utan",
    ),
    (
        "tr",
        "ve bir bu icin da de ile olarak gibi daha sonra ne kadar olan en cok ise dedi etti oldu turkiye yeni son",
    ),
    (
        "az",
        "ve bir bu ucun ile olan da de azerbaycan haqqinda sonra edib olub ki etdi",
    ),
    (
        "es",
        "de la que el en y a los del se las por un para con no una su al es lo como mas este ha tras sobre entre \
            sus son desde hasta",
    ),
    (
        "pt",
        "de a o que e do da em um para com nao uma os no se na por mais as dos como ao das foi pelo pela sao nos nas \
            apos sobre diz",
    ),
    (
        "gl",
        "de a o que e do da en un para con non unha os no se na por mais as dos como ao das foi polo pola",
    ),
    (
        "fr",
        "de la le et les des en un du une que est pour qui dans a par sur au pas plus ne se son avec ce il sont aux \
            ses cette apres ont l d",
    ),
    (
        "it",
        "di e il la che in a per un del della con non una i le da si al dei nel sono come piu gli ha alla anche lo \
            dal delle ai su dopo l",
    ),
    (
        "ca",
        "de la el que i a en els del les per un amb una no es al dels com mes ha ser son aquest l d s",
    ),
    (
        "vi",
        "va cua co la cho trong duoc voi mot khong da nguoi nay o tai den khi tu nhung ve cac se ra nam bi",
    ),
    (
        "id",
        "yang dan di ini itu dengan untuk dari pada dalam tidak akan juga ke oleh karena adalah sebagai ada saat \
            bisa telah para tersebut kepada jadi usai soal",
    ),
    (
        "ms",
        "yang dan di ini itu dengan untuk daripada pada dalam tidak akan juga ke oleh kerana ialah sebagai ada \
            boleh telah beliau turut selepas berkata kata bagi anda",
    ),
    (
        "tl",
        "ang ng sa na mga ay at ni si para hindi ito kay niya nang may ng kung siya",
    ),
    (
        "sw",
        "ya na wa kwa katika ni za la kuwa hii huo huyo cha yake wake wakati baada kama hilo nchini mwa vya je \
            watu wao alisema hiyo lakini \
            ambapo pia serikali rais miaka zaidi huku kuhusu mkuu nchi mwaka dhidi hivyo ambao huko waziri yao yetu",
    ),
    (
        "ha",
        "da ta a na ya ba mai cikin wannan sun kuma don ga ko ce su yi an za daga amma wani wata shi tun mutane \
            tsakanin yadda bayan kasar \
            kasar shugaban jihar gwamnatin hukumar rundunar yana tana suna zai kuma cewa wanda wadda wadanda tare ranar \
            inda ake aka yadda sabon babu saboda domin sai",
    ),
    (
        "so",
        "oo iyo ka ku in waxaa ee uu la ay ah soo u waa kale sida ayaa ugu laga lagu maxaa aan si wuxuu ayuu kala \
            isaga dalka \
            waxay markii sidoo madaxweynaha dowladda sheegay waxa kadib isagoo looga kuwa inay muxuu",
    ),
    (
        "yo",
        "ni ti awon si ati won fun naa lati pe o ilu ijoba se wa lori ninu ko kan bi yoo gege eni fi mo omo",
    ),
    (
        "sq",
        "e te ne dhe per nje me qe i se nga eshte ka si u do ku nuk ky kjo pas",
    ),
    (
        "uz",
        "va bu bilan uchun bir ham deb edi bo'lgan o'zbekiston haqida esa qildi",
    ),
    ("eu", "eta da ez bat du dira zen ere izan egin duen hori"),
    (
        "is",
        "og i a ad sem er til um vid fyrir med en ekki var af hann thad",
    ),
    (
        "ru",
        "в и на с что не по за о к из для как от это его он но а до у после при будет был все так также об том ее от же ли уже или чем может во со которые который заявил рассказал сообщили россии",
    ),
    (
        "uk",
        "в і на з що не та у до за про для як від це його він але після при буде був також який яка щодо через \
            під бо й",
    ),
    (
        "be",
        "у і на з што не ў да за пра для як ад гэта яго ен але пасля пры будзе быў таксама які якая праз",
    ),
    (
        "bg",
        "на в и за да се от с не е са ще по че като до това след при са но към които който си",
    ),
    (
        "mk",
        "на во и за да се од со не е ќе по дека како до ова по при но кои која што",
    ),
    (
        "sr",
        "на у и за да се од са не је су ће по као до то након при али који која што из нису",
    ),
    (
        "kk",
        "және мен бұл үшін бар деп бір қазақстан туралы бойынша де да",
    ),
    (
        "ky",
        "жана менен бул үчүн бар деп бир кыргызстан тууралуу боюнча",
    ),
    ("mn", "нь юм болон байна байгаа бол гэж монгол улсын"),
    (
        "hi",
        "के में की है को से का और पर ने कि एक भी नहीं इस हैं यह लिए था गया तो कर वह हो रहा ही",
    ),
    (
        "mr",
        "आहे आणि या च्या व हे ते की मध्ये होते नाही साठी आहेत म्हणाले केली केला झाली झाला",
    ),
    (
        "ne",
        "छ र को मा ले छन् हो भएको गरेको गर्ने यो पनि भने लागि नेपाल का गरेका",
    ),
    (
        "ar",
        "في من علي ان الي عن مع هذا هذه التي الذي ما لا بعد او كما بين قال",
    ),
    (
        "fa",
        "و در به از كه اين را با است براي ان هاي يك تا بر شد خود ميشود كرد گفت هم ايران شده",
    ),
    (
        "ur",
        "كے ميں كي هے كا سے كو اور پر نے يه كه اس بهي نهيں ايك هيں كر گيا تها",
    ),
    ("ps", "د په او چې له هم دي يې کې ته كې دا"),
];

/// Word in normal form to the languages that use it.
static INDEX: LazyLock<FxHashMap<String, Vec<&'static str>>> = LazyLock::new(|| {
    let mut index: FxHashMap<String, Vec<&'static str>> = FxHashMap::default();
    for (lang, words) in WORDS {
        for word in words.split_whitespace() {
            let langs = index.entry(fold(word)).or_default();
            if !langs.contains(lang) {
                langs.push(lang);
            }
        }
    }
    index
});

/// The languages that use the word, in normal form, as a function word.
pub(super) fn languages_of(word: &str) -> &'static [&'static str] {
    INDEX.get(word).map_or(&[], Vec::as_slice)
}

/// Whether the language has a list of function words.
pub(super) fn knows(lang: &str) -> bool {
    WORDS.iter().any(|(known, _)| *known == lang)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn words_know_their_languages() {
        assert_eq!(languages_of("yang"), ["id", "ms"]);
        assert!(languages_of("moskau").is_empty());
    }
}
