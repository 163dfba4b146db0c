-- まどか電機健康保険組合: the register of a health insurance society.
-- Days are integers yyyymmdd; 99991231 is "not ended". A person is lost on lost_ymd, the day after
-- the last day of insurance (資格喪失日).

create table workplace (
    symbol text primary key,              -- 記号: one employer of the society, or 任意継続
    name   text not null
) strict, without rowid;

create table lost_reason (
    code integer primary key,
    name text not null
) strict;
insert into lost_reason values
    (1, '退職'), (2, '任意継続終了'), (3, '被扶養者でなくなった'), (4, '75歳到達'), (5, '死亡');

create table member (                     -- 被保険者
    person_no    integer primary key,     -- shared with dependant
    symbol       text not null,
    number       text not null,
    branch       text,                    -- null: registered before 2021, not yet numbered
    name         text not null,
    kana         text not null,
    birth_ymd    integer not null,
    sex_code     integer not null,        -- 1 man, 2 woman
    address      text not null,           -- as the employer filed it
    plan_code    integer not null,        -- 1 general, 2 任意継続
    acquired_ymd integer not null,
    lost_ymd     integer not null,
    lost_code    integer references lost_reason
) strict;
create unique index member_number on member (number, symbol);

create table dependant (                  -- 被扶養者
    person_no    integer primary key,
    symbol       text not null,           -- those of the member who supports them
    number       text not null,
    branch       text,
    name         text not null,
    kana         text not null,
    birth_ymd    integer not null,
    sex_code     integer not null,
    address      text not null,
    approved     integer not null,        -- 0: filed, not yet decided (認定前)
    acquired_ymd integer not null,
    lost_ymd     integer not null,
    lost_code    integer references lost_reason
) strict;
create index dependant_number on dependant (number, symbol);

create table benefit (                    -- what the person pays, and the high-cost class
    person_no   integer not null,
    from_ymd    integer not null,
    to_ymd      integer not null,         -- the last day
    paid_tenths integer not null,         -- 3 = 30 % paid by the person
    limit_class text not null,
    primary key (person_no, from_ymd)
) strict, without rowid;

create table receipt (                    -- レセプト, as the review organisation hands them on
    receipt_no       integer primary key,
    person_no        integer not null,
    treated_ym       integer not null,    -- yyyymm
    type_code        integer not null,    -- 1 医科, 2 DPC, 3 歯科, 4 調剤
    institution_code text not null,
    institution_name text not null,
    day_count        integer not null,
    points           integer not null,
    paid_yen         integer not null,    -- by the person, at the counter
    ask_doctor       integer not null     -- 1: lines are shown only after the doctor was asked
) strict;
create index receipt_person on receipt (person_no, treated_ym);

create table receipt_line (
    receipt_no integer not null references receipt,
    line_no    integer not null,
    code       text not null,             -- レセプト電算コード
    name       text not null,
    points     integer not null,          -- each time
    times      integer not null,
    primary key (receipt_no, line_no)
) strict, without rowid;

create table receipt_month (              -- months whose receipts have all come in
    treated_ym integer primary key
) strict, without rowid;

create table exam_item (                  -- 検査項目 of the check-ups (特定健診)
    item_no   integer primary key,
    jlac_code text not null,              -- 特定健診項目コード
    name      text not null,
    unit      text not null,
    places    integer not null            -- digits behind the point; `measured` is without it
) strict;

create table exam_range (                 -- what the society takes for good, by sex
    item_no        integer not null references exam_item,
    sex_code       integer not null,
    low            integer,               -- without the point, as `measured`
    high           integer,
    normal_finding text,
    primary key (item_no, sex_code)
) strict, without rowid;

create table exam (                       -- 特定健診, as the place of the check-up reports it
    exam_no       integer primary key,
    person_no     integer not null,
    examined_ymd  integer not null,
    place_code    text not null,
    place_name    text not null,
    syndrome_code integer,                -- メタボリックシンドローム判定, national code
    guidance_code integer,                -- 保健指導レベル, national code
    doctor_note   text not null
) strict;
create index exam_person on exam (person_no, examined_ymd);

create table exam_value (
    exam_no  integer not null references exam,
    item_no  integer not null references exam_item,
    measured integer,                     -- 623 is 62.3 where the item has one place
    finding  text,                        -- of an item in words
    primary key (exam_no, item_no)
) strict, without rowid;

create table exam_month (                 -- months whose results have all come in
    examined_ym integer primary key
) strict, without rowid;

create table letter_form (                -- 定型文: what a letter says, once for all
    form_code integer primary key,
    title     text not null,
    office    text not null,              -- who sends it
    procedure text                        -- what the person is to do, if anything
) strict;

create table letter_form_line (
    form_code integer not null references letter_form,
    line_no   integer not null,
    words     text not null,              -- with {amount} and {deadline}
    primary key (form_code, line_no)
) strict, without rowid;

create table letter (                     -- お知らせ
    letter_no integer primary key,
    person_no integer not null,
    form_code integer not null references letter_form,
    sent_ymd  integer not null,
    due_ymd   integer,                    -- the last day; null: nothing is due
    amount    integer                     -- yen
) strict;
create index letter_person on letter (person_no, sent_ymd);

create table nightly_batch (
    job      text primary key,
    ended_at integer not null             -- yyyymmddhhmmss, Japan time
) strict, without rowid;

-- What the issuing centre has told, newest last.
create table health_care_number (
    order_id           text primary key,
    received_unix      integer not null,
    symbol             text not null,
    number             text not null,
    branch             text,
    health_care_number text not null,
    valid_from         text not null
) strict, without rowid;
