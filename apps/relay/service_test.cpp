#include "service.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "test_country.hpp"

namespace mado::relay {
namespace {

using wire::code_id;
using wire::filled;
using wire::participant_id;
using wire::service_id;
using wire::test_now;

class ServiceTest : public testing::Test {
  protected:
    RelayCountry country;
    const wire::Directory directory = country.directory();
    const wire::Schemes schemes = wire::test_schemes();
    const wire::Scheme& insured = *schemes.find("insured-number");
};

// ---- who asks ----

class AuthenticateTest : public ServiceTest {
  protected:
    [[nodiscard]] Code code(const wire::Head& head, const crypto::PrivateKey& key,
                            std::optional<Hash> certificate = filled(4),
                            UnixTime now = test_now) const {
        const auto signed_head =
            wire::valid(wire::parse_head(wire::sign_head(head, wire::kid_of(key), key)));
        const auto caller = authenticate(
            {.directory = directory, .certificate = certificate, .head = signed_head, .now = now});
        if (caller) {
            EXPECT_EQ((*caller)->id, head.issuer);
            return accepted;
        }
        return caller.error();
    }
    static constexpr Code accepted = Code::internal;  // no refusal of ours
};

TEST_F(AuthenticateTest, HeadAndCertificateOfOneOrganisation) {
    EXPECT_EQ(code(country.head(), country.clinic), accepted);
}

TEST_F(AuthenticateTest, Strangers) {
    EXPECT_EQ(code(country.head(), country.clinic, std::nullopt), Code::not_in_directory);
    EXPECT_EQ(code(country.head(), country.clinic, filled(99)), Code::not_in_directory);
    auto head = country.head();
    head.issuer = participant_id("clinic-9");
    EXPECT_EQ(code(head, country.clinic), Code::not_in_directory);
}

TEST_F(AuthenticateTest, CertificateOfAnotherOrganisation) {
    EXPECT_EQ(code(country.head(), country.clinic, filled(8)), Code::certificate_mismatch);
    auto head = country.head();
    head.issuer = participant_id("portal");
    EXPECT_EQ(code(head, country.portal), Code::certificate_mismatch);
}

TEST_F(AuthenticateTest, KeyOfAnotherOrganisation) {
    EXPECT_EQ(code(country.head(), country.portal), Code::head_signature);
    EXPECT_EQ(code(country.head(), country.seal_to), Code::head_signature);
}

TEST_F(AuthenticateTest, HeadForAnotherRelay) {
    auto head = country.head();
    head.audience = participant_id("issuer");
    EXPECT_EQ(code(head, country.clinic), Code::head_audience);
}

TEST_F(AuthenticateTest, StaleHead) {
    const auto head = country.head();
    EXPECT_EQ(code(head, country.clinic, filled(4), head.expires - 1), accepted);
    EXPECT_EQ(code(head, country.clinic, filled(4), head.expires), Code::head_stale);
    EXPECT_EQ(code(head, country.clinic, filled(4), test_now - 60), accepted);
    EXPECT_EQ(code(head, country.clinic, filled(4), test_now - 61), Code::head_stale);
    auto longer = head;
    longer.expires = longer.issued_at + 61;
    EXPECT_EQ(code(longer, country.clinic), Code::head_stale);
}

TEST_F(AuthenticateTest, AlteredHead) {
    const auto compact =
        wire::sign_head(country.head(), wire::kid_of(country.clinic), country.clinic);
    auto head = wire::valid(wire::parse_head(compact));
    head.jws.signature.back() ^= 1;
    const std::optional<Hash> certificate = filled(4);
    const auto caller = authenticate(
        {.directory = directory, .certificate = certificate, .head = head, .now = test_now});
    ASSERT_FALSE(caller.has_value());
    EXPECT_EQ(caller.error(), Code::head_signature);
}

// ---- mandates and cards ----

class MandateTest : public ServiceTest {
  protected:
    [[nodiscard]] std::optional<Code> judge(const wire::Mandate& given,
                                            UnixTime now = test_now) const {
        return judge_mandate({.mandate = given,
                              .caller = *directory.find("clinic-1"),
                              .kind = row.mandate,
                              .service = row.service,
                              .relay = directory.relay().id,
                              .now = now});
    }

    wire::PolicyRow row{.id = code_id("row"),
                        .service = service_id("eligibility"),
                        .requester_kind = code_id("clinic"),
                        .purpose = code_id("treatment"),
                        .presence = wire::Presence::card_pin,
                        .mandate = wire::MandateKind::check,
                        .holder_kinds = {},
                        .legal_basis = "…",
                        .keep_days = 1,
                        .tell_at_once = false,
                        .from = {},
                        .to = {}};
    wire::Mandate mandate{.audience = participant_id("relay"),
                          .organisation = participant_id("clinic-1"),
                          .kind = wire::MandateKind::check,
                          .scope = {service_id("eligibility")},
                          .nonce = "nonce",
                          .issued_at = test_now,
                          .expires = test_now + 120,
                          .stop = {}};
};

TEST_F(MandateTest, CoversItsRequest) {
    EXPECT_EQ(judge(mandate), std::nullopt);
}

TEST_F(MandateTest, ForAnother) {
    auto other = mandate;
    other.audience = participant_id("issuer");
    EXPECT_EQ(judge(other), Code::mandate_for_other);
    other = mandate;
    other.organisation = participant_id("portal");
    EXPECT_EQ(judge(other), Code::mandate_for_other);
}

TEST_F(MandateTest, Times) {
    EXPECT_EQ(judge(mandate, test_now + 119), std::nullopt);
    EXPECT_EQ(judge(mandate, test_now + 120), Code::mandate_expired);
    EXPECT_EQ(judge(mandate, test_now - 60), std::nullopt);
    EXPECT_EQ(judge(mandate, test_now - 61), Code::mandate_expired);
    auto other = mandate;
    other.expires = other.issued_at + 121;
    EXPECT_EQ(judge(other), Code::mandate_expired) << "a check lives two minutes";
    other.issued_at = test_now + 50;
    other.expires = test_now + 40;
    EXPECT_EQ(judge(other), Code::mandate_expired);
}

TEST_F(MandateTest, Scope) {
    auto other = mandate;
    other.scope = {service_id("claims"), service_id("entries")};
    EXPECT_EQ(judge(other), Code::mandate_scope);
    other.scope.push_back(service_id("eligibility"));
    EXPECT_EQ(judge(other), std::nullopt);
}

TEST_F(MandateTest, LogInDoesNotStandInForACheck) {
    auto other = mandate;
    other.kind = wire::MandateKind::login;
    EXPECT_EQ(judge(other), Code::mandate_scope);
    row.mandate = wire::MandateKind::login;
    EXPECT_EQ(judge(other), std::nullopt);
    EXPECT_EQ(judge(mandate), Code::mandate_scope);
    other.expires = other.issued_at + 1'800;
    EXPECT_EQ(judge(other), std::nullopt);
    other.expires = other.issued_at + 1'801;
    EXPECT_EQ(judge(other), Code::mandate_expired);
}

TEST_F(ServiceTest, OnlyAnActiveCardThatLives) {
    CardKey card{.person = 1,
                 .status = CardStatus::active,
                 .key = country.clinic.public_key(),
                 .not_after = test_now + 1,
                 .authority = {},
                 .serial = {}};
    EXPECT_EQ(judge_card(card, test_now), std::nullopt);
    EXPECT_EQ(judge_card(card, test_now + 1), Code::card_expired);
    card.status = CardStatus::suspended;
    EXPECT_EQ(judge_card(card, test_now), Code::card_revoked);
    card.status = CardStatus::revoked;
    EXPECT_EQ(judge_card(card, test_now), Code::card_revoked);
}

// ---- whom it goes to ----

class RouteTest : public ServiceTest {
  protected:
    static wire::PersonNumber number(const std::string& insurer, const std::string& digits) {
        return {.scheme = "insured-number",
                .fields = {{"insurer", insurer}, {"symbol", ""}, {"number", digits}}};
    }
    static Identifier at(const std::string& holder, const std::string& digits,
                         bool current = true) {
        return {
            .number = number(holder, digits), .holder = participant_id(holder), .current = current};
    }
    [[nodiscard]] std::string linked(const wire::Target& to) const {
        const auto route = route_linked(to, directory, identifiers);
        if (!route) return std::string(wire::info(route.error()).name);
        return route->holder.text() + " " + std::string(route->identifier->number.field("number"));
    }
    [[nodiscard]] std::string own_number(const wire::Target& to,
                                         const wire::PersonNumber& typed) const {
        const auto route = route_own_number(to, directory, insured, typed);
        if (!route) return std::string(wire::info(route.error()).name);
        return route->holder.text() + " " + std::string(route->identifier->number.field("number"));
    }
    static wire::Target holder(std::string_view id) {
        return {.holder = participant_id(id), .kind = {}, .position = 1};
    }
    static wire::Target kind(std::string_view name, std::int64_t position = 1) {
        return {.holder = {}, .kind = code_id(name), .position = position};
    }

    std::vector<Identifier> identifiers{
        {.number = {.scheme = "health-care-number", .fields = {{"number", "1"}}},
         .holder = {},
         .current = true},
        at("06990014", "new"),
        at("992016", "care"),
        at("06990014", "old", false),
        at("12345678", "of nobody in the directory"),
    };
};

TEST_F(RouteTest, LinkedByHolder) {
    EXPECT_EQ(linked(holder("06990014")), "06990014 new");
    EXPECT_EQ(linked(holder("992016")), "992016 care");
    EXPECT_EQ(linked(holder("clinic-1")), "no_link");
}

TEST_F(RouteTest, LinkedByKindAndPosition) {
    EXPECT_EQ(linked(kind("medical-insurer")), "06990014 new");
    EXPECT_EQ(linked(kind("medical-insurer", 2)), "06990014 old");
    EXPECT_EQ(linked(kind("medical-insurer", 3)), "no_link");
    EXPECT_EQ(linked(kind("care-insurer")), "992016 care");
    EXPECT_EQ(linked(kind("pension")), "no_link");
}

TEST_F(RouteTest, NumberLeadsToItsOwnHolderOnly) {
    const auto typed = number("06990014", "1");
    EXPECT_EQ(own_number(holder("06990014"), typed), "06990014 1");
    EXPECT_EQ(own_number(kind("medical-insurer"), typed), "06990014 1");
    for (const auto& to : {kind("medical-insurer", 2), kind("care-insurer"), holder("992016")}) {
        EXPECT_EQ(own_number(to, typed), "no_match");
    }
    EXPECT_EQ(own_number(kind("care-insurer"), typed), "no_match")
        << "by number nobody reaches the person's other holders";
}

TEST_F(RouteTest, AFormerHealthCareNumberLeadsNowhere) {
    const auto by = [&](const std::string& digits) {
        const wire::PersonNumber typed{.scheme = "health-care-number",
                                       .fields = {{"number", digits}}};
        const auto route = route_given_number(holder("06990014"), directory, typed, identifiers);
        return route ? route->holder.text() : std::string(wire::info(route.error()).name);
    };
    EXPECT_EQ(by("1"), "06990014");
    identifiers[0].current = false;
    EXPECT_EQ(by("1"), "no_match");
    EXPECT_EQ(by("2"), "no_match");
}

TEST_F(RouteTest, NumberThatLeadsNowhere) {
    EXPECT_EQ(own_number(kind("medical-insurer"), number("12345678", "1")), "no_match");
    EXPECT_EQ(own_number(kind("medical-insurer"), number("992016", "1")), "no_match")
        << "a care insurer gives no such numbers";
    EXPECT_EQ(own_number(kind("medical-insurer"), number("", "1")), "no_match");
}

TEST_F(ServiceTest, ParametersThatTheServiceKnows) {
    const auto today = parse_date("2026-11-22").value();
    auto head = country.head();
    EXPECT_TRUE(parameters_fit(head, today));
    head.parameters = {};
    EXPECT_TRUE(parameters_fit(head, today));
    head.parameters = {{"on", "22.11.2026"}};
    EXPECT_FALSE(parameters_fit(head, today));
    head.parameters = {{"on", "2026-11-22"}, {"name", "花子"}};
    EXPECT_FALSE(parameters_fit(head, today));
    head.service = wire::service_id("claims");
    EXPECT_FALSE(parameters_fit(head, today));
    head.parameters = {{"from", "2026-01"}, {"to", "2026-07"}};
    EXPECT_TRUE(parameters_fit(head, today));
    head.parameters = {{"from", "2026-12"}};  // after today's month, which is where it would end
    EXPECT_FALSE(parameters_fit(head, today));
    head.service = wire::service_id("entries");
    EXPECT_TRUE(parameters_fit(head, today)) << "the relay reads its own";
}

}  // namespace
}  // namespace mado::relay
