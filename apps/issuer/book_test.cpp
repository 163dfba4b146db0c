#include "book.hpp"

#include <gtest/gtest.h>

#include "base/file.hpp"
#include "base/temp_folder.hpp"
#include "test_issuer.hpp"
#include "wire/test_wire.hpp"

namespace mado::issuer {
namespace {

class BookTest : public ::testing::Test {
  protected:
    void look(UnixTime at, const std::string& clerk = "sato", LookWay way = LookWay::list) {
        looks.write({"1", "2"}, way, {.at = at, .clerk = clerk});
    }
    std::size_t count(std::string_view number = "1") { return book.looks(number, 100).size(); }
    std::vector<std::string> days() const {
        db::Connection connection(folder.path("book.sqlite"), db::Access::read_only);
        auto row = connection.prepare("select distinct day from look order by day");
        std::vector<std::string> out;
        while (row.step())
            out.emplace_back(row.text(0));
        return out;
    }

    TempFolder folder;
    wire::Schemes schemes = test_schemes();
    wire::Policy policy = test_policy();
    wire::Directory directory;
    Store store = [this] {
        replace_file(folder.path("store.key"), Bytes(32, 7), 0600);
        return Store(folder.path("issuer.sqlite"), folder.path(""), schemes);
    }();
    Book book{folder.path("book.sqlite")};
    Looks looks{book, store, directory, policy, "centre"};
};

constexpr UnixTime month_end = 1'796'050'799;  // 2026-11-30T14:59:59Z, 23:59:59 in Japan

TEST_F(BookTest, OneLookIsThatOfOneClerkInOneWayOnOneDay) {
    look(month_end - 3'600);
    look(month_end);
    EXPECT_EQ(count(), 1U);
    look(month_end + 1);
    EXPECT_EQ(count(), 2U) << "another day";
    EXPECT_EQ(days(), (std::vector<std::string>{"2026-11-30", "2026-12-01"})) << "the country's";
    look(month_end, "abe");
    look(month_end, "sato", LookWay::paper);
    EXPECT_EQ(count(), 4U);
    EXPECT_EQ(count("2"), 4U);
    EXPECT_EQ(count("3"), 0U);
    const auto newest = book.looks("1", 1);
    ASSERT_EQ(newest.size(), 1U);
    EXPECT_EQ(newest[0].at, month_end + 1);
    EXPECT_EQ(store.open_clerk(newest[0].clerk), "sato");
    EXPECT_EQ(newest[0].office, "centre");
    EXPECT_EQ(newest[0].way, "list");
}

// The second parent may not know where the child lives.
TEST_F(BookTest, ASecondParentDoesNotReadAtWhichWindowItWas) {
    directory = wire::TestCountry().directory();
    Case birth;
    birth.numbers.issuing = "child";
    birth.parents = {{.person = "", .issuing = "first", .attributes = {}, .linked = {}},
                     {.person = "", .issuing = "second", .attributes = {}, .linked = {}}};
    looks.write(birth, LookWay::record,
                {.at = month_end, .clerk = "sato", .municipality = "06990014"});
    const auto name = directory.find("06990014")->name;
    for (const auto* number : {"child", "first"}) {
        EXPECT_EQ(book.looks(number, 2).at(0).office, name) << number;
        EXPECT_EQ(book.looks(number, 2).at(0).way, "record") << number;
    }
    ASSERT_EQ(count("second"), 1U);
    EXPECT_EQ(book.looks("second", 2).at(0).office, "centre");
    EXPECT_EQ(book.looks("second", 2).at(0).way, "record") << "they were read all the same";
}

TEST_F(BookTest, AListIsWrittenWholeOrNot) {
    db::Connection(folder.path("book.sqlite"), db::Access::read_write)
        .run(
            "create trigger planted before insert on look when new.number = '2' "
            "begin select raise(abort, 'planted'); end");
    EXPECT_THROW(look(1), Failure);
    EXPECT_EQ(count(), 0U);
    db::Connection(folder.path("book.sqlite"), db::Access::read_write).run("drop trigger planted");
    look(1);
    EXPECT_EQ(count(), 1U) << "the next one";
}

TEST_F(BookTest, LooksAreErasedWithTheirTimeAFewAtOnce) {
    for (const UnixTime at : {1, 100'000, 200'000})
        look(at);
    EXPECT_EQ(book.erase_looks(100'001, 3), 3);
    EXPECT_EQ(book.erase_looks(100'001, 3), 1);
    EXPECT_EQ(book.erase_looks(100'001, 3), 0);
    EXPECT_EQ(count(), 1U);
    EXPECT_EQ(count("2"), 1U);
}

}  // namespace
}  // namespace mado::issuer
