#!/usr/bin/env python3
"""Extractors of other projects and wirewatch on the same pages in the same run, as a table for docs/benchmarks.md.

    python3 benches/rivals.py --shared ../shared             # everything; --every 20 to try it out

Builds `benches/rivals` (the crates) and installs Python's trafilatura and Readability.js into folders of their own under
--work, at the versions below; what cannot be installed is left out, and said. Every system reads a page before any reads
the next; the least CPU time of the rounds counts (Python and Node read each page once,
warmed up). The cost of a system is its time over that of `scraper::Html::parse_document` for the pages that it got through,
in the same run. Then `cargo bench --bench extract` says by itself what wirewatch costs. Needs the developers' corpus:
`SHARED/corpus/extraction` and `SHARED/tools/score_extraction.py`.
"""
import argparse
import datetime
import os
import pathlib
import random
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
PYTHON_PACKAGES = ["trafilatura==2.3.0", "lxml==6.1.3", "lxml_html_clean==0.4.6", "htmldate==1.11.0", "courlan==1.4.0", "jusText==3.0.2"]
NODE_PACKAGES = ["@mozilla/readability@0.6.0", "linkedom@0.18.15", "jsdom@26.1.0"]
SOURCES = ["fundus", "wcxb", "zhwce", "np4k"]
NAMES = {
    "wirewatch": "**wirewatch**", "trafilatura-py": "trafilatura 2.3 (Python)", "trafilatura": "trafilatura 0.6 (crate)",
    "trafilatura-precision": "… favouring precision", "rs-trafilatura": "rs-trafilatura 0.2.2 (crate)",
    "dom_smoothie": "dom_smoothie 0.19 (crate)", "legible": "legible 0.5.1 (crate)",
    "readability-linkedom": "Readability.js 0.6 on linkedom", "readability-jsdom": "Readability.js 0.6 on jsdom",
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=pathlib.Path, required=True, help="folder of corpus/ and tools/")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("/tmp/wirewatch-rivals"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every N-th page")
    parser.add_argument("--only", metavar="parse,wirewatch", help="only these; what lies under --work of the others stays in the table")
    parser.add_argument("--table-only", action="store_true", help="score what lies under --work from a run before")
    return parser.parse_args()


def main():
    options = arguments()
    predictions = options.work / "predictions"
    corpus = options.shared / "corpus/extraction"
    if not options.table_only:
        options.work.mkdir(parents=True, exist_ok=True)
        measure(options, corpus, predictions)
    sys.path.insert(0, str(options.shared / "tools"))
    import score_extraction
    print_table(score_extraction, corpus, predictions)
    if not options.table_only:
        print()
        bench = ["cargo", "bench", "--quiet", "--bench", "extract", "--", "--root", str(corpus.resolve()), "--at-most", "2.0"]
        sys.exit(subprocess.run(bench, cwd=HERE.parent).returncode)


def measure(options, corpus, predictions):
    command = [str(build()), "--root", str(corpus), "--out", str(predictions), "--rounds", str(options.rounds),
               "--every", str(options.every)]
    if options.only:
        command += ["--only", options.only]
    else:
        for old in predictions.glob("*.jsonl"):
            old.unlink()
        for external in externals(options.work):
            command += ["--external", external]
    subprocess.run(command, check=True)


def build():
    package = HERE / "rivals"
    subprocess.run(["cargo", "build", "--release", "--locked", "--quiet"], cwd=package, check=True)
    target = os.environ.get("CARGO_TARGET_DIR", package / "target")
    return (package / target).resolve() / "release/wirewatch-bench-rivals"


def externals(work):
    """NAME=COMMAND of what could be installed."""
    children = HERE / "rivals/children"
    python = work / "python/bin/python"
    installs = [[sys.executable, "-m", "venv", str(work / "python")],
                [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PYTHON_PACKAGES]]
    if installed("Python's trafilatura", installs):
        yield f"trafilatura-py={python} {children}/trafilatura_child.py"
    node = work / "node"
    node.mkdir(exist_ok=True)
    npm = ["npm", "install", "--prefix", str(node), "--silent", "--no-audit", "--no-fund", *NODE_PACKAGES]
    if installed("Readability.js", [npm]):
        for dom in ["linkedom", "jsdom"]:
            yield f"readability-{dom}=node {children}/readability_child.mjs {node} {dom}"


def installed(name, commands):
    try:
        for command in commands:
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return True
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"{name} is left out: {error}", file=sys.stderr)
        return False


def print_table(score, corpus, predictions):
    files = {path.stem: {page["id"]: page for page in score.read_jsonl(path)} for path in predictions.glob("*.jsonl")}
    files.pop("parse", None)
    read = set.intersection(*(set(pages) for pages in files.values()))
    cases = [case for case in score.read_jsonl(corpus / "cases.jsonl") if case["id"] in read]
    print(f"{len(cases)} pages, {datetime.date.today()}; F1 of bodies by collection; foreign lines and titles on fundus\n")
    print("| system | " + " | ".join(SOURCES) + " | foreign lines a page | title exact | cost / bare parse | ms a page: median, 99th, most "
          "| panics | failed | empty |")
    print("|---|" + "---|" * (len(SOURCES) + 7))
    for name in sorted(files, key=order):
        print(row(name, score, cases, files[name]))


def order(name):
    names = list(NAMES)
    return names.index(name) if name in names else len(names), name


def row(name, score, cases, pages):
    scores = {}
    for source in SOURCES:
        rows = [score.score_page(case, pages[case["id"]], False) for case in cases if case["source"] == source]
        scores[source] = score.summarise(rows, 0, random.Random(1)) if rows else None
    shown = [number(scores[source], "f1", 3) for source in SOURCES]
    shown += [number(scores["fundus"], "leak", 2), number(scores["fundus"], "title", 3), *cost(pages)]
    failures = [page["failure"] for page in pages.values() if page["failure"]]
    panics = failures.count("panic")
    # A body that was not read for a fault counts as empty, in the scores too.
    empty = sum(not page["body"] for page in pages.values())
    shown += [str(panics), str(len(failures) - panics), str(empty)]
    return f"| {NAMES.get(name, name)} | " + " | ".join(shown) + " |"


def number(scores, key, digits):
    value = scores and scores[key]
    return "-" if value is None else f"{value:.{digits}f}"


def cost(pages):
    read = {id: page for id, page in pages.items() if page["ms"] is not None}
    if not read:
        return ["-", "-"]
    ms = {id: page["ms"] for id, page in read.items()}
    slowest = max(ms, key=ms.get)
    times = sorted(ms.values())
    late = times[min(len(times) - 1, len(times) * 99 // 100)]
    shown = f"{statistics.median(times):.1f}, {late:.0f}, {times[-1]:.0f} ({slowest})"
    ratio = over_parse(read)
    if times[-1] > sum(times) / 5 and len(read) > 1:
        del read[slowest]
        ratio += f" ({over_parse(read)} without its slowest page)"
    return [ratio, shown]


def over_parse(read):
    bare = [page["parse_ms"] for page in read.values()]
    return "-" if None in bare else f"{sum(page['ms'] for page in read.values()) / sum(bare):.2f}"


if __name__ == "__main__":
    main()
