-- Requests that were signed and not answered yet (lib/client/outbox.hpp). "sealed": AES-256-GCM, bound
-- to the name, with a key kept elsewhere: who reads the table without it learns how many wait,
-- which of them the same one answers, and whether that is urgent.
create table outbox (
    name     text primary key,   -- the sender's own, for what it is about
    lane     text not null,      -- the sender's own for whoever answers
    urgent   integer not null,   -- 1: it goes before all that is not
    expires  integer not null,   -- of the request's head
    next_try integer not null,
    tries    integer not null,
    sealed   blob not null       -- the request, and the key that opens its answer
) without rowid;
create index outbox_next on outbox (urgent, next_try, name, lane);
