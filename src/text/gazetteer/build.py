#!/usr/bin/env python3
"""Packs the gazetteer: `python3 build.py COUNTRIES_JSON CAPITALS_JSON` writes `forms.tsv.zst` beside this file.

COUNTRIES_JSON  {"CN": {"ru": {"n": [names], "a": [adjectives], "c": [capital]}}}, drawn from Unicode CLDR 48.2
                (territories; adjectives from the names of currencies, languages and dialects; capitals from time zones)
CAPITALS_JSON   {"CN": [every spelling of the capital]}, from GeoNames
extra.json      what those lack, in the same shape, with "m" for metonyms; "=" before a form: only as written

Needs the command `zstd`. One line per country, language and kind: CODE<tab>LANG<tab>KIND<tab>FORM|FORM|...
Licences: LICENSES.md.
"""
import collections
import json
import pathlib
import re
import subprocess
import sys
import unicodedata

import endings

HERE = pathlib.Path(__file__).parent
# The shortest tag, as text::shortest_tag has it.
LANGS = {"nb": "no", "fil": "tl"}
SPACELESS = {"zh", "ja", "th", "lo", "km", "my", "ko"}

# Folded forms that are ordinary words or mean something else, by language ("*": any).
NOISE = {
    "*": {"volksrepublik", "man", "menila"},
    "fr": {"reunion", "du"},
    "pt": {"reuniao", "do"},
    "it": {"riunione", "alto"},
    "id": {"tionghoa", "persia", "rubel", "uni"},
    "ms": {"cina", "parsi"},
    "en": {"persian", "congo", "high", "arab", "emirates", "cape"},
    "es": {"hindu", "reunion", "alto", "cabo"},
    # Parts of the names of currencies and languages.
    "af": {"kaap"},
    "az": {"ərəb"},
    "ca": {"tai", "cap"},
    "da": {"de", "forenede"},
    "de": {"und"},
    "et": {"tai"},
    "fi": {"kap"},
    "ro": {"lite"},
    "sw": {"cape"},
    "tl": {"arab", "cape"},
    "tr": {"arap"},
    "vi": {"na", "loan", "cape"},
    "zu": {"arab", "high"},
    "zh": {"大陆", "大陸"},
}
# Beginnings of adjectives that CLDR has for a dialect (European Portuguese) or a part of a name.
NOISE_STEMS = tuple("europ европ європ еўрап южн северн півден північн polnocn poludniow svat свят उत्तर दक्षिण".split())
# Names that are also words: only as written, with the capital.
CASED = set(
    """turkey turks turk chad jordan georgia niger guinea mali oman togo cuba jersey male chile samoa tonga palau
    benin gabon nice san dominica grenada polish pole poles rus hint trung lima roma paris ira irao ama
    того самоа чад мали малі гана оман
    """.split()
)
# Capitals whose spelling is too common a word or name in any language.
CAPITAL_NOISE = set(
    """male lima roma victoria kingston georgetown hamilton santiago federal capital city town san jose
    port wien plymouth stanley nice apia praia moroni valletta bern banjul city district territory road
    the valley douglas saint st alger suva asmara roseau basseterre jamestown adamstown alofi avarua palikir melekeok
    """.split()
)


def fold(text):
    text = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in text if not unicodedata.combining(c))


def is_latin(text):
    return all(unicodedata.name(c, "").startswith("LATIN") for c in text if c.isalpha())


def is_cased(form, lang):
    """Whether the form is told from an ordinary word by its capitals only."""
    letters = [c for c in form if c.isalpha()]
    if form[0].isupper() and fold(form) in CASED:
        return True
    if not is_latin(form):
        return lang in {"ru", "uk"} and len(letters) == 2 and form.isupper()
    return form.isupper() and len(letters) <= 4 or lang == "vi" and " " not in form and len(letters) <= 5


def tag(lang):
    return LANGS.get(lang, lang.split("-")[0])


class Gazetteer:
    def __init__(self):
        # (code, lang) -> {folded form: (kind, form as written, "=" before it when cased)}
        self.forms = collections.defaultdict(dict)

    def add(self, code, lang, kind, form):
        cased = form.startswith("=") or is_cased(form, lang)
        form = form.removeprefix("=").strip()
        folded = fold(form)
        if folded in NOISE["*"] | NOISE.get(lang, set()):
            return
        if kind == "a" and folded.startswith(NOISE_STEMS) and " " not in form and code in {"PT", "ZA", "KP", "SH"}:
            return
        if folded not in self.forms[code, "*"]:
            self.forms[code, lang].setdefault(folded, (kind, "=" * cased + form))

    def add_cases(self, code, lang, kind, form):
        """The form and, where it is a name, its cases."""
        is_name = kind in "nc" and form[0] == form[0].upper() and not (form.isupper() and form != form.lower())
        expand = is_name and not form.startswith("=") and not is_cased(form, lang)
        for case in endings.forms(form, lang) if expand else [form]:
            self.add(code, lang, kind, case)

    def add_capital(self, code, form):
        """A spelling of the capital in a language unknown, unless it is known already or looks like a word."""
        folded = fold(form)
        known = any(folded in forms for (owner, _), forms in self.forms.items() if owner == code)
        if known or set(folded.split()) & CAPITAL_NOISE or not re.fullmatch(r"[\w'’ .-]+", form):
            return
        if is_latin(form):
            if len(form) < 4 or not form[0].isupper() or " " in form:
                return
            # Uncased, the stem of an odd spelling meets a common word in one language or another.
            form = "=" + form
        self.add(code, "*", "c", form)

    def drop_shared_adjectives(self, kept):
        """Takes out adjectives that two countries claim in one language (Korean, Guinean), and such as come
        from a part that the names of several countries share (northern, united)."""
        owners = collections.Counter((lang, folded) for (_, lang), forms in self.forms.items() for folded in forms)
        names, parts = set(), collections.defaultdict(set)
        for (code, lang), forms in self.forms.items():
            for folded, (kind, _) in forms.items():
                if kind == "n":
                    names.add((lang, folded))
                    for part in folded.split():
                        parts[lang, part].add(code)
        shared = {key for key, codes in parts.items() if len(codes) > 1 and key not in names}
        for (code, lang), forms in self.forms.items():
            for folded, (kind, _) in list(forms.items()):
                if kind != "a" or (code, lang, folded) in kept:
                    continue
                stems = {folded[:length] for length in range(4, len(folded) + 1)}
                if owners[lang, folded] > 1 or any((lang, stem) in shared for stem in stems):
                    del forms[folded]

    def text(self):
        lines = collections.defaultdict(list)
        for (code, lang), forms in self.forms.items():
            for kind, form in forms.values():
                lines[code, lang, kind].append(form)
        return "".join("\t".join(key) + "\t" + "|".join(lines[key]) + "\n" for key in sorted(lines))


def entries(countries):
    for code, langs in countries.items():
        for lang, kinds in langs.items():
            for kind, forms in kinds.items():
                for form in forms:
                    yield code, tag(lang), kind, form


def main(countries_path, capitals_path):
    extra, countries, capitals = (
        json.loads(pathlib.Path(path).read_text("utf8")) for path in (HERE / "extra.json", countries_path, capitals_path)
    )
    gazetteer = Gazetteer()
    # By hand first: what is cased there stays cased. "*" before all languages, which need not repeat it.
    for entry in sorted(entries(extra), key=lambda entry: entry[1] != "*"):
        gazetteer.add_cases(*entry)
    # Names before adjectives: CLDR's "adjective" may be a case of the name.
    for entry in sorted(entries(countries), key=lambda entry: entry[2] != "n"):
        gazetteer.add_cases(*entry)
    by_hand = {(code, lang, fold(form.removeprefix("="))) for code, lang, _, form in entries(extra)}
    gazetteer.drop_shared_adjectives(by_hand)
    for code, spellings in capitals.items():
        for form in spellings:
            gazetteer.add_capital(code, form)
    packed = HERE / "forms.tsv.zst"
    text = gazetteer.text()
    subprocess.run(["zstd", "-19", "-q", "-f", "-o", packed], input=text.encode(), check=True)
    print(text.count("|") + text.count("\n"), "forms,", len(text.encode()), "bytes,", packed.stat().st_size, "packed")


if __name__ == "__main__":
    main(*sys.argv[1:])
