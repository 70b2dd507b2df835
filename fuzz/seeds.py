#!/usr/bin/env python3
"""Writes what `just fuzz` begins with into FOLDER/page, FOLDER/rule and FOLDER/article.

Pages: those of the tests and one for each way to the text that these do not go, every one with several last bytes
(fuzz_targets/page.rs reads from it what helps to read the page). Rules: the mistakes of the tests and the rules of the
examples, some with a list and a person (parted by zero bytes). Articles: the tests of the example watches, in which every
last byte says the language.

usage: fuzz/seeds.py FOLDER
"""
import pathlib
import sys
import tomllib

PAGES = pathlib.Path(__file__).resolve().parent.parent / "tests/fixtures/pages"
BYTES_MAX = 4096
# Rule of the config, of others or none; as it is, with memory, explained; bytes or text; with and without a content type.
HOW = [0x00, 0x15, 0x1c, 0x42, 0xa7, 0xd3, 0x56]

PROSE = "The ministers of both countries met in the capital on Monday and spoke for two hours about trade, energy and the border. "
STATE = ('<div id=__next></div><script id=__NEXT_DATA__ type="application/json">{"props":{"story":{"headline":"Talks",'
         '"blocks":[%s]}}}</script>' % ",".join('{"text":"%s %d"}' % (PROSE, number) for number in range(5)))
STORIES = "".join(f"<h2>Story {number}</h2><p class=byline>By Ann Lee<time datetime=2026-11-2{number}>today</time><p>{PROSE * 2}"
                  for number in range(1, 4))
MADE = {
    "state": f"<title>Talks</title>{STATE}",
    "state-string": '<script>window.__D__=JSON.parse("{\\"body\\":\\"%s\\"}")</script>' % (PROSE * 3),
    "stories": f"<main>{STORIES}</main>",
    "hidden": f"<style>.x{{display:none}}#y p{{visibility:hidden}}</style><article><p>{PROSE * 3}<p class=x>{PROSE}"
              f"<div id=y><p>{PROSE}</div><p hidden>{PROSE}<p style='display: none'>{PROSE}</article>",
    "table": f"<table><tr><td><font size=2>{PROSE}<br><br>{PROSE}</font><td><a href=/1>One</a> | <a href=/2>Two</a></table>",
    "aside": f"<article class=story><h1>Talks</h1><p>{PROSE * 2}<p>Read also: <a href=/b>Another story</a><figure><img src=a.jpg>"
             f"<figcaption>Photo: AP</figcaption></figure><p>{PROSE * 2}<ul class=related><li><a href=/c>More</a></ul></article>",
    "microdata": "<div itemscope itemtype='https://schema.org/NewsArticle'><h1 itemprop=headline>Talks</h1><span itemprop=author>"
                 f"Ann Lee</span><meta itemprop=datePublished content=2026-11-29T10:00Z><div itemprop=articleBody><p>{PROSE * 3}</div></div>",
    "paid": '<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":"False","headline":"Talks",'
            '"articleBody":"%s"}</script><p>%s<div class=paywall>Subscribe to read on</div>' % (PROSE * 4, PROSE),
    "consent": "<title>Before you continue</title><form><p>We and our partners use cookies to store data on your device."
               "<button>Accept all</button></form>",
    "live": f"<article><h1>Live: talks</h1><div class=live-blog><h3>10:05</h3><p>{PROSE}<h3>09:50</h3><p>{PROSE}</div></article>",
    "links": "<link rel=canonical href=/a><link rel=amphtml href=/amp><link rel=next href='?p=2'><a class=print href=/print>Print</a>"
             f"<a rel=next href='?page=2'>Next</a><p>{PROSE * 3}",
    "dates": f"<p class=date>29. November 2026, 14:05 Uhr<p>{PROSE * 3}<p>Minggu, 22 November 2026 14:30 WIB<p>2026年11月22日 15:30",
}


ROOT = pathlib.Path(__file__).resolve().parent.parent
LIST = ["visit", "/CVE-\\d{4}-\\d+/", "builtin:diplomacy", '=Aa"Lavrov"', 'any("minister", country:RU)']
FORMS = ['person:p in-sentence country:CN', 'count($l) >= 2 and lang in [en, id]', '2 of ("a", "b*", ~"kemitraan")',
         'score($l) >= 3 and not later("gempa")', 'first(40, region:ASEAN) or distinct(group:EU) >= 2',
         '"a" before/3 "b" near/5 /ab+c/ in-paragraph capital:CN', 'words >= 20 and age < 2d and url:"*.id/*" and "x"']


def pages():
    pages = {path.stem: path.read_bytes()[:BYTES_MAX] for path in sorted(PAGES.glob("*.html"))}
    pages |= {name: html.encode() for name, html in MADE.items()}
    pages |= {f"utf16-{name}": MADE[name].encode("utf-16") for name in ["aside", "stories"]}
    return {f"{name}-{how:02x}": page + bytes([how]) for name, page in pages.items() for how in HOW}


def examples():
    for path in sorted(ROOT.glob("examples/*/*.toml")):
        yield from tomllib.loads(path.read_text()).get("watch", {}).items()


def rules():
    mistakes = (ROOT / "tests/fixtures/rules/mistakes.txt").read_text().split("\n\n")
    rules = [mistake.splitlines()[0] for mistake in mistakes if mistake.strip()]
    rules += [watch["match"] for _, watch in examples()] + FORMS
    return {f"{number:03}": "\0".join([rule, *LIST[:number % 7]]).encode() for number, rule in enumerate(rules)}


def articles():
    tests = [test for _, watch in examples() for test in watch.get("test", [])]
    return {f"{number:03}": f"{test.get('title', '')}\n{test.get('body', '')}".encode() + bytes([number * 16 % 256])
            for number, test in enumerate(tests)}


def main():
    for name, seeds in {"page": pages(), "rule": rules(), "article": articles()}.items():
        folder = pathlib.Path(sys.argv[1], name)
        folder.mkdir(parents=True, exist_ok=True)
        for seed, content in seeds.items():
            (folder / seed).write_bytes(content)


if __name__ == "__main__":
    main()
