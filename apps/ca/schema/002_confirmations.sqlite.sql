-- What stands behind a signing certificate's attributes: which order the resident register has
-- answered, its signed answer, and the salt that belongs to it. `taken_on`: of a file of first
-- take-on, where nobody was asked; no gateway writes it.
alter table ordered add column confirmed_by text;
alter table ordered add column answer text;
alter table ordered add column salt text;
alter table ordered add column taken_on integer not null default 0 check (taken_on in (0, 1));
