-- Of the centre's own cards, from their activation on: who may log in to renew one, and whose ends
-- soon. Who can read it without the key learns how many cards end on which day.

create table certificate (
    card_index blob primary key,          -- of the certificate's x5t#S256
    issue      integer not null references issue,  -- the case that had it made
    not_after  integer not null,
    noticed    integer not null default 0 -- of the days before its end: how many notices were made
) strict, without rowid;
create index certificate_ends on certificate (not_after, card_index);
create index certificate_issue on certificate (issue);
