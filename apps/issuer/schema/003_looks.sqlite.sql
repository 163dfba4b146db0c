-- Who has looked at which case, for the supervisor, whom the person asks. Trusted for nothing that a
-- card depends on; whoever can change it can hide a look.
create table look (
    issue integer not null references issue,
    at    integer not null,
    clerk text not null,
    path  text not null                  -- what was asked: a list, a search, the case itself
) strict;
create index look_issue on look (issue, at);
create index look_at on look (at);
