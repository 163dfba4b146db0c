-- A市住民基本台帳 (標準準拠システム): every resident, each for themselves.
-- Names as the family register writes them, with variation selectors. Days are ISO texts; null is
-- none.

create table 住民 (
    住民票コード text primary key,
    氏名         text not null,
    フリガナ     text not null,
    通称         text not null,           -- of foreigners, or empty
    生年月日     text not null,
    性別         text not null,           -- 1 男, 2 女
    住所         text not null,           -- as 住居表示: 一丁目2番3号
    世帯番号     integer not null,
    住民となった日 text,                  -- null: before the register was kept by machine
    消除日       text,                    -- the last day as a resident
    消除事由     text                     -- 死亡, 国外転出, 転出, その他
) strict, without rowid;

create table 氏名履歴 (                    -- names before the present one
    住民票コード text not null references 住民,
    変更回       integer not null,
    氏名         text not null,
    フリガナ     text not null,
    primary key (住民票コード, 変更回)
) strict, without rowid;

-- 異動: what has changed of somebody's 住民票, in its order, for whoever is to hear of it; not how.
-- Whoever hears of it asks by 異動番号, which rises in the order of commit; the newest row stays.
-- Whoever moves into the city or is born here is nobody's news: only what is written otherwise now.
create table 異動 (
    異動番号     integer primary key autoincrement,
    住民票コード text not null references 住民,
    事由         text not null,           -- 死亡, 国外転出, 転出, その他, 記載事項
    時刻         integer not null         -- unix time
) strict;
create trigger 消除の異動 after update of 消除日, 消除事由 on 住民
when new.消除日 is not null and
     (old.消除日 is null or old.消除事由 is not new.消除事由) begin  -- the reason perhaps later
    insert into 異動 (住民票コード, 事由, 時刻)
    values (new.住民票コード, coalesce(new.消除事由, 'その他'), unixepoch());
end;
create trigger 記載事項の異動 after update of 氏名, 生年月日, 性別, 住所 on 住民
when old.消除日 is null and new.消除日 is null and
     (old.氏名, old.生年月日, old.性別, old.住所) is not
     (new.氏名, new.生年月日, new.性別, new.住所) begin
    insert into 異動 (住民票コード, 事由, 時刻)
    values (new.住民票コード, '記載事項', unixepoch());
end;

create index 住民_世帯 on 住民 (世帯番号);
create index 住民_生年月日 on 住民 (生年月日);

create table 未使用番号 (                -- 住民票コード that the city may give, in their order
    順           integer primary key,
    住民票コード text not null unique,
    届           text unique              -- the 出生届 that took it
) strict;

-- 出生届 (戸籍法第49条), as the issuing centre hands them on. The system's trigger enters the child
-- in its parent's household under the next free number.
create table 出生届 (
    届           text primary key,        -- the order
    受付         integer not null,        -- unix time
    氏名         text not null,
    フリガナ     text not null,
    生年月日     text not null,
    性別         text not null,
    続柄         text not null,
    届出人       text not null references 住民,
    住民票コード text                     -- of the child
) strict, without rowid;

-- Filed twice (another order, paper) a child has one number.
create trigger 出生届の受理 after insert on 出生届 begin
    update 出生届 set 住民票コード = coalesce(
        (select child.住民票コード from 住民 as child join 住民 as parent
             on parent.世帯番号 = child.世帯番号
          where parent.住民票コード = new.届出人 and child.氏名 = new.氏名
            and child.生年月日 = new.生年月日 and child.性別 = new.性別
            and child.消除日 is null),
        (select 住民票コード from 未使用番号 where 届 is null order by 順 limit 1),
        raise(abort, '住民票コードの在庫がない'))
     where 届 = new.届;
    update 未使用番号 set 届 = new.届
     where 届 is null
       and 住民票コード = (select 住民票コード from 出生届 where 届 = new.届);
    insert into 住民
    select 出生届.住民票コード, new.氏名, new.フリガナ, '', new.生年月日, new.性別, parent.住所,
           parent.世帯番号, new.生年月日, null, null
      from 出生届 join 住民 as parent on parent.住民票コード = new.届出人
     where 出生届.届 = new.届
    on conflict (住民票コード) do nothing;
end;

create table 処理 (
    名称   text primary key,
    終了   text not null                  -- YYYY-MM-DD HH:MM:SS, Japan time
) strict, without rowid;
