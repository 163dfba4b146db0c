// A fault table: what a store does, with each call that changes the disk meeting each fault, once.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "base/temp_folder.hpp"
#include "base/test_disk.hpp"

namespace mado {

struct FaultCase {
    std::string name;
    Fault fault;
    Unsynced unsynced = Unsynced::lost;
};

inline std::string fault_name(const testing::TestParamInfo<FaultCase>& info) {
    return info.param.name;
}

inline auto every_fault() {
    return testing::Values(FaultCase{"FailsWithoutHavingPersisted", Fault::fails_without},
                           FaultCase{"FailsHavingPersisted", Fault::fails_with},
                           FaultCase{"TornPageThenNoPower", Fault::tears, Unsynced::kept},
                           FaultCase{"NoPowerUnsyncedLost", Fault::loses_power, Unsynced::lost},
                           FaultCase{"NoPowerUnsyncedMixed", Fault::loses_power, Unsynced::mixed},
                           FaultCase{"Killed", Fault::loses_power, Unsynced::cached});
}

inline auto every_read_fault() {
    return testing::Values(FaultCase{"OneReadFails", Fault::fails_read},
                           FaultCase{"NothingIsReadAnyMore", Fault::reads_no_more});
}

// The files of a closed store, kept for the next step of a table.
class KeptFiles {
  public:
    // Names within the folder.
    KeptFiles(std::string folder, std::vector<std::string> names)
        : folder_(std::move(folder)), names_(std::move(names)) {}
    void keep() const { copy(folder_, copies_.path(".")); }
    void put_back() const { copy(copies_.path("."), folder_); }

  private:
    void copy(const std::filesystem::path& from, const std::filesystem::path& to) const {
        for (const auto& name : names_) {
            std::filesystem::remove(to / name);
            std::filesystem::create_directories((to / name).parent_path());
            if (exists(from / name)) std::filesystem::copy_file(from / name, to / name);
        }
    }

    TempFolder copies_;
    std::string folder_;
    std::vector<std::string> names_;
};

template <class Disk>
class FaultTable : public testing::TestWithParam<FaultCase> {
  protected:
    static constexpr std::int64_t calls_max = 1'000;  // a table that does not end is an error

    virtual void put_back_files() = 0;
    virtual void open_store() = 0;
    virtual void close_store() = 0;

    // Runs `step(n, seed)` for n = 1, 2, … until one ends before its n-th call. Every step begins
    // with the kept files and a closed store.
    template <class Step>
    void run_table(const std::string& what, Step step) {
        const auto seed = std::random_device()();
        std::int64_t n = 0;
        do {
            ++n;
            SCOPED_TRACE(what + ", call " + std::to_string(n) + ", seed " + std::to_string(seed));
            put_back_files();
            disk.start_again();
            step(n, std::uint64_t{seed} + static_cast<std::uint64_t>(n));
            close_store();
            ASSERT_FALSE(HasFatalFailure());
            ASSERT_LT(n, calls_max);
        } while (fired);
        std::cout << what << ": " << n - 1 << " calls\n";
        EXPECT_GT(n, 5);
    }
    // `act` meets its fault; afterwards the disk is good again, and after a power failure the
    // machine and the store were started again, or the store only where it was killed.
    template <class Act>
    void with_fault(std::int64_t n, std::uint64_t seed, Act act) {
        disk.fail_at(n, GetParam().fault);
        act();
        fired = disk.fired();
        disk.fail_at(0, GetParam().fault);
        disk.make_room();
        if (disk.has_power()) return;
        close_store();
        disk.start_again(GetParam().unsynced, seed);
        open_store();
    }

    // Opens the store and does `work` under the fault, then opens it again. Was it told as done?
    template <class Work>
    bool told_under_fault(std::int64_t n, std::uint64_t seed, Work work) {
        bool told = false;
        with_fault(n, seed, [&] {
            try {
                open_store();
                work();
                told = true;
            } catch (const std::exception&) {
                EXPECT_FALSE(told);
            }
            close_store();
        });
        EXPECT_TRUE(told || fired);
        close_store();
        open_store();
        return told;
    }

    // A store that was killed started on what was perhaps not synced, and relied on it: now the
    // power fails too.
    void lose_power_if_killed() {
        if (!fired || GetParam().unsynced != Unsynced::cached) return;
        disk.cut_power();
        close_store();
        disk.start_again(Unsynced::lost);
        open_store();
    }

    Disk disk;  // derived fixtures' stores stand on it
    bool fired = false;
};

}  // namespace mado
