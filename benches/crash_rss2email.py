#!/usr/bin/env python3
"""The crash sweep for rss2email: what a kill in the middle of a mail run sends again, and under which Message-ID.

    python3 benches/crash_rss2email.py [--entries 1000] [--kills 50] [--seed 1]

Needs pip's `aiosmtpd`; rss2email 3.14 (pip) is installed into a throw-away environment. One feed on loopback, a mail server that
takes 20 ms for a mail.

1. 40 entries, killed when the 15th mail was taken, and run again to its end.
2. `--entries` entries over feeds of 50, killed at random moments within three seconds of every start.

Counted are entries (X-RSS-ID) that were mailed more than once, and how many Message-IDs each of them has.
"""
import argparse
import asyncio
import collections
import email
import email.utils
import http.server
import pathlib
import random
import shutil
import socket
import subprocess
import sys
import threading
import time

from aiosmtpd.controller import Controller

PER_FEED = 50
PAUSE_S = 0.02


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=1000, help="of the second part")
    parser.add_argument("--kills", type=int, default=50, help="of the second part, at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("/tmp/wirewatch-crash-rss2email"))
    return parser.parse_args()


class Post:
    """Keeps of every mail which entry it is and its Message-ID."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content)
        self.mails.append((mail["X-RSS-ID"], mail["Message-ID"]))
        await asyncio.sleep(PAUSE_S)
        return "250 OK"


class Feeds(http.server.BaseHTTPRequestHandler):
    def log_message(self, *words):
        pass

    def do_GET(self):
        feed, entries = (int(part) for part in self.path[1:].split("/"))
        date = email.utils.formatdate(usegmt=True)
        items = "".join(f"<item><title>Report {n}</title><guid isPermaLink='false'>entry-{n}</guid><link>http://127.0.0.1:9/{n}</link>"
                        f"<pubDate>{date}</pubDate><description>Words of report {n}.</description></item>"
                        for n in range(feed, feed + entries))
        body = f"<rss version='2.0'><channel><title>Feed {feed}</title><link>http://127.0.0.1:9/</link>{items}</channel></rss>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Reader:
    """An rss2email with a config and data of its own."""

    def __init__(self, work, program, feeds, mail_port):
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        self.work, self.program = work, program
        self.run("new", "ana@example.org")
        config = work / "cfg"
        text = config.read_text().replace("email-protocol = sendmail", "email-protocol = smtp")
        text = text.replace("smtp-server = smtp.example.net\n", "smtp-server = 127.0.0.1\n").replace("smtp-port = 465", f"smtp-port = {mail_port}")
        text = text.replace("from = user@rss2email.invalid", "from = rss2email@example.org")
        assert "email-protocol = smtp\n" in text and str(mail_port) in text, text
        config.write_text(text)
        for number, url in enumerate(feeds):
            self.run("add", f"feed{number}", url)

    def command(self, *words):
        return [self.program, "-c", self.work / "cfg", "-d", self.work / "data.json", *words]

    def run(self, *words):
        subprocess.run(self.command(*words), check=True, capture_output=True)

    def start(self):
        with open(self.work / "log", "ab") as log:
            return subprocess.Popen(self.command("run"), stdout=log, stderr=log)


def report(what, entries, mails):
    of_entry = collections.defaultdict(list)
    for entry, message_id in mails:
        of_entry[entry].append(message_id)
    repeats = sum(len(ids) - 1 for ids in of_entry.values())
    new_ids = sum(len(set(ids)) - 1 for ids in of_entry.values())
    print(f"{what}: {entries} entries, {len(mails)} mails, {entries - len(of_entry)} lost, {repeats} sent again "
          f"({new_ids} of them under another Message-ID)", flush=True)


def in_the_middle(options, program, site, post, mail_port):
    post.mails.clear()
    reader = Reader(options.work / "middle", program, [f"{site}/0/40"], mail_port)
    process = reader.start()
    while len(post.mails) < 15:
        assert process.poll() is None, "it ended by itself"
        time.sleep(0.001)
    process.kill()
    process.wait()
    before = len(post.mails)
    assert reader.start().wait() == 0
    report(f"killed when mail {before} was taken", 40, post.mails)


def at_random_moments(options, program, site, post, mail_port):
    post.mails.clear()
    chance = random.Random(options.seed)
    feeds = [f"{site}/{first}/{PER_FEED}" for first in range(0, options.entries, PER_FEED)]
    reader = Reader(options.work / "random", program, feeds, mail_port)
    kills = 0
    while kills < options.kills:
        process = reader.start()
        try:
            process.wait(chance.uniform(0, 3))
            break
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            kills += 1
    assert reader.start().wait() == 0
    report(f"{kills} kills at random moments", options.entries, post.mails)


def main():
    options = arguments()
    environment = options.work / "environment"
    if not (environment / "bin/r2e").exists():
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        subprocess.run([environment / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "rss2email==3.14"], check=True)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Feeds)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site = f"http://127.0.0.1:{server.server_address[1]}"
    post = Post()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        mail_port = probe.getsockname()[1]
    controller = Controller(post, hostname="127.0.0.1", port=mail_port)
    controller.start()
    for part in (in_the_middle, at_random_moments):
        part(options, environment / "bin/r2e", site, post, mail_port)
    controller.stop()


if __name__ == "__main__":
    main()
