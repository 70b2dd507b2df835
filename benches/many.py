#!/usr/bin/env python3
"""What 8 MiB of very many small entries cost in memory.

    cargo build --release
    python3 benches/many.py [--wirewatch PROGRAM]

Every document is polled beside a small feed, in three passes with a database of its own. Shown is the peak (VmHWM) of each
pass over the lowest one of the small feed alone, as `benches/hostile.py` counts; and how long the pass took.
"""
import argparse
import functools
import http.server
import pathlib
import shutil
import subprocess
import threading
import time

from hostile import ROOT, high_water

BYTES_MAX = 8 << 20
HEAD, TAIL = b'<rss version="2.0"><channel><title>t</title>', b"</channel></rss>"


def document(item, bytes_max=BYTES_MAX):
    parts, size = [], len(HEAD) + len(TAIL)
    while size + len(part := item(len(parts))) < bytes_max:
        parts.append(part)
        size += len(part)
    return HEAD + b"".join(parts) + TAIL


DOCUMENTS = {
    "small": functools.partial(document, lambda n: b"<item><title>Plain item %d</title><guid>%d</guid></item>" % (n, n), 300),
    "empty": functools.partial(document, lambda n: b"<item/>"),
    "title": functools.partial(document, lambda n: b"<item><title>a</title></item>"),
    "guid": functools.partial(document, lambda n: b"<item><title>a %d</title><guid>%d</guid></item>" % (n, n)),
    "link": functools.partial(document, lambda n: b"<item><title>a %d</title><link>http://127.0.0.1:1/%d</link></item>" % (n, n)),
    "text": functools.partial(document, lambda n: b"<item><title>a %d</title><guid>%d</guid><description>%s</description></item>"
                              % (n, n, b"word " * 150)),
}


class Server(http.server.BaseHTTPRequestHandler):
    def log_message(self, *words):
        pass

    def do_GET(self):
        body = DOCUMENTS[self.path[1:]]()
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def pass_(program, config):
    started, peak = time.monotonic(), 0.0
    process = subprocess.Popen([program, "--config", config, "run", "--once", "--all"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        peak = max(peak, high_water(process.pid))
        time.sleep(0.005)
    return peak, time.monotonic() - started


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wirewatch", type=pathlib.Path, default=ROOT / "target/release/wirewatch")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("/tmp/wirewatch-many"))
    options = parser.parse_args()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port, idle = server.server_address[1], None
    for name in DOCUMENTS:
        work = options.work / name
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        lines = [f'include = ["{ROOT}/examples/watches/china-russia.toml"]', "[store]", 'path = "many.db"', "[fetch]",
                 'contact = "mailto:bench@wirewatch.invalid"', 'host_delay = "0s"', f'allow = ["127.0.0.1:{port}"]']
        for feed in dict.fromkeys(["small", name]):
            lines += ["[[feed]]", f'url = "http://127.0.0.1:{port}/{feed}"']
        config = work / "config.toml"
        config.write_text("\n".join(lines) + "\n")
        passes = [pass_(options.wirewatch, config) for _ in range(3)]
        idle = idle or min(peak for peak, _ in passes)
        print(f"{name:6}", "  ".join(f"{peak - idle:+5.1f} MB {wall:5.1f} s" for peak, wall in passes), flush=True)


if __name__ == "__main__":
    main()
