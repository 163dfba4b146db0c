-- A市介護保険: insured of 65 and more (第1号), of 40 to 64 only when certified (第2号).
-- Days are texts yyyymmdd and mean the last day where something ends; '' is "not ended".

create table kaigodo (
    code text primary key,                -- 要介護状態区分コード
    mei  text not null
) strict, without rowid;
insert into kaigodo values
    ('12', '要支援1'), ('13', '要支援2'), ('21', '要介護1'), ('22', '要介護2'),
    ('23', '要介護3'), ('24', '要介護4'), ('25', '要介護5');

create table hihokensha (
    hihokensha_bango text primary key,
    kubun            integer not null,    -- 1, 2 (号)
    shimei           text not null,
    kana             text not null,
    seinengappi      text not null,
    seibetsu         text not null,       -- M, F
    jusho            text not null,
    jushochi_tokurei integer not null,    -- 1: lives in a home elsewhere, insured here
    shikaku_kaishi   text not null,
    shikaku_shuryo   text not null
) strict, without rowid;

create table nintei (
    hihokensha_bango text not null references hihokensha,
    yuko_kaishi      text not null,
    yuko_shuryo      text not null,
    kaigodo          text not null references kaigodo,
    primary key (hihokensha_bango, yuko_kaishi)
) strict, without rowid;

create table futan_wariai (
    hihokensha_bango text not null references hihokensha,
    kaishi           text not null,
    shuryo           text not null,
    wari             integer not null,    -- tenths paid by the person
    primary key (hihokensha_bango, kaishi)
) strict, without rowid;

create table card_kofu (                  -- カード交付済の通知, from the issuing centre
    order_id         text primary key,
    uketsuke         integer not null,    -- unix
    hihokensha_bango text not null,
    kofubi           text not null
) strict, without rowid;

create table oshirase (
    oshirase_id      text primary key,
    hihokensha_bango text not null references hihokensha,
    hakko            text not null,
    kenmei           text not null,
    tanto            text not null,
    kigen            text not null,       -- '' is none
    kingaku          integer not null,    -- yen; 0 is none
    tetsuzuki        text not null,       -- '' is none
    honbun           text not null        -- as it went out, a line for each paragraph
) strict, without rowid;
create index oshirase_hihokensha on oshirase (hihokensha_bango, hakko);

create table koshin (
    taisho text primary key,
    unix   integer not null
) strict, without rowid;
