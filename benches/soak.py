#!/usr/bin/env python3
"""Does the daemon's memory stay flat, however much it polls and reads?

    cargo build --release
    python3 benches/soak.py [--polls 2000000] [--seconds 14400] [--program PROGRAM]

The real daemon polls feeds on loopback as fast as it can (every second, on many hosts); every tenth poll of a feed brings a new
entry with a page of its own, and one article in a hundred is an alert. It runs until so many polls are done or the time is up. Its
resident memory is sampled all the while; the run fails when it is, at the end, more than a tenth away from what it was at 10 % of the
polls. Polls and pages are counted by the site, articles and alerts in the database.
"""
import argparse
import asyncio
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
HOSTS, KEPT, POLLS_PER_ENTRY, ARTICLES_PER_ALERT = 50, 15, 10, 100
SAMPLE_S = 0.5
ALLOWED = 0.10
VOCABULARY = ["".join(random.Random(n).choices("abcdefghijklmnopqrstuvwxyz", k=6)) for n in range(20_000)]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--polls", type=int, default=2_000_000)
    parser.add_argument("--seconds", type=int, default=14_400, help="ends after this time at the latest")
    parser.add_argument("--feeds", type=int, default=2_000)
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "target/release/wirewatch")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("/tmp/wirewatch-soak"))
    return parser.parse_args()


def words(number, count):
    return random.Random(number).choices(VOCABULARY, k=count)


class Site:
    """Feeds and pages; counts what is asked."""

    def __init__(self, feeds):
        self.asked, self.polls, self.pages = [0] * feeds, 0, 0
        self.bodies = [None] * feeds
        self.base = int(time.time())

    def poll(self, feed, head):
        self.polls += 1
        self.asked[feed] += 1
        if self.bodies[feed] is None or self.asked[feed] % POLLS_PER_ENTRY == 0:
            self.bodies[feed] = self.body(feed)
        tag, body = self.bodies[feed]
        if tag in head:
            return b"HTTP/1.1 304 Not Modified\r\netag: " + tag + b"\r\n\r\n"
        return self.ok(b"application/rss+xml", body, b"etag: " + tag + b"\r\n")

    def body(self, feed):
        newest = self.asked[feed] // POLLS_PER_ENTRY
        date = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime())
        items = []
        for n in range(newest, max(newest - KEPT, -1), -1):
            number = n * len(self.asked) + feed
            items.append(f"<item><title>{' '.join(words(number, 6))}</title><guid>{number}</guid>"
                         f"<link>http://{host(feed)}:{self.port}/page/{number}</link></item>")
        text = f"<rss version='2.0'><channel><title>Sky {feed}</title><pubDate>{date}</pubDate>{''.join(items)}</channel></rss>"
        return f'"{feed}-{newest}"'.encode(), text.encode()

    def page(self, number):
        self.pages += 1
        text = words(number, 200)
        if number % ARTICLES_PER_ALERT == 0:
            text[40] = "meteor"
        title = " ".join(text[:6])
        body = "".join(f"<p>{' '.join(text[n:n + 50]).capitalize()}.</p>" for n in range(0, 200, 50))
        page = (f"<!doctype html><html lang=en><head><title>{title}</title></head><body><nav><a href=/>Home</a></nav>"
                f"<main><article><h1>{title}</h1>{body}</article></main></body></html>")
        return self.ok(b"text/html; charset=utf-8", page.encode())

    @staticmethod
    def ok(kind, body, more=b""):
        return b"HTTP/1.1 200 OK\r\ncontent-type: %s\r\ncontent-length: %d\r\n%s\r\n%s" % (kind, len(body), more, body)

    def answer(self, head):
        path = head.split(b" ", 2)[1]
        if path.startswith(b"/feed/"):
            return self.poll(int(path[6:]), head)
        if path.startswith(b"/page/"):
            return self.page(int(path[6:]))
        return b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"


class Connection(asyncio.Protocol):
    """Requests without a body, one after the other."""

    def __init__(self, site):
        self.site, self.waiting = site, b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.waiting += data
        while (end := self.waiting.find(b"\r\n\r\n")) >= 0:
            head, self.waiting = self.waiting[:end], self.waiting[end + 4:]
            self.transport.write(self.site.answer(head))


def host(feed):
    return f"127.0.0.{feed % HOSTS + 1}"


def write_config(options, site):
    lines = ["[store]", 'path = "w.db"', "[health]", "enabled = false", "[alert]", "bursts = false",
             "[fetch]", 'contact = "mailto:bench@wirewatch.invalid"', 'host_delay = "0s"', "host_parallel = 8", 'allow = ["127.0.0.0/8"]',
             "[watch.meteor]", "match = '\"meteor\"'", "[channel.desk]", 'kind = "file"', 'path = "alerts.jsonl"']
    for feed in range(options.feeds):
        lines += ["[[feed]]", f'url = "http://{host(feed)}:{site.port}/feed/{feed}"', 'interval = "1s"', 'lang = "en"']
    path = options.work / "config.toml"
    path.write_text("\n".join(lines) + "\n")
    return path


def memory_mb(pid):
    """Resident memory, and the part of it that is no file."""
    found = dict(line.split(":", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines())
    return tuple(int(found[name].split()[0]) / 1024 for name in ("VmRSS", "RssAnon"))


async def run(options):
    site = Site(options.feeds)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(site), "0.0.0.0", 0, backlog=1024)
    site.port = server.sockets[0].getsockname()[1]
    config = write_config(options, site)
    log = (options.work / "log").open("w")
    # The daemon spreads the first polls of many feeds over minutes: they are done before.
    first = await asyncio.create_subprocess_exec(options.program, "--config", config, "run", "--once", "--all", stdout=log, stderr=log)
    await first.wait()
    site.polls = site.pages = 0
    daemon = subprocess.Popen([options.program, "--config", config, "run"], stdout=log, stderr=log)
    began, samples = time.time(), []
    try:
        while site.polls < options.polls and time.time() - began < options.seconds:
            await asyncio.sleep(SAMPLE_S)
            assert daemon.poll() is None, (options.work / "log").read_text()[-2000:]
            samples.append((site.polls, *memory_mb(daemon.pid)))
        took = time.time() - began
    finally:
        daemon.send_signal(signal.SIGTERM)
        await loop.run_in_executor(None, daemon.wait)
    return site, samples, took


def near(samples, part):
    """Median of the samples within 2 % of the run around a part of its polls."""
    total = samples[-1][0]
    found = [sample for sample in samples if abs(sample[0] / total - part) <= 0.02] or [samples[-1]]
    return tuple(sorted(column)[len(column) // 2] for column in zip(*found))


def main():
    options = arguments()
    shutil.rmtree(options.work, ignore_errors=True)
    options.work.mkdir(parents=True)
    site, samples, took = asyncio.run(run(options))
    with sqlite3.connect(f"file:{options.work}/w.db?mode=ro", uri=True) as db:
        one = lambda sql: db.execute(sql).fetchone()[0]
        articles = one("select count(*) from article where state = 'judged'")
        alerts = one("select count(*) from alert")
        unsent = one("select count(*) from delivery where state <> 'sent'")
    size = (options.work / "w.db").stat().st_size / 1e6
    print(f"{site.polls:,} polls and {articles:,} articles ({site.pages:,} pages served, {alerts:,} alerts, {unsent} not sent) in "
          f"{took:.0f} s: {site.polls / took:.0f} polls and {articles / took:.0f} articles a second; database {size:.0f} MB")
    print("| part of the polls | polls | RSS MB | of it anonymous MB |\n|---|---|---|---|")
    for tenth in range(1, 11):
        polls, rss, anonymous = near(samples, tenth / 10)
        print(f"| {tenth * 10} % | {polls:,} | {rss:.1f} | {anonymous:.1f} |")
    begin, end = near(samples, 0.1)[1], near(samples, 1.0)[1]
    change = end / begin - 1
    print(f"RSS at the end {end:.1f} MB, at 10 % of the polls {begin:.1f} MB: {change:+.1%} (allowed {ALLOWED:.0%}); "
          f"most {max(sample[1] for sample in samples):.1f} MB")
    sys.exit(abs(change) > ALLOWED)


if __name__ == "__main__":
    main()
