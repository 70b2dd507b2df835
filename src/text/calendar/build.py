#!/usr/bin/env python3
"""Writes `names.tsv` beside this file: `python3 build.py PACKAGE...`.

PACKAGE is an unpacked release of the npm package `cldr-dates-full` (`npm pack cldr-dates-full@48.2.0; tar xzf ...`),
Unicode CLDR as JSON, licence Unicode-3.0 (../gazetteer/LICENSES.md). Names change between releases, and newspapers
run old ones: the table was made of 48.2.0, 47.0.0, 45.0.0, 42.0.0, 39.0.0 and 36.0.0, and of Babel 2.18.0 (`pip
install babel`), which carries the locales that CLDR calls drafts.

One line for the names that mean the same in the same languages: `LANG,LANG<tab>KIND<tab>NAME|NAME`, in lower case.
KIND is `m1` to `m12` for months, `d1` (Monday) to `d7` for weekdays, `am` and `pm` for halves of the day.
Regions and scripts are merged into their language. Names are keyed by text::fold where they are read.
"""
import collections
import itertools
import json
import pathlib
import re
import sys

import babel
import babel.localedata

HERE = pathlib.Path(__file__).parent
WEEKDAYS = dict(zip("mon tue wed thu fri sat sun".split(), range(1, 8)))
# Words for parts of the day that lie in one half of it wherever they are used.
HALVES = {"am": "am", "morning1": "am", "morning2": "am", "pm": "pm", "afternoon1": "pm", "afternoon2": "pm", "evening1": "pm"}
# The shortest tag, as text::shortest_tag has it.
LANGS = {"nb": "no", "nn": "no", "fil": "tl", "sh": "sr", "yue": "zh"}
ENGLISH = {"am", "pm", "mon", "tue", "wed", "thu", "fri", "sat", "sun"}
# What CLDR shows where a language has no names.
PLACEHOLDER = re.compile(r"M\d\d|\d+")


def meanings(calendar):
    """Every (kind, name) of one locale's Gregorian calendar."""
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for month, name in calendar["months"][context][width].items():
                yield f"m{month}", name
            for period, name in calendar["dayPeriods"][context][width].items():
                half = HALVES.get(period.split("-")[0])
                if half:
                    yield half, name
        for width in ("wide", "abbreviated", "short"):
            for day, name in calendar["days"][context][width].items():
                yield f"d{WEEKDAYS[day]}", name


def of_packages(packages):
    """Every (locale, kind, name) of the packages."""
    for file in sorted(file for package in packages for file in pathlib.Path(package, "main").glob("*/ca-gregorian.json")):
        locale = file.parent.name
        calendar = json.loads(file.read_text())["main"][locale]["dates"]["calendars"]["gregorian"]
        for kind, name in meanings(calendar):
            yield locale, kind, name


def of_babel():
    """Every (locale, kind, name) of months and weekdays of Babel."""
    for identifier in babel.localedata.locale_identifiers():
        locale = babel.Locale.parse(identifier)
        for kind, first, widths in (("m", 0, locale.months), ("d", 1, locale.days)):
            for names in widths.values():
                for width in ("wide", "abbreviated"):
                    for number, name in names[width].items():
                        yield identifier, f"{kind}{number + first}", name


def main(*packages):
    languages = collections.defaultdict(set)
    for locale, kind, name in itertools.chain(of_packages(packages), of_babel()):
        tag = re.split("[-_]", locale)[0]
        name = " ".join(name.lower().split())
        # English day periods are what CLDR falls back to, and drafts name their days in English.
        borrowed = tag != "en" and name in ENGLISH and kind[0] != "m"
        if name and not PLACEHOLDER.fullmatch(name.upper()) and not borrowed:
            languages[kind, name].add(LANGS.get(tag, tag))
    groups = collections.defaultdict(list)
    for (kind, name), tags in languages.items():
        groups[",".join(sorted(tags)), kind].append(name)
    lines = (f"{tags}\t{kind}\t{'|'.join(sorted(names))}\n" for (tags, kind), names in sorted(groups.items()))
    (HERE / "names.tsv").write_text("".join(lines))


if __name__ == "__main__":
    main(*sys.argv[1:])
