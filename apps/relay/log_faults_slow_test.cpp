// The log writer on a disk that fails: the tables of a start after a crash with a stop, and of the
// making of a new store.
#include "test_faults.hpp"

namespace mado::relay {
namespace {

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

}  // namespace
}  // namespace mado::relay
