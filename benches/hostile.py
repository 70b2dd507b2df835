#!/usr/bin/env python3
"""Runs the release program against a hostile news server, case by case.

    cargo build --release
    python3 benches/hostile.py --corpus ../shared/corpus/hostile [--only ID] [--verbose]

Every case has its own config, database and three passes (`run --once --all`), so that what a failure says on every
poll would be seen. It is polled together with the server's harmless feed. Looked at: the process, its CPU time and
peak memory (over a pass with the harmless feed alone), the feed's failure, the entries stored, the articles, and every
way out: digests, lists, CSV, a JSON file, a webhook, a mail (Debian/pip `aiosmtpd`), standard output and the log.
Rules of the corpus are wrapped in wirewatch's own syntax; what the program cannot do yet is told as SKIP.
"""
import argparse
import base64
import collections
import csv
import email
import email.policy
import html
import html.parser
import http.server
import json
import os
import pathlib
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
DAY_MS = 86_400_000
# The corpus names a failure more coarsely than wirewatch does.
FINER = {"not_a_feed": {"empty", "page", "login_page", "bot_check"}, "network": {"protocol"}, "protocol": {"network"}}
SLOW = {"slow"}
# What such a case does shows in its own title or text only: its article's page must not be had.
SHOWN = {"bidi", "chat-injection", "command-injection", "formula-injection", "log-injection", "mail-header-injection",
         "path-traversal", "sql", "template-injection", "terminal-injection", "xss"}
PASSES = 3
SUMMARY = "A short summary that the feed gave."


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=pathlib.Path, required=True)
    parser.add_argument("--wirewatch", type=pathlib.Path, default=ROOT / "target/release/wirewatch")
    parser.add_argument("--only", action="append", help="id or class; may be given several times")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("/tmp/wirewatch-hostile"))
    parser.add_argument("--markdown", action="store_true", help="print the table by class, as docs/benchmarks.md has it")
    parser.add_argument("--verbose", action="store_true", help="print figures of cases that pass, too")
    return parser.parse_args()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_shown(case):
    return case["kind"] == "feed" and case["class"] in SHOWN


class Servers:
    """The corpus's server and canary, a feed in front of every page case, a webhook and a mailbox."""

    def __init__(self, options, cases):
        self.port, self.canary = free_port(), free_port()
        self.log = options.work / "server"
        self.log.mkdir(parents=True)
        self.process = subprocess.Popen(
            [sys.executable, str(options.corpus / "server.py"), "--port", str(self.port), "--canary-port",
             str(self.canary), "--log", str(self.log)], stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()
        self.pages = {case["id"]: case for case in cases if case["kind"] == "page"}
        self.posted = []
        servers = self

        class Front(http.server.BaseHTTPRequestHandler):
            def log_message(self, *words):
                pass

            def answer(self, body, kind):
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                if self.path.startswith("/behind/"):
                    with urllib.request.urlopen(f"http://127.0.0.1:{servers.port}/{self.path[8:]}") as answer:
                        return self.answer(answer.read(), answer.headers["Content-Type"])
                self.answer(servers.front_feed(self.path.rsplit("/", 1)[-1]), "application/rss+xml")

            def do_POST(self):
                servers.posted.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self.answer(b"", "text/plain")

        def start():
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Front)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            return server.server_address[1]

        self.front_port, self.hook_port = start(), start()
        self.mails = options.work / "mails"
        self.mails.mkdir()
        self.mail_port = self.start_mail()

    def start_mail(self):
        try:
            import aiosmtpd  # noqa: F401
        except ImportError:
            return None
        script = ROOT / "tests/smtp/server.py"
        self.smtp = subprocess.Popen([sys.executable, str(script), "plain", str(self.mails)],
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return int(self.smtp.stdout.readline())

    def front_feed(self, case_id):
        link = f"http://127.0.0.1:{self.port}/case/{case_id}"
        return (f'<?xml version="1.0"?><rss version="2.0"><channel><title>front</title><item><title>Pagecase {case_id}</title>'
                f"<link>{link}</link><guid>{case_id}</guid><description>{SUMMARY}</description></item></channel></rss>").encode()

    def url_of(self, case):
        if case["kind"] == "page":
            return f"http://127.0.0.1:{self.front_port}/{case['id']}"
        if is_shown(case):
            return f"http://127.0.0.1:{self.front_port}/behind/case/{case['id']}"
        return f"http://127.0.0.1:{self.port}/case/{case['id']}"

    def harmless_beside(self, case):
        return f"http://127.0.0.1:{self.front_port}/behind/ok.xml" if is_shown(case) else self.harmless

    @property
    def harmless(self):
        return f"http://127.0.0.1:{self.port}/ok.xml"

    def canary_asked(self):
        return (self.log / "canary.log").exists()

    def requests(self, path):
        log = self.log / "requests.log"
        return sum(f" {path} " in line for line in log.read_text().splitlines()) if log.exists() else 0

    def stop(self):
        self.process.terminate()
        if self.mail_port:
            self.smtp.terminate()


Pass = collections.namedtuple("Pass", "code out err cpu peak wall")


class Bench:
    """One case's folder: config, database and what the program said."""

    def __init__(self, options, servers, name, feeds, words, extra="", deadline="30s", pages=True):
        self.options, self.servers = options, servers
        self.folder = options.work / name
        self.folder.mkdir()
        self.feeds = feeds
        self.config = self.folder / "config.toml"
        self.database = self.folder / "hostile.db"
        ports = [servers.hook_port, servers.front_port, *([servers.port] if pages else [])]
        allow = [f"127.0.0.1:{port}" for port in ports]
        terms = ", ".join(toml_term(word) for word in words)
        lines = [f'include = ["{ROOT}/examples/watches/china-russia.toml"]', "[store]", 'path = "hostile.db"',
                 "[fetch]", 'contact = "mailto:bench@wirewatch.invalid"', 'host_delay = "0s"', "host_parallel = 2",
                 f'deadline = "{deadline}"', f"allow = {json.dumps(allow)}",
                 "[watch.all]", 'title = "Everything"', f"match = '''any({terms})'''",
                 "[watch.pair]", "match = '''country:CN and country:RU'''",
                 "[channel.terminal]", 'kind = "stdout"',
                 "[channel.lines]", 'kind = "file"', 'path = "out.jsonl"',
                 "[channel.hook]", 'kind = "webhook"', f'url = "http://127.0.0.1:{servers.hook_port}/hook"']
        if servers.mail_port:
            lines += ["[channel.mail]", 'kind = "email"', 'host = "127.0.0.1"', f"port = {servers.mail_port}",
                      'tls = "none"', 'from = "wirewatch@example.org"', 'to = ["desk@example.org"]']
        for url, keys in feeds.items():
            lines += ["[[feed]]", f"url = {json.dumps(url)}", keys]
        self.config.write_text("\n".join(lines + [extra]) + "\n")

    def run(self, *words):
        """Runs the program; CPU and memory are the kernel's figures for this one process."""
        command = [str(self.options.wirewatch), "--config", str(self.config), *words]
        out, err = self.folder / "stdout", self.folder / "stderr"
        started = time.monotonic()
        with out.open("wb") as out_file, err.open("wb") as err_file:
            process = subprocess.Popen(command, stdout=out_file, stderr=err_file, cwd=self.folder,
                                       env={**os.environ, "NO_COLOR": "1", "RUST_LOG": "info,wirewatch=debug"})
            peak = 0.0
            while True:
                # ru_maxrss would count this script's own memory, for the child is a copy of it until it becomes the program.
                peak = max(peak, high_water(process.pid))
                pid, status, usage = os.wait4(process.pid, os.WNOHANG)
                if pid:
                    break
                time.sleep(0.01)
        return Pass(os.waitstatus_to_exitcode(status), out.read_bytes().decode("utf-8", "replace"),
                    err.read_bytes().decode("utf-8", "replace"), usage.ru_utime + usage.ru_stime, peak,
                    time.monotonic() - started)

    def seed(self):
        """Makes the feeds look polled before, so that undated entries are news and not backlog."""
        config = self.config.read_text()
        # No feed may be asked: they come into the database and no further.
        hook = f'allow = ["127.0.0.1:{self.servers.hook_port}"]'
        self.config.write_text(re.sub(r"(?m)^allow = .*$", hook, config))
        self.run("run", "--once", "--all")
        self.config.write_text(config)
        with sqlite3.connect(self.database) as db:
            if not db.execute("select 1 from feed").fetchone():
                sys.exit(f"no feed came into {self.database}: {(self.folder / 'stderr').read_text()}")
            db.execute("update feed set first_success_at = ?, failures = 0, last_error = null, state = '{}', due_at = 0",
                       (int(time.time() * 1000) - DAY_MS,))
            for table in ("delivery", "trouble"):
                if db.execute("select 1 from sqlite_schema where name = ?", (table,)).fetchone():
                    db.execute(f"delete from {table}")
        (self.folder / "out.jsonl").unlink(missing_ok=True)

    def rows(self, query, *values):
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as db:
            return db.execute(query, values).fetchall()

    def json(self, *words):
        return [json.loads(line) for line in self.run(*words, "--json").out.splitlines()]

    def pass_(self):
        return self.run("run", "--once", "--all")


def high_water(pid):
    """Most memory that a process had at once, in MB; 0 when it is gone."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def toml_term(word):
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def words_of(case):
    """Words of the case's titles: a watch for them brings its entries into every output."""
    body = case.get("body", {})
    text = body.get("text", "") + base64.b64decode(body.get("b64", "")).decode("utf-8", "replace")
    titles = html.unescape(" ".join(re.findall(r"<title>(.{0,300}?)</title>", text)))
    words = re.findall(r"[^\W\d_]{3,}", titles)
    return list(dict.fromkeys([*words[:30], "plain", "title", "survivor", "pagecase", "item", "deep", "endless"]))


class Markup(html.parser.HTMLParser):
    """Finds what no message may have: elements beyond those of the page itself, handlers, foreign addresses."""
    KNOWN = set("html head meta title style body main h1 h2 section p ul li a b small span bdi mark blockquote code del ins br".split())

    def __init__(self):
        super().__init__()
        self.faults, self.style = [], 0

    def handle_starttag(self, tag, attributes):
        if tag not in self.KNOWN:
            self.faults.append(f"<{tag}>")
        self.style += tag == "style"
        for name, value in attributes:
            web = (value or "").startswith(("http://", "https://"))
            if name.startswith("on") or name in ("src", "srcdoc", "http-equiv") or (name == "href" and not web):
                self.faults.append(f"{tag} {name}={value!r}")

    def close(self):
        super().close()
        if self.style > 1:
            self.faults.append("a second <style>")


def outputs(bench, last):
    """Everything that leaves the program, by name. Mail is decoded as a reader's program does, and raw."""
    found = {"stdout": last.out, "log": last.err}
    for kind in ("text", "markdown", "html", "json"):
        found[f"digest {kind}"] = bench.run("digest", "--format", kind).out
    for words in (("feed", "list"), ("feed", "list", "--json"), ("alert", "list"), ("alert", "list", "--json"),
                  ("alert", "list", "--csv"), ("status",)):
        found[" ".join(words)] = bench.run(*words).out
    lines = bench.folder / "out.jsonl"
    found["file"] = lines.read_text() if lines.exists() else ""
    found["webhook"] = "\n".join(bench.servers.posted)
    mails = sorted(bench.servers.mails.glob("*.eml"))
    raw = [mail.read_bytes() for mail in mails]
    found["mail raw"] = b"\n".join(raw).decode("utf-8", "replace")
    letters = [email.message_from_bytes(mail, policy=email.policy.default) for mail in raw]
    found["mail headers"] = "\n".join(f"{name}: {value}" for letter in letters for name, value in letter.items())
    for kind in ("plain", "html"):
        found[f"mail {kind}"] = "\n".join(letter.get_body((kind,)).get_content() for letter in letters)
    for n, alert in enumerate(bench.json("alert", "list")[:2]):
        found[f"alert show {n}"] = bench.run("alert", "show", alert["id"]).out
    for n, (url,) in enumerate(bench.rows("select url from article order by id desc limit 2")):
        found[f"article show {n}"] = bench.run("article", "show", url).out
        found[f"article show --json {n}"] = bench.run("article", "show", url, "--json").out
    return found


def feed_kind(kind, wanted):
    return kind == wanted or kind in FINER.get(wanted, ())


class Judge:
    """Holds one case's run against what is expected of it."""

    def __init__(self, case, bench, idle):
        self.case, self.bench, self.idle = case, bench, idle
        self.expect = case["expect"]
        self.faults, self.cpu, self.rss = [], 0.0, 0.0

    def fault(self, words):
        if words not in self.faults:
            self.faults.append(words)

    def cost(self, run):
        self.cpu = max(self.cpu, run.cpu - self.idle.cpu)
        self.rss = max(self.rss, run.peak - self.idle.peak)
        if self.cpu > self.expect.get("max_cpu_s", 10):
            self.fault(f"{self.cpu:.1f} s of CPU, {self.expect['max_cpu_s']} allowed")
        most = min(self.expect.get("max_extra_rss_mb", 64), 128 if self.case["kind"] == "page" else 24)
        if self.rss > most:
            self.fault(f"{self.rss:.0f} MB over idle, {most} allowed")
        if run.code not in (0, 1):
            self.fault(f"the process ended with {run.code}")
        if re.search(r"panicked|internal error", run.err):
            self.fault("a panic: " + re.search(r".*(panicked|internal error).*", run.err)[0][:200])

    def log_lines(self, logs):
        for line in logs.splitlines():
            if line and not re.match(r"(\d{4}-\d\d-\d\dT[\d:.]+Z +(ERROR|WARN|INFO|DEBUG|TRACE) )", line):
                self.fault(f"a line of the log that is no record: {line[:120]!r}")

    def harmless(self):
        url = self.bench.servers.harmless_beside(self.case)
        stored = self.bench.rows("select e.title from entry e join feed f on f.id = e.feed_id where f.url = ?", url)
        if sorted(stored) != [(f"Plain item {n}",) for n in range(3)]:
            self.fault(f"the harmless feed is not whole: {stored}")

    def outcome(self, url):
        view = next((feed for feed in self.bench.json("feed", "list") if feed["url"] == url), None)
        if view is None:
            return self.fault("the feed is not listed")
        if self.case["kind"] == "page":
            self.page_outcome()
        else:
            self.feed_outcome(view)
        items = self.bench.rows("select count(*) from entry e join feed f on f.id = e.feed_id where f.url = ?", url)[0][0]
        wanted = self.expect.get("items")
        if wanted is not None and items != wanted:
            self.fault(f"{items} entries, {wanted} expected")

    def feed_outcome(self, view):
        failed = view.get("failure")
        if self.expect["outcome"] == "accept" and failed:
            self.fault(f"failed with {failed}: {view.get('last_error')}")
        if self.expect["outcome"] == "reject":
            wanted = self.expect.get("error_kind")
            if not failed:
                self.fault("was not refused")
            elif wanted and not feed_kind(failed, wanted):
                self.fault(f"failed with {failed}, not {wanted}: {view.get('last_error')}")
            if not view.get("last_error"):
                self.fault("the failure is not told in words")

    def page_outcome(self):
        url = f"http://127.0.0.1:{self.bench.servers.port}/case/{self.case['id']}"
        shown = self.bench.run("article", "show", url, "--json").out
        if not shown:
            return self.fault("the article is not stored")
        article = json.loads(shown)
        if article["state"] != "judged":
            self.fault(f"the article is {article['state']}: {article.get('last_error')}")
        if self.expect["outcome"] == "accept" and article["origin"] != "page":
            self.fault(f"not read: {article.get('last_error')}")
        if self.expect["outcome"] == "reject":
            if article["origin"] != "entry" or SUMMARY not in (article["body"] or ""):
                self.fault("the feed's summary was not used")
            if article.get("failure") != self.expect.get("error_kind"):
                self.fault(f"marked {article.get('failure')}, not {self.expect.get('error_kind')}: {article.get('last_error')}")

    def texts(self, found):
        xss = self.case["class"] == "xss"
        for name, text in found.items():
            for word in self.expect.get("must_not_contain", []):
                if word in text and not xss:
                    self.fault(f"{name} has {word!r}")
            if not name.startswith(("digest json", "mail raw", "webhook", "file", "log")) and re.search(
                    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text):
                self.fault(f"{name} has a control or override")
        for name in ("digest html", "mail html"):
            for page in found[name].split("<!DOCTYPE html>"):
                markup = Markup()
                markup.feed(page)
                markup.close()
                for fault in markup.faults:
                    self.fault(f"{name}: {fault}")
        shown = "\n".join(text for name, text in found.items() if name != "log")
        # An entry whose article was named before stands in the store only.
        shown += "\n".join(str(row) for row in self.bench.rows("select title, summary, content from entry"))
        for word in self.expect.get("must_contain", []):
            if word not in shown and word not in html.unescape(shown):
                self.fault(f"{word!r} is in no output")

    def one_notice(self, logs, url):
        told = sum("WARN" in line and url in line for line in logs.splitlines())
        if self.expect["outcome"] == "reject" and self.case["kind"] != "page" and told != 1:
            self.fault(f"{told} notices of the failure in {PASSES} passes")

    def canary(self):
        if self.bench.servers.canary_asked():
            self.fault("the canary was asked")


# ---- what single classes ask for beyond the common checks

def pair_hits(bench, url=""):
    return bench.rows("select count(*) from hit h join article a on a.id = h.article_id "
                      "where h.watch in ('pair', 'china-russia') and a.url like ?", f"%{url}%")[0][0]


def check_class(judge, found, alerts_first):
    case, bench = judge.case, judge.bench
    kind = case["class"]
    url = bench.servers.url_of(case)
    if kind == "alert-flood":
        alerts = len(bench.json("alert", "list"))
        told = bench.rows("select count(*) from delivery")[0][0]
        if not alerts_first[0]:
            judge.fault("no alert at all")
        if (alerts, told) != alerts_first:
            judge.fault(f"alerts and deliveries went from {alerts_first} to {(alerts, told)}")
    if kind in ("boilerplate", "evasion"):
        hits = pair_hits(bench, case["id"] if case["kind"] == "page" else "")
        if case["kind"] == "page" and hits:
            judge.fault("topic words that no reader sees raised the topic")
        if case["kind"] == "feed" and not hits:
            judge.fault("hidden characters kept the rule from its hit")
    if kind == "formula-injection":
        cells = found["alert list --csv"]
        if not cells:
            judge.fault("there is no CSV")
        elif "'=" not in cells or any(cell[:1] in tuple("=+-@\t\r") for row in csv.reader(cells.splitlines()) for cell in row):
            judge.fault("a cell of the CSV starts a formula")
    if kind == "schedule":
        view = next(feed for feed in bench.json("feed", "list") if feed["url"] == url)
        due = time.mktime(time.strptime(view["next_poll"][:19], "%Y-%m-%dT%H:%M:%S")) - time.mktime(time.gmtime())
        if not 290 <= due <= 86_400 * 1.2:
            judge.fault(f"next poll in {due:.0f} s")
    if kind == "gone":
        check_gone(judge, url)
    if kind == "takeover":
        state = bench.rows("select url, state from feed where url = ?", url)
        if not state or '"poll_url":"' in state[0][1]:
            judge.fault("the polled address changed")
    if kind == "mail-header-injection" and re.search(r"(?mi)^bcc:", found["mail headers"]):
        judge.fault("a Bcc header")
    if kind == "chat-injection":
        check_mentions(judge, found["webhook"])
    if kind == "identity" and case["kind"] == "feed":
        if bench.rows("select 1 from article where url like '%/ok/0' and version > 1"):
            judge.fault("the other feed's article was replaced")


def check_mentions(judge, posted):
    for line in posted.splitlines():
        body = json.loads(line)
        if body.get("allowed_mentions") != {"parse": []}:
            judge.fault("allowed_mentions is not empty")
        for text in (body.get("text", ""), body.get("content", "")):
            if re.search(r"<[!@#]", text) or "@everyone" in text or "@here" in text:
                judge.fault(f"a mention in the message: {text[:100]!r}")


def check_gone(judge, url):
    bench = judge.bench
    path = "/case/" + judge.case["id"]
    with sqlite3.connect(bench.database) as db:
        state = json.loads(db.execute("select state from feed where url = ?", (url,)).fetchone()[0])
        if not state.get("gone_seen_at"):
            return judge.fault("the first 410 is not kept")
        seen = state["gone_seen_at"]
        state["gone_seen_at"] = seen - 2 * 3_600_000 if isinstance(seen, int) else "2020-01-01T00:00:00Z"
        db.execute("update feed set state = ?, due_at = 0 where url = ?", (json.dumps(state), url))
    bench.pass_()
    view = next(feed for feed in bench.json("feed", "list") if feed["url"] == url)
    if view["health"] != "gone":
        judge.fault(f"after the second 410 the feed is {view['health']}")
    asked = bench.servers.requests(path)
    bench.pass_()
    if bench.servers.requests(path) != asked:
        judge.fault("polled after it was gone")


# ---- kinds of cases

def poll_case(options, servers, case, idle):
    url = servers.url_of(case)
    deadline = "4s" if case["class"] in SLOW else "30s"
    keys = ""
    if case["class"] == "credential-leak":
        keys = 'headers = { Authorization = "Bearer s3cret", Cookie = "id=s3cret", X-Key = "s3cret" }'
    beside = servers.harmless_beside(case)
    bench = Bench(options, servers, case["id"], {url: keys, beside: ""}, words_of(case), deadline=deadline,
                  pages=not is_shown(case))
    bench.seed()
    servers.posted.clear()
    for mail in servers.mails.glob("*.eml"):
        mail.unlink()
    judge = Judge(case, bench, idle)
    logs, out, alerts_first = "", "", None
    for _ in range(PASSES):
        last = bench.pass_()
        judge.cost(last)
        logs += last.err
        out += last.out
        if alerts_first is None:
            alerts_first = (len(bench.json("alert", "list")), bench.rows("select count(*) from delivery")[0][0])
    judge.log_lines(logs)
    judge.harmless()
    judge.outcome(url)
    found = outputs(bench, last._replace(out=out, err=logs))
    judge.texts(found)
    judge.one_notice(logs, url)
    check_class(judge, found, alerts_first)
    judge.canary()
    return judge


def rule_case(options, servers, case, idle):
    """A regular expression is no term of our language; a webhook rule becomes a channel."""
    rule = case["rule"]
    if rule.startswith("webhook"):
        extra = ["[channel.evil]\nkind = \"webhook\"\n" + rule.replace("webhook =", "url =")]
    elif rule:
        extra = [f"[watch.evil]\nmatch = '''/{rule}/'''"]
    else:
        extra = ["[watch.evil]\nmatch = ''", "[watch.evil]\nmatch = '''not \"zzzz\"'''", "[watch.evil]\nmatch = '''\"\"'''",
                 "[watch.evil]\nmatch = '''any()'''"]
    for number, text in enumerate(extra):
        bench = Bench(options, servers, f"{case['id']}-{number}", {servers.harmless: ""}, ["plain"], extra=text)
        judge = Judge(case, bench, idle)
        for words in (("check",), ("run", "--once", "--all")):
            run = bench.run(*words)
            judge.cost(run)
            if run.code == 0 and "warning" not in (run.out + run.err).lower():
                judge.fault(f"`{words[0]}` took it: {text.splitlines()[1]}")
            elif not re.search(r"config\.toml:\d+|\[channel\.evil\]", run.out + run.err):
                judge.fault(f"`{words[0]}` does not name the place: {(run.out + run.err)[:200]!r}")
    judge.canary()
    return judge


def opml_case(options, servers, case, idle):
    bench = Bench(options, servers, case["id"], {}, ["plain"])
    judge = Judge(case, bench, idle)
    if "import" not in bench.run("feed", "--help").out:
        judge.faults = ["SKIP not built yet"]
        return judge
    document = bench.folder / "in.opml"
    with document.open("wb") as file:
        for part in corpus_server(options, servers).chunks_of(case, lambda part: part):
            part = part.replace(b"@SELF@", f"127.0.0.1:{servers.port}".encode()).replace(b"@CPORT@", str(servers.canary).encode())
            file.write(part.replace(b"@CANARY@", f"127.0.0.1:{servers.canary}".encode()))
    before = sorted(path for path in bench.folder.rglob("*"))
    run = bench.run("feed", "import", str(document))
    judge.cost(run)
    feeds = bench.json("feed", "list")
    wanted = case["expect"].get("items")
    if wanted is not None and len(feeds) != wanted:
        judge.fault(f"{len(feeds)} feeds, {wanted} expected: {[feed['url'] for feed in feeds]}; {run.err[:300]}")
    if case["class"] == "ssrf" and not re.search(r"(line \d+|in\.opml:\d+)", run.out + run.err):
        judge.fault("what was refused is not listed by line")
    strange = [str(path) for path in bench.folder.rglob("*") if path not in before and not re.search(
        r"(stdout|stderr|config.*|hostile\.db.*)$", path.name)]
    if strange:
        judge.fault(f"files that nobody asked for: {strange}")
    if feeds:
        judge.cost(bench.pass_())
    judge.canary()
    return judge


def corpus_server(options, servers):
    """server.py as a module: it alone knows how its generated bodies are made."""
    import importlib.util
    spec = importlib.util.spec_from_file_location("hostile_server", options.corpus / "server.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def ssrf_addresses(options, servers, idle):
    """Every address of ssrf_urls.jsonl as a feed; those that are public are only offered to `check`: nothing leaves this machine."""
    judges = []
    for number, line in enumerate((options.corpus / "ssrf_urls.jsonl").read_text().splitlines()):
        row = json.loads(line)
        case = {"id": f"address {row['url']}", "class": "addresses", "kind": "feed", "expect": {"outcome": "either", "requirement": row["why"]}}
        bench = Bench(options, servers, f"address-{number}", {row["url"]: ""}, ["plain"], deadline="2s")
        judge = Judge(case, bench, idle)
        check = bench.run("check")
        if row["verdict"] == "allow":
            if check.code:
                judge.fault(f"refused: {check.err[:200]}")
        elif check.code == 0:
            judge.cost(bench.pass_())
            view = bench.json("feed", "list")[0]
            if view["failure"] not in ("blocked_address", "config"):
                judge.fault(f"{view['failure']}: {view['last_error']}")
        judges.append(judge)
    return judges


def idle_pass(options, servers):
    """The cheapest pass there is, for comparison: the harmless feed alone."""
    bench = Bench(options, servers, "idle", {servers.harmless: ""}, ["plain"])
    bench.seed()
    passes = [bench.pass_() for _ in range(3)]
    return passes[0]._replace(cpu=min(run.cpu for run in passes), peak=min(run.peak for run in passes))


def table(judges):
    classes = {}
    for judge in judges:
        classes.setdefault(judge.case["class"], []).append(judge)
    print("| class | cases | pass | most CPU s | most MB over idle |\n|---|---|---|---|---|")
    for name, members in sorted(classes.items()):
        print(f"| {name} | {len(members)} | {sum(not judge.faults for judge in members)} | "
              f"{max(max(judge.cpu, 0) for judge in members):.2f} | {max(max(judge.rss, 0) for judge in members):.0f} |")


def main():
    options = arguments()
    shutil.rmtree(options.work, ignore_errors=True)
    options.work.mkdir(parents=True)
    options.corpus, options.wirewatch = options.corpus.resolve(), options.wirewatch.resolve()
    with (options.corpus / "cases.jsonl").open(encoding="utf-8") as lines:
        cases = [json.loads(line) for line in lines]
    wanted = set(options.only or [])
    servers = Servers(options, cases)
    try:
        idle = idle_pass(options, servers)
        print(f"idle: {idle.peak:.0f} MB, {idle.cpu:.2f} s of CPU")
        kinds = {"rule": rule_case, "opml": opml_case}
        judges = []
        for case in cases:
            if wanted and not wanted & {case["id"], case["class"]}:
                continue
            judges.append(kinds.get(case["kind"], poll_case)(options, servers, case, idle))
            tell(judges[-1], options)
            (servers.log / "canary.log").unlink(missing_ok=True)
        if not wanted or "addresses" in wanted:
            for judge in ssrf_addresses(options, servers, idle):
                judges.append(judge)
                tell(judge, options)
    finally:
        servers.stop()
    failed = [judge for judge in judges if judge.faults]
    if options.markdown:
        table(judges)
    print(f"{len(judges) - len(failed)} of {len(judges)} pass")
    sys.exit(bool(failed))


def tell(judge, options):
    if judge.faults or options.verbose:
        print(f"{'FAIL' if judge.faults else 'pass'}  {judge.case['id']:28} {judge.cpu:5.2f} s {judge.rss:5.0f} MB  {'; '.join(judge.faults)}", flush=True)


if __name__ == "__main__":
    main()
