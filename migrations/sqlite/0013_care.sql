-- Which program the schema is of, and what was purged (issue 7).

-- The first program that knew the newest migration of this file: an older one names it when it refuses. One row.
create table program (
    id      integer primary key check (id = 1),
    version text    not null,                    -- of wirewatch
    schema  integer not null
) strict;

-- What `store purge` deleted stays known by these, so that it is not fetched again: blake3 of an article's address, or
-- of a feed's address and the key of one of its entries. Nothing can be read from them.
create table purged (
    key blob primary key
) strict, without rowid;
