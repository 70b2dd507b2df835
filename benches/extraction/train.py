#!/usr/bin/env python3
"""Teaches the line classifier (src/extract/model.txt) and says how well it will do on publishers it has not seen.

    pip install lightgbm scikit-learn numpy
    python3 benches/extraction/train.py --shared ../shared                  # cross-validate, then write the table
    python3 benches/extraction/train.py --shared ../shared --only-validate

Only the development half of the corpus is read. A line is of the story when at least half of its runs of four words
stand in the gold text; a line of fewer than four words when runs that go over its ends do. A line weighs by its share
of the gold text, so that pages count alike, as in the score. The folds of the cross-validation are made of whole
publishers. A second set of trees that knew what the first thought of the lines around was tried: it fitted the pages it
had learnt from better, and did worse on others.
"""
import argparse
import collections
import json
import pathlib
import subprocess
import sys
from urllib.parse import urlsplit

import lightgbm
import numpy as np
from sklearn.model_selection import GroupKFold

HERE = pathlib.Path(__file__).resolve().parent
FOLDS = 5
# News weighs more than guides and blogs: it is what the program reads.
SOURCE_WEIGHT = {"fundus": 4.0, "wcxb": 1.0, "zhwce": 2.0, "np4k": 2.0}
# Sizes of pages say more of a publisher than of a line: trees that ask for them do worse on others.
LEFT_OUT = {"lines", "page_chars", "depth", "chars_from_title", "alike_lines"}
TREES = 125
PARAMETERS = dict(objective="binary", learning_rate=0.12, num_leaves=15, min_data_in_leaf=80, feature_fraction=0.4,
                  bagging_fraction=0.7, bagging_freq=1, lambda_l2=5, verbose=-1, num_threads=2, seed=3,
                  deterministic=True)
# As in body.rs.
THRESHOLD, THRESHOLD_MIN, THRESHOLD_OF_BEST, BEST_SHARE = 0.52, 0.15, 0.75, 0.3
REPEATED_BYTES_MIN, RETOLD_WORDS_MIN, RETOLD_SHARE = 40, 6, 0.85


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=pathlib.Path, required=True, help="folder of corpus/ and tools/")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("/tmp/wirewatch-train"))
    parser.add_argument("--program", type=pathlib.Path, help="the built `lines`; else cargo builds it")
    parser.add_argument("--only-validate", action="store_true")
    parser.add_argument("--out", type=pathlib.Path, default=HERE.parent.parent / "src/extract/model.txt")
    return parser.parse_args()


class Corpus:
    """Pages, their lines and what is known of these."""

    def __init__(self, options):
        sys.path.insert(0, str(options.shared / "tools"))
        import score_extraction
        self.score = score_extraction
        self.folder = options.shared / "corpus/extraction"
        self.work = options.work
        self.program = options.program or build()
        self.cases = score_extraction.read_jsonl(self.folder / "cases.jsonl")
        self.groups = np.array([publisher(case) for case in self.cases])
        self.names, self.features = self.rows()
        self.lines = [page["lines"] for page in score_extraction.read_jsonl(self.work / "rows.jsonl")]
        self.ends = np.concatenate([[0], np.cumsum([len(lines) for lines in self.lines])])
        self.page = np.repeat(np.arange(len(self.cases)), np.diff(self.ends))
        labels, weights = zip(*(self.label(case, lines) for case, lines in zip(self.cases, self.lines)))
        self.labels = np.concatenate(labels)
        self.weights = np.concatenate(weights)

    def rows(self):
        out = self.work / "rows"
        subprocess.run([str(self.program), str(self.folder), str(out)], check=True)
        names = (self.work / "rows.names").read_text().split("\n")
        values = np.fromfile(self.work / "rows.f32", dtype=np.float32).reshape(-1, len(names))
        kept = [index for index, name in enumerate(names) if name not in LEFT_OUT]
        return [names[index] for index in kept], values[:, kept]

    def label(self, case, lines):
        tokens = self.score.tokens
        gold = tokens(case["body"], False)
        known = set(self.score.shingles(gold))
        gold_lines = {self.score.fold(line) for line in case["body"].split("\n")}
        words = [tokens(line, False) for line in lines]
        labels = np.zeros(len(lines), np.float32)
        over_ends = covered(words, known)
        for index, own in enumerate(words):
            if not own:
                continue
            if len(own) < 4:
                labels[index] = self.score.fold(lines[index]) in gold_lines or over_ends[index] >= len(own)
            else:
                runs = self.score.shingles(own)
                labels[index] = sum(n for run, n in runs.items() if run in known) >= 0.5 * sum(runs.values())
        sizes = np.array([len(own) for own in words], np.float32)
        only_best_copy(lines, labels, sizes)
        weights = np.minimum((sizes + 5) / max(len(gold), 1) ** 0.75, 3.0) * SOURCE_WEIGHT[case["source"]]
        return labels, weights

    def learn(self, chosen=slice(None)):
        data = lightgbm.Dataset(self.features[chosen], self.labels[chosen], weight=self.weights[chosen])
        return lightgbm.train(PARAMETERS, data, TREES)

    def answers_for_strangers(self):
        answers = np.zeros(len(self.features), np.float32)
        folds = GroupKFold(FOLDS, shuffle=True, random_state=1)
        for learnt, asked in folds.split(self.cases, groups=self.groups):
            asked = np.isin(self.page, asked)
            answers[asked] = self.learn(np.isin(self.page, learnt)).predict(self.features[asked])
        return answers

    def report(self, title, answers):
        print(title)
        results = collections.defaultdict(list)
        for index, (case, lines) in enumerate(zip(self.cases, self.lines)):
            own = answers[self.ends[index]:self.ends[index + 1]]
            body = "\n".join(self.story(lines, own))
            results[case["source"]].append(self.score.score_page(case, {"id": case["id"], "body": body}, False))
        for source, rows in results.items():
            precision, recall, f1 = self.score.corpus_prf([row["t"] for row in rows])
            foreign = np.mean([len(row["leaked"]) for row in rows])
            print(f"  {source:8} F1 {f1:.4f}  P {precision:.4f}  R {recall:.4f}  foreign lines a page {foreign:.2f}")

    def story(self, lines, answers):
        best, told, kept = collections.defaultdict(float), set(), []
        for line, answer in zip(lines, answers):
            if len(line.encode()) >= REPEATED_BYTES_MIN:
                best[line] = max(best[line], answer)
        threshold = threshold_of(lines, answers)
        for line, answer in zip(lines, answers):
            if answer < threshold or answer < best.get(line, 0):
                continue
            words = self.score.tokens(line.lower(), False)
            runs = [tuple(words[at:at + 3]) for at in range(len(words) - 2)]
            if len(words) >= RETOLD_WORDS_MIN:
                if sum(run in told for run in runs) >= RETOLD_SHARE * len(runs):
                    continue
                told.update(runs)
            kept.append(line)
        return kept


def threshold_of(lines, answers):
    if len(answers) == 0:
        return THRESHOLD
    order = np.argsort(-answers, kind="stable")
    masses = np.cumsum((answers * np.array([len(line.encode()) for line in lines]))[order])
    best = answers[order][min(np.searchsorted(masses, masses[-1] * BEST_SHARE), len(order) - 1)]
    return min(max(best * THRESHOLD_OF_BEST, THRESHOLD_MIN), THRESHOLD)


def covered(words, known):
    """How many words of each line stand in a known run of four words of the page."""
    stream = [(word, index) for index, own in enumerate(words) for word in own]
    hit = np.zeros(len(stream) + 4, bool)
    for at in range(len(stream) - 3):
        if tuple(word for word, _ in stream[at:at + 4]) in known:
            hit[at:at + 4] = True
    counts = collections.Counter(index for (_, index), yes in zip(stream, hit) if yes)
    return [counts[index] for index in range(len(words))]


def only_best_copy(lines, labels, sizes):
    """Of equal lines the one among other lines of the story is meant."""
    mass = np.concatenate([[0], np.cumsum(labels * sizes)])
    places = collections.defaultdict(list)
    for index, line in enumerate(lines):
        if labels[index] and len(line) >= 12:
            places[line].append(index)
    for same in places.values():
        near = [mass[min(len(lines), at + 6)] - mass[max(0, at - 5)] for at in same]
        for at in same:
            labels[at] = at == same[int(np.argmax(near))]


def publisher(case):
    return case.get("publisher") or urlsplit(case.get("url") or case["id"]).netloc or case["id"]


def build():
    subprocess.run(["cargo", "build", "--release", "--bin", "lines"], cwd=HERE, check=True)
    return HERE / "target/release/lines"


def tree_as_text(node, names):
    if "leaf_value" in node:
        return f"{node['leaf_value']:.3g}"
    threshold = node["threshold"]
    threshold = "0" if abs(threshold) < 1e-30 else f"{threshold:.5g}"
    left, right = (tree_as_text(node[side], names) for side in ("left_child", "right_child"))
    return f"({names[node['split_feature']]} {threshold} {left} {right})"


def main():
    options = arguments()
    options.work.mkdir(parents=True, exist_ok=True)
    corpus = Corpus(options)
    corpus.report("publishers not learnt from", corpus.answers_for_strangers())
    if options.only_validate:
        return
    model = corpus.learn()
    corpus.report("pages learnt from", model.predict(corpus.features))
    lines = ["# The line classifier: boosted trees over the features of src/extract/features/.",
             "# Made by benches/extraction/train.py; not to be edited. One tree a line: an answer (log-odds, added up over the",
             "# trees), or (feature value if-not-above if-above)."]
    lines += [tree_as_text(tree["tree_structure"], corpus.names) for tree in model.dump_model()["tree_info"]]
    options.out.write_text("\n".join(lines) + "\n")
    print(f"{options.out}: {options.out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
