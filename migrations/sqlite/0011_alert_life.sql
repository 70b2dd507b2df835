-- The life of an alert: how far people have been told of it, who has said what of it, when it is looked at again (issue 6).

-- When the life of the alert goes on by itself; null = not before something happens.
alter table alert add column due_at integer;
-- 1 = something has joined it that nobody was told of.
alter table alert add column news integer not null default 0;
-- How far people have been told: when last, of how many sources, in which languages, how severe, and how many of the marks
-- of sources are used up.
alter table alert add column told_at integer;
alter table alert add column told_sources integer not null default 0;
alter table alert add column told_languages text not null default '[]';   -- JSON array
alter table alert add column told_severity text;
alter table alert add column updates integer not null default 0;
-- Sources that it had before it was first told, or told again after its end: marks are counted from there.
alter table alert add column base_sources integer not null default 0;
-- The last article of whatever kind joined then.
alter table alert add column grown_at integer not null default 0;
-- A burst was told: until then single articles of the story are told in no update.
alter table alert add column burst_until integer;
-- The state to go back to when it is no longer muted or snoozed.
alter table alert add column state_before text;
-- What a person said of it last: who, when, until when, why.
alter table alert add column said_by text;
alter table alert add column said_at integer;
alter table alert add column said_until integer;
alter table alert add column said_why text;

-- What was told before this migration was told in full.
update alert set told_at = updated_at, grown_at = updated_at, told_severity = severity,
    told_sources = (select count(*) from alert_article as aa
        left join story_article as sa on sa.article_id = aa.article_id
        where aa.alert_id = alert.id and sa.copy_of is null),
    updates = min(3, max(0, revision - 1)),
    due_at = updated_at
    where state not in ('backlog', 'waiting');
update alert set told_languages = coalesce((select json_group_array(lang) from (
        select distinct av.lang as lang from alert_article as aa
        join article on article.id = aa.article_id
        join article_version as av on av.article_id = aa.article_id and av.version = article.version
        where aa.alert_id = alert.id and av.lang is not null)), '[]');

-- What has been quiet for two days has ended before anybody looked: nobody is told so of old stories, all at once.
update alert set state = 'ended', due_at = null
    where state in ('open', 'acked')
        and updated_at < (select max(updated_at) from alert) - 172800000;

create index alert_due on alert (due_at) where due_at is not null;
create index alert_watch on alert (watch);

-- In words what a message says besides the alert itself: why it is a burst, what came since the last one.
alter table alert_event add column note text;

-- What people want to hear nothing of. Kept when it is over.
create table mute (
    id       integer primary key autoincrement,
    alert_id integer references alert (id),      -- one of the four
    story_id integer references story (id),
    watch    text,
    feed     text,                               -- address
    by       text    not null,
    at       integer not null,
    until    integer,                            -- null = for good
    why      text    not null,
    ended_at integer,                            -- null while it holds
    ended_by text
) strict;
create index mute_holds on mute (until) where ended_at is null;

-- Who has done what to alerts, when and why. Rows are never changed.
create table audit (
    id       integer primary key autoincrement,
    at       integer not null,
    by       text    not null,
    what     text    not null,                   -- acked, snoozed, muted, unmuted, marked, unmarked, woken, ended, burst
    alert_id integer references alert (id),
    object   text,                               -- what it was done to, when it is no single alert: story:s3, watch:NAME, feed:URL
    detail   text,
    until    integer,
    why      text
) strict;
create index audit_alert on audit (alert_id, id) where alert_id is not null;

-- Bursts that were noticed; nothing is told again before `until`.
create table burst (
    id       integer primary key autoincrement,
    watch    text    not null,
    at       integer not null,
    until    integer not null,
    alert_id integer not null references alert (id),
    note     text    not null
) strict;
create index burst_watch on burst (watch, until);

-- Hits of a watch by time, for what is usual at an hour.
create index hit_watch_at on hit (watch, at);
