// For tests: readers without pcscd, with virtual cards in them.
#pragma once

#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "card/open.hpp"
#include "card/readers.hpp"
#include "chip/inserted.hpp"
#include "chip/test_keypad.hpp"

namespace mado::chip {

class TestReaders final : public card::Readers {
  public:
    // With a `hand` the reader has a keypad, and that is what somebody does at it.
    void insert(const std::string& reader, const std::string& card, const Hand* hand = nullptr) {
        const std::scoped_lock lock(mutex_);
        std::erase_if(slots_, [&](const Slot& slot) { return slot.reader.name == reader; });
        slots_.push_back({{.name = reader, .has_card = true, .changes = ++changes_}, card, hand});
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
    card::CardResult<std::unique_ptr<card::Card>> open(const std::string& reader) override {
        const std::scoped_lock lock(mutex_);
        for (const auto& slot : slots_) {
            if (slot.reader.name != reader || !slot.reader.has_card) continue;
            if (slot.hand == nullptr) {
                return card::open_card(std::make_unique<Inserted>(slot.card));
            }
            return card::open_card(std::make_unique<KeypadReader>(slot.card, *slot.hand));
        }
        return std::unexpected(card::CardProblem{.error = card::CardError::gone});
    }

    card::CardResult<std::unique_ptr<card::Channel>> connect(const std::string& reader) override {
        const std::scoped_lock lock(mutex_);
        for (const auto& slot : slots_) {
            if (slot.reader.name != reader || !slot.reader.has_card) continue;
            return std::make_unique<Inserted>(slot.card);
        }
        return std::unexpected(card::CardProblem{.error = card::CardError::gone});
    }

  private:
    struct Slot {
        card::Reader reader;
        std::string card;
        const Hand* hand;
    };
    std::mutex mutex_;  // the watching thread looks too
    std::vector<Slot> slots_;
    std::uint32_t changes_ = 0;
};

}  // namespace mado::chip
