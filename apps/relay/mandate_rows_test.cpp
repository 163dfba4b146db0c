#include "mandate_rows.hpp"

#include <gtest/gtest.h>

#include "test_relay.hpp"

namespace mado::relay {
namespace {

LiveMandate bare(std::uint8_t number) {
    return {.hash = wire::filled(number),
            .expires = 1'795'312'920,
            .organisation = wire::participant_id("clinic-1")};
}

TEST(MandateRows, AreReadAsWritten) {
    auto full = bare(2);
    full.stop = wire::filled(3);
    full.card = wire::filled(4);
    std::vector<LiveMandate> all{bare(1), full};
    for (const auto ending : {Ending::stop, Ending::organisation, Ending::revoked}) {
        auto ended = bare(5);
        ended.ended = ending;
        all.push_back(ended);
    }
    const auto row = live_mandates_row(all);
    EXPECT_EQ(row.size() % 256, 0U);
    const auto read = read_live_mandates(row);
    ASSERT_EQ(read.size(), all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        EXPECT_EQ(read[i].hash, all[i].hash);
        EXPECT_EQ(read[i].expires, all[i].expires);
        EXPECT_EQ(read[i].organisation, all[i].organisation);
        EXPECT_EQ(read[i].stop, all[i].stop);
        EXPECT_EQ(read[i].card, all[i].card);
        EXPECT_EQ(read[i].ended, all[i].ended);
    }
}

TEST(MandateRows, WhatIsNotWholeIsABrokenStore) {
    auto row = live_mandates_row({bare(1)});
    for (const std::size_t size : {0U, 7U, 8U, 40U, 49U, 57U})
        EXPECT_THROW(read_live_mandates(ByteView(row).first(size)), Failure) << size;
    constexpr std::size_t what = 8 + 32 + 8;
    for (const auto wrong : std::array<std::uint8_t, 3>{0x04, 0x40, 0x80}) {
        row[what] = wrong;
        EXPECT_THROW(read_live_mandates(row), Failure) << int{wrong};
    }
    row[what] = 0;
    EXPECT_EQ(read_live_mandates(row).size(), 1U);
    row[what + 1] = 0;  // an organisation without a name
    EXPECT_THROW(read_live_mandates(row), Failure);
    row = live_mandates_row({bare(1)});
    row.back() = 1;
    EXPECT_THROW(read_live_mandates(row), Failure) << "more than it says";
    row[0] = 0xff;  // more of them than bytes
    EXPECT_THROW(read_live_mandates(row), Failure);
}

TEST(MandateRows, SayNothingInClearAndBelongToTheirEnd) {
    TestStore store;
    store.open();
    std::promise<bool> done;
    ASSERT_TRUE(store.writer().remember({bare(1)}, [&done](bool ok) { done.set_value(ok); }));
    ASSERT_TRUE(done.get_future().get());
    db::Connection connection(store.database(), db::Access::read_only);
    {
        auto row = connection.prepare("select sealed from mandate");
        ASSERT_TRUE(row.step());
        const auto sealed = row.blob(0);
        EXPECT_EQ(as_text(sealed).find("clinic-1"), std::string_view::npos);
    }
    EXPECT_EQ(stored_mandates(connection, store.vault()).size(), 1U);
    store.alter("update mandate set ends = ends + 60");
    EXPECT_THROW(stored_mandates(connection, store.vault()), Failure);
}

}  // namespace
}  // namespace mado::relay
