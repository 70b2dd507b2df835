-- The pages that articles were read from, to be read again after a change of rules or program (issue 4).

-- One row an article: its pages are kept together, and they go together.
create table kept (
    article_id integer primary key references article (id),
    fetched_at integer not null,                 -- its own page
    program    text    not null,                 -- version of wirewatch whose reading of them is stored
    bytes      integer not null                  -- of its pages, as they are stored
) strict;
-- bytes and article_id stand in it so that ages and sizes are read without the table
create index kept_age on kept (fetched_at, article_id, bytes);

create table kept_page (
    article_id   integer not null references kept (article_id) on delete cascade,
    number       integer not null,               -- 0 = the article's own page, then in the order they were read
    asked_url    text    not null,               -- address that was asked for
    url          text    not null,               -- address that answered, after redirects
    content_type text,                           -- HTTP header, with its charset
    fetched_at   integer not null,
    page         blob    not null,               -- zstd of the bytes as they were read
    primary key (article_id, number)
) strict;

-- 1 = made of the same page as the version before: the publisher has changed nothing.
alter table article_version add column reread integer not null default 0;
