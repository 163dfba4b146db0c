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
    (1, '退職'), (2, '任意継続終了'), (3, '被扶養者でなくなった'), (4, '75歳到達'), (5, '死亡'),
    (6, '被扶養者と認定されず');

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

-- 被扶養者（異動）届 of newborns, as the issuing centre hands them on. The society's own triggers
-- give the child the next branch at once, not yet approved, and carry out what an officer decides:
--   update filing set outcome = 1, decided_ymd = … where …;
--   update filing set outcome = 2, reason = '…', decided_ymd = … where …;
create table filing (
    order_id      text primary key,
    received_unix integer not null,
    symbol        text not null,          -- those of the member who supports the child
    number        text not null,
    name          text not null,
    kana          text not null,
    birth_ymd     integer not null,
    sex_code      integer not null,
    address       text not null,
    relation      text not null,          -- 続柄
    person_no     integer,                -- of the dependant it made or found
    outcome       integer not null default 0 check (outcome in (0, 1, 2)), -- accepted, refused
    reason        text not null default '' check (outcome <> 2 or reason <> ''),
    decided_ymd   integer
) strict, without rowid;
create index filing_number on filing (number, symbol);
create index filing_person on filing (person_no);

-- Filed twice (another order, paper) a child is the same child, unless it was refused.
create trigger filing_arrives after insert on filing begin
    update filing set person_no = coalesce(
        (select person_no from dependant
          where number = new.number and symbol = new.symbol and name = new.name
            and birth_ymd = new.birth_ymd and sex_code = new.sex_code
            and lost_ymd > acquired_ymd),
        (select 1 + max((select coalesce(max(person_no), 0) from member),
                        (select coalesce(max(person_no), 0) from dependant))))
     where order_id = new.order_id;
    insert into dependant
    select filing.person_no, member.symbol, member.number,
           format('%02d', 1 + max(
               (select coalesce(max(cast(branch as integer)), 0) from member as other
                 where other.number = new.number and other.symbol = new.symbol),
               (select coalesce(max(cast(branch as integer)), 0) from dependant as other
                 where other.number = new.number and other.symbol = new.symbol))),
           new.name, new.kana, new.birth_ymd, new.sex_code, case new.address when '' then member.address else new.address end, 0, new.birth_ymd,
           member.lost_ymd,
           case member.lost_ymd when 99991231 then null else 3 end
      from filing join member on member.number = new.number and member.symbol = new.symbol
     where filing.order_id = new.order_id
       and not exists (select 1 from dependant where dependant.person_no = filing.person_no);
    -- Until the 31 March after the sixth birthday, 2割 (健康保険法第74条・第110条).
    insert into benefit
    select filing.person_no, new.birth_ymd,
           (new.birth_ymd / 10000 + case when new.birth_ymd % 10000 <= 401 then 6 else 7 end)
             * 10000 + 331,
           2, (select limit_class from benefit as own where own.person_no = member.person_no
                order by from_ymd desc limit 1)
      from filing join member on member.number = new.number and member.symbol = new.symbol
     where filing.order_id = new.order_id
    on conflict (person_no, from_ymd) do nothing;
    update filing set outcome = 1
     where order_id = new.order_id
       and exists (select 1 from dependant
                    where dependant.person_no = filing.person_no and approved = 1);
end;

create trigger filing_decided after update of outcome on filing
when new.outcome <> old.outcome begin
    update dependant set approved = 1 where new.outcome = 1 and person_no = new.person_no;
    update dependant set lost_ymd = acquired_ymd, lost_code = 6
     where new.outcome = 2 and person_no = new.person_no;
    update filing set outcome = new.outcome, reason = new.reason, decided_ymd = new.decided_ymd
     where person_no = new.person_no and outcome <> new.outcome;
end;
