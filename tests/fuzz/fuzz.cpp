#include "fuzz.hpp"

#include <fmt/format.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "relay/test_country.hpp"
#include "wire/test_docs.hpp"
#include "wire/test_wire.hpp"

namespace mado::fuzz {
namespace {

constexpr std::array targets{
    Target{"answer", answer},
    Target{"answer_data", answer_data},
    Target{"apdu", apdu},
    Target{"card_answers", card_answers},
    Target{"card_file", card_file},
    Target{"card_session", card_session},
    Target{"certificate", certificate},
    Target{"config", config},
    Target{"contradiction", contradiction},
    Target{"crl", crl},
    Target{"directory", directory},
    Target{"encodings", encodings},
    Target{"entries", entries},
    Target{"event_stream", event_stream},
    Target{"exchange", exchange},
    Target{"form", form},
    Target{"head", head},
    Target{"http", http},
    Target{"import_line", import_line},
    Target{"issuing", issuing},
    Target{"json", json},
    Target{"jwe", jwe},
    Target{"jws", jws},
    Target{"key", key},
    Target{"lines", lines},
    Target{"log_file", log_file},
    Target{"log_proof", log_proof},
    Target{"mandate", mandate},
    Target{"matching", matching},
    Target{"name_tables", name_tables},
    Target{"note", note},
    Target{"ocsp", ocsp},
    Target{"order", order},
    Target{"pin_pad", pin_pad},
    Target{"policy", policy},
    Target{"receipt", receipt},
    Target{"relay_body", relay_body},
    Target{"schemes", schemes},
    Target{"sealing", sealing},
    Target{"service_answer", service_answer},
    Target{"store_row", store_row},
    Target{"subject", subject},
    Target{"tiles", tiles},
    Target{"told", told},
    Target{"witness", witness},
};

json::object object_of(std::string_view page, std::string_view name) {
    return wire::valid(parse_json_object(wire::read_example(page, name)));
}

}  // namespace

std::span<const Target> all_targets() {
    return targets;
}

const Target* find_target(std::string_view name) {
    const auto* found = std::ranges::find(targets, name, &Target::name);
    return found == targets.end() ? nullptr : found;
}

void require(bool holds, std::string_view what) {
    if (holds) return;
    fmt::print(stderr, "does not hold: {}\n", what);
    ::abort();
}

World::World()
    : directory(wire::valid(wire::open_directory(
          wire::read_example("directory.md", "directory"),
          wire::valid(crypto::PublicKey::from_jwk(object_of("directory.md", "authority")))))),
      seal_to(wire::valid(crypto::PrivateKey::from_jwk(object_of("request.md", "seal-to")))) {}

const World& world() {
    static const World one;
    return one;
}

const relay::RelayCountry& country() {
    static const relay::RelayCountry one;
    return one;
}

const wire::Directory& country_directory() {
    static const auto one = country().directory();
    return one;
}

MemoryFile::MemoryFile(ByteView content) : descriptor_(::memfd_create("fuzz", MFD_CLOEXEC)) {
    const bool written =
        descriptor_ >= 0 && ::fchmod(descriptor_, 0600) == 0 &&
        ::write(descriptor_, content.data(), content.size()) == std::ssize(content);
    require(written, "a file in memory");
}

MemoryFile::~MemoryFile() {
    ::close(descriptor_);
}

std::string MemoryFile::path() const {
    return fmt::format("/proc/self/fd/{}", descriptor_);
}

}  // namespace mado::fuzz
