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
    消除日       text                     -- the last day as a resident
) strict, without rowid;

create table 氏名履歴 (                    -- names before the present one
    住民票コード text not null references 住民,
    変更回       integer not null,
    氏名         text not null,
    フリガナ     text not null,
    primary key (住民票コード, 変更回)
) strict, without rowid;

create index 住民_世帯 on 住民 (世帯番号);
create index 住民_生年月日 on 住民 (生年月日);

create table 処理 (
    名称   text primary key,
    終了   text not null                  -- YYYY-MM-DD HH:MM:SS, Japan time
) strict, without rowid;
