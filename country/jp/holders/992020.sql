-- B市住民基本台帳: an older package. Readings in half-width kana; days are integers GYYMMDD
-- (3610501 = 昭和61年5月1日), 0 is none.

create table gengo (
    code      integer primary key,
    mei       text not null,
    zero_year integer not null            -- the western year before the era's first
) strict;
insert into gengo values
    (1, '明治', 1867), (2, '大正', 1911), (3, '昭和', 1925), (4, '平成', 1988), (5, '令和', 2018);

create table jumin (
    code        text primary key,         -- 住民票コード, written 1234567890-1
    setai_no    integer not null,
    shimei      text not null,
    shimei_kana text not null,
    tsusho      text not null,
    umare       integer not null,
    seibetsu    text not null,            -- 男, 女
    jusho       text not null,
    ten_nyu     integer not null,         -- 転入日
    ten_shutsu  integer not null,         -- 転出日, 死亡日
    kyu_shimei  text not null,            -- the name before the present one, or empty
    kyu_kana    text not null
) strict, without rowid;

create table batch (
    mei    text primary key,
    unix   integer not null
) strict, without rowid;
create index jumin_umare on jumin (umare);
