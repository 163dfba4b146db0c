// What the tests of requests share: the relay's objects over a store of their own, a gateway on a
// loopback connection, a card and a portal.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/detached.hpp>
#include <boost/json/fwd.hpp>

#include "crypto/jwe.hpp"
#include "exchange.hpp"
#include "http/test_net.hpp"
#include "itself.hpp"
#include "test_relay.hpp"
#include "wire/answer.hpp"
#include "wire/subject.hpp"

namespace mado::relay {

namespace asio = http::asio;
using wire::participant_id;
using wire::service_id;

constexpr std::string_view exchange_policies = R"({"utc_offset_s":32400,"policies":[
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
  "keep_days":30,"tell_at_once":false,"from":"2020-01-01"},
 {"id":"own-numbers","service":"numbers","requester_kind":"portal","purpose":"own-view",
  "presence":"card-pin","mandate":"login","holder_kinds":["relay"],"legal_basis":"…",
  "keep_days":30,"tell_at_once":false,"from":"2020-01-01"},
 {"id":"own-cards","service":"cards","requester_kind":"portal","purpose":"own-view",
  "presence":"card-pin","mandate":"login","holder_kinds":["relay"],"legal_basis":"…",
  "keep_days":30,"tell_at_once":false,"from":"2020-01-01"},
 {"id":"own-standing","service":"standing","requester_kind":"portal","purpose":"own-view",
  "presence":"card-pin","mandate":"login","holder_kinds":["relay"],"legal_basis":"…",
  "keep_days":30,"tell_at_once":false,"from":"2020-01-01"},
 {"id":"ask","service":"question","requester_kind":"portal","purpose":"own-view",
  "presence":"card-pin","mandate":"login","holder_kinds":["relay"],"legal_basis":"…",
  "keep_days":30,"tell_at_once":false,"from":"2020-01-01"},
 {"id":"asked","service":"questions","requester_kind":"portal","purpose":"own-view",
  "presence":"card-pin","mandate":"login","holder_kinds":["relay"],"legal_basis":"…",
  "keep_days":30,"tell_at_once":false,"from":"2020-01-01"},
 {"id":"to-us","service":"questions","requester_kind":"clinic","purpose":"account",
  "presence":"none","holder_kinds":["relay"],"legal_basis":"…",
  "keep_days":30,"tell_at_once":false,"from":"2020-01-01"},
 {"id":"answers","service":"question-answer","requester_kind":"clinic","purpose":"account",
  "presence":"none","holder_kinds":["relay"],"legal_basis":"…",
  "keep_days":30,"tell_at_once":false,"from":"2020-01-01"},
 {"id":"consented","service":"eligibility","requester_kind":"clinic","purpose":"consented",
  "presence":"card-pin","mandate":"consent","holder_kinds":["medical-insurer"],"legal_basis":"…",
  "keep_days":30,"tell_at_once":false,"from":"2020-01-01"},
 {"id":"for-another","service":"bells","requester_kind":"portal","purpose":"acting-for",
  "presence":"card-pin","mandate":"delegate","holder_kinds":["relay"],"legal_basis":"…",
  "keep_days":30,"tell_at_once":false,"from":"2020-01-01"},
 {"id":"eligibility-for-another","service":"eligibility","requester_kind":"portal",
  "purpose":"acting-for","presence":"card-pin","mandate":"delegate",
  "holder_kinds":["medical-insurer"],"legal_basis":"…","keep_days":30,"tell_at_once":false,
  "from":"2020-01-01"},
 {"id":"applied","service":"question","requester_kind":"portal","purpose":"application",
  "presence":"card-pin","mandate":"application","holder_kinds":["relay"],"legal_basis":"…",
  "keep_days":30,"tell_at_once":false,"from":"2020-01-01"},
 {"id":"signed","service":"signature","requester_kind":"portal","purpose":"application",
  "presence":"card-pin","mandate":"application","holder_kinds":["relay"],"legal_basis":"…",
  "keep_days":30,"tell_at_once":false,"from":"2020-01-01"},
 {"id":"decided","service":"decision","requester_kind":"portal","purpose":"application",
  "presence":"card-pin","mandate":"application","holder_kinds":["relay"],"legal_basis":"…",
  "keep_days":30,"tell_at_once":false,"from":"2020-01-01"},
 {"id":"existence","service":"existence","requester_kind":"portal","purpose":"issuing",
  "presence":"number","holder_kinds":["medical-insurer"],"legal_basis":"…","keep_days":30,
  "tell_at_once":false,"from":"2020-01-01"},
 {"id":"existence-clinic","service":"existence","requester_kind":"clinic","purpose":"issuing",
  "presence":"number","holder_kinds":["medical-insurer"],"legal_basis":"…","keep_days":30,
  "tell_at_once":false,"from":"2020-01-01"},
 {"id":"applied-to-holders","service":"health-care-number","requester_kind":"portal",
  "purpose":"application","presence":"card-pin","mandate":"application",
  "holder_kinds":["medical-insurer"],"legal_basis":"…","keep_days":30,"tell_at_once":false,
  "from":"2020-01-01"},
 {"id":"newborn","service":"health-care-number","requester_kind":"portal","purpose":"birth",
  "presence":"card-pin","mandate":"application","holder_kinds":["medical-insurer"],
  "legal_basis":"…","keep_days":30,"tell_at_once":false,"unlinked":true,"from":"2020-01-01"},
 {"id":"told","service":"health-care-number","requester_kind":"clinic","purpose":"issuing",
  "presence":"none","holder_kinds":["medical-insurer"],"legal_basis":"…","keep_days":30,
  "tell_at_once":false,"from":"2020-01-01"},
 {"id":"link","service":"link","requester_kind":"issuer","purpose":"issuing","presence":"none",
  "holder_kinds":["relay"],"legal_basis":"…","keep_days":30,"tell_at_once":true,
  "from":"2020-01-01"},
 {"id":"certificate","service":"certificate","requester_kind":"issuer","purpose":"issuing",
  "presence":"none","holder_kinds":["medical-insurer"],"legal_basis":"law","keep_days":400,
  "tell_at_once":true,"from":"2024-12-02"},
 {"id":"card","service":"card","requester_kind":"issuer","purpose":"issuing","presence":"none",
  "holder_kinds":["relay"],"legal_basis":"…","keep_days":30,"tell_at_once":true,
  "from":"2020-01-01"},
 {"id":"standing-of-cards","service":"card-standing","requester_kind":"issuer",
  "purpose":"issuing","presence":"none","holder_kinds":["relay"],"legal_basis":"…",
  "keep_days":30,"tell_at_once":false,"from":"2020-01-01"},
 {"id":"membership","service":"link","requester_kind":"medical-insurer","purpose":"membership",
  "presence":"none","holder_kinds":["relay"],"legal_basis":"…","keep_days":30,
  "tell_at_once":true,"from":"2020-01-01"},
 {"id":"changed","service":"answer-changed","requester_kind":"medical-insurer",
  "purpose":"membership","presence":"none","holder_kinds":["relay"],"legal_basis":"…",
  "keep_days":30,"tell_at_once":true,"from":"2020-01-01"},
 {"id":"changed-care","service":"answer-changed","requester_kind":"care-insurer",
  "purpose":"membership","presence":"none","holder_kinds":["relay"],"legal_basis":"…",
  "keep_days":30,"tell_at_once":true,"from":"2020-01-01"},
 {"id":"secret","service":"eligibility","requester_kind":"clinic","purpose":"investigation",
  "presence":"number","holder_kinds":["medical-insurer"],"legal_basis":"…","sealable":true,
  "keep_days":30,"tell_at_once":true,"from":"2020-01-01"}]})";

// The lists of the country's card authority, as its program would write them.
struct TestCardLists {
    TestCardLists(const wire::Directory& directory, const Log& log, const RelayCountry& of)
        : country(of), lists(directory, folder.path("."), log) {
        write({});
        lists.refresh(unix_now());
    }
    void write(std::vector<crypto::Serial> revoked, UnixTime at = unix_now()) {
        const auto list = crypto::make_crl({.this_update = at,
                                            .next_update = at + 2 * 86'400,
                                            .number = ++number,
                                            .revoked = std::move(revoked)},
                                           country.card_authority, country.authority_key);
        write_bytes(list);
    }
    void write_bytes(ByteView list) { replace_file(path(), list); }
    [[nodiscard]] std::string path() const {
        return folder.path(base64url(country.card_authority.thumbprint()) + ".crl");
    }
    const RelayCountry& country;
    const TempFolder folder;
    CardLists lists;
    std::uint64_t number = 0;
};

class ExchangeTest : public testing::Test {
  protected:
    ExchangeTest() {
        store.writer().commit_alone([this](db::Connection& connection, EntryRows& entries) {
            PersonRows rows(connection, store.vault());
            rows.add(hanako());
            rows.add({.identifiers = {},
                      .cards = {registered(daughters_card), registered(daughters_signing_card)}});
            entries.append_public(wire::filled(1));
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
        store.writer().stop();  // a refused try is written after its reply; some have stopped it
        store.check();
        store.close();  // the writer's thread ends before the io_context that it wakes
    }

    ImportedPerson hanako() {
        Identifier insured{.number = {.scheme = "insured-number",
                                      .fields = {{"insurer", "06990014"},
                                                 {"symbol", "12"},
                                                 {"number", "1"},
                                                 {"branch", "00"}}},
                           .holder = participant_id("06990014"),
                           .current = true};
        const Identifier file{
            .number = file_number("000123"), .holder = participant_id("clinic-1"), .current = true};
        return {.identifiers = {{number_index(store.vault(), insured.number), insured},
                                {number_index(store.vault(), file.number), file}},
                .cards = {registered(card), registered(lost_card, CardStatus::revoked),
                          registered(signing_card)}};
    }

    NewCard registered(const TestCard& of, CardStatus status = CardStatus::active) {
        return {.certificate = of.certificate.thumbprint(),
                .status = status,
                .use = of.certificate.is_for_signing() ? CardUse::signing : CardUse::authentication,
                .key = of.key.public_key(),
                .not_after = RelayCountry::card_end,
                .authority = store.country.card_authority.thumbprint(),
                .serial = of.certificate.serial()};
    }

    // The same with other mandates, as after a restart.
    Shared with(Mandates& others) { return with(others, event_feeds); }
    Shared with(Mandates& others, EventFeeds& feeds) {
        return {shared.directory,
                shared.policy,
                shared.schemes,
                shared.vault,
                shared.log,
                shared.signing_key,
                shared.kid,
                shared.sealing_key,
                others,
                feeds,
                shared.card_lists,
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
    static std::string code_of(const http::Response& response);
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
    static wire::PersonNumber file_number(std::string_view digits) {
        return {.scheme = "file-number", .fields = {{"number", std::string(digits)}}};
    }
    wire::Mandate mandate_content(wire::MandateKind kind = wire::MandateKind::check) {
        const bool check = kind == wire::MandateKind::check;
        const auto organisation = participant_id(check ? "clinic-1" : "portal");
        const auto now = unix_now();
        return {.audience = participant_id("relay"),
                .organisation = organisation,
                .kind = kind,
                .scope = check ? std::vector{service_id("eligibility")}
                               : std::vector{service_id("entries"), service_id("bells"),
                                             service_id("question"), service_id("questions"),
                                             service_id("standing"), service_id("numbers"),
                                             service_id("cards")},
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
    const TestCard signing_card =
        store.country.card(RelayCountry::card_end, crypto::CertificateUse::signing);
    const TestCard daughters_card = store.country.card();
    const TestCard daughters_signing_card =
        store.country.card(RelayCountry::card_end, crypto::CertificateUse::signing);
    const wire::Policy policy = wire::valid(wire::Policy::parse(exchange_policies));
    const wire::Schemes schemes = relay_schemes();
    const std::string kid = wire::kid_of(store.country.relay);
    asio::io_context io{1};
    Mandates mandates;
    EventFeeds event_feeds;
    TestCardLists lists{store.directory, store.log(), store.country};
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
                  .event_feeds = event_feeds,
                  .card_lists = lists.lists,
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

// Asks the relay itself, as the portal does for whoever logged in.
class PortalTest : public ExchangeTest {
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
    // The data of its answer.
    boost::json::object open(const wire::Head& of, const std::string& subject);
    struct Asks {
        const crypto::PrivateKey& key;
        std::uint8_t certificate = 0;
    };
    boost::json::object open(const wire::Head& of, std::string_view subject, Asks by);
    const std::string login = mandate(wire::MandateKind::login);
};

}  // namespace mado::relay
