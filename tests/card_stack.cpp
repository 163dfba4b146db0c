#include "card_stack.hpp"

#include <stdlib.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "base/file.hpp"
#include "base/result.hpp"
#include "card/pcsc.hpp"

namespace mado {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto patience = 20s;

template <class Condition>
void wait_until(const Condition& condition, const char* what) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) throw Failure(std::string(what) + " in vain");
        std::this_thread::sleep_for(5ms);
    }
}

std::string own_programs() {
    return fs::read_symlink("/proc/self/exe").parent_path().string();
}

}  // namespace

CardStack::CardStack() {
    // OpenSC asks for some thirty foreign applications first when it is not told which cards there
    // are.
    const auto config = folder_.path("opensc.conf");
    replace_file(
        config, as_bytes("app default {\n  card_drivers = jpki, PIV-II;\n  enable_default_driver = "
                         "false;\n  framework pkcs15 {\n    use_pin_caching = false;\n    "
                         "use_file_caching = no;\n  }\n}\n"));
    ::setenv("OPENSC_CONF", config.c_str(), 1);
    const auto config_file = folder_.path("readers.toml");
    replace_file(config_file, as_bytes("folder = \"" + folder_.path("readers") + "\"\n"));
    fs::create_directory(folder_.path("readers"));
    const auto socket = folder_.path("readers/pcscd.comm");
    ::setenv("PCSCLITE_CSOCK_NAME", socket.c_str(), 1);
    readers_ = std::make_unique<Child>(
        std::vector<std::string>{own_programs() + "/mado-softcard", "serve", config_file},
        folder_.path("programs.log"));
    wait_until(
        [this, &socket] {
            if (!readers_->runs()) throw Failure("the readers ended: " + log());
            return fs::exists(socket);
        },
        "waited for pcscd");
}

std::string CardStack::reader_name(int reader) {
    return "Virtual PCD 00 0" + std::to_string(reader);
}

bool CardStack::has_card(int reader) const {
    for (const auto& one : card::Pcsc().list().value_or(std::vector<card::Reader>{})) {
        if (one.name == reader_name(reader)) return one.has_card;
    }
    return false;
}

std::string CardStack::link(int reader) const {
    return folder_.path("readers/card-" + std::to_string(reader));
}

void CardStack::insert(const std::string& card, int reader) {
    fs::create_symlink(card, link(reader));
    wait_until([&] { return has_card(reader); }, "waited for a card");
}

void CardStack::remove(int reader) {
    fs::remove(link(reader));
    wait_until([&] { return !has_card(reader); }, "waited for a card to go");
}

std::string CardStack::log() const {
    return read_file(folder_.path("programs.log")).value_or("");
}

}  // namespace mado
