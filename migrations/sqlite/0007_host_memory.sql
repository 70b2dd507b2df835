-- What the pages of a host taught the extractor: lines that recur, paths that carry the body.
create table host_memory (
    host       text    primary key,              -- full name, without www.
    updated_at integer not null,
    pages      integer not null,                 -- articles learnt from
    memory     any     not null                  -- text, or blob when it is zstd; `extract` alone knows what is in it
) strict;
create index host_memory_age on host_memory (updated_at);
