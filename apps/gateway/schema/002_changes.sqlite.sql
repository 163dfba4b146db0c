-- Answers that may stop being right, because the holder had not decided when it gave them. A row is
-- written with the answer's evidence, in one transaction, and goes when the holder has decided: the
-- answer still holds, or a tell waits in its place. Whoever changes the rows can keep those who asked
-- from hearing that an answer has changed, or have them told to ask again.
create table open_answer (
    entry     blob primary key,   -- of the order
    log_index integer not null,
    time      integer not null,   -- the order's
    holder    text not null,
    number    text not null,      -- as in evidence
    service   text not null,
    question  text not null,      -- parameters and birth date, as they were asked
    said      blob not null,      -- SHA-256 of what was answered
    next_look integer not null
) without rowid;
create index open_answer_next on open_answer (next_look);

-- What a holder tells by itself and nobody has taken yet: what its request in the table outbox, of
-- the same name, is made of, for when it is made anew. Sealed, as that is. Whoever changes the rows
-- can hold a tell back or drop it.
create table tell (
    name   text primary key,
    sealed blob not null
) without rowid;

-- How far the holders' lists of what has changed were told of. Whoever changes the rows can have
-- something told once more, or never.
create table said (
    holder  text not null,
    service text not null,
    last    integer not null,     -- the id of the holder's last row that was taken up
    gone    integer not null default 0, -- 1: that row was missing once, until somebody sets both
    primary key (holder, service)
) without rowid;
