-- The metrics count the open alerts at every scrape, while those that have ended grow with the years (issue 7).
create index alert_open on alert (id) where state = 'open';
