#!/usr/bin/env python3
"""How long a matching article takes from its body to the channels, at so many articles a second.

    cargo build --release
    python3 benches/latency.py [--rate 50] [--seconds 60] [--program PROGRAM]

The real daemon polls feeds on loopback every second; together they bring so many new articles a second, each with a page of
its own, and each is a story and an alert of its own. Two channels: a webhook that answers at once, and a mail server
(pip `aiosmtpd`, as tests/smtp/server.py) over STARTTLS with a log-in. Times are the receivers' own: the webhook's when it has the
request, the mail server's when it has stored the mail. They are counted from the moment the page was sent to wirewatch and from
the one at which wirewatch noted its text (article_version.read_at). The articles of the first seconds (start, first polls) and
of the last one are left out.
"""
import argparse
import asyncio
import collections
import email
import email.policy
import email.utils
import pathlib
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
FEEDS = 50
KEPT = 15
WARM_S = 5
PASSWORD = "p@ss wörd"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=50, help="articles a second, of all feeds together")
    parser.add_argument("--seconds", type=int, default=60, help="how long articles are counted")
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "target/release/wirewatch")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("/tmp/wirewatch-latency"))
    return parser.parse_args()


def words(number, count):
    chance = random.Random(number)
    return ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=6)) for _ in range(count)]


class Site:
    """Feeds, pages and the receiver of the webhook, in one small server."""

    def __init__(self, rate):
        self.rate = rate / FEEDS
        self.begin = time.time()
        self.pages = {}
        self.hooked = collections.OrderedDict()
        self.repeats = 0
        self.ends_at = None

    def published(self, feed):
        """Numbers of the articles that a feed has brought so far; the feeds bring them in turn."""
        now = min(time.time(), self.ends_at or float("inf"))
        return int((now - self.begin) * self.rate + feed / FEEDS)

    def feed(self, feed):
        items = []
        top = self.published(feed)
        for n in range(max(top - KEPT, 0), top):
            number = n * FEEDS + feed
            date = email.utils.formatdate(self.begin + n / self.rate, usegmt=True)
            title = " ".join(words(number, 6))
            items.append(f"<item><title>{title}</title><guid>{number}</guid><link>http://127.0.0.1:{self.port}/page/{number}</link>"
                         f"<pubDate>{date}</pubDate></item>")
        return f'<rss version="2.0"><channel><title>Sky {feed}</title>{"".join(items)}</channel></rss>'

    def page(self, number):
        text = words(number, 300)
        text[40] = "meteor"
        title = " ".join(text[:6])
        body = "".join(f"<p>{' '.join(text[n:n + 50]).capitalize()}.</p>" for n in range(0, 300, 50))
        return (f"<!doctype html><html lang=en><head><title>{title}</title></head><body><nav><a href=/>Home</a></nav>"
                f"<main><article><h1>{title}</h1>{body}</article></main><footer>All rights reserved</footer></body></html>")

    async def serve(self, reader, writer):
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                first, *lines = head.split("\r\n")
                headers = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
                await reader.readexactly(int(headers.get("content-length", 0)))
                writer.write(self.answer(first.split()[1], headers))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def answer(self, path, headers):
        kind, body, status = "text/html; charset=utf-8", "", "200 OK"
        if path == "/hook":
            key = headers["webhook-id"]
            self.repeats += key in self.hooked
            self.hooked.setdefault(key, time.time())
        elif path.startswith("/feed/"):
            kind, body = "application/rss+xml", self.feed(int(path[6:]))
        elif path.startswith("/page/"):
            body = self.page(int(path[6:]))
            self.pages.setdefault(int(path[6:]), time.time())
        else:
            status = "404 Not Found"
        body = body.encode()
        return (f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n").encode() + body


def mail_server(folder):
    """The server of the tests, with a certificate of its own."""
    run = lambda *words: subprocess.run(words, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=authority", "-keyout", "ca.key", "-out", "ca.pem")
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", "key.pem", "-out", "cert.pem",
        "-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE", "-CA", "ca.pem", "-CAkey", "ca.key")
    process = subprocess.Popen([sys.executable, ROOT / "tests/smtp/server.py", "starttls", folder, folder / "cert.pem", folder / "key.pem"],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return process, int(process.stdout.readline())


def write_config(work, site, mail_port):
    (work / "password").write_text(PASSWORD)
    lines = ["[store]", 'path = "w.db"', "[health]", "enabled = false",
             "[fetch]", 'contact = "mailto:bench@wirewatch.invalid"', 'host_delay = "0s"', "host_parallel = 8",
             f'allow = ["127.0.0.1:{site.port}"]',
             "[watch.meteor]", "match = '\"meteor\"'",
             "[channel.hook]", 'kind = "webhook"', f'url = "http://127.0.0.1:{site.port}/hook"',
             "[channel.mail]", 'kind = "email"', 'host = "localhost"', f"port = {mail_port}",
             'from = "wirewatch@example.org"', 'to = "ana@example.org"', 'ca_file = "mail/ca.pem"', 'user = "ana"',
             'password_file = "password"']
    for feed in range(FEEDS):
        lines += ["[[feed]]", f'url = "http://127.0.0.1:{site.port}/feed/{feed}"', 'interval = "1s"', 'lang = "en"']
    (work / "config.toml").write_text("\n".join(lines) + "\n")
    return work / "config.toml"


def mailed(folder):
    """When each delivery was mailed, by its key."""
    found = {}
    for path in folder.glob("*.eml"):
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.compat32)
        at, key = path.stat().st_mtime, mail["X-Wirewatch-Delivery"]
        found[key] = min(at, found.get(key, at))
    return found


def stored(work):
    with sqlite3.connect(f"file:{work}/w.db?mode=ro", uri=True) as db:
        return db.execute("""select d.key, d.channel, d.created_at, a.url, v.read_at, a.judged_at from delivery as d
            join alert_article as aa on aa.alert_id = d.alert_id join article as a on a.id = aa.article_id
            join article_version as v on v.article_id = a.id and v.version = 1 where d.revision = 1 order by a.id""").fetchall()


def percentile(values, part):
    values = sorted(values)
    return values[min(int(len(values) * part), len(values) - 1)] if values else float("nan")


def line(name, values):
    cells = [percentile(values, part) * 1000 for part in (0.5, 0.9, 0.99)] + [max(values) * 1000]
    print(f"| {name} | {len(values):,} | " + " | ".join(f"{cell:.0f}" for cell in cells) + " |")


def report(options, site, began, usage):
    took = {"hook": site.hooked, "mail": mailed(options.work / "mail")}
    first, last = began + WARM_S, began + WARM_S + options.seconds
    spans, missing, counted = collections.defaultdict(list), collections.Counter(), set()
    rows = stored(options.work)
    for key, channel, created, url, read, judged in rows:
        number = int(url.rsplit("/", 1)[1])
        served = site.pages[number]
        if not first <= served < last:
            continue
        counted.add(number)
        at = took[channel].get(key)
        if at is None:
            missing[channel] += 1
            continue
        spans["page served", channel].append(at - served)
        spans["text noted", channel].append(at - read / 1000)
        spans["promised", channel].append(at - created / 1000)
        if channel == "hook":
            spans["served to noted"].append(read / 1000 - served)
            spans["noted to judged"].append(judged / 1000 - read / 1000)
    print(f"{len(counted):,} articles in {options.seconds} s, {len(counted) / options.seconds:.1f} a second; {len(rows) // 2:,} alerts in all; "
          f"not delivered: {sum(missing.values())}; repeated: {site.repeats}; "
          f"CPU {usage.ru_utime + usage.ru_stime:.1f} s, peak {usage.ru_maxrss / 1024:.0f} MB")
    print("| from … to taken by | deliveries | p50 ms | p90 | p99 | most |\n|---|---|---|---|---|---|")
    for start in ("text noted", "page served", "promised"):
        for channel in took:
            line(f"{start}, {channel}", spans[start, channel])
    line("served to noted", spans["served to noted"])
    line("noted to judged", spans["noted to judged"])


async def run(options):
    site = Site(options.rate)
    server = await asyncio.start_server(site.serve, "127.0.0.1", 0)
    site.port = server.sockets[0].getsockname()[1]
    mail, mail_port = mail_server(options.work / "mail")
    config = write_config(options.work, site, mail_port)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    site.begin = began = time.time()
    with open(options.work / "log", "wb") as log:
        daemon = subprocess.Popen([options.program, "--config", config, "run"], stdout=log, stderr=log)
    await asyncio.sleep(WARM_S + options.seconds + 1)
    site.ends_at = time.time()
    await asyncio.sleep(5)
    daemon.send_signal(signal.SIGTERM)
    while daemon.poll() is None:
        await asyncio.sleep(0.05)
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    usage = resource.struct_rusage([usage[0] - before[0], usage[1] - before[1], *usage[2:]])
    mail.stdin.close()
    mail.wait()
    if daemon.returncode:
        sys.exit((options.work / "log").read_text())
    report(options, site, began, usage)


def start(options, run):
    """Runs the measurement in an empty folder."""
    options.program = options.program.resolve()
    shutil.rmtree(options.work, ignore_errors=True)
    (options.work / "mail").mkdir(parents=True)
    asyncio.run(run(options))


if __name__ == "__main__":
    start(arguments(), run)
