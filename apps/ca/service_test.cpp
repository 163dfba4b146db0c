#include "service.hpp"

#include "crypto/key.hpp"
#include "test_ca.hpp"

namespace mado::ca {
namespace {

using crypto::KeyType;
using crypto::PrivateKey;

constexpr std::int32_t japan = 32'400;
constexpr UnixTime noon = 1'795'575'600;  // 2026-11-25T03:00:00Z, noon in Japan

Date day(std::string_view text) {
    return parse_date(text).value();
}

const crypto::PublicKey& key_of(KeyType type) {
    static const auto p256 = PrivateKey::generate(KeyType::p256);
    static const auto p384 = PrivateKey::generate(KeyType::p384);
    static const auto rsa = PrivateKey::generate(KeyType::rsa);
    return (type == KeyType::p256 ? p256 : type == KeyType::p384 ? p384 : rsa).public_key();
}

struct Asked {
    UnixTime now = noon;
    UnixTime authority_ends = noon + 10 * 365 * day_s;
    Known known = {};
    bool as_it_is = false;
    const Registers* registers = &test_registers().registers();
};

// With the register's answer about whatever the order says; else the one that it carries.
Decision decide(Order order, const Asked& asked = {}) {
    if (order.answer && !asked.as_it_is) {
        const Attributes person{.name = order.name.value_or(""),
                                .kana = order.kana,
                                .address = order.address.value_or(""),
                                .birth_date = order.birth_date.value_or(""),
                                .sex = order.sex.value_or("")};
        order = test_registers().confirmed(std::move(order), {.person = person, .at = asked.now});
    }
    return judge(order, asked.known,
                 {.now = asked.now,
                  .utc_offset_s = japan,
                  .authority_ends = asked.authority_ends,
                  .registers = asked.registers});
}

std::string refusal(const Order& order, const Asked& asked = {}) {
    const auto decision = decide(order, asked);
    const auto* why = std::get_if<Refusal>(&decision);
    return why == nullptr ? "none" : std::string(to_text(*why));
}

Issue issue(const Order& order, const Asked& asked = {}) {
    auto decision = decide(order, asked);
    EXPECT_TRUE(std::holds_alternative<Issue>(decision)) << refusal(order, asked);
    return std::get<Issue>(std::move(decision));
}

// ---- keys ----

TEST(JudgeKey, ThreeKindsAreCertified) {
    for (const auto type : {KeyType::p256, KeyType::p384, KeyType::rsa})
        EXPECT_EQ(issue(authentication_order(key_of(type))).key.type(), type);
}

TEST(JudgeKey, EveryOtherIsRefusedWithItsReason) {
    const auto ed25519 = PrivateKey::generate(KeyType::ed25519);
    EXPECT_EQ(refusal(authentication_order(ed25519.public_key())), "key_type");
    Order order{.number = "1", .act = "issue-authentication"};
    EXPECT_EQ(refusal(order), "key_malformed");
    const TempFolder folder;
    const auto made = [&folder, &order](const std::string& how) {
        crypto::run_well(fmt::format("openssl {} | openssl pkey -pubout -outform DER -out {}", how,
                                     folder.path("key.der")));
        order.public_key = base64url(as_bytes(crypto::read(folder.path("key.der"))));
        return refusal(order);
    };
    EXPECT_EQ(made("genrsa 1024"), "key_type");
    EXPECT_EQ(made("ecparam -name secp521r1 -genkey"), "key_type");
    EXPECT_EQ(made("ecparam -name secp256k1 -genkey"), "key_type");
    EXPECT_EQ(made("genrsa 2048"), "none");
    EXPECT_EQ(made("genrsa -3 2048"), "key_weak") << "exponent 3";
    for (const auto* text : {"", "AAAA", "not base64url!", "MIIB="}) {
        order.public_key = text;
        EXPECT_EQ(refusal(order), "key_malformed") << text;
    }
    order.public_key = spki_text(key_of(KeyType::p256)) + "AA";
    EXPECT_EQ(refusal(order), "key_malformed") << "bytes behind the key";
    order.public_key = std::string(4'000, 'A');
    EXPECT_EQ(refusal(order), "key_malformed");
}

TEST(JudgeKey, NumbersThatAreNoKeyAreRefused) {
    // A point that is not on the curve: one bit of y is another one.
    auto spki = key_of(KeyType::p256).spki();
    spki.back() ^= 1;
    Order order{.number = "1", .act = "issue-authentication", .public_key = base64url(spki)};
    EXPECT_EQ(refusal(order), "key_malformed");
    // An even modulus.
    auto rsa = key_of(KeyType::rsa).spki();
    rsa[rsa.size() - 6] &= 0xfe;
    order.public_key = base64url(rsa);
    EXPECT_EQ(refusal(order), "key_weak");
    // A small factor: 3 divides 2^2047 + 1.
    auto three = key_of(KeyType::rsa).spki();
    Bytes modulus(256);
    modulus.front() = 0x80;
    modulus.back() = 0x01;
    std::ranges::copy(modulus, three.end() - 5 - static_cast<long>(modulus.size()));
    order.public_key = base64url(three);
    EXPECT_EQ(refusal(order), "key_weak");
}

TEST(JudgeKey, BelongsToOnePersonAndOneUse) {
    const auto order = authentication_order(key_of(KeyType::p256));
    const auto with = [](Kept kept) {
        Asked asked;
        asked.known.of_key.push_back(std::move(kept));
        return asked;
    };
    EXPECT_EQ(refusal(order, with({.serial = "a", .number = "2"})), "key_taken");
    EXPECT_EQ(refusal(order, with({.serial = "a", .number = "1", .use = Use::signing})),
              "key_taken");
    EXPECT_EQ(refusal(order, with({.serial = "a", .number = "1"})), "none")
        << "renewed with the same key";
    for (const auto* reason : {"lost", "key-compromise"}) {
        EXPECT_EQ(
            refusal(
                order,
                with({.serial = "a", .number = "1", .status = Status::revoked, .reason = reason})),
            "key_compromised");
    }
    EXPECT_EQ(refusal(order, with({.serial = "a",
                                   .number = "1",
                                   .status = Status::revoked,
                                   .reason = "attributes-changed"})),
              "none");
}

// ---- what stands in it ----

TEST(JudgeIssue, AuthenticationSaysNothingOfThePerson) {
    EXPECT_FALSE(issue(authentication_order(key_of(KeyType::p256))).attributes);
    for (const auto member :
         {&Order::name, &Order::kana, &Order::address, &Order::birth_date, &Order::sex}) {
        auto order = authentication_order(key_of(KeyType::p256));
        order.*member = "1984-03-15";
        EXPECT_EQ(refusal(order), "attributes_unwanted");
    }
}

TEST(JudgeIssue, SigningNeedsTheFourAttributes) {
    const auto good = signing_order(key_of(KeyType::p384));
    EXPECT_EQ(issue(good).attributes->name, "髙橋 﨑子");
    for (const auto member : {&Order::name, &Order::address, &Order::birth_date, &Order::sex}) {
        auto order = good;
        order.*member = std::nullopt;
        EXPECT_EQ(refusal(order), "attributes_missing");
        for (const auto* wrong : {"", "\xff", "a\nb", "a\x7f"}) {
            order.*member = wrong;
            EXPECT_EQ(refusal(order), "attributes_malformed");
        }
    }
    auto order = good;
    order.kana = std::nullopt;
    EXPECT_EQ(refusal(order), "none");
    order.kana = "";
    EXPECT_EQ(refusal(order), "attributes_malformed");
    order = good;
    order.sex = "f";
    EXPECT_EQ(refusal(order), "attributes_malformed");
    order = good;
    order.birth_date = "2026-11-26";
    EXPECT_EQ(refusal(order), "attributes_malformed") << "born tomorrow";
    order = good;
    order.name = std::string(257, 'x');
    EXPECT_EQ(refusal(order), "attributes_malformed");
    order = good;
    order.address = std::string(1'001, 'x');
    EXPECT_EQ(refusal(order), "attributes_malformed");
}

// ---- who says so ----

Attributes another_name() {
    auto out = test_person();
    out.name = "山田 﨑子";
    return out;
}

std::string refusal_of(const Order& order, UnixTime now = noon) {
    return refusal(order, {.now = now, .as_it_is = true});
}

Order signing_of(const TestRegisters::Said& said) {
    return test_registers().confirmed(signing_order(key_of(KeyType::p256)), said);
}

TEST(JudgeRegister, StandsBehindTheAttributes) {
    EXPECT_EQ(refusal_of(signing_of({.at = noon})), "none");
    EXPECT_EQ(refusal_of(signing_of({.person = another_name(), .at = noon})), "register_other");
    for (const auto member : {&Order::name, &Order::kana, &Order::address}) {
        auto order = signing_of({.at = noon});
        order.*member = "別人";
        EXPECT_EQ(refusal_of(order), "register_other");
    }
    auto order = signing_of({.at = noon});
    order.birth_date = "1984-03-16";
    EXPECT_EQ(refusal_of(order), "register_other");
    order = signing_of({.at = noon});
    order.sex = "male";
    EXPECT_EQ(refusal_of(order), "register_other");
    order = signing_of({.at = noon});
    order.kana = std::nullopt;
    EXPECT_EQ(refusal_of(order), "register_other") << "it was asked with the reading";
    order = signing_of({.at = noon});
    order.salt = base64url(Hash{});
    EXPECT_EQ(refusal_of(order), "register_other");
    auto unknown = test_person();
    unknown.sex = "unknown";
    order = signing_of({.person = unknown, .at = noon});
    EXPECT_EQ(refusal_of(order), "register_other") << "it has confirmed no sex";
    order.sex = "unknown";
    EXPECT_EQ(refusal_of(order), "none");
}

TEST(JudgeRegister, HasSignedAnAnswerToTheOrderThatTheRelayHasLookedAt) {
    auto order = signing_of({.at = noon});
    order.confirmed_by = base64url(crypto::sha256(as_bytes("another order")));
    EXPECT_EQ(refusal_of(order), "register_invalid") << "another person's, say";
    for (const auto member : {&Order::confirmed_by, &Order::answer, &Order::salt}) {
        order = signing_of({.at = noon});
        order.*member = std::nullopt;
        EXPECT_EQ(refusal_of(order), "register_missing");
        order.*member = "x";
        EXPECT_EQ(refusal_of(order), "register_invalid");
    }
    EXPECT_EQ(refusal_of(signing_of({.by = "21000013", .at = noon})), "register_invalid")
        << "an insurer is no resident register";
    EXPECT_EQ(refusal_of(signing_of({.at = noon, .service = "evidence"})), "register_invalid");
    for (const auto* verdict : {"variant", "different"}) {
        EXPECT_EQ(refusal_of(signing_of({.at = noon, .verdict = verdict})), "register_invalid");
    }
    EXPECT_EQ(refusal_of(signing_of({.at = noon, .current = false})), "register_invalid")
        << "it has them no more";
    // One letter of the content, or of the signature.
    order = signing_of({.at = noon});
    for (const auto at : {order.answer->find('.') + 10, order.answer->rfind('.') + 10}) {
        auto altered = order;
        auto& letter = altered.answer->at(at);
        letter = letter == 'A' ? 'B' : 'A';
        EXPECT_EQ(refusal_of(altered), "register_invalid");
    }
    const TestRegisters others;  // of the same names, with keys of their own
    const auto forged = others.confirmed(signing_order(key_of(KeyType::p256)), {.at = noon});
    EXPECT_EQ(refusal_of(forged), "register_invalid");
}

TEST(JudgeRegister, WasAskedNotLongAgo) {
    const auto order = signing_of({.at = noon});
    EXPECT_EQ(refusal_of(order, noon + confirmation_s_max), "none");
    EXPECT_EQ(refusal_of(order, noon + confirmation_s_max + 1), "register_old");
    EXPECT_EQ(refusal_of(order, noon - 3'600), "register_invalid") << "of the future";
}

// Nobody was asked about who had a card before (decision 45): a file of theirs, and nothing else.
TEST(JudgeRegister, IsNotAskedAtTheFirstTakeOn) {
    Order order{.number = "1",
                .act = "issue-signing",
                .public_key = spki_text(key_of(KeyType::p256)),
                .name = "名",
                .address = "住所",
                .birth_date = "1984-03-15",
                .sex = "male"};
    const Asked taking_on{.registers = nullptr};
    EXPECT_EQ(refusal(order, taking_on), "register_missing") << "an order that a gateway wrote";
    order.taken_on = true;
    EXPECT_EQ(refusal(order, taking_on), "none");
    EXPECT_EQ(refusal(order), "register_missing") << "not while it serves";
}

TEST(JudgeIssue, NobodyUnderFifteenSigns) {
    auto order = signing_order(key_of(KeyType::p256));
    order.birth_date = "2011-11-26";
    EXPECT_EQ(refusal(order), "too_young") << "15 tomorrow";
    order.birth_date = "2011-11-25";
    EXPECT_EQ(refusal(order), "none") << "15 today";
    // The day is the country's: 2026-11-25T15:00:00Z is midnight there.
    order.birth_date = "2011-11-26";
    EXPECT_EQ(refusal(order, {.now = noon + 12 * 3'600 - 1}), "too_young");
    EXPECT_EQ(refusal(order, {.now = noon + 12 * 3'600}), "none");
    order.birth_date = "2012-02-29";
    const auto at = [](std::string_view text) { return end_of(day(text), japan); };
    EXPECT_EQ(refusal(order, {.now = at("2027-02-27")}), "too_young");
    EXPECT_EQ(refusal(order, {.now = at("2027-02-28")}), "none");
    EXPECT_EQ(refusal(authentication_order(key_of(KeyType::p256))), "none")
        << "but everybody logs in";
}

TEST(JudgeIssue, SigningEndsOnTheFifthBirthday) {
    const auto ends = [](const char* birth, UnixTime now = noon) {
        auto order = signing_order(key_of(KeyType::p256));
        order.birth_date = birth;
        return to_rfc3339(issue(order, {.now = now}).validity.not_after);
    };
    EXPECT_EQ(ends("1984-03-15"), "2031-03-15T14:59:59Z");
    EXPECT_EQ(ends("1984-12-15"), "2030-12-15T14:59:59Z");
    EXPECT_EQ(ends("1984-11-26"), "2030-11-26T14:59:59Z") << "tomorrow's is the first";
    EXPECT_EQ(ends("1984-11-25"), "2031-11-25T14:59:59Z") << "today's does not count";
    EXPECT_EQ(ends("1984-02-29"), "2031-02-28T14:59:59Z");
}

TEST(JudgeIssue, AuthenticationEndsFiveYearsAfterItsDayWhateverTheBirthday) {
    const auto validity = issue(authentication_order(key_of(KeyType::p256))).validity;
    EXPECT_EQ(validity.not_before, noon - 300) << "some clocks are behind";
    EXPECT_EQ(to_rfc3339(validity.not_after), "2031-11-25T14:59:59Z");
    const UnixTime leap_day = 1'835'406'000;  // 2028-02-29
    EXPECT_EQ(to_rfc3339(issue(authentication_order(key_of(KeyType::p256)), {.now = leap_day})
                             .validity.not_after),
              "2033-02-28T14:59:59Z");
}

TEST(JudgeIssue, NoneOutlivesItsAuthority) {
    const auto ends = noon + 100 * day_s;
    for (const auto& order :
         {authentication_order(key_of(KeyType::p256)), signing_order(key_of(KeyType::p384))})
        EXPECT_EQ(issue(order, {.authority_ends = ends}).validity.not_after, ends);
}

// The card that somebody has works until the issuer ends it; a key has one certificate at a time.
TEST(JudgeIssue, ANewOneSupersedesThoseOfItsKeyOnly) {
    Asked asked;
    asked.known.of_key = {{.serial = "a", .number = "1", .not_after = noon + 1},
                          {.serial = "b", .number = "1", .not_after = noon},
                          {.serial = "c",
                           .number = "1",
                           .not_after = noon + 1,
                           .status = Status::revoked,
                           .reason = "ended"},
                          {.serial = "d",
                           .number = "1",
                           .not_after = noon + 1,
                           .status = Status::suspended,
                           .reason = "by-request"}};
    EXPECT_EQ(issue(authentication_order(key_of(KeyType::p256)), asked).supersedes,
              (std::vector<std::string>{"a", "d"}));
}

// ---- statuses ----

TEST(JudgeChange, EachStatusLeadsWhereItMay) {
    const auto says = [](Status from, const char* act, const char* reason) -> std::string {
        Asked asked;
        asked.known.named =
            Kept{.serial = "a", .number = "1", .not_after = noon + 1, .status = from};
        const auto decision = decide(change_order(act, "a", reason), asked);
        if (const auto* change = std::get_if<Change>(&decision)) {
            EXPECT_EQ(change->serial, "a");
            EXPECT_EQ(change->reason.has_value(), change->to != Status::good);
            return std::string(to_text(change->to));
        }
        if (std::holds_alternative<Unchanged>(decision)) return "unchanged";
        return std::string(to_text(std::get<Refusal>(decision)));
    };
    EXPECT_EQ(says(Status::good, "suspend", "lost"), "suspended");
    EXPECT_EQ(says(Status::suspended, "resume", "found"), "good");
    EXPECT_EQ(says(Status::good, "revoke", "attributes-changed"), "revoked");
    EXPECT_EQ(says(Status::suspended, "revoke", "lost"), "revoked");
    EXPECT_EQ(says(Status::suspended, "suspend", "by-request"), "unchanged");
    EXPECT_EQ(says(Status::good, "resume", "found"), "unchanged");
    EXPECT_EQ(says(Status::revoked, "revoke", "ended"), "unchanged");
    EXPECT_EQ(says(Status::revoked, "resume", "found"), "revoked") << "for good";
    EXPECT_EQ(says(Status::revoked, "suspend", "lost"), "revoked");
    for (const auto& [act, reason] : {std::pair{"suspend", "found"},
                                      {"suspend", "ended"},
                                      {"suspend", ""},
                                      {"resume", "lost"},
                                      {"revoke", "found"},
                                      {"revoke", "because"}})
        EXPECT_EQ(says(Status::good, act, reason), "reason_unknown") << act << " " << reason;
}

TEST(JudgeChange, IsOfThePersonsOwnThatIsNotOver) {
    Asked asked;
    EXPECT_EQ(refusal(change_order("revoke", "a", "lost"), asked), "serial_unknown");
    asked.known.named = Kept{.serial = "a", .number = "2", .not_after = noon + 1};
    EXPECT_EQ(refusal(change_order("revoke", "a", "lost"), asked), "serial_of_other");
    asked.known.named = Kept{.serial = "a", .number = "1", .not_after = noon};
    EXPECT_EQ(refusal(change_order("revoke", "a", "lost"), asked), "over");
    EXPECT_EQ(refusal(change_order("erase", "a", "lost"), asked), "act_unknown");
}

TEST(Reasons, AreThoseOfListsAndOcsp) {
    using enum crypto::RevocationReason;
    const auto revoked = [](std::string_view word) {
        return revocation_reason(Status::revoked, word);
    };
    EXPECT_EQ(revoked("lost"), key_compromise);
    EXPECT_EQ(revoked("attributes-changed"), affiliation_changed);
    EXPECT_EQ(revoked(mado::ca::superseded), crypto::RevocationReason::superseded);
    EXPECT_EQ(revoked("ended"), cessation_of_operation);
    EXPECT_EQ(revoked("by-request"), std::nullopt) << "unspecified is left out";
    EXPECT_EQ(revocation_reason(Status::suspended, "lost"), certificate_hold);
}

}  // namespace
}  // namespace mado::ca
