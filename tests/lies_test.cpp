// Lies of whoever runs the relay, told with its own database and keys against the real programs.
// Who finds each, by what, and how soon stands in docs/protocols/log.md, "Who finds which lie".
#include <filesystem>
#include <fstream>

#include "base/file.hpp"
#include "country_fixture.hpp"
#include "crypto/digest.hpp"
#include "db/db.hpp"

namespace mado::tests {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t patience_ms = 30'000;

class LiesTest : public ::testing::Test {
  protected:
    ~LiesTest() override { EXPECT_EQ(country.complaints(), ""); }

    void check_hanako() {
        auto checked = country.cli({"check", "--card", "hanako", "--pin", "1234"});
        // A relay that has just started: the gateways have not dialled again yet.
        for (std::int64_t waited = 0; waited < patience_ms; waited += 100) {
            if (checked.output.find("absent") == std::string::npos) break;
            pause_ms(100);
            checked = country.cli({"check", "--card", "hanako", "--pin", "1234"});
        }
        ASSERT_EQ(checked.status, 0) << checked.output;
    }
    Finished show(std::vector<std::string> options = {}) {
        std::vector<std::string> words{"log", "show", "--card", "hanako", "--pin", "1234"};
        words.insert(words.end(), options.begin(), options.end());
        return country.cli(words);
    }
    [[nodiscard]] std::string database() const { return country.path("state/relay/relay.sqlite"); }
    void alter(std::string_view sql) const {
        db::Connection(database(), db::Access::read_write).run(sql);
    }
    [[nodiscard]] std::int64_t count(const std::string& sql) const {
        db::Connection connection(database(), db::Access::read_only);
        auto statement = connection.prepare(sql);
        return statement.step() ? statement.integer(0) : -1;
    }
    // Waits until the witnesses have seen all of the log.
    void wait_for_witnesses() {
        for (std::int64_t waited = 0; waited < patience_ms; waited += 100) {
            if (count("select (select max(size) from head where cosigned is not null) = "
                      "(select max(size) from head)") == 1) {
                return;
            }
            pause_ms(100);
        }
        FAIL() << "nobody cosigned";
    }
    // Both folders that belong together, as a backup of the whole machine has them.
    void copy_relay(const std::string& to) const {
        fs::create_directories(to);
        fs::copy(country.path("state/relay"), to + "/relay", fs::copy_options::recursive);
        fs::copy(country.path("anchor"), to + "/anchor", fs::copy_options::recursive);
    }

    RunningCountry country;
};

// Found by the person's own client, at the next look: the numbers have a hole.
TEST_F(LiesTest, AnEntryIsTakenOutOfTheMiddle) {
    check_hanako();
    check_hanako();
    alter("delete from own_entry where seq = 1");
    const auto shown = show();
    EXPECT_EQ(shown.status, 1);
    EXPECT_NE(shown.output.find("receipt_invalid"), std::string::npos) << shown.output;
    EXPECT_NE(shown.output.find("hole"), std::string::npos) << shown.output;
}

// Found by comparing with the holders: the numbering alone does not show it.
TEST_F(LiesTest, TheNewestEntryIsHidden) {
    check_hanako();
    check_hanako();
    EXPECT_EQ(show({"--compare"}).status, 0);
    check_hanako();
    alter("delete from own_entry where log_index = (select max(log_index) from access)");
    const auto alone = show();
    EXPECT_EQ(alone.status, 0) << "nothing to be seen in it";
    const auto compared = show({"--compare"});
    EXPECT_EQ(compared.status, 1);
    EXPECT_NE(compared.output.find("your list does not have it"), std::string::npos)
        << compared.output;
}

TEST_F(LiesTest, ANumberIsSkipped) {
    check_hanako();
    // The next entry is made to take the number after the next.
    alter(
        "insert into own_entry (id, log_index) select id + 1, -1 from own_entry "
        "where log_index = (select max(log_index) from access)");
    check_hanako();
    alter("delete from own_entry where log_index = -1");
    const auto shown = show();
    EXPECT_EQ(shown.status, 1);
    EXPECT_NE(shown.output.find("hole"), std::string::npos) << shown.output;
}

// The sealed row is bound to its person, so without the keys it does not even open.
TEST_F(LiesTest, AnEntryIsMovedToAnotherPerson) {
    check_hanako();
    alter(
        "update own_entry set id = 1 + ((select min(id) from person where id not in (select person "
        "from own_entry)) << 32) where log_index = (select max(log_index) from access)");
    const auto compared = show({"--compare"});
    EXPECT_NE(compared.status, 0);
}

// Somebody at the authority orders a certificate in the person's name, as its gateway writes an
// order (apps/ca/schema), and no order of the log is about it.
TEST_F(LiesTest, ACertificateIsMadeBehindThePersonsBack) {
    const auto honest = show({"--compare"});
    EXPECT_EQ(honest.status, 0) << honest.output;
    EXPECT_NE(honest.output.find("taken on at the start"), std::string::npos) << honest.output;
    const auto key = crypto::PrivateKey::generate(crypto::KeyType::p256);
    db::Connection store(country.path("state/ca/ca.sqlite"), db::Access::read_write);
    store
        .prepare(
            "insert into ordered (order_id, received_at, log_index, number, act, public_key) "
            "select :order_id, unixepoch(), 0, number, 'issue-authentication', :public_key "
            "from certificate where serial = :serial")
        .bind("order_id", base64url(crypto::random_hash()))
        .bind("public_key", base64url(key.public_key().spki()))
        .bind("serial", hex(country.certificate_of("hanako").serial()))
        .execute();
    ASSERT_EQ(store.changes(), 1);
    auto decided = store.prepare(
        "select count(*) from ordered where line not in "
        "(select line from decided)");
    for (std::int64_t waited = 0; waited < patience_ms; waited += 100) {
        const db::ResetAtEnd reset(decided);
        if (decided.step() && decided.integer(0) == 0) break;
        pause_ms(100);
    }
    const auto compared = show({"--compare"});
    EXPECT_EQ(compared.status, 1) << compared.output;
    EXPECT_NE(compared.output.find("that is not in your list"), std::string::npos)
        << compared.output;
    EXPECT_NE(compared.output.find("without an order: have it revoked"), std::string::npos)
        << compared.output;
}

// Found by the witnesses, before the relay serves a single request.
TEST_F(LiesTest, LastWeeksBackupIsPutBackWithItsAnchor) {
    check_hanako();
    wait_for_witnesses();
    country.down();
    copy_relay(country.path("backup"));
    country.up();
    check_hanako();
    wait_for_witnesses();
    country.down();
    fs::remove_all(country.path("state/relay"));
    fs::remove_all(country.path("anchor"));
    fs::rename(country.path("backup/relay"), country.path("state/relay"));
    fs::rename(country.path("backup/anchor"), country.path("anchor"));
    country.start("witness-1");
    country.start("witness-2");
    const auto refused = country.serve("mado-relay", country.path("run/relay.toml"));
    EXPECT_EQ(refused.status, 2);
    EXPECT_NE(refused.output.find("older copy"), std::string::npos) << refused.output;
    EXPECT_NE(refused.output.find("witness"), std::string::npos) << refused.output;
}

// Two relays on two copies of the state: whoever comes second to the witnesses stops.
TEST_F(LiesTest, TwoWriters) {
    check_hanako();
    wait_for_witnesses();
    country.down();
    copy_relay(country.path("twin"));
    country.up();
    check_hanako();
    wait_for_witnesses();
    // The twin has the keys, and starts while the witnesses are away: it cannot know.
    country.kill9("relay");
    country.kill9("witness-1");
    country.kill9("witness-2");
    fs::rename(country.path("state/relay"), country.path("first-relay"));
    fs::rename(country.path("anchor"), country.path("first-anchor"));
    fs::rename(country.path("twin/relay"), country.path("state/relay"));
    fs::rename(country.path("twin/anchor"), country.path("anchor"));
    country.start("relay");
    check_hanako();
    country.start("witness-1");
    country.start("witness-2");
    std::string why;
    for (std::int64_t waited = 0; waited < patience_ms && why.empty(); waited += 100) {
        const auto page = country.operator_page("relay", "/readyz");
        if (page.status == 503) why = page.body;
        pause_ms(100);
    }
    EXPECT_NE(why.find("another history"), std::string::npos) << why;
    const auto checked = country.cli({"check", "--card", "hanako", "--pin", "1234"});
    EXPECT_EQ(checked.status, 3);
    EXPECT_NE(checked.output.find("not_ready"), std::string::npos) << checked.output;
}

}  // namespace
}  // namespace mado::tests
