// One request from its bytes to its answer, with a gateway on a loopback connection.
#include "exchange.hpp"

#include <gtest/gtest.h>

#include <boost/asio/detached.hpp>
#include <boost/json.hpp>

#include "crypto/jwe.hpp"
#include "http/test_net.hpp"
#include "itself.hpp"
#include "test_relay.hpp"
#include "wire/answer.hpp"

namespace mado::relay {
namespace {

namespace asio = http::asio;
using wire::participant_id;
using wire::service_id;

constexpr std::string_view policy_text = R"({"utc_offset_s":32400,"policies":[
 {"id":"check","service":"eligibility","requester_kind":"clinic","purpose":"treatment",
  "presence":"card-pin","mandate":"check","holder_kinds":["medical-insurer"],"legal_basis":"…",
  "keep_days":30,"tell_at_once":false,"from":"2020-01-01"},
 {"id":"number","service":"eligibility","requester_kind":"clinic","purpose":"treatment",
  "presence":"number","holder_kinds":["medical-insurer"],"legal_basis":"…","keep_days":30,
  "tell_at_once":true,"from":"2020-01-01"},
 {"id":"own","service":"entries","requester_kind":"portal","purpose":"own-view",
  "presence":"card-pin","mandate":"login","holder_kinds":["relay"],"legal_basis":"…",
  "keep_days":30,"tell_at_once":false,"from":"2020-01-01"},
 {"id":"own-bells","service":"bells","requester_kind":"portal","purpose":"own-view",
  "presence":"card-pin","mandate":"login","holder_kinds":["relay"],"legal_basis":"…",
  "keep_days":30,"tell_at_once":false,"from":"2020-01-01"}]})";

class ExchangeTest : public testing::Test {
  protected:
    ExchangeTest() {
        store.writer().commit_alone([this](db::Connection& connection, EntryRows& entries) {
            PersonRows(connection, store.vault()).add(hanako());
            entries.append_public(wire::filled(1), std::nullopt);
        });
        reader.emplace(store.database(), store.vault());
        exchange.emplace(io, shared, *reader);
    }
    ~ExchangeTest() override {
        holders.close();
        server.reset();
        if (dialled) dialled->close();
        io.restart();
        io.run_for(std::chrono::seconds(1));
        store.check();
        store.close();  // the writer's thread ends before the io_context that it wakes
    }

    ImportedPerson hanako() {
        const auto& scheme = *schemes.find("insured-number");
        Identifier insured{.number = {.scheme = "insured-number",
                                      .fields = {{"insurer", "06990014"},
                                                 {"symbol", "12"},
                                                 {"number", "1"},
                                                 {"branch", "00"}}},
                           .holder = participant_id("06990014"),
                           .current = true};
        return {.identifiers = {{number_indexes(store.vault(), insured.number, scheme), insured}},
                .cards = {{.certificate = card.certificate.thumbprint(),
                           .status = CardStatus::active,
                           .key = card.key.public_key(),
                           .not_after = RelayCountry::card_end},
                          {.certificate = lost_card.certificate.thumbprint(),
                           .status = CardStatus::revoked,
                           .key = lost_card.key.public_key(),
                           .not_after = RelayCountry::card_end}}};
    }

    // The same with other mandates, as after a restart.
    Shared with(Mandates& others) {
        return {shared.directory,
                shared.policy,
                shared.schemes,
                shared.vault,
                shared.log,
                shared.signing_key,
                shared.kid,
                shared.sealing_key,
                others,
                shared.writer,
                shared.log_contradicted,
                shared.holders,
                shared.requests,
                shared.latency_s};
    }

    // ---- the gateway ----
    void dial(http::Handler handler) {
        http::Route route{"POST", "/v1/holder", 100,
                          [this](http::Request) { return accept_gateway(); }};
        server.emplace(io, http::ServerOptions{}, std::vector<http::Route>{std::move(route)});
        auto made = http::await(io, http::Connection::connect({"127.0.0.1", server->port()},
                                                              nullptr, http::Milliseconds(2'000)));
        ASSERT_TRUE(made.has_value());
        dialled.emplace(std::move(*made));
        http::Request upgrade;
        upgrade.method = "POST";
        upgrade.path = "/v1/holder";
        upgrade.headers.push_back({"Upgrade", std::string(wire::upgrade_protocol)});
        asio::co_spawn(io,
                       dialled->upgrade_and_serve(std::move(upgrade), std::move(handler),
                                                  wire::delivery_bytes_max, [] {}),
                       asio::detached);
        for (int i = 0; i < 100 && holders.connections() == 0; ++i)
            http::await(io, http::pause(http::Milliseconds(5)));
        ASSERT_EQ(holders.connections(), 1U);
    }
    http::Task<http::Response> accept_gateway() {
        http::Response response;
        response.status = 101;
        response.headers.push_back({"Upgrade", std::string(wire::upgrade_protocol)});
        response.upgraded = [this](http::Connection connection) -> http::Task<void> {
            holders.add(io, wire::filled(7), {participant_id("06990014")}, std::move(connection));
            co_return;
        };
        co_return response;
    }
    // A gateway that always says the same, and remembers what it was sent.
    void dial_with(wire::DeliveryReply reply) { dial_with_body(wire::delivery_reply_json(reply)); }
    void dial_with_body(std::string body) {
        dial([this, body](http::Request request) -> http::Task<http::Response> {
            deliveries.push_back(wire::valid(wire::parse_delivery(request.body)));
            http::Response response;
            response.content_type = "application/json";
            response.body = body;
            co_return response;
        });
    }
    void dial_answering() {
        dial_with({.outcome = wire::Outcome::answered,
                   .answer = crypto::encrypt_jwe(as_bytes("x"), store.country.seal_to.public_key()),
                   .reason = {}});
    }

    // ---- the requester ----
    [[nodiscard]] wire::Head head() const {
        auto out = store.country.head();
        out.issued_at = unix_now();
        out.expires = out.issued_at + 60;
        return out;
    }
    [[nodiscard]] std::string body(const wire::Head& of, std::string_view subject,
                                   const crypto::PrivateKey& key) const {
        return wire::request_json(
            {.head = wire::sign_head(of, wire::kid_of(key), key), .subject = to_bytes(subject)});
    }
    [[nodiscard]] std::string body(const wire::Head& of, std::string_view subject) const {
        return body(of, subject, store.country.clinic);
    }
    http::Response send(std::string text, std::optional<Hash> certificate = wire::filled(4)) {
        http::Request request;
        request.method = "POST";
        request.path = "/v1/requests";
        request.body = std::move(text);
        request.request_id = "request-id";
        request.certificate = certificate;
        return http::await(io, exchange->run(std::move(request)));
    }
    // "ok", or the problem's code, with its reason.
    static std::string code_of(const http::Response& response) {
        if (response.status == 200) return "ok";
        const auto problem = boost::json::parse(response.body).as_object();
        EXPECT_EQ(problem.at("request_id").as_string(), "request-id");
        std::string code(problem.at("code").as_string());
        const auto* reason = problem.if_contains("reason");
        return reason == nullptr ? code : code + " " + std::string(reason->as_string());
    }
    std::string ask(const wire::Head& of, std::string_view subject) {
        return code_of(send(body(of, subject)));
    }
    static std::string number(std::string_view digits, std::string_view branch = "00") {
        return wire::number_subject("insured-number",
                                    {{"insurer", "06990014"},
                                     {"symbol", "12"},
                                     {"number", std::string(digits)},
                                     {"branch", std::string(branch)}},
                                    "1986-11-22");
    }
    wire::Mandate mandate_content(wire::MandateKind kind = wire::MandateKind::check) {
        const bool check = kind == wire::MandateKind::check;
        const auto organisation = participant_id(check ? "clinic-1" : "portal");
        const auto now = unix_now();
        return {.audience = participant_id("relay"),
                .organisation = organisation,
                .kind = kind,
                .scope = check ? std::vector{service_id("eligibility")}
                               : std::vector{service_id("entries"), service_id("bells")},
                .nonce = mandates.issue_nonce(organisation, now).value_or(""),
                .issued_at = now,
                .expires = now + 120,
                .stop = {}};
    }
    static std::string signed_by(const TestCard& by, const wire::Mandate& content) {
        return wire::mandate_subject(by.sign(content));
    }
    std::string mandate(wire::MandateKind kind = wire::MandateKind::check) {
        return signed_by(card, mandate_content(kind));
    }
    std::int64_t logged() { return store.count("select count(*) - 1 from access"); }

    struct OpenStore : TestStore {
        OpenStore() { open(); }
    };
    OpenStore store;
    const TestCard card = store.country.card();
    const TestCard lost_card = store.country.card();
    const wire::Policy policy = wire::valid(wire::Policy::parse(policy_text));
    const wire::Schemes schemes = wire::test_schemes();
    const std::string kid = wire::kid_of(store.country.relay);
    asio::io_context io{1};
    Mandates mandates;
    Holders holders;
    std::atomic<bool> contradicted = false;
    http::Metrics metrics;
    Shared shared{.directory = store.directory,
                  .policy = policy,
                  .schemes = schemes,
                  .vault = store.vault(),
                  .log = store.log(),
                  .signing_key = store.country.relay,
                  .kid = kid,
                  .sealing_key = store.country.seal_to,
                  .mandates = mandates,
                  .writer = store.writer(),
                  .log_contradicted = contradicted,
                  .holders = holders,
                  .requests = metrics.counters("requests", "…", {"service", "code"}),
                  .latency_s = metrics.histogram("latency", "…", {1})};
    std::optional<Reader> reader;
    std::optional<Exchange> exchange;
    std::optional<http::Server> server;
    std::optional<http::Connection> dialled;
    std::vector<wire::Delivery> deliveries;
};

TEST_F(ExchangeTest, AContradictedLogDoesNotGrow) {
    dial_answering();
    EXPECT_EQ(ask(head(), number("1")), "ok");
    contradicted = true;
    EXPECT_EQ(ask(head(), number("1")), "not_ready");
    EXPECT_EQ(logged(), 1);
}

TEST_F(ExchangeTest, StrangersAndRubbish) {
    const auto good = body(head(), number("1"));
    EXPECT_EQ(code_of(send(good, std::nullopt)), "not_in_directory");
    EXPECT_EQ(code_of(send("rubbish", wire::filled(99))), "not_in_directory");
    EXPECT_EQ(code_of(send(good, wire::filled(8))), "certificate_mismatch");
    for (const auto* text : {"", "{}", "[]", R"({"head":"a.b.c","subject":""})"}) {
        EXPECT_EQ(code_of(send(text)).find("malformed"), 0U) << text;
    }
    EXPECT_EQ(code_of(send(body(head(), number("1"), store.country.portal))), "head_signature");
    for (const auto* subject : {"", "{}", R"({"own":"1"})", R"({"number":{},"mandate":"x"})"}) {
        EXPECT_EQ(ask(head(), subject).find("malformed"), 0U) << subject;
    }
    EXPECT_EQ(ask(head(), R"({"mandate":"rubbish"})").find("malformed"), 0U);
    EXPECT_EQ(logged(), 0);
}

TEST_F(ExchangeTest, WhatNoPolicyAllowsIsDenied) {
    const auto denied = [this](auto change) {
        auto other = head();
        change(other);
        EXPECT_EQ(ask(other, number("1")), "not_allowed");
    };
    denied([](wire::Head& h) { h.purpose = wire::code_id("curiosity"); });
    denied([](wire::Head& h) {
        h.service = service_id("claims");
        h.parameters = {};
    });
    denied([](wire::Head& h) { h.card_seen = true; });
    denied([](wire::Head& h) { h.to.kind = wire::code_id("care-insurer"); });
    denied([](wire::Head& h) { h.to = {.holder = participant_id("992016"), .kind = {}}; });
    denied([](wire::Head& h) { h.to = {.holder = participant_id("relay"), .kind = {}}; });
    EXPECT_EQ(logged(), 0);
}

TEST_F(ExchangeTest, NothingIsLoggedBeforeItCanBeForwarded) {
    EXPECT_EQ(ask(head(), number("1")), "unavailable absent");
    const auto unknown = wire::number_subject(
        "health-care-number", {{"number", health_care_number("12345678901")}}, "1986-11-22");
    EXPECT_EQ(ask(head(), unknown), "no_match");
    const auto slip =
        wire::number_subject("health-care-number", {{"number", "123456789012"}}, "1986-11-22");
    EXPECT_EQ(ask(head(), slip), health_care_number("12345678901") == "123456789012"
                                     ? "no_match"
                                     : "number_malformed");
    auto nobody = head();
    nobody.to = {.holder = participant_id("nobody"), .kind = {}, .position = 1};
    EXPECT_EQ(ask(nobody, number("1")), "no_match");
    EXPECT_EQ(ask(nobody, mandate()), "no_link");
    auto second = head();
    second.to.position = 2;
    EXPECT_EQ(ask(second, number("1")), "no_match") << "by number every miss is the same";
    EXPECT_EQ(ask(second, mandate()), "no_link");
    EXPECT_EQ(logged(), 0);
}

TEST_F(ExchangeTest, AnsweredOnceAndTheSameAgain) {
    dial_answering();
    const auto request = body(head(), number("1"));
    const auto response = send(request);
    ASSERT_EQ(code_of(response), "ok");
    const auto reply = wire::valid(wire::parse_reply(response.body));
    ASSERT_TRUE(reply.receipt.has_value());
    const auto verified = wire::valid(wire::verify_receipt(*reply.receipt, store.directory));
    EXPECT_EQ(verified.order.policy.text(), "number");
    EXPECT_EQ(verified.order.subject,
              wire::commit_subject(*reply.subject_salt, as_bytes(number("1"))));
    EXPECT_EQ(verified.order.keep_until, verified.order.time + 30 * 86'400);

    ASSERT_EQ(deliveries.size(), 1U);
    const auto& delivery = deliveries.front();
    EXPECT_EQ(delivery.birth_date, parse_date("1986-11-22").value());
    EXPECT_EQ(delivery.number.find("06990014"), delivery.number.rfind("06990014"));
    EXPECT_EQ(verified.order.number,
              wire::commit_number(delivery.number_salt, as_bytes(delivery.number)));

    const auto again = wire::valid(wire::parse_reply(send(request).body));
    EXPECT_EQ(wire::receipt_json(*again.receipt), wire::receipt_json(*reply.receipt));
    EXPECT_EQ(logged(), 1);
    auto same_jti = head();
    same_jti.jti = wire::valid(wire::parse_head(verified.order.head)).head.jti;
    EXPECT_EQ(ask(same_jti, number("1", "")), "key_reused");
    EXPECT_EQ(logged(), 1);
}

TEST_F(ExchangeTest, MandateOfACard) {
    dial_answering();
    const auto subject = mandate();
    const auto first = body(head(), subject);
    EXPECT_EQ(code_of(send(first)), "ok");
    EXPECT_EQ(code_of(send(first)), "ok") << "a repeat";
    EXPECT_EQ(ask(head(), subject), "mandate_used");
    EXPECT_FALSE(deliveries.front().birth_date.has_value());
    EXPECT_EQ(logged(), 1);

    // After a restart the nonce is forgotten, the mandate is not.
    Mandates forgetful;
    Shared later = with(forgetful);
    exchange.emplace(io, later, *reader);
    EXPECT_EQ(code_of(send(first)), "ok");
    EXPECT_EQ(ask(head(), subject), "mandate_used");
    exchange.emplace(io, shared, *reader);
}

TEST_F(ExchangeTest, MandatesThatAreRefused) {
    dial_answering();
    EXPECT_EQ(ask(head(), mandate(wire::MandateKind::login)), "mandate_for_other");
    EXPECT_EQ(ask(head(), signed_by(lost_card, mandate_content())), "card_revoked");
    EXPECT_EQ(ask(head(), signed_by(store.country.card(), mandate_content())), "card_unknown");
    for (const auto* certificate : {&card.certificate, &lost_card.certificate}) {
        const TestCard forged{.certificate = *certificate};
        EXPECT_EQ(ask(head(), signed_by(forged, mandate_content())), "mandate_signature");
    }
    auto content = mandate_content();
    EXPECT_EQ(ask(head(), signed_by(card, content)), "ok");
    content.expires -= 1;  // other bytes with the nonce that is spent
    EXPECT_EQ(ask(head(), signed_by(card, content)), "mandate_nonce");
    content.nonce = "an invention";
    EXPECT_EQ(ask(head(), signed_by(card, content)), "mandate_nonce");
    EXPECT_EQ(logged(), 1);
}

TEST_F(ExchangeTest, ThirdMissClosesThePath) {
    dial_with({.outcome = wire::Outcome::no_match, .answer = {}, .reason = {}});
    const auto first = body(head(), number("1"));
    for (int i = 0; i < 4; ++i)
        EXPECT_EQ(code_of(send(first)), "no_match") << "a repeat is the same miss";
    EXPECT_EQ(ask(head(), number("1")), "no_match");
    EXPECT_EQ(ask(head(), number("1")), "no_match");
    EXPECT_EQ(ask(head(), number("1")), "path_closed");
    EXPECT_EQ(ask(head(), number("2")), "no_match") << "another number";
    EXPECT_EQ(logged(), 5);  // three orders, one refused entry, the other number's order
    const auto entries = reader->entries(1, 3, 10, 1000);
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_EQ(std::get<AccessRecord>(entries[0].record).kind, "refused");
}

TEST_F(ExchangeTest, OutcomesOfTheHolder) {
    dial_with({.outcome = wire::Outcome::refused, .answer = {}, .reason = "order_stale"});
    EXPECT_EQ(ask(head(), number("1")), "holder_refused order_stale");
    store.writer().stop();  // the outcome is written beside the answer
    EXPECT_EQ(reader->entries(1, 0, 1, 1000).at(0).outcome, "refused");
}

TEST_F(ExchangeTest, RefusalWithAReasonOfItsOwnInvention) {
    dial_with({.outcome = wire::Outcome::refused, .answer = {}, .reason = "hello <script>"});
    EXPECT_EQ(ask(head(), number("1")), "holder_refused");
}

TEST_F(ExchangeTest, FailedHolder) {
    dial_with({.outcome = wire::Outcome::failed, .answer = {}, .reason = {}});
    EXPECT_EQ(ask(head(), number("1")), "holder_failed");
}

TEST_F(ExchangeTest, SeveralPeople) {
    dial_with({.outcome = wire::Outcome::several_match, .answer = {}, .reason = {}});
    EXPECT_EQ(ask(head(), number("1")), "several_match");
}

TEST_F(ExchangeTest, RubbishOfTheHolder) {
    dial_with_body("rubbish");
    EXPECT_EQ(ask(head(), number("1")), "unavailable unwell");
    EXPECT_EQ(logged(), 1);
}

TEST_F(ExchangeTest, AnswerThatIsNotSealed) {
    dial_with_body(R"({"outcome":"answered","answer":"in clear"})");
    EXPECT_EQ(ask(head(), number("1")), "unavailable unwell");
}

TEST_F(ExchangeTest, SlowHolderCostsItsOwnRequestOnly) {
    dial([](http::Request) -> http::Task<http::Response> {
        co_await http::pause(http::Milliseconds(5'000));
        co_return http::Response{};
    });
    const auto start = monotonic_us();
    EXPECT_EQ(ask(head(), number("1")), "unavailable slow");
    EXPECT_LT(monotonic_us() - start, 2'000'000);
    EXPECT_EQ(logged(), 1) << "the entry stands";
}

TEST_F(ExchangeTest, OutcomeThatCannotBeCountedIsNotTold) {
    dial_with({.outcome = wire::Outcome::no_match, .answer = {}, .reason = {}});
    store.alter("create trigger planted before insert on miss begin select raise(abort, 'p'); end");
    EXPECT_EQ(ask(head(), number("1")), "overloaded");
    store.alter("drop trigger planted");
    EXPECT_EQ(ask(head(), number("1")), "no_match");
}

// ---- the person's own entries ----

class EntriesTest : public ExchangeTest {
  protected:
    [[nodiscard]] wire::Head question(std::map<std::string, std::string> parameters = {}) const {
        auto out = head();
        out.issuer = participant_id("portal");
        out.to = {.holder = participant_id("relay"), .kind = {}, .position = 1};
        out.service = service_id("entries");
        out.purpose = wire::code_id("own-view");
        out.parameters = std::move(parameters);
        return out;
    }
    http::Response ask_portal(const wire::Head& of, const std::string& subject) {
        return send(body(of, subject, store.country.portal), wire::filled(8));
    }
    boost::json::object open(const wire::Head& of, const std::string& subject) {
        const auto text = body(of, subject, store.country.portal);
        const auto response = send(text, wire::filled(8));
        EXPECT_EQ(code_of(response), "ok");
        const auto reply = wire::valid(wire::parse_reply(response.body));
        EXPECT_FALSE(reply.receipt.has_value());
        const auto request = wire::valid(wire::parse_request(text));
        const auto answer =
            wire::valid(wire::open_answer(reply.answer, store.country.seal_to,
                                          {.from = store.directory.relay(),
                                           .order = crypto::sha256(as_bytes(request.head)),
                                           .service = of.service,
                                           .now = unix_now()}));
        return boost::json::parse(answer.data).as_object();
    }
    const std::string login = mandate(wire::MandateKind::login);
};

TEST_F(EntriesTest, AreOpenedWithTheirProofs) {
    dial_answering();
    EXPECT_EQ(ask(head(), number("1")), "ok");
    EXPECT_EQ(ask(head(), mandate()), "ok");
    EXPECT_EQ(ask(head(), number("2")), "ok");  // somebody else's
    const auto before = logged();
    const auto page = open(question(), login);
    EXPECT_EQ(logged(), before) << "not logged itself";
    EXPECT_FALSE(page.at("more").as_bool());
    const auto note = std::string(page.at("checkpoint").as_string());
    const auto checkpoint = wire::valid(tlog::open_checkpoint(note, store.country.log));
    const auto link = wire::valid(parse_base64url(page.at("link_number").as_string()));
    ASSERT_EQ(page.at("entries").as_array().size(), 2U);
    std::uint64_t seq = 0;
    for (const auto& value : page.at("entries").as_array()) {
        const auto& entry = value.as_object();
        EXPECT_EQ(entry.at("seq").as_int64(), static_cast<std::int64_t>(++seq));
        const auto text = [&entry](std::string_view name) {
            return std::string_view(entry.at(name).as_string());
        };
        const auto hash = [&text](std::string_view name) {
            return wire::valid(parse_hash(text(name)));
        };
        std::vector<Hash> proof;
        for (const auto& part : entry.at("proof").as_array())
            proof.push_back(wire::valid(parse_hash(part.as_string())));
        const auto order = wire::valid(wire::parse_order(as_bytes(text("content"))));
        EXPECT_TRUE(tlog::verify_inclusion(
            tlog::leaf_hash(wire::order_entry(hash("salt"), as_bytes(text("content")))),
            static_cast<std::uint64_t>(entry.at("index").as_int64()), checkpoint.size, proof,
            checkpoint.root));
        EXPECT_EQ(order.person, wire::commit_person(hash("person_salt"), link, seq));
        EXPECT_EQ(order.subject,
                  wire::commit_subject(hash("subject_salt"),
                                       wire::valid(parse_base64url(text("subject")))));
        EXPECT_EQ(order.number, wire::commit_number(hash("number_salt"),
                                                    wire::valid(parse_base64url(text("number")))));
    }
}

TEST_F(EntriesTest, ComeInPages) {
    dial_answering();
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(ask(head(), number("1")), "ok");
    const auto first = open(question({{"limit", "2"}}), login);
    EXPECT_TRUE(first.at("more").as_bool());
    EXPECT_EQ(first.at("entries").as_array().size(), 2U);
    const auto rest = open(question({{"limit", "2"}, {"after", "2"}}), login);
    EXPECT_FALSE(rest.at("more").as_bool());
    ASSERT_EQ(rest.at("entries").as_array().size(), 1U);
    EXPECT_EQ(rest.at("entries").as_array()[0].as_object().at("seq").as_int64(), 3);
    EXPECT_TRUE(open(question({{"after", "3"}}), login).at("entries").as_array().empty());
}

TEST_F(EntriesTest, ErasedMonthKeepsItsProofs) {
    dial_answering();
    EXPECT_EQ(ask(head(), number("1")), "ok");
    const auto now = unix_now() + 70 * 86'400;  // the policies keep for 30 days
    store.upkeep(now);
    const auto page = open(question(), login);
    const auto& entry = page.at("entries").as_array().at(0).as_object();
    EXPECT_EQ(entry.at("erased").as_object().at("at").as_int64(), now);
    EXPECT_FALSE(entry.contains("content"));
    EXPECT_TRUE(entry.contains("proof"));
    EXPECT_EQ(page.at("last_seq").as_int64(), 1);
    EXPECT_EQ(store.count("select count(*) from access where sealed is not null"), 0);
    EXPECT_EQ(store.count("select count(*) from viewer"), 0);
}

TEST_F(EntriesTest, BellsRingOnceForWhatThePersonIsToldOf) {
    dial_answering();
    const auto request = body(head(), number("1"));
    EXPECT_EQ(code_of(send(request)), "ok");
    EXPECT_EQ(code_of(send(request)), "ok") << "a repeat";
    EXPECT_EQ(ask(head(), mandate()), "ok");    // by card: nothing that is told at once
    EXPECT_EQ(ask(head(), number("1")), "ok");  // by number: it is
    auto of = question();
    of.service = service_id("bells");
    const auto page = open(of, login);
    const auto& bells = page.at("bells").as_array();
    ASSERT_EQ(bells.size(), 2U);
    EXPECT_EQ(bells[0].as_object().at("seq").as_int64(), 1);
    EXPECT_TRUE(bells[0].as_object().at("first").as_bool());
    EXPECT_EQ(bells[1].as_object().at("seq").as_int64(), 3);
    EXPECT_FALSE(bells[1].as_object().at("first").as_bool());
    of.parameters = {{"after", std::to_string(bells[0].as_object().at("id").as_int64())},
                     {"limit", "1"}};
    EXPECT_EQ(open(of, login).at("bells").as_array().size(), 1U);
}

// What the log-in has shown once, it shows after a restart: its nonce was spent for good.
TEST_F(EntriesTest, ALogInOutlivesTheRelay) {
    dial_answering();
    EXPECT_EQ(ask(head(), number("1")), "ok");
    open(question(), login);
    Mandates forgetful;
    Shared later = with(forgetful);
    exchange.emplace(io, later, *reader);
    EXPECT_EQ(open(question(), login).at("entries").as_array().size(), 1U);
    exchange.emplace(io, shared, *reader);
}

TEST_F(EntriesTest, WrongQuestions) {
    for (const auto& parameters :
         std::vector<std::map<std::string, std::string>>{{{"limit", "0"}},
                                                         {{"limit", "201"}},
                                                         {{"limit", ""}},
                                                         {{"limit", "1x"}},
                                                         {{"after", "-1"}},
                                                         {{"after", "99999999999999999999"}}}) {
        EXPECT_EQ(code_of(ask_portal(question(parameters), login)), "malformed");
    }
    EXPECT_EQ(code_of(ask_portal(question(), number("1"))), "not_allowed");
    EXPECT_EQ(code_of(ask_portal(question(), mandate())), "mandate_for_other");
    auto other = question();
    other.service = service_id("mandates");
    EXPECT_EQ(code_of(ask_portal(other, login)), "not_allowed");
}

}  // namespace
}  // namespace mado::relay
