-- What stands behind a signing certificate's attributes: which order the resident register has
-- answered, its signed answer, and the salt that belongs to it. `taken_on`: of a file of first
-- take-on, where nobody was asked; no gateway writes it. What the register has said is forgotten once
-- the order is decided: the evidence beside has it, for as long as that is kept.
alter table ordered add column confirmed_by text;
alter table ordered add column answer text;
alter table ordered add column salt text;
alter table ordered add column taken_on integer not null default 0 check (taken_on in (0, 1));
