#include "telephones.hpp"

#include <algorithm>

#include "wire/ids.hpp"

namespace mado::issuer {
namespace {

constexpr std::size_t number_max = 24;
constexpr std::size_t digits_min = 3;
constexpr std::size_t name_max = 200;
constexpr std::size_t windows_max = 2'000;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// As it is written: 050-0000-0000, +81 50 0000 0000.
std::string read_number(Config& config, std::string_view key) {
    auto out = config.text(key);
    const bool fits = out.size() <= number_max && std::ranges::all_of(out, [](char c) {
                          return is_digit(c) || c == '-' || c == ' ' || c == '+';
                      });
    if (!fits || std::ranges::count_if(out, is_digit) < std::ptrdiff_t{digits_min}) {
        config.refuse(key, "must be a telephone number: digits, with hyphens or blanks between");
    }
    return out;
}

}  // namespace

std::string Telephones::of_window(const std::string& municipality,
                                  const std::string& centre) const {
    const auto found = windows.find(municipality);
    const auto own = found == windows.end() ? std::string() : found->second + "、";
    return own + centre + " " + hotline;
}

Telephones read_telephones(Config& config) {
    Telephones out{.hotline = read_number(config, "hotline")};
    auto windows = config.tables("window");
    if (windows.size() > windows_max) config.refuse("window", "has too many entries");
    for (auto& window : windows) {
        auto id = window.text("municipality");
        if (!wire::ParticipantId::parse(id)) {
            window.refuse("municipality", "must be the id of a participant");
        }
        const auto name = window.text("name");
        if (name.empty() || name.size() > name_max) window.refuse("name", "must be 1 to 200 bytes");
        auto text = name + " " + read_number(window, "telephone");
        if (!out.windows.emplace(std::move(id), std::move(text)).second) {
            window.refuse("municipality", "is the same as that of another window");
        }
    }
    return out;
}

}  // namespace mado::issuer
