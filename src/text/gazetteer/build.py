#!/usr/bin/env python3
"""Packs the gazetteer: `python3 build.py FOLDER` writes `forms.tsv.zst` beside this file.

FOLDER       where the packages of Unicode CLDR are (`cldr.py` says which, and how to get them)
extra.json   by hand: {"CN": {"ru": {"n": [names], "a": [adjectives, peoples], "c": [capital], "m": [metonyms]}}}
peoples.tsv, capitals.tsv   by hand: what CLDR lacks, language by language
homographs.tsv   by hand: which forms are ordinary words
masks.tsv        by hand: longer names that hold a country's and mean something else

"=" before a form: only as written. Needs the command `zstd`. One line per country, language and kind:
CODE<tab>LANG<tab>KIND<tab>FORM|FORM|... Licences: LICENSES.md.
"""
import collections
import json
import pathlib
import re
import subprocess
import sys
import unicodedata

import cldr
import endings
import peoples
from cldr import fold

HERE = pathlib.Path(__file__).parent
# The shortest tag, as text::shortest_tag has it.
LANGS = {"nb": "no", "fil": "tl"}
SPACELESS = {"zh", "ja", "th", "lo", "km", "my", "ko"}

# Letters from which a name is no ordinary word of any language, nor its stem; elsewhere stems cut too deep (Granada, gran).
LONG = dict.fromkeys("ru uk be bg mk sr pl cs sk hr bs sl et eu is sq az uz kk ky mn fi hu lt lv".split(), 7) | {"en": 5, "de": 8}
# Longer tables are no longer read by `mod.rs`.
UNPACKED_BYTES_MAX = 3 << 20
PACKED_BYTES_MAX = 400_000


def is_latin(text):
    return all(unicodedata.name(c, "").startswith("LATIN") for c in text if c.isalpha())


def is_cased(form, lang, kind):
    """Whether the form counts only as written: its normal form, or its stem, meets ordinary words."""
    letters = [c for c in form if c.isalpha()]
    if fold(form) in HOMOGRAPHS["cased"]["*"] | HOMOGRAPHS["cased"][lang]:
        return True
    if lang in ("ar", "hi"):
        # Their stems cut deep; names have few forms, and all of these are written down.
        return " " not in form and (kind in "nc" or lang == "ar" and not endings.arabic_stem_is_safe(form))
    if lang == "*":
        return form.isupper() and len(letters) <= 4
    if " " not in form and form[0].isupper() and lang != "el":
        # Written with a capital wherever it stands. (Greek, alone in its script, moves its accents.) Long names need
        # no such care, and a soft hyphen or full width does not hide them, which it would if they had to stand as written.
        if kind in "nc" and len(form) < LONG.get(lang, 99) or kind == "a" and (len(form) <= 5 or lang in ("tr", "az")):
            return True
    if not is_latin(form):
        return len(letters) == 2 and form.isupper()
    if kind == "a" and len(letters) <= 4:
        return True
    return form.isupper() and len(letters) <= 4 or lang == "vi"


def read_homographs():
    """{"drop" or "cased": {lang: {folded}}}"""
    found = {what: collections.defaultdict(set) for what in ("drop", "cased")}
    for line in (HERE / "homographs.tsv").read_text("utf8").splitlines():
        if line and not line.startswith("#"):
            what, lang, words = line.split("\t")
            found[what][lang].update(fold(word.replace("_", " ")) for word in words.split(" "))
    return found


HOMOGRAPHS = read_homographs()


def tag(lang):
    return LANGS.get(lang, lang.split("-")[0])


class Gazetteer:
    def __init__(self):
        # (code, lang) -> {folded form: (kind, form as written, "=" before it when cased)}
        self.forms = collections.defaultdict(dict)

    def add(self, code, lang, kind, form):
        cased = form.startswith("=") or is_cased(form, lang, kind)
        form = form.removeprefix("=").strip()
        folded = fold(form)
        if folded in HOMOGRAPHS["drop"]["*"] | HOMOGRAPHS["drop"][lang] | HOMOGRAPHS["drop"][code]:
            return
        if folded not in self.forms[code, "*"]:
            # Marks tell cased forms apart, which only count as written.
            self.forms[code, lang].setdefault("=" + form if cased else folded, (kind, "=" * cased + form))

    def add_forms(self, code, lang, kind, form):
        """The form and its cases; of an adjective its genders and plurals."""
        form = unicodedata.normalize("NFC", form)
        cased = form.startswith("=") or is_cased(form, lang, kind)
        bare = form.removeprefix("=")
        is_name = kind in "nc" and bare[0] == bare[0].upper() and not (bare.isupper() and bare != bare.lower())
        if is_name:
            found = endings.cases(bare, lang) if code not in peoples.DEPENDENT else [bare]
        else:
            found = peoples.forms(bare, lang) if kind == "a" else [bare]
        for each in found:
            for way in endings.spellings(each, lang) if cased else [each]:
                self.add(code, lang, kind, "=" * cased + way)

    def drop_shared_adjectives(self, kept):
        """Takes out adjectives that two countries claim in one language (Korean, Guinean), and such as come
        from a part that the names of several countries share (northern, united)."""
        owners = collections.Counter((lang, fold(key.removeprefix("="))) for (_, lang), forms in self.forms.items() for key in forms)
        names, parts = set(), collections.defaultdict(set)
        for (code, lang), forms in self.forms.items():
            for key, (kind, _) in forms.items():
                folded = fold(key.removeprefix("="))
                if kind == "n":
                    names.add((lang, folded))
                    for part in folded.split():
                        parts[lang, part].add(code)
        shared = {key for key, codes in parts.items() if len(codes) > 1 and key not in names}
        for (code, lang), forms in self.forms.items():
            for key, (kind, _) in list(forms.items()):
                folded = fold(key.removeprefix("="))
                if kind != "a" or (code, lang, folded) in kept:
                    continue
                one_word = not set(" -") & set(folded)
                stems = {folded[:length] for length in range(4, len(folded) + 1)} if one_word else set()
                if owners[lang, folded] > 1 or any((lang, stem) in shared for stem in stems):
                    del forms[key]

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


def shortened(text):
    """Says of each form how many characters it shares with the one before it in its line: "A" is none, "B" one, and so on.
    It takes a seventh off the packed table. mod.rs undoes it."""
    lines = []
    for line in text.splitlines():
        *key, forms = line.split("\t")
        before, short = "", []
        for form in forms.split("|"):
            shared = 0
            while shared < min(len(before), len(form), 25) and before[shared] == form[shared]:
                shared += 1
            short.append(chr(ord("A") + shared) + form[shared:])
            before = form
        lines.append("\t".join([*key, "|".join(short)]) + "\n")
    return "".join(lines)


def main(folder):
    extra = json.loads((HERE / "extra.json").read_text("utf8"))
    countries = cldr.countries(folder)
    by_hand = list(entries(extra))
    by_hand += ((code, tag(lang), kind, form) for code, lang, kind, form in peoples.read(HERE / "peoples.tsv"))
    capitals = peoples.read_capitals(HERE / "capitals.tsv", set(cldr.latin_languages(folder)))
    by_hand += ((code, tag(lang), kind, form) for code, lang, kind, form in capitals)
    gazetteer = Gazetteer()
    # By hand first: what is cased there stays cased. "*" before all languages, which need not repeat it.
    for entry in sorted(by_hand, key=lambda entry: entry[1] != "*"):
        gazetteer.add_forms(*entry)
    # Names before adjectives: CLDR's "adjective" may be a case of the name.
    for entry in sorted(entries(countries), key=lambda entry: "nca".index(entry[2])):
        gazetteer.add_forms(*entry)
    # What rules make of names comes last: it gives way to everything that is written down.
    for code, lang, kind, form in [*by_hand, *entries(countries)]:
        if kind == "n":
            for adjective in peoples.derived(form.removeprefix("="), lang, code):
                gazetteer.add(code, lang, "a", adjective)
    gazetteer.drop_shared_adjectives({(code, lang, fold(form.removeprefix("="))) for code, lang, _, form in by_hand})
    for line in (HERE / "masks.tsv").read_text("utf8").splitlines():
        if not line.startswith("#"):
            lang, names = line.split("\t")
            for name in names.split("|"):
                gazetteer.forms["ZZ", tag(lang)].setdefault(fold(name), ("n", name))
    text = gazetteer.text()
    packed = HERE / "forms.tsv.zst"
    subprocess.run(["zstd", "--ultra", "-22", "-q", "-f", "-o", packed], input=shortened(text).encode(), check=True)
    size = packed.stat().st_size
    print(text.count("|") + text.count("\n"), "forms,", len(text.encode()), "bytes,", size, "packed")
    if len(text.encode()) > UNPACKED_BYTES_MAX or size > PACKED_BYTES_MAX:
        sys.exit("the table is too large: see UNPACKED_BYTES_MAX and PACKED_BYTES_MAX")


if __name__ == "__main__":
    main(*sys.argv[1:])
