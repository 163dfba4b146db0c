-- What the issuing centre has to tell people, for the gateway that stands beside it: a file of its
-- own, because the gateway reads numbers, and learns of cases nothing.
-- Trusted for: what people are shown. Who can read it learns which issuing numbers have a
-- certificate that ends on which day, or got another slip on which, and nobody's name.

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
