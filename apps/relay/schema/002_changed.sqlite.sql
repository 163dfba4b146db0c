-- Orders whose answer holds no longer, as the holder has told: for whoever asked, 30 days. Read at a
-- start only. Whoever takes rows away keeps a requester that is not connected from hearing of them.
create table changed_answer (
    log_index integer primary key,  -- the order's
    told_at   integer not null,
    sealed    blob not null         -- who asked, entry, service
);
create index changed_answer_told on changed_answer (told_at);
