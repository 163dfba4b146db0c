-- Documents that a card has signed for a requester, and whose signature the relay has judged
-- (`signature`): an order may name such a one as the decision behind it. Kept for ten years
-- (Recording::judged_kept_s): a register may be down for weeks, and a card is renewed by what was
-- decided when it was made. Nobody can add a row without index.key. Whoever takes one away has a clerk
-- decide again; who reads them learns how many documents were signed, and when.
create table judged (
    name      blob primary key,  -- index of requester and SHA-256 of the mandate
    judged_at integer not null
) without rowid;
create index judged_judged_at on judged (judged_at);
