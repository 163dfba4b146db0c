-- 九十九県後期高齢者医療広域連合: individuals of 75 and more, as they come from the cities.
-- Days are texts YYYY-MM-DD; 9999-12-31 is "not ended".

create table 被保険者 (
    被保険者番号   text primary key,
    氏名           text not null,
    氏名カナ       text not null,
    生年月日       text not null,
    性別           text not null,         -- 1 男, 2 女
    住所           text not null,
    住所地特例     integer not null,      -- 1: lives in a home elsewhere, insured here
    資格取得年月日 text not null,
    資格喪失年月日 text not null,         -- the day after the last day of insurance
    喪失事由       text not null
) strict, without rowid;

create table 負担区分 (
    被保険者番号 text not null references 被保険者,
    適用開始日   text not null,
    適用終了日   text not null,
    負担割合     text not null,           -- 1割, 2割, 3割
    所得区分     text not null,
    primary key (被保険者番号, 適用開始日)
) strict, without rowid;

create table 診療報酬明細書 (
    整理番号       text primary key,
    被保険者番号   text not null references 被保険者,
    診療年月       text not null,         -- YYYY-MM
    区分           text not null,         -- 医科, DPC, 歯科, 調剤
    医療機関コード text not null,
    医療機関名     text not null,
    実日数         integer not null,
    請求点数       integer not null,
    一部負担金     integer not null,      -- yen
    開示区分       text not null          -- 要確認: 明細 only after the doctor was asked
) strict, without rowid;
create index 診療報酬明細書_被保険者 on 診療報酬明細書 (被保険者番号, 診療年月);

create table 明細 (
    整理番号 text not null references 診療報酬明細書,
    行番号   integer not null,
    コード   text not null,
    名称     text not null,
    点数     integer not null,
    回数     integer not null,
    primary key (整理番号, 行番号)
) strict, without rowid;

create table 取込月 (                     -- months whose 明細書 have come in
    診療年月 text primary key
) strict, without rowid;

create table 検査項目 (
    項目番号 integer primary key,
    コード   text not null,               -- 特定健診項目コード
    項目名   text not null,
    単位     text not null,
    基準男   text not null,               -- as it is printed; '' is none
    基準女   text not null
) strict;

create table 健康診査 (
    受診番号     text primary key,
    被保険者番号 text not null references 被保険者,
    受診日       text not null,
    健診機関番号 text not null,
    健診機関名   text not null,
    医師の判断   text not null
) strict, without rowid;
create index 健康診査_被保険者 on 健康診査 (被保険者番号, 受診日);

create table 検査値 (
    受診番号 text not null references 健康診査,
    項目番号 integer not null references 検査項目,
    値       text not null,
    判定     text not null,               -- 基準外, or '': the place of the check-up compared
    primary key (受診番号, 項目番号)
) strict, without rowid;

create table 健診取込月 (                 -- months whose results have come in
    受診月 text primary key
) strict, without rowid;

create table 通知 (
    通知番号     text primary key,
    被保険者番号 text not null references 被保険者,
    発送日       text not null,
    件名         text not null,
    担当課       text not null,
    期限         text not null,           -- '' is none
    金額         integer,                 -- yen
    手続         text not null            -- '' is none
) strict, without rowid;
create index 通知_被保険者 on 通知 (被保険者番号, 発送日);

create table 通知本文 (                   -- as it went out
    通知番号 text not null references 通知,
    段落番号 integer not null,
    本文     text not null,
    primary key (通知番号, 段落番号)
) strict, without rowid;

create table 処理実績 (
    処理名   text primary key,
    終了時刻 text not null                -- YYYY-MM-DD HH:MM:SS, Japan time
) strict, without rowid;

-- What the issuing centre has told.
create table 保健医療番号 (
    order_id     text primary key,
    受信時刻     integer not null,
    被保険者番号 text not null,
    番号         text not null,
    有効開始日   text not null
) strict, without rowid;
