-- A市福祉事務所, 医療扶助 (生活保護), the same package as B市's. Days are integers yyyymmdd; a
-- haishi_bi is the last day, 0 is none.

create table case_daicho (                -- 世帯 on welfare
    case_no   integer primary key,
    jusho     text not null,
    kaishi_bi integer not null
) strict;

create table hi_hogosha (
    jukyusha_no text primary key,         -- seven digits, the last a check digit
    case_no     integer not null references case_daicho,
    shimei      text not null,
    kana        text not null,
    umare       integer not null,
    seibetsu    text not null,            -- 男, 女
    kaishi_bi   integer not null,
    haishi_bi   integer not null,
    shahohi     integer not null          -- 1: an employer's insurance pays before it (併用)
) strict, without rowid;

create table koshin (
    taisho text primary key,
    unix   integer not null
) strict, without rowid;
