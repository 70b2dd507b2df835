-- Claims leap from host to host when the feeds of a few busy hosts are in the way of all others.
create index feed_host on feed (host, due_at) where removed_at is null and parked = 0;
