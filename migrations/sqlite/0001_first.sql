-- The first schema of wirewatch.
--
-- Instants are milliseconds since 1970 UTC. Lists and small records that are only read whole are JSON.
-- A row that stages work on carries a lease: leased_by (null = free), leased_until (0 = free),
-- lease_no (adds one with every claim: the fence) and attempt (claims without a commit).

pragma application_id = 2003399267;

create table feed (
    id               integer primary key,
    url              text    not null unique,
    host             text    not null,           -- key of politeness
    kind             text    not null,
    tags             text    not null,           -- JSON array
    lang             text,                       -- as configured
    interval_ms      integer,
    position         integer not null,           -- place in the config
    removed_at       integer,                    -- null while it is in the config
    etag             blob,
    last_modified    blob,
    body_hash        blob,
    format           text,
    title            text,
    declared_lang    text,
    first_success_at integer,
    last_success_at  integer,
    last_new_at      integer,
    polled_at        integer not null default 0, -- last poll of any result; 0 = never
    failures         integer not null default 0,
    last_error       text,
    last_status      integer,
    due_at           integer not null,
    leased_by        text,
    leased_until     integer not null default 0,
    lease_no         integer not null default 0,
    attempt          integer not null default 0
) strict;
create index feed_due on feed (due_at) where removed_at is null;
create index feed_polled on feed (polled_at) where removed_at is null;
create index feed_leased on feed (leased_until) where leased_until > 0;

-- What hosts asked of us; every daemon on this database keeps to it.
create table host (
    name       text primary key,
    not_before integer not null
) strict, without rowid;
create index host_not_before on host (not_before);

create table article (
    id             integer primary key,
    url            text    not null unique,
    host           text    not null,             -- '' when there is no page to fetch
    state          text    not null check (state in ('wanted', 'read', 'judged', 'parked')),
    due_at         integer,                      -- null = at once; a future time keeps it out of the claim's index
    backlog        integer not null,
    late           integer not null,
    first_seen     integer not null,
    sort_at        integer not null,             -- published, never later than first_seen
    version        integer not null default 0,
    judged_version integer not null default 0,
    rejudge        integer not null default 0,   -- an entry of it says something else: judge even if the page does not
    rule_set       text,
    judged_at      integer,
    has_body       integer not null default 0,
    title_words    text    not null default '',  -- so that the title stays searchable without its body
    etag           blob,
    last_modified  blob,
    failures       integer not null default 0,
    last_error     text,
    leased_by      text,
    leased_until   integer not null default 0,
    lease_no       integer not null default 0,
    attempt        integer not null default 0
) strict;
-- host and leased_until stand in the claim's index so that its window is read without the table
create index article_claim on article (state, backlog, sort_at desc, host, leased_until)
    where due_at is null and (state = 'wanted' or state = 'read');
create index article_host on article (state, host, backlog, sort_at desc, leased_until)
    where due_at is null and state = 'wanted';
create index article_due on article (state, due_at) where due_at is not null;
create index article_leased on article (state, leased_until) where leased_until > 0;
create index article_parked on article (id) where state = 'parked';
create index article_body on article (first_seen) where has_body = 1;

-- Every text an article had; the newest has the article's version.
create table article_version (
    article_id   integer not null references article (id),
    version      integer not null,
    read_at      integer not null,
    text_hash    blob    not null,               -- blake3 of title and body
    title        text    not null,
    lang         text,
    origin       text    not null,
    published_at integer,
    meta         text    not null,               -- JSON: dates as written, authors, image, ...
    body         any,                            -- text, or blob when it is zstd; null when it was dropped
    primary key (article_id, version)
) strict;

create virtual table article_words using fts5 (
    title, body,
    content = '', contentless_delete = 1,
    -- the words are folded and cut already; marks belong to them in Indic and other scripts
    tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* Co'"
);

create table entry (
    id           integer primary key,
    feed_id      integer not null references feed (id),
    key          text    not null,
    hash         blob    not null,
    article_id   integer not null references article (id),
    link         text,
    title        text,
    summary      any,                            -- as article_version.body
    content      any,
    published_at integer,
    authors      text    not null,               -- JSON array
    meta         text    not null,               -- JSON: id as sent, links, categories, enclosures, updated
    first_seen   integer not null,
    changed_at   integer not null,
    unique (feed_id, key)
) strict;
create index entry_article on entry (article_id);
create index entry_link on entry (link) where link is not null;

-- What an entry said before it was changed.
create table entry_version (
    id           integer primary key,
    entry_id     integer not null references entry (id),
    replaced_at  integer not null,
    hash         blob    not null,
    link         text,
    title        text,
    summary      any,
    content      any,
    published_at integer
) strict;
create index entry_version_entry on entry_version (entry_id);

create table hit (
    watch         text    not null,
    article_id    integer not null references article (id),
    watch_version text    not null,
    score         real    not null,
    evidence      text    not null,              -- JSON array of spans
    sentences     text    not null,              -- JSON array of sentences
    version       integer not null,              -- of the article
    at            integer not null,
    withdrawn_at  integer,                       -- a later judgement no longer found it; an alert may still rest on it
    primary key (watch, article_id)
) strict;
create index hit_article on hit (article_id);
create index hit_at on hit (at);

create table near_miss (
    watch      text    not null,
    article_id integer not null references article (id),
    why        text    not null,
    at         integer not null,
    primary key (watch, article_id)
) strict;
create index near_miss_article on near_miss (article_id);
create index near_miss_at on near_miss (at);

create table story (
    id         integer primary key,
    created_at integer not null,
    updated_at integer not null
) strict;

create table story_article (
    article_id integer primary key references article (id),
    story_id   integer not null references story (id),
    copy_of    integer references article (id)
) strict;
create index story_article_story on story_article (story_id);

-- The story index. Ids only grow: the highest one is the watermark of a look-up.
create table fingerprint (
    id         integer primary key autoincrement,
    article_id integer not null unique references article (id),
    dated_at   integer not null,               -- published, never later than seen
    bytes      blob    not null
) strict;
create index fingerprint_dated_at on fingerprint (dated_at);

create table story_key (
    key            integer not null,
    fingerprint_id integer not null references fingerprint (id) on delete cascade,
    primary key (key, fingerprint_id)
) strict, without rowid;
create index story_key_fingerprint on story_key (fingerprint_id);

create table alert (
    id          integer primary key,
    watch       text    not null,
    watch_title text    not null,
    severity    text    not null,
    state       text    not null,
    story_id    integer not null references story (id),
    created_at  integer not null,
    updated_at  integer not null,
    revision    integer not null,
    late        integer not null,
    unique (watch, story_id)
) strict;
create index alert_story on alert (story_id);
create index alert_updated on alert (updated_at);

create table alert_article (
    alert_id   integer not null references alert (id),
    article_id integer not null references article (id),
    primary key (alert_id, article_id)
) strict, without rowid;

-- What was said about alerts; a digest's window is a range of seq.
create table alert_event (
    seq        integer primary key autoincrement,
    alert_id   integer not null references alert (id),
    revision   integer not null,
    kind       text    not null,
    article_id integer not null references article (id),
    at         integer not null,
    correction text,                             -- JSON
    unique (alert_id, revision)
) strict;

create table digest_schedule (
    id           integer primary key,
    name         text    not null unique,
    schedule     text    not null,
    next_at      integer not null,
    after_seq    integer not null,
    closed_at    integer,                        -- when the window before closed
    removed_at   integer,
    leased_by    text,
    leased_until integer not null default 0,
    lease_no     integer not null default 0,
    attempt      integer not null default 0
) strict;
create index digest_schedule_next on digest_schedule (next_at) where removed_at is null;

create table digest (
    id        integer primary key autoincrement,
    name      text    not null,
    closed_at integer not null,
    after_seq integer not null,
    up_to_seq integer not null,
    digest    text    not null                   -- JSON, so that it renders the same for ever
) strict;
create index digest_name on digest (name);

-- The outbox. A row tells an alert's revision, a digest, or (group) late alerts together.
create table delivery (
    id           integer primary key,
    key          text    not null unique,
    alert_id     integer references alert (id),
    revision     integer,
    digest_id    integer references digest (id),
    group_id     integer references delivery (id), -- the delivery that tells this one
    channel      text    not null,
    kind         text    not null,
    state        text    not null check (state in ('pending', 'sent', 'grouped', 'dead')),
    late         integer not null,
    created_at   integer not null,
    due_at       integer not null,
    finished_at  integer,
    failures     integer not null default 0,
    last_error   text,
    leased_by    text,
    leased_until integer not null default 0,
    lease_no     integer not null default 0,
    attempt      integer not null default 0,
    unique (alert_id, revision, channel),
    unique (digest_id, channel)
) strict;
create index delivery_due on delivery (due_at) where state = 'pending';
create index delivery_leased on delivery (leased_until) where state = 'pending' and leased_until > 0;
create index delivery_group on delivery (group_id) where group_id is not null;
create index delivery_late on delivery (late, channel, due_at) where state = 'pending';
create index delivery_dead on delivery (finished_at) where state = 'dead';

create table delivery_attempt (
    id          integer primary key,
    delivery_id integer not null references delivery (id),
    at          integer not null,
    result      text    not null check (result in ('sent', 'retry', 'dead')),
    why         text
) strict;
create index delivery_attempt_delivery on delivery_attempt (delivery_id);
