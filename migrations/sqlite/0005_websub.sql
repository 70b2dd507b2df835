-- WebSub: hubs that push what is new in a feed (issue 3, rule 21).

create table subscription (
    id            integer primary key,
    feed_id       integer not null references feed (id),
    hub           text    not null,
    topic         text    not null,
    callback      text    not null,              -- as the hub was told it; ends with the token
    token         text    not null unique,       -- who knows it may speak for the hub
    secret        text,                          -- key of the signatures; null = the hub is not asked over TLS
    state         text    not null check (state in ('pending', 'verified', 'denied', 'failed', 'ending')),
    granted_until integer,                       -- until when the hub promised to push
    due_at        integer not null,              -- when the hub is to be asked next
    tries         integer not null default 0,    -- requests since the hub last verified one
    last_error    text,
    last_push_at  integer,
    pushes        integer not null default 0,
    rejected      integer not null default 0,    -- pushes with a wrong or missing signature
    leased_by     text,
    leased_until  integer not null default 0,
    lease_no      integer not null default 0,
    attempt       integer not null default 0
) strict;
create unique index subscription_feed on subscription (feed_id) where state <> 'ending';
create index subscription_of_feed on subscription (feed_id);
create index subscription_due on subscription (due_at);
create index subscription_leased on subscription (leased_until) where leased_until > 0;

-- Known to the poll stage, which then comes less often.
alter table feed add column subscribed_until integer;   -- null = nothing is pushed, or it is not to be relied on
alter table feed add column pushed_at integer;          -- last push that was accepted
