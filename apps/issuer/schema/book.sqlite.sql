-- What the issuing centre has for people to read, for the gateway that stands beside it, and what that
-- was told by registers: a file of its own, because the gateway reads numbers, and learns of what is in a case nothing.
-- Trusted for: what people are shown. Who can read it learns which issuing numbers have a
-- certificate that ends on which day, got another slip, or were looked at where and when, and
-- nobody's name. Who can change it can hide a notice or a look, and say in a register's place that
-- somebody's signing certificate has to end, and by a death that what is open of theirs is given up;
-- nobody's card: the register is asked before that. What is not of an order's form is not heard.

create table notice (
    notice_id text primary key,
    number    text not null,   -- the issuing number
    subject   text not null,
    sender    text not null,
    received  text not null,   -- days: 2026-11-27
    deadline  text,            -- none: nothing is to be done by a day
    body      text not null    -- a paragraph a line
) strict, without rowid;
create index notice_number on notice (number);
create index notice_day on notice (coalesce(deadline, received));

-- Whom a clerk was shown, before it was shown: of one clerk, day and way the first. The person gets
-- all but the clerk; a supervisor, whom the person asks, that too.
create table look (
    number      text not null,     -- the issuing number
    at          integer not null,
    day         text not null,     -- of `at`, in the country: 2026-11-27
    clerk_index blob not null,     -- keyed hash of the clerk's name
    clerk       blob not null,     -- the name, sealed: the centre's store has the key, no gateway
    office      text not null,     -- whose window it was at, or the centre: as people call it
    what        text not null      -- how: docs/protocols/gateway.md, `staff-looks`
) strict;
create unique index look_once on look (number, day, what, clerk_index);
create index look_at on look (at);

-- What a register has said of somebody, as the gateway was told it; the issuer looks here each second.
-- Who is done with is no more named; the row stays as long as the same order may come again.
create table told (
    order_id   text primary key,
    number     text not null,      -- the issuing number; '' afterwards
    register   text not null,      -- whose it is
    what       text not null,      -- died, left or changed
    changed_at integer not null,
    next_look  integer not null default 0,
    tries      integer not null default 0, -- looks that have found that it waits
    done_at    integer
) strict, without rowid;
create index told_next on told (next_look) where done_at is null;
create index told_done on told (done_at) where done_at is not null;
