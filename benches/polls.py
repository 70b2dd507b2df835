#!/usr/bin/env python3
"""What a poll costs: the whole daemon over 10,000 feeds, a bare loop of reqwest and feed-rs, and newsboat.

    cargo build --release && cargo bench --no-run
    python3 benches/polls.py --tools ../shared/tools [--feeds 10000]

The world is made by `make_feed_world.py` of the tools folder and served by nginx (Debian `nginx-light`) on loopback,
first with validators, then without (every poll gets the whole feed again). `newsboat` (Debian) is left out when it is
not installed. Only polls are measured: a trigger in the database puts the articles that the first pass finds off by years.
Prints a table in Markdown.
"""
import argparse
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PASS_SECONDS_MAX = 900


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tools", type=pathlib.Path, required=True, help="folder of make_feed_world.py")
    parser.add_argument("--feeds", type=int, default=10_000)
    parser.add_argument("--items", type=int, default=30)
    parser.add_argument("--newsboat-feeds", type=int, default=500,
                        help="newsboat reloads so many of them: all 10,000 take it many minutes")
    parser.add_argument("--port", type=int, default=8900)
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("/tmp/wirewatch-polls"))
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "target/release/wirewatch")
    parser.add_argument("--bare-loop", type=pathlib.Path, help="the built bench `bare_loop`; else cargo builds it")
    return parser.parse_args()


class Server:
    """nginx over the world; `validators=False` answers every request with the whole feed."""

    def __init__(self, world, validators):
        for end in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"):
            (world / f"tmp_{end}").mkdir(exist_ok=True)
        # The world keeps 40,000 files open; few machines let a process have so many.
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        text = (world / "nginx.conf").read_text()
        text = re.sub(r"open_file_cache max=\d+", f"open_file_cache max={min(40_000, most // 4)}", text)
        if not validators:
            text = text.replace("sendfile on;", "etag off; if_modified_since off; add_header Last-Modified ''; sendfile on;")
        conf = world / "nginx-polls.conf"
        conf.write_text(text)
        self.pid_file = world / "nginx.pid"
        subprocess.run(["nginx", "-c", str(conf)], check=True,
                       preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (most, most)))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.kill(int(self.pid_file.read_text()), signal.SIGQUIT)
        while self.pid_file.exists():
            time.sleep(0.05)


def make_world(options):
    world = options.work / "world"
    command = [sys.executable, str(options.tools / "make_feed_world.py"), "--out", str(world),
               "--feeds", str(options.feeds), "--items", str(options.items), "--port", str(options.port)]
    print("$", " ".join(command), file=sys.stderr)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return world.resolve()


def write_config(options, world):
    urls = (world / "urls.txt").read_text().split()
    ports = sorted({re.match(r"http://([^/]+)/", url).group(1) for url in urls})
    lines = [f'include = ["{ROOT}/examples/watches/china-russia.toml"]',
             '[store]', 'path = "polls.db"',
             '[fetch]', 'contact = "mailto:bench@wirewatch.invalid"', 'host_delay = "0s"', 'host_parallel = 8',
             f"allow = {json.dumps(ports)}"]
    for url in urls:
        lines += ["[[feed]]", f'url = "{url}"']
    config = options.work / "config.toml"
    config.write_text("\n".join(lines) + "\n")
    return config


def run(command, **more):
    """Runs a command to its end; gives its output, CPU and wall seconds, and peak memory."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **more)
    stop = threading.Timer(PASS_SECONDS_MAX, process.kill)
    stop.start()
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    stop.cancel()
    wall = time.monotonic() - started
    print("$", " ".join(str(word) for word in command[:8]), f"-> {status}", file=sys.stderr)
    return out, {"cpu_s": usage.ru_utime + usage.ru_stime, "wall_s": wall, "peak_mb": usage.ru_maxrss / 1024}


def wirewatch(options, config, *words):
    command = [str(options.program), "--config", str(config), "run", "--once", "--json", *words]
    out, cost = run(command, env={**os.environ, "RUST_LOG": "error"})
    return {**json.loads(out), **cost}


def make_database(options):
    """An empty database in which articles are put off as they come: what is measured are polls."""
    for stale in options.work.glob("polls.db*"):
        stale.unlink()
    bare = options.work / "no-feeds.toml"
    bare.write_text('[store]\npath = "polls.db"\n')
    wirewatch(options, bare)
    with sqlite3.connect(options.work / "polls.db") as db:
        db.execute("create trigger put_off after insert on article begin "
                   "update article set due_at = 4102444800000 where id = new.id; end")


def make_due(options):
    """Every feed is due again, as after a day."""
    with sqlite3.connect(options.work / "polls.db") as db:
        db.execute("update feed set due_at = 0 where parked = 0")


def all_due(options, config):
    make_due(options)
    return wirewatch(options, config)


def built_bare_loop():
    build = subprocess.run(["cargo", "bench", "--no-run", "--bench", "bare_loop", "--message-format=json"],
                           cwd=ROOT, check=True, capture_output=True, text=True).stdout
    messages = [json.loads(line) for line in build.splitlines() if line.startswith("{")]
    return [message["executable"] for message in messages
            if message.get("target", {}).get("name") == "bare_loop" and message.get("executable")][-1]


def bare_loop(program, world, passes):
    out, cost = run([str(program), str(world / "urls.txt"), str(passes)])
    return [{**json.loads(line), "peak_mb": cost["peak_mb"]} for line in out.decode().splitlines()]


def newsboat(options, world):
    """Two reloads: the first stores everything, the second gets 304s."""
    if not shutil.which("newsboat"):
        return []
    home = options.work / "newsboat"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    (home / "config").write_text("reload-threads 64\n")
    urls = home / "urls"
    urls.write_text("\n".join((world / "urls.txt").read_text().split()[:options.newsboat_feeds]) + "\n")
    command = ["newsboat", "-u", str(urls), "-c", str(home / "cache.db"), "-C", str(home / "config"),
               "-x", "reload"]
    env = {**os.environ, "HOME": str(home), "LANG": "C.UTF-8"}
    return [run(command, env=env)[1] for _ in range(2)]


def row(what, cost, polls, less=0.0):
    each = (cost["cpu_s"] - less) * 1000 / polls
    print(f"| {what} | {cost.get('not_modified', '')} | {cost.get('unchanged', '')} | {cost['cpu_s']:.2f} | {each:.3f} | "
          f"{cost['wall_s']:.1f} | {cost['peak_mb']:.0f} |", flush=True)
    return each


def main():
    options = arguments()
    options.work.mkdir(parents=True, exist_ok=True)
    program = options.bare_loop or built_bare_loop()
    world = make_world(options)
    config = write_config(options, world)
    feeds = options.feeds
    print("| | 304 | unchanged 200 | CPU s | CPU ms a poll | wall s | peak MB |\n|---|---|---|---|---|---|---|")
    with Server(world, validators=True):
        bare = bare_loop(program, world, 2)
        row("bare loop, first pass (fetch, gunzip, feed-rs)", bare[0], feeds)
        bare_304 = row("bare loop, 304", bare[1], feeds)
        make_database(options)
        row("`wirewatch run --once`, first pass", wirewatch(options, config), feeds)
        all_due(options, config)
        start = wirewatch(options, config)
        row("`run --once`, nothing due: the start alone", start, feeds)
        cost = all_due(options, config)
        own_304 = row("`run --once`, all due, 304, start included", cost, feeds)
        net_304 = row("… without the start", cost, feeds, start["cpu_s"])
        for what, cost in zip(["first reload", "second reload, 304"], newsboat(options, world)):
            fewer = min(options.newsboat_feeds, feeds)
            row(f"`newsboat -x reload` of {fewer:,} feeds, {what}", cost, fewer)
    with Server(world, validators=False):
        bare = bare_loop(program, world, 2)
        bare_200 = row("bare loop, unchanged 200 (fetch and gunzip)", bare[1], feeds)
        cost = all_due(options, config)
        own_200 = row("`run --once`, all due, unchanged 200, start included", cost, feeds)
        net_200 = row("… without the start", cost, feeds, start["cpu_s"])
    print(f"\nA 304 poll costs {own_304 / bare_304:.1f} times the bare loop's ({net_304 / bare_304:.1f} without the start), "
          f"an unchanged 200 {own_200 / bare_200:.1f} times its fetch and gunzip ({net_200 / bare_200:.1f}).")


if __name__ == "__main__":
    main()
