-- 国民年金基金: members and their units (口), and whom it has invited. Both have numbers of one series. Days are texts like R03.06.01, with the era's letter;
-- '' is "not ended".

create table era (
    letter    text primary key,
    zero_year integer not null
) strict, without rowid;
insert into era values ('M', 1867), ('T', 1911), ('S', 1925), ('H', 1988), ('R', 2018);

create table member (
    member_no text primary key,
    name      text not null,
    kana      text not null,
    birthday  text not null,
    sex       text not null,              -- F, M
    joined    text not null,
    lost      text not null               -- the day after the last
) strict, without rowid;

create table invited (                    -- 第1号 to whom it has written; who joins is moved to member
    invited_no text primary key,
    name       text not null,
    kana       text not null,
    birthday   text not null,
    sex        text not null,
    listed     text not null
) strict, without rowid;

create table unit (
    member_no     text not null references member,
    line          integer not null,
    type          text not null,          -- A, B, 1 … 5 (型)
    units         integer not null,
    first_month   text not null,          -- R03.06
    last_month    text not null,
    premium       integer not null,       -- yen a month for all units of the line
    pension_now   integer not null,       -- yen a year, for what is paid so far
    pension_at_60 integer not null,       -- yen a year, when it is paid until 60
    primary key (member_no, line)
) strict, without rowid;

create table unit_type (
    type      text primary key,
    from_age  integer not null,
    until_age integer                     -- null: for life
) strict, without rowid;
insert into unit_type values
    ('A', 65, null), ('B', 65, null), ('1', 65, 80), ('2', 65, 75), ('3', 60, 75), ('4', 60, 70),
    ('5', 60, 65);

create table card (                       -- of whom the issuing centre has told that they have one
    order_id  text primary key,
    told      integer not null,           -- unix
    number    text not null,              -- a member's, or of whom it has invited
    delivered text not null
) strict, without rowid;

create table mail (                       -- to members and to whom it invites
    mail_no   text primary key,
    to_no     text not null,
    sent      text not null,
    subject   text not null,
    sender    text not null,
    reply_by  text not null,
    yen       integer,
    procedure text not null               -- '' is none
) strict, without rowid;
create index mail_to on mail (to_no, sent);

create table mail_line (
    mail_no text not null references mail,
    line    integer not null,
    words   text not null,                -- as it went out
    primary key (mail_no, line)
) strict, without rowid;

create table closing (
    job   text primary key,
    month text not null,                  -- premiums are collected up to it; '' for the mail
    done  text not null                   -- R08.11.21 21:10
) strict, without rowid;
