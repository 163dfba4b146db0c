#include "test_worker.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>
#include <optional>

#include "base/file.hpp"
#include "crypto/jwe.hpp"
#include "http/spawn.hpp"
#include "numbers.hpp"
#include "wire/head.hpp"

namespace mado::issuer {

struct World::Kept {
    client::Ask ask;
    json::object payload;
    std::optional<client::Result<client::Answered>> result;
};

namespace {

std::string act_of(const client::Ask& ask) {
    const auto act = ask.parameters.find("act");
    return act == ask.parameters.end() ? "" : act->second;
}

client::Result<client::Answered> unavailable() {
    return std::unexpected(client::Problem{wire::Code::unavailable, "slow", {}, {}});
}

client::Result<client::Answered> answered(json::object data) {
    client::Answered out{.answer = {.issuer = *wire::ParticipantId::parse("somebody"),
                                    .service = *wire::ServiceId::parse("service"),
                                    .data = std::move(data),
                                    .signed_form = test_confirmation()},
                         .receipt = wire::Receipt{},
                         .order = {}};
    out.receipt->index = 7;
    return out;
}

}  // namespace

World::World(std::uint32_t seed) : random_(seed) {}
World::~World() = default;

Sender World::sender() {
    return {.prepare = [this](const client::Ask& ask) { return prepare(ask); },
            .send = [this](client::Prepared request) { return send(std::move(request)); }};
}

client::Prepared World::prepare(const client::Ask& ask) {
    const auto body = std::to_string(kept_.size());
    const auto jti = "jti-" + body;
    if (ask.keep_operator) operators.emplace(jti, ask.keep_operator(jti));
    json::object payload;
    if (!ask.payload.empty()) {
        const auto opened = crypto::decrypt_jwe(ask.payload, test_sealing_key());
        EXPECT_TRUE(opened);
        payload = *parse_json_object(as_text(*opened));
    }
    kept_.emplace(body, Kept{ask, payload, {}});
    return {.body = body,
            .seal_to = crypto::PrivateKey::generate(crypto::KeyType::p256),
            .expires = unix_now() + wire::tell_lifetime_s};
}

client::Task<client::Result<client::Answered>> World::send(client::Prepared request) {
    const bool lost = percent() < lost_percent;
    if (lost && percent() < 50) co_return unavailable();
    auto& kept = kept_.at(request.body);
    if (kept.ask.to.holder && silent.contains(kept.ask.to.holder->text())) {
        auto& count = waiting[kept.ask.to.holder->text()];
        ++count;
        http::asio::steady_timer timer(co_await http::asio::this_coro::executor, given_up_after);
        co_await timer.async_wait(http::asio::use_awaitable);
        --count;
        co_return unavailable();
    }
    if (kept.ask.service.text() == "existence" && is_silent(kept)) co_return unavailable();
    const bool is_activation = kept.ask.service.text() == "card" && act_of(kept.ask) == "activate";
    if (is_activation && activating == Activating::on_its_way) co_return unavailable();
    auto result = kept.result ? *kept.result : execute(kept);
    if (result) kept.result = result;  // what is refused leaves nothing
    if (lost || (is_activation && activating == Activating::unheard)) co_return unavailable();
    co_return result;
}

bool World::is_silent(const Kept& kept) const {
    const auto subject = as_text(kept.ask.subject);
    return std::ranges::any_of(verdicts, [&](const auto& one) {
        return one.second == "silent" && subject.contains(one.first);
    });
}

client::Result<client::Answered> World::card(const Kept& kept, const std::string& act) {
    const auto refuse = [](wire::Code code) {
        return std::unexpected(client::Problem{code, {}, {}, {}});
    };
    if (act == "activate" && activating == Activating::refused) {
        return refuse(wire::Code::card_revoked);
    }
    for (const auto& value : kept.payload.at("certificates").as_array()) {
        const std::string text(value.get_string());
        const auto name = act == "activate" ? base64url(read_certificate(text).thumbprint()) : text;
        if (act != "activate" && !at_relay.contains(name)) {
            return refuse(wire::Code::card_unknown);
        }
        at_relay[name] = act;
    }
    return answered({});
}

client::Result<client::Answered> World::execute(const Kept& kept) {
    const auto& service = kept.ask.service.text();
    const auto act = act_of(kept.ask);
    const auto subject = std::string(as_text(kept.ask.subject));
    ++done[service + "/" + act + "/" + subject];
    if (service == "card") return card(kept, act);
    if (service == "existence") return existence(kept, subject);
    if (service == "certificate") return certificate(kept, subject, act);
    if (service == "certificates") return certificates(subject);
    return answered({});
}

client::Result<client::Answered> World::existence(const Kept& kept, const std::string& subject) {
    const auto named = kept.ask.parameters.find("decision");
    decisions[subject] = named == kept.ask.parameters.end() ? "" : named->second;
    EXPECT_EQ(decisions[subject].empty(), kept.payload.at("decided").as_int64() == 0);
    if (forgotten.contains(decisions[subject])) {
        return std::unexpected(client::Problem{wire::Code::mandate_unknown, {}, {}, {}});
    }
    for (const auto& [number, verdict] : verdicts) {
        if (!subject.contains(number)) continue;
        if (verdict == "no_match") {
            return std::unexpected(client::Problem{wire::Code::no_match, {}, {}, {}});
        }
        if (verdict == "until_decided") {
            return answered(
                {{"verdict", decisions[subject].empty() ? "variant" : "same"}, {"current", true}});
        }
        if (verdict == "gone") return answered({{"verdict", "same"}, {"current", false}});
        return answered({{"verdict", verdict}, {"current", true}});
    }
    return answered({{"verdict", "same"}, {"current", true}});
}

client::Result<client::Answered> World::certificate(const Kept& kept, const std::string& subject,
                                                    const std::string& act) {
    const auto spki = parse_base64url(std::string(kept.payload.at("public_key").as_string()));
    published[subject + act] = test_certificate(*crypto::PublicKey::from_spki(*spki));
    decided_from_ = std::chrono::steady_clock::now() + decides_in;
    return answered({});
}

client::Result<client::Answered> World::certificates(const std::string& subject) {
    json::array rows, orders;
    const bool decided = std::chrono::steady_clock::now() >= decided_from_;
    for (const auto use : uses) {
        const auto act = "issue-" + std::string(to_text(use));
        const auto found = published.find(subject + act);
        if (found == published.end()) continue;
        if (!decided) orders.push_back(json::object{{"act", act}, {"outcome", "waiting"}});
        if (!decided) continue;
        rows.push_back(json::object{
            {"use", to_text(use)}, {"status", "good"}, {"certificate", found->second}});
    }
    return answered({{"certificates", std::move(rows)}, {"orders", std::move(orders)}});
}

int World::percent() {
    return static_cast<int>(random_() % 100);
}

WorkerTest::WorkerTest() {
    replace_file(folder.path("store.key"), Bytes(32, 7), 0600);
}

void WorkerTest::live(World& world, int steps_max) {
    http::asio::io_context io{1};
    Store store(folder.path("issuer.sqlite"), folder.path(""), schemes);
    Worker worker(io, store, parties, policy, world.sender(), log);
    http::spawn(io, worker.run());
    for (int i = 0; i < steps_max && !is_idle(store, worker); ++i)
        io.run_one_for(std::chrono::milliseconds(5));
    worker.stop();
    io.run_for(std::chrono::milliseconds(1));
}

bool WorkerTest::is_idle(Store& store, const Worker& worker) {
    if (worker.busy() > 0) return false;
    for (const auto id : store.open_cases(0, 1'000)) {
        for (const auto& what : todo(store.find(id).one)) {
            if (what.order && what.refused.empty()) return false;
        }
    }
    return true;
}

CaseId WorkerTest::apply(char person) {
    Store store(folder.path("issuer.sqlite"), folder.path(""), schemes);
    const auto id = store.open({.numbers = draw_numbers(schemes)}, {});
    auto application = test_application(schemes);
    application.claims[0].number.fields[1].second.back() = person;
    EXPECT_TRUE(store.add(id, application, {}));
    return id;
}

void WorkerTest::happen(CaseId id, const Happening& what) {
    Store store(folder.path("issuer.sqlite"), folder.path(""), schemes);
    const auto next = store.add(id, what, {.at = unix_now(), .clerk = "sato"});
    EXPECT_TRUE(next) << to_text(next.error()) << " " << what.index() << " "
                      << to_text(find(id).kind);
}

Case WorkerTest::find(CaseId id) {
    Store store(folder.path("issuer.sqlite"), folder.path(""), schemes);
    return store.find(id).one;
}

CaseId WorkerTest::card_in_hand(World& world) {
    const auto id = apply();
    live(world, 1'000);
    happen(id, keys());
    live(world, 1'000);
    happen(id, Written{});
    happen(id, HandedOver{});
    live(world, 1'000);
    EXPECT_TRUE(has_ended(find(id)));
    return id;
}

CaseId WorkerTest::card_handed_over(World& world, int steps_max) {
    const auto id = apply();
    live(world, 1'000);
    happen(id, keys());
    live(world, 1'000);
    happen(id, Written{});
    happen(id, HandedOver{});
    live(world, steps_max);
    EXPECT_FALSE(find(id).has_done(activate_order));
    return id;
}

std::expected<CaseId, Misfit> WorkerTest::open(CaseId of_person, const Asked& asked) {
    Store store(folder.path("issuer.sqlite"), folder.path(""), schemes);
    return store.open(of_person, asked, {.at = unix_now(), .clerk = "sato"});
}

void WorkerTest::approve(CaseId id, UnixTime at) {
    Store store(folder.path("issuer.sqlite"), folder.path(""), schemes);
    EXPECT_TRUE(store.add(id, Approved{}, {.at = at, .clerk = "suzuki"}));
}

KnownPerson WorkerTest::person(CaseId id) {
    Store store(folder.path("issuer.sqlite"), folder.path(""), schemes);
    std::vector<Case> cases;
    for (const auto one : store.of_person(id))
        cases.push_back(store.find(one).one);
    return person_of(cases).value();
}

std::vector<Standing> WorkerTest::standings(CaseId id) {
    std::vector<Standing> out;
    for (const auto& card : person(id).issued)
        out.push_back(card.standing);
    return out;
}

std::string WorkerTest::named(const World& world, std::string_view number) {
    for (const auto& [subject, decision] : world.decisions) {
        if (subject.contains(number)) return decision;
    }
    return "nobody was asked";
}

int WorkerTest::times(const World& world, std::string_view what) {
    int out = 0;
    for (const auto& [name, count] : world.done)
        out += name.starts_with(what) ? count : 0;
    return out;
}

KeysMade WorkerTest::keys() {
    const auto key = [] {
        const auto made = crypto::PrivateKey::generate(crypto::KeyType::p256);
        return base64url(made.public_key().spki());
    };
    return {{{Use::authentication, key()}, {Use::signing, key()}}};
}

}  // namespace mado::issuer
