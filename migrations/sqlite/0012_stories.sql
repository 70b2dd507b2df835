-- Pages that are read again after they were told of, and what people corrected of stories (issue 6).

-- An article that was told of and is read again. The row goes when nothing is left to do.
create table reread (
    article_id integer primary key references article (id) on delete cascade,
    times      text    not null,                 -- JSON array of instants that are left, ascending
    due_at     integer,                          -- null while the article is wanted for it
    missing    integer not null default 0        -- times in a row that the page was not there
) strict;
create index reread_due on reread (due_at) where due_at is not null;

-- 1 = the publisher has taken the page away, to be judged; 2 = that was judged.
alter table article add column gone integer not null default 0;

-- The story whose part it became by `story merge`; articles and alerts went there.
alter table story add column merged_into integer references story (id);

-- What people corrected of stories: who, when, why. Rows are never changed.
create table story_edit (
    id       integer primary key autoincrement,
    at       integer not null,
    by       text    not null,
    what     text    not null check (what in ('merge', 'split')),
    story_id integer not null,                   -- that stays
    other_id integer not null,                   -- that was merged into it, or split off
    articles text    not null,                   -- JSON array of the ids that moved
    why      text
) strict;
create index story_edit_story on story_edit (story_id);
create index story_edit_other on story_edit (other_id);
