#!/usr/bin/env python3
"""Speed of `feed::parse` beside Python's feedparser, on the same feeds in the same run, by CPU time.

usage: benches/feeds.py [--feeds ../shared/corpus/feeds] [--rounds 3]        (needs `pip install feedparser`)
"""
import argparse
import json
import pathlib
import resource
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


def bench_program():
    command = ["cargo", "bench", "--quiet", "--no-run", "--bench", "feeds", "--message-format", "json"]
    for line in subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines():
        message = json.loads(line)
        if message.get("executable") and message["target"]["name"] == "feeds":
            return message["executable"]
    raise SystemExit("cargo built no bench")


def of_wirewatch(program, size, few=5, many=45):
    """CPU time of so many rounds; what start and reading of files cost is the same in a run of few rounds."""

    def cpu(rounds):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        options = ["--bench", "real", "--sample-count", str(rounds), "--sample-size", "1"]
        subprocess.run([program, *options], stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return size * (many - few) / (cpu(many) - cpu(few)) / 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=pathlib.Path, default=pathlib.Path("../shared/corpus/feeds"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--program", help="the built bench (default: cargo builds it)")
    options = parser.parse_args()
    documents = list(real_feeds(options.feeds))
    print(f"{len(documents)} feeds, {sum(map(len, documents)):,} bytes")
    ours = of_wirewatch(options.program or bench_program(), sum(map(len, documents)))
    theirs = of_feedparser(documents, options.rounds)
    print(f"wirewatch   {ours:8.2f} MB/s")
    print(f"feedparser  {theirs:8.2f} MB/s (best of {options.rounds})")
    print(f"ratio       {ours / theirs:8.1f}")


if __name__ == "__main__":
    main()
