#include "take_on.hpp"

#include <boost/json.hpp>

#include "decision.hpp"
#include "happenings.hpp"
#include "numbers.hpp"
#include "store.hpp"

namespace mado::issuer {
namespace {

constexpr std::size_t line_bytes_max = 64 * 1024;

bool fits(const wire::Schemes& schemes, std::string_view scheme, const std::string& number) {
    const auto* found = schemes.find(scheme);
    return found != nullptr && wire::read_number(*found, {{"number", number}}).has_value();
}

bool fits(const Numbers& numbers, const wire::Schemes& schemes) {
    return fits(schemes, issuing_scheme, numbers.issuing) &&
           fits(schemes, certificate_scheme, numbers.certificate) &&
           fits(schemes, health_care_scheme, numbers.health_care);
}

bool is_of(Use use, const std::string& text, const std::vector<crypto::Certificate>& authorities) {
    const auto der = parse_base64url(text);
    const auto read = der ? crypto::Certificate::from_der(*der) : std::unexpected(der.error());
    return read && read->is_for_signing() == (use == Use::signing) &&
           is_by_one_of(authorities, *read);
}

Parsed<std::pair<Numbers, TakenOn>> read_line(std::string_view line, const wire::Schemes& schemes,
                                              const std::vector<crypto::Certificate>& authorities) {
    const auto object = parse_json_object(line, {.text_bytes_max = line_bytes_max});
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    Numbers numbers{.issuing = in.text("issuing_number"),
                    .certificate = in.text("certificate_number"),
                    .health_care = in.text("health_care_number")};
    auto taken = read_taken_on(in, schemes);
    if (!taken) return std::unexpected(taken.error());
    if (!fits(numbers, schemes)) return bad("a number does not fit its scheme");
    for (const auto& [use, text] : taken->certificates) {
        if (!is_of(use, text, authorities)) {
            return bad("a certificate is of no card authority, or not of that use");
        }
    }
    return std::pair(std::move(numbers), std::move(*taken));
}

}  // namespace

Parsed<std::vector<std::pair<Numbers, TakenOn>>> read_take_on(
    std::string_view text, const wire::Schemes& schemes,
    const std::vector<crypto::Certificate>& authorities) {
    std::vector<std::pair<Numbers, TakenOn>> out;
    while (!text.empty()) {
        const auto end = text.find('\n');
        auto one = read_line(text.substr(0, end), schemes, authorities);
        if (!one) return std::unexpected(one.error());
        out.push_back(std::move(*one));
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
    return out;
}

std::int64_t Store::take_on(const std::vector<std::pair<Numbers, TakenOn>>& people, By by) {
    Together together(*this);
    std::int64_t out = 0;
    for (const auto& [numbers, taken] : people) {
        if (!give(numbers.health_care)) {
            const auto id = find_given(numbers.health_care);
            const auto one = id ? find(*id).one : Case();
            const bool before =
                one.taken_on && one.numbers == numbers && one.certificates == taken.certificates;
            if (!before) {
                throw OperatorError(
                    "nobody was taken on: a health-care number is somebody's "
                    "already, who was not taken on by this file");
            }
            continue;
        }
        const auto id = write_new({.numbers = numbers}, by);
        const auto written = write(id, taken, by);
        if (!written && written.error() == Misfit::known_person) {
            throw OperatorError(
                "nobody was taken on: two people have one resident number, here and in the file, "
                "or in it twice, if perhaps of two municipalities; one of them is the wrong one");
        }
        if (!written) throw OperatorError("nobody was taken on: a line has no card");
        ++out;
    }
    together.commit();
    return out;
}

}  // namespace mado::issuer
