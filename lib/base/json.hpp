// Strict, bounded JSON. parse_json refuses what lenient parsers let pass (duplicate keys, deep or
// large texts, invalid UTF-8, trailing text); Members reads an object so that no member is
// overlooked: whatever was not taken is an unknown member.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"

namespace mado {

namespace json = boost::json;

struct JsonLimits {
    std::size_t text_bytes_max = 64 * 1024;
    std::size_t depth_max = 8;
    std::size_t values_max = 4096;
};

// Any JSON value. Numbers must be integers that fit 64 bits: no format of Mado has fractions.
Parsed<json::value> parse_json(std::string_view text, const JsonLimits& limits = {});
// The same, and it must be an object.
Parsed<json::object> parse_json_object(std::string_view text, const JsonLimits& limits = {});

// An object as a member of something else, for which its header needs no more than the name.
class Document {
  public:
    Document();
    Document(json::object object);  // NOLINT(google-explicit-constructor): it is the object
    Document(const Document& other);
    Document(Document&& other) noexcept;  // leaves a document that may only be assigned to
    Document& operator=(Document other) noexcept;
    ~Document();
    const json::object& operator*() const { return *object_; }
    json::object& operator*() { return *object_; }
    const json::object* operator->() const { return object_.get(); }

  private:
    std::unique_ptr<json::object> object_;
};

// A member's text, "" when there is none: for documents of which only a part is read, such as FHIR.
std::string text_at(const json::object& object, std::string_view name);

// Takes the members of an object one by one. The first thing that is wrong is remembered and the
// rest of the calls return empty values, so a reader reads straight down and asks once, at the end:
//   Members in(object);
//   head.jti = in.text("jti", 64);
//   head.exp = in.integer("exp");
//   if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
class Members {
  public:
    explicit Members(const json::object& object);  // which must outlive this
    explicit Members(json::object&& object) = delete;
    ~Members();
    Members(const Members&) = delete;
    Members& operator=(const Members&) = delete;

    bool has(std::string_view name) const;
    std::string text(std::string_view name, std::size_t bytes_max = 256);
    std::optional<std::string> optional_text(std::string_view name, std::size_t bytes_max = 256);
    std::int64_t integer(std::string_view name, std::int64_t min = 0, std::int64_t max = INT64_MAX);
    std::optional<std::int64_t> optional_integer(std::string_view name, std::int64_t min = 0,
                                                 std::int64_t max = INT64_MAX);
    bool boolean(std::string_view name);
    std::optional<bool> optional_boolean(std::string_view name);
    Bytes base64url_bytes(std::string_view name, std::size_t bytes_max);
    Hash hash(std::string_view name);
    std::optional<Hash> optional_hash(std::string_view name);
    std::vector<Hash> hashes(std::string_view name, std::size_t count_max);
    std::optional<Date> optional_date(std::string_view name);
    std::vector<std::string> texts(std::string_view name, std::size_t count_max,
                                   std::size_t bytes_max = 256);
    // An empty object or array when the member is missing or of another type (and an error is
    // remembered).
    const json::object& object(std::string_view name);
    const json::object* optional_object(std::string_view name);
    const json::array& array(std::string_view name, std::size_t count_max);
    // Any value, taken unread.
    const json::value* any(std::string_view name);

    // Remembers an error found by the caller in a member it took.
    void refuse(const char* why);
    [[nodiscard]] bool good() const { return why_ == nullptr; }
    // Bad when a call above failed or a member was never taken.
    [[nodiscard]] Parsed<void> finish() const;

  private:
    const json::value* take(std::string_view name, bool required);
    const json::object& object_;
    std::vector<bool> taken_;
    const char* why_ = nullptr;
};

// In base64url, as Members::hashes reads them.
json::array hashes_json(std::span<const Hash> hashes);

}  // namespace mado
