// A gateway with one holder that tells by itself. Whoever is told is a function that takes what is
// sent, or does not.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "outgoing.hpp"
#include "test_answering.hpp"

namespace mado::gateway {

class OutgoingTest : public AnsweringTest {
  protected:
    explicit OutgoingTest(const std::function<void(TestRegister&)>& change);
    // As after a restart: what was kept is all that is known.
    void start_telling();
    Task<client::Result<client::Answered>> reply();
    // Whatever has something to tell looks first, as in Telling::start().
    template <class Looking>
    void round_of(Looking& looking, std::int64_t later_s) {
        http::await(io, [](Looking& of, Telling& sending, UnixTime now) -> Task<bool> {
            co_await of.round(now);
            co_await sending.round(now);
            co_return true;
        }(looking, *telling, unix_now() + later_s));
    }
    // How many rows of the gateway's store.
    [[nodiscard]] std::int64_t stored(const std::string& of) const {
        db::Connection connection(evidence_path, db::Access::read_only);
        auto row = connection.prepare("select count(*) from " + of);
        return row.step() ? row.integer(0) : -1;
    }
    void alter(std::string_view sql) const {
        db::Connection(evidence_path, db::Access::read_write).run(sql);
    }

    http::CounterFamily& results = metrics.counters("tells", "…", {"service", "result"});
    const Secret key{crypto::random_bytes(32)};
    std::map<std::string, client::Identity, std::less<>> identities;
    std::optional<Tells> tells;
    std::optional<Telling> telling;
    std::vector<std::string> sent;
    std::optional<wire::Code> says;  // none: it takes it
};

}  // namespace mado::gateway
