#!/usr/bin/env python3
"""A random sample of the words that `country:` finds in real articles, to be judged by a reader.

usage: benches/gazetteer.py --seed N [--shared ../shared] [--program target/debug/wirewatch] > sample.jsonl

Articles are those of the labelled corpora of topics and of extraction, in the language that their labels give. Every
finding of every country counts, whatever its field; of those a sample of --size is drawn, at most --per-language of one
language and one per form and article. A line: number, language, form, entity and why, the text around it.
Verdicts are kept in tests/fixtures/gazetteer/verdicts.tsv: form, country, language, verdict, reason, a few words around it.
"""
import argparse
import collections
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent


def articles(shared):
    for corpus, path in (("t", "topics/dev.jsonl"), ("x", "extraction/cases.jsonl")):
        for line in (shared / "corpus" / path).read_text("utf8").splitlines():
            row = json.loads(line)
            yield {"id": corpus + str(row["id"]), "title": row.get("title") or "", "body": row.get("body") or "", "lang": row["lang"]}


def rules():
    """A watch for every country that the program knows."""
    packed = HERE / "src/text/gazetteer/forms.tsv.zst"
    table = subprocess.run(["zstd", "-dcq", packed], check=True, stdout=subprocess.PIPE).stdout.decode()
    codes = sorted({line.split("\t")[0] for line in table.splitlines()} - {"EU", "ZZ"})
    return "".join(f'[watch.{code.lower()}]\nmatch = "country:{code}"\n' for code in codes)


def findings(program, rows):
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
        file.write(rules())
        file.flush()
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        done = subprocess.run([program, "match", "--rules", file.name], input=lines.encode(), stdout=subprocess.PIPE, check=True)
    known = {row["id"]: row for row in rows}
    for line in done.stdout.splitlines():
        answer = json.loads(line)
        row = known[answer["id"]]
        for hit in answer["hits"]:
            for found in hit["evidence"]:
                text = row["title" if found["field"] == "title" else "body"].encode()
                around = text[max(0, found["start"] - 90) : found["start"]], text[found["end"] : found["end"] + 70]
                before, after = (part.decode(errors="ignore").replace("\n", " / ") for part in around)
                yield {
                    "lang": row["lang"],
                    "form": found["text"],
                    "code": hit["watch"].upper(),
                    "why": found.get("why", ""),
                    "article": row["id"],
                    "context": f"{before}⟦{found['text']}⟧{after}",
                }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=HERE / "../shared")
    parser.add_argument("--program", default=str(HERE / "target/debug/wirewatch"))
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--size", type=int, default=500)
    parser.add_argument("--per-language", type=int, default=25)
    args = parser.parse_args()
    if not (args.shared / "corpus").is_dir():
        sys.exit(f"gazetteer: {args.shared}/corpus is not there: --shared names the folder of labelled corpora")
    found = list(findings(args.program, list(articles(args.shared))))
    count = len(found)
    random.Random(args.seed).shuffle(found)
    taken, seen, by_lang = [], set(), collections.Counter()
    # Small languages first get their share, then what is left is filled up from all.
    for limit in (args.per_language, args.size):
        for row in found:
            key = (row["article"], row["form"])
            if len(taken) < args.size and key not in seen and by_lang[row["lang"]] < limit:
                seen.add(key)
                by_lang[row["lang"]] += 1
                taken.append(row)
    taken.sort(key=lambda row: (row["lang"], row["code"], row["form"]))
    for number, row in enumerate(taken, 1):
        print(json.dumps({"number": number, **row}, ensure_ascii=False))
    print(f"{count} findings, {len(taken)} drawn: {dict(by_lang)}", file=sys.stderr)


main()
