#include "base/json.hpp"

#include <boost/json.hpp>
#include <boost/json/basic_parser_impl.hpp>

namespace mado {
namespace {

using boost::system::error_code;

// Builds the value, stops at the limits and at numbers that are no 64-bit integers, and counts the
// members. (The depth is the parser's own limit.)
class Builder {
  public:
    static constexpr std::size_t max_object_size = std::size_t(-1);
    static constexpr std::size_t max_array_size = std::size_t(-1);
    static constexpr std::size_t max_key_size = std::size_t(-1);
    static constexpr std::size_t max_string_size = std::size_t(-1);

    explicit Builder(std::size_t values_max) : values_left_(values_max) {}
    [[nodiscard]] std::size_t members() const { return members_; }
    [[nodiscard]] const char* why() const { return why_; }
    [[nodiscard]] json::value take() { return built_.release(); }

    bool on_document_begin(error_code&) {
        built_.reset();
        return true;
    }
    bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code& error) { return count(error); }
    bool on_object_end(std::size_t members, error_code&) {
        members_ += members;
        built_.push_object(members);
        return true;
    }
    bool on_array_begin(error_code& error) { return count(error); }
    bool on_array_end(std::size_t elements, error_code&) {
        built_.push_array(elements);
        return true;
    }
    bool on_key_part(json::string_view part, std::size_t, error_code&) {
        built_.push_chars(part);
        return true;
    }
    bool on_key(json::string_view rest, std::size_t, error_code&) {
        built_.push_key(rest);
        return true;
    }
    bool on_string_part(json::string_view part, std::size_t, error_code&) {
        built_.push_chars(part);
        return true;
    }
    bool on_string(json::string_view rest, std::size_t, error_code& error) {
        built_.push_string(rest);
        return count(error);
    }
    bool on_number_part(json::string_view, error_code&) { return true; }
    bool on_int64(std::int64_t number, json::string_view, error_code& error) {
        built_.push_int64(number);
        return count(error);
    }
    bool on_uint64(std::uint64_t, json::string_view, error_code& error) {
        return stop("JSON number is not a 64-bit integer", error);
    }
    bool on_double(double, json::string_view, error_code& error) {
        return stop("JSON number is not a 64-bit integer", error);
    }
    bool on_bool(bool value, error_code& error) {
        built_.push_bool(value);
        return count(error);
    }
    bool on_null(error_code& error) {
        built_.push_null();
        return count(error);
    }
    bool on_comment_part(json::string_view, error_code&) { return true; }
    bool on_comment(json::string_view, error_code&) { return true; }

  private:
    bool count(error_code& error) {
        if (values_left_ == 0) return stop("JSON has too many values", error);
        --values_left_;
        return true;
    }
    bool stop(const char* why, error_code& error) {
        why_ = why;
        error = json::error::syntax;
        return false;
    }

    json::value_stack built_;
    std::size_t values_left_;
    std::size_t members_ = 0;
    const char* why_ = nullptr;
};

std::size_t members_of(const json::value& value) {
    std::size_t count = 0;
    if (const auto* object = value.if_object()) {
        count += object->size();
        for (const auto& member : *object) {
            count += members_of(member.value());
        }
    } else if (const auto* array = value.if_array()) {
        for (const auto& element : *array) {
            count += members_of(element);
        }
    }
    return count;
}

}  // namespace

Parsed<json::value> parse_json(std::string_view text, const JsonLimits& limits) {
    if (text.size() > limits.text_bytes_max) return bad("JSON text is too large");
    json::parse_options options;
    options.max_depth = limits.depth_max;
    json::basic_parser<Builder> parser(options, limits.values_max);
    auto& builder = parser.handler();
    error_code error;
    const auto read = parser.write_some(false, text.data(), text.size(), error);
    if (builder.why() != nullptr) return bad(builder.why());
    if (error == json::error::too_deep) return bad("JSON is nested too deeply");
    if (error || read != text.size()) return bad("not valid JSON");
    auto value = builder.take();
    // RFC 8259 section 4 leaves equal names open. Boost.JSON keeps the last one silently, so a tree
    // with fewer members than the text declares had a name twice.
    if (builder.members() != members_of(value)) return bad("JSON has a member twice");
    return value;
}

Parsed<json::object> parse_json_object(std::string_view text, const JsonLimits& limits) {
    auto value = parse_json(text, limits);
    if (!value) return std::unexpected(value.error());
    if (!value->is_object()) return bad("JSON is not an object");
    return std::move(value->get_object());
}

Document::Document() : Document(json::object()) {}
Document::Document(json::object object)
    : object_(std::make_unique<json::object>(std::move(object))) {}
Document::Document(const Document& other) : Document(*other) {}
Document::Document(Document&& other) noexcept = default;
Document& Document::operator=(Document other) noexcept {
    object_ = std::move(other.object_);
    return *this;
}
Document::~Document() = default;

std::string text_at(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

Members::Members(const json::object& object) : object_(object), taken_(object.size(), false) {}

Members::~Members() = default;

bool Members::has(std::string_view name) const {
    return object_.contains(name);
}

const json::value* Members::take(std::string_view name, bool required) {
    const auto found = object_.find(name);
    if (found == object_.end()) {
        if (required) refuse("a required member is missing");
        return nullptr;
    }
    taken_[static_cast<std::size_t>(found - object_.begin())] = true;
    return &found->value();
}

void Members::refuse(const char* why) {
    if (why_ == nullptr) why_ = why;
}

Parsed<void> Members::finish() const {
    if (why_ != nullptr) return bad(why_);
    for (const bool taken : taken_) {
        if (!taken) return bad("unknown member");
    }
    return {};
}

std::optional<std::string> Members::optional_text(std::string_view name, std::size_t bytes_max) {
    const auto* value = take(name, false);
    if (value == nullptr) return std::nullopt;
    const auto* text = value->if_string();
    if (text == nullptr || text->size() > bytes_max) {
        refuse("a member is not a text of the allowed length");
        return std::nullopt;
    }
    return std::string(text->data(), text->size());
}

std::string Members::text(std::string_view name, std::size_t bytes_max) {
    if (!has(name)) refuse("a required member is missing");
    return optional_text(name, bytes_max).value_or("");
}

std::optional<std::int64_t> Members::optional_integer(std::string_view name, std::int64_t min,
                                                      std::int64_t max) {
    const auto* value = take(name, false);
    if (value == nullptr) return std::nullopt;
    const auto* number = value->if_int64();
    if (number == nullptr || *number < min || *number > max) {
        refuse("a member is not an integer in the allowed range");
        return std::nullopt;
    }
    return *number;
}

std::int64_t Members::integer(std::string_view name, std::int64_t min, std::int64_t max) {
    if (!has(name)) refuse("a required member is missing");
    return optional_integer(name, min, max).value_or(min);
}

std::optional<bool> Members::optional_boolean(std::string_view name) {
    const auto* value = take(name, false);
    if (value == nullptr) return std::nullopt;
    if (!value->is_bool()) {
        refuse("a member is not true or false");
        return std::nullopt;
    }
    return value->get_bool();
}

bool Members::boolean(std::string_view name) {
    if (!has(name)) refuse("a required member is missing");
    return optional_boolean(name).value_or(false);
}

Bytes Members::base64url_bytes(std::string_view name, std::size_t bytes_max) {
    auto bytes = parse_base64url(text(name, (bytes_max * 4 + 2) / 3));
    if (!bytes) {
        refuse("a member is not base64url");
        return {};
    }
    return std::move(*bytes);
}

std::optional<Hash> Members::optional_hash(std::string_view name) {
    if (!has(name)) return std::nullopt;
    return hash(name);
}

Hash Members::hash(std::string_view name) {
    auto value = parse_hash(text(name, hash_text_bytes));
    if (!value) {
        refuse("a member is not a SHA-256 value in base64url");
        return {};
    }
    return *value;
}

std::vector<Hash> Members::hashes(std::string_view name, std::size_t count_max) {
    std::vector<Hash> out;
    for (const auto& text : texts(name, count_max, hash_text_bytes)) {
        const auto hash = parse_hash(text);
        if (!hash) {
            refuse("a list has an element that is not a SHA-256 value in base64url");
            return {};
        }
        out.push_back(*hash);
    }
    return out;
}

std::optional<Date> Members::optional_date(std::string_view name) {
    const auto value = optional_text(name, 10);
    if (!value) return std::nullopt;
    auto date = parse_date(*value);
    if (!date) {
        refuse("a member is not a date YYYY-MM-DD");
        return std::nullopt;
    }
    return *date;
}

std::vector<std::string> Members::texts(std::string_view name, std::size_t count_max,
                                        std::size_t bytes_max) {
    std::vector<std::string> out;
    for (const auto& element : array(name, count_max)) {
        const auto* text = element.if_string();
        if (text == nullptr || text->size() > bytes_max) {
            refuse("a list has an element that is not a text of the allowed length");
            return {};
        }
        out.emplace_back(text->data(), text->size());
    }
    return out;
}

const json::object* Members::optional_object(std::string_view name) {
    const auto* value = take(name, false);
    if (value == nullptr) return nullptr;
    if (!value->is_object()) refuse("a member is not an object");
    return value->if_object();
}

const json::object& Members::object(std::string_view name) {
    static const json::object empty;
    if (!has(name)) refuse("a required member is missing");
    const auto* found = optional_object(name);
    return found == nullptr ? empty : *found;
}

const json::array& Members::array(std::string_view name, std::size_t count_max) {
    static const json::array empty;
    const auto* value = take(name, true);
    if (value == nullptr) return empty;
    const auto* array = value->if_array();
    if (array == nullptr || array->size() > count_max) {
        refuse("a member is not a list of the allowed length");
        return empty;
    }
    return *array;
}

const json::value* Members::any(std::string_view name) {
    return take(name, false);
}

json::array hashes_json(std::span<const Hash> hashes) {
    json::array out;
    out.reserve(hashes.size());
    for (const auto& hash : hashes)
        out.emplace_back(base64url(hash));
    return out;
}

}  // namespace mado
