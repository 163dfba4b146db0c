-- 日本年金機構: the insured by 基礎年金番号, written 1234-567890.
-- Days are era dates GYYMMDD and months GYYMM with the era codes of the pension forms (5610501 =
-- 昭和61年5月1日); 0 is none. soshitsu is the day after the last day.

create table gengo (
    code      integer primary key,
    mei       text not null,
    zero_year integer not null            -- the western year before the era's first
) strict;
insert into gengo values
    (1, '明治', 1867), (3, '大正', 1911), (5, '昭和', 1925), (7, '平成', 1988), (9, '令和', 2018);

create table jimusho (                    -- 年金事務所
    code  text primary key,
    mei   text not null,
    denwa text not null
) strict, without rowid;
insert into jimusho values
    ('9901', '九十九年金事務所', '0990-20-0101'),
    ('9902', 'みなと年金事務所', '0990-20-0202');

create table hihokensha (
    kiso_bango   text primary key,
    shimei_kana  text not null,
    shimei       text not null,
    seinengappi  integer not null,
    seibetsu     integer not null,        -- 1 男, 2 女
    jusho        text not null,
    jimusho_code text not null references jimusho
) strict, without rowid;

create table kokunen_shubetsu (           -- 国民年金の種別
    kiso_bango     text not null references hihokensha,
    renban         integer not null,
    shubetsu       integer not null,      -- 1, 2, 3 (号), 4 任意加入
    shutoku        integer not null,
    soshitsu       integer not null,
    haigusha_bango text not null,         -- of 第3号: the spouse who is 第2号
    primary key (kiso_bango, renban)
) strict, without rowid;

create table noufu_kubun (
    code text primary key,
    mei  text not null
) strict, without rowid;
insert into noufu_kubun values
    ('01', '納付'), ('02', '未納'), ('11', '全額免除'), ('12', '4分の3免除'), ('13', '半額免除'),
    ('14', '4分の1免除'), ('15', '法定免除'), ('21', '学生納付特例'), ('22', '納付猶予'),
    ('31', '産前産後免除'), ('32', '育児期間免除'), ('91', '合算対象');

create table kokunen_noufu (              -- a month of 第1号 without a row is not paid
    kiso_bango text not null references hihokensha,
    kaishi_ym  integer not null,
    shuryo_ym  integer not null,
    kubun      text not null references noufu_kubun,
    fuka       integer not null,          -- 1: 付加保険料 as well
    primary key (kiso_bango, kaishi_ym)
) strict, without rowid;

create table kikin_kanyu (                -- 国民年金基金, as the fund reports it
    kiso_bango text not null references hihokensha,
    shutoku    integer not null,
    soshitsu   integer not null,
    primary key (kiso_bango, shutoku)
) strict, without rowid;

create table kounen (                     -- 厚生年金, one row an employer
    seiri        integer primary key,
    kiso_bango   text not null references hihokensha,
    jigyosho_mei text not null,
    shubetsu     integer not null,        -- 1 男, 2 女; 5, 6 the same in a 厚生年金基金
    shutoku      integer not null,
    soshitsu     integer not null
) strict;
create index kounen_bango on kounen (kiso_bango);

create table hyojun_hoshu (
    seiri     integer not null references kounen,
    tekiyo_ym integer not null,           -- from this month on
    gaku_sen  integer not null,           -- thousand yen
    primary key (seiri, tekiyo_ym)
) strict, without rowid;

create table hyojun_shoyo (
    seiri       integer not null references kounen,
    shiharai_bi integer not null,
    gaku_sen    integer not null,
    primary key (seiri, shiharai_bi)
) strict, without rowid;

create table honnin_futan (               -- months in a 厚生年金基金: the premium is lower by the
    seiri     integer not null references kounen,  -- part that goes to the fund (免除保険料)
    kaishi_ym integer not null,
    shuryo_ym integer not null,
    gaku      integer not null,           -- yen a month, bonuses of the month included
    primary key (seiri, kaishi_ym)
) strict, without rowid;

create table saitei (                     -- what is paid
    kiso_bango    text not null references hihokensha,
    shurui        text not null,          -- 老齢基礎, 老齢厚生
    shikyu_ym     integer not null,
    seikyu_nenrei integer not null,
    nenkin_gaku   integer not null,       -- yen a year
    primary key (kiso_bango, shurui)
) strict, without rowid;

create table mitogo (                     -- 手帳記号番号 that are not joined to anybody yet
    techo_bango  text primary key,
    shimei_kana  text not null,           -- as it was written on the card then
    seinengappi  integer not null,
    jigyosho_mei text not null,
    shutoku      integer not null,
    soshitsu     integer not null
) strict, without rowid;

create table card_kofu (                  -- カード交付済の通知, from the issuing centre
    order_id   text primary key,
    uketsuke   integer not null,          -- unix
    kiso_bango text not null,
    kofubi     integer not null
) strict, without rowid;

create table tsuchi_shubetsu (            -- what a 通知 says, once for all
    shubetsu   text primary key,
    hyodai     text not null,
    sashidashi text not null,
    tetsuzuki  text not null              -- empty: the person need not do anything
) strict, without rowid;

create table tsuchi_bun (
    shubetsu text not null references tsuchi_shubetsu,
    gyo      integer not null,
    bun      text not null,               -- with {amount}, {deadline}, {office}, {telephone}
    primary key (shubetsu, gyo)
) strict, without rowid;

create table tsuchi (                     -- 通知, in the name of the person's 年金事務所
    tsuchi_no  integer primary key,
    kiso_bango text not null references hihokensha,
    shubetsu   text not null references tsuchi_shubetsu,
    hakko      integer not null,
    kigen      integer not null,
    kingaku    integer not null           -- yen; 0 is none
) strict;
create index tsuchi_bango on tsuchi (kiso_bango, hakko);

create table shunou_zumi (                -- months whose premiums are all booked
    taisho_ym integer primary key
) strict, without rowid;

create table shori (
    mei    text primary key,
    shuryo integer not null               -- GYYMMDDhhmm, Japan time
) strict, without rowid;
