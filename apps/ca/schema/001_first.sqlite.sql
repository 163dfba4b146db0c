-- What the issuer ordered, and what this authority made of it. The gateway beside it writes
-- `ordered` and reads the rest (country/jp/holders/ca.toml); mado-ca alone writes the rest.
-- Trusted for: who is certified. Whoever can write `ordered` has log-in certificates signed for any
-- key, and signing certificates for whom a resident register's answer says it
-- (docs/decisions/0049); the access log has no entry of such an order, and the issuer, who compares
-- (`certificates`), sees one that it did not order. Whoever can write the rest can hide certificates
-- from their owners, and let one that is revoked be good again in the next list and at OCSP; what
-- was signed they cannot make: the key is in the token. Without order and certificate of it nothing
-- is deleted: rows stay.

create table ordered (
    line        integer primary key autoincrement,  -- in this order they are decided
    order_id    text not null unique,               -- the entry in the access log
    received_at integer not null,
    log_index   integer not null,                   -- of that entry: what was ordered first
    number      text not null,                      -- the authority's number of the person
    act         text not null,                      -- what is to be done: service.hpp
    public_key  text,                               -- SubjectPublicKeyInfo, base64url
    name        text,
    kana        text,
    address     text,
    birth_date  text,
    sex         text,
    serial      text,                               -- of the certificate whose status is to change
    reason      text
) strict;
create index ordered_number on ordered (number);

-- One for each order, once it is decided.
create table decided (
    line       integer primary key references ordered,
    decided_at integer not null,
    outcome    text not null check (outcome in ('issued', 'changed', 'unchanged', 'refused')),
    serial     text,                                -- of the certificate that it was about
    refusal    text check ((refusal is not null) = (outcome = 'refused'))
) strict;

create table certificate (
    serial     text primary key check (length(serial) = 40),  -- lower case hex
    line       integer not null unique references ordered,    -- one order, one certificate
    number     text not null,
    use        text not null check (use in ('authentication', 'signing')),
    key        text not null,                       -- SHA-256 of its SubjectPublicKeyInfo, base64url
    not_before integer not null,
    not_after  integer not null,
    der        text not null,                       -- base64url
    status     text not null check (status in ('good', 'suspended', 'revoked')),
    since      integer not null,
    log_index  integer not null,                    -- of the newest order that was about it
    reason     text check ((reason is null) = (status = 'good'))
) strict, without rowid;
create index certificate_number on certificate (number);
create index certificate_key on certificate (key);
create index certificate_not_good on certificate (not_after) where status <> 'good';

-- The newest revocation list's: numbers never go back.
create table list (
    only_one    integer primary key check (only_one = 1),
    number      integer not null,
    this_update integer not null
) strict;

-- Who signs OCSP answers in the authority's name.
create table responder (
    serial    text primary key,
    not_after integer not null,
    der       blob not null
) strict, without rowid;
