#!/usr/bin/env python3
"""Foreign and lost lines of `wirewatch extract` with and without host memory, on pages of make_feed_world.py.

    cargo build --release
    python3 benches/host_memory.py --tools ../shared/tools [--hosts 24] [--pages 50]

Every host has pages of one language. The pages say what is what: the plain paragraphs of `article-body` are the body,
its other lines are foreign. The maker's foreign lines carry labels ("Advertisement") or are never the same twice, so
each host also gets three lines of its own that carry none, as plain paragraphs between the others (--plain: it does not).
Prints per variant the foreign lines and lost body lines in all, by place in the host's history, and milliseconds a page.
"""
import argparse
import html
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tools", type=pathlib.Path, required=True, help="folder of make_feed_world.py")
    parser.add_argument("--hosts", type=int, default=24)
    parser.add_argument("--pages", type=int, default=50)
    parser.add_argument("--plain", action="store_true", help="the maker's pages as they are")
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "target/release/wirewatch")
    return parser.parse_args()


def own_lines(maker, lang, host):
    """Lines of a host that no list of labels knows: a slogan, a credit, a sentence."""
    rolls = random.Random(f"own/{host}")
    glue = maker.GLUE.get(lang, " ")
    words = [word for _ in range(3) for word in (rolls.choice(maker.L[lang][n]) for n in (1, 3, 4))]
    return [glue.join(words[:2]), glue.join(words[2:5]), glue.join(words[4:]) + maker.TAIL.get(lang, ".")]


def spaced(text):
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", text)).split())


def make(maker, options, folder):
    rows = []
    langs = list(maker.L)
    for host in range(options.hosts):
        lang = langs[host % len(langs)]
        own = [] if options.plain else own_lines(maker, lang, host)
        for number in range(options.pages):
            rolls = random.Random(f"page/{host}/{number}")
            title = maker.title_of(rolls, lang, number)
            url = f"https://host{host}.world.example/page/{number}.html"
            page = maker.synth_page("memory", (host, number), lang, "utf-8", title, str(host), url, maker.EPOCH + number)
            begin = page.index('<div class="article-body">')
            head, text = page[:begin], page[begin:]
            body = [spaced(line) for line in re.findall(r"^(?:<div class=\"article-body\">)?<p>(.*?)</p>", text, re.M)]
            lines = text.split("\n")
            for index, line in enumerate(own):
                lines.insert(1 + 2 * index, f"<p>{html.escape(line)}</p>")
            name = f"{host}-{number}.html"
            (folder / name).write_text(head + "\n".join(lines))
            rows.append(dict(id=len(rows), url=url, file=name, place=number, lang=lang, body=body))
    # As a crawl brings them: all hosts in turn.
    rows.sort(key=lambda row: row["place"])
    return rows


def run(options, folder, rows, *words):
    lines = "".join(json.dumps(dict(id=row["id"], url=row["url"], file=row["file"])) + "\n" for row in rows)
    command = [str(options.program), "extract", "--jobs", "1", *words]
    done = subprocess.run(command, input=lines, cwd=folder, check=True, capture_output=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def cost(options, folder, rows):
    """Median milliseconds a page without and with memory, of the second half of the pages after the first half was
    learnt; the least of five runs in turn."""
    half = len(rows) // 2
    run(options, folder, rows[:half], "--host-memory", "learnt.json")
    rows, medians = rows[half:], [[], []]
    for _ in range(5):
        (folder / "half.json").write_bytes((folder / "learnt.json").read_bytes())
        for place, words in enumerate([(), ("--host-memory", "half.json")]):
            times = sorted(answer["ms"] for answer in run(options, folder, rows, *words))
            medians[place].append(times[len(times) // 2])
    without, with_memory = map(min, medians)
    print(f"cost: median {without:.3f} ms a page without, {with_memory:.3f} with, {100 * (with_memory / without - 1):+.1f} %")


def score(name, rows, answers, before=None):
    """Prints the figures; `before` are answers without memory, against which its losses are counted."""
    places = [(0, 3), (3, 10), (10, 25), (25, 10 ** 6)]
    foreign, lost, ms = [0] * len(places), 0, []
    for row, answer in zip(rows, answers):
        found = answer["body"].split("\n")
        at = next(index for index, (first, end) in enumerate(places) if first <= row["place"] < end)
        foreign[at] += sum(line not in row["body"] for line in found if line)
        lost += sum(line not in found for line in row["body"])
        ms.append(answer["ms"])
    kept = before or answers
    harm = sum(line in old["body"].split("\n") and line not in answer["body"].split("\n")
               for row, answer, old in zip(rows, answers, kept) for line in row["body"])
    parts = ", ".join(f"pages {first + 1}-{min(end, max(row['place'] for row in rows) + 1)}: {count}"
                      for (first, end), count in zip(places, foreign))
    print(f"{name:16} foreign {sum(foreign)} ({parts}), body lines lost {lost}, "
          + (f"{harm} of them by the memory, " if before else "") + f"ms a page {sum(ms) / len(ms):.3f}, median {sorted(ms)[len(ms) // 2]:.3f}")


def main():
    options = arguments()
    sys.path.insert(0, str(options.tools))
    import make_feed_world as maker
    options.program = options.program.resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        rows = make(maker, options, folder)
        print(f"{len(rows)} pages of {options.hosts} hosts, {sum(len(row['body']) for row in rows)} body lines")
        without = run(options, folder, rows)
        score("without", rows, without)
        for name in ("first run", "second run"):
            score(name, rows, run(options, folder, rows, "--host-memory", "hosts.json"), without)
        cost(options, folder, rows)
        print(f"hosts.json: {(folder / 'hosts.json').stat().st_size / options.hosts / 1000:.1f} kB a host")


if __name__ == "__main__":
    main()
