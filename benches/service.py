#!/usr/bin/env python3
"""What a service costs: start to READY, reload, stop and rest, with many feeds, many rules and a large database.

    cargo build --release
    python3 benches/service.py [--feeds 10000] [--rules 10000] [--gigabytes 1] [--wirewatch PROGRAM] [--work FOLDER]

Start: from exec to READY=1 on NOTIFY_SOCKET, after a stop and after SIGKILL. Reload: `wirewatch reload` from its start to its end, one rule
changed between two of them; the daemon's own part stands in its log. Stop: from SIGTERM to the end. Rest: CPU time over a minute and resident
memory, with 1,000 feeds that were all polled and are due tomorrow.
"""
import argparse
import functools
import http.server
import os
import pathlib
import random
import shutil
import signal
import socket
import socketserver
import sqlite3
import statistics
import subprocess
import tempfile
import threading
import time

print = functools.partial(print, flush=True)
ROOT = pathlib.Path(__file__).resolve().parent.parent
WORDS = ["tanker", "summit", "embargo", "harvest", "ferry", "glacier", "senate", "mine", "port", "strike", "pipeline", "court", "storm",
         "reactor", "vaccine", "border", "tariff", "drone", "dam", "airline", "bank", "refinery", "cable", "satellite"]
FEED = (b'<?xml version="1.0"?><rss version="2.0"><channel><title>f</title><link>http://x.example/</link>'
        b'<description>d</description></channel></rss>')


class Site(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("content-type", "application/rss+xml")
        self.send_header("content-length", str(len(FEED)))
        self.end_headers()
        self.wfile.write(FEED)

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 512


def rules(number):
    chance = random.Random(7)

    def word():
        return "".join(chance.choice(letters) for letters in ["bcdfghklmnprstvw", "aeiou"] * 4)

    lines = []
    for at in range(number):
        country = chance.choice(["CN", "RU", "ID", "FR", "DE", "BR", "IN", "JP", "TR", "EG"])
        a, b = chance.sample(WORDS, 2)
        lines.append(f"[watch.w{at}]\nmatch = '''\"{word()} {a}\" and (country:{country} or \"{b}\")'''\n")
    return lines


class Bed:
    def __init__(self, options, folder, feeds, number_of_rules, addr):
        self.options, self.folder = options, folder
        folder.mkdir(parents=True, exist_ok=True)
        self.rules = rules(number_of_rules)
        allow = f'allow = ["{addr}"]\nhost_delay = "0s"\nhost_parallel = 32\n' if addr else ""
        base = f"http://{addr}" if addr else "https://feeds.example"
        head = f'include = ["rules.toml"]\n[store]\npath = "w.db"\n[fetch]\ncontact = "mailto:ops@example.org"\n{allow}'
        tail = "".join(f'[[feed]]\nurl = "{base}/{at}"\ninterval = "1d"\n' for at in range(feeds))
        (folder / "config.toml").write_text(head + '[channel.desk]\nkind = "file"\npath = "alerts.jsonl"\n' + tail)
        self.write_rules()
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        path = folder / "notify"
        path.unlink(missing_ok=True)
        self.socket.bind(str(path))
        self.socket.settimeout(120)

    def write_rules(self):
        (self.folder / "rules.toml").write_text("".join(self.rules))

    def command(self, *arguments):
        return [str(self.options.wirewatch), "--config", str(self.folder / "config.toml"), *arguments]

    def start(self):
        """Starts the daemon; answers with it and the seconds until READY."""
        started = time.monotonic()
        log = open(self.folder / "log", "w")
        daemon = subprocess.Popen(self.command("run"), stdout=log, stderr=log, env={**os.environ, "NOTIFY_SOCKET": str(self.folder / "notify")})
        while b"READY=1" not in self.socket.recv(4096):
            pass
        return daemon, time.monotonic() - started

    def stop(self, daemon):
        started = time.monotonic()
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(timeout=60) == 0, (self.folder / "log").read_text()[-2000:]
        self.drain()
        return time.monotonic() - started

    def drain(self):
        self.socket.setblocking(False)
        try:
            while True:
                self.socket.recv(4096)
        except BlockingIOError:
            pass
        self.socket.settimeout(120)


def fill(path, gigabytes):
    """Puts articles into a database until it is so large."""
    chance = random.Random(1)
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("pragma synchronous = off")
    now = int(time.time() * 1000)
    at = 0
    while path.stat().st_size < gigabytes * 1e9:
        db.execute("begin")
        for _ in range(5000):
            at += 1
            text = chance.randbytes(1500).hex()
            db.execute("insert into article (url, host, state, backlog, late, first_seen, sort_at, version, judged_version, has_body) "
                       "values (?, 'n.example', 'judged', 0, 0, ?, ?, 1, 1, 1)", (f"https://n.example/{at}", now, now))
            db.execute("insert into article_version (article_id, version, read_at, text_hash, title, origin, meta, body) "
                       "values (last_insert_rowid(), 1, ?, ?, 'title', 'page', '{}', ?)", (now, chance.randbytes(32), text))
        db.execute("commit")
        db.execute("pragma wal_checkpoint(truncate)")
    db.close()
    print(f"database: {path.stat().st_size / 1e9:.2f} GB, {at} articles")


def cpu_s(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rss_mb(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) / 1024


def show(what, seconds, unit=1000):
    print(f"{what}: median {unit * statistics.median(seconds):.0f} ms, most {unit * max(seconds):.0f} ms of {len(seconds)}")


def large(options, folder):
    bed = Bed(options, folder, options.feeds, options.rules, None)
    print(f"--- {options.feeds} feeds, {options.rules} rules, {options.gigabytes} GB")
    daemon, first = bed.start()
    print(f"first start, empty database: {1000 * first:.0f} ms")
    bed.stop(daemon)
    # Nobody is to be polled: the feeds' host does not exist.
    db = sqlite3.connect(folder / "w.db")
    db.execute("update feed set due_at = ?", (int((time.time() + 86400) * 1000),))
    db.commit()
    db.close()
    fill(folder / "w.db", options.gigabytes)
    starts, kills, stops = [], [], []
    for _ in range(options.runs):
        daemon, took = bed.start()
        starts.append(took)
        stops.append(bed.stop(daemon))
        daemon, _ = bed.start()
        daemon.kill()
        daemon.wait()
        bed.drain()
        daemon, took = bed.start()
        kills.append(took)
        bed.stop(daemon)
    show("start to READY", starts)
    show("start to READY after SIGKILL", kills)
    show("SIGTERM to the end", stops)
    daemon, _ = bed.start()
    print(f"resident: {rss_mb(daemon.pid):.0f} MB")
    reloads = []
    for turn in range(options.runs):
        bed.rules[turn] = f"[watch.w{turn}]\nmatch = '''\"changed {turn}\" and country:CN'''\n"
        bed.write_rules()
        started = time.monotonic()
        done = subprocess.run(bed.command("reload"), capture_output=True, text=True)
        reloads.append(time.monotonic() - started)
        assert done.returncode == 0, done.stderr
        # Its own look at the files finds nothing new afterwards.
        time.sleep(1)
    show("reload, one rule changed", reloads)
    bed.stop(daemon)


def rest(options, folder):
    server = Server(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    bed = Bed(options, folder, 1000, 10, f"127.0.0.1:{server.server_address[1]}")
    daemon, _ = bed.start()
    db = sqlite3.connect(f"file:{folder / 'w.db'}?mode=ro", uri=True)
    while db.execute("select count(*) from feed where first_success_at is null").fetchone()[0]:
        time.sleep(0.5)
    time.sleep(10)
    before, started = cpu_s(daemon.pid), time.monotonic()
    time.sleep(options.rest)
    spent, over = cpu_s(daemon.pid) - before, time.monotonic() - started
    print(f"--- at rest, 1,000 feeds: {100 * spent / over:.3f} % of a core over {over:.0f} s, {rss_mb(daemon.pid):.1f} MB resident")
    bed.stop(daemon)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=10_000)
    parser.add_argument("--rules", type=int, default=10_000)
    parser.add_argument("--gigabytes", type=float, default=1)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--rest", type=int, default=60, help="seconds to look at it")
    parser.add_argument("--wirewatch", type=pathlib.Path, default=ROOT / "target/release/wirewatch")
    parser.add_argument("--work", type=pathlib.Path)
    options = parser.parse_args()
    folder = options.work or pathlib.Path(tempfile.mkdtemp(prefix="wirewatch-service-"))
    print(f"{options.wirewatch}: {options.wirewatch.stat().st_size / 1e6:.1f} MB, load {os.getloadavg()[0]:.1f}")
    try:
        rest(options, folder / "rest")
        large(options, folder / "large")
    finally:
        if not options.work:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
