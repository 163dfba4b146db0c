#include "book.hpp"

#include <gtest/gtest.h>

#include "base/temp_folder.hpp"
#include "test_issuer.hpp"

namespace mado::issuer {
namespace {

class BookTest : public ::testing::Test {
  protected:
    void look(UnixTime at, const std::string& clerk = "sato", Shown what = Shown::list) {
        book.add({"1", "2"}, {.at = at, .clerk = clerk, .office = "A市", .what = what},
                 policy.day_of(at));
    }
    std::size_t count(std::string_view number = "1") { return book.looks(number, 100).size(); }

    TempFolder folder;
    wire::Policy policy = test_policy();
    Book book{folder.path("book.sqlite")};
};

TEST_F(BookTest, OneLookIsThatOfOneClerkInOneWayWithinTheHour) {
    look(10'000);
    look(10'000 + 3'599);
    EXPECT_EQ(count(), 1U);
    look(10'000 + 3'600);
    EXPECT_EQ(count(), 2U) << "another hour";
    look(10'000, "abe");
    look(10'000, "sato", Shown::paper);
    EXPECT_EQ(count(), 4U);
    EXPECT_EQ(count("2"), 4U);
    EXPECT_EQ(count("3"), 0U);
    const auto newest = book.looks("1", 1);
    ASSERT_EQ(newest.size(), 1U);
    EXPECT_EQ(newest[0].at, 13'600);
    EXPECT_EQ(newest[0].clerk, "sato");
    EXPECT_EQ(newest[0].office, "A市");
    EXPECT_EQ(newest[0].what, Shown::list);
}

TEST_F(BookTest, AListIsWrittenWholeOrNot) {
    db::Connection(folder.path("book.sqlite"), db::Access::read_write)
        .run(
            "create trigger planted before insert on look when new.number = '2' "
            "begin select raise(abort, 'planted'); end");
    EXPECT_THROW(look(1), Failure);
    EXPECT_EQ(count(), 0U);
}

TEST_F(BookTest, LooksAreErasedWithTheirTimeAFewAtOnce) {
    for (const UnixTime at : {1, 10'000, 20'000})
        look(at);
    EXPECT_EQ(book.erase_looks(10'001, 3), 3);
    EXPECT_EQ(book.erase_looks(10'001, 3), 1);
    EXPECT_EQ(book.erase_looks(10'001, 3), 0);
    EXPECT_EQ(count(), 1U);
    EXPECT_EQ(count("2"), 1U);
}

}  // namespace
}  // namespace mado::issuer
