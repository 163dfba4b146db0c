-- Of which case an order is, by the request's `jti`: when a person questions an entry, the clerk who
-- asked is found in that case. Without the key nobody sees which request it was.
create table operator (
    jti_index blob primary key,
    issue     integer not null references issue
) strict, without rowid;
