// What the log writer's fault tables share. After each step, whatever the callers were told: what
// was acknowledged stands unchanged in the present tree, everything that must hold holds, and the
// same requests again make one entry each.
#pragma once

#include "db/test_faults.hpp"
#include "test_relay.hpp"

namespace mado::relay {

inline std::vector<std::future<RecordResult>> submit_all(TestStore& store,
                                                         const std::vector<NewOrder>& orders) {
    std::vector<std::future<RecordResult>> out;
    for (const auto& order : orders)
        out.push_back(store.submit(store.order(order)));
    return out;
}

inline db::KeptFiles kept_files(const TestStore& store) {
    auto names = db::files_of("relay.sqlite");
    names.emplace_back("elsewhere/anchor");
    return {store.folder().path("."), std::move(names)};
}

class LogFaults : public db::FaultTable {
  protected:
    void put_back_files() override { files.put_back(); }
    void open_store() override { store.open(); }
    void close_store() override { store.close(); }

    // The same requests again are recorded, and as before where they were acknowledged; also those
    // that only the first repeat was told of. `told` is what became of each, as far as anything was
    // told.
    void expect_once(const std::vector<NewOrder>& orders, std::vector<RecordResult> told) {
        told.resize(orders.size(), std::unexpected(wire::Code::internal));
        repeat(orders, told);
        lose_power_if_killed();
        store.check();
        repeat(orders, told);
    }
    void repeat(const std::vector<NewOrder>& orders, std::vector<RecordResult>& told) {
        auto futures = submit_all(store, orders);
        for (std::size_t i = 0; i < orders.size(); ++i) {
            auto again = futures[i].get();
            ASSERT_TRUE(again.has_value()) << wire::info(again.error()).name;
            expect_in_tree(*again);
            if (told[i])
                EXPECT_EQ(wire::receipt_json(again->receipt), wire::receipt_json(told[i]->receipt));
            told[i] = std::move(again);
        }
    }
    // The receipt is of the log as it stands: its entry is there, and its checkpoint is one of
    // those whose roots check() compares with the rows.
    void expect_in_tree(const Recorded& recorded) {
        const auto verified = wire::verify_receipt(recorded.receipt, store.directory);
        ASSERT_TRUE(verified.has_value()) << verified.error().why;
        db::Connection connection(store.database(), db::Access::read_only);
        auto found = connection.prepare(
            "select count(*) from access, head where log_index = :index and entry = :entry "
            "and note = :note");
        found.bind("index", recorded.log_index)
            .bind("entry", wire::order_entry(recorded.receipt.salt, recorded.receipt.order))
            .bind("note", recorded.receipt.checkpoint);
        ASSERT_TRUE(found.step());
        EXPECT_EQ(found.integer(0), 1);
    }

    TestStore store;
    db::KeptFiles files = kept_files(store);
};

// An order of every kind; the last is told to the relay, makes a person and joins the series to it.
inline std::vector<NewOrder> every_order() {
    const NewSeries series{
        .index = to_bytes("index"),
        .identifier = {.number = {.scheme = "insured-number", .fields = {{"number", "1"}}},
                       .holder = wire::participant_id("06990014"),
                       .current = true}};
    const ToldNumber own{
        .index = to_bytes("own"),
        .identifier = {.number = {.scheme = "issuing-number", .fields = {{"number", "1"}}},
                       .holder = wire::participant_id("issuer"),
                       .current = true}};
    const ToldNumber joined{.index = series.index, .identifier = series.identifier};
    const Change change{.own = own.index,
                        .told = LinkTold{.act = LinkAct::first, .numbers = {joined, own}}};
    return {{.request = "plain"},
            {.person = PersonRow{2},
             .request = "new month",
             .keep_until = wire::test_now + 3'000 * std::int64_t{86'400}},
            {.person = series, .request = "series"},
            {.request = "check", .check = "mandate"},
            {.request = "guess 1", .miss_path = "guesses"},
            {.request = "guess 2", .miss_path = "guesses"},
            {.request = "guess 3", .miss_path = "guesses"},
            {.person = change, .request = "told"}};
}
// And so many entries more: the series that was joined.
constexpr std::int64_t joined_by_every_order = 1;
// The change is there once, with its entry, however often its request was repeated.
inline void expect_change_once(TestStore& store) {
    EXPECT_EQ(store.count("select count(*) from person where joined is not null"), 1);
    EXPECT_EQ(store.count("select count(*) from identifier i join person p on p.id = i.person "
                          "where p.linked = 1"),
              2);
}

}  // namespace mado::relay
