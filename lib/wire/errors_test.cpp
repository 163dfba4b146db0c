#include "wire/errors.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <string>

#include "test_docs.hpp"

namespace mado::wire {
namespace {

TEST(Errors, StandInTheOrderOfTheirEnum) {
    const auto all = all_errors();
    EXPECT_EQ(all.size(), static_cast<std::size_t>(Code::internal) + 1);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto code = static_cast<Code>(i);
        EXPECT_EQ(all[i].code, code) << all[i].name;
        EXPECT_EQ(info(code).name, all[i].name);
    }
}

TEST(Errors, HaveNamesOfTheirOwnAndAStatusOfAnError) {
    std::set<std::string_view> names;
    for (const auto& error : all_errors()) {
        EXPECT_TRUE(names.insert(error.name).second) << error.name;
        EXPECT_EQ(error.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"),
                  std::string_view::npos)
            << error.name;
        EXPECT_GE(error.status, 400) << error.name;
        EXPECT_LE(error.status, 599) << error.name;
        EXPECT_TRUE(error.title.ends_with('.')) << error.name;
        EXPECT_EQ(find_error(error.name), &error);
    }
    EXPECT_EQ(find_error(""), nullptr);
    EXPECT_EQ(find_error("Malformed"), nullptr);
}

// Rows of the page's table: | `code` | status | who sends it | what it means |
TEST(Errors, AreThoseOfThePage) {
    std::istringstream page(read_protocol_page("errors.md"));
    std::vector<std::pair<std::string, int>> written;
    for (std::string line; std::getline(page, line);) {
        if (!line.starts_with("| `")) continue;
        const auto end = line.find('`', 3);
        const auto status = line.find("| ", end);
        ASSERT_NE(status, std::string::npos) << line;
        EXPECT_EQ(std::ranges::count(line, '|'), 5) << line;
        written.emplace_back(line.substr(3, end - 3), std::stoi(line.substr(status + 2)));
    }
    std::vector<std::pair<std::string, int>> known;
    for (const auto& error : all_errors())
        known.emplace_back(error.name, error.status);
    EXPECT_EQ(written, known);
}

}  // namespace
}  // namespace mado::wire
