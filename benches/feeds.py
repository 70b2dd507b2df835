#!/usr/bin/env python3
"""Speed of `feed::parse` beside Python's feedparser, on the same feeds in the same run.

usage: benches/feeds.py [--feeds ../shared/corpus/feeds] [--rounds 3]        (needs `pip install feedparser`)
"""
import argparse
import json
import pathlib
import re
import subprocess
import time

import feedparser


def real_feeds(corpus):
    for line in (corpus / "cases.jsonl").read_text().splitlines():
        case = json.loads(line)
        document = (corpus / case["file"]).read_bytes() if case["category"] == "real" else b"\xff"
        try:
            document.decode()
        except UnicodeDecodeError:
            continue
        yield document


def of_feedparser(documents, rounds):
    times = []
    for _ in range(rounds):
        start = time.process_time()
        for document in documents:
            feedparser.parse(document)
        times.append(time.process_time() - start)
    return sum(map(len, documents)) / min(times) / 1e6


def of_wirewatch():
    command = ["cargo", "bench", "--quiet", "--bench", "feeds", "--", "real", "--bytes-format", "decimal"]
    table = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    # The row below that of the times: fastest, slowest, median, mean.
    rates = re.findall(r"([\d.]+) ([kMG])B/s", table)
    value, unit = rates[2]
    return float(value) * {"k": 1e-3, "M": 1, "G": 1e3}[unit]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=pathlib.Path, default=pathlib.Path("../shared/corpus/feeds"))
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    documents = list(real_feeds(options.feeds))
    print(f"{len(documents)} feeds, {sum(map(len, documents)):,} bytes")
    ours = of_wirewatch()
    theirs = of_feedparser(documents, options.rounds)
    print(f"wirewatch   {ours:8.2f} MB/s (median)")
    print(f"feedparser  {theirs:8.2f} MB/s (best of {options.rounds})")
    print(f"ratio       {ours / theirs:8.1f}")


if __name__ == "__main__":
    main()
