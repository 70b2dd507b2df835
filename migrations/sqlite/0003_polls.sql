-- Feeds that are not polled for what polls have taught (gone, duplicates): a few among thousands, looked
-- through when the feed that a duplicate relies on is removed or fails.
create index feed_parked on feed (id) where parked = 1;
