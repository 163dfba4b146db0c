// Fuzz targets: each parser of what comes from outside, with any bytes. A target parses; where what
// it read can be written again, reading that must give the same; nothing throws and nothing
// crashes. tools/fuzz runs them under libFuzzer; the test fuzz_corpus runs every file of
// tests/fuzz/corpus.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "crypto/key.hpp"
#include "wire/directory.hpp"

namespace mado::relay {
struct RelayCountry;
}

namespace mado::fuzz {

struct Target {
    std::string_view name;         // of <name>_fuzz.cpp, and of its folder of the corpus
    bool (*accepts)(ByteView in);  // whether any of its parsers takes the input
};
std::span<const Target> all_targets();
// Null when there is none of that name.
const Target* find_target(std::string_view name);

// Ends the program when what must hold for every input does not, so that the input is kept.
void require(bool holds, std::string_view what);

// What the targets need besides the input. One for the process: libFuzzer hands nothing through.
struct World {
    World();
    crypto::PrivateKey key = crypto::PrivateKey::generate(crypto::KeyType::p256);
    // Of the worked example in docs/protocols, so that its documents verify.
    wire::Directory directory;
    crypto::PrivateKey seal_to;
};
const World& world();
// A country whose keys are all here: of everybody who signs what a parser reads only when it is
// signed. Its directory has them.
const relay::RelayCountry& country();
const wire::Directory& country_directory();

// A file in memory, closed to others, for parsers that open what they read.
class MemoryFile {
  public:
    explicit MemoryFile(ByteView content);
    ~MemoryFile();
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    [[nodiscard]] std::string path() const;

  private:
    int descriptor_;
};

// One for each file *_fuzz.cpp.
bool answer(ByteView in);
bool answer_data(ByteView in);
bool apdu(ByteView in);
bool card_answers(ByteView in);
bool card_file(ByteView in);
bool card_session(ByteView in);
bool certificate(ByteView in);
bool config(ByteView in);
bool contradiction(ByteView in);
bool crl(ByteView in);
bool directory(ByteView in);
bool encodings(ByteView in);
bool entries(ByteView in);
bool event_stream(ByteView in);
bool exchange(ByteView in);
bool form(ByteView in);
bool head(ByteView in);
bool http(ByteView in);
bool import_line(ByteView in);
bool issuing(ByteView in);
bool json(ByteView in);
bool jwe(ByteView in);
bool jws(ByteView in);
bool key(ByteView in);
bool lines(ByteView in);
bool log_file(ByteView in);
bool log_proof(ByteView in);
bool mandate(ByteView in);
bool matching(ByteView in);
bool name_tables(ByteView in);
bool note(ByteView in);
bool ocsp(ByteView in);
bool order(ByteView in);
bool pin_pad(ByteView in);
bool policy(ByteView in);
bool receipt(ByteView in);
bool relay_body(ByteView in);
bool schemes(ByteView in);
bool sealing(ByteView in);
bool service_answer(ByteView in);
bool store_row(ByteView in);
bool subject(ByteView in);
bool tiles(ByteView in);
bool told(ByteView in);
bool witness(ByteView in);

}  // namespace mado::fuzz
