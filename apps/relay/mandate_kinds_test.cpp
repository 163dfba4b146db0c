// Consent, acting for another, application: what each takes, and every refusal.
#include <boost/json.hpp>

#include "crypto/jwe.hpp"
#include "test_exchange.hpp"

namespace mado::relay {
namespace {

using wire::MandateKind;

class KindsTest : public PortalTest {
  protected:
    wire::Mandate content(MandateKind kind, std::string_view organisation,
                          std::string_view service) {
        const auto now = unix_now();
        const auto id = participant_id(organisation);
        return {.audience = participant_id("relay"),
                .organisation = id,
                .kind = kind,
                .scope = {service_id(service)},
                .nonce = mandates.issue_nonce(id, now).value_or(""),
                .issued_at = now,
                .expires = now + 600,
                .stop = {}};
    }
    // Each wrong in one way, signed by that card: what is common to all kinds.
    void refuses_what_all_kinds_refuse(const TestCard& signer, const wire::Mandate& good,
                                       const std::function<std::string(const std::string&)>& ask);
};

void KindsTest::refuses_what_all_kinds_refuse(
    const TestCard& signer, const wire::Mandate& good,
    const std::function<std::string(const std::string&)>& use) {
    const auto code = [&](auto change) {
        auto other = good;
        change(other);
        return use(signer.sign(other));
    };
    const auto now = unix_now();
    EXPECT_EQ(code([](auto& m) { m.audience = participant_id("issuer"); }), "mandate_for_other");
    EXPECT_EQ(code([](auto& m) { m.organisation = participant_id("court"); }), "mandate_for_other");
    EXPECT_EQ(code([](auto& m) { m.scope = {service_id("pension")}; }), "mandate_scope");
    EXPECT_EQ(code([now](auto& m) {
                  m.issued_at = now - 100;
                  m.expires = now;
              }),
              "mandate_expired");
    EXPECT_EQ(code([now](auto& m) {
                  m.issued_at = now + 100;
                  m.expires = now + 200;
              }),
              "mandate_expired")
        << "of the future";
    EXPECT_EQ(code([](auto& m) { m.expires = m.issued_at + 86'401; }), "mandate_expired")
        << "more than a day";
    EXPECT_EQ(code([](auto& m) { m.nonce = "an invention"; }), "mandate_nonce");
    EXPECT_EQ(code([this](auto& m) {
                  m.nonce = *mandates.issue_nonce(participant_id("court"), unix_now());
              }),
              "mandate_nonce")
        << "another organisation's";
    const TestCard forged{.certificate = signer.certificate};
    EXPECT_EQ(use(forged.sign(good)), "mandate_signature");
}

// ---- consent ----

class ConsentTest : public KindsTest {
  protected:
    ConsentTest() { dial_answering(); }
    [[nodiscard]] wire::Head consented() const {
        auto out = head();
        out.purpose = wire::code_id("consented");
        return out;
    }
    std::string use(const std::string& jws) { return ask(consented(), wire::mandate_subject(jws)); }
    wire::Mandate consent() { return content(MandateKind::consent, "clinic-1", "eligibility"); }
};

TEST_F(ConsentTest, CoversItsServicesUntilItsEnd) {
    auto day = consent();
    day.expires = day.issued_at + 86'400;
    const auto jws = card.sign(day);
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(use(jws), "ok") << "as often as it is needed";
    EXPECT_EQ(logged(), 3);
}

TEST_F(ConsentTest, Refusals) {
    const auto good = consent();
    refuses_what_all_kinds_refuse(card, good, [this](const auto& jws) { return use(jws); });
    EXPECT_EQ(use(signing_card.sign(good)), "mandate_signature") << "the other key of the card";
    EXPECT_EQ(use(lost_card.sign(good)), "card_revoked");
    EXPECT_EQ(ask(head(), wire::mandate_subject(card.sign(good))), "mandate_scope")
        << "where a check is wanted";
    EXPECT_EQ(use(card.sign(mandate_content())), "mandate_scope") << "a check is no consent";
    const auto jws = card.sign(good);
    EXPECT_EQ(ask(consented(), wire::delegate_subject(jws, jws)), "malformed subject");
    EXPECT_EQ(ask(consented(), wire::application_subject(jws)), "malformed subject");
    EXPECT_EQ(use(jws), "ok") << "nothing of it has spent the nonce";
    auto other = good;
    other.expires -= 1;
    EXPECT_EQ(use(card.sign(other)), "mandate_nonce") << "spent";
    EXPECT_EQ(logged(), 1);
}

// ---- acting for another ----

class DelegateTest : public KindsTest {
  protected:
    wire::Mandate delegation() {
        auto out = content(MandateKind::delegate, "portal", "bells");
        out.delegate = daughters_card.certificate.thumbprint();
        return out;
    }
    wire::Mandate her_login() { return content(MandateKind::login, "portal", "bells"); }
    [[nodiscard]] wire::Head for_mother() const {
        auto out = question();
        out.service = service_id("bells");
        out.purpose = wire::code_id("acting-for");
        return out;
    }
    std::string use(const std::string& delegate, const std::string& by) {
        return code_of(ask_portal(for_mother(), wire::delegate_subject(delegate, by)));
    }
};

TEST_F(DelegateTest, WithALogInOfOnesOwn) {
    const auto delegate = card.sign(delegation());
    const auto by = daughters_card.sign(her_login());
    EXPECT_EQ(use(delegate, by), "ok");
    EXPECT_EQ(use(delegate, by), "ok");
    EXPECT_EQ(use(delegate, daughters_card.sign(her_login())), "ok") << "and with the next one";
    EXPECT_EQ(stored_mandates(reader->connection(), store.vault()).size(), 3U);
}

TEST_F(DelegateTest, Refusals) {
    const auto good = delegation();
    const auto login = daughters_card.sign(her_login());
    refuses_what_all_kinds_refuse(card, good, [&](const auto& jws) { return use(jws, login); });
    const auto jws = card.sign(good);
    refuses_what_all_kinds_refuse(daughters_card, her_login(),
                                  [&](const auto& by) { return use(jws, by); });
    EXPECT_EQ(use(jws, card.sign(her_login())), "mandate_for_other") << "another card's log-in";
    EXPECT_EQ(use(signing_card.sign(good), login), "mandate_signature");
    auto herself = delegation();
    herself.delegate = card.certificate.thumbprint();
    EXPECT_EQ(use(card.sign(herself), card.sign(her_login())), "mandate_for_other")
        << "nobody acts for oneself";
    EXPECT_EQ(use(daughters_card.sign(delegation()), jws), "mandate_scope") << "by is no log-in";
    EXPECT_EQ(code_of(ask_portal(for_mother(), wire::mandate_subject(jws))), "malformed subject")
        << "without the delegate";
    auto own = question();
    own.service = service_id("bells");
    EXPECT_EQ(code_of(ask_portal(own, wire::delegate_subject(jws, login))), "mandate_scope")
        << "where one's own log-in is wanted";
    EXPECT_EQ(code_of(ask_portal(own, wire::delegate_subject(login, login))), "malformed subject");
    EXPECT_EQ(use(jws, login), "ok");
}

TEST_F(DelegateTest, EndsWithEitherMandate) {
    const auto delegate = card.sign(delegation());
    const auto first = daughters_card.sign(her_login());
    EXPECT_EQ(use(delegate, first), "ok");
    const auto portal = participant_id("portal");
    const auto hash = [](const std::string& jws) { return crypto::sha256(as_bytes(jws)); };
    ASSERT_TRUE(mandates.end_for(portal, hash(first), unix_now()).has_value());
    EXPECT_EQ(use(delegate, first), "mandate_ended") << "she has logged out";
    const auto second = daughters_card.sign(her_login());
    EXPECT_EQ(use(delegate, second), "ok");
    ASSERT_TRUE(mandates.end_for(portal, hash(delegate), unix_now()).has_value());
    EXPECT_EQ(use(delegate, second), "mandate_ended") << "her mother has withdrawn it";
}

TEST_F(DelegateTest, TheEntryIsTheRepresentedPersons) {
    dial_answering();
    auto delegation_for = delegation();
    delegation_for.scope = {service_id("eligibility")};
    auto login = her_login();
    login.scope = {service_id("eligibility")};
    auto of = for_mother();
    of.service = service_id("eligibility");
    of.to = {.holder = participant_id("06990014"), .kind = {}, .position = 1};
    EXPECT_EQ(code_of(ask_portal(of, wire::delegate_subject(card.sign(delegation_for),
                                                            daughters_card.sign(login)))),
              "ok");
    EXPECT_EQ(reader->entries(1, 0, 10, 1000).size(), 1U);
    EXPECT_TRUE(reader->entries(2, 0, 10, 1000).empty());
    EXPECT_EQ(reader->bells(1, 0, 10).size(), 1U) << "and hears of it: it was not herself";
}

// ---- applications ----

class ApplicationTest : public KindsTest {
  protected:
    ApplicationTest() {
        dial_answering();
        EXPECT_EQ(ask(head(), mandate()), "ok");  // something to ask about
    }
    wire::Mandate application(std::vector<std::string> payloads) {
        auto out = content(MandateKind::application, "portal", "question");
        for (const auto& payload : payloads)
            out.payload_hashes.push_back(crypto::sha256(as_bytes(payload)));
        return out;
    }
    [[nodiscard]] std::string sealed(std::string_view text) const {
        return crypto::encrypt_jwe(
            as_bytes(boost::json::serialize(boost::json::object{{"text", text}})),
            store.country.seal_to.public_key());
    }
    std::string hand_in(const std::string& jws, const std::string& payload) {
        auto of = question({{"index", "1"}});
        of.service = service_id("question");
        of.purpose = wire::code_id("application");
        of.payload_hash = crypto::sha256(as_bytes(payload));
        const auto& key = store.country.portal;
        return code_of(send(wire::request_json({.head = wire::sign_head(of, wire::kid_of(key), key),
                                                .subject = to_bytes(wire::application_subject(jws)),
                                                .payload = payload}),
                            wire::filled(8)));
    }
};

TEST_F(ApplicationTest, WhatWasSignedIsHandedIn) {
    const auto payload = sealed("Why?");
    const auto jws = signing_card.sign(application({"another", payload}));
    EXPECT_EQ(hand_in(jws, payload), "ok");
    EXPECT_EQ(hand_in(jws, sealed("Why?")), "mandate_scope") << "another payload";
}

// What an issuing centre asks of a document that a card has signed for it: the relay cannot open
// it, and says that the signature is good. Of a decision it keeps that it has said so.
class SignatureTest : public KindsTest {
  protected:
    SignatureTest() { dial_answering(); }
    wire::Mandate signing(std::string_view service = "decision") {
        auto out = content(MandateKind::application, "portal", service);
        out.payload_hashes = {crypto::sha256(as_bytes(payload))};
        return out;
    }
    std::string judge(const std::string& jws, const std::string& of_payload,
                      std::map<std::string, std::string> parameters = {},
                      std::string_view service = "decision") {
        auto of = question(std::move(parameters));
        of.service = service_id(service);
        of.purpose = wire::code_id("application");
        of.payload_hash = crypto::sha256(as_bytes(of_payload));
        const auto& key = store.country.portal;
        return code_of(send(wire::request_json({.head = wire::sign_head(of, wire::kid_of(key), key),
                                                .subject = to_bytes(wire::application_subject(jws)),
                                                .payload = of_payload}),
                            wire::filled(8)));
    }
    // Asks a register about a number, naming a decision; none: without.
    std::string ask_register(const std::optional<std::string>& decision,
                             std::string_view by = "portal") {
        const bool is_portal = by == "portal";
        auto of = head();
        of.issuer = participant_id(by);
        of.to = {.holder = participant_id("06990014"), .kind = {}, .position = 1};
        of.service = service_id("existence");
        of.purpose = wire::code_id("issuing");
        of.card_seen = false;
        of.parameters.clear();
        if (decision) of.parameters["decision"] = *decision;
        of.payload_hash = crypto::sha256(as_bytes(payload));
        const auto& key = is_portal ? store.country.portal : store.country.clinic;
        return code_of(send(wire::request_json({.head = wire::sign_head(of, wire::kid_of(key), key),
                                                .subject = to_bytes(number("1")),
                                                .payload = payload}),
                            wire::filled(is_portal ? 8 : 4)));
    }
    static std::string hash_of(const std::string& jws) {
        return base64url(crypto::sha256(as_bytes(jws)));
    }
    std::int64_t judged() { return store.count("select count(*) from judged"); }

    const std::string payload = crypto::encrypt_jwe(
        as_bytes("a document"), crypto::PrivateKey::generate(crypto::KeyType::p256).public_key());
};

TEST_F(SignatureTest, StandsOrItSaysWhyNot) {
    auto content_of = signing();
    const auto jws = signing_card.sign(content_of);
    EXPECT_EQ(judge(jws, payload), "ok");
    EXPECT_EQ(judge(jws, payload + "x"), "mandate_scope") << "another payload";
    EXPECT_EQ(judge(card.sign(content_of), payload), "mandate_signature") << "not the signing key";
    content_of.nonce = "never given";
    EXPECT_EQ(judge(signing_card.sign(content_of), payload), "mandate_nonce");
    EXPECT_EQ(logged(), 0) << "not logged";
}

// What a register is told that a clerk has decided, a card has signed; and the order, which is in
// the log, says by which document.
TEST_F(SignatureTest, AnOrderNamesNoDecisionThatWasNotJudged) {
    const auto jws = signing_card.sign(signing());
    EXPECT_EQ(ask_register(std::nullopt), "ok") << "nothing is decided";
    EXPECT_EQ(ask_register(hash_of(jws)), "mandate_unknown") << "signed, and not judged";
    EXPECT_EQ(judge(jws, payload, {{"after", "1"}}), "malformed");
    EXPECT_EQ(judged(), 0);
    EXPECT_EQ(ask_register(hash_of(jws)), "mandate_unknown") << "it was not answered";
    EXPECT_EQ(logged(), 1) << "nobody was asked, and nothing is logged";

    EXPECT_EQ(judge(jws, payload), "ok");
    EXPECT_EQ(judge(jws, payload), "ok");
    EXPECT_EQ(judged(), 1) << "the same once more";
    EXPECT_EQ(ask_register(hash_of(jws)), "ok");
    EXPECT_EQ(ask_register(hash_of(jws)), "ok") << "a register that was down is asked again";
    EXPECT_EQ(logged(), 3);
    const auto order = wire::valid(wire::parse_order(deliveries.back().receipt.order));
    EXPECT_EQ(wire::valid(wire::parse_head(order.head)).head.parameters.at("decision"),
              hash_of(jws))
        << "committed to by the order";
    EXPECT_EQ(ask_register(hash_of(jws), "clinic-1"), "mandate_unknown") << "another one's";
    EXPECT_EQ(ask_register(hash_of(jws + "x")), "mandate_unknown");
    EXPECT_EQ(ask_register("x"), "malformed parameters");

    const auto application = signing_card.sign(signing("signature"));
    EXPECT_EQ(judge(application, payload), "mandate_scope") << "no decision";
    EXPECT_EQ(judge(application, payload, {}, "signature"), "ok");
    EXPECT_EQ(ask_register(hash_of(application)), "mandate_unknown") << "signed for something else";
    EXPECT_EQ(judged(), 1);

    const auto refused = card.sign(signing());
    EXPECT_EQ(judge(refused, payload), "mandate_signature");
    EXPECT_EQ(ask_register(hash_of(refused)), "mandate_unknown");
}

TEST_F(SignatureTest, WhatIsNotKeptIsNotAnswered) {
    const auto jws = signing_card.sign(signing());
    store.alter(
        "create trigger planted before insert on judged "
        "begin select raise(abort, 'planted'); end");
    EXPECT_EQ(judge(jws, payload), "overloaded");
    store.alter("drop trigger planted");
    EXPECT_EQ(judge(jws, payload), "ok") << "the same once more";
    EXPECT_EQ(ask_register(hash_of(jws)), "ok");
}

// A register may be down for weeks, and a card is renewed years later.
TEST_F(SignatureTest, AJudgedOneIsKeptForTenYears) {
    const auto jws = signing_card.sign(signing());
    EXPECT_EQ(judge(jws, payload), "ok");
    store.upkeep(unix_now() + judged_kept_s - 100);
    EXPECT_EQ(judged(), 1);
    EXPECT_EQ(ask_register(hash_of(jws)), "ok");
    store.upkeep(unix_now() + judged_kept_s + 100);
    EXPECT_EQ(judged(), 0);
    EXPECT_EQ(ask_register(hash_of(jws)), "mandate_unknown") << "a clerk decides anew";
}

// ---- applications to holders: one tell for each ----

class HandedOnTest : public KindsTest {
  protected:
    HandedOnTest() { dial_answering(); }
    [[nodiscard]] std::string sealed(std::string_view text = "the application") const {
        return crypto::encrypt_jwe(as_bytes(text), store.country.seal_to.public_key());
    }
    wire::Mandate application(const std::vector<std::string>& payloads) {
        auto out = content(MandateKind::application, "portal", "health-care-number");
        out.expires = out.issued_at + 86'400;
        for (const auto& payload : payloads)
            out.payload_hashes.push_back(crypto::sha256(as_bytes(payload)));
        return out;
    }
    struct Tell {
        const char* purpose = "application";
        const char* holder = "06990014";
        const char* by = "portal";
    };
    [[nodiscard]] std::string body_of(const std::string& jws, const std::string& payload,
                                      const Tell& how) const {
        auto tell = head();
        tell.issuer = participant_id(how.by);
        tell.to = {.holder = participant_id(how.holder), .kind = {}, .position = 1};
        tell.service = service_id("health-care-number");
        tell.purpose = wire::code_id(how.purpose);
        tell.parameters.clear();
        tell.expires = tell.issued_at + wire::tell_lifetime_s;
        tell.payload_hash = crypto::sha256(as_bytes(payload));
        const auto& key =
            how.by == std::string_view("portal") ? store.country.portal : store.country.clinic;
        return wire::request_json({.head = wire::sign_head(tell, wire::kid_of(key), key),
                                   .subject = to_bytes(wire::application_subject(jws)),
                                   .payload = payload});
    }
    std::string hand_on(const std::string& jws, const std::string& payload, const Tell& how) {
        return code_of(send(body_of(jws, payload, how),
                            wire::filled(how.by == std::string_view("portal") ? 8 : 4)));
    }
    std::string hand_on(const std::string& jws, const std::string& payload) {
        return hand_on(jws, payload, Tell{});
    }
};

TEST_F(HandedOnTest, OneSignatureServesEveryPayloadThatItNames) {
    const auto first = sealed();
    const auto second = sealed("its supplement");
    const auto jws = signing_card.sign(application({first, second}));
    EXPECT_EQ(hand_on(jws, first), "ok");
    EXPECT_EQ(hand_on(jws, second), "ok") << "its nonce was spent once";
    ASSERT_EQ(deliveries.size(), 2U);
    EXPECT_EQ(deliveries[0].payload, first);
    EXPECT_NE(deliveries[0].number.find("insured-number"), std::string::npos)
        << "the person's own number at this holder, by the card that signed";
    const auto order = wire::valid(wire::parse_order(deliveries[0].receipt.order));
    EXPECT_EQ(order.presence, wire::Presence::card_pin);
    EXPECT_EQ(order.policy.text(), "applied-to-holders");
    EXPECT_EQ(reader->entries(1, 0, 10, 1000).size(), 2U) << "in the person's list";

    // After a restart the nonce is forgotten, the application is not.
    Mandates stored(stored_mandates(reader->connection(), store.vault()));
    Shared later = with(stored);
    exchange.emplace(io, later, *reader);
    EXPECT_EQ(hand_on(jws, first), "ok");
    exchange.emplace(io, shared, *reader);
}

TEST_F(HandedOnTest, TheSamePayloadTwice) {
    const auto payload = sealed();
    const auto jws = signing_card.sign(application({payload}));
    const auto body = body_of(jws, payload, Tell{});
    EXPECT_EQ(code_of(send(body, wire::filled(8))), "ok");
    EXPECT_EQ(code_of(send(body, wire::filled(8))), "ok") << "the same bytes are the same order";
    EXPECT_EQ(deliveries.at(0).receipt.order, deliveries.at(1).receipt.order);
    EXPECT_EQ(logged(), 1);
    EXPECT_EQ(hand_on(jws, payload), "ok") << "another request is another order, and is seen";
    EXPECT_EQ(logged(), 2);
}

TEST_F(HandedOnTest, Refusals) {
    const auto payload = sealed();
    const auto good = application({payload});
    refuses_what_all_kinds_refuse(signing_card, good,
                                  [&](const auto& jws) { return hand_on(jws, payload); });
    const auto jws = signing_card.sign(good);
    EXPECT_EQ(hand_on(jws, sealed("something else")), "mandate_scope") << "not named";
    EXPECT_EQ(hand_on(card.sign(good), payload), "mandate_signature") << "the authentication key";
    EXPECT_EQ(hand_on(jws, payload, {.by = "clinic-1"}), "not_allowed") << "no row for a clinic";
    EXPECT_EQ(hand_on(jws, payload, {.holder = "992016"}), "not_allowed");
    EXPECT_EQ(logged(), 0);
    EXPECT_EQ(hand_on(jws, payload), "ok");
    lists.write({signing_card.certificate.serial()});
    lists.lists.refresh(unix_now());
    EXPECT_EQ(hand_on(jws, payload), "card_revoked") << "also after its first use";
    EXPECT_EQ(logged(), 1);
}

// A newborn has no number anywhere: the child travels in the payload, the entry is the parent's.
TEST_F(HandedOnTest, AHolderThatDoesNotKnowThePersonWhereTheRowSaysSo) {
    const auto payload = sealed("a child");
    const auto jws = daughters_signing_card.sign(application({payload}));
    EXPECT_EQ(hand_on(jws, payload), "no_link");
    EXPECT_EQ(logged(), 0);
    EXPECT_EQ(hand_on(jws, payload, {.purpose = "birth"}), "ok");
    ASSERT_EQ(deliveries.size(), 1U);
    EXPECT_TRUE(deliveries[0].number.empty());
    EXPECT_EQ(deliveries[0].payload, payload);
    const auto order = wire::valid(wire::parse_order(deliveries[0].receipt.order));
    EXPECT_FALSE(order.number.has_value());
    EXPECT_EQ(order.holder.text(), "06990014");
    EXPECT_EQ(reader->entries(2, 0, 10, 1000).size(), 1U) << "of the parent who signed";
    // Who is known there is known by the number.
    const auto mothers = signing_card.sign(application({payload}));
    EXPECT_EQ(hand_on(mothers, payload, {.purpose = "birth"}), "ok");
    EXPECT_FALSE(deliveries.at(1).number.empty());
}

TEST_F(ApplicationTest, Refusals) {
    const auto payload = sealed("Why?");
    const auto good = application({payload});
    refuses_what_all_kinds_refuse(signing_card, good,
                                  [&](const auto& jws) { return hand_in(jws, payload); });
    EXPECT_EQ(hand_in(card.sign(good), payload), "mandate_signature") << "not the signing key";
    auto login = content(MandateKind::login, "portal", "question");
    EXPECT_EQ(hand_in(card.sign(login), payload), "mandate_scope");
    auto of = question({{"index", "1"}});
    of.service = service_id("question");
    of.purpose = wire::code_id("application");
    const auto jws = signing_card.sign(good);
    EXPECT_EQ(code_of(ask_portal(of, wire::application_subject(jws))), "malformed")
        << "without payload";
    EXPECT_EQ(hand_in(jws, payload), "ok");
}

}  // namespace
}  // namespace mado::relay
