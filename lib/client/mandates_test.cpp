// What a card has signed for an order: each mandate that does not cover it differs in one thing
// from one that does.
#include "client/mandates.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "crypto/x509.hpp"
#include "wire/subject.hpp"
#include "wire/test_wire.hpp"

namespace mado::client {
namespace {

using wire::filled;
using wire::MandateKind;
using wire::participant_id;
using wire::service_id;

constexpr auto now = wire::test_now;
constexpr std::string_view by_number = R"({"number":{"number":"1"}})";

std::string row(std::string_view kind) {
    return fmt::format(
        R"({{"id":"{0}","service":"eligibility","requester_kind":"clinic","purpose":"treatment",)"
        R"("presence":"card-pin","mandate":"{0}","holder_kinds":["medical-insurer"],)"
        R"("legal_basis":"x","keep_days":1,"tell_at_once":false,"from":"2024-12-02"}})",
        kind);
}

struct Signing {
    wire::TestCountry country;
    wire::Directory directory = country.directory();
    wire::Policy policy = wire::valid(wire::Policy::parse(
        fmt::format(R"({{"utc_offset_s":0,"policies":[{},{},{},{},{}]}})", row("login"),
                    row("check"), row("consent"), row("delegate"), row("application"))));
    crypto::PrivateKey card_key = crypto::PrivateKey::generate(crypto::KeyType::p256);
    crypto::PrivateKey other_key = crypto::PrivateKey::generate(crypto::KeyType::p256);
    crypto::Certificate card = crypto::self_signed({.use = crypto::CertificateUse::authority,
                                                    .common_name = "card",
                                                    .not_after = 4'000'000'000},
                                                   card_key);
    wire::Order order = country.order();
    wire::Head head = country.head();

    explicit Signing(MandateKind kind = MandateKind::login) {
        order.presence = wire::Presence::card_pin;
        order.policy = wire::code_id(wire::to_text(kind));
    }
    [[nodiscard]] wire::Mandate mandate(MandateKind kind = MandateKind::login) const {
        wire::Mandate out{.audience = participant_id("relay"),
                          .organisation = participant_id("clinic-1"),
                          .kind = kind,
                          .scope = {service_id("eligibility")},
                          .nonce = base64url(crypto::random_bytes(32)),
                          .issued_at = now,
                          .expires = now + wire::check_lifetime_s,
                          .stop = {}};
        if (kind == MandateKind::delegate) out.delegate = filled(7);
        if (kind == MandateKind::application) out.payload_hashes = {filled(1), filled(2)};
        return out;
    }
    [[nodiscard]] std::string sign(const wire::Mandate& mandate) const {
        return crypto::sign_jws(wire::mandate_type,
                                {.key_id = {}, .certificate = card.thumbprint()},
                                as_bytes(wire::mandate_payload(mandate)), card_key);
    }
    [[nodiscard]] std::string sign_by_other(const wire::Mandate& mandate,
                                            const Hash& certificate = filled(7)) const {
        return crypto::sign_jws(wire::mandate_type, {.key_id = {}, .certificate = certificate},
                                as_bytes(wire::mandate_payload(mandate)), other_key);
    }
    [[nodiscard]] Parsed<CardSigned> read(std::string_view subject) const {
        return read_mandate(
            as_bytes(subject),
            {.directory = directory, .policy = policy, .card = card, .order = order, .head = head});
    }
    // "", or why it is refused.
    [[nodiscard]] std::string why(std::string_view subject) const {
        const auto signed_for = read(subject);
        return signed_for ? "" : signed_for.error().why;
    }
    [[nodiscard]] std::string why(const wire::Mandate& mandate) const {
        return why(wire::mandate_subject(sign(mandate)));
    }
};

TEST(CardSigned, OwnCardAnotherAndAForgery) {
    const Signing s;
    const auto own = wire::valid(s.read(wire::mandate_subject(s.sign(s.mandate()))));
    EXPECT_TRUE(own.own_card);
    EXPECT_EQ(own.kind, MandateKind::login);
    EXPECT_EQ(own.use_of_check, "");
    const auto others = wire::mandate_subject(s.sign_by_other(s.mandate()));
    EXPECT_FALSE(wire::valid(s.read(others)).own_card);
    const auto forged = s.sign_by_other(s.mandate(), s.card.thumbprint());
    EXPECT_EQ(s.why(wire::mandate_subject(forged)),
              "an entry has a mandate that the card did not sign");
}

TEST(CardSigned, LogInsThatDoNotCoverTheOrder) {
    const Signing s;
    const auto why = [&s](const std::function<void(wire::Mandate&)>& change) {
        auto mandate = s.mandate();
        change(mandate);
        const auto other = s.why(wire::mandate_subject(s.sign_by_other(mandate)));
        EXPECT_EQ(s.why(mandate), other) << "whoever's card it is";
        return other;
    };
    EXPECT_EQ(why([](auto&) {}), "");
    EXPECT_EQ(why([](auto& m) { m.organisation = participant_id("clinic-2"); }),
              "an entry's mandate is for another organisation");
    EXPECT_EQ(why([](auto& m) { m.audience = participant_id("relay-2"); }),
              "an entry's mandate is for another organisation");
    EXPECT_EQ(why([](auto& m) { m.scope = {service_id("claims")}; }),
              "an entry's mandate does not cover the service");
    EXPECT_EQ(why([](auto& m) { m.kind = MandateKind::consent; }),
              "an entry's mandate is of another kind than its policy row takes");
    EXPECT_EQ(why([](auto& m) { m.expires = m.issued_at + wire::login_lifetime_s + 1; }),
              "an entry's mandate lives longer than its kind may");
    EXPECT_EQ(why([](auto& m) { m.expires = m.issued_at; }),
              "an entry's mandate lives longer than its kind may");
    const std::string not_in_force = "an entry's mandate was not in force at the order's time";
    const auto shifted = [&why](std::int64_t seconds) {
        return why([seconds](auto& m) {
            m.issued_at += seconds;
            m.expires += seconds;
        });
    };
    EXPECT_EQ(shifted(-3 * 366 * 86'400), not_in_force) << "an old log-in";
    EXPECT_EQ(shifted(-wire::check_lifetime_s), not_in_force);
    EXPECT_EQ(shifted(-wire::check_lifetime_s + 1), "");
    EXPECT_EQ(shifted(wire::clock_skew_s), "") << "clocks a minute apart";
    EXPECT_EQ(shifted(wire::clock_skew_s + 1), not_in_force);
}

TEST(CardSigned, ARowThatThePolicyHasNoMoreSaysNothing) {
    Signing s;
    s.order.policy = wire::code_id("row-of-old");
    EXPECT_EQ(s.why(s.mandate(MandateKind::consent)), "");
}

TEST(CardSigned, PresenceFollowsFromTheSubject) {
    Signing s;
    const std::string another = "an entry has another presence than its subject";
    const auto why = [&s](wire::Presence presence, std::string_view subject) {
        s.order.presence = presence;
        return s.why(subject);
    };
    using wire::Presence;
    EXPECT_EQ(why(Presence::number, by_number), "");
    EXPECT_EQ(why(Presence::card_pin, by_number), another);
    EXPECT_EQ(why(Presence::card_seen, by_number), another);
    EXPECT_EQ(why(Presence::number, wire::mandate_subject(s.sign(s.mandate()))), another);
    EXPECT_EQ(why(Presence::none, wire::self_subject), "");
    EXPECT_EQ(why(Presence::none, R"({"own":{"scheme":"file-number","number":"1"}})"), "");
    EXPECT_EQ(why(Presence::number, R"({"own":{"scheme":"file-number","number":"1"}})"), another);
    EXPECT_NE(why(Presence::none, R"({"own":"1"})"), "");
    EXPECT_EQ(why(Presence::number, wire::self_subject), another);
    EXPECT_NE(why(Presence::none, R"({"self":false})"), "");
    EXPECT_NE(why(Presence::none, "{}"), "");
    EXPECT_NE(why(Presence::number, R"({"number":{},"self":true})"), "") << "of two forms";
    EXPECT_NE(why(Presence::card_pin, R"({"mandate":"x.y.z"})"), "");
    s.head.card_seen = true;
    EXPECT_EQ(why(Presence::card_seen, by_number), "");
    EXPECT_EQ(why(Presence::number, by_number), another);
}

TEST(CardSigned, AChecksUseIsItsHolderAndService) {
    Signing s(MandateKind::check);
    const auto subject = wire::mandate_subject(s.sign(s.mandate(MandateKind::check)));
    const auto use = [&s](std::string_view of) { return wire::valid(s.read(of)).use_of_check; };
    const auto once = use(subject);
    EXPECT_NE(once, "");
    EXPECT_EQ(use(subject), once);
    EXPECT_NE(use(wire::mandate_subject(s.sign(s.mandate(MandateKind::check)))), once);
    s.order.holder = participant_id("06990022");
    EXPECT_NE(use(subject), once);
}

// Consent serves without the person, long after their log-in, for a day.
TEST(CardSigned, ConsentLivesForADay) {
    const Signing s(MandateKind::consent);
    auto mandate = s.mandate(MandateKind::consent);
    mandate.issued_at = now - 86'399;
    mandate.expires = now + 1;
    EXPECT_EQ(s.why(mandate), "");
    mandate.expires = now;
    EXPECT_EQ(s.why(mandate), "an entry's mandate was not in force at the order's time");
}

TEST(CardSigned, WhoActsForAnother) {
    const Signing s(MandateKind::delegate);
    auto delegate = s.mandate(MandateKind::delegate);
    delegate.issued_at -= 3'600;
    const auto why = [&](const std::function<void(wire::Mandate&)>& change,
                         const Hash& card = filled(7)) {
        auto by = s.mandate();
        change(by);
        return s.why(wire::delegate_subject(s.sign(delegate), s.sign_by_other(by, card)));
    };
    const auto as_is = [](auto&) {};
    EXPECT_EQ(why(as_is), "");
    EXPECT_EQ(why(as_is, filled(8)), "somebody else acts than the one named");
    EXPECT_EQ(why([](auto& m) { m.kind = MandateKind::consent; }),
              "who acts for another has no log-in");
    EXPECT_EQ(why([](auto& m) { m.organisation = participant_id("clinic-2"); }),
              "an entry's mandate is for another organisation");
    EXPECT_EQ(why([](auto& m) { m.scope = {service_id("claims")}; }),
              "an entry's mandate does not cover the service");
    EXPECT_EQ(why([](auto& m) { m.issued_at -= 600, m.expires -= 600; }),
              "an entry's mandate was not in force at the order's time");
    EXPECT_EQ(s.why(delegate), "an entry's mandate is not of its subject's form") << "no log-in";
    const auto login = s.sign(s.mandate());
    EXPECT_EQ(s.why(wire::mandate_subject(login)),
              "an entry's mandate is of another kind than its policy row takes");
    EXPECT_EQ(s.why(wire::delegate_subject(login, login)),
              "an entry's mandate is not of its subject's form");
    delegate.expires = now;
    EXPECT_EQ(why(as_is), "an entry's mandate was not in force at the order's time");
}

TEST(CardSigned, AnApplicationNamesThePayload) {
    Signing s(MandateKind::application);
    const auto mandate = s.mandate(MandateKind::application);
    const auto application = wire::application_subject(s.sign_by_other(mandate));
    EXPECT_EQ(s.why(application), "an application is of another payload");
    s.head.payload_hash = filled(3);
    EXPECT_EQ(s.why(application), "an application is of another payload");
    s.head.payload_hash = filled(2);
    EXPECT_EQ(s.why(application), "");
    EXPECT_EQ(s.why(wire::mandate_subject(s.sign_by_other(mandate))),
              "an entry's mandate is not of its subject's form");
    EXPECT_EQ(s.why(wire::application_subject(s.sign(s.mandate()))),
              "an application is a mandate of another kind");
    EXPECT_EQ(s.why(wire::application_subject(s.sign(mandate))),
              "an application is signed with the signing key");
}

}  // namespace
}  // namespace mado::client
