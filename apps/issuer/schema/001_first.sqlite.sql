-- The issuing centre's store: cases, and what happened to each, in order.
-- Trusted for: what is done next. Who can read it without the key learns how many cases there are, of
-- which municipality, when something happened to each, and which clerk's hand it was; no name and no
-- number. Who can change it can drop or repeat happenings, show a case in another municipality's list,
-- and cannot make a link that no insurer has confirmed, nor a card: the relay and the authority see for
-- themselves.
-- "sealed": AES-256-GCM, bound to the row; "index": HMAC-SHA-256; both keys are kept elsewhere.

-- Of whom nothing is to do, and no certificate has counted for as long as the relay keeps its entries,
-- everything is erased but that their health-care number was given: who has died, and whom the relay
-- never linked. By the number of anybody else a next card is made, decades later too.

create table issue (
    id        integer primary key autoincrement,  -- never used again: rows are sealed to it
    number    text not null unique,      -- on the slip
    opened_at integer not null,
    ended_at  integer,                   -- nothing is left to do
    counts_until integer,                -- the last of its certificates, once they count
    stays     integer not null default 0, -- 1: the relay may have the person by this centre's number
    died      integer not null default 0, -- 1: an end by death has come to its end
    waits_since integer,                 -- the oldest of what is to do
    municipality text,                   -- at whose window it is dealt with; null: the centre's own
    batch     integer,                   -- the first case of those invited together; null: of none
    to_apply  integer not null default 0, -- 1: who was invited has not applied; the letters have it
    who_index blob,                      -- of birth date and reading, once it is known who
    person_index blob not null,          -- of the issuing number: all cases of one person
    given_index  blob not null,          -- of the health-care number, as in `given`
    stop_index   blob,                   -- of the stop code, once the card is handed over
    resident_index blob                  -- of the resident number but for whose it is, once it may be linked
) strict;
create index issue_open on issue (id) where ended_at is null;
create index issue_waiting on issue (waits_since, id)
    where ended_at is null and (batch is null or to_apply = 0);
create index issue_waiting_at on issue (municipality, waits_since, id)
    where ended_at is null and (batch is null or to_apply = 0);
create index issue_batch on issue (batch) where batch is not null;
create index issue_batch_open on issue (municipality, batch, opened_at)
    where batch is not null and ended_at is null;
create index issue_person on issue (person_index);
create index issue_given on issue (given_index);
create index issue_resident on issue (resident_index) where resident_index is not null;
create index issue_stop on issue (stop_index) where stop_index is not null;
create index issue_who on issue (who_index) where who_index is not null;

create table happening (
    issue  integer not null references issue,
    line   integer not null,             -- 1, 2, 3, …
    at     integer not null,
    clerk  text,                         -- whose hand it was; null: nobody's
    sealed blob not null,
    primary key (issue, line)
) strict, without rowid;

-- The health-care numbers that were given, so that none is given twice.
create table given (
    number_index blob primary key
) strict, without rowid;

-- Whose act a request followed from, and of which case it was, by the request's `jti`: opens the head's
-- `operator` when a person questions the entry. Without the key nobody sees which request it was.
create table operator (
    jti_index blob primary key,
    issue     integer not null references issue,
    at        integer not null,          -- erased when the entry is
    sealed    blob not null
) strict, without rowid;
create index operator_issue on operator (issue);
create index operator_at on operator (at);
