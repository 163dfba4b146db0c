-- まどか電機厚生年金基金: a fund of one group of employers. Days are texts YYYY/MM/DD as in a
-- spreadsheet; null is "not ended". Whoever left early went to the 企業年金連合会 and is not here.

create table 加入員 (
    加入員番号 text primary key,
    氏名       text not null,
    フリガナ   text not null,
    生年月日   text not null,
    性別       text not null,             -- 女, 男
    事業所     text not null,
    加入日     text not null,
    脱退日     text                       -- the last day
) strict, without rowid;

create table 掛金 (
    加入員番号 text not null references 加入員,
    開始月     text not null,             -- YYYY/MM
    終了月     text,
    本人負担   integer not null,          -- yen a month
    primary key (加入員番号, 開始月)
) strict, without rowid;

create table 年金見込 (
    加入員番号   text not null references 加入員,
    区分         text not null,           -- 基本 (with the part in the state's place), 加算
    現在年額     integer not null,        -- for the time so far
    継続時年額   integer not null,        -- when it goes on until 60
    支給開始年齢 integer not null,
    primary key (加入員番号, 区分)
) strict, without rowid;

create table カード交付 (                 -- as the issuing centre tells it
    order_id   text primary key,
    受信時刻   integer not null,
    加入員番号 text not null,
    交付日     text not null
) strict, without rowid;

create table お知らせ (
    番号       integer primary key,
    加入員番号 text not null references 加入員,
    発送日     text not null,
    件名       text not null,
    差出       text not null,
    期限       text not null,             -- '' is none
    金額       integer,
    手続       text not null
) strict;
create index お知らせ_加入員 on お知らせ (加入員番号, 発送日);

create table お知らせ本文 (
    番号 integer not null references お知らせ,
    行   integer not null,
    本文 text not null,                   -- as it went out
    primary key (番号, 行)
) strict, without rowid;

create table 月次処理 (
    処理月   text primary key,            -- YYYY/MM, premiums are booked up to it
    完了時刻 text not null                -- YYYY/MM/DD hh:mm
) strict, without rowid;
