#include "chip/chip.hpp"

#include <algorithm>

#include "chip/issuing.hpp"
#include "chip/jpki.hpp"

namespace mado::chip {
namespace {

using card::Command;
using card::Response;
namespace status = card::status;

// The one that OpenSC's driver knows: T=1.
constexpr std::array<std::uint8_t, 9> jpki_atr{0x3b, 0xe0, 0x00, 0xff, 0x81,
                                               0x31, 0xfe, 0x45, 0x14};

bool selects_application(const Command& command) {
    return command.cla == 0 && command.ins == 0xa4 && command.p1 == 0x04;
}

}  // namespace

Chip::Chip(const std::string& path) : file_(path) {
    applications_.push_back(std::make_unique<Jpki>(file_));
    applications_.push_back(std::make_unique<Issuing>(file_));
}

ByteView Chip::atr() const {
    return jpki_atr;
}

void Chip::reset() {
    for (auto& application : applications_)
        application->select();
    current_ = nullptr;
}

Bytes Chip::transmit(ByteView command) {
    const auto parsed = card::parse_command(command);
    if (!parsed) {
        return card::response_bytes({.data = {}, .status = status::wrong_length});
    }
    return card::response_bytes(answer(*parsed));
}

Response Chip::answer(const Command& command) {
    if (selects_application(command)) {
        constexpr std::uint8_t no_answer = 0x0c;
        if (command.p2 != no_answer && command.p2 != 0) return {{}, status::wrong_parameters};
        return select(command.data);
    }
    if (current_ == nullptr) {
        const bool known = command.cla == 0 || command.cla == 0x80;
        return {{}, known ? status::no_file_selected : status::unknown_class};
    }
    return current_->answer(command);
}

// Of an application that is not there the current one stays, but nobody stays verified.
Response Chip::select(ByteView aid) {
    for (auto& application : applications_)
        application->select();
    const auto found = std::ranges::find_if(applications_, [aid](const auto& application) {
        const auto whole = application->aid();
        return !aid.empty() && aid.size() <= whole.size() &&
               std::ranges::equal(aid, whole.first(aid.size()));
    });
    if (found == applications_.end()) return {{}, status::not_found};
    current_ = found->get();
    return current_->select();
}

}  // namespace mado::chip
