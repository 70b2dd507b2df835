"""Forms of adjectives and words for peoples, and adjectives that are made of the name by rule."""
import unicodedata

from endings import arabic_core, arabic_stem_is_safe, cases, finnish_cases, instead

# No states of their own: nothing is made of their names.
DEPENDENT = set("""AC AI AQ AS AW AX BL BM BQ BV CC CK CP CQ CW CX DG EA EU FK FO GF GG GI GL GP GS GU HM IC IM IO JE KY MF MO MP MQ
MS NC NF NU PF PM PN PR RE SH SJ SX TA TC TF TK UM VG VI WF YT""".split())

# Plurals whose genitive has another stem.
_PEOPLES = {
    "pl": [
        ("czycy", "czycy czyków czykom czykami czykach"), ("acy", "acy aków akom akami akach"), ("ecy", "ecy eków ekom ekami ekach"),
        ("rcy", "rcy rków rkom rkami rkach"), ("rzy", "rzy rów rom rami rach"), ("dzi", "dzi dów dom dami dach"),
        ("łosi", "łosi łochów łochom łochami łochach"), ("zesi", "zesi zechów zechom zechami zechach"),
        ("owie", "owie ów om ami ach"), ("anie", "anie an anom anami anach"), ("ńcy", "ńcy ńców ńcom ńcami ńcach"),
        ("si", "si sów som sami sach"), ("zi", "zi zów zom zami zach"),
    ],
    "cs": [
        ("áci", "áci áků ákům áky ácích"), ("urci", "urci urků urkům urky"), ("ci", "ci ců cům ce cích"), ("ové", "ové ů ům y ech"),
        ("né", "né nů nům ny nech"), ("ři", "ři rů rům ry"), ("ši", "ši chů chům chy"), ("i", "i ů ům y ech"),
    ],
    "uk": [
        ("ці", "ці ців цям цями цях"), ("яни", "яни ян янам янами янах"), ("ани", "ани ан анів анам анами анах"),
        ("и", "и ів ам ами ах"),
    ],
    "ru": [
        ("цы", "цы цев цам цами цах"), ("яне", "яне ян янам янами янах"), ("ане", "ане ан анам анами анах"),
        ("ки", "ки ков кам ками ках"), ("ы", "ы ов ам ами ах"),
    ],
    "el": [
        ("ός", "ός ή ό ού ής οί ών ούς ές ά"), ("ος", "ος η ο ου ης οι ων ους ες α"), ("ης", "ης η ες ών"), ("ας", "ας α ες ων"), ("ες", "ες ων"),
    ],
    "bn": [("", " দের রা কে")],
}  # fmt: skip
_HEBREW_PREFIXES = ["ו", "ב", "ל", "מ", "ש"]


def forms(form, lang):
    """The forms of an adjective or a word for people, itself first."""
    found = [form]
    if " " not in form:
        found += instead(form, _PEOPLES.get(lang, []))
    if lang == "ar" and " " not in form and not arabic_stem_is_safe(form):
        core = arabic_core(form)
        found += [start + core + end for start in ("", "ال", "وال", "بال", "لل", "و") for end in ("ي", "ية", "يين", "يون")]
    if lang == "he":
        found += _hebrew(form)
    elif lang == "tr" and " " not in form:
        found += turkish_plurals(form)
    elif lang == "fi" and form.endswith("nen"):
        found += [form[:-3] + ending for ending in finnish_endings(form)]
    elif lang == "hu" and " " not in form and form.islower():
        found += hungarian_plurals(form)
    return list(dict.fromkeys(found))


def derived(name, lang, code):
    """Adjectives and words for the people of a country that the language makes of its name by rule."""
    if code in DEPENDENT or "(" in name or "," in name:
        return []
    one_word = " " not in name
    if lang == "fi" and one_word and name[0].isupper() and not name.isupper():
        stem = name.replace("-", "").lower()
        stem += "i" if stem[-1] not in "aeiouyäö" else ""
        harmony = "lainen" if set(stem) & set("aou") else "läinen"
        return forms(stem + harmony, lang)
    if lang == "hu" and one_word and name[0].isupper() and not name.isupper():
        return forms(_hungarian(name), lang)
    if lang == "tr" and not name.isupper():
        words = name.split(" ")
        return [" ".join([*words[:-1], form]) for form in _turkish_people(words[-1])]
    if lang == "ko" and len(name) >= 2 and one_word:
        return [name + ending for ending in ("인", "군", "산", "측", "정부")]
    return []


def _hebrew(form):
    """Gender and number, with the letters that are written onto the word: the stemmer takes them off long words only."""
    words = form.split(" ")
    last = words[-1]
    if last.endswith("ית") and len(last) > 3:
        last = last[:-1]
    if not last.endswith("י") or len(last) < 3:
        return []
    ends = [last, last + "ת", last + "ם", last + "ים", last + "ות"]
    if len(words) == 1:
        short = [end for end in ends if len(end) <= 5]
        return ends + [prefix + end for end in short for prefix in ("ה", *_HEBREW_PREFIXES[:2])]
    before = " ".join(words[:-1])
    return [f"{start}{before} {end}" for end in ends for start in ("", "ה")]


def finnish_endings(form):
    """What stems do not unite with the form in -nen."""
    a = "a" if set(form) & set("aou") else "ä"
    return ["sen", "set", "sten", f"si{a}", f"st{a}"]


def _harmony(word, table):
    vowels = [c for c in word.lower() if c in "aıoueiöüâ"]
    return table.get(vowels[-1] if vowels else "e", table["e"])


def _turkish_people(word):
    ending = _harmony(word, {"a": "lı", "â": "lı", "ı": "lı", "o": "lu", "u": "lu", "e": "li", "i": "li", "ö": "lü", "ü": "lü"})
    return [word + ending, *turkish_plurals(word + ending)]


def turkish_plurals(word):
    plural = _harmony(word, {c: "lar" for c in "aâıou"} | {c: "ler" for c in "eiöü"})
    genitive = "ın" if plural == "lar" else "in"
    return [word + plural, word + plural + genitive, word + plural + ("a" if plural == "lar" else "e")]


def _hungarian(name):
    if name.endswith("ország"):
        return name.removesuffix("ország").lower()
    lower = name.lower()
    return lower if lower.endswith("i") else lower + "i"


def hungarian_plurals(form):
    last = form[-1]
    vowels = [c for c in form if c in "aáeéiíoóöőuúüű"]
    if last == "i":
        plural = form + "ak" if set(vowels[:-1]) & set("aáoóuú") else form + "ek"
    elif last in "aá":
        plural = form[:-1] + "ák"
    elif last in "eéiíoóöőuúüű":
        plural = form + "k"
    else:
        link = "o" if set(vowels[-1:]) & set("aáoóuú") else ("ö" if set(vowels[-1:]) & set("öőüű") else "e")
        plural = form + link + "k"
    back = bool(set(vowels) & set("aáoóuú"))
    endings = ["at", "nak", "kal"] if back else ["et", "nek", "kel"]
    return [plural, *[plural + ending for ending in endings]]


def normal(text):
    return unicodedata.normalize("NFC", text.replace("_", " "))


def read(path):
    """Rows (code, lang, kind, form) of `peoples.tsv`."""
    lang = None
    for line in path.read_text("utf8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if line.startswith("["):
            lang = line.strip("[] ")
            continue
        code = None
        for word in line.split(" "):
            if len(word) == 2 and word.isascii() and word.isupper():
                code = word
            elif word.startswith("n:"):
                yield code, lang, "n", normal(word[2:])
            else:
                yield code, lang, "a", normal(word)


def read_capitals(path, latin_langs):
    """Rows (code, lang, kind, form) of `capitals.tsv`; the second column serves the languages of Latin script without their own."""
    for line in path.read_text("utf8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        code, latin, rest = line.split("\t")
        own = dict(part.split("=", 1) for part in rest.split(" "))
        for lang, forms_ in own.items():
            for form in forms_.split("|"):
                yield code, lang, "c", normal(form)
        for lang in latin_langs - own.keys() if latin != "-" else ():
            yield code, lang, "c", normal(latin)


__all__ = ["cases", "derived", "finnish_cases", "forms", "read", "read_capitals"]
