-- What this gateway has answered: replay cache, the proof of what was asked, and what still has to be
-- found in the public log. It stands at the holder and names people by the holder's own numbers only.
-- Trusted for: recognising an order that was answered before, and that each is settled. An attacker
-- who can change it can at most have an order answered again to the requester it was made for, while
-- that request lives, hide from the person and from settling that an order was answered here, and
-- have records answered while nobody witnesses the log.

create table evidence (
    entry      blob primary key,      -- the order's 32 bytes in the access log
    request    blob not null unique,  -- SHA-256 of the head without its signature: one makes one order
    log_index  integer not null,
    origin     text not null,         -- of the log
    time       integer not null,      -- the order's
    keep_until integer not null,      -- then the row is deleted
    holder     text not null,
    number     text not null,         -- the holder's own number of the person, as it was sent, or
    named      integer not null default 0, -- 1: completed here, because it came without a family's branch
    requester  text not null,
    service    text not null,
    outcome    text not null,
    receipt    text not null,         -- order, salt, proof and checkpoint, as received
    acceptance text,                  -- of a tell that was applied: its sealed answer, for repeats
    opens      integer,               -- until then it stays out of what the person is answered
    settled    integer not null       -- 1: found at its index under a cosigned checkpoint
) without rowid;
create index evidence_number on evidence (holder, number, log_index);
create index evidence_open on evidence (origin, log_index) where settled = 0;
create index evidence_oldest on evidence (origin, time) where settled = 0;
create index evidence_end on evidence (keep_until);

-- How far each log was followed; of one that never was, when that began.
create table followed (
    origin       text primary key,
    note         text not null,       -- the newest cosigned checkpoint that was seen; '': none yet
    witnessed_at integer not null,    -- when a quorum had last seen it
    settled_at   integer not null     -- every order before this time was found in it
) without rowid;

-- What proves that a log contradicts itself: kept for ever, and no order of it is answered any more.
create table contradiction (
    origin   text primary key,
    found_at integer not null,
    proof    text not null            -- docs/protocols/log.md, "Contradiction"
) without rowid;
