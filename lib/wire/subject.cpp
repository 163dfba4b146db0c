#include "wire/subject.hpp"

#include <boost/json.hpp>

namespace mado::wire {
namespace {

// Without its `scheme`, the object has the scheme's fields.
std::expected<PersonNumber, Code> read_scheme_and_number(json::object object,
                                                         const Schemes& schemes) {
    Members in(object);
    const auto scheme_name = in.text("scheme", 40);
    const auto* scheme = in.good() ? schemes.find(scheme_name) : nullptr;
    if (scheme == nullptr) return std::unexpected(Code::malformed);
    object.erase("scheme");
    return read_number(*scheme, object);
}

std::expected<Subject, Code> read_number_subject(json::object object, const Schemes& schemes) {
    std::optional<Date> birth_date;
    {
        Members in(object);
        birth_date = in.optional_date("birth_date");
        if (!in.good() || !birth_date) return std::unexpected(Code::malformed);
    }
    object.erase("birth_date");
    auto number = read_scheme_and_number(std::move(object), schemes);
    if (!number) return std::unexpected(number.error());
    return NumberSubject{std::move(*number), *birth_date};
}

}  // namespace

std::expected<Subject, Code> read_subject(ByteView bytes, const Schemes& schemes) {
    if (bytes.size() > subject_bytes_max) return std::unexpected(Code::malformed);
    auto object = parse_json_object(as_text(bytes));
    if (!object) return std::unexpected(Code::malformed);
    Members in(*object);
    const bool by_delegate = in.has("by");
    if (object->size() != (by_delegate ? 2U : 1U) || (by_delegate && !in.has("mandate"))) {
        return std::unexpected(Code::malformed);
    }
    if (const auto* number = in.optional_object("number")) {
        return read_number_subject(*number, schemes);
    }
    if (const auto* own = in.optional_object("own")) {
        auto number = read_scheme_and_number(*own, schemes);
        if (!number) return std::unexpected(number.error());
        return OwnSubject{std::move(*number)};
    }
    if (const auto self = in.optional_boolean("self")) {
        if (!in.finish() || !*self) return std::unexpected(Code::malformed);
        return SelfSubject{};
    }
    if (in.has("application")) {
        auto application = in.text("application", subject_bytes_max);
        if (!in.finish()) return std::unexpected(Code::malformed);
        return ApplicationSubject{std::move(application)};
    }
    auto mandate = in.text("mandate", subject_bytes_max);
    auto by = by_delegate ? in.text("by", subject_bytes_max) : std::string();
    if (!in.finish() || (by_delegate && by.empty())) return std::unexpected(Code::malformed);
    return MandateSubject{std::move(mandate), std::move(by)};
}

std::string mandate_subject(std::string_view mandate_jws) {
    json::object out;
    out["mandate"] = mandate_jws;
    return json::serialize(out);
}

std::string delegate_subject(std::string_view delegate_jws, std::string_view by_login_jws) {
    json::object out;
    out["mandate"] = delegate_jws;
    out["by"] = by_login_jws;
    return json::serialize(out);
}

std::string application_subject(std::string_view application_jws) {
    json::object out;
    out["application"] = application_jws;
    return json::serialize(out);
}

std::string number_subject(std::string_view scheme,
                           const std::vector<std::pair<std::string, std::string>>& fields,
                           std::string_view birth_date) {
    json::object number;
    number["scheme"] = scheme;
    for (const auto& [name, value] : fields) {
        if (!value.empty()) number[name] = value;
    }
    number["birth_date"] = birth_date;
    json::object out;
    out["number"] = std::move(number);
    return json::serialize(out);
}

std::string own_subject(const PersonNumber& number) {
    json::object own;
    own["scheme"] = number.scheme;
    for (const auto& [name, value] : number.fields) {
        if (!value.empty()) own[name] = value;
    }
    json::object out;
    out["own"] = std::move(own);
    return json::serialize(out);
}

}  // namespace mado::wire
