// Searching bytes for what must not be in them, in every form in which a careless program might
// keep it.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/bytes.hpp"

namespace mado::tests {

// Finds many values in one pass.
// The rule of length: a value counts from 6 bytes on. Shorter ones ("01", a symbol, a number of
// four digits) stand in any few megabytes of random bytes by chance, and so say nothing; they are
// looked for as parts of the texts that carry them (see add_text of a whole number). Six bytes that
// are not there are met by chance once in 10^14.
class Needles {
  public:
    static constexpr std::size_t bytes_min = 6;

    // The text as UTF-8 and Shift_JIS, its SHA-256, and of all three hex (both cases), base64 and
    // base64url at each of the three alignments. Nothing for a text that is too short.
    void add_text(const std::string& what, std::string_view text);
    // The same of bytes that are no text.
    void add_bytes(const std::string& what, ByteView bytes);
    [[nodiscard]] std::size_t size() const { return needles_.size(); }

    // What was found, "<what> as <form>", each once.
    [[nodiscard]] std::vector<std::string> search(std::string_view haystack) const;

  private:
    struct Needle {
        std::string name;
        std::string bytes;
    };
    void add_forms(const std::string& name, std::string_view bytes);
    void add(std::string name, std::string bytes);

    std::vector<Needle> needles_;
    std::unordered_map<std::uint64_t, std::vector<std::size_t>> by_beginning_;
    std::vector<bool> maybe_ = std::vector<bool>(1U << 20U);  // by a hash of the beginning
};

// Empty when Shift_JIS (as Japanese programs write it: code page 932) has no such text.
std::string shift_jis(std::string_view text);
// The characters of base64 that `bytes` alone decide when `before` (0, 1, 2) other bytes precede.
std::string base64_inside(std::string_view bytes, std::size_t before);

// A body taken apart to its last value: members of JSON, parts of JWS and JWE, what base64url
// encodes, again and again. `path`: the members' names on the way.
struct Leaf {
    std::vector<std::string> path;
    std::string value;
};
std::vector<Leaf> take_apart(std::string_view body);
std::string to_text(const std::vector<std::string>& path);

// Every value of every table of a database, as text or bytes; integers as decimal digits.
std::vector<std::string> all_values(const std::string& database);

}  // namespace mado::tests
