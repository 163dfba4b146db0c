-- 企業年金連合会: whoever left a 厚生年金基金 early. Years are western; year and month stand in columns
-- of their own, 0 is none.

create table fund (
    fund_no integer primary key,
    name    text not null
) strict;
insert into fund values (9901, 'まどか電機厚生年金基金'), (9917, '九十九県印刷業厚生年金基金');

create table leaver (
    record_no   text primary key,         -- the fund's four digits and the number in that fund
    fund_no     integer not null references fund,
    name        text not null,
    kana        text not null,
    birth_year  integer not null,
    birth_month integer not null,
    birth_day   integer not null,
    sex         integer not null,         -- 1 man, 2 woman
    from_year   integer not null,         -- the first month in the fund
    from_month  integer not null,
    to_year     integer not null,         -- the last
    to_month    integer not null,
    yearly_yen  integer not null,
    start_age   integer not null,
    paid_year   integer not null,         -- since when it is paid
    paid_month  integer not null
) strict, without rowid;

create table card (                       -- whom the issuing centre has given one
    order_id    text primary key,
    told_unix   integer not null,
    record_no   text not null,
    given_year  integer not null,
    given_month integer not null,
    given_day   integer not null
) strict, without rowid;

create table letter (
    letter_no  integer primary key,
    record_no  text not null references leaver,
    sent_year  integer not null,
    sent_month integer not null,
    sent_day   integer not null,
    subject    text not null,
    sender     text not null,
    answer_by  text not null,             -- YYYY-MM-DD, '' is none
    yen        integer,
    procedure  text not null              -- '' is none
) strict;
create index letter_record on letter (record_no);

create table letter_line (
    letter_no integer not null references letter,
    line      integer not null,
    words     text not null,              -- as it went out
    primary key (letter_no, line)
) strict, without rowid;

create table run (
    name text primary key,
    unix integer not null
) strict, without rowid;
