//! Every key of the config: its name, what it holds, what it means.

/// What a key holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Text,
    Texts,
    /// A text or a list of texts.
    OneOrMany,
    Flag,
    /// A whole number from the first to the second.
    Whole(u64, u64),
    /// A number from the first to the second.
    Number(f64, f64),
    /// A length of time.
    Period,
    /// A list of these.
    Periods,
    /// The same, or `off`.
    KeptPeriod,
    /// A number of bytes.
    Size,
    OneOf(&'static [&'static str]),
    Headers,
    Labels,
    /// HTTP status codes.
    Statuses,
    /// `[name]`
    Table(&'static [Key]),
    /// `[[name]]`
    Tables(&'static [Key]),
    /// `[name.NAME]`
    Named(&'static [Key]),
    /// `[channel.NAME]`
    Channels,
    /// `[list.NAME]`
    Lists,
}

/// A key of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    pub name: &'static str,
    pub kind: Kind,
    pub about: &'static str,
    pub is_required: bool,
}

pub(super) const fn key(name: &'static str, kind: Kind, about: &'static str) -> Key {
    Key {
        name,
        kind,
        about,
        is_required: false,
    }
}

/// A key without which a table is refused.
pub(super) const fn must(name: &'static str, kind: Kind, about: &'static str) -> Key {
    Key {
        is_required: true,
        ..key(name, kind, about)
    }
}

/// A number from 1.
pub(super) const COUNT: Kind = Kind::Whole(1, u32::MAX as u64);

/// What stands at the top of a file.
pub(super) const TOP: &[Key] = &[
    key("include", Kind::Texts, "Further files, relative to this one; * is allowed (main file only)"),
    key("store", Kind::Table(STORE), "The database (main file only)"),
    key("keep", Kind::Table(KEEP), "How long what can be had again is kept (main file only; docs/reading.md)"),
    key("fetch", Kind::Table(FETCH), "How wirewatch behaves on the network (main file only; docs/fetching.md)"),
    key("extract", Kind::Table(EXTRACT), "How articles are taken from pages (main file only; docs/sites.md)"),
    key("alert", Kind::Table(ALERT), "What is worth an alert (main file only)"),
    key("health", Kind::Table(HEALTH), "When a feed is in trouble, and who is told (main file only; docs/health.md)"),
    key("websub", Kind::Table(WEBSUB), "Hubs push what is new (main file only; docs/websub.md)"),
    key("metrics", Kind::Table(METRICS), "What the daemon measures, for Prometheus (main file only; docs/operating.md)"),
    key("feed", Kind::Tables(FEED), "A feed that is polled"),
    key("host", Kind::Tables(HOST), "What is special about some hosts (docs/fetching.md)"),
    key("site", Kind::Tables(SITE), "Where the story stands on the pages of a site (docs/sites.md)"),
    key("watch", Kind::Named(WATCH), "What is looked for (docs/rules.md)"),
    key("list", Kind::Lists, "Terms with weights, written $NAME in a watch (docs/rules.md)"),
    key("person", Kind::Named(NAMED), "A person, written person:NAME in a watch (docs/rules.md)"),
    key("org", Kind::Named(NAMED), "An organisation, written org:NAME in a watch (docs/rules.md)"),
    key("channel", Kind::Channels, "A way out for alerts and digests"),
    key("route", Kind::Tables(ROUTE), "Which alerts go to which channels, besides what watches name (docs/sending.md)"),
    key("digest", Kind::Named(DIGEST), "The alerts of a period in one message"),
];

const STORE: &[Key] = &[
    key("path", Kind::Text, "Database file, relative to the config file [wirewatch.db]"),
    key("backups", Kind::Table(BACKUPS), "Backups that the daemon makes by itself; none when it is missing (docs/store.md)"),
    key("free_bytes_min", Kind::Size, "With less free space on its disk no pages are read; alerts are sent all the same [200 MB]"),
];

const BACKUPS: &[Key] = &[
    must("folder", Kind::Text, "Where they are, relative to the database"),
    key("every", Kind::Period, "How often one is made, at most hourly [1d]"),
    key("keep", COUNT, "How many are kept, the newest [7]"),
];

const KEEP: &[Key] = &[
    key("bodies", Kind::Period, "How long bodies of articles without a hit are kept [90d]"),
    key("pages", Kind::KeptPeriod, "How long the pages of articles are kept; \"off\" keeps none [30d]"),
    key("pages_bytes_max", Kind::Size, "Most bytes of kept pages, compressed; the oldest go first [2 GiB]"),
    key("alerts", Kind::Period, "How long alerts are kept after they last changed, with their hits and digests; for ever when it is missing"),
];

const KEEP_OWN: &[Key] = &[
    key("bodies", Kind::KeptPeriod, "How long bodies are kept; \"off\" drops them within the hour"),
    key("pages", Kind::KeptPeriod, "How long pages are kept; \"off\" drops them within the hour"),
];

const FETCH: &[Key] = &[
    key("contact", Kind::Text, "Where the people who are polled can complain; goes into the User-Agent"),
    key("user_agent", Kind::Text, "The whole User-Agent, instead of wirewatch/VERSION (+contact)"),
    key("concurrency", COUNT, "Requests under way at once, over all hosts [64]"),
    key("host_delay", Kind::Text, "Least time between the starts of two requests to one host [1s]"),
    key("host_parallel", COUNT, "Requests under way at once to one host [1]"),
    key("allow", Kind::Texts, "Addresses that are not public and may be reached all the same: HOST:PORT, NET/BITS"),
    key("body_bytes_max", COUNT, "Most bytes of a body, after decompression [8388608]"),
    key("deadline", Kind::Text, "Most time for one fetch, redirects and body included [30s]"),
    key("connect_timeout", Kind::Text, "Most time for connecting, TLS included [10s]"),
    key("proxy", Kind::Text, "The proxy for everything that is fetched: http://host:port, socks5://host:port"),
    key("ca", Kind::Text, "PEM file of authorities that are trusted besides the system's"),
    key("respect_robots", Kind::Flag, "Whether robots.txt decides about pages [true]"),
];

const EXTRACT: &[Key] = &[key("site_rules", Kind::Text, "Folder of ftr-site-config files, relative to the config file")];

const ALERT: &[Key] = &[
    key("max_age", Kind::Period, "Entries of a feed's first poll that are older are backlog: listed, not sent [3d]"),
    key("stories", Kind::OneOf(&["reports", "copies"]), "What makes two articles one story: reports of one happening, or copies of one text [reports]"),
    key("update_every", Kind::Period, "Least time between two updates of an alert for further sources (docs/alerts.md) [1h]"),
    key("ended_after", Kind::Period, "A story that has grown by nothing for so long has ended [48h]"),
    key("raise", Kind::Flag, "Ten independent sources, and a burst, raise the severity by one step each [true]"),
    key("bursts", Kind::Flag, "Tell when a watch has far more hits in an hour than is usual at that hour [true]"),
    key("burst_cool_down", Kind::Period, "A watch tells no second burst within this [6h]"),
    key("settle", Kind::Period, "So long is a new alert held that may tell what another of its watch has told; 0s = not at all (docs/alerts.md) [3m]"),
    key("reread", Kind::Periods, "How long after its first reading an article that is told of is read again, for corrections; [] = never [\"1h\", \"6h\", \"24h\", \"7d\"]"),
];

const HEALTH: &[Key] = &[
    key("enabled", Kind::Flag, "False: feeds are not looked at [true]"),
    key("channels", Kind::Texts, "NAMEs of channels that are told; every one when it is missing, [] = listed only"),
    key("failing_after", Kind::Period, "A feed whose polls have all failed for this long is in trouble [1d]"),
    key("silent_factor", Kind::Number(1.0, 100.0), "A feed that is silent for so many times its usual silence is in trouble [5]"),
    key("missing_after", Kind::Period, "A feed that was not found (404) for this long is in trouble [3d]"),
];

const WEBSUB: &[Key] = &[
    must("listen", Kind::Text, "Where the callback listener listens: IP address and port"),
    must("callback", Kind::Text, "Where hubs reach it, an absolute address"),
];

const METRICS: &[Key] = &[
    key("listen", Kind::Text, "Where /metrics and /healthz are served: IP address and port"),
    key("allow_remote", Kind::Flag, "True: that may be an address that others reach [false]"),
    key("file", Kind::Text, "File for the textfile collector, rewritten every 15 s, relative to the config file"),
];

const FEED: &[Key] = &[
    must("url", Kind::Text, "Address of the feed"),
    key("tags", Kind::Texts, "Free tags; a watch asks for them with tag:\"...\""),
    key("interval", Kind::Period, "Fixed time between polls; it is learnt when it is missing"),
    key("lang", Kind::Text, "Language (ISO 639), where titles are too short to tell"),
    key("country", Kind::Text, "Country of whoever publishes it (ISO 3166), for feed-country in rules"),
    key("kind", Kind::OneOf(&["feed", "sitemap", "page"]), "What the address is [feed]"),
    key("keep", Kind::Table(KEEP_OWN), "How long what it brings is kept, in place of [keep] (docs/store.md)"),
    key("moved_from", Kind::Text, "Address that the feed had before: its entries, validators and history are kept"),
    key("websub", Kind::Flag, "False: no WebSub hub is asked to push it [true]"),
    key("links", Kind::Text, "CSS selector of a page's links to articles (kind = \"page\")"),
    key("title", Kind::Text, "CSS selector of the title inside such an element"),
    key("date", Kind::Text, "CSS selector of the date inside such an element"),
    key("headers", Kind::Headers, "Headers sent with every request: a text, { file = \"...\" } or { env = \"NAME\" }"),
    key("user", Kind::Text, "User for basic authentication"),
    key("password", Kind::Text, "The password; better in password_file or password_env"),
    key("password_file", Kind::Text, "File that holds the password"),
    key("password_env", Kind::Text, "Environment variable that holds the password"),
    key("bearer", Kind::Text, "Bearer token; better in bearer_file or bearer_env"),
    key("bearer_file", Kind::Text, "File that holds the token"),
    key("bearer_env", Kind::Text, "Environment variable that holds the token"),
    key("cookies", Kind::Text, "Value of the Cookie header; better in cookies_file or cookies_env"),
    key("cookies_file", Kind::Text, "File that holds the cookies"),
    key("cookies_env", Kind::Text, "Environment variable that holds the cookies"),
    key("client_cert", Kind::Text, "PEM file of a client certificate"),
    key("client_key", Kind::Text, "PEM file of its key"),
    key("proxy", Kind::Text, "Proxy for this feed and its articles, or \"direct\""),
    key("ca", Kind::Text, "PEM file of authorities that are trusted besides the system's"),
    key("respect_robots", Kind::Flag, "Whether robots.txt decides about its pages"),
    key("host_delay", Kind::Period, "Least time between two requests to its host"),
    key("host_parallel", COUNT, "Requests to its host under way at once"),
];

const HOST: &[Key] = &[
    must("match", Kind::Text, "Which hosts are meant: example.org, or *.example.org for every name below"),
    key("headers", Kind::Headers, "Headers sent with every request: a text, { file = \"...\" } or { env = \"NAME\" }"),
    key("proxy", Kind::Text, "Proxy, or \"direct\""),
    key("ca", Kind::Text, "PEM file of authorities that are trusted besides the system's"),
    key("respect_robots", Kind::Flag, "Whether robots.txt decides about their pages"),
    key("host_delay", Kind::Period, "Least time between two requests"),
    key("host_parallel", COUNT, "Requests under way at once"),
];

const SITE: &[Key] = &[
    must("match", Kind::Text, "Which hosts are meant: example.org, or *.example.org for every name below"),
    key("body", Kind::OneOrMany, "CSS selectors of what holds the body; the first that finds text counts"),
    key("title", Kind::OneOrMany, "CSS selectors of the headline"),
    key("date", Kind::OneOrMany, "CSS selectors of the date of publication"),
    key("author", Kind::OneOrMany, "CSS selectors of the authors"),
    key("remove", Kind::OneOrMany, "CSS selectors of what is left out; all of them count"),
    key("next_page", Kind::OneOrMany, "CSS selectors of the link to the next page"),
    key("alternative", Kind::OneOf(&["amp", "print"]), "What is read in place of the page"),
    key("print", Kind::OneOrMany, "CSS selectors of the link to the version for printing"),
];

const WATCH: &[Key] = &[
    key("title", Kind::Text, "Title for people; the NAME when it is missing"),
    key("severity", Kind::OneOf(&["low", "medium", "high", "critical"]), "How much its alerts matter [medium]"),
    must("match", Kind::Text, "The expression: country:CN in-paragraph country:RU and $talks"),
    key("channels", Kind::Texts, "NAMEs of channels its alerts go to; every one when it is missing"),
    key("labels", Kind::Labels, "Labels, passed on to channels"),
    key("burst", Kind::Table(BURST), "What must have been reported of a story before its alert is sent (docs/rules-life.md)"),
    key("bursts", Kind::Flag, "False: bursts of it are not told; [alert] bursts when it is missing"),
    key("rate", Kind::Text, "How many messages of it a channel may be sent, such as 10/1h; what is more is told in one (docs/sending.md)"),
    key("keep", Kind::Table(KEEP_OWN), "How long articles that it hits are kept; their bodies for ever when it is missing (docs/store.md)"),
    key("renamed_from", Kind::Text, "NAME that the watch had before: its hits and alerts are kept"),
    key("test", Kind::Tables(TEST), "An article with what the watch must say to it; `wirewatch check` runs it"),
];

const BURST: &[Key] = &[
    key("articles", Kind::Whole(1, 1_000_000), "Articles that hit, copies included [1]"),
    key("feeds", Kind::Whole(1, 1_000_000), "Feeds that named them [1]"),
    must("within", Kind::Period, "All published within this time of each other"),
];

const TEST: &[Key] = &[
    key("title", Kind::Text, "Title of the article"),
    key("body", Kind::Text, "Body of the article; a line --- alone stands before a further story of the page"),
    key("lang", Kind::Text, "Language of the article; detected when it is missing"),
    key("url", Kind::Text, "Address of the article"),
    key("feed", Kind::Text, "Address of the feed that named it"),
    key("feed-country", Kind::Text, "Country of the feed; that of its host's ending when it is missing"),
    key("tags", Kind::Texts, "Tags of the feed and of the page"),
    key("author", Kind::Text, "Author"),
    key("age", Kind::Text, "How long ago it was published: 3h, 2d"),
    must("expect", Kind::OneOf(&["match", "no-match"]), "What the watch must say"),
    key("evidence", Kind::Texts, "Texts that must be among the evidence"),
];

const NAMED: &[Key] = &[
    must("names", Kind::Texts, "How it is written, in every script that counts"),
    key("misspellings", Kind::Whole(0, 2), "Letters of a word that may be wrong: 1 from 4 letters, 2 from 8 [0]"),
    key("context", Kind::Text, "What must stand near, for names that others bear too: any(\"ambassador\", country:CN)"),
    key("within", Kind::Whole(1, u16::MAX as u64), "How many words off the context may stand [30]"),
];

const ROUTE: &[Key] = &[
    key("watches", Kind::Texts, "NAMEs of watches; every one when it is missing"),
    key("severity", Kind::OneOf(&["low", "medium", "high", "critical"]), "At least so severe"),
    key("labels", Kind::Labels, "Labels of the watch, all of them"),
    key("langs", Kind::Texts, "Languages of the article, any of them: id, zh, pt-BR"),
    key("tags", Kind::Texts, "Tags of the feeds that named it, any of them"),
    key("kinds", Kind::Texts, "Why something is said, any of them: new, update, correction, burst, ended"),
    must("channels", Kind::Texts, "NAMEs of the channels that such alerts go to"),
    key("continue", Kind::Flag, "True: the routes behind it are looked at too [false]"),
];

/// What every channel may say of when it is sent what.
pub(super) const POLICY: &[Key] = &[
    key("quiet", Kind::OneOrMany, "Quiet hours, such as 22:00-07:00 or \"sat, sun\"; critical alerts and digests pass"),
    key("timezone", Kind::Text, "IANA zone of the quiet hours; the system's when it is missing"),
    key("rate", Kind::Text, "How many messages it may be sent, such as 10/1h; what is more is told in one"),
    key("pace", Kind::Text, "How fast it is sent to, such as 1/s; what is more waits its turn"),
    key("tell", Kind::Texts, "What is said through it: new, update, correction, burst, ended"),
];

const DIGEST: &[Key] = &[
    must("schedule", Kind::Text, "Plain words (daily 07:00; mon,thu 18:00) or a cron line of five fields"),
    key("timezone", Kind::Text, "IANA zone; the system's when it is missing"),
    key("watches", Kind::Texts, "NAMEs of watches; * = all"),
    key("channels", Kind::Texts, "NAMEs of channels; every one when it is missing"),
    key("heartbeat", Kind::Text, "A digest without stories is sent when nothing was for so long: daily, weekly, monthly, or a period; never when it is missing"),
    key("near_misses", Kind::Flag, "Whether articles that just failed a watch are shown [true]"),
    key("cut", Kind::Whole(1, 100), "Stories told in full; the rest stand as one line each [20]"),
];

/// What a list is.
pub(super) const LIST_ABOUT: &str =
    "Terms by weight: a word or phrase, =\"exact\", =Aa\"Cased\", pre*, ~\"fuzzy\" or /regex/";
