#include "chip/chip.hpp"

#include <algorithm>

#include "chip/issuing.hpp"
#include "chip/jpki.hpp"
#include "chip/piv.hpp"

namespace mado::chip {
namespace {

using card::Command;
using card::Response;
namespace status = card::status;

// The one that OpenSC's driver knows: T=1.
constexpr std::array<std::uint8_t, 9> jpki_atr{0x3b, 0xe0, 0x00, 0xff, 0x81,
                                               0x31, 0xfe, 0x45, 0x14};

// T=1; the card is selected by names, whole or not; its issuer is "MADO" (ISO/IEC 7816-4 section
// 12.1.1). In no driver's list, so that it is asked for its applications.
constexpr std::array<std::uint8_t, 12> piv_atr{0x3b, 0x88, 0x01, 0x80, 0x31, 0xc1,
                                               0x54, 0x4d, 0x41, 0x44, 0x4f, 0xaa};

std::unique_ptr<Application> application_of(CardFile& file) {
    switch (file.content.form.kind) {
        case CardKind::jpki:
            return std::make_unique<Jpki>(file);
        case CardKind::piv:
            return std::make_unique<Piv>(file);
    }
    throw Failure("a card of no kind");
}

bool selects_application(const Command& command) {
    return command.cla == 0 && command.ins == 0xa4 && command.p1 == 0x04;
}

}  // namespace

Chip::Chip(const std::string& path) : file_(path) {
    applications_.push_back(application_of(file_));
    applications_.push_back(std::make_unique<Issuing>(file_));
}

ByteView Chip::atr() const {
    switch (file_.content.form.kind) {
        case CardKind::jpki:
            return jpki_atr;
        case CardKind::piv:
            return piv_atr;
    }
    return {};
}

void Chip::reset() {
    for (auto& application : applications_)
        application->forget();
    current_ = nullptr;
}

Bytes Chip::transmit(ByteView command) {
    const auto parsed = card::parse_command(command);
    if (!parsed) {
        if (current_ != nullptr) current_->passed_over();
        return card::response_bytes({.data = {}, .status = status::wrong_length});
    }
    return card::response_bytes(answer(*parsed));
}

Response Chip::answer(const Command& command) {
    if (selects_application(command)) {
        if (current_ != nullptr) current_->passed_over();
        constexpr std::uint8_t no_answer = 0x0c;
        if (command.p2 != no_answer && command.p2 != 0) return {{}, status::wrong_parameters};
        auto selected = select(command.data);
        if (command.expected == 0) selected.data.clear();
        return selected;
    }
    if (current_ == nullptr) {
        const bool known = command.cla == 0 || command.cla == 0x80;
        return {{}, known ? status::no_file_selected : status::unknown_class};
    }
    return current_->answer(command);
}

// A name that is not there changes nothing; the application that another one follows forgets.
Response Chip::select(ByteView aid) {
    const auto found = std::ranges::find_if(applications_, [aid](const auto& application) {
        const auto whole = application->aid();
        return !aid.empty() && aid.size() <= whole.size() &&
               std::ranges::equal(aid, whole.first(aid.size()));
    });
    if (found == applications_.end()) return {{}, status::not_found};
    if (current_ != nullptr && current_ != found->get()) current_->forget();
    current_ = found->get();
    return current_->select();
}

}  // namespace mado::chip
