#!/usr/bin/env python3
"""How well the example watches find their topics: precision, recall and F1 on the labelled corpus of topics.

usage: benches/topics.py [--shared ../shared] [--program target/debug/wirewatch] [--errors TOPIC --half a|b]

The watches of examples/watches judge every article once (`wirewatch match`); tools/score_topics.py counts,
for the whole corpus and for each of two halves. The halves are drawn by a hash of the article's id (of
`group`, the id of the original, so that all translations of an article fall in one half): rules are tuned
on half a, and b is looked at when they are done. --errors lists wrong answers of one half, for reading.
"""
import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
# Names of watches that the corpus calls otherwise.
TOPIC_OF_WATCH = {"china-russia": "cn-ru-diplomacy"}
TOPICS = ["cn-ru-diplomacy", "rate-decisions", "disasters", "cyber-breach", "football-transfers", "outbreak"]


def half(article):
    digest = hashlib.sha256((article.get("group") or article["id"]).encode()).digest()
    return "ab"[digest[0] % 2]


def judge(program, gold):
    command = [program, "match"]
    for rules in sorted((HERE / "examples/watches").glob("*.toml")):
        command += ["--rules", rules]
    with open(gold, "rb") as articles:
        done = subprocess.run(command, stdin=articles, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        sys.exit(f"topics: {program} match ended with {done.returncode}")
    answers = [json.loads(line) for line in done.stdout.decode().splitlines()]
    for answer in answers:
        answer["topics"] = [TOPIC_OF_WATCH.get(watch, watch) for watch in answer["watches"]]
    return answers


def score(scorer, folder, articles, answers, *options):
    gold, pred = folder / "gold.jsonl", folder / "pred.jsonl"
    ids = {article["id"] for article in articles}
    gold.write_text("".join(json.dumps(article) + "\n" for article in articles))
    pred.write_text("".join(
        json.dumps({"id": answer["id"], "topics": answer["topics"]}) + "\n"
        for answer in answers if answer["id"] in ids
    ))
    command = [sys.executable, scorer, gold, pred, "--json", *options]
    result = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return {row["topic"]: row for row in result["rows"]}


def show_errors(articles, answers, topic, which):
    said = {answer["id"]: answer for answer in answers}
    for article in articles:
        if half(article) != which or topic in article["borderline"]:
            continue
        answer = said[article["id"]]
        true, found = topic in article["topics"], topic in answer["topics"]
        if true == found:
            continue
        print(f"{'missed' if true else 'FALSE '} {article['lang']} {article['id']} | {article['title']}")
        print("       " + article["body"][:400].replace("\n", " / "))
        for hit in answer["hits"]:
            if TOPIC_OF_WATCH.get(hit["watch"], hit["watch"]) == topic:
                print("       > " + ", ".join(e["text"] for e in hit["evidence"][:12]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=HERE / "../shared")
    parser.add_argument("--program", default=str(HERE / "target/debug/wirewatch"))
    parser.add_argument("--errors", metavar="TOPIC", choices=TOPICS)
    parser.add_argument("--half", choices=["a", "b"], default="a", help="the half whose errors are listed")
    parser.add_argument("--only", choices=["a", "b"], help="print the figures of this half only")
    args = parser.parse_args()
    gold = args.shared / "corpus/topics/dev.jsonl"
    if not gold.exists():
        sys.exit(f"topics: {gold} is not there: --shared names the folder of labelled corpora")
    articles = [json.loads(line) for line in gold.read_text().splitlines() if line.strip()]
    answers = judge(args.program, gold)
    if args.errors:
        show_errors(articles, answers, args.errors, args.half)
        return
    scorer = args.shared / "tools/score_topics.py"
    views = {name: [a for a in articles if half(a) == name] for name in "ab"}
    if args.only:
        views = {args.only: views[args.only]}
    else:
        views = {"all": articles, **views}
    with tempfile.TemporaryDirectory() as folder:
        rows = {name: score(scorer, Path(folder), part, answers) for name, part in views.items()}
        native = {name: score(scorer, Path(folder), part, answers, "--native") for name, part in views.items()}
    print(" " * 20 + "".join(f"{name + f' ({len(part)} articles)':>36}" for name, part in views.items()))
    print(f"{'topic':20}" + f"{'tp  fp  fn      P     R    F1':>36}" * len(views))
    for topic in TOPICS + ["ALL", "ALL but translations"]:
        line = f"{topic:20}"
        for name in views:
            row = native[name]["ALL"] if topic.startswith("ALL b") else rows[name].get(topic)
            if row:
                counts = f"{row['tp']} {row['fp']:3} {row['fn']:3}"
                figures = f"{row['precision']:.3f} {row['recall']:.3f} {row['f1']:.3f}"
                line += f"{counts + '  ' + figures:>36}"
            else:
                line += f"{'-':>36}"
        print(line)


main()
