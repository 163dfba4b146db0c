// What the relay was told, shown with its entry; and what relay and authority hold, against what
// follows from the entries. Each lie is told here by changing one of the two.
#include "client/held.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "crypto/digest.hpp"
#include "crypto/jwe.hpp"
#include "wire/test_wire.hpp"

namespace mado::client {
namespace {

using wire::filled;
using wire::participant_id;

// A tell to the relay, as it was sealed and signed.
struct TestTell {
    wire::Head head;
    std::string subject = R"({"own":{"scheme":"issuing-number","number":"１２３４"}})";
    std::string payload;
    Bytes key;
};
TestTell tell_of(std::string_view service, std::string_view act, const json::object& said) {
    const auto relay = crypto::PrivateKey::generate(crypto::KeyType::p256);
    TestTell out{.head = wire::TestCountry().head(), .payload = {}, .key = {}};
    out.payload = crypto::encrypt_jwe(as_bytes(json::serialize(said)), relay.public_key());
    out.key = to_bytes(wire::valid(crypto::jwe_content_key(out.payload, relay)).view());
    out.head.service = wire::service_id(service);
    out.head.parameters = {{"act", std::string(act)}};
    out.head.payload_hash = crypto::sha256(as_bytes(out.payload));
    return out;
}
Parsed<Told> open(const TestTell& tell) {
    return open_told(tell.head, as_bytes(tell.subject), tell.payload, tell.key);
}
std::string why(const TestTell& tell) {
    const auto told = open(tell);
    return told ? "" : told.error().why;
}

json::object number(std::string_view digits) {
    return {{"scheme", "file-number"}, {"fields", json::object{{"number", digits}}}};
}
json::object numbers(json::object one) {
    return {{"numbers", json::array{std::move(one)}}};
}
Number file(std::string_view digits) {
    return {.scheme = "file-number", .fields = {{"number", std::string(digits)}}};
}

TEST(Told, SaysWhatWasLinked) {
    auto one = number("a-7");
    one["confirmation"] = json::object{{"answer", "…"}, {"index", 3}};
    auto said = numbers(one);
    said["health_care_number"] = "12";
    said["given"] = json::array{number("8")};
    const auto told = wire::valid(open(tell_of("link", "first", said)));
    const auto& link = std::get<ToldLink>(told);
    EXPECT_EQ(link.act, "first");
    const Number own{.scheme = "issuing-number", .fields = {{"number", "1234"}}};
    const Number everybodys{.scheme = "health-care-number", .fields = {{"number", "12"}}};
    EXPECT_EQ(link.numbers, (std::vector{file("A7"), file("8"), everybodys, own}))
        << "as they are compared, and the sender's own with them";
    EXPECT_EQ(to_text(own), "issuing-number 1234");
    auto corrected = numbers(number("9"));
    corrected["was"] = number("8");
    EXPECT_EQ(std::get<ToldLink>(wire::valid(open(tell_of("link", "correct", corrected)))).was,
              file("8"));
}

TEST(Told, SaysWhatBecameOfACard) {
    const auto key = crypto::PrivateKey::generate(crypto::KeyType::p256);
    const auto card = crypto::self_signed({.use = crypto::CertificateUse::authority,
                                           .common_name = "card",
                                           .not_after = 4'000'000'000},
                                          key);
    const json::object added{{"certificates", json::array{base64url(card.der())}}};
    const auto told = wire::valid(open(tell_of("card", "activate", added)));
    EXPECT_EQ(std::get<ToldCard>(told).certificates, std::vector{card.thumbprint()});
    EXPECT_EQ(std::get<ToldCard>(told).added.size(), 1U);
    const json::object named{{"certificates", json::array{base64url(filled(5))}}};
    EXPECT_EQ(std::get<ToldCard>(wire::valid(open(tell_of("card", "revoke", named)))).certificates,
              std::vector{filled(5)});
}

// A relay that shows other numbers than it was told to link.
TEST(Told, NothingElseFitsWhatTheSenderSigned) {
    const auto honest = tell_of("link", "start", numbers(number("7")));
    EXPECT_EQ(why(honest), "");
    auto other = tell_of("link", "start", numbers(number("8")));
    other.head = honest.head;
    EXPECT_EQ(why(other), "what the relay was told is not what the sender signed");
    auto key = honest;
    key.key.back() ^= 1;
    EXPECT_EQ(why(key), "what the relay was told does not open with the key that it shows");
    auto short_key = honest;
    short_key.key.pop_back();
    EXPECT_NE(why(short_key), "");
    auto no_hash = honest;
    no_hash.head.payload_hash = {};
    EXPECT_NE(why(no_hash), "");
    EXPECT_EQ(why(tell_of("link", "begin", numbers(number("7")))),
              "the relay was told what it does not take");
    EXPECT_NE(why(tell_of("link", "start", {})), "");
    EXPECT_NE(why(tell_of("link", "correct", numbers(number("7")))), "");
    EXPECT_NE(why(tell_of("card", "revoke", {{"certificates", json::array{}}})), "");
    EXPECT_NE(why(tell_of("card", "activate", {{"certificates", json::array{"AAAA"}}})), "");
    EXPECT_NE(why(tell_of("link", "start", {{"numbers", json::array{1}}})), "");
}

// ---- what is held ----

// A person who was made known by the issuer, with a card, and an insurer's number that was replaced
// by another; relay and authority say so too.
struct World {
    wire::TestCountry country;
    crypto::PrivateKey authority_key = crypto::PrivateKey::generate(crypto::KeyType::p256);
    crypto::Certificate authority = crypto::self_signed(
        {.use = crypto::CertificateUse::authority, .common_name = "ca", .not_after = 4'000'000'000},
        authority_key);
    wire::Directory directory = country.directory();
    PersonEntries entries;
    crypto::Certificate card = issue();
    crypto::Certificate next = issue();
    Held held;

    [[nodiscard]] crypto::Certificate issue() const {
        const auto key = crypto::PrivateKey::generate(crypto::KeyType::p256);
        return crypto::issue({.use = crypto::CertificateUse::authentication,
                              .common_name = "card",
                              .not_after = 4'000'000'000},
                             key.public_key(), authority, authority_key);
    }
    PersonEntry& add(std::string_view holder, std::string_view service, std::string_view act) {
        PersonEntry entry;
        const auto place = entries.entries.size() + 1;
        entry.seq = static_cast<std::int64_t>(place);
        entry.index = 10 * place;
        entry.entry = filled(static_cast<std::uint8_t>(place));
        entry.order_entry = entry.entry;
        entry.order_index = entry.index;
        entry.kind = "order";
        entry.order = country.order();
        entry.order->holder = participant_id(holder);
        entry.head = country.head();
        entry.head->service = wire::service_id(service);
        entry.head->parameters = {{"act", std::string(act)}};
        entry.outcome = "answered";
        entries.entries.push_back(std::move(entry));
        return entries.entries.back();
    }
    void told(Told what) {
        const auto* link = std::get_if<ToldLink>(&what);
        auto& entry = add("relay", link != nullptr ? "link" : "card", "…");
        entry.told = std::move(what);
    }
    void ordered(std::string_view act, const crypto::Certificate& made) {
        const auto& entry = add("06990014", "certificate", act);
        auto& issued = held.issued.front();
        issued.certificates.push_back({made, base64url(made.serial())});
        issued.orders.push_back({.entry = entry.entry,
                                 .act = std::string(act),
                                 .outcome = "issued",
                                 .serial = base64url(made.serial()),
                                 .received = 0});
    }
    World() {
        directory.card_authorities.push_back(authority);
        entries.checkpoint.size = 1'000;
        held.issued.push_back({.authority = participant_id("06990014"),
                               .below = 500,
                               .certificates = {},
                               .orders = {}});
        told(ToldLink{.act = "first", .numbers = {file("1"), file("2")}});
        ordered("issue-authentication", card);
        told(ToldCard{.act = "activate", .added = {card}, .certificates = {card.thumbprint()}});
        told(ToldLink{.act = "start", .numbers = {file("3")}});
        told(ToldLink{.act = "end", .numbers = {file("2")}});
        told(ToldLink{.act = "correct", .numbers = {file("4")}, .was = file("3")});
        held.numbers = {.size = 900,
                        .numbers = {{.number = file("4"), .current = true, .index = 60},
                                    {.number = file("1"), .current = true, .index = 10},
                                    {.number = file("2"), .current = false, .index = 10}}};
        held.cards = {.size = 900,
                      .cards = {{.certificate = card.thumbprint(),
                                 .state = "active",
                                 .not_after = 4'000'000'000,
                                 .index = 30}}};
    }
    [[nodiscard]] HeldCheck check() const { return compare_held(entries, held, directory, card); }
    // "kind what", of each difference.
    [[nodiscard]] std::vector<std::string> found() const {
        std::vector<std::string> out;
        for (const auto& one : check().differences)
            out.push_back(std::string(to_text(one.kind)) + " " + one.what);
        return out;
    }
};
using Found = std::vector<std::string>;
std::string hash_of(const crypto::Certificate& certificate) {
    return base64url(certificate.thumbprint());
}

TEST(Held, AllOfItFollowsFromTheEntries) {
    const World world;
    EXPECT_EQ(world.found(), Found{});
    const auto check = world.check();
    EXPECT_EQ(check.numbers, 3U);
    EXPECT_EQ(check.cards, 1U);
    EXPECT_EQ(check.certificates, 1U);
    EXPECT_TRUE(check.taken_on.numbers.empty());
}

TEST(Held, ANumberLinkedBehindThePersonsBack) {
    World world;
    auto& numbers = world.held.numbers.numbers;
    numbers.push_back({.number = file("9"), .current = true, .index = 70});
    EXPECT_EQ(world.found(), Found{"number_unknown file-number 9"});
    numbers.back().index = 40;  // an entry that linked another one
    EXPECT_EQ(world.found(), Found{"number_unknown file-number 9"});
    numbers.back().index = {};  // "taken on": but this person was made known later
    EXPECT_EQ(world.found(), Found{"number_unknown file-number 9"});
    numbers.back() = {.number = file("3"), .current = true, .index = 40};
    EXPECT_EQ(world.found(), Found{"number_unknown file-number 3"}) << "corrected away";
}

TEST(Held, ANumberThatIsNotAsItWasTold) {
    World world;
    world.held.numbers.numbers[2].current = true;
    EXPECT_EQ(world.found(), Found{"number_differs file-number 2"});
    world.held.numbers.numbers.pop_back();
    EXPECT_EQ(world.found(), Found{"number_missing file-number 2"});
    // What came after the relay was asked is not compared.
    World later;
    later.held.numbers.size = 25;
    later.held.numbers.numbers = {{.number = file("1"), .current = true, .index = 10},
                                  {.number = file("2"), .current = true, .index = 10}};
    EXPECT_EQ(later.found(), Found{});
}

TEST(Held, ACardRegisteredBehindThePersonsBack) {
    World world;
    world.held.cards.cards.push_back(
        {.certificate = world.next.thumbprint(), .state = "active", .index = 70});
    EXPECT_EQ(world.found(), Found{"card_unknown " + hash_of(world.next)});
    world.held.cards.cards.back().index = {};
    EXPECT_EQ(world.found(), Found{"card_unknown " + hash_of(world.next)});
}

TEST(Held, ACardThatIsNotAsItWasTold) {
    World world;
    auto& card = world.held.cards.cards.front();
    card.state = "suspended";
    EXPECT_EQ(world.found(), Found{"card_differs " + hash_of(world.card)});
    card.state = "active";
    card.signing = true;
    EXPECT_EQ(world.found(), Found{"card_differs " + hash_of(world.card)});
    world.held.cards.cards.clear();
    EXPECT_EQ(world.found(), Found{"card_missing " + hash_of(world.card)});
    // The next one has revoked it.
    World renewed;
    renewed.ordered("issue-authentication", renewed.next);
    renewed.told(ToldCard{
        .act = "activate", .added = {renewed.next}, .certificates = {renewed.next.thumbprint()}});
    renewed.held.cards.cards.push_back(
        {.certificate = renewed.next.thumbprint(), .state = "active", .index = 80});
    EXPECT_EQ(renewed.found(), Found{"card_differs " + hash_of(renewed.card)});
    renewed.held.cards.cards.front().state = "revoked";
    EXPECT_EQ(renewed.found(), Found{});
    renewed.told(
        ToldCard{.act = "suspend", .added = {}, .certificates = {renewed.next.thumbprint()}});
    EXPECT_EQ(renewed.found(), Found{"card_differs " + hash_of(renewed.next)});
}

TEST(Held, WhatTheRelayWasToldAndDoesNotShow) {
    World world;
    world.entries.entries[3].told = {};
    EXPECT_EQ(world.found(), (Found{"not_shown link"})) << "and nothing is believed of the rest";
}

// From before the log: their word, and said to be that.
TEST(Held, WhoWasTakenOn) {
    World world;
    world.entries.entries.erase(world.entries.entries.begin());  // no first link
    for (auto& one : world.held.numbers.numbers) {
        if (one.index == 10) one.index = {};
    }
    world.held.cards.cards.push_back({.certificate = world.next.thumbprint(), .state = "active"});
    EXPECT_EQ(world.found(), Found{"card_differs " + hash_of(world.next)})
        << "one that is revoked by the card that came later";
    world.held.cards.cards.back().state = "revoked";
    auto& issued = world.held.issued.front();
    issued.certificates.push_back({world.next, base64url(world.next.serial())});
    issued.orders.push_back({.entry = filled(99),
                             .act = "issue-authentication",
                             .outcome = "issued",
                             .serial = base64url(world.next.serial()),
                             .received = 0});
    EXPECT_EQ(world.found(), Found{});
    const auto check = world.check();
    ASSERT_EQ(check.taken_on.numbers.size(), 1U) << "of the other an entry says that it ended";
    EXPECT_EQ(check.taken_on.numbers[0].number, file("1"));
    EXPECT_EQ(check.taken_on.cards.size(), 1U);
    EXPECT_EQ(check.taken_on.orders.size(), 1U);
}

// Five years later the entries' content is gone: it cannot be proven, and that is no lie.
TEST(Held, WhatWasErasedIsSaidToBe) {
    World world;
    auto& first = world.entries.entries.front();
    first.erased = ErasedEntry{.kept_until = "2031-01", .at = 0};
    first.told = {};
    first.order = {};
    EXPECT_EQ(world.found(), Found{});
    const auto check = world.check();
    ASSERT_EQ(check.erased.numbers.size(), 1U);
    EXPECT_EQ(check.erased.numbers[0].number, file("1"));
    EXPECT_TRUE(check.taken_on.numbers.empty());
}

// ---- the authority ----

TEST(Issued, ACertificateMadeBehindThePersonsBack) {
    World world;
    auto& issued = world.held.issued.front();
    issued.certificates.push_back({world.next, "77"});
    EXPECT_EQ(world.found(), Found{"certificate_unknown " + hash_of(world.next)});
    issued.orders.push_back({.entry = filled(99),
                             .act = "issue-authentication",
                             .outcome = "issued",
                             .serial = "77",
                             .received = 0});
    EXPECT_EQ(world.found(), (Found{"order_unknown issue-authentication",
                                    "certificate_unknown " + hash_of(world.next)}));
    // The place of another order does not make it good, and one order makes one certificate.
    issued.orders.back().entry = filled(3);
    EXPECT_EQ(world.found().size(), 2U);
    issued.orders.back().entry = issued.orders.front().entry;
    EXPECT_EQ(world.found().size(), 2U);
    issued.orders.back() = {
        .entry = filled(98), .act = "revoke", .outcome = "changed", .serial = "77", .received = 0};
    EXPECT_EQ(world.found(),
              (Found{"order_unknown revoke", "certificate_unknown " + hash_of(world.next)}));
}

TEST(Issued, WhatTheAuthorityHides) {
    World world;
    world.add("06990014", "certificate-status", "revoke");
    EXPECT_EQ(world.found(), Found{"order_missing certificate-status revoke"});
    world.entries.entries.back().index = 600;
    EXPECT_EQ(world.found(), Found{}) << "after it was asked";
    world.entries.entries.pop_back();
    // A certificate that it has signed, and that counts.
    world.told(ToldCard{
        .act = "activate", .added = {world.next}, .certificates = {world.next.thumbprint()}});
    world.held.cards.cards.front().state = "revoked";
    world.held.cards.cards.push_back(
        {.certificate = world.next.thumbprint(), .state = "active", .index = 70});
    EXPECT_EQ(world.found(), Found{"certificate_hidden " + hash_of(world.next)});
}

// ---- as it comes ----

TEST(Held, IsReadStrictly) {
    const json::object one{{"scheme", "file-number"},
                           {"fields", json::object{{"number", "7"}}},
                           {"holder", "06990014"},
                           {"current", true},
                           {"index", 5}};
    const auto page = [](json::array list) {
        return json::object{{"size", 9}, {"numbers", std::move(list)}};
    };
    const auto read = wire::valid(read_held_numbers(page({one})));
    EXPECT_EQ(read.size, 9U);
    EXPECT_EQ(read.numbers.at(0).number, file("7"));
    EXPECT_EQ(read.numbers.at(0).index, 5U);
    EXPECT_FALSE(read_held_numbers(page({one, one}))) << "twice";
    EXPECT_FALSE(read_held_numbers(page({1})));
    EXPECT_FALSE(read_held_numbers({{"numbers", json::array{}}}));
    json::object card{{"certificate", base64url(filled(5))},
                      {"use", "signing"},
                      {"state", "suspended"},
                      {"not_after", 7}};
    const auto cards = [](json::array list) {
        return json::object{{"size", 9}, {"cards", std::move(list)}};
    };
    EXPECT_TRUE(wire::valid(read_held_cards(cards({card}))).cards.at(0).signing);
    EXPECT_FALSE(read_held_cards(cards({card, card})));
    card["state"] = "good";
    EXPECT_FALSE(read_held_cards(cards({card})));
}

// A relay that says another size than its list reaches is not compared, and not believed either.
TEST(Held, ReachesAsFarAsTheList) {
    const World world;
    HeldAnswers answers{.numbers = world.held.numbers,
                        .cards = world.held.cards,
                        .issued = world.held.issued,
                        .problems = {}};
    EXPECT_TRUE(check_held(answers, world.entries, world.directory, world.card).problems.empty());
    answers.cards->size = 1'001;
    const auto check = check_held(answers, world.entries, world.directory, world.card);
    ASSERT_EQ(check.problems.size(), 1U);
    EXPECT_EQ(check.problems[0].second.code, wire::Code::not_ready);
    EXPECT_EQ(check.cards, 0U);
}

// Whoever goes on with a card of another authority is nobody to this one. That it knows nobody is
// believed where nothing says otherwise: no order to it, no card that was there before.
TEST(Held, AnAuthorityThatKnowsNobody) {
    World world;
    const auto problems = [&world] {
        HeldAnswers answers{
            .numbers = world.held.numbers, .cards = world.held.cards, .issued = {}, .problems = {}};
        answers.problems.emplace_back(participant_id("06990014"),
                                      Problem{wire::Code::no_match, "", {}, {}, false});
        return check_held(answers, world.entries, world.directory, world.card).problems.size();
    };
    EXPECT_EQ(problems(), 1U) << "it was ordered to make one";
    auto& entries = world.entries.entries;
    std::erase_if(entries,
                  [](const PersonEntry& one) { return one.head->service.text() == "certificate"; });
    EXPECT_EQ(problems(), 0U);
    world.held.cards.cards.push_back({.certificate = world.next.thumbprint(), .state = "revoked"});
    std::erase_if(entries, [](const PersonEntry& one) { return one.index == 10; });
    EXPECT_EQ(problems(), 1U) << "there was a card before the log";
}

}  // namespace
}  // namespace mado::client
