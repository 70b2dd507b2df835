#!/usr/bin/env python3
"""How long `wirewatch check` takes for 1,000 rules.

    cargo build --release
    python3 benches/check.py [--rules N] [--wirewatch PROGRAM]

Writes a config of N watches, each with two tests, and 50 lists of 20 terms; runs `check --no-store` 20 times and shows the median.
"""
import argparse
import pathlib
import random
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
COUNTRIES = ["CN", "RU", "ID", "FR", "DE", "BR", "IN", "JP", "TR", "EG"]
ENDINGS = ["ing", "ed", "s", "tion", "ment", "er"]


def config(rules):
    chance = random.Random(7)
    letters = "bcdfghklmnprstvw", "aeiou"

    def word():
        return "".join(chance.choice(letters[n % 2]) for n in range(6)) + chance.choice(ENDINGS)

    lists = [[word() for _ in range(20)] for _ in range(50)]
    lines = ['[channel.terminal]', 'kind = "stdout"', '[[feed]]', 'url = "https://feeds.example/rss"']
    for number, terms in enumerate(lists):
        lines += [f"[list.l{number}]", "any = [" + ", ".join(f'"{term}"' for term in terms) + "]"]
    for number in range(rules):
        country, own, of = chance.choice(COUNTRIES), word(), chance.randrange(50)
        lines += [f"[watch.w{number}]",
                  f"match = '''country:{country} in-paragraph any(\"{own}\", \"{word()} {word()}\") and $l{of} "
                  f"and not title(\"{word()}\")'''",
                  f"[[watch.w{number}.test]]", f'title = "{own} in {country}"', 'lang = "en"', 'expect = "no-match"',
                  f"[[watch.w{number}.test]]", f'title = "A {lists[of][3]} and no more"', 'lang = "en"', 'expect = "no-match"']
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rules", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--wirewatch", type=pathlib.Path, default=ROOT / "target/release/wirewatch")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "config.toml"
        path.write_text(config(options.rules))
        command = [options.wirewatch, "--config", path, "check", "--no-store"]
        times = []
        for _ in range(options.runs):
            started = time.monotonic()
            done = subprocess.run(command, capture_output=True, text=True)
            times.append(1000 * (time.monotonic() - started))
            assert done.returncode == 0, done.stderr[:2000]
    print(done.stdout, end="")
    print(f"{options.rules} rules: median {statistics.median(times):.0f} ms, least {min(times):.0f} ms, most {max(times):.0f} ms "
          f"of {options.runs} runs")


if __name__ == "__main__":
    main()
