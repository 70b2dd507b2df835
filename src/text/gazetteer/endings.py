"""Case forms of country and capital names that stemmers do not unite: pairs of (ending, [forms instead of it]).

The first pair whose ending fits is used; "" fits always. Only names of one word are expanded.
"""

_RU = [
    ("ия", "ия ии ию ией"), ("ея", "ея еи ею еей"), ("ня", "ня ни не ню ней"), ("ья", "ья ьи ье ью ьей"),
    ("ша", "ша ши ше шу шей"), ("га", "га ги ге гу гой"), ("ка", "ка ки ке ку кой"), ("ха", "ха хи хе ху хой"),
    ("а", "а ы е у ой"), ("й", "й я ю ем е"), ("ль", "ль ля лю лем ле"), ("нь", "нь ня ню нем не"),
    ("ы", "ы ов ам ами ах"), ("о", "о"), ("е", "е"), ("и", "и"), ("у", "у"), ("ь", "ь и ью"),
    ("", " а у ом е"),
]
_UK = [
    ("ія", "ія ії ію ією"), ("ея", "ея еї ею еєю"), ("а", "а и і у ою"), ("я", "я і ю ею"),
    ("ай", "ай аю ая аєм аї"), ("ь", "ь ю я ем і"), ("и", "и ів ам ами ах"), ("о", "о"), ("е", "е"), ("і", "і"),
    ("", " у а ом ові і"),
]
_BE = [
    ("ія", "ія іі ію іяй"), ("а", "а ы е у ай"), ("я", "я і ю яй"), ("й", "й я ю ем і"), ("ь", "ь і ю"),
    ("ы", "ы аў ам амі ах"), ("", " а у ам е"),
]
_SR = [
    ("ија", "ија ије ији ију ијом"), ("а", "а е и у ом"), ("о", "о"), ("е", "е"), ("и", "и"), ("", " а у ом"),
]
_HR = [
    ("ija", "ija ije iji iju ijom"), ("ska", "ska ske skoj sku skom"), ("a", "a e i u om"), ("o", "o"),
    ("e", "e"), ("i", "i"), ("", " a u om"),
]
_SL = [("ija", "ija ije iji ijo"), ("ska", "ska ske ski sko"), ("a", "a e i o"), ("o", "o"), ("", " a u om")]
_PL = [
    ("ja", "ja ji ję ją jo"), ("ia", "ia ii ię ią"), ("wa", "wa wy wie wę wą"), ("ka", "ka ki ce kę ką"),
    ("a", "a y ie ę ą"), ("ny", "ny n nom nami nach"), ("y", "y om ami ach"), ("o", "o a u em"), ("e", "e"),
    ("i", "i"), ("", " u a em owi ie"),
]
_CS = [
    ("sko", "sko ska sku skem"), ("cko", "cko cka cku ckem"), ("ie", "ie ii ií"), ("a", "a y ě e u ou"),
    ("o", "o a u em"), ("e", "e i í"), ("y", "y ům ami ách"), ("", " u a em ě e"),
]
_SK = [
    ("sko", "sko ska sku skom"), ("cko", "cko cka cku ckom"), ("ia", "ia ie ii iu iou"), ("a", "a y e u ou"),
    ("o", "o a u om"), ("e", "e"), ("y", "y om ami ách"), ("", " u a om e"),
]
_RO = [("ia", "ia iei"), ("a", "a ei"), ("e", "e"), ("i", "i"), ("o", "o"), ("", " ul ului")]
_EL = [
    ("ος", "ος ου ο"), ("ός", "ός ού ό"), ("ες", "ες ων"), ("ία", "ία ίας"), ("α", "α ας"), ("ά", "ά άς"),
    ("η", "η ης"), ("ή", "ή ής"), ("ο", "ο ου"), ("ό", "ό ού"), ("", ""),
]
_LV = [("ija", "ija ijas ijai iju ijā"), ("a", "a as ai u ā"), ("", "")]
_LT = [("ija", "ija ijos ijai iją ijoje"), ("a", "a os ai ą oje"), ("as", "as o ui ą e"), ("", "")]
_KA = [("ი", "ი ის ში მა თან სა"), ("", " ს ში მ თან")]
_HY = [("", " ը ի ում ից ին")]
_HU = [("a", "a át ának ával ában ából ára"), ("", "")]
_BN = [("া", "া ার াকে ায়"), ("", " ের কে ে")]
_TA = [("யா", "யா யாவின் யாவுக்கு யாவில் யாவுடன் யாவை"), ("னா", "னா னாவின் னாவுக்கு னாவில் னாவுடன் னாவை"), ("", "")]
_GENITIVE_S = [("s", "s"), ("x", "x"), ("z", "z"), ("ß", "ß"), ("", " s")]

TABLES = {
    "ru": _RU, "uk": _UK, "be": _BE, "sr": _SR, "hr": _HR, "bs": _HR, "sl": _SL, "pl": _PL, "cs": _CS, "sk": _SK,
    "ro": _RO, "el": _EL, "lv": _LV, "lt": _LT, "ka": _KA, "hy": _HY,
    "hu": _HU, "bn": _BN, "ta": _TA,
    "de": _GENITIVE_S, "sv": _GENITIVE_S, "da": _GENITIVE_S, "no": _GENITIVE_S, "nl": _GENITIVE_S,
}

# Letters written onto the next word. The stemmer takes them off longer names only.
_PREFIXES = {
    "he": "ו ב ה ל מ ש כ וב ול וה ומ".split(),
    "ar": "و ب ل ف ك وب ول".split(),
}


def forms(name, lang):
    """The name in its cases, itself first."""
    found = [name]
    if " " in name or "-" in name:
        return found
    if lang in _PREFIXES and len(name) <= 4 and not name.startswith("ال"):
        found += [prefix + name for prefix in _PREFIXES[lang]]
    for ending, instead in TABLES.get(lang, []):
        if name.endswith(ending):
            stem = name[: len(name) - len(ending)]
            if len(stem) >= 2:
                found += [stem + form for form in instead.split(" ")]
            break
    return list(dict.fromkeys(found))
