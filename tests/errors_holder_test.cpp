// What happens behind the relay: holders that are away, slow, broken or refusing, and what a
// gateway refuses to answer.
#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/file.hpp"
#include "crypto/digest.hpp"
#include "db/db.hpp"
#include "errors_fixture.hpp"
#include "http/test_net.hpp"
#include "pretenders.hpp"
#include "wire/answer.hpp"
#include "wire/policy.hpp"

namespace mado::tests {
namespace {

constexpr std::string_view rubbish = "<html>it works</html>";

RawReply send_body(RunningCountry& country, const std::string& body) {
    return country.send(country.office("clinic-1").tls, "POST", "/v1/requests", body);
}

std::string body_of(RunningCountry& country, const Person& person) {
    return wire::request_json(
        {.head = RunningCountry::sign(country.head("clinic-1"), country.office("clinic-1")),
         .subject = number_subject(person.health_care_number, person.birth_date)});
}

// --- orders that a dishonest relay could send to gateway-2 ---

struct Forgery {
    wire::Head head;
    wire::Order order;
    std::string number;
    Hash number_salt = crypto::random_hash();
    std::optional<Date> birth_date;
};

void sign_head(Forgery& forgery, const client::Identity& as) {
    forgery.order.head = RunningCountry::sign(forgery.head, as);
}

// Orders are kept as long as the policy's row says.
UnixTime keep_until_of(const wire::Order& order) {
    const auto policy = valid(wire::Policy::parse(*read_file("country/jp/policy.json")));
    return wire::keep_until(*policy.row(order.policy), order.time);
}

// A good order about Sato, as the relay would have made it.
Forgery good_order(RunningCountry& country) {
    auto head = country.head("clinic-1");
    const auto schemes = valid(wire::Schemes::parse(*read_file("country/jp/schemes.json")));
    const auto& scheme = *schemes.find("insured-number");
    const auto number = wire::read_number(
        scheme, {{"insurer", "06990014"}, {"symbol", "42"}, {"number", "77"}, {"branch", "00"}});
    if (!number) throw Failure("the number of Sato does not parse");
    const wire::Order order{.id = base64url(crypto::random_bytes(16)),
                            .time = unix_now(),
                            .relay = participant("relay"),
                            .holder = participant("06990014"),
                            .policy = code_id("eligibility.clinic.treatment.number"),
                            .presence = wire::Presence::number,
                            .keep_until = {},
                            .head = {},
                            .subject = crypto::random_hash(),
                            .number = {},
                            .person = crypto::random_hash()};
    Forgery out{.head = std::move(head),
                .order = order,
                .number = wire::number_for_holder(*number, scheme, order.holder),
                .birth_date = valid(parse_date(sato.birth_date))};
    out.order.keep_until = keep_until_of(out.order);
    out.order.number = wire::commit_number(out.number_salt, as_bytes(out.number));
    sign_head(out, country.office("clinic-1"));
    return out;
}

std::int64_t evidence_rows(const RunningCountry& country) {
    db::Connection store(country.path("state/gateways/gateway-2/evidence.sqlite"),
                         db::Access::read_only);
    auto count = store.prepare("select count(*) from evidence");
    if (!count.step()) throw Failure("the evidence cannot be counted");
    return count.integer(0);
}

// --- the access log, as its gateway sees it ---

// Alters the evidence of gateway-1 while it does not run.
void alter_evidence(RunningCountry& country, const std::string& sql) {
    country.kill9("gateway-1");
    db::Connection(country.path("state/gateways/gateway-1/evidence.sqlite"), db::Access::read_write)
        .run(sql);
    country.start("gateway-1");
}

// An answered order that stays beyond what the log publishes.
TEST_F(ErrorsTest, LogThatDoesNotReachAnAnsweredOrder) {
    const auto& origin = country().directory().logs.front().key.name();
    alter_evidence(country(),
                   "insert into evidence (entry, request, log_index, origin, time, keep_until, "
                   "holder, number, requester, service, outcome, receipt, settled) values "
                   "(zeroblob(32), zeroblob(32), 1000000, '" +
                       origin +
                       "', 1, 9000000000, '990010', 'x', 'clinic-1', 'eligibility', 'answered', "
                       "'{}', 0)");
    const auto claims = [] {
        return country().cli({"records", "claims", "--card", hanako.card, "--pin", "1234"});
    };
    auto said = claims();
    for (int i = 0; i < 100 && said.output.find("log_unwitnessed") == std::string::npos; ++i) {
        pause_ms(100);  // the first round of settling comes 2 s after the start
        said = claims();
    }
    EXPECT_NE(said.output.find("log_unwitnessed"), std::string::npos) << said.output;
    seen().insert(Code::log_unwitnessed);
    // Eligibility goes on.
    EXPECT_EQ(send_body(country(), body_of(country(), hanako)).status, 200);
    alter_evidence(country(), "delete from evidence where entry = zeroblob(32)");
}

// One address has all its places on the public port taken, and the gateways are at that address:
// they settle all the same.
TEST_F(ErrorsTest, PublicPortThatTakesNoMoreOfThisAddress) {
    const auto& log = country().directory().logs.front();
    const auto tls =
        http::TlsContext::client([&log](const Hash& peer) { return peer == log.certificate; });
    const http::Endpoint port{log.url.address.host, log.url.address.port};
    constexpr http::Milliseconds patience{20'000};
    http::asio::io_context io{1};
    std::vector<http::Connection> crowd;
    for (int i = 0; i < 64; ++i) {
        auto made = http::await(io, http::Connection::connect(port, &tls, patience));
        ASSERT_TRUE(made);
        crowd.push_back(std::move(*made));
        // It may stay for a minute now.
        const auto page = http::request("GET", "/checkpoint");
        ASSERT_TRUE(http::await(io, crowd.back().exchange(page, 64 * 1024, patience)));
    }
    EXPECT_EQ(country().send(port, tls, "GET", "/checkpoint", "").status, 0);
    country().kill9("gateway-1");
    country().start("gateway-1");
    const auto settled =
        "mado_gateway_settling_rounds_total{log=\"" + log.key.name() + "\",result=\"settled\"} ";
    const auto metrics = [] { return country().operator_page("gateway-1", "/metrics").body; };
    for (int i = 0; i < 100 && metrics().find(settled) == std::string::npos; ++i)
        pause_ms(100);  // the first round comes 2 s after the start
    EXPECT_NE(metrics().find(settled), std::string::npos) << metrics();
    EXPECT_EQ(country().send(port, tls, "GET", "/checkpoint", "").status, 0) << "still full";
}

TEST_F(ErrorsTest, LogThatContradictsItself) {
    const auto& origin = country().directory().logs.front().key.name();
    alter_evidence(country(), "insert into contradiction values ('" + origin + "', 1, '{}')");
    const auto reply = send_body(country(), body_of(country(), hanako));
    expect_problem(reply, Code::holder_refused, "log_contradicted");
    seen().insert(Code::log_contradicted);
    alter_evidence(country(), "delete from contradiction");
    EXPECT_EQ(send_body(country(), body_of(country(), hanako)).status, 200);
}

}  // namespace

// Who is not there cannot be asked: at once, and nothing is logged.
TEST_F(ErrorsTest, HolderAbsent) {
    country().kill9("gateway-2");
    const auto before = log_size();
    const auto start = monotonic_us();
    expect_problem(ask(country().head("clinic-1"), subject_of(sato)), Code::unavailable, "absent");
    EXPECT_LT(monotonic_us() - start, 500'000);
    EXPECT_EQ(log_size(), before);
    // The others answer as ever.
    EXPECT_EQ(ask(country().head("clinic-1"), subject_of(hanako)).status, 200);
    country().start("gateway-2");
}

// A gateway that hangs costs 1.5 seconds. The entry stands, and the same request brings its answer.
TEST_F(ErrorsTest, HolderSlow) {
    const auto body = body_of(country(), sato);
    country().send_signal("gateway-2", SIGSTOP);
    const auto before = log_size();
    const auto start = monotonic_us();
    const auto slow = send_body(country(), body);
    const auto waited_us = monotonic_us() - start;
    country().send_signal("gateway-2", SIGCONT);
    expect_problem(slow, Code::unavailable, "slow");
    EXPECT_GE(waited_us, 1'400'000);
    EXPECT_LE(waited_us, 2'000'000);
    EXPECT_EQ(log_size(), before + 1);
    // The relay has ended the connection that hung; the gateway may be dialling again just now.
    auto again = send_body(country(), body);
    for (int i = 0; i < 50 && again.status != 200; ++i) {
        expect_problem(again, Code::unavailable, "absent");
        pause_ms(100);
        again = send_body(country(), body);
    }
    ASSERT_EQ(again.status, 200) << again.body;
    const auto receipt = valid(wire::parse_reply(again.body)).receipt;
    EXPECT_EQ(receipt->index, static_cast<std::uint64_t>(before));
    const auto third = send_body(country(), body);
    ASSERT_EQ(third.status, 200) << third.body;
    EXPECT_EQ(valid(wire::parse_reply(third.body)).receipt->order, receipt->order);
    EXPECT_EQ(log_size(), before + 1);
}

// Whatever a holder's gateway says, the requester gets an answer or a problem, never rubbish.
TEST_F(ErrorsTest, HolderUnwell) {
    country().kill9("gateway-2");
    const std::vector<std::string> unwell{
        std::string(rubbish), "", R"({"outcome":"answered","answer":"a.b"})",
        R"({"outcome":"answered"})", R"({"outcome":"failed","unknown":1})"};
    const auto before = log_size();
    http::Response said;
    const PretendGateway gateway(country(), "gateway-2", {"06990014"},
                                 [&said](const std::string&) { return said; });
    // By card: what nobody answered counts as a miss of its number for a while.
    const auto hear = [] { return ask(country().head("clinic-1"), card_subject(sato)); };
    for (const auto& body : unwell) {
        said.body = body;
        expect_problem(hear(), Code::unavailable, "unwell");
    }
    said.body = R"({"outcome":"failed"})";
    expect_problem(hear(), Code::holder_failed);
    said.status = 500;
    expect_problem(hear(), Code::unavailable, "unwell");
    said.status = 200;
    said.body = R"({"outcome":"refused","reason":"order_stale"})";
    expect_problem(hear(), Code::holder_refused, "order_stale");
    said.body = R"({"outcome":"refused","reason":"/tmp/x"})";  // no code of ours: not passed on
    const auto refused = hear();
    expect_problem(refused, Code::holder_refused);
    EXPECT_EQ(refused.reason, "");
    const auto forwarded = static_cast<std::int64_t>(gateway.deliveries().size());
    EXPECT_EQ(forwarded, 9);
    EXPECT_EQ(log_size(), before + forwarded) << "what was forwarded stands in the log";
}

// After the pretender has gone the real gateway comes back.
TEST_F(ErrorsTest, HolderComesBack) {
    country().start("gateway-2");
    EXPECT_EQ(ask(country().head("clinic-1"), subject_of(sato)).status, 200);
}

// A gateway's own policy may be narrower than the country's.
TEST_F(ErrorsTest, HolderRefuses) {
    const auto path = country().places().config("gateway-2");
    const auto config = *read_file(path);
    auto narrower = config;
    const std::string row = "\"eligibility.clinic.treatment.number\",";
    ASSERT_NE(config.find(row), std::string::npos);
    narrower.erase(config.find(row), row.size());
    country().kill9("gateway-2");
    replace_file(path, as_bytes(narrower));
    country().start("gateway-2");
    expect_problem(ask(country().head("clinic-1"), subject_of(sato)), Code::holder_refused,
                   "not_allowed");
    EXPECT_EQ(ask(country().head("clinic-1"), card_subject(sato)).status, 200);
    country().kill9("gateway-2");
    replace_file(path, as_bytes(config));
    country().start("gateway-2");
}

TEST_F(ErrorsTest, HolderFails) {
    // Four people under one number, now by a card: the holder cannot tell them apart either.
    expect_problem(ask(country().head("clinic-1"), card_subject(twin)), Code::several_match);
    {
        db::Connection records(country().path("state/country/holders/06990014.sqlite"),
                               db::Access::read_write);
        records.run("alter table benefit rename to benefit_2");
        expect_problem(ask(country().head("clinic-1"), subject_of(sato)), Code::holder_failed);
        records.run("alter table benefit_2 rename to benefit");
    }
    EXPECT_EQ(ask(country().head("clinic-1"), subject_of(sato)).status, 200);
}

// An order is answered only with proof, signature, number, time and policy. Here a dishonest relay,
// which has all keys of a relay, talks to gateway-2.
class GatewayTest : public ErrorsTest {
  protected:
    static void SetUpTestSuite() {
        for (const auto* program : others)
            country().kill9(program);
        relay_ = std::make_unique<PretendRelay>(country());
    }
    static void TearDownTestSuite() {
        relay_.reset();
        for (const auto* program : others)
            country().start(program);
        country().start("gateway-2");  // runs; this waits until it has found the relay again
        EXPECT_EQ(ask(country().head("clinic-1"), subject_of(sato)).status, 200);
    }
    static PretendRelay& relay() { return *relay_; }

    static wire::Delivery delivery_of(const Forgery& forgery) {
        return {.receipt = relay().log_order(forgery.order),
                .number = forgery.number,
                .number_salt = forgery.number_salt,
                .birth_date = forgery.birth_date};
    }
    static wire::DeliveryReply deliver(const wire::Delivery& delivery) {
        const auto response = relay().deliver(wire::delivery_json(delivery));
        EXPECT_EQ(response.status, 200) << response.body;
        return valid(wire::parse_delivery_reply(response.body));
    }
    static void refuses(Code code, const wire::Delivery& delivery) {
        const auto rows = evidence_rows(country());
        const auto reply = deliver(delivery);
        EXPECT_EQ(reply.outcome, wire::Outcome::refused) << wire::info(code).name;
        EXPECT_EQ(reply.reason, wire::info(code).name);
        EXPECT_EQ(reply.answer, "");
        EXPECT_EQ(evidence_rows(country()), rows) << "it came as far as the records";
        seen().insert(code);
    }
    static void refuses(Code code, const std::function<void(Forgery&)>& alter) {
        auto forgery = good_order(country());
        alter(forgery);
        refuses(code, delivery_of(forgery));
    }
    static void refuses_receipt(const std::function<void(wire::Receipt&)>& alter) {
        auto delivery = delivery_of(good_order(country()));
        alter(delivery.receipt);
        refuses(Code::receipt_invalid, delivery);
    }

  private:
    static constexpr std::array others{"relay",     "gateway-1", "gateway-3", "gateway-4",
                                       "gateway-5", "gateway-6", "gateway-7", "gateway-8"};
    static inline std::unique_ptr<PretendRelay> relay_;
};

// What the other tests alter is good; a repeat is answered again and kept once.
TEST_F(GatewayTest, AnswersAGoodOrder) {
    const auto good = delivery_of(good_order(country()));
    const auto rows = evidence_rows(country());
    EXPECT_EQ(deliver(good).outcome, wire::Outcome::answered);
    EXPECT_EQ(evidence_rows(country()), rows + 1);
    EXPECT_EQ(deliver(good).outcome, wire::Outcome::answered);
    EXPECT_EQ(evidence_rows(country()), rows + 1);
}

TEST_F(GatewayTest, RefusesOtherForms) {
    const auto malformed = relay().deliver(std::string(rubbish));
    EXPECT_EQ(valid(wire::parse_delivery_reply(malformed.body)).reason, "malformed");
    EXPECT_EQ(relay().deliver(std::string(wire::delivery_bytes_max + 1, ' ')).status, 413);
}

TEST_F(GatewayTest, RefusesOrdersThatAreNotInTheLog) {
    const auto stranger = crypto::PrivateKey::generate(crypto::KeyType::ed25519);
    refuses_receipt([](wire::Receipt& r) { r.salt = crypto::random_hash(); });
    refuses_receipt([](wire::Receipt& r) { r.index -= 1; });
    refuses_receipt([](wire::Receipt& r) { r.proof.pop_back(); });
    refuses_receipt([](wire::Receipt& r) { r.order[10] ^= 1; });
    refuses_receipt([&](wire::Receipt& r) { r.checkpoint = relay().checkpoint(stranger); });
    refuses_receipt([](wire::Receipt& r) { r.checkpoint.replace(0, 3, "log2"); });
}

TEST_F(GatewayTest, RefusesRequestsThatNobodyMade) {
    refuses(Code::head_mismatch, [](Forgery& f) { sign_head(f, country().office("clinic-2")); });
    refuses(Code::head_mismatch, [](Forgery& f) {
        f.head.to = {.holder = participant("990010"), .kind = {}, .position = 1};
        sign_head(f, clinic());
    });
    refuses(Code::head_mismatch, [](Forgery& f) {
        f.head.audience = participant("portal");
        sign_head(f, clinic());
    });
    refuses(Code::head_mismatch, [](Forgery& f) { f.order.time = f.head.expires; });
}

TEST_F(GatewayTest, RefusesOtherHoldersNumbersAndPolicies) {
    refuses(Code::order_for_other, [](Forgery& f) {
        f.order.holder = participant("990010");
        f.number.replace(f.number.find("06990014"), 8, "990010");
        f.order.number = wire::commit_number(f.number_salt, as_bytes(f.number));
    });
    refuses(Code::number_mismatch, [](Forgery& f) { f.order.holder = participant("990010"); });
    refuses(Code::number_mismatch, [](Forgery& f) { f.birth_date.reset(); });
    refuses(Code::number_mismatch,
            [](Forgery& f) { f.number.replace(f.number.find("77"), 2, "78"); });
    refuses(Code::number_mismatch, [](Forgery& f) { f.order.number.reset(); });
    refuses(Code::not_allowed,
            [](Forgery& f) { f.order.policy = code_id("eligibility.care-provider.care.number"); });
    refuses(Code::not_allowed, [](Forgery& f) { f.order.presence = wire::Presence::card_pin; });
    refuses(Code::not_allowed, [](Forgery& f) { f.order.policy = code_id("none"); });
    refuses(Code::not_allowed, [](Forgery& f) { f.order.keep_until += 1; });
}

// Answered while its request lives; after that the same order is a replay.
TEST_F(GatewayTest, RefusesOrdersOfOtherTimes) {
    for (const std::int64_t distance : {-wire::clock_skew_s - 10, wire::clock_skew_s + 10}) {
        refuses(Code::order_stale, [distance](Forgery& f) {
            f.order.time += distance;
            f.order.keep_until = keep_until_of(f.order);
            f.head.issued_at = f.order.time;
            f.head.expires = f.head.issued_at + wire::ask_lifetime_s;
            sign_head(f, clinic());
        });
    }
    auto short_lived = good_order(country());
    short_lived.head.expires = unix_now() + 2;
    sign_head(short_lived, clinic());
    const auto delivery = delivery_of(short_lived);
    EXPECT_EQ(deliver(delivery).outcome, wire::Outcome::answered);
    pause_ms((short_lived.head.expires - unix_now()) * 1000);
    refuses(Code::order_replayed, delivery);
}

// A holder that no longer offers the service, in a directory that says so.
TEST_F(ErrorsTest, ServiceUnknown) {
    const auto& places = country().places();
    const auto honest = *read_file(places.directory());
    const auto jws = valid(crypto::parse_jws(honest, {.bytes_max = honest.size()}));
    auto body = valid(parse_json_object(as_text(jws.payload)));
    for (auto& value : body["participants"].as_array()) {
        if (value.at("id") == "06990014") value.as_object()["services"] = json::array{"claims"};
    }
    const auto authority = load_key(places.keys_of("authority") + "/directory.key");
    const auto replace = [&places](const std::string& with) {
        country().kill9("relay");
        replace_file(places.directory(), as_bytes(with));
        country().start("relay");
        for (const auto* gateway : {"gateway-1", "gateway-2", "gateway-3"})
            country().start(gateway);  // waits until it is connected again
    };
    replace(crypto::sign_jws(
        wire::directory_type,
        {.key_id = base64url(authority.public_key().thumbprint()), .certificate = {}},
        as_bytes(json::serialize(body)), authority));
    const auto before = log_size();
    expect_problem(ask(country().head("clinic-1"), subject_of(sato)), Code::service_unknown);
    EXPECT_EQ(log_size(), before);
    replace(honest);
}

// A store that somebody else has written to: the requester hears that it is our fault and no more,
// nothing is lost, and the relay says that it is not well.
TEST_F(ErrorsTest, BrokenStore) {
    const auto body = body_of(country(), hanako);
    db::Connection store(country().path("state/relay/relay.sqlite"), db::Access::read_write);
    store.run("insert into head (size, note) values (1000000, 'x')");
    const auto before = log_size();
    expect_problem(send_body(country(), body), Code::internal);
    EXPECT_EQ(country().operator_page("relay", "/readyz").status, 503);
    EXPECT_EQ(log_size(), before);
    store.run("delete from head where size = 1000000");
    const auto again = send_body(country(), body);
    ASSERT_EQ(again.status, 200) << again.body;
    EXPECT_EQ(valid(wire::parse_reply(again.body)).receipt->index,
              static_cast<std::uint64_t>(before));
    EXPECT_EQ(country().operator_page("relay", "/readyz").status, 200);
}

}  // namespace mado::tests
