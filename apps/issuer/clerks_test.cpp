#include "clerks.hpp"

#include <gtest/gtest.h>

#include "base/file.hpp"
#include "base/temp_folder.hpp"

namespace mado::issuer {
namespace {

Hash card(std::uint8_t first) {
    Hash out{};
    out.front() = first;
    return out;
}

std::string clerk(std::uint8_t of, const std::string& more) {
    const auto name = of == 1 ? "sato" : "sato-" + std::to_string(of);
    return R"({"name":")" + name + R"(","card":")" + base64url(card(of)) + "\"" + more + "}";
}
std::string list(const std::string& clerks) {
    return R"({"clerks":[)" + clerks + "]}";
}

TEST(Clerks, HaveRolesAndMaySign) {
    const auto all = parse_clerks(
        list(clerk(1, R"(,"roles":["window","hotline"])") + "," +
             clerk(2, R"(,"signing":")" + base64url(card(9)) + R"(","roles":["approver"])") + "," +
             clerk(3, R"(,"roles":[])")));
    ASSERT_TRUE(all) << all.error().why;
    const auto& first = all->at(card(1));
    EXPECT_TRUE(first.has(ClerkRole::window));
    EXPECT_TRUE(first.has(ClerkRole::hotline));
    EXPECT_FALSE(first.has(ClerkRole::approver));
    EXPECT_FALSE(first.has(ClerkRole::supervisor));
    EXPECT_EQ(first.signing, std::nullopt);
    EXPECT_EQ(all->at(card(2)).signing, card(9));
    EXPECT_TRUE(all->at(card(3)).roles.empty());
    EXPECT_EQ(first.municipality, "");
}

TEST(Clerks, AWindowIsAMunicipalitysAndTheHotlineIsTheCentres) {
    const auto of = [](const std::string& roles, const std::string& municipality = "992011") {
        return parse_clerks(list(
            clerk(1, R"(,"roles":[")" + roles + R"("],"municipality":")" + municipality + "\"")));
    };
    const auto at_window = of(R"(window","approver)");
    ASSERT_TRUE(at_window) << at_window.error().why;
    EXPECT_EQ(at_window->at(card(1)).municipality, "992011");
    EXPECT_FALSE(of("hotline"));
    EXPECT_FALSE(of(R"(window","supervisor)"));
    EXPECT_FALSE(of("window", "")) << "what says nothing is no municipality";
    EXPECT_FALSE(of("window", "A City"));
}

// A list that is not understood makes nobody a clerk, rather than somebody one without limits.
TEST(Clerks, AListThatIsNotOneIsRefused) {
    for (const auto& one :
         {clerk(1, ""), clerk(1, R"(,"roles":["boss"])"),
          clerk(1, R"(,"roles":["window","window"])"), clerk(1, R"(,"roles":[1])"),
          clerk(1, R"(,"roles":["window"],"more":1)"),
          clerk(1, R"(,"roles":["window"],"signing":"short")"),
          clerk(1, R"(,"roles":["window"])") + "," + clerk(1, R"(,"roles":["approver"])")}) {
        EXPECT_FALSE(parse_clerks(list(one))) << one;
    }
    auto namesake = clerk(2, R"(,"roles":["window"])");
    namesake.replace(namesake.find("sato-2"), 6, "sato");
    EXPECT_FALSE(parse_clerks(list(clerk(1, R"(,"roles":["window"])") + "," + namesake)))
        << "whose hand was it?";
    EXPECT_FALSE(parse_clerks("{}"));
}

TEST(Clerks, WhoIsTakenFromTheListIsOutASecondLater) {
    const TempFolder folder;
    const auto path = folder.path("clerks.json");
    replace_file(path, as_bytes(list(clerk(1, R"(,"roles":["window"])"))));
    Clerks clerks(path);
    const auto now = unix_now();
    ASSERT_TRUE(clerks.find(card(1), now + 1));
    EXPECT_FALSE(clerks.find(card(2), now + 1));
    replace_file(path, as_bytes(list(clerk(1, R"(,"roles":[])"))));
    EXPECT_TRUE(clerks.find(card(1), now + 2)->roles.empty());
    replace_file(path, as_bytes("{"));
    EXPECT_FALSE(clerks.find(card(1), now + 3)) << "nobody is one while it cannot be read";
}

}  // namespace
}  // namespace mado::issuer
