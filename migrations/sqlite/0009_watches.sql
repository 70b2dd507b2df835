-- The life of a watch: since when it is as it is, what people said of its alerts, which config is in force (issue 5).

-- Watches by NAME, those that were taken out of the config included: their hits and alerts stay.
create table watch (
    name       text    primary key,
    version    text    not null,                 -- of the rule, as hits bear it
    since      integer not null,                 -- when this version was first put in force
    removed_at integer                           -- null while it is in the config
) strict, without rowid;

-- An alert that was raised from stored articles (`watch backfill`): quiet until something new is reported.
alter table alert add column backfilled_at integer;

-- What a person said of an alert; the last word counts.
create table mark (
    alert_id integer primary key references alert (id),
    verdict  text    not null check (verdict in ('relevant', 'noise')),
    at       integer not null,
    note     text
) strict;

-- The config that the daemon works with, and what became of the newest try to replace it. One row.
create table in_force (
    id         integer primary key check (id = 1),
    rule_set   text    not null,                 -- fingerprint of its watches
    loaded_at  integer not null,
    refused_at integer,                          -- null when the newest files are in force
    refusal    text                              -- the first mistake, in words
) strict;

-- Articles in the order in which they came, for trying a rule on the past.
create index article_seen on article (first_seen) where version > 0;

-- Whether an alert tells of an article, when what a feed brought is deleted.
create index alert_article_article on alert_article (article_id);
