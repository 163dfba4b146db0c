-- The relay's store. Trusted for: who is behind a card or a number, and the order of the log.
-- An attacker who can read it without the keys learns how many entries an unnamed person has, which
-- of them are by the same unnamed requester (of entries that were questioned also across persons),
-- when bells rang and batches were written; no number, name, insurer or requester. One who can change
-- it is found by the anchor, by the holders' evidence and by whoever compares checkpoints.
-- "sealed": AES-256-GCM, bound to table and row; "index": HMAC-SHA-256 with a key kept elsewhere.

create table person (
    id          integer primary key,
    link_number blob not null unique,  -- 16 random bytes
    linked      integer not null,      -- 0: an unlinked series, known by one number only
    joined      integer                -- such a series: the entry of a person who has it since
);
create unique index person_joined on person (joined) where joined is not null;

create table card_key (
    certificate_index blob primary key,  -- of the certificate's SHA-256
    person            integer not null references person,
    sealed            blob not null      -- public key, use, end, status
) without rowid;
create index card_key_person on card_key (person);

create table identifier (
    id           integer primary key,  -- a person's newest has the largest
    person       integer not null references person,
    number_index blob not null, -- of the number as it is written
    sealed       blob not null  -- scheme, holder, fields, current or former
);
create index identifier_number on identifier (number_index);
create index identifier_person on identifier (person);

-- What counts until its own end, a row for each batch and minute of the ends: requests (of requester
-- and jti; the same again is the same entry), checks and sealings that were used once.
create table live (
    id    integer primary key autoincrement,  -- not again that of a row dropped in the same batch
    ends  integer not null,                   -- the last second of that minute
    names blob not null                       -- 32 bytes each: 128 bits of an index, end, log_index
);
create index live_ends on live (ends);

-- Mandates that were accepted or ended before their time, a row for each batch and minute of the ends.
-- Read at a start only. Whoever takes rows away ends log-ins, or lets one that ended go on after the
-- relay's next start, until its own end.
create table mandate (
    id     integer primary key autoincrement,
    ends   integer not null,  -- the last second of that minute
    sealed blob not null      -- hashes, ends, organisations, stops and cards, endings
);
create index mandate_ends on mandate (ends);

-- One row for each entry of the log.
create table access (
    log_index integer primary key,
    entry     blob not null,      -- the 32 bytes in the log
    person    integer,            -- of table person: as the row that the log writer was given
    seq       integer,
    month     integer,            -- of keep_until: which key seals the row
    opens     integer,            -- a sealed entry, which has no seq: when the person gets it
    sealed    blob,
    outcome   text
);
create index access_public on access (entry) where person is null;
create index access_opens on access (opens) where opens is not null;

-- Each person's list of entries: 1, 2, 3, … A person's rows stand together, so that an order alters
-- one page of this table, wherever the person is.
create table own_entry (
    id        integer primary key,  -- person × 2^32 + seq
    log_index integer not null,
    viewer    blob,     -- index of person and requester: who has looked before, until it is erased
    rung_at   integer,  -- an access notice: the person is told of this entry
    first     integer,  -- 1: because this requester looks for the first time
    -- Computed from it, and not stored:
    person    integer as (id >> 32),
    seq       integer as (id & 0xffffffff)
);

-- The key of each month of keep_until, wrapped. Erasing a month is deleting its row.
create table month_key (
    month   integer primary key,  -- year * 12 + month - 1
    wrapped blob not null
);
create table erasure (
    month     integer primary key,
    erased_at integer not null
);
-- In which stretches of the log (512 entries each) rows are sealed with that key.
create table month_stretch (
    month   integer not null,
    stretch integer not null,
    primary key (month, stretch)
) without rowid;

-- Questions of persons about entries, one for each; text and answer are sealed under the month key of
-- the entry, and go with it.
create table question (
    log_index    integer primary key references access,
    id           blob not null unique,   -- 16 random bytes
    person       integer not null references person,
    month        integer not null,
    organisation blob not null,          -- index of the requester that has to answer
    asked_at     integer not null,
    deadline     integer not null,
    answered_at  integer,
    sealed       blob not null
);
create index question_person on question (person);
create index question_month on question (month);
create index question_organisation on question (organisation, log_index, answered_at);
create index question_open on question (deadline, organisation) where answered_at is null;

-- Public counts of orders, by month of the country's calendar.
create table tally (
    month          integer not null,
    service        text not null,
    requester_kind text not null,
    purpose        text not null,
    orders         integer not null,
    primary key (month, service, requester_kind, purpose)
) without rowid;

-- Full tiles of the tree, in pieces: a proof needs one of the 16 parts and the middle, 512 bytes each.
create table tile (
    id     integer primary key,  -- level × 2^40 + number
    root   blob not null,        -- of the 256 hashes: one hash of the level above
    middle blob not null         -- the 16 roots over each 16 of the hashes
);
create table tile_part (
    id     integer primary key,  -- its tile's × 16 + 0 … 15
    hashes blob not null         -- 16 × 32 bytes
);

create table head (
    size     integer primary key,
    note     text not null,  -- the signed checkpoint of that batch
    cosigned text            -- the same with the witnesses' cosignatures, once there is a quorum
);
create index head_cosigned on head (size) where cosigned is not null;

-- Misses of one requester with one number on one day.
create table miss (
    path   blob primary key,  -- index of requester, number and day
    day    integer not null,  -- days since 1970, for clearing
    misses integer not null
) without rowid;
create index miss_day on miss (day);

-- One row: the state belongs to these keys.
create table key_check (
    index_check blob not null,  -- index of nothing
    seal_check  blob not null   -- the same, sealed
);
