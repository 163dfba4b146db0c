#include "outgoing.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>

#include "crypto/aead.hpp"
#include "http/completion.hpp"
#include "http/spawn.hpp"
#include "wire/subject.hpp"

namespace mado::gateway {

namespace asio = http::asio;

namespace {

constexpr std::chrono::seconds pause{2};
constexpr std::size_t tells_max = 8;  // of each kind in one round: orders are answered in between
constexpr std::int64_t again_after_refusal_s = 86'400;

// Who waits for an answer keeps in front of what registers say, however much that is.
constexpr std::string_view lane_of_answers = "answers", lane_of_registers = "registers";

// Whoever is told will not take it as things are.
bool is_refusal(wire::Code code) {
    return code == wire::Code::answer_unknown || code == wire::Code::no_link ||
           code == wire::Code::several_match || code == wire::Code::not_allowed ||
           code == wire::Code::malformed;
}

// Of a register's word none is: a link may be on its way, a policy or a key be mended.
bool is_final(const Tell& tell, wire::Code code, UnixTime now) {
    if (!is_refusal(code)) return false;
    return tell.link_until == 0 || (code == wire::Code::no_link && tell.link_until < now);
}

Bytes bound_to(std::string_view name) {
    return to_bytes("tell\n" + std::string(name));
}

std::string tell_text(const Tell& tell) {
    json::object parameters;
    for (const auto& [name, value] : tell.parameters)
        parameters[name] = value;
    return json::serialize(json::object{{"holder", tell.holder},
                                        {"number", tell.number},
                                        {"to", tell.to},
                                        {"service", tell.service},
                                        {"purpose", tell.purpose},
                                        {"parameters", std::move(parameters)},
                                        {"payload", tell.payload},
                                        {"until", tell.until},
                                        {"link_until", tell.link_until}});
}

Tell read_tell(std::string_view text) {
    const auto row = must(parse_json_object(text), "a tell that waits");
    Members in(row);
    Tell out{.holder = in.text("holder"),
             .number = in.text("number", 1'024),
             .to = in.text("to"),
             .service = in.text("service"),
             .purpose = in.text("purpose"),
             .parameters = {},
             .payload = in.text("payload", wire::request_bytes_max),
             .until = in.integer("until"),
             .link_until = in.integer("link_until")};
    for (const auto& member : in.object("parameters")) {
        if (!member.value().is_string()) throw Failure("a tell that waits does not have its form");
        out.parameters.emplace(member.key(), member.value().as_string());
    }
    if (!in.finish()) throw Failure("a tell that waits does not have its members");
    return out;
}

}  // namespace

// ---- the store ----

TellWriter::TellWriter(db::Connection& connection, const Secret& key)
    : connection_(connection), key_(key), outbox_(connection, key) {}

void TellWriter::put(std::string_view name, const Tell& tell, const client::Prepared& request,
                     UnixTime now) {
    auto text = tell_text(tell);
    connection_
        .prepare("insert into tell (name, sealed) values (:name, :sealed) on conflict do nothing")
        .bind("name", name)
        .bind("sealed", crypto::aead_seal(key_.view(), as_bytes(text), bound_to(name)))
        .execute();
    wipe(text);
    if (connection_.changes() != 1) return;
    const auto lane = tell.link_until == 0 ? lane_of_answers : lane_of_registers;
    outbox_.put(name, request, now, {.lane = std::string(lane)});
}

void TellWriter::remove(std::string_view name) {
    outbox_.remove(name);
    connection_.prepare("delete from tell where name = :name").bind("name", name).execute();
}

Tells::Tells(const std::string& path, Evidence& evidence, const Secret& key)
    : evidence_(evidence),
      key_(key),
      read_(path, db::Access::read_only),
      find_(read_.prepare("select sealed from tell where name = :name")),
      waiting_(read_, key) {}

std::vector<std::string> Tells::to_send(UnixTime now, std::size_t count) {
    std::vector<std::string> out;
    for (const auto left_out : {lane_of_registers, lane_of_answers}) {
        for (auto& one : waiting_.due(now, count, {.full = {std::string(left_out)}}))
            out.push_back(std::move(one.name));
    }
    return out;
}

std::optional<Tell> Tells::find(std::string_view name) {
    const db::ResetAtEnd reset(find_);
    find_.bind("name", name);
    if (!find_.step()) return std::nullopt;
    auto text = crypto::aead_open(key_.view(), find_.blob(0), bound_to(name));
    if (!text) throw Failure("a tell that waits does not open: another key, or altered");
    auto out = read_tell(as_text(*text));
    wipe(*text);
    return out;
}

std::optional<client::Prepared> Tells::request(std::string_view name) {
    return waiting_.find(name);
}

// Statements of one's own for each: it is rare, and nothing of a batch that failed is left behind.
Task<bool> Tells::write(Work work) {
    auto& evidence = evidence_;
    const auto& key = key_;
    auto shared = std::make_shared<Work>(std::move(work));
    co_return co_await http::completed<bool>([&evidence, &key, shared](http::Done<bool> done) {
        evidence.with_connection(
            [&key, shared](db::Connection& connection) {
                TellWriter tells(connection, key);
                (*shared)(connection, tells);
            },
            done);
    });
}

// ---- sending ----

void Telling::start(std::vector<Look> looks) {
    http::spawn(io_, run(stopping_, *this, std::move(looks)));
}

Task<void> Telling::run(std::shared_ptr<bool> stopping, Telling& self, std::vector<Look> looks) {
    asio::steady_timer timer(self.io_);
    looks.emplace_back([&self](UnixTime now) { return self.round(now); });
    while (!*stopping) {
        for (const auto& look : looks) {
            if (*stopping) break;
            try {
                co_await look(unix_now());
            } catch (const Failure& failure) {
                self.parts_.log.error("telling_failed",
                                      {{"why", std::string_view(failure.what())}});
            }
        }
        if (*stopping) break;
        timer.expires_after(pause);
        boost::system::error_code ignored;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

Task<void> Telling::round(UnixTime now) {
    const auto stopping = stopping_;
    for (auto& name : parts_.tells.to_send(now, tells_max)) {
        if (*stopping) co_return;
        bool failed = false;
        try {
            co_await send(name, now);
        } catch (const Failure& failure) {
            failed = true;
            parts_.log.error("telling_failed", {{"tell", std::string_view(name)},
                                                {"why", std::string_view(failure.what())}});
        }
        // It keeps no other waiting.
        if (failed) {
            co_await parts_.tells.write([name, now](db::Connection&, TellWriter& waiting) {
                waiting.outbox().try_later(name, now);
            });
        }
    }
}

client::Prepared Telling::prepare(const Tell& tell) const {
    const auto holder = parts_.holders.find(tell.holder);
    const auto identity = parts_.identities.find(tell.holder);
    if (holder == parts_.holders.end() || identity == parts_.identities.end()) {
        throw Failure("who tells is not behind this gateway");
    }
    const auto& records = holder->second.records;
    const auto own =
        wire::read_number_for_holder(tell.number, records.scheme(), records.holder().id);
    if (!own) throw Failure("a tell has no number of its holder's");
    const auto* to = parts_.directory.find(tell.to);
    if (to == nullptr) throw Failure("who is to be told is not in the directory");
    client::Ask ask{.to = {.holder = to->id, .kind = {}, .position = 1},
                    .service = must(wire::ServiceId::parse(tell.service), "a service"),
                    .purpose = must(wire::CodeId::parse(tell.purpose), "a purpose"),
                    .parameters = tell.parameters,
                    .subject = to_bytes(wire::own_subject(*own))};
    if (!tell.payload.empty()) {
        auto payload = client::seal_payload(*to, tell.payload);
        if (!payload) throw Failure("the directory has no sealing key of whoever is to be told");
        ask.payload = std::move(*payload);
    }
    return client::Asker(parts_.directory, identity->second).prepare(ask);
}

Task<void> Telling::give_up(std::string name) {
    co_await parts_.tells.write(
        [name = std::move(name)](db::Connection&, TellWriter& tells) { tells.remove(name); });
}

Task<void> Telling::send(std::string name, UnixTime now) {
    auto& tells = parts_.tells;
    const auto tell = tells.find(name);
    auto request = tells.request(name);
    if (!request) co_return;
    // Its holder is not behind this gateway any more, or it is too old.
    if (!tell || !parts_.identities.contains(tell->holder) || tell->until < now) {
        co_await give_up(std::move(name));
        co_return;
    }
    if (request->expires <= now) {
        auto another = std::make_shared<client::Prepared>(prepare(*tell));
        co_await tells.write([name, another](db::Connection&, TellWriter& waiting) {
            waiting.outbox().renew(name, *another);
        });
        co_return;
    }
    const auto& identity = parts_.identities.find(tell->holder)->second;
    const auto told = co_await parts_.send(identity, std::move(*request));
    const std::string result(told ? "told" : wire::info(told.error().code).name);
    parts_.results.with({tell->service, result}).add();
    if (!told) co_return co_await not_yet(std::move(name), *tell, told.error().code, now);
    co_await give_up(std::move(name));
}

// Nobody answered, or whoever did refuses: later, or never.
Task<void> Telling::not_yet(std::string name, const Tell& tell, wire::Code code, UnixTime now) {
    const bool is_over = is_final(tell, code, now);
    // Who has no card is nothing that anybody could mend.
    if (is_over || (is_refusal(code) && code != wire::Code::no_link)) {
        parts_.log.warning("not_told", {{"holder", std::string_view(tell.holder)},
                                        {"service", std::string_view(tell.service)},
                                        {"code", wire::info(code).name}});
    }
    if (is_over) co_return co_await give_up(std::move(name));
    co_await parts_.tells.write(
        [name = std::move(name), code, now](db::Connection&, TellWriter& waiting) {
            if (is_refusal(code)) {
                waiting.outbox().try_at(name, now + again_after_refusal_s);
            } else {
                waiting.outbox().try_later(name, now);
            }
        });
}

}  // namespace mado::gateway
