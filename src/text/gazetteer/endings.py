"""Case forms of names of countries and capitals that stemmers do not unite: pairs of (ending, [forms instead of it]).

The first pair whose ending fits is used; "" fits always. Of names of two words those are expanded that are an adjective
and a noun (`PHRASES`): the cases of the two stand in the same order.
"""
import unicodedata

_RU = [
    ("ия", "ия ии ию ией"), ("ея", "ея еи ею еей ее"), ("ня", "ня ни не ню ней"), ("ья", "ья ьи ье ью ьей"),
    ("ша", "ша ши ше шу шей"), ("га", "га ги ге гу гой"), ("ка", "ка ки ке ку кой"), ("ха", "ха хи хе ху хой"),
    ("а", "а ы е у ой"), ("й", "й я ю ем е"), ("ль", "ль ля лю лем ле"), ("нь", "нь ня ню нем не"),
    ("пет", "пет пта пту птом пте"), ("ж", "ж жа жу жем же"),
    ("ы", "ы ов ам ами ах"), ("о", "о"), ("е", "е"), ("и", "и"), ("у", "у"), ("э", "э"), ("ь", "ь и ью"),
    ("", " а у ом е"),
]
_UK = [
    ("ія", "ія ії ію ією"), ("ея", "ея еї ею еєю"), ("ща", "ща щі щу щею"), ("ча", "ча чі чу чею"),
    ("ка", "ка ки ці ку кою"), ("га", "га ги зі гу гою"), ("ха", "ха хи сі ху хою"), ("а", "а и і у ою"),
    ("я", "я і ю ею"), ("ай", "ай аю ая аєм аї"), ("ой", "ой ою оя оєм ої"), ("їв", "їв єва єву євом єві"),
    ("пет", "пет пту птом пті"), ("ль", "ль лю ля лем лі"), ("нь", "нь ню ня нем ні"), ("ь", "ь ю я ем і"),
    ("и", "и ів ам ами ах"), ("о", "о"), ("е", "е"), ("і", "і"), ("у", "у"), ("", " у а ом ові і"),
]
_BE = [
    ("ія", "ія іі ію іяй"), ("ка", "ка кі цы ку кай"), ("а", "а ы е у ай"), ("я", "я і ю яй"), ("й", "й я ю ем і"),
    ("ь", "ь і ю"), ("ы", "ы аў ам амі ах"), ("", " а у ам е"),
]
_SR = [
    ("ија", "ија ије ији ију ијом"), ("ка", "ка ке ци ку ком"), ("а", "а е и у ом"), ("о", "о"), ("е", "е"),
    ("и", "и"), ("", " а у ом"),
]
_HR = [
    ("ija", "ija ije iji iju ijom"), ("ska", "ska ske skoj sku skom"), ("ka", "ka ke ci ku kom"),
    ("a", "a e i u om"), ("o", "o"), ("e", "e"), ("i", "i"), ("", " a u om"),
]
_SL = [("ija", "ija ije iji ijo"), ("ska", "ska ske ski sko"), ("a", "a e i o"), ("o", "o"), ("", " a u om")]
_PL = [
    ("ja", "ja ji ję ją jo"), ("ia", "ia ii ię ią"), ("wa", "wa wy wie wę wą"), ("ka", "ka ki ce kę ką"),
    ("ga", "ga gi dze gę gą"), ("ta", "ta ty cie tę tą"), ("da", "da dy dzie dę dą"), ("ra", "ra ry rze rę rą"),
    ("ża", "ża ży żę żą"), ("a", "a y ie ę ą"), ("ny", "ny n nom nami nach"), ("chy", "chy ch chom chami szech"),
    ("ry", "ry ier rom rami rzech"), ("y", "y om ami ach"), ("ie", "ie ii iom iami iach"), ("ów", "ów owa owie owem owowi"),
    ("t", "t tu ta tem cie towi"), ("d", "d du da dem dzie dowi"), ("r", "r ru ra rem rze rowi"), ("k", "k ku kiem"),
    ("g", "g gu giem"), ("ż", "ż ża żu żem"), ("l", "l lu la lem"), ("ń", "ń nia niu niem"), ("j", "j ju jem"),
    ("o", "o a u em"), ("e", "e"), ("i", "i"), ("", " u a em owi ie"),
]
_CS = [
    ("sko", "sko ska sku skem"), ("cko", "cko cka cku ckem"), ("ie", "ie ii ií"), ("ea", "ea eje eji eu eou"),
    ("ka", "ka ky ce ku kou"), ("ha", "ha hy ze hu hou"), ("ra", "ra ry ře ru rou"), ("ja", "ja ji ju jou"),
    ("a", "a y ě e u ou"), ("o", "o a u em"), ("e", "e i í"), ("y", "y ům ami ách"), ("ž", "ž že ži ží"),
    ("j", "j je ji jem"), ("l", "l lu le li lem"), ("", " u a em ě e"),
]
_SK = [
    ("sko", "sko ska sku skom"), ("cko", "cko cka cku ckom"), ("ia", "ia ie ii iu iou"), ("a", "a y e u ou"),
    ("o", "o a u om"), ("e", "e"), ("y", "y om ami ách"), ("ž", "ž a i om"), ("", " u a om e"),
]
_RO = [("ia", "ia iei"), ("a", "a ei"), ("e", "e"), ("i", "i"), ("o", "o"), ("", " ul ului")]
_EL = [
    ("ος", "ος ου ο"), ("ός", "ός ού ό"), ("ες", "ες ων"), ("ία", "ία ίας"), ("α", "α ας"), ("ά", "ά άς"),
    ("η", "η ης"), ("ή", "ή ής"), ("ο", "ο ου"), ("ό", "ό ού"), ("ι", "ι ιού"), ("", ""),
]
_LV = [("ija", "ija ijas ijai iju ijā"), ("a", "a as ai u ā"), ("e", "e es ei i ē"), ("", "")]
_LT = [("ija", "ija ijos ijai iją ijoje"), ("a", "a os ai ą oje"), ("as", "as o ui ą e"), ("", "")]
_KA = [("ი", "ი ის ში მა თან სა"), ("", " ს ში მ თან")]
_HY = [("", " ը ի ում ից ին")]
_BN = [
    ("া", "া ার াকে ায়"), ("ি", "ি ির িকে িতে"), ("ী", "ী ীর ীকে ীতে"), ("ো", "ো োর োকে োতে"), ("ু", "ু ুর ুকে ুতে"),
    ("ে", "ে ের েকে েতে"), ("", " ের কে ে"),
]  # fmt: skip
_TA = [("யா", "யா யாவின் யாவுக்கு யாவில் யாவுடன் யாவை"), ("னா", "னா னாவின் னாவுக்கு னாவில் னாவுடன் னாவை"), ("", "")]
_GENITIVE_S = [("s", "s"), ("x", "x"), ("z", "z"), ("ß", "ß"), ("", " s")]

TABLES = {
    "ru": _RU, "uk": _UK, "be": _BE, "sr": _SR, "hr": _HR, "bs": _HR, "sl": _SL, "pl": _PL, "cs": _CS, "sk": _SK,
    "ro": _RO, "el": _EL, "lv": _LV, "lt": _LT, "ka": _KA, "hy": _HY,
    "bn": _BN, "ta": _TA,
    "de": _GENITIVE_S, "sv": _GENITIVE_S, "da": _GENITIVE_S, "no": _GENITIVE_S, "nl": _GENITIVE_S,
}  # fmt: skip

# (ending, its cases) of feminine adjectives and of nouns: nominative, genitive, dative, accusative, instrumental, locative.
PHRASES = {
    "ru": (
        [("ая", "ая ой ой ую ой ой")],
        [("ия", "ия ии ии ию ией ии"), ("ея", "ея еи ее ею еей ее"), ("ка", "ка ки ке ку кой ке"), ("а", "а ы е у ой е")],
    ),
    "uk": (
        [("ня", "ня ньої ній ню ньою ній"), ("а", "а ої ій у ою ій")],
        [("ія", "ія ії ії ію ією ії"), ("ея", "ея еї еї ею еєю еї"), ("ка", "ка ки ці ку кою ці"), ("а", "а и і у ою і")],
    ),
    "pl": (
        [("ka", "ka kiej kiej ką ką kiej"), ("a", "a ej ej ą ą ej")],
        [("ia", "ia ii ii ię ią ii"), ("ea", "ea ei ei eę eą ei"), ("ka", "ka ki ce kę ką ce"), ("a", "a y ie ę ą ie")],
    ),
    "cs": (
        [("í", "í í í í í í"), ("á", "á é é ou ou é")],
        [("ie", "ie ie ii ii ií ii"), ("ea", "ea eje eji eu eou eji"), ("ka", "ka ky ce ku kou ce"), ("a", "a y ě u ou ě")],
    ),
    "sk": (
        [("á", "á ej ej ú ou ej")],
        [("ia", "ia ie ii iu iou ii"), ("ea", "ea ey ei eu eou ei"), ("ka", "ka ky ke ku kou ke"), ("a", "a y e u ou e")],
    ),
    "hr": (
        [("a", "a e oj u om oj")],
        [("ija", "ija ije iji iju ijom iji"), ("eja", "eja eje eji eju ejom eji"), ("ka", "ka ke ci ku kom ci"), ("a", "a e i u om i")],
    ),
    "sr": (
        [("а", "а е ој у ом ој")],
        [("ија", "ија ије ији ију ијом ији"), ("еја", "еја еје еји еју ејом еји"), ("ка", "ка ке ци ку ком ци"), ("а", "а е и у ом и")],
    ),
    "el": (
        [("ή", "ή ής"), ("α", "α ας"), ("ο", "ο ου")],
        [("α", "α ας"), ("ή", "ή ής"), ("ο", "ο ου"), ("", " ")],
    ),
}  # fmt: skip
PHRASES["bs"] = PHRASES["hr"]
# Nouns that stand before their adjective.
NOUN_FIRST = {"pl"}

# Letters written onto the next word. The stemmer takes them off longer names only.
_PREFIXES = {
    "he": "ו ב ה ל מ ש כ וב ול וה ומ".split(),
    "ar": "و ب ل وب ول".split(),
}
_ARABIC_ARTICLES = "وال بال لل فال كال ولل وبال".split()

_BACK = set("aáoóuúаоу")


def instead(word, table):
    """The forms of a word by a table; none where no ending fits."""
    for ending, endings in table:
        if word.endswith(ending):
            stem = word[: len(word) - len(ending)]
            return [stem + form for form in endings.split(" ")] if len(stem) >= 2 else []
    return []


def cases(name, lang):
    """The name in its cases, itself first."""
    words = name.split(" ")
    if len(words) == 2 and lang in PHRASES:
        return list(dict.fromkeys([name, *_phrase(words, lang)]))
    if " " in name:
        return [name]
    found = [name]
    if lang in _PREFIXES and (len(name) <= 4 or lang == "ar") and not name.startswith("ال"):
        found += [prefix + name for prefix in _PREFIXES[lang]]
    if lang == "ar" and name.startswith("ال"):
        found += [article + name[2:] for article in _ARABIC_ARTICLES]
    if "-" not in name or lang in ("uk", "bn"):
        found += instead(name, TABLES.get(lang, []))
    if lang == "fi":
        found += finnish_cases(name)
    if lang == "hu":
        found += hungarian_cases(name)
    return list(dict.fromkeys(found))


def arabic_core(form):
    """What is left of an Arabic word without article and the endings of adjectives."""
    core = form.removeprefix("ال")
    for ending in ("يين", "يون", "يات", "ية", "ي"):
        core = core.removesuffix(ending) if core.endswith(ending) else core
    return core


def arabic_stem_is_safe(form):
    """Whether stemming (`text/stem/semitic.rs`, here roughly) leaves the beginning of the word and enough of it."""
    word = bare = form.translate(_ALEF)
    again = True
    while again:
        again = False
        for start in ("وبال", "وال", "بال", "كال", "فال", "ولل", "لل", "ال", "و", "ب", "ل"):
            if word.startswith(start) and len(word) - len(start) >= (4 if len(start) == 1 else 3):
                word, again = word[len(start) :], True
                break
    whole = word
    for ending in ("يات", "ها", "ان", "ات", "ون", "ين", "ية", "ة", "ي"):
        word = word.removesuffix(ending) if len(word) - len(ending) >= 3 else word
    return len(word) >= 4 and bare.removeprefix("ال") == whole


_ALEF = str.maketrans("أإآ", "ااا")
_HINDI = {"\u093c": None, "ँ": "ं"}


def spellings(form, lang):
    """Ways to write a form that count as one in the normal form, for forms that count only as written."""
    if lang == "ar":
        return list(dict.fromkeys([form, form.translate(_ALEF)]))
    if lang == "hi":
        plain = unicodedata.normalize("NFD", form).translate(str.maketrans(_HINDI))
        return list(dict.fromkeys([form, unicodedata.normalize("NFD", form), plain]))
    return list(dict.fromkeys([form, form.replace("'", "’"), form.replace("’", "'")]))


def _phrase(words, lang):
    adjectives, nouns = PHRASES[lang]
    orders = [(0, 1)] + [(1, 0)] * (lang in NOUN_FIRST)
    for adjective, noun in orders:
        pairs = zip(instead(words[adjective], adjectives), instead(words[noun], nouns))
        found = [" ".join(pair if adjective == 0 else reversed(pair)) for pair in pairs]
        if found:
            return found
    return []


def finnish_cases(name):
    """The cases of a Finnish name; long consonants and some pairs weaken before them (Turkki, Turkin)."""
    last = name[-1]
    a = "a" if set(name.lower()) & set("aou") else "ä"
    if last not in "aeiouyäö":
        stem = weak = name + "i"
        into = "in"
    else:
        stem = weak = name
        into = last + "n"
        for strong, weakened in (("kki", "ki"), ("tti", "ti"), ("ppi", "pi"), ("nti", "nni"), ("lti", "lli"), ("kka", "ka"), ("tta", "ta")):
            if name.endswith(strong):
                weak = name[: -len(strong)] + weakened
    return [weak + ending for ending in ("n", f"ss{a}", f"st{a}", "lle")] + [stem + into if stem == name else name + "iin"]


def hungarian_cases(name):
    """The cases of a Hungarian name (`text::fold` takes the marks off, so that stems do not find them)."""
    vowels = [c for c in name.lower() if c in "aáeéiíoóöőuúüű"]
    back = next((c in _BACK for c in reversed(vowels) if c not in "iíé"), False)
    endings = "ban ból ról tól nak" if back else "ben ből ről től nek"
    with_ = "al" if back else "el"
    last = name[-1].lower()
    if last in "aáeéiíoóöőuúüű":
        stem = name[:-1] + {"a": "á", "e": "é"}.get(last, name[-1])
        return [stem + ending for ending in ["t", "v" + with_, *endings.split(" ")]]
    double = name[-2:] if name[-2:].lower() in ("sz", "zs", "cs", "gy", "ly", "ny", "ty") else last
    doubled = {"sz": "ssz", "zs": "zzs", "cs": "ccs", "gy": "ggy", "ly": "lly", "ny": "nny", "ty": "tty"}.get(double, double * 2)
    linked = ["ot", "on"] if back else ["et", "en"]
    along = name[: len(name) - len(double)] + doubled + with_
    return [name + ending for ending in ["t", *linked, *endings.split(" ")]] + [along]
