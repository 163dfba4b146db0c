// The centre's store on a disk that fails: every call with which it opens, writes and closes meets
// every fault, once. What it said that it kept it never forgets, and what belongs together is there
// or is not: an order and its bytes, an answer and that nothing is sent again, a stop and the end
// of what was to be written into the card, each person of a batch, all of whoever is erased.
#include <fmt/format.h>

#include <functional>

#include "base/file.hpp"
#include "db/test_faults.hpp"
#include "numbers.hpp"
#include "test_issuer.hpp"

namespace mado::issuer {
namespace {

constexpr UnixTime now = 1'795'575'600;
constexpr OrderName confirm{OrderKind::confirm, 0};

ToSend request() {
    return {.request = {.body = "{\"head\":\"…\"}",
                        .seal_to = crypto::PrivateKey::generate(crypto::KeyType::p256),
                        .expires = now + 60},
            .by = Operator{.jti = "jti", .name = "sato"}};
}

class StoreFaults : public db::FaultTable {
  protected:
    StoreFaults() { replace_file(folder.path("store.key"), Bytes(32, 7), 0600); }
    void put_back_files() override { files.put_back(); }
    void open_store() override { store.emplace(path, folder.path(""), schemes); }
    void close_store() override { store.reset(); }

    void keep() {
        close_store();
        files.keep();
    }
    // For each call of `work` that the fault meets: `look(told)` with the store opened again, and
    // once more after the power that a killed store relied on was lost.
    void run(const std::string& what, const std::function<void()>& work,
             const std::function<void(bool)>& look) {
        run_table(what + ", " + GetParam().name, [&](std::int64_t n, std::uint64_t seed) {
            const bool told = told_under_fault(n, seed, work);
            expect_sound(*store, path);
            look(told);
            lose_power_if_killed();
            expect_sound(*store, path);
        });
    }
    CaseId applied() {
        const auto id = store->open({.numbers = draw_numbers(schemes)}, {.at = now});
        EXPECT_TRUE(store->add(id, test_application(schemes), {.at = now}));
        return id;
    }

    TempFolder folder;
    const std::string path = folder.path("issuer.sqlite");
    wire::Schemes schemes = test_schemes();
    std::optional<Store> store;
    db::KeptFiles files{folder.path("."), db::files_of("issuer.sqlite")};
};

TEST_P(StoreFaults, OfAnOrderThatIsSent) {
    open_store();
    const auto id = applied();
    keep();
    const auto what = request();
    run(
        "an order", [&] { EXPECT_TRUE(store->send(id, confirm, what, {.at = now})); },
        [&](bool told) {
            const bool sent = store->find(id).one.open.contains(confirm);
            EXPECT_TRUE(sent || !told);
            EXPECT_EQ(store->find_operator("jti").has_value(), sent);
            // The next start sends it, once.
            if (!sent) EXPECT_TRUE(store->send(id, confirm, what, {.at = now}));
            EXPECT_EQ(store->outbox().due(now, 10).size(), 1U);
        });
}

TEST_P(StoreFaults, OfAnAnswer) {
    open_store();
    const auto id = applied();
    EXPECT_TRUE(store->send(id, confirm, request(), {.at = now}));
    keep();
    const Confirmed answer{0, "answer", 1, true};
    run(
        "an answer", [&] { EXPECT_TRUE(store->answer(id, confirm, answer, {.at = now})); },
        [&](bool told) {
            const bool there = store->find(id).one.has_done(confirm) ||
                               store->find(id).one.claims.at(0).finding == Finding::same;
            EXPECT_TRUE(there || !told);
            EXPECT_EQ(store->outbox().due(now, 10).empty(), there);
            // The same bytes go out once more, and the answer that comes is taken.
            if (!there) EXPECT_TRUE(store->answer(id, confirm, answer, {.at = now}));
            EXPECT_EQ(store->find(id).one.claims.at(0).finding, Finding::same);
        });
}

TEST_P(StoreFaults, OfAStopThatEndsWhatWasToBeWritten) {
    open_store();
    const auto first = test_card(*store, schemes, test_card_key());
    const auto renewal = store->open(first, {.kind = Kind::renewal}, {.at = now});
    ASSERT_TRUE(renewal);
    keep();
    const Asked stop{.kind = Kind::stop, .reason = "lost"};
    run(
        "a stop", [&] { EXPECT_TRUE(store->open(first, stop, {.at = now})); },
        [&](bool told) {
            const auto cases = store->of_person(first).size();
            EXPECT_TRUE(cases == 3 || !told);
            EXPECT_EQ(cases == 3, store->find(*renewal).one.cancelled.has_value());
            EXPECT_TRUE(store->open(first, stop, {.at = now}));
            EXPECT_EQ(store->of_person(first).size(), 3U) << "there is one stop";
        });
}

// What was open is given up with the case that is opened in its place, or neither.
TEST_P(StoreFaults, OfADeathThatARegisterSays) {
    open_store();
    const auto first = test_card(*store, schemes, test_card_key());
    const auto renewal = store->open(first, {.kind = Kind::renewal}, {.at = now});
    ASSERT_TRUE(renewal);
    const auto number = store->find(first).one.numbers.issuing;
    keep();
    const Said said{.id = "order", .what = News::died, .at = now};
    const auto hear = [&] { return store->hear(number, said, "992011", now); };
    run(
        "a death", [&] { EXPECT_EQ(hear().due, Due::opens); },
        [&](bool told) {
            const auto cases = store->of_person(first).size();
            EXPECT_TRUE(cases == 3 || !told);
            EXPECT_EQ(cases == 3, store->find(*renewal).one.cancelled.has_value());
            // The book is not done with it, and it is found once more.
            EXPECT_EQ(hear().due, cases == 3 ? Due::goes_on : Due::opens);
            EXPECT_EQ(store->of_person(first).size(), 3U) << "there is one end";
        });
}

TEST_P(StoreFaults, OfABatch) {
    open_store();
    applied();
    keep();
    run(
        "a batch",
        [&] {
            store->open_first({std::nullopt, test_application(schemes), std::nullopt},
                              [&] { return draw_numbers(schemes); }, {.at = now});
        },
        [&](bool told) {
            const auto cases = store->open_cases(0, 10).size();
            EXPECT_TRUE(cases == 4 || (cases == 1 && !told)) << cases;
        });
}

// Two cases of one person.
TEST_P(StoreFaults, OfWhoeverIsErased) {
    open_store();
    const auto first = test_card(*store, schemes, test_card_key());
    test_death(*store, first, 2);
    keep();
    constexpr UnixTime far = 9'000'000'000;
    run(
        "erasing", [&] { EXPECT_EQ(store->erase_people(far, 0, 10).people, 1U); },
        [&](bool told) {
            db::Connection raw(path, db::Access::read_only);
            auto row = raw.prepare(
                "select (select count(*) from issue), "
                "(select count(*) from happening), "
                "(select count(*) from certificate)");
            ASSERT_TRUE(row.step());
            const bool gone = row.integer(0) == 0;
            EXPECT_TRUE(gone || !told);
            for (std::size_t i = 1; i < 3; ++i)
                EXPECT_EQ(row.integer(i) == 0, gone) << i;
        });
}

INSTANTIATE_TEST_SUITE_P(Disk, StoreFaults, db::every_fault(), db::fault_name);
INSTANTIATE_TEST_SUITE_P(Reads, StoreFaults, db::every_read_fault(), db::fault_name);

}  // namespace
}  // namespace mado::issuer
