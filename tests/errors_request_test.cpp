// What the relay refuses by itself: form, requester, permission, number, mandate.
#include <boost/json.hpp>
#include <chrono>
#include <filesystem>
#include <future>
#include <thread>

#include "base/file.hpp"
#include "cli/card_authority.hpp"
#include "crypto/digest.hpp"
#include "errors_fixture.hpp"
#include "pretenders.hpp"
#include "wire/sealing.hpp"

namespace mado::tests {
namespace {

// A participant's certificate is what the directory lists; this one nobody lists.
http::TlsContext fresh_tls(const RunningCountry& country) {
    const auto key = crypto::PrivateKey::generate(crypto::KeyType::p256);
    const auto now = unix_now();
    const auto certificate = crypto::self_signed({.use = crypto::CertificateUse::organisation,
                                                  .common_name = "clinic-1",
                                                  .organisation = {},
                                                  .dns_names = {"127.0.0.1"},
                                                  .not_before = now - 60,
                                                  .not_after = now + 3600},
                                                 key);
    const Secret pem = key.pem();
    return http::TlsContext::client(
        {.certificate_pem = mado::to_text(ByteView(certificate.pem())), .key_pem = &pem},
        [&relay = country.directory().relay()](const Hash& peer) {
            return relay.has_certificate(peer);
        });
}

// A card of the country's card authority that nobody registered, or one that only says it is
// somebody else's.
std::string sign_mandate_with(const wire::Mandate& mandate, const Hash& certificate,
                              const crypto::PrivateKey& key) {
    return crypto::sign_jws(wire::mandate_type, {.key_id = {}, .certificate = certificate},
                            as_bytes(wire::mandate_payload(mandate)), key);
}

Bytes mandate_bytes(std::string_view jws) {
    return to_bytes(wire::mandate_subject(jws));
}

// The number with its last digit exchanged for the next one: the check digit does not fit.
std::string slip(std::string number) {
    number.back() = static_cast<char>('0' + (number.back() - '0' + 1) % 10);
    return number;
}

// An investigator's check with an order that no sealing authority gave.
TEST_F(ErrorsTest, SealingThatIsNone) {
    const auto& police = country().office("police-1");
    auto head = country().head("police-1");
    head.purpose = code_id("investigation");
    head.sealing = wire::sign_sealing({.issuer = police.id,
                                       .audience = participant("relay"),
                                       .organisation = police.id,
                                       .service = head.service,
                                       .jti = base64url(crypto::random_bytes(16)),
                                       .subject = {},
                                       .until = unix_now() + 86'400,
                                       .issued_at = unix_now(),
                                       .expires = unix_now() + 60},
                                      police.kid, police.signing_key);
    const auto subject = wire::number_subject(
        "insured-number",
        {{"insurer", "990010"}, {"symbol", "あいう"}, {"number", "0000187"}, {"branch", "01"}},
        hanako.birth_date);
    expect_problem(country().ask(police, head, as_bytes(subject)), Code::sealing_invalid);
}

}  // namespace

TEST_F(ErrorsTest, Form) {
    const auto& tls = clinic().tls;
    const auto post = [&tls](std::string path, std::string body) {
        return country().send(tls, "POST", std::move(path), std::move(body));
    };
    const auto before = log_size();
    expect_problem(post("/v1/requests", ""), Code::malformed);
    expect_problem(post("/v1/requests", "no JSON"), Code::malformed);
    expect_problem(post("/v1/requests", std::string(10'000, '[')), Code::malformed);
    expect_problem(post("/v1/nonce", R"({"for":{"a":{"b":{"c":{"d":{"e":{"f":{"g":{}}}}}}}}})"),
                   Code::malformed);
    const auto good =
        wire::request_json({.head = RunningCountry::sign(country().head("clinic-1"), clinic()),
                            .subject = subject_of(hanako)});
    expect_problem(post("/v1/requests", R"({"unknown":1,)" + good.substr(1)), Code::malformed);
    expect_problem(post("/v1/requests", R"({"head":"","head":"",)" + good.substr(1)),
                   Code::malformed);
    expect_problem(post("/v1/requests", good + good), Code::malformed);
    expect_problem(post("/v1/requests", good.substr(0, good.size() / 2)), Code::malformed);
    expect_problem(post("/v1/nonce", R"({"for":"clinic-1","unknown":1})"), Code::malformed);
    expect_problem(post("/v1/holder", R"({"holders":[]})"), Code::malformed);
    expect_problem(post("/v1/requests", std::string(wire::request_bytes_max + 1, ' ')),
                   Code::too_large);
    expect_problem(post("/v1/nonce", std::string(1025, ' ')), Code::too_large);
    expect_problem(post("/v1/none", ""), Code::not_found);
    expect_problem(post("/v1/requests/", ""), Code::not_found);
    expect_problem(post("/v1/%72equests", ""), Code::not_found);
    expect_problem(country().send(tls, "GET", "/v1/requests", ""), Code::method_not_allowed);
    expect_problem(country().send(tls, "DELETE", "/v1/nonce", ""), Code::method_not_allowed);
    EXPECT_EQ(log_size(), before);
    // The body that was altered above is a good one.
    EXPECT_EQ(post("/v1/requests", good).status, 200);
}

TEST_F(ErrorsTest, FormOfHeadAndSubject) {
    const auto before = log_size();
    auto head = country().head("clinic-1");
    const auto subject = subject_of(hanako);
    const auto send = [](std::string signed_head, std::string_view bytes) {
        return country().send(
            clinic().tls, "POST", "/v1/requests",
            wire::request_json({.head = std::move(signed_head), .subject = to_bytes(bytes)}));
    };
    const auto resigned = [](std::string_view type, const json::object& payload) {
        return crypto::sign_jws(type, {.key_id = clinic().kid, .certificate = {}},
                                as_bytes(json::serialize(payload)), clinic().signing_key);
    };
    const auto jws = crypto::parse_jws(RunningCountry::sign(head, clinic()));
    ASSERT_TRUE(jws);
    auto payload = parse_json_object(as_text(jws->payload));
    ASSERT_TRUE(payload);
    expect_problem(send(resigned("JWT", *payload), as_text(subject)), Code::malformed);
    (*payload)["unknown"] = 1;
    expect_problem(send(resigned(wire::head_type, *payload), as_text(subject)), Code::malformed);
    payload->erase("unknown");
    (*payload)["jti"] = "AAAA";
    expect_problem(send(resigned(wire::head_type, *payload), as_text(subject)), Code::malformed);
    expect_problem(send("a.b.c", as_text(subject)), Code::malformed);
    for (const std::string_view bytes :
         {"{}", "no JSON", R"({"number":{},"mandate":""})", R"({"own":"1"})",
          R"({"number":{"scheme":"none","number":"1","birth_date":"1986-05-01"}})",
          R"({"number":{"scheme":"health-care-number","number":"621874998319"}})",
          R"({"number":{"scheme":"health-care-number","number":1,"birth_date":"1986-05-01"}})",
          R"({"mandate":"a.b.c"})"}) {
        expect_problem(send(RunningCountry::sign(head, clinic()), bytes), Code::malformed);
    }
    head.parameters["on"] = "yesterday";
    expect_problem(ask(head, subject), Code::malformed);
    head.parameters = {{"unknown", "1"}};
    expect_problem(ask(head, subject), Code::malformed);
    head.parameters.clear();
    head.card_seen = true;  // the organisation's word, beside a card that signed
    expect_problem(ask(head, card_subject(hanako)), Code::malformed);
    EXPECT_EQ(log_size(), before);
}

TEST_F(ErrorsTest, Requester) {
    const auto before = log_size();
    const auto subject = subject_of(hanako);
    const auto stranger = fresh_tls(country());
    const auto body = [&subject](const wire::Head& head, const client::Identity& as) {
        return wire::request_json({.head = RunningCountry::sign(head, as), .subject = subject});
    };
    const auto head = country().head("clinic-1");
    expect_problem(country().send(stranger, "POST", "/v1/requests", body(head, clinic())),
                   Code::not_in_directory);
    expect_problem(country().send(stranger, "POST", "/v1/nonce", R"({"for":"clinic-1"})"),
                   Code::not_in_directory);
    expect_problem(country().send(stranger, "POST", "/v1/holder", "{}"), Code::not_in_directory);
    // The log stands there for participants; everybody else has the public port.
    const auto& own_log = country().directory().logs.front();
    const auto nobody_tls = http::TlsContext::client(
        [&own_log](const Hash& peer) { return peer == own_log.certificate; });
    for (const auto* page : {"/checkpoint", "/tile/0/000.p/1"}) {
        expect_problem(country().send(stranger, "GET", page, ""), Code::not_in_directory);
        EXPECT_EQ(country().send(nobody_tls, "GET", page, "").status, 0);
        EXPECT_EQ(country().send(clinic().tls, "GET", page, "").status, 200);
    }
    EXPECT_EQ(country().send(clinic().tls, "GET", "/counts", "").status, 404) << "costs too much";
    expect_problem(country().send(clinic().tls, "POST", "/v1/nonce", R"({"for":"clinic-9"})"),
                   Code::not_in_directory);
    auto nobody = head;
    nobody.issuer = participant("clinic-9");
    expect_problem(ask(nobody, subject), Code::not_in_directory);

    const auto& other = country().office("clinic-2");
    expect_problem(country().send(other.tls, "POST", "/v1/requests", body(head, clinic())),
                   Code::certificate_mismatch);
    expect_problem(country().send(other.tls, "POST", "/v1/nonce", R"({"for":"clinic-1"})"),
                   Code::certificate_mismatch);
    // The certificate is right and the signature another's; then another's key under its own name.
    expect_problem(
        country().send(clinic().tls, "POST", "/v1/requests",
                       body(head, client::Identity{other.id, clinic().kid,
                                                   load_key(country().places().keys_of("clinic-2") +
                                                            "/signing.key"),
                                                   fresh_tls(country())})),
        Code::head_signature);
    expect_problem(country().send(clinic().tls, "POST", "/v1/requests", body(head, other)),
                   Code::head_signature);
    auto elsewhere = head;
    elsewhere.audience = participant("portal");
    expect_problem(ask(elsewhere, subject), Code::head_audience);
    EXPECT_EQ(log_size(), before);
}

TEST_F(ErrorsTest, StaleHeads) {
    const auto before = log_size();
    const auto now = unix_now();
    for (const auto& [issued_at, expires] : std::vector<std::pair<UnixTime, UnixTime>>{
             {now - 61, now - 1},                                                // over
             {now, now + wire::ask_lifetime_s + 1},                              // too long
             {now + 2 * wire::clock_skew_s, now + 2 * wire::clock_skew_s + 60},  // from the future
             {now, now}}) {                                                      // never
        auto head = country().head("clinic-1");
        head.issued_at = issued_at;
        head.expires = expires;
        expect_problem(ask(head, subject_of(hanako)), Code::head_stale);
    }
    EXPECT_EQ(log_size(), before);
}

// The same bytes bring the same order; the same number with other content brings nothing.
TEST_F(ErrorsTest, KeyReused) {
    const auto head = country().head("clinic-1");
    const auto signed_head = RunningCountry::sign(head, clinic());
    const auto send = [](const std::string& with, const Bytes& subject) {
        return country().send(clinic().tls, "POST", "/v1/requests",
                              wire::request_json({.head = with, .subject = subject}));
    };
    const auto first = wire::parse_reply(send(signed_head, subject_of(hanako)).body);
    ASSERT_TRUE(first);
    const auto size = log_size();
    const auto again = wire::parse_reply(send(signed_head, subject_of(hanako)).body);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->receipt->order, first->receipt->order);
    EXPECT_EQ(again->receipt->index, first->receipt->index);
    EXPECT_EQ(again->receipt->checkpoint, first->receipt->checkpoint);
    expect_problem(send(signed_head, subject_of(nguyen)), Code::key_reused);
    auto other = head;
    other.parameters["on"] = "2026-10-01";
    expect_problem(ask(other, subject_of(hanako)), Code::key_reused);
    EXPECT_EQ(log_size(), size);
}

TEST_F(ErrorsTest, Permission) {
    const auto before = log_size();
    auto head = country().head("clinic-1");
    head.purpose = code_id("care");
    expect_problem(ask(head, subject_of(hanako)), Code::not_allowed);
    head = country().head("clinic-1");
    head.service = service("claims");
    head.parameters = {};
    expect_problem(ask(head, subject_of(hanako)), Code::not_allowed);
    head = country().head("clinic-1");
    head.to.kind = code_id("care-insurer");
    expect_problem(ask(head, subject_of(hanako)), Code::not_allowed);
    head.to = {.holder = participant("992016"), .kind = {}, .position = 1};
    expect_problem(ask(head, subject_of(hanako)), Code::not_allowed);
    // A person's own view is the portal's, and only with the card.
    head = country().head("clinic-1");
    head.to = {.holder = participant("relay"), .kind = {}, .position = 1};
    head.service = service("entries");
    head.purpose = code_id("own-view");
    expect_problem(ask(head, card_subject(hanako)), Code::not_allowed);
    const auto& portal = country().office("portal");
    head.issuer = portal.id;
    expect_problem(country().ask(portal, head, subject_of(hanako)), Code::not_allowed);
    // That they tried by her number she sees, once of each; nobody waits for it to be written.
    for (int i = 0; i < 200 && log_size() < before + 2; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT_EQ(log_size(), before + 2);
}

TEST_F(ErrorsTest, Numbers) {
    const auto before = log_size();
    const auto head = [] { return country().head("clinic-1"); };
    expect_problem(ask(head(), number_subject(slip(hanako.health_care_number), "1986-05-01")),
                   Code::number_malformed);
    expect_problem(ask(head(), number_subject("62187499831", "1986-05-01")),
                   Code::number_malformed);
    expect_problem(
        ask(head(), to_bytes(wire::number_subject(
                        "insured-number", {{"insurer", "990011"}, {"number", "1"}}, "1986-05-01"))),
        Code::number_malformed);
    // Four people, twins among them, are insured under this number; none has a branch.
    expect_problem(ask(head(), to_bytes(wire::number_subject(
                                   "insured-number",
                                   {{"insurer", "06990014"}, {"symbol", "28"}, {"number", "310"}},
                                   twin.birth_date))),
                   Code::several_match);
    auto third = head();
    third.to.position = 3;
    expect_problem(ask(third, card_subject(hanako)), Code::no_link);
    auto other = head();
    other.to = {.holder = participant("39990015"), .kind = {}, .position = 1};
    expect_problem(ask(other, card_subject(hanako)), Code::no_link);
    // By number the answer tells nothing about other insurers.
    expect_problem(ask(other, subject_of(hanako)), Code::no_match);
    EXPECT_EQ(log_size(), before);
}

// Unknown numbers and wrong birth dates look the same, but for the request id and the time.
TEST_F(ErrorsTest, Misses) {
    const auto& office = country().office("clinic-2");
    const auto miss = [&office](std::string_view number, std::string_view birth_date) {
        return country().ask(office, country().head("clinic-2"),
                             number_subject(number, birth_date));
    };
    const auto before = log_size();
    // The check digit is right, and nobody has it.
    const auto unknown = miss("000000000000", nguyen.birth_date);
    expect_problem(unknown, Code::no_match);
    EXPECT_EQ(log_size(), before) << "what cannot be routed is not logged";
    for (int i = 0; i < 3; ++i) {
        const auto wrong = miss(nguyen.health_care_number, "1998-11-04");
        expect_problem(wrong, Code::no_match);
        EXPECT_EQ(without_request_id(wrong), without_request_id(unknown));
        EXPECT_EQ(wrong.status, 404);
    }
    EXPECT_EQ(log_size(), before + 4) << "three orders and one refusal";
    expect_problem(miss(nguyen.health_care_number, "1998-11-04"), Code::path_closed);
    expect_problem(miss(nguyen.health_care_number, nguyen.birth_date), Code::path_closed);
    EXPECT_EQ(log_size(), before + 4);
    // Another clinic, and the card, still work.
    EXPECT_EQ(ask(country().head("clinic-1"), subject_of(nguyen)).status, 200);
    EXPECT_EQ(ask(country().head("clinic-1"), card_subject(nguyen)).status, 200);

    const auto entries = country().entries(nguyen.card);
    ASSERT_TRUE(entries) << wire::info(entries.error().code).name << entries.error().detail;
    std::string outcomes;
    for (const auto& entry : entries->entries)
        outcomes += entry.kind + ":" + entry.outcome + " ";
    EXPECT_EQ(outcomes,
              "order:no_match order:no_match order:no_match refused: order:answered "
              "order:answered ");
    EXPECT_EQ(entries->entries.at(3).requester, "clinic-2");
}

// Many guesses at once are no more guesses than one after the other.
TEST_F(ErrorsTest, MissesAtOnce) {
    const auto& office = country().office("clinic-2");
    const auto before = log_size();
    // None is answered before all are asked.
    country().send_signal("gateway-1", SIGSTOP);
    std::vector<std::future<RawReply>> guesses;
    for (int day = 10; day < 20; ++day) {
        guesses.push_back(std::async(std::launch::async, [&office, day] {
            return country().ask(
                office, country().head("clinic-2"),
                number_subject(tokubetsu.health_care_number, "1979-09-" + std::to_string(day)));
        }));
    }
    pause_ms(500);
    country().send_signal("gateway-1", SIGCONT);
    int misses = 0;
    int overloaded = 0;
    for (auto& guess : guesses) {
        // Told to come back, or told no: never more than three of these.
        const auto reply = guess.get();
        const auto* said = wire::find_error(reply.code);
        ASSERT_NE(said, nullptr) << reply.body;
        expect_problem(reply, said->code);
        misses += said->code == Code::no_match ? 1 : 0;
        overloaded += said->code == Code::overloaded ? 1 : 0;
    }
    EXPECT_EQ(misses, 3);
    EXPECT_EQ(overloaded, 7);
    EXPECT_EQ(log_size(), before + 4) << "three orders and one refusal";
}

TEST_F(ErrorsTest, Cards) {
    const auto before = log_size();
    const auto head = [] { return country().head("clinic-1"); };
    expect_problem(ask(head(), card_subject({"sato-2", "", ""})), Code::card_revoked);
    expect_problem(ask(head(), card_subject({"ninkei", "", ""})), Code::card_expired);
    const auto key = crypto::PrivateKey::generate(crypto::KeyType::p256);
    const auto mandate = country().mandate("clinic-1");
    expect_problem(
        ask(head(), mandate_bytes(sign_mandate_with(mandate, crypto::random_hash(), key))),
        Code::card_unknown);
    // Hanako's certificate, which is no secret, and another key.
    const auto certificate = country().certificate_of(hanako.card);
    expect_problem(
        ask(head(), mandate_bytes(sign_mandate_with(mandate, certificate.thumbprint(), key))),
        Code::mandate_signature);
    // The card's own signature under other words.
    auto words = country().sign(mandate, hanako.card);
    auto other = mandate;
    other.expires -= 1;
    const auto payload = base64url(as_bytes(wire::mandate_payload(other)));
    const auto first = words.find('.');
    words.replace(first + 1, words.rfind('.') - first - 1, payload);
    expect_problem(ask(head(), mandate_bytes(words)), Code::mandate_signature);
    EXPECT_EQ(log_size(), before);
}

TEST_F(ErrorsTest, Mandates) {
    const auto before = log_size();
    const auto refuse = [](Code code, const std::function<void(wire::Mandate&)>& alter) {
        auto mandate = country().mandate("clinic-1");
        alter(mandate);
        expect_problem(ask(country().head("clinic-1"), card_subject(mei, mandate)), code);
    };
    refuse(Code::mandate_nonce,
           [](wire::Mandate& m) { m.nonce = base64url(crypto::random_hash()); });
    refuse(Code::mandate_nonce,
           [](wire::Mandate& m) { m.nonce = country().nonce(country().office("clinic-2")); });
    refuse(Code::mandate_expired, [](wire::Mandate& m) {
        m.issued_at -= wire::check_lifetime_s + 1;
        m.expires = m.issued_at + wire::check_lifetime_s;
    });
    refuse(Code::mandate_expired, [](wire::Mandate& m) { m.expires += 1; });
    refuse(Code::mandate_expired, [](wire::Mandate& m) {
        m.issued_at += 2 * wire::clock_skew_s;
        m.expires = m.issued_at + wire::check_lifetime_s;
    });
    refuse(Code::mandate_for_other,
           [](wire::Mandate& m) { m.organisation = participant("clinic-2"); });
    refuse(Code::mandate_for_other, [](wire::Mandate& m) { m.audience = participant("portal"); });
    refuse(Code::mandate_scope, [](wire::Mandate& m) { m.scope = {service("claims")}; });
    refuse(Code::mandate_scope, [](wire::Mandate& m) {
        m.kind = wire::MandateKind::login;  // longer and for more than one use
    });
    EXPECT_EQ(log_size(), before);
}

// What has ended stays so; what the relay has not seen cannot be ended.
TEST_F(ErrorsTest, MandateEndedOrUnknown) {
    const auto jws = country().sign(country().mandate("clinic-1"), mei.card);
    const auto subject = to_bytes(wire::mandate_subject(jws));
    const auto end = [&jws] {
        return country().send(clinic().tls, "POST", "/v1/mandates/end",
                              R"({"for":"clinic-1","mandate":")" +
                                  base64url(crypto::sha256(as_bytes(jws))) + R"("})");
    };
    expect_problem(end(), Code::mandate_unknown);
    EXPECT_EQ(ask(country().head("clinic-1"), subject).status, 200);
    EXPECT_EQ(end().status, 204);
    const auto before = log_size();
    expect_problem(ask(country().head("clinic-1"), subject), Code::mandate_ended);
    EXPECT_EQ(log_size(), before);
}

// A relay that finds no list takes no card; by number it goes on.
TEST_F(ErrorsTest, CardListOld) {
    const auto lists = country().places().card_lists();
    country().kill9("relay");
    std::filesystem::remove_all(lists);
    country().start("relay");
    expect_problem(ask(country().head("clinic-1"), card_subject(sato)), Code::card_list_old);
    cli::write_card_lists(country().places());
    country().kill9("ca");
    country().start("ca");
    // Their insurers' gateways come back, each for itself.
    for (const auto& person : {sato, hanako}) {
        RawReply reply;
        for (int i = 0; i < 200 && reply.status != 200; ++i) {
            if (i > 0) pause_ms(50);
            reply = ask(country().head("clinic-1"), card_subject(person));
        }
        EXPECT_EQ(reply.code, "") << person.card << ": the list is read again";
    }
}

// A check is used once at each holder. Its nonce is spent by the first mandate that carries it.
TEST_F(ErrorsTest, MandateUsed) {
    const auto mandate = country().mandate("clinic-1");
    const auto subject = card_subject(hanako, mandate);
    const auto head = country().head("clinic-1");
    const auto first = wire::parse_reply(ask(head, subject).body);
    ASSERT_TRUE(first);
    const auto size = log_size();
    expect_problem(ask(country().head("clinic-1"), subject), Code::mandate_used);
    EXPECT_EQ(log_size(), size);
    // Hanako's former insurer is another holder.
    auto former = country().head("clinic-1");
    former.to.position = 2;
    EXPECT_EQ(ask(former, subject).status, 200);
    // The same request is no second use, though it is signed once only: its bytes are sent again.
    const auto body =
        wire::request_json({.head = RunningCountry::sign(country().head("clinic-1"), clinic()),
                            .subject = card_subject(taro)});
    const auto once = country().send(clinic().tls, "POST", "/v1/requests", body);
    const auto twice = country().send(clinic().tls, "POST", "/v1/requests", body);
    EXPECT_EQ(once.status, 200) << once.body;
    ASSERT_EQ(twice.status, 200) << twice.body;
    EXPECT_EQ(wire::parse_reply(once.body)->receipt->order,
              wire::parse_reply(twice.body)->receipt->order);

    auto other = mandate;
    other.expires -= 1;
    expect_problem(ask(country().head("clinic-1"), card_subject(hanako, other)),
                   Code::mandate_nonce);
}

}  // namespace mado::tests
