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
    kyu_kana    text not null,
    shojo_jiyu  text not null             -- 消除事由: 死亡, 国外転出, 転出, 職権, or empty
) strict, without rowid;

-- What has changed of somebody's row, in its order, for whoever is to hear of it; not how.
-- Whoever hears of it asks by renban, which rises in the order of commit; the newest row stays.
create table idou (
    renban integer primary key autoincrement,
    code   text not null references jumin,
    jiyu   text not null,                 -- as shojo_jiyu; 修正: name, birth, sex or address
    unix   integer not null
) strict;
create trigger shojo_idou after update of ten_shutsu, shojo_jiyu on jumin
when new.ten_shutsu <> 0 and
     (old.ten_shutsu = 0 or old.shojo_jiyu is not new.shojo_jiyu) begin
    insert into idou (code, jiyu, unix) values (new.code, new.shojo_jiyu, unixepoch());
end;
create trigger shusei_idou after update of shimei, umare, seibetsu, jusho on jumin
when old.ten_shutsu = 0 and new.ten_shutsu = 0 and
     (old.shimei, old.umare, old.seibetsu, old.jusho) is not
     (new.shimei, new.umare, new.seibetsu, new.jusho) begin
    insert into idou (code, jiyu, unix) values (new.code, '修正', unixepoch());
end;

create table bango_zaiko (                -- 住民票コード that the city may give, in their order
    jun      integer primary key,
    code     text not null unique,
    todoke   text unique                  -- the 出生届 that took it
) strict;

-- 出生届 (戸籍法第49条), as the issuing centre hands them on. The package's trigger enters the child
-- in its parent's household under the next free number.
create table shussei (
    todoke      text primary key,         -- the order
    uketsuke    integer not null,         -- unix time
    shimei      text not null,
    shimei_kana text not null,
    umare       integer not null,
    seibetsu    text not null,
    tsuzukigara text not null,
    todokedenin text not null references jumin,
    code        text                      -- of the child
) strict, without rowid;

-- Filed twice (another order, paper) a child has one number.
create trigger shussei_juri after insert on shussei begin
    update shussei set code = coalesce(
        (select child.code from jumin as child join jumin as parent
             on parent.setai_no = child.setai_no
          where parent.code = new.todokedenin and child.shimei = new.shimei
            and child.umare = new.umare and child.seibetsu = new.seibetsu
            and child.ten_shutsu = 0),
        (select code from bango_zaiko where todoke is null order by jun limit 1),
        raise(abort, 'zaiko nashi'))
     where todoke = new.todoke;
    update bango_zaiko set todoke = new.todoke
     where todoke is null and code = (select code from shussei where todoke = new.todoke);
    insert into jumin
    select shussei.code, parent.setai_no, new.shimei, new.shimei_kana, '', new.umare, new.seibetsu,
           parent.jusho, new.umare, 0, '', '', ''
      from shussei join jumin as parent on parent.code = new.todokedenin
     where shussei.todoke = new.todoke
    on conflict (code) do nothing;
end;

create table batch (
    mei    text primary key,
    unix   integer not null
) strict, without rowid;
create index jumin_umare on jumin (umare);
create index jumin_setai on jumin (setai_no);
