#!/usr/bin/env python3
"""Ten thousand deliveries wait for a channel that is down: does it drain in order, and what does the other channel notice?

    cargo build --release
    python3 benches/outage.py [--waiting 10000] [--program PROGRAM]

The real daemon, its clock the machine's, with the site and the receivers of benches/latency.py. At first the webhook is the only
channel and answers 503, and articles come faster than in life. With that outbox the daemon is started with both channels, at 50
articles a second: the webhook is down for a while yet, then it works, and a reload has all channels tried at once. Measured is the mail
channel, from the promise to the mail server. The day under a moved clock is tests/outage.rs.
"""
import argparse
import asyncio
import pathlib
import signal
import sqlite3
import subprocess
import time

import latency
from latency import FEEDS, ROOT, Site, mail_server, mailed, percentile, write_config

RATE, FILL_RATE, SAMPLE_S = 50, 150, 15


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--waiting", type=int, default=10_000)
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "target/release/wirewatch")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("/tmp/wirewatch-outage"))
    return parser.parse_args()


class Press(Site):
    """A site whose rate is changed, and a webhook that can be down."""

    def __init__(self):
        super().__init__(RATE)
        self.is_up, self.base, self.since, self.total_rate = True, 0.0, time.time(), 0

    def total(self):
        return self.base + (time.time() - self.since) * self.total_rate

    def set_rate(self, rate):
        self.base, self.since, self.total_rate = self.total(), time.time(), rate

    def published(self, feed):
        return int(self.total() / FEEDS + feed / FEEDS)

    def answer(self, path, headers):
        if path == "/hook" and not self.is_up:
            return b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n"
        return super().answer(path, headers)


def ask(work, sql):
    with sqlite3.connect(f"file:{work}/w.db?mode=ro", uri=True) as db:
        return db.execute(sql).fetchall()


def pending(work, channel):
    return ask(work, f"select count(*) from delivery where channel = '{channel}' and state = 'pending'")[0][0]


async def waits(condition, seconds=900):
    until = time.time() + seconds
    while not condition():
        assert time.time() < until, "it never came to be"
        await asyncio.sleep(0.25)


async def fill(options, site, config):
    """Brings so many articles while the webhook is the only channel, and down."""
    both = config.read_text()
    config.write_text(both[:both.index("[channel.mail]")] + both[both.index("[[feed]]"):])
    daemon = start(options, config)
    await asyncio.sleep(latency.WARM_S)
    site.set_rate(FILL_RATE)
    await waits(lambda: site.total() >= options.waiting)
    site.set_rate(0)
    await waits(lambda: pending(options.work, "hook") >= 0.99 * options.waiting)
    await stop(daemon)
    config.write_text(both)


async def measure(options, site, daemon):
    """The times between which the mail channel is measured."""
    site.set_rate(RATE)
    await asyncio.sleep(latency.WARM_S)
    spans = {"while the other is down": (time.time(), time.time() + SAMPLE_S)}
    await asyncio.sleep(SAMPLE_S)
    waiting, back = pending(options.work, "hook"), time.time()
    site.is_up = True
    daemon.send_signal(signal.SIGHUP)
    await waits(lambda: pending(options.work, "hook") < RATE)
    took = time.time() - back
    spans["while it drains"] = (back, back + took)
    await asyncio.sleep(latency.WARM_S)
    spans["when both work"] = (time.time(), time.time() + SAMPLE_S)
    await asyncio.sleep(SAMPLE_S)
    site.set_rate(0)
    await waits(lambda: pending(options.work, "hook") + pending(options.work, "mail") == 0)
    await asyncio.sleep(2)
    print(f"{waiting:,} waited; drained in {took:.1f} s, {waiting / took:.0f} a second, beside {RATE} new ones a second")
    return spans


def report(options, site, spans):
    promised = ask(options.work, "select key, channel, created_at / 1000.0 from delivery order by id")
    ours = [key for key, channel, _ in promised if channel == "hook"]
    assert list(site.hooked) == ours, "not in order, or not all of them"
    print(f"webhook: {len(ours):,} deliveries, all in order, {site.repeats} repeated")
    took = mailed(options.work / "mail")
    for name, (first, last) in spans.items():
        all_ = [took[key] - at for key, channel, at in promised if channel == "mail" and first <= at < last]
        cells = [percentile(all_, part) * 1000 for part in (0.5, 0.99)] + [max(all_) * 1000]
        print(f"mail, {name}: {len(all_):,} deliveries, p50 {cells[0]:.0f} ms, p99 {cells[1]:.0f} ms, most {cells[2]:.0f} ms")


def start(options, config):
    with open(options.work / "log", "ab") as log:
        return subprocess.Popen([options.program, "--config", config, "run"], stdout=log, stderr=log)


async def stop(daemon):
    daemon.send_signal(signal.SIGTERM)
    while daemon.poll() is None:
        await asyncio.sleep(0.05)


async def run(options):
    site = Press()
    site.is_up = False
    server = await asyncio.start_server(site.serve, "127.0.0.1", 0)
    site.port = server.sockets[0].getsockname()[1]
    mail, mail_port = mail_server(options.work / "mail")
    config = write_config(options.work, site, mail_port)
    await fill(options, site, config)
    daemon = start(options, config)
    try:
        spans = await measure(options, site, daemon)
    finally:
        await stop(daemon)
        mail.stdin.close()
        mail.wait()
    report(options, site, spans)


if __name__ == "__main__":
    latency.start(arguments(), run)
