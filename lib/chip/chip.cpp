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
    waiting_.clear();
}

Bytes Chip::transmit(ByteView command) {
    const auto parsed = card::parse_command(command);
    if (!parsed) {
        waiting_.clear();
        return card::response_bytes({.data = {}, .status = status::wrong_length});
    }
    return card::response_bytes(answer(*parsed));
}

Response Chip::answer(const Command& command) {
    if (command.cla == 0 && command.ins == 0xc0) return get_response(command);
    waiting_.clear();
    if (selects_application(command)) {
        constexpr std::uint8_t no_answer = 0x0c;
        if (command.p2 != no_answer && command.p2 != 0) return {{}, status::wrong_parameters};
        return select(command.data);
    }
    if (current_ == nullptr) {
        const bool known = command.cla == 0 || command.cla == 0x80;
        return {{}, known ? status::no_file_selected : status::unknown_class};
    }
    auto response = current_->answer(command);
    if (response.status != status::ok || response.data.empty()) return response;
    return hand_out(std::move(response.data), command.expected);
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

Response Chip::get_response(const Command& command) {
    if (command.p1 != 0 || command.p2 != 0) return {{}, status::wrong_parameters};
    if (waiting_.empty()) return {{}, status::no_file_selected};
    if (!command.data.empty() || command.expected == 0) return {{}, status::wrong_length};
    return hand_out(std::exchange(waiting_, {}), command.expected);
}

// ISO/IEC 7816-4 section 5.3.4.
Response Chip::hand_out(Bytes data, std::size_t expected) {
    if (data.size() <= expected) return {std::move(data), status::ok};
    waiting_.assign(data.begin() + static_cast<std::ptrdiff_t>(expected), data.end());
    data.resize(expected);
    const auto left = std::min<std::size_t>(waiting_.size(), 0xff);
    return {std::move(data), static_cast<card::Status>(status::more_data + left)};
}

}  // namespace mado::chip
