#include "client/told.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "crypto/digest.hpp"
#include "crypto/jwe.hpp"
#include "wire/exchange.hpp"
#include "wire/number.hpp"

namespace mado::client {
namespace {

constexpr std::size_t numbers_max = 16;      // in each of a tell's lists
constexpr std::size_t certificates_max = 4;  // of one tell
constexpr std::size_t certificate_text_bytes_max = 16 * 1024;
constexpr std::size_t field_bytes_max = 1024;

constexpr std::array<std::string_view, 4> link_acts{"first", "start", "end", "correct"};
constexpr std::array<std::string_view, 5> card_acts{"activate", "suspend", "resume", "revoke",
                                                    "reset"};

Parsed<Number> number_of(std::string scheme, const json::object& fields) {
    Number out{.scheme = std::move(scheme), .fields = {}};
    for (const auto& field : fields) {
        const bool is_text =
            field.value().is_string() && field.value().get_string().size() <= field_bytes_max;
        if (!is_text) return bad("a number has a field that is no text");
        auto value = wire::normalise(std::string_view(field.value().get_string()));
        if (!value) return bad("a number has a field that is no text");
        if (!value->empty()) out.fields.emplace(field.key(), std::move(*value));
    }
    return out;
}

Parsed<Number> read_told_number(const json::value& value) {
    if (!value.is_object()) return bad("a number is not an object");
    Members in(value.get_object());
    auto out = number_of(in.text("scheme", 40), in.object("fields"));
    // Judged by the relay: it names an order of the sender's, not of this person's list alone.
    in.optional_object("confirmation");
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

// By which number of its own the sender knows the person: with the first link it is linked too.
Parsed<Number> own_number(ByteView subject) {
    auto object = parse_json_object(as_text(subject));
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    auto fields = in.object("own");
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    Members own(fields);
    auto scheme = own.text("scheme", 40);
    if (!own.good()) return bad("a number without its scheme");
    fields.erase("scheme");
    return number_of(std::move(scheme), fields);
}

Parsed<Told> read_link(std::string act, const json::object& object, ByteView subject) {
    Members in(object);
    ToldLink out{.act = std::move(act), .numbers = {}};
    for (const auto* list : {"numbers", "given"}) {
        if (!in.has(list)) continue;
        for (const auto& value : in.array(list, numbers_max)) {
            auto number = read_told_number(value);
            if (!number) return std::unexpected(number.error());
            out.numbers.push_back(std::move(*number));
        }
    }
    if (const auto given = in.optional_text("health_care_number", 80)) {
        auto number = number_of("health-care-number", {{"number", *given}});
        if (!number) return std::unexpected(number.error());
        out.numbers.push_back(std::move(*number));
    }
    if (out.act == "correct") {
        const auto* value = in.any("was");
        auto was = value == nullptr ? bad("one number corrects one") : read_told_number(*value);
        if (!was) return std::unexpected(was.error());
        out.was = std::move(*was);
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (out.numbers.empty()) return bad("no number was told");
    if (out.act == "first") {
        auto own = own_number(subject);
        if (!own) return std::unexpected(own.error());
        out.numbers.push_back(std::move(*own));
    }
    return Told(std::move(out));
}

Parsed<Told> read_card(std::string act, const json::object& object) {
    Members in(object);
    ToldCard out{.act = std::move(act), .added = {}};
    if (out.act == "activate") {
        for (const auto& text :
             in.texts("certificates", certificates_max, certificate_text_bytes_max)) {
            const auto der = parse_base64url(text);
            auto certificate = der ? crypto::Certificate::from_der(*der) : bad("no certificate");
            if (!certificate) return std::unexpected(certificate.error());
            out.certificates.push_back(certificate->thumbprint());
            out.added.push_back(std::move(*certificate));
        }
    } else {
        out.certificates = in.hashes("certificates", certificates_max);
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (out.certificates.empty()) return bad("no certificate was told");
    return Told(std::move(out));
}

}  // namespace

std::string to_text(const Number& number) {
    std::string out = number.scheme;
    for (const auto& [name, value] : number.fields)
        out += " " + value;
    return out;
}

Parsed<Number> read_number(const json::object& object) {
    Members in(object);
    auto out = number_of(in.text("scheme", 40), in.object("fields"));
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

Parsed<Told> open_told(const wire::Head& head, ByteView subject, std::string_view payload,
                       ByteView payload_key) {
    if (!head.payload_hash || crypto::sha256(as_bytes(payload)) != *head.payload_hash) {
        return bad("what the relay was told is not what the sender signed");
    }
    const auto plain = crypto::open_jwe(payload, payload_key);
    if (!plain) return bad("what the relay was told does not open with the key that it shows");
    const auto object =
        parse_json_object(as_text(*plain), {.text_bytes_max = wire::request_bytes_max});
    if (!object) return std::unexpected(object.error());
    const auto act = head.parameters.find("act");
    if (act == head.parameters.end() || head.parameters.size() != 1) {
        return bad("what the relay was told has no act");
    }
    const auto& service = head.service.text();
    if (service == "link" && std::ranges::find(link_acts, act->second) != link_acts.end()) {
        return read_link(act->second, *object, subject);
    }
    if (service == "card" && std::ranges::find(card_acts, act->second) != card_acts.end()) {
        return read_card(act->second, *object);
    }
    return bad("the relay was told what it does not take");
}

}  // namespace mado::client
