#include "cards.hpp"

#include <fmt/format.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iostream>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/file.hpp"
#include "card/open.hpp"
#include "card/pcsc.hpp"
#include "card_office.hpp"
#include "chip/inserted.hpp"
#include "crypto/digest.hpp"
#include "office.hpp"
#include "processes.hpp"
#include "programs.hpp"

namespace mado::cli {
namespace {

namespace fs = std::filesystem;

constexpr int readers = 2;
constexpr std::size_t secret_bytes_max = 64;
constexpr std::int64_t insert_ms_max = 5'000;
constexpr std::chrono::milliseconds look{100};

std::string slot(const Places& places, int reader) {
    return fmt::format("{}/card-{}", places.readers(), reader);
}

// pcscd's names of the demo's readers.
std::string reader_name(int reader) {
    return fmt::format("Virtual PCD 00 0{}", reader);
}

bool demo_readers_run(const Places& places) {
    return program_runs(places, readers_program(places).name);
}

// In which of the demo's readers the card of that name is.
std::optional<int> reader_of(const Places& places, const std::string& name) {
    if (!demo_readers_run(places)) return std::nullopt;
    for (int reader = 0; reader < readers; ++reader) {
        std::error_code none;  // no card there
        const auto card = fs::read_symlink(slot(places, reader), none);
        if (!none && card.filename() == name + ".card") return reader;
    }
    return std::nullopt;
}

// The demo's pcscd when it runs; else the computer's, or that of PCSCLITE_CSOCK_NAME.
card::Pcsc open_readers(const Places& places) {
    if (demo_readers_run(places)) {
        ::setenv("PCSCLITE_CSOCK_NAME", readers_program(places).socket.c_str(), 1);
    }
    return {};
}

[[noreturn]] void no_service() {
    throw OperatorError(
        "no card reader service (pcscd) runs here. For a demo card in a virtual reader: ./mado "
        "card insert hanako. For a real reader: apt-get install pcscd, then systemctl start pcscd");
}

std::vector<card::Reader> list(card::Pcsc& pcsc) {
    auto found = pcsc.list();
    if (!found) no_service();
    return std::move(*found);
}

using OpenedChannel = card::CardResult<std::unique_ptr<card::Channel>>;

std::unexpected<card::CardProblem> no_card() {
    return std::unexpected(card::CardProblem{.error = card::CardError::gone});
}

// The one card that is in a reader of this computer.
OpenedChannel inserted_card(const Places& places) {
    auto pcsc = open_readers(places);
    auto found = list(pcsc);
    std::erase_if(found, [](const auto& reader) { return !reader.has_card; });
    if (found.empty()) return no_card();
    if (found.size() > 1) {
        throw OperatorError(
            "there is a card in several readers; say which by its name: ./mado card list");
    }
    return pcsc.connect(found.front().name);
}

// How this command reaches the card of that name.
OpenedChannel reach(const Places& places, const std::string& name) {
    if (name == card_in_reader) return inserted_card(places);
    if (const auto reader = reader_of(places, name)) {
        return open_readers(places).connect(reader_name(*reader));
    }
    const auto file = places.card(name);
    if (!fs::exists(file)) return no_card();
    return std::make_unique<chip::Inserted>(file);
}

std::string day(UnixTime time) {
    return to_text(date_at(time, 9 * 3600));
}

std::string tries(card::Card& card, card::KeyUse use) {
    const auto left = card.tries_left(use);
    if (!left) return left.error().error == card::CardError::no_pin ? "none" : "-";
    return *left == 0 ? "locked" : fmt::format("{} tries left", *left);
}

std::string_view name_of(card::KeyUse use) {
    return use == card::KeyUse::signing ? "署名用パスワード signing password" : "暗証番号 PIN";
}

std::string_view form_of(card::KeyUse use) {
    return use == card::KeyUse::signing
               ? "a signing password has 6 to 16 capital letters and digits (A to Z, 0 to 9)"
               : "a PIN has 4 digits (0 to 9)";
}

int refuse(const card::CardProblem& problem, card::KeyUse use = card::KeyUse::authentication) {
    std::cerr << "mado: " << words_of(problem, use) << "\n";
    return 3;
}

int print_card(card::Card& card) {
    const auto certificate = card.authentication_certificate();
    if (!certificate) return refuse(certificate.error());
    const bool over = certificate->not_after() <= unix_now();
    fmt::print("  valid until {}{}; PIN: {}; signing password: {}\n", day(certificate->not_after()),
               over ? " (EXPIRED)" : "", tries(card, card::KeyUse::authentication),
               tries(card, card::KeyUse::signing));
    return 0;
}

card::KeyUse use_of(const CardOptions& options) {
    return options.signing ? card::KeyUse::signing : card::KeyUse::authentication;
}

// Waits until pcscd sees the reader so.
void wait_for_reader(const Places& places, int reader, bool with_card) {
    auto pcsc = open_readers(places);
    const auto until = monotonic_us() + insert_ms_max * 1000;
    auto seen = list(pcsc);
    const auto fits = [&](const card::Reader& one) {
        return one.name == reader_name(reader) && one.has_card == with_card;
    };
    while (std::ranges::none_of(seen, fits)) {
        if (monotonic_us() > until) {
            throw OperatorError(
                fmt::format("the virtual reader does not take the card; its log "
                            "says why: {}/readers.log",
                            places.run()));
        }
        seen = pcsc.wait(seen, look).value_or(seen);
    }
}

void put(const Places& places, int reader, const std::string& file) {
    const auto link = slot(places, reader);
    fs::remove(link);
    if (!file.empty()) fs::create_symlink(fs::absolute(file), link);
    wait_for_reader(places, reader, !file.empty());
}

bool has_card(const Places& places, int reader) {
    std::error_code none;  // no card there
    return fs::is_symlink(fs::symlink_status(slot(places, reader), none));
}

int free_reader(const Places& places) {
    for (int reader = 0; reader < readers; ++reader) {
        if (!has_card(places, reader)) return reader;
    }
    throw OperatorError("there is a card in both readers; take one out: ./mado card remove");
}

}  // namespace

Secret new_secret(const std::string& given, card::KeyUse use) {
    auto fresh = read_secret(given, fmt::format("新しい{}: ", name_of(use)));
    if (given.empty()) {
        const auto again = read_secret({}, "もう一度 once more: ");
        if (!crypto::equal(fresh.view(), again.view()))
            throw OperatorError("the two are not the same; nothing was changed");
    }
    if (card::is_pin(use, fresh.view())) return fresh;
    throw OperatorError(fmt::format(
        "of the new one: {}; nothing was done to the card, and no try is spent", form_of(use)));
}

card::CardResult<std::unique_ptr<card::Card>> hold_card(const Places& places,
                                                        const std::string& name) {
    auto channel = reach(places, name);
    if (!channel) return std::unexpected(channel.error());
    return card::open_card(std::move(*channel));
}

std::string words_of(const card::CardProblem& problem, card::KeyUse use) {
    switch (problem.error) {
        case card::CardError::gone:
            return "there is no card in the reader, or none of that name, or another program has "
                   "it: put one in, try again in a moment, or choose one of ./mado card list";
        case card::CardError::pin_wrong:
            if (problem.tries_left == 0) return words_of({card::CardError::pin_locked}, use);
            return fmt::format("the {} is wrong. Tries left: {}", name_of(use), problem.tries_left);
        case card::CardError::pin_locked:
            return fmt::format(
                "the {} is locked after too many wrong ones. Whoever issued the card sets a new "
                "one, "
                "with the person at a window: ./mado issue open --person NUMBER --kind unlock "
                "--uses {}",
                name_of(use), use == card::KeyUse::signing ? "signing" : "authentication");
        case card::CardError::pin_format:
            return fmt::format("{}; the card was not asked, and no try is spent", form_of(use));
        case card::CardError::no_entry:
            return "nothing was typed at the reader in time; no try is spent. Begin again";
        case card::CardError::no_pin:
            return "this card was issued without a PIN: it can be shown at a counter, and signs "
                   "nothing. The municipality can help";
        case card::CardError::not_there:
            return "this is no card that Mado knows, or it cannot do this: take another card, "
                   "JPKI's or a PIV card";
        case card::CardError::broken:
            return "the card does not answer as it should. Clean it and put it in again; if that "
                   "does not help, the municipality exchanges it";
    }
    return "";
}

Secret read_secret(const std::string& given, const std::string& question) {
    if (!given.empty()) return Secret(as_bytes(given));
    std::cerr << question << std::flush;
    termios old{};
    const bool terminal = ::tcgetattr(0, &old) == 0;
    termios silent = old;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    if (terminal) ::tcsetattr(0, TCSANOW, &silent);
    // Byte by byte into one place: a stream would keep what it has read.
    std::array<std::uint8_t, secret_bytes_max> text{};
    std::size_t size = 0;
    for (std::uint8_t byte = 0; ::read(0, &byte, 1) == 1 && byte != '\n';)
        if (size < text.size()) text[size++] = byte;
    if (terminal) ::tcsetattr(0, TCSANOW, &old);
    std::cerr << "\n";
    Secret secret{ByteView(text).first(size)};
    ::explicit_bzero(text.data(), text.size());
    return secret;
}

int list_cards(const Places& places) {
    std::vector<std::string> names;
    std::error_code none;  // there is no country yet
    for (const auto& file : fs::directory_iterator(places.keys() + "/cards", none)) {
        if (file.path().extension() == ".card") names.push_back(file.path().stem().string());
    }
    std::ranges::sort(names);
    for (const auto& name : names) {
        const auto reader = reader_of(places, name);
        fmt::print("{:<12} {}\n", name, reader ? fmt::format("in reader {}", *reader) : "");
    }
    auto pcsc = open_readers(places);
    const auto found = pcsc.list();
    if (!found) {
        fmt::print("no card reader runs (./mado card insert NAME starts the demo's)\n");
        return 0;
    }
    for (const auto& reader : *found)
        fmt::print("{}: {}\n", reader.name, reader.has_card ? "a card" : "empty");
    return 0;
}

int show_card(const Places& places, const CardOptions& options) {
    const auto card = hold_card(places, options.name);
    if (!card) return refuse(card.error());
    return print_card(**card);
}

int insert_card(const Places& places, const CardOptions& options) {
    const auto file = places.card(options.name);
    if (!fs::exists(file)) return refuse(no_card().error());
    if (const auto reader = reader_of(places, options.name)) {
        fmt::print("mado: {} is in reader {} already\n", options.name, *reader);
        return 0;
    }
    fs::create_directories(places.readers());
    if (!demo_readers_run(places)) {
        for (int reader = 0; reader < readers; ++reader)
            fs::remove(slot(places, reader));
        prepare_readers(places);
        start_programs(places, {readers_program(places)});
    }
    const int reader = options.reader >= 0 ? options.reader : free_reader(places);
    if (has_card(places, reader)) {
        throw OperatorError(fmt::format("there is a card in reader {} already", reader));
    }
    put(places, reader, file);
    fmt::print("mado: {} is in reader {} (pcscd: PCSCLITE_CSOCK_NAME={})\n", options.name, reader,
               fs::absolute(readers_program(places).socket).string());
    return 0;
}

int make_blank(const Places& places, const CardOptions& options) {
    if (options.name == card_in_reader || options.name.find('/') != std::string::npos) {
        throw OperatorError("a card's name is a word of its own");
    }
    make_blank_card(places, places.card(options.name),
                    {.kind = options.rsa ? chip::CardKind::jpki : chip::CardKind::piv});
    fmt::print("mado: {0} is a blank card: ./mado card insert {0}\n", options.name);
    return 0;
}

int remove_card(const Places& places, const CardOptions& options) {
    int removed = 0;
    for (int reader = 0; demo_readers_run(places) && reader < readers; ++reader) {
        const bool named = options.name == card_in_reader ||
                           reader_of(places, options.name) == std::optional(reader);
        if (!named || !has_card(places, reader)) continue;
        put(places, reader, "");
        ++removed;
        fmt::print("mado: the card is out of reader {}\n", reader);
    }
    return removed > 0 ? 0 : refuse(no_card().error());
}

int change_pin(const Places& places, const CardOptions& options) {
    const auto use = use_of(options);
    const auto card = hold_card(places, options.name);
    if (!card) return refuse(card.error(), use);
    const auto named = name_card(**card, options.name);
    const auto old =
        read_secret(options.pin, fmt::format("{} {}: 今の{}: ", named.ja, named.en, name_of(use)));
    if (!card::is_pin(use, old.view())) return refuse({.error = card::CardError::pin_format}, use);
    const auto fresh = new_secret(options.new_pin, use);
    const auto done = (*card)->change_pin(use, old, fresh);
    if (!done) return refuse(done.error(), use);
    fmt::print("mado: changed\n");
    return 0;
}

}  // namespace mado::cli
