#!/usr/bin/env python3
"""The crash sweep for Prometheus Alertmanager: how many of the alerts that it accepted reach its receiver.

    apt-get install prometheus-alertmanager
    python3 benches/crash_alertmanager.py [--alerts 1000] [--kills 50] [--seed 1]

Every alert has a label set of its own and is posted once, as a sender does that takes "200 OK" for a promise; what is refused is
posted again. (Prometheus posts every alert again as long as it fires, which hides such losses for alerts that go on firing.)

1. Inside the group wait (its default, 30 s): 100 alerts are accepted, it is killed a second later and started again on the same
   storage, and may take 90 s to tell them.
2. At random moments: a group wait of one second, alerts at 50 a second, killed within three seconds of every start.

The receiver is a webhook that answers at once and counts label sets. After every kill it is started again on the same storage.
"""
import argparse
import collections
import http.client
import http.server
import json
import pathlib
import random
import shutil
import socket
import subprocess
import threading
import time

PROGRAM = "prometheus-alertmanager"
PAUSE_S = 0.02


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--alerts", type=int, default=1000, help="of the second part")
    parser.add_argument("--kills", type=int, default=50, help="of the second part, at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("/tmp/wirewatch-crash-alertmanager"))
    return parser.parse_args()


class Receiver(http.server.BaseHTTPRequestHandler):
    told = collections.Counter()

    def log_message(self, *words):
        pass

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        for alert in body["alerts"]:
            if alert["status"] == "firing":
                self.told[alert["labels"]["story"]] += 1
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Alertmanager:
    def __init__(self, work, receiver, timing):
        self.work, self.port = work, free_port()
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        (work / "am.yml").write_text(
            f"route: {{receiver: hook, group_by: ['...']{timing}}}\n"
            f"receivers:\n- name: hook\n  webhook_configs:\n  - {{url: 'http://127.0.0.1:{receiver}/'}}\n")
        self.start()

    def start(self):
        with open(self.work / "log", "ab") as log:
            self.process = subprocess.Popen(
                [PROGRAM, f"--config.file={self.work}/am.yml", f"--storage.path={self.work}/data",
                 f"--web.listen-address=127.0.0.1:{self.port}", "--cluster.listen-address="], stdout=log, stderr=log)
        while True:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/-/ready")
                if connection.getresponse().status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.02)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def post(self, story):
        """True when it says that it has the alert."""
        ends = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86_400))
        alert = {"labels": {"alertname": "wirewatch", "story": story}, "endsAt": ends}
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            connection.request("POST", "/api/v2/alerts", json.dumps([alert]), {"Content-Type": "application/json"})
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False


def settle(accepted, told, seconds):
    """Waits until everything was told, at most so long."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and not accepted <= set(told):
        time.sleep(0.2)


def report(what, accepted, told):
    arrived = accepted & set(told)
    repeats = sum(told[story] - 1 for story in arrived)
    print(f"{what}: {len(accepted)} accepted, {len(arrived)} told, {len(accepted) - len(arrived)} lost, {repeats} told again", flush=True)


def inside_the_group_wait(options, receiver):
    Receiver.told.clear()
    alertmanager = Alertmanager(options.work / "wait", receiver, "")
    accepted = {story for story in (f"w{n}" for n in range(100)) if alertmanager.post(story)}
    time.sleep(1)
    alertmanager.kill()
    alertmanager.start()
    settle(accepted, Receiver.told, 90)
    alertmanager.kill()
    report("killed inside the group wait", accepted, Receiver.told)


def at_random_moments(options, receiver):
    Receiver.told.clear()
    chance = random.Random(options.seed)
    alertmanager = Alertmanager(options.work / "random", receiver, ", group_wait: 1s, group_interval: 2s")
    accepted, kills, number, unsure = set(), 0, 0, set()
    due = time.monotonic() + chance.uniform(0, 3)
    while number < options.alerts:
        if kills < options.kills and time.monotonic() >= due:
            # Beside a post, as a kill comes.
            killer = threading.Timer(chance.uniform(0, 2 * PAUSE_S), alertmanager.kill)
            killer.start()
            alertmanager_post(alertmanager, number, accepted, unsure)
            killer.join()
            kills += 1
            alertmanager.start()
            due = time.monotonic() + chance.uniform(0, 3)
        elif alertmanager_post(alertmanager, number, accepted, unsure):
            number += 1
            time.sleep(PAUSE_S)
    settle(accepted, Receiver.told, 60)
    alertmanager.kill()
    report(f"{kills} kills at random moments", accepted, Receiver.told)


def alertmanager_post(alertmanager, number, accepted, unsure):
    story = f"r{number}"
    taken = alertmanager.post(story)
    (accepted if taken else unsure).add(story)
    return taken


def main():
    options = arguments()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    version = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True)
    print((version.stdout + version.stderr).splitlines()[0])
    inside_the_group_wait(options, server.server_address[1])
    at_random_moments(options, server.server_address[1])


if __name__ == "__main__":
    main()
