#!/usr/bin/env python3
"""Runs the release program on a world of feeds behind nginx: cost, and alerts against the truth.

    cargo build --release
    python3 benches/world.py --tools ../shared/tools [--pages ../shared/corpus/extraction/pages] [--feeds 1000]

The world is made by `make_feed_world.py` of the tools folder and served by nginx (Debian `nginx-light`) on loopback.
Three runs: `run --once`, `run --once --all`, and after `--tick 1` again `run --once --all`. With --pages the pages are
real ones, shared by many entries (cost); without, every entry has a page of its own and the alerts are compared with
the world's truth.jsonl: every miss and every false alarm is printed.
"""
import argparse
import json
import os
import pathlib
import re
import resource
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tools", type=pathlib.Path, required=True, help="folder of make_feed_world.py")
    parser.add_argument("--pages", type=pathlib.Path, help="folder of real pages: measure cost, not alerts")
    parser.add_argument("--feeds", type=int, default=1000)
    parser.add_argument("--items", type=int, default=30)
    parser.add_argument("--port", type=int, default=8800)
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("/tmp/wirewatch-world"))
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "target/release/wirewatch")
    return parser.parse_args()


def make_world(options, tick):
    command = [sys.executable, str(options.tools / "make_feed_world.py"), "--out", str(options.work / "world"),
               "--feeds", str(options.feeds), "--items", str(options.items), "--port", str(options.port),
               "--tick", str(tick)]
    command += ["--pages", str(options.pages)] if options.pages else ["--unique-pages"]
    print("$", " ".join(command))
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def serve(options):
    world = (options.work / "world").resolve()
    for end in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"):
        (world / f"tmp_{end}").mkdir(exist_ok=True)
    # The world keeps 40,000 files open; few machines let a process have so many.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    conf = world / "nginx.conf"
    conf.write_text(re.sub(r"open_file_cache max=\d+", f"open_file_cache max={min(40_000, most // 4)}", conf.read_text()))
    subprocess.run(["nginx", "-c", str(conf)], check=True,
                   preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (most, most)))
    return world / "nginx.pid"


def write_config(options):
    urls = (options.work / "world/urls.txt").read_text().split()
    ports = sorted({re.match(r"http://([^/]+)/", url).group(1) for url in urls})
    lines = [f'include = ["{ROOT}/examples/watches/china-russia.toml"]',
             '[store]', 'path = "world.db"',
             '[fetch]', 'contact = "mailto:bench@wirewatch.invalid"', 'host_delay = "0s"',
             f"allow = {json.dumps(ports)}",
             '[alert]', 'max_age = "3650d"',
             '[channel.out]', 'kind = "file"', 'path = "alerts.jsonl"']
    for url in urls:
        lines += ["[[feed]]", f'url = "{url}"']
    config = options.work / "config.toml"
    config.write_text("\n".join(lines) + "\n")
    return config


def run(options, config, *words):
    """One pass; gives its summary with wall and CPU seconds and peak memory."""
    command = [str(options.program), "--config", str(config), "run", "--once", "--json", *words]
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                               env={**os.environ, "RUST_LOG": "error"})
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - started
    if status != 0:
        sys.exit(f"{' '.join(command)} failed: {status}")
    summary = json.loads(out)
    summary.update(wall_s=round(wall, 2), cpu_s=round(usage.ru_utime + usage.ru_stime, 2),
                   peak_mb=round(usage.ru_maxrss / 1024, 1),
                   database_mb=round((options.work / "world.db").stat().st_size / 1e6, 1))
    print("$", " ".join(["wirewatch", "run", "--once", *words]))
    print("  " + ", ".join(f"{key} {value}" for key, value in summary.items() if value))
    return summary


def alerts(options, config):
    command = [str(options.program), "--config", str(config), "alert", "list", "--json"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return [json.loads(line) for line in lines]


def compare(options, config):
    """Alerts against the world's truth, entry by entry."""
    truth = [json.loads(line) for line in (options.work / "world/truth.jsonl").read_text().splitlines()]
    hits = {row["url"]: row for row in truth if row["kind"] == "hit"}
    found = {}
    for alert in alerts(options, config):
        for article in alert["articles"]:
            found[article["url"]] = (alert, article)
    missed = [row for url, row in hits.items() if url not in found]
    false = [(url, pair) for url, pair in found.items() if url not in hits]
    near = {row["url"] for row in truth if row["kind"] == "near"}
    print(f"  truth: {len(hits)} entries carry the topic, {len(near)} are near misses")
    print(f"  found: {len(hits) - len(missed)}, missed: {len(missed)}, false alarms: {len(false)} "
          f"({sum(url in near for url, _ in false)} of them near misses)")
    for row in missed:
        print(f"  missed {row['lang']} {row['title']} {row['url']}")
    for url, (alert, article) in false:
        sentence = alert["evidence"][0]["sentence"] if alert["evidence"] else ""
        print(f"  false  {article['lang']} {article['title']} {url}: {sentence[:160]}")


def main():
    sys.stdout.reconfigure(line_buffering=True)
    options = arguments()
    options.work.mkdir(parents=True, exist_ok=True)
    for stale in options.work.glob("world.db*"):
        stale.unlink()
    make_world(options, 0)
    pid_file = serve(options)
    try:
        config = write_config(options)
        run(options, config)
        run(options, config, "--all")
        make_world(options, 1)
        # nginx keeps what it knows of files for ten minutes.
        os.kill(int(pid_file.read_text()), signal.SIGHUP)
        time.sleep(1)
        run(options, config, "--all")
        if not options.pages:
            compare(options, config)
    finally:
        os.kill(int(pid_file.read_text()), 15)


if __name__ == "__main__":
    main()
