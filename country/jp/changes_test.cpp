// What the residents' registers write down by themselves, and say by their mappings.
#include <gtest/gtest.h>

#include <filesystem>

#include "base/config.hpp"
#include "base/file.hpp"
#include "base/temp_folder.hpp"
#include "db/db.hpp"

namespace mado::country {
namespace {

const std::string holders = (std::filesystem::path(__FILE__).parent_path() / "holders/").string();

class Register {
  public:
    Register(const std::string& id, std::string_view resident)
        : connection_(folder_.path("register.sqlite"), db::Access::create) {
        connection_.run(read_file(holders + id + ".sql").value());
        connection_.run(resident);
        auto says = Config::load(holders + id + ".toml").table("says").table("resident-changed");
        rows_ = says.text("rows");
    }
    void run(std::string_view sql) { connection_.run(sql); }
    // After that id: "number what", each.
    std::vector<std::string> said(std::int64_t after = 0) {
        auto rows = connection_.prepare(rows_);
        rows.bind("after", after);
        std::vector<std::string> out;
        while (rows.step()) {
            EXPECT_EQ(rows.column_name(0), "id");
            EXPECT_GT(rows.integer(0), after);
            EXPECT_EQ(rows.column_name(3), "at");
            EXPECT_GT(rows.integer(3), 1'700'000'000);
            out.push_back(rows.text(1) + " " + rows.text(2));
        }
        return out;
    }

  private:
    TempFolder folder_;
    db::Connection connection_;
    std::string rows_;
};

TEST(Changes, OfTheRegisterOfA) {
    Register a("992011",
               "insert into 住民 values ('12345678901', '厚労 花子', 'コウロウ ハナコ', '', "
               "'1986-05-01', '2', '本町1丁目', 1, null, null, null)");
    EXPECT_TRUE(a.said().empty()) << "who comes is nobody's news";
    a.run("update 住民 set 世帯番号 = 2, フリガナ = 'コウロウ ハナ', 住所 = '本町1丁目'");
    EXPECT_TRUE(a.said().empty()) << "no certificate says that";
    a.run("update 住民 set 住所 = '本町2丁目'");
    a.run("update 住民 set 氏名 = '佐藤 花子', 住所 = '本町3丁目'");
    EXPECT_EQ(a.said(), (std::vector<std::string>(2, "12345678901 changed")));
    EXPECT_EQ(a.said(1).size(), 1U);
    a.run("update 住民 set 消除日 = '2026-11-27', 消除事由 = '国外転出'");
    a.run("update 住民 set 消除日 = null, 消除事由 = null");
    a.run("update 住民 set 消除日 = '2026-11-27', 消除事由 = '転出'");
    a.run("update 住民 set 消除日 = null, 消除事由 = null");
    a.run("update 住民 set 消除日 = '2026-11-27', 消除事由 = '死亡'");
    EXPECT_EQ(a.said(2), (std::vector<std::string>{"12345678901 left", "12345678901 changed",
                                                   "12345678901 died"}));
    a.run("update 住民 set 消除日 = null, 消除事由 = null");
    a.run("update 住民 set 消除日 = '2026-11-27'");
    a.run("update 住民 set 消除事由 = '死亡'");
    EXPECT_EQ(a.said(5), (std::vector<std::string>{"12345678901 changed", "12345678901 died"}))
        << "the reason came later";
}

TEST(Changes, OfTheRegisterOfB) {
    Register b(
        "992020",
        "insert into jumin values ('1234567890-1', 1, '厚労　花子', 'ｺｳﾛｳ ﾊﾅｺ', '', 3610501, "
        "'女', '港町1丁目', 0, 0, '', '', '')");
    EXPECT_TRUE(b.said().empty()) << "who comes is nobody's news";
    b.run("update jumin set setai_no = 2, jusho = '港町1丁目'");
    EXPECT_TRUE(b.said().empty());
    b.run("update jumin set jusho = '港町2丁目'");
    EXPECT_EQ(b.said(), std::vector<std::string>{"12345678901 changed"});
    b.run("update jumin set ten_shutsu = 5081127, shojo_jiyu = '国外転出'");
    b.run("update jumin set ten_shutsu = 0, shojo_jiyu = ''");
    b.run("update jumin set ten_shutsu = 5081127, shojo_jiyu = '死亡'");
    EXPECT_EQ(b.said(1), (std::vector<std::string>{"12345678901 left", "12345678901 died"}));
    b.run("update jumin set ten_shutsu = 0, shojo_jiyu = ''");
    b.run("update jumin set ten_shutsu = 5081127");
    b.run("update jumin set shojo_jiyu = '死亡'");
    EXPECT_EQ(b.said(3), (std::vector<std::string>{"12345678901 changed", "12345678901 died"}));
}

}  // namespace
}  // namespace mado::country
