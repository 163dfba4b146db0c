-- Answers that may stop being right, because the holder had not decided when it gave them. A row is
-- written with the answer's evidence, in one transaction, and goes when the holder has decided and
-- the answer still holds, or when the relay has taken what is told of it. A tell that waits is in the
-- table outbox, under the entry. Whoever changes the rows can keep those who asked from hearing that
-- an answer has changed, or have them told to ask again.
create table open_answer (
    entry     blob primary key,   -- of the order
    log_index integer not null,
    time      integer not null,   -- the order's
    holder    text not null,
    number    text not null,      -- as in evidence
    service   text not null,
    question  text not null,      -- parameters and birth date, as they were asked
    said      blob not null,      -- SHA-256 of what was answered
    next_look integer             -- null: it has changed, and the tell is in the outbox
) without rowid;
create index open_answer_next on open_answer (next_look) where next_look is not null;
