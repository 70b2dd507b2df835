-- What polling teaches about a feed (issue 3).

-- JSON of model::PollState: read whole with the claim, written whole with the outcome.
alter table feed add column state text not null default '{}';

-- Taken out of the state, because queries ask for them.
alter table feed add column parked integer not null default 0;   -- 1 = gone or a duplicate: not claimed

drop index feed_due;
drop index feed_polled;
create index feed_due on feed (due_at) where removed_at is null and parked = 0;
create index feed_polled on feed (polled_at) where removed_at is null and parked = 0;
