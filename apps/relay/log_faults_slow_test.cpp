// The log writer on a disk that fails: the tables of a batch, of a start after a crash with a stop,
// and of the making of a new store.
#include "test_faults.hpp"

namespace mado::relay {
namespace {

SetOutcome miss(std::int64_t log_index) {
    return {.log_index = log_index,
            .outcome = wire::Outcome::no_match,
            .miss_path = to_bytes("path"),
            .day = 20'000,
            .requester = "clinic-1",
            .time = wire::test_now};
}

// A batch that fills a tile, opens a month and a series, spends a mandate, and whose third miss
// closes a path.
TEST_P(LogFaults, OfABatch) {
    store.open();
    store.close();
    plant_log(store, 247);
    store.open();
    store.add_people(2);
    store.record_many(3);
    ASSERT_TRUE(store.set_outcome(miss(248)));
    ASSERT_TRUE(store.set_outcome(miss(249)));
    store.close();
    files.keep();
    const auto orders = every_order();
    run_table("a batch, " + GetParam().name, [this, &orders](std::int64_t n, std::uint64_t seed) {
        store.open();
        auto release = store.hold_writer();
        auto futures = submit_all(store, orders);
        std::promise<bool> counted;
        ASSERT_TRUE(store.writer().set_outcome(
            miss(250), [&counted](bool durable) { counted.set_value(durable); }));
        std::vector<RecordResult> told;
        bool told_counted = false;
        with_fault(n, seed, [&release, &futures, &told, &counted, &told_counted] {
            release.set_value();
            for (auto& future : futures)
                told.push_back(future.get());
            told_counted = counted.get_future().get();
        });
        const bool told_all = told_counted && told.front().has_value();
        EXPECT_EQ(told_counted, told.front().has_value()) << "a batch is whole or not at all";
        EXPECT_TRUE(told_all || fired);
        const bool started_again =
            GetParam().fault == db::Fault::tears || GetParam().fault == db::Fault::loses_power;
        EXPECT_EQ(store.writer().healthy(), told_all || started_again);
        store.check();
        expect_once(orders, told);
        EXPECT_TRUE(store.set_outcome(miss(250)));
        EXPECT_TRUE(store.writer().healthy());
        store.check();
        EXPECT_EQ(store.count("select count(*) from access"),
                  252 + joined_by_every_order + static_cast<std::int64_t>(orders.size()) + 1);
        expect_change_once(store);
        EXPECT_EQ(store.count("select misses from miss"), 3);
    });
}

// A start on what a crash left in the write-ahead log, one order, and a stop, which carries the log
// over into the database.
TEST_P(LogFaults, OfAStartAndAStop) {
    store.open();
    store.add_people(2);
    const std::vector<NewOrder> before{{.request = "before"}};
    const std::vector<RecordResult> acknowledged{store.record(before.front())};
    disk.cut_power();
    store.close();
    disk.start_again(db::Unsynced::kept);
    files.keep();
    const std::vector<NewOrder> order{{.person = PersonRow{2}, .request = "r"}};
    run_table("a start and a stop, " + GetParam().name,
              [this, &before, &order, &acknowledged](std::int64_t n, std::uint64_t seed) {
                  std::vector<RecordResult> told;
                  with_fault(n, seed, [this, &order, &told] {
                      try {
                          store.open();
                          told.push_back(store.record(order.front()));
                      } catch (const std::exception&) {
                          EXPECT_TRUE(told.empty());
                      }
                      store.close();
                  });
                  if (disk.has_power()) store.reopen();
                  store.check();
                  expect_once(before, acknowledged);
                  expect_once(order, told);
                  store.check();
                  EXPECT_EQ(store.count("select count(*) from access"), 3);
              });
}

// From an empty folder to the first order.
TEST_P(LogFaults, OfANewStore) {
    const std::vector<NewOrder> order{{.person = PersonRow{2}, .request = "r"}};
    run_table("a new store, " + GetParam().name,
              [this, &order](std::int64_t n, std::uint64_t seed) {
                  std::vector<RecordResult> told;
                  with_fault(n, seed, [this, &order, &told] {
                      try {
                          store.open();
                          store.add_people(2);
                          told.push_back(store.record(order.front()));
                      } catch (const std::exception&) {
                          EXPECT_TRUE(told.empty());
                      }
                      store.close();
                  });
                  if (disk.has_power()) store.reopen();
                  store.check();
                  if (store.count("select count(*) from person") == 0) store.add_people(2);
                  expect_once(order, told);
                  store.check();
                  EXPECT_EQ(store.count("select count(*) from person"), 2);
                  EXPECT_EQ(store.count("select count(*) from access"), 2);
              });
}

INSTANTIATE_TEST_SUITE_P(Disk, LogFaults, db::every_fault(), db::fault_name);
INSTANTIATE_TEST_SUITE_P(Reads, LogFaults, db::every_read_fault(), db::fault_name);

}  // namespace
}  // namespace mado::relay
