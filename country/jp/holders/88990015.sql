-- A市子ども医療費助成 (標準準拠システム, the same as B市's): whose part the city pays.
-- Days are ISO texts; a 終了日 is the last day.

create table 受給者 (
    受給者番号 text primary key,          -- seven digits, the last a check digit
    氏名       text not null,
    フリガナ   text not null,
    生年月日   text not null,
    性別       text not null,             -- 1 男, 2 女
    住所       text not null,
    資格取得日 text not null,
    資格終了日 text not null
) strict, without rowid;

create table 自己負担 (                   -- what is left to pay, by the city's ordinance
    受給者番号 text not null references 受給者,
    開始日     text not null,
    終了日     text not null,
    割合       integer not null,          -- tenths
    primary key (受給者番号, 開始日)
) strict, without rowid;

create table 処理 (
    名称   text primary key,
    終了   text not null                  -- YYYY-MM-DD HH:MM:SS, Japan time
) strict, without rowid;
