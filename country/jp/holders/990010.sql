-- A市国民健康保険: households (世帯) of the city's national health insurance.
-- Days are era dates GYYMMDD (3610501 = 昭和61年5月1日); 0 is none. soshitsu_bi is the day on which
-- the person is no longer insured.

create table gengo (
    code      integer primary key,
    mei       text not null,
    zero_year integer not null            -- the western year before the era's first
) strict;
insert into gengo values
    (1, '明治', 1867), (2, '大正', 1911), (3, '昭和', 1925), (4, '平成', 1988), (5, '令和', 2018);

create table soshitsu_jiyu (
    code integer primary key,
    mei  text not null
) strict;
insert into soshitsu_jiyu values
    (1, '転出'), (2, '生活保護'), (3, '他の医療保険に加入'), (4, '75歳到達'), (5, '死亡'),
    (6, '資格取得の届出を認めず');

create table setai (
    setai_no integer primary key,
    kigo     text not null,               -- empty, or the kana of a town that merged
    bango    text not null,               -- seven digits, with zeros
    jusho    text not null,
    nushi    text not null                -- 世帯主, who need not be insured here
) strict;
create unique index setai_bango on setai (bango, kigo);

create table kojin (
    kojin_no    integer primary key,
    setai_no    integer not null references setai,
    edaban      text not null,
    shimei      text not null,
    shimei_kana text not null,
    tsusho      text not null,            -- a foreigner's registered Japanese name, or empty
    seinengappi integer not null,
    seibetsu    text not null             -- 男, 女
) strict;
create unique index kojin_setai on kojin (setai_no, edaban);

create table shikaku (
    kojin_no      integer not null references kojin,
    rireki        integer not null,
    shutoku_bi    integer not null,
    soshitsu_bi   integer not null,
    soshitsu_jiyu integer not null,
    primary key (kojin_no, rireki)
) strict, without rowid;

create table kyufu (
    kojin_no    integer not null references kojin,
    rireki      integer not null,         -- of shikaku
    kaishi_bi   integer not null,
    shuryo_bi   integer not null,         -- the last day
    futan_wari  integer not null,         -- tenths paid by the person
    gendo_kubun text not null,
    tokubetsu   integer not null,         -- 1: 特別療養費, the person pays everything first
    primary key (kojin_no, rireki, kaishi_bi)
) strict, without rowid;

create table rezeputo (                   -- 国保連合会 have examined them
    seiri_no   integer primary key,
    kojin_no   integer not null references kojin,
    shinryo_ym integer not null,          -- era month GYYMM (50807 = 令和8年7月)
    shubetsu   text not null,             -- 医科, DPC, 歯科, 調剤
    kikan_code text not null,
    kikan_mei  text not null,
    nissu      integer not null,
    tensu      integer not null,
    futankin   integer not null,          -- yen paid by the person
    kaiji      text not null              -- 可; 医師確認: 明細 only after the doctor was asked
) strict;
create index rezeputo_kojin on rezeputo (kojin_no, shinryo_ym);

create table rezeputo_meisai (
    seiri_no integer not null references rezeputo,
    gyo      integer not null,
    code     text not null,
    meisho   text not null,
    tensu    integer not null,
    kaisu    integer not null,
    gokei    integer not null,            -- tensu * kaisu
    primary key (seiri_no, gyo)
) strict, without rowid;

create table shinsa_zumi (                -- months that are examined
    shinryo_ym integer primary key
) strict, without rowid;

create table kenshin_koumoku (            -- the city's own codes of what is examined
    koumoku integer primary key,
    jlac    text not null,                -- 特定健診項目コード
    mei     text not null,
    tani    text not null
) strict;

create table kenshin_kijun (              -- 基準範囲
    koumoku  integer not null references kenshin_koumoku,
    seibetsu text not null,
    kagen    text not null,               -- 下限, in the range; empty is none
    jogen    text not null,               -- 上限
    hyoji    text not null,               -- as it is printed
    primary key (koumoku, seibetsu)
) strict, without rowid;

create table kenshin (                    -- 特定健診
    kenshin_no integer primary key,
    kojin_no   integer not null references kojin,
    jisshi_bi  integer not null,
    kikan_code text not null,
    kikan_mei  text not null,
    metabo     integer not null,          -- 1 基準該当, 2 予備群該当, 3 非該当, 4 判定不能; 0 is none
    shido      integer not null,          -- 1 積極的支援, 2 動機付け支援, 3 なし, 4 判定不能; 0 is none
    shoken     text not null
) strict;
create index kenshin_kojin on kenshin (kojin_no, jisshi_bi);

create table kenshin_kekka (
    kenshin_no integer not null references kenshin,
    koumoku    integer not null references kenshin_koumoku,
    kekka      text not null,
    primary key (kenshin_no, koumoku)
) strict, without rowid;

create table kenshin_torikomi (           -- months whose results are in
    jisshi_ym integer primary key         -- GYYMM
) strict, without rowid;

create table tsuchi_yoshiki (             -- 様式: what a 通知 says, once for all
    yoshiki   text primary key,
    kenmei    text not null,
    kakari    text not null,
    tetsuzuki text not null               -- empty: the person need not do anything
) strict, without rowid;

create table tsuchi_bun (
    yoshiki text not null references tsuchi_yoshiki,
    gyo     integer not null,
    bun     text not null,                -- with {amount} and {deadline}
    primary key (yoshiki, gyo)
) strict, without rowid;

create table tsuchi (                     -- 通知
    tsuchi_no integer primary key,
    kojin_no  integer not null references kojin,
    yoshiki   text not null references tsuchi_yoshiki,
    hasso_bi  integer not null,
    kigen_bi  integer not null,           -- 期限; 0 is none
    kingaku   integer not null            -- yen; 0 is none
) strict;
create index tsuchi_kojin on tsuchi (kojin_no, hasso_bi);

create table yakan_shori (
    shori_mei text primary key,
    shuryo    text not null               -- YYYY-MM-DD HH:MM:SS, Japan time
) strict, without rowid;

-- What the issuing centre has told.
create table hoken_iryo_bango (
    order_id     text primary key,
    jushin_unix  integer not null,
    kigo         text not null,
    bango        text not null,
    edaban       text,
    hoken_iryo   text not null,
    yuko_kaishi  text not null
) strict, without rowid;

-- 資格取得届（出生）, as the issuing centre hands them on. The triggers of the package make the child
-- a 個人 of the household at once; until an officer decides it is provisional:
--   update todoke set kekka = 1, kettei_bi = … where …;
--   update todoke set kekka = 2, riyu = '…', kettei_bi = … where …;
create table todoke (
    order_id     text primary key,
    uketsuke     integer not null,        -- unix time
    setai_no     integer not null references setai,
    todokedenin  integer not null references kojin,
    shimei       text not null,
    shimei_kana  text not null,
    seinengappi  integer not null,
    seibetsu     text not null,
    jusho        text not null,
    tsuzukigara  text not null,
    kojin_no     integer references kojin,
    kekka        integer not null default 0 check (kekka in (0, 1, 2)),  -- 1 認定, 2 認めず
    riyu         text not null default '' check (kekka <> 2 or riyu <> ''),
    kettei_bi    integer
) strict, without rowid;
create index todoke_nin on todoke (todokedenin);
create index todoke_kojin on todoke (kojin_no);

create table zantei (                     -- 暫定: filed and not yet decided
    kojin_no integer primary key references kojin
) strict;

-- Filed twice a child is the same child, unless it was refused.
create trigger todoke_toroku after insert on todoke begin
    insert into kojin
    select (select 1 + max(kojin_no) from kojin), new.setai_no,
           format('%02d', 1 + (select coalesce(max(cast(edaban as integer)), 0) from kojin
                                where setai_no = new.setai_no)),
           new.shimei, new.shimei_kana, '', new.seinengappi, new.seibetsu
     where not exists (select 1 from kojin join shikaku on shikaku.kojin_no = kojin.kojin_no
                        where setai_no = new.setai_no and shimei = new.shimei
                          and seinengappi = new.seinengappi and seibetsu = new.seibetsu
                          and soshitsu_bi <> shutoku_bi);
    update todoke set kojin_no = (
        select max(kojin_no) from kojin
         where setai_no = new.setai_no and shimei = new.shimei
           and seinengappi = new.seinengappi and seibetsu = new.seibetsu)
     where order_id = new.order_id;
    insert into zantei
    select kojin_no from todoke
     where order_id = new.order_id and kojin_no not in (select kojin_no from shikaku);
    insert into shikaku
    select kojin_no, 1, new.seinengappi, 0, 0 from todoke
     where order_id = new.order_id and kojin_no not in (select kojin_no from shikaku);
    -- Until the 31 March after the sixth birthday, 2割 (国民健康保険法第42条); 特別療養費 is not for
    -- children.
    insert into kyufu
    select kojin_no, 1, new.seinengappi,
           (new.seinengappi / 10000 + case when new.seinengappi % 10000 <= 401 then 6 else 7 end)
             * 10000 + 331,
           2, (select gendo_kubun from kyufu as own where own.kojin_no = new.todokedenin
                order by rireki desc, kaishi_bi desc limit 1), 0
      from todoke
     where order_id = new.order_id and kojin_no not in (select kojin_no from kyufu);
    update todoke set kekka = 1
     where order_id = new.order_id and kojin_no not in (select kojin_no from zantei);
end;

create trigger todoke_kettei after update of kekka on todoke
when new.kekka <> old.kekka begin
    delete from zantei where kojin_no = new.kojin_no;
    update shikaku set soshitsu_bi = shutoku_bi, soshitsu_jiyu = 6
     where new.kekka = 2 and kojin_no = new.kojin_no;
    update todoke set kekka = new.kekka, riyu = new.riyu, kettei_bi = new.kettei_bi
     where kojin_no = new.kojin_no and kekka <> new.kekka;
end;
