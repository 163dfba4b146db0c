// For tests: readers without pcscd, with virtual cards in them.
#pragma once

#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "card/readers.hpp"
#include "chip/inserted.hpp"

namespace mado::chip {

class TestReaders final : public card::Readers {
  public:
    void insert(const std::string& reader, const std::string& card) {
        const std::scoped_lock lock(mutex_);
        std::erase_if(slots_, [&](const Slot& slot) { return slot.reader.name == reader; });
        slots_.push_back({{.name = reader, .has_card = true, .changes = ++changes_}, card});
    }
    // The reader stays, empty.
    void remove(const std::string& reader) {
        const std::scoped_lock lock(mutex_);
        for (auto& slot : slots_) {
            if (slot.reader.name != reader) continue;
            slot.reader.has_card = false;
            slot.reader.changes = ++changes_;
        }
    }

    std::optional<std::vector<card::Reader>> list() override {
        const std::scoped_lock lock(mutex_);
        std::vector<card::Reader> out;
        for (const auto& slot : slots_)
            out.push_back(slot.reader);
        return out;
    }
    std::optional<std::vector<card::Reader>> wait(const std::vector<card::Reader>& seen,
                                                  std::chrono::milliseconds patience) override {
        constexpr std::chrono::milliseconds step{5};
        for (auto waited = step; waited < patience && list() == seen; waited += step)
            std::this_thread::sleep_for(step);
        return list();
    }
    std::unique_ptr<card::Channel> connect(const std::string& reader) override {
        const std::scoped_lock lock(mutex_);
        for (const auto& slot : slots_) {
            if (slot.reader.name == reader && slot.reader.has_card) {
                return std::make_unique<Inserted>(slot.card);
            }
        }
        return nullptr;
    }

  private:
    struct Slot {
        card::Reader reader;
        std::string card;
    };
    std::mutex mutex_;  // the watching thread looks too
    std::vector<Slot> slots_;
    std::uint32_t changes_ = 0;
};

}  // namespace mado::chip
