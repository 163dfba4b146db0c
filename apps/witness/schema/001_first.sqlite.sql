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

-- Two notes that one log has signed and that cannot both be true.
create table fork (
    origin   text not null,
    size     integer not null,  -- of the checkpoint that was submitted
    root     blob not null,
    kind     text not null,
    time     integer not null,  -- when it came
    cosigned text not null,     -- the note that it contradicts
    body     text not null,     -- the submission as it came: proof and signed note
    primary key (origin, size, root)
) without rowid;
