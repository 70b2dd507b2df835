-- Feeds in trouble, and what people were told of it (issue 3).

-- A trouble is told once, and so is its end; an open one is unique per feed and kind.
create table trouble (
    id               integer primary key autoincrement,
    feed_id          integer not null references feed (id),
    kind             text    not null,
    since            integer not null,           -- when it began, as far as polls have seen
    opened_at        integer not null,           -- when it was noticed
    why              text    not null,
    measure          integer,                    -- says when it is over; see model::Trouble
    tell_at          integer,                    -- told from then on; null = listed only
    told_at          integer,
    ended_at         integer,
    recovery_told_at integer
) strict;
create unique index trouble_open on trouble (feed_id, kind) where ended_at is null;
create index trouble_feed on trouble (feed_id, kind, ended_at);
create index trouble_begun on trouble (tell_at) where told_at is null and ended_at is null and tell_at is not null;
create index trouble_over on trouble (ended_at)
    where told_at is not null and ended_at is not null and recovery_told_at is null;
create index trouble_ended on trouble (ended_at) where ended_at is not null;

-- What was told in one message, so that every try of its deliveries says the same.
create table notice (
    id     integer primary key autoincrement,
    at     integer not null,
    notice text    not null                      -- JSON of model::HealthNotice
) strict;

alter table delivery add column notice_id integer references notice (id);
create unique index delivery_notice on delivery (notice_id, channel);

-- Lengths of the bodies of a feed's newest articles: JSON array of characters, in the order they were read.
create table feed_bodies (
    feed_id integer primary key references feed (id),
    chars   text    not null
) strict;

-- The last polls of a feed that said something; a row of failures for one reason is one line.
create table poll_log (
    id          integer primary key autoincrement,
    feed_id     integer not null references feed (id),
    at          integer not null,
    last_at     integer not null,
    polls       integer not null default 1,
    result      text    not null check (result in ('fetched', 'answered', 'failed')),
    new_entries integer not null default 0,
    failure     text,
    why         text,
    status      integer
) strict;
create index poll_log_feed on poll_log (feed_id);

-- A feed's newest entries, and when something of it was new.
create index entry_first_seen on entry (feed_id, first_seen);
