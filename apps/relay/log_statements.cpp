#include "log_statements.hpp"

namespace mado::relay {

Statements::Statements(db::Connection& c)
    : head(c.prepare("select size, note from head order by size desc limit 1")),
      head_after(
          c.prepare("select size, note from head where size > :position order by size limit 1")),
      add_head(c.prepare("insert into head (size, note) values (:size, :note)")),
      add_tile(c.prepare("insert into tile (level, number, hashes, root) "
                         "values (:level, :number, :hashes, :root)")),
      find_request(c.prepare("select position, content, month, sealed, person, outcome from access "
                             "where request = :request")),
      find_use(c.prepare("select 1 from access where mandate_use = :use")),
      find_series(c.prepare("select i.person from identifier i join person p on p.id = i.person "
                            "where i.full_index = :index and p.linked = 0 limit 1")),
      add_person(c.prepare("insert into person (link_number, linked, seq) "
                           "values (:link_number, :linked, 0) returning id")),
      add_identifier(c.prepare("insert into identifier (person, full_index, loose_index, "
                               "sealed) values (:person, :full, :loose, :sealed)")),
      add_card(c.prepare("insert into card_key (certificate_index, person, sealed) "
                         "values (:index, :person, :sealed)")),
      next_seq(c.prepare("update person set seq = seq + 1 where id = :person "
                         "returning seq, link_number")),
      add_access(c.prepare(
          "insert into access (position, entry, person, seq, month, sealed, request, content, "
          "mandate_use) values (:position, :entry, :person, :seq, :month, :sealed, :request, "
          ":content, :mandate_use)")),
      add_mandate(c.prepare("insert into mandate (hash, expires, sealed) values "
                            "(:hash, :expires, :sealed) on conflict do nothing")),
      drop_mandates(c.prepare("delete from mandate where expires < :time")),
      // What was answered once stays so, whatever a repeat brings.
      set_outcome(c.prepare("update access set outcome = :outcome where position = :position "
                            "and coalesce(outcome, '') <> 'answered'")),
      owner(c.prepare("select person, month, outcome from access where position = :position")),
      misses(c.prepare("select misses from miss where path = :path")),
      add_miss(c.prepare("insert into miss (path, day, misses) values (:path, :day, 1) "
                         "on conflict do update set misses = misses + 1 returning misses")),
      drop_misses(c.prepare("delete from miss where day < :day")),
      month(c.prepare("select wrapped from month_key where month = :month")),
      add_month(c.prepare("insert into month_key (month, wrapped) values (:month, :wrapped)")),
      any_person(c.prepare("select 1 from person limit 1")),
      key_check(c.prepare("select index_check, seal_check from key_check")),
      add_key_check(c.prepare("insert into key_check (index_check, seal_check) "
                              "values (:index_check, :seal_check)")) {}

}  // namespace mado::relay
