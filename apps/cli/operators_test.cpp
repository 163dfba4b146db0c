#include "operators.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.hpp"
#include "base/temp_folder.hpp"
#include "wire/head.hpp"

namespace mado::cli {
namespace {

TEST(Operators, AreFoundByTheirRequest) {
    const TempFolder folder;
    const Places places{.root = folder.path("country"), .programs = {}};
    EXPECT_FALSE(find_operator(places, "clinic-1", "a"));
    const auto hash = keep_operator(places, "clinic-1", "a", "受付 佐藤");
    keep_operator(places, "clinic-1", "b", "受付 鈴木");
    const auto found = find_operator(places, "clinic-1", "a");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->name, "受付 佐藤");
    EXPECT_EQ(wire::commit_operator(found->salt, found->name), hash);
    EXPECT_FALSE(find_operator(places, "clinic-1", "c"));
    EXPECT_FALSE(find_operator(places, "clinic-2", "a"));
}

// A row is kept for good when it is said to be, whatever a crash left before it.
TEST(Operators, AreFoundBehindATornRow) {
    const TempFolder folder;
    const Places places{.root = folder.path("country"), .programs = {}};
    keep_operator(places, "clinic-1", "a", "受付 佐藤");
    keep_operator(places, "clinic-1", "b", "受付 鈴木");
    const auto path = places.operators_of("clinic-1");
    std::filesystem::resize_file(path, std::filesystem::file_size(path) - 20);
    keep_operator(places, "clinic-1", "c", "受付 田中");
    EXPECT_TRUE(find_operator(places, "clinic-1", "a"));
    EXPECT_FALSE(find_operator(places, "clinic-1", "b"));
    const auto found = find_operator(places, "clinic-1", "c");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->name, "受付 田中");
}

}  // namespace
}  // namespace mado::cli
