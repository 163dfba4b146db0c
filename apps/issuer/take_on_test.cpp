#include "take_on.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/file.hpp"
#include "base/temp_folder.hpp"
#include "happenings.hpp"
#include "numbers.hpp"
#include "store.hpp"
#include "test_issuer.hpp"

namespace mado::issuer {
namespace {

class TakingOn : public ::testing::Test {
  protected:
    TakingOn() { replace_file(folder.path("store.key"), Bytes(32, 7), 0600); }
    Store store() const { return {folder.path("issuer.sqlite"), folder.path(""), schemes}; }
    std::pair<Numbers, TakenOn> somebody() const {
        auto application = test_application(schemes);
        application.claims[0].number = test_resident(schemes, "992011");
        return {
            draw_numbers(schemes),
            {.person = application.person,
             .claims = application.claims,
             .certificates = {{Use::authentication,
                               test_certificate(crypto::PrivateKey::generate(crypto::KeyType::p256)
                                                    .public_key())}},
             .chip = "AAECAwQFBgc"}};
    }
    static std::string line(const std::pair<Numbers, TakenOn>& one) {
        auto out = happening_json(one.second);
        out.erase("what");
        out["issuing_number"] = one.first.issuing;
        out["certificate_number"] = one.first.certificate;
        out["health_care_number"] = one.first.health_care;
        return json::serialize(out) + "\n";
    }

    TempFolder folder;
    wire::Schemes schemes = test_schemes();
};

TEST_F(TakingOn, ACaseThatHasEndedFromWhichTheNextOnesBegin) {
    const auto [numbers, taken] = somebody();
    {
        auto one = store();
        EXPECT_EQ(one.take_on({{numbers, taken}}, {.at = 10}), 1);
    }
    auto again = store();
    const auto id = again.find_given(numbers.health_care);
    ASSERT_TRUE(id);
    EXPECT_EQ(again.find(taken.person.birth_date, taken.person.kana), std::vector<CaseId>{*id});
    EXPECT_TRUE(has_ended(again.find(*id).one));
    EXPECT_TRUE(again.open_cases(0, 10).empty());
    const auto known = person_of({again.find(*id).one});
    ASSERT_TRUE(known);
    EXPECT_EQ(known->numbers, numbers);
    EXPECT_EQ(known->linked.size(), 2U);
    ASSERT_EQ(known->issued.size(), 1U);
    EXPECT_EQ(known->issued[0].card.chip, taken.chip);
    const auto stop = again.open(*id, {.kind = Kind::stop, .reason = "lost"}, {.at = 20});
    ASSERT_TRUE(stop);
    EXPECT_EQ(again.find(*stop).one.before.size(), 1U);
    EXPECT_FALSE(again.add(*id, Cancelled{"no"}, {.at = 30})) << "it is over";
}

// A file that says one person twice makes nobody of it.
TEST_F(TakingOn, NobodyIsTwoPeople) {
    const auto first = somebody();
    auto second = somebody();
    auto& number = second.second.claims[0].number;
    number = first.second.claims[0].number;
    number.fields[0].second = "992020";  // moved
    auto one = store();
    EXPECT_THROW(one.take_on({first, second}, {}), OperatorError);
    EXPECT_EQ(one.take_on({first}, {}), 1);
    EXPECT_THROW(one.take_on({second}, {}), OperatorError);
}

TEST_F(TakingOn, TheSameOnceMoreIsNothingNewAndAnotherIsRefused) {
    const auto first = somebody();
    const auto second = somebody();
    auto one = store();
    EXPECT_EQ(one.take_on({first}, {}), 1);
    EXPECT_EQ(one.take_on({first, second}, {}), 1);
    EXPECT_EQ(one.take_on({first, second}, {}), 0);
    auto other = somebody();
    const auto third = somebody();
    other.first.health_care = first.first.health_care;
    EXPECT_THROW(one.take_on({third, other}, {}), OperatorError);
    EXPECT_FALSE(one.find_given(third.first.health_care)) << "all of them or none";
}

TEST_F(TakingOn, AFileIsReadStrictly) {
    const auto one = somebody();
    const auto der = parse_base64url(one.second.certificates.at(Use::authentication)).value();
    const auto certificate = crypto::Certificate::from_der(der).value();
    // Nobody's in the directory.
    EXPECT_FALSE(read_take_on(line(one), schemes, {certificate}));
    auto without = one;
    without.second.certificates.clear();
    const auto read = read_take_on(line(without) + line(without), schemes, {});
    ASSERT_TRUE(read) << read.error().why;
    EXPECT_EQ(read->size(), 2U);
    EXPECT_EQ(read->front().first, one.first);
    auto broken = without;
    broken.first.health_care[0] = broken.first.health_care[0] == '1' ? '2' : '1';
    EXPECT_FALSE(read_take_on(line(broken), schemes, {})) << "its check digit";
    EXPECT_FALSE(read_take_on("\n", schemes, {}));
    EXPECT_THROW(store().take_on(*read, {}), OperatorError) << "nobody without a card";
}

}  // namespace
}  // namespace mado::issuer
