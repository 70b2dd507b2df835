-- What is sent when: quiet hours, caps, channels that do not answer (issue 6).

-- Of the alert when it was promised; what is critical passes quiet hours and caps.
alter table delivery add column severity text not null default 'medium';
-- Why it waits although its channel would take it: 'quiet' or 'rate'.
alter table delivery add column held text;
-- For a delivery that tells of several: why they are told together; null = they were late.
alter table delivery add column together text;

-- Oldest first, channel by channel.
create index delivery_channel on delivery (channel, id, due_at, leased_until) where state = 'pending';
-- What was sent through a channel of late, for caps.
create index delivery_sent on delivery (channel, finished_at) where state = 'sent';

-- How the channels are. A row is made by the first try of a delivery.
create table channel_state (
    name          text    primary key,
    failing_since integer,                       -- null while the last try was taken
    failures      integer not null default 0,    -- tries that were not taken, in a row
    hold_until    integer,                       -- nothing is tried before
    last_error    text,
    last_sent_at  integer,
    dead          integer not null default 0,    -- given up since the channel last took something
    told_at       integer                        -- when people were told that it does not work; null = they think it does
) strict, without rowid;

-- Whether anything is held back at all.
create index delivery_held on delivery (channel) where state = 'pending' and held is not null;
