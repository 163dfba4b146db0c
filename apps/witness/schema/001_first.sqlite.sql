-- What this witness has cosigned, and what logs have signed against it. All of it is public.
-- Trusted for: never cosigning two histories of one log. An attacker who can change it, or puts an
-- older copy back, can at most make the witness begin again from an older checkpoint that the log
-- did sign, or from nothing: then it cosigns a second history, if the log's key signs one. They
-- cannot make it show a checkpoint of the log's that the log never signed: newest notes are
-- verified at start.

create table cosigned (
    origin text not null,     -- the log
    size   integer not null,
    root   blob not null,
    note   text not null,     -- the log's signature and our newest cosignature of this size
    primary key (origin, size)
) without rowid;

-- What proves that a log contradicts itself: a checkpoint that we cosigned, and one that was
-- submitted and cannot be true beside it.
create table contradiction (
    origin   text not null,
    size     integer not null,  -- of the checkpoint that was submitted
    root     blob not null,
    found_at integer not null,  -- when it came
    proof    text not null,     -- docs/protocols/log.md, "Contradiction"
    primary key (origin, size, root)
) without rowid;
