#!/usr/bin/env python3
"""How many dates with ICU's names of months and weekdays are read right, in every locale of ICU.

usage: check.py PROGRAM [--unhinted] [--worst N]          (needs `pip install pyicu babel`; PROGRAM is the built wirewatch)

ICU is a source of its own beside those of `names.tsv`; Babel's share shows what the table makes of drafts. Each locale makes one feed with
its language, and dates in RFC 822 layout for 12 months, wide and abbreviated names.
"""
import argparse
import collections
import json
import pathlib
import subprocess
import tempfile

import babel
import babel.localedata
import icu

FEED = '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>t</title><language>{}</language>{}</channel></rss>'
ITEM = "<item><title>x</title><guid>{}</guid><pubDate>{}</pubDate></item>"
DAY, YEAR = 14, 2024
# Monday is 0; 14 January 2024 is a Sunday.
WEEKDAYS = [6, 2, 3, 6, 1, 4, 6, 2, 5, 0, 3, 5]


def of_icu():
    kinds = {"wide": icu.DateFormatSymbols.WIDE, "abbreviated": icu.DateFormatSymbols.ABBREVIATED}
    for tag in icu.Locale.getAvailableLocales():
        symbols = icu.DateFormatSymbols(icu.Locale(tag))
        for name, kind in kinds.items():
            for context in (icu.DateFormatSymbols.FORMAT, icu.DateFormatSymbols.STANDALONE):
                days = symbols.getWeekdays(context, icu.DateFormatSymbols.ABBREVIATED)
                yield "icu", tag, name, symbols.getMonths(context, kind), [days[(day + 1) % 7 + 1] for day in range(7)]


def of_babel():
    for tag in babel.localedata.locale_identifiers():
        locale = babel.Locale.parse(tag)
        for name in ("wide", "abbreviated"):
            months = locale.months["format"][name]
            yield "babel", tag, name, [months[month] for month in range(1, 13)], locale.days["format"]["abbreviated"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--unhinted", action="store_true", help="leave the language out")
    parser.add_argument("--worst", type=int, default=0)
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp())
    cases, lines = {}, []
    for at, (source, tag, width, months, days) in enumerate([*of_icu(), *of_babel()]):
        items = []
        for month, name in enumerate(months, 1):
            # Where CLDR has no name there is nothing to read.
            if name.startswith("M0") or name.startswith("M1") or name.isdigit():
                continue
            text = f"{days[WEEKDAYS[month - 1]]}, {DAY} {name} {YEAR} 10:30:00 +0700"
            cases[at, month] = (source, tag, width, text)
            items.append(ITEM.format(month, text))
        (folder / f"{at}.xml").write_text(FEED.format("" if options.unhinted else tag.replace("_", "-"), "".join(items)))
        lines.append(json.dumps({"id": str(at), "file": f"{at}.xml", "http_content_type": None, "base_url": ""}))
    answer = subprocess.run(
        [options.program, "parse", "--root", folder], input="\n".join(lines), capture_output=True, text=True, check=True
    )
    right, all_of, wrong, missing = collections.Counter(), collections.Counter(), [], []
    found = {}
    for line in answer.stdout.splitlines():
        feed = json.loads(line)
        for entry in feed.get("entries") or []:
            found[int(feed["id"]), int(entry["id"])] = entry.get("published")
    for key, (source, tag, width, text) in cases.items():
        expected = f"{YEAR}-{key[1]:02}-{DAY}T03:30:00Z"
        all_of[source] += 1
        right[source] += found.get(key) == expected
        if found.get(key) is None:
            missing.append((tag, text))
        elif found[key] != expected:
            wrong.append((tag, text, found[key]))
    for source in all_of:
        share = 100 * right[source] / all_of[source]
        print(f"{source}: {right[source]} of {all_of[source]} dates right ({share:.2f} %)")
    print(f"read wrong: {len(wrong)}; not read: {len(missing)}")
    for fault in [*wrong, *missing][: options.worst]:
        print("  ", *fault)


if __name__ == "__main__":
    main()
