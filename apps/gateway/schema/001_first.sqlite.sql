-- What this gateway has answered: replay cache, and the proof of what was asked. It stands at the
-- holder and names people by the holder's own numbers only.
-- Trusted for: recognising an order that was answered before. An attacker who can change it can at
-- most have an order answered again to the requester it was made for, while that request lives.

create table evidence (
    entry     blob primary key,      -- the order's 32 bytes in the access log
    request   blob not null unique,  -- SHA-256 of the head: one signed request makes one order
    log_index  integer not null,      -- its index there
    time      integer not null,      -- the order's
    holder    text not null,
    number    text not null,         -- as it was sent, the holder's own number of the person
    requester text not null,
    service   text not null,
    outcome   text not null,
    receipt   text not null          -- order, salt, proof and checkpoint, as received
) without rowid;
create index evidence_number on evidence (holder, number, log_index);
